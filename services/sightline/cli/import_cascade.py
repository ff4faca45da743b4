"""`sightline import definitions`, `kpis` and `scorecards`: what is measured, who owns it, and what people are scored on."""

from collections import defaultdict
from typing import Any

from sightline.cli.client import Client, Refused
from sightline.cli.import_table import Answer, Numbered, send_together, table_command
from sightline.cli.tables import Cells, each_row
from sightline.problems import BadUsage

DEFINITION_COLUMNS = (
    "code", "name", "description", "direction", "unit", "precision", "dimension", "combine", "source_of_truth", "update_frequency",
    "decision_speed_days", "exclusion_rules", "kind", "outcome_code", "controllability", "effective_from", "note",
)  # fmt: skip
REQUIRED_OF_DEFINITION = ("code", "name", "unit", "effective_from")
TARGET_COLUMNS = {"target": "value", "target_high": "value_high"} | {
    name: name for name in ("comparison", "unit", "period", "baseline", "threshold", "stretch", "scale_minimum", "scale_maximum")
}
KPI_COLUMNS = ("code", "definition_code", "cycle_code", "name", "why", "level", "window_start", "window_end")
REQUIRED_OF_KPI = ("definition_code", "cycle_code", "level", "target", "unit")
OWNERS = {"owner_person": "person_external_id", "owner_unit": "unit_code"}
COLUMNS_OF_KPI_FIELDS = {
    **{field: (column,) for column, field in (TARGET_COLUMNS | OWNERS).items()},
    "targets": ("target",),
    "owner": tuple(OWNERS),
}
SCORECARD_COLUMNS = ("person", "cycle_code", "kpi_code", "weight", "component")


@table_command(lambda: (DEFINITION_COLUMNS, REQUIRED_OF_DEFINITION))
def definitions(client: Client, rows: Numbered) -> Answer:
    """Import KPI definitions and propose them; somebody else approves them with `sightline definition approve`.

    Columns: code, name, unit, effective_from, and where wanted direction, combine, dimension, description, precision, source_of_truth,
    update_frequency, decision_speed_days, exclusion_rules, kind, outcome_code, controllability, note.

    Example: `sightline import definitions definitions.csv`.
    """
    return each_row(rows, lambda cells: _define(client, cells))


def _define(client: Client, cells: Cells) -> str:
    content = {"code": cells.pop("code", ""), "version": cells}
    try:
        made = client.call("kpi_api", "POST", "/v1/definitions", json=content).json()
    except Refused as refused:
        if refused.code == "code_taken":
            return "unchanged"
        raise
    client.call("kpi_api", "POST", f"/v1/definitions/{made['id']}/versions/1/propose")
    return "created"


@table_command(lambda: ((*KPI_COLUMNS, *OWNERS, *TARGET_COLUMNS, "contributes_to"), REQUIRED_OF_KPI), COLUMNS_OF_KPI_FIELDS)
def kpis(client: Client, rows: Numbered) -> Answer:
    """Import KPIs with one target each and what they contribute to. The same code again changes nothing.

    Columns: code, definition_code, cycle_code, level (strategic, business_unit, functional, team, individual), owner_person (external_id)
    or owner_unit (code), target, unit, and where wanted comparison, period, baseline, threshold, stretch, target_high, scale_minimum,
    scale_maximum, name, why, window_start, window_end, contributes_to (codes, separated by semicolons, each with its weight after a colon
    where it is not 1).

    Example: `sightline import kpis kpis.csv`.
    """
    return send_together(client, "kpi_api", "/v1/kpis/bulk", {"kpis": [_kpi(cells) for _, cells in rows]})


def _kpi(cells: Cells) -> dict[str, Any]:
    parents = [parent.partition(":") for parent in cells.get("contributes_to", "").replace(" ", "").split(";") if parent]
    return {
        **{name: cells[name] for name in KPI_COLUMNS if name in cells},
        "owner": {field: cells[column] for column, field in OWNERS.items() if column in cells},
        "targets": [{field: cells[column] for column, field in TARGET_COLUMNS.items() if column in cells}],
        "contributes_to": [{"parent": code, "weight": weight or "1"} for code, _, weight in parents],
    }


@table_command(lambda: (SCORECARD_COLUMNS, SCORECARD_COLUMNS[:4]), {"person_external_id": ("person",), "kpi_id": ("kpi_code",)})
def scorecards(client: Client, rows: Numbered) -> Answer:
    """Import scorecards as drafts, one row for each KPI on them. They are agreed with `sightline scorecard agree`.

    Columns: person (external_id), cycle_code, kpi_code, weight (percent), component. Results are named by each scorecard's first row.

    Example: `sightline import scorecards scorecards.csv`.
    """
    first_rows: dict[tuple[str, str], int] = {}
    lines: defaultdict[int, list[Cells]] = defaultdict(list)
    for row, cells in rows:
        lines[first_rows.setdefault((cells.get("person", ""), cells.get("cycle_code", "")), row)].append(cells)
    kpi_ids = _kpi_ids(client, {cells["kpi_code"] for _, cells in rows if "kpi_code" in cells})
    heads = [(row, dict(own[0])) for row, own in lines.items()]
    by_head = {(head.get("person"), head.get("cycle_code")): lines[row] for row, head in heads}
    return each_row(heads, lambda head: _open(client, kpi_ids, by_head[head.get("person"), head.get("cycle_code")]))


def _kpi_ids(client: Client, codes: set[str]) -> dict[str, str]:
    wanted, at_once = sorted(codes), 100
    parts = [wanted[start : start + at_once] for start in range(0, len(wanted), at_once)]
    return {kpi["code"]: kpi["id"] for part in parts for kpi in client.pages("kpi_api", "/v1/kpis", code=part)}


def _open(client: Client, kpi_ids: dict[str, str], lines: list[Cells]) -> str:
    missing = sorted({line.get("kpi_code", "") for line in lines} - kpi_ids.keys())
    if missing:
        raise BadUsage(f"There is no KPI {', '.join(missing)}.", "Import KPIs first.")
    content = {
        "person_external_id": lines[0].get("person"),
        "cycle_code": lines[0].get("cycle_code"),
        "lines": [{"kpi_id": kpi_ids[line["kpi_code"]], **{n: line[n] for n in ("weight", "component") if n in line}} for line in lines],
    }
    client.call("kpi_api", "POST", "/v1/scorecards", json=content)
    return "created"
