"""The launch that four functions carry together (S1): each head agrees to the terms, records what their function brought, and one looks
back."""

import asyncio
from typing import Any, Final

from sightline.demo.company import Meridale, read_csv
from sightline.demo.office import Office

LAUNCH: Final = "launch"
BROUGHT: Final = {
    "marketing": ("5400", "leads", "the autumn catalogue and two museum fairs"),
    "sales": ("212", "demonstrations", "every one of them held within a week"),
    "product": ("3", "releases", "the sign-up took four minutes in the end"),
    "customer-service": ("960", "welcomes", "each new curator was called on the second day"),
}
LEARNED: Final = {
    "went_well": "Support sat with Product before the launch, so that nobody waited.",
    "to_improve": "Tell Sales the prices a month earlier.",
}


def place(company: Meridale) -> str:
    """Where the launch is agreed on, and told of."""
    return f"/v1/kpis/{company.kpis[LAUNCH]}/collaboration"


def heads(company: Meridale) -> dict[str, str]:
    """By the code of each function that carries the launch, its head."""
    return {unit["code"]: company.id(unit["head"]) for unit in read_csv("units.csv") if unit["code"] in BROUGHT}


async def agree_on_launch(office: Office, company: Meridale) -> None:
    """One after the other: everybody signs the terms they have read."""
    for head in heads(company).values():
        terms = await office.call(head, "kpi_api", "GET", place(company))
        await office.call(head, "kpi_api", "POST", f"{place(company)}/agreement", json={"digest": terms["digest"]})


async def record_parts(office: Office, company: Meridale) -> None:
    """What each function brought, in figures of its own, and what Customer Service learned from it."""
    seen = await office.call(company.hr, "kpi_api", "GET", place(company))
    ids = {one["unit"]["id"]: one["id"] for one in seen["stakeholders"]}
    await asyncio.gather(
        *(_record(office, company, head, ids[company.units[code]], *BROUGHT[code]) for code, head in heads(company).items())
    )
    await office.call(heads(company)["customer-service"], "kpi_api", "PUT", f"{place(company)}/retrospective", json=LEARNED)


async def _record(office: Office, company: Meridale, head: str, stakeholder_id: str, value: str, unit: str, note: str) -> None:
    record: dict[str, Any] = {"stakeholder_id": stakeholder_id, "day": "2026-07-30", "value": value, "unit": unit, "note": note}
    await office.call(head, "kpi_api", "POST", f"{place(company)}/records", json=record)
