"""The rules for time away as a scorecard's text carries them. Pure.

The text says nothing where the organization left the rules as shipped. A line names what pro-rates its targets: only sums over periods of
the person's own KPIs, since a ratio, a mean, a milestone or a shared KPI asks for the same however long somebody was there.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from chassis.numbers import ExactDecimal
from kpi_api.dictionary.vocabulary import TOTALS
from kpi_api.people.leaves.rules import TimeRules

ProRating = Literal["leave", "part_time"]
NOT_QUANTITIES: Final = {"milestone", "rating", "zero_tolerance"}
FULL_TIME: Final = Decimal(1)


class SignedRules(TimeRules):
    """The rules, with the share of full time that the targets were signed for: that of the scorecard's first day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    full_time_share: ExactDecimal = FULL_TIME


AS_SHIPPED: Final = SignedRules()


def signed_rules(document: Mapping[str, Any]) -> SignedRules:
    """The rules of a text."""
    return SignedRules.model_validate(document["time_rules"]) if "time_rules" in document else AS_SHIPPED


def rules_terms(rules: TimeRules, full_time_share: Decimal) -> dict[str, Any]:
    """What a text says of the rules: those that are not as shipped, as text, and the share of full time; nothing where all are."""
    stated = rules.model_dump(mode="json", exclude_defaults=True)
    if not stated:
        return {}
    words = {name: [*value] if isinstance(value, list) else str(value) for name, value in stated.items()}
    return {"time_rules": words | {"full_time_share": full_time_share}}


def pro_rating(rules: BaseModel, line: Mapping[str, Any], *, own: bool) -> list[ProRating] | None:
    """What pro-rates the targets of a line of the text; null for none. `own`: the KPI is the person's alone."""
    quantity = line["combine"] in TOTALS or line.get("counted_part") is not None
    if not own or not quantity or line["direction"] in NOT_QUANTITIES:
        return None
    named: tuple[tuple[ProRating, str], ...] = (("leave", "leave_targets"), ("part_time", "part_time_targets"))
    return [name for name, rule in named if getattr(rules, rule) == "pro_rated"] or None
