"""Laws between two results: what must stay, double or never fall when the people, the period or the salary change in a known way."""

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.engine import PlanInvalid, load_plan, score
from scoring.engine.rows import Line, Person, tables
from tests.scoring.engine.random_plans import people, plans
from tests.scoring.engine.test_against_oracle import decimals
from tests.scoring.engine.test_plans_against_oracle import snapshot

few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def answered(plan: Any, lines: pa.Table, people: pa.Table, **options: Any) -> tuple[list[Any], list[Any]]:
    """Lines and people of a result, each in one order."""
    result = score(plan, lines, people, **options)
    by_id = [sorted(table.to_pylist(), key=lambda row: (row["scorecard_id"], row.get("line"))) for table in (result.lines, result.people)]
    return by_id[0], by_id[1]


@few
@given(plans(), people, st.integers(0, 10**6))
def test_no_order_and_no_slice_changes_any_plan(document: dict[str, Any], given_people: list[Any], seed: int) -> None:
    """Given any plan, when people and KPI lines are shuffled and computed in other slices, then every value and reason is the same."""
    try:
        plan = load_plan(document)
    except PlanInvalid:
        return
    lines, everybody = snapshot(given_people)
    shuffle = random.Random(seed)  # noqa: S311 - no secret
    mixed = [table.take(pa.array(shuffle.sample(range(table.num_rows), table.num_rows), pa.int64())) for table in (lines, everybody)]
    assert answered(plan, *mixed, slice_lines=1 + seed % 3) == answered(plan, lines, everybody)


PAID = load_plan(
    """
    plan: paid
    inputs: [{name: result, minimum: 0, maximum: 3}]
    steps:
      - name: multiple
        kind: curve
        of: result
        points: [[50%, 25%], [100%, 100%], [100%, 110%], [150%, 200%]]
        above: {slope: 0.5}
        cap: 300%
      - {name: basis, kind: proration, of: salary}
      - {name: bonus, kind: amount, basis: basis, factors: [multiple, 10%]}
      - {name: payable, kind: rounding, of: bonus, to_nearest: minor_unit}
    payout: payable
    """
)
YEAR = {"period_starts_on": date(2025, 1, 1), "period_ends_on": date(2025, 12, 31), "currency": "EUR"}


def steps_of(*persons: dict[str, Any]) -> list[dict[str, Any]]:
    cards = [Person(scorecard_id=f"{place:03}", person_id="p", **(YEAR | person)) for place, person in enumerate(persons)]
    return [row["steps"] for row in score(PAID, *tables([], cards)).people.to_pylist()]


@few
@given(st.lists(decimals(0, 3, 4), min_size=2, max_size=20))
def test_more_never_earns_less_on_a_curve_that_rises(results: list[Decimal]) -> None:
    """Given a curve that never falls, with a jump and a slope beyond its end, then a better result never pays less, to the cent."""
    amounts = [row["payable"] for row in steps_of(*({"salary": 50000, "inputs": {"result": result}} for result in sorted(results)))]
    assert amounts == sorted(amounts)


@few
@given(decimals(0, 10**7, 2), decimals(0, 3, 4))
def test_twice_the_salary_is_twice_the_bonus(salary: Decimal, result: Decimal) -> None:
    """Given any salary and result, then the salary doubled gives exactly the double before rounding, and within a cent after it."""
    one, two = steps_of({"salary": salary, "inputs": {"result": result}}, {"salary": 2 * salary, "inputs": {"result": result}})
    assert two["bonus"] == 2 * one["bonus"]
    assert abs(two["payable"] - 2 * one["payable"]) <= Decimal("0.01")


