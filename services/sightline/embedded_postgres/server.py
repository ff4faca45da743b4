"""Start, stop and prove alive one embedded server.

Proof of life is an answered query of an authenticated connection from the right data folder, never a process file.
"""

import os
import time
from pathlib import Path

from sightline.embedded_postgres import databases
from sightline.embedded_postgres.account import Account
from sightline.embedded_postgres.binaries import Binaries
from sightline.embedded_postgres.cluster import ADMINISTRATOR, Cluster
from sightline.embedded_postgres.databases import DatabaseUrls
from sightline.embedded_postgres.leftovers import end_leftovers, postmaster, processes_of
from sightline.embedded_postgres.psql import Psql
from sightline.ports import HOST, any_free_port, is_free, named_port
from sightline.problems import PortTaken, PostgresFailed, PostgresUnreachable, folder_in_plain_words

SETTINGS = {"shared_buffers": "256MB", "max_connections": "200", "max_wal_size": "2GB", "timezone": "UTC", "log_timezone": "UTC"}
# What it logs of an error quotes no row and no statement: they hold names and salaries.
SETTINGS |= {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
SECONDS_TO_START = 120
PORT_ATTEMPTS = 3


class EmbeddedPostgres:
    """One PostgreSQL server below `home`, for this machine alone.

    `port` insists on one, as SIGHTLINE_POSTGRES_PORT does; without either a free one is found. SIGHTLINE_POSTGRES_SETTINGS gives a fresh
    start more of PostgreSQL's settings, such as "work_mem=64MB jit=off". Any number of processes may hold an object for the same home: they
    share the server, which outlives them all until `stop`.
    """

    def __init__(self, home: Path, *, port: int | None = None) -> None:
        self.home = home.absolute()
        self._settings = SETTINGS | dict(setting.split("=", 1) for setting in os.environ.get("SIGHTLINE_POSTGRES_SETTINGS", "").split())
        self._demanded_port = port or named_port("SIGHTLINE_POSTGRES_PORT")
        with folder_in_plain_words(self.home):
            self._account = Account.for_server()
            self.cluster = Cluster.below(self.home, self._account)

    def start(self) -> DatabaseUrls:
        """Start the server, or find the one that runs, and make sure that the databases and roles are there.

        Raises an OperatorProblem: PortTaken, NoPermission, FolderUnreachable, DiskFull, BinariesMissing, WrongVersion, PostgresUnreachable
        or PostgresFailed.
        """
        with folder_in_plain_words(self.cluster.folder), self.cluster.locked():
            if not self._is_running():
                self._bring_up()
            databases.create_pair(self.psql(), self.cluster, "")
        return self.urls()

    def stop(self) -> None:
        """Stop quickly and safely: open transactions are rolled back. Does nothing where no server runs."""
        with folder_in_plain_words(self.cluster.folder), self.cluster.locked():
            self._halt()

    def reset(self) -> None:
        """Stop the server and forget its data for good."""
        with folder_in_plain_words(self.cluster.folder), self.cluster.locked():
            self._halt()
            self.cluster.remove()

    def is_running(self) -> bool:
        """Whether a server of ours answers."""
        return self.cluster.exists and self._answers()

    def is_alive(self) -> bool:
        """Whether its main process lives: cheap enough to ask every second, and no proof that it answers."""
        return postmaster(self.cluster.data) is not None

    def urls(self, suffix: str = "") -> DatabaseUrls:
        """Where the databases made with `suffix` are. The server must have been started."""
        return databases.urls(self.cluster, HOST, self._port(), suffix)

    def create_database_pair(self, suffix: str, template: str | None = None) -> DatabaseUrls:
        """Make the databases `kpi_api_<suffix>` and `scoring_<suffix>`, as copies of those of suffix `template` where it is given.

        A copy is fast and holds everything the template holds; nobody may be connected to the template. `""` names the default pair.
        """
        databases.create_pair(self.psql(), self.cluster, suffix, template)
        return self.urls(suffix)

    def drop_database_pair(self, suffix: str) -> None:
        """Remove the databases of `suffix` and end whoever is connected to them."""
        databases.drop_pair(self.psql(), suffix)

    def psql(self) -> Psql:
        """psql as the administrator, who may do anything."""
        return Psql(Binaries.find(), HOST, self._port(), ADMINISTRATOR, self.cluster.password(ADMINISTRATOR))

    def _port(self) -> int:
        port = self.cluster.port
        if port is None:
            raise PostgresUnreachable("The embedded PostgreSQL was never started.", "Start it with `sightline up`.")
        return port

    def _is_running(self) -> bool:
        """Whether a server answers; waits for one that is alive but still starting, as after a crash."""
        if not self.cluster.exists:
            return False
        deadline = time.monotonic() + SECONDS_TO_START
        while (main := postmaster(self.cluster.data)) is not None:
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise PostgresUnreachable(
                    f"PostgreSQL (process {main.pid}) is alive but does not answer on {HOST}:{self.cluster.port}.",
                    f"See its log {self.cluster.log}; end process {main.pid} if it hangs, then start again.",
                )
            time.sleep(0.1)
        return False

    def _answers(self) -> bool:
        if self.cluster.port is None:
            return False
        answer = self.psql().try_query("SHOW data_directory")
        return answer is not None and Path(answer) == self.cluster.data

    def _bring_up(self) -> None:
        end_leftovers(self.cluster.data)
        binaries = Binaries.find().reachable_by(self._account, self.cluster.folder)
        if not self.cluster.exists:
            self.cluster.create(binaries, databases.ROLES, durable=self._settings.get("fsync") != "off")
        self.cluster.require_version(binaries)
        for _ in range(PORT_ATTEMPTS):
            self.cluster.port = self._free_port()
            output = self._launch(binaries)
            if output is None:
                return
            if "could not bind" not in output:
                raise self.cluster.failure(output)
        raise PostgresFailed("No free port was found for PostgreSQL.", "Name one with SIGHTLINE_POSTGRES_PORT.")

    def _launch(self, binaries: Binaries) -> str | None:
        """Start the server on the port of the cluster. Returns what it said if it did not start."""
        start_of_log = self.cluster.open_log()
        settings = self._settings | {"port": str(self.cluster.port), "listen_addresses": HOST, "unix_socket_directories": "''"}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        wait = ["--wait", f"--timeout={SECONDS_TO_START}"]
        files: list[str | Path] = ["--pgdata", self.cluster.data, "--log", self.cluster.log]
        answer = self._account.run([binaries.program("pg_ctl"), "start", *files, *wait, "--options", options])
        if answer.returncode == 0 and self._answers():
            return None
        with self.cluster.log.open() as log:
            log.seek(start_of_log)
            return answer.stderr + log.read()

    def _free_port(self) -> int:
        """The demanded port, else the one of the last start, else any free one."""
        if self._demanded_port is not None:
            if not is_free(self._demanded_port):
                raise PortTaken(
                    f"Port {self._demanded_port} on {HOST} is taken by another program.",
                    "Stop that program, or set SIGHTLINE_POSTGRES_PORT to another port (unset, a free one is found).",
                )
            return self._demanded_port
        if self.cluster.port is not None and is_free(self.cluster.port):
            return self.cluster.port
        return any_free_port()

    def _halt(self) -> None:
        data = self.cluster.data
        if postmaster(data) is not None:
            binaries = Binaries.find().reachable_by(self._account, self.cluster.folder)
            answer = self._account.run([binaries.program("pg_ctl"), "stop", "--pgdata", data, "--mode=fast", "--wait", "--timeout=60"])
            if answer.returncode != 0 and (main := postmaster(data)) is not None:
                raise PostgresFailed(
                    f"PostgreSQL (process {main.pid}) did not stop: {answer.stderr.strip()}", f"See its log {self.cluster.log}."
                )
        if processes_of(data):
            end_leftovers(data)
