"""January: the company, its people, its dictionary, its cascade from the board's KPIs to the teams', and the bonus plan."""

import asyncio
from typing import Any

from sightline.demo.company import CYCLE, HEAD_OF_PEOPLE, ROLES_GRANTED, Meridale, read_csv, read_text
from sightline.demo.office import Office

COLUMNS = {
    "employee_number": "external_id",
    "first_name": "given_name",
    "last_name": "family_name",
    "position": "role",
    "hired": "hire_date",
    "employer": "legal_entity",
}
BOARD = [("B001", "Ottilie", "Weir"), ("B002", "Cassius", "Brand")]
LIBRARY_ROLES = 6


async def found_company(office: Office, company: Meridale) -> None:
    """Mission, legal entities, units, people with their reporting lines, and who holds which granted role."""
    admin = company.administrator
    profile = await office.read(admin, "kpi_api", "/v1/organization")
    mission = {"mission": company.strategy["organization"]["mission"]}
    await office.call(admin, "kpi_api", "PATCH", "/v1/organization", json=mission, headers={"If-Match": profile.headers["ETag"]})
    for code, name, currency in (("MER-US", "Meridale Inc", "USD"), ("MER-UK", "Meridale Ltd", "GBP")):
        entity = await office.call(admin, "kpi_api", "POST", "/v1/legal-entities", json={"code": code, "name": name, "currency": currency})
        company.legal_entities[code] = entity["id"]
    for unit in read_csv("units.csv"):
        await _create_unit(office, company, unit)
    await office.bulk(admin, "kpi_api", f"/v1/people/import?create_missing=true&{column_map()}", content=read_text("people.csv"),
                      headers={"Content-Type": "text/csv"})  # fmt: skip
    await learn_people(office, company)
    await asyncio.gather(*(_appoint_head(office, company, unit) for unit in read_csv("units.csv")))
    await _create_board(office, company)
    for number, role in ROLES_GRANTED.items():
        await grant(office, company, company.id(number), role)


def column_map() -> str:
    """The query by which an import is told Meridale's column names."""
    return "&".join(f"map={column}%3D{name}" for column, name in COLUMNS.items())


async def learn_people(office: Office, company: Meridale) -> None:
    """Look up everybody's id."""
    found = await office.pages(company.administrator, "kpi_api", "/v1/people")
    company.people = {person["external_id"]: person["id"] for person in found}


async def _create_unit(office: Office, company: Meridale, unit: dict[str, str]) -> None:
    body = {
        "code": unit["code"],
        "name": unit["name"],
        "kind": unit["kind"],
        "parent_id": company.units.get(unit["parent"]),
        "value_statement": unit["value_statement"] or None,
    }
    made = await office.call(company.administrator, "kpi_api", "POST", "/v1/units", json=body)
    company.units[unit["code"]] = made["id"]


async def _appoint_head(office: Office, company: Meridale, unit: dict[str, str]) -> None:
    path = f"/v1/units/{company.units[unit['code']]}"
    answer = await office.read(company.administrator, "kpi_api", path)
    body = {key: answer.json()[key] for key in ("code", "name", "kind", "parent_id", "value_statement")}
    body["head_id"] = company.id(unit["head"])
    await office.call(company.administrator, "kpi_api", "PUT", path, json=body, headers={"If-Match": answer.headers["ETag"]})


async def _create_board(office: Office, company: Meridale) -> None:
    for number, given, family in BOARD:
        person = {"external_id": number, "given_name": given, "family_name": family}
        made = await office.call(company.administrator, "kpi_api", "POST", "/v1/people", json=person)
        company.people[number] = made["id"]
        await grant(office, company, made["id"], "board")


async def grant(office: Office, company: Meridale, person_id: str, role: str) -> None:
    """Give a role; once there is a second hr_admin, the head of people, it is theirs to approve."""
    given = await office.call(company.administrator, "kpi_api", "POST", "/v1/grants", json={"person_id": person_id, "role": role})
    if given["approved_at"] is None:
        await office.call(company.id(HEAD_OF_PEOPLE), "kpi_api", "POST", f"/v1/grants/{given['id']}/approve")


async def write_dictionary(office: Office, company: Meridale) -> None:
    """Open the cycle, install the role library, and add the company's own outcomes and definitions, each approved by a second person."""
    admin = company.administrator
    cycle = {"code": CYCLE, "name": "2026", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "status": "open"}
    company.cycle_id = (await office.call(admin, "kpi_api", "POST", "/v1/cycles", json=cycle))["id"]
    await office.call(admin, "kpi_api", "POST", "/v1/library/install")
    for outcome in company.strategy["outcomes"]:
        await office.call(admin, "kpi_api", "POST", "/v1/outcomes", json=outcome)
    definitions = company.strategy["definitions"].items()
    await asyncio.gather(*(_define(office, company, code, version) for code, version in definitions))


async def _define(office: Office, company: Meridale, code: str, version: dict[str, Any]) -> None:
    content = {"code": code, "version": {"effective_from": "2026-01-01", **version}}
    made = await office.call(company.administrator, "kpi_api", "POST", "/v1/definitions", json=content)
    path = f"/v1/definitions/{made['id']}/versions/1"
    await office.call(company.administrator, "kpi_api", "POST", f"{path}/propose")
    await office.call(company.hr, "kpi_api", "POST", f"{path}/approve")


async def build_cascade(office: Office, company: Meridale) -> None:
    """The KPIs of board, business units, functions and teams, each with what it leads to; and who carries the launch together."""
    kpis = [_new_kpi(company, key, kpi) for key, kpi in company.strategy["kpis"].items()]
    answer = await office.bulk(company.hr, "kpi_api", "/v1/kpis/bulk", json={"kpis": kpis})
    company.kpis = {kpi["code"]: row["id"] for kpi, row in zip(kpis, answer["results"], strict=True)}


def _new_kpi(company: Meridale, key: str, kpi: dict[str, Any]) -> dict[str, Any]:
    start, end = kpi.get("window", (None, None))
    stakeholders = [{"unit_code": unit, "part": ""} for unit in kpi.get("stakeholders", ())]
    return {
        "code": key,
        "definition_code": kpi["definition"],
        "cycle_code": CYCLE,
        "level": kpi["level"],
        "owner": {"unit_code": kpi["unit"]},
        "collaborative": bool(stakeholders),
        "window_start": start,
        "window_end": end,
        "targets": [kpi["target"]],
        "contributes_to": [{"parent": parent, "weight": weight} for parent, weight in kpi.get("leads_to", {}).items()],
        "stakeholders": stakeholders,
    }


async def agree_on_pay(office: Office, company: Meridale) -> None:
    """Pay bases and the bonus plan, in scoring alone: written by one person who runs pay, approved by another."""
    await office.wait_for("scoring's knowledge of the people", company.pay, "scoring", f"/v1/people/{company.second_pay}", until=bool)
    csv = {"Content-Type": "text/csv"}
    await office.bulk(company.pay, "scoring", "/v1/pay-bases/import", content=read_text("pay_bases.csv"), headers=csv)
    plan = {"code": "annual-bonus", "name": "Annual bonus 2026", "earning_code": "BONUS", "document": read_text("plan.yaml")}
    await office.call(company.pay, "scoring", "POST", "/v1/plans", json=plan)
    await office.call(company.second_pay, "scoring", "POST", "/v1/plans/annual-bonus/versions/1/approve")
    assignment = {"plan_code": "annual-bonus", "population": {"everyone": True}, "valid_from": "2026-01-01"}
    await office.call(company.pay, "scoring", "POST", "/v1/plan-assignments", json=assignment)
