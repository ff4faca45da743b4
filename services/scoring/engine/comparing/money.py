"""Two plans compared in money: the same people scored by both."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pydantic import BaseModel

from chassis.numbers import Money
from scoring.engine.plan import Plan
from scoring.engine.scoring import score

NOTHING = Decimal(0)


class PaidDifference(BaseModel):
    """One scorecard under both plans. An amount that could not be computed is null, and then there is no difference."""

    scorecard_id: str
    person_id: str
    currency: str | None
    before: Money | None
    after: Money | None
    difference: Money | None


class Sum(BaseModel):
    """Everybody paid in one currency. `failed` counts those whom one of the plans could not compute; they are in no sum."""

    currency: str | None
    people: int
    gain: int
    lose: int
    same: int
    failed: int
    before: Money
    after: Money
    difference: Money


class MoneyDifference(BaseModel):
    """Who gains and who loses, the largest change first, and the sums by currency."""

    sums: list[Sum]
    people: list[PaidDifference]


def money_difference(before: Plan, after: Plan, lines: pa.Table, people: pa.Table) -> MoneyDifference:
    """The same snapshot scored by both plans. Raises SnapshotInvalid."""
    old, new = (_paid(plan, lines, people) for plan in (before, after))
    rows = [_row(row, new[scorecard]) for scorecard, row in old.items()]
    rows.sort(key=lambda row: (-abs(row.difference or NOTHING), row.difference or NOTHING, row.scorecard_id))
    by_currency: dict[str | None, list[PaidDifference]] = defaultdict(list)
    for row in rows:
        by_currency[row.currency].append(row)
    return MoneyDifference(sums=[_sum(currency, by_currency[currency]) for currency in sorted(by_currency, key=str)], people=rows)


def _paid(plan: Plan, lines: pa.Table, people: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["scorecard_id"]: row for row in score(plan, lines, people).people.drop_columns(["steps"]).to_pylist()}


def _row(old: dict[str, Any], new: dict[str, Any]) -> PaidDifference:
    before, after = old["amount"], new["amount"]
    return PaidDifference(
        scorecard_id=old["scorecard_id"],
        person_id=old["person_id"],
        currency=new["currency"] or old["currency"],
        before=before,
        after=after,
        difference=None if before is None or after is None else after - before,
    )


def _sum(currency: str | None, rows: list[PaidDifference]) -> Sum:
    known = [(row.before, row.after) for row in rows if row.before is not None and row.after is not None]
    before, after = (sum((pair[place] for pair in known), NOTHING) for place in (0, 1))
    return Sum(
        currency=currency,
        people=len(rows),
        gain=sum(new > old for old, new in known),
        lose=sum(new < old for old, new in known),
        same=sum(new == old for old, new in known),
        failed=len(rows) - len(known),
        before=before,
        after=after,
        difference=after - before,
    )
