"""What the doors of a template's offer take and give."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from chassis.dates import WrittenDate
from chassis.numbers import Percent
from kpi_api.dictionary.target_schemas import Target
from kpi_api.scorecards.schemas import Comment, Input, Output


class OfferedLine(Output):
    """What is offered of one line; what is null stays as the scorecard has it."""

    change: Literal["add", "remove", "change"]
    definition_code: str
    weight: Percent | None
    component: str | None
    targets: list[Target] | None
    sentences: list[str]


class TemplateOffer(Output):
    """How a scorecard's template has changed since the scorecard was opened, as far as the scorecard does not say so already.

    `weights_total` is what the weights would come to: 100.00 must be reached before anybody proposes it.
    """

    scorecard_id: UUID
    template_id: UUID | None
    taken_number: int | None
    offered_number: int | None
    lines: list[OfferedLine]
    weights_total: Decimal


class TakeOffer(Input):
    """For a scorecard that is agreed, from which day on and why it is asked for; a draft needs neither."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"effective_from": "2026-07-01", "reason": "The team sells a second product now."}]}
    )

    effective_from: WrittenDate | None = None
    reason: Comment | None = None


class OfferTaken(Output):
    """What was taken. `change_id` is the request that the other side now answers; null for a draft, which has it already."""

    scorecard_id: UUID
    change_id: UUID | None
    taken: list[OfferedLine]
