"""Scorecard templates in the graph: their versions, changes, and what they offer to a scorecard. Giving them to people: `assignments`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from chassis.database import ReadSession, WriteSession
from chassis.pagination import fetch_page
from chassis.problems import NotFound
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import ScorecardTemplate
from kpi_api.dictionary.templates import actions, queries, schemas
from kpi_api.dictionary.templates.eligibility import Eligibility as EligibilityRules
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, Node, connection, global_id, id_of, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found, tag, validated
from kpi_api.scorecards.offers import actions as offering
from kpi_api.scorecards.offers import schemas as offered


@strawberry.type(description="Whom a template is for; a rule that is empty is for everybody.")
class TemplateEligibility:
    roles: list[str]
    grades: list[str]
    has_direct_reports: bool | None
    employed_days: int | None = strawberry.field(description="Hired at least so many days before the scorecard begins.")

    @classmethod
    def of(cls, rules: EligibilityRules) -> "TemplateEligibility":
        return cls(**rules.model_dump())


@strawberry.type(description="One KPI of a template.")
class TemplateLine:
    definition_code: str
    weight: Decimal = strawberry.field(description="Out of 100.00.")
    component: str
    targets: list[JSON] = strawberry.field(description="As REST gives them.")
    retired: bool = strawberry.field(description="Its definition is in force no more: nobody can be given the template.")

    @classmethod
    def of(cls, line: schemas.TemplateLineOutput) -> "TemplateLine":
        same = {name: getattr(line, name) for name in ("definition_code", "weight", "component", "retired")}
        return cls(**same, targets=[JSON(target.model_dump(mode="json", exclude_none=True)) for target in line.targets])


@strawberry.type(description="What a template said in a version, and when the next one took its place.")
class TemplateVersion:
    number: int
    name: str
    replaced_at: datetime | None
    eligibility: TemplateEligibility
    lines: list[TemplateLine]

    @classmethod
    def of(cls, version: schemas.TemplateVersionOutput) -> "TemplateVersion":
        said = version.content
        lines = [schemas.TemplateLineOutput(position=n, **line.model_dump()) for n, line in enumerate(said.lines, start=1)]
        return cls(
            number=version.number,
            name=said.name,
            replaced_at=version.replaced_at,
            eligibility=TemplateEligibility.of(said.eligibility),
            lines=[TemplateLine.of(line) for line in lines],
        )


@strawberry.type(description="A set of KPIs with weights that total 100.00, from which scorecards are opened.")
class Template(Node):
    uuid: UUID
    code: str
    name: str
    role_code: str | None
    number: int = strawberry.field(description="Of the version.")
    retired_on: date | None
    version: int = strawberry.field(description="Counts its states; `changeTemplate` asks for the one that was read.")
    eligibility: TemplateEligibility
    lines: list[TemplateLine]

    @strawberry.field(description="Every version, newest first.")
    async def versions(self, info: Info) -> list[TemplateVersion]:
        async with info.context.read() as session:
            rows = await queries.template_versions(info.context.viewer, session, self.uuid)
        return [TemplateVersion.of(row) for row in rows]

    @classmethod
    def of(cls, shown: schemas.TemplateOutput) -> "Template":
        same = {name: getattr(shown, name) for name in ("code", "name", "role_code", "number", "retired_on", "version")}
        lines, rules = [TemplateLine.of(line) for line in shown.lines], TemplateEligibility.of(shown.eligibility)
        return cls(id=global_id("Template", shown.id), uuid=shown.id, eligibility=rules, lines=lines, **same)


@strawberry.input(description="Whom a template is for.")
class TemplateEligibilityInput:
    roles: list[str] = strawberry.field(default_factory=list)
    grades: list[str] = strawberry.field(default_factory=list)
    has_direct_reports: bool | None = None
    employed_days: int | None = None


@strawberry.input(description="One KPI of a template; targets as REST takes them.")
class TemplateLineInput:
    definition_code: str
    weight: Decimal
    targets: list[JSON]
    component: str = "kpis"


@strawberry.input(description="What a template says.")
class TemplateInput:
    name: str
    lines: list[TemplateLineInput] = strawberry.field(default_factory=list)
    role_code: str | None = None
    eligibility: TemplateEligibilityInput = strawberry.field(default_factory=TemplateEligibilityInput)

    def read(self) -> dict[str, object]:
        return {**vars(self), "eligibility": vars(self.eligibility), "lines": [vars(line) for line in self.lines]}


@strawberry.type(description="The template as it stands now.")
class TemplateChanged:
    template: Template


@strawberry.type(description="What a template offers of one line; what is null stays as the scorecard has it.")
class OfferedLine:
    change: str = strawberry.field(description="add, remove or change.")
    definition_code: str
    weight: Decimal | None
    component: str | None
    targets: list[JSON] | None
    sentences: list[str]

    @classmethod
    def of(cls, line: offered.OfferedLine) -> "OfferedLine":
        targets = None if line.targets is None else [JSON(target.model_dump(mode="json", exclude_none=True)) for target in line.targets]
        names = ("change", "definition_code", "weight", "component", "sentences")
        return cls(targets=targets, **{name: getattr(line, name) for name in names})


@strawberry.type(description="How a scorecard's template changed since it was opened, as far as the scorecard does not say so already.")
class TemplateOffer:
    template_uuid: UUID | None
    taken_number: int | None
    offered_number: int | None
    weights_total: Decimal
    lines: list[OfferedLine]


@strawberry.type(description="What was taken. `changeUuid` is the request that the other side answers; null for a draft.")
class TemplateOfferChanged:
    change_uuid: UUID | None
    taken: list[OfferedLine]


TemplateResult = Annotated[
    TemplateChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("TemplateResult", description="The template, or why it did not change."),
]
TemplateOfferResult = Annotated[
    TemplateOfferChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("TemplateOfferResult", description="What was taken, or why nothing was."),
]


async def load_template(info: Info, template_id: UUID | None) -> Template | None:
    """None for what is not there."""
    try:
        async with info.context.read() as session:
            row = await dictionary.template(info.context.viewer, session, template_id or UUID(int=0))
            return await _shown(session, row)
    except NotFound:
        return None


async def _shown(session: ReadSession, row: ScorecardTemplate) -> Template:
    return Template.of((await queries.templates_shown(session, [row], session.today))[row.id])


@strawberry.type
class TemplateQuery:
    @strawberry.field(description="A scorecard template; null for what is not there.")
    async def template(self, info: Info, id_: Id) -> Template | None:
        return await load_template(info, id_of("Template", id_))

    @strawberry.field(description="Scorecard templates by code.")
    async def templates(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Template]:
        viewer, page = info.context.viewer, page_request(info, first, after)
        async with info.context.read() as session:
            keys = [(ScorecardTemplate.code, lambda row: row.code)]
            rows = await fetch_page(session, dictionary.templates(viewer), page, keys=keys, scope=f"templates {viewer.subject}")
            shown = await queries.templates_shown(session, rows, session.today)
        return connection(rows, after, lambda row: Template.of(shown[row.id]))

    @strawberry.field(description="What its changed template offers to a scorecard; null where the scorecard is out of sight.")
    async def template_offer(self, info: Info, scorecard_id: strawberry.ID) -> TemplateOffer | None:
        try:
            async with info.context.read() as session:
                wanted = id_of("Scorecard", scorecard_id) or UUID(int=0)
                offer = await offering.template_offer(info.context.viewer, session, wanted)
        except NotFound:
            return None
        same = {name: getattr(offer, name) for name in ("taken_number", "offered_number", "weights_total")}
        return TemplateOffer(template_uuid=offer.template_id, lines=[OfferedLine.of(line) for line in offer.lines], **same)


TemplateGiven = Annotated[TemplateInput, strawberry.argument(name="input")]


@strawberry.type
class TemplateMutation:
    @strawberry.mutation(description="A template under a code of its own.")
    async def create_template(self, info: Info, code: str, input_: TemplateGiven) -> TemplateResult:
        async def write(session: WriteSession) -> TemplateChanged:
            given = validated(schemas.TemplateInput, {"code": code, **input_.read()})
            row = await actions.create_template(info.context.viewer, session, given)
            return TemplateChanged(template=await _shown(session, row))

        result: TemplateResult = await attempt(info, write)
        return result

    @strawberry.mutation(
        description="Write a template's next version; who was given it keeps what they have and is offered the difference."
    )
    async def change_template(self, info: Info, id_: Id, version: int, input_: TemplateGiven) -> TemplateResult:
        async def write(session: WriteSession) -> TemplateChanged:
            given = validated(schemas.TemplateContent, input_.read())
            row = await actions.change_template(info.context.viewer, session, found("Template", id_), given, tag(version))
            return TemplateChanged(template=await _shown(session, row))

        result: TemplateResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="Give a template to nobody any more.")
    async def retire_template(self, info: Info, id_: Id, version: int) -> TemplateResult:
        async def write(session: WriteSession) -> TemplateChanged:
            row = await actions.retire_template(info.context.viewer, session, found("Template", id_), tag(version))
            return TemplateChanged(template=await _shown(session, row))

        result: TemplateResult = await attempt(info, write)
        return result

    @strawberry.mutation(
        description="Take what its template offers to a scorecard: a draft gets it, of an agreed one the other side is asked."
    )
    async def take_template_offer(
        self, info: Info, id_: Id, version: int, effective_from: date | None = None, reason: str | None = None
    ) -> TemplateOfferResult:
        async def write(session: WriteSession) -> TemplateOfferChanged:
            given = validated(offered.TakeOffer, {"effective_from": effective_from, "reason": reason})
            taken = await offering.take_offer(info.context.viewer, session, found("Scorecard", id_), given, tag(version))
            return TemplateOfferChanged(change_uuid=taken.change_id, taken=[OfferedLine.of(line) for line in taken.taken])

        result: TemplateOfferResult = await attempt(info, write)
        return result
