"""A deal that several people carry together is paid by the shares that they agreed on, from the dictionary to the payout."""

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, update

from chassis.identifiers import new_id
from kpi_api.cascade.models import Kpi, KpiStakeholder
from kpi_api.people.models import OrgUnit
from kpi_api.scorecards.scoring_document import scoring_document
from kpi_api.scores.models import Score
from tests.kpi_api import given
from tests.kpi_api.closing.conftest import Year, run_pay

COMMISSION = """
plan: bonus
title: Commission
payout: payout
steps:
  - {name: mine, kind: multiply, of: [actual, credit_share]}
  - {name: commission, kind: tiers, of: mine, how: marginal, unit: money, tiers: [{rate: 5%}]}
  - {name: payout, kind: over_lines, how: sum, of: commission, places: 2}
"""


class Deal:
    """A KPI of the team North, in which Eve works, carried on the scorecards of Ann, Eve and Max."""

    def __init__(self, year: Year, north: OrgUnit, kpi: Kpi) -> None:
        self.year, self.scene, self.north, self.kpi = year, year.scene, north, kpi
        self.cards: dict[str, str] = {}

    async def agree(self, *names: str) -> None:
        """The person of each and HR sign a scorecard of this KPI alone."""
        for name in names:
            self.cards[name] = await self.scene.opened(of=name, lines=[{"kpi_id": str(self.kpi.id), "weight": "100.00"}])
            assert (await self.scene.act(self.cards[name], "force", "hr", reason="As in the contract.")).status_code == 200

    async def carried_by(self, **shares: str) -> None:
        """By Ann, Max, or the unit North."""
        holders = {name: {"unit_id": self.north.id} if name == "north" else {"person_id": self.scene.people[name].id} for name in shares}
        rows = [
            KpiStakeholder(id=new_id(), kpi_id=self.kpi.id, part="", credit_share=None, **({"person_id": None, "unit_id": None} | holder))
            for holder in holders.values()
        ]
        await given.store(self.year.organization, *rows)
        client = await self.scene.client("hr")
        place = f"/v1/kpis/{self.kpi.id}/collaboration"
        given_shares = [{"stakeholder_id": str(row.id), "share": share} for row, share in zip(rows, shares.values(), strict=True)]
        digest = (await client.get(place)).json()["digest"]
        divided = await client.put(f"{place}/credit-shares", json={"digest": digest, "shares": given_shares})
        assert divided.status_code == 200, divided.text

    async def handed_over(self) -> dict[str, str | None]:
        """The share of each as scoring is told it."""
        organization = self.year.organization
        async with organization.world.kpi_api.database.read(organization.id) as session:
            found = await scoring_document(session, [UUID(card) for card in self.cards.values()])
        told = {document["scorecard_id"]: document["lines"][0].get("credit_share") for document in found}
        return {name: told[card] for name, card in self.cards.items()}


@pytest.fixture
async def deal(bare_year: Year) -> Deal:
    scene = bare_year.scene
    north = OrgUnit(id=new_id(), code="north", name="North", kind="team", parent_id=None, head_id=None, value_statement=None)
    definition, version = given.a_definition("deals", parts=[{"code": "main", "name": "Deals", "unit": "USD", "direction": "higher"}])
    owned = {"level": "team", "owner_person_id": None, "owner_unit_id": north.id, "collaborative": True, "code": "deals"}
    kpi = given.a_kpi(version, scene.cycle, scene.people["ann"], **owned)
    target = given.a_target(kpi, "1000", unit="USD", period="window")
    works = given.an_employment(scene.people["eve"], scene.people["max"], unit_id=north.id)
    led = given.reports_to(scene.people["eve"], scene.people["max"])
    await given.store(bare_year.organization, north, works, led, definition, version, kpi, target)
    return Deal(bare_year, north, kpi)


async def test_two_people_are_paid_their_shares_of_one_sum(deal: Deal) -> None:
    # Given a deal of 1,034 of which 60 % are Ann's and 40 % Eve's, on the scorecards of both.
    year = deal.year
    await run_pay(year, COMMISSION, ("ann", "eve"))
    await deal.carried_by(ann="60.00", eve="40.00")
    await deal.agree("ann", "eve")
    row = {"kpi_code": "deals", "period_start": "2026-01-01", "value": "1034", "source": "CRM"}
    assert (await (await deal.scene.client("hr")).post("/v1/measurements", json=[row])).json()["created"] == 1
    # When the year is closed, approved and released.
    await year.organization.set_clock("2026-12-31T18:00:00Z")
    assert (await year.close()).json()["scorecard_count"] == 2
    await year.work()
    for verb in ("approve", "release"):
        assert (await year.pay("lou", verb)).status_code == 200
        await year.work()
    # Then 5 % of the deal are paid once, 31.02 and 20.68.
    paid = {}
    for name in ("ann", "eve"):
        client = (await year.organization.as_person(deal.scene.people[name].id)).scoring
        (item,) = (await client.get("/v1/payouts")).json()["items"]
        paid[name] = item["amount"]
    assert paid == {"ann": "31.02", "eve": "20.68"}
    assert sum(map(Decimal, paid.values())) == Decimal("51.70")


async def test_whose_share_is_whose(deal: Deal) -> None:
    await deal.agree("ann", "eve", "max")
    assert await deal.handed_over() == {"ann": None, "eve": None, "max": None}, "everybody carries the whole"
    await deal.carried_by(ann="70.00", north="30.00")
    assert await deal.handed_over() == {"ann": "70.00", "eve": "30.00", "max": "0.00"}, "Eve works in North, Max has no part"


async def test_dividing_the_credit_has_the_scores_reckoned_anew(deal: Deal) -> None:
    await deal.agree("ann", "max")
    organization = deal.year.organization
    async with organization.world.kpi_api.database.write(organization.id) as session:
        await session.execute(update(Score).values(stale_since=None))
    await deal.carried_by(ann="60.00", max="40.00")
    async with organization.world.kpi_api.database.read(organization.id) as session:
        stale = {str(row.id): row.stale_since is not None for row in await session.scalars(select(Score))}
    assert stale == {deal.cards["ann"]: True, deal.cards["max"]: True}


async def test_shares_stand_once_the_cycle_closes(deal: Deal) -> None:
    await deal.agree("ann")
    await deal.carried_by(ann="60.00", max="40.00")
    assert (await deal.year.close()).status_code == 202
    client = await deal.scene.client("hr")
    place = f"/v1/kpis/{deal.kpi.id}/collaboration"
    seen = (await client.get(place)).json()
    refused = await client.put(f"{place}/credit-shares", json={"digest": seen["digest"], "shares": []})
    assert (refused.status_code, refused.json()["code"]) == (409, "cycle_not_open")
    off = await client.post(f"{place}/stakeholders/{seen['stakeholders'][0]['id']}/take-off", json={"reason": "Late."})
    assert (off.status_code, off.json()["code"]) == (409, "cycle_not_open")
    assert await deal.handed_over() == {"ann": "60.00"}
