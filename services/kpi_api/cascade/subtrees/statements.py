"""The SQL of what stands below a KPI or a unit: a walk downward, or the KPIs of units and of their people, by the viewer's sight.

Each statement is made once per viewer and day, since making it costs more than running it. What changes is a parameter: `kpi_id`, or
`unit_ids` and `cycle_id`; `limit`; and where units are folded, the ids of those that are not.
"""

from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
from kpi_api.access.sight import among
from kpi_api.cascade.levels import LEVELS
from kpi_api.cascade.models import Contribution, Kpi, KpiTarget
from kpi_api.cascade.sight import sees_at_all, sees_whole
from kpi_api.cycles.models import Cycle
from kpi_api.people.models import Employment, OrgUnit, Person

Below = Literal["kpi", "unit"]
"""Below what: a KPI's contributions, or a unit."""

WORDED = ("comparison", "unit", "period", "value", "value_high")
"""What the sentence of every target is made of, in the order of `targets`; the last of a target is an object of what few have, or null."""
WORDED_OF_FEW = ("scale_maximum", "due_on", "due_quarter", "due_month", "counted_from", "lateness", "evidence_required")
WORDED_NUMBERS = ("value", "value_high", "scale_maximum")

KPI_ID = bindparam("kpi_id", type_=Uuid)
CYCLE_ID = bindparam("cycle_id", type_=Uuid)
LIMIT = bindparam("limit", type_=Integer)


def one_of(name: str) -> ColumnElement[Any]:
    """One of the ids in a parameter, which is one array, so that the statement stays the same for any number."""
    return any_(bindparam(name, type_=ARRAY(Uuid)))


@lru_cache(maxsize=256)
def units_below(viewer: Viewer, *, named: bool) -> Select[Any]:
    """The unit `unit_id` and all below it, each with the `cycle_id` of the cycle that is `named` by its id or code (`cycle`), else of the
    current one. Structure is everybody's to see."""
    here = _units(viewer).where(OrgUnit.id == bindparam("unit_id", type_=Uuid)).cte(recursive=True)
    cycle = _named_cycle(viewer) if named else _current_cycle(viewer)
    return select(here.union(_units(viewer).join(here, OrgUnit.parent_id == here.c.id)), cycle.scalar_subquery().label("cycle_id"))


def all_units(viewer: Viewer) -> Select[UUID, str, UUID | None]:
    return _units(viewer)


def _units(viewer: Viewer) -> Select[UUID, str, UUID | None]:
    return select(OrgUnit.id, OrgUnit.name, OrgUnit.parent_id).where(OrgUnit.organization_id == viewer.organization_id)


def unit_of_kpi(viewer: Viewer) -> Select[Any]:
    """The id of the unit of `kpi_id`, for comparison only: it is told to nobody."""
    works = select(Employment.unit_id).where(Employment.person_id == Kpi.owner_person_id, _works_today(viewer)).scalar_subquery()
    return select(func.coalesce(Kpi.owner_unit_id, works)).where(Kpi.organization_id == viewer.organization_id, Kpi.id == KPI_ID)


def _named_cycle(viewer: Viewer) -> Select[UUID]:
    name = bindparam("cycle", type_=Text)
    return select(Cycle.id).where(Cycle.organization_id == viewer.organization_id, or_(Cycle.code == name, cast(Cycle.id, Text) == name))


def _current_cycle(viewer: Viewer) -> Select[UUID]:
    """The id of the cycle that began last, else of the first to come."""
    begun = Cycle.starts_on <= viewer.today
    soonest = case((begun, viewer.today - Cycle.starts_on), else_=Cycle.starts_on - viewer.today)
    return select(Cycle.id).where(Cycle.organization_id == viewer.organization_id).order_by(begun.desc(), soonest, Cycle.id).limit(1)


def _inside(viewer: Viewer, below: Below) -> Select[Any] | CompoundSelect[Any]:
    """Every KPI in sight, with its `unit_id`, and its `owner_id` where the viewer sees who owns it."""
    return _below_kpi(viewer) if below == "kpi" else _of_units(viewer)


