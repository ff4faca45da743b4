"""What comes in and goes out about grants."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from kpi_api.access.matrix import GrantedRole


class GrantIn(BaseModel):
    """A role to give. `executive` is of a unit; the others hold everywhere."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    role: GrantedRole
    unit_id: UUID | None = None
    valid_from: date | None = Field(default=None, description="from today when left out")
    valid_to: date | None = Field(default=None, description="first day on which it no longer holds")


class GrantEnd(BaseModel):
    """When a grant ends."""

    model_config = ConfigDict(extra="forbid")

    valid_to: date | None = Field(default=None, description="first day on which it no longer holds; today when left out")


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
