"""`sightline formula check`: a formula with its units and samples, checked on this machine without a server."""

from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, output, show_json
from sightline.problems import BadUsage

app = typer.Typer(help="Check formulas of KPIs.", no_args_is_help=True)


@app.callback()
def formulas() -> None:
    """Formulas of KPIs; the language is told by `GET /v1/formulas/grammar`."""


@app.command()
def check(
    formula: Annotated[str, typer.Argument(help="Such as 'percent(won / decided)'.")],
    measure: Annotated[list[str] | None, typer.Option(help="A measure with its unit: won=count. As often as needed.")] = None,
    sample: Annotated[list[str] | None, typer.Option(help="Values to compute: won=7,decided=25; null for one that is missing.")] = None,
    part: Annotated[str | None, typer.Option(help="The unit that the formula must give.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say a formula's unit, what it gives on samples, and what may surprise.

    Example: `sightline formula check 'a / b' --measure a=USD --measure b=USD --sample a=1,b=2`.
    """
    from pydantic import ValidationError

    from chassis.problems import Problem
    from kpi_api.dictionary.formulas.checking import check as checked
    from kpi_api.dictionary.formulas.schemas import FormulaInput

    samples = [{name: None if value == "null" else value for name, value in _pairs(row.split(","))} for row in sample or ()]
    given = {"formula": formula, "measures": dict(_pairs(measure or ())), "part_unit": part, "samples": samples}
    try:
        answer = checked(FormulaInput.model_validate(given)).model_dump(mode="json")
    except Problem as problem:
        raise BadUsage(problem.detail, f"The formula was refused ({problem.facts.get('reason', problem.code)}).") from problem
    except ValidationError as error:
        raise BadUsage(error.errors()[0]["msg"], "Give samples as name=value with exact numbers.") from error
    if as_json:
        show_json(answer)
        return
    output.print(f"unit: {answer['unit']}")
    for row in answer["results"]:
        output.print(str(row["value"]) if row["reason"] is None else f"no value: {row['reason']}")
    for warning in answer["warnings"]:
        output.print(f"warning: {warning['message']}")


def _pairs(texts: "list[str] | tuple[str, ...]") -> list[tuple[str, str]]:
    """Raises BadUsage for what is not name=value."""
    pairs = [text.strip().partition("=") for text in texts]
    if wrong := next((text for text, (_, sign, _) in zip(texts, pairs, strict=True) if not sign), None):
        raise BadUsage(f'"{wrong}" is not name=value.', "Write --measure a=USD, --sample a=1,b=2.")
    return [(name, value) for name, _, value in pairs]
