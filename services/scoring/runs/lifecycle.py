"""Which state of a run follows which."""

from typing import Final

from scoring.runs.problems import WrongState

AFTER: Final[dict[str, frozenset[str]]] = {
    "open": frozenset({"received", "superseded"}),
    "received": frozenset({"received", "computed", "superseded"}),
    "computed": frozenset({"computed", "approved", "superseded"}),
    "approved": frozenset({"released", "superseded"}),
    "released": frozenset(),
    "superseded": frozenset(),
}
"""A released run is never set aside: what was wrong in it is put right by a correction run, whose lines are differences."""

WHY_NOT: Final = {
    "open": "Its snapshot has not arrived yet.",
    "received": "It has not been computed yet.",
    "computed": "It has been computed; nobody has approved it yet.",
    "approved": "It has been approved.",
    "released": "It has been released; send a correction run.",
    "superseded": "It was superseded.",
}


def require_next(status: str, wanted: str) -> None:
    """Raises WrongState unless a run in `status` may become `wanted`."""
    if wanted not in AFTER[status]:
        raise WrongState(f"A run that is {status} cannot become {wanted}. {WHY_NOT[status]}", run_status=status)
