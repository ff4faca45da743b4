"""Payroll batches and their lines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import Versioned, references
from scoring.database import Row


class PayrollBatch(Versioned, Row):
    """What one pay group is paid on a check date, on the regular cycle or off it: whatever was released by the day of `cut_off`.

    `document` and `table` are the JSON and CSV that payroll pulls, kept from the moment of locking; `digest` names their content.
    """

    __tablename__ = "payroll_batches"
    __table_args__ = (
        UniqueConstraint(
            "organization_id", "pay_group", "legal_entity", "check_date", "off_cycle", postgresql_nulls_not_distinct=True,
            name="uq_payroll_batches_pay_group",
        ),
        CheckConstraint("status IN ('draft', 'locked')", name="status"),
        CheckConstraint("status = 'draft' OR num_nulls(digest, document, table_) = 0", name="locked_has_bytes"),
    )  # fmt: skip

    pay_group: Mapped[str]
    legal_entity: Mapped[str | None]
    check_date: Mapped[date]
    cut_off: Mapped[date]
    off_cycle: Mapped[bool]
    status: Mapped[str]
    totals: Mapped[dict[str, Any]]
    digest: Mapped[str | None]
    document: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    table: Mapped[bytes | None] = mapped_column("table_", LargeBinary, deferred=True)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    locked_by: Mapped[str | None]
    locked_at: Mapped[datetime | None]


class PayrollLine(Row):
    """A run line in a batch, with everything payroll needs to book it, and what payroll answered.

    A run line stands in one batch at a time; rejected, it may stand in a later one, whose line names the former as `carried_over_from`.
    `payee_salt` is random: with it, who is paid goes into a batch's digest, without it (once erased) nobody finds out who that was.
    """

    __tablename__ = "payroll_lines"
    __table_args__ = (
        references("payroll_batches", "batch_id"),
        references("run_lines", "run_line_id"),
        UniqueConstraint("organization_id", "batch_id", "position"),
        Index("uq_payroll_lines_run_line", "organization_id", "run_line_id", unique=True, postgresql_where=text("status <> 'rejected'")),
        CheckConstraint("status IN ('pending', 'acknowledged', 'paid', 'rejected')", name="status"),
        CheckConstraint("(status = 'paid') = (paid_amount IS NOT NULL)", name="paid_amount"),
        CheckConstraint("scale(amount) <= 4 AND scale(paid_amount) <= 4", name="scale"),
    )

    batch_id: Mapped[UUID]
    position: Mapped[int]
    run_line_id: Mapped[UUID]
    run_id: Mapped[UUID]
    person_id: Mapped[UUID]
    external_id: Mapped[str]
    payroll_number: Mapped[str | None]
    payee_salt: Mapped[str]
    legal_entity: Mapped[str | None]
    cost_centre: Mapped[str | None]
    earning_code: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    earned_from: Mapped[date]
    earned_to: Mapped[date]
    plan_code: Mapped[str]
    plan_version: Mapped[int]
    corrects_run_line_id: Mapped[UUID | None]
    carried_over_from: Mapped[UUID | None]
    status: Mapped[str]
    paid_amount: Mapped[Decimal | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    @property
    def differs(self) -> bool:
        """Payroll paid another amount than the line's."""
        return self.paid_amount is not None and self.paid_amount != self.amount
