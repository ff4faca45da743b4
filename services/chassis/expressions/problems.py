"""What can be wrong with an expression."""

from collections.abc import Mapping
from typing import Final

PROBLEMS: Final[Mapping[str, str]] = {
    "too_long": "The text has too many characters.",
    "too_complex": "The expression has too many parts, or is nested too deeply.",
    "syntax": "The text cannot be read.",
    "hidden_character": "A character that cannot be seen: a direction mark, a zero-width or control character.",
    "sign": "A look-alike of an operator, such as the multiplication sign.",
    "digits": "A number in the digits of another script.",
    "literal": "A number in another form than digits with at most one point, or something else than a number.",
    "not_in_language": "Something that the language does not have.",
    "measure_name": "A measure is called by what is no name.",
    "name_form": "A name holds characters that only look like others, such as a ligature or full-width letters.",
    "mixed_scripts": "A name mixes letters of scripts that look alike, such as Latin and Cyrillic.",
    "confusable_names": "Two measures have names that look the same.",
    "unknown_measure": "A name that no measure has.",
    "unknown_function": "A function that does not exist.",
    "arguments": "A function was given too few or too many values.",
    "places": "round was not given a whole number of places, written as a number.",
    "unit_mismatch": "Values of different units are added, compared or exchanged, or a percent is multiplied without being made a ratio.",
    "unit_of_part": "The formula gives another unit than the part that it is for.",
    "not_a_number": "A condition stands where a number is needed.",
    "not_a_condition": "A number stands where a condition is needed.",
    "measure_not_given": "No value was given for a measure, not even null.",
    "measure_not_exact": "A value that is no exact number.",
}
"""Every code with what it means."""


class ExpressionProblem(ValueError):
    """Why an expression cannot be read or used: a stable `code` of PROBLEMS, a `message` with the remedy, and the `position` of the
    offending character, counted from 1 (None when it lies in the values or names given)."""

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        super().__init__(message if position is None else f"position {position}: {message}")
        self.code, self.message, self.position = code, message, position
