"""Formulas read, checked and computed on samples (the language is `chassis.expressions`)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chassis.expressions import Expression, ExpressionProblem, Unit, parse
from chassis.expressions.names import check_names
from chassis.expressions.unit_rules import unit_of_part
from chassis.expressions.zeros import divisors_that_can_be_zero, measures_of
from kpi_api.dictionary.formulas.schemas import FormulaInput, FormulaOutput, SampleResult, Warned
from kpi_api.dictionary.problems import InvalidFormula
from kpi_api.dictionary.schemas import VersionInput

Sample = Mapping[str, Decimal | None]


def check_formulas(given: VersionInput) -> None:
    """Raises InvalidFormula when a measure's name or unit, or a formula, cannot be read, a formula belongs to no part, or gives another
    unit than its part has."""
    measures = read_measures(given.measures)
    parts = {part.code: part.unit for part in given.all_parts()}
    for part, formula in given.formulas.items():
        if part not in parts:
            raise InvalidFormula(f"There is no part `{part}`.", field=f"/formulas/{part}")
        read_formula(formula, measures, parts[part], field=f"/formulas/{part}")


def check(given: FormulaInput) -> FormulaOutput:
    """A formula's unit, tree, results on samples and warnings. Raises InvalidFormula."""
    measures = read_measures(given.measures)
    expression = read_formula(given.formula, measures, given.part_unit)
    unused = [name for name in measures if name not in expression.measures]
    spare = [Warned(code="not_used", message=f'The formula does not use "{name}".', measures=[name]) for name in unused]
    return FormulaOutput(
        unit=str(expression.unit),
        tree=expression.term.to_json(),
        measures_used={name: str(unit) for name, unit in expression.measures.items()},
        results=results_of(expression, given.samples),
        warnings=[*_zeros(expression), *spare],
    )


def read_measures(given: Mapping[str, str]) -> dict[str, Unit]:
    """The units of measures by name. Raises InvalidFormula."""
    try:
        check_names(given)
    except ExpressionProblem as problem:
        raise _told(problem, "/measures") from None
    return {name: _unit(unit, f"/measures/{name}") for name, unit in given.items()}


def read_formula(formula: str, measures: Mapping[str, Unit], part_unit: str | None, field: str = "/formula") -> Expression:
    """Raises InvalidFormula: `reason` is the code of what is wrong, `position` the character, counted from 1."""
    wanted = None if part_unit is None else _unit(part_unit, "/part_unit")
    try:
        expression = parse(formula, measures)
        if wanted is not None:
            unit_of_part(expression.term.unit, wanted)
    except ExpressionProblem as problem:
        raise _told(problem, field) from None
    return expression


def results_of(expression: Expression, samples: Sequence[Sample]) -> list[SampleResult]:
    """What the expression gives for each sample. Raises InvalidFormula for a sample without a value, not even null, for a measure."""
    results = []
    for n, sample in enumerate(samples):
        try:
            outcome = expression.outcome(sample)
        except ExpressionProblem as problem:
            raise _told(problem, f"/samples/{n}") from None
        results.append(SampleResult(value=outcome.value, reason=outcome.reason))
    return results


def _zeros(expression: Expression) -> list[Warned]:
    names = dict.fromkeys(tuple(measures_of(divisor)) for divisor in divisors_that_can_be_zero(expression.term))
    return [
        Warned(
            code="may_divide_by_zero",
            message=f"{' and '.join(group) or 'The divisor'} can be zero; then there is no value (division_by_zero), "
            "unless you write what shall stand instead: coalesce(…, 0), or … if … > 0 else ….",
            measures=list(group),
        )
        for group in names
    ]


def _unit(unit: str, field: str) -> Unit:
    try:
        return Unit.read(unit)
    except ValueError as error:
        raise InvalidFormula(str(error), field=field, reason="unit") from None


def _told(problem: ExpressionProblem, field: str) -> InvalidFormula:
    return InvalidFormula(str(problem), field=field, reason=problem.code, position=problem.position)
