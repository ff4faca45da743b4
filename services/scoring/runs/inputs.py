"""From a slice of the snapshot to what the engine reads: by plan version, its lines and its people with their pay facts.

Nearly everybody has one pay basis that holds throughout the run's period: those are joined column by column. The others (joiners, leavers,
changes of pay, gaps) go one by one through `pay_facts`. Both ways give the same rows.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from scoring.engine.snapshot import PEOPLE
from scoring.plans.queries import NO_PLAN, NoPlan
from scoring.runs.pay_facts import Basis, NoPay, PayFacts, Segment, pay_facts
from scoring.runs.storage import BOOKED_AT
from scoring.snapshots.canonical import one
from scoring.snapshots.facts import engine_lines

Period = tuple[date, date]

BOOKING = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("scorecard_id", "person_id")),
        *(pa.field(name, pa.date32()) for name in ("period_start", "period_end")),
        *(pa.field(name, pa.string()) for name in (*BOOKED_AT, "error_code", "error_message")),
    ]
)
FACTS = pa.schema([*PEOPLE, *(field for field in BOOKING if field.name not in PEOPLE.names)])
SEGMENTS = PEOPLE.field("segments").type
PAY = ("salary", "target_bonus_share", "target_bonus_amount")


@dataclass(frozen=True)
class Group:
    """The part of a slice that one plan version scores: the engine's tables, and where each person is booked, in the same order."""

    plan_version_id: UUID
    lines: pa.Table
    people: pa.Table
    booking: pa.Table


def engine_inputs(
    scorecards: pa.Table, period: Period, plans: Sequence[UUID | NoPlan], bases: pa.Table
) -> tuple[list[Group], pa.Table]:
    """The slice by plan version, and the booking of scorecards that cannot be scored, with their errors.

    `period` is the run's: what a full bonus is for. `plans` has one for each scorecard, `bases` is sorted by person and first day.
    """
    facts = _with_plan_errors(_facts(scorecards, period, bases), plans)
    good = pc.is_null(facts["error_code"])
    places: dict[UUID, list[int]] = defaultdict(list)
    for place, (plan, fine) in enumerate(zip(plans, good.to_pylist(), strict=True)):
        if fine and isinstance(plan, UUID):
            places[plan].append(place)
    groups = [_group(scorecards, facts, plan, own) for plan, own in sorted(places.items())]
    return groups, facts.filter(pc.invert(good)).select(BOOKING.names)


def _with_plan_errors(facts: pa.Table, plans: Sequence[UUID | NoPlan]) -> pa.Table:
    """Where there is no plan, that is the error to tell."""
    codes = [plan.code if isinstance(plan, NoPlan) else None for plan in plans]
    if not any(codes):
        return facts
    for name, told in (("error_code", codes), ("error_message", [code and NO_PLAN[code] for code in codes])):
        column = pc.coalesce(pa.array(told, pa.string()), facts[name])
        facts = facts.set_column(facts.schema.get_field_index(name), FACTS.field(name), column)
    return facts


def _group(scorecards: pa.Table, facts: pa.Table, plan: UUID, places: Sequence[int]) -> Group:
    if len(places) < scorecards.num_rows:
        chosen = pa.array(places)
        scorecards, facts = scorecards.take(chosen), facts.take(chosen)
    return Group(plan, engine_lines(scorecards), facts.select(PEOPLE.names), facts.select(BOOKING.names))


