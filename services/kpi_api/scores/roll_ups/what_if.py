"""What would follow if some KPIs came to something else: which KPIs above change, from what to what, and which depend on them without an
amount. Everything is worked out from what is known now; nothing is written.

Effects stop at a KPI that is measured by itself: it is named with the weight of what leads to it. A value does not move attainments, nor an
attainment values: what an attainment follows from only scoring knows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import FieldError, Invalid
from kpi_api.cascade.levels import LEVELS
from kpi_api.cascade.models import KpiTarget
from kpi_api.cascade.queries import kpi_facts, targets
from kpi_api.scores.roll_ups import words
from kpi_api.scores.roll_ups.arithmetic import Own, Rolled
from kpi_api.scores.roll_ups.schemas import Because, Dependence, Effect, SupposedChange, WhatIf, WhatWould
from kpi_api.scores.roll_ups.shared_results import named, precisions_of
from kpi_api.scores.roll_ups.tree import Cascade, Outcome, load_cascade, outcome, without

_ABOVE: Final = """
    WITH RECURSIVE above (id) AS (
      SELECT unnest($2::uuid[])
      UNION
      SELECT c.parent_id FROM above
      CROSS JOIN LATERAL (SELECT parent_id FROM contributions WHERE organization_id = $1 AND child_id = above.id OFFSET 0) c
    )
    SELECT c.child_id, c.parent_id, c.weight FROM above
    CROSS JOIN LATERAL (SELECT * FROM contributions WHERE organization_id = $1 AND child_id = above.id OFFSET 0) c
    JOIN kpis k ON k.organization_id = $1 AND k.id = c.parent_id AND k.status = 'active'
"""
_WEIGHTS: Final = """
    SELECT c.parent_id, sum(c.weight) FROM contributions c
    JOIN kpis k ON k.organization_id = $1 AND k.id = c.child_id AND k.status = 'active'
    WHERE c.organization_id = $1 AND c.parent_id = ANY ($2::uuid[])
    GROUP BY c.parent_id
