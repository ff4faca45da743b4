"""Units of measures and how they combine: USD / USD is a ratio, USD / count is USD per count, USD + hours is nothing."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final, Self

_CODE: Final = r"[A-Za-z][A-Za-z0-9_]*"
_WRITTEN: Final = re.compile(rf"{_CODE}(\*{_CODE})*(/{_CODE})*")


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of base units, sorted by code. No factors: a ratio. Units are never converted silently: hours and minutes,
    or percent and ratio, are different."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """From "USD", "ratio", "USD/count", "USD*hours/days". Raises ValueError."""
        if not _WRITTEN.fullmatch(text):
            raise ValueError(f'"{text}" is not a unit; write a code such as USD, or a quotient such as USD/count')
        powers: Counter[str] = Counter()
        for sign, code in re.findall(rf"([*/]?)({_CODE})", text):
            powers[code] += -1 if sign == "/" else 1
        return cls._of(powers)

    @classmethod
    def _of(cls, powers: Counter[str]) -> Self:
        return cls(tuple(sorted((code, power) for code, power in powers.items() if power and code != "ratio")))

    def times(self, other: Self) -> Self:
        return self._of(_added(self.powers, other.powers, 1))

    def per(self, other: Self) -> Self:
        return self._of(_added(self.powers, other.powers, -1))

    def __str__(self) -> str:
        above = [code for code, power in self.powers for _ in range(power)]
        below = [f"/{code}" for code, power in self.powers for _ in range(-power)]
        return ("*".join(above) or "ratio") + "".join(below)


def _added(left: tuple[tuple[str, int], ...], right: tuple[tuple[str, int], ...], sign: int) -> Counter[str]:
    powers = Counter(dict(left))
    for code, power in right:
        powers[code] += sign * power
    return powers


RATIO: Final = Unit()
PERCENT: Final = Unit.read("percent")
COUNT: Final = Unit.read("count")
TRUTH: Final = Unit.read("truth")
"""The type of conditions. No measure may have it."""
