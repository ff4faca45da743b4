"""What refuses an agreement where the organization wants no warnings either (`finding_limits.warnings_refuse_agreement`).

A first agreement has no warning at all. Another text of what is agreed brings none that the scorecard does not have already: what time has
brought since, such as a date that was missed, refuses no change.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, insert

from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError
from kpi_api.cascade.queries import among
from kpi_api.scorecards.findings.noted import Linter, Noted
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from kpi_api.scorecards.terms import Document


async def warnings_against(session: ReadSession, card: Scorecard) -> list[FieldError]:
    """The warnings that stand and are not muted, as far as the organization lets them refuse."""
    linter = await Linter.of(session)
    if not linter.limits.warnings_refuse_agreement:
        return []
    return [_error(noted) for _, found in await linter.noted(session, [card.id]) for noted in _warnings(found)]


async def warnings_brought(session: WriteSession, texts: Mapping[UUID, Document]) -> dict[UUID, list[FieldError]]:
    """By scorecard, the warnings that its new text would bring, as far as the organization lets them refuse. The new lines are written for
    the linter to read, and taken back; the figures of targets are not, since no warning is about them.
    """
    linter = await Linter.of(session)
    if not linter.limits.warnings_refuse_agreement or not texts:
        return {}
    had = {card.id: {_subject(noted) for noted in _warnings(found)} for card, found in await linter.noted(session, list(texts))}
    savepoint = await session.begin_nested()
    await _suppose(session, texts)
    supposed = await linter.noted(session, list(texts))
    await savepoint.rollback()
    return {card.id: [_error(noted) for noted in _warnings(found) if _subject(noted) not in had[card.id]] for card, found in supposed}


def _warnings(found: Iterable[Noted]) -> list[Noted]:
    return [noted for noted in found if noted.finding.rule.severity == "warning" and noted.muting is None]


def _subject(noted: Noted) -> tuple[str, UUID | None]:
    return noted.finding.rule.code, noted.finding.line.kpi_id if noted.finding.line else None


def _error(noted: Noted) -> FieldError:
    line = noted.finding.line
    return FieldError(field=f"/lines/{line.number - 1}" if line else "/lines", code=noted.finding.rule.code, message=noted.finding.sentence)


async def _suppose(session: WriteSession, texts: Mapping[UUID, Document]) -> None:
    own = ScorecardLine.organization_id == session.organization_id
    await session.execute(delete(ScorecardLine).where(own, among(ScorecardLine.scorecard_id, texts)))
    lines = [
        {
            "organization_id": session.organization_id, "id": new_id(), "scorecard_id": card_id, "kpi_id": UUID(line["kpi_id"]),
            "weight": Decimal(line["weight"]), "component": line["component"], "position": position,
        }
        for card_id, text in texts.items()
        for position, line in enumerate(text["lines"], start=1)
    ]  # fmt: skip
    await session.execute(insert(ScorecardLine), lines)
