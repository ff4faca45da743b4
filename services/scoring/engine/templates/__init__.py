"""The five structures in which individual KPIs are linked to pay ("Individual KPIs and Compensation"), each a plan with few parameters.

A template is a plan document with `{{name}}` where a parameter goes; its defaults stand beside it here. `new_plan` writes a readable plan.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from chassis.problems import FieldError
from scoring.engine.plan import load_plan
from scoring.engine.problems import PlanInvalid

STRUCTURES: Final[Mapping[str, Mapping[str, str]]] = {
    "gate_based": {"code": "gate_based", "minimum": "80%", "most": "150%"},
    "linear_payout": {"code": "linear_payout", "most": "100%"},
    "accelerator": {"code": "accelerator", "threshold": "80%", "rate": "2", "most": "200%"},
    "weighted_composite": {
        "code": "weighted_composite",
        "threshold": "80%",
        "at_threshold": "50%",
        "stretch": "120%",
        "at_stretch": "150%",
    },
    "balanced_scorecard": {
        "code": "balanced_scorecard",
        "output": "40",
        "quality": "25",
        "behavioural": "20",
        "development": "15",
        "most": "120%",
    },
}
"""Each structure's parameters with their defaults."""


def new_plan(structure: str, **parameters: str) -> str:
    """A plan document of one of the five structures, as YAML with comments.

    Raises PlanInvalid: `unknown_structure`, `unknown_parameter`, or what is wrong with the plan the parameters give.
    """
    defaults = STRUCTURES.get(structure)
    if defaults is None:
        raise _problem("structure", "unknown_structure", f'There is no structure "{structure}"; there are {", ".join(STRUCTURES)}.')
    unknown = sorted(set(parameters) - set(defaults))
    if unknown:
        raise _problem(unknown[0], "unknown_parameter", f"The parameters of {structure} are {', '.join(defaults)}.")
    values = {**defaults, **parameters}
    template = files(__package__).joinpath(f"{structure}.yaml").read_text(encoding="utf-8")
    document = re.sub(r"{{(\w+)}}", lambda found: values[found[1]], template)
    load_plan(document)
    return document


def _problem(field: str, code: str, message: str) -> PlanInvalid:
    return PlanInvalid([FieldError(field=field, code=code, message=message)])
