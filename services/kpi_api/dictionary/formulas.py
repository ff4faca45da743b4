"""Formulas of definitions, checked when they are written (the grammar is `chassis.expressions`)."""

from chassis.expressions import ExpressionProblem, Unit, parse
from kpi_api.dictionary.problems import InvalidFormula
from kpi_api.dictionary.schemas import VersionInput


def check_formulas(given: VersionInput) -> None:
    """Raises InvalidFormula when a formula or the unit of a measure cannot be read, or a formula belongs to no part."""
    measures = {name: _unit(name, unit) for name, unit in given.measures.items()}
    parts = {part.code for part in given.all_parts()}
    for part, formula in given.formulas.items():
        if part not in parts:
            raise InvalidFormula(f"There is no part `{part}`.", field=f"/formulas/{part}")
        try:
            parse(formula, measures)
        except ExpressionProblem as problem:
            raise InvalidFormula(str(problem), field=f"/formulas/{part}", reason=problem.code) from None


def _unit(name: str, unit: str) -> Unit:
    try:
        return Unit.read(unit)
    except ValueError as error:
        raise InvalidFormula(str(error), field=f"/measures/{name}") from None
