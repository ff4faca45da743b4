"""A real worker process is killed in the middle of a computation: nothing half-written stays, and the next worker completes the run."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from sqlalchemy import text

from tests.scoring.company import Company, found, ok
from tests.world import Organization

WAITS_FOR_A_LOCK = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active' AND query LIKE '%runs%'"


@asynccontextmanager
async def worker(company: Company) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = company.world.scoring.service.settings
    environment = {
        **os.environ,
        "SCORING_DATABASE_URL": settings.database_url.get_secret_value(),
        "SCORING_KEY_FOLDER": str(settings.key_folder),
        "SCORING_JOB_HEARTBEAT_SECONDS": "1",
    }
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "scoring", "worker", env=environment, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(company: Company, query: str, wanted: object, **values: object) -> None:
    """Ask again, each time in a fresh transaction, since one sees the same activity throughout."""
    async with asyncio.timeout(30):
        while await ask(company, query, **values) != wanted:  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.05)


async def ask(company: Company, query: str, **values: object) -> object:
    async with company.world.scoring.database.read(company.organization.id) as session:
        found: object = await session.scalar(text(query), values)
        return found


async def test_kill_minus_nine_in_the_middle_leaves_nothing_half_written(organization: Organization) -> None:
    # Given a run to be computed, and a lock on it that stops the computation after its lines are written and before it commits.
    company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    await company.adopt_plan()
    reference = await company.computed_run([company.scorecard("ana", "110")])
    digest = ok(await company.service.get(f"/v1/runs/{reference}")).json()["input_digest"]
    run_id = await company.announce()
    ok(await company.service.put(f"/v1/runs/{run_id}/scorecards", json=[company.scorecard("ana", "110")]))
    ok(await company.service.post(f"/v1/runs/{run_id}/compute"))
    database = company.world.scoring.database
    # When the worker is killed there.
    async with database.write(organization.id) as holder:
        await holder.execute(text("SELECT id FROM runs WHERE id = :id FOR NO KEY UPDATE"), {"id": UUID(run_id)})
        async with worker(company) as process:
            await until(company, WAITS_FOR_A_LOCK, 1)
            process.kill()
            await process.wait()
        # Then there is no line and the run is as it was received.
        assert await ask(company, "SELECT count(*) FROM run_lines WHERE run_id = :id", id=UUID(run_id)) == 0
        assert await ask(company, "SELECT status FROM runs WHERE id = :id", id=UUID(run_id)) == "received"
    # And the next worker takes the job over, once, from the same inputs.
    async with worker(company):
        await until(company, "SELECT status FROM runs WHERE id = :id", "computed", id=UUID(run_id))
    assert ok(await company.service.get(f"/v1/runs/{run_id}")).json()["input_digest"] == digest
    assert (await company.lines(run_id))["ana"]["amount"] == "6600.00"
