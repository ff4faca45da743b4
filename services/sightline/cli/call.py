"""`sightline call`: any request to a service that runs here, for whatever has no command of its own."""

from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.client import ActAs, OrganizationId, open_client
from sightline.cli.terminal import output, show_json
from sightline.problems import BadUsage

EDITS = {"PUT", "PATCH"}


def call(
    method: Annotated[str, typer.Argument(help="GET, POST, PUT, PATCH or DELETE.")],
    service: Annotated[str, typer.Argument(help="kpi_api or scoring.")],
    path: Annotated[str, typer.Argument(help="Such as /v1/cycles; see the service's /docs.")],
    data: Annotated[str | None, typer.Option(help="The body as JSON, or @FILE to read it from a file.")] = None,
    organization: OrganizationId = None,
    act_as: ActAs = None,
) -> None:
    """Make a request in somebody's name and print the answer.

    PUT and PATCH are made to what is there now: its ETag is read first and sent along.

    Examples: `sightline call GET kpi_api /v1/organization`, `sightline call PATCH kpi_api /v1/organization --data '{"mission": "..."}'`,
    `sightline call GET scoring /v1/payouts --as ada@example.com`.
    """
    if service not in {"kpi_api", "scoring"}:
        raise BadUsage(f"There is no service {service!r}.", "It is kpi_api or scoring.")
    headers = {"Content-Type": "application/json"} if data else {}
    with open_client(organization, act_as) as client:
        if method.upper() in EDITS:
            headers["If-Match"] = client.call(service, "GET", path).headers.get("ETag", "*")
        answer = client.call(service, method.upper(), path, content=_body(data), headers=headers)
    if "json" in answer.headers.get("content-type", ""):
        show_json(answer.json())
    else:
        output.out(answer.text, highlight=False)


def _body(data: str | None) -> bytes | None:
    if data is None or not data.startswith("@"):
        return data.encode() if data else None
    file = Path(data[1:])
    if not file.is_file():
        raise BadUsage(f"There is no file {file}.", "Write --data @FILE, or the JSON itself.")
    return file.read_bytes()
