"""`GET /v1/events`: what happened in an organization, numbered 1, 2, 3 without gaps, to be pulled by whoever prefers that to webhooks.

A reader keeps the number of the last event it has worked and asks for what comes after it. Each service mounts the router with its own rule
of who may read the feed.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from chassis import events
from chassis.events import Event
from chassis.transactions import Read, TransactionalRoute

MAX_EVENTS = 1000

After = Annotated[int, Query(ge=0, le=2**63 - 1, description="Number of the last event you have worked; 0 for the beginning.")]
Types = Annotated[list[str] | None, Query(alias="type", description="Only these event types; repeat the parameter for several.")]


class FeedEvent(BaseModel):
    """One event: ids and facts, never names or texts."""

    number: int = Field(examples=[42])
    id: UUID
    type: str = Field(examples=["scorecard.agreed"])
    subject_type: str = Field(examples=["scorecard"])
    subject_id: UUID
    data: dict[str, Any]
    occurred_at: datetime


class Feed(BaseModel):
    """Events after a number. `last_number` is the feed's newest number, so that a reader knows how far behind it is."""

    events: list[FeedEvent]
    last_number: int


def feed_event(number: int, event: Event) -> FeedEvent:
    """An event with its number, as the feed and the webhooks show it."""
    return FeedEvent(
        number=number,
        id=event.id,
        type=event.type,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        data=event.data,
        occurred_at=event.occurred_at,
    )


def feed_router(reader: Callable[..., Awaitable[Any]]) -> APIRouter:
    """The feed's door. `reader` is a FastAPI dependency that raises NotAllowed for whoever may not read the feed."""
    router = APIRouter(tags=["events"], route_class=TransactionalRoute, dependencies=[Depends(reader)])

    @router.get("/v1/events", summary="Read the event feed")
    async def read_feed(
        session: Read, after: After = 0, limit: Annotated[int, Query(ge=1, le=MAX_EVENTS)] = 100, types: Types = None
    ) -> Feed:
        """Events with a number above `after`, in order. An event appears once its transaction has committed, and never before one that you
        have already passed."""
        last = await events.last_number(session)
        numbered = await events.feed(session, after=after, limit=limit, types=types)
        return Feed(events=[feed_event(number, event) for number, event in numbered], last_number=last)

    return router
