"""`sightline plan diff` and `plan picture`: what differs between two plans, in words and in money, and what a plan pays, as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sightline.cli.plan_check import PlanFile, Scorecards
from sightline.cli.score import read_plan, read_scorecards, scorecard_problem
from sightline.cli.tables import Ignored, Maps
from sightline.cli.terminal import AsJson, output, show_json, show_step, show_table
from sightline.problems import BadUsage

if TYPE_CHECKING:
    from scoring.engine.comparing import Difference, MoneyDifference

FORMS = {".svg", ".png", ".json"}
SHOWN = 20


def diff(
    before: PlanFile,
    after: PlanFile,
    scorecards: Scorecards = None,
    maps: Maps = None,
    ignored: Ignored = None,
    as_json: AsJson = False,
) -> None:
    """Compare two plans, without a server: in words, and with --scorecards in money: who gains, who loses, the total.

    Example: `sightline plan diff bonus_2026.yaml bonus_2027.yaml --scorecards last_year.csv`.
    """
    from scoring.engine.comparing import money_difference, plan_differences

    old, new = read_plan(before), read_plan(after)
    found, money = plan_differences(old, new), None
    if scorecards is not None:
        with scorecard_problem():
            money = money_difference(old, new, *read_scorecards(new, scorecards, maps, ignored))
    if as_json:
        show_json({"differences": [one.model_dump(mode="json") for one in found], "money": money and money.model_dump(mode="json")})
        return
    _show_words(found)
    if money is not None:
        _show_money(money)


def _show_words(found: "list[Difference]") -> None:
    for one in found:
        output.print(one.sentence, markup=False)
    if not found:
        output.print("The plans mean the same.")


def _show_money(money: "MoneyDifference") -> None:
    from scoring.engine.teller import digits

    changed = [one for one in money.people if one.difference]
    if changed:
        columns = ["scorecard", "person", "before", "after", "difference", ""]
        show_table(columns, [[one.scorecard_id, one.person_id, *_amounts(one), one.currency or ""] for one in changed[:SHOWN]])
    if len(changed) > SHOWN:
        show_step(f"{len(changed) - SHOWN} more change; `--json` lists everybody.")
    for total in money.sums:
        failed = f", {total.failed} could not be computed" if total.failed else ""
        told = f"{total.gain} gain, {total.lose} lose, {total.same} stay{failed}"
        output.print(f"{told}: {digits(total.before)} becomes {digits(total.after)} {total.currency or ''}, {digits(total.difference)}.")


def _amounts(one: Any) -> list[str]:
    from scoring.engine.teller import digits

    return [digits(amount) for amount in (one.before, one.after, one.difference)]


def picture(
    plan: PlanFile,
    out: Annotated[Path, typer.Option(help="Where to write it: .svg, .png, or .json for a Vega-Lite specification.")] = Path("plan.svg"),
) -> None:
    """Draw what a plan pays for which result, without a server.

    Example: `sightline plan picture plan.yaml --out plan.png`.
    """
    from chassis.pictures.render import png, svg
    from chassis.problems import Problem
    from scoring.engine.picturing import payout_curve, specification

    if out.suffix.lower() not in FORMS:
        raise BadUsage(f"{out.name} is no form of a picture.", "Name a file that ends in .svg, .png or .json.")
    try:
        drawing = specification(payout_curve(read_plan(plan)))
    except Problem as problem:
        raise BadUsage(problem.detail, f"Nothing was drawn ({problem.code}).") from problem
    _write(out, png(drawing) if out.suffix.lower() == ".png" else svg(drawing).encode() if out.suffix.lower() == ".svg" else _json(drawing))
    show_step(f"{out} is written.")


def _json(drawing: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(drawing, option=orjson.OPT_INDENT_2)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise BadUsage(f"{file} cannot be written: {error.strerror}.", "Name another file with --out.") from None
