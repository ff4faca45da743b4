"""January: everybody's scorecard, proposed by one side and agreed by the other. One person bargains, one sends it back first."""

import asyncio
from typing import Any

from sightline.demo.company import BOARD_MEMBER, CYCLE, JOINER, Meridale
from sightline.demo.office import Office

# What the KPIs of each role's template lead to, by the unit somebody works in.
LEADS_TO = {
    "sales-north": "north-revenue",
    "sales-south": "south-revenue",
    "marketing-growth": "growth-leads",
    "support-amber": "amber-satisfaction",
    "support-cobalt": "cobalt-satisfaction",
    "engineering-atlas": "atlas-delivery",
    "engineering-borealis": "borealis-delivery",
    "finance": "finance-cost",
    "hr": "people-retention",
}
MANAGEMENT = {"chief_executive", "business_unit_head", "function_head", "team_manager"}
LEADERSHIP = {"comparison": "at_least", "value": "4.0", "unit": "score", "scale_minimum": "1", "scale_maximum": "5"}
BARGAINER, RELUCTANT = "M020", "M049"


async def open_scorecards(office: Office, company: Meridale) -> None:
    """Drafts: from the role library's templates for individuals, from their units' KPIs for those who lead."""
    await asyncio.gather(*(_open_for_unit(office, company, unit) for unit in LEADS_TO))
    await _create_leadership_kpis(office, company)
    await asyncio.gather(*(_open_for_leader(office, company, row) for row in company.rows if row["position"] in MANAGEMENT))
    await learn_scorecards(office, company)


async def learn_scorecards(office: Office, company: Meridale) -> None:
    """Look up everybody's scorecard."""
    numbers = {person_id: number for number, person_id in company.people.items()}
    cards = await office.pages(company.hr, "kpi_api", "/v1/scorecards", cycle_code=CYCLE)
    company.scorecards |= {numbers[card["person_id"]]: card["id"] for card in cards}


async def open_from_template(office: Office, company: Meridale, role: str, unit: str, numbers: list[str]) -> None:
    template = await _template_lines(office, company, role)
    content = {
        "template_code": role,
        "cycle_code": CYCLE,
        "people": [{"person_external_id": number} for number in numbers],
        "contributes_to": [{"definition_code": code, "parent": LEADS_TO[unit]} for code in template],
    }
    await office.bulk(company.hr, "kpi_api", "/v1/scorecards/bulk", json=content)


async def _open_for_unit(office: Office, company: Meridale, unit: str) -> None:
    rows = [row for row in company.rows if row["unit"] == unit and row["position"] not in MANAGEMENT and row["employee_number"] != JOINER]
    await open_from_template(office, company, rows[0]["position"], unit, [row["employee_number"] for row in rows])


async def _template_lines(office: Office, company: Meridale, role: str) -> list[str]:
    templates = await office.pages(company.hr, "kpi_api", "/v1/templates")
    template: dict[str, Any] = next(found for found in templates if found["role_code"] == role)
    return [line["definition_code"] for line in template["lines"]]


async def _create_leadership_kpis(office: Office, company: Meridale) -> None:
    """A behavioural KPI for everybody who leads, from S0's list."""
    kpis = [
        {
            "code": leadership_code(row["employee_number"]),
            "definition_code": "leadership-feedback",
            "cycle_code": CYCLE,
            "level": "individual",
            "owner": {"person_external_id": row["employee_number"]},
            "targets": [LEADERSHIP],
            "contributes_to": [{"parent": key} for key in _unit_kpis(company, row["unit"])],
        }
        for row in company.rows
        if row["position"] in MANAGEMENT
    ]
    answer = await office.bulk(company.hr, "kpi_api", "/v1/kpis/bulk", json={"kpis": kpis})
    company.kpis |= {str(kpi["code"]): row["id"] for kpi, row in zip(kpis, answer["results"], strict=True)}


def leadership_code(number: str) -> str:
    return f"leadership-{number}"


def _unit_kpis(company: Meridale, unit: str) -> list[str]:
    return [key for key, kpi in company.strategy["kpis"].items() if kpi["unit"] == unit]


async def _open_for_leader(office: Office, company: Meridale, row: dict[str, str]) -> None:
    number = row["employee_number"]
    lines = [
        *({"kpi_id": company.kpis[key], "weight": weight, "component": "output"} for key, weight in _weights(company, row["unit"])),
        {"kpi_id": company.kpis[leadership_code(number)], "weight": "20.00", "component": "behavioural"},
    ]
    content = {"person_external_id": number, "cycle_code": CYCLE, "lines": lines}
    await office.call(company.hr, "kpi_api", "POST", "/v1/scorecards", json=content)


def _weights(company: Meridale, unit: str) -> list[tuple[str, str]]:
    """Eighty percent shared among a unit's KPIs; the first takes what does not divide."""
    keys = _unit_kpis(company, unit)
    share = 80 // len(keys)
    return [(key, f"{share + (80 - share * len(keys) if place == 0 else 0)}.00") for place, key in enumerate(keys)]


async def agree_scorecards(office: Office, company: Meridale) -> None:
    """Managers propose, people agree; the board proposes to the chief executive."""
    numbers = [number for number in company.scorecards if number not in {BARGAINER, RELUCTANT}]
    await asyncio.gather(*(propose_and_agree(office, company, number, company.manager_of(number)) for number in numbers))
    await _bargain(office, company)
    await _send_back_first(office, company)


async def propose_and_agree(office: Office, company: Meridale, number: str, manager: str) -> None:
    card = await verb(office, company, number, manager or BOARD_MEMBER, "propose")
    await verb(office, company, number, number, "agree", version=card["version"])


async def _bargain(office: Office, company: Meridale) -> None:
    """Somebody answers with other weights, and their manager agrees to those."""
    manager = company.manager_of(BARGAINER)
    card = await verb(office, company, BARGAINER, manager, "propose")
    lines = [{key: line[key] for key in ("kpi_id", "weight", "component")} for line in card["lines"]]
    lines[0]["weight"], lines[1]["weight"] = "25.00", "20.00"
    counter: dict[str, Any] = {"comment": "New accounts take most of my week: let them count for more.", "lines": lines}
    await verb(office, company, BARGAINER, BARGAINER, "counter", **counter)
    await verb(office, company, BARGAINER, manager, "agree")


async def _send_back_first(office: Office, company: Meridale) -> None:
    """Somebody rejects the first text; after a talk it is proposed again and agreed."""
    manager = company.manager_of(RELUCTANT)
    await verb(office, company, RELUCTANT, manager, "propose")
    await verb(office, company, RELUCTANT, RELUCTANT, "reject", comment="I was on the night shift last year; can we talk first?")
    await propose_and_agree(office, company, RELUCTANT, manager)


async def verb(office: Office, company: Meridale, number: str, by: str, name: str, *, version: int | None = None, **content: Any) -> Any:
    """Somebody does something to `number`'s scorecard, as they last saw it (`version`) or as it now stands."""
    path = f"/v1/scorecards/{company.scorecards[number]}"
    person = company.id(by)
    tag = f'"{version}"' if version else (await office.read(person, "kpi_api", path)).headers["ETag"]
    return await office.call(person, "kpi_api", "POST", f"{path}/{name}", json=content, headers={"If-Match": tag})
