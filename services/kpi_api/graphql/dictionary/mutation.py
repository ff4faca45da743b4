"""The dictionary's part of the root of writes: the same actions as REST."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.dictionary import actions, approving, queries
from kpi_api.dictionary.formulas import trials
from kpi_api.dictionary.formulas.schemas import TrialInput
from kpi_api.dictionary.models import DefinitionVersion as VersionRow
from kpi_api.dictionary.problems import InUse, InvalidFormula, fields_under
from kpi_api.dictionary.schemas import SendingBack
from kpi_api.dictionary.stewardship import actions as stewardship
from kpi_api.dictionary.stewardship.schemas import Completion, Reassignment
from kpi_api.dictionary.stewardship.shown import reviews_shown
from kpi_api.graphql.dictionary.definitions import Definition
from kpi_api.graphql.dictionary.formulas import FormulaProblem, FormulaSampleInput, FormulaTrial
from kpi_api.graphql.dictionary.inputs import DefinitionChangeInput, DefinitionVersionInput, NewBusinessChange, NewDefinitionInput
from kpi_api.graphql.dictionary.outcomes import OutcomeMutation
from kpi_api.graphql.dictionary.results import (
    BusinessChangeChanged,
    BusinessChangeResult,
    DefinitionChanged,
    DefinitionResult,
    DefinitionReviewChanged,
    DefinitionReviewResult,
    DefinitionsReassignedChanged,
    FormulaTrialChanged,
    FormulaTrialResult,
    InUseProblem,
    ReassignResult,
)
from kpi_api.graphql.dictionary.stewardship import BusinessChange, DefinitionReview
from kpi_api.graphql.dictionary.words import DefinitionReviewOutcome
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.writing import attempt, found, tag, validated

NAMED = {InUse: InUseProblem, InvalidFormula: FormulaProblem}


async def change(info: Info, write: Callable[[WriteSession], Awaitable[tuple[Any, VersionRow | None]]]) -> DefinitionResult:
    """`write` gives the definition, or its id, and the version to show."""

    async def written(session: WriteSession) -> DefinitionChanged:
        definition, version = await write(session)
        if isinstance(definition, UUID):
            definition = await queries.definition(info.context.viewer, session, definition)
        return DefinitionChanged(definition=Definition.of(definition, version))

    result: DefinitionResult = await attempt(info, written, NAMED)
    return result


async def move(info: Info, id_: str, step: Callable[[WriteSession, UUID], Awaitable[VersionRow]]) -> DefinitionResult:
    """A step of a version's life."""

    async def moved(session: WriteSession) -> tuple[UUID, VersionRow]:
        definition_id = found("Definition", id_)
        return definition_id, await step(session, definition_id)

    return await change(info, moved)