def _facts(scorecards: pa.Table, period: Period, bases: pa.Table) -> pa.Table:
    """A row of `FACTS` for each scorecard, in order."""
    owners = one(bases["person_id"]).value_counts()
    found = pc.index_in(one(scorecards["person_id"]), value_set=owners.field("values"))
    counts = np.asarray(owners.field("counts"), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    known, owner = np.asarray(found.is_valid()), np.asarray(found.fill_null(0))
    single = known & (counts[owner] == 1) if len(counts) else known
    basis = bases.take(pa.array(starts[owner], mask=~single))
    plain = single & _holds_throughout(basis, period) & _needs_no_thought(scorecards, basis, period)
    joined = _joined(scorecards.filter(pa.array(plain)), basis.filter(pa.array(plain)), period)
    others = _one_by_one(scorecards.filter(pa.array(~plain)), bases, period)
    order = np.argsort(np.concatenate([np.flatnonzero(plain), np.flatnonzero(~plain)]))
    return pa.concat_tables([joined, others]).take(pa.array(order))


def _holds_throughout(basis: pa.Table, period: Period) -> NDArray[np.bool_]:
    begun = pc.less_equal(basis["valid_from"], period[0])
    goes_on = pc.or_kleene(pc.is_null(basis["valid_to"]), pc.greater(basis["valid_to"], period[1]))
    return np.asarray(pc.fill_null(pc.and_(begun, goes_on), fill_value=False))


def _needs_no_thought(scorecards: pa.Table, basis: pa.Table, period: Period) -> NDArray[np.bool_]:
    """Every segment counts and names its full-time equivalent, or the basis names none; without segments, the whole period is meant."""
    lists = one(scorecards["segments"])
    flat, owner = pc.list_flatten(lists), np.asarray(pc.list_parent_indices(lists))
    length = np.asarray(pc.fill_null(pc.list_value_length(lists), 0))
    not_counted = np.asarray(pc.fill_null(pc.invert(flat.field("counted")), fill_value=False))
    uncounted = np.bincount(owner, weights=not_counted, minlength=len(length))
    unsaid = np.bincount(owner, weights=np.asarray(flat.field("fte").is_null()), minlength=len(length))
    same = pc.and_(pc.equal(scorecards["period_start"], period[0]), pc.equal(scorecards["period_end"], period[1]))
    whole = np.asarray(lists.is_null()) & np.asarray(same)
    no_fte = np.asarray(basis["fte"].is_null())
    told: NDArray[np.bool_] = (length > 0) & (uncounted == 0) & ((unsaid == 0) | no_fte)
    without: NDArray[np.bool_] = whole & no_fte
    return np.logical_or(told, without)


def _joined(scorecards: pa.Table, basis: pa.Table, period: Period) -> pa.Table:
    """Scorecards beside their one basis."""
    count = scorecards.num_rows
    columns = {
        **{name: scorecards[name] for name in ("scorecard_id", "person_id", "rating", "period_start", "period_end")},
        **{name: basis[name] for name in ("currency", *PAY, *BOOKED_AT)},
        "period_starts_on": pa.array([period[0]] * count, pa.date32()),
        "period_ends_on": pa.array([period[1]] * count, pa.date32()),
        "segments": _renamed(one(scorecards["segments"])),
        "error_code": pa.nulls(count, pa.string()),
        "error_message": pa.nulls(count, pa.string()),
    }
    return pa.table({name: columns[name] for name in FACTS.names}, schema=FACTS)


def _renamed(segments: pa.Array) -> pa.Array:
    """Segments of the snapshot as those of the engine, which carry no pay of their own here."""
    flat = pc.list_flatten(segments)
    given = {"starts_on": flat.field("from"), "ends_on": flat.field("to"), "fte": flat.field("fte")}
    fields = list(SEGMENTS.value_type)
    values = pa.StructArray.from_arrays([given.get(field.name, pa.nulls(len(flat), field.type)) for field in fields], fields=fields)
    offsets = np.concatenate([[0], np.cumsum(np.asarray(pc.fill_null(pc.list_value_length(segments), 0)))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=SEGMENTS, mask=segments.is_null())


def _one_by_one(scorecards: pa.Table, bases: pa.Table, period: Period) -> pa.Table:
    people = one(scorecards["person_id"])
    own: dict[str, list[Basis]] = defaultdict(list)
    for row in bases.filter(pc.is_in(bases["person_id"], value_set=people)).to_pylist():
        own[row.pop("person_id")].append(Basis(**row))
    rows = scorecards.drop_columns(["lines"]).to_pylist()
    facts = [pay_facts(list(_segments(row, period)), own[row["person_id"]]) for row in rows]
    return pa.Table.from_pylist([_row(row, found, period) for row, found in zip(rows, facts, strict=True)], schema=FACTS)


def _segments(row: Mapping[str, Any], period: Period) -> Iterator[Segment]:
    """The counted days within the run's period, in order; without segments, those of the scorecard."""
    given = row["segments"]
    if given is None:
        given = [{"from": row["period_start"], "to": row["period_end"], "fte": None, "counted": True}]
    for part in sorted(given, key=lambda part: part["from"]):
        first, last = max(part["from"], period[0]), min(part["to"], period[1])
        if part["counted"] is not False and first <= last:
            yield Segment(first, last, part["fte"])


def _row(row: Mapping[str, Any], facts: PayFacts | NoPay, period: Period) -> dict[str, Any]:
    common = {name: row[name] for name in ("scorecard_id", "person_id", "rating", "period_start", "period_end")}
    common |= {"period_starts_on": period[0], "period_ends_on": period[1]}
    if isinstance(facts, NoPay):
        return {**common, "error_code": facts.code, "error_message": facts.message}
    # The engine takes a person without segments as assigned throughout; somebody with no counted day gets one that lies outside the period.
    outside = period[1] + timedelta(days=1)
    segments = facts.segments or [{"starts_on": outside, "ends_on": outside}]
    return {**common, **{name: getattr(facts.last, name) for name in ("currency", *PAY, *BOOKED_AT)}, "segments": segments}
