"""The organization over REST."""

from fastapi import APIRouter, Response

from chassis.etags import set_etag
from chassis.transactions import Read, TransactionalRoute, Write
from scoring.access.door import CurrentViewer
from scoring.organization import actions, queries
from scoring.schemas import Currency, Input, Label, Output

router = APIRouter(prefix="/v1/organization", tags=["organization"], route_class=TransactionalRoute)


class OrganizationIn(Input):
    """Name and currency of the organization."""

    name: Label
    currency: Currency


class OrganizationOut(Output):
    """The organization as it stands."""

    name: str
    currency: str


@router.put("", summary="Set the organization's name and currency")
async def put_organization(content: OrganizationIn, viewer: CurrentViewer, session: Write, response: Response) -> OrganizationOut:
    """Sets the whole profile; sending the same again changes nothing."""
    profile = await actions.put_organization(viewer, session, name=content.name, currency=content.currency)
    set_etag(response, profile)
    return OrganizationOut.model_validate(profile)


@router.get("", summary="Read the organization")
async def get_organization(viewer: CurrentViewer, session: Read, response: Response) -> OrganizationOut:
    """Name and currency of the caller's organization."""
    profile = await queries.organization(viewer, session)
    set_etag(response, profile)
    return OrganizationOut.model_validate(profile)
