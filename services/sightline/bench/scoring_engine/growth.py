"""Time per person of a hundred times as many people. Ten million with their results would fill the memory, so both sides are read from a
file in batches, scored and let go; making the file is not counted, reading it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from scoring.engine import load_plan
from scoring.engine.batches import Batch, score_batches
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine.material import PLAN, facts, seconds, tables
from sightline.bench.stage import BenchFailed

TIMES = 100
BATCH = 50_000
ROUNDS = 5


def of_growth(people: int) -> Figure:
    """Microseconds per person: of ten times `people`, by those of a tenth of them."""
    few, many = max(1, people * 10 // TIMES), people * 10
    with TemporaryDirectory() as folder:
        files = [Scorecards(Path(folder) / f"{count}.arrow", count) for count in (few, many)]
        for file in files:
            file.write()
        files[0].score()  # whatever is done once alone
        baseline = sum(seconds(files[0].score) for _ in range(ROUNDS)) / ROUNDS  # a mean, as the long run is one of all its batches
        value = seconds(files[1].score)
    return Figure("scoring.growth", value / many * 10**6, "µs/person", baseline / few * 10**6, "lower", 1.2)


@dataclass(frozen=True)
class Scorecards:
    """A file of so many people: for each batch its lines, then its people, as two Arrow streams one after the other."""

    path: Path
    people: int

    def write(self) -> None:
        """Make it, batch by batch."""
        with pa.OSFile(str(self.path), "wb") as file:
            for start in range(0, self.people, BATCH):
                for table in tables(facts(min(BATCH, self.people - start), seed=start), start):
                    with pa.ipc.new_stream(file, table.schema) as writer:
                        writer.write_table(table)

    def __iter__(self) -> Iterator[Batch]:
        with pa.memory_map(str(self.path)) as file:
            for _ in range(0, self.people, BATCH):
                yield pa.ipc.open_stream(file).read_all(), pa.ipc.open_stream(file).read_all()

    def score(self) -> None:
        """Score everybody. Raises BenchFailed where somebody is missing."""
        scored = sum(result.lines.num_rows and result.people.num_rows for result in score_batches(load_plan(PLAN), iter(self)))
        if scored != self.people:
            raise BenchFailed(f"{scored} people were scored of {self.people}.", "See scoring.engine.batches.")
