"""What refuses an agreement besides errors in the text itself, where the organization wants it: warnings (`warnings_refuse_agreement` of
`finding_limits`), and shared KPIs to whose terms not all have agreed (`stakeholders_must_agree`), which are errors then.

A first agreement has no such finding at all. Another text of what is agreed brings none that the scorecard does not have already: what time
has brought since, such as a date that was missed, refuses no change.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, insert

from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import FieldError
from kpi_api.cascade.queries import among
from kpi_api.findings import Limits, Severity
from kpi_api.scorecards.findings.noted import Linter, Noted
from kpi_api.scorecards.models import Scorecard, ScorecardLine
from kpi_api.scorecards.terms import Document


async def findings_against(session: ReadSession, card: Scorecard, *, despite_warnings: bool = False) -> list[FieldError]:
    """What stands and is not muted, as far as the organization lets it refuse."""
    linter = await Linter.of(session)
    severities = _severities(linter.limits) - ({"warning"} if despite_warnings else set())
    if not severities:
        return []
    return [_error(noted) for _, found in await linter.noted(session, [card.id]) for noted in _refusing(found, severities)]


async def findings_brought(session: WriteSession, texts: Mapping[UUID, Document]) -> dict[UUID, list[FieldError]]:
    """By scorecard, what its new text would bring, as far as the organization lets it refuse. The new lines are written for the linter to
    read, and taken back; the figures of targets are not, since nothing that counts here is about them.
    """
    linter = await Linter.of(session)
    severities = _severities(linter.limits)
    if not severities or not texts:
        return {}
    had = {card.id: {_subject(noted) for noted in _refusing(found, severities)} for card, found in await linter.noted(session, list(texts))}
    savepoint = await session.begin_nested()
    await _suppose(session, texts)
    supposed = await linter.noted(session, list(texts))
    await savepoint.rollback()
    return {
        card.id: [_error(noted) for noted in _refusing(found, severities) if _subject(noted) not in had[card.id]]
        for card, found in supposed
    }


def _severities(limits: Limits) -> set[Severity]:
    """Errors that the text itself has are refused before this is asked; others there are only of shared KPIs."""
    refusing: set[Severity] = {"warning"} if limits.warnings_refuse_agreement else set()
    return refusing | ({"error"} if limits.stakeholders_must_agree else set())


def _refusing(found: Iterable[Noted], severities: set[Severity]) -> list[Noted]:
    return [noted for noted in found if noted.finding.rule.severity in severities and noted.muting is None]


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
