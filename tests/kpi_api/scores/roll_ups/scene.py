"""The company of the cascade's tests, whose KPIs count dollars per month and roll up."""

from typing import Any

from tests.kpi_api.cascade.company import Company, kpi

Body = dict[str, Any]


def dollars(code: str, level: str, **given: Any) -> Body:
    """A KPI of 120 dollars a year, measured per month."""
    return kpi(code, level, **({"targets": [{"value": "120", "unit": "USD"}]} | given))


async def cascade(company: Company) -> dict[str, str]:
    """growth = sum of field; field = sum of sales and support; sales = sum of north; north = sum of Eli's and Fay's; support of Hal's."""
    return await company.create(
        dollars("growth", "strategic", unit="vale", roll_up="sum"),
        dollars("field", "business_unit", unit="field", to=["growth"], roll_up="sum"),
        dollars("sales", "functional", unit="sales", to=["field"], roll_up="sum"),
        dollars("support", "functional", unit="support", to=["field"], roll_up="sum"),
        dollars("north", "team", unit="north", to=["sales"], roll_up="sum"),
        dollars("eli", "individual", person="eli", to=["north"]),
        dollars("fay", "individual", person="fay", to=["north"]),
        dollars("hal", "individual", person="hal", to=["support"]),
    )


async def measure(company: Company, **values: str) -> None:
    """January's values by code."""
    rows = [{"kpi_code": code, "period_start": "2026-01-01", "value": value, "source": "CRM"} for code, value in values.items()]
    answer = await (await company.admin()).post("/v1/measurements", json=rows)
    assert answer.json()["error"] == 0, answer.text


async def say(company: Company, kpi_id: str, **choice: str) -> None:
    client = await company.admin()
    answer = await client.put(f"/v1/kpis/{kpi_id}/roll-up", json=choice, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text


async def link(company: Company, child: str, parent: str, weight: str = "1") -> None:
    client = await company.admin()
    answer = await client.post("/v1/contributions", json={"contributions": [{"child": child, "parent": parent, "weight": weight}]})
    assert answer.json()["error"] == 0, answer.text


async def read(company: Company, path: str, by: str | None = None, **query: Any) -> Body:
    client = await company.client(by) if by else await company.admin()
    answer = await client.get(f"/v1/cascade/{path}", params={"cycle": "2026"} | query)
    assert answer.status_code == 200, answer.text
    found: Body = answer.json()
    return found


async def roll_up(company: Company, by: str | None = None, **query: Any) -> dict[str, Body]:
    """By code, in the order told."""
    return {item["code"]: item for item in (await read(company, "roll-up", by, **query))["items"]}
