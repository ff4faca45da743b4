"""What every mutation shares: one transaction, whose problems become members of the answer's union."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from chassis.database import WriteSession
from chassis.error_answers import problem_of
from chassis.field_errors import plain_words
from chassis.problems import Invalid, NotFound, PreconditionFailed
from chassis.problems import Problem as RaisedProblem
from kpi_api.graphql import problems
from kpi_api.graphql.nodes import Info, id_of

Done = TypeVar("Done")


def found(type_name: str, id_: str) -> UUID:
    """Raises NotFound for what is no such id."""
    record_id = id_of(type_name, id_)
    if record_id is None:
        raise NotFound()
    return record_id


async def attempt(info: Info, write: Callable[[WriteSession], Awaitable[Done]]) -> Any:
    """What `write` gives, or the problem as a member of the union; then nothing of it stays."""
    try:
        async with info.context.transaction() as session:
            return await write(session)
    except RaisedProblem as problem:
        return problems.shown(problem)
    except StaleDataError:
        return problems.shown(PreconditionFailed("It was changed at the same moment by somebody else. Read it again, then decide."))
    except DBAPIError as error:
        if (refusal := problem_of(error)) is None:
            raise
        return problems.shown(refusal)
    except ValidationError as error:
        return problems.shown(Invalid("; ".join(plain_words(item) for item in error.errors()), field="/input"))


def tag(version: int) -> str:
    return f'"{version}"'
