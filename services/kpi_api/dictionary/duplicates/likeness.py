"""When two definitions look alike: one name, nearly one name, or one formula over one source of truth. Pure.

A formula alone says little: every survey is points given by answers. From another source it measures something else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from chassis.expressions import ExpressionProblem, Unit, parse
from chassis.expressions.terms import Measure, Number, Term
from chassis.numbers import plain_text, rounded
from kpi_api.dictionary.search.words import trigrams, words

Why = Literal["same_name", "similar_name", "same_formula"]

COMMUTATIVE: Final = {"add", "multiply", "equal", "and", "or", "lesser", "greater"}
ASSOCIATIVE: Final = {"add", "multiply", "and", "or", "lesser", "greater"}


@dataclass(frozen=True)
class Described:
    """A definition as its version in force describes it."""

    definition_id: UUID
    code: str
    version_id: UUID
    number: int
    name: str
    formulas: Mapping[str, str]
    measures: Mapping[str, str]
    source_of_truth: str | None = None


@dataclass(frozen=True)
class Likeness:
    """Two definitions, in the order of their codes, why they look alike, and how much: from 0 to 1, to two places."""

    first: Described
    second: Described
    why: tuple[Why, ...]
    similarity: Decimal


def alike(found: Sequence[Described], similar_from: Decimal) -> list[Likeness]:
    """Every two that look alike, the most alike first, ties by code."""
    ordered = sorted(found, key=lambda one: one.code)
    pairs = {*_of_one_name(ordered), *_of_one_formula(ordered), *_of_similar_names(ordered, similar_from)}
    likenesses = [likeness(ordered[a], ordered[b], similar_from) for a, b in pairs]
    return sorted(filter(None, likenesses), key=lambda pair: (-pair.similarity, pair.first.code, pair.second.code))


def likeness(one: Described, other: Described, similar_from: Decimal) -> Likeness | None:
    """Why two look alike; None when they do not."""
    first, second = sorted((one, other), key=lambda described: described.code)
    names = _similarity(_marks(first.name), _marks(second.name))
    reasons: list[Why] = []
    if words(first.name) == words(second.name):
        reasons.append("same_name")
    elif names >= similar_from:
        reasons.append("similar_name")
    if (formula := canonical_formula(first)) is not None and formula == canonical_formula(second):
        reasons.append("same_formula")
    if not reasons:
        return None
    return Likeness(first, second, tuple(reasons), Decimal("1.00") if reasons != ["similar_name"] else rounded(names, 2))


def _marks(name: str) -> frozenset[str]:
    """The trigrams of the words of a name."""
    return frozenset().union(*(trigrams(word) for word in words(name)))


def _similarity(one: frozenset[str], other: frozenset[str]) -> Decimal:
    """Of the trigrams of both, the share that both have."""
    every = len(one | other)
    return Decimal(len(one & other)) / every if every else Decimal(0)


def _of_one_name(found: Sequence[Described]) -> Iterator[tuple[int, int]]:
    return _together([tuple(words(one.name)) or None for one in found])


def _of_one_formula(found: Sequence[Described]) -> Iterator[tuple[int, int]]:
    return _together([canonical_formula(one) for one in found])


def _together(keys: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Pairs of places with the same key; those without one stand alone."""
    places = defaultdict(list)
    for place, key in enumerate(keys):
        if key is not None:
            places[key].append(place)
    return ((a, b) for same in places.values() for n, a in enumerate(same) for b in same[n + 1 :])


def _of_similar_names(found: Sequence[Described], similar_from: Decimal) -> Iterator[tuple[int, int]]:
    """Pairs that may be similar enough: only those that share one of their rarest trigrams can be (prefix filtering)."""
    marks = [_marks(one.name) for one in found]
    counts = Counter(mark for of in marks for mark in of)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for place, of in enumerate(marks):
        rarest = sorted(of, key=lambda mark: (counts[mark], mark))[: len(of) - _at_least(len(of), similar_from) + 1]
        others = {other for mark in rarest for other in seen[mark]}
        yield from ((other, place) for other in others if _similarity(of, marks[other]) >= similar_from)
        for mark in rarest:
            seen[mark].append(place)


def _at_least(size: int, share: Decimal) -> int:
    """The least whole number that is this share of a size."""
    return int(-(-size * share // 1))


def canonical_formula(described: Described) -> str | None:
    """The formulas of the parts in one form, whatever the order of what may be exchanged, with their source; None without any."""
    if not described.formulas:
        return None
    measures = tuple(sorted(described.measures.items()))
    source = " ".join(words(described.source_of_truth or ""))
    forms = [_canonical(formula, measures) for _, formula in sorted(described.formulas.items())]
    return None if None in forms else "; ".join([*sorted(filter(None, forms)), source])


@lru_cache(maxsize=20_000)
def _canonical(formula: str, measures: tuple[tuple[str, str], ...]) -> str | None:
    try:
        return _form(parse(formula, {name: Unit.read(unit) for name, unit in measures}).term)
    except (ExpressionProblem, ValueError):
        return None


def _form(term: Term) -> str:
    if isinstance(term, Number):
        return plain_text(term.value.normalize())
    if isinstance(term, Measure):
        return f"{term.name.lower()}[{term.unit}]"
    operands = [_form(operand) for operand in _operands(term.operator, term)]
    return f"{term.operator}({', '.join(sorted(operands) if term.operator in COMMUTATIVE else operands)})"


def _operands(operator: str, term: Any) -> Iterator[Term]:
    """The operands, with those of the same operator inside them where brackets make no difference."""
    for operand in term.operands:
        if operator in ASSOCIATIVE and getattr(operand, "operator", None) == operator:
            yield from _operands(operator, operand)
        else:
            yield operand
