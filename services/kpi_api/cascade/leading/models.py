"""The table of leads."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class KpiLead(Row):
    """A leading KPI, the lagging one that it leads to, and after how many days it shows there (domain "Leads-to")."""

    __tablename__ = "kpi_leads"
    __table_args__ = (
        UniqueConstraint("organization_id", "leading_id", "lagging_id"),
        references("kpis", "leading_id"),
        references("kpis", "lagging_id"),
        CheckConstraint("leading_id <> lagging_id", name="another"),
        CheckConstraint("lag_days >= 0", name="lag"),
        Index("ix_kpi_leads_lagging", "organization_id", "lagging_id"),
    )

    leading_id: Mapped[UUID]
    lagging_id: Mapped[UUID]
    lag_days: Mapped[int]
