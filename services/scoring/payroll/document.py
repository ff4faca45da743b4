"""Pure: the document of a batch from its lines, with control totals and variance, as JSON and as CSV."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from chassis.documents import digest
from chassis.personal_data import ERASED
from scoring.payroll.models import PayrollBatch, PayrollLine
from scoring.payroll.schemas import ControlTotals, EarningTotal, PayrollDocument, PayrollLineOut, Variance
from scoring.schemas import money

SAME_NAME = [name for name in PayrollLineOut.model_fields if name not in {"line_id", "amount", "off_cycle", "payee_digest"}]
PAYEE = ("external_id", "payroll_number", "payee_salt")


def control_totals(lines: Sequence[PayrollLine]) -> ControlTotals:
    """Count, sum by currency, and sum by earning code."""
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for line in lines:
        sums[line.currency, line.earning_code].append(line.amount)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for (currency, _), own in sums.items():
        amounts[currency] += sum(own)
    return ControlTotals(
        line_count=len(lines),
        amounts={currency: money(amount, currency) for currency, amount in sorted(amounts.items())},
        earnings=[
            EarningTotal(earning_code=code, currency=currency, line_count=len(own), amount=money(sum(own, Decimal(0)), currency))
            for (currency, code), own in sorted(sums.items())
        ],
    )


def variance(previous: Mapping[str, Decimal], current: Mapping[str, Decimal]) -> list[Variance]:
    """Sums by currency, now and in the batch before."""
    found = []
    for currency in sorted({*previous, *current}):
        before, now = previous.get(currency, Decimal(0)), current.get(currency, Decimal(0))
        shown = [money(amount, currency) for amount in (before, now, now - before)]
        found.append(Variance(currency=currency, previous=shown[0], current=shown[1], difference=shown[2]))
    return found


Previous = tuple[UUID, Mapping[str, Decimal]] | None
"""The batch before, and its sums by currency."""


def build(batch: PayrollBatch, lines: Sequence[PayrollLine], previous: Previous, status: str) -> PayrollDocument:
    """The document of a batch; its digest covers everything but itself, and who is paid by the digests of the lines."""
    totals = control_totals(lines)
    content: dict[str, Any] = {
        "batch_id": batch.id,
        "status": status,
        **{name: getattr(batch, name) for name in ("pay_group", "legal_entity", "check_date", "cut_off", "off_cycle")},
        "control_totals": totals,
        "previous_batch_id": previous[0] if previous else None,
        "variance": variance(previous[1], totals.amounts) if previous else [],
        "lines": [_line(batch, line) for line in lines],
    }
    document = PayrollDocument(digest="", **content)
    document.digest = digest(document.model_dump(mode="json", exclude={"digest": True, "lines": {"__all__": set(PAYEE)}}))
    return document


def _line(batch: PayrollBatch, line: PayrollLine) -> PayrollLineOut:
    same = {name: getattr(line, name) for name in SAME_NAME}
    payee = digest({"line_id": str(line.id), **{name: getattr(line, name) for name in PAYEE}})
    return PayrollLineOut(line_id=line.id, amount=money(line.amount, line.currency), off_cycle=batch.off_cycle, payee_digest=payee, **same)


def as_json(document: PayrollDocument) -> bytes:
    """The document's bytes as JSON."""
    return document.model_dump_json().encode()


def as_csv(document: PayrollDocument) -> bytes:
    """The document's lines as CSV (RFC 4180, UTF-8), each naming batch, digest, pay group and check date."""
    common = {name: str(getattr(document, name)) for name in ("batch_id", "digest", "pay_group", "check_date")}
    columns = [*common, *PayrollLineOut.model_fields]
    return _csv(columns, ({**common, **_cells(line.model_dump(mode="json"))} for line in document.lines))


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, list(columns))
    writer.writeheader()
    writer.writerows(rows)
    return content.getvalue().encode()


def without_payees(document: bytes, table: bytes, line_ids: Collection[str]) -> tuple[bytes, bytes]:
    """Both forms of a batch with "erased" in these lines for who was paid. Everything else stays, the digest too."""
    content = orjson.loads(document)
    for line in content["lines"]:
        line.update(_erased(line) if line["line_id"] in line_ids else {})
    rows = list(csv.DictReader(io.StringIO(table.decode(), newline="")))
    return orjson.dumps(content), _csv(rows[0], [row | _erased(row) if row["line_id"] in line_ids else row for row in rows])


def _erased(line: Mapping[str, Any]) -> dict[str, str]:
    """What there is no value for stays empty."""
    return {name: ERASED for name in PAYEE if line.get(name)}


def _cells(line: Mapping[str, Any]) -> dict[str, str]:
    return {name: _cell(value) for name, value in line.items()}


def _cell(value: Any) -> str:
    """Null is empty, a boolean is what JSON calls it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else _inert(str(value))


def _inert(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets a quote in front; an amount keeps its sign."""
    return f"'{text}" if text[:1] in "=+@\t\r" or (text[:1] == "-" and not text[1:2].isdigit()) else text
