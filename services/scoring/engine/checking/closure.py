"""Which steps and figures stand behind a result."""

from collections.abc import Iterable

from scoring.engine.plan import Plan
from scoring.engine.steps import Step


def results_of(plan: Plan) -> list[str]:
    """The steps that are the composite and the payout."""
    return [name for name in (plan.document.composite, plan.document.payout) if name is not None]


def references(step: Step) -> list[str]:
    """The figures and steps that a step names."""
    return [operand for operand in step.operands() if isinstance(operand, str)]


def behind(plan: Plan, names: Iterable[str]) -> list[Step]:
    """The named steps and all they rest on, in the plan's order."""
    wanted = set(names)
    for step in reversed(plan.steps):
        if step.name in wanted:
            wanted.update(references(step))
    return [step for step in plan.steps if step.name in wanted]
