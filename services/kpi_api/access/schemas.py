"""What comes in and goes out about grants and delegations."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.dates import WrittenDate
from chassis.verbs import VerbOutput
from kpi_api.access.matrix import GrantedRole


class GrantIn(BaseModel):
    """A role to give. `executive` is of a unit; the others hold everywhere."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    role: GrantedRole
    unit_id: UUID | None = None
    valid_from: WrittenDate | None = Field(default=None, description="from today when left out")
    valid_to: WrittenDate | None = Field(default=None, description="first day on which it no longer holds")


class End(BaseModel):
    """When a grant or a delegation ends."""

    model_config = ConfigDict(extra="forbid")

    valid_to: WrittenDate | None = Field(default=None, description="first day on which it no longer holds; today when left out")


class GrantOut(BaseModel):
    """A granted role and who gave it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    role: str
    unit_id: UUID | None
    valid_from: date
    valid_to: date | None
    granted_by: str
    approved_by: str | None = Field(description="who approved it; it does not hold before")
    approved_at: datetime | None
    alone: bool = Field(description="nobody else was there to approve it")


class GrantDetail(GrantOut):
    """A granted role; `verbs` says what the viewer may do now: approve, end."""

    verbs: list[VerbOutput]


class DelegationIn(BaseModel):
    """Whose rights over reports and subtree go to whom, and for how long."""

    model_config = ConfigDict(extra="forbid")

    delegator_id: UUID | None = Field(default=None, description="the absent manager; oneself when left out")
    delegate_id: UUID
    valid_from: WrittenDate | None = Field(default=None, description="from today when left out")
    valid_to: WrittenDate = Field(description="first day on which it no longer holds")


class DelegationOut(BaseModel):
    """A manager's rights given to somebody for an absence."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    delegator_id: UUID
    delegate_id: UUID
    valid_from: date
    valid_to: date
    given_by: str
    given_at: datetime


class DelegationDetail(DelegationOut):
    """A delegation; `verbs` says what the viewer may do now: end."""

    verbs: list[VerbOutput]
