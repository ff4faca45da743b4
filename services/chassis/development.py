"""Development only: the door that moves an organization's clock. The service does not mount it in production."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import text

from chassis.clock import real_now
from chassis.database import WriteSession
from chassis.dates import WrittenTime
from chassis.transactions import TransactionalRoute, open_write_transaction

router = APIRouter(prefix="/v1/development", tags=["development"], route_class=TransactionalRoute)


class ClockSetting(BaseModel):
    now: WrittenTime


@router.put("/clock", summary="Move this organization's clock (development only)")
async def move_clock(setting: ClockSetting, session: Annotated[WriteSession, Depends(open_write_transaction)]) -> ClockSetting:
    """Set what time it is for this organization. Time goes on from there; it may be moved forwards and backwards."""
    await set_clock(session, setting.now)
    return setting


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
