"""The SQL of what stands below a KPI or a unit: a walk downward, or the KPIs of units and of their people, by the viewer's sight.

Each statement is made once per viewer and day, since making it costs more than running it. What changes is a parameter: `kpi_id`, or
`unit_ids` and `cycle_id`; `limit`; and where units are folded, the ids of those that are not.
"""

from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, CTE, ColumnElement, Select, Text, Uuid, any_, bindparam, case, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from chassis.access import Viewer, on_day
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


def _inside(viewer: Viewer, below: Below) -> CTE:
    """`id` and `unit_id` of every KPI in sight."""
    return _below_kpi(viewer) if below == "kpi" else _of_units(viewer)


def _below_kpi(viewer: Viewer) -> CTE:
    """`kpi_id`, if it is in sight, and those that contribute to it, reached through KPIs in sight; UNION visits each once."""
    here = select(Kpi.id).where(Kpi.organization_id == viewer.organization_id, Kpi.id == KPI_ID, sees_at_all(viewer)).cte(recursive=True)
    further = (
        select(Kpi.id)
        .join(Contribution, Contribution.child_id == Kpi.id)
        .join(here, Contribution.parent_id == here.c.id)
        .where(Kpi.organization_id == viewer.organization_id, sees_at_all(viewer))
    )
    walk = here.union(further)
    works = Employment.unit_id.label("unit_id")
    return (
        select(walk.c.id, func.coalesce(Kpi.owner_unit_id, works).label("unit_id"))
        .join(Kpi, Kpi.id == walk.c.id)
        .outerjoin(Employment, (Employment.person_id == Kpi.owner_person_id) & _works_today(viewer))
        .cte()
    )


def _of_units(viewer: Viewer) -> CTE:
    """Those of `cycle_id` that one of `unit_ids` owns, or somebody who works there today."""
    ours = (Kpi.organization_id == viewer.organization_id, Kpi.cycle_id == CYCLE_ID, sees_at_all(viewer))
    own = select(Kpi.id, Kpi.owner_unit_id.label("unit_id")).where(*ours, Kpi.owner_unit_id == one_of("unit_ids"))
    of_people = (
        select(Kpi.id, Employment.unit_id)
        .join(Employment, Employment.person_id == Kpi.owner_person_id)
        .where(*ours, Employment.unit_id == one_of("unit_ids"), _works_today(viewer))
    )
    return union_all(own, of_people).cte()


def _works_today(viewer: Viewer) -> ColumnElement[bool]:
    return Employment.is_primary & on_day(Employment.valid_from, Employment.valid_to, viewer.today)


@lru_cache(maxsize=256)
def counts(viewer: Viewer, below: Below) -> Select[Any]:
    """By level and unit: `kpis`, and `people` as far as the viewer sees who owns them. The KPI at the top is not counted."""
    inside = _inside(viewer, below)
    owner = case((func.coalesce(sees_whole(viewer), False), Kpi.owner_person_id))
    statement = (
        select(Kpi.level, inside.c.unit_id, OrgUnit.name.label("unit_name"), func.count().label("kpis"),
               func.count(owner.distinct()).label("people"))
        .join(inside, inside.c.id == Kpi.id)
        .outerjoin(OrgUnit, OrgUnit.id == inside.c.unit_id)
        .group_by(Kpi.level, inside.c.unit_id, OrgUnit.name)
    )  # fmt: skip
    return statement.where(Kpi.id != KPI_ID) if below == "kpi" else statement


@lru_cache(maxsize=256)
def nodes(viewer: Viewer, below: Below, *, folded: bool) -> Select[Any]:
    """KPIs as nodes with their targets and steps upward, from the top level down, at most `limit`.

    `folded`: only of units that are among `open_unit_ids`, and of people only where their unit is among `open_people_ids`. Numbers
    travel as text inside JSON, since a JSON number would become a binary float.
    """
    inside = _inside(viewer, below)
    whole = func.coalesce(sees_whole(viewer), False)
    top_first = [(Kpi.id == KPI_ID).desc()] if below == "kpi" else []
    statement = (
        select(
            Kpi.id,
            Kpi.name,
            Kpi.level,
            Kpi.status,
            inside.c.unit_id,
            OrgUnit.name.label("unit_name"),
            case((whole, Kpi.owner_person_id)).label("owner_id"),
            case((whole, Person.display_name)).label("owner_name"),
            _targets().label("targets"),
            _steps().label("steps"),
        )
        .join(inside, inside.c.id == Kpi.id)
        .outerjoin(OrgUnit, OrgUnit.id == inside.c.unit_id)
        .outerjoin(Person, Person.id == Kpi.owner_person_id)
        .order_by(*top_first, func.array_position(literal(list(LEVELS), ARRAY(Text)), Kpi.level), OrgUnit.name, Kpi.name, Kpi.id)
        .limit(bindparam("limit"))
    )
    if not folded:
        return statement
    unit_open = inside.c.unit_id == one_of("open_unit_ids")
    people_open = inside.c.unit_id == one_of("open_people_ids")
    is_open = or_(inside.c.unit_id.is_(None), unit_open & or_(Kpi.level != "individual", people_open))
    return statement.where(or_(is_open, Kpi.id == KPI_ID) if below == "kpi" else is_open)


def _targets() -> Any:
    """What the sentences of targets need, as the text of a JSON list of lists: names and nulls would cost more than all the rest."""
    few = [value for name in WORDED_OF_FEW for value in (name, _worded(name))]
    nullable = [getattr(KpiTarget, name) for name in WORDED_OF_FEW if name != "evidence_required"]
    has_few = or_(KpiTarget.evidence_required, func.num_nonnulls(*nullable) > 0)
    target = func.json_build_array(*map(_worded, WORDED), case((has_few, func.json_build_object(*few))))
    found = select(cast(func.json_agg(aggregate_order_by(target, KpiTarget.position)), Text)).where(KpiTarget.kpi_id == Kpi.id)
    return found.scalar_subquery()


def _worded(name: str) -> Any:
    column = getattr(KpiTarget, name)
    return cast(column, Text) if name in WORDED_NUMBERS else column


def _steps() -> Any:
    step = func.json_build_array(Contribution.parent_id, cast(Contribution.weight, Text))
    return select(cast(func.json_agg(step), Text)).where(Contribution.child_id == Kpi.id).scalar_subquery()


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
