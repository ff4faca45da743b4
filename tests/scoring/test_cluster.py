"""A Dask cluster of real processes computes the same bytes as this process, also when a worker is killed half way."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from distributed import Client

from chassis.jobs import Job
from scoring.engine import Plan, SnapshotInvalid, load_plan
from scoring.engine.batches import Batch, score_batches
from scoring.runs.cluster import on_cluster
from scoring.runs.jobs import compute
from sightline.bench.scoring_engine.material import PLAN, facts, tables
from tests.scoring.company import found, ok
from tests.scoring.engine.test_batches import TOTALS, digests, one_person
from tests.world import Organization

SECONDS = 60


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and so many workers, each a process of one thread."""
    address_file = folder / "scheduler.json"
    quiet = ["--no-dashboard", "--scheduler-file", str(address_file)]
    scheduler = _start("scheduler", "--host", "127.0.0.1", "--port", "0", *quiet)
    programs = [scheduler]
    try:
        _wait(address_file.exists)
        with Client(scheduler_file=str(address_file), set_as_default=False) as client:
            started = [_start("worker", *quiet, "--no-nanny", "--nthreads", "1", "--local-directory", str(folder)) for _ in range(workers)]
            programs += started
            client.wait_for_workers(workers, timeout=SECONDS)
            address = client.scheduler.address
        yield address, started
    finally:
        for program in reversed(programs):
            program.terminate()
        for program in programs:
            program.wait(SECONDS)


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "dask", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < deadline, "the cluster does not start"
        time.sleep(0.05)


@dataclass(frozen=True)
class Watched:
    """Batches that can be read again; `at_half` happens when half of them are read."""

    batches: list[Batch]
    at_half: Callable[[], None]

    def __iter__(self) -> Iterator[Batch]:
        for number, batch in enumerate(self.batches):
            if number == len(self.batches) // 2:
                self.at_half()
            yield batch


def company(people: int, of: int) -> list[Batch]:
    """So many people in batches of so many."""
    return [tables(facts(of, seed=start), start) for start in range(0, people, of)]


@pytest.mark.deep
@pytest.mark.parametrize("plan", [load_plan(PLAN), TOTALS], ids=["each alone", "total and pool"])
def test_a_worker_killed_half_way_changes_no_byte(plan: Plan, tmp_path: Path) -> None:
    """Given two workers, when one is killed while batches are computed, then the other does its work and the bytes are those of here."""
    batches = company(200_000, of=5_000)
    with cluster(tmp_path, workers=2) as (address, workers):
        found = digests(score_batches(plan, Watched(batches, workers[0].kill), each=on_cluster(address)))
        assert workers[0].wait(SECONDS) == -signal.SIGKILL
        assert workers[1].poll() is None
    assert found == digests(score_batches(plan, batches))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of one worker."""
    with cluster(tmp_path_factory.mktemp("dask"), workers=1) as (address, _):
        yield address


def test_a_cluster_computes_the_same_bytes(small: str) -> None:
    batches = company(60, of=7)
    assert digests(score_batches(TOTALS, batches, each=on_cluster(small))) == digests(score_batches(TOTALS, batches))


def test_a_cluster_refuses_as_this_process_does(small: str) -> None:
    """Given a batch with lines of somebody who is not in it, when a worker takes it, then the problem comes back with its code."""
    lines, people = one_person("s1")
    with pytest.raises(SnapshotInvalid, match='"s1", and nobody in people has it') as problem:
        list(score_batches(TOTALS, [(lines, people.slice(1))], each=on_cluster(small)))
    assert problem.value.errors[0].code == "unknown_scorecard"


async def test_a_run_is_computed_on_the_cluster(small: str, organization: Organization) -> None:
    """Given one snapshot for two runs, when one is computed here and one on the cluster, then digest and lines are the same."""
    employer = await found(organization)
    for name in ("ana", "ben"):
        await employer.hire(name, salary="60000", target_bonus_share="0.10")
    await employer.adopt_plan()
    cards = [employer.scorecard("ana", "95.5"), employer.scorecard("ben", "40")]
    here = await employer.computed_run(cards)

    there = await employer.announce()
    ok(await employer.service.put(f"/v1/runs/{there}/scorecards", json=cards))
    ok(await employer.service.post(f"/v1/runs/{there}/compute"))
    job = Job(employer.world.scoring.database, employer.organization.id, {"run_id": there})
    await compute(small)(job)
    await employer.world.work()  # the job that was asked for finds nothing left to do

    seen = [ok(await employer.clients["comp"].get(f"/v1/runs/{run}")).json() for run in (here, there)]
    assert [run["status"] for run in seen] == ["computed", "computed"]
    assert seen[0]["input_digest"] == seen[1]["input_digest"]
    facts = [{name: (line["payout"], line["composite"]) for name, line in (await employer.lines(run)).items()} for run in (here, there)]
    assert facts[0] == facts[1] == {"ana": ("5730.00", "0.955"), "ben": ("2400.00", "0.4")}
