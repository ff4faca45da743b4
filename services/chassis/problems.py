"""Errors as RFC 9457 problems: each kind is a class with a status, a stable code and a sentence that helps.

A domain's `problems.py` subclasses `Problem`; REST answers it as application/problem+json, GraphQL as a member of a mutation's union.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field


class FieldError(BaseModel):
    """One thing wrong with one field: where (a JSON pointer, or a row and column of a file), what, and the code."""

    field: str
    code: str
    message: str
    row: int | None = None


class ProblemBody(BaseModel):
    """The body of an application/problem+json answer."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"title": "Problem"})

    type: str = Field(examples=["urn:sightline:problem:not_found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["not_found"])
    detail: str = Field(examples=["There is nothing here that you may see."])
    errors: list[FieldError] = []


class Problem(Exception):
    """Base of everything that can be wrong with a request. Subclasses set `status`, `code` and `title`; `detail` is for people."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "Bad request"

    def __init__(
        self,
        detail: str | None = None,
        *,
        field: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = list(errors) or ([FieldError(field=field, code=self.code, message=self.detail)] if field else [])
        self.headers = dict(headers or {})
        self.facts = facts

    def body(self) -> ProblemBody:
        return ProblemBody(
            type=f"urn:sightline:problem:{self.code}",
            title=self.title,
            status=self.status,
            code=self.code,
            detail=self.detail,
            errors=self.errors,
            **self.facts,
        )


class Unauthenticated(Problem):
    status, code, title = 401, "unauthenticated", "Not authenticated"

    def __init__(self) -> None:
        super().__init__("Send a valid bearer token or API key.", headers={"WWW-Authenticate": 'Bearer realm="sightline"'})


class NotAllowed(Problem):
    """The viewer sees the thing but may not do this to it."""

    status, code, title = 403, "not_allowed", "Not allowed"


class NotFound(Problem):
    """Nothing there, or nothing the viewer may see: the answer is the same."""

    status, code, title = 404, "not_found", "Not found"

    def __init__(self) -> None:
        super().__init__("There is nothing here that you may see.")


class Conflict(Problem):
    status, code, title = 409, "conflict", "Conflict"


class Invalid(Problem):
    """The request is understood but its content is wrong; `errors` names each field."""

    status, code, title = 422, "invalid", "Invalid content"


class UnknownParameter(Invalid):
    code, title = "unknown_parameter", "Unknown query parameter"


class RepeatedParameter(Invalid):
    code, title = "repeated_parameter", "Query parameter given twice"


class UnreadableBody(Invalid):
    """The body is no text, no JSON at all, or JSON that says two things at once. Its code says which."""

    title = "The body cannot be read"

    def __init__(self, code: str, detail: str, field: str = "/") -> None:
        super().__init__(detail, errors=[FieldError(field=field, code=code, message=detail)])
        self.code = code  # type: ignore[misc]


class ZeroCharacter(Invalid):
    """PostgreSQL can store U+0000 neither as text nor within JSON."""

    def __init__(self, *fields: str) -> None:
        detail = "Text cannot hold a zero character (U+0000). Leave it out."
        super().__init__(detail, errors=[FieldError(field=field, code="zero_character", message=detail) for field in fields])


class UnsupportedMediaType(Problem):
    status, code, title = 415, "unsupported_media_type", "Not a format that is read here"


class PreconditionFailed(Problem):
    status, code, title = 412, "precondition_failed", "Changed in the meantime"


class PreconditionRequired(Problem):
    status, code, title = 428, "precondition_required", "If-Match required"


class BodyTooLarge(Problem):
    status, code, title = 413, "body_too_large", "Body too large"


class Unavailable(Problem):
    status, code, title = 503, "unavailable", "Temporarily unavailable"
