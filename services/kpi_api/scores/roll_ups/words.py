"""How roll-ups read: amounts, names, ways, and what would follow from a change. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from chassis.numbers import round_half_up


def number(value: Decimal, places: int) -> str:
    """Rounded half-up for reading, thousands separated, no trailing zeros: 450,000 and 0.33."""
    text = f"{round_half_up(value, places):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Decimal, unit: str | None, places: int) -> str:
    """With its unit: 450,000 USD, 12.5%, 7."""
    plain = number(value, places)
    return f"{plain}%" if unit == "percent" else plain if unit in {None, "count", "ratio", "score"} else f"{plain} {unit}"


def told_names(kpis: Iterable[tuple[UUID, str, str | None]]) -> dict[UUID, str]:
    """By id what a sentence calls each KPI (id, name, unit's name): its name, with its unit where another one told has the same."""
    kpis = list(kpis)
    names = Counter(name for _, name, _ in kpis)
    return {id_: f"“{name}” ({unit})" if unit and names[name] > 1 else f"“{name}”" for id_, name, unit in kpis}


def listed(items: Sequence[str]) -> str:
    """One, two and three."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def way(path: Sequence[UUID], names: Mapping[UUID, str]) -> str:
    """What stands between a KPI and a sum: directly, or by one and another."""
    between = [names[id_] for id_ in path[1:-1]]
    return "by " + ", then ".join(between) if between else "directly"


def change(before: Decimal, after: Decimal, unit: str | None, places: int) -> str:
    """falls from 450,000 to 330,000 USD, 26.67 % below today."""
    verb, side = ("falls", "below") if after < before else ("rises", "above")
    share = f", {number(percent(before, after), 2)} % {side} today" if before else ""
    return f"{verb} from {number(before, places)} to {amount(after, unit, places)}{share}"


def percent(before: Decimal, after: Decimal) -> Decimal:
    """How far apart they are in percent of the first, which is not zero."""
    return round_half_up(abs(Fraction(after) - Fraction(before)) / abs(Fraction(before)) * 100, 2)
