"""What can be wrong with an expression."""


class ExpressionProblem(ValueError):
    """Why an expression cannot be read or used: a stable `code`, a `message` with the remedy, and the `position` of the offending
    character, counted from 1 (None when it lies in the values given)."""

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        super().__init__(message if position is None else f"position {position}: {message}")
        self.code, self.message, self.position = code, message, position
