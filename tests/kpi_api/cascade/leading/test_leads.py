"""A leading KPI names the lagging one it leads to, with the lag; circles are refused, also by two at once."""

import asyncio

import pytest

from tests.kpi_api.cascade.company import Company


@pytest.fixture
async def ids(company: Company) -> dict[str, str]:
    return await company.cascade()


async def test_a_lead_reads_as_a_sentence_from_both_ends(company: Company, ids: dict[str, str]) -> None:
    eli = await company.client("eli")
    made = await eli.put(f"/v1/kpis/{ids['eli']}/leads", json={"lagging": "north", "lag_days": 30})
    assert made.status_code == 200, made.text
    [lead] = made.json()["leads_to"]
    assert (lead["kpi_id"], lead["sentence"]) == (ids["north"], "Revenue of eli leads to Revenue of north, where it shows after 30 days.")

    again = await eli.put(f"/v1/kpis/{ids['eli']}/leads", json={"lagging": ids["north"], "lag_days": 1})
    assert [found["lag_days"] for found in again.json()["leads_to"]] == [1]
    seen = (await (await company.client("dora")).get(f"/v1/kpis/{ids['north']}/leads")).json()
    assert [found["kpi_id"] for found in seen["led_by"]] == [ids["eli"]]
    assert (await eli.get(f"/v1/kpis/{ids['north']}/leads")).status_code == 404, "only their ancestor's ancestor view is theirs"

    assert (await eli.delete(f"/v1/kpis/{ids['eli']}/leads/{ids['north']}")).status_code == 204
    assert (await eli.delete(f"/v1/kpis/{ids['eli']}/leads/{ids['north']}")).status_code == 404


async def test_no_two_at_once_make_a_circle(company: Company, ids: dict[str, str]) -> None:
    admin = await company.admin()
    both = [admin.put(f"/v1/kpis/{ids[a]}/leads", json={"lagging": b}) for a, b in (("north", "sales"), ("sales", "north"))]
    answers = await asyncio.gather(*both)
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    itself = await admin.put(f"/v1/kpis/{ids['eli']}/leads", json={"lagging": "eli"})
    assert (itself.status_code, itself.json()["code"]) == (422, "contribution_refused")
    unknown = await admin.put(f"/v1/kpis/{ids['eli']}/leads", json={"lagging": "nope"})
    assert unknown.json()["errors"][0]["field"] == "/lagging"


async def test_a_kpi_gets_another_name_and_owner_and_is_withdrawn(company: Company, ids: dict[str, str]) -> None:
    dora, place = await company.client("dora"), f"/v1/kpis/{ids['eli']}"
    tag = (await dora.get(place)).headers["ETag"]
    changed = await dora.patch(place, json={"name": "Calls", "owner": {"person_external_id": "x-fay"}}, headers={"If-Match": tag})
    assert (changed.json()["name"], changed.json()["owner"]["name"]) == ("Calls", "fay")
    assert (await (await company.client("eli")).get(place)).status_code == 404
    fay = await company.client("fay")
    assert (await fay.get(f"/v1/kpis/{ids['growth']}")).json()["view"] == "ancestor", "sight follows the owner"

    stale = await dora.patch(place, json={"withdrawn": True}, headers={"If-Match": tag})
    assert stale.status_code == 412
    unit = await dora.patch(place, json={"owner": {"unit_code": "north"}}, headers={"If-Match": "*"})
    assert [error["code"] for error in unit.json()["errors"]] == ["owner_must_be_person"]
    gone = await dora.patch(place, json={"withdrawn": True}, headers={"If-Match": "*"})
    assert gone.json()["status"] == "withdrawn"
    back = await dora.patch(place, json={"withdrawn": False}, headers={"If-Match": "*"})
    assert back.status_code == 422, "whether it would wait, be active or be closed is not for a switch to say"
    assert (await fay.patch(f"/v1/kpis/{ids['north']}", json={"name": "x"}, headers={"If-Match": "*"})).status_code == 404
