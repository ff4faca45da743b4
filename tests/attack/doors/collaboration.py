"""Doors of collaborative KPIs: whoever sees the shared KPI whole reads all of it; its carriers agree, and with its leaders take part."""

from dataclasses import replace
from typing import Any

import httpx

from tests.attack.attacking import Call, Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.graph import changed, mutation
from tests.attack.doors.performance_writes import kpi_write
from tests.attack.doors.reads import get, succeeds
from tests.attack.expected import may_change_kpi

CARRIERS = {"employee", "stakeholder"}
PLACE = "/v1/kpis/{id}/collaboration"


def carries(viewer: str, _: str) -> bool:
    return viewer in CARRIERS


def leads(viewer: str, _: str) -> bool:
    """People who may change the shared KPI; a key is nobody who could say something."""
    return viewer != "key" and changes_it(viewer, _)


def changes_it(viewer: str, _: str) -> bool:
    return may_change_kpi(viewer, "shared", None, "north")


def takes_part(viewer: str, owner: str) -> bool:
    return carries(viewer, owner) or leads(viewer, owner)


def shared(operation: str, body: Any, permit: Any, **given: Any) -> Write:
    method, rest = operation.split(" ")
    return kpi_write(f"{method} /v1/kpis/{{kpi_id}}/collaboration{rest}", "shared", body, permit, **given)


async def the_terms(cast: Cast, thing: Thing) -> Thing:
    seen = await cast.home.call("employee", "GET", f"/v1/kpis/{thing['id']}/collaboration")
    first = seen["stakeholders"][0]["id"]
    return thing | {"digest": seen["digest"], "stakeholder_id": first}


async def a_proposal(cast: Cast, thing: Thing) -> Thing:
    made = await cast.home.post("employee", f"/v1/kpis/{thing['id']}/collaboration/proposals", text="Later, please.")
    return thing | {"proposal_id": made["proposals"][-1]["id"]}


async def one_more(cast: Cast, thing: Thing) -> Thing:
    """The manager as a stakeholder, who sees the shared KPI whole already."""
    named = {"stakeholders": [{"person_id": cast.home.people["manager"]}]}
    await cast.home.call("hr", "POST", f"/v1/kpis/{thing['id']}/stakeholders", json=named)
    seen = await cast.home.call("employee", "GET", f"/v1/kpis/{thing['id']}/collaboration")
    mine = next(one for one in seen["stakeholders"] if one["person"] and one["person"]["id"] == cast.home.people["manager"])
    return thing | {"leaving_id": mine["id"]}


def begun(answer: httpx.Response) -> bool:
    """Allowed, if its window had not begun; who has no voice is told that, whenever it begins."""
    return answer.is_success or answer.json()["code"] == "window_begun"


def graph_begun(answer: httpx.Response) -> bool:
    return changed(answer) or '"code":"window_begun"' in answer.text


def answered(thing: Thing) -> Call:
    return Call("POST", f"/v1/kpis/{thing['id']}/collaboration/proposals/{thing['proposal_id']}/decline", {"reply": "No."})


def too_early(answer: httpx.Response) -> bool:
    """Allowed, if it were over; who may not take part is told that, whenever it is."""
    return answer.is_success or answer.json()["code"] == "too_early"


def graph(name: str, permit: Any, *, accepted: Any = changed, prepare: Any = the_terms, **arguments: tuple[str, Any]) -> Write:
    """A mutation of the shared KPI; its first carrier does it, or whoever leads it."""
    twin = "employee" if permit is carries else "manager"
    return replace(mutation(name, "kpi", "", twin, "shared", prepare, **arguments), permit=permit, accepted=accepted)


def value(name: str) -> Any:
    return lambda thing: thing[name]


def graph_too_early(answer: httpx.Response) -> bool:
    return changed(answer) or '"code":"too_early"' in answer.text


DOORS: list[Door] = [
    Read("kpi_api GET /v1/kpis/{kpi_id}/collaboration", "kpi", get(PLACE), shows=succeeds, owners=("shared",), no_ancestors=True),
    *(Read(f"kpi_api GET /v1/kpis/{{kpi_id}}/collaboration/{written}", "kpi", get(f"{PLACE}/{written}"), shows=succeeds, owners=("shared",),
           no_ancestors=True) for written in ("proposals", "comments", "records")),
    shared("POST /agreement", {"digest": "{digest}"}, carries, prepare=the_terms, twin="employee"),
    shared("DELETE /agreement", None, carries, twin="employee", accepted=begun),
    shared("POST /stakeholders/{stakeholder_id}/take-off", {"reason": "Moved on."}, changes_it, prepare=one_more,
           path="/v1/kpis/{id}/collaboration/stakeholders/{leaving_id}/take-off"),
    shared("POST /proposals", {"text": "Another quarter."}, takes_part),
    Write("kpi_api POST /v1/kpis/{kpi_id}/collaboration/proposals/{proposal_id}/{answer}", "kpi", answered, leads, "manager", "shared",
          sees="kpi", prepare=a_proposal),
    shared("POST /comments", {"text": "Well."}, takes_part),
    shared("POST /records", {"stakeholder_id": "{stakeholder_id}", "day": "2026-03-01", "note": "Calls."}, takes_part, prepare=the_terms),
    shared("PUT /credit-shares", {"digest": "{digest}", "shares": []}, changes_it, prepare=the_terms),
    shared("PUT /naming", {"named": True}, takes_part),
    shared("PUT /retrospective", {"went_well": "Much.", "to_improve": "Little."}, takes_part, accepted=too_early),
    graph("agreeToKpi", carries, digest=("String!", value("digest"))),
    graph("takeBackKpiAgreement", carries, accepted=graph_begun),
    graph("takeOffKpiStakeholder", changes_it, prepare=one_more, stakeholder=("UUID!", value("leaving_id")),
          reason=("String!", "Moved on.")),
    graph("proposeForKpi", takes_part, text=("String!", "Another quarter.")),
    graph("answerKpiProposal", leads, prepare=a_proposal, proposal=("UUID!", value("proposal_id")), answer=("ProposalAnswer!", "DECLINE")),
    graph("commentOnKpi", takes_part, text=("String!", "Well.")),
    graph("recordKpiPart", takes_part, stakeholder=("UUID!", value("stakeholder_id")), day=("Date!", "2026-03-01"),
          note=("String!", "Calls.")),
    graph("divideKpiCredit", changes_it, digest=("String!", value("digest")), shares=("[CreditShareInput!]!", [])),
    graph("chooseKpiNaming", takes_part, named=("Boolean!", True)),
    graph("lookBackOnKpi", takes_part, accepted=graph_too_early, wentWell=("String!", "Much."), toImprove=("String!", "Little.")),
]  # fmt: skip