def _in_sight(viewer: Viewer, unit_id: ColumnElement[Any]) -> Select[Any]:
    owner = case((func.coalesce(sees_whole(viewer), False), Kpi.owner_person_id))
    return select(Kpi.id, Kpi.name, Kpi.level, Kpi.status, unit_id.label("unit_id"), owner.label("owner_id"))


def _below_kpi(viewer: Viewer) -> Select[Any]:
    """`kpi_id`, if it is in sight, and those that contribute to it, reached through KPIs in sight; UNION visits each once."""
    top = select(Kpi.id, Kpi.owner_person_id)
    here = top.where(Kpi.organization_id == viewer.organization_id, Kpi.id == KPI_ID, sees_at_all(viewer)).cte(recursive=True)
    further = (
        select(Kpi.id, Kpi.owner_person_id)
        .join(Contribution, Contribution.child_id == Kpi.id)
        .join(here, Contribution.parent_id == here.c.id)
        .where(Kpi.organization_id == viewer.organization_id, sees_at_all(viewer))
    )
    walk = here.union(further)
    works = _works(viewer, among(Employment.person_id, select(walk.c.owner_person_id)))
    return (
        _in_sight(viewer, func.coalesce(Kpi.owner_unit_id, works.c.unit_id))
        .select_from(walk)
        .join(Kpi, Kpi.id == walk.c.id)
        .outerjoin(works, works.c.person_id == walk.c.owner_person_id)
    )


def _of_units(viewer: Viewer) -> CompoundSelect[Any]:
    """Those of `cycle_id` that one of `unit_ids` owns, or somebody who works there today."""
    ours = (Kpi.organization_id == viewer.organization_id, Kpi.cycle_id == CYCLE_ID, sees_at_all(viewer))
    own = _in_sight(viewer, Kpi.owner_unit_id.expression).where(*ours, Kpi.owner_unit_id == one_of("unit_ids"))
    works = _works(viewer, Employment.unit_id == one_of("unit_ids"))
    of_people = _in_sight(viewer, works.c.unit_id).join(works, works.c.person_id == Kpi.owner_person_id).where(*ours)
    return union_all(own, of_people)


def _works(viewer: Viewer, who: ColumnElement[bool]) -> CTE:
    """Who works where today, gathered first: person by person PostgreSQL takes the index that keeps lines apart, which is slow to ask."""
    works = select(Employment.person_id, Employment.unit_id)
    return works.where(Employment.organization_id == viewer.organization_id, who, _works_today(viewer)).cte().prefix_with("MATERIALIZED")


def _works_today(viewer: Viewer) -> ColumnElement[bool]:
    return Employment.is_primary & on_day(Employment.valid_from, Employment.valid_to, viewer.today)


@lru_cache(maxsize=256)
def counts(viewer: Viewer, below: Below) -> Select[Any]:
    """By level and unit: `kpis`, and `people` as far as the viewer sees who owns them. The KPI at the top is not counted."""
    found = _inside(viewer, below).cte()
    inside = found.c
    place = (inside.level, inside.unit_id, OrgUnit.name)
    numbers = (func.count().label("kpis"), func.count(inside.owner_id.distinct()).label("people"))
    statement = select(inside.level, inside.unit_id, OrgUnit.name.label("unit_name"), *numbers)
    counted = statement.select_from(found).outerjoin(OrgUnit, OrgUnit.id == inside.unit_id).group_by(*place)
    return counted.where(inside.id != KPI_ID) if below == "kpi" else counted


