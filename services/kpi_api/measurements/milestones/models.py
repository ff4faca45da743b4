"""The table of milestones that were done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class MilestoneRecord(Row):
    """That a part of a KPI was done, on which day, and what shows it. The newest of a part counts; earlier ones stay."""

    __tablename__ = "milestone_records"
    __table_args__ = (
        references("kpis", "kpi_id"),
        Index("ix_milestone_records_kpi", "organization_id", "kpi_id"),
    )

    kpi_id: Mapped[UUID]
    part: Mapped[str]
    done_on: Mapped[date]
    evidence: Mapped[str | None]
    evidence_link: Mapped[str | None]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
