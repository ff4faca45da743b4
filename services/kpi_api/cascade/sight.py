"""Who sees a KPI whole, and who may change it, as SQL conditions (the rules: domain "Visibility")."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true
from sqlalchemy.sql.selectable import Select

from kpi_api.access.models import Grant
from kpi_api.access.sight import below, has_sight_of_kpi, on_day, sees_person
from kpi_api.access.viewer import Viewer
from kpi_api.cascade.models import Kpi
from kpi_api.people.models import OrgUnit


def sees_whole(viewer: Viewer) -> ColumnElement[bool]:
    """The KPI with owner, parts and measurements: one's own, those of reports and subtree, of one's units, and those carried together."""
    if viewer.has("hr_admin", "auditor", "integration"):
        return true()
    return or_(
        and_(Kpi.owner_person_id.is_not(None), sees_person(viewer, Kpi.owner_person_id)),
        Kpi.owner_unit_id.in_(portfolio(viewer)),
        has_sight_of_kpi(viewer, Kpi.id, "stakeholder"),
        Kpi.level == "strategic" if viewer.has("board") else false(),
    )


def sees_at_all(viewer: Viewer) -> ColumnElement[bool]:
    """The KPI whole, or as an ancestor on the viewer's line of sight."""
    return or_(sees_whole(viewer), has_sight_of_kpi(viewer, Kpi.id, "ancestor"))


def may_change(viewer: Viewer) -> ColumnElement[bool]:
    """Give, link and change the KPI: the owner, whoever leads the owner or the unit, HR and integrations; the board at the top."""
    if viewer.has("hr_admin", "integration"):
        return true()
    if viewer.person_id is None:
        return false()
    return or_(
        Kpi.owner_person_id == viewer.person_id,
        and_(Kpi.owner_person_id.is_not(None), below(viewer, Kpi.owner_person_id)),
        Kpi.owner_unit_id.in_(portfolio(viewer)),
        Kpi.level == "strategic" if viewer.has("board") else false(),
    )


def portfolio(viewer: Viewer) -> Select[Any]:
    """Ids of the units that the viewer leads, with all below: headed by them or somebody below them, or theirs by the role executive."""
    roots = select(OrgUnit.id).where(OrgUnit.organization_id == viewer.organization_id, _leads(viewer))
    units = roots.cte(recursive=True)
    under = select(OrgUnit.id).where(OrgUnit.organization_id == viewer.organization_id, OrgUnit.parent_id == units.c.id)
    return select(units.union(under).c.id)


def _leads(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.person_id is None:
        return false()
    granted = select(Grant.id).where(
        Grant.organization_id == viewer.organization_id,
        Grant.person_id == literal(viewer.person_id),
        Grant.role == "executive",
        or_(Grant.unit_id.is_(None), Grant.unit_id == OrgUnit.id),
        on_day(Grant.valid_from, Grant.valid_to, viewer.today),
    )
    heads = and_(OrgUnit.head_id.is_not(None), below(viewer, OrgUnit.head_id))
    executive = granted.correlate(OrgUnit).exists() if viewer.has("executive") else false()
    return or_(OrgUnit.head_id == viewer.person_id, heads, executive)
