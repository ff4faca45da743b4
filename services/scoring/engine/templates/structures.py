"""What structures there are, in words, with their parameters: names, defaults and meanings (S0, "Individual KPIs and Compensation")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Parameter:
    """A choice the template leaves open."""

    default: str
    description: str


@dataclass(frozen=True)
class Structure:
    """One way from results to pay."""

    title: str
    description: str
    parameters: Mapping[str, Parameter]


def _structure(name: str, title: str, description: str, **parameters: Parameter) -> Structure:
    return Structure(title, description, {"code": Parameter(name, "The plan's code."), **parameters})


STRUCTURES: Final[Mapping[str, Structure]] = {
    "gate_based": _structure(
        "gate_based",
        "Gate-based bonus",
        "Nothing is paid before every KPI reaches a minimum; from there the bonus follows the weighted attainment.",
        minimum=Parameter("80%", "What every KPI must reach before anything is paid."),
        most=Parameter("150%", "No KPI counts for more than this."),
    ),
    "linear_payout": _structure(
        "linear_payout",
        "Linear payout",
        "The bonus scales with attainment: 80 % of target is 80 % of the bonus.",
        most=Parameter("100%", "No KPI counts for more than this."),
    ),
    "accelerator": _structure(
        "accelerator",
        "Accelerator above target",
        "Each point of attainment above the target earns more than one point of payout.",
        threshold=Parameter("80%", "Below this a KPI pays nothing."),
        rate=Parameter("2", "Points of payout for each point above the target."),
        most=Parameter("200%", "No KPI pays more than this."),
    ),
    "weighted_composite": _structure(
        "weighted_composite",
        "Weighted composite",
        "Several KPIs weighted by importance; their composite score decides the bonus by one curve.",
        threshold=Parameter("80%", "The composite at which the curve begins; below it nothing is paid."),
        at_threshold=Parameter("50%", "What the threshold pays."),
        stretch=Parameter("120%", "The composite at which the curve ends."),
        at_stretch=Parameter("150%", "What the end of the curve pays, and everything beyond it."),
    ),
    "balanced_scorecard": _structure(
        "balanced_scorecard",
        "Balanced scorecard bonus",
        "Output, quality, behavioural and development KPIs each carry a defined weight of the bonus.",
        output=Parameter("40", "The weight of what is produced."),
        quality=Parameter("25", "The weight of how well it is done."),
        behavioural=Parameter("20", "The weight of how the work is done."),
        development=Parameter("15", "The weight of growth."),
        most=Parameter("120%", "No KPI counts for more than this."),
    ),
}
