"""From the engine's answer, or the reason why there is none, to the columns of computed lines."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from chassis.identifiers import new_id
from chassis.numbers import minor_digits
from scoring.engine import Plan, Result
from scoring.runs.inputs import Failure, Scored
from scoring.runs.storage import COMPUTED

NO_PAYOUT = Failure("no_payout", "The plan names no payout: it scores and pays nothing.")
NOT_ROUNDED = Failure("not_rounded", "The plan's payout has more digits than the currency has. Round it in the plan.")


def failed_lines(number: int, scorecards: Sequence[Scored]) -> pa.Table:
    """Computed lines of scorecards that never reached the engine."""
    return _table(number, None, scorecards, {}, {scored.scorecard_id: scored.failure for scored in scorecards if scored.failure})


def scored_lines(number: int, plan_version_id: UUID, plan: Plan, scorecards: Sequence[Scored], result: Result) -> pa.Table:
    """Computed lines of scorecards that the engine answered for; `result.people` stands in their order."""
    people = result.people
    ids: list[str] = people["scorecard_id"].to_pylist()
    failures = dict.fromkeys(ids, NO_PAYOUT) if plan.document.payout is None else dict.fromkeys(_unrounded(people), NOT_ROUNDED)
    failures |= _failures(result)
    failed = pa.array([id_ in failures for id_ in ids], pa.bool_())
    columns = {
        "composite": pc.cast(people["composite"], pa.decimal128(38, 12)),
        "payout": pc.if_else(failed, None, pc.cast(people["amount"], pa.decimal128(38, 12))),
        "currency": people["currency"].cast(pa.string()),
        "reason_code": people["reason_code"].cast(pa.string()),
    }
    return _table(number, plan_version_id, scorecards, columns, failures)


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
        amount = pc.cast(own["amount"], pa.decimal128(38, 12))
        differs = pc.not_equal(pc.round(amount, ndigits=minor_digits(currency)), amount)
        unrounded += own.filter(pc.fill_null(differs, fill_value=False))["scorecard_id"].to_pylist()
    return unrounded


def _table(
    number: int,
    plan_version_id: UUID | None,
    scorecards: Sequence[Scored],
    engine: Mapping[str, pa.ChunkedArray],
    failures: Mapping[str, Failure],
) -> pa.Table:
    """The columns of `COMPUTED`; what the engine did not answer is null."""
    own = [failures.get(scored.scorecard_id) for scored in scorecards]
    bases = [scored.basis for scored in scorecards]
    columns = {
        "id": [str(new_id()) for _ in scorecards],
        **{name: [getattr(scored, name) for scored in scorecards] for name in ("scorecard_id", "person_id", "period_start", "period_end")},
        "number": [number] * len(own),
        "plan_version_id": [plan_version_id and str(plan_version_id)] * len(own),
        "error_code": [failure and failure.code for failure in own],
        "error_message": [failure and failure.message for failure in own],
        **{name: [basis and getattr(basis, name) for basis in bases] for name in ("legal_entity", "pay_group", "payroll_number", "cost_centre")},
    }
    arrays = [engine[field.name] if field.name in engine else pa.array(columns.get(field.name, [None] * len(own)), field.type) for field in COMPUTED]
    return pa.Table.from_arrays(arrays, schema=COMPUTED)
