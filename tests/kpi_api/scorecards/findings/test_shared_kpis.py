"""A scorecard with a KPI that several carry, to whose terms not all have agreed: a warning, or an error where the organization says so."""

from typing import Any

from chassis.identifiers import new_id
from kpi_api.cascade.models import KpiStakeholder
from tests.kpi_api import given
from tests.kpi_api.scorecards.findings.scene import Scene, Spoilt, set_scene
from tests.world import Organization


async def shared_scene(organization: Organization) -> Scene:
    """Ann and Eve carry Ann's `revenue` together."""
    scene = await set_scene(organization, Spoilt(kpis={"revenue": {"collaborative": True}}))
    who = [
        KpiStakeholder(id=new_id(), kpi_id=scene.kpis["revenue"].id, person_id=scene.people[name].id, unit_id=None, part="")
        for name in ("ann", "eve")
    ]
    await given.store(organization, *who)
    return scene


async def graver(scene: Scene) -> list[dict[str, Any]]:
    """What is more than information."""
    return [one for one in await scene.findings() if one["rule"]["severity"] != "information"]


async def graver_codes(scene: Scene) -> list[str]:
    return [one["rule"]["code"] for one in await graver(scene)]


async def agree(scene: Scene, by: str) -> None:
    place = f"/v1/kpis/{scene.kpis['revenue'].id}/collaboration"
    hr = await scene.client()
    # That Max is named as well has everybody's sight of it reckoned.
    await hr.post(f"/v1/kpis/{scene.kpis['revenue'].id}/stakeholders", json={"stakeholders": [{"person_id": str(scene.people["max"].id)}]})
    digest = (await hr.get(place)).json()["digest"]
    answer = await (await scene.client(by)).post(f"{place}/agreement", json={"digest": digest})
    assert answer.status_code == 200, answer.text


async def require_all(scene: Scene) -> None:
    hr = await scene.client()
    etag = (await hr.get("/v1/organization")).headers["ETag"]
    limits = {"finding_limits": {"stakeholders_must_agree": True}}
    assert (await hr.patch("/v1/organization", json=limits, headers={"If-Match": etag})).status_code == 200


async def act(scene: Scene, verb: str, by: str, **body: Any) -> tuple[int, list[str]]:
    answer = await (await scene.client(by)).post(f"/v1/scorecards/{scene.card.id}/{verb}", json=body, headers={"If-Match": "*"})
    return answer.status_code, [] if answer.is_success else [error["code"] for error in answer.json()["errors"]]


async def test_who_has_not_agreed_is_counted_until_all_have(organization: Organization) -> None:
    scene = await shared_scene(organization)
    (found,) = await graver(scene)
    assert (found["rule"]["code"], found["rule"]["severity"], found["line"]) == ("stakeholders_not_agreed", "warning", 1)
    assert found["facts"] == {"kpi": "revenue", "waiting": 2, "stakeholders": 2}
    assert (await act(scene, "propose", "max"))[0] == 200, "a warning lets it pass"


async def test_where_all_must_agree_nobody_signs_before(organization: Organization) -> None:
    scene = await shared_scene(organization)
    await require_all(scene)
    assert await graver_codes(scene) == ["stakeholders_must_agree"]
    for verb, by in (("propose", "max"), ("force", "hr")):
        assert await act(scene, verb, by, **({"reason": "Now."} if verb == "force" else {})) == (422, ["stakeholders_must_agree"]), verb

    # Max joins them, and all three agree.
    for name in ("ann", "eve", "max"):
        assert await graver_codes(scene) == ["stakeholders_must_agree"]
        await agree(scene, name)
    assert await graver_codes(scene) == []
    assert (await act(scene, "propose", "max"))[0] == 200
    assert (await act(scene, "agree", "ann"))[0] == 200
