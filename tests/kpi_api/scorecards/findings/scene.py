"""A scorecard with nothing to find: Ann's five KPIs cover every dimension, lead up to strategy, and weigh 20 each. Tests spoil it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from chassis.identifiers import new_id
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.people.models import Person
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from tests.kpi_api import given
from tests.world import Organization

KPIS: Mapping[str, Mapping[str, Any]] = {
    "revenue": {"dimension": "output"},
    "calls": {"dimension": "output", "kind": "process", "leading": True},
    "accuracy": {"dimension": "quality"},
    "teamwork": {"dimension": "behavioural"},
    "certificate": {"dimension": "development"},
}


@dataclass
class Spoilt:
    """What is wrong on purpose. `versions`, `kpis` and `targets` change fields by KPI; `without` and `more` change which there are."""

    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    kpis: dict[str, dict[str, Any]] = field(default_factory=dict)
    targets: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    weights: dict[str, str | None] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    more: int = 0
    unlinked: tuple[str, ...] = ()
    owned: bool = True


@dataclass
class Scene:
    organization: Organization
    cycle: Cycle
    people: dict[str, Person]
    strategic: Kpi
    kpis: dict[str, Kpi]
    definitions: dict[str, tuple[KpiDefinition, DefinitionVersion]]
    card: Scorecard

    async def client(self, name: str = "hr") -> httpx.AsyncClient:
        clients = await self.organization.admin() if name == "hr" else await self.organization.as_person(self.people[name].id)
        return clients.kpi_api

    async def findings(self, by: str = "hr") -> list[dict[str, Any]]:
        answer = await (await self.client(by)).get(f"/v1/scorecards/{self.card.id}/findings")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["findings"]
        return found

    async def codes(self) -> list[str]:
        return [finding["rule"]["code"] for finding in await self.findings()]


async def set_scene(organization: Organization, spoilt: Spoilt | None = None) -> Scene:
    spoilt = spoilt or Spoilt()
    cycle = given.a_cycle()
    people = {name: given.a_person(name) for name in ("ann", "max", "eve")}
    ann, max_ = people["ann"], people["max"]
    await given.store(
        organization, cycle, *people.values(), given.an_employment(ann, max_), given.an_employment(max_), given.reports_to(ann, max_)
    )
    outcome = Outcome(id=new_id(), code="growth", name="Grow", area="revenue", description="")
    head, top = _definition("growth", max_, outcome, spoilt)
    strategic = given.a_kpi(top, cycle, max_, level="strategic", name="Growth")
    await given.store(organization, outcome, head, top, strategic, given.a_target(strategic, "1"))
    names = [name for name in KPIS if name not in spoilt.without] + [f"extra {n}" for n in range(spoilt.more)]
    definitions = {name: _definition(name, max_, outcome, spoilt) for name in names}
    kpis = {name: given.a_kpi(definitions[name][1], cycle, ann, name=name, **spoilt.kpis.get(name, {})) for name in names}
    links = [
        Contribution(id=new_id(), child_id=kpi.id, parent_id=strategic.id, weight=Decimal(1))
        for name, kpi in kpis.items() if name not in spoilt.unlinked
    ]  # fmt: skip
    targets = [
        given.a_target(kpi, "100", **(spoilt.targets.get(name) or {}))
        for name, kpi in kpis.items() if spoilt.targets.get(name, {}) is not None
    ]  # fmt: skip
    card = _card(ann, cycle, spoilt)
    lines = [_line(card, kpi, n, spoilt.weights.get(name, _share(len(names)))) for n, (name, kpi) in enumerate(kpis.items(), start=1)]
    parts = [row for pair in definitions.values() for row in pair]
    await given.store(organization, *parts, *kpis.values(), *links, *targets, card, *lines)
    return Scene(organization, cycle, people, strategic, kpis, definitions, card)


def _share(count: int) -> str:
    return f"{Decimal(100) / count:.2f}"


def _definition(name: str, owner: Person, outcome: Outcome, spoilt: Spoilt) -> tuple[KpiDefinition, DefinitionVersion]:
    fields = {"name": name, "outcome_id": outcome.id, **KPIS.get(name, {}), **spoilt.versions.get(name, {})}
    definition, version = given.a_definition(name.replace(" ", "_"), **fields)
    definition.owner_id = owner.id if spoilt.owned else None
    return definition, version


def _card(person: Person, cycle: Cycle, spoilt: Spoilt) -> Scorecard:
    fields: dict[str, Any] = {
        "status": "draft", "written_by_side": "manager", "window_start": cycle.starts_on, "window_end": cycle.ends_on, "imposed": False,
        "template_id": None, "agreement": None, "agreement_digest": None, "agreed_at": None,
        "created_at": given.datetime.combine(date(2026, 1, 1), given.time(), given.UTC),
    }  # fmt: skip
    return Scorecard(id=new_id(), person_id=person.id, cycle_id=cycle.id, **(fields | spoilt.card))


def _line(card: Scorecard, kpi: Kpi, position: int, weight: str | None) -> ScorecardLine:
    number = None if weight is None else Decimal(weight)
    return ScorecardLine(id=new_id(), scorecard_id=card.id, kpi_id=kpi.id, weight=number, component="kpis", position=position)
