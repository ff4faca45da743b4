"""A worker process of a service: works jobs, runs periodic jobs, numbers events, and shows that it is alive.

Any number of workers may run. A job whose worker falls silent is taken over by another after `job_heartbeat_seconds`.
"""

import asyncio
import json
import os
import signal
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

import asyncpg
import structlog
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.errors import FailingListenerError
from pgqueuer.executors import DatabaseRetryEntrypointExecutor
from pgqueuer.models import Job as QueuedJob
from pgqueuer.models import TracebackRecord
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueEntrypoint
from sqlalchemy import text

from chassis import jobs
from chassis.audit.seals import audit_keys
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.logs import without_words
from chassis.organizations import for_each_organization
from chassis.sequencer import sequence_all
from chassis.service import Resources, Service

log = structlog.get_logger()

BEAT_SECONDS = 2.0
DEAF_SECONDS = 5.0
DEAF_AFTER = 3
STARTING_SECONDS = 0.2
SHOW_ALIVE = text(
    # nosemgrep: time-beside-the-clock - a beat is real time, shared by all workers
    "INSERT INTO workers (id, seen_at) VALUES (:id, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at"
)
MAX_ATTEMPTS = 8


class JobFailed(Exception):
    """What the queue is told of a job that failed: where, and nothing that was being worked on."""


async def run_worker(service: Service) -> None:
    """Work until SIGTERM or SIGINT; finish what has begun."""
    database = service.database()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        resources = await stack.enter_async_context(service.resources(database))
        pool = await stack.enter_async_context(
            asyncpg.create_pool(database.url, min_size=2, max_size=service.settings.worker_concurrency + 2)
        )
        queue = QueueManager(_Queries(AsyncpgPoolDriver(pool)))
        for name, handler in service.jobs.items():
            _register(queue, name, handler, database, resources)
        _stop_on_signal(queue)
        tasks = [
            asyncio.create_task(loop)
            for loop in (_beat(database, queue), _sequence(service, database, queue), _periodic(service, database, queue))
        ]
        stack.push_async_callback(_cancel, tasks)
        log.info("worker_ready", service=service.name, jobs=len(service.jobs))
        try:
            await queue.run(
                batch_size=service.settings.worker_concurrency,
                max_concurrent_tasks=2 * service.settings.worker_concurrency,
                dequeue_timeout=timedelta(seconds=2),
                heartbeat_timeout=timedelta(seconds=service.settings.job_heartbeat_seconds),
            )
        except Exception as error:
            _end_at_once(error)


def _register(queue: QueueManager, name: str, handler: jobs.Handler, database: Database, resources: Resources) -> None:
    async def run(job: QueuedJob) -> None:
        payload = json.loads(job.payload or b"{}")
        await _drop_once_key(database, job.id)
        try:
            await handler(jobs.Job(database, UUID(payload.pop("organization_id")), payload, resources))
        except Exception as error:
            log.warning("job_failed", job=name, job_id=job.id, attempt=job.attempts, exc_info=error)
            raise JobFailed(without_words(error)) from None  # the queue keeps it, and its rows are no organization's

    queue.entrypoint(
        name,
        accepts_context=False,
        on_failure="hold",
        executor_factory=lambda parameters: DatabaseRetryEntrypointExecutor(
            parameters, max_attempts=MAX_ATTEMPTS, initial_delay=timedelta(milliseconds=250), max_delay=timedelta(minutes=5)
        ),
    )(run)


class _Queries(Queries):
    """pgqueuer parks a job as failed for good when its retry cannot be written, as while PostgreSQL is down.

    Ending instead leaves the job picked: once the database answers again, another worker takes it over.
    """

    async def retry_job(self, job: QueuedJob, delay: timedelta, traceback_record: TracebackRecord | None) -> None:
        try:
            await super().retry_job(job, delay, traceback_record)
        except Exception as error:
            _end_at_once(error)


def _end_at_once(error: Exception) -> NoReturn:
    """End this process without waiting for anything it holds: connections may be dead and threads busy.

    Whoever watches the worker starts another, which takes its jobs over.
    """
    log.error("worker_failed", exc_info=error)
    os._exit(1)


