"""A version's life after it was written: proposed by its author, approved by another, retired when nothing uses it."""

from datetime import date
from uuid import UUID

from chassis import events
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import NotAllowed
from kpi_api.dictionary import queries, uses
from kpi_api.dictionary.actions import locked, require_order, require_unmerged
from kpi_api.dictionary.formulas.trials import require_tried
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.problems import ApprovedByAnother, WrongStatus
from kpi_api.dictionary.schemas import SendingBack


async def propose(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int) -> DefinitionVersion:
    """Ask for a draft's approval. Raises NotFound, WrongStatus, NotAllowed."""
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    require_proposable(viewer, version)
    return await _move(session, version, "proposed")


def require_proposable(viewer: Viewer, version: DefinitionVersion) -> None:
    """Raises NotAllowed, WrongStatus."""
    if not viewer.may("definitions.write_any") and (viewer.person_id is None or viewer.person_id != version.author_id):
        raise NotAllowed("The author or HR proposes a version.")
    _require_next(version, "draft", "proposed")


async def approve(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int) -> DefinitionVersion:
    """Approve a proposed version; the author cannot.

    Raises NotFound, WrongStatus, NotAllowed, ApprovedByAnother, EffectiveBeforePredecessor, DefinitionMerged, NotTried.
    """
    viewer.require("definitions.approve")
    await require_unmerged(session, await locked(viewer, session, definition_id))
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    approver_id = require_approvable(viewer, version)
    await require_tried(viewer, session, version)
    version.approver_id, version.approved_at = approver_id, session.now
    await require_order(session, definition_id, number, version.effective_from)
    await _move(session, version, "approved")
    await events.record(session, "definition.approved", "definition", definition_id, number=number)
    return version


def require_approvable(viewer: Viewer, version: DefinitionVersion) -> UUID:
    """The approver, who did not write the version. Raises NotAllowed, ApprovedByAnother, WrongStatus."""
    viewer.require("definitions.approve")
    approver_id = viewer.require_person()
    if approver_id == version.author_id:
        raise ApprovedByAnother("You wrote this version, so somebody else must approve it.")
    _require_next(version, "proposed", "approved")
    return approver_id


async def send_back(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int, given: SendingBack) -> DefinitionVersion:
    """A proposed version is a draft again, for a reason that its author reads.

    Raises NotFound, WrongStatus, NotAllowed.
    """
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    version.sent_back_by_person_id = require_returnable(viewer, version)
    version.sent_back_at, version.sent_back_reason = session.now, given.reason
    await _move(session, version, "draft")
    await events.record(session, "definition.sent_back", "definition", definition_id, number=number)
    return version


def require_returnable(viewer: Viewer, version: DefinitionVersion) -> UUID:
    """Who sends it back: whoever approves versions, or its author, who takes it back. Raises NotAllowed, WrongStatus."""
    if viewer.person_id is None or viewer.person_id != version.author_id:
        viewer.require("definitions.approve")
    _require_next(version, "proposed", "draft")
    return viewer.require_person()


async def retire(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int, from_day: date) -> DefinitionVersion:
    """No new KPI uses the version from `from_day` on; refused while something uses it then.

    Raises NotFound, WrongStatus, NotAllowed, InUse.
    """
    viewer.require("definitions.retire")
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    require_retirable(viewer, version)
    await uses.require_unused(viewer, session, version, from_day)
    version.retired_from = from_day
    await _move(session, version, "retired")
    await events.record(session, "definition.retired", "definition", definition_id, number=number, from_day=str(from_day))
    return version


def require_retirable(viewer: Viewer, version: DefinitionVersion) -> None:
    """Raises NotAllowed, WrongStatus."""
    viewer.require("definitions.retire")
    _require_next(version, "approved", "retired")


def _require_next(version: DefinitionVersion, origin: str, status: str) -> None:
    if version.status != origin:
        raise WrongStatus(f"The version is {version.status}; only one that is {origin} can become {status}.")


async def _move(session: WriteSession, version: DefinitionVersion, status: str) -> DefinitionVersion:
    version.status = status
    await session.flush()
    return version
