"""Tables of people and structure (domain "People and structure").

Dates are half-open: a line holds from `valid_from` until the day before `valid_to`; a null `valid_to` is open.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped

from chassis.rows import Versioned, references
from kpi_api.database import Row
from kpi_api.findings import Limits
from kpi_api.people.leaves.rules import TimeRules

UnitKind = Literal["company", "business_unit", "function", "team"]
UNIT_KINDS: tuple[UnitKind, ...] = get_args(UnitKind)


SIMILAR_NAMES_FROM: Final = Decimal("0.60")
"""Of an organization that says nothing else: so much of two names' trigrams must be common to both."""
AGREEMENT_REMINDER_DAYS: Final = 7
"""Of an organization that says nothing else."""


class OrganizationProfile(Versioned, Row):
    """What the organization is called and why it exists. One row, whose `id` is the organization's.

    `mission` is where every line of sight ends (S1); `indicator_label` is what its people call an indicator: KPI, OKR, goal (S1).
    """

    __tablename__ = "organization_profiles"
    __table_args__ = (CheckConstraint("id = organization_id", name="one_row"),)

    name: Mapped[str]
    mission: Mapped[str]
    indicator_label: Mapped[str]
    currency: Mapped[str]
    time_zone: Mapped[str]
    settings: Mapped[dict[str, Any]]

    @property
    def similar_names_from(self) -> Decimal:
        """From which likeness on, of 1, two definitions' names are a finding."""
        return Decimal(self.settings.get("similar_names_from", SIMILAR_NAMES_FROM))

    @similar_names_from.setter
    def similar_names_from(self, value: Decimal) -> None:
        self.settings = {**self.settings, "similar_names_from": str(value)}

    @property
    def agreement_reminder_days(self) -> int:
        """After how many days without an answer a side of a scorecard is reminded, and again after as many."""
        return int(self.settings.get("agreement_reminder_days", AGREEMENT_REMINDER_DAYS))

    @agreement_reminder_days.setter
    def agreement_reminder_days(self, value: int) -> None:
        self.settings = {**self.settings, "agreement_reminder_days": value}

    @property
    def finding_limits(self) -> Limits:
        """From when on the design linter finds something; ours where the organization says nothing."""
        return Limits.model_validate(self.settings.get("finding_limits", {}))

    @finding_limits.setter
    def finding_limits(self, value: Limits) -> None:
        self.settings = {**self.settings, "finding_limits": value.model_dump(mode="json", exclude_unset=True)}

    @property
    def time_rules(self) -> TimeRules:
        """What leave and part-time do to scorecards that are signed from now on; as shipped, nothing."""
        return TimeRules.model_validate(self.settings.get("time_rules", {}))

    @time_rules.setter
    def time_rules(self, value: TimeRules) -> None:
        self.settings = {**self.settings, "time_rules": value.model_dump(mode="json", exclude_defaults=True)}


class Person(Versioned, Row):
    """Somebody who works or worked here. `external_id` is the HRIS's id. Birth date and gender serve fairness figures only.

    Of whoever is erased (`privacy.erasure`) nothing is left but id and dates; the database keeps it so.
    """

    __tablename__ = "persons"
    __table_args__ = (
        UniqueConstraint("organization_id", "external_id"),
        Index("uq_persons_user_name", "organization_id", text("lower(user_name)"), unique=True),
        Index("ix_persons_email", "organization_id", text("lower(email)")),
        CheckConstraint("termination_date >= hire_date", name="dates_in_order"),
        CheckConstraint(
            "erased_at IS NULL OR (NOT active AND external_id = 'erased:' || id AND given_name = 'erased' AND family_name = 'erased'"
            " AND display_name = 'erased' AND num_nonnulls(user_name, email, birth_date, gender) = 0)",
            name="erased",
        ),
    )

    external_id: Mapped[str]
    user_name: Mapped[str | None]
    email: Mapped[str | None]
    given_name: Mapped[str]
    family_name: Mapped[str]
    display_name: Mapped[str]
    active: Mapped[bool]
    hire_date: Mapped[date | None]
    termination_date: Mapped[date | None]
    birth_date: Mapped[date | None]
    gender: Mapped[str | None]
    erased_at: Mapped[datetime | None]


