"""The organization over REST."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from chassis.etags import IfMatch, require_match, set_etag
from chassis.numbers import Money
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
    second_approval_above: Money | None = Field(description="a run that moves more in some currency needs a second approver")


class ApprovalRules(Input):
    """What approving a run asks for."""

    second_approval_above: Annotated[Money, Field(ge=0)] | None


@router.put("/approval-rules", summary="Set when a run needs a second approver")
async def put_approval_rules(
    content: ApprovalRules, viewer: CurrentViewer, session: Write, response: Response, if_match: IfMatch = None
) -> OrganizationOut:
    """A run that moves more than this sum in some currency needs two approvers, of whom the second does not report to the first. Null asks
    for one. Needs board or hr_admin: those who run pay do not set its limits."""
    profile = await queries.organization(viewer, session)
    require_match(if_match, profile)
    changed = await actions.set_second_approval(viewer, session, profile, content.second_approval_above)
    set_etag(response, changed)
    return OrganizationOut.model_validate(changed)


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
