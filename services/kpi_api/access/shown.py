"""How grants and delegations look to a viewer, and what they may do with them now or why not."""

from chassis.access import Viewer
from chassis.verbs import verb_output
from kpi_api.access import actions, delegations
from kpi_api.access.models import Delegation, Grant
from kpi_api.access.schemas import DelegationDetail, DelegationOut, GrantDetail, GrantOut


async def grant_shown(viewer: Viewer, grant: Grant) -> GrantDetail:
    """A granted role that the viewer was found to see."""
    verbs = [
        await verb_output("approve", lambda: actions.require_approvable(viewer, grant)),
        await verb_output("end", lambda: actions.require_endable(viewer, grant)),
    ]
    return GrantDetail(**GrantOut.model_validate(grant).model_dump(), verbs=verbs)


async def delegation_shown(viewer: Viewer, delegation: Delegation) -> DelegationDetail:
    """A delegation that the viewer was found to see."""
    end = await verb_output("end", lambda: delegations.require_endable(viewer, delegation))
    return DelegationDetail(**DelegationOut.model_validate(delegation).model_dump(), verbs=[end])
