"""Dates and times as people write them: a number is neither."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.dates import WrittenDate, WrittenTime
from tests.world import Organization


def test_dates_and_times_are_read_as_written() -> None:
    assert TypeAdapter(WrittenDate).validate_python("2026-03-31") == date(2026, 3, 31)
    assert TypeAdapter(WrittenTime).validate_python("2026-03-31T12:00:00Z") == datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [0, 1_700_000_000, 1.5, True, "0", "-5", "1700000000", "1e9", " 42 "])
@pytest.mark.parametrize("type_", [WrittenDate, WrittenTime])
def test_a_number_is_no_moment_counted_from_1970(type_: Any, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(type_).validate_python(value)
    assert refused.value.errors()[0]["type"] == "not_a_date"


EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1900-01-01T00:00:00+00:01", "2200-12-31T23:59:59-00:01"]


@pytest.mark.parametrize("value", EDGES)
def test_a_moment_stays_within_the_calendar_in_utc_too(value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(WrittenTime).validate_python(value)
    assert refused.value.errors()[0]["type"] == "out_of_range"


@pytest.mark.parametrize("value", EDGES[:2])
async def test_doors_answer_a_moment_outside_the_calendar_with_its_field(organization: Organization, value: str) -> None:
    admin = await organization.admin()
    reads = [
        ("/v1/audit-records", "from"),
        ("/v1/audit-records", "until"),
        (f"/v1/kpis/{organization.id}/measurements", "as_of"),
    ]
    answers = [(await admin.kpi_api.get(path, params={name: value}), f"/query/{name}") for path, name in reads]
    key = {"name": "edge", "scopes": ["integration"], "expires_at": value}
    answers.append((await admin.kpi_api.post("/v1/api-keys", json=key), "/expires_at"))
    answers.append((await admin.scoring.get("/v1/audit-records", params={"until": value}), "/query/until"))
    answers.append((await admin.scoring.put("/v1/people", json={"as_of": value, "people": []}), "/as_of"))
    answers.append((await admin.scoring.post("/v1/scores", json={"as_of": value, "scorecards": []}), "/as_of"))
    for answer, field in answers:
        assert answer.status_code == 422, answer.text
        assert (field, "out_of_range") in [(error["field"], error["code"]) for error in answer.json()["errors"]]
