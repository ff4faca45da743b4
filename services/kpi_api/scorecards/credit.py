"""Whose part of a divided result is whose: credit shares of shared KPIs by person, for plans that divide a sum.

Rule (S1, partners and not competitors for the credit; domain "Collaborative KPI"): nobody has a share unless somebody divided the credit.
Then a stakeholder has their own; who is none themselves has that of the unit they last worked in, or of the nearest one above it, which all
of its people carry as a whole; and whoever carries the KPI without either has 0.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from chassis.database import ReadSession
from kpi_api.cascade.models import KpiStakeholder
from kpi_api.cascade.queries import among
from kpi_api.people.models import Employment

NO_CREDIT: Final = Decimal(0)

# A unit's share holds below it as far as no nearer unit has one.
UNITS: Final = text(
    """
    WITH RECURSIVE units AS (
      SELECT kpi_id, unit_id AS id, credit_share, 0 AS depth FROM kpi_stakeholders
      WHERE organization_id = :organization AND kpi_id = ANY(:kpis) AND unit_id IS NOT NULL AND credit_share IS NOT NULL
      UNION ALL
      SELECT u.kpi_id, o.id, u.credit_share, u.depth + 1 FROM units u
      JOIN org_units o ON o.organization_id = :organization AND o.parent_id = u.id
    )
    SELECT DISTINCT ON (kpi_id, id) kpi_id, id, credit_share FROM units ORDER BY kpi_id, id, depth
    """
)


class CreditShares(NamedTuple):
    """Shares in percent of KPIs that were divided: by KPI and person, by KPI and unit; and where people worked from which day on."""

    divided: frozenset[UUID]
    people: Mapping[tuple[UUID, UUID], Decimal]
    units: Mapping[tuple[UUID, UUID | None], Decimal]
    worked: Mapping[UUID, list[tuple[date, UUID | None]]]

    def of(self, kpi_id: UUID, person_id: UUID, last_day: date) -> Decimal | None:
        """A person's share by the unit they last worked in until a day; null where nobody divided the KPI."""
        if kpi_id not in self.divided:
            return None
        own = self.people.get((kpi_id, person_id))
        return own if own is not None else self.units.get((kpi_id, self._unit(person_id, last_day)), NO_CREDIT)

    def _unit(self, person_id: UUID, last_day: date) -> UUID | None:
        stretches = self.worked.get(person_id, [])
        place = bisect_right(stretches, last_day, key=lambda stretch: stretch[0])
        return stretches[place - 1][1] if place else None


async def credit_shares(session: ReadSession, kpi_ids: Collection[UUID], person_ids: Collection[UUID]) -> CreditShares:
    """The shares of these KPIs, in one statement where none was divided. Asks for no viewer: it feeds jobs, never a door."""
    columns = (KpiStakeholder.kpi_id, KpiStakeholder.person_id, KpiStakeholder.credit_share)
    rows = (
        await session.execute(select(*columns).where(among(KpiStakeholder.kpi_id, kpi_ids), KpiStakeholder.credit_share.is_not(None)))
    ).all()
    people = {(row.kpi_id, row.person_id): row.credit_share for row in rows if row.person_id}
    divided = frozenset(row.kpi_id for row in rows)
    if len(people) == len(rows):
        return CreditShares(divided, people, {}, {})
    found = await session.execute(UNITS, {"organization": session.organization_id, "kpis": list(divided)})
    units = {(row.kpi_id, row.id): row.credit_share for row in found}
    return CreditShares(divided, people, units, await _worked(session, person_ids))


async def _worked(session: ReadSession, person_ids: Collection[UUID]) -> dict[UUID, list[tuple[date, UUID | None]]]:
    statement = select(Employment.person_id, Employment.valid_from, Employment.unit_id).where(among(Employment.person_id, person_ids))
    worked: dict[UUID, list[tuple[date, UUID | None]]] = {}
    for person_id, first, unit_id in await session.execute(statement.where(Employment.is_primary).order_by(Employment.valid_from)):
        worked.setdefault(person_id, []).append((first, unit_id))
    return worked
