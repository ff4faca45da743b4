"""What the demo prints: one person's line of sight up to the board and mission, how their bonus came about, and the payroll register."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from sightline.demo.company import STORYTELLER, Meridale
from sightline.demo.launching import place
from sightline.demo.office import Office

ROWS_SHOWN = 12
BOXES_AT_A_GLANCE = 40  # ours: a company's people stand as one box a team; each opens by the unit's own picture


async def show_year(office: Office, company: Meridale, console: Console, folder: Path) -> None:
    """Print what the year came to, and write pictures into `folder`."""
    person = company.id(STORYTELLER)
    console.print(Text("\nFrom one person's work to the mission", style="bold"))
    console.print(await _line_of_sight(office, company, person), soft_wrap=False)  # a tree that may not wrap is cut off
    for file in await _pictures(office, company, folder):
        console.print(Text(f"Drawn: {file}"))
    console.print(Text("\nA result that four functions carried together", style="bold"))
    console.print(Text(await _celebration(office, company)))
    console.print(Text("\nHow that person's bonus came about", style="bold"))
    console.print(await _bonus(office, person))
    console.print(Text("\nPayroll register", style="bold"))
    for batch in company.batches:
        console.print(_register(batch))


async def _line_of_sight(office: Office, company: Meridale, person: str) -> Tree:
    """The way up from the person's first KPI, as they see it themselves: no names and no measurements of others."""
    card = await office.call(person, "kpi_api", "GET", f"/v1/scorecards/{company.scorecards[STORYTELLER]}")
    seen = await office.call(person, "kpi_api", "GET", f"/v1/kpis/{card['lines'][0]['kpi_id']}/line-of-sight")
    names = {node["id"]: node for node in seen["nodes"]}
    tree = Tree(Text(f"Mission: {seen['mission']}", style="italic"))
    for path in seen["paths"]:
        branch = tree
        for kpi_id in reversed(path):
            branch = branch.add(_kpi_label(names[kpi_id]))
    return tree


async def _pictures(office: Office, company: Meridale, folder: Path) -> list[Path]:
    """The same way up as a picture, and the whole company's cascade as its administrator sees it."""
    person = company.id(STORYTELLER)
    card = await office.call(person, "kpi_api", "GET", f"/v1/scorecards/{company.scorecards[STORYTELLER]}")
    line = await _picture(office, person, f"/v1/kpis/{card['lines'][0]['kpi_id']}/line-of-sight/picture")
    cascade = f"/v1/units/{company.units['meridale']}/cascade/picture?limit={BOXES_AT_A_GLANCE}"
    whole = await _picture(office, company.administrator, cascade)
    return _written(folder, {"line-of-sight.svg": line, "cascade.svg": whole})


async def _celebration(office: Office, company: Meridale) -> str:
    """What those who carried the launch read: the joint result first."""
    celebrated = (await office.call(company.hr, "kpi_api", "GET", place(company)))["celebration"]
    return str(celebrated["text"]) if celebrated else "It is not celebrated yet."


async def _picture(office: Office, viewer: str, path: str) -> str:
    return str(await office.call(viewer, "kpi_api", "GET", path, headers={"Accept": "image/svg+xml"}))


def _written(folder: Path, pictures: Mapping[str, str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures.items():
        (folder / name).write_text(picture, encoding="utf-8")
    return [folder / name for name in pictures]


def _kpi_label(node: dict[str, Any]) -> Text:
    unit = node["owning_unit"]["name"] if node["owning_unit"] else "own"
    targets = "; ".join(target["sentence"] for target in node["targets"])
    return Text.assemble((node["level"].replace("_", " "), "cyan"), f"  {node['name']} ({unit}): {targets}")


async def _bonus(office: Office, person: str) -> Group:
    payouts = await office.pages(person, "scoring", "/v1/payouts")
    statement = await office.call(person, "scoring", "GET", f"/v1/payouts/{payouts[0]['id']}")
    table = Table("KPI", "target", "actual", "attained", "counts as", "weight", box=None, pad_edge=False, header_style="bold")
    for kpi in statement["kpis"]:
        part = kpi["parts"][0]
        table.add_row(kpi["name"], _short(part["target"]), _short(part["actual"]), _percent(kpi["attainment_raw"]), _percent(kpi["score"]),
                      f"{_short(kpi['weight'])} %")  # fmt: skip
    steps = [Text(f"{step['title']}: {step['sentence']}") for step in statement["explanation"]["steps"] if step["sentence"]]
    return Group(table, *steps, Text(f"Bonus: {statement['amount']} {statement['currency']}", style="bold green"))


def _register(batch: dict[str, Any]) -> Group:
    table = Table("number", "person", "cost centre", "earning", "earned", "amount", box=None, pad_edge=False, header_style="bold")
    table.columns[5].justify = "right"
    for line in batch["lines"][:ROWS_SHOWN]:
        earned = f"{line['earned_from']} to {line['earned_to']}"
        amount = f"{line['amount']} {line['currency']}"
        table.add_row(line["payroll_number"], line["external_id"], line["cost_centre"], line["earning_code"], earned, amount)
    if len(batch["lines"]) > ROWS_SHOWN:
        table.add_row("…", f"{len(batch['lines']) - ROWS_SHOWN} more")
    totals = batch["control_totals"]
    sums = ", ".join(f"{amount} {currency}" for currency, amount in totals["amounts"].items())
    head = Text(f"{batch['pay_group']}, check date {batch['check_date']}, batch {batch['batch_id']}", style="cyan")
    foot = Text(f"Control totals: {totals['line_count']} lines, {sums}; digest {batch['digest']}\n", style="bold")
    return Group(head, table, foot)


def _short(value: str | None) -> str:
    """A figure as people read it: two digits at most."""
    return "–" if value is None else f"{Decimal(value):,.2f}".rstrip("0").rstrip(".")


def _percent(value: str | None) -> str:
    return "–" if value is None else f"{Decimal(value) * 100:.2f} %"