"""
REACHES_UP: Final = {"at_least", "above"}


class ChangesRefused(Invalid):
    """What was supposed cannot be worked out; `errors` says why, change by change."""

    code, title = "changes_refused", "The changes cannot be worked out"


class _Step(NamedTuple):
    child_id: UUID
    parent_id: UUID
    weight: Decimal


@dataclass(frozen=True)
class _Supposed:
    """The changes as values and attainments by KPI, and how each reads."""

    values: Mapping[UUID, Own]
    attainments: Mapping[UUID, Own]
    words: Sequence[str]


async def what_if(viewer: Viewer, session: ReadSession, cycle_id: UUID, given: WhatIf) -> WhatWould:
    """Work it out. Raises ChangesRefused: unknown_kpi, named_twice, missed_needs_value."""
    changed = [change.kpi_id for change in given.changes]
    steps = await _steps_above(session, changed)
    facts = await kpi_facts(viewer, session, {*changed, *(step.parent_id for step in steps)})
    _require_known(given.changes, facts, cycle_id)
    whole = [id_ for id_, row in facts.items() if row.whole]
    cascade = await load_cascade(session, {*changed, *(step.parent_id for step in steps)}, apart=changed)
    precisions = await precisions_of(session, whole)
    supposed = await _suppose(session, given.changes, facts, cascade, precisions)
    before = outcome(cascade, accept_missing=given.accept_missing, once=given.once)
    after = outcome(_as_if(cascade, supposed), accept_missing=given.accept_missing, once=given.once)
    above = sorted({step.parent_id for step in steps} - set(changed), key=lambda id_: _order(id_, facts))
    effects = [effect for id_ in above if id_ in facts and facts[id_].whole and (effect := _effect(facts[id_], cascade, before, after))]
    depends = await _depends(session, [step for step in steps if step.parent_id not in set(changed)], facts, effects, after)
    return WhatWould(effects=effects, depends=depends, sentence=_sentence(supposed.words, effects, depends, facts, precisions))


def _order(id_: UUID, facts: Mapping[UUID, Any]) -> tuple[Any, ...]:
    return (LEVELS.index(facts[id_].Kpi.level), facts[id_].Kpi.name, id_) if id_ in facts else (len(LEVELS), "", id_)


async def _steps_above(session: ReadSession, kpi_ids: Collection[UUID]) -> list[_Step]:
    driver = await session.driver()
    return [_Step(*row) for row in await driver.fetch(_ABOVE, session.organization_id, list(kpi_ids))]


def _require_known(changes: Sequence[SupposedChange], facts: Mapping[UUID, Any], cycle_id: UUID) -> None:
    errors, first = [], dict[UUID, int]()
    for n, change in enumerate(changes):
        row = facts.get(change.kpi_id)
        if row is None or not row.whole or row.Kpi.status != "active" or row.Kpi.cycle_id != cycle_id:
            errors.append(_error(n, "kpi_id", "unknown_kpi", "There is no such active KPI of this cycle that you see whole."))
        elif change.kpi_id in first:
            errors.append(_error(n, "kpi_id", "named_twice", f"/changes/{first[change.kpi_id]} names the same KPI."))
        first.setdefault(change.kpi_id, n)
    _refuse(errors)


def _error(n: int, field: str, code: str, message: str) -> FieldError:
    return FieldError(field=f"/changes/{n}/{field}", code=code, message=message)


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise ChangesRefused(errors[0].message, errors=errors)


async def _suppose(
    session: ReadSession, changes: Sequence[SupposedChange], facts: Mapping[UUID, Any], cascade: Cascade, precisions: Mapping[UUID, int]
) -> _Supposed:
    aims = await targets(session, [change.kpi_id for change in changes])
    mains = {id_: next((target for target in own if target.part == "main"), None) for id_, own in aims.items()}
    _refuse([
        _error(n, "missed", "missed_needs_value", "Nothing is the best this KPI can come to: give the value that it would miss with.")
        for n, change in enumerate(changes)
        if change.missed and (main := mains[change.kpi_id]) and main.comparison not in REACHES_UP
    ])  # fmt: skip
    names = words.told_names((change.kpi_id, facts[change.kpi_id].Kpi.name, facts[change.kpi_id].unit_name) for change in changes)
    units = {change.kpi_id: cascade.unit_of(change.kpi_id) for change in changes}
    values = {c.kpi_id: Own(Decimal(0) if c.missed else c.value, units[c.kpi_id]) for c in changes if c.missed or c.value is not None}
    attained = {c.kpi_id: Own(Decimal(0) if c.missed else c.attainment) for c in changes if c.missed or c.attainment is not None}
    told = [_told(change, names[change.kpi_id], mains[change.kpi_id], units, precisions) for change in changes]
    return _Supposed(values, attained, told)


def _told(
    change: SupposedChange, name: str, main: KpiTarget | None, units: Mapping[UUID, str | None], precisions: Mapping[UUID, int]
) -> str:
    places = precisions[change.kpi_id]
    if change.missed:
        return f"{name} is missed (0 of {words.number(main.value, places)})" if main else f"{name} is missed"
    if change.value is not None:
        return f"{name} comes to {words.amount(change.value, units[change.kpi_id], places)}"
    return f"{name} attains {words.number((change.attainment or Decimal()) * 100, 2)} % of its target"


def _as_if(cascade: Cascade, supposed: _Supposed) -> Cascade:
    return replace(
        cascade,
        values=without(cascade.values, supposed.values),
        raw=without(cascade.raw, supposed.attainments),
        capped=without(cascade.capped, supposed.attainments),
    )


def _effect(row: Any, cascade: Cascade, before: Outcome, after: Outcome) -> Effect | None:
    """What changes of a KPI that rolls up; null where nothing does or no amount is known."""
    kpi = row.Kpi
    if kpi.id not in cascade.rolled:
        return None
    one, other = (_of(kpi.roll_up_of, outcomes).get(kpi.id, Rolled(None)) for outcomes in (before, after))
    if one.value is None or other.value is None or one.value == other.value:
        return None
    share = words.percent(one.value, other.value) if one.value else None
    return Effect(
        kpi=named(kpi),
        of=kpi.roll_up_of,
        before=one.value,
        after=other.value,
        change=other.value - one.value,
        change_percent=share if share is None or other.value > one.value else -share,
        unit=cascade.rolled[kpi.id].unit if kpi.roll_up_of == "values" else None,
        complete=other.complete,
    )


def _of(what: str, found: Outcome) -> Mapping[UUID, Rolled]:
    """Attainments are told as they are, not capped."""
    return found.values if what == "values" else found.raw


async def _depends(
    session: ReadSession, steps: Iterable[_Step], facts: Mapping[UUID, Any], effects: Sequence[Effect], after: Outcome
) -> list[Dependence]:
    moved = {effect.kpi.id for effect in effects}
    seen = [step for step in steps if step.parent_id not in moved and step.parent_id in facts and step.child_id in facts]
    driver = await session.driver()
    weights = dict(await driver.fetch(_WEIGHTS, session.organization_id, [step.parent_id for step in seen]))
    seen.sort(key=lambda step: (_order(step.parent_id, facts), _order(step.child_id, facts)))
    return [
        Dependence(
            kpi=named(facts[step.parent_id].Kpi),
            through=named(facts[step.child_id].Kpi),
            weight=step.weight,
            of_weights=weights[step.parent_id] if facts[step.parent_id].whole else None,
            because=_because(facts[step.parent_id], after),
        )
        for step in seen
    ]


def _because(row: Any, after: Outcome) -> Because:
    if not row.whole:
        return "not_seen_whole"
    if row.Kpi.roll_up == "measured":
        return "measured"
    return "no_value" if _of(row.Kpi.roll_up_of, after)[row.Kpi.id].value is None else "below_is_measured"


WHY: Final[Mapping[Because, str]] = {
    "measured": "measured by itself, so no amount",
    "no_value": "it has no value now, so no amount",
    "below_is_measured": "what it follows from is measured by itself",
    "not_seen_whole": "its value is not yours to see",
}


def _sentence(
    changes: Sequence[str],
    effects: Sequence[Effect],
    depends: Sequence[Dependence],
    facts: Mapping[UUID, Any],
    precisions: Mapping[UUID, int],
) -> str:
    names = words.told_names((id_, row.Kpi.name, row.unit_name) for id_, row in facts.items())
    moved = "; ".join(f"{names[effect.kpi.id]} {_moves(effect, precisions)}" for effect in effects)
    first = f"If {words.listed(changes)}, {moved or 'no amount above changes'}."
    return " ".join([first, *(f"{_leans(one, names)}." for one in depends)])


def _moves(effect: Effect, precisions: Mapping[UUID, int]) -> str:
    if effect.of == "values":
        return words.change(effect.before, effect.after, effect.unit, precisions[effect.kpi.id])
    before, after = effect.before * 100, effect.after * 100
    return words.change(before, after, "% of its target", 2)


def _leans(one: Dependence, names: Mapping[UUID, str]) -> str:
    of = f" of {words.number(one.of_weights, 12)}" if one.of_weights is not None else ""
    weight = f"weight {words.number(one.weight, 12)}{of}"
    return f"{names[one.kpi.id]} depends on {names[one.through.id]} with {weight}; {WHY[one.because]}"
