"""What the door of copying takes and gives."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from chassis.bulk import RowStatus
from chassis.numbers import ExactDecimal
from chassis.problems import FieldError
from kpi_api.cascade.levels import Level
from kpi_api.dictionary.fields import Code, Input


class CopyInput(Input):
    """What is copied, and from which cycle into which."""

    from_cycle: Code
    to_cycle: Code
    levels: list[Level] = Field(default=[], description="Only these levels; all when empty.")
    unit_codes: list[Code] = Field(default=[], max_length=1000, description="Only of these units and people in them; all when empty.")
    target_change_percent: Annotated[ExactDecimal, Field(ge=-100, le=1000)] = Field(
        default="0", validate_default=True, description="How much more is wanted of what is to be reached at least; -5 is 5 percent less."
    )
    preview: StrictBool = Field(default=False, description="Say what would come of it, and copy nothing.")


class Copied(BaseModel):
    """What became of one KPI. `unchanged`: it was copied before. `definition_changed`: the copy has another version of the definition."""

    source_id: UUID
    name: str
    status: RowStatus
    id: UUID | None = Field(description="The copy; null for an error and in a preview.")
    definition_version_before: int
    definition_version: int | None
    definition_changed: bool
    dropped_parents: list[UUID] = Field(description="KPIs to which the original contributes and that are not copied.")
    errors: list[FieldError]


class CopyResult(BaseModel):
    """What became of each KPI, the highest level first."""

    preview: bool
    created: int
    unchanged: int
    error: int
    results: list[Copied]
