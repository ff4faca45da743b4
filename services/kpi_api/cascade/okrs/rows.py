"""The rows of an OKR file on their way in: each becomes the draft of a KPI, and what is wrong is told by column. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import ValidationError

from chassis.bulk import errors_of_row
from chassis.dates import add_months
from chassis.problems import FieldError
from chassis.tabular import Rows
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.levels import UNIT_KIND_OF, Level, UnitTree
from kpi_api.cascade.okrs.schemas import OkrRow
from kpi_api.cascade.schemas import NewKpi
from kpi_api.cycles.models import Cycle

SIGNS = {"%": "percent"}
LEVEL_OF_KIND: dict[str, Level] = {kind: level for level, kind in UNIT_KIND_OF.items()}
COLUMNS = {
    "targets": "target", "value": "target", "baseline": "start", "unit": "unit", "window_start": "quarter", "window_end": "quarter",
    "contributes_to": "contributes_to", "definition_code": "definition_code", "cycle_code": "cycle_code", "code": "code",
}  # fmt: skip
"""In which column the fields of a KPI stand."""

Errors = dict[int, list[FieldError]]


@dataclass
class KeyResult:
    """One row and the KPI that it asks for; `waits_for` is the code of the definition without whose approval there is none."""

    given: OkrRow
    draft: Draft
    waits_for: str | None = None

    @property
    def row(self) -> int:
        return self.draft.row

    def refuse(self, column: str, code: str, message: str) -> None:
        self.draft.refuse(f"/{column}", code, message)


def read_okrs(table: Rows) -> tuple[list[tuple[int, OkrRow]], Errors]:
    """Each row by itself: those that can be read, and what is wrong with the others."""
    read: list[tuple[int, OkrRow]] = []
    errors: Errors = {}
    for row, cells in table:
        values = {name: stripped for name, cell in cells.items() if (stripped := cell.strip())}
        if "unit" in values:
            values["unit"] = SIGNS.get(values["unit"], values["unit"])
        try:
            read.append((row, OkrRow.model_validate(values)))
        except ValidationError as error:
            errors[row] = errors_of_row(error, row)
    return read, errors


def key_results(rows: Iterable[tuple[int, OkrRow]], units: UnitTree, cycles: Mapping[str, Cycle], errors: Errors) -> list[KeyResult]:
    """The KPIs that the rows ask for; what makes none is added to `errors`."""
    found = []
    for row, given in rows:
        try:
            found.append(KeyResult(given, Draft(row, _kpi(given, units, cycles.get(given.cycle_code)))))
        except ValidationError as error:
            errors[row] = [in_column(fault, given) for fault in errors_of_row(error, row)]
    return found


def _kpi(given: OkrRow, units: UnitTree, cycle: Cycle | None) -> NewKpi:
    unit = units.by_code(given.owner_unit)
    level = "individual" if given.owner_person else LEVEL_OF_KIND.get(unit.kind, "team") if unit else "team"
    owner = {"person_external_id": given.owner_person} if given.owner_person else {"unit_code": given.owner_unit}
    comparison = "at_most" if given.direction == "lower" else "at_least"
    window = _quarter(cycle, given.quarter) if cycle and given.quarter else {}
    return NewKpi.model_validate(
        {
            "code": given.code,
            "definition_code": given.defined_as,
            "cycle_code": given.cycle_code,
            "name": given.key_result,
            "why": given.objective,
            "level": level,
            "owner": owner,
            "targets": [{"comparison": comparison, "value": given.target, "unit": given.unit, "baseline": given.start}],
            "contributes_to": [{"parent": parent} for parent in given.parents],
            **window,
        }
    )


def _quarter(cycle: Cycle, quarter: int) -> dict[str, date]:
    """First and last day of a quarter of the cycle."""
    first, after = (add_months(cycle.starts_on, 3 * number) for number in (quarter - 1, quarter))
    return {"window_start": first, "window_end": after - timedelta(days=1)}


def in_column(fault: FieldError, given: OkrRow) -> FieldError:
    """The fault at the column of the file instead of at a field of the KPI."""
    owner = "owner_person" if given.owner_person else "owner_unit"
    columns = {**COLUMNS, "owner": owner, "level": owner}
    named = [columns[part] for part in reversed(fault.field.strip("/").split("/")) if part in columns]
    return fault.model_copy(update={"field": f"/{named[0]}"}) if named else fault
