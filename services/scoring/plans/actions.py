"""Writing plans: a first text, a new text, approval by somebody else."""

import asyncio
import dataclasses
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import NotFound
from scoring.access.keys import could_be_own_key
from scoring.engine import check_plan
from scoring.plans.documents import Document, canonical_text, plan_of, source_of
from scoring.plans.models import Plan, PlanVersion
from scoring.plans.problems import OwnPlan, PlanApproved, PlanExists
from scoring.plans.queries import plan_by_code


async def create_plan(
    viewer: Viewer, session: WriteSession, *, code: str, name: str, earning_code: str, document: Document
) -> tuple[Plan, PlanVersion]:
    """A plan with its first version, a draft. Raises NotAllowed, PlanExists, UnreadablePlan, and PlanInvalid with every finding."""
    viewer.require("plans.write")
    source = source_of(document)
    plan_of(source)
    plan = Plan(code=code, name=name, earning_code=earning_code)
    try:
        async with session.begin_nested():
            session.add(plan)
    except IntegrityError:
        raise PlanExists(f"There is a plan {code} already; add a version to it.", field="/code") from None
    return plan, await _add_version(viewer, session, plan, source)


async def add_version(viewer: Viewer, session: WriteSession, code: str, document: Document) -> PlanVersion:
    """A new version, a draft; a text that means the same as the newest version is that version.

    Raises NotAllowed, NotFound, UnreadablePlan, PlanInvalid.
    """
    viewer.require("plans.write")
    source = source_of(document)
    digest = plan_of(source).digest
    plan = await plan_by_code(viewer, session, code, for_update=True)
    newest = select(PlanVersion).where(PlanVersion.plan_id == plan.id).order_by(PlanVersion.number.desc()).limit(1)
    last = await session.scalar(newest)
    return last if last is not None and last.digest == digest else await _add_version(viewer, session, plan, source)


async def _add_version(viewer: Viewer, session: WriteSession, plan: Plan, source: str) -> PlanVersion:
    checked = plan_of(source)
    found = await asyncio.to_thread(check_plan, checked)
    number = await session.scalar(select(func.coalesce(func.max(PlanVersion.number), 0)).where(PlanVersion.plan_id == plan.id))
    version = PlanVersion(
        plan_id=plan.id,
        number=(number or 0) + 1,
        source=source,
        canonical=canonical_text(checked),
        digest=checked.digest,
        findings=[dataclasses.asdict(finding) for finding in found],
        status="draft",
        author=viewer.subject,
        author_id=viewer.person_id,
        created_at=session.now,
    )
    session.add(version)
    await session.flush()
    await audit.record(session, viewer.subject, "plan_version.created", "plan_version", version.id)
    return version


async def approve(viewer: Viewer, session: WriteSession, code: str, number: int) -> PlanVersion:
    """Approve a version; again is harmless. Raises NotAllowed, OwnPlan for its author, NotFound."""
    viewer.require("plans.approve")
    plan = await plan_by_code(viewer, session, code)
    wanted = select(PlanVersion).where(PlanVersion.plan_id == plan.id, PlanVersion.number == number).with_for_update()
    version = await session.scalar(wanted)
    if version is None:
        raise NotFound()
    if version.status != "approved" or version.author_id == viewer.person_id:
        approver_id = require_approvable(viewer, version)
        version.status, version.approver_id, version.approved_at = "approved", approver_id, session.now
        await audit.record(session, viewer.subject, "plan_version.approved", "plan_version", version.id)
    return version


def require_approvable(viewer: Viewer, version: PlanVersion) -> UUID:
    """The approver, who did not write the version. Raises NotAllowed, OwnPlan, PlanApproved."""
    viewer.require("plans.approve")
    approver_id = viewer.require_person()
    if version.author_id == approver_id:
        raise OwnPlan("You wrote this version, so somebody else must approve it.")
    if could_be_own_key(viewer, version.author):
        raise OwnPlan("A key wrote this version, and whoever makes keys does not approve what they write. Somebody else must.")
    if version.status == "approved":
        raise PlanApproved("It is approved already.")
    return approver_id
