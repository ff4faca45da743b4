"""What is wrong with one field, in our words: one short list of stable codes instead of the validating library's many.

Rules of several fields and rules of the domain have codes of their own (`end_before_start`, `decimal_format`); those pass as they are.
The list stands in docs/frontends.md, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from pydantic_core.core_schema import ErrorType

from chassis.problems import FieldError

TYPES_OF_CODE: Final[Mapping[str, str]] = {
    "field_missing": "missing missing_argument missing_keyword_only_argument missing_positional_only_argument union_tag_not_found",
    "unknown_field": "extra_forbidden unexpected_keyword_argument unexpected_positional_argument",
    "unknown_word": "literal_error enum union_tag_invalid",
    "wrong_type": "string_type bool_type bool_parsing dict_type mapping_type list_type tuple_type set_type model_type model_attributes_type"
    " iterable_type bytes_type json_type none_required",
    "not_a_number": "int_type int_parsing int_parsing_size int_from_float float_type float_parsing decimal_type decimal_parsing"
    " finite_number multiple_of",
    "too_many_digits": "decimal_max_digits decimal_max_places decimal_whole_digits",
    "not_a_date": "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact",
    "not_a_time": "time_type time_parsing datetime_type datetime_parsing datetime_object_invalid datetime_from_date_parsing time_delta_type"
    " time_delta_parsing timezone_naive timezone_aware timezone_offset",
    "not_an_id": "uuid_type uuid_parsing uuid_version",
    "out_of_range": "greater_than greater_than_equal less_than less_than_equal date_past date_future datetime_past datetime_future",
    "too_short": "too_short string_too_short bytes_too_short",
    "too_long": "too_long string_too_long bytes_too_long url_too_long",
    "wrong_form": "string_pattern_mismatch string_not_ascii url_type url_parsing url_syntax_violation url_scheme",
    "wrong_encoding": "string_unicode bytes_invalid_encoding",
    "malformed_json": "json_invalid",
    "too_deep": "recursion_loop recursion_depth_exceeded",
}
OTHERWISE: Final = "wrong_value"

_CODES: Final = dict.fromkeys(get_args(ErrorType), OTHERWISE) | {
    type_: code for code, types in TYPES_OF_CODE.items() for type_ in types.split()
}
_DATE: Final = "Write a date as YYYY-MM-DD, such as 2026-03-31."
_TIME: Final = "Write a time with its zone, such as 2026-03-31T12:00:00Z."
_WHOLE: Final = "Write a whole number, such as 12."
_NUMBER: Final = "Write a number, such as 12.5."
_TRUTH: Final = "Write true or false."
_TEXT: Final = "Write text, in quotation marks."
_OBJECT: Final = "Write an object, in braces."
_ID: Final = "This is no id; ids are UUIDs."
_WORDS: Final = {
    "missing": "This must be there.",
    "extra_forbidden": "There is no such field here.",
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": "This number has too many digits.",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "string_type": _TEXT,
    "list_type": "Write a list, in brackets.",
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "string_too_short": "This is too short: {min_length} characters at least.",
    "string_too_long": "This is too long: {max_length} characters at most.",
    "too_short": "This has {actual_length} entries; {min_length} at least must be there.",
    "too_long": "This has more entries than may be there: {max_length} at most.",
    "literal_error": "This must be {expected}.",
    "enum": "This must be {expected}.",
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "greater_than": "This must be more than {gt}.",
    "greater_than_equal": "This must be {ge} or more.",
    "less_than": "This must be less than {lt}.",
    "less_than_equal": "This must be {le} or less.",
}


@dataclass(frozen=True)
class InWords:
    """Annotates a type whose values have a form: what does not fit is told in these words, never by a pattern."""

    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.custom_error_schema(handler(source), custom_error_type="wrong_form", custom_error_message=self.words)


def code_of(error: Mapping[str, Any]) -> str:
    """Our code of one pydantic error."""
    return str(_CODES.get(error["type"], error["type"]))


def plain_words(error: Mapping[str, Any]) -> str:
    """What one pydantic error says, for people who know neither pydantic nor its types."""
    words: str | None = _WORDS.get(error["type"])
    return str(error["msg"]) if words is None else words.format_map(error.get("ctx", {}))


def json_pointer(place: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a place in a document; "" is the whole."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def pointer(error: Mapping[str, Any]) -> str:
    """Where one pydantic error is, as a JSON pointer. A rule of several fields names the wrong one as `column` in its context."""
    return json_pointer([*error["loc"], *([error["ctx"]["column"]] if "column" in error.get("ctx", {}) else [])]) or "/"


def field_error(error: Mapping[str, Any], row: int | None = None) -> FieldError:
    """One pydantic error in our form; the offending value itself is left out, since it may be a salary or a secret."""
    return FieldError(field=pointer(error), code=code_of(error), message=plain_words(error), row=row)
