"""Tables of collaboration: who agreed to which terms, what was proposed and said, recorded parts, celebrations and retrospectives."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import AppendOnly, references
from kpi_api.database import Row

ProposalStatus = Literal["open", "taken", "declined", "withdrawn"]


class KpiAgreement(AppendOnly, Row):
    """That a stakeholder agrees to the terms with this digest, and who said so. `terms` is the document, in ids, codes and numbers.

    Other terms have another digest, to which nobody has agreed as yet; where the former come back, so do the agreements to them. One that
    was taken back counts no more; agreeing anew is another.
    """

    __tablename__ = "kpi_agreements"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("kpi_stakeholders", "stakeholder_id"),
        references("persons", "signer_id"),
        Index("ix_kpi_agreements_digest", "organization_id", "stakeholder_id", "digest"),
        Index("ix_kpi_agreements_kpi", "organization_id", "kpi_id"),
    )

    kpi_id: Mapped[UUID]
    stakeholder_id: Mapped[UUID]
    signer_id: Mapped[UUID]
    digest: Mapped[str]
    terms: Mapped[dict[str, Any]]
    agreed_at: Mapped[datetime]


class KpiAgreementTakenBack(AppendOnly, Row):
    """That an agreement was taken back, by whom and when."""

    __tablename__ = "kpi_agreements_taken_back"
    __table_args__ = (
        references("kpi_agreements", "agreement_id"),
        references("persons", "taken_back_by_id"),
        UniqueConstraint("organization_id", "agreement_id"),
    )

    agreement_id: Mapped[UUID]
    taken_back_by_id: Mapped[UUID]
    taken_back_at: Mapped[datetime]


class KpiProposal(Row):
    """Other terms that a stakeholder would like: in words, and as targets where they are about those. `reply` comes with the answer."""

    __tablename__ = "kpi_proposals"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("persons", "author_id"),
        references("persons", "answered_by_id"),
        CheckConstraint("status IN ('open', 'taken', 'declined', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'open') = (answered_at IS NULL)", name="answered"),
        Index("ix_kpi_proposals_kpi", "organization_id", "kpi_id"),
    )

    kpi_id: Mapped[UUID]
    author_id: Mapped[UUID]
    text: Mapped[str]
    targets: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[ProposalStatus] = mapped_column(Text)
    reply: Mapped[str | None]
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[UUID | None]


class KpiComment(Row):
    """What somebody said about a collaborative KPI, or about one of its proposals."""

    __tablename__ = "kpi_comments"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("kpi_proposals", "proposal_id"),
        references("persons", "author_id"),
        Index("ix_kpi_comments_kpi", "organization_id", "kpi_id"),
    )

    kpi_id: Mapped[UUID]
    proposal_id: Mapped[UUID | None]
    author_id: Mapped[UUID]
    text: Mapped[str]
    created_at: Mapped[datetime]


class KpiPartRecord(Row):
    """What a stakeholder brought to the shared result by a day: in words, with a figure of its own unit where there is one.

    It explains the joint result and is not summed into it: everybody carries the whole (S1).
    """

    __tablename__ = "kpi_part_records"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("kpi_stakeholders", "stakeholder_id"),
        references("persons", "recorded_by_id"),
        CheckConstraint("(value IS NULL) = (unit IS NULL)", name="unit"),
        Index("ix_kpi_part_records_kpi", "organization_id", "kpi_id"),
    )

    kpi_id: Mapped[UUID]
    stakeholder_id: Mapped[UUID]
    recorded_by_id: Mapped[UUID]
    day: Mapped[date]
    value: Mapped[Decimal | None]
    unit: Mapped[str | None]
    note: Mapped[str]
    recorded_at: Mapped[datetime]


class KpiUnnamed(Row):
    """Somebody who does not want to be named when a shared result is celebrated."""

    __tablename__ = "kpi_unnamed"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("persons", "person_id"),
        UniqueConstraint("organization_id", "kpi_id", "person_id"),
    )

    kpi_id: Mapped[UUID]
    person_id: Mapped[UUID]


class KpiCelebration(Row):
    """That a shared target was reached, noticed once: on which day, and what the result was (`results`: part, actual, unit, target)."""

    __tablename__ = "kpi_celebrations"
    __table_args__ = (references("kpis", "kpi_id"), UniqueConstraint("organization_id", "kpi_id"))

    kpi_id: Mapped[UUID]
    achieved_on: Mapped[date]
    results: Mapped[list[Any]]


class KpiRetrospective(Row):
    """What one of those who carried the KPI says when it is over: what went well, what to do better. One of each author."""

    __tablename__ = "kpi_retrospectives"
    __table_args__ = (
        references("kpis", "kpi_id"),
        references("persons", "author_id"),
        UniqueConstraint("organization_id", "kpi_id", "author_id"),
    )

    kpi_id: Mapped[UUID]
    author_id: Mapped[UUID]
    went_well: Mapped[str]
    to_improve: Mapped[str]
    written_at: Mapped[datetime]
