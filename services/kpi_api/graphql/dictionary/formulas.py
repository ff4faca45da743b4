"""Formulas in the graph: checked, and tried on sample data."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from chassis.problems import Invalid
from chassis.problems import Problem as RaisedProblem
from kpi_api.dictionary.formulas import models, schemas
from kpi_api.dictionary.formulas.checking import check
from kpi_api.dictionary.problems import InvalidFormula
from kpi_api.graphql.dictionary.definitions import SourceMeasure
from kpi_api.graphql.problems import InvalidProblem, Problem, field_errors
from kpi_api.graphql.writing import by_name, validated


@strawberry.input(description="A number that a formula is made of, with its unit.")
class SourceMeasureInput:
    name: str
    unit: str


@strawberry.input(description="What a measure is in a sample; null where it is missing.")
class MeasureValueInput:
    measure: str
    value: Decimal | None = None


@strawberry.input(description="Sample data: a value for each measure of the formula.")
class FormulaSampleInput:
    values: list[MeasureValueInput]

    def read(self) -> dict[str, Any]:
        return by_name(self.values, "measure", "value", "/samples")


@strawberry.type(description="What a measure was in a sample.")
class MeasureValue:
    measure: str
    value: Decimal | None


@strawberry.type(description="What came of a sample: a number, whether a condition holds, or neither and why.")
class SampleResult:
    value: Decimal | None
    holds: bool | None
    reason: str | None = strawberry.field(description="`missing_value`, `division_by_zero` or `out_of_range`.")

    @classmethod
    def of(cls, value: Decimal | bool | None, reason: str | None) -> "SampleResult":
        if isinstance(value, bool):
            return cls(value=None, holds=value, reason=reason)
        return cls(value=None if value is None else value.normalize(), holds=None, reason=reason)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "SampleResult":
        """A result as it was kept with its trial."""
        value = kept["value"]
        return cls.of(Decimal(value) if isinstance(value, str) else value, kept["reason"])


@strawberry.type(description="Something that is allowed but may surprise.")
class FormulaWarning:
    code: str
    message: str
    measures: list[str]


@strawberry.type(description="A formula that was read.")
class CheckedFormula:
    unit: str
    tree: JSON = strawberry.field(description="Its typed form, by openapi/formula.schema.json.")
    measures: list[SourceMeasure] = strawberry.field(description="Those that it uses.")
    results: list[SampleResult] = strawberry.field(description="What came of the samples, in their order.")
    warnings: list[FormulaWarning]

    @classmethod
    def of(cls, found: schemas.FormulaOutput) -> "CheckedFormula":
        return cls(
            unit=found.unit,
            tree=JSON(found.tree),
            measures=[SourceMeasure(name=name, unit=unit) for name, unit in sorted(found.measures_used.items())],
            results=[SampleResult.of(result.value, result.reason) for result in found.results],
            warnings=[FormulaWarning(**warning.model_dump()) for warning in found.warnings],
        )


@strawberry.type(description="The formula cannot be read, or does not fit its measures, units or samples.")
class FormulaProblem(Problem):
    reason: str | None = strawberry.field(description="The code of what is wrong, as the grammar lists them.")
    position: int | None = strawberry.field(description="The character, counted from 1.")

    @classmethod
    def of(cls, problem: RaisedProblem) -> Self:
        return cls(
            code=problem.code,
            title=problem.title,
            detail=problem.detail,
            errors=field_errors(problem),
            reason=problem.facts.get("reason"),
            position=problem.facts.get("position"),
        )


@strawberry.type(description="The formula of a part, tried on sample data and kept with the version.")
class FormulaTrial:
    uuid: UUID
    part: str
    samples: list[list[MeasureValue]]
    results: list[SampleResult]
    gave_values: bool = strawberry.field(description="Whether a sample gave a value; only such a trial counts before approval.")
    tried_by: str
    tried_at: datetime

    @classmethod
    def of(cls, row: models.FormulaTrial) -> "FormulaTrial":
        samples = [
            [MeasureValue(measure=name, value=None if value is None else Decimal(value)) for name, value in sorted(sample.items())]
            for sample in row.samples
        ]
        same = ("part", "gave_values", "tried_by", "tried_at")
        results = [SampleResult.read(result) for result in row.results]
        return cls(uuid=row.id, samples=samples, results=results, **{name: getattr(row, name) for name in same})


FormulaResult = Annotated[
    CheckedFormula | FormulaProblem | InvalidProblem,
    strawberry.union("FormulaResult", description="The formula as it was read, or what is wrong with it."),
]


def check_formula(
    formula: str, measures: list[SourceMeasureInput], part_unit: str | None, samples: list[FormulaSampleInput]
) -> FormulaResult:
    try:
        given = {
            "formula": formula,
            "measures": by_name(measures, "name", "unit", "/measures"),
            "part_unit": part_unit,
            "samples": [sample.read() for sample in samples],
        }
        return CheckedFormula.of(check(validated(schemas.FormulaInput, given)))
    except InvalidFormula as problem:
        return FormulaProblem.of(problem)
    except Invalid as problem:
        return InvalidProblem.of(problem)
