"""What a token or a key proves: a principal of ours, or the subject of an outside issuer."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["person", "key", "service"]


@dataclass(frozen=True)
class Principal:
    """A proven identity. `subject` is what records name: a person's id, `key:<id>`, `<service>`, or `<service>/<person it acts for>`.

    `person_id` is the acting person: absent for an API key, and for a service acting on its own account.
    """

    kind: Kind
    organization_id: UUID
    subject: str
    person_id: UUID | None = None
    scopes: frozenset[str] = frozenset()


def person(organization_id: UUID, person_id: UUID) -> Principal:
    """The principal of a person."""
    return Principal("person", organization_id, str(person_id), person_id)


@dataclass(frozen=True)
class OutsideIdentity:
    """A subject of an outside issuer, speaking in an organization. The service knows which person it is, if any.

    `email` is there only where the issuer says that it has verified it.
    """

    organization_id: UUID
    issuer: str
    subject: str
    email: str | None = None


def is_key(subject: str) -> bool:
    """Whether records name an API key by this subject."""
    return subject.startswith("key:")
