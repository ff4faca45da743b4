"""A leaver's scorecard ends with the last day of the employment; one whose leaving is taken back goes on as it was signed."""

from typing import Final
from uuid import UUID

from sqlalchemy import text

from chassis import events
from chassis.jobs import Job

END: Final = "scorecards.end_with_employment"
IDS_PER_EVENT: Final = 1000

# Whoever signs meanwhile holds the row. A scorecard that another one succeeds has ended already, and one that begins after the last day
# keeps its days: nobody is employed on any of them, so it pays nothing.
END_WITH_EMPLOYMENT: Final = text(
    """
    WITH due AS (
      SELECT s.id, s.status, s.window_end AS ended, least(p.termination_date, CAST(s.agreement->>'window_end' AS date), CASE WHEN
        s.agreement IS NULL THEN s.window_end END) AS ends
      FROM scorecards s
      JOIN persons p ON p.organization_id = s.organization_id AND p.id = s.person_id
      JOIN cycles c ON c.organization_id = s.organization_id AND c.id = s.cycle_id AND c.status IN ('planned', 'open')
      WHERE s.organization_id = :organization_id AND s.status NOT IN ('closed', 'closed_not_agreed')
        AND (CAST(:people AS uuid[]) IS NULL OR s.person_id = ANY(CAST(:people AS uuid[])))
        AND NOT EXISTS (SELECT 1 FROM scorecards n WHERE n.organization_id = s.organization_id AND n.succeeds_id = s.id)
      ORDER BY s.id FOR UPDATE OF s
    ),
    moved AS (
      UPDATE scorecards s SET window_end = d.ends, version = s.version + 1 FROM due d
      WHERE s.organization_id = :organization_id AND s.id = d.id AND d.ends <> s.window_end AND d.ends >= s.window_start
        AND NOT EXISTS (
          SELECT 1 FROM scorecards o WHERE o.organization_id = s.organization_id AND o.person_id = s.person_id
            AND o.cycle_id = s.cycle_id AND o.id <> s.id AND o.window_start <= d.ends AND o.window_end >= s.window_start
        )
      RETURNING s.id, s.status, CASE WHEN d.ends < d.ended THEN 'end' ELSE 'extend' END AS verb
    )
    INSERT INTO scorecard_history (organization_id, id, scorecard_id, verb, from_status, to_status, side, actor, happened_at)
    SELECT CAST(:organization_id AS uuid), gen_random_uuid(), id, verb, status, status, 'people', 'people', :now FROM moved
    RETURNING scorecard_id
    """
)


async def end_with_employment(job: Job) -> None:
    """Let the scorecards of `person.changed` end with their people's last day. A second time finds nothing to change."""
    people = job.payload.get("person_ids")
    async with job.database.write(job.organization_id) as session:
        keys = {"organization_id": session.organization_id, "now": session.now, "people": people and [UUID(id_) for id_ in people]}
        ids = sorted((await session.scalars(END_WITH_EMPLOYMENT, keys)).all())
        for start in range(0, len(ids), IDS_PER_EVENT):
            named = ids[start : start + IDS_PER_EVENT]
            await events.record(session, "scorecard.ended", "scorecard", named[0], scorecard_ids=[str(id_) for id_ in named])
