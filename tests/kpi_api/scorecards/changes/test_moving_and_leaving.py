"""Movers get two scorecards, leavers one that ends with them; what was signed stays for the days that were worked."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from kpi_api.people.models import Employment, Role
from kpi_api.scorecards.scoring_document import scoring_document
from tests.kpi_api import given
from tests.kpi_api.scorecards.changes.year import AgreedYear


async def move(agreed: AgreedYear, day: date = date(2026, 7, 1), **new: Any) -> None:
    """Ann's job changes on a day."""
    ann, max_ = (agreed.scene.people[name] for name in ("ann", "max"))
    organization = agreed.scene.organization
    async with organization.world.kpi_api.database.write(organization.id) as session:
        await session.execute(update(Employment).where(Employment.person_id == ann.id).values(valid_to=day))
    await given.store(organization, given.an_employment(ann, max_, valid_from=day, **new))


async def split(agreed: AgreedYear, by: str = "max", preview: bool = False, etag: str | None = "*", **body: Any) -> httpx.Response:
    place = f"/v1/scorecards/{agreed.card}/split"
    headers = {"If-Match": etag} if etag else {}
    sent = {"moved_on": "2026-07-01"} | body
    return await (await agreed.scene.client(by)).post(place, json=sent, params={"preview": preview}, headers=headers)


async def cards(agreed: AgreedYear) -> list[dict[str, Any]]:
    listed = await (await agreed.scene.client("hr")).get("/v1/scorecards", params={"person_id": str(agreed.scene.people["ann"].id)})
    return listed.json()["items"]  # type: ignore[no-any-return]


async def a_template(agreed: AgreedYear, role: str) -> None:
    line = {"definition_code": "calls", "weight": "100.00", "component": "output", "targets": [{"value": "50", "unit": "count"}]}
    body = {"code": "closer", "name": "Closer", "role_code": role, "lines": [line]}
    answer = await (await agreed.scene.client("hr")).post("/v1/templates", json=body)
    assert answer.status_code == 201, answer.text


async def test_a_movers_scorecard_ends_and_a_draft_from_the_new_roles_template_follows(agreed: AgreedYear) -> None:
    role = Role(code="closer")
    await given.store(agreed.scene.organization, role)
    await move(agreed, role_id=role.id)
    await a_template(agreed, "closer")
    before = await agreed.scene.read(agreed.card)

    told = await split(agreed, preview=True, etag=None)
    assert told.status_code == 200, told.text
    pay = told.json()["pay"]
    assert (pay["cycle_days"], pay["ended_days"], pay["successor_days"]) == (365, 181, 184)
    assert "pays 181/365 by" in pay["explanation"]
    assert "without a `proration` step pays each of the two in full" in pay["warning"]
    expected = {
        "preview": True, "scorecard_id": agreed.card, "window_end": "2026-06-30", "successor_id": None, "window_start": "2026-07-01",
        "successor_end": "2026-12-31", "template_code": "closer", "kpis": ["calls"], "whole_targets": [], "pay": pay,
    }  # fmt: skip
    assert told.json() == expected
    assert await agreed.scene.read(agreed.card) == before, "a preview writes nothing"
    assert len(await cards(agreed)) == 1

    done = await split(agreed, etag=before["etag"], reason="she closes now")
    assert done.status_code == 200, done.text
    assert done.json() == expected | {"preview": False, "successor_id": done.json()["successor_id"]}
    first, second = await agreed.scene.read(agreed.card), await agreed.scene.read(done.json()["successor_id"])
    assert (first["status"], first["window_end"], first["agreement_digest"]) == ("active", "2026-06-30", before["agreement_digest"])
    assert (second["status"], second["window_start"], second["window_end"]) == ("draft", "2026-07-01", "2026-12-31")
    assert [line["weight"] for line in second["lines"]] == ["100.00"]
    assert (await split(agreed)).status_code == 409, "once"
    assert "2026-04-01: The manager ended it because the job changed." in await agreed.story()


async def test_a_target_for_the_whole_year_stays_as_it_was_signed_and_the_preview_says_so(agreed: AgreedYear) -> None:
    lines: list[dict[str, Any]] = [dict(line) for line in agreed.scene.lines("50.00", "30.00", "20.00")]
    lines[2]["targets"] = [{"value": "1200", "unit": "count"}]
    change = await agreed.requested("ann", lines=lines, since="2026-01-01")
    assert (await agreed.answer(change, "agree", "max")).status_code == 200
    await move(agreed)
    assert (await split(agreed, preview=True)).json()["whole_targets"] == ["Calls 2"]


async def test_half_time_from_the_move_on_is_paid_as_half_and_keeps_its_targets(agreed: AgreedYear) -> None:
    await move(agreed, fte=Decimal("0.5"))
    async with agreed.scene.organization.world.kpi_api.database.read(agreed.scene.organization.id) as session:
        [document] = await scoring_document(session, [agreed.card])  # type: ignore[list-item]
    assert document["segments"] == [
        {"from": "2026-01-01", "to": "2026-06-30", "fte": "1", "counted": True},
        {"from": "2026-07-01", "to": "2026-12-31", "fte": "0.5", "counted": True},
    ]
    assert [line["parts"][0]["target"] for line in document["lines"]] == ["1200", "1200", "1200"], "12 months of 100, also at half time"


@pytest.mark.parametrize(
    ("by", "body", "status", "code"),
    [
        ("ann", {}, 403, "not_your_turn"),
        ("lou", {}, 403, "not_your_turn"),
        ("eve", {}, 404, "not_found"),
        ("max", {"moved_on": "2026-08-01"}, 422, "no_move"),
        ("max", {"moved_on": "2026-01-01"}, 422, "change_refused"),
        ("max", {"template_code": "nothing"}, 404, "not_found"),
        ("max", {"etag": '"1"'}, 412, "precondition_failed"),
        ("max", {"etag": None}, 428, "precondition_required"),
    ],
)
async def test_what_forbids_a_split(agreed: AgreedYear, by: str, body: dict[str, Any], status: int, code: str) -> None:
    await move(agreed)
    refused = await split(agreed, by, **body)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert [(card["window_end"], card["status"]) for card in await cards(agreed)] == [("2026-12-31", "active")]


async def test_two_splits_at_once_are_one(agreed: AgreedYear) -> None:
    await move(agreed)
    answers = await asyncio.gather(*(split(agreed, by) for by in ("max", "hr")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await cards(agreed)) == 2


async def test_a_leavers_scorecard_ends_with_the_last_day_and_goes_on_when_they_stay(agreed: AgreedYear) -> None:
    async def leave(day: str) -> None:
        place = f"/v1/people/{agreed.scene.people['ann'].id}/leave"
        answer = await (await agreed.scene.client("hr")).post(place, json={"last_day": day})
        assert answer.status_code == 200, answer.text
        await agreed.scene.organization.world.work()

    before = await agreed.scene.read(agreed.card)
    await leave("2026-09-15")
    ended = await agreed.scene.read(agreed.card)
    assert (ended["window_end"], ended["status"], ended["agreement_digest"]) == ("2026-09-15", "active", before["agreement_digest"])
    await agreed.scene.organization.world.work()
    await leave("2027-03-31")
    assert (await agreed.scene.read(agreed.card))["window_end"] == "2026-12-31", "as it was signed, and no longer"
    steps = [sentence.split(": ")[1] for sentence in await agreed.story(by="hr")]
    assert steps[-2:] == [
        "A change of the job ended it with the last day of the employment.",
        "A change of the job let it go on as it was signed, since the person stays.",
    ]
