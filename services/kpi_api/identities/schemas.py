"""What comes in and goes out about identities and API keys."""

from datetime import datetime
from typing import Annotated, Literal, get_args
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, computed_field

from chassis.dates import WrittenTime
from chassis.texts import NOT_BLANK
from chassis.verbs import VerbOutput

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NOT_BLANK]
Issuer = Annotated[str, Field(min_length=1, max_length=500, examples=["https://login.example.com"])]

KeyScope = Literal["integration", "payroll", "auditor"]
KEY_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)
PAY_SCOPES = frozenset({"payroll", "auditor"})


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class IdentityIn(Input):
    """A subject of a trusted issuer, to be linked to a person."""

    person_id: UUID
    issuer: Issuer
    subject: Annotated[str, Field(min_length=1, max_length=255, description="the `sub` of the issuer's tokens")]


class IdentityOut(Output):
    """A linked identity: `how` is `email` (linked by itself), `hr_admin` or `operator`. One that waits to be approved opens nothing."""

    id: UUID
    person_id: UUID
    issuer: str
    subject: str
    how: str
    linked_by: str
    linked_at: datetime
    approved_by: str | None
    approved_at: datetime | None = Field(description="null: it waits for a second hr_admin")
    alone: bool = Field(description="nobody else was there to approve it")


class LinkingSettings(Input):
    """The issuers whose verified e-mail addresses link a first token to the one active person who has that address."""

    link_by_email: Annotated[list[Issuer], Field(max_length=20, description="none: only an hr_admin links")]


class ApiKeyIn(Input):
    """A key to make."""

    name: Name
    scopes: Annotated[list[KeyScope], Field(min_length=1, max_length=3, description="The roles it has; no key has an hr_admin's.")]
    expires_at: WrittenTime | None = Field(default=None, description="never when left out")


class ApiKeyRotation(Input):
    """How long the secret before still holds."""

    overlap_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24


class ApiKeyOut(Output):
    """A key without its secret. `scoring_knows_at` is null while scoring has yet to learn of the last change."""

    id: UUID
    name: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None = Field(description="null: it waits for a second hr_admin, since its scopes show pay")
    expires_at: datetime | None
    revoked_at: datetime | None
    previous_until: datetime | None = Field(description="until when the secret before the last rotation holds")
    last_used_at: datetime | None = Field(description="here, to the minute; scoring notes for itself")
    changed_at: datetime
    scoring_knows_at: datetime | None = Field(validation_alias=AliasChoices("scoring_knows_at", "told_at"))

    @computed_field(description="its scopes show pay, and whoever made it approved it, since nobody else was there to do so")  # type: ignore[prop-decorator]
    @property
    def alone(self) -> bool:
        return self.approved_by == self.created_by and not PAY_SCOPES.isdisjoint(self.scopes)


class ApiKeyDetail(ApiKeyOut):
    """A key without its secret; `verbs` says what the viewer may do now: approve, rotate, revoke."""

    verbs: list[VerbOutput]


class NewApiKeyOut(ApiKeyDetail):
    """A key with its text, which is shown only now."""

    key: str
