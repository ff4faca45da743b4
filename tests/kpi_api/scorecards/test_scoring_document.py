"""What scoring is given: the signed text with actuals, segments and lines of sight; and what the cycle's close leaves."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import update

from chassis.access import Viewer
from kpi_api.access.matrix import MATRIX
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.people.models import Employment
from kpi_api.scorecards.freezing import Frozen, freeze_scorecards
from kpi_api.scorecards.scoring_document import scoring_document
from tests.kpi_api import given
from tests.kpi_api.scorecards.scene import Scene


async def document(scene: Scene, *cards: str, **known: Any) -> list[dict[str, Any]]:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        return await scoring_document(session, [UUID(card) for card in cards], **known)


async def agreed(scene: Scene) -> str:
    card = await scene.opened()
    await scene.act(card, "propose", "max")
    assert (await scene.act(card, "agree", "ann")).status_code == 200
    return card


async def measure(scene: Scene, value: str, month: int) -> None:
    row = {"kpi_code": "calls-0", "period_start": f"2026-{month:02}-01", "value": value, "source": "CRM"}
    assert (await (await scene.client("hr")).post("/v1/measurements", json=[row])).json()["error"] == 0


async def test_the_document_in_full(scene: Scene) -> None:
    card = await agreed(scene)
    await measure(scene, "90.50", 1)
    (found,) = await document(scene, card, ratings={scene.people["ann"].id: Decimal("4.0")})
    first = found["lines"][0]
    assert found | {"lines": len(found["lines"])} == {
        "scorecard_id": card,
        "person_id": str(scene.people["ann"].id),
        "period_start": "2026-01-01",
        "period_end": "2026-12-31",
        "rating": "4",
        "segments": [{"from": "2026-01-01", "to": "2026-12-31", "fte": "1", "counted": True}],
        "lines": 3,
    }
    assert first == {
        "line": 1,
        "kpi_id": str(scene.kpis[0].id),
        "kpi_code": "calls",
        "name": "Calls 0",
        "component": "kpis",
        "weight": "50.00",
        "direction": "higher",
        "combine_parts": "all",
        "parts": [
            {
                "part": "main", "comparison": "at_least", "unit": "count", "target": "1200", "target_high": None, "baseline": None,
                "threshold": None, "stretch": None, "actual": "90.5", "scale_minimum": None, "scale_maximum": None,
            }
        ],
        "line_of_sight": [],
    }  # fmt: skip
    assert found["lines"][2]["parts"][0]["actual"] is None


async def test_what_was_signed_counts_whatever_the_kpi_says_later(scene: Scene) -> None:
    card = await agreed(scene)
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(KpiTarget).values(value=999))
    (found,) = await document(scene, card)
    assert found["lines"][0]["parts"][0]["target"] == "1200"


async def test_as_of_gives_the_same_bytes_after_a_correction(scene: Scene) -> None:
    await scene.organization.set_clock("2090-01-01T00:00:00Z")
    card = await agreed(scene)
    await measure(scene, "90", 1)
    moment = datetime(2090, 1, 2, tzinfo=UTC)
    before = orjson.dumps(await document(scene, card, as_of=moment))
    await scene.organization.set_clock("2090-01-03T00:00:00Z")
    await measure(scene, "95", 1)
    assert orjson.dumps(await document(scene, card, as_of=moment)) == before
    assert (await document(scene, card))[0]["lines"][0]["parts"][0]["actual"] == "95"


async def test_segments_follow_moves_and_part_time(scene: Scene) -> None:
    card = await agreed(scene)
    ann = scene.people["ann"]
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        await session.execute(update(Employment).where(Employment.person_id == ann.id).values(valid_to=date(2026, 4, 1)))
    await given.store(
        scene.organization,
        given.an_employment(ann, valid_from=date(2026, 4, 1), valid_to=date(2026, 9, 1)),
        given.an_employment(ann, valid_from=date(2026, 9, 1), valid_to=date(2026, 12, 1), fte=Decimal("0.60")),
        given.an_employment(ann, valid_from=date(2026, 12, 11)),
    )
    (found,) = await document(scene, card)
    assert [(s["from"], s["to"], s["fte"]) for s in found["segments"]] == [
        ("2026-01-01", "2026-08-31", "1"),
        ("2026-09-01", "2026-11-30", "0.6"),
        ("2026-12-11", "2026-12-31", "1"),
    ]


async def freeze(scene: Scene) -> Frozen:
    viewer = Viewer(scene.organization.id, "hr", scene.organization.person_id, frozenset({"hr_admin"}), date(2027, 1, 2), MATRIX)
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        return await freeze_scorecards(viewer, session, scene.cycle.id)


async def test_the_close_leaves_no_scorecard_open_and_lists_what_was_not_agreed(scene: Scene) -> None:
    signed = await agreed(scene)
    open_, proposed = await scene.opened(of="max", lines=[]), await scene.opened(of="lou", lines=[])
    frozen = await freeze(scene)
    assert frozen == Frozen(closed=[UUID(signed)], not_agreed=sorted([UUID(open_), UUID(proposed)]))
    cards = [await scene.read(card) for card in (signed, open_, proposed)]
    assert [card["status"] for card in cards] == ["closed", "closed_not_agreed", "closed_not_agreed"]
    assert (cards[0]["history"][-1]["verb"], cards[0]["history"][-1]["from_status"]) == ("close", "active")
    assert [card["scorecard_id"] for card in await document(scene, signed, open_, proposed)] == [signed]
    assert await freeze(scene) == Frozen([], [])
    late = await scene.act(open_, "propose", "max")
    assert (late.status_code, late.json()["code"], late.json()["present"]) == (409, "wrong_status", "closed_not_agreed")


async def test_a_milestone_is_handed_over_as_the_share_done_with_what_its_lateness_costs(scene: Scene) -> None:
    """Given a milestone of 2, due on 30 September and agreed so; when 1 was reached by then and both on 6 October, then 6 days late."""
    rows = given.a_definition("certificate", direction="milestone", combine="last")
    await given.store(scene.organization, *rows)
    async with scene.organization.world.kpi_api.database.write(scene.organization.id) as session:
        rule = {"kind": "per_day", "percent": "5", "grace_days": 0, "days": "calendar"}
        of_first = KpiTarget.kpi_id == scene.kpis[0].id
        await session.execute(
            update(KpiTarget).where(of_first).values(value=2, period="window", due_on=date(2026, 9, 30), lateness=rule)
        )
        await session.execute(update(Kpi).where(Kpi.id == scene.kpis[0].id).values(definition_version_id=rows[1].id))
    await scene.organization.set_clock("2026-03-01T09:00:00Z")
    card = await agreed(scene)
    await scene.organization.set_clock("2026-10-20T09:00:00Z")
    await measure(scene, "1", 9)

    (half,) = await document(scene, card)
    (as_signed,) = await document(scene, card, as_of=datetime(2026, 9, 30, 12, tzinfo=UTC))
    hr = await scene.client("hr")
    done = await hr.post(f"/v1/kpis/{scene.kpis[0].id}/milestones", json={"done_on": "2026-10-06", "evidence": "Seen"})
    (late,) = await document(scene, card)

    assert done.status_code == 201, done.text
    parts = [found["lines"][0]["parts"][0] for found in (half, as_signed, late)]
    costs = [[part[name] for name in ("actual", "days_late", "deduction_per_day")] for part in parts]
    assert costs == [["0.5", "20", "0.05"], [None, "0", "0.05"], ["1", "6", "0.05"]]
    assert "days_late" not in half["lines"][1]["parts"][0]


TWO_PARTS = [
    {"code": "models", "name": "Models", "unit": "count", "direction": "higher"},
    {"code": "accuracy", "name": "Deviation", "unit": "percent", "direction": "band"},
]


async def test_what_counts_only_with_its_quality_is_scored_by_the_count_alone(scene: Scene) -> None:
    """S0's 12 models within 5 %: both targets are signed, and the sum of what met the quality is held against the 12."""
    facts = {"direction": "band", "combine_parts": "count", "parts": TWO_PARTS}
    definition, version = given.a_definition("models", **facts)
    kpi = given.a_kpi(version, scene.cycle, scene.people["ann"], code="models-ann")
    within = given.a_target(kpi, "-5", part="accuracy", unit="percent", comparison="within", value_high=Decimal(5), period="window")
    twelve = given.a_target(kpi, "12", part="models", position=2, period="quarter")
    await given.store(scene.organization, definition, version, kpi, within, twelve)
    card = await scene.opened(lines=[{"kpi_id": str(kpi.id), "weight": "100.00"}])
    await scene.act(card, "propose", "max")
    await scene.act(card, "agree", "ann")
    for quarter, met, of in (("2026-01-01", "12", "15"), ("2026-04-01", "10", "14")):
        row = {"kpi_code": "models-ann", "part": "models", "source": "Model register"}
        row |= {"period_start": quarter, "numerator": met, "denominator": of}
        assert (await (await scene.client("hr")).post("/v1/measurements", json=[row])).json()["error"] == 0

    (found,) = await document(scene, card)

    (line,) = found["lines"]
    (part,) = line["parts"]
    assert (line["direction"], part["part"], part["comparison"]) == ("higher", "models", "at_least")
    assert (part["actual"], part["target"], part["target_high"]) == ("22", "48", None)
