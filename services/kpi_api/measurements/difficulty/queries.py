"""What targets are judged by: earlier values of the same definition and owner, and those of others, told only together."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import Invalid
from kpi_api.cascade import queries as cascade
from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.cascade.shown import target_shown
from kpi_api.cascade.sight import sees_whole
from kpi_api.cycles.models import Cycle
from kpi_api.cycles.periods import periods
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.target_schemas import Part, Target
from kpi_api.dictionary.targets import target_sentence
from kpi_api.dictionary.targets_fit import misfits
from kpi_api.dictionary.vocabulary import QUALIFIED_TOTAL
from kpi_api.measurements.difficulty.judging import FEWEST_PEERS, judged, sentence
from kpi_api.measurements.difficulty.schemas import JudgedOutput, PeersOutput, TargetDifficulty
from kpi_api.measurements.queries import MeasuredPart, actuals_of, measured_parts

MOST_KPIS: Final = 1000
"""The newest so many others are looked at."""
SAME_LENGTH: Final = 3
"""Windows whose lengths differ by at most so many days are alike: months and leap years make no difference."""
COUNTED: Final = {
    "day": "days", "week": "weeks", "sprint": "sprints", "month": "months", "quarter": "quarters", "half_year": "half-years",
    "year": "years", "window": "windows",
}  # fmt: skip
PERIOD_VALUES: Final = text("""
    SELECT DISTINCT ON (m.kpi_id, m.period_start) m.kpi_id, m.period_start, m.value, m.numerator, m.denominator
    FROM measurements m
    WHERE m.organization_id = :organization AND m.kpi_id = ANY (:kpis) AND m.part = :part
    ORDER BY m.kpi_id, m.period_start, m.revision DESC
""")

Values = list[Decimal | None]


async def target_difficulty(
    viewer: Viewer, session: ReadSession, kpi_id: UUID, *, part: str = "main", proposed: Target | None = None
) -> TargetDifficulty:
    """How often a KPI's present target, or a proposed one, would have been met. Raises NotFound, Invalid.

    The owner's history is that in the viewer's sight; of others only sums are told, and only from five owners on. Rule: domain 3.
    """
    kpi = await cascade.kpi(viewer, session, kpi_id)
    version = (await session.scalars(select(DefinitionVersion).where(DefinitionVersion.id == kpi.definition_version_id))).one()
    target = _fitting(version, proposed) if proposed else await _present(session, kpi_id, part)
    by_period = target.period != "window" or version.combine == "share_of_periods_met"
    alike = _alike(kpi, version, target, by_period=by_period)
    own = await _values(session, await _earlier(viewer, session, kpi, alike), target, session.today, by_period=by_period)
    others = await _others(session, kpi, alike)
    theirs = await _values(session, list(others), target, session.today, by_period=by_period)
    return _told(kpi_id, target, own, theirs, others, _counted(version, target, by_period=by_period))


def _told(
    kpi_id: UUID, target: Target, own: dict[UUID, Values], theirs: dict[UUID, Values], others: dict[UUID, Any], counted: str
) -> TargetDifficulty:
    owners = {others[id_] for id_, values in theirs.items() if any(value is not None for value in values)}
    mine = judged(target, [value for values in own.values() for value in values], places=2)
    enough = len(owners) >= FEWEST_PEERS
    peers = judged(target, [value for values in theirs.values() for value in values], places=0) if enough else None
    return TargetDifficulty(
        kpi_id=kpi_id,
        part=target.part,
        target=target_sentence(target),
        counted=counted,
        own=JudgedOutput.model_validate(mine),
        peers=PeersOutput(**vars(peers), owners=len(owners)) if peers else None,
        sentence=sentence(mine, peers, len(owners), counted),
    )


async def _present(session: ReadSession, kpi_id: UUID, part: str) -> Target:
    targets = (await cascade.targets(session, [kpi_id]))[kpi_id]
    found = next((target for target in targets if target.part == part), None)
    if found is None:
        raise Invalid(f"This KPI has no part `{part}`; it has {', '.join(target.part for target in targets)}.", field="/part")
    return target_shown(found)


def _fitting(version: DefinitionVersion, proposed: Target) -> Target:
    parts = [Part.model_validate(part) for part in version.parts]
    errors = misfits([part for part in parts if part.code == proposed.part] or parts, [proposed])
    if errors:
        raise Invalid(errors[0].message, errors=[error.model_copy(update={"field": "/target"}) for error in errors])
    return proposed


def _counted(version: DefinitionVersion, target: Target, *, by_period: bool) -> str:
    length = target.period if target.period != "window" else version.update_frequency or "window"
    return COUNTED[length if by_period else "window"]


def _alike(kpi: Kpi, version: DefinitionVersion, target: Target, *, by_period: bool) -> ColumnElement[bool]:
    """Other KPIs of the same definition with the part measured alike; what adds up over a window, over one of the same length."""
    same_definition = select(DefinitionVersion.id).where(DefinitionVersion.definition_id == version.definition_id)
    same_target = select(KpiTarget.kpi_id).where(
        KpiTarget.organization_id == kpi.organization_id,
        KpiTarget.part == target.part,
        KpiTarget.unit == target.unit,
        KpiTarget.period == target.period,
    )
    alike = and_(
        Kpi.organization_id == kpi.organization_id,
        Kpi.id != kpi.id,
        Kpi.status.in_(("active", "closed")),
        Kpi.definition_version_id.in_(same_definition),
        Kpi.id.in_(same_target),
    )
    if by_period or version.combine != "total":
        return alike
    length = (kpi.window_end - kpi.window_start).days
    return and_(alike, func.abs(Kpi.window_end - Kpi.window_start - length) <= SAME_LENGTH)


def _same_owner(kpi: Kpi) -> ColumnElement[bool]:
    return and_(Kpi.owner_person_id.is_not_distinct_from(kpi.owner_person_id), Kpi.owner_unit_id.is_not_distinct_from(kpi.owner_unit_id))


async def _earlier(viewer: Viewer, session: ReadSession, kpi: Kpi, alike: ColumnElement[bool]) -> Sequence[UUID]:
    """The same owner's earlier ones that the viewer sees."""
    earlier = select(Kpi.id).where(alike, _same_owner(kpi), Kpi.window_start < kpi.window_start, sees_whole(viewer))
    return (await session.scalars(earlier.order_by(Kpi.id.desc()).limit(MOST_KPIS))).all()


