"""Tables of cycles and calendars."""

from datetime import date
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column, text
from sqlalchemy.dialects.postgresql import ARRAY, DATE, JSONB, SMALLINT, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import Versioned, references
from kpi_api.database import Row

CycleStatus = Literal["planned", "open", "closing", "closed"]
CYCLE_STATUSES: tuple[CycleStatus, ...] = get_args(CycleStatus)


class Cycle(Versioned, Row):
    """A performance cycle, usually a fiscal year, from `starts_on` to `ends_on`, both included. Planned, open, closing, closed.

    The formal assessments: mid-year reviews are due on `mid_year_on`, annual ones on `year_end_on`, null where no day is set for them.
    """

    __tablename__ = "cycles"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("mid_year_on BETWEEN starts_on AND ends_on", name="mid_year_inside"),
        CheckConstraint("year_end_on > mid_year_on", name="year_end_after_middle"),
        CheckConstraint("status IN ('planned', 'open', 'closing', 'closed')", name="status"),
    )

    code: Mapped[str]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    mid_year_on: Mapped[date]
    year_end_on: Mapped[date | None] = mapped_column(default=None)
    status: Mapped[str]


class Calendar(Versioned, Row):
    """Working days of the organization, or of one legal entity, where its fiscal year starts, and when its books close.

    `working_weekdays` are ISO weekdays (1 Monday to 7 Sunday). "Within 3 business days of the close" is counted here (S0). A month's books
    close on the day that `closing_days` names for it ("2026-03": "2026-04-02"), else `closes_after_working_days` working days after the
    month's end; 0: on its last working day.
    """

    __tablename__ = "calendars"
    __table_args__ = (
        references("legal_entities", "legal_entity_id"),
        CheckConstraint("fiscal_year_start_month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("fiscal_year_start_day BETWEEN 1 AND 28", name="day"),
        CheckConstraint("closes_after_working_days BETWEEN 0 AND 31", name="closes"),
        Index("uq_calendars_entity", "organization_id", "legal_entity_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    legal_entity_id: Mapped[UUID | None]
    time_zone: Mapped[str]
    fiscal_year_start_month: Mapped[int]
    fiscal_year_start_day: Mapped[int]
    working_weekdays: Mapped[list[int]] = mapped_column(ARRAY(SMALLINT))
    holidays: Mapped[list[date]] = mapped_column(ARRAY(DATE))
    closes_after_working_days: Mapped[int]
    closing_days: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Sprint(Row):
    """A sprint of a calendar, first and last day included. Sprints of one calendar never overlap; the database refuses it."""

    __tablename__ = "sprints"
    __table_args__ = (
        references("calendars", "calendar_id"),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        ExcludeConstraint(
            (column("organization_id"), "="),
            (column("calendar_id"), "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_sprints_overlap",
        ),
    )

    calendar_id: Mapped[UUID]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
