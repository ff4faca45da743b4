"""One's own payouts in the graph: asked of scoring with the person's own rights. Without scoring the rest of the answer still comes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError

from chassis.http_client import ServiceUnavailable
from kpi_api.graphql.nodes import Info
from kpi_api.scores.scoring_client import ScoringRefused, scoring_of


@strawberry.type(description="A released payout.")
class Payout:
    uuid: UUID
    cycle_code: str
    period_start: date
    period_end: date
    composite: Decimal | None
    payout: Decimal | None = strawberry.field(description="What the scorecard earns in all.")
    released_before: Decimal = strawberry.field(description="What earlier runs paid for the same scorecard.")
    amount: Decimal | None = strawberry.field(description="What this run pays.")
    currency: str | None
    reason_code: str | None = strawberry.field(description="Why it is zero, where it is.")
    released_at: datetime | None

    @classmethod
    def of(cls, given: dict[str, Any]) -> "Payout":
        return cls(
            uuid=UUID(given["id"]),
            cycle_code=given["cycle_code"],
            period_start=date.fromisoformat(given["period_start"]),
            period_end=date.fromisoformat(given["period_end"]),
            composite=_decimal(given["composite"]),
            payout=_decimal(given["payout"]),
            released_before=Decimal(given["released_before"]),
            amount=_decimal(given["amount"]),
            currency=given["currency"],
            reason_code=given["reason_code"],
            released_at=datetime.fromisoformat(given["released_at"]) if given["released_at"] else None,
        )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


async def own_payouts(info: Info, first: int) -> list[Payout]:
    """The viewer's payouts, newest first. Raises GraphQLError `scoring_unavailable`, or with scoring's own code."""
    viewer = info.context.viewer
    if viewer.person_id is None:
        return []
    query = {"person_id": str(viewer.person_id), "limit": first}
    try:
        answer = await scoring_of(info.context.resources).call(
            viewer.organization_id, "GET", "/v1/payouts", acting_person=viewer.person_id, params=query
        )
    except ServiceUnavailable:
        raise GraphQLError("Payouts cannot be read right now. Try again.", extensions={"code": "scoring_unavailable"}) from None
    except ScoringRefused as refused:
        raise GraphQLError(refused.detail, extensions={"code": refused.code}) from None
    return [Payout.of(given) for given in answer.json()["items"]]
