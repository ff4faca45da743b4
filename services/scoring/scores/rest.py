"""Live scores over REST."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from chassis.transactions import Read, TransactionalRoute
from scoring.access.door import CurrentViewer
from scoring.scores import actions
from scoring.scores.schemas import ScoresIn, ScoresOut
from scoring.scores.streaming import Answered, received, score_file

router = APIRouter(prefix="/v1/scores", tags=["scores"], route_class=TransactionalRoute)

ARROW = "application/vnd.apache.arrow.stream"
PIECE = 1024 * 1024
SNAPSHOTS = {"schema": {"type": "string", "format": "binary", "description": "Arrow IPC streams, one after the other."}}
HEADERS = {
    "Received-Digest": "SHA-256 of the body as it came.",
    "Plan-Digest": "Of the plan's meaning.",
    "Engine-Version": "Of the engine's semantics.",
    "Scored-People": "How many people were read.",
    "Failed-People": "How many of them could not be scored; their reason codes say why.",
}


@router.post("", summary="Score scorecards")
async def score_scorecards(content: ScoresIn, viewer: CurrentViewer, session: Read) -> ScoresOut:
    """Computes and stores nothing, so it may be repeated. Pay is not asked for: the answer stops at the composite."""
    return ScoresOut(results=await actions.score_scorecards(viewer, session, content), as_of=content.as_of)


@router.post(
    "/stream",
    summary="Score any number of scorecards as Arrow",
    response_class=StreamingResponse,
    responses={200: {"content": {ARROW: SNAPSHOTS}, "headers": {name: {"description": text} for name, text in HEADERS.items()}}},
    openapi_extra={"requestBody": {"required": True, "content": {ARROW: SNAPSHOTS}}},
)
async def score_stream(
    viewer: CurrentViewer,
    request: Request,
    steps: Annotated[bool, Query(description="Whether each step's value is told, too.")] = False,
) -> StreamingResponse:
    """Each batch as two Arrow IPC streams, its lines and then its people; the plan's text stands under `plan` in the first one's metadata.
    The answer is the same sequence with the results, pay included, and nothing is stored. See `docs/scoring-in-bulk.md`."""
    viewer.require("scores.compute")
    folder = Path(mkdtemp(prefix="sightline-scores-"))
    try:
        digest = await received(request.stream(), folder / "asked")
        answered = await asyncio.to_thread(score_file, folder / "asked", folder / "answer", steps=steps)
        file = (folder / "answer").open("rb")
        size = (folder / "answer").stat().st_size
    finally:
        shutil.rmtree(folder)  # the open file stays until it is read
    return StreamingResponse(_pieces(file), media_type=ARROW, headers={**_told(digest, answered), "Content-Length": str(size)})


def _told(digest: str, answered: Answered) -> dict[str, str]:
    facts: list[Any] = [digest, answered.plan.digest, answered.engine_version, answered.people, answered.failed]
    return {name: str(fact) for name, fact in zip(HEADERS, facts, strict=True)}


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
