"""Changes of a KPI that leave its targets and contributions as they are."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.etags import require_match
from kpi_api.cascade import placement, references, storing
from kpi_api.cascade.actions import changeable_kpi
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.problems import KpiRefused
from kpi_api.cascade.schemas import Holder, NewKpi
from kpi_api.cascade.sights import refresh_sights_of_kpis
from kpi_api.cascade.withdrawing import withdraw
from kpi_api.dictionary.fields import Input, Name, Prose
from kpi_api.dictionary.vocabulary import Controllability


class KpiChange(Input):
    """What may change about a KPI; what is left out stays. `withdrawn` ends its use for good: it is counted and copied no more."""

    name: Name | None = None
    why: Prose | None = None
    controllability: Controllability | None = None
    owner: Holder | None = Field(default=None, description="Somebody else, of the kind that its level asks for.")
    withdrawn: Literal[True] | None = None


async def change_kpi(viewer: Viewer, session: WriteSession, kpi_id: UUID, given: KpiChange, if_match: str | None) -> Kpi:
    """Raises NotFound, NotAllowed, KpiRefused, PreconditionRequired, PreconditionFailed."""
    await storing.lock_contributions(session)
    kpi = await changeable_kpi(viewer, session, kpi_id)
    require_match(if_match, kpi)
    for name in ("name", "why", "controllability"):
        if (value := getattr(given, name)) is not None:
            setattr(kpi, name, value)
    if given.withdrawn:
        await withdraw(viewer, session, kpi)
    if given.owner is not None:
        await _give_to(viewer, session, kpi, given.owner)
    kpi.version += 1
    await session.flush()
    if given.owner is not None:
        await refresh_sights_of_kpis(session, [kpi_id])
    await storing.record_events(session, "kpi.changed", [kpi_id])
    return kpi


async def _give_to(viewer: Viewer, session: WriteSession, kpi: Kpi, owner: Holder) -> None:
    """The rules of a new KPI's owner hold for the new owner, too."""
    what_decides: dict[str, Any] = {"level": kpi.level, "owner": owner}
    draft = Draft(1, NewKpi.model_construct(**what_decides))
    people, units = await references.load_people(viewer, session, [owner]), await references.load_units(session)
    placement.place_owner(draft, people, units, await references.led_units(viewer, session))
    if draft.errors:
        raise KpiRefused(draft.errors[0].message, errors=[error.model_copy(update={"row": None}) for error in draft.errors])
    kpi.owner_person_id, kpi.owner_unit_id = draft.owner_person_id, draft.owner_unit_id
