"""The attack notices each sight that is missing, each role missing from one, and each kind of record open to all: otherwise a rule of the
matrix would be proven by nothing.

Reads alone, since they leave the cast as it is. A door belongs to a rule when an honest reading through it asks for that kind of record.
The door that noticed is gone through again with the honest matrix, where it must notice nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chassis.access import EVERYBODY, Sight, Viewer, sight
from kpi_api.access import matrix as kpi_api
from scoring.access import matrix as scoring
from tests.attack.attacking import Attack, Read
from tests.attack.cast import VIEWERS, Cast
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
DECIDE_WRITES = {"kpi_to_change", "kpi_to_measure"}
MUTANTS = [mutant for mutant in mutants() if mutant.record not in DECIDE_WRITES]
SAMPLE = {"kpi_api without person below", "kpi_api kpi open to all", "scoring payout open to all", "scoring without pay_basis self"}


@pytest.fixture(scope="session")
async def asked(cast: Cast) -> dict[str, list[Read]]:
    """By service and kind of record, the doors whose reading asks who sees it; each door is tried by everybody on its first record."""
    found: dict[str, list[Read]] = {}
    for door in READS:
        assert isinstance(door, Read)
        for name in await _asks(cast, door):
            found.setdefault(name, []).append(door)
    return found


async def _asks(cast: Cast, door: Read) -> set[str]:
    names: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        for home in HOMES.values():  # a matrix not met before, so that no condition of sight is remembered from an earlier request
            patch.setattr(home, "MATRIX", replace(home.MATRIX))
        patch.setattr(Viewer, "relations", _noting(Viewer.relations, names))
        records = cast.records[door.kind]
        thing = records[next(iter(door.owners or records))]
        for viewer in VIEWERS:
            await Attack(cast).ask(viewer, door.operation, door.call(thing))
    return names


def _noting(relations: Callable[[Viewer, str], list[str]], names: set[str]) -> Callable[[Viewer, str], list[str]]:
    def noting(viewer: Viewer, record: str) -> list[str]:
        service = "kpi_api" if viewer.matrix is kpi_api.MATRIX else "scoring"
        names.add(f"{service} {record}")
        return relations(viewer, record)

    return noting


@pytest.mark.parametrize("mutant", [pytest.param(m, id=str(m), marks=() if str(m) in SAMPLE else pytest.mark.deep) for m in MUTANTS])
async def test_the_attack_notices(cast: Cast, asked: dict[str, list[Read]], mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    home, doors = HOMES[mutant.service], asked.get(f"{mutant.service} {mutant.record}", [])
    assert doors, "no door asks for this kind of record"
    # Lists and single reads of that very kind first: they notice soonest
    ordered = sorted(doors, key=lambda door: mutant.record not in {door.kind, door.sees})
    with monkeypatch.context() as patch:
        patch.setattr(home, "MATRIX", replace(home.MATRIX, sights=mutant.sights))
        door = await _first_to_notice(cast, ordered)
    assert door, "the attack went through every door and noticed nothing"

    assert (await Attack(cast).run([door])).caught == [], "the door notices something of the honest matrix, too"


async def _first_to_notice(cast: Cast, doors: list[Read]) -> Read | None:
    for door in doors:
        if (await Attack(cast, first_only=True).run([door])).caught:
            return door
    return None
