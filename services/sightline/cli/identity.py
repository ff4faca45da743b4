"""`sightline identity`: let somebody sign in who cannot be linked by the people in charge, as the first hr_admin in production."""

from typing import Annotated

import typer

from sightline.cli.client import OrganizationId
from sightline.cli.terminal import AsJson, show_json, show_step
from sightline.home import home_folder

app = typer.Typer(help="With which identities people sign in.", no_args_is_help=True)


@app.callback()
def identity() -> None:
    """With which identities people sign in."""


@app.command()
def link(
    person: Annotated[str, typer.Argument(help="User name or external id.")],
    issuer: Annotated[str, typer.Option(help="The `iss` of their tokens.")],
    subject: Annotated[str, typer.Option(help="The `sub` of their tokens.")],
    organization: OrganizationId = None,
    as_json: AsJson = False,
) -> None:
    """Link an identity of a trusted issuer to a person, as the operator. It holds at once and is recorded.

    Example: `sightline identity link ada@example.com --issuer https://login.example.com --subject 00u1a2b3`.
    """
    from sightline.tokens import Who, link_identity

    linked = link_identity(home_folder(), Who(user_name=person), issuer, subject, organization)
    if as_json:
        show_json({"id": str(linked.id), "person_id": str(linked.person_id), "issuer": issuer, "subject": subject})
    else:
        show_step(f"Tokens of {issuer} for {subject} now speak for {person}.")
