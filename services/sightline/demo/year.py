"""The demo year, step by step. Each call plays it in a fresh organization, over HTTP alone but for the organization's creation."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from chassis.database import Database
from chassis.identity import TokenSigner, load_private_key
from chassis.settings import DEVELOPMENT_ISSUER
from sightline.databases import open_databases
from sightline.demo.agreeing import agree_scorecards, open_scorecards
from sightline.demo.company import YEAR, Meridale
from sightline.demo.founding import agree_on_pay, build_cascade, found_company, write_dictionary
from sightline.demo.launching import agree_on_launch, record_parts
from sightline.demo.office import Office
from sightline.demo.paying import approve_and_release, close_cycle, pull_payroll
from sightline.demo.reviewing import check_in, review_mid_year, review_year
from sightline.demo.showing import show_year
from sightline.demo.working import move_somebody, welcome_joiner, work_through
from sightline.organizations import NewOrganization, NewPerson, create_organization

Step = Callable[[Office, Meridale], Awaitable[None]]
Report = Callable[[str], None]


def months(which: range) -> Step:
    async def play(office: Office, company: Meridale) -> None:
        await work_through(office, company, which)

    return play


STEPS: list[tuple[str, Step]] = [
    ("January: people, units and reporting lines", found_company),
    ("The dictionary: the role library and Meridale's own definitions", write_dictionary),
    ("The cascade, from the board's KPIs to the teams'", build_cascade),
    ("The launch that four functions carry together: each agrees to its terms", agree_on_launch),
    ("Scorecards drafted from the role library's templates", open_scorecards),
    ("Scorecards proposed, bargained over and agreed", agree_scorecards),
    ("Pay bases and the bonus plan", agree_on_pay),
    ("January to April: results come in", months(range(1, 5))),
    ("May: a sales representative joins", welcome_joiner),
    ("May and June: the launch begins", months(range(5, 7))),
    ("July: the mid-year review of one team", review_mid_year),
    ("July and August: the figures of one month are missing", months(range(7, 9))),
    ("The launch is over: what each function brought", record_parts),
    ("September: an agent moves to another team, by signed webhook", move_somebody),
    ("September to December: a miss, a comeback", months(range(9, 13))),
    ("Check-ins by four questions", check_in),
    ("January: everybody's annual review", review_year),
    ("The cycle closes: scorecards freeze, scoring computes", close_cycle),
    ("Approved by somebody else, and released", approve_and_release),
    ("Payroll pulls, twice the same bytes, and acknowledges", pull_payroll),
]


async def play_year(home: Path, addresses: Mapping[str, str], report: Report, console: Console) -> None:
    """Play the year, telling `report` each step, and print what it came to. Raises DemoFailed where an answer is not as the story goes."""
    async with open_year(home, addresses) as (office, company):
        for words, step in STEPS:
            report(words)
            await step(office, company)
        await show_year(office, company, console, home / "pictures")


@asynccontextmanager
async def open_year(home: Path, addresses: Mapping[str, str]) -> AsyncIterator[tuple[Office, Meridale]]:
    """A fresh organization on 2 January, before anything has happened in it."""
    async with open_organization(home, addresses, "Meridale") as (office, administrator):
        await office.set_clock(administrator, f"{YEAR}-01-02T08:00:00Z")
        yield office, Meridale(administrator)


@asynccontextmanager
async def open_organization(home: Path, addresses: Mapping[str, str], name: str) -> AsyncIterator[tuple[Office, str]]:
    """A fresh, empty organization and its administrator's id."""
    made = await _create(home, name)
    issuer = TokenSigner(DEVELOPMENT_ISSUER, load_private_key(home / "keys" / "issuer.jwk.json"))
    async with Office(addresses, issuer, made.organization_id) as office:
        yield office, str(made.person_id)


async def _create(home: Path, name: str) -> NewOrganization:
    databases = await asyncio.to_thread(open_databases, home)
    kpi_api, scoring = (Database(database.url, pool_size=1) for database in databases)
    try:
        admin = NewPerson("Imogen", "Start", "imogen.start@example.com")
        return await create_organization(kpi_api, scoring, name=name, currency="USD", admin=admin)
    finally:
        await kpi_api.close()
        await scoring.close()
