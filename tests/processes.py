"""Real processes for tests: an embedded PostgreSQL, both services and their workers, in a home and on ports of their own."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sightline.embedded_postgres import EmbeddedPostgres
from sightline.embedded_postgres.leftovers import postmaster
from sightline.processes import Supervisor

HOMES = Path(__file__).parents[1] / ".sightline-test"


@dataclass(frozen=True)
class Stack:
    """What runs: `supervisor.programs` holds the processes by name, for killing."""

    home: Path
    supervisor: Supervisor

    @property
    def addresses(self) -> Mapping[str, str]:
        return self.supervisor.addresses

    def kill(self, name: str) -> None:
        """kill -9 of one program and its children, or of `postgres`."""
        if name == "postgres":
            main = postmaster(EmbeddedPostgres(self.home).cluster.data)
            assert main is not None
            main.kill()
        else:
            self.supervisor.programs[name].kill()

    def forget_restarts(self) -> None:
        """Begin a new minute: the supervisor gives up on what dies too often, and tests kill more often than a machine does."""
        self.supervisor._restarts.clear()

    def revive(self) -> None:
        """Start again what is dead, as the supervisor does when it looks."""
        self.supervisor.tend()


@contextmanager
def started_stack(name: str) -> Iterator[Stack]:
    """Start everything; stop it and remove its home afterwards."""
    home = HOMES / f"{name}-{os.getpid()}"
    with Supervisor(home) as supervisor:
        yield Stack(home, supervisor)
    shutil.rmtree(home, ignore_errors=True)
