"""Many rows at once are the same rows as one by one: JSON, nulls, numbers and what the columns fill in themselves."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import Table, select

from chassis import inserting
from chassis.identifiers import new_id
from kpi_api.cascade.models import KpiTarget
from kpi_api.cycles.models import Cycle
from kpi_api.scorecards.models import Scorecard
from tests.kpi_api import given
from tests.world import Organization

TARGETS, CARDS, CYCLES = (cast("Table", model.__table__) for model in (KpiTarget, Scorecard, Cycle))
LEFT_OUT = {"id", "kpi_id", "person_id", "scorecard_id"}


def a_target(kpi_id: Any, position: int) -> dict[str, Any]:
    phasing = ["1.50", "“2”"] if position % 2 else None
    return {
        "kpi_id": kpi_id, "part": f"part-{position:03}", "position": position, "comparison": "at_least", "value": Decimal("1.10"),
        "unit": "count", "period": "month", "phasing": phasing, "lateness": {"per": "day"} if position % 3 else None,
        "due_on": date(2026, 3, 1) if position % 2 else None, "evidence_required": False,
    }  # fmt: skip


async def stored(organization: Organization, table: Table) -> list[dict[str, Any]]:
    async with organization.world.kpi_api.database.read(organization.id) as session:
        rows = await session.execute(select(table).order_by(table.c.id))
        return [{name: value for name, value in row._mapping.items() if name not in LEFT_OUT} for row in rows]


async def test_copied_rows_are_the_rows_that_are_inserted_one_by_one(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    cycle, ann = given.a_cycle(), given.a_person("ann")
    definition, version = given.a_definition("calls", parts=[{"code": "main", "name": "Calls", "unit": "count", "direction": "higher"}])
    kpis = [given.a_kpi(version, cycle, ann, code=f"calls-{n}", name="Calls") for n in range(2)]
    await given.store(organization, cycle, ann, definition, version, *kpis)

    for kpi, copied_from in zip(kpis, (1_000, 2), strict=True):
        monkeypatch.setattr(inserting, "COPIED_FROM", copied_from)
        async with organization.world.kpi_api.database.write(organization.id) as session:
            await inserting.insert_rows(session, TARGETS, [a_target(kpi.id, position) for position in range(1, 8)])

    rows = await stored(organization, TARGETS)
    assert len(rows) == 14
    assert rows[:7] == rows[7:]
    assert (rows[0]["phasing"], rows[0]["value"], rows[1]["due_on"]) == (["1.50", "“2”"], Decimal("1.10"), None)


async def test_columns_left_out_take_their_defaults_and_twice_in_a_transaction_works(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inserting, "COPIED_FROM", 1)
    people, cycle = [given.a_person(f"p{n}") for n in range(4)], given.a_cycle()
    await given.store(organization, cycle, *people)
    common = {"cycle_id": cycle.id, "status": "draft", "written_by_side": "hr", "window_start": date(2026, 1, 1), "imposed": False,
              "window_end": date(2026, 12, 31), "created_at": datetime(2026, 1, 1, tzinfo=UTC), "version": 1}  # fmt: skip

    async with organization.world.kpi_api.database.write(organization.id) as session:
        await inserting.insert_rows(session, CARDS, [{**common, "person_id": person.id} for person in people[:2]])
        await inserting.insert_rows(session, CARDS, [{**common, "person_id": person.id} for person in people[2:]])
        await inserting.insert_rows(session, CARDS, [])

    rows = await stored(organization, CARDS)
    assert [(row["reminders_sent"], row["agreement"], row["template_id"]) for row in rows] == [(0, None, None)] * 4


async def test_rows_of_another_organization_are_refused_as_ever(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inserting, "COPIED_FROM", 1)
    row = {"organization_id": new_id(), "code": "2031", "name": "2031", "starts_on": date(2031, 1, 1), "ends_on": date(2031, 12, 31),
           "mid_year_on": date(2031, 6, 30), "status": "planned"}  # fmt: skip
    with pytest.raises(Exception, match="row-level security"):
        async with organization.world.kpi_api.database.write(organization.id) as session:
            await inserting.insert_rows(session, CYCLES, [row])
    assert "2031" not in {cycle["code"] for cycle in await stored(organization, CYCLES)}
