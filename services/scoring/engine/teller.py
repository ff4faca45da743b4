"""Reads one person's numbers out of a computed frame, for the sentences of an explanation: the carried digits, without trailing zeros."""

from dataclasses import dataclass
from decimal import Decimal

from chassis.numbers import plain_text
from scoring.engine.columns import Column
from scoring.engine.frame import Frame
from scoring.engine.meanings import Level
from scoring.engine.reasons import CODES, Reason


def digits(value: Decimal | None) -> str:
    """The number as somebody types it into a calculator."""
    if value is None:
        return "nothing"
    text = plain_text(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Teller:
    """One step's view of one person's numbers: `row` is the line for a per-line step, else 0."""

    frame: Frame
    level: Level
    row: int

    def value(self, operand: str | Decimal) -> Decimal | None:
        """The number an operand has here; None where it is null."""
        return self.number(self.frame.at(self.level, operand))

    def number(self, column: Column) -> Decimal | None:
        return column.number(self.row)

    def text(self, operand: str | Decimal) -> str:
        """The operand's digits, with its name where it has one."""
        if isinstance(operand, Decimal):
            return digits(operand)
        return f"{operand.replace('_', ' ')} {digits(self.value(operand))}"

    def figure(self, name: str) -> Decimal | None:
        """A figure of this line."""
        column = self.frame.lines.number(name, Reason.input_missing)
        return column.number(self.row)

    def word(self, name: str) -> str | None:
        """A word of this line, such as its direction."""
        positions, words = self.frame.lines.words(name)
        return words[int(positions[self.row])]

    def reason(self, column: Column) -> str | None:
        """The reason code of a null or zero."""
        if column.reasons is None:
            return None
        number = int(column.reasons[self.row if len(column.reasons) > 1 else 0])
        return CODES[number - 1] if number else None
