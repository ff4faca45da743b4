"""Plans in the making as they come in and go out."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chassis.numbers import ExactDecimal
from chassis.problems import FieldError
from scoring.plans.schemas import DocumentIn, PlanFinding
from scoring.schemas import Input, Output


class DraftIn(Input):
    """A plan that is only looked at."""

    document: DocumentIn


class DraftsIn(Input):
    """Two plans to compare."""

    before: DocumentIn
    after: DocumentIn


class CheckedStep(Output):
    """What a step gives, known before any number is: per line, person or for everybody, of which unit, and between which proven bounds."""

    name: str
    kind: str
    level: Literal["line", "person", "everyone"]
    unit: Literal["plain", "money"]
    lowest: ExactDecimal | None
    highest: ExactDecimal | None


class PlanCheck(Output):
    """`usable` says whether the plan could be kept. `errors` are what stands against it; `findings` what is worth a second look."""

    usable: bool
    plan: str | None
    digest: str | None
    errors: list[FieldError]
    steps: list[CheckedStep]
    findings: list[PlanFinding]


class TemplateParameter(Output):
    """A choice a template leaves open."""

    name: str
    default: str
    description: str


class PlanTemplate(Output):
    """One of the five structures that link results to pay."""

    structure: str
    title: str
    description: str
    parameters: list[TemplateParameter]


class TemplateFilling(Input):
    """Choices by name; what is left out takes its default."""

    parameters: Annotated[
        dict[str, Annotated[str, Field(max_length=63)]], Field(max_length=20, description='Such as {"rate": "1.5", "most": "180%"}.')
    ] = Field(default_factory=dict)


class FilledTemplate(Output):
    """A plan as YAML with comments, to be read and changed."""

    document: str


class PlanDifference(Output):
    """One difference: where it stands (a JSON pointer, in the new plan, of what was removed in the old one), and what it is."""

    change: Literal["added", "removed", "changed", "moved"]
    step: str | None
    path: str
    before: Any
    after: Any
    sentence: str


class PlanDifferences(Output):
    """Everything that differs; nothing where both mean the same."""

    differences: list[PlanDifference]
