"""From the engine's answer, or the reason why there is none, to the columns of computed lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from chassis.identifiers import new_id
from chassis.numbers import minor_digits
from scoring.engine import Plan, Result
from scoring.engine.snapshot import DECIMAL
from scoring.runs.storage import COMPUTED


@dataclass(frozen=True)
class Failure:
    """Why the engine's answer for a scorecard is no payout."""

    code: str
    message: str


NO_PAYOUT = Failure("no_payout", "The plan names no payout: it scores and pays nothing.")
NOT_ROUNDED = Failure("not_rounded", "The plan's payout has more digits than the currency has. Round it in the plan.")


def failed_lines(number: int, booking: pa.Table) -> pa.Table:
    """Computed lines of scorecards that never reached the engine."""
    return _table(number, None, booking, {})


def scored_lines(number: int, plan_version_id: UUID, plan: Plan, booking: pa.Table, result: Result) -> pa.Table:
    """Computed lines of scorecards that the engine answered for; `result.people` stands in their order."""
    people = result.people
    ids: list[str] = people["scorecard_id"].to_pylist()
    failures = dict.fromkeys(ids, NO_PAYOUT) if plan.document.payout is None else dict.fromkeys(_unrounded(people), NOT_ROUNDED)
    failures |= _failures(result)
    own = [failures.get(id_) for id_ in ids] if failures else [None] * len(ids)
    failed = pa.array([failure is not None for failure in own], pa.bool_())
    return _table(
        number,
        plan_version_id,
        booking,
        {
            "composite": pc.cast(people["composite"], DECIMAL),
            "payout": pc.if_else(failed, None, pc.cast(people["amount"], DECIMAL)),
            "currency": people["currency"].cast(pa.string()),
            "reason_code": people["reason_code"].cast(pa.string()),
            "error_code": pa.array([failure and failure.code for failure in own], pa.string()),
            "error_message": pa.array([failure and failure.message for failure in own], pa.string()),
        },
    )


def _failures(result: Result) -> dict[str, Failure]:
    """The first error of each failed scorecard, in words."""
    failed = set(result.people.filter(result.people["failed"])["scorecard_id"].to_pylist())
    found: dict[str, Failure] = {}
    for error in result.errors.to_pylist() if failed else []:
        line = "" if error["line"] is None else f"Line {error['line']}: "
        if error["scorecard_id"] in failed:
            found.setdefault(error["scorecard_id"], Failure(error["code"], f"{line}{error['message']}"))
    return found


def _unrounded(people: pa.Table) -> list[str]:
    """Scorecards whose payout is no whole number of the currency's smallest unit."""
    unrounded: list[str] = []
    for currency in people["currency"].unique().drop_null().to_pylist():
        own = people.filter(pc.equal(people["currency"].cast(pa.string()), currency))
        amount = pc.cast(own["amount"], DECIMAL)
        differs = pc.not_equal(pc.round(amount, ndigits=minor_digits(currency)), amount)
        unrounded += own.filter(pc.fill_null(differs, fill_value=False))["scorecard_id"].to_pylist()
    return unrounded


def _table(number: int, plan_version_id: UUID | None, booking: pa.Table, engine: Mapping[str, Any]) -> pa.Table:
    """The columns of `COMPUTED`; what neither the engine nor the booking says is null."""
    count = booking.num_rows
    columns = {
        **{name: booking[name] for name in booking.column_names},
        "id": pa.array([str(new_id()) for _ in range(count)], pa.string()),
        "number": pa.array([number] * count, pa.int32()),
        "plan_version_id": pa.array([plan_version_id and str(plan_version_id)] * count, pa.string()),
        **engine,
    }
    return pa.table({name: columns.get(name, pa.nulls(count, COMPUTED.field(name).type)) for name in COMPUTED.names}, schema=COMPUTED)
