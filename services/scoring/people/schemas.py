"""People as they come in and go out."""

from typing import Annotated
from uuid import UUID

from pydantic import AliasChoices, AwareDatetime, Field, StrictBool, field_validator
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenTime
from scoring.schemas import Code, DateRange, Input, Label, Output


class GrantIn(DateRange):
    """A role of a person, from a date until a date (exclusive)."""

    role: Code


class ManagerIn(DateRange):
    """Somebody `depth` steps above the person, from a date until a date (exclusive)."""

    manager_id: UUID
    depth: Annotated[int, Field(ge=1, le=100)]


class IdentityIn(Input):
    """A subject of a trusted issuer that signs in as the person."""

    issuer: Annotated[str, Field(min_length=1, max_length=500)]
    subject: Annotated[str, Field(min_length=1, max_length=255)]


class PersonIn(Input):
    """One person reference with everything that scoring enforces by: active flag, legal entity, roles, reporting chain, identities."""

    person_id: UUID
    external_id: Label
    display_name: Annotated[str, Field(max_length=400)]
    active: bool
    erased: StrictBool = Field(default=False, description="Nothing that tells who they are is to be kept. For good.")
    legal_entity: str | None = None
    grants: list[GrantIn] = Field(default_factory=list)
    managers: list[ManagerIn] = Field(default_factory=list)
    identities: list[IdentityIn] = Field(default_factory=list)


class PeopleIn(Input):
    """People as the sending system knew them at `as_of`."""

    as_of: WrittenTime
    people: Annotated[list[PersonIn], Field(max_length=20_000)]

    @field_validator("people")
    @classmethod
    def nobody_twice(cls, people: list[PersonIn]) -> list[PersonIn]:
        if len({person.person_id for person in people}) < len(people):
            raise PydanticCustomError("duplicate_person", "A person stands twice in this list; send each once")
        return people


class PeopleApplied(Output):
    """How many people were written, and how many were left alone because something newer was known already, or they were erased."""

    applied: int
    older: int


class PersonOut(Output):
    """A person reference."""

    person_id: UUID = Field(validation_alias=AliasChoices("person_id", "id"))
    external_id: str
    display_name: str
    active: bool
    legal_entity: str | None
    as_of: AwareDatetime
