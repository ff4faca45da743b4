"""What can be wrong with a snapshot as a whole."""

from chassis.problems import FieldError
from scoring.engine.problems import SnapshotInvalid


def snapshot_problem(code: str, field: str, message: str) -> SnapshotInvalid:
    """A SnapshotInvalid about one field."""
    return SnapshotInvalid(f"{field}: {message}", errors=[FieldError(field=field, code=code, message=message)])
