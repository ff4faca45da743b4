"""A company of many people with one KPI each, made in a few calls, ready to close its cycle: something to kill processes under."""

import asyncio
from decimal import Decimal
from typing import Any, Final

import orjson

from sightline.demo.office import Office

PEOPLE: Final = 120
CYCLE: Final = "2026"
CSV: Final = {"Content-Type": "text/csv"}
JSON: Final = {"Content-Type": "application/json"}
PLAN: Final = """
plan: plain_bonus
steps:
  - {name: attained, kind: attainment}
  - {name: composite, kind: weighted_mean, of: attained}
  - {name: bonus, kind: amount, basis: target_bonus, factors: [composite]}
  - {name: paid, kind: rounding, of: bonus, to_nearest: minor_unit}
composite: composite
payout: paid
"""


def number(place: int) -> str:
    return f"P{place:04d}"


def result(place: int) -> int:
    """What somebody reached of a target of 100."""
    return 60 + place % 80


def bonus(place: int) -> Decimal:
    """What somebody is due: a tenth of 50,000 and some cents, times the share of the target."""
    target = (Decimal(50_000) + Decimal(place) / 100) * Decimal("0.1")
    return (target * result(place) / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")


class SmallCompany:
    """Builds itself through the doors; `hr` closes the cycle, `approver` approves and is paid nothing."""

    def __init__(self, office: Office, administrator: str, size: int = PEOPLE) -> None:
        self.office = office
        self.hr = administrator
        self.size = size
        self.people: dict[str, str] = {}
        self.cycle_id = ""

    @property
    def approver(self) -> str:
        return self.people["APPROVER"]

    @property
    def pay(self) -> str:
        return self.people["PAY"]

    async def found(self) -> None:
        """People, a cycle, and a template of one KPI that nobody has been given."""
        await self.office.set_clock(self.hr, "2026-01-02T08:00:00Z")
        await self._hire()
        await self._define()

    async def build(self) -> None:
        await self.found()
        await self._agree()
        await self._measure()
        await self._set_pay()
        await self.office.set_clock(self.hr, "2027-01-11T08:00:00Z")

    async def _post(self, person: str, path: str, service: str = "kpi_api", **content: Any) -> Any:
        return await self.office.call(person, service, "POST", path, **content)

    async def _hire(self) -> None:
        names = ["SECOND", "PAY", "APPROVER", *map(number, range(self.size))]
        table = "external_id,given_name,family_name,hire_date,manager\n" + "".join(f"{name},Given,{name},2020-01-01,\n" for name in names)
        await self.office.bulk(self.hr, "kpi_api", "/v1/people/import", content=table, headers=CSV)
        self.people = {row["external_id"]: row["id"] for row in await self.office.pages(self.hr, "kpi_api", "/v1/people")}
        for name, role in (("SECOND", "hr_admin"), ("PAY", "comp_admin"), ("APPROVER", "comp_admin")):
            given = await self._post(self.hr, "/v1/grants", json={"person_id": self.people[name], "role": role})
            if given["approved_at"] is None:
                await self._post(self.people["SECOND"], f"/v1/grants/{given['id']}/approve")

    async def _define(self) -> None:
        cycle = {"code": CYCLE, "name": CYCLE, "starts_on": "2026-01-01", "ends_on": "2026-12-31", "status": "open"}
        self.cycle_id = (await self._post(self.hr, "/v1/cycles", json=cycle))["id"]
        version = {"name": "Orders", "unit": "count", "effective_from": "2026-01-01"}
        made = await self._post(self.hr, "/v1/definitions", json={"code": "orders", "version": version})
        await self._post(self.hr, f"/v1/definitions/{made['id']}/versions/1/propose")
        await self._post(self.people["SECOND"], f"/v1/definitions/{made['id']}/versions/1/approve")
        line = {"definition_code": "orders", "weight": "100.00", "targets": [{"value": "100", "unit": "count"}]}
        await self._post(self.hr, "/v1/templates", json={"code": "orders", "name": "Orders", "lines": [line]})

    async def _agree(self) -> None:
        people = [{"person_external_id": number(place)} for place in range(PEOPLE)]
        opening = {"template_code": "orders", "cycle_code": CYCLE, "people": people}
        opened = await self.office.bulk(self.hr, "kpi_api", "/v1/scorecards/bulk", json=opening)
        await asyncio.gather(*(self._force(row["id"]) for row in opened["results"]))

    async def _force(self, scorecard_id: str) -> None:
        path = f"/v1/scorecards/{scorecard_id}/force"
        await self._post(self.hr, path, json={"reason": "A test"}, headers={"If-Match": "*"})

    async def _measure(self) -> None:
        owners = {person_id: name for name, person_id in self.people.items()}
        kpis = await self.office.pages(self.hr, "kpi_api", "/v1/kpis", cycle_id=self.cycle_id)
        rows = [
            {"kpi_id": kpi["id"], "period_start": "2026-01-01", "value": str(result(int(owners[kpi["owner"]["id"]][1:]))), "source": "test"}
            for kpi in kpis
        ]
        await self.office.bulk(self.hr, "kpi_api", "/v1/measurements", content=orjson.dumps(rows), headers=JSON)

    async def _set_pay(self) -> None:
        last = self.people[number(PEOPLE - 1)]
        await self.office.wait_for("the people in scoring", self.pay, "scoring", f"/v1/people/{last}", until=bool)
        table = "external_id,valid_from,salary,currency,target_bonus_share,pay_group\n"
        table += "".join(f"{number(place)},2026-01-01,{50_000 + place / 100:.2f},USD,0.1,ALL\n" for place in range(PEOPLE))
        await self.office.bulk(self.pay, "scoring", "/v1/pay-bases/import", content=table, headers=CSV)
        await self._post(self.pay, "/v1/plans", "scoring", json={"code": "plain-bonus", "name": "Plain", "document": PLAN})
        await self._post(self.approver, "/v1/plans/plain-bonus/versions/1/approve", "scoring")
        assignment = {"plan_code": "plain-bonus", "population": {"everyone": True}, "valid_from": "2026-01-01"}
        await self._post(self.pay, "/v1/plan-assignments", "scoring", json=assignment)
