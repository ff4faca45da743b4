"""`sightline import definitions`, `kpis` and `scorecards`: what is measured, who owns it, and what people are scored on."""

from collections import defaultdict
from typing import Any

from sightline.cli.client import ActAs, Client, OrganizationId, Refused, open_client
from sightline.cli.tables import Cells, File, Ignored, Maps, each_row, read_table, report
from sightline.cli.terminal import AsJson
from sightline.problems import BadUsage

DEFINITION_COLUMNS = (
    "name", "description", "direction", "unit", "precision", "dimension", "combine", "source_of_truth", "update_frequency",
    "decision_speed_days", "exclusion_rules", "kind", "outcome_code", "controllability", "effective_from", "note",
)  # fmt: skip
TARGET_COLUMNS = {"target": "value", "target_high": "value_high"} | {
    name: name for name in ("comparison", "unit", "period", "baseline", "threshold", "stretch", "scale_minimum", "scale_maximum")
}
KPI_COLUMNS = ("code", "definition_code", "cycle_code", "name", "why", "level", "window_start", "window_end")
OWNERS = {"owner_person": "person_external_id", "owner_unit": "unit_code"}
SCORECARD_COLUMNS = ("person", "cycle_code", "kpi_code", "weight", "component")


def definitions(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import KPI definitions and propose them; somebody else approves them with `sightline definition approve`.

    Columns: code, name, unit, effective_from, and where wanted direction, combine, dimension, description, precision, source_of_truth,
    update_frequency, decision_speed_days, exclusion_rules, kind, outcome_code, controllability, note.

    Example: `sightline import definitions definitions.csv`.
    """
    rows = read_table(file, ("code", *DEFINITION_COLUMNS), ("code", "name", "unit", "effective_from"), column_map, ignore)
    with open_client(organization, act_as) as client:
        report(each_row(rows, lambda cells: _define(client, cells)), as_json=as_json)


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


def kpis(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import KPIs with one target each and what they contribute to. The same code again changes nothing.

    Columns: code, definition_code, cycle_code, level (strategic, business_unit, functional, team, individual), owner_person (external_id)
    or owner_unit (code), target, unit, and where wanted comparison, period, baseline, threshold, stretch, target_high, scale_minimum,
    scale_maximum, name, why, window_start, window_end, contributes_to (codes, separated by semicolons, each with its weight after a colon
    where it is not 1).

    Example: `sightline import kpis kpis.csv`.
    """
    columns = {*KPI_COLUMNS, *OWNERS, *TARGET_COLUMNS, "contributes_to"}
    rows = read_table(file, columns, ("definition_code", "cycle_code", "level", "target", "unit"), column_map, ignore)
    content = {"kpis": [_kpi(cells) for _, cells in rows]}
    with open_client(organization, act_as) as client:
        answer = client.call("kpi_api", "POST", "/v1/kpis/bulk", json=content).json()
    report(answer, as_json=as_json)


def _kpi(cells: Cells) -> dict[str, Any]:
    parents = [parent.partition(":") for parent in cells.get("contributes_to", "").replace(" ", "").split(";") if parent]
    return {
        **{name: cells[name] for name in KPI_COLUMNS if name in cells},
        "owner": {field: cells[column] for column, field in OWNERS.items() if column in cells},
        "targets": [{field: cells[column] for column, field in TARGET_COLUMNS.items() if column in cells}],
        "contributes_to": [{"parent": code, "weight": weight or "1"} for code, _, weight in parents],
    }


def scorecards(
    file: File,
    column_map: Maps = None,
    ignore: Ignored = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
    as_json: AsJson = False,
) -> None:
    """Import scorecards as drafts, one row for each KPI on them. They are agreed with `sightline scorecard agree`.

    Columns: person (external_id), cycle_code, kpi_code, weight (percent), component. Results are named by each scorecard's first row.

    Example: `sightline import scorecards scorecards.csv`.
    """
    rows = read_table(file, SCORECARD_COLUMNS, SCORECARD_COLUMNS[:4], column_map, ignore)
    first_rows: dict[tuple[str, str], int] = {}
    lines: defaultdict[int, list[Cells]] = defaultdict(list)
    for row, cells in rows:
        lines[first_rows.setdefault((cells.get("person", ""), cells.get("cycle_code", "")), row)].append(cells)
    with open_client(organization, act_as) as client:
        kpi_ids = _kpi_ids(client, {cells["kpi_code"] for _, cells in rows if "kpi_code" in cells})
        heads = [(row, dict(own[0])) for row, own in lines.items()]
        by_head = {(head.get("person"), head.get("cycle_code")): lines[row] for row, head in heads}
        results = each_row(heads, lambda head: _open(client, kpi_ids, by_head[head.get("person"), head.get("cycle_code")]))
    report(results, as_json=as_json)


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
