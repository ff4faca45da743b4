"""Requests to change an agreed scorecard from a day on."""

from datetime import date, datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import Versioned, references
from kpi_api.database import Row
from kpi_api.scorecards.lifecycle import Side

Kind = Literal["request", "kpi_changed", "kpi_withdrawn"]
ChangeStatus = Literal["pending", "agreed", "rejected", "withdrawn", "lapsed"]


class ScorecardChange(Versioned, Row):
    """Somebody asks for another text of an agreed scorecard from `effective_from` on: one side (`request`), or a KPI that it carries.

    `side`, `signer_id`, `signed_at`, `document` and `digest` are the first signature and what was signed, `on_behalf_of_id` the absent
    manager for whom a delegate did; a KPI's request has none until one side agrees. `result_id` is the scorecard that carries the agreed
    text; `former` the text that it replaced from the first day, kept for good. `takes_time_rules`: with the rules of today for leave and
    part-time. Its id is that of the step in the history, so the reason is that step's comment.
    """

    __tablename__ = "scorecard_changes"
    __table_args__ = (
        references("scorecards", "scorecard_id"),
        references("scorecards", "result_id"),
        references("kpis", "kpi_id"),
        references("persons", "signer_id"),
        references("persons", "on_behalf_of_id"),
        CheckConstraint(f"kind IN {get_args(Kind)}", name="kind"),
        CheckConstraint(f"status IN {get_args(ChangeStatus)}", name="status"),
        CheckConstraint("(kind = 'request') = (kpi_id IS NULL)", name="kpi"),
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("num_nulls(side, signer_id, signed_at, document, digest) IN (0, 5)", name="signed"),
        Index(
            "uq_scorecard_changes_pending", "organization_id", "scorecard_id", "kpi_id", unique=True,
            postgresql_where=text("status = 'pending'"), postgresql_nulls_not_distinct=True,
        ),
        Index("ix_scorecard_changes_scorecard", "organization_id", "scorecard_id"),
        Index("ix_scorecard_changes_kpi", "organization_id", "kpi_id", postgresql_where=text("kpi_id IS NOT NULL")),
    )  # fmt: skip

    scorecard_id: Mapped[UUID]
    kind: Mapped[Kind] = mapped_column(Text)
    status: Mapped[ChangeStatus] = mapped_column(Text)
    effective_from: Mapped[date]
    kpi_id: Mapped[UUID | None]
    lines: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    differences: Mapped[list[str]]
    side: Mapped[Side | None] = mapped_column(Text)
    signer_id: Mapped[UUID | None]
    on_behalf_of_id: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    digest: Mapped[str | None]
    former: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    result_id: Mapped[UUID | None]
    requested_at: Mapped[datetime]
    takes_time_rules: Mapped[bool] = mapped_column(default=False, server_default=false())
    decided_at: Mapped[datetime | None]
