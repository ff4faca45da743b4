"""Measurements, appended and never edited, partitioned by the year of their period."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import AppendOnly, references
from kpi_api.database import Row


class Measurement(AppendOnly, Row):
    """A value of one KPI part for one period, or its numerator and denominator. Append-only.

    `revision` counts the values of the same part and period: 1 is the first, each further one is a correction and the highest is what we
    know now. `after_closing` marks a correction of a period whose cycle was being closed or closed. Rule: S2, steps 2 and 3.
    """

    __tablename__ = "measurements"
    __table_args__ = (
        UniqueConstraint("organization_id", "kpi_id", "part", "period_start", "revision", name="uq_measurements_revision"),
        CheckConstraint("period_end >= period_start", name="period"),
        CheckConstraint("(value IS NULL) = (numerator IS NOT NULL AND denominator IS NOT NULL)", name="value"),
        references("kpis", "kpi_id"),
        {"postgresql_partition_by": "RANGE (period_start)"},
    )

    period_start: Mapped[date] = mapped_column(primary_key=True)
    period_end: Mapped[date]
    kpi_id: Mapped[UUID]
    part: Mapped[str]
    revision: Mapped[int]
    value: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    source: Mapped[str]
    source_record_id: Mapped[str | None]
    provenance: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    after_closing: Mapped[bool]


class CorrectionReason(Row):
    """Why a value was corrected; it has the measurement's id. Free text, so it can be erased, as the measurement cannot."""

    __tablename__ = "correction_reasons"
    __table_args__ = (references("kpis", "kpi_id"), Index("ix_correction_reasons_kpi", "organization_id", "kpi_id"))

    kpi_id: Mapped[UUID]
    text: Mapped[str]
