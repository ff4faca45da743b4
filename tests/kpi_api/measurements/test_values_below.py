"""What PostgreSQL adds up of the KPIs below is what Python adds up of each: every way to combine, ties of rounding, corrections, nulls."""

from decimal import Decimal

import pytest

from chassis.identifiers import new_id
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.measurements.models import Measurement
from kpi_api.measurements.queries import actuals
from kpi_api.measurements.values_below import values_below
from tests.kpi_api import given
from tests.world import Organization

# (value) or (numerator, denominator) of months; a second value of a month corrects the first.
VALUES = [
    ("total", "USD", [(1, "0.1"), (2, "0.25"), (2, "0.35"), (3, "-4")]),
    ("mean", "USD", [(1, "1"), (2, "0"), (3, "0"), (4, "0"), (5, "0"), (6, "0"), (7, "1")]),
    ("mean", "USD", [(1, "-0.000000000001"), (2, "0")]),  # a tie, away from zero
    ("mean", "USD", [(1, "0.000000000003"), (2, "0")]),
    ("last", "USD", [(3, "7"), (1, "5")]),
    ("ratio_of_sums", "percent", [(1, ("1", "3")), (2, ("1", "4"))]),
    ("ratio_of_sums", "USD", [(1, ("-1", "3")), (2, ("-1", "-6"))]),
    ("ratio_of_sums", "percent", [(1, ("1", "0"))]),
    ("share_of_periods_met", "USD", [(1, "10"), (2, "9.99"), (3, "11")]),
    ("counted", "USD", [(1, ("12", "15")), (2, ("10", "14")), (2, ("11", "14"))]),
    ("total", "USD", []),
]
TWO_PARTS = [{"code": code, "name": code, "unit": "USD", "direction": "higher"} for code in ("main", "quality")]
"""Of the first, `main`, what also meets the second counts."""


@pytest.fixture
async def kpis(organization: Organization) -> tuple[Kpi, list[Kpi]]:
    """A KPI with one below it for each list of values."""
    cycle, ann = given.a_cycle(), given.a_person("ann")
    top_definition, top_version = given.a_definition("top")
    top, rows, below = given.a_kpi(top_version, cycle, ann), [], []
    for n, (combine, unit, values) in enumerate(VALUES):
        facts = {"combine": "total", "combine_parts": "count", "parts": TWO_PARTS} if combine == "counted" else {"combine": combine}
        definition, version = given.a_definition(f"d{n}", unit=unit, **facts)
        below.append(kpi := given.a_kpi(version, cycle, ann))
        link = Contribution(id=new_id(), child_id=kpi.id, parent_id=top.id, weight=Decimal(n + 1))
        rows += [definition, version, kpi, given.a_target(kpi, "10", unit=unit), link, *measured(kpi, values)]
    await given.store(organization, cycle, ann, top_definition, top_version, top, given.a_target(top, "1"), *rows)
    return top, below


def measured(kpi: Kpi, values: list[tuple[int, object]]) -> list[Measurement]:
    rows: list[Measurement] = []
    for month, amount in values:
        start = given.date(2026, month, 1)
        value, pair = (None, amount) if isinstance(amount, tuple) else (Decimal(str(amount)), (None, None))
        revision = 1 + sum(row.period_start == start for row in rows)
        rows.append(Measurement(
            id=new_id(), kpi_id=kpi.id, part="main", period_start=start, period_end=given.date(2026, month, 28), revision=revision,
            value=value, numerator=pair[0] and Decimal(pair[0]), denominator=pair[1] and Decimal(pair[1]), source="s",
            source_record_id=None, provenance="system", recorded_by="r", recorded_at=given.datetime(2026, 12, 1, tzinfo=given.UTC),
            after_closing=False,
        ))  # fmt: skip
    return rows


@pytest.mark.parametrize("n", range(len(VALUES)))
async def test_sql_and_python_combine_alike(organization: Organization, kpis: tuple[Kpi, list[Kpi]], n: int) -> None:
    top, below = kpis
    others = [kpi.id for place, kpi in enumerate(below) if place != n]
    async with organization.world.kpi_api.database.read(organization.id) as session:
        (row,) = await values_below(session, [top.id], others)
        expected = (await actuals(session, [below[n].id]))[below[n].id]["main"].actual
    value = row["total"] if row["counted"] else None
    assert value == expected
    assert row["weighted"] == (expected or 0) * (n + 1)
    assert (row["counted"], row["missing"]) == ((1, 0) if expected is not None else (0, 1))
    assert row["missing_ids"] == (None if expected is not None else [below[n].id])


async def test_together_they_are_one_row(organization: Organization, kpis: tuple[Kpi, list[Kpi]]) -> None:
    top, below = kpis
    async with organization.world.kpi_api.database.read(organization.id) as session:
        (row,) = await values_below(session, [top.id], [])
        each = [(await actuals(session, [kpi.id]))[kpi.id]["main"].actual for kpi in below]
    assert row["total"] == sum(value for value in each if value is not None)
    assert (row["counted"], row["missing"]) == (9, 2)
    assert (row["first_unit"], row["last_unit"], row["several_parts"], row["additive"]) == ("USD", "percent", False, False)
    assert set(row["missing_ids"]) == {below[7].id, below[10].id}
