"""`sightline explain`: one scorecard from its values to what is paid, in sentences and figures, without a server."""

from typing import Annotated

import typer

from sightline.cli.plan_check import PlanFile
from sightline.cli.score import read_plan, read_scorecards, scorecard_problem
from sightline.cli.tables import File, Ignored, Maps
from sightline.cli.terminal import AsJson, output, show_json


def explain(
    plan: PlanFile,
    scorecards: File,
    scorecard: Annotated[str, typer.Argument(help="The scorecard_id.")],
    maps: Maps = None,
    ignored: Ignored = None,
    as_json: AsJson = False,
) -> None:
    """Explain one scorecard, without a server, in figures to type into a pocket calculator.

    It says why a zero is a zero, what the target and the full bonus would have needed, and what one more point of each KPI pays.

    Example: `sightline explain plan.yaml scorecards.csv S-17`.
    """
    from scoring.engine import SnapshotInvalid, answer, score
    from scoring.engine import explain as explained

    checked = read_plan(plan)
    tables = read_scorecards(checked, scorecards, maps, ignored)
    with scorecard_problem():
        explanation = explained(checked, *tables, scorecard, result=score(checked, *tables))
    try:
        answers = answer(checked, *tables, scorecard)
    except SnapshotInvalid:  # what depends on everybody has no answer for one alone
        answers = None
    if as_json:
        show_json({"explanation": explanation.model_dump(mode="json"), "answers": answers and answers.model_dump(mode="json")})
        return
    for sentence in [*explanation.sentences(), *(answers.sentences() if answers else [])]:
        output.print(sentence, markup=False)
