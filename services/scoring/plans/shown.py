"""How plans and their assignment look to a viewer, and what they may do with them now or why not."""

from collections.abc import Iterable, Sequence

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.verbs import verb_output
from scoring.plans import queries
from scoring.plans.actions import require_approvable
from scoring.plans.assignments import require_endable
from scoring.plans.models import Plan, PlanAssignment, PlanVersion
from scoring.plans.schemas import (
    PlanAssignmentDetail,
    PlanAssignmentOut,
    PlanOut,
    PlanVersionFacts,
    PlanVersionOut,
    PlanVersionText,
    PlanWithVersions,
)


async def plan_shown(viewer: Viewer, plan: Plan, versions: Iterable[PlanVersion]) -> PlanWithVersions:
    """A plan that the viewer was found to see, with its versions and their texts."""
    shown = [(await version_shown(viewer, version)).model_dump() | {"source": version.source} for version in versions]
    return PlanWithVersions(**PlanOut.model_validate(plan).model_dump(), versions=[PlanVersionText(**facts) for facts in shown])


async def version_shown(viewer: Viewer, version: PlanVersion) -> PlanVersionOut:
    """A version that the viewer was found to see."""
    approve = await verb_output("approve", lambda: require_approvable(viewer, version))
    return PlanVersionOut(**PlanVersionFacts.model_validate(version).model_dump(), verbs=[approve])


async def assignments_shown(session: ReadSession, rows: Sequence[PlanAssignment]) -> list[PlanAssignmentOut]:
    """Assignments that the viewer was found to see."""
    members = await queries.members(session, [row.id for row in rows])
    plans = await queries.plan_numbers(session, {row.plan_version_id for row in rows})
    return [
        PlanAssignmentOut(
            id=row.id,
            plan_code=plans[row.plan_version_id].code,
            version=plans[row.plan_version_id].number,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            members=members[row.id],
        )
        for row in rows
    ]


async def assignment_shown(viewer: Viewer, session: ReadSession, row: PlanAssignment) -> PlanAssignmentDetail:
    """An assignment that the viewer was found to see."""
    (shown,) = await assignments_shown(session, [row])
    return PlanAssignmentDetail(**shown.model_dump(), verbs=[await verb_output("end", lambda: require_endable(viewer))])