async def drain(service: Service, database: Database, resources: Resources) -> int:
    """Run every job that is due and number every event, in this process. Returns how much there was to do. For tests and the command line.

    A job that is to run later, such as the retry of one that failed, stays for later.
    """
    done = await sequence_all(database, audit_keys(service.settings.key_folder), service.after_numbering)
    async with asyncpg.create_pool(database.url, min_size=2, max_size=service.settings.worker_concurrency + 2) as pool:
        queries = Queries(AsyncpgPoolDriver(pool))
        names = [QueueEntrypoint(name) for name in service.jobs]
        due = await queries.eligible_queued_work(names) if names else 0
        if due:
            queue = QueueManager(queries)
            for name, handler in service.jobs.items():
                _register(queue, name, handler, database, resources)
            await asyncio.gather(_stop_when_nothing_is_due(queue, names), queue.run(batch_size=service.settings.worker_concurrency))
    return done + due


async def _stop_when_nothing_is_due(queue: QueueManager, names: list[QueueEntrypoint]) -> None:
    """pgqueuer's own draining mode would wait for deferred jobs as well."""
    while queue.job_context or await queue.queries.eligible_queued_work(names):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    queue.shutdown.set()


async def _drop_once_key(database: Database, job_id: int) -> None:
    """From here on, new work needs a new job: this one may have read its input already."""
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE pgqueuer SET dedupe_key = NULL WHERE id = :id"), {"id": job_id})


def _stop_on_signal(queue: QueueManager) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, queue.shutdown.set)


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _sleep(queue: QueueManager, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(queue.shutdown.wait(), seconds)


async def _beat(database: Database, queue: QueueManager) -> None:
    """Show every two seconds that this worker listens for jobs. One that has gone deaf, as after a crash of PostgreSQL, ends."""
    worker_id, heard, unheard = new_id(), False, 0
    while not queue.shutdown.is_set():
        with _Logged("worker_beat"):
            try:
                await queue.listener_healthy(timedelta(seconds=DEAF_SECONDS if heard else STARTING_SECONDS))
                heard, unheard = True, 0
                async with database.engine.begin() as connection:
                    await connection.execute(SHOW_ALIVE, {"id": worker_id})
            except FailingListenerError as error:
                unheard += 1  # once may be a loop that was busy
                if heard and unheard >= DEAF_AFTER:
                    _end_at_once(error)
        await _sleep(queue, BEAT_SECONDS if heard else STARTING_SECONDS)


async def _sequence(service: Service, database: Database, queue: QueueManager) -> None:
    while not queue.shutdown.is_set():
        with _Logged("sequencer"):
            await sequence_all(database, audit_keys(service.settings.key_folder), service.after_numbering)
        await _sleep(queue, service.settings.sequencer_interval_seconds)


async def _periodic(service: Service, database: Database, queue: QueueManager) -> None:
    due: dict[str, float] = {}
    while service.periodic and not queue.shutdown.is_set():
        now = asyncio.get_running_loop().time()
        for name, every in service.periodic.items():
            if due.get(name, 0.0) <= now:
                due[name] = now + every
                with _Logged(name):
                    await enqueue_everywhere(database, name)
        await _sleep(queue, min(service.periodic.values()))


async def enqueue_everywhere(database: Database, name: str) -> None:
    """Enqueue a job once for each organization. Raises ExceptionGroup after the others, when it could not be for some."""

    async def enqueue(organization_id: UUID) -> None:
        async with database.write(organization_id) as session:
            await jobs.enqueue(session, name, once_key=name)

    await for_each_organization(await database.organization_ids(), enqueue)


class _Logged(suppress):
    """Log an unforeseen error of a background loop and go on: the next round tries again."""

    def __init__(self, what: str) -> None:
        super().__init__(Exception)
        self.what = what

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, Exception):
            log.warning("background_error", what=self.what, exc_info=error)
        return isinstance(error, Exception)
