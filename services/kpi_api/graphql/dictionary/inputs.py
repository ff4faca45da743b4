"""What mutations of the dictionary take. What is left out is as in REST."""

from datetime import date
from typing import Any
from uuid import UUID

import strawberry

from kpi_api.dictionary import schemas
from kpi_api.dictionary.stewardship.schemas import BusinessChangeInput
from kpi_api.graphql.dictionary import words
from kpi_api.graphql.dictionary.formulas import SourceMeasureInput
from kpi_api.graphql.writing import by_name, found, given, validated


def without_nulls(input_: Any) -> dict[str, Any]:
    """What an input says; what is null there is as REST has it where it is left out."""
    return {name: value for name, value in given(input_).items() if value is not None}


@strawberry.input(description="One thing that a KPI measures.")
class DefinitionPartInput:
    name: str
    unit: str
    code: str = "main"
    direction: words.Direction | None = strawberry.field(default=None, description="HIGHER when left out.")


@strawberry.input(description="The formula of a part, over the version's source measures.")
class PartFormulaInput:
    formula: str
    part: str = "main"


@strawberry.input(description="Whom a KPI is for; what is left out does not limit it.")
class DefinitionApplicabilityInput:
    roles: list[str] = strawberry.field(default_factory=list)
    grades: list[str] = strawberry.field(default_factory=list)
    has_direct_reports: bool | None = None


@strawberry.input(description="Everything that a definition means from a day on. Without parts it has one, `main`.")
class DefinitionVersionInput:
    name: str
    unit: str
    effective_from: date
    description: str = ""
    direction: words.Direction | None = strawberry.field(default=None, description="HIGHER when left out.")
    precision: int = 2
    dimension: words.Dimension | None = None
    combine: words.Combine | None = None
    parts: list[DefinitionPartInput] = strawberry.field(default_factory=list)
    combine_parts: words.CombineParts | None = None
    formulas: list[PartFormulaInput] = strawberry.field(default_factory=list)
    measures: list[SourceMeasureInput] = strawberry.field(default_factory=list)
    source_of_truth: str | None = None
    update_frequency: words.UpdateFrequency | None = None
    decision_speed_days: int | None = None
    exclusion_rules: str | None = None
    leading: bool = False
    leads_to_code: str | None = None
    leads_to_lag_days: int | None = None
    kind: words.DefinitionKind | None = None
    outcome_code: str | None = None
    competency_code: str | None = None
    controllability: words.Controllability | None = None
    controllability_cause: words.ControllabilityCause | None = None
    applicability: DefinitionApplicabilityInput | None = None
    note: str = ""

    def values(self) -> dict[str, Any]:
        """Raises Invalid for a formula or a measure that stands there twice."""
        said = without_nulls(self) | {
            "parts": [without_nulls(part) for part in self.parts],
            "formulas": by_name(self.formulas, "part", "formula", "/formulas"),
            "measures": by_name(self.measures, "name", "unit", "/measures"),
        }
        return said | ({"applicability": given(self.applicability)} if self.applicability else {})

    def read(self) -> schemas.VersionInput:
        """Raises Invalid."""
        return validated(schemas.VersionInput, self.values())


def person_id(id_: str | None) -> UUID | None:
    """Raises NotFound for what is no such id."""
    return None if id_ is None else found("Person", id_)


@strawberry.input(description="A new code in the dictionary with its first version, a draft.")
class NewDefinitionInput:
    code: str
    version: DefinitionVersionInput
    owner: strawberry.ID | None = strawberry.field(default=None, description="Who answers for it; you when left out.")
    steward: strawberry.ID | None = strawberry.field(default=None, description="Who answers for its source; the owner when left out.")
    review_every_months: int | None = None

    def read(self) -> schemas.NewDefinition:
        """Raises Invalid, NotFound."""
        facts = {"code": self.code, "review_every_months": self.review_every_months, "version": self.version.values()}
        return validated(
            schemas.NewDefinition, facts | {"owner_id": person_id(self.owner), "steward_id": person_id(self.steward)}
        )  # fmt: skip


@strawberry.input(description="Who answers for a definition, and when it is looked at anew. What is left out stays as it is.")
class DefinitionChangeInput:
    owner: strawberry.ID | None = strawberry.UNSET
    steward: strawberry.ID | None = strawberry.UNSET
    review_every_months: int | None = strawberry.UNSET
    review_due_on: date | None = strawberry.UNSET

    def read(self) -> schemas.DefinitionChange:
        """Raises Invalid, NotFound."""
        said = given(self)
        people = {f"{name}_id": person_id(said.pop(name)) for name in ("owner", "steward") if name in said}
        return validated(schemas.DefinitionChange, said | people)


@strawberry.input(name="BusinessChangeInput", description="What changes, and which definitions it touches: by code, or by outcome area.")
class NewBusinessChange:
    kind: words.BusinessChangeKind
    name: str
    effective_on: date
    description: str = ""
    definition_codes: list[str] = strawberry.field(default_factory=list)
    outcome_areas: list[str] = strawberry.field(default_factory=list)

    def read(self) -> BusinessChangeInput:
        """Raises Invalid."""
        return validated(BusinessChangeInput, given(self))
