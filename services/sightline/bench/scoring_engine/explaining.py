"""One scorecard told in words, against the engine computing that one person."""

from scoring.engine import explain, load_plan
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine.material import PLAN, facts, scored, seconds, tables
from sightline.bench.stage import BenchFailed

ROUNDS = 200


def of_explaining(_people: int) -> Figure:
    """Milliseconds of explaining by milliseconds of scoring; the best of many, since both are short."""
    plan, (lines, people) = load_plan(PLAN), tables(facts(1))
    if explain(plan, lines, people).amount != scored(plan, lines, people)[1]["amount"][0].as_py():
        raise BenchFailed("The explanation ends with another amount than the score.", "See scoring.engine.explanation.")
    mine, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(seconds(lambda: scored(plan, lines, people)))
        mine.append(seconds(lambda: explain(plan, lines, people)))
    return Figure("scoring.explain", min(mine) * 1000, "ms", min(theirs) * 1000, "lower", 2.0)
