"""kpi_api put together: every router, job and subscription, by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from chassis.audit.rest import audit_router
from chassis.database import Database
from chassis.development import clock_router
from chassis.event_feed import feed_router
from chassis.idempotency import EXPIRE, EXPIRE_SECONDS, expire_answers
from chassis.pictures.rendering import RENDERER, Renderer
from chassis.service import Resources, Service
from chassis.webhooks.delivery import deliver
from chassis.webhooks.dispatch import DELIVER, dispatch
from chassis.webhooks.rest import webhook_router
from kpi_api.access.door import clock_mover, current_viewer, feed_reader, webhook_administrator
from kpi_api.access.rest import delegations_router
from kpi_api.access.rest import router as access_router
from kpi_api.cascade.copying.rest import router as copying_router
from kpi_api.cascade.coverage.rest import router as coverage_router
from kpi_api.cascade.jobs import REFRESH_SIGHTS, REFRESH_SIGHTS_SECONDS, refresh_sights_of_people
from kpi_api.cascade.leading.rest import router as lead_router
from kpi_api.cascade.moving.rest import router as moving_router
from kpi_api.cascade.okrs.rest import router as okr_router
from kpi_api.cascade.pictures.rest import router as picture_router
from kpi_api.cascade.rest import router as cascade_router
from kpi_api.cascade.subtrees.rest import router as subtree_router
from kpi_api.cascade.uses import kpi_uses
from kpi_api.cascade.windows.rest import router as window_router
from kpi_api.cascade.withdrawing import CARRIERS
from kpi_api.closing.actions import ADVANCE
from kpi_api.closing.jobs import ADVANCE_SECONDS, advance_closings
from kpi_api.closing.rest import router as closing_router
from kpi_api.collaboration.jobs import CELEBRATE, CELEBRATE_SECONDS, celebrate_reached
from kpi_api.collaboration.rest import router as collaboration_router
from kpi_api.cycles.calendars.rest import router as calendar_router
from kpi_api.cycles.rest import router as cycles_router
from kpi_api.development.rest import router as development_router
from kpi_api.dictionary.applicability.rest import router as applicability_router
from kpi_api.dictionary.competencies.rest import router as competency_router
from kpi_api.dictionary.document.rest import router as document_router
from kpi_api.dictionary.duplicates.rest import router as duplicate_router
from kpi_api.dictionary.formulas.rest import router as formula_router
from kpi_api.dictionary.outcomes.rest import router as outcome_router
from kpi_api.dictionary.rest import router as dictionary_router
from kpi_api.dictionary.search.indexing import INDEX, INDEX_SECONDS, index_words
from kpi_api.dictionary.stewardship.jobs import (
    FOLLOW_LEAVERS,
    FOLLOW_LEAVERS_SECONDS,
    OPEN_DUE,
    OPEN_DUE_SECONDS,
    follow_leavers,
    open_due_reviews,
)
from kpi_api.dictionary.stewardship.rest import router as stewardship_router
from kpi_api.dictionary.templates.rest import router as template_router
from kpi_api.dictionary.uses import USERS
from kpi_api.event_types import EVENT_TYPES
from kpi_api.graphql.http import router as graphql_router
from kpi_api.hris.rest import deliveries as hris_deliveries
from kpi_api.hris.rest import router as hris_router
from kpi_api.identities.api_keys import TELL
from kpi_api.identities.linking import find_person
from kpi_api.identities.rest import router as identity_router
from kpi_api.identities.rest_api_keys import router as api_key_router
from kpi_api.measurements.difficulty.rest import router as difficulty_router
from kpi_api.measurements.milestones.rest import router as milestone_router
from kpi_api.measurements.rest import router as measurement_router
from kpi_api.people.jobs import END_LEAVERS, END_LEAVERS_SECONDS, end_leavers
from kpi_api.people.leaves.rest import router as leave_router
from kpi_api.people.privacy.erasure import CHECKS
from kpi_api.people.privacy.rest import router as privacy_router
from kpi_api.people.rest import router as people_router
from kpi_api.people.rest_structure import router as structure_router
from kpi_api.people.roles.rest import router as role_router
from kpi_api.reviews.queries import WHOSE
from kpi_api.reviews.rest import router as review_router
from kpi_api.scorecards.activation import ACTIVATE, ACTIVATE_SECONDS, activate_begun
from kpi_api.scorecards.agreement.rest import router as agreement_router
from kpi_api.scorecards.assignments.actions import ASSIGN, UNDO
from kpi_api.scorecards.assignments.jobs import assign
from kpi_api.scorecards.assignments.rest import router as assignment_router
from kpi_api.scorecards.assignments.undoing import undo
from kpi_api.scorecards.changes.asking import ASK, ask_carriers
from kpi_api.scorecards.changes.leaving import END, end_with_employment
from kpi_api.scorecards.changes.rest import router as change_router
from kpi_api.scorecards.copying.rest import router as scorecard_copy_router
from kpi_api.scorecards.corrections.applying import CORRECT
from kpi_api.scorecards.corrections.jobs import CORRECT_SECONDS, correct
from kpi_api.scorecards.corrections.rest import router as correction_router
from kpi_api.scorecards.discussion.rest import router as discussion_router
from kpi_api.scorecards.draft_table.rest import router as draft_table_router
from kpi_api.scorecards.findings.jobs import KEEP_QUALITY, KEEP_QUALITY_SECONDS, keep_quality
from kpi_api.scorecards.findings.rest import router as finding_router
from kpi_api.scorecards.offers.rest import router as offer_router
from kpi_api.scorecards.presence.rest import router as time_router
from kpi_api.scorecards.reminders.jobs import REMIND, REMIND_SECONDS, remind
from kpi_api.scorecards.rest import router as scorecard_router
from kpi_api.scorecards.template_table.rest import router as template_table_router
from kpi_api.scorecards.withdrawals import note_withdrawal
from kpi_api.scores.computing import COMPUTE, COMPUTE_SECONDS, compute_scores
from kpi_api.scores.paying_out import require_nothing_due
from kpi_api.scores.pushing import PUSH, PUSH_SECONDS, push_api_keys, push_people
from kpi_api.scores.rest import router as score_router
from kpi_api.scores.roll_ups.rest import router as roll_up_router
from kpi_api.scores.scoring_client import SCORING, open_scoring_client
from kpi_api.scores.time_away import MARK, mark_by_time_away
from kpi_api.settings import Settings

USERS[:] = [kpi_uses]
CHECKS[:] = [require_nothing_due]
CARRIERS[:] = [note_withdrawal]


@asynccontextmanager
async def open_resources(database: Database, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> AsyncIterator[Resources]:
    """What requests and jobs share."""
    scoring = open_scoring_client(settings.scoring_url, settings.key_folder, transport)
    try:
        yield {SCORING: scoring, RENDERER: Renderer()}
    finally:
        await scoring.close()


def make_service(settings: Settings | None = None, *, scoring_transport: httpx.AsyncBaseTransport | None = None) -> Service:
    """The service as its settings say. `scoring_transport` lets tests reach scoring in the same process."""
    settings = settings or Settings()
    return Service(
        name="kpi_api",
        title="Sightline KPI API",
        description="KPI dictionary, cascade, scorecards, measurements and reviews.",
        settings=settings,
        routers=[
            access_router,
            delegations_router,
            identity_router,
            api_key_router,
            people_router,
            leave_router,
            privacy_router,
            structure_router,
            role_router,
            cycles_router,
            calendar_router,
            hris_router,
            hris_deliveries,
            stewardship_router,
            document_router,
            duplicate_router,
            dictionary_router,
            competency_router,
            outcome_router,
            applicability_router,
            formula_router,
            template_table_router,  # before templates by their ids
            template_router,
            cascade_router,
            coverage_router,
            copying_router,
            lead_router,
            collaboration_router,
            development_router,
            moving_router,
            okr_router,
            window_router,
            subtree_router,
            picture_router,
            measurement_router,
            milestone_router,
            difficulty_router,
            draft_table_router,  # before scorecards by their ids
            scorecard_router,
            change_router,
            agreement_router,
            discussion_router,
            time_router,
            correction_router,
            assignment_router,
            scorecard_copy_router,
            offer_router,
            finding_router,
            review_router,
            closing_router,
            score_router,
            roll_up_router,
            graphql_router,
            audit_router(current_viewer, WHOSE),
            feed_router(feed_reader),
            webhook_router(webhook_administrator, EVENT_TYPES),
        ],
        development_routers=[clock_router(clock_mover)],
        jobs={
            END_LEAVERS: end_leavers,
            REFRESH_SIGHTS: refresh_sights_of_people,
            INDEX: index_words,
            OPEN_DUE: open_due_reviews,
            FOLLOW_LEAVERS: follow_leavers,
            ACTIVATE: activate_begun,
            ASK: ask_carriers,
            END: end_with_employment,
            REMIND: remind,
            CORRECT: correct,
            ASSIGN: assign,
            UNDO: undo,
            KEEP_QUALITY: keep_quality,
            COMPUTE: compute_scores,
            MARK: mark_by_time_away,
            CELEBRATE: celebrate_reached,
            PUSH: push_people,
            TELL: push_api_keys,
            ADVANCE: advance_closings,
            DELIVER: deliver(settings),
            EXPIRE: expire_answers,
        },
        subscriptions={
            "person.changed": [PUSH, FOLLOW_LEAVERS, END],
            "person.erased": [PUSH],
            "employment.changed": [REFRESH_SIGHTS, PUSH, MARK],
            "leave.changed": [MARK],
            "unit.changed": [REFRESH_SIGHTS],
            "measurement.recorded": [COMPUTE, CELEBRATE],
            "scorecard.activated": [COMPUTE],
            "scorecard.changed": [COMPUTE],
            "kpi.changed": [ASK],
            "kpi.withdrawn": [COMPUTE, ASK],
        },
        periodic={
            END_LEAVERS: END_LEAVERS_SECONDS,
            REFRESH_SIGHTS: REFRESH_SIGHTS_SECONDS,
            INDEX: INDEX_SECONDS,
            OPEN_DUE: OPEN_DUE_SECONDS,
            FOLLOW_LEAVERS: FOLLOW_LEAVERS_SECONDS,
            ACTIVATE: ACTIVATE_SECONDS,
            REMIND: REMIND_SECONDS,
            CORRECT: CORRECT_SECONDS,
            KEEP_QUALITY: KEEP_QUALITY_SECONDS,
            COMPUTE: COMPUTE_SECONDS,
            CELEBRATE: CELEBRATE_SECONDS,
            PUSH: PUSH_SECONDS,
            TELL: PUSH_SECONDS,
            ADVANCE: ADVANCE_SECONDS,
            EXPIRE: EXPIRE_SECONDS,
        },
        after_numbering=dispatch,
        find_person=find_person,
        resources=lambda database: open_resources(database, settings, scoring_transport),
    )
