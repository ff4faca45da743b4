"""The scorecards that a correction is about, some hundred at a time, each with what the correction makes of it."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.models import Kpi
from kpi_api.cascade.queries import among
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition
from kpi_api.scorecards.corrections.correcting import Corrected, Refusal, corrected
from kpi_api.scorecards.corrections.models import ScorecardCorrection
from kpi_api.scorecards.corrections.schemas import CorrectedLine
from kpi_api.scorecards.findings.queries import staff_of_unit
from kpi_api.scorecards.findings.refusing import findings_brought
from kpi_api.scorecards.models import Scorecard, ScorecardLine

CHUNK: Final = 200
IN_FORCE: Final = ("agreed", "active")


class Outcome(NamedTuple):
    """What a correction makes of a scorecard's text."""

    scorecard_id: UUID
    person_id: UUID
    made: Corrected | Refusal


def lines_of(correction: ScorecardCorrection) -> list[CorrectedLine]:
    return [CorrectedLine.model_validate(line) for line in correction.lines]


def selected(correction: ScorecardCorrection, day: date) -> Select[Any]:
    """Id, person and signed text of the scorecards, by id: who works in a unit is asked of the day on which they are noted."""
    codes = [line.definition_code for line in lines_of(correction)]
    carries = (
        select(ScorecardLine.scorecard_id)
        .join(Kpi, Kpi.id == ScorecardLine.kpi_id)
        .join(DefinitionVersion, DefinitionVersion.id == Kpi.definition_version_id)
        .join(KpiDefinition, KpiDefinition.id == DefinitionVersion.definition_id)
        .where(ScorecardLine.organization_id == correction.organization_id, KpiDefinition.code.in_(codes))
    )
    mine = (Scorecard.organization_id == correction.organization_id, Scorecard.cycle_id == correction.cycle_id)
    statement = select(Scorecard.id, Scorecard.person_id, Scorecard.agreement).where(*mine, Scorecard.status.in_(IN_FORCE))
    statement = statement.where(Scorecard.id.in_(carries)).order_by(Scorecard.id)
    if correction.template_id is not None:
        statement = statement.where(Scorecard.template_id == correction.template_id)
    if correction.unit_id is not None:
        statement = statement.where(Scorecard.person_id.in_(staff_of_unit(correction.organization_id, day, correction.unit_id)))
    return statement


async def chunks(session: WriteSession, correction: ScorecardCorrection, day: date) -> AsyncIterator[list[Outcome]]:
    """Every selected scorecard with what would become of it, in parts, so that many take no more memory than a few."""
    after = UUID(int=0)
    while rows := (await session.execute(selected(correction, day).where(Scorecard.id > after).limit(CHUNK))).all():
        yield await outcomes(session, correction, rows)
        after = rows[-1].id


async def outcomes(session: WriteSession, correction: ScorecardCorrection, rows: Sequence[Any]) -> list[Outcome]:
    """What the correction makes of scorecards: rows with `id`, `person_id` and `agreement`."""
    own, lines = await _own_kpis(session, [row.id for row in rows]), lines_of(correction)
    made = {row.id: corrected(row.agreement, lines, own.get(row.id, set())) for row in rows}
    texts = {id_: one.terms.document for id_, one in made.items() if isinstance(one, Corrected) and one.changes}
    for card_id, warnings in (await findings_brought(session, texts)).items():
        if warnings:
            made[card_id] = Refusal(warnings[0].code, warnings[0].message)
    return [Outcome(row.id, row.person_id, made[row.id]) for row in rows]


async def _own_kpis(session: ReadSession, scorecard_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """By scorecard the ids of the KPIs on it that are the person's own."""
    own = select(ScorecardLine.scorecard_id, ScorecardLine.kpi_id).join(Kpi, Kpi.id == ScorecardLine.kpi_id)
    found: dict[UUID, set[str]] = {}
    for row in await session.execute(own.where(Kpi.level == "individual", among(ScorecardLine.scorecard_id, scorecard_ids))):
        found.setdefault(row.scorecard_id, set()).add(str(row.kpi_id))
    return found
