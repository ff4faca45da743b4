"""Scorecards, their lines, signatures and history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import AppendOnly, Versioned, references
from kpi_api.database import Row
from kpi_api.scorecards.lifecycle import OTHER, STATUSES, UNDER_NEGOTIATION, Side, Status


class Scorecard(Versioned, Row):
    """The KPIs of one person for a window of a cycle. `window_end` is inclusive; the windows of a person in a cycle never overlap.

    `written_by_side` is who wrote the current text (person, manager or hr). `agreement` is the text that was agreed (see `terms`): null
    until then, changed after it by an agreed change alone, and what scores and pay are computed from. `imposed` marks one forced by HR.
    `succeeds_id` is the scorecard that ended on the day before, because both sides agreed on another text or the job changed.
    `template_number` is the version of its template that it was opened with or has taken since.
    `waiting_since` is when the text was put to the side whose answer is awaited, `reminders_sent` how often they were reminded since.
    `imposed_by_correction_id` is the correction that gave the agreement its present text, to which nobody objected.
    """

    __tablename__ = "scorecards"
    __table_args__ = (
        references("persons", "person_id"),
        references("cycles", "cycle_id"),
        references("scorecard_templates", "template_id"),
        references("scorecard_corrections", "imposed_by_correction_id"),
        references("scorecards", "succeeds_id"),
        CheckConstraint("window_end >= window_start", name="window"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("agreement IS NOT NULL OR status NOT IN ('agreed', 'active', 'closed')", name="agreement"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("person_id", "="),
            ("cycle_id", "="),
            (text("daterange(window_start, window_end, '[]')"), "&&"),
            name="ex_scorecards_window",
            using="gist",
        ),
        # No index knows the status, and pages keep room: so a step of a whole cycle rewrites rows in place and leaves the indexes alone.
        Index("ix_scorecards_cycle", "organization_id", "cycle_id", "window_start"),
        Index("uq_scorecards_succeeds", "organization_id", "succeeds_id", unique=True, postgresql_where=text("succeeds_id IS NOT NULL")),
        {"postgresql_with": {"fillfactor": 50}},
    )

    person_id: Mapped[UUID]
    cycle_id: Mapped[UUID]
    template_id: Mapped[UUID | None]
    template_number: Mapped[int | None] = mapped_column(default=None)
    status: Mapped[Status] = mapped_column(Text)
    written_by_side: Mapped[Side] = mapped_column(Text)
    window_start: Mapped[date]
    window_end: Mapped[date]
    imposed: Mapped[bool]
    agreement: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    agreement_digest: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    waiting_since: Mapped[datetime | None] = mapped_column(default=None)
    imposed_by_correction_id: Mapped[UUID | None] = mapped_column(default=None)
    reminders_sent: Mapped[int] = mapped_column(default=0, server_default="0")
    succeeds_id: Mapped[UUID | None] = mapped_column(default=None)

    @property
    def waiting_for(self) -> Side | None:
        """The side whose answer is awaited: the one that did not write the text under negotiation."""
        return OTHER.get(self.written_by_side) if self.status in UNDER_NEGOTIATION else None


class ScorecardLine(Row):
    """One KPI of a scorecard with its weight in percent (two places; null while a draft has none). A KPI stands once on a scorecard."""

    __tablename__ = "scorecard_lines"
    __table_args__ = (
        references("scorecards", "scorecard_id", ondelete="CASCADE"),
        references("kpis", "kpi_id"),
        UniqueConstraint("organization_id", "scorecard_id", "kpi_id"),
        UniqueConstraint("organization_id", "scorecard_id", "position"),
        CheckConstraint("weight > 0 AND weight <= 100", name="weight"),
        Index("ix_scorecard_lines_kpi", "organization_id", "kpi_id"),
    )

    scorecard_id: Mapped[UUID]
    kpi_id: Mapped[UUID]
    weight: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    component: Mapped[str]
    position: Mapped[int]


class ScorecardSignature(AppendOnly, Row):
    """Who put their name to which text. An agreed scorecard has one of each side (or HR's alone) over the digest of its agreement.

    A delegate signs with their own name; `on_behalf_of_id` is the absent manager for whom they did.
    """

    __tablename__ = "scorecard_signatures"
    __table_args__ = (
        references("scorecards", "scorecard_id"),
        references("persons", "signer_id"),
        references("persons", "on_behalf_of_id"),
        Index("ix_scorecard_signatures_scorecard", "organization_id", "scorecard_id"),
    )

    scorecard_id: Mapped[UUID]
    side: Mapped[str]
    signer_id: Mapped[UUID]
    signed_at: Mapped[datetime]
    digest: Mapped[str]
    on_behalf_of_id: Mapped[UUID | None] = mapped_column(default=None)


class ScorecardText(AppendOnly, Row):
    """What a scorecard said in its state `version`, and its status then. Append-only: ids, codes, numbers and names of KPIs."""

    __tablename__ = "scorecard_texts"
    __table_args__ = (references("scorecards", "scorecard_id"), UniqueConstraint("organization_id", "scorecard_id", "version"))

    scorecard_id: Mapped[UUID]
    version: Mapped[int]
    status: Mapped[Status] = mapped_column(Text)
    digest: Mapped[str]
    document: Mapped[dict[str, Any]]


class ScorecardHistory(AppendOnly, Row):
    """One step of a scorecard's life: the verb, from and to which status, by whom. Append-only; its comment stands apart.

    The opening of a draft goes with the draft, which the database lets go only while nobody has touched it.
    """

    __tablename__ = "scorecard_history"
    __table_args__ = (
        references("scorecards", "scorecard_id", ondelete="CASCADE"),
        Index("ix_scorecard_history_scorecard", "organization_id", "scorecard_id"),
    )

    scorecard_id: Mapped[UUID]
    verb: Mapped[str]
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    side: Mapped[str]
    actor: Mapped[str]
    happened_at: Mapped[datetime]


class ScorecardComment(Row):
    """What somebody said with a step, whose id it has. Free text, so it can be erased, as the step cannot."""

    __tablename__ = "scorecard_comments"
    __table_args__ = (
        references("scorecards", "scorecard_id"),
        references("scorecard_history", "id"),
        Index("ix_scorecard_comments_scorecard", "organization_id", "scorecard_id"),
    )

    scorecard_id: Mapped[UUID]
    text: Mapped[str]
