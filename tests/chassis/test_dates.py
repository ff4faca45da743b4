"""Dates and times as people write them: a number is neither."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.dates import WrittenDate, WrittenTime


def test_dates_and_times_are_read_as_written() -> None:
    assert TypeAdapter(WrittenDate).validate_python("2026-03-31") == date(2026, 3, 31)
    assert TypeAdapter(WrittenTime).validate_python("2026-03-31T12:00:00Z") == datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [0, 1_700_000_000, 1.5, True, "0", "-5", "1700000000", "1e9", " 42 "])
@pytest.mark.parametrize("type_", [WrittenDate, WrittenTime])
def test_a_number_is_no_moment_counted_from_1970(type_: Any, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(type_).validate_python(value)
    assert refused.value.errors()[0]["type"] == "not_a_date"
