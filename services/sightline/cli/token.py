"""`sightline token`: a token for a person, or an API key for a program."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from sightline.cli.client import OrganizationId
from sightline.cli.terminal import AsJson, output, show_json
from sightline.home import home_folder


def token(
    organization: OrganizationId = None,
    person: Annotated[UUID | None, typer.Option(help="For this person.")] = None,
    user_name: Annotated[str | None, typer.Option(help="For the person with this user name or external id.")] = None,
    role: Annotated[str | None, typer.Option(help="For the first person who has this role; hr_admin when nobody is named.")] = None,
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How long the token holds.")] = 8,
    api_key: Annotated[str | None, typer.Option(metavar="NAME", help="Make an API key of this name instead; it is shown only now.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="What the key may do, such as integration or payroll; repeat for more.")] = None,
    service: Annotated[str, typer.Option(help="Whose API key: kpi_api or scoring.")] = "kpi_api",
    as_json: AsJson = False,
) -> None:
    """Print a token of the development issuer, or a new API key.

    Examples: `sightline token`, `sightline token --user-name ada@example.com --hours 1`,
    `sightline token --api-key payroll --scope payroll --service scoring`.
    """
    from sightline.tokens import Who, make_key, make_token

    home = home_folder()
    if api_key is None:
        made = make_token(home, Who(person, user_name, role), organization, timedelta(hours=hours))
    else:
        made = make_key(home, service, api_key, scope or ["integration"], organization).text
    if as_json:
        show_json({"token": made})
    else:
        output.out(made, highlight=False)
