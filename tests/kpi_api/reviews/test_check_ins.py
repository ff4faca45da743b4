"""S2's four questions about a KPI, by the person or by whoever leads them."""

from typing import Any

import pytest

from tests.kpi_api.reviews.conftest import Scene


def answers(scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "kpi_id": str(scene.kpi.id),
        "period_start": "2026-03-01",
        "what_moved": "Calls fell by a tenth.",
        "why": "Two people were away.",
        "expected_impact": "Back to plan in April.",
        "support_needed": "One more seat.",
        **changes,
    }


async def test_what_the_person_says_their_managers_read(scene: Scene) -> None:
    made = await (await scene.client("ann")).post("/v1/check-ins", json=answers(scene))
    assert made.status_code == 201, made.text
    for reader in ("ann", "max", "lou", "hr"):
        listed = (await (await scene.client(reader)).get("/v1/check-ins", params={"kpi_id": str(scene.kpi.id)})).json()["items"]
        assert listed == [made.json()], reader
    assert (await (await scene.client("eve")).get("/v1/check-ins")).json()["items"] == []


async def test_a_manager_checks_in_for_a_report(scene: Scene) -> None:
    ann = str(scene.people["ann"].id)
    made = await (await scene.client("max")).post("/v1/check-ins", json=answers(scene, person_id=ann))
    assert (made.status_code, made.json()["person_id"], made.json()["author_id"]) == (201, ann, str(scene.people["max"].id))


@pytest.mark.parametrize(("by", "status", "code"), [("eve", 404, "not_found"), ("hr", 403, "not_your_check_in")])
async def test_nobody_else_does(scene: Scene, by: str, status: int, code: str) -> None:
    answer = await (await scene.client(by)).post("/v1/check-ins", json=answers(scene, person_id=str(scene.people["ann"].id)))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await (await scene.client("ann")).get("/v1/check-ins")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"period_start": "2027-01-01"}, "/period_start"), ({"what_moved": " "}, "/what_moved"), ({"mood": "fine"}, "/mood")],
)
async def test_bad_input_names_the_field(scene: Scene, changes: dict[str, Any], field: str) -> None:
    answer = await (await scene.client("ann")).post("/v1/check-ins", json=answers(scene, **changes))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_kpi_out_of_sight_is_as_one_that_never_was(scene: Scene) -> None:
    answer = await (await scene.client("eve")).post("/v1/check-ins", json=answers(scene))
    assert answer.status_code == 404
