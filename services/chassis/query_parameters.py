"""What a query may say: parameters that the endpoint knows, once each unless it asks for several, as UTF-8 without zero characters."""

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from urllib.parse import unquote_to_bytes

from fastapi import Request
from fastapi._compat import ModelField, field_annotation_is_sequence
from fastapi.dependencies.models import Dependant

from chassis.problems import FieldError, Invalid, RepeatedParameter, UnknownParameter, ZeroCharacter


def check_query(request: Request, dependant: Dependant) -> None:
    """Raises UnknownParameter (a misspelt filter that is ignored would answer with everything), RepeatedParameter (one of the two would be
    ignored), Invalid for what is not UTF-8, and ZeroCharacter."""
    known = {field.alias: field for field in _parameters(dependant)}
    if errors := [_unknown(name, known) for name in request.query_params if name not in known]:
        raise UnknownParameter(" ".join(error.message for error in errors[:5]), errors=errors)
    if errors := list(_not_utf8(request)):
        raise Invalid(" ".join(error.message for error in errors[:5]), errors=errors)
    given = Counter(name for name, _ in request.query_params.multi_items())
    if errors := [_repeated(name) for name, times in given.items() if times > 1 and not _takes_several(known[name])]:
        raise RepeatedParameter(" ".join(error.message for error in errors[:5]), errors=errors)
    if zero := [f"/query/{name}" for name, value in request.query_params.multi_items() if "\0" in value]:
        raise ZeroCharacter(*zero)


def _parameters(dependant: Dependant) -> Iterator[ModelField]:
    """The query parameters of an endpoint and of what it depends on."""
    yield from dependant.query_params
    for dependency in dependant.dependencies:
        yield from _parameters(dependency)


def _unknown(name: str, known: Mapping[str, ModelField]) -> FieldError:
    near = get_close_matches(name, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(sorted(known))}." if known else "It takes none."
    message = f"There is no query parameter {name[:100]!r} here. {remedy}"
    return FieldError(field=f"/query/{name[:100]}", code=UnknownParameter.code, message=message)


def _not_utf8(request: Request) -> Iterator[FieldError]:
    for part in request.scope["query_string"].split(b"&"):
        name, _, value = part.replace(b"+", b" ").partition(b"=")
        try:
            unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            told = unquote_to_bytes(name).decode(errors="replace")
            message = f"The query parameter {told!r} is not UTF-8. Encode text as UTF-8, then each byte as %xx."
            yield FieldError(field=f"/query/{told}", code="wrong_encoding", message=message)


def _takes_several(field: ModelField) -> bool:
    return field_annotation_is_sequence(field.field_info.annotation)


def _repeated(name: str) -> FieldError:
    return FieldError(field=f"/query/{name}", code=RepeatedParameter.code, message=f"Give the query parameter {name!r} once.")
