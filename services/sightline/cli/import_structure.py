"""`sightline import units` and `sightline import grants`: how the organization is built, and who holds which role."""

from typing import Any

from sightline.cli.client import Client, Refused, find_person
from sightline.cli.import_table import Answer, Numbered, table_command
from sightline.cli.tables import Cells, each_row
from sightline.problems import BadUsage

UNIT_COLUMNS = ("code", "name", "kind", "parent", "head", "value_statement")
GRANT_COLUMNS = ("person", "role")


@table_command(lambda: (UNIT_COLUMNS, ("code", "kind")), {"parent_id": ("parent",), "head_id": ("head",)})
def units(client: Client, rows: Numbered) -> Answer:
    """Import units with their parents and heads, parents first. A unit that is there is brought to what the file says.

    Columns: code, name, kind (company, business_unit, function, team), parent (code), head (external_id), value_statement.

    Example: `sightline import units units.csv`.
    """
    there = {unit["code"]: unit for unit in client.pages("kpi_api", "/v1/units")}
    return each_row(rows, lambda cells: _write_unit(client, there, cells))


def _write_unit(client: Client, there: dict[str, dict[str, Any]], cells: Cells) -> str:
    present = there.get(cells["code"])
    parent = there.get(cells.get("parent", ""))
    if "parent" in cells and parent is None:
        raise BadUsage(f"There is no unit {cells['parent']!r}.", "Name parents before their children.")
    wanted = {
        "code": cells["code"],
        "name": cells.get("name") or (present or {}).get("name") or cells["code"],
        "kind": cells["kind"],
        "parent_id": parent["id"] if parent else None,
        "head_id": find_person(client, cells["head"]) if "head" in cells else None,
        "value_statement": cells.get("value_statement"),
    }
    if present is None:
        there[cells["code"]] = client.call("kpi_api", "POST", "/v1/units", json=wanted).json()
        return "created"
    if all(present[name] == value for name, value in wanted.items()):
        return "unchanged"
    there[cells["code"]] = client.edit("kpi_api", "PUT", f"/v1/units/{present['id']}", wanted).json()
    return "updated"


@table_command(lambda: (GRANT_COLUMNS, GRANT_COLUMNS), {"person_id": ("person",)})
def grants(client: Client, rows: Numbered) -> Answer:
    """Give people roles from today on: hr_admin, comp_admin, payroll, board, auditor. A role somebody has is left as it is.

    Columns: person (external_id), role.

    Example: `sightline import grants grants.csv`.
    """
    return each_row(rows, lambda cells: _grant(client, cells))


def _grant(client: Client, cells: Cells) -> str:
    person = find_person(client, cells.get("person", ""))
    try:
        client.call("kpi_api", "POST", "/v1/grants", json={"person_id": person, "role": cells.get("role")})
    except Refused as refused:
        if refused.code == "already_granted":
            return "unchanged"
        raise
    return "created"
