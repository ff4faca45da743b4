"""Which shared results the sums of a cycle count more than once, as far as a viewer sees them: the KPI and the sum whole, and every KPI on
the ways between at least as an ancestor. What they do not see is neither told nor counted."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among, kpi_facts
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.scores.roll_ups import words
from kpi_api.scores.roll_ups.double_counting import Doubled, doubled
from kpi_api.scores.roll_ups.schemas import DoubledResult, DoubledResults, NamedKpi
from kpi_api.scores.roll_ups.tree import links_between, load_cascade, outcome, rolled_kpis, shared_leaves

MOST_TOLD: Final = 200


async def doubled_results(viewer: Viewer, session: ReadSession, cycle_id: UUID) -> DoubledResults:
    """What the sums of a cycle count more than once, the sums by name."""
    found = await _doubled(session, cycle_id)
    facts = await kpi_facts(viewer, session, {id_ for one in found for path in one.paths for id_ in path})
    seen = [one for one in found if _is_seen(one, facts)]
    told = seen[:MOST_TOLD]
    cascade = await load_cascade(session, [one.kpi_id for one in told], apart=[one.kpi_id for one in told])
    values = outcome(cascade, accept_missing=False, once=False).values
    precisions = await precisions_of(session, {one.kpi_id for one in told})
    items = [
        _shown(one, facts, values[one.kpi_id].value if one.kpi_id in values else None, precisions[one.kpi_id], cascade.unit_of(one.kpi_id))
        for one in told
    ]
    items.sort(key=lambda item: (item.sum.name, item.kpi.name, item.kpi.id))
    return DoubledResults(items=items, complete=len(told) == len(seen))


async def _doubled(session: ReadSession, cycle_id: UUID) -> list[Doubled]:
    rolled = await rolled_kpis(session)
    of_cycle = set(await session.scalars(select(Kpi.id).where(among(Kpi.id, rolled), Kpi.cycle_id == cycle_id)))
    sums = [id_ for id_, kpi in rolled.items() if kpi.method == "sum" and id_ in of_cycle]
    leaves = await shared_leaves(session, sums)
    links = await links_between(session, [*rolled, *leaves], sums)
    parents: dict[UUID, list[UUID]] = {}
    for parent_id in sorted(links):
        for link in links[parent_id]:
            parents.setdefault(link.child_id, []).append(parent_id)
    shared = [id_ for id_, above in parents.items() if len(above) > 1]
    collaborative = await session.scalars(select(Kpi.id).where(among(Kpi.id, shared), Kpi.collaborative))
    return doubled(parents, set(collaborative))


def _is_seen(one: Doubled, facts: Mapping[UUID, Any]) -> bool:
    whole = all(id_ in facts and facts[id_].whole for id_ in (one.kpi_id, one.sum_id))
    return whole and all(id_ in facts for path in one.paths for id_ in path)


async def precisions_of(session: ReadSession, kpi_ids: Collection[UUID]) -> dict[UUID, int]:
    """By KPI to how many places its definition shows values. Asks for no viewer: callers have checked."""
    statement = select(Kpi.id, DefinitionVersion.precision).join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
    return dict((await session.execute(statement.where(among(Kpi.id, kpi_ids)))).all())


def _shown(one: Doubled, facts: Mapping[UUID, Any], value: Decimal | None, precision: int, unit: str | None) -> DoubledResult:
    ids = {id_ for path in one.paths for id_ in path}
    names = words.told_names((id_, facts[id_].Kpi.name, facts[id_].unit_name) for id_ in ids)
    too_much = None if value is None else value * (one.times - 1)
    return DoubledResult(
        kpi=named(facts[one.kpi_id].Kpi),
        sum=named(facts[one.sum_id].Kpi),
        kind=one.kind,
        times=one.times,
        paths=[list(path) for path in one.paths],
        value=value,
        too_much=too_much,
        unit=unit,
        sentence=_sentence(one, names, too_much and words.amount(too_much, unit, precision)),
    )


def named(kpi: Kpi) -> NamedKpi:
    """As sentences name it."""
    return NamedKpi(id=kpi.id, name=kpi.name, level=kpi.level)


def _sentence(one: Doubled, names: Mapping[UUID, str], too_much: str | Decimal | None) -> str:
    ways: Sequence[str] = [words.way(path, names) for path in one.paths]
    told = f"{names[one.kpi_id]} counts {one.times} times in {names[one.sum_id]}: {words.listed(ways)}."
    return f"{told} {too_much} are counted too much." if too_much else told
