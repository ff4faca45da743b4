"""Making, approving, rotating and revoking API keys; an hr_admin's work, each step audited and told to scoring.

A key whose scopes show pay opens more than its maker may see, so it is live only once another hr_admin has approved it, or at once where
there is no other (as a grant). Nor can it be rotated by one alone: a new key is made, approved, and the old one revoked. The operator of
the set-up makes any key by command.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from chassis import audit, jobs
from chassis.access import Viewer
from chassis.clock import real_now
from chassis.database import WriteSession
from chassis.identity.api_keys import ApiKey, NewApiKey, create_api_key, note_change, rotate_api_key
from chassis.problems import NotFound
from kpi_api.access.problems import NotByTheSame
from kpi_api.access.second_person import somebody_else_could_approve
from kpi_api.identities.problems import ExpiryPassed, KeyApproved, KeyEnded
from kpi_api.identities.schemas import PAY_SCOPES, ApiKeyIn

TELL: Final = "api_keys.push"


async def make_key(viewer: Viewer, session: WriteSession, given: ApiKeyIn) -> NewApiKey:
    """A new key, whose text is shown once. Raises NotAllowed, ExpiryPassed."""
    viewer.require("api_keys.write")
    shows_pay = not PAY_SCOPES.isdisjoint(given.scopes)
    if given.expires_at is not None and given.expires_at <= real_now():
        raise ExpiryPassed("The key must expire in the future.", field="/expires_at")
    made = await create_api_key(
        session,
        name=given.name,
        scopes=given.scopes,
        created_by=viewer.subject,
        expires_at=given.expires_at,
        needs_approval=shows_pay and await somebody_else_could_approve(viewer, session, "api_keys.write"),
    )
    await _record(viewer, session, "api_key.made", made.row)
    if shows_pay and made.row.approved_at is not None:
        await _record(viewer, session, "api_key.approved_alone", made.row)
    return made


async def approve_key(viewer: Viewer, session: WriteSession, key_id: UUID) -> ApiKey:
    """Let a key live that another hr_admin made; again is harmless. Raises NotAllowed, NotFound, KeyEnded, NotByTheSame."""
    key = await _locked(viewer, session, key_id)
    if key.approved_at is not None:
        return key
    require_approvable(viewer, key)
    key.approved_by, key.approved_at = viewer.subject, real_now()
    note_change(key)
    await _record(viewer, session, "api_key.approved", key)
    return key


def require_approvable(viewer: Viewer, key: ApiKey) -> None:
    """Raises NotAllowed, KeyEnded, KeyApproved, NotByTheSame."""
    viewer.require("api_keys.write")
    _require_live(key)
    if key.approved_at is not None:
        raise KeyApproved("It is approved already.")
    if key.created_by == viewer.subject:
        raise NotByTheSame("You made this key, so another hr_admin must approve it: its scopes show pay.")


async def rotate_key(viewer: Viewer, session: WriteSession, key_id: UUID, overlap: timedelta) -> NewApiKey:
    """A new secret; the one before holds for the overlap. Raises NotAllowed, NotFound, KeyEnded, NotByTheSame."""
    key = await _locked(viewer, session, key_id)
    require_rotatable(viewer, key)
    rotated = rotate_api_key(key, overlap)
    await _record(viewer, session, "api_key.rotated", key)
    return rotated


def require_rotatable(viewer: Viewer, key: ApiKey) -> None:
    """Raises NotAllowed, KeyEnded, NotByTheSame."""
    viewer.require("api_keys.write")
    _require_live(key)
    if not PAY_SCOPES.isdisjoint(key.scopes):
        raise NotByTheSame("Its scopes show pay: make a new key, have another hr_admin approve it, then revoke this one.")


async def revoke_key(viewer: Viewer, session: WriteSession, key_id: UUID) -> ApiKey:
    """End a key at once, here on every replica, in scoring once it is told; again is harmless. Raises NotAllowed, NotFound."""
    key = await _locked(viewer, session, key_id)
    if key.revoked_at is None:
        require_revocable(viewer, key)
        key.revoked_at = real_now()
        note_change(key)
        await _record(viewer, session, "api_key.revoked", key)
    return key


def require_revocable(viewer: Viewer, key: ApiKey) -> None:
    """Raises NotAllowed, KeyEnded."""
    viewer.require("api_keys.write")
    if key.revoked_at is not None:
        raise KeyEnded("The key is revoked already.")


async def _locked(viewer: Viewer, session: WriteSession, key_id: UUID) -> ApiKey:
    viewer.require("api_keys.write")
    key = await session.scalar(select(ApiKey).where(ApiKey.id == key_id).with_for_update())
    if key is None:
        raise NotFound()
    return key


def _require_live(key: ApiKey) -> None:
    if key.has_ended(real_now()):
        raise KeyEnded("The key is revoked or expired. Make a new one.")


async def _record(viewer: Viewer, session: WriteSession, action: str, key: ApiKey) -> None:
    await session.flush()
    await audit.record(session, viewer.subject, action, "api_key", key.id, scopes=key.scopes)
    await jobs.enqueue(session, TELL, once_key="all")
