"""`python -m sightline.bench.server`: kpi_api with one more route, which answers a line of sight by one hand-written statement.

The route proves who asks as every other does, and the statement leaves out what they may not see.
"""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy import text

from chassis.problems import NotFound
from chassis.server import main
from chassis.service import Service
from chassis.transactions import Caller, Read, TransactionalRoute
from kpi_api.app import make_service

router = APIRouter(prefix="/bench", route_class=TransactionalRoute)

STATEMENT = text(
    """
    WITH RECURSIVE above AS (
      SELECT k.id FROM kpis k JOIN persons p ON p.organization_id = k.organization_id AND p.id = :viewer AND p.active
      WHERE k.organization_id = :organization AND k.id = :kpi AND (k.owner_person_id = :viewer
        OR EXISTS (SELECT FROM reporting_lines r WHERE r.organization_id = :organization AND r.manager_id = :viewer
          AND r.person_id = k.owner_person_id AND r.valid_from <= :today AND (r.valid_to IS NULL OR r.valid_to > :today))
        OR EXISTS (SELECT FROM kpi_sights s WHERE s.organization_id = :organization AND s.person_id = :viewer AND s.kpi_id = k.id))
      UNION
      SELECT c.parent_id FROM above a JOIN contributions c ON c.organization_id = :organization AND c.child_id = a.id
    )
    SELECT json_build_object(
      'mission', (SELECT mission FROM organization_profiles WHERE organization_id = :organization),
      'kpis', (
        SELECT json_agg(json_build_object('uuid', k.id, 'name', k.name, 'why', k.why, 'level', k.level, 'status', k.status,
          'owningUnit', u.name, 'targets', (
            SELECT json_agg(json_build_object('part', t.part, 'comparison', t.comparison, 'value', t.value::text, 'unit', t.unit,
              'period', t.period) ORDER BY t.position)
            FROM kpi_targets t WHERE t.organization_id = :organization AND t.kpi_id = k.id)))
        FROM above a JOIN kpis k ON k.organization_id = :organization AND k.id = a.id
        LEFT JOIN employments e ON e.organization_id = :organization AND e.person_id = k.owner_person_id AND e.is_primary
          AND e.valid_from <= :today AND (e.valid_to IS NULL OR e.valid_to > :today)
        LEFT JOIN org_units u ON u.organization_id = :organization AND u.id = coalesce(k.owner_unit_id, e.unit_id)),
      'steps', (
        SELECT json_agg(json_build_object('childUuid', c.child_id, 'parentUuid', c.parent_id, 'weight', c.weight::text))
        FROM above a JOIN contributions c ON c.organization_id = :organization AND c.child_id = a.id))::text
    WHERE EXISTS (SELECT FROM above)
    """
)


@router.get("/line-of-sight/{kpi_id}")
async def line_of_sight(kpi_id: UUID, caller: Caller, session: Read) -> Response:
    """The line of sight of a KPI in the caller's sight."""
    keys = {"organization": session.organization_id, "kpi": kpi_id, "viewer": caller.person_id, "today": session.today}
    answer = await session.scalar(STATEMENT, keys)
    if answer is None:
        raise NotFound()
    return Response(answer, media_type="application/json")


def make_service_with_route() -> Service:
    service = make_service()
    return replace(service, routers=[*service.routers, router])


if __name__ == "__main__":
    main(make_service_with_route)
