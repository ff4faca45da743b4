"""API keys as they come in."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from scoring.schemas import Input, Label, Output

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of the secret, hexadecimal")]


class ApiKeyIn(Input):
    """One key in the state it was given at `changed_at`."""

    key_id: UUID
    name: Label
    digest: Digest
    scopes: Annotated[list[Literal["integration", "payroll", "auditor"]], Field(max_length=3)]
    created_by: Label
    created_at: AwareDatetime
    expires_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    approved_by: Label | None = None
    approved_at: AwareDatetime | None = None
    previous_digest: Digest | None = None
    previous_until: AwareDatetime | None = None
    changed_at: AwareDatetime


class ApiKeysIn(Input):
    """Keys as the sender knows them."""

    keys: Annotated[list[ApiKeyIn], Field(max_length=20_000)]


class ApiKeysApplied(Output):
    """How many keys were written, and how many were left alone because a later state was known already."""

    applied: int
    older: int
