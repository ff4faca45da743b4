"""Registering HRIS sources and rotating their secrets; an hr_admin's work."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis import audit
from chassis.access import Viewer
from chassis.clock import real_now
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotFound
from chassis.sealing import Sealer
from chassis.webhooks.actions import make_secret
from kpi_api.hris.models import HrisSource
from kpi_api.hris.problems import SourceDisabled

OVERLAP = timedelta(days=1)


async def sources(viewer: Viewer, session: ReadSession) -> list[HrisSource]:
    """Every source, in the order of registration. Raises NotAllowed."""
    viewer.require("hris_sources.read")
    return list(await session.scalars(select(HrisSource).order_by(HrisSource.id)))


async def source(viewer: Viewer, session: ReadSession, source_id: UUID) -> HrisSource:
    """One source. Raises NotAllowed, NotFound."""
    viewer.require("hris_sources.read")
    found = await session.get(HrisSource, (viewer.organization_id, source_id))
    if found is None:
        raise NotFound()
    return found


async def register_source(viewer: Viewer, session: WriteSession, sealer: Sealer, name: str) -> tuple[HrisSource, str]:
    """A new source and its secret, in the Standard Webhooks form. Raises NotAllowed."""
    viewer.require("hris_sources.write")
    secret = make_secret()
    registered = HrisSource(
        id=new_id(), name=name, sealed=sealer.seal(secret), created_by=viewer.subject, created_at=session.now, disabled_at=None
    )
    session.add(registered)
    await session.flush()
    await audit.record(session, viewer.subject, "hris_source.registered", "hris_source", registered.id)
    return registered, secret


async def rotate_secret(viewer: Viewer, session: WriteSession, sealer: Sealer, rotated: HrisSource) -> str:
    """A new secret; the old one is taken for another day. Raises NotAllowed, SourceDisabled."""
    require_rotatable(viewer, rotated)
    secret = make_secret()
    rotated.previous_sealed, rotated.previous_until = rotated.sealed, real_now() + OVERLAP
    rotated.sealed = sealer.seal(secret)
    await session.flush()
    await audit.record(session, viewer.subject, "hris_source.secret_rotated", "hris_source", rotated.id)
    return secret


def require_rotatable(viewer: Viewer, rotated: HrisSource) -> None:
    """Raises NotAllowed, SourceDisabled: a secret that opens nothing would only mislead."""
    viewer.require("hris_sources.write")
    if rotated.disabled_at is not None:
        raise SourceDisabled("The source is disabled: nothing is taken from it. Register another one.")


async def disable_source(viewer: Viewer, session: WriteSession, disabled: HrisSource) -> None:
    """Take nothing from this source any more; a repeat changes nothing. Raises NotAllowed."""
    viewer.require("hris_sources.write")
    if disabled.disabled_at is None:
        disabled.disabled_at = session.now
        await session.flush()
        await audit.record(session, viewer.subject, "hris_source.disabled", "hris_source", disabled.id)


def require_disablable(viewer: Viewer, disabled: HrisSource) -> None:
    """Raises NotAllowed, SourceDisabled."""
    viewer.require("hris_sources.write")
    if disabled.disabled_at is not None:
        raise SourceDisabled("The source is disabled already.")
