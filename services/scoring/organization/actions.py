"""Writing the organization's profile."""

from decimal import Decimal

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.organizations import ensure_organization
from scoring.organization.models import OrganizationProfile


async def put_organization(viewer: Viewer, session: WriteSession, *, name: str, currency: str) -> OrganizationProfile:
    """Set name and currency; a repeat changes nothing. Raises NotAllowed."""
    viewer.require("organization.write")
    before = await session.get(OrganizationProfile, (session.organization_id, session.organization_id))
    version = before and before.version
    profile = await write_profile(session, name=name, currency=currency)
    if profile.version != version:
        await audit.record(session, viewer.subject, "organization.changed", "organization", session.organization_id)
    return profile


async def set_second_approval(
    viewer: Viewer, session: WriteSession, profile: OrganizationProfile, above: Decimal | None
) -> OrganizationProfile:
    """Set the sum above which a run needs a second approver; null asks for one only. Raises NotAllowed."""
    viewer.require("approval_rules.write")
    profile.second_approval_above = above
    await session.flush()
    await audit.record(session, viewer.subject, "approval_rules.changed", "organization", session.organization_id)
    return profile


async def write_profile(session: WriteSession, *, name: str, currency: str) -> OrganizationProfile:
    """Register the organization and its profile, whoever asks: for `put_organization` and for the operator."""
    await ensure_organization(session)
    profile = await session.get(OrganizationProfile, (session.organization_id, session.organization_id), with_for_update=True)
    if profile is None:
        profile = OrganizationProfile(id=session.organization_id)
        session.add(profile)
    profile.name, profile.currency = name, currency
    await session.flush()
    return profile