@lru_cache(maxsize=256)
def nodes(viewer: Viewer, below: Below, *, folded: bool) -> Select[Any]:
    """KPIs as nodes with their targets and steps upward, from the top level down, at most `limit`.

    `folded`: only of units that are among `open_unit_ids`, and of people only where their unit is among `open_people_ids`; the first of
    them. Else any of them, so that it takes no longer to see that there are too many. Numbers travel as text inside JSON, since a JSON
    number would become a binary float.
    """
    every = _inside(viewer, below)
    found = (every if folded else every.limit(LIMIT)).cte()
    inside = found.c
    # Kept apart: joined, all units would be read for each KPI.
    named = _units(viewer).where(among(OrgUnit.id, select(found.c.unit_id.distinct()))).cte().prefix_with("MATERIALIZED")
    top_first = [(inside.id == KPI_ID).desc()] if below == "kpi" else []
    order = (func.array_position(literal(list(LEVELS), ARRAY(Text)), inside.level), named.c.name, inside.name, inside.id)
    node = (inside.id, inside.name, inside.level, inside.status, inside.unit_id, named.c.name.label("unit_name"), inside.owner_id)
    statement = (
        select(*node, Person.display_name.label("owner_name"), _targets(inside.id), _steps(inside.id))
        .select_from(found)
        .outerjoin(named, named.c.id == inside.unit_id)
        .outerjoin(Person, Person.id == inside.owner_id)
        .order_by(*top_first, *order)
        .limit(LIMIT)
    )
    if not folded:
        return statement
    unit_open = inside.unit_id == one_of("open_unit_ids")
    people_open = inside.unit_id == one_of("open_people_ids")
    is_open = or_(inside.unit_id.is_(None), unit_open & or_(inside.level != "individual", people_open))
    return statement.where(or_(is_open, inside.id == KPI_ID) if below == "kpi" else is_open)


def _targets(kpi_id: ColumnElement[UUID]) -> Any:
    """What the sentences of targets need, as the text of a JSON list of lists: names and nulls would cost more than all the rest."""
    few = [value for name in WORDED_OF_FEW for value in (name, _worded(name))]
    nullable = [getattr(KpiTarget, name) for name in WORDED_OF_FEW if name != "evidence_required"]
    has_few = or_(KpiTarget.evidence_required, func.num_nonnulls(*nullable) > 0)
    target = func.json_build_array(*map(_worded, WORDED), case((has_few, func.json_build_object(*few))))
    found = select(cast(func.json_agg(aggregate_order_by(target, KpiTarget.position)), Text)).where(KpiTarget.kpi_id == kpi_id)
    return found.scalar_subquery().label("targets")


def _worded(name: str) -> Any:
    column = getattr(KpiTarget, name)
    return cast(column, Text) if name in WORDED_NUMBERS else column


def _steps(kpi_id: ColumnElement[UUID]) -> Any:
    step = func.json_build_array(Contribution.parent_id, cast(Contribution.weight, Text))
    return select(cast(func.json_agg(step), Text)).where(Contribution.child_id == kpi_id).scalar_subquery().label("steps")


@lru_cache(maxsize=256)
def links_of_folded(viewer: Viewer, below: Below) -> Select[UUID, UUID, bool, int]:
    """How many KPIs in sight that are not among `shown_ids` contribute to one that is: `parent_id`, `unit_id`, `of_person`, `links`."""
    works = aliased(Employment)
    today = works.is_primary & on_day(works.valid_from, works.valid_to, viewer.today)
    unit_id = func.coalesce(Kpi.owner_unit_id, works.unit_id).label("unit_id")
    statement = (
        select(Contribution.parent_id, unit_id, (Kpi.level == "individual").label("of_person"), func.count().label("links"))
        .join(Kpi, Kpi.id == Contribution.child_id)
        .outerjoin(works, (works.person_id == Kpi.owner_person_id) & today)
        .where(
            Contribution.organization_id == viewer.organization_id,
            Contribution.parent_id == one_of("shown_ids"),
            Kpi.id != func.all(bindparam("shown_ids", type_=ARRAY(Uuid))),
            sees_at_all(viewer),
        )
        .group_by(Contribution.parent_id, unit_id, "of_person")
    )
    return statement if below == "kpi" else statement.where(Kpi.cycle_id == CYCLE_ID, unit_id == one_of("unit_ids"))
