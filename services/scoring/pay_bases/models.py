"""Pay bases: effective-dated, one at a time for a person, which the database itself keeps."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import Versioned, references
from scoring.database import Row

MONEY_PLACES = 4


class PayBasis(Versioned, Row):
    """Salary of a full period at full time, and target bonus as a share of it (0.15 is 15 %) or as an amount; from a date until a date
    (exclusive). Money has at most four places. `fte` is what the contract says; a scorecard's own segments go before it."""

    __tablename__ = "pay_bases"
    __table_args__ = (
        references("people", "person_id"),
        ExcludeConstraint(
            ("organization_id", "="),
            ("person_id", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            name="pay_bases_no_overlap",
            using="gist",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="end_after_start"),
        CheckConstraint(f"salary >= 0 AND scale(salary) <= {MONEY_PLACES}", name="salary"),
        CheckConstraint(f"target_bonus_amount >= 0 AND scale(target_bonus_amount) <= {MONEY_PLACES}", name="target_bonus_amount"),
        CheckConstraint("target_bonus_share >= 0 AND scale(target_bonus_share) <= 12", name="target_bonus_share"),
        CheckConstraint("target_bonus_share IS NULL OR (target_bonus_amount IS NULL AND salary IS NOT NULL)", name="one_target_bonus"),
    )

    person_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    salary: Mapped[Decimal | None]
    currency: Mapped[str]
    target_bonus_share: Mapped[Decimal | None]
    target_bonus_amount: Mapped[Decimal | None]
    fte: Mapped[Decimal | None]
    legal_entity: Mapped[str | None]
    pay_group: Mapped[str]
    payroll_number: Mapped[str | None]
    cost_centre: Mapped[str | None]
