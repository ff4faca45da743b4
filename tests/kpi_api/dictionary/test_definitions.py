"""Definitions and their versions: written by one, approved by another, never edited, read as of any day."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.identifiers import new_id
from tests.kpi_api.given import a_grant, a_person, store
from tests.world import Clients, Organization

WIN_RATE: dict[str, Any] = {
    "name": "Win rate",
    "unit": "percent",
    "combine": "ratio_of_sums",
    "formulas": {"main": "percent(won / decided)"},
    "measures": {"won": "count", "decided": "count"},
    "source_of_truth": "CRM",
    "effective_from": "2026-01-01",
}


async def another_hr_admin(organization: Organization) -> Clients:
    person = a_person("hugo")
    await store(organization, person, a_grant(person, "hr_admin", date(2020, 1, 1)))
    return await organization.as_person(person.id)


async def a_colleague(organization: Organization) -> Clients:
    person = a_person("cleo")
    await store(organization, person)
    return await organization.as_person(person.id)


async def create(client: Clients, version: dict[str, Any] | None = None, code: str = "win_rate") -> dict[str, Any]:
    answer = await client.kpi_api.post("/v1/definitions", json={"code": code, "version": version or WIN_RATE})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def try_win_rate(client: Clients, definition_id: str, number: int = 1) -> None:
    """A formula is tried on sample data before it can be approved."""
    samples = [{"won": "7", "decided": "25"}]
    answer = await client.kpi_api.post(f"/v1/definitions/{definition_id}/versions/{number}/try", json={"samples": samples})
    assert answer.json()["results"] == [{"value": "28", "reason": None}]


async def test_a_definition_is_written_by_one_and_approved_by_another(organization: Organization) -> None:
    author, approver, reader = await organization.admin(), await another_hr_admin(organization), await a_colleague(organization)
    definition = await create(author)
    path = f"/v1/definitions/{definition['id']}/versions/1"

    # A draft is nobody else's business, and cannot be approved before it is proposed.
    assert (await reader.kpi_api.get(f"/v1/definitions/{definition['id']}")).json()["version"] is None
    assert (await reader.kpi_api.get(f"/v1/definitions/{definition['id']}/versions")).json() == []
    early = await approver.kpi_api.post(f"{path}/approve")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_status")

    assert (await author.kpi_api.post(f"{path}/propose")).json()["status"] == "proposed"
    own = await author.kpi_api.post(f"{path}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "approval_by_another_needed")

    await try_win_rate(author, definition["id"])
    approved = (await approver.kpi_api.post(f"{path}/approve")).json()
    assert (approved["status"], approved["parts"]) == (
        "approved", [{"code": "main", "name": "Win rate", "unit": "percent", "direction": "higher"}],
    )  # fmt: skip
    assert (await reader.kpi_api.get(f"/v1/definitions/{definition['id']}")).json()["version"]["number"] == 1


async def test_a_colleague_can_neither_write_nor_propose_nor_probe(organization: Organization) -> None:
    author, reader = await organization.admin(), await a_colleague(organization)
    definition = await create(author)

    assert (await reader.kpi_api.post("/v1/definitions", json={"code": "mine", "version": WIN_RATE})).status_code == 403
    assert (await reader.kpi_api.post(f"/v1/definitions/{definition['id']}/versions", json=WIN_RATE)).status_code == 403
    hidden = await reader.kpi_api.post(f"/v1/definitions/{definition['id']}/versions/1/propose")
    never = await reader.kpi_api.post(f"/v1/definitions/{definition['id']}/versions/7/propose")
    assert (hidden.status_code, hidden.json()) == (404, never.json())


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_no_version_is_effective_from_a_day_that_nobody_means(organization: Organization, day: str) -> None:
    author = await organization.admin()

    answer = await author.kpi_api.post("/v1/definitions", json={"code": "win_rate", "version": {**WIN_RATE, "effective_from": day}})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "out_of_range")


async def test_the_version_in_force_depends_on_the_day(organization: Organization) -> None:
    author, approver = await organization.admin(), await another_hr_admin(organization)
    definition = await create(author)
    path = f"/v1/definitions/{definition['id']}"
    later = {**WIN_RATE, "name": "Win rate on qualified deals", "effective_from": "2026-07-01", "note": "Unqualified deals left out"}
    assert (await author.kpi_api.post(f"{path}/versions", json=later)).json()["number"] == 2
    for number in (1, 2):
        await author.kpi_api.post(f"{path}/versions/{number}/propose")
        await try_win_rate(author, definition["id"], number)
        await approver.kpi_api.post(f"{path}/versions/{number}/approve")

    in_june = (await author.kpi_api.get(path, params={"as_of": "2026-06-30"})).json()["version"]
    in_july = (await author.kpi_api.get(path, params={"as_of": "2026-07-01"})).json()["version"]

    assert (in_june["number"], in_june["name"]) == (1, "Win rate")
    assert (in_july["number"], in_july["name"]) == (2, "Win rate on qualified deals")

    retired = await author.kpi_api.post(f"{path}/versions/2/retire", json={"from_day": "2026-09-01"})
    assert retired.json()["status"] == "retired"
    listed = (await author.kpi_api.get("/v1/definitions", params={"as_of": "2026-08-31"})).json()["items"]
    assert listed[0]["version"]["number"] == 2


async def test_the_database_refuses_to_edit_a_version(organization: Organization) -> None:
    definition = await create(await organization.admin())

    with pytest.raises(IntegrityError, match="never edited"):
        async with organization.world.kpi_api.database.write(organization.id) as session:
            await session.execute(text("UPDATE definition_versions SET name = 'Other' WHERE definition_id = :id"), {"id": definition["id"]})


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"formulas": {"main": "won / lost"}}, "/version/formulas/main", "invalid_formula"),
        ({"formulas": {"main": "won.__class__"}}, "/version/formulas/main", "invalid_formula"),
        ({"formulas": {"other": "won"}}, "/version/formulas/other", "invalid_formula"),
        ({"measures": {"won": "7", "decided": "count"}}, "/version/measures/won", "invalid_formula"),
        ({"outcome_code": "nothing"}, "/version/outcome_code", "unknown_reference"),
        ({"direction": "sideways"}, "/version/direction", "unknown_word"),
        ({"surprise": 1}, "/version/surprise", "unknown_field"),
    ],
)
async def test_what_cannot_be_understood_is_named(organization: Organization, change: dict[str, Any], field: str, code: str) -> None:
    admin = await organization.admin()

    answer = await admin.kpi_api.post("/v1/definitions", json={"code": "win_rate", "version": WIN_RATE | change})

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert (await admin.kpi_api.get("/v1/definitions")).json()["items"] == []


async def test_a_code_of_another_form_is_told_in_words(organization: Organization) -> None:
    answer = await (await organization.admin()).kpi_api.post("/v1/definitions", json={"code": "win rate", "version": WIN_RATE})

    words = "A code begins with a letter or a digit and holds letters, digits, points, underscores and hyphens, at most 64."
    assert [(error["field"], error["code"], error["message"]) for error in answer.json()["errors"]] == [("/code", "wrong_form", words)]


async def test_another_organization_sees_nothing(organization: Organization) -> None:
    definition = await create(await organization.admin())
    stranger = await (await organization.world.new_organization()).admin()

    seen = await stranger.kpi_api.get(f"/v1/definitions/{definition['id']}")
    never = await stranger.kpi_api.get(f"/v1/definitions/{new_id()}")

    assert (seen.status_code, seen.json()) == (404, never.json())
    assert (await stranger.kpi_api.get("/v1/definitions")).json()["items"] == []
