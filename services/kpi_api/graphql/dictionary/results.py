"""What mutations of the dictionary answer: what was done, or a problem by name."""

from typing import Annotated, Self

import strawberry

from chassis.problems import Problem as RaisedProblem
from kpi_api.dictionary.schemas import Use
from kpi_api.graphql.dictionary.definitions import Definition, DefinitionUse
from kpi_api.graphql.dictionary.formulas import FormulaProblem, FormulaTrial
from kpi_api.graphql.dictionary.stewardship import BusinessChange, DefinitionReview
from kpi_api.graphql.problems import (
    ChangedProblem,
    ConflictProblem,
    InvalidProblem,
    NotAllowedProblem,
    NotFoundProblem,
    Problem,
    field_errors,
)


@strawberry.type(description="The definition as it stands now, with the version that was written or moved.")
class DefinitionChanged:
    definition: Definition


@strawberry.type(description="What came of trying a formula.")
class FormulaTrialChanged:
    trial: FormulaTrial


@strawberry.type(description="The business change that was recorded.")
class BusinessChangeChanged:
    business_change: BusinessChange


@strawberry.type(description="The review as it stands now.")
class DefinitionReviewChanged:
    review: DefinitionReview


@strawberry.type(description="How many definitions have another owner and steward now.")
class DefinitionsReassignedChanged:
    owned: int
    stewarded: int


@strawberry.type(description="Something uses it then: `uses` are those that the viewer sees.")
class InUseProblem(Problem):
    uses: list[DefinitionUse]

    @classmethod
    def of(cls, problem: RaisedProblem) -> Self:
        uses = [DefinitionUse.of(Use.model_validate(use)) for use in problem.facts["uses"]]
        errors = field_errors(problem)
        return cls(code=problem.code, title=problem.title, detail=problem.detail, errors=errors, uses=uses)


DefinitionResult = Annotated[
    DefinitionChanged
    | NotFoundProblem
    | NotAllowedProblem
    | ChangedProblem
    | ConflictProblem
    | InUseProblem
    | FormulaProblem
    | InvalidProblem,
    strawberry.union("DefinitionResult", description="The definition, or why it did not change."),
]
FormulaTrialResult = Annotated[
    FormulaTrialChanged | NotFoundProblem | NotAllowedProblem | ConflictProblem | FormulaProblem | InvalidProblem,
    strawberry.union("FormulaTrialResult", description="What came of trying a formula, or why it was not tried."),
]
BusinessChangeResult = Annotated[
    BusinessChangeChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("BusinessChangeResult", description="The business change, or why it was not recorded."),
]
DefinitionReviewResult = Annotated[
    DefinitionReviewChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("DefinitionReviewResult", description="The review, or why it did not change."),
]
ReassignResult = Annotated[
    DefinitionsReassignedChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("ReassignResult", description="What was handed on, or why nothing was."),
]
