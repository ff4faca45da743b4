"""What can go wrong in a mutation, as named types: the same problems as REST, grouped by what a client does about them."""

from typing import Annotated, Self

import strawberry

from chassis.problems import Problem as RaisedProblem


@strawberry.type(description="One thing wrong with one field.")
class FieldError:
    field: str
    code: str
    message: str


@strawberry.interface(description="Why something was not done. `code` is stable; `detail` is for people.")
class Problem:
    code: str
    title: str
    detail: str
    errors: list[FieldError]

    @classmethod
    def of(cls, problem: RaisedProblem) -> Self:
        return cls(code=problem.code, title=problem.title, detail=problem.detail, errors=field_errors(problem))


def field_errors(problem: RaisedProblem) -> list[FieldError]:
    return [FieldError(field=error.field, code=error.code, message=error.message) for error in problem.errors]


@strawberry.type(description="There is nothing here that you may see.")
class NotFoundProblem(Problem):
    pass


@strawberry.type(description="You see it but may not do this to it.")
class NotAllowedProblem(Problem):
    pass


@strawberry.type(description="It was changed since you read it. Read it again, then decide.")
class ChangedProblem(Problem):
    pass


@strawberry.type(description="It does not stand where this step begins.")
class ConflictProblem(Problem):
    pass


@strawberry.type(description="The content is wrong; `errors` names each field.")
class InvalidProblem(Problem):
    pass


KINDS: dict[int, type[Problem]] = {
    403: NotAllowedProblem,
    404: NotFoundProblem,
    409: ConflictProblem,
    412: ChangedProblem,
    428: ChangedProblem,
    400: InvalidProblem,
    422: InvalidProblem,
}

AnyProblem = Annotated[
    NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("AnyProblem", description="Why a mutation did nothing."),
]


def shown(problem: RaisedProblem) -> Problem:
    """The problem as a member of a mutation's union. What a client can do nothing about is raised again."""
    if problem.status not in KINDS:
        raise problem
    return KINDS[problem.status].of(problem)
