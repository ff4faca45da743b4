"""Time. Every domain moment comes from here, none from the database server.

A transaction has one `now`, read when it opens. In development an organization's clock can be moved (`PUT /v1/development/clock`);
the offset is a row, so that the service, its worker and the command line agree without asking each other.
Signatures, token expiry and job leases always use real time.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import ChassisRow


class ClockOffset(ChassisRow):
    """How far an organization's development clock runs ahead of real time, in microseconds."""

    __tablename__ = "clock_offsets"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    offset_microseconds: Mapped[int]


def real_now() -> datetime:
    """Real time, UTC."""
    return datetime.now(UTC)


def moved_now(offset_microseconds: int | None) -> datetime:
    """Real time plus an organization's offset, UTC."""
    return real_now() + timedelta(microseconds=offset_microseconds or 0)
