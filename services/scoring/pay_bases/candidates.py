"""The rows of an import on their way: each read for itself, then held against the others and against what is stored. No I/O."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from chassis.bulk import RowResult
from chassis.field_errors import code_of, plain_words
from chassis.problems import FieldError
from chassis.tabular import Rows
from scoring.pay_bases.models import PayBasis
from scoring.pay_bases.periods import gaps, overlaps
from scoring.pay_bases.schemas import Gap, PayBasisRow

FACTS = [name for name in PayBasisRow.model_fields if name not in {"external_id", "valid_from"}]


@dataclass
class Candidate:
    """A valid row of the file: for whom it is, and the stored basis with the same first day, if there is one."""

    row: int
    content: PayBasisRow
    person_id: UUID
    stored: PayBasis | None = field(default=None)

    @property
    def valid_from(self) -> date:
        return self.content.valid_from

    @property
    def valid_to(self) -> date | None:
        return self.content.valid_to

    def facts(self) -> dict[str, Any]:
        """What the row says, by column."""
        return {name: getattr(self.content, name) for name in FACTS}

    def changes(self) -> dict[str, Any]:
        """The facts that differ from the stored basis."""
        return {name: value for name, value in self.facts().items() if value != getattr(self.stored, name)}


def read_candidates(rows: Rows) -> tuple[dict[int, PayBasisRow], list[RowResult]]:
    """The rows that stand on their own, and the results of those that don't."""
    read: dict[int, PayBasisRow] = {}
    failed: list[RowResult] = []
    seen: dict[tuple[str, Any], int] = {}
    for row, cells in rows:
        try:
            content = PayBasisRow.model_validate({name: cell.strip() for name, cell in cells.items() if cell.strip()})
        except ValidationError as error:
            errors = [FieldError(field=_name(e["loc"]), code=code_of(e), message=plain_words(e), row=row) for e in error.errors()]
            failed.append(RowResult(row=row, status="error", errors=errors))
            continue
        earlier = seen.setdefault((content.external_id, content.valid_from), row)
        if earlier != row:
            failed.append(wrong(row, "valid_from", "duplicate_row", f"Row {earlier} is for the same person and first day."))
        else:
            read[row] = content
    return read, failed


def _name(place: Sequence[int | str]) -> str:
    return str(place[0]) if place else ""


def wrong(row: int, field: str, code: str, message: str) -> RowResult:
    """The result of a row in error."""
    return RowResult(row=row, status="error", errors=[FieldError(field=field, code=code, message=message, row=row)])


def refuse_overlaps(candidates: Iterable[Candidate], stored: Mapping[UUID, list[PayBasis]]) -> tuple[list[Candidate], list[RowResult]]:
    """Of two that overlap, the later row of the file gives way; one against a stored basis gives way always."""
    accepted: list[Candidate] = []
    refused: list[RowResult] = []
    for person_id, own in _by_person(candidates).items():
        good, bad = _fit(own, stored.get(person_id, []))
        accepted += good
        refused += bad
    return accepted, refused


def _by_person(candidates: Iterable[Candidate]) -> dict[UUID, list[Candidate]]:
    by_person: dict[UUID, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_person[candidate.person_id].append(candidate)
    return by_person


def _fit(candidates: list[Candidate], stored: Sequence[PayBasis]) -> tuple[list[Candidate], list[RowResult]]:
    by_day = {basis.valid_from: basis for basis in stored}
    refused: list[RowResult] = []
    for candidate in candidates:
        candidate.stored = by_day.get(candidate.valid_from)
    while clash := next(overlaps(_after(candidates, stored)), None):
        loser = max((side for side in clash if isinstance(side, Candidate)), key=lambda side: side.row)
        other = next(side for side in clash if side is not loser)
        ends = f"until {other.valid_to}" if other.valid_to else "without end"
        message = f"The person has a pay basis from {other.valid_from} {ends}; end it first."
        refused.append(wrong(loser.row, "valid_from", "overlap", message))
        candidates = [candidate for candidate in candidates if candidate is not loser]
    return candidates, refused


def _after(candidates: Sequence[Candidate], stored: Iterable[PayBasis]) -> list[Candidate | PayBasis]:
    """What a person's bases would be: each candidate in the place of the stored one that begins on the same day."""
    replaced = {candidate.valid_from for candidate in candidates}
    return [*candidates, *(basis for basis in stored if basis.valid_from not in replaced)]


def remaining_gaps(accepted: Sequence[Candidate], stored: Mapping[UUID, list[PayBasis]]) -> list[Gap]:
    """The gaps that the people of the file have once it is written."""
    return [
        Gap(external_id=own[0].content.external_id, first_day=first, last_day=covered - timedelta(days=1))
        for person_id, own in _by_person(accepted).items()
        for first, covered in gaps(_after(own, stored.get(person_id, [])))
    ]
