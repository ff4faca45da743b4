"""Milestones: due days from the fiscal calendar, done with evidence, late by the rule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kpi_api.cycles.working_days import WorkingDays
from kpi_api.dictionary.lateness import Lateness
from kpi_api.measurements.milestones.late_days import days_late, deduction_per_day, share_done
from tests.kpi_api.cascade.company import Company, found_company, kpi
from tests.kpi_api.given import a_definition, store
from tests.world import Organization

CERTIFICATE = {"code": "main", "name": "Certification", "unit": "count", "direction": "milestone"}
LATE = {"kind": "per_day", "percent": "5", "grace_days": 2, "days": "business"}


@pytest.fixture
async def company(organization: Organization) -> Company:
    founded = await found_company(organization)
    await store(organization, *a_definition("certificate", direction="milestone", combine="last", parts=[CERTIFICATE]))
    await organization.set_clock("2026-10-20T09:00:00Z")
    return founded


def certificate(**given: Any) -> dict[str, Any]:
    """S0: "Complete … certification by Q3"."""
    target = {"value": "1", "unit": "count", "due_quarter": 3} | given
    return kpi("cert", "individual", person="eli", definition_code="certificate", targets=[target])


async def test_by_q3_is_due_by_the_end_of_the_fiscal_years_third_quarter(company: Company) -> None:
    client = await company.admin()
    await client.put("/v1/calendars", json={"fiscal_year_start_month": 7})

    shown = (await client.post("/v1/kpis", json=certificate(lateness=LATE, evidence_required=True))).json()["targets"][0]

    assert shown["due_on"] == "2026-03-31"
    assert shown["sentence"] == (
        "at least 1 by the end of Q3 (2026-03-31); 5% less per business day late after 2 business days of grace; with evidence"
    )


async def test_what_asks_for_evidence_is_not_done_without(company: Company) -> None:
    (id_,) = (await company.create(certificate(evidence_required=True))).values()
    client = await company.client("eli")
    row = {"kpi_code": "cert", "period_start": "2026-09-01", "value": "1", "source": "form"}

    bare = (await client.post("/v1/measurements", json=[row])).json()["results"][0]
    half = (await client.post("/v1/measurements", json=[row | {"value": "0.5", "period_start": "2026-06-01"}])).json()["results"][0]
    empty = await client.post(f"/v1/kpis/{id_}/milestones", json={"done_on": "2026-09-18"})
    proven = await client.post(f"/v1/kpis/{id_}/milestones", json={"done_on": "2026-09-18", "evidence": "Certificate 4711"})

    assert [(error["field"], error["code"]) for error in bare["errors"]] == [("/value", "evidence_required")]
    assert half["status"] == "created"
    assert (empty.status_code, empty.json()["code"]) == (422, "evidence_required")
    assert (proven.status_code, proven.json()["days_late"], proven.json()["due_on"]) == (201, 0, "2026-09-30")
    (actual,) = (await client.get(f"/v1/kpis/{id_}/measurements")).json()["actuals"]
    assert (actual["actual"], actual["measured_until"]) == ("1", "2026-09-30")
    (record,) = (await client.get(f"/v1/kpis/{id_}/milestones")).json()
    assert (record["evidence"], record["done_on"], record["recorded_by"]) == (
        "Certificate 4711", "2026-09-18", str(company.people["eli"].id),
    )  # fmt: skip
    # Once there is evidence, values are corrected as ever.
    assert (await client.post("/v1/measurements", json=[row | {"value": "2"}])).json()["results"][0]["status"] == "updated"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"done_on": "2026-10-21"}, "/done_on", "milestone_refused"),
        ({"done_on": "2025-12-31"}, "/done_on", "outside_window"),
        ({"done_on": "2026-09-18", "part": "other"}, "/part", "milestone_refused"),
        ({"done_on": "2026-09-18", "evidence_link": "javascript:alert(1)"}, "/evidence_link", "link_format"),
    ],
)
async def test_what_cannot_be_is_refused_by_field_and_nothing_stays(company: Company, given: dict[str, str], field: str, code: str) -> None:
    (id_,) = (await company.create(certificate())).values()
    client = await company.client("eli")

    answer = await client.post(f"/v1/kpis/{id_}/milestones", json=given)

    assert answer.status_code == 422, answer.text
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert (await client.get(f"/v1/kpis/{id_}/milestones")).json() == []


async def test_records_are_for_who_sees_the_kpi_whole_and_who_may_record(company: Company) -> None:
    (id_,) = (await company.create(certificate())).values()
    body = {"done_on": "2026-09-18"}

    assert (await (await company.client("fay")).get(f"/v1/kpis/{id_}/milestones")).status_code == 404
    assert (await (await company.client("hal")).post(f"/v1/kpis/{id_}/milestones", json=body)).status_code == 404
    assert (await (await company.client("dora")).post(f"/v1/kpis/{id_}/milestones", json=body)).status_code == 201


async def test_a_kpi_that_is_no_milestone_has_none(company: Company) -> None:
    (id_,) = (await company.create(kpi("eli", "individual", person="eli"))).values()

    answer = await (await company.client("eli")).post(f"/v1/kpis/{id_}/milestones", json={"done_on": "2026-09-18"})

    assert (answer.status_code, answer.json()["code"]) == (409, "not_a_milestone")


@pytest.mark.parametrize(
    ("rule", "day", "late"),
    [
        (None, date(2026, 10, 2), 2),
        (Lateness(kind="zero_when_late"), date(2026, 9, 30), 0),
        (Lateness(kind="zero_when_late"), date(2026, 10, 1), 1),
        (Lateness(kind="per_day", percent=Decimal(5), grace_days=2), date(2026, 10, 2), 0),
        (Lateness(kind="per_day", percent=Decimal(5), grace_days=2), date(2026, 10, 5), 3),
        # 30 September 2026 is a Wednesday: two business days of grace end on Friday, and Monday is the first day late.
        (Lateness(kind="per_day", percent=Decimal(5), grace_days=2, days="business"), date(2026, 10, 4), 0),
        (Lateness(kind="per_day", percent=Decimal(5), grace_days=2, days="business"), date(2026, 10, 6), 2),
    ],
)
def test_days_late(rule: Lateness | None, day: date, late: int) -> None:
    assert days_late(rule, date(2026, 9, 30), day, WorkingDays()) == late


def test_what_a_day_costs_and_what_was_done() -> None:
    assert deduction_per_day(Lateness(kind="zero_when_late")) == 1
    assert deduction_per_day(Lateness(kind="per_day", percent=Decimal("2.5"))) == Decimal("0.025")
    assert [share_done(actual, Decimal(3)) for actual in (None, Decimal(1), Decimal(4))] == [None, Decimal("0.333333333333"), 1]
