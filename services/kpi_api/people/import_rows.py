"""The rows of a people file on their way in: read, checked one by one, and what is wrong with each."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypedDict
from uuid import UUID

from pydantic import ValidationError

from chassis.bulk import RowStatus, errors_of_row
from chassis.identifiers import new_id
from chassis.problems import FieldError
from chassis.tabular import Rows, TableProblem
from kpi_api.people.lines import Attribute, LineStatus, NewLine
from kpi_api.people.persons import NewPersonRow, PersonStatus
from kpi_api.people.schemas import ImportRow

LINE_COLUMNS: dict[str, Attribute] = {
    "unit": "unit_id",
    "role": "role_id",
    "manager": "manager_external_id",
    "fte": "fte",
    "legal_entity": "legal_entity_id",
    "grade": "grade",
}

PLAIN_COLUMNS = ("external_id", "user_name", "email", "hire_date", "termination_date", "birth_date", "gender")


class References(TypedDict, total=False):
    """Ids of what a row names by code or name."""

    unit_id: UUID | None
    role_id: UUID | None
    legal_entity_id: UUID | None


@dataclass
class Incoming:
    """One valid row on its way in, and what became of it."""

    row: int
    values: ImportRow
    person_id: UUID = field(default_factory=new_id)
    references: References = field(default_factory=References)
    person_status: PersonStatus = "unchanged"
    line_status: LineStatus = "unchanged"

    @property
    def status(self) -> RowStatus:
        return "updated" if self.person_status == "unchanged" != self.line_status else self.person_status

    def person(self) -> NewPersonRow:
        values = self.values
        return NewPersonRow(
            self.row,
            self.person_id,
            given_name=values.given_name or "",
            family_name=values.family_name or "",
            display_name=values.name(),
            active=values.active is not False,
            **{name: getattr(values, name) for name in PLAIN_COLUMNS},
        )

    def line(self) -> NewLine:
        values = self.values
        return NewLine(
            self.row,
            new_id(),
            self.person_id,
            valid_from=values.valid_from,
            valid_to=values.valid_to,
            hire_date=values.hire_date,
            manager_external_id=values.manager,
            fte=values.fte,
            grade=values.grade,
            **self.references,
        )


@dataclass
class Import:
    """An import under way: the columns the file has, the rows still in, and what was found wrong so far."""

    given: frozenset[str]
    rows: list[Incoming]
    errors: dict[int, list[FieldError]] = field(default_factory=dict)

    @property
    def attributes(self) -> set[Attribute]:
        """What the file states of employments."""
        return {LINE_COLUMNS[name] for name in self.given & set(LINE_COLUMNS)}

    def refuse(self, row: int, column: str, code: str, message: str) -> None:
        self.errors.setdefault(row, []).append(FieldError(field=f"/{column}", code=code, message=message, row=row))

    def drop_refused(self) -> None:
        self.rows = [incoming for incoming in self.rows if incoming.row not in self.errors]


def read_import(table: Rows) -> Import:
    """Check each row by itself. Raises TableProblem `duplicate_ids` when two rows are one person."""
    _refuse_duplicate_ids(table)
    found = Import(given=frozenset(table[0][1]), rows=[])
    for row, cells in table:
        try:
            values = ImportRow.model_validate({name: stripped for name, cell in cells.items() if (stripped := cell.strip())})
            found.rows.append(Incoming(row, values))
        except ValidationError as error:
            found.errors[row] = errors_of_row(error, row)
    _refuse_duplicate_user_names(found)
    return found


def _refuse_duplicate_ids(table: Rows) -> None:
    counts = Counter(cells.get("external_id", "").strip() for _, cells in table)
    twice = {value for value, count in counts.items() if count > 1 and value}
    if twice:
        ids = [(row, cells["external_id"].strip()) for row, cells in table]
        rows = [(row, f"The id {id_!r} stands in more than one row.") for row, id_ in ids if id_ in twice]
        named = ", ".join(map(repr, sorted(twice)[:5])) + (", …" if len(twice) > 5 else "")
        detail = f"In more than one row: {named}. Nothing was imported."
        raise TableProblem("duplicate_ids", detail, rows=rows, column="external_id")


def _refuse_duplicate_user_names(found: Import) -> None:
    names = [(incoming.row, (incoming.values.user_name or "").lower()) for incoming in found.rows]
    counts = Counter(name for _, name in names if name)
    for row, name in names:
        if counts[name] > 1:
            found.refuse(row, "user_name", "duplicate_person", f"The user name {name!r} stands in more than one row.")


RowProblem = tuple[str, str, str]

LINE_PROBLEMS: dict[Literal["overlap", "has_left", "end_before_start", "own_manager"], RowProblem] = {
    "overlap": ("valid_to", "overlapping_employment", "This line runs into a later primary employment of the same person."),
    "has_left": ("valid_from", "has_left", "This line starts after the person's last day."),
    "end_before_start": ("valid_to", "end_before_start", "The line ends on or before the day on which it starts."),
    "own_manager": ("manager", "circular_reporting_line", "Nobody can be their own manager."),
}
