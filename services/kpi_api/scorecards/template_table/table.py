"""Templates as a table: one row for each part of each line. Pure.

`state` is the version that the row was written from, so that nobody's later change is overwritten. Whom a template is for is not in the
table and stays as it is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from kpi_api.dictionary.document.table import CellProblem
from kpi_api.dictionary.target_schemas import Target
from kpi_api.dictionary.templates.schemas import TemplateOutput

OF_TEMPLATE: Final = ("template_code", "state", "template_name", "role_code")
OF_LINE: Final = ("definition_code", "weight", "component")
OF_TARGET: Final = tuple(Target.model_fields)
COLUMNS: Final = (*OF_TEMPLATE, *OF_LINE, *OF_TARGET)
REQUIRED: Final = ("template_code", "state", "template_name", "definition_code", "weight", "value", "unit")

Row = tuple[int, Mapping[str, str]]
Cell = str | Decimal | None


def write_rows(templates: Sequence[TemplateOutput]) -> Iterator[dict[str, Cell]]:
    """Every row of every template. Numbers are numbers; a list and an object are the JSON that they are."""
    for template in templates:
        facts = (template.code, str(template.version), template.name, template.role_code)
        head: dict[str, Cell] = dict(zip(OF_TEMPLATE, facts, strict=True))
        for line in template.lines:
            own: dict[str, Cell] = {"definition_code": line.definition_code, "weight": line.weight, "component": line.component}
            for target in line.targets:
                yield {**head, **own, **{name: _cell(getattr(target, name)) for name in OF_TARGET}}


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | Decimal):
        return value
    if isinstance(value, bool):
        return "true" if value else None
    if isinstance(value, list):
        return json.dumps([format(one, "f") for one in value])
    return value.model_dump_json(exclude_none=True) if hasattr(value, "model_dump_json") else str(value)


def read_lines(rows: Sequence[Row]) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """The lines of one template as `TemplateContent` takes them, and the row of each target. Raises CellProblem."""
    lines: dict[str, dict[str, Any]] = {}
    places: dict[str, list[int]] = {}
    for row, cells in rows:
        own = {name: cells[name] for name in OF_LINE if cells.get(name)}
        line = lines.setdefault(cells["definition_code"], {**own, "targets": []})
        for name in OF_LINE:
            if cells.get(name, "") != str(line.get(name, "")):
                raise CellProblem(name, f"Row {row} says something else about `{cells['definition_code']}`. Say the same in both.")
        line["targets"].append({name: _read(name, cells[name]) for name in OF_TARGET if cells.get(name)})
        places.setdefault(cells["definition_code"], []).append(row)
    return list(lines.values()), list(places.values())


def _read(name: str, cell: str) -> Any:
    if name in {"phasing", "lateness"}:
        try:
            return json.loads(cell, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            raise CellProblem(name, "This cannot be read. Leave it as it was exported.") from None
    if name == "evidence_required":
        return {"true": True, "false": False}.get(cell.lower(), cell)
    return cell
