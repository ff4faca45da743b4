"""Tables of the dictionary. A definition is a code; everything it means stands in its versions, which are never edited."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.rows import AppendOnly, Versioned, references
from kpi_api.database import Row


class OutcomeArea(Row):
    """A field in which an organization wants results, beside those that ship with the library (S1; S2, step 1)."""

    __tablename__ = "outcome_areas"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]


class Outcome(Versioned, Row):
    """A directional commitment that KPIs serve (S2, step 1), in an outcome area such as retention or quality.

    A unit or a role may own it.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        references("org_units", "owner_unit_id"),
        references("roles", "owner_role_id"),
        CheckConstraint("owner_unit_id IS NULL OR owner_role_id IS NULL", name="one_owner"),
    )

    code: Mapped[str]
    name: Mapped[str]
    area: Mapped[str]
    description: Mapped[str]
    owner_unit_id: Mapped[UUID | None]
    owner_role_id: Mapped[UUID | None]


class Competency(Versioned, Row):
    """A value, behaviour or skill (S0) that behavioural KPIs refer to, with a description per level, the lowest first.

    One `for_managers` is for people with direct reports only.
    """

    __tablename__ = "competencies"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    levels: Mapped[list[str]]
    for_managers: Mapped[bool]


class KpiDefinition(Versioned, Row):
    """A KPI's place in the dictionary: its code, who answers for it and its source of truth (null: the owner), when it is reviewed.

    `origin` is `organization`, or `library` for one that was installed. One that was merged into another is given to no new KPI.
    """

    __tablename__ = "kpi_definitions"
    __table_args__ = (
        UniqueConstraint("organization_id", "code"),
        references("persons", "owner_id"),
        references("persons", "steward_id"),
        references("kpi_definitions", "merged_into_id"),
    )

    code: Mapped[str]
    owner_id: Mapped[UUID | None]
    steward_id: Mapped[UUID | None]
    origin: Mapped[str]
    review_every_months: Mapped[int | None]
    review_due_on: Mapped[date | None]
    merged_into_id: Mapped[UUID | None]
    merge_note: Mapped[str | None]


class DefinitionVersion(Row):
    """What a definition means from a date on (S2, step 2). Only its status and who decided change; the database refuses any other edit.

    draft -> proposed -> approved -> retired (from a date); a proposed one may be sent back and is a draft again. `author_id` is null when
    the library wrote it; the approver is never the author.
    `definition_state` is the `version` of the definition's row once this was written, so that who edits from an older state is told of it.
    """

    __tablename__ = "definition_versions"
    __table_args__ = (
        UniqueConstraint("organization_id", "definition_id", "number"),
        references("kpi_definitions", "definition_id"),
        references("outcomes", "outcome_id"),
        references("persons", "author_id"),
        references("persons", "approver_id"),
        references("persons", "sent_back_by_person_id"),
        CheckConstraint("approver_id <> author_id", name="approved_by_another"),
        CheckConstraint("num_nonnulls(sent_back_at, sent_back_by_person_id, sent_back_reason) IN (0, 3)", name="sent_back"),
        Index("ix_definition_versions_live", "organization_id", "definition_id", "effective_from"),
    )

    definition_id: Mapped[UUID]
    number: Mapped[int]
    status: Mapped[str]
    effective_from: Mapped[date]
    name: Mapped[str]
    description: Mapped[str]
    direction: Mapped[str]
    unit: Mapped[str]
    precision: Mapped[int]
    dimension: Mapped[str]
    combine: Mapped[str]
    parts: Mapped[list[Any]]
    combine_parts: Mapped[str]
    formulas: Mapped[dict[str, Any]]
    measures: Mapped[dict[str, Any]]
    source_of_truth: Mapped[str | None]
    update_frequency: Mapped[str | None]
    decision_speed_days: Mapped[int | None]
    exclusion_rules: Mapped[str | None]
    leading: Mapped[bool]
    leads_to_code: Mapped[str | None]
    leads_to_lag_days: Mapped[int | None]
    kind: Mapped[str]
    outcome_id: Mapped[UUID | None]
    competency_code: Mapped[str | None]
    controllability: Mapped[str]
    controllability_cause: Mapped[str | None]
    applicability: Mapped[dict[str, Any]]
    note: Mapped[str]
    author_id: Mapped[UUID | None]
    approver_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    retired_from: Mapped[date | None]
    sent_back_at: Mapped[datetime | None]
    sent_back_by_person_id: Mapped[UUID | None]
    sent_back_reason: Mapped[str | None]
    definition_state: Mapped[int | None]

    @property
    def sent_back(self) -> dict[str, Any] | None:
        """When it was last sent back, by whom and why; told to who works on it, so only until it is approved."""
        if self.sent_back_at is None or self.status not in ("draft", "proposed"):
            return None
        return {"at": self.sent_back_at, "by_person_id": self.sent_back_by_person_id, "reason": self.sent_back_reason}


class ScorecardTemplate(Versioned, Row):
    """A set of KPIs with weights, usually for a role, from which scorecards are opened.

    Its lines are those of the version `number`. `eligibility` is whom it is for; from `retired_on` on nobody is given it.
    """

    __tablename__ = "scorecard_templates"
    __table_args__ = (UniqueConstraint("organization_id", "code"),)

    code: Mapped[str]
    name: Mapped[str]
    role_code: Mapped[str | None]
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    retired_on: Mapped[date | None]
    eligibility: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class TemplateVersion(AppendOnly, Row):
    """What a template said in a version that the next one has replaced. Append-only."""

    __tablename__ = "template_versions"
    __table_args__ = (references("scorecard_templates", "template_id"), UniqueConstraint("organization_id", "template_id", "number"))

    template_id: Mapped[UUID]
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    replaced_at: Mapped[datetime]


class TemplateLine(Row):
    """One KPI of a template: a definition, its weight out of 100.00, the component it counts in, and its targets."""

    __tablename__ = "template_lines"
    __table_args__ = (
        UniqueConstraint("organization_id", "template_id", "position"),
        references("scorecard_templates", "template_id", ondelete="CASCADE"),
        references("kpi_definitions", "definition_code", to=("code",)),
    )

    template_id: Mapped[UUID]
    position: Mapped[int]
    definition_code: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    component: Mapped[str]
    targets: Mapped[list[Any]]
