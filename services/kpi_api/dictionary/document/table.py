"""The document as a table: one row for each part of each definition in force, with everything its author may write. Pure.

Cells that a spreadsheet would take for a formula get an apostrophe, which is taken away again when the table comes back.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kpi_api.dictionary.document.queries import Entry
from kpi_api.dictionary.target_schemas import Part

BOM: Final = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""

TEXTS: Final = (
    "name", "description", "direction", "unit", "precision", "dimension", "combine", "combine_parts", "source_of_truth",
    "update_frequency", "decision_speed_days", "exclusion_rules", "leading", "leads_to_code", "leads_to_lag_days", "kind",
    "competency_code", "controllability", "controllability_cause", "effective_from",
)  # fmt: skip
"""Columns of one value, called as the version's fields."""

OF_A_PART: Final = ("part", "part_name", "part_unit", "part_direction", "formula")
COLUMNS: Final = ("code", "state", *OF_A_PART, *TEXTS, "outcome_code", "measures", "roles", "grades", "has_direct_reports", "note")

_LIKE_A_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")


def write_table(entries: Sequence[Entry]) -> str:
    """The whole table as CSV. `note` is empty: there whoever changes a definition says why."""
    file = io.StringIO(newline="")
    file.write(BOM)
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for entry in entries:
        for part in entry.version.parts:
            writer.writerow({column: guarded(cell) for column, cell in _cells(entry, part).items()})
    return file.getvalue()


def _cells(entry: Entry, part: Part) -> dict[str, str]:
    """What a part has in common with its definition is left empty, to follow it."""
    version = entry.version
    fit = version.applicability
    return {
        "code": entry.definition.code,
        "state": entry.state,
        "part": part.code,
        "part_name": "" if part.name == version.name else part.name,
        "part_unit": "" if part.unit == version.unit else part.unit,
        "part_direction": "" if part.direction == version.direction else part.direction,
        "formula": version.formulas.get(part.code, ""),
        **{name: _text(getattr(version, name)) for name in TEXTS},
        "outcome_code": entry.outcome.code if entry.outcome else "",
        "measures": _pairs(version.measures),
        "roles": _list(fit.roles),
        "grades": _list(fit.grades),
        "has_direct_reports": _text(fit.has_direct_reports),
        "note": "",
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _pairs(values: Mapping[str, str]) -> str:
    """`won: count; lost: count`, or JSON where names hold these signs."""
    plain = all(not re.search(r"[:;{]", f"{name}{value}") for name, value in values.items())
    return "; ".join(f"{name}: {value}" for name, value in values.items()) if plain else json.dumps(values, ensure_ascii=False)


def _list(values: Sequence[str]) -> str:
    return "; ".join(values) if all(";" not in value and value[:1] != "[" for value in values) else json.dumps(values, ensure_ascii=False)


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if _LIKE_A_FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that kept a spreadsheet from computing it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def read_version(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The fields of a version as the rows of its parts say. Raises CellProblem."""
    first = rows[0]
    facts: dict[str, Any] = {name: first[name] for name in TEXTS if first.get(name, "") != ""}
    facts["parts"] = [
        {"code": row.get("part") or "main", "name": row.get("part_name") or first["name"],
         "unit": row.get("part_unit") or first["unit"], "direction": row.get("part_direction") or first.get("direction") or "higher"}
        for row in rows
    ]  # fmt: skip
    facts["formulas"] = {row.get("part") or "main": row["formula"] for row in rows if row.get("formula")}
    facts["measures"] = dict(_read_pairs(first.get("measures", "")))
    facts["applicability"] = {
        "roles": _read_list(first.get("roles", ""), "roles"),
        "grades": _read_list(first.get("grades", ""), "grades"),
        "has_direct_reports": _truth(first.get("has_direct_reports", "")),
    }
    if "leading" in facts:
        facts["leading"] = _truth(facts["leading"])
    if first.get("outcome_code"):
        facts["outcome_code"] = first["outcome_code"]
    return facts


def _truth(cell: str) -> Any:
    """What a spreadsheet makes of true and false; anything else stays, to be refused."""
    return {"": None, "true": True, "false": False}.get(cell.lower(), cell)


def _read_pairs(cell: str) -> Iterator[tuple[str, str]]:
    if cell.startswith("{"):
        yield from _json(cell, "measures", dict).items()
        return
    for pair in filter(None, (text.strip() for text in cell.split(";"))):
        name, colon, unit = pair.partition(":")
        if not colon:
            raise CellProblem("measures", f"“{pair}” is no measure with its unit. Write `won: count; lost: count`.")
        yield name.strip(), unit.strip()


def _read_list(cell: str, column: str) -> list[str]:
    if cell.startswith("["):
        return list(_json(cell, column, list))
    return [text.strip() for text in cell.split(";") if text.strip()]


def _json(cell: str, column: str, kind: type[Any]) -> Any:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise CellProblem(column, "This cannot be read.")
    return found


class CellProblem(ValueError):
    """A cell that cannot be read: its column, and why."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column, self.message = column, message
