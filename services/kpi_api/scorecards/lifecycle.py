"""The life of a scorecard as data: which verb leads from where to where, and whose turn it is. Pure.

Rule: domain "Scorecard and agreement", from S0 and S1.

Two sides make an agreement: the person, and the manager of the day (for whoever has none, the board). HR opens drafts and may force.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Status = Literal["draft", "proposed", "countered", "agreed", "active", "closed", "closed_not_agreed"]
Side = Literal["person", "manager", "hr"]
Verb = Literal["propose", "counter", "agree", "reject", "withdraw", "force"]
Turn = Literal["either", "other", "writer", "hr"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
BEFORE_AGREED: Final[tuple[Status, ...]] = ("draft", "proposed", "countered")
UNDER_NEGOTIATION: Final[tuple[Status, ...]] = ("proposed", "countered")


@dataclass(frozen=True)
class Transition:
    """From which statuses a verb leads to which, and who may use it: `other` is the side that did not write the current text."""

    begins: tuple[Status, ...]
    ends: Status
    turn: Turn


TRANSITIONS: Final[Mapping[Verb, Transition]] = {
    "propose": Transition(("draft",), "proposed", "either"),
    "counter": Transition(UNDER_NEGOTIATION, "countered", "other"),
    "agree": Transition(UNDER_NEGOTIATION, "agreed", "other"),
    "reject": Transition(UNDER_NEGOTIATION, "draft", "other"),
    "withdraw": Transition(UNDER_NEGOTIATION, "draft", "writer"),
    "force": Transition(BEFORE_AGREED, "agreed", "hr"),
}

OTHER: Final[Mapping[Side, Side]] = {"person": "manager", "manager": "person"}

WHOSE: Final[Mapping[Turn, str]] = {
    "either": "the person or their manager",
    "other": "the side that did not write the current text",
    "writer": "the side that wrote the current text",
    "hr": "an HR administrator",
}


def allows(status: Status, verb: Verb) -> bool:
    """Whether the verb is possible in this status at all."""
    return status in TRANSITIONS[verb].begins


def acting_side(verb: Verb, written_by: Side, sides: Collection[Side]) -> Side | None:
    """As which of the viewer's `sides` they may use the verb; null when it is not theirs to use."""
    turn = TRANSITIONS[verb].turn
    wanted: dict[Turn, tuple[Side | None, ...]] = {
        "either": ("person", "manager"),
        "other": (OTHER.get(written_by),),
        "writer": (written_by,),
        "hr": ("hr",),
    }
    return next((side for side in wanted[turn] if side is not None and side in sides), None)


def refusal(status: Status, verb: Verb, written_by: Side, sides: Collection[Side]) -> str | None:
    """Why the viewer may not use the verb now, in words; null when they may."""
    if not allows(status, verb):
        return f"A scorecard that is {status.replace('_', ' ')} does not take “{verb}”."
    if acting_side(verb, written_by, sides) is None:
        return f"Only {WHOSE[TRANSITIONS[verb].turn]} may {verb}."
    return None
