"""What a sender says was measured: one row of text, read into exact values. Pure.

A row names the KPI by `kpi_id` or `kpi_code`, the part (`main` unless said), the first day of the period, and either a value or a numerator
and denominator. `source` and `source_record_id` say where it comes from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, TypeVar, get_args
from uuid import UUID

from pydantic_core import PydanticCustomError

from chassis.numbers import read_exact
from chassis.problems import FieldError

Provenance = Literal["system", "form", "spreadsheet"]
PROVENANCES: Final[tuple[Provenance, ...]] = get_args(Provenance)

COLUMNS: Final = (
    "kpi_id", "kpi_code", "part", "period_start", "period_end", "value", "numerator", "denominator",
    "source", "source_record_id", "provenance", "correction_reason",
)  # fmt: skip
REQUIRED: Final = ("period_start", "source")
LONGEST_TEXT: Final = 500

T = TypeVar("T")


class Amount(NamedTuple):
    """What was measured: a value, or a numerator and a denominator whose ratio is taken over the whole window."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One readable row. `period_end` is null where the sender leaves it to the KPI's calendar."""

    row: int
    kpi: UUID | str
    part: str
    period_start: date
    period_end: date | None
    amount: Amount
    source: str
    source_record_id: str | None
    provenance: str
    correction_reason: str | None


class WrongRow(Exception):
    """Everything that is wrong with a row."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def error(row: int, field: str, code: str, message: str) -> FieldError:
    return FieldError(row=row, field=field, code=code, message=message)


def read_reading(row: int, cells: Mapping[str, str], provenance: Provenance) -> Reading:
    """The reading in a row of text; `provenance` holds where the row names none. Raises WrongRow, naming each wrong field."""
    reader = _CellReader(row, cells)
    reading = Reading(
        row=row,
        kpi=_read_kpi(reader),
        part=cells.get("part") or "main",
        period_start=reader.required("period_start", _read_date, date.min),
        period_end=reader.optional("period_end", _read_date),
        amount=_read_amount(reader),
        source=reader.required("source", _read_text, ""),
        source_record_id=reader.optional("source_record_id", _read_text),
        provenance=reader.optional("provenance", _read_provenance) or provenance,
        correction_reason=reader.optional("correction_reason", _read_text),
    )
    if reader.errors:
        raise WrongRow(reader.errors)
    return reading


class _CellReader:
    """Reads cells of a row and gathers what is wrong with them."""

    def __init__(self, row: int, cells: Mapping[str, str]) -> None:
        self.row, self.cells, self.errors = row, cells, list[FieldError]()

    def optional(self, field: str, read: Callable[[str], T]) -> T | None:
        text = self.cells.get(field, "")
        if not text:
            return None
        try:
            return read(text)
        except PydanticCustomError as wrong:
            self.refuse(field, wrong.type, wrong.message())
            return None

    def required(self, field: str, read: Callable[[str], T], instead: T) -> T:
        """The cell's value; where it is empty or wrong, that is noted and `instead` returned."""
        if not self.cells.get(field):
            self.refuse(field, "missing", "This must not be empty.")
        found = self.optional(field, read)
        return instead if found is None else found

    def refuse(self, field: str, code: str, message: str) -> None:
        self.errors.append(error(self.row, field, code, message))


def _read_kpi(reader: _CellReader) -> UUID | str:
    kpi_id, code = reader.optional("kpi_id", _read_uuid), reader.cells.get("kpi_code", "")
    if kpi_id is None and not code and not reader.errors:
        reader.refuse("kpi_id", "missing", "Name the KPI by kpi_id or by kpi_code.")
    if kpi_id is not None and code:
        reader.refuse("kpi_code", "named_twice", "Name the KPI once: by kpi_id or by kpi_code.")
    return kpi_id or code


def _read_amount(reader: _CellReader) -> Amount:
    wrong_before = len(reader.errors)
    amount = Amount(*(reader.optional(field, read_exact) for field in Amount._fields))
    if len(reader.errors) == wrong_before:
        given = [part is not None for part in amount]
        if not any(given):
            reader.refuse("value", "value_missing", "Give a value, or a numerator and a denominator; leave out rows without any.")
        elif given not in ([True, False, False], [False, True, True]):
            reader.refuse("value", "value_ambiguous", "Give either a value, or a numerator and a denominator.")
    return amount


def _read_date(text: str) -> date:
    try:
        if len(text) != len("2026-01-31"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("date_format", 'Write the date as "2026-01-31".') from None


def _read_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise PydanticCustomError("id_format", "This is not an id.") from None


def _read_text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise PydanticCustomError("text_too_long", f"At most {LONGEST_TEXT} characters.")
    return text


def _read_provenance(text: str) -> Any:
    if text not in PROVENANCES:
        raise PydanticCustomError("unknown_provenance", f"Known are {', '.join(PROVENANCES)}.")
    return text
