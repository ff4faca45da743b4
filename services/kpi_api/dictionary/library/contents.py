"""What the role library holds. All of it is data (the YAML files beside this module), read once and never changed."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from kpi_api.dictionary.fields import Code
from kpi_api.dictionary.target_schemas import Part, Target
from kpi_api.dictionary.vocabulary import Combine, CombineParts, Controllability, Dimension, Direction, Frequency, Kind

Source = Literal["S0", "S1", "S2", "ours"]
"""Which text a thing is from (docs/sources.md), or our own addition."""

ControllabilityCause = Literal["market", "colleagues", "decisions_above", "other"]

_STRICT: Final = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class LibraryKpi:
    """One KPI, ready to become a definition version with targets.

    `name` and `target_text` are printed in the source, unless `filled` says that the source lost the cell and we filled it (`note` says
    what). `target_source` is `ours` where the source prints no target. `window_days` is a window of its own, counted from `window_event`.
    `formulas` has one expression per part.
    """

    code: Code
    name: str
    dimension: Dimension
    unit: str
    combine: Combine
    formulas: dict[str, str]
    measures: dict[str, str]
    source_of_truth: str
    update_frequency: Frequency
    outcome_code: str
    target_text: str | None = None
    target_source: Literal["printed", "ours"] = "printed"
    targets: tuple[Target, ...] = ()
    parts: tuple[Part, ...] = ()
    combine_parts: CombineParts = "all"
    direction: Direction = "higher"
    precision: int = 2
    leading: bool = False
    leads_to: str | None = None
    kind: Kind = "result"
    controllability: Controllability = "high"
    controllability_cause: ControllabilityCause | None = None
    competency_code: str | None = None
    exclusion_rules: str | None = None
    window_days: Annotated[int, Field(gt=0)] | None = None
    window_event: str | None = None
    filled: bool = False
    note: str = ""

    def all_parts(self) -> tuple[Part, ...]:
        """The parts, or the single part `main`."""
        return self.parts or (Part(name=self.name, unit=self.unit, direction=self.direction),)


@dataclass(frozen=True, config=_STRICT)
class RoleName:
    """A role as S0 prints it, with the code that templates name."""

    code: Code
    name: str


@dataclass(frozen=True, config=_STRICT)
class TemplateLine:
    """A KPI's code and its weight out of 100.00 (all weights are ours)."""

    kpi: str
    weight: Decimal


@dataclass(frozen=True, config=_STRICT)
class LibraryRole:
    """One of S0's six roles: its five KPIs in the printed order, and a template of those plus one behavioural and one development KPI."""

    role: RoleName
    kpis: tuple[LibraryKpi, ...]
    template: tuple[TemplateLine, ...]


@dataclass(frozen=True, config=_STRICT)
class Example:
    """A row of S0's four tables of types. `subject` is the first column (a role, a competency or a development goal); `kpis` the codes
    it stands for, several where the row leaves a choice."""

    dimension: Dimension
    subject: str
    text: str
    kpis: tuple[str, ...]
    filled: bool = False
    note: str = ""


@dataclass(frozen=True, config=_STRICT)
class ControllabilityExample:
    """S0's worked example: one person with a KPI of low and one of high controllability (both codes)."""

    person: str
    low: str
    why_low: str
    high: str
    why_high: str


@dataclass(frozen=True, config=_STRICT)
class FunctionPart:
    """What one function does for a shared result."""

    function: str
    part: str


@dataclass(frozen=True, config=_STRICT)
class CollaborativeExample:
    """S1's product launch: the shared KPI's code and what each function does for it."""

    kpi: str
    parts: tuple[FunctionPart, ...]


@dataclass(frozen=True, config=_STRICT)
class LibraryCompetency:
    """A competency with level descriptions, lowest first."""

    code: Code
    name: str
    description: str
    levels: tuple[str, ...]
    for_managers: bool = False


@dataclass(frozen=True, config=_STRICT)
class OutcomeArea:
    """A field in which an organization wants results."""

    code: Code
    name: str
    source: Source


@dataclass(frozen=True, config=_STRICT)
class LibraryOutcome:
    """A directional commitment in an area; `name` is the commitment."""

    code: Code
    name: str
    area: str
    source: Source


@dataclass(frozen=True, config=_STRICT)
class Library:
    """Everything that ships. `other_kpis` are the KPIs that belong to none of the six roles."""

    roles: tuple[LibraryRole, ...]
    other_kpis: tuple[LibraryKpi, ...]
    examples: tuple[Example, ...]
    controllability_example: ControllabilityExample
    collaborative_example: CollaborativeExample
    competencies: tuple[LibraryCompetency, ...]
    areas: tuple[OutcomeArea, ...]
    outcomes: tuple[LibraryOutcome, ...]

    @cached_property
    def kpis(self) -> dict[str, LibraryKpi]:
        """Every KPI by code: the roles' first, in printed order."""
        return {kpi.code: kpi for kpi in [*(kpi for role in self.roles for kpi in role.kpis), *self.other_kpis]}
