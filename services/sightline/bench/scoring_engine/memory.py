"""The peak memory of scoring, by the memory of what is scored. `python -m sightline.bench.scoring_engine.memory FOLDER` is the process."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pyarrow as pa

from scoring.engine import load_plan
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine.material import PLAN, Tables, facts, scored, tables

MEGABYTE = 10**6
FILES = ("lines.arrow", "people.arrow")


def of_memory(people: int) -> Figure:
    """Megabytes at the peak, with inputs and results, by megabytes of the inputs, in a process that has nothing else."""
    with TemporaryDirectory() as folder:
        for name, table in zip(FILES, tables(facts(people)), strict=True):
            with pa.ipc.new_file(Path(folder) / name, table.schema) as writer:
                writer.write_table(table)
        command = [sys.executable, "-m", __name__, folder]
        measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Figure("scoring.engine.memory", measured["peak"] / MEGABYTE, "MB", measured["inputs"] / MEGABYTE, "lower", 4.0)


def _measured(folder: Path) -> dict[str, int]:
    plan, before = load_plan(PLAN), psutil.Process().memory_info().rss
    inputs = _read(folder)
    result = scored(plan, *inputs)
    peak = _peak() - before
    assert len(result) == 2  # noqa: S101 - inputs and results are there until the peak is known
    return {"peak": peak, "inputs": sum(table.nbytes for table in inputs)}


def _read(folder: Path) -> Tables:
    lines, people = (pa.ipc.open_file(pa.OSFile(str(folder / name))).read_all() for name in FILES)
    return lines, people


def _peak() -> int:
    """Bytes this process held at most. Linux keeps them in /proc; its other figure is also of the process that started this one."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    print(json.dumps(_measured(Path(sys.argv[1]))))  # noqa: T201 - read by the process that started this one
