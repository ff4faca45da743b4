"""Development only: the door that moves an organization's clock. The service does not mount it in production."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError
from sqlalchemy import text

from chassis.clock import real_now
from chassis.database import WriteSession
from chassis.dates import WrittenTime
from chassis.transactions import TransactionalRoute, Write

FIRST_YEAR, LAST_YEAR = 1970, 2199


def _within_reach(now: datetime) -> datetime:
    """Time goes on from there, and much is counted months and years on: it must not run out of dates."""
    if not FIRST_YEAR <= now.astimezone(UTC).year <= LAST_YEAR:
        message = "The clock can be moved to the years {first} to {last} (UTC)."
        raise PydanticCustomError("out_of_range", message, {"first": FIRST_YEAR, "last": LAST_YEAR})
    return now


class ClockSetting(BaseModel):
    now: Annotated[WrittenTime, AfterValidator(_within_reach)]


def clock_router(mover: Callable[..., Awaitable[Any]]) -> APIRouter:
    """The door under /v1/development. `mover` is a FastAPI dependency that raises NotAllowed for whoever may not move the clock."""
    router = APIRouter(prefix="/v1/development", tags=["development"], route_class=TransactionalRoute, dependencies=[Depends(mover)])

    @router.put("/clock", summary="Move this organization's clock (development only)")
    async def move_clock(setting: ClockSetting, session: Write) -> ClockSetting:
        """Set what time it is for this organization. Time goes on from there; it may be moved forwards and backwards. Needs a role that may
        change what the organization says about itself, such as hr_admin."""
        await set_clock(session, setting.now)
        return setting

    return router


async def set_clock(session: WriteSession, now: datetime) -> None:
    offset = now - real_now()
    microseconds = (offset.days * 86400 + offset.seconds) * 1_000_000 + offset.microseconds
    await session.execute(
        text(
            "INSERT INTO clock_offsets (organization_id, offset_microseconds) VALUES (:organization_id, :offset)"
            " ON CONFLICT (organization_id) DO UPDATE SET offset_microseconds = excluded.offset_microseconds"
        ),
        {"organization_id": session.organization_id, "offset": microseconds},
    )
