"""Writing the organization's profile."""

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.organizations import ensure_organization
from scoring.organization.models import OrganizationProfile


async def put_organization(viewer: Viewer, session: WriteSession, *, name: str, currency: str) -> OrganizationProfile:
    """Set name and currency; a repeat changes nothing. Raises NotAllowed."""
    viewer.require("organization.write")
    return await write_profile(session, name=name, currency=currency)


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