class OrgUnit(Versioned, Row):
    """A company, business unit, function or team. `value_statement` says how it creates value, and for whom (S2)."""

    __tablename__ = "org_units"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        CheckConstraint("kind IN ('company', 'business_unit', 'function', 'team')", name="kind"),
        CheckConstraint("parent_id <> id", name="not_under_itself"),
        references("org_units", "parent_id"),
        references("persons", "head_id"),
        Index("ix_org_units_parent", "organization_id", "parent_id"),
    )

    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None]
    head_id: Mapped[UUID | None]
    value_statement: Mapped[str | None]


class Role(Versioned, Row):
    """A position that people hold; library KPIs and competencies name it by `code`. What it is stands in its versions."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]


class RoleVersion(Row):
    """What a role is called and answers for from a day on; never edited, since a change is the next version.

    A version takes effect on the day of the one before it or later. `author_id` is null for an integration. `role_state` is the `version`
    of the role's row once this was written, so that who edits from an older state is told of it.
    """

    __tablename__ = "role_versions"
    __table_args__ = (
        UniqueConstraint("organization_id", "role_id", "number"),
        references("roles", "role_id"),
        references("persons", "author_id"),
        CheckConstraint("number > 0", name="number"),
    )

    role_id: Mapped[UUID]
    number: Mapped[int]
    effective_from: Mapped[date]
    name: Mapped[str]
    core_responsibilities: Mapped[list[str]]
    note: Mapped[str]
    author_id: Mapped[UUID | None]
    written_at: Mapped[datetime]
    role_state: Mapped[int]


class LegalEntity(Row):
    """The company in law that employs and pays. `currency` is ISO 4217."""

    __tablename__ = "legal_entities"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    currency: Mapped[str]


class Employment(Row):
    """A dated line: where a person works, as what, for how much of full time, and who leads them.

    One primary line holds at a time; secondary lines (second jobs, dotted lines) may overlap and carry no reporting line.
    `manager_external_id` names the manager as the source did. While nobody of that id is there yet, `manager_id` is null: the line is
    kept, flagged as unresolved, and linked when that person arrives.
    """

    __tablename__ = "employments"
    __table_args__ = (
        references("persons", "person_id"),
        references("persons", "manager_id"),
        references("org_units", "unit_id"),
        references("roles", "role_id"),
        references("legal_entities", "legal_entity_id"),
        CheckConstraint("valid_to > valid_from", name="dates_in_order"),
        CheckConstraint("manager_id <> person_id", name="not_own_manager"),
        CheckConstraint("fte > 0 AND fte <= 2", name="fte"),
        ExcludeConstraint(
            (column("organization_id"), "="),
            (column("person_id"), "="),
            (func.daterange(column("valid_from"), column("valid_to")), "&&"),
            where=text("is_primary"),
            name="ex_employments_primary",
        ),
        Index("ix_employments_person", "organization_id", "person_id", "valid_from"),
        Index("ix_employments_manager", "organization_id", "manager_id"),
        Index("ix_employments_unit", "organization_id", "unit_id"),
        Index(
            "ix_employments_unresolved",
            "organization_id",
            "manager_external_id",
            postgresql_where=text("manager_id IS NULL AND manager_external_id IS NOT NULL"),
        ),
    )

    person_id: Mapped[UUID]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    unit_id: Mapped[UUID | None]
    role_id: Mapped[UUID | None]
    manager_id: Mapped[UUID | None]
    manager_external_id: Mapped[str | None]
    fte: Mapped[Decimal]
    legal_entity_id: Mapped[UUID | None]
    grade: Mapped[str | None]
    is_primary: Mapped[bool]
