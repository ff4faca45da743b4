"""REST doors of findings: the registry, what is found about scorecards and units, mutings, and quality over time."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.idempotency import IdempotencyKey
from chassis.pagination import Page, Paging
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.findings import RULES, Severity
from kpi_api.scorecards import queries as scorecards
from kpi_api.scorecards.findings import actions, queries
from kpi_api.scorecards.findings.noted import quality
from kpi_api.scorecards.findings.schemas import (
    FindingOutput,
    MutingOutput,
    NewMuting,
    QualityOnDay,
    QualityOutput,
    QualityOverTime,
    RuleOutput,
    ScorecardFindings,
    muting_shown,
)
from kpi_api.scorecards.findings.units import findings_about_unit

router = APIRouter(prefix="/v1", tags=["findings"], route_class=TransactionalRoute)

CycleWanted = Annotated[str, Query(min_length=1, max_length=100, description="The cycle, by id or code.")]
UnitWanted = Annotated[UUID | None, Query(description="Only who works today in this unit or below it.")]


@router.get("/findings/rules", summary="List the rules of the design linter")
async def list_rules(viewer: CurrentViewer, session: Read) -> list[RuleOutput]:
    """Every rule with its severity, the reason, what follows from leaving it, what to do, and where it comes from."""
    return [RuleOutput.of(rule) for rule in RULES.values()]


@router.get("/scorecards/{scorecard_id}/findings", summary="Read what is found about a scorecard")
async def read_scorecard_findings(scorecard_id: UUID, viewer: CurrentViewer, session: Read) -> ScorecardFindings:
    """Errors, warnings and information, also while it is a draft, and the quality they leave. Errors refuse proposing and agreeing."""
    card = await scorecards.scorecard(viewer, session, scorecard_id)
    found = (await queries.noted_of_cards(viewer, session, [card.id]))[card.id]
    return ScorecardFindings(
        scorecard_id=card.id,
        findings=[FindingOutput.of(noted, viewer.today) for noted in found],
        quality=QualityOutput.of(quality(found)),
        history=[QualityOnDay.model_validate(row) for row in await queries.history_of(viewer, session, card)],
    )


@router.get("/findings", summary="List findings about scorecards")
async def list_findings(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    cycle: CycleWanted,
    unit_id: UnitWanted = None,
    severity: Severity | None = None,
    code: Annotated[str | None, Query(max_length=100, description="Of one rule only.")] = None,
    muted: Annotated[bool, Query(description="Those that somebody let stand, instead of the others.")] = False,
) -> Page[FindingOutput]:
    """Findings about the scorecards that you see, by scorecard. At most 5,000 scorecards are looked at for one page: a page may be short
    or empty, and `next` goes on behind them."""
    rows = await queries.findings_page(viewer, session, page, cycle=cycle, unit_id=unit_id, severity=severity, code=code, muted=muted)
    return Page(items=[FindingOutput.of(noted, viewer.today) for noted in rows], next=page.link_next(rows))


@router.get("/units/{unit_id}/findings", summary="Read what is found about a unit")
async def read_unit_findings(unit_id: UUID, viewer: CurrentViewer, session: Read, cycle: CycleWanted) -> list[FindingOutput]:
    """About the unit's own KPIs in a cycle, for who leads it or sees every KPI; what somebody let stand says so."""
    return [FindingOutput.of_unit(noted, viewer.today) for noted in await findings_about_unit(viewer, session, unit_id, cycle)]


@router.get("/findings/quality", summary="Read the quality of scorecards over time")
async def read_quality(viewer: CurrentViewer, session: Read, cycle: CycleWanted, unit_id: UnitWanted = None) -> QualityOverTime:
    """The mean points of the scorecards that you see in a cycle, by day on which one of them changed; looked at once a day."""
    return await queries.quality_over_time(viewer, session, cycle, unit_id)


@router.get("/findings/mutings", summary="List muted findings")
async def list_mutings(
    viewer: CurrentViewer,
    session: Read,
    page: Paging,
    scorecard_id: Annotated[UUID | None, Query(description="Only of this scorecard.")] = None,
) -> Page[MutingOutput]:
    """What was muted everywhere, in cycles, about units that you lead, or on scorecards that you see, oldest first. Those that ended, or
    whose rule is gone, say so."""
    rows = await queries.mutings_page(viewer, session, page, scorecard_id=scorecard_id)
    return Page(items=[muting_shown(row, viewer.today) for row in rows], next=page.link_next(rows))


@router.post("/findings/mutings", status_code=201, summary="Mute findings of a rule")
async def post_muting(
    given: NewMuting, viewer: CurrentViewer, session: Write, response: Response, idempotency_key: IdempotencyKey = None
) -> MutingOutput:
    """Let them stand until a day, with a reason: on a scorecard by its manager or HR, about a unit by whoever leads it from above or HR, in
    a cycle and everywhere by HR. Errors cannot be muted."""
    muting = await actions.mute(viewer, session, given)
    response.headers["Location"] = f"/v1/findings/mutings/{muting.id}"
    return muting_shown(muting, viewer.today)


@router.delete("/findings/mutings/{muting_id}", status_code=204, summary="Take a muting back")
async def delete_muting(muting_id: UUID, viewer: CurrentViewer, session: Write) -> None:
    """What was muted is a finding again. By who may mute it."""
    await actions.unmute(viewer, session, muting_id)
