"""Read what a template offers to a scorecard, and take it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.etags import require_match
from chassis.identifiers import new_id
from chassis.problems import NotAllowed
from kpi_api.cascade.actions import change_targets
from kpi_api.cascade.from_template import Recipient, create_kpis_from_template
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import KpiDefinition, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.templates.queries import content, content_of
from kpi_api.scorecards import queries
from kpi_api.scorecards.actions import replace_lines
from kpi_api.scorecards.changes.actions import request_change
from kpi_api.scorecards.changes.schemas import ChangedLine, ChangeRequest
from kpi_api.scorecards.models import Scorecard
from kpi_api.scorecards.offers.offering import Offer, Present, facts_of, offers
from kpi_api.scorecards.offers.problems import DayAndReasonNeeded, NothingOffered
from kpi_api.scorecards.offers.schemas import OfferedLine, OfferTaken, TakeOffer, TemplateOffer
from kpi_api.scorecards.problems import OpeningRefused
from kpi_api.scorecards.queries import LineFacts
from kpi_api.scorecards.schemas import LineInput


async def template_offer(viewer: Viewer, session: ReadSession, scorecard_id: UUID) -> TemplateOffer:
    """What a scorecard's template offers now; nothing where it has none or says the same. Raises NotFound."""
    card = await queries.scorecard(viewer, session, scorecard_id)
    if card.template_id is None:
        return TemplateOffer(
            scorecard_id=card.id, template_id=None, taken_number=None, offered_number=None, lines=[], weights_total=Decimal(0)
        )
    template, lines = await _template(session, card), await queries.lines(session, card.id)
    found = await _offers(session, card, template, lines)
    return TemplateOffer(
        scorecard_id=card.id,
        template_id=template.id,
        taken_number=card.template_number or 1,
        offered_number=template.number,
        lines=[OfferedLine.model_validate(offer) for offer in found],
        weights_total=sum((line.weight or Decimal(0) for line in _merged(lines, found, {})), Decimal(0)) + _added(found),
    )


async def take_offer(viewer: Viewer, session: WriteSession, scorecard_id: UUID, given: TakeOffer, if_match: str | None) -> OfferTaken:
    """Take everything that is offered: into a draft at once; for an agreed scorecard as a request of the viewer's side.

    Raises NotFound, PreconditionRequired, PreconditionFailed, NotAllowed, NothingOffered, DayAndReasonNeeded, OpeningRefused, and what
    `replace_lines` or `request_change` raises.
    """
    card = await queries.scorecard(viewer, session, scorecard_id)
    require_match(if_match, card)
    if not await queries.sides(viewer, session, card):
        raise NotAllowed("Only the person, their manager or HR may take it.")
    if card.template_id is None:
        raise NothingOffered("It was opened from no template.")
    template, lines = await _template(session, card), await queries.lines(session, card.id)
    found = await _offers(session, card, template, lines)
    if not found:
        raise NothingOffered("The scorecard says what its template says, or its sides have decided otherwise.")
    taken = [OfferedLine.model_validate(offer) for offer in found]
    created = await _create(viewer, session, card, [offer for offer in found if offer.change == "add"])
    if card.agreement is None:
        await _change_targets(viewer, session, lines, found)
        await replace_lines(viewer, session, card.id, _merged(lines, found, created), if_match)
        card.template_number = template.number
        await session.flush()
        return OfferTaken(scorecard_id=card.id, change_id=None, taken=taken)
    return OfferTaken(scorecard_id=card.id, change_id=await _request(viewer, session, card, given, lines, found, created), taken=taken)


async def _template(session: ReadSession, card: Scorecard) -> ScorecardTemplate:
    return await session.get_one(ScorecardTemplate, (card.organization_id, card.template_id))


async def _offers(session: ReadSession, card: Scorecard, template: ScorecardTemplate, lines: Sequence[LineFacts]) -> list[Offer]:
    """Raises NotFound for a version that never was."""
    before, now = await content_of(session, template, card.template_number or 1), await content(session, template)
    present = {
        facts.definition_code: Present(facts.line.weight, facts.line.component, facts_of(facts.targets)) for facts in reversed(lines)
    }
    codes = {line.definition_code for said in (before, now) for line in said.lines}
    return offers(before, now, present, await _names(session, codes))


