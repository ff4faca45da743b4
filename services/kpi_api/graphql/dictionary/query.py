"""The dictionary's part of the root of reads."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON

from chassis.access import Viewer
from chassis.database import ReadSession
from chassis.expressions.published import grammar
from chassis.problems import NotFound
from kpi_api.dictionary import comparing, models, queries
from kpi_api.dictionary import uses as where_used
from kpi_api.dictionary.formulas import trials
from kpi_api.dictionary.search.queries import definitions_page
from kpi_api.dictionary.stewardship import queries as stewardship
from kpi_api.dictionary.stewardship.shown import reviews_shown
from kpi_api.graphql.dictionary.definitions import Definition, DefinitionDifference, DefinitionUse
from kpi_api.graphql.dictionary.formulas import FormulaResult, FormulaSampleInput, FormulaTrial, SourceMeasureInput, check_formula
from kpi_api.graphql.dictionary.outcomes import OutcomeQuery
from kpi_api.graphql.dictionary.stewardship import BusinessChange, DefinitionReview
from kpi_api.graphql.dictionary.words import DefinitionStatus
from kpi_api.graphql.nodes import DEFAULT_FIRST, After, Connection, First, Id, Info, connection, id_of, page_request

MAX_SEARCH = 200

Search = Annotated[
    str | None,
    strawberry.argument(description="Words in any script: whole, their beginning, or with a typing error; the best first."),
]
AsOf = Annotated[date | None, strawberry.argument(description="The day whose version in force is shown; today when left out.")]
Number = Annotated[int | None, strawberry.argument(description="Show this version instead, where it is in sight.")]


@strawberry.type
class DictionaryQuery(OutcomeQuery):
    @strawberry.field(description="KPI definitions by code, or those in force that a search finds; `area` by the outcome that they serve,"
                      " `status` by any version in sight.")  # fmt: skip
    async def definitions(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        search: Search = None,
        area: str | None = None,
        status: DefinitionStatus | None = None,
        as_of: AsOf = None,
    ) -> Connection[Definition]:
        if search is not None and len(search) > MAX_SEARCH:
            raise GraphQLError(f"A search has at most {MAX_SEARCH} characters.", extensions={"code": "too_long"})
        viewer, page = info.context.viewer, page_request(info, first, after)
        async with info.context.read() as session:
            day = as_of or session.today
            standing = status.value if status else None
            rows = await definitions_page(viewer, session, page, search, day, area=area, status=standing)
            versions = await queries.versions_shown(viewer, session, [row.id for row in rows], day)
        return connection(rows, after, lambda row: Definition.of(row, versions.get(row.id)))

    @strawberry.field(description="A KPI definition by its code or its id; null where there is none.")
    async def definition(
        self, info: Info, id_: Annotated[strawberry.ID | None, strawberry.argument(name="id")] = None, code: str | None = None,
        number: Number = None, as_of: AsOf = None,
    ) -> Definition | None:  # fmt: skip
        viewer = info.context.viewer
        try:
            async with info.context.read() as session:
                row = await _definition(viewer, session, id_, code)
                if number is not None:
                    return Definition.of(row, await queries.version(viewer, session, row.id, number))
                shown = await queries.versions_shown(viewer, session, [row.id], as_of or session.today)
                return Definition.of(row, shown.get(row.id))
        except NotFound:
            return None

    @strawberry.field(description="What changed between two versions, in sentences; null where one of them is out of sight.")
    async def definition_difference(self, info: Info, id_: Id, from_number: int, to_number: int) -> DefinitionDifference | None:
        try:
            async with info.context.read() as session:
                found = await comparing.difference(info.context.viewer, session, _id(id_), from_number, to_number)
                return DefinitionDifference.of(found)
        except NotFound:
            return None

    @strawberry.field(description="KPIs, templates and definitions that use a definition, as far as the viewer sees them.")
    async def definition_uses(self, info: Info, id_: Id) -> list[DefinitionUse] | None:
        try:
            async with info.context.read() as session:
                return [DefinitionUse.of(use) for use in await where_used.uses(info.context.viewer, session, _id(id_))]
        except NotFound:
            return None

    @strawberry.field(description="Who tried a version's formulas when, on what and with what result; the latest first, at most 100.")
    async def formula_trials(self, info: Info, id_: Id, number: int) -> list[FormulaTrial] | None:
        try:
            async with info.context.read() as session:
                return [FormulaTrial.of(row) for row in await trials.trials(info.context.viewer, session, _id(id_), number)]
        except NotFound:
            return None

    @strawberry.field(description="The language of formulas: operators, functions, how units combine, limits, and what can be wrong.")
    def formula_grammar(self) -> JSON:
        return JSON(grammar())

    @strawberry.field(description="A formula's unit, tree, results on samples, and what may surprise. Nothing is kept.")
    def check_formula(
        self,
        formula: str,
        measures: list[SourceMeasureInput],
        part_unit: str | None = None,
        samples: list[FormulaSampleInput] | None = None,
    ) -> FormulaResult:
        return check_formula(formula, measures, part_unit, samples or [])

    @strawberry.field(description="Definitions to be looked at, the first due first; `mine`: of those that the viewer owns.")
    async def definition_reviews(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None, open_only: bool = True, mine: bool = False,
        due_by: date | None = None,
    ) -> Connection[DefinitionReview]:  # fmt: skip
        viewer, page = info.context.viewer, page_request(info, first, after)
        async with info.context.read() as session:
            rows = await stewardship.reviews_page(viewer, session, page, open_only=open_only, mine=mine, due_by=due_by)
            shown = {review.id: DefinitionReview.of(review) for review in await reviews_shown(viewer, session, rows)}
        return connection(rows, after, lambda row: shown[row.id])

    @strawberry.field(description="What changed in the business, the latest first, with the definitions that it touches.")
    async def business_changes(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[BusinessChange]:
        page = page_request(info, first, after)
        async with info.context.read() as session:
            rows = await stewardship.changes_page(info.context.viewer, session, page)
            touched = await stewardship.definitions_of(session, [row.id for row in rows])
        return connection(rows, after, lambda row: BusinessChange.of(row, touched[row.id]))


def _id(id_: str) -> UUID:
    """The id of a definition; of what is no such id, one that finds nothing."""
    return id_of("Definition", id_) or UUID(int=0)


async def _definition(viewer: Viewer, session: ReadSession, id_: str | None, code: str | None) -> models.KpiDefinition:
    """Raises NotFound, GraphQLError `id_or_code`."""
    if (id_ is None) == (code is None):
        raise GraphQLError("Give either `id` or `code`.", extensions={"code": "id_or_code"})
    if code is not None:
        return await queries.definition_by_code(viewer, session, code)
    return await queries.definition(viewer, session, _id(id_ or ""))
