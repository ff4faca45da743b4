"""From what somebody wrote to a checked plan of the engine, and back to the same plan whenever it is needed."""

from functools import lru_cache
from typing import Any

from chassis.documents import dump_canonical
from chassis.problems import FieldError
from scoring.engine import Plan, load_plan
from scoring.plans.problems import UnreadablePlan

Document = dict[str, Any] | str


def source_of(document: Document) -> str:
    """The text that is kept: YAML or JSON as written, or canonical JSON of a document sent as an object.

    Raises UnreadablePlan for a number with a fraction in an object, which JSON readers turn into a binary float before we see it.
    """
    if isinstance(document, str):
        return document
    _refuse_floats(document, "/document")
    return dump_canonical(document).decode()


def _refuse_floats(value: Any, place: str) -> None:
    if isinstance(value, float):
        message = f'Send {value} as a string, such as "0.1", or the whole document as a text: a JSON number with a fraction is not exact.'
        raise UnreadablePlan(message, errors=[FieldError(field=place, code="decimal_as_number", message=message)])
    if isinstance(value, dict):
        for name, item in value.items():
            _refuse_floats(item, f"{place}/{name}")
    if isinstance(value, list):
        for number, item in enumerate(value):
            _refuse_floats(item, f"{place}/{number}")


@lru_cache(maxsize=256)
def plan_of(source: str) -> Plan:
    """The checked plan of a text. Raises the engine's PlanInvalid, which names line, step and field."""
    return load_plan(source)


def canonical_text(plan: Plan) -> str:
    """The canonical JSON whose SHA-256 is the plan's digest."""
    return dump_canonical(plan.document.model_dump(mode="json")).decode()