@few
@given(decimals(0, 10**6, 2), st.integers(0, 364), st.lists(st.integers(1, 364), max_size=4), st.sampled_from(["days", 1, 15, 31]))
def test_splitting_an_assignment_changes_nothing(salary: Decimal, first: int, cuts: list[int], by: Any) -> None:
    """Given an assignment, when it is cut into stretches with nothing changed in them, then days and months come out the same."""
    start, end = date(2025, 1, 1) + timedelta(days=first), date(2025, 12, 31)
    edges = sorted({start, *(day for cut in cuts if (day := date(2025, 1, 1) + timedelta(days=cut)) > start)})
    stretches = [
        {"starts_on": edge, "ends_on": end if later is None else later - timedelta(days=1)}
        for edge, later in zip(edges, [*edges[1:], None], strict=True)
    ]
    step = {"name": "basis", "kind": "proration", "of": "salary", "by": by if by == "days" else {"months_by_day": by}}
    plan = load_plan({"plan": "split", "steps": [step]})
    cards = [
        Person(scorecard_id=name, person_id="p", salary=salary, segments=segments, **YEAR)
        for name, segments in (("whole", [{"starts_on": start, "ends_on": end}]), ("cut", stretches))
    ]
    whole, cut = score(plan, *tables([], cards)).people.to_pylist()
    assert (whole["steps"], whole["reason_code"]) == (cut["steps"], cut["reason_code"])


@few
@given(
    st.lists(decimals(0, 10**4, 3), min_size=1, max_size=12), decimals(0, 10**6, 2), st.lists(st.integers(1, 3), min_size=12, max_size=12)
)
def test_every_groups_parts_add_up_to_its_pool(points: list[Decimal], pool: Decimal, groups: list[int]) -> None:
    """Given claims in points and a pool per group, then each group's shares add up to its pool to the cent, and more points never get less
    than fewer by more than the last cent."""
    plan = load_plan(
        """
        plan: shared
        inputs: [{name: points, minimum: 0}, {name: pool_size, unit: money, minimum: 0}, {name: unit_number}]
        steps: [{name: share, kind: pool, of: points, size: pool_size, per: unit_number, places: 2}]
        payout: share
        """
    )
    cards = [
        Person(
            scorecard_id=f"{place:02}",
            person_id="p",
            currency="EUR",
            inputs={"points": own, "pool_size": pool, "unit_number": groups[place]},
        )
        for place, own in enumerate(points)
    ]
    rows = score(plan, *tables([], cards)).people.to_pylist()
    for group in {groups[place] for place in range(len(points))}:
        members = [(own, row["amount"]) for own, row, number in zip(points, rows, groups, strict=False) if number == group]
        if any(own for own, _ in members):
            assert sum(amount for _, amount in members) == pool
            ordered = sorted(members)
            assert all(later[1] >= earlier[1] - Decimal("0.01") for earlier, later in pairwise(ordered))
        elif pool:
            assert {row["reason_code"] for row, number in zip(rows, groups, strict=False) if number == group} == {"nothing_to_share"}


@few
@given(st.lists(st.tuples(decimals(0, 200, 2), st.sampled_from([Decimal(25), Decimal(50)])), min_size=1, max_size=6), decimals(1, 9, 0))
def test_a_mean_does_not_know_the_unit_of_its_weights(lines: list[tuple[Decimal, Decimal]], factor: Decimal) -> None:
    """Given weights all times the same, then the composite is the same; given every result times the same, the mean is that times it."""
    plan = load_plan("plan: m\nsteps: [{name: mean, kind: weighted_mean, of: actual, places: 6}]\ncomposite: mean")
    rows = [
        Line(scorecard_id=name, line=number, kpi_id=str(number), direction="higher", actual=actual, weight=weight * scale)
        for name, scale in (("one", Decimal(1)), ("many", factor))
        for number, (actual, weight) in enumerate(lines)
    ]
    one, many = score(plan, *tables(rows, [Person(scorecard_id=name, person_id="p") for name in ("one", "many")])).people.to_pylist()
    assert one["composite"] == many["composite"]


@few
@given(plans())
def test_a_plan_written_out_and_read_again_is_the_same_plan(document: dict[str, Any]) -> None:
    """Given any plan, when its canonical form is stored as JSON and read, then it means the same and has the same digest."""
    try:
        plan = load_plan(document)
    except PlanInvalid:
        return
    again = load_plan(plan.document.model_dump_json())
    assert (again.digest, again.meanings) == (plan.digest, plan.meanings)
