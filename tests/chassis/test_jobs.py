"""A job exists exactly when the change does, runs again after a failure, and once for many reasons."""

from dataclasses import replace

import pytest

from chassis import events, jobs
from chassis.identifiers import new_id
from chassis.jobs import Job
from chassis.service import Service
from chassis.worker import drain
from tests.world import Organization, World


class Diary:
    """A job that writes down what it was given, and fails when told to."""

    def __init__(self) -> None:
        self.entries: list[object] = []
        self.failures = 0

    async def work(self, job: Job) -> None:
        self.entries.append((str(job.organization_id), job.payload["note"]))
        if self.failures:
            self.failures -= 1
            raise RuntimeError("try again")


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def service(world: World, diary: Diary) -> Service:
    return replace(world.kpi_api.service, jobs={"diary.write": diary.work}, after_numbering=None)


async def work(world: World, service: Service) -> None:
    await drain(service, world.kpi_api.database, {})


async def test_a_committed_job_runs_for_its_organization(world: World, organization: Organization, service: Service, diary: Diary) -> None:
    async with world.kpi_api.database.write(organization.id) as session:
        await jobs.enqueue(session, "diary.write", {"note": "a"})
    await work(world, service)
    await work(world, service)
    assert diary.entries == [(str(organization.id), "a")]


async def test_a_job_of_a_rolled_back_transaction_vanishes(
    world: World, organization: Organization, service: Service, diary: Diary
) -> None:
    """Also when enqueueing is the very first thing the transaction does: pgqueuer alone would commit it then and there."""
    with pytest.raises(RuntimeError):  # noqa: PT012
        async with world.kpi_api.database.write(organization.id) as session:
            await jobs.enqueue(session, "diary.write", {"note": "a"})
            raise RuntimeError
    await work(world, service)
    assert diary.entries == []


async def test_while_a_job_waits_its_key_adds_no_second_one(
    world: World, organization: Organization, service: Service, diary: Diary
) -> None:
    for note in ("first", "second"):
        async with world.kpi_api.database.write(organization.id) as session:
            await jobs.enqueue(session, "diary.write", {"note": note}, once_key="k")
    await work(world, service)
    assert diary.entries == [(str(organization.id), "first")]
    async with world.kpi_api.database.write(organization.id) as session:
        await jobs.enqueue(session, "diary.write", {"note": "third"}, once_key="k")
    await work(world, service)
    assert diary.entries == [(str(organization.id), "first"), (str(organization.id), "third")]


async def test_a_key_is_one_organizations_own(world: World, organization: Organization, service: Service, diary: Diary) -> None:
    for owner in (organization, await world.new_organization()):
        async with world.kpi_api.database.write(owner.id) as session:
            await jobs.enqueue(session, "diary.write", {"note": "a"}, once_key="k")
    await work(world, service)
    assert len(diary.entries) == 2


async def test_an_event_enqueues_the_jobs_that_subscribe_in_its_transaction(
    world: World, organization: Organization, service: Service, diary: Diary
) -> None:
    async with world.kpi_api.database.write(organization.id) as session:
        session.subscriptions = {"note.made": ["diary.write"]}
        await events.record(session, "note.made", "note", new_id(), note="from the event")
        await events.record(session, "note.read", "note", new_id(), note="nobody listens")
    await work(world, service)
    assert diary.entries == [(str(organization.id), "from the event")]


async def test_a_job_that_failed_waits_and_is_not_lost(world: World, organization: Organization, service: Service, diary: Diary) -> None:
    diary.failures = 1
    async with world.kpi_api.database.write(organization.id) as session:
        await jobs.enqueue(session, "diary.write", {"note": "a"})
    await work(world, service)
    assert len(diary.entries) == 1
    async with world.kpi_api.database.engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE pgqueuer SET execute_after = now() WHERE entrypoint = 'diary.write'")
    await work(world, service)
    assert len(diary.entries) == 2
