"""Nobody is erased while scoring has pay on its way to them: `people.privacy` asks here first."""

from uuid import UUID

from chassis.access import Viewer
from chassis.http_client import ServiceUnavailable
from chassis.problems import Conflict, Unavailable
from chassis.service import Resources
from kpi_api.scores.scoring_client import ScoringRefused, scoring_of

STATES = {
    "not_released": "is in a run that is not released: release or supersede it",
    "not_gathered": "is in no payroll batch: gather one",
    "not_paid": "is in a payroll batch that payroll has not answered as paid",
}


class PayIsDue(Conflict):
    code, title = "pay_is_due", "Pay is still on its way"


async def require_nothing_due(viewer: Viewer, resources: Resources, person_id: UUID) -> None:
    """Raises PayIsDue, Unavailable while scoring cannot be asked."""
    try:
        due = await scoring_of(resources).pay_due(viewer.organization_id, person_id)
    except (ServiceUnavailable, ScoringRefused):
        raise Unavailable("Scoring cannot be asked whether pay is due. Try again later.", headers={"Retry-After": "30"}) from None
    if due:
        how = "; ".join(f"{_count(due, state)} {words}" for state, words in STATES.items() if _count(due, state))
        otherwise = "Where it is settled otherwise, ask with `although_pay_is_due`"
        raise PayIsDue(f"Pay them out first. Of their payouts {how}. {otherwise}.", due=due)


def _count(due: list[dict[str, str]], state: str) -> int:
    return sum(item["state"] == state for item in due)
