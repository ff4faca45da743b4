"""What was signed can be read and verified later, with who signed, for whom, and also what was signed before."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.kpi_api.scorecards.scene import Scene


async def agreement(scene: Scene, card: str, by: str = "hr", **query: str) -> httpx.Response:
    return await (await scene.client(by)).get(f"/v1/scorecards/{card}/agreement", params=query)


async def agreed(scene: Scene) -> str:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    await scene.act(card, "counter", "ann", lines=scene.lines("60.00", "30.00", "10.00"))
    assert (await scene.act(card, "agree", "max")).json()["status"] == "active"
    return card


async def test_the_agreement_is_read_with_both_signatures_and_holds(scene: Scene) -> None:
    card = await agreed(scene)
    signed = (await agreement(scene, card, by="ann")).json()
    assert (signed["verified"], signed["present"], signed["imposed"]) == (True, True, False)
    assert signed["digest"] == signed["recomputed_digest"] == (await scene.read(card))["agreement_digest"]
    assert [(one["side"], one["signer_id"], one["on_behalf_of_id"]) for one in signed["signatures"]] == [
        ("person", str(scene.people["ann"].id), None),
        ("manager", str(scene.people["max"].id), None),
    ]
    assert [line["weight"] for line in signed["document"]["lines"]] == ["60", "30", "10"]


async def test_what_one_side_signed_before_can_be_read_too_but_is_no_agreement(scene: Scene) -> None:
    card = await agreed(scene)
    first = (await scene.read(card))["signatures"][0]["digest"]
    signed = (await agreement(scene, card, digest=first)).json()
    assert (signed["verified"], signed["present"], [one["side"] for one in signed["signatures"]]) == (False, False, ["manager"])
    assert signed["recomputed_digest"] == first
    assert [line["weight"] for line in signed["document"]["lines"]] == ["50", "30", "20"]


async def test_a_forged_text_does_not_hold(scene: Scene) -> None:
    card = await agreed(scene)
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        forged = "UPDATE scorecards SET agreement = jsonb_set(agreement, '{lines,0,weight}', '\"61\"') WHERE id = :id"
        await session.execute(text(forged), {"id": card})
    signed = (await agreement(scene, card)).json()
    assert signed["verified"] is False
    assert signed["recomputed_digest"] != signed["digest"]


async def test_nothing_is_there_before_both_signed_nor_for_another_digest(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert ((answer := await agreement(scene, card)).status_code, answer.json()["code"]) == (409, "not_agreed")
    assert (await agreement(scene, card, digest="sha256:" + "0" * 64)).status_code == 404
    mine = (await scene.read(card))["signatures"][0]["digest"]
    assert (await agreement(scene, card, by="eve", digest=mine)).json() == (await agreement(scene, str(scene.cycle.id), by="eve")).json()


async def test_a_forced_one_is_signed_by_hr_alone(scene: Scene) -> None:
    card = await scene.opened()
    await scene.act(card, "force", "hr", reason="Late")
    signed = (await agreement(scene, card)).json()
    assert (signed["verified"], signed["imposed"], [one["side"] for one in signed["signatures"]]) == (True, True, ["hr"])


@pytest.mark.parametrize("verb", ["propose", "agree"])
async def test_a_delegate_signs_in_their_own_name_for_the_absent_manager(scene: Scene, verb: str) -> None:
    card = await scene.opened()
    await delegate(scene, "max", "lou")
    signer, other = ("lou", "ann") if verb == "propose" else ("ann", "lou")
    await scene.act(card, "propose", signer)
    assert (await scene.act(card, "agree", other)).json()["status"] == "active"
    signatures: list[dict[str, Any]] = (await agreement(scene, card)).json()["signatures"]
    by_side = {one["side"]: one for one in signatures}
    assert by_side["manager"]["signer_id"] == str(scene.people["lou"].id)
    assert by_side["manager"]["on_behalf_of_id"] == str(scene.people["max"].id)
    assert by_side["person"]["on_behalf_of_id"] is None


async def test_the_absent_manager_signs_for_themselves(scene: Scene) -> None:
    card = await scene.opened()
    await delegate(scene, "max", "lou")
    assert (await scene.act(card, "propose", "max")).json()["signatures"][0]["on_behalf_of_id"] is None


async def delegate(scene: Scene, absent: str, delegate: str) -> None:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        until = session.today + timedelta(days=14)
    body = {"delegate_id": str(scene.people[delegate].id), "valid_to": until.isoformat()}
    answer = await (await scene.client(absent)).post("/v1/delegations", json=body)
    assert answer.status_code == 201, answer.text
