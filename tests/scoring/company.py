"""A small company as scoring knows it, told through scoring's public API alone: no kpi_api is needed.

company = await found(organization)
await company.hire("ana", salary="60000", target_bonus_share="0.10")
await company.adopt_plan(PLAN)
run = await company.run([company.scorecard("ana", actual="110")])
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pyarrow as pa

from chassis.identity import TokenSigner, load_private_key
from tests.world import Organization, World

PLAN = """
plan: annual_bonus
title: Annual bonus
composite: composite
payout: payout
steps:
  - {name: attainment, kind: attainment, cap: 2}
  - {name: composite, kind: weighted_mean, of: attainment}
  - {name: prorated_target, kind: proration, of: target_bonus}
  - {name: bonus, kind: amount, basis: prorated_target, factors: [composite]}
  - {name: payout, kind: rounding, of: bonus, to_nearest: minor_unit}
"""


@dataclass
class Company:
    """The organization, its people by name, and clients of scoring for those who act."""

    organization: Organization
    service: httpx.AsyncClient
    people: dict[str, UUID] = field(default_factory=dict)
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    clock: int = 0

    @property
    def world(self) -> World:
        return self.organization.world

    async def push(self, *people: dict[str, Any]) -> None:
        self.clock += 1
        content = {"as_of": f"2026-01-01T00:00:{self.clock:02d}Z", "people": list(people)}
        ok(await self.service.put("/v1/people", json=content))

    def reference(self, name: str, *roles: str, **facts: Any) -> dict[str, Any]:
        """A person reference as the system that owns people sends it."""
        person_id = self.people.setdefault(name, uuid.uuid4())
        grants = [{"role": role, "valid_from": "2020-01-01"} for role in roles]
        known = {"person_id": str(person_id), "external_id": name, "display_name": name.title(), "active": True, "grants": grants}
        return {**known, **facts}

    async def appoint(self, name: str, *roles: str, **facts: Any) -> httpx.AsyncClient:
        """Somebody with roles, and a client that speaks for them."""
        await self.push(self.reference(name, *roles, **facts))
        self.clients[name] = (await self.organization.as_person(self.people[name])).scoring
        return self.clients[name]

    async def hire(self, name: str, *, legal_entity: str | None = None, **pay: str) -> httpx.AsyncClient:
        """Somebody who is paid: known to scoring, with one pay basis."""
        client = await self.appoint(name, legal_entity=legal_entity)
        row = {"external_id": name, "valid_from": "2025-01-01", "currency": "USD", "pay_group": "monthly", **pay}
        result = ok(await self.clients["comp"].post("/v1/pay-bases/import", json=[row])).json()
        assert result["error"] == 0, result
        return client

    async def adopt_plan(self, document: str = PLAN, code: str = "annual_bonus") -> None:
        """A plan, approved by another comp_admin, for everyone."""
        ok(await self.clients["comp"].post("/v1/plans", json={"code": code, "name": code, "document": document}))
        ok(await self.clients["second"].post(f"/v1/plans/{code}/versions/1/approve"))
        content = {"plan_code": code, "population": {"everyone": True}, "valid_from": "2025-01-01"}
        ok(await self.clients["comp"].post("/v1/plan-assignments", json=content))

    def scorecard(self, name: str, actual: str | None = "100", **facts: Any) -> dict[str, Any]:
        """A scorecard of two KPIs, 60 % and 40 %, both with target 100 and the same actual."""
        person_id = self.people[name]
        lines = [
            {
                "line": number,
                "kpi_id": str(uuid.uuid5(person_id, f"kpi {number}")),
                "kpi_code": code,
                "name": code.replace("_", " ").title(),
                "component": component,
                "weight": weight,
                "direction": "higher",
                "combine_parts": "all",
                "parts": [{"part": "main", "comparison": "at_least", "target": "100", "actual": actual, "unit": "count"}],
                "line_of_sight": [[code, "Revenue", "A better world"]],
            }
            for number, code, component, weight in ((1, "closed_deals", "output", "60.00"), (2, "quality_index", "quality", "40.00"))
        ]
        return {
            "scorecard_id": str(uuid.uuid5(person_id, "scorecard 2026")),
            "person_id": str(person_id),
            "period_start": "2026-01-01",
            "period_end": "2026-12-31",
            "rating": None,
            "segments": None,
            "lines": lines,
            **facts,
        }

    async def announce(self, kind: str = "regular") -> str:
        run_id = str(uuid.uuid4())
        content = {"cycle_code": "2026", "period_start": "2026-01-01", "period_end": "2026-12-31", "kind": kind}
        ok(await self.service.put(f"/v1/runs/{run_id}", json=content))
        return run_id

    async def computed_run(self, scorecards: list[dict[str, Any]], kind: str = "regular") -> str:
        """A run of these scorecards, computed by the worker on the service's request."""
        run_id = await self.announce(kind)
        ok(await self.service.put(f"/v1/runs/{run_id}/scorecards", json=scorecards))
        ok(await self.service.post(f"/v1/runs/{run_id}/compute"))
        await self.world.work()
        return run_id

    async def released_run(self, scorecards: list[dict[str, Any]], kind: str = "regular") -> str:
        run_id = await self.computed_run(scorecards, kind)
        ok(await self.clients["comp"].post(f"/v1/runs/{run_id}/approve"))
        ok(await self.clients["comp"].post(f"/v1/runs/{run_id}/release"))
        return run_id

    async def lines(self, run_id: str) -> dict[str, dict[str, Any]]:
        """The lines of a run by the person's name."""
        names = {str(id_): name for name, id_ in self.people.items()}
        page = ok(await self.clients["comp"].get(f"/v1/runs/{run_id}/lines", params={"limit": 200})).json()
        return {names[line["person_id"]]: line for line in page["items"]}


async def found(organization: Organization) -> Company:
    """A company with two comp_admins, comp and second, and a payroll clerk."""
    company = Company(organization, await service_client(organization))
    for name, role in (("comp", "comp_admin"), ("second", "comp_admin"), ("clerk", "payroll")):
        await company.appoint(name, role)
    return company


async def service_client(organization: Organization, acting: UUID | None = None) -> httpx.AsyncClient:
    """A client that speaks as kpi_api: on its own account, or for a person."""
    world = organization.world
    key = load_private_key(world.scoring.service.settings.key_folder / "kpi_api.jwk.json")
    token = TokenSigner("kpi_api", key).sign(
        subject="kpi_api", audience="scoring", organization_id=organization.id, life=timedelta(hours=1), acting_person=acting
    )
    return (await organization.with_token(token)).scoring


def ok(response: httpx.Response) -> httpx.Response:
    assert response.is_success, (response.status_code, response.text)
    return response


def arrow_stream(scorecards: list[dict[str, Any]], batches: int = 1) -> bytes:
    """The same scorecards as an Arrow IPC stream of several batches, with text decimals as the contract says."""
    table = pa.Table.from_pylist(scorecards)
    size = -(-table.num_rows // batches)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        for batch in table.to_batches(max_chunksize=size):
            writer.write_batch(batch)
    content: bytes = sink.getvalue().to_pybytes()
    return content
