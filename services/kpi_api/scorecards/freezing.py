"""What the cycle's close does to its scorecards: the active ones close, the others close as not agreed; none is left open."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from kpi_api.scorecards.changes.following import lapse_of_cycle

# Whoever negotiates meanwhile holds the row; the close waits for them and then closes what they left.
FREEZE: Final = text(
    """
    WITH frozen AS (
      SELECT id, status AS begins,
        CASE WHEN agreement IS NOT NULL AND window_start <= :today THEN 'closed' ELSE 'closed_not_agreed' END AS ends
      FROM scorecards
      WHERE organization_id = :organization_id AND cycle_id = :cycle_id AND status NOT IN ('closed', 'closed_not_agreed')
      ORDER BY id FOR UPDATE
    ),
    closed AS (
      UPDATE scorecards s SET status = f.ends, waiting_since = NULL, version = s.version + 1 FROM frozen f
      WHERE s.organization_id = :organization_id AND s.id = f.id
    )
    INSERT INTO scorecard_history (organization_id, id, scorecard_id, verb, from_status, to_status, side, actor, happened_at)
    SELECT CAST(:organization_id AS uuid), gen_random_uuid(), id, 'close', begins, ends, 'cycle', :actor, :now FROM frozen
    RETURNING scorecard_id, to_status
    """
)


@dataclass(frozen=True)
class Frozen:
    """Scorecards by what the close made of them, in the order of their ids."""

    closed: list[UUID]
    not_agreed: list[UUID]


async def freeze_scorecards(viewer: Viewer, session: WriteSession, cycle_id: UUID) -> Frozen:
    """Close every scorecard of a cycle; the caller has checked that the viewer may close it. A second time finds none left to close.

    Events: one `scorecard.closed` for the cycle, listing the ones that were not agreed.
    """
    keys = {"organization_id": session.organization_id, "cycle_id": cycle_id, "today": session.today, "now": session.now}
    rows = sorted((await session.execute(FREEZE, keys | {"actor": viewer.subject})).all())
    await lapse_of_cycle(session, cycle_id)
    frozen = Frozen(
        closed=[row.scorecard_id for row in rows if row.to_status == "closed"],
        not_agreed=[row.scorecard_id for row in rows if row.to_status == "closed_not_agreed"],
    )
    if rows:
        not_agreed = [str(id_) for id_ in frozen.not_agreed]
        await events.record(session, "scorecard.closed", "cycle", cycle_id, closed=len(frozen.closed), not_agreed=not_agreed)
    return frozen
