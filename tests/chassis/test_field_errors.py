"""Codes of single fields are ours: few, documented, and none of the validating library's."""

import re
from pathlib import Path
from typing import Annotated, get_args

import pytest
from pydantic import BaseModel, StringConstraints, ValidationError
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


def test_the_documented_list_is_the_list() -> None:
    table = FRONTENDS.read_text().partition("| code of a field |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {*TYPES_OF_CODE, OTHERWISE}
