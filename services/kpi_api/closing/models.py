"""Closings of cycles."""

from datetime import datetime
from typing import Final, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import references
from kpi_api.database import Row

Kind = Literal["regular", "correction"]
Status = Literal["frozen", "sent", "computed", "approved", "released", "superseded", "empty"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
UNDER_WAY: Final[tuple[Status, ...]] = ("frozen", "sent", "computed", "approved")
"""What the worker still has to do something about. `empty`: no scorecard had been agreed, so there is no run."""


class Closing(Row):
    """One closing of a cycle, and the run that it became; the run has the closing's id, so that sending twice is harmless.

    What is sent is what was known at `as_of`. `followed_number` is the last event of scoring's feed that was worked. `failure` is why the
    last try did not get further; null when it did.
    """

    __tablename__ = "closings"
    __table_args__ = (
        references("cycles", "cycle_id"),
        references("persons", "closed_by"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        Index("ix_closings_cycle", "organization_id", "cycle_id"),
        # One at a time: two runs of the same scorecards must not be on their way together.
        Index(
            "uq_closings_under_way",
            "organization_id",
            "cycle_id",
            unique=True,
            postgresql_where=text(f"status IN {UNDER_WAY}"),
        ),
    )

    cycle_id: Mapped[UUID]
    kind: Mapped[Kind] = mapped_column(Text)
    status: Mapped[Status] = mapped_column(Text)
    as_of: Mapped[datetime]
    closed_by: Mapped[UUID]
    scorecard_count: Mapped[int]
    followed_number: Mapped[int]
    snapshot_digest: Mapped[str | None]
    failure: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    computed_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
