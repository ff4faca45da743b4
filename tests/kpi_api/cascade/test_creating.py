"""Giving KPIs to owners: levels, windows, targets, bulk."""

from typing import Any

import pytest
from sqlalchemy import func, select

from kpi_api.cascade.models import Contribution, Kpi, KpiTarget
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import count


async def test_a_kpi_gets_its_cycles_window_and_its_definitions_name(company: Company) -> None:
    client = await company.admin()
    given = kpi("eli", "individual", person="eli")
    del given["name"]

    created = await client.post("/v1/kpis", json=given)

    assert created.status_code == 201, created.text
    body = created.json()
    assert (body["name"], body["window_start"], body["window_end"]) == ("revenue", "2026-01-01", "2026-12-31")
    assert (body["owner"]["name"], body["owning_unit"]["name"], body["view"]) == ("eli", "North", "full")
    assert body["targets"][0]["sentence"] == "at least 450,000 USD per quarter"
    read = await client.get(created.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, created.headers["ETag"])


async def test_a_window_of_its_own_counts_days_from_an_event(company: Company) -> None:
    launch = kpi("launch", "functional", unit="sales", window_start="2026-03-10", window_days=60)

    body = (await (await company.admin()).post("/v1/kpis", json=launch)).json()

    assert (body["window_start"], body["window_end"]) == ("2026-03-10", "2026-05-08")


async def test_a_kpi_of_two_parts_needs_a_target_for_each(company: Company) -> None:
    client = await company.admin()
    opens = {"part": "open_rate", "comparison": "above", "value": "28", "unit": "percent"}
    clicks = {"part": "click_through", "comparison": "above", "value": "4", "unit": "percent"}
    mail = kpi("mail", "team", unit="north", definition_code="email", targets=[opens])

    one = await client.post("/v1/kpis", json=mail)
    both = await client.post("/v1/kpis", json=mail | {"targets": [opens, clicks]})

    assert [(error["field"], error["code"]) for error in one.json()["errors"]] == [("/targets", "missing_target")]
    assert [(target["part"], target["sentence"]) for target in both.json()["targets"]] == [
        ("open_rate", "above 28%"),
        ("click_through", "above 4%"),
    ]


def target(**given: Any) -> dict[str, Any]:
    return {"targets": [{"value": "450000", "unit": "USD", "period": "quarter"} | given]}


async def test_who_could_not_create_a_kpi_does_not_learn_which_codes_others_have(company: Company) -> None:
    """Given Hal's KPI, which Eli does not see: each of these cannot be created for a reason of its own, and that reason alone is told."""
    await company.create(kpi("hal", "individual", person="hal"))
    eli = await company.client("eli")
    wrong: list[dict[str, Any]] = [{"cycle_code": "nope"}, {"definition_code": "nope"}, {"contributes_to": [{"parent": "nope"}]}]
    for change in wrong:
        taken, free = [(await eli.post("/v1/kpis", json=kpi(code, "individual", person="eli") | change)).json() for code in ("hal", "free")]
        assert taken == free
        assert "code_taken" not in str(taken)
    honest = await eli.post("/v1/kpis", json=kpi("hal", "individual", person="eli"))
    assert [error["code"] for error in honest.json()["errors"]] == ["code_taken"]


