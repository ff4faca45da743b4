"""The five structures in which individual KPIs are linked to pay ("Individual KPIs and Compensation"), each a plan with few parameters.

A template is a plan document with `{{name}}` where a parameter goes; `structures` says what there is. `new_plan` writes a readable plan.
"""

import re
from importlib.resources import files

from chassis.problems import FieldError
from scoring.engine.plan import load_plan
from scoring.engine.problems import PlanInvalid
from scoring.engine.templates.structures import STRUCTURES, Parameter, Structure

__all__ = ["STRUCTURES", "Parameter", "Structure", "new_plan"]


def new_plan(structure: str, **parameters: str) -> str:
    """A plan document of one of the five structures, as YAML with comments.

    Raises PlanInvalid: `unknown_structure`, `unknown_parameter`, or what is wrong with the plan the parameters give.
    """
    known = STRUCTURES.get(structure)
    if known is None:
        raise _problem("structure", "unknown_structure", f'There is no structure "{structure}"; there are {", ".join(STRUCTURES)}.')
    unknown = sorted(set(parameters) - set(known.parameters))
    if unknown:
        raise _problem(unknown[0], "unknown_parameter", f"The parameters of {structure} are {', '.join(known.parameters)}.")
    values = {name: parameter.default for name, parameter in known.parameters.items()} | parameters
    for name, value in values.items():
        _refuse_markup(name, value)
    template = files(__package__).joinpath(f"{structure}.yaml").read_text(encoding="utf-8")
    document = re.sub(r"{{(\w+)}}", lambda found: values[found[1]], template)
    load_plan(document)
    return document


def _refuse_markup(name: str, value: str) -> None:
    """A parameter is a name or a number, never a piece of a document."""
    if not re.fullmatch(r"[a-zA-Z0-9_.%-]{1,63}", value):
        raise _problem(name, "parameter_format", f"{name} is a name or a number such as 80%, not {value!r}.")


def _problem(field: str, code: str, message: str) -> PlanInvalid:
    return PlanInvalid([FieldError(field=field, code=code, message=message)])
