"""A figure: what was measured, beside what it is compared with, both in the same run."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Figure:
    """`ratio` is value / baseline; `aim` is the ratio wanted: at most where lower is better, at least where higher is."""

    name: str
    value: float
    unit: str
    baseline: float
    better: Literal["lower", "higher"]
    aim: float

    def as_line(self) -> dict[str, Any]:
        """The figure as it is printed."""
        rounded = {"value": float(f"{self.value:.5g}"), "baseline": float(f"{self.baseline:.5g}"), "ratio": round(self.ratio, 3)}
        facts = asdict(self) | rounded
        return {name: facts[name] for name in ("name", "value", "unit", "baseline", "ratio", "better", "aim")}

    @property
    def ratio(self) -> float:
        return self.value / self.baseline
