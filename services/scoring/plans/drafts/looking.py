"""What can be said of a plan from its text alone. Pure; heavy enough to be run beside the loop."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from chassis.numbers import PLACES, rounded
from chassis.problems import Invalid
from scoring.engine import Plan, check_plan, load_plan
from scoring.engine.checking.finding import Finding
from scoring.engine.comparing import plan_differences
from scoring.engine.meanings import LARGEST_SUM
from scoring.engine.picturing import payout_curve, specification
from scoring.engine.templates import STRUCTURES
from scoring.plans.documents import Document, plan_of, source_of
from scoring.plans.drafts.schemas import CheckedStep, PlanCheck, PlanDifference, PlanDifferences, PlanTemplate, TemplateParameter
from scoring.plans.schemas import PlanFinding

BOUNDLESS = LARGEST_SUM
"""A bound beyond this says nothing to a reader."""


def checked(document: Document) -> PlanCheck:
    """Errors, or steps and findings."""
    try:
        plan = load_plan(source_of(document))
    except Invalid as problem:
        return PlanCheck(usable=False, plan=None, digest=None, errors=list(problem.errors), steps=[], findings=[])
    findings = [_shown(found) for found in check_plan(plan)]
    return PlanCheck(usable=True, plan=plan.code, digest=plan.digest, errors=[], steps=_steps(plan), findings=findings)


def _shown(found: Finding) -> PlanFinding:
    return PlanFinding.model_validate(found, from_attributes=True)


def _steps(plan: Plan) -> list[CheckedStep]:
    return [
        CheckedStep(
            name=step.name,
            kind=step.kind,
            level=plan.meanings[step.name].level.value,
            unit=plan.meanings[step.name].unit.value,
            lowest=_bound(plan.meanings[step.name].low),
            highest=_bound(plan.meanings[step.name].high),
        )
        for step in plan.steps
    ]


def _bound(bound: Fraction) -> Decimal | None:
    """To 12 places; null where nothing but the engine's own size limits it."""
    return None if abs(bound) >= BOUNDLESS else rounded(bound, PLACES)


def drawn(document: Document) -> dict[str, Any]:
    """What the plan pays, as a Vega-Lite specification. Raises UnreadablePlan, PlanInvalid, NoCurve."""
    return specification(payout_curve(plan_of(source_of(document))))


def templates() -> list[PlanTemplate]:
    """The five structures with their parameters."""
    return [
        PlanTemplate(
            structure=name,
            title=structure.title,
            description=structure.description,
            parameters=[
                TemplateParameter(name=key, default=one.default, description=one.description) for key, one in structure.parameters.items()
            ],
        )
        for name, structure in STRUCTURES.items()
    ]


def compared(before: Document, after: Document) -> PlanDifferences:
    """What differs, in words. Raises UnreadablePlan, PlanInvalid."""
    found = plan_differences(plan_of(source_of(before)), plan_of(source_of(after)))
    return PlanDifferences(differences=[PlanDifference.model_validate(one, from_attributes=True) for one in found])
