"""What the rules know of definition versions, read once and kept while many scorecards pass by."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from chassis.database import ReadSession
from chassis.expressions import ExpressionProblem, Unit, parse
from chassis.expressions.terms import Measure, Number, Term
from kpi_api.dictionary.duplicates.likeness import Described, alike
from kpi_api.findings.facts import Definition, Pull

VERSIONS: Final = text(
    """
    SELECT v.id, v.definition_id, d.code, v.number, v.name, v.dimension, v.leading, v.kind, v.direction, v.unit, v.update_frequency,
      v.decision_speed_days, d.owner_id IS NOT NULL AS has_owner, nullif(v.source_of_truth, '') AS source_of_truth,
      o.code AS outcome_code, v.leads_to_code, v.applicability -> 'roles' AS roles, v.formulas, v.measures, v.parts,
      (SELECT CASE WHEN n.retired_from <= :today THEN NULL ELSE n.number END FROM definition_versions n
       WHERE n.organization_id = v.organization_id AND n.definition_id = v.definition_id AND n.status IN ('approved', 'retired')
         AND n.effective_from <= :today
       ORDER BY n.effective_from DESC LIMIT 1) AS newest
    FROM definition_versions v
    JOIN kpi_definitions d ON d.organization_id = v.organization_id AND d.id = v.definition_id
    LEFT JOIN outcomes o ON o.organization_id = v.organization_id AND o.id = v.outcome_id
    WHERE v.organization_id = :organization AND v.id = ANY(:versions)
    """
)
TOLD_APART: Final = text("SELECT first_id, second_id FROM stated_differences WHERE organization_id = :organization")


@dataclass
class Definitions:
    """Definition versions by id, with which of them look alike. `similar_names_from` is the organization's threshold for names."""

    similar_names_from: Decimal
    by_version: dict[UUID, Definition] = field(default_factory=dict)
    _described: dict[UUID, Described] = field(default_factory=dict)

    async def know(self, session: ReadSession, version_ids: Collection[UUID]) -> None:
        """Read those that are not known yet."""
        missing = [id_ for id_ in version_ids if id_ not in self.by_version]
        if not missing:
            return
        keys = {"organization": session.organization_id, "today": session.today, "versions": missing}
        for row in await session.execute(VERSIONS, keys):
            self.by_version[row.id] = _definition(row)
            self._described[row.definition_id] = Described(
                row.definition_id, row.code, row.id, row.number, row.name, row.formulas, row.measures, row.source_of_truth
            )
        await self._compare(session)

    async def _compare(self, session: ReadSession) -> None:
        found = alike(list(self._described.values()), self.similar_names_from)
        if not found:
            return
        told_apart = {frozenset(row) for row in await session.execute(TOLD_APART, {"organization": session.organization_id})}
        likes: dict[UUID, set[UUID]] = {}
        for pair in found:
            one, other = pair.first.definition_id, pair.second.definition_id
            if frozenset((one, other)) not in told_apart:
                likes.setdefault(one, set()).add(other)
                likes.setdefault(other, set()).add(one)
        for version_id, definition in self.by_version.items():
            self.by_version[version_id] = definition._replace(alike=frozenset(likes.get(definition.id, ())))


def _definition(row: Any) -> Definition:
    return Definition(
        id=row.definition_id,
        code=row.code,
        number=row.number,
        newest=row.newest,
        dimension=row.dimension,
        leading=row.leading,
        kind=row.kind,
        direction=row.direction,
        unit=row.unit,
        update_frequency=row.update_frequency,
        decision_speed_days=row.decision_speed_days,
        has_owner=row.has_owner,
        source_of_truth=row.source_of_truth,
        outcome_code=row.outcome_code,
        leads_to_code=row.leads_to_code,
        roles=tuple(row.roles or ()),
        pulls=_pulls(row),
    )


def _pulls(row: Any) -> Mapping[str, Pull]:
    """Where meeting the targets moves each source measure; a measure that parts pull both ways is left out."""
    measures = tuple(sorted(row.measures.items()))
    directions = {part["code"]: part["direction"] for part in row.parts}
    found: dict[str, set[Pull]] = {}
    for part, formula in row.formulas.items():
        direction = directions.get(part, row.direction)
        if direction in UP_OF:
            for measure, rises in _signs(formula, measures):
                found.setdefault(measure, set()).add("up" if rises == UP_OF[direction] else "down")
    return {measure: pulls.pop() for measure, pulls in found.items() if len(pulls) == 1}


UP_OF: Final = {"higher": True, "rating": True, "lower": False, "zero_tolerance": False}
"""Whether the value is wanted higher; a band and a milestone pull nowhere."""


@lru_cache(maxsize=20_000)
def _signs(formula: str, measures: tuple[tuple[str, str], ...]) -> tuple[tuple[str, bool], ...]:
    """Each measure that the value grows or falls with. What it is divided by only says how much that is in proportion."""
    try:
        return tuple(_walk(parse(formula, {name: Unit.read(unit) for name, unit in measures}).term, rises=True))
    except (ExpressionProblem, ValueError):
        return ()


def _walk(term: Term, *, rises: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(term, Measure):
        yield term.name, rises
    elif not isinstance(term, Number) and term.operator in SAME_WAY:
        for place, operand in enumerate(term.operands[: SAME_WAY[term.operator]]):
            yield from _walk(operand, rises=rises if term.operator != "subtract" or place == 0 else not rises)


SAME_WAY: Final = {"add": None, "subtract": None, "multiply": None, "divide": 1, "round": 1, "lesser": None, "greater": None}
"""Operators through which a value grows with an operand, and how many of the operands count; the second of `subtract` falls."""
