"""Definitions that look alike in the graph, and their resolution."""

from decimal import Decimal
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry

from chassis.database import WriteSession
from kpi_api.dictionary.duplicates import actions, queries, schemas
from kpi_api.dictionary.duplicates.shown import duplicates_shown
from kpi_api.graphql.nodes import Connection, Info, connection, page_request
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.writing import attempt, found


@strawberry.enum(description="Why two definitions look alike.")
class DuplicateReason(Enum):
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    SAME_FORMULA = "same_formula"


@strawberry.enum(description="Merge one into the other, rename it by a draft, or state what the difference is.")
class ResolveBy(Enum):
    MERGE = "merge"
    RENAME = "rename"
    STATED_DIFFERENCE = "stated_difference"


@strawberry.type(description="One of two definitions that look alike, as its version in force has it.")
class DuplicateSide:
    uuid: UUID
    code: str
    name: str
    number: int

    @classmethod
    def of(cls, side: schemas.DescribedOutput) -> "DuplicateSide":
        return cls(uuid=side.id, code=side.code, name=side.name, number=side.number)


@strawberry.type(description="Two live definitions that look alike.")
class DefinitionDuplicate:
    definition: DuplicateSide
    other: DuplicateSide
    why: list[DuplicateReason]
    similarity: Decimal = strawberry.field(description="From 0 to 1; 1 for one name or one formula.")
    sentence: str
    note: str | None = strawberry.field(description="The difference that somebody stated; null while it is to be resolved.")

    @classmethod
    def of(cls, row: schemas.DuplicateOutput) -> "DefinitionDuplicate":
        return cls(
            definition=DuplicateSide.of(row.definition),
            other=DuplicateSide.of(row.other),
            why=[DuplicateReason(why) for why in row.why],
            similarity=row.similarity,
            sentence=row.sentence,
            note=row.statement.note if row.statement else None,
        )


@strawberry.type(description="What was done: the survivor's code after a merge, the number of the draft after renaming.")
class DuplicateChanged:
    merged_into: str | None
    draft_number: int | None


DuplicateResult = Annotated[
    DuplicateChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("DuplicateResult", description="What was done about the two, or why nothing was."),
]


async def load_duplicates(info: Info, first: int, after: str | None, *, stated: bool) -> Connection[DefinitionDuplicate]:
    page = page_request(info, first, after)
    async with info.context.read() as session:
        rows = await queries.duplicates_page(info.context.viewer, session, page, stated=stated)
        shown = await duplicates_shown(info.context.viewer, session, rows)
    by_pair = {id(row): DefinitionDuplicate.of(output) for row, output in zip(rows, shown, strict=True)}
    return connection(rows, after, lambda row: by_pair[id(row)])


async def resolve_duplicate(
    info: Info, definition: strawberry.ID, other: strawberry.ID, by: ResolveBy, note: str, name: str | None
) -> DuplicateResult:
    async def write(session: WriteSession) -> DuplicateChanged:
        ids = {"definition_id": found("Definition", definition), "other_id": found("Definition", other)}
        given = schemas.Resolution.model_validate({**ids, "by": by.value, "note": note, "name": name})
        done = await actions.resolve(info.context.viewer, session, given)
        return DuplicateChanged(merged_into=done.merged_into, draft_number=done.draft_number)

    result: DuplicateResult = await attempt(info, write)
    return result
