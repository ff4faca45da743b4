"""Each permit taken from each role that has it, and each sight that decides who writes, is missed: somebody who could can no more.

A request counts as let in when it is answered otherwise than by "not allowed" or "not found": what was done already may conflict.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chassis.access import EVERYBODY, Sight, Viewer, sight
from tests.attack.attacking import Attack, Door, Write
from tests.attack.cast import VIEWERS, Cast, Thing
from tests.attack.doors import READS, WRITES, people_writes
from tests.attack.expected import STANDS_IN_FOR, may_change_kpi
from tests.attack.staging import make_cast
from tests.attack.test_mutants import DECIDE_WRITES, HOMES
from tests.world import World

pytestmark = pytest.mark.deep

HOLDERS = {
    "hr_admin": ("hr",), "comp_admin": ("comp", "second"), "payroll": ("payroll",), "auditor": ("auditor",), "board": ("board",),
    "integration": ("key",), "executive": ("regent",), "service": ("service",),
}  # fmt: skip
REFUSED = (
    '"code":"not_allowed"', '"code":"not_found"', '"code":"unknown_', '"code":"not_your', '"code":"period_closed"',
    '"code":"not_collaborative"',
)  # fmt: skip


def let_in(answer: httpx.Response) -> bool:
    return answer.status_code not in {401, 403, 404} and not any(code in answer.text for code in REFUSED)


async def things(cast: Cast, door: Door) -> list[Thing]:
    """What a door may be tried on: made anew where it makes its own, else every record of its kind."""
    records = list(cast.records.get(door.kind, {"": {"id": "new"}}).values())
    if isinstance(door, Write) and door.prepare:
        try:
            return [await door.prepare(cast, cast.records.get(door.kind, {}).get(door.owner, records[0]))]
        except AssertionError:  # the cast stands where it cannot begin any more; other doors ask for the same
            return []
    return records


async def a_draft(cast: Cast, thing: Thing) -> Thing:
    """A draft of somebody new who has nobody above them, so that HR and the board act on it."""
    name = uuid4().hex[:12]
    await cast.home.post("founder", "/v1/people", external_id=name, given_name="A", family_name="B", hire_date="2024-01-01")
    return {"id": (await cast.home.post("hr", "/v1/scorecards", person_external_id=name, cycle_code="2026"))["id"]}


LINES = "PUT /v1/scorecards/{scorecard_id}/lines"
DRAFT = people_writes.write(
    LINES, "scorecard", {"lines": []}, path="/v1/scorecards/{id}/lines", permit="scorecard.edit", star=True, prepare=a_draft
)


@pytest.fixture(scope="module")
async def cast(world: World) -> Cast:
    """A cast of this module's own, since it is written over."""
    return await make_cast(world)


@pytest.fixture(scope="module")
async def asked(cast: Cast) -> dict[str, list[Door]]:
    """By service and permit, the doors that ask for it."""
    found: dict[str, list[Door]] = {}
    for door in (DRAFT, *WRITES, *READS):
        for name in await _asks(cast, door):
            found.setdefault(name, []).append(door)
    return found


async def _asks(cast: Cast, door: Door) -> set[str]:
    names: set[str] = set()
    found = await things(cast, door)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Viewer, "may", _noting(Viewer.may, names))
        # The chief executive's own, too: there the board acts.
        chiefs = cast.records.get(door.kind, {}).get("chief")
        for thing in [*found[:1], *([chiefs] if chiefs and not getattr(door, "prepare", None) else [])]:
            for viewer in ("hr", "comp", "board") if isinstance(door, Write) else ("employee",):
                await Attack(cast).ask(viewer, door.operation, door.call(thing))
    return names


def _noting(may: Callable[[Viewer, str], bool], names: set[str]) -> Callable[[Viewer, str], bool]:
    def noting(viewer: Viewer, permit: str) -> bool:
        names.add(f"{'kpi_api' if viewer.matrix is HOMES['kpi_api'].MATRIX else 'scoring'} {permit}")
        return may(viewer, permit)

    return noting


def permits() -> Iterator[Any]:
    for service, home in HOMES.items():
        for permit, roles in home.PERMITS.items():
            for role in roles:
                yield pytest.param(service, permit, role, id=f"{service} {permit} without {role}")


