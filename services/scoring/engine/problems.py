"""What can be wrong with a plan or a snapshot as a whole. What is wrong with one row is a reason code in the result instead."""

from collections.abc import Sequence

from chassis.problems import FieldError, Invalid


class PlanInvalid(Invalid):
    """The plan cannot be used; `errors` names each step and field with a stable code."""

    code, title = "plan_invalid", "The plan cannot be used"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        first = errors[0]
        rest = f" ({len(errors) - 1} more.)" if len(errors) > 1 else ""
        super().__init__(f"{first.field}: {first.message}{rest}" if first.field else f"{first.message}{rest}", errors=errors)


class SnapshotInvalid(Invalid):
    """The lines and people cannot be read as one snapshot; nothing was scored."""

    code, title = "snapshot_invalid", "The snapshot cannot be scored"


class StepProblem(Exception):
    """One thing wrong with one step, found while the plan is checked; becomes a FieldError of PlanInvalid."""

    def __init__(self, code: str, field: str, message: str) -> None:
        super().__init__(message)
        self.code, self.field, self.message = code, field, message
