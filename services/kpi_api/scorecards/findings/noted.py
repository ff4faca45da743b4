"""Findings with who muted them: what every door shows, and what a scorecard's quality counts."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
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

Subject = tuple[Any, ...]
"""What a muting is about: the code of its rule, and ids."""


@dataclass(frozen=True)
class Noted:
    """A finding about a scorecard, and the muting that holds today, if one does. Errors cannot be muted, since they refuse."""

    card: Card
    finding: Finding
    muting: FindingMuting | None


@dataclass(frozen=True)
class NotedOfUnit:
    """A finding about a unit, and the muting that holds today, if one does."""

    unit_id: UUID
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
    return (await session.scalars(statement.where(muting.unit_id.is_(None)))).all()


async def noted_of_unit(session: ReadSession, unit_id: UUID, cycle_id: UUID, found: Sequence[Finding]) -> list[NotedOfUnit]:
    """What was found about a unit in a cycle, with what mutes it: about this unit, in the cycle, or everywhere."""
    muting = FindingMuting
    here = or_(muting.unit_id == unit_id, muting.unit_id.is_(None) & muting.scorecard_id.is_(None))
    holds = (muting.organization_id == session.organization_id, muting.ends_on >= session.today, here)
    by_subject = {(row.code, row.unit_id, row.cycle_id): row for row in await session.scalars(select(muting).where(*holds))}
    places = ((unit_id, None), (None, cycle_id), (None, None))
    return [NotedOfUnit(unit_id, one, _first(by_subject, [(one.rule.code, *place) for place in places])) for one in found]


def _noted(card: Card, found: Sequence[Finding], mutings: Sequence[FindingMuting]) -> Iterator[Noted]:
    by_subject = {(muting.code, muting.scorecard_id, muting.kpi_id, muting.cycle_id): muting for muting in mutings}
    for finding in found:
        code, kpi_id = finding.rule.code, finding.line.kpi_id if finding.line else None
        # The narrowest first.
        subjects = [(code, card.id, kpi_id, None), (code, card.id, None, None), (code, None, None, card.cycle_id), (code, None, None, None)]
        muting = _first(by_subject, subjects) if by_subject else None
        yield Noted(card, finding, muting if finding.rule.severity != "error" else None)


def _first(mutings: Mapping[Subject, FindingMuting], subjects: Iterable[Subject]) -> FindingMuting | None:
    return next((mutings[subject] for subject in subjects if subject in mutings), None)


def quality(found: Sequence[Noted]) -> Quality:
    """The quality of the scorecard of which this is everything that was found."""
    return quality_of(noted.finding.rule.severity for noted in found if noted.muting is None)
