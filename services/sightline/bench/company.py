"""A large company in the middle of its year: people in a tree of degree 8, six KPIs each, five levels up to the board's.

Its SQL scripts write it straight into both databases, as the services would have stored it. The same size gives the same company, ids
included. What no figure reads is left out: signatures, histories, and reporting lines in scoring.
"""

from dataclasses import dataclass
from importlib.resources import files
from uuid import UUID

from sightline.bench.stage import Stage
from sightline.databases import SERVICES

KPIS_PER_PERSON = 6
CYCLE_CODE = "2026"
PERSON, UNIT, KPI = 2, 3, 7  # the first part of their ids, as in company_common.sql


@dataclass(frozen=True)
class Company:
    """Who does what: `closer` is hr_admin; `payer` and `approver` run pay and are not paid by it."""

    organization_id: UUID
    people: int
    closer: UUID
    payer: UUID
    approver: UUID

    def kpi(self, number: int) -> UUID:
        """The id of an individual KPI, numbered from 0."""
        return _made(KPI, number)

    def person(self, place: int) -> UUID:
        """The id of the person at a place of the tree, of which 0 is the root."""
        return _made(PERSON, place)

    def unit(self, number: int) -> UUID:
        """The id of a unit, of which 0 is the company."""
        return _made(UNIT, number)

    def owner_of(self, number: int) -> UUID:
        """The person whose KPI it is."""
        return _made(PERSON, number // KPIS_PER_PERSON)


def _made(kind: int, number: int) -> UUID:
    return UUID(f"{kind:08x}000070008000{number:012x}")


async def company_of(stage: Stage, people: int) -> Company:
    """The stage's company of this size, generated once for all its figures."""
    if people not in stage.companies:
        stage.companies[people] = await _found(stage, people)
    return stage.companies[people]


async def _found(stage: Stage, people: int) -> Company:
    stage.report(f"Generating a company of {people} people with {people * KPIS_PER_PERSON} KPIs")
    made = await stage.new_organization(f"company of {people}")
    for service in SERVICES:
        async with stage.administrator(service) as connection, connection.transaction():
            await connection.execute("SELECT set_config('bench.organization', $1, true)", str(made.organization_id))
            await connection.execute("SELECT set_config('bench.people', $1, true)", str(people))
            for name in ("common", service):
                await connection.execute(files("sightline.bench").joinpath(f"company_{name}.sql").read_text())
    for service in SERVICES:
        async with stage.administrator(service) as connection:
            await connection.execute("VACUUM (ANALYZE)")
    return Company(made.organization_id, people, made.person_id, _made(PERSON, people), _made(PERSON, people + 1))