@strawberry.type
class DictionaryMutation(OutcomeMutation):
    @strawberry.mutation(description="A new code in the dictionary with its first version, a draft that somebody else must approve.")
    async def create_definition(self, info: Info, definition: NewDefinitionInput) -> DefinitionResult:
        async def create(session: WriteSession) -> tuple[Any, VersionRow | None]:
            given = definition.read()
            with fields_under("/version"):
                return await actions.create_definition(info.context.viewer, session, given)

        return await change(info, create)

    @strawberry.mutation(description="A new version, as a draft. Refused, with what changed, when somebody changed the definition since.")
    async def add_definition_version(self, info: Info, id_: Id, state: int, version: DefinitionVersionInput) -> DefinitionResult:
        viewer = info.context.viewer
        return await move(info, id_, lambda s, one: actions.add_version(viewer, s, one, version.read(), tag(state)))

    @strawberry.mutation(description="Who answers for a definition, and when it is looked at anew.")
    async def change_definition(self, info: Info, id_: Id, state: int, changes: DefinitionChangeInput) -> DefinitionResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> tuple[Any, VersionRow | None]:
            row = await actions.change_definition(viewer, session, found("Definition", id_), changes.read(), tag(state))
            return row, (await queries.versions_shown(viewer, session, [row.id], session.today)).get(row.id)

        return await change(info, write)

    @strawberry.mutation(description="Ask for a draft's approval.")
    async def propose_definition_version(self, info: Info, id_: Id, number: int) -> DefinitionResult:
        return await move(info, id_, lambda s, one: approving.propose(info.context.viewer, s, one, number))

    @strawberry.mutation(description="Let a proposed version take effect from its date. Its author cannot approve it.")
    async def approve_definition_version(self, info: Info, id_: Id, number: int) -> DefinitionResult:
        return await move(info, id_, lambda s, one: approving.approve(info.context.viewer, s, one, number))

    @strawberry.mutation(description="Make a proposed version a draft again, for a reason that its author reads.")
    async def send_definition_version_back(self, info: Info, id_: Id, number: int, reason: str) -> DefinitionResult:
        async def back(session: WriteSession, definition_id: UUID) -> VersionRow:
            given = validated(SendingBack, {"reason": reason})
            return await approving.send_back(info.context.viewer, session, definition_id, number, given)

        return await move(info, id_, back)

    @strawberry.mutation(description="End the use of an approved version from a day on; refused while something uses it then, saying what.")
    async def retire_definition_version(self, info: Info, id_: Id, number: int, from_day: date) -> DefinitionResult:
        return await move(info, id_, lambda s, one: approving.retire(info.context.viewer, s, one, number, from_day))

    @strawberry.mutation(description="Run the formula of a draft's or proposal's part on samples and keep what came out.")
    async def try_formula(
        self, info: Info, id_: Id, number: int, samples: list[FormulaSampleInput], part: str = "main"
    ) -> FormulaTrialResult:
        async def write(session: WriteSession) -> FormulaTrialChanged:
            given = validated(TrialInput, {"part": part, "samples": [sample.read() for sample in samples]})
            trial = await trials.try_formula(info.context.viewer, session, found("Definition", id_), number, given)
            return FormulaTrialChanged(trial=FormulaTrial.of(trial))

        result: FormulaTrialResult = await attempt(info, write, NAMED)
        return result

    @strawberry.mutation(description="The business changes: each definition that it touches is to be reviewed.")
    async def record_business_change(self, info: Info, business_change: NewBusinessChange) -> BusinessChangeResult:
        async def write(session: WriteSession) -> BusinessChangeChanged:
            row, touched = await stewardship.record_business_change(info.context.viewer, session, business_change.read())
            return BusinessChangeChanged(business_change=BusinessChange.of(row, touched))

        result: BusinessChangeResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Say what came of looking at a definition.")
    async def complete_definition_review(
        self, info: Info, id_: Id, outcome: DefinitionReviewOutcome, note: str = ""
    ) -> DefinitionReviewResult:
        async def write(session: WriteSession) -> DefinitionReviewChanged:
            viewer, given = info.context.viewer, validated(Completion, {"outcome": outcome.value, "note": note})
            row = await stewardship.complete(viewer, session, found("DefinitionReview", id_), given)
            [shown] = await reviews_shown(viewer, session, [row])
            return DefinitionReviewChanged(review=DefinitionReview.of(shown))

        result: DefinitionReviewResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Everything that one person owns or stewards in the dictionary passes to another.")
    async def reassign_definitions(self, info: Info, from_person: strawberry.ID, to_person: strawberry.ID) -> ReassignResult:
        async def write(session: WriteSession) -> DefinitionsReassignedChanged:
            ids = {"from_person_id": found("Person", from_person), "to_person_id": found("Person", to_person)}
            done = await stewardship.reassign(info.context.viewer, session, Reassignment.model_validate(ids))
            return DefinitionsReassignedChanged(owned=done.owned, stewarded=done.stewarded)

        result: ReassignResult = await attempt(info, write)
        return result
