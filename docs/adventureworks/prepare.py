"""Turns the AdventureWorks sample's tables into a folder that `sightline import` takes; see docs/your-own-company.md.

python docs/adventureworks/prepare.py SAMPLE FOLDER

SAMPLE holds people.csv, sales_people.csv and sales_quotas.csv. Whatever the sample does not say is an assumption, and each
is marked so below. Amounts stay exact decimals.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

Row = dict[str, str]

CYCLE, FIRST_DAY = "FY2025", "2024-06-01"
CHIEF_EXECUTIVE, SALES_HEAD = "1", "273"
ANNUAL_HOURS = 2080  # assumption: a year of pay is 52 weeks of 40 hours, at today's rate
QUARTERS = 4
CENT = Decimal("0.01")

# Assumption: who sits where in this exercise. B1 is invented, since the sample has no board.
ROLES = {"235": "hr_admin", "234": "comp_admin", "248": "payroll", "B1": "board"}
TEAMS = {"274": ("sales-north-america", "North America"), "285": ("sales-pacific", "Pacific"), "287": ("sales-europe", "Europe")}


def main(sample: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    people = read(sample / "people.csv")
    sellers = read(sample / "sales_people.csv")
    managers = {person["employee_id"]: person["manager_id"] for person in people}
    quotas = quotas_of_last_year(read(sample / "sales_quotas.csv"))
    sales = {row["employee_id"]: Decimal(row["sales_year_to_date"]) for row in sellers}
    bonuses = {row["employee_id"]: Decimal(row["bonus"]) for row in sellers}
    write(folder / "units.csv", units(people))
    write(folder / "grants.csv", [{"person": person, "role": role} for person, role in ROLES.items()])
    write(folder / "definitions.csv", [definition()])
    write(folder / "kpis.csv", kpis(quotas, managers))
    write(folder / "scorecards.csv", scorecards(sales))
    write(folder / "measurements.csv", [measurement(person, amount) for person, amount in sales.items()])
    write(folder / "pay_bases.csv", [pay_basis(person, bonuses) for person in people])


def quotas_of_last_year(rows: list[Row]) -> dict[str, Decimal]:
    """Assumption: what belongs to the sales of the year to date is the sum of a person's last four quarterly quotas.

    `annual_quota` of sales_people.csv does not: the sales are 5 to 17 times as high.
    """
    quarters: defaultdict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in rows:
        quarters[row["employee_id"]].append((row["quota_date"], Decimal(row["quota"])))
    return {person: sum((quota for _, quota in sorted(own)[-QUARTERS:]), Decimal()) for person, own in quarters.items()}


def units(people: list[Row]) -> Iterable[Row]:
    """The company, its department groups, its departments (as the import of people made them), and the three sales teams."""
    yield unit("adventure-works", "Adventure Works", "company", "", CHIEF_EXECUTIVE)
    for group in dict.fromkeys(person["department_group"] for person in people):
        yield unit(f"{code_of(group)}-group", f"{group} Group", "business_unit", "adventure-works")
    for name, group in dict.fromkeys((person["department"], person["department_group"]) for person in people):
        yield unit(code_of(name), name, "function", f"{code_of(group)}-group", SALES_HEAD if name == "Sales" else "")
    for head, (code, name) in TEAMS.items():
        yield unit(code, f"Sales {name}", "team", "sales", head)


def unit(code: str, name: str, kind: str, parent: str, head: str = "") -> Row:
    return {"code": code, "name": name, "kind": kind, "parent": parent, "head": head}


def code_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def definition() -> Row:
    return {
        "code": "sales-against-quota", "name": "Sales against quota", "unit": "USD", "direction": "higher", "combine": "total",
        "dimension": "output", "kind": "result", "source_of_truth": "Sales ledger", "effective_from": FIRST_DAY,
    }  # fmt: skip


def kpis(quotas: dict[str, Decimal], managers: dict[str, str]) -> Iterable[Row]:
    """The chief executive's KPI, the sales department's, the teams', and each seller's own, which rolls up through them."""
    total = sum(quotas.values())
    yield kpi("sales", "strategic", total, owner_person=CHIEF_EXECUTIVE)
    yield kpi("sales-department", "functional", total, owner_unit="sales", contributes_to="sales")
    for head, (code, _) in TEAMS.items():
        yield kpi(code, "team", total_of_team(head, quotas, managers), owner_unit=code, contributes_to="sales-department")
    for person, quota in quotas.items():
        yield kpi(f"sales-{person}", "individual", quota, owner_person=person, contributes_to=team_of(person, managers))


def kpi(code: str, level: str, target: Decimal | int, **more: str) -> Row:
    fixed = {"code": code, "definition_code": "sales-against-quota", "cycle_code": CYCLE, "level": level}
    return fixed | {"target": f"{target:f}", "unit": "USD"} | {"owner_person": "", "owner_unit": "", "contributes_to": ""} | more


def head_of(person: str, managers: dict[str, str]) -> str:
    """Whose team a seller belongs to: the heads of the teams sell, too, and count among their own."""
    return person if person in TEAMS else managers[person]


def team_of(person: str, managers: dict[str, str]) -> str:
    return TEAMS[head_of(person, managers)][0]


def total_of_team(head: str, amounts: dict[str, Decimal], managers: dict[str, str]) -> Decimal:
    return sum((amount for person, amount in amounts.items() if head_of(person, managers) == head), Decimal())


def scorecards(sales: dict[str, Decimal]) -> Iterable[Row]:
    """Assumption: sellers answer for their own sales; heads of teams for theirs and the team's by half; those above for the roll-up."""
    for person in sales:
        own = "50.00" if person in TEAMS else "100.00"
        yield line(person, f"sales-{person}", own)
        if person in TEAMS:
            yield line(person, TEAMS[person][0], "50.00")
    yield line(SALES_HEAD, "sales-department", "100.00")
    yield line(CHIEF_EXECUTIVE, "sales", "100.00")


def line(person: str, kpi_code: str, weight: str) -> Row:
    return {"person": person, "cycle_code": CYCLE, "kpi_code": kpi_code, "weight": weight}


def measurement(person: str, amount: Decimal) -> Row:
    """A seller's sales of the year; what lies above is rolled up."""
    return {"kpi_code": f"sales-{person}", "period_start": FIRST_DAY, "value": f"{amount:f}", "source": "sales_people.csv"}


def pay_basis(person: Row, bonuses: dict[str, Decimal]) -> Row:
    """The salary, and for sellers the bonus of the sample as target bonus.

    Three of them have none there (.0000). Assumption: nor have the two above them, who stand in no table of sellers; so their payout is
    zero, with the reason. Everybody else takes no part in the plan and has an empty target bonus, which is not zero.
    """
    number = person["employee_id"]
    salary = (Decimal(person["hourly_rate"]) * ANNUAL_HOURS).quantize(CENT, ROUND_HALF_UP)
    bonus = bonuses.get(number, Decimal() if number in {SALES_HEAD, CHIEF_EXECUTIVE} else None)
    return {
        "external_id": number, "valid_from": FIRST_DAY, "salary": str(salary), "currency": "USD",
        "target_bonus_amount": "" if bonus is None else f"{bonus:.2f}", "pay_group": "ADVENTURE-WORKS", "legal_entity": "ADVENTURE-WORKS",
        "payroll_number": f"AW{int(number):04}", "cost_centre": code_of(person["department"]),
    }  # fmt: skip


def read(file: Path) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def write(file: Path, rows: Iterable[Row]) -> None:
    given = list(rows)
    with file.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, list(given[0]))
        writer.writeheader()
        writer.writerows(given)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
