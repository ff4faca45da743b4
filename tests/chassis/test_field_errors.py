"""Codes of single fields are ours: few, documented, and none of the validating library's."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, get_args
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, ValidationError
from pydantic_core.core_schema import ErrorType

from chassis.field_errors import OTHERWISE, TYPES_OF_CODE, InWords, code_of, field_error

FRONTENDS = Path(__file__).parents[2] / "docs" / "frontends.md"


class Sample(BaseModel):
    code: Annotated[str, StringConstraints(pattern=r"^[a-z]+$"), InWords("A code holds small letters.")] = "a"


def test_every_code_of_the_library_becomes_one_of_ours() -> None:
    ours = {*TYPES_OF_CODE, OTHERWISE}
    assert {code_of({"type": type_}) for type_ in get_args(ErrorType)} == ours


def test_the_table_names_only_what_the_library_knows_and_each_once() -> None:
    listed = [type_ for types in TYPES_OF_CODE.values() for type_ in types.split()]
    assert set(listed) <= set(get_args(ErrorType))
    assert len(listed) == len(set(listed))


def test_a_rule_of_the_domain_keeps_its_code() -> None:
    assert code_of({"type": "end_before_start"}) == "end_before_start"


def test_a_form_is_told_in_words_and_published_as_a_pattern() -> None:
    with pytest.raises(ValidationError) as refused:
        Sample(code="A 1")

    (error,) = refused.value.errors()
    assert field_error(error, row=3).model_dump() == {
        "field": "/code", "code": "wrong_form", "message": "A code holds small letters.", "row": 3,
    }  # fmt: skip
    assert Sample.model_json_schema()["properties"]["code"]["pattern"] == "^[a-z]+$"


class Everything(BaseModel):
    whole: int = 0
    truth: bool = False
    text: Annotated[str, StringConstraints(min_length=2, max_length=3)] = "ab"
    entries: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    word: Literal["up", "down"] = "up"
    id: UUID | None = None
    moment: AwareDatetime | None = None
    amount: Decimal = Decimal(0)
    part: Sample = Sample()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"whole": "x"}, "Write a whole number, such as 12."),
        ({"whole": 1.5}, "Write a whole number, such as 12."),
        ({"whole": []}, "Write a whole number, such as 12."),
        ({"truth": "maybe"}, "Write true or false."),
        ({"text": "a"}, "This is too short: 2 characters at least."),
        ({"text": "abcd"}, "This is too long: 3 characters at most."),
        ({"text": 1}, "Write text, in quotation marks."),
        ({"entries": []}, "This has 0 entries; 1 at least must be there."),
        ({"entries": [1, 2, 3]}, "This has more entries than may be there: 2 at most."),
        ({"entries": "a"}, "Write a list, in brackets."),
        ({"word": "left"}, "This must be 'up' or 'down'."),
        ({"id": "x"}, "This is no id; ids are UUIDs."),
        ({"id": 1}, "This is no id; ids are UUIDs."),
        ({"moment": "x"}, "Write a time with its zone, such as 2026-03-31T12:00:00Z."),
        ({"moment": "2026-03-31T12:00:00"}, "Write a time with its zone, such as 2026-03-31T12:00:00Z."),
        ({"amount": "x"}, "Write a number, such as 12.5."),
        ({"part": []}, "Write an object, in braces."),
    ],
)
def test_what_is_wrong_is_told_in_our_words(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything.model_validate(given)

    assert [field_error(error).message for error in refused.value.errors()] == [words]


def test_the_documented_list_is_the_list() -> None:
    table = FRONTENDS.read_text().partition("| code of a field |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {*TYPES_OF_CODE, OTHERWISE}
