"""What comes in and goes out about erasure."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StrictBool


class ErasureIn(BaseModel):
    """Why. A code and no text, so that nothing is written about the person once more."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["asked_by_person", "retention_over", "unlawful"]
    although_pay_is_due: StrictBool = Field(default=False, description="Pay on its way to the person is settled otherwise; recorded.")


class ErasureOut(BaseModel):
    """How far an erasure has come. While `erased_at` is null it waits for another hr_admin, who asks for the same."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID = Field(validation_alias=AliasChoices("person_id", "id"))
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    erased_at: datetime | None
    alone: bool = Field(description="nobody else was there to approve it")