async def _names(session: ReadSession, codes: set[str]) -> dict[str, str]:
    ids = await dictionary.ids_by_code(session, KpiDefinition, codes)
    in_force = await dictionary.versions_in_force(session, ids.values(), session.today)
    return {code: in_force[id_].name for code, id_ in ids.items() if id_ in in_force}


async def _create(viewer: Viewer, session: WriteSession, card: Scorecard, added: Sequence[Offer]) -> dict[str, UUID]:
    """KPIs of the person's own for what is added, by definition. Raises OpeningRefused."""
    cycle = await session.get_one(Cycle, (card.organization_id, card.cycle_id))
    lines = [_template_line(position, offer) for position, offer in enumerate(added, start=1)]
    recipient = Recipient(card.person_id, card.window_start, card.window_end)
    (personal,) = await create_kpis_from_template(viewer, session, lines, cycle, [recipient], {})
    if personal.errors:
        raise OpeningRefused(personal.errors[0].message, errors=[error.model_copy(update={"row": None}) for error in personal.errors])
    return {line.definition_code: personal.kpi_ids[line.id] for line in lines}


def _template_line(position: int, offer: Offer) -> TemplateLine:
    targets = [target.model_dump(mode="json") for target in offer.targets or ()]
    return TemplateLine(
        id=new_id(),
        position=position,
        definition_code=offer.definition_code,
        weight=offer.weight,
        component=offer.component,
        targets=targets,
    )


async def _change_targets(viewer: Viewer, session: WriteSession, lines: Sequence[LineFacts], found: Sequence[Offer]) -> None:
    """Other targets for the person's own KPIs; one that is shared with others keeps what it has."""
    kpis = {facts.definition_code: facts.kpi for facts in lines if facts.kpi.owner_person_id is not None}
    for offer in found:
        if offer.change == "change" and offer.targets is not None and offer.definition_code in kpis:
            await change_targets(viewer, session, kpis[offer.definition_code].id, offer.targets, "*")


async def _request(
    viewer: Viewer,
    session: WriteSession,
    card: Scorecard,
    given: TakeOffer,
    lines: Sequence[LineFacts],
    found: Sequence[Offer],
    created: Mapping[str, UUID],
) -> UUID:
    if given.effective_from is None or given.reason is None:
        raise DayAndReasonNeeded("The scorecard is agreed: say from which day on it is to change, and why.", field="/effective_from")
    targets = {offer.definition_code: offer.targets for offer in found if offer.change == "change"}
    of_kpi = {facts.kpi.id: targets.get(facts.definition_code) for facts in lines if facts.kpi.owner_person_id is not None}
    asked = [
        ChangedLine(**line.model_dump(), targets=list(of_kpi[line.kpi_id] or ()) or None if line.kpi_id in of_kpi else None)
        for line in _merged(lines, found, created)
    ]
    request = ChangeRequest(effective_from=given.effective_from, reason=given.reason, lines=asked)
    return (await request_change(viewer, session, card.id, request)).id


def _merged(lines: Sequence[LineFacts], found: Sequence[Offer], created: Mapping[str, UUID]) -> list[LineInput]:
    """The scorecard's lines with what is offered; what is added stands last."""
    by_code = {offer.definition_code: offer for offer in found}
    kept = [(facts, by_code.get(facts.definition_code)) for facts in lines]
    changed = [
        LineInput(
            kpi_id=facts.kpi.id,
            weight=offer.weight if offer and offer.weight is not None else facts.line.weight,
            component=offer.component if offer and offer.component else facts.line.component,
        )
        for facts, offer in kept
        if offer is None or offer.change != "remove"
    ]
    return changed + [
        LineInput(kpi_id=created[offer.definition_code], weight=offer.weight, component=offer.component or "kpis")
        for offer in found
        if offer.change == "add" and offer.definition_code in created
    ]


def _added(found: Sequence[Offer]) -> Decimal:
    return sum((offer.weight or Decimal(0) for offer in found if offer.change == "add"), Decimal(0))
