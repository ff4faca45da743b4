"""Run SQL as the administrator through PostgreSQL's own psql, which needs no event loop and no driver."""

import os
import subprocess
from dataclasses import dataclass, field
from typing import NoReturn

from sightline.embedded_postgres.account import clean_environment
from sightline.embedded_postgres.binaries import Binaries
from sightline.problems import PostgresFailed


@dataclass(frozen=True)
class Psql:
    """A way into one server. The password travels in the environment, never on the command line."""

    binaries: Binaries
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def run(self, script: str, **variables: str) -> str:
        """Run a script that may use psql's `:'name'`, `:"name"` and `\\gexec`; the first error ends it and raises PostgresFailed."""
        assignments = "".join(f"\\set {name} '{value}'\n" for name, value in variables.items())
        answer = self._psql(assignments + script)
        if answer.returncode != 0:
            raise PostgresFailed(
                f"PostgreSQL refused: {answer.stderr.strip()}", "This is a fault in Sightline unless the database was changed by hand."
            )
        return answer.stdout.strip()

    def try_query(self, statement: str) -> str | None:
        """The answer to one statement, or None where nothing answers or the password is refused."""
        answer = self._psql(statement)
        return answer.stdout.strip() if answer.returncode == 0 else None

    def become(self, database: str) -> NoReturn:
        """Replace this process by an interactive psql."""
        program = str(self.binaries.program("psql"))
        os.execve(program, [program, *self._address(), "--dbname", database], self._environment() | {"LC_ALL": "C.UTF-8"})  # noqa: S606 no shell

    def _psql(self, script: str) -> subprocess.CompletedProcess[str]:
        quiet = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--no-password"]
        command = [str(self.binaries.program("psql")), *quiet, *self._address(), "--dbname", "postgres"]
        return subprocess.run(command, check=False, capture_output=True, text=True, input=script, env=self._environment())

    def _address(self) -> list[str]:
        return ["--host", self.host, "--port", str(self.port), "--username", self.user]

    def _environment(self) -> dict[str, str]:
        return clean_environment() | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5", "PGOPTIONS": "-c client_min_messages=warning"}