@pytest.mark.parametrize(
    ("level", "change", "field", "code"),
    [
        ("individual", {"owner": {"unit_code": "north"}}, "/owner", "owner_must_be_person"),
        ("team", {"owner": {"person_external_id": "x-dora"}}, "/owner", "owner_must_be_unit"),
        ("team", {"owner": {"unit_code": "sales"}}, "/owner", "owner_unit_kind"),
        ("strategic", {"owner": {"person_external_id": "x-cleo"}}, "/owner", "owner_not_at_the_top"),
        ("individual", {"owner": {"person_external_id": "nobody"}}, "/owner", "unknown_owner"),
        ("individual", {"owner": {}}, "/owner", "one_holder"),
        ("individual", {"cycle_code": "1999"}, "/cycle_code", "unknown_cycle"),
        ("individual", {"definition_code": "nothing"}, "/definition_code", "unknown_definition"),
        ("individual", {"definition_version": 2}, "/definition_code", "unknown_definition"),
        ("individual", {"window_start": "2026-06-01", "window_end": "2026-05-31"}, "/window_end", "window_order"),
        ("individual", {"window_start": "2027-06-01", "window_days": 5}, "/window_start", "window_outside_cycle"),
        ("individual", target(baseline="450000.00"), "/targets/0", "target_equals_baseline"),
        ("individual", target(unit="EUR"), "/targets/0/unit", "wrong_unit"),
        ("individual", target(comparison="at_most"), "/targets/0", "target_kind"),
        ("individual", target(phasing=["1", "2", "3"]), "/targets/0/phasing", "phasing_length"),
        ("individual", target(value=0.1), "/targets/0/value", "decimal_as_number"),
        ("individual", {"contributes_to": [{"parent": "nothing"}]}, "/contributes_to/0/parent", "unknown_parent"),
        ("individual", {"stakeholders": [{"unit_code": "north"}]}, "/stakeholders", "not_collaborative"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named_and_nothing_is_written(
    company: Company, level: str, change: dict[str, Any], field: str, code: str
) -> None:
    owner = {"person": "eli"} if level in {"individual", "strategic"} else {"unit": "north"}
    wrong = kpi("wrong", level, **owner) | change  # type: ignore[arg-type]

    bulk = (await (await company.admin()).post("/v1/kpis/bulk", json={"kpis": [wrong]})).json()
    single = await (await company.admin()).post("/v1/kpis", json=wrong)

    assert [(error["field"], error["code"], error["row"]) for error in bulk["results"][0]["errors"]] == [(field, code, 1)]
    assert single.status_code == 422
    assert [(error["field"], error["code"]) for error in single.json()["errors"]] == [(field, code)]
    assert await count(company.organization, select(func.count()).select_from(Kpi)) == 0


async def test_the_chief_executive_may_own_a_strategic_kpi(company: Company) -> None:
    body = (await (await company.admin()).post("/v1/kpis", json=kpi("growth", "strategic", person="ida"))).json()

    assert (body["owner"]["name"], body["owning_unit"]["name"]) == ("ida", "Vale")


async def test_rows_of_one_call_build_on_each_other_in_any_order(company: Company) -> None:
    rows = [
        kpi("eli", "individual", person="eli", to=["north"]),
        kpi("fay", "individual", person="fay", to=["broken"]),
        kpi("north", "team", unit="north", to=["growth"]),
        kpi("broken", "team", unit="sales"),
        kpi("growth", "strategic", unit="vale"),
        {"code": "shapeless"},
    ]

    answer = (await (await company.admin()).post("/v1/kpis/bulk", json={"kpis": rows})).json()

    assert [result["status"] for result in answer["results"]] == ["created", "error", "created", "error", "created", "error"]
    assert (answer["created"], answer["error"]) == (3, 3)
    assert [error["code"] for error in answer["results"][1]["errors"]] == ["parent_refused"]
    assert {error["row"] for error in answer["results"][5]["errors"]} == {6}
    assert await count(company.organization, select(func.count()).select_from(Kpi)) == 3
    assert await count(company.organization, select(func.count()).select_from(Contribution)) == 2


async def test_the_same_call_again_changes_nothing_and_another_content_is_refused(company: Company) -> None:
    client = await company.admin()
    rows = [kpi("growth", "strategic", unit="vale"), kpi("eli", "individual", person="eli", to=["growth"])]
    first = (await client.post("/v1/kpis/bulk", json={"kpis": rows})).json()

    again = (await client.post("/v1/kpis/bulk", json={"kpis": rows})).json()
    other = (await client.post("/v1/kpis/bulk", json={"kpis": [rows[0], rows[1] | target(value="1")]})).json()
    twice = (await client.post("/v1/kpis/bulk", json={"kpis": [kpi("new", "individual", person="fay")] * 2})).json()

    assert [(result["status"], result["id"]) for result in again["results"]] == [
        ("unchanged", result["id"]) for result in first["results"]
    ]  # fmt: skip
    assert [error["code"] for error in other["results"][1]["errors"]] == ["code_taken"]
    assert [result["status"] for result in twice["results"]] == ["created", "error"]
    assert await count(company.organization, select(func.count()).select_from(KpiTarget)) == 3


@pytest.mark.parametrize(
    ("who", "given", "allowed"),
    [
        ("eli", kpi("k", "individual", person="eli"), True),
        ("dora", kpi("k", "individual", person="eli"), True),
        ("ida", kpi("k", "individual", person="eli"), True),
        ("dora", kpi("k", "team", unit="north"), True),
        ("cleo", kpi("k", "team", unit="north"), True),
        ("dora", kpi("k", "individual", person="dora"), True),
        ("eli", kpi("k", "team", unit="north"), False),
        ("dora", kpi("k", "functional", unit="sales"), False),
        ("gus", kpi("k", "team", unit="north"), False),
        ("cleo", kpi("k", "strategic", unit="vale"), False),
    ],
)
async def test_who_leads_may_give(company: Company, who: str, given: dict[str, Any], allowed: bool) -> None:
    answer = await (await company.client(who)).post("/v1/kpis", json=given)

    assert answer.status_code == (201 if allowed else 403), answer.text


@pytest.mark.parametrize("who", ["eli", "gus"])
async def test_people_out_of_sight_are_as_those_who_never_were(company: Company, who: str) -> None:
    client = await company.client(who)

    hidden = (await client.post("/v1/kpis", json=kpi("k", "individual", person="fay"))).json()
    never = (await client.post("/v1/kpis", json=kpi("k", "individual", person="nobody"))).json()

    assert hidden == never
    assert hidden["errors"][0]["code"] == "unknown_owner"


async def test_targets_change_only_for_who_has_seen_them(company: Company) -> None:
    ids = await company.cascade()
    dora, path = await company.client("dora"), f"/v1/kpis/{ids['eli']}"
    seen = (await dora.get(path)).headers["ETag"]

    assert (await dora.put(f"{path}/targets", json=target(value="1"))).status_code == 428
    changed = await dora.put(f"{path}/targets", json=target(value="400000", stretch="500000"), headers={"If-Match": seen})
    stale = await dora.put(f"{path}/targets", json=target(value="2"), headers={"If-Match": seen})

    assert (changed.json()["targets"][0]["value"], changed.headers["ETag"]) == ("400000", '"2"')
    assert stale.status_code == 412
    assert (await dora.get(path)).json() == changed.json()
    assert (await (await company.client("gus")).put(f"{path}/targets", json=target(), headers={"If-Match": "*"})).status_code == 404
