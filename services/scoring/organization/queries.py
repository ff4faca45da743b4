"""Reading the organization's profile."""

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.problems import NotFound
from scoring.organization.models import OrganizationProfile


async def organization(viewer: Viewer, session: ReadSession) -> OrganizationProfile:
    """The viewer's organization. Raises NotFound before it has been put."""
    found = await session.get(OrganizationProfile, (viewer.organization_id, viewer.organization_id))
    if found is None:
        raise NotFound()
    return found
