"""Findings with who muted them: what every door shows, and what a scorecard's quality counts."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from sqlalchemy import or_, select

from chassis.database import ReadSession
from kpi_api.cascade.queries import among
from kpi_api.findings import Card, Finding, Limits, findings_of_card
from kpi_api.findings.quality import Quality, quality_of
from kpi_api.people.models import OrganizationProfile
from kpi_api.scorecards.findings.definitions import Definitions
from kpi_api.scorecards.findings.models import FindingMuting
from kpi_api.scorecards.findings.reading import read_cards


@dataclass(frozen=True)
class Noted:
    """A finding about a scorecard, and the muting that holds today, if one does. Errors cannot be muted, since they refuse."""

    card: Card
    finding: Finding
    muting: FindingMuting | None


@dataclass(frozen=True)
class Linter:
    """The organization's limits, and the definitions met so far: one for as many scorecards as pass."""

    limits: Limits
    definitions: Definitions

    @classmethod
    async def of(cls, session: ReadSession) -> Self:
        profile = await session.get_one(OrganizationProfile, (session.organization_id, session.organization_id))
        return cls(profile.finding_limits, Definitions(profile.similar_names_from))

    async def noted(self, session: ReadSession, card_ids: Collection[UUID]) -> list[tuple[Card, list[Noted]]]:
        """These scorecards with what is found about each, in the order of their ids. Asks for no viewer: callers have checked."""
        cards = await read_cards(session, card_ids, self.definitions)
        mutings = await _mutings_today(session, card_ids)
        return [(card, list(_noted(card, findings_of_card(card, self.limits), mutings))) for card in cards]


async def _mutings_today(session: ReadSession, card_ids: Collection[UUID]) -> Sequence[FindingMuting]:
    muting = FindingMuting
    here = or_(muting.scorecard_id.is_(None), among(muting.scorecard_id, card_ids))
    statement = select(muting).where(muting.organization_id == session.organization_id, muting.ends_on >= session.today, here)
    return (await session.scalars(statement)).all()


def _noted(card: Card, found: Sequence[Finding], mutings: Sequence[FindingMuting]) -> Iterator[Noted]:
    by_subject = {(muting.code, muting.scorecard_id, muting.kpi_id): muting for muting in mutings}
    for finding in found:
        code, kpi_id = finding.rule.code, finding.line.kpi_id if finding.line else None
        # The narrowest first.
        subjects = [(code, card.id, kpi_id), (code, card.id, None), (code, None, None)] if by_subject else []
        muting = next((by_subject[subject] for subject in subjects if subject in by_subject), None)
        yield Noted(card, finding, muting if finding.rule.severity != "error" else None)


def quality(found: Sequence[Noted]) -> Quality:
    """The quality of the scorecard of which this is everything that was found."""
    return quality_of(noted.finding.rule.severity for noted in found if noted.muting is None)
