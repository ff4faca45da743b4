"""REST doors of formulas: the language for front ends, checking, and trials before approval."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from chassis.expressions.published import grammar
from chassis.idempotency import IdempotencyKey
from chassis.transactions import Read, TransactionalRoute, Write
from kpi_api.access.door import CurrentViewer
from kpi_api.dictionary.formulas import trials
from kpi_api.dictionary.formulas.checking import check
from kpi_api.dictionary.formulas.schemas import FormulaInput, FormulaOutput, TrialInput, TrialOutput
from kpi_api.dictionary.rest import VersionNumber

router = APIRouter(prefix="/v1", tags=["dictionary"], route_class=TransactionalRoute)


@router.get("/formulas/grammar", summary="Read the language of formulas")
async def read_grammar(viewer: CurrentViewer) -> dict[str, Any]:
    """Operators, functions, how units combine, why there may be no value, limits, and what can be wrong."""
    return grammar()


@router.post("/formulas/check", summary="Check a formula")
async def check_formula(given: FormulaInput, viewer: CurrentViewer) -> FormulaOutput:
    """Its unit, its tree, what it gives on samples, and what may surprise. Nothing is kept. A refusal (`invalid_formula`) has the code of
    what is wrong as `reason` and the character as `position`."""
    return check(given)


@router.post("/definitions/{definition_id}/versions/{number}/try", status_code=201, summary="Try a formula on sample data")
async def try_formula(
    definition_id: UUID,
    number: VersionNumber,
    given: TrialInput,
    viewer: CurrentViewer,
    session: Write,
    idempotency_key: IdempotencyKey = None,
) -> TrialOutput:
    """Run the formula of a draft's or proposal's part on samples and keep what came out. A formula that never gave a value is not
    approved."""
    return TrialOutput.model_validate(await trials.try_formula(viewer, session, definition_id, number, given))


@router.get("/definitions/{definition_id}/versions/{number}/trials", summary="List trials of a version's formulas")
async def list_trials(definition_id: UUID, number: VersionNumber, viewer: CurrentViewer, session: Read) -> Sequence[TrialOutput]:
    """Who tried its formulas when, on what and with what result; the latest first, at most 100."""
    return [TrialOutput.model_validate(row) for row in await trials.trials(viewer, session, definition_id, number)]
