"""The life of a development goal as data: what may be done to it when, and by which side. Pure.

Rule: domain "Development goal". Its two sides are the person and the manager of the day (for whoever has none, the board).
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from chassis.problems import NotAllowed
from kpi_api.development.problems import GoalStands, NotYourTurn

Aim = Literal["current_role", "next_role"]
Status = Literal["proposed", "agreed", "reached", "not_reached", "dropped"]
Outcome = Literal["reached", "not_reached", "dropped"]
Side = Literal["person", "manager"]
MeasuredBy = Literal["steps", "records"]
Verb = Literal["change", "agree", "mark_step", "add_evidence", "reach", "miss", "drop"]

VERBS: Final[tuple[Verb, ...]] = get_args(Verb)
BEGINS: Final[Mapping[Verb, tuple[Status, ...]]] = {
    "change": ("proposed", "agreed"),
    "agree": ("proposed",),
    "mark_step": ("agreed",),
    "add_evidence": ("proposed", "agreed"),
    "reach": ("agreed",),
    "miss": ("agreed",),
    "drop": ("proposed", "agreed"),
}
CLOSES: Final[Mapping[Outcome, Verb]] = {"reached": "reach", "not_reached": "miss", "dropped": "drop"}


def require_allowed(status: Status, written_by: Side, side: Side | None, verb: Verb) -> Side:
    """The side as which the viewer does this. Raises NotAllowed for whoever is no side, GoalStands, NotYourTurn."""
    if side is None:
        raise NotAllowed("Only the person and their manager of today work on a development goal.")
    if status not in BEGINS[verb]:
        wanted = " or ".join(BEGINS[verb])
        raise GoalStands(f"The goal is {status.replace('_', ' ')}; this asks for one that is {wanted}.", present=status)
    if verb == "agree" and side == written_by:
        raise NotYourTurn("Your side wrote the present text; the other side agrees to it.")
    return side
