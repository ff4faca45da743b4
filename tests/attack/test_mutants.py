"""The attack notices each sight that is missing, each role missing from one, and each kind of record open to all: otherwise a rule of the
matrix would be proven by nothing.

Reads alone, since they leave the cast as it is. A door belongs to a rule when an honest reading through it asks for that kind of record.
Before a mutant, everybody goes through the same door with the honest matrix, and nothing may be wrong.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chassis.access import EVERYBODY, Sight, Viewer, sight
from kpi_api.access import matrix as kpi_api
from scoring.access import matrix as scoring
from tests.attack.attacking import Attack, Read
from tests.attack.cast import Cast
from tests.attack.doors import READS

HOMES: dict[str, Any] = {"kpi_api": kpi_api, "scoring": scoring}


@dataclass(frozen=True)
class Mutant:
    """A service's matrix with one sight changed."""

    service: str
    what: str
    record: str
    sights: tuple[Sight, ...]

    def __str__(self) -> str:
        return f"{self.service} {self.what}"


def mutants() -> Iterator[Mutant]:
    """Each sight left out, each role left out of a sight that several have, and each kind of record shown to everybody."""
    for service, home in HOMES.items():
        honest: tuple[Sight, ...] = home.MATRIX.sights
        for rule in honest:
            yield Mutant(service, f"without {rule.record} {rule.relation}", rule.record, tuple(kept for kept in honest if kept is not rule))
            for role in sorted(rule.roles) if len(rule.roles) > 1 else ():
                fewer = replace(rule, roles=rule.roles - {role})
                sights = tuple(fewer if kept is rule else kept for kept in honest)
                yield Mutant(service, f"without {rule.record} {rule.relation} for {role}", rule.record, sights)
        for record in sorted({rule.record for rule in honest}):
            yield Mutant(service, f"{record} open to all", record, (*honest, sight(record, EVERYBODY)))


# Sights by which only writing decides; the attack of writes has their doors.
DECIDE_WRITES = {"kpi_to_change", "kpi_to_measure", "kpi_voice"}
MUTANTS = [mutant for mutant in mutants() if mutant.record not in DECIDE_WRITES]
SAMPLE = {"kpi_api without person below", "kpi_api kpi open to all", "scoring payout open to all", "scoring without pay_basis self"}


ASKED_BY = ("employee", "manager", "hr", "comp")


@dataclass
class Honest:
    """The doors with the honest matrix, each gone through once, since reads change nothing."""

    cast: Cast
    asked: dict[int, set[str]] = field(default_factory=dict)
    wrong: dict[int, list[str]] = field(default_factory=dict)

    async def asks_for(self, door: Read) -> set[str]:
        """The kinds of record, by service and name, of which a reading of the door's first record asks who sees them."""
        if id(door) not in self.asked:
            self.asked[id(door)] = names = set[str]()
            records = self.cast.records[door.kind]
            thing = records[next(iter(door.owners or records))]
            with pytest.MonkeyPatch.context() as patch:
                for home in HOMES.values():  # a matrix not met before, so that no condition of sight is remembered from an earlier request
                    patch.setattr(home, "MATRIX", replace(home.MATRIX))
                patch.setattr(Viewer, "relations", _noting(Viewer.relations, names))
                for viewer in ASKED_BY:
                    await Attack(self.cast).ask(viewer, door.operation, door.call(thing))
        return self.asked[id(door)]

    async def wrong_at(self, door: Read) -> list[str]:
        """The control: what the whole attack finds at this door."""
        if id(door) not in self.wrong:
            self.wrong[id(door)] = (await Attack(self.cast).run([door])).wrong
        return self.wrong[id(door)]


def _noting(relations: Callable[[Viewer, str], list[str]], names: set[str]) -> Callable[[Viewer, str], list[str]]:
    def noting(viewer: Viewer, record: str) -> list[str]:
        service = "kpi_api" if viewer.matrix is kpi_api.MATRIX else "scoring"
        names.add(f"{service} {record}")
        return relations(viewer, record)

    return noting


@pytest.fixture(scope="session")
def honest(cast: Cast) -> Honest:
    return Honest(cast)


def nearest_first(service: str, record: str) -> list[Read]:
    """Doors to that very kind of record first, REST before the graph, which answers more at a time: they notice soonest."""

    def distance(door: Read) -> tuple[bool, bool, bool]:
        graph = door.operation.startswith("graphql")
        return record not in {door.kind, door.sees}, not door.operation.startswith(service) and not graph, graph

    return sorted((door for door in READS if isinstance(door, Read)), key=distance)


@pytest.mark.parametrize("mutant", [pytest.param(m, id=str(m), marks=() if str(m) in SAMPLE else pytest.mark.deep) for m in MUTANTS])
async def test_the_attack_notices(honest: Honest, mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    home, tried = HOMES[mutant.service], []
    mutated = replace(home.MATRIX, sights=mutant.sights)
    for door in nearest_first(mutant.service, mutant.record):
        if f"{mutant.service} {mutant.record}" not in await honest.asks_for(door):
            continue
        assert await honest.wrong_at(door) == []
        with monkeypatch.context() as patch:
            patch.setattr(home, "MATRIX", mutated)
            tally = await Attack(honest.cast, first_only=True).run([door])
        assert tally.broken == []
        if tally.caught:
            return
        tried.append(door.operation)
    pytest.fail(f"the attack went through these doors and noticed nothing: {tried}")
