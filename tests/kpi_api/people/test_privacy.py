"""What is kept of a person: given to them as one document, and gone from every table of both databases once they are erased."""

import asyncio
from datetime import date
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import asyncpg
import httpx
import pytest

from chassis.http_client import ServiceUnavailable
from kpi_api.scores.scoring_client import ScoringClient
from sightline.embedded_postgres import DatabaseUrls
from tests.kpi_api import given
from tests.kpi_api.access.test_second_person import give
from tests.kpi_api.hris.test_inbound import deliver, message, register
from tests.kpi_api.people.test_moves import join
from tests.kpi_api.reviews.conftest import a_scorecard
from tests.scoring.company import Company, found, ok
from tests.world import Organization

PLANTED = ("Wilhelmina", "Zwartendijk", "1971-03-09", "nonbinary-planted")
WHO = {
    "external_id": "E-Zwartendijk-77", "user_name": "wilhelmina", "email": "w.zwartendijk@example.com", "given_name": "Wilhelmina",
    "family_name": "Zwartendijk", "birth_date": "1971-03-09", "gender": "nonbinary-planted", "hire_date": "2020-01-01",
}  # fmt: skip
REASON = {"reason": "asked_by_person"}


class Scene:
    """Wilhelmina, led by boss, with a review, a check-in and a scorecard in words; HR is the organization's first person, and `second`."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self.id = self.boss = self.second = ""

    async def hr(self) -> httpx.AsyncClient:
        return (await self.organization.admin()).kpi_api

    async def by(self, person_id: str) -> httpx.AsyncClient:
        return (await self.organization.as_person(person_id)).kpi_api

    async def leave(self) -> None:
        left = await (await self.hr()).post(f"/v1/people/{self.id}/leave", json={"last_day": "2026-01-31"})
        assert left.status_code == 200, left.text

    async def erase(self, by: str | None = None, **body: str) -> httpx.Response:
        client = await (self.by(by) if by else self.hr())
        return await client.post(f"/v1/people/{self.id}/erase", json=body or REASON)

    async def export(self, by: str) -> httpx.Response:
        return await (await self.by(by)).get(f"/v1/people/{self.id}/export")


@pytest.fixture
async def scene(organization: Organization) -> Scene:
    await organization.set_clock("2026-02-02T08:00:00Z")
    scene = Scene(organization)
    scene.boss = await join(organization, "boss")
    made = await (await scene.hr()).post("/v1/people", json=WHO, headers={"Idempotency-Key": "first"})
    assert made.status_code == 201, made.text
    scene.id = made.json()["id"]
    line = {"valid_from": "2020-01-01", "manager_external_id": "boss"}
    assert (await (await scene.hr()).post(f"/v1/people/{scene.id}/employments", json=line)).status_code == 201
    await join(organization, "report", "E-Zwartendijk-77")
    await write_about_her(scene)
    return scene


async def write_about_her(scene: Scene) -> None:
    cycle, (definition, version) = given.a_cycle(), given.a_definition("calls")
    someone = type("Someone", (), {"id": scene.id})()
    kpi = given.a_kpi(version, cycle, someone, why="So that Wilhelmina grows")
    reviewed = a_scorecard(someone, cycle, window_end=date(2026, 6, 30))
    card = a_scorecard(someone, cycle, window_start=date(2026, 7, 1), status="draft", agreement=None)
    await given.store(scene.organization, cycle, definition, version, kpi, given.a_target(kpi, "10"), reviewed, card)
    boss, her = await scene.by(scene.boss), await scene.by(scene.id)
    opened = await (await scene.hr()).post("/v1/reviews/bulk", json={"cycle_code": "2026", "stage": "mid_year"})
    review = f"/v1/reviews/{opened.json()['results'][0]['id']}"
    await put(her, f"{review}/self-assessment", review, text="I, Wilhelmina, did well")
    await put(boss, f"{review}/manager-assessment", review, text="Zwartendijk is late, unreleased")
    answers = {"what_moved": "w", "why": "Wilhelmina was ill", "expected_impact": "e", "support_needed": "s"}
    made = await her.post("/v1/check-ins", json={"kpi_id": str(kpi.id), "period_start": "2026-02-01", **answers})
    assert made.status_code == 201, made.text
    lines = [{"kpi_id": str(kpi.id), "weight": "100.00", "component": "output"}]
    etag = (await boss.get(f"/v1/scorecards/{card.id}")).headers["etag"]
    put_lines = await boss.put(f"/v1/scorecards/{card.id}/lines", json={"lines": lines}, headers={"If-Match": etag})
    assert put_lines.status_code == 200, put_lines.text
    etag = put_lines.headers["etag"]
    proposed = await boss.post(f"/v1/scorecards/{card.id}/propose", json={"comment": "Dear Wilhelmina"}, headers={"If-Match": etag})
    assert proposed.status_code == 200, proposed.text
    row = {"kpi_id": str(kpi.id), "period_start": "2026-01-01", "value": "1", "source": "CRM"}
    for more in ({}, {"value": "2", "correction_reason": "Wilhelmina miscounted"}):
        assert (await (await scene.hr()).post("/v1/measurements", json=[row | more])).json()["error"] == 0


async def put(client: httpx.AsyncClient, path: str, seen: str, **body: str) -> None:
    etag = (await client.get(seen)).headers["etag"]
    answer = await client.put(path, json=body, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


async def everything(urls: DatabaseUrls, organization: Organization) -> str:
    """Every row of the organization in both databases, as text."""
    found = []
    for url in (urls.kpi_api, urls.scoring):
        connection = await asyncpg.connect(url)
        await connection.execute("SELECT set_config('sightline.organization_id', $1, false)", str(organization.id))
        tables = await connection.fetch(
            "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        for table in tables:
            rows = await connection.fetch(f"SELECT t::text AS row FROM {table['name']} t")  # noqa: S608
            found += [f"{table['name']} {row['row']}" for row in rows]
        await connection.close()
    return "\n".join(found)


async def events(scene: Scene, type_: str) -> list[dict[str, Any]]:
    await scene.organization.world.work()
    found: list[dict[str, Any]] = (await (await scene.hr()).get("/v1/events", params={"type": type_})).json()["events"]
    return found


async def test_a_person_gets_everything_in_one_document(scene: Scene) -> None:
    answer = await scene.export(scene.id)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    records = document["records"]
    [person] = records["persons"]
    assert {name: person[name] for name in WHO} == WHO
    [employment] = records["employments"]
    assert (employment["valid_from"], employment["manager_external_id"]) == ("2020-01-01", "boss")
    assert [written["text"] for written in records["review_assessments"]] == ["I, Wilhelmina, did well"]
    assert [said["why"] for said in records["check_ins"]] == ["Wilhelmina was ill"]
    assert [said["text"] for said in records["scorecard_comments"]] == ["Dear Wilhelmina"]
    assert [said["text"] for said in records["correction_reasons"]] == ["Wilhelmina miscounted"]
    assert [value["value"] for value in records["measurements"]] == ["1", "2"]
    # What the manager has not released is not in it, and nothing tells that there is any; it is said to be left out all the same.
    assert "unreleased" not in answer.text
    assert "reviews not released" in {left["what"] for left in document["left_out"]}
    assert "salary" not in answer.text


async def test_who_may_export_and_that_it_is_recorded(scene: Scene) -> None:
    never_was = await (await scene.by(scene.boss)).get("/v1/people/00000000-0000-7000-8000-000000000000/export")
    refused = await scene.export(scene.boss)
    assert (refused.status_code, refused.content) == (404, never_was.content), "a manager sees the person, not everything about them"
    exported = await scene.export(str(scene.organization.person_id))
    assert exported.json()["records"]["persons"][0]["birth_date"] == "1971-03-09"
    assert "unreleased" not in exported.text
    scoring = (await scene.organization.as_person(scene.boss)).scoring
    await scene.organization.world.work()
    assert (await scoring.get(f"/v1/people/{scene.id}/export")).status_code == 404
    own = (await scene.organization.as_person(scene.id)).scoring
    assert (await own.get(f"/v1/people/{scene.id}/export")).json()["records"]["people"][0]["display_name"] == "Wilhelmina Zwartendijk"
    await give(scene.organization, str(scene.organization.person_id), scene.boss, "auditor")
    records = (await (await scene.by(scene.boss)).get("/v1/audit-records", params={"action": "person.exported"})).json()["items"]
    assert [record["actor"] for record in records] == [str(scene.organization.person_id)], "and the refused one is none"


async def test_nothing_is_left_of_somebody_who_is_erased(scene: Scene, database_urls: DatabaseUrls) -> None:
    await scene.organization.world.work()
    before = await everything(database_urls, scene.organization)
    for planted in PLANTED:
        assert planted in before
    await scene.leave()
    answer = await scene.erase()
    assert (answer.status_code, answer.json()["alone"]) == (200, True)
    assert answer.json()["erased_at"] is not None
    [told] = await events(scene, "person.erased")
    assert told["data"] == {"person_ids": [scene.id]}

    after = await everything(database_urls, scene.organization)
    for planted in (*PLANTED, "w.zwartendijk", "wilhelmina"):
        assert [row for row in after.splitlines() if planted in row] == [], planted
    # But their id, what was measured, and whose report somebody was.
    assert scene.id in after
    exported = (await scene.export(str(scene.organization.person_id))).json()["records"]
    assert [value["value"] for value in exported["measurements"]] == ["1", "2"]
    assert exported["persons"][0]["external_id"] == f"erased:{scene.id}"
    assert exported["check_ins"][0]["why"] == "erased"
    pushed = (await scene.organization.admin()).scoring
    assert (await pushed.get(f"/v1/people/{scene.id}")).json()["display_name"] == "erased"


async def paid_by_scoring(scene: Scene) -> Company:
    """Wilhelmina as scoring knows her, with a pay basis and a plan."""
    await scene.organization.world.work()
    company = await found(scene.organization)
    await company.adopt_plan()
    company.people["wilhelmina"] = UUID(scene.id)
    row = {"external_id": WHO["external_id"], "valid_from": "2025-01-01", "currency": "USD", "pay_group": "monthly"}
    pay = {"salary": "60000", "target_bonus_share": "0.10"}
    assert ok(await company.clients["comp"].post("/v1/pay-bases/import", json=[row | pay])).json()["error"] == 0
    return company


async def test_nobody_is_erased_while_pay_is_on_its_way(scene: Scene) -> None:
    company = await paid_by_scoring(scene)
    comp, second, clerk = (company.clients[name] for name in ("comp", "second", "clerk"))
    run = await company.computed_run([company.scorecard("wilhelmina")])
    assert (await scene.erase()).json()["code"] == "still_here"
    await scene.leave()

    async def refused(state: str) -> dict[str, Any]:
        answer = await scene.erase()
        assert (answer.status_code, answer.json()["code"]) == (409, "pay_is_due"), answer.text
        [due] = answer.json()["due"]
        assert (due["state"], due["run_id"]) == (state, run)
        assert "6000" not in answer.text, "no amount"
        return answer.json()

    assert "release or supersede it" in (await refused("not_released"))["detail"]
    ok(await comp.post(f"/v1/runs/{run}/approve"))
    ok(await second.post(f"/v1/runs/{run}/release"))
    await refused("not_gathered")
    batch = ok(await clerk.post("/v1/payroll-batches", json={"pay_group": "monthly", "check_date": "2099-01-31"})).json()["id"]
    ok(await clerk.post(f"/v1/payroll-batches/{batch}/lock"))
    assert (await refused("not_paid"))["due"][0]["batch_id"] == batch
    [line] = ok(await clerk.get(f"/v1/payroll-batches/{batch}")).json()["lines"]
    paid = {"line_id": line["line_id"], "status": "paid", "paid_amount": line["amount"]}
    assert ok(await clerk.post(f"/v1/payroll-batches/{batch}/acknowledgements", json={"lines": [paid]})).json()["updated"] == 1
    # Once they are paid they can be erased, and nothing was before.
    assert await events(scene, "person.erased") == []
    assert (await scene.erase()).json()["erased_at"] is not None


async def test_whoever_says_that_pay_is_settled_stands_in_the_audit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    company = await paid_by_scoring(scene)
    await company.computed_run([company.scorecard("wilhelmina")])
    await scene.leave()
    client = await scene.hr()
    place, admin = f"/v1/people/{scene.id}/erase", str(scene.organization.person_id)
    # While scoring cannot be asked, nobody is erased unasked.
    with monkeypatch.context() as patch:
        patch.setattr(ScoringClient, "pay_due", AsyncMock(side_effect=ServiceUnavailable))
        answer = await client.post(place, json=REASON)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (await client.post(place, json=REASON)).json()["code"] == "pay_is_due"
    done = await client.post(place, json={**REASON, "although_pay_is_due": True})
    assert done.json()["erased_at"] is not None, done.text
    assert (await client.post(place, json=REASON)).json() == done.json(), "again is harmless, and asks nothing"
    await give(scene.organization, admin, scene.boss, "auditor")
    wanted = {"action": "person.erasure_although_pay_is_due"}
    [record] = (await (await scene.by(scene.boss)).get("/v1/audit-records", params=wanted)).json()["items"]
    assert (record["actor"], record["subject_id"]) == (admin, scene.id)


async def test_once_more_is_harmless_and_a_kept_answer_is_forgotten(scene: Scene) -> None:
    await scene.leave()
    first, again = await scene.erase(), await scene.erase()
    assert first.json() == again.json()
    assert len(await events(scene, "person.erased")) == 1
    replayed = await (await scene.hr()).post("/v1/people", json=WHO, headers={"Idempotency-Key": "first"})
    assert (replayed.status_code, replayed.json()["code"]) == (409, "answer_forgotten")
    assert "Wilhelmina" not in replayed.text


async def test_only_who_has_left_and_only_by_two(scene: Scene) -> None:
    assert (await scene.erase()).json()["code"] == "still_here"
    scene.second = await join(scene.organization, "second")
    await give(scene.organization, str(scene.organization.person_id), scene.second, "hr_admin")
    await scene.leave()
    assert (await scene.erase(scene.boss)).status_code == 403
    assert (await scene.erase(reason="Wilhelmina wants it")).status_code == 422, "a code, not a text"
    asked, again = await scene.erase(), await scene.erase()
    assert (asked.json()["erased_at"], again.json()["erased_at"], asked.json()["alone"]) == (None, None, False)
    assert (await scene.export(str(scene.organization.person_id))).json()["records"]["persons"][0]["given_name"] == "Wilhelmina"
    other = await scene.erase(scene.second, reason="retention_over")
    assert (other.status_code, other.json()["code"]) == (409, "other_reason")
    done = await asyncio.gather(scene.erase(scene.second), scene.erase(scene.second))
    assert [answer.json()["approved_by"] for answer in done] == [scene.second, scene.second]
    assert len(await events(scene, "person.erased")) == 1


async def test_the_same_id_from_the_hris_is_somebody_new(scene: Scene) -> None:
    await scene.leave()
    assert (await scene.erase()).status_code == 200
    imported = await (await scene.hr()).post("/v1/people/import", json=[{"external_id": WHO["external_id"], "given_name": "New"}])
    assert imported.json()["created"] == 1, imported.text
    source = await register(scene.organization)
    told = await deliver(scene.organization, source, message({"external_id": WHO["external_id"], "given_name": "Newer"}))
    new = imported.json()["results"][0]["id"]
    assert (told.json()["person_id"], new != scene.id) == (new, True)
    old = (await (await scene.hr()).get(f"/v1/people/{scene.id}")).json()
    assert (old["given_name"], old["active"]) == ("erased", False)
    await scene.organization.world.work()
    scoring = (await scene.organization.admin()).scoring
    assert (await scoring.get(f"/v1/people/{new}")).json()["external_id"] == WHO["external_id"]
    assert (await scoring.get(f"/v1/people/{scene.id}")).json()["external_id"] == f"erased:{scene.id}"


async def test_nothing_brings_an_erased_person_back(scene: Scene) -> None:
    await scene.leave()
    await scene.erase()
    client = await scene.hr()
    etag = (await client.get(f"/v1/people/{scene.id}")).headers["etag"]
    patched = await client.patch(f"/v1/people/{scene.id}", json={"given_name": "Wilhelmina"}, headers={"If-Match": etag})
    assert (patched.status_code, patched.json()["code"]) == (409, "person_erased")
    rehired = await client.post(f"/v1/people/{scene.id}/employments", json={"valid_from": "2026-03-01"})
    assert (rehired.status_code, rehired.json()["code"]) == (409, "person_erased")
    imported = await client.post("/v1/people/import", json=[{"external_id": f"erased:{scene.id}", "given_name": "Wilhelmina"}])
    assert imported.json()["results"][0]["errors"][0]["code"] == "reserved_id"
    assert (await client.get(f"/v1/people/{scene.id}")).json()["given_name"] == "erased"
