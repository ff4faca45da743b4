"""What comes in and goes out about outcomes and their areas."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from kpi_api.dictionary.fields import Code, Input, Name, Output, Prose
from kpi_api.dictionary.vocabulary import VersionStatus


class OutcomeAreaInput(Input):
    code: Code = Field(examples=["customer_trust"])
    name: Name
    description: Prose = ""


class OutcomeAreaOutput(Output):
    """A field in which an organization wants results; `shipped` with the library or of its own."""

    code: str
    name: str
    description: str
    shipped: bool


class OutcomeChange(Input):
    """What to change; fields left out stay. Null takes an owner away. The code stays, since definitions name it."""

    name: Name = ""
    area: Code = Field(default="", description="Outcome area, such as retention, adoption, quality, cycle_time: `GET /v1/outcome-areas`.")
    description: Prose = ""
    owner_unit_id: UUID | None = Field(default=None, description="The unit that answers for it; a role or a unit, not both.")
    owner_role_id: UUID | None = None

    @model_validator(mode="after")
    def _has_one_owner(self) -> Self:
        if self.owner_unit_id is not None and self.owner_role_id is not None:
            raise PydanticCustomError("two_owners", "A unit or a role owns an outcome, not both.")
        return self


class OutcomeInput(OutcomeChange):
    code: Code
    name: Name
    area: Code = Field(description="Outcome area, such as retention, adoption, quality, cycle_time: `GET /v1/outcome-areas`.")


class OutcomeOutput(Output):
    id: UUID
    code: str
    name: str
    area: str
    description: str
    owner_unit_id: UUID | None
    owner_role_id: UUID | None
    version: int


class ServingDefinition(BaseModel):
    """A definition that serves an outcome, by the version in force or, where none is, the newest in sight."""

    definition_id: UUID
    code: str
    name: str
    number: int
    status: VersionStatus


class OutcomeDetail(OutcomeOutput):
    """An outcome with the definitions that serve it now, as far as you see them, by code. Their KPIs: each definition's `uses`."""

    definitions: list[ServingDefinition]
