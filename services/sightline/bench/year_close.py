"""`year.close`: a cycle of everybody from its close to released payouts: frozen, sent as one snapshot, computed, approved, released.

Real services and workers do it. The lower bound only moves the bytes, in PostgreSQL's binary form, on one connection per database: COPY out
of every row that the close reads, and COPY in of every row that it wrote, into tables with the same columns, checks and indexes.
"""

import asyncio
import time
from collections.abc import Mapping
from io import BytesIO
from uuid import UUID

import httpx

from sightline.bench.company import CYCLE_CODE, Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage, accepted

POLL_SECONDS = 0.05

PLAN = """
plan: annual
steps:
  - {name: attainment, kind: attainment}
  - name: line_score
    kind: curve
    of: attainment
    points: [[80%, 50%], [100%, 100%], [120%, 150%], [150%, 200%]]
  - {name: composite, kind: weighted_mean, of: line_score}
  - {name: payout_factor, kind: curve, of: composite, points: [[50%, 50%], [100%, 100%], [200%, 200%]]}
  - {name: bonus, kind: amount, basis: target_bonus, factors: [payout_factor]}
  - {name: payable, kind: rounding, of: bonus, to_nearest: 0.01, places: 2}
composite: composite
payout: payable
"""

READ: Mapping[str, tuple[str, ...]] = {
    "kpi_api": ("scorecards", "employments", "kpis", "contributions", "measurements"),
    "scoring": ("pay_bases", "snapshot_chunks"),
}
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "kpi_api": ("scorecards", "scorecard_history"),
    "scoring": ("snapshot_chunks", "run_results", "run_lines"),
}


async def run(stage: Stage, people: int) -> Figure:
    """Seconds from the close to the release, and seconds of the lower bound."""
    company = await company_of(stage, people)
    await _agree_on_pay(stage, company)
    await stage.settle()
    value = await _close(stage, company)
    return Figure("year.close", value, "s", await _lower_bound(stage, company), "lower", 5)


async def _agree_on_pay(stage: Stage, company: Company) -> None:
    plan = {"code": "annual", "name": "Annual bonus", "document": PLAN}
    assignment = {"plan_code": "annual", "population": {"everyone": True}, "valid_from": "2026-01-01"}
    async with stage.client("scoring", company.organization_id, company.payer) as payer:
        accepted(await payer.post("/v1/plans", json=plan))
        async with stage.client("scoring", company.organization_id, company.approver) as approver:
            accepted(await approver.post("/v1/plans/annual/versions/1/approve"))
        accepted(await payer.post("/v1/plan-assignments", json=assignment))


async def _close(stage: Stage, company: Company) -> float:
    async with (
        stage.client("kpi_api", company.organization_id, company.closer) as closer,
        stage.client("scoring", company.organization_id, company.approver) as approver,
    ):
        start = last = time.perf_counter()

        def told(what: str) -> None:
            nonlocal last
            stage.report(f"{what} after {time.perf_counter() - last:.2f} s")
            last = time.perf_counter()

        run_id = accepted(await closer.post(f"/v1/cycles/{CYCLE_CODE}/close"))["id"]
        told("Frozen")
        for status in ("received", "computed"):
            await _wait(approver, run_id, status)
            told(status.capitalize())
        accepted(await approver.post(f"/v1/runs/{run_id}/approve"))
        released = accepted(await approver.post(f"/v1/runs/{run_id}/release"))
        told("Approved and released")
        value = time.perf_counter() - start
    if released["totals"]["line_count"] != company.people or released["totals"]["failed_count"]:
        raise BenchFailed(f"The run says {released['totals']}.", f"It should have paid {company.people} people.")
    return value


async def _wait(client: httpx.AsyncClient, run_id: UUID, status: str) -> None:
    """Until the run has this status or a later one."""
    enough = {"received": {"received", "computed"}, "computed": {"computed"}}[status]
    while True:
        response = await client.get(f"/v1/runs/{run_id}")
        if response.status_code == 200 and response.json()["status"] in enough:
            return
        await asyncio.sleep(POLL_SECONDS)


async def _lower_bound(stage: Stage, company: Company) -> float:
    total = 0.0
    for service in READ:
        for table in READ[service]:
            total += (await _copy_out(stage, company, service, table))[0]
        for table in WRITTEN[service]:
            total += await _copy_in(stage, service, table, (await _copy_out(stage, company, service, table))[1])
    return total


async def _copy_out(stage: Stage, company: Company, service: str, table: str) -> tuple[float, BytesIO]:
    content = BytesIO()
    async with stage.administrator(service) as connection:
        start = time.perf_counter()
        query = f"SELECT * FROM {table} WHERE organization_id = $1"  # noqa: S608 - the names are ours
        await connection.copy_from_query(query, company.organization_id, output=content, format="binary")
        taken = time.perf_counter() - start
    content.seek(0)
    return taken, content


async def _copy_in(stage: Stage, service: str, table: str, content: BytesIO) -> float:
    async with stage.administrator(service) as connection:
        await connection.execute(f"CREATE TABLE moved (LIKE {table} INCLUDING ALL)")
        start = time.perf_counter()
        await connection.copy_to_table("moved", source=content, format="binary")
        taken = time.perf_counter() - start
        await connection.execute("DROP TABLE moved")
    return taken
