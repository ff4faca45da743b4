"""What runs on this machine, written down in the home folder so that `status`, `down`, `demo` and a second `up` can tell."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sightline.processes.program import ProcessIdentity


@dataclass(frozen=True)
class Running:
    """The supervisor, since when (ISO 8601, UTC) it runs, the services' addresses, and the process of each program."""

    supervisor: ProcessIdentity
    since: str
    addresses: Mapping[str, str]
    programs: Mapping[str, ProcessIdentity]

    @property
    def is_alive(self) -> bool:
        return self.supervisor.process is not None

    def end_orphans(self) -> None:
        """End the programs of a supervisor that was killed."""
        for program in self.programs.values():
            program.end()


def record_file(home: Path) -> Path:
    return home / "running.json"


def read_running(home: Path) -> Running | None:
    """What was last written down, alive or not; None where nothing was, or everything was stopped in order."""
    try:
        written = json.loads(record_file(home).read_text())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None
    programs = {name: ProcessIdentity(**identity) for name, identity in written["programs"].items()}
    return Running(ProcessIdentity(**written["supervisor"]), written["since"], written["addresses"], programs)


def write_running(home: Path, running: Running) -> None:
    unfinished = record_file(home).with_suffix(".unfinished")
    unfinished.write_text(json.dumps(asdict(running), indent=2))
    unfinished.replace(record_file(home))
