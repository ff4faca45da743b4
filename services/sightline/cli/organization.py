"""`sightline organization`: make an organization, list those that are there."""

import asyncio
import re
from datetime import timedelta
from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, output, show_json, show_step, show_table
from sightline.home import home_folder
from sightline.problems import BadUsage

app = typer.Typer(help="The organizations of this set-up.", no_args_is_help=True)

PERSON = re.compile(r"\s*(?P<given>\S+)\s+(?P<family>\S.*?)\s*<(?P<mail>[^<>\s]+@[^<>\s]+)>\s*")
CURRENCY = re.compile(r"[A-Z]{3}")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    admin: Annotated[str, typer.Option(help='Its first HR administrator: "Given Family <mail>".')],
    currency: Annotated[str, typer.Option(help="ISO 4217, such as USD or EUR.")] = "USD",
    mission: Annotated[str, typer.Option(help="Why it exists: where every line of sight ends.")] = "",
    time_zone: Annotated[str, typer.Option(help="Such as Europe/Vienna.")] = "UTC",
    as_json: AsJson = False,
) -> None:
    """Make an organization in both databases, with its first HR administrator, and print a token for them.

    Example: `sightline organization create "Meridale" --currency EUR --admin "Ada Quill <ada@example.com>"`.
    """
    from sightline.organizations import NewOrganization, NewPerson, create_organization
    from sightline.tokens import Who, make_token, opened

    person = PERSON.fullmatch(admin)
    if person is None:
        raise BadUsage(f"{admin!r} names nobody.", 'Write --admin "Ada Quill <ada@example.com>".')
    if not CURRENCY.fullmatch(currency):
        raise BadUsage(f"{currency!r} is no currency.", "Write its three letters, such as USD.")
    first = NewPerson(person["given"], person["family"], person["mail"])
    home, urls = home_folder(), _current_urls()

    async def make() -> NewOrganization:
        async with opened(urls["kpi_api"]) as kpi_api, opened(urls["scoring"]) as scoring:
            return await create_organization(
                kpi_api, scoring, name=name, currency=currency, admin=first, mission=mission, time_zone=time_zone
            )

    made = asyncio.run(make())
    token = make_token(home, Who(person_id=made.person_id), made.organization_id, timedelta(hours=8))
    if as_json:
        show_json({"organization_id": made.organization_id, "person_id": made.person_id, "token": token})
        return
    show_step(f"{name} is there; {first.given_name} {first.family_name} is its first HR administrator ({made.person_id}).")
    show_step("A token for them, for eight hours (more by `sightline token`):")
    show_step(token)
    output.out(str(made.organization_id), highlight=False)


@app.command("list")
def list_organizations(as_json: AsJson = False) -> None:
    """List the organizations.

    Example: `sightline organization list`.
    """
    from chassis.database import Database
    from kpi_api.people.models import OrganizationProfile
    from sightline.tokens import with_database

    async def read(database: Database) -> list[dict[str, str]]:
        rows = []
        for organization_id in await database.organization_ids():
            async with database.read(organization_id) as session:
                profile = await session.get(OrganizationProfile, (organization_id, organization_id))
                rows.append({"id": str(organization_id), "name": profile.name if profile else ""})
        return rows

    rows = with_database(home_folder(), "kpi_api", read)
    if as_json:
        show_json(rows)
    else:
        show_table(["id", "name"], [list(row.values()) for row in rows])


def _current_urls() -> dict[str, str]:
    """The URL of each service's database, whose tables are current."""
    from sightline.databases import open_databases

    databases = open_databases(home_folder())
    for database in databases:
        database.require_current()
    return {database.service: database.url for database in databases}
