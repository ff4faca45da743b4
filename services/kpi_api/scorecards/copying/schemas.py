"""What the doors of copying take and give."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from chassis.numbers import ExactDecimal, Percent
from kpi_api.dictionary.fields import Code
from kpi_api.scorecards.assignments.schemas import ForWhom, Preview
from kpi_api.scorecards.schemas import Input, Output

TargetChange = Annotated[
    ExactDecimal,
    Field(ge=-100, le=1000, description="How much more is wanted of what is to be reached at least; -5 is 5 percent less."),
]


class CopyScorecard(Input):
    """Into which cycle one scorecard is copied."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to_cycle": "2027", "target_change_percent": "5"}]})

    to_cycle: Code
    target_change_percent: TargetChange = Field(default="0", validate_default=True)
    preview: Preview = False


class NewCopies(ForWhom):
    """Whose scorecards are copied, and from which cycle into which."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"from_cycle": "2026", "to_cycle": "2027", "unit_code": "sales"}]}
    )

    from_cycle: Code
    to_cycle: Code
    target_change_percent: TargetChange = Field(default="0", validate_default=True)
    preview: Preview = False


class CopiedLine(Output):
    """What became of a line: its KPI was `copied`, or is `kept` since the cycle has it already, or the line was `left_out`, and why."""

    source_kpi_id: UUID
    name: str
    weight: Percent | None
    component: str
    status: Literal["copied", "kept", "left_out"]
    kpi_id: UUID | None = Field(description="The KPI on the new scorecard; null for a copy that is only a preview.")
    code: str | None
    message: str | None
    dropped_parents: list[UUID] = Field(description="KPIs to which the original contributes and which have no copy to contribute to.")


class CopiedScorecard(Output):
    """What was copied, or would be. `weights_total` must come to 100.00 before anybody proposes it."""

    preview: bool
    source_id: UUID
    scorecard_id: UUID | None
    person_id: UUID
    window_start: date
    window_end: date
    weights_total: Decimal
    lines: list[CopiedLine]
