"""What refuses an agreement where the organization wants no warnings either (`finding_limits.warnings_refuse_agreement`)."""

from chassis.database import ReadSession
from chassis.problems import FieldError
from kpi_api.scorecards.findings.noted import Linter
from kpi_api.scorecards.models import Scorecard


async def warnings_against(session: ReadSession, card: Scorecard) -> list[FieldError]:
    """The warnings that stand and are not muted, as far as the organization lets them refuse."""
    linter = await Linter.of(session)
    if not linter.limits.warnings_refuse_agreement:
        return []
    return [
        FieldError(
            field=f"/lines/{noted.finding.line.number - 1}" if noted.finding.line else "/lines",
            code=noted.finding.rule.code,
            message=noted.finding.sentence,
        )
        for _, found in await linter.noted(session, [card.id])
        for noted in found
        if noted.finding.rule.severity == "warning" and noted.muting is None
    ]
