"""What the import of OKRs takes and gives."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, Self, get_args

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.bulk import RowResult, RowStatus
from chassis.numbers import ExactDecimal
from kpi_api.dictionary.fields import Code, Input, Name, UnitCode

Direction = Literal["higher", "lower"]


class OkrRow(Input):
    """One key result, with the objective it belongs to.

    The objective becomes an outcome, the key result a KPI of the definition `definition_code`, or of a new one under the KPI's own code.
    From `start` to `target` says which direction is better; without a start more is.
    """

    objective_code: Code
    objective: Name
    area: Code = Field(description="Outcome area of the objective, such as retention.")
    code: Code = Field(description="The KPI's code; the same again changes nothing.")
    key_result: Name
    definition_code: Code | None = Field(default=None, description="A definition that is there already.")
    owner_person: str | None = Field(default=None, description="External id.")
    owner_unit: str | None = Field(default=None, description="Code.")
    cycle_code: Code
    quarter: int | None = Field(default=None, ge=1, le=4, description="Of the cycle, counted from its first day.")
    start: ExactDecimal | None = Field(default=None, description="The baseline.")
    target: ExactDecimal
    unit: UnitCode = "count"
    contributes_to: str = Field(default="", description="Codes of KPIs, separated by semicolons.")

    @model_validator(mode="after")
    def has_one_owner(self) -> Self:
        if (self.owner_person is None) == (self.owner_unit is None):
            raise PydanticCustomError("one_owner", "Name the owner: a person in `owner_person` or a unit in `owner_unit`, not both")
        return self

    @property
    def direction(self) -> Direction:
        return "lower" if self.start is not None and self.target < self.start else "higher"

    @property
    def defined_as(self) -> str:
        return self.definition_code or self.code

    @property
    def parents(self) -> list[str]:
        return [code.strip() for code in self.contributes_to.split(";") if code.strip()]


REQUIRED = tuple(name for name, field in OkrRow.model_fields.items() if field.is_required())


class OkrResult(RowResult):
    """What became of a key result; `id` is the KPI's.

    While `waits_for_definition` names one, there is no KPI yet: somebody else approves the definition, then the same file is sent again.
    """

    waits_for_definition: str | None = None


class OkrImportResult(BaseModel):
    """What became of all key results, and what was made for them. With `preview`, what would."""

    results: list[OkrResult]
    created: int
    updated: int
    unchanged: int
    error: int
    waiting: int = Field(description="Key results whose definition waits for approval.")
    outcomes: list[str] = Field(description="Codes of the outcomes made.")
    definitions: list[str] = Field(description="Codes of the definitions proposed.")
    preview: bool

    @classmethod
    def of(cls, results: Sequence[OkrResult], outcomes: Sequence[str], definitions: Sequence[str], *, preview: bool) -> Self:
        """In a preview nothing has an id."""
        counts = Counter(result.status for result in results)
        waiting = sum(result.waits_for_definition is not None for result in results)
        shown = [result.model_copy(update={"id": None}) if preview else result for result in results]
        numbers = {name: counts[name] for name in get_args(RowStatus)}
        return cls(
            results=sorted(shown, key=lambda result: result.row),
            **numbers,
            waiting=waiting,
            outcomes=sorted(outcomes),
            definitions=sorted(definitions),
            preview=preview,
        )
