"""Who sees a KPI whole, and who may change it, as SQL conditions (the rules: domain "Visibility")."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.sql.selectable import Select

from chassis.access import Conditions, Viewer, sees
from kpi_api.access.models import Grant
from kpi_api.access.sight import among, below, has_sight_of_kpi, is_self, leads_as, relations_to
from kpi_api.cascade.models import Kpi
from kpi_api.people.models import OrgUnit


@lru_cache(maxsize=256)
def sees_whole(viewer: Viewer) -> ColumnElement[bool]:
    """The KPI with owner, parts and measurements: one's own, those of reports and subtree, of one's units, and those carried together.

    Kept for people who page through lists, since making it costs as much as asking.
    """
    return sees(viewer, "kpi", _relations(viewer))


def sees_at_all(viewer: Viewer) -> ColumnElement[bool]:
    """The KPI whole, or as an ancestor on the viewer's line of sight."""
    return or_(sees_whole(viewer), sees(viewer, "kpi_as_ancestor", _relations(viewer)))


def may_change(viewer: Viewer) -> ColumnElement[bool]:
    """Give, link and change the KPI: the owner, whoever leads the owner or the unit, HR and integrations; the board at the top."""
    return sees(viewer, "kpi_to_change", _relations(viewer))


def _relations(viewer: Viewer) -> Conditions:
    return {
        **relations_to(viewer, Kpi.owner_person_id),
        # The portfolio is looked up only when a unit's KPI comes by.
        "portfolio": lambda: and_(Kpi.owner_unit_id.is_not(None), among(Kpi.owner_unit_id, portfolio(viewer))),
        "strategic": lambda: Kpi.level == "strategic",
        "stakeholder": lambda: has_sight_of_kpi(viewer, Kpi.id, "stakeholder"),
        "ancestor": lambda: has_sight_of_kpi(viewer, Kpi.id, "ancestor"),
    }


def portfolio(viewer: Viewer) -> Select[Any]:
    """Ids of the units that the viewer leads, with all below: headed by them or somebody below them, or theirs by the role executive."""
    roots = select(OrgUnit.id).where(OrgUnit.organization_id == viewer.organization_id, _leads(viewer))
    units = roots.cte(recursive=True)
    under = select(OrgUnit.id).where(OrgUnit.organization_id == viewer.organization_id, OrgUnit.parent_id == units.c.id)
    return select(units.union(under).c.id)


def _leads(viewer: Viewer) -> ColumnElement[bool]:
    return sees(
        viewer,
        "unit_portfolio",
        {
            "head": lambda: leads_as(viewer, OrgUnit.head_id),
            "below": lambda: and_(OrgUnit.head_id.is_not(None), below(viewer, OrgUnit.head_id)),
            "executive": lambda: _is_executive(viewer),
        },
    )


def _is_executive(viewer: Viewer) -> ColumnElement[bool]:
    granted = select(Grant.id).where(
        Grant.organization_id == viewer.organization_id,
        is_self(viewer, Grant.person_id),
        Grant.role == "executive",
        or_(Grant.unit_id.is_(None), Grant.unit_id == OrgUnit.id),
        Grant.holds_on(viewer.today),
    )
    return granted.correlate(OrgUnit).exists()
