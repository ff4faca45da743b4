"""Whose answer a change awaits, as data. Pure.

One side asks, the other agrees or rejects, and who asked may withdraw. What a KPI asks, neither side wrote: each side agrees, in any
order, and either may reject, which leaves the signed text as it is.
"""

from collections.abc import Collection
from typing import Final, Literal

from kpi_api.scorecards.changes.models import ChangeStatus, Kind
from kpi_api.scorecards.lifecycle import OTHER, Side

Answer = Literal["agree", "reject", "withdraw"]
ANSWERS: Final[tuple[Answer, ...]] = ("agree", "reject", "withdraw")
BOTH: Final[tuple[Side, ...]] = ("person", "manager")


def may_answer(answer: Answer, kind: Kind, written_by: Side | None) -> tuple[Side, ...]:
    """The sides that may give this answer."""
    if answer == "withdraw":
        return (written_by,) if kind == "request" and written_by else ()
    if written_by is None or (answer == "reject" and kind != "request"):
        return BOTH
    return (OTHER[written_by],)


def refusal(answer: Answer, kind: Kind, status: ChangeStatus, written_by: Side | None, sides: Collection[Side]) -> str | None:
    """Why the viewer may not answer so, in words; null when they may."""
    if status != "pending":
        return f"The request is {status} already."
    allowed = may_answer(answer, kind, written_by)
    if not allowed:
        return "Nobody withdraws what a KPI asks; reject it to keep the signed text."
    if not set(allowed) & set(sides):
        return f"Only {' or '.join(f'the {side}' for side in allowed)} may {answer}."
    return None
