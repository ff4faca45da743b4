"""Who may do what to a review, and when. Pure.

Rule: domain "Routines and reviews": nothing a reviewer writes shows before release, so no answer to the person depends on it.
"""

from collections.abc import Collection
from typing import Final, Literal, get_args

Stage = Literal["mid_year", "annual"]
Status = Literal["open", "released", "acknowledged"]
AssessmentSide = Literal["self", "manager"]
Side = Literal["person", "manager", "hr"]
Verb = Literal["assess_self", "assess", "release", "acknowledge"]

STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
VERBS: Final[tuple[Verb, ...]] = get_args(Verb)

BEGINS: Final[dict[Verb, Status]] = {"assess_self": "open", "assess": "open", "release": "open", "acknowledge": "released"}
ACTORS: Final[dict[Verb, tuple[Side, ...]]] = {
    "assess_self": ("person",),
    "assess": ("manager",),
    "release": ("manager", "hr"),
    "acknowledge": ("person",),
}
WHO: Final[dict[Verb, str]] = {
    "assess_self": "Only the person themselves writes their self-assessment.",
    "assess": "Only who leads the person today writes the manager's assessment.",
    "release": "Only who leads the person today, or HR, releases a review.",
    "acknowledge": "Only the person acknowledges their review.",
}
WHEN: Final[dict[Status, str]] = {
    "open": "The review has not been released yet.",
    "released": "The review was released; what it says stands.",
    "acknowledged": "The review was acknowledged; what it says stands.",
}


def not_yours(verb: Verb, sides: Collection[Side]) -> str | None:
    """Why the verb is not this viewer's; null when it is."""
    return None if set(ACTORS[verb]) & set(sides) else WHO[verb]


def not_now(verb: Verb, status: Status) -> str | None:
    """Why the verb is not possible in this status; null when it is."""
    return None if status == BEGINS[verb] else WHEN[status]
