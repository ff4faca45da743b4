"""Requests to the Sightline that runs on this machine, in the name of one person.

with open_client(organization, act_as) as client:
    client.call("kpi_api", "POST", "/v1/cycles", json={...})     # the answer, or Refused in the service's own words
    client.acting_as(person_id)                                  # the same for somebody else
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import httpx
import typer

from sightline.home import home_folder
from sightline.problems import BadUsage, NotRunning, OperatorProblem

if TYPE_CHECKING:
    from sightline.tokens import Who

OrganizationId = Annotated[
    UUID | None,
    typer.Option("--organization", envvar="SIGHTLINE_ORGANIZATION", help="Its id; not needed while there is only one."),
]
ActAs = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="Act as this person: a user name, an external id, an id, or a role for its first holder. Else by the token in"
        " SIGHTLINE_TOKEN, else as the first hr_admin.",
    ),
]

ROLES = {"hr_admin", "comp_admin", "payroll", "board", "auditor"}
SECONDS = 600
SECONDS_TO_WAIT = 120
TOKEN_LIFE = timedelta(hours=1)
SHOWN = 20
NAMED = 200
"""More people than these are told by ids."""


class Refused(OperatorProblem):
    """A service's problem, as it worded it. `code` is the service's."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        sentence = body["detail"] or body["title"]
        self.errors: list[dict[str, Any]] = body.get("errors") or []
        unsaid = [error for error in self.errors if error["message"] not in sentence]
        super().__init__(sentence, "\n".join(_placed(error) for error in unsaid[:SHOWN]))
        self.code = body["code"]  # type: ignore[misc]
        self.status = status


def _placed(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, after its row and name as far as they are known."""
    row = f"row {error['row']}" if error.get("row") else ""
    place = ", ".join(part for part in (row, error["field"].strip("/")) if part)
    return f"{place}: {error['message']}" if place else str(error["message"])


@dataclass(frozen=True)
class Client:
    """HTTP clients of both services and the token that speaks for a person of an organization (null where only the token knows it)."""

    services: Mapping[str, httpx.Client]
    organization: UUID | None
    token: str

    def acting_as(self, person_id: str) -> "Client":
        """The same for another person of the organization. Raises BadUsage for a client that holds but a token."""
        if self.organization is None:
            raise BadUsage("A token in SIGHTLINE_TOKEN speaks for one person only.", "Leave it out.")
        return replace(self, token=_sign(self.organization, UUID(person_id)))

    def call(self, service: str, method: str, path: str, **content: Any) -> httpx.Response:
        """The answer. Raises Refused, and NotRunning where the service does not answer."""
        headers = {"Authorization": f"Bearer {self.token}", **content.pop("headers", {})}
        try:
            answer = self.services[service].request(method, path, headers=headers, **content)
        except httpx.TransportError as error:
            raise NotRunning(f"{service} does not answer: {error}.", "See `sightline status`.") from error
        if answer.is_error:
            raise Refused(answer.status_code, answer.json())
        return answer

    def get(self, service: str, path: str, **query: Any) -> Any:
        return self.call(service, "GET", path, params=query).json()

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """What people are called, by id; nothing where they are too many to be asked for one by one."""
        ids = sorted(set(people))
        if len(ids) > NAMED:
            return {}
        return {id_: self.get("kpi_api", f"/v1/people/{id_}")["display_name"] for id_ in ids}

    def pages(self, service: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list."""
        cursor: str | None = None
        while True:
            page = self.get(service, path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            if (cursor := page["next"]) is None:
                return

    def edit(self, service: str, method: str, path: str, content: Any, *, seen: str | None = None) -> httpx.Response:
        """Change what stands at `seen` (the path itself unless said) as it is now: its ETag goes along as If-Match."""
        etag = self.call(service, "GET", seen or path).headers["ETag"]
        return self.call(service, method, path, json=content, headers={"If-Match": etag})

    def wait_for(self, service: str, path: str, until: Callable[[Any], bool]) -> Any:
        """Read `path` until `until(answer)` holds; a 404 counts as not yet. Raises NotRunning when it never does."""
        deadline = time.monotonic() + SECONDS_TO_WAIT
        answer: Any = None
        while time.monotonic() < deadline:
            try:
                if until(answer := self.get(service, path)):
                    return answer
            except Refused as refused:
                if refused.status != 404:
                    raise
            time.sleep(0.2)
        state = answer["status"] if answer else "not there"
        raise NotRunning(f"After {SECONDS_TO_WAIT} seconds {path} is still {state}.", "See `sightline status` and `sightline jobs failed`.")


@contextmanager
def open_client(organization: UUID | None, act_as: str | None) -> Iterator[Client]:
    """A client of what runs here. Raises NotRunning, BadUsage."""
    from sightline.processes import read_running

    record = read_running(home_folder())
    if record is None or not record.is_alive:
        raise NotRunning("Sightline does not run here.", "Start it with `sightline up`.")
    organization, token = _speaker(organization, act_as)
    services = {
        name: httpx.Client(base_url=address, timeout=SECONDS, trust_env=False) for name, address in record.addresses.items()
    }
    try:
        yield Client(services, organization, token)
    finally:
        for service in services.values():
            service.close()


def _speaker(organization: UUID | None, act_as: str | None) -> tuple[UUID | None, str]:
    """In whose organization and by which token to speak. Raises BadUsage."""
    from sightline.tokens import look_up

    if act_as is None and (given := os.environ.get("SIGHTLINE_TOKEN")):
        return None, given
    chosen, person_id = look_up(home_folder(), _who(act_as), organization)
    return chosen, _sign(chosen, person_id)


def _who(act_as: str | None) -> "Who":
    from sightline.tokens import Who

    if act_as is None or act_as in ROLES:
        return Who(role=act_as or "hr_admin")
    return Who(person_id=person_id) if (person_id := _id(act_as)) else Who(user_name=act_as)


def _sign(organization: UUID, person_id: UUID) -> str:
    from sightline.tokens import sign_token

    return sign_token(home_folder(), organization, person_id, TOKEN_LIFE)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def require_cycle(client: Client, code: str) -> None:
    """Raises BadUsage where no cycle has this code."""
    if all(cycle["code"] != code for cycle in client.pages("kpi_api", "/v1/cycles")):
        raise BadUsage(f"There is no cycle {code}.", "See `sightline call GET kpi_api /v1/cycles`.")


def find_person(client: Client, external_id: str) -> str:
    """The id of the person with this external id. Raises BadUsage."""
    found = [person["id"] for person in client.pages("kpi_api", "/v1/people", search=external_id) if person["external_id"] == external_id]
    if not found:
        raise BadUsage(f"There is no person {external_id!r}.", "Import people first.")
    return str(found[0])
