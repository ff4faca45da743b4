"""The embedded server when things go wrong, with real processes: kill -9 of each part, starters at once, stale files, closed folders."""

import json
import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from sightline.embedded_postgres import EmbeddedPostgres, cluster, server
from sightline.embedded_postgres.account import Account
from sightline.embedded_postgres.binaries import Binaries
from sightline.embedded_postgres.leftovers import postmaster, processes_of
from sightline.problems import FolderUnreachable, NoPermission, OperatorProblem, PostgresUnreachable

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
START = """
import sys
from pathlib import Path
from sightline.embedded_postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).start().kpi_api)
"""


Ask = Callable[[str, str], object]


def main_process(postgres: EmbeddedPostgres) -> psutil.Process:
    process = postmaster(postgres.cluster.data)
    assert process is not None
    return process


def launcher(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", START, str(home)], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("whole_group", [False, True], ids=["postmaster", "whole group"])
def test_after_kill_9_a_start_gives_a_living_server_with_every_acknowledged_row(home: Path, whole_group: bool, ask: Ask) -> None:
    postgres = EmbeddedPostgres(home)
    urls = postgres.start()
    ask(urls.kpi_api_owner, "CREATE TABLE kept AS SELECT 42 AS n")
    victim = main_process(postgres)

    (os.killpg if whole_group else os.kill)(victim.pid, signal.SIGKILL)
    assert postgres.start() == urls

    assert main_process(postgres).pid != victim.pid
    assert ask(urls.kpi_api_owner, "SELECT n FROM kept") == 42


async def test_children_that_outlive_their_postmaster_are_ended_first(home: Path) -> None:
    """Two generations on one data folder would destroy it."""
    postgres = EmbeddedPostgres(home)
    postgres.start()
    old = processes_of(postgres.cluster.data)
    frozen = next(process for process in old if process != main_process(postgres))
    frozen.suspend()

    main_process(postgres).kill()
    postgres.start()

    assert not set(old) & set(processes_of(postgres.cluster.data))


@pytest.mark.parametrize(
    "moment",
    [pytest.param(0.3 + 0.1 * step, id=f"after {3 + step} tenths", marks=[] if step in {2, 6} else pytest.mark.deep) for step in range(10)],
)
def test_kill_9_of_the_launcher_at_any_moment_harms_nothing(home: Path, moment: float, ask: Ask) -> None:
    with launcher(home) as process:
        time.sleep(moment)
        process.kill()
    postgres = EmbeddedPostgres(home)
    urls = postgres.start()
    assert ask(urls.kpi_api, "SELECT 1") == 1
    assert ask(urls.scoring, "SELECT 1") == 1
    assert list((home / "postgres").glob("data*")) == [postgres.cluster.data]


def test_the_server_outlives_its_launcher_and_is_found_again(home: Path) -> None:
    with launcher(home) as process:
        assert process.stdout is not None
        first = process.stdout.read()
    postgres = EmbeddedPostgres(home)
    pid = main_process(postgres).pid
    assert postgres.start().kpi_api == first.strip()
    assert main_process(postgres).pid == pid


def test_starters_at_once_get_one_server(home: Path) -> None:
    launchers = [launcher(home) for _ in range(3)]
    answers = {process.communicate(timeout=60)[0] for process in launchers}
    assert len(answers) == 1
    assert answers.pop().startswith("postgresql://kpi_api_service:")
    postmasters = [process for process in processes_of(EmbeddedPostgres(home).cluster.data) if process.ppid() in {0, 1}]
    assert len(postmasters) <= 1


def test_a_process_file_that_names_a_stranger_is_no_hindrance(home: Path, ask: Ask) -> None:
    """After a restart of the machine its number may belong to anybody, even to a process of the same account."""
    postgres = EmbeddedPostgres(home)
    postgres.start()
    file = postgres.cluster.data / "postmaster.pid"
    written = file.read_text().splitlines()
    main_process(postgres).kill()
    with subprocess.Popen(["sleep", "60"], **({"user": "nobody"} if os.geteuid() == 0 else {})) as stranger:
        file.write_text("\n".join([str(stranger.pid), *written[1:]]))
        assert ask(postgres.start().kpi_api, "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_another_server_on_the_remembered_port_is_not_taken_for_ours(home: Path) -> None:
    postgres = EmbeddedPostgres(home / "ours")
    postgres.start()
    postgres.stop()
    other = EmbeddedPostgres(home / "other", port=postgres.cluster.port)
    other.start()
    try:
        assert not postgres.is_running()
        assert postgres.start().kpi_api.rpartition(":")[2] != other.urls().kpi_api.rpartition(":")[2]
    finally:
        other.stop()
        postgres.stop()


@pytest.mark.deep
def test_a_server_that_hangs_is_named_and_not_handed_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres = EmbeddedPostgres(home)
    postgres.start()
    hung = main_process(postgres)
    monkeypatch.setattr(server, "SECONDS_TO_START", 1)
    hung.suspend()
    try:
        with pytest.raises(PostgresUnreachable, match=str(hung.pid)):
            postgres.start()
    finally:
        hung.resume()
    postgres.start()


def this_environment_is_open() -> bool:
    return Account.for_server().may_execute(Binaries.find().program("postgres"))


def as_ordinary_user(home: Path, answer: Path) -> None:
    """Runs in a forked child: become an ordinary user for good, then live through start, kill -9 and stop."""
    os.setgroups([])
    nobody = pwd.getpwnam("nobody")
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)
    postgres = EmbeddedPostgres(home)
    urls = postgres.start()
    main_process(postgres).kill()
    assert postgres.start() == urls
    owner = postgres.cluster.data.stat().st_uid
    postgres.stop()
    answer.write_text(json.dumps({"owner": owner, "demoted": Account.for_server().demoted}))


@AS_ROOT
@pytest.mark.skipif(not this_environment_is_open(), reason="this environment stands in a folder that other users may not enter")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_an_ordinary_user_needs_no_demotion(home: Path) -> None:
    (home / "hers").mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(home / "hers", nobody.pw_uid, nobody.pw_gid)
    child = multiprocessing.get_context("fork").Process(target=as_ordinary_user, args=(home / "hers", home / "hers" / "answer.json"))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert json.loads((home / "hers" / "answer.json").read_text()) == {"owner": nobody.pw_uid, "demoted": False}


@AS_ROOT
def test_root_below_a_closed_folder_keeps_the_server_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    """A checkout in root's own home: the account that runs the server may not enter it."""
    monkeypatch.setattr(cluster, "SHARED_FOLDER", home / "shared")
    (home / "closed").mkdir(mode=0o700)
    postgres = EmbeddedPostgres(home / "closed" / "checkout")
    urls = postgres.start()
    try:
        assert ask(urls.kpi_api, "SELECT 1") == 1
        assert postgres.cluster.data.is_relative_to(home / "shared")
        assert EmbeddedPostgres(home / "closed" / "checkout").start() == urls
        shutil.rmtree(home / "closed" / "checkout")
        assert not EmbeddedPostgres(home / "closed" / "checkout").cluster.exists, "a new checkout took over the data of an old one"
    finally:
        postgres.stop()


@AS_ROOT
def test_nowhere_to_go_is_a_clear_problem(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(cluster, "SHARED_FOLDER", home / "closed" / "shared")
    with pytest.raises(FolderUnreachable, match="SIGHTLINE_HOME"):
        EmbeddedPostgres(home / "closed" / "checkout")


@AS_ROOT
def test_programs_in_a_closed_folder_are_copied_to_an_open_one(home: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    """An environment in root's own home: the account that runs the server may not execute its programs there."""
    packages = home / "closed"
    packages.mkdir(mode=0o700)
    for part in Binaries.find().folder.parents[2].glob("embedded_postgres*"):
        shutil.copytree(part, packages / part.name, symlinks=True)
    monkeypatch.syspath_prepend(packages)
    assert Binaries.find().folder.is_relative_to(packages)

    postgres = EmbeddedPostgres(home)
    assert ask(postgres.start().kpi_api, "SELECT 1") == 1
    assert Path(main_process(postgres).exe()).is_relative_to(home / "postgres")


def without_rights(home: Path, answer: Path) -> None:
    os.setgid(pwd.getpwnam("nobody").pw_gid)
    os.setuid(pwd.getpwnam("nobody").pw_uid)
    try:
        EmbeddedPostgres(home)
    except OperatorProblem as problem:
        answer.write_text(problem.code)


@AS_ROOT
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_home_of_somebody_else_is_a_clear_problem(home: Path) -> None:
    answer = home / "answer"
    answer.touch()
    answer.chmod(0o666)
    child = multiprocessing.get_context("fork").Process(target=without_rights, args=(home / "theirs", answer))
    child.start()
    child.join()
    assert answer.read_text() == NoPermission.code