@pytest.mark.parametrize(("service", "permit", "role"), list(permits()))
async def test_each_permit_taken_away_is_missed(
    cast: Cast, asked: dict[str, list[Door]], service: str, permit: str, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = HOMES[service]
    honest = home.MATRIX
    mutated = replace(honest, permits={**honest.permits, permit: honest.permits[permit] - {role}})
    tried = []
    for door in asked.get(f"{service} {permit}", []):
        for viewer in HOLDERS[role]:
            for thing in await things(cast, door):
                monkeypatch.setattr(home, "MATRIX", mutated)
                denied = await Attack(cast).ask(viewer, door.operation, door.call(thing))
                monkeypatch.setattr(home, "MATRIX", honest)
                if let_in(denied):
                    continue
                allowed = await Attack(cast).ask(viewer, door.operation, door.call(thing))
                if let_in(allowed):
                    return
                tried.append((door.operation, viewer, allowed.status_code, allowed.text[:120]))
    pytest.fail(f"nobody missed it; tried {tried[:8]}")


def written_sights(*, without: bool) -> Iterator[Any]:
    """The sights that decide who writes, each left out, or each kind open to all."""
    honest: tuple[Sight, ...] = HOMES["kpi_api"].MATRIX.sights
    rules = [rule for rule in honest if rule.record in DECIDE_WRITES]
    for rule in rules if without else ():
        yield pytest.param(tuple(kept for kept in honest if kept is not rule), id=f"without {rule.record} {rule.relation}")
        for role in sorted(rule.roles) if len(rule.roles) > 1 else ():
            fewer = replace(rule, roles=rule.roles - {role})
            kept_but_one = tuple(fewer if kept is rule else kept for kept in honest)
            yield pytest.param(kept_but_one, id=f"without {rule.record} {rule.relation} for {role}")
    for record in () if without else sorted({rule.record for rule in rules}):
        yield pytest.param((*honest, sight(record, EVERYBODY)), id=f"{record} open to all")


# What is asked of every KPI by everybody: its targets, a value of it, and to agree to it.
KPI_WRITES = [
    next(door for door in WRITES if (door.operation, door.kind) == (operation, "kpi"))
    for operation in ("kpi_api PUT /v1/kpis/{kpi_id}/targets", "kpi_api POST /v1/measurements")
]
# Agreeing to terms that nobody has read: who may agree is told that they changed, everybody else that it is not theirs to say.
OTHER_TERMS = people_writes.send("POST", "/v1/kpis/{id}/collaboration/agreement", {"digest": "sha256:other"})
KPI_WRITES.append(replace(KPI_WRITES[0], operation="kpi_api POST /v1/kpis/{kpi_id}/collaboration/agreement", call=OTHER_TERMS))


Cell = tuple[Door, str, str]


def kpi_cells(cast: Cast) -> list[Cell]:
    """Which door, by whom, to which KPI."""
    return [(door, viewer, code) for door in KPI_WRITES for code in cast.records["kpi"] for viewer in VIEWERS]


async def writes(cast: Cast, cell: Cell) -> bool:
    door, viewer, code = cell
    return let_in(await Attack(cast).ask(viewer, door.operation, door.call(cast.records["kpi"][code])))


@pytest.fixture(scope="module")
async def writers(cast: Cast) -> set[Cell]:
    """The control: where somebody is let in with the honest matrix, the second time as the first, since values are there by then."""
    found: list[set[Cell]] = [{cell for cell in kpi_cells(cast) if await writes(cast, cell)} for _ in range(2)]
    assert found[0] == found[1]
    return found[0]


def test_whoever_stands_in_writes_as_the_manager_does(writers: set[Cell]) -> None:
    for deputy, manager in STANDS_IN_FOR.items():
        mine = {(door, code) for door, viewer, code in writers if viewer == deputy}
        theirs = {(door, code) for door, viewer, code in writers if viewer == manager and code != manager}
        assert mine == theirs
    assert all(may_change_kpi(viewer, "vision", None, "vale") for door, viewer, code in writers if code == "vision")


@pytest.mark.parametrize("sights", list(written_sights(without=True)))
async def test_each_sight_that_decides_writing_is_missed(
    cast: Cast, writers: set[Cell], sights: tuple[Sight, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = HOMES["kpi_api"]
    monkeypatch.setattr(home, "MATRIX", replace(home.MATRIX, sights=sights))
    for cell in kpi_cells(cast):
        if cell in writers and not await writes(cast, cell):
            return
    pytest.fail("everybody writes as before")


@pytest.mark.parametrize("sights", list(written_sights(without=False)))
async def test_each_sight_that_decides_writing_is_noticed_when_open(
    cast: Cast, writers: set[Cell], sights: tuple[Sight, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = HOMES["kpi_api"]
    monkeypatch.setattr(home, "MATRIX", replace(home.MATRIX, sights=sights))
    for cell in kpi_cells(cast):
        if cell not in writers and await writes(cast, cell):
            return
    pytest.fail("nobody writes but those who did")
