"""Who takes part in the attack, and what belongs to whom: the viewers' clients, and the records by kind and owner.

One chain of command: employee and peer < manager < executive < chief; the stakeholder reports to the neighbour, of another unit. Both
organizations use the same codes and external ids, so that whatever looks one up outside its organization finds the wrong one.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.world import Organization, World

Thing = dict[str, str]

MANAGERS = {
    "employee": "manager", "peer": "manager", "manager": "executive", "executive": "chief", "stakeholder": "neighbour",
    "neighbour": "chief",
    "regent": "chief", "hr": "chief", "comp": "chief", "payroll": "chief", "auditor": "chief", "leaver": "manager", "deputy": "manager",
    "chief": None,
    "board": None, "second": None,
}  # fmt: skip
UNIT_OF = {"employee": "north", "peer": "north", "manager": "north", "deputy": "north", "executive": "field", "stakeholder": "care",
           "neighbour": "care"}
UNITS = {
    "vale": ("company", None, "chief"), "field": ("business_unit", "vale", "executive"), "sales": ("function", "field", None),
    "north": ("team", "sales", "manager"), "care": ("business_unit", "vale", "neighbour"),
    "annex": ("team", "care", "peer"),
}  # fmt: skip
GRANTS = {"board": "board", "comp": "comp_admin", "second": "comp_admin", "payroll": "payroll", "auditor": "auditor", "regent": "executive"}

# Everybody who tries every door. The `deputy` stands in for the manager during an absence; `nobody` brings no token,
# the `leaver` has left, the foreigners are of the other organization.
VIEWERS = (
    "employee", "peer", "manager", "executive", "chief", "stakeholder", "neighbour", "regent", "board", "hr", "comp", "payroll", "auditor",
    "deputy", "key", "nobody", "leaver", "foreign_hr", "foreign_comp", "foreign_employee", "foreign_key",
)  # fmt: skip


@dataclass
class Side:
    """One organization: its people's ids by name, and everybody's clients."""

    organization: Organization
    people: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    async def client(self, who: str, service: str = "kpi_api") -> httpx.AsyncClient:
        if who in {"key", "service"}:
            found = await self.organization.with_token(self.keys[f"{who} {service}"])
        else:
            found = await self.organization.as_person(self.people[who])
        client: httpx.AsyncClient = getattr(found, service)
        return client

    async def call(self, who: str, method: str, path: str, service: str = "kpi_api", **content: Any) -> Any:
        """The JSON of an answer that must succeed."""
        answer = await (await self.client(who, service)).request(method, path, **content)
        assert answer.is_success, f"{who} {method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def post(self, who: str, path: str, service: str = "kpi_api", **content: Any) -> Any:
        return await self.call(who, "POST", path, service, json=content)


@dataclass
class Cast:
    """Both organizations, and the records of the first by kind and owner."""

    world: World
    home: Side
    abroad: Side
    records: dict[str, dict[str, Thing]] = field(default_factory=dict)
    nobody: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    def add(self, kind: str, owner: str, **values: Any) -> None:
        self.records.setdefault(kind, {})[owner] = {name: str(value) for name, value in values.items()}

    async def client(self, viewer: str, service: str) -> httpx.AsyncClient:
        if viewer == "nobody":
            if service not in self.nobody:
                self.nobody[service] = await self.world.client(getattr(self.world, service), None)
            return self.nobody[service]
        side = self.abroad if viewer.startswith("foreign_") else self.home
        return await side.client(viewer.removeprefix("foreign_"), service)


def ghost_of(thing: Thing) -> Thing:
    """A record that never was, with values of the same shape. Values named `the_…` are not the record's own and stay."""
    return {name: value if name.startswith("the_") else _ghost(value) for name, value in thing.items()}


def _ghost(value: str) -> str:
    try:
        uuid.UUID(value)
    except ValueError:
        return f"ghost-{uuid.uuid4().hex}"[: max(len(value), 14)]
    return str(uuid.uuid4())
