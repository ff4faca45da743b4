"""Loaders: each gathers the keys that one operation asks for and reads them with one call of a domain's query, by the viewer's sight.

A loader answers in the order of its keys, with None for what is out of sight.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.cascade.leading.queries import leads_of_kpis
from kpi_api.cascade.lines import lines_seen
from kpi_api.cascade.shown import kpi_views
from kpi_api.cycles.calendars.queries import sprints_of_calendars
from kpi_api.dictionary.competencies.queries import uses as competency_uses
from kpi_api.dictionary.outcomes.queries import serving
from kpi_api.graphql import reads
from kpi_api.graphql.context import Context
from kpi_api.graphql.development import goals_by_id
from kpi_api.graphql.dictionary import reads as dictionary
from kpi_api.measurements.milestones.queries import milestones_of_kpis
from kpi_api.measurements.queries import measurements_of_kpis
from kpi_api.measurements.standing import standings
from kpi_api.people.leaves.queries import leaves
from kpi_api.people.queries import employment_on
from kpi_api.people.roles.queries import histories
from kpi_api.scorecards.assessments import assessments_of_cards
from kpi_api.scorecards.changes.queries import changes_of_cards
from kpi_api.scorecards.corrections.queries import corrections_of_cards
from kpi_api.scorecards.discussion.queries import comments_of_cards
from kpi_api.scorecards.findings.queries import noted_of_cards
from kpi_api.scores.queries import scores

Key = TypeVar("Key", UUID, str)
Value = TypeVar("Value")

MAX_BATCH = 200


class Loaders:
    """The loaders of one operation."""

    def __init__(self, context: Context) -> None:
        self.people = loader(context, reads.people_by_id)
        self.employments = loader(context, _employments)
        self.leaves = loader(context, leaves)
        self.units = loader(context, reads.units_by_id)
        self.roles = loader(context, reads.roles_by_id)
        self.role_histories = loader(context, histories)
        self.competency_uses = loader(context, competency_uses)
        self.cycles = loader(context, reads.cycles_by_id)
        self.sprints = loader(context, sprints_of_calendars)
        self.kpis = loader(context, _kpis)
        self.development_goals = loader(context, goals_by_id)
        self.measurements = loader(context, measurements_of_kpis)
        self.measurement_histories = loader(context, partial(measurements_of_kpis, history=True))
        self.milestones = loader(context, milestones_of_kpis)
        self.standings = loader(context, standings)
        self.leads = loader(context, leads_of_kpis)
        self.lines_of_sight = loader(context, lines_seen)
        self.scorecards = loader(context, reads.scorecards_by_id)
        self.scorecard_lines = loader(context, reads.lines_of_scorecards)
        self.assessments = loader(context, assessments_of_cards)
        self.verbs = loader(context, reads.verbs_of_scorecards)
        self.scores = loader(context, scores)
        self.scorecard_comments = loader(context, comments_of_cards)
        self.scorecard_corrections = loader(context, corrections_of_cards)
        self.scorecard_changes = loader(context, changes_of_cards)
        self.findings = loader(context, noted_of_cards)
        self.definitions = loader(context, dictionary.definitions_by_id)
        self.definition_versions = loader(context, dictionary.versions_of_definitions)
        self.version_verbs = loader(context, dictionary.verbs_of_versions)
        self.outcomes = loader(context, dictionary.outcomes_by_id)
        self.serving_definitions = loader(context, serving)
        self.business_changes = loader(context, dictionary.business_changes_by_id)


def loader(
    context: Context, read: Callable[[Viewer, ReadSession, list[Key]], Awaitable[Mapping[Key, Value]]]
) -> DataLoader[Key, Value | None]:
    async def load(ids: list[Key]) -> Sequence[Value | None]:
        async with context.read() as session:
            found = await read(context.viewer, session, list(ids))
        return [found.get(id_) for id_ in ids]

    return DataLoader(load_fn=load, max_batch_size=MAX_BATCH)


async def _kpis(viewer: Viewer, session: ReadSession, ids: list[UUID]) -> dict[UUID, Any]:
    return {view.id: view for view in await kpi_views(viewer, session, ids)}


async def _employments(viewer: Viewer, session: ReadSession, person_ids: list[UUID]) -> dict[UUID, Any]:
    """The primary line of today of people whom the viewer was found to see."""
    return dict(await employment_on(session, person_ids, viewer.today))
