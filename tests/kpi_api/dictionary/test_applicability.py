"""Whom a definition is for: role, grade, direct reports; what is for somebody is listed, and what is not is warned of."""

from datetime import date
from typing import Any

import pytest

from kpi_api.dictionary.applicability.fitting import why_not
from kpi_api.dictionary.applicability.standing import Standing
from kpi_api.dictionary.models import Competency
from tests.kpi_api.cascade.company import MAIN, Company, found_company, kpi
from tests.kpi_api.given import a_definition, store
from tests.world import Organization

FOR_ALL: dict[str, Any] = {"roles": [], "grades": [], "has_direct_reports": None}


@pytest.fixture
async def company(organization: Organization) -> Company:
    """Vale, in which Eli is a seller of grade G7 from July on, and Dora leads Eli and Fay; definitions of four kinds."""
    await organization.set_clock("2026-03-02T09:00:00Z")
    company = await found_company(organization)
    admin = await company.admin()
    seller = (await admin.post("/v1/roles", json={"code": "seller", "name": "Seller"})).json()
    move = {"valid_from": "2026-07-01", "role_id": seller["id"], "grade": "G7"}
    assert (await admin.post(f"/v1/people/{company.people['eli'].id}/employments", json=move)).status_code == 201
    given = {
        "calls": {"applicability": FOR_ALL | {"roles": ["buyer", "seller"]}},
        "coaching": {"competency_code": "leading"},
        "deals": {"applicability": FOR_ALL | {"roles": ["seller"], "grades": ["G7", "G8"]}},
        "hiring": {"applicability": FOR_ALL | {"has_direct_reports": True}},
        "typing": {"applicability": FOR_ALL | {"has_direct_reports": False}},
    }
    leading = Competency(code="leading", name="Leading", description="", levels=[], for_managers=True)
    rows = [row for code, facts in given.items() for row in a_definition(code, unit="USD", parts=[MAIN], **facts)]
    await store(organization, leading, *rows)
    return company


async def for_person(company: Company, person: str, on: str, asker: str | None = None, **params: Any) -> Any:
    client = await company.client(asker) if asker else await company.admin()
    return await client.get(f"/v1/people/{company.people[person].id}/applicable-definitions", params={"on": on, **params})


async def test_what_is_for_somebody_follows_role_grade_and_reports_of_the_day(company: Company) -> None:
    before, after = (await for_person(company, "eli", "2026-06-30")).json(), (await for_person(company, "eli", "2026-07-01")).json()
    dora = (await for_person(company, "dora", "2026-07-01")).json()

    assert [item["code"] for item in before["items"]] == ["email", "revenue", "typing"]
    assert [item["code"] for item in after["items"]] == ["calls", "deals", "email", "revenue", "typing"]
    assert [item["code"] for item in dora["items"]] == ["coaching", "email", "hiring", "revenue"]
    assert {name: after[name] for name in ("day", "role_code", "grade", "has_direct_reports")} == {
        "day": "2026-07-01", "role_code": "seller", "grade": "G7", "has_direct_reports": False,
    }  # fmt: skip
    assert (before["role_code"], before["grade"], dora["has_direct_reports"]) == (None, None, True)


async def test_only_what_is_in_force_that_day_page_by_page_and_only_of_whom_one_sees(company: Company) -> None:
    late = a_definition("zeal", effective_from=date(2026, 8, 1))
    gone = a_definition("aged", status="retired", retired_from=date(2026, 7, 1))
    await store(company.organization, *late, *gone)

    first = (await for_person(company, "eli", "2026-07-31", limit=3)).json()
    second = (await for_person(company, "eli", "2026-07-31", limit=3, cursor=first["next"])).json()

    assert [item["code"] for page in (first, second) for item in page["items"]] == ["calls", "deals", "email", "revenue", "typing"]
    assert (await for_person(company, "eli", "2026-08-01")).json()["items"][-1]["code"] == "zeal"
    assert (await for_person(company, "eli", "2026-06-30")).json()["items"][0]["code"] == "aged"
    assert (await for_person(company, "eli", "2026-07-31", asker="eli")).status_code == 200
    for person, asker in (("eli", "hal"), ("hal", "eli")):
        hidden = await for_person(company, person, "2026-07-31", asker)
        assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")


async def test_a_kpi_whose_definition_is_not_for_its_owner_is_warned_of(company: Company) -> None:
    """Given windows before and after Eli becomes a seller: only the first is warned of, and is created all the same."""
    admin = await company.admin()
    deals = kpi("early", "individual", person="eli", definition_code="deals")
    rows = [
        deals | {"window_end": "2026-06-30"},
        deals | {"code": "late", "window_start": "2026-07-01"},
        kpi("of_all", "individual", person="eli"),
        kpi("coaching", "individual", person="fay", definition_code="coaching"),
        kpi("of_unit", "team", unit="north", definition_code="deals"),
        kpi("wrong", "individual", person="nobody", definition_code="deals"),
    ]

    answer = (await admin.post("/v1/kpis/bulk", json={"kpis": rows})).json()

    assert [result["status"] for result in answer["results"]] == ["created"] * 5 + ["error"]
    assert [(warning["row"], warning["code"], warning["field"]) for warning in answer["warnings"]] == [
        (1, "does_not_apply", "/definition_code"),
        (4, "does_not_apply", "/definition_code"),
    ]
    of_deals = (
        "The definition “deals” is not meant for its owner. It is for the role seller, not for somebody without a role."
        " It is for grade G7 or G8, not for somebody without a grade."
    )
    assert [warning["message"] for warning in answer["warnings"]] == [
        of_deals,
        "The definition “coaching” is not meant for its owner. Its competency is for people with direct reports.",
    ]
    early, late = [(await admin.get(f"/v1/kpis/{result['id']}")).json() for result in answer["results"][:2]]
    assert [warning["code"] for warning in early["warnings"]] == ["does_not_apply"]
    assert late["warnings"] == []
    one = await admin.post("/v1/kpis", json=deals | {"code": "alone", "window_end": "2026-06-30"})
    assert (one.status_code, one.json()["warnings"][0]["code"], one.json()["warnings"][0]["row"]) == (201, "does_not_apply", None)


@pytest.mark.parametrize(
    ("applicability", "standing", "for_managers", "reasons"),
    [
        (FOR_ALL, Standing(), False, []),
        ({}, Standing(), False, []),
        (FOR_ALL | {"roles": ["seller"]}, Standing("seller"), False, []),
        (FOR_ALL | {"roles": ["seller", "buyer"]}, Standing("clerk"), False, ["It is for the role seller or buyer, not for clerk."]),
        (FOR_ALL | {"grades": ["G7"]}, Standing("seller", "G6"), False, ["It is for grade G7, not for G6."]),
        (FOR_ALL | {"has_direct_reports": True}, Standing(), True, ["It is for people with direct reports."]),
        (FOR_ALL | {"has_direct_reports": False}, Standing(has_direct_reports=True), False, ["It is for people without direct reports."]),
        (FOR_ALL, Standing(), True, ["Its competency is for people with direct reports."]),
        (FOR_ALL, Standing(has_direct_reports=True), True, []),
    ],
)
def test_why_a_definition_is_not_for_somebody(
    applicability: dict[str, Any], standing: Standing, for_managers: bool, reasons: list[str]
) -> None:
    assert why_not(applicability, standing, for_managers=for_managers) == reasons
