"""Tables of stewardship: what changed in the business, and which definitions are to be looked at because of that or of the calendar."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class BusinessChange(Row):
    """A process, price, segment or the organization changes from a day on, so that definitions may no longer fit."""

    __tablename__ = "business_changes"

    kind: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    effective_on: Mapped[date]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class DefinitionReview(Row):
    """A definition to be looked at by whoever owns it. Open while `outcome` is null; one open review per definition and reason."""

    __tablename__ = "definition_reviews"
    __table_args__ = (
        references("kpi_definitions", "definition_id"),
        references("business_changes", "business_change_id"),
        CheckConstraint("(outcome IS NULL) = (completed_at IS NULL)", name="completed"),
        CheckConstraint("(reason = 'business_change') = (business_change_id IS NOT NULL)", name="change"),
        Index(
            "uq_definition_reviews_open",
            "organization_id",
            "definition_id",
            "reason",
            "business_change_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    definition_id: Mapped[UUID]
    reason: Mapped[str]
    business_change_id: Mapped[UUID | None]
    opened_on: Mapped[date]
    due_on: Mapped[date]
    outcome: Mapped[str | None]
    note: Mapped[str]
    completed_by: Mapped[str | None]
    completed_at: Mapped[datetime | None]
