"""What every mutation shares: one transaction, whose problems become members of the answer's union."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from chassis.database import WriteSession
from chassis.error_answers import problem_of
from chassis.field_errors import field_error
from chassis.problems import Invalid, NotFound, PreconditionFailed
from chassis.problems import Problem as RaisedProblem
from kpi_api.graphql import problems
from kpi_api.graphql.nodes import Info, id_of

Done = TypeVar("Done")
Model = TypeVar("Model", bound=BaseModel)

Named = Mapping[type[RaisedProblem], type[problems.Problem]]
"""Problems that a mutation's union has a type of their own for, which says more."""


def found(type_name: str, id_: str) -> UUID:
    """Raises NotFound for what is no such id."""
    record_id = id_of(type_name, id_)
    if record_id is None:
        raise NotFound()
    return record_id


def given(input_: Any) -> dict[str, Any]:
    """What an input object says, without what it leaves out; enumerations as the domains' own words."""
    said = {name: value for name, value in vars(input_).items() if value is not strawberry.UNSET}
    return {name: value.value if isinstance(value, Enum) else value for name, value in said.items()}


def by_name(inputs: Iterable[Any], name: str, value: str, field: str) -> dict[str, Any]:
    """A list of names with values as a dictionary. Raises Invalid for a name that stands there twice."""
    found: dict[str, Any] = {}
    for n, input_ in enumerate(inputs):
        key = getattr(input_, name)
        if key in found:
            raise Invalid(f"`{key}` stands there twice. Leave one out.", field=f"{field}/{n}/{name}")
        found[key] = getattr(input_, value)
    return found


def validated(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Raises Invalid, naming each field that is wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> Invalid:
    errors = [field_error(item) for item in error.errors()]
    return Invalid("; ".join(one.message for one in errors), errors=errors)


async def attempt(info: Info, write: Callable[[WriteSession], Awaitable[Done]], named: Named | None = None) -> Any:
    """What `write` gives, or the problem as a member of the union; then nothing of it stays."""
    try:
        async with info.context.transaction() as session:
            return await write(session)
    except RaisedProblem as problem:
        kind = (named or {}).get(type(problem))
        return kind.of(problem) if kind else problems.shown(problem)
    except StaleDataError:
        return problems.shown(PreconditionFailed("It was changed at the same moment by somebody else. Read it again, then decide."))
    except DBAPIError as error:
        if (refusal := problem_of(error)) is None:
            raise
        return problems.shown(refusal)
    except ValidationError as error:
        return problems.shown(invalid(error))


def tag(version: int) -> str:
    return f'"{version}"'
