"""Reads of linked identities and of API keys."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.identity.api_keys import ApiKey
from chassis.pagination import PageRequest, Rows, fetch_page
from chassis.problems import NotFound
from kpi_api.identities.linking import LINK_BY_EMAIL, speaks_on
from kpi_api.identities.models import PersonIdentity
from kpi_api.identities.schemas import LinkingSettings
from kpi_api.people import queries as people
from kpi_api.people.models import OrganizationProfile


async def identities(viewer: Viewer, session: ReadSession, page: PageRequest, *, person_id: UUID | None) -> Rows[PersonIdentity]:
    """Linked identities in the order of linking. Raises NotAllowed."""
    viewer.require("identities.read")
    statement = select(PersonIdentity) if person_id is None else select(PersonIdentity).where(PersonIdentity.person_id == person_id)
    scope = f"identities {viewer.subject} {person_id}"
    return await fetch_page(session, statement, page, keys=[(PersonIdentity.id, lambda row: row.id)], scope=scope)


async def linking_settings(viewer: Viewer, session: ReadSession) -> tuple[OrganizationProfile, LinkingSettings]:
    """Which issuers link by verified e-mail, and the row that keeps it. Raises NotAllowed."""
    viewer.require("identities.read")
    profile = await people.organization(viewer, session)
    return profile, LinkingSettings(link_by_email=profile.settings.get(LINK_BY_EMAIL, []))


async def identities_of(session: ReadSession, person_ids: Collection[UUID] | None) -> dict[str, list[dict[str, str]]]:
    """For the sibling service: by person id the `issuer` and `subject` of links that open them; of everybody when no ids are given."""
    statement = select(PersonIdentity).where(speaks_on(session.today)).order_by(PersonIdentity.id)
    if person_ids is not None:
        statement = statement.where(PersonIdentity.person_id.in_(person_ids))
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in await session.scalars(statement):
        found[str(row.person_id)].append({"issuer": row.issuer, "subject": row.subject})
    return found


async def api_keys(viewer: Viewer, session: ReadSession, page: PageRequest) -> Rows[ApiKey]:
    """Every key, ended ones too, in the order in which they were made. Raises NotAllowed."""
    viewer.require("api_keys.read")
    return await fetch_page(session, select(ApiKey), page, keys=[(ApiKey.id, lambda row: row.id)], scope=f"api_keys {viewer.subject}")


async def api_key(viewer: Viewer, session: ReadSession, key_id: UUID) -> ApiKey:
    """One key. Raises NotAllowed, NotFound."""
    viewer.require("api_keys.read")
    found = await session.get(ApiKey, (viewer.organization_id, key_id))
    if found is None:
        raise NotFound()
    return found