async def _others(session: ReadSession, kpi: Kpi, alike: ColumnElement[bool]) -> dict[UUID, UUID]:
    """Other owners' KPIs of this cycle and before, with their owners."""
    by_now = select(Cycle.id).where(Cycle.starts_on <= select(Cycle.starts_on).where(Cycle.id == kpi.cycle_id).scalar_subquery())
    statement = select(Kpi.id, func.coalesce(Kpi.owner_person_id, Kpi.owner_unit_id)).where(
        alike, or_(Kpi.owner_person_id.is_distinct_from(kpi.owner_person_id), Kpi.owner_unit_id.is_distinct_from(kpi.owner_unit_id))
    )
    rows = await session.execute(statement.where(Kpi.cycle_id.in_(by_now)).order_by(Kpi.id.desc()).limit(MOST_KPIS))
    return dict(rows.all())


async def _values(
    session: ReadSession, kpi_ids: Sequence[UUID], target: Target, today: date, *, by_period: bool
) -> dict[UUID, Values]:
    """By KPI, what was measured by now: of each period that has ended, or of the whole window where that has."""
    parts = [part for part in await measured_parts(session, kpi_ids) if part.target.part == target.part]
    if by_period:
        return await _period_values(session, parts, target.unit, today)
    ended = [part for part in parts if part.window.end < today]
    return {part.kpi_id: [actual.actual] for part, actual in zip(ended, await actuals_of(session, ended), strict=True)}


async def _period_values(session: ReadSession, parts: Sequence[MeasuredPart], unit: str, today: date) -> dict[UUID, Values]:
    if not parts:
        return {}
    own = {"organization": session.organization_id, "kpis": [part.kpi_id for part in parts], "part": parts[0].target.part}
    combines = {part.kpi_id: part.combine for part in parts}
    known = {(row.kpi_id, row.period_start): _value(row, unit, combines[row.kpi_id]) for row in await session.execute(PERIOD_VALUES, own)}
    return {
        part.kpi_id: [known.get((part.kpi_id, period.start)) for period in periods(part.window, part.per) if period.end < today]
        for part in parts
    }


def _value(row: Any, unit: str, combine: str) -> Decimal | None:
    """A ratio has 28 digits here, and a target at most 12 places, so that equality is found."""
    if combine == QUALIFIED_TOTAL:
        return Decimal(row.numerator)
    if row.value is not None or not row.denominator:
        value: Decimal | None = row.value
        return value
    return Decimal(row.numerator) * (100 if unit == "percent" else 1) / Decimal(row.denominator)
