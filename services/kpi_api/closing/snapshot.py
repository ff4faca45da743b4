"""The frozen scorecards as one Arrow IPC stream (lz4): one row each, lines and parts nested, decimals and dates as text.

The same facts give the same bytes: rows go by scorecard id, in batches of one size, with what was known when the cycle was closed.
"""

import asyncio
import io
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from chassis.database import ReadSession
from kpi_api.closing.models import Closing
from kpi_api.closing.queries import closed_scorecards
from kpi_api.reviews.queries import released_ratings
from kpi_api.scorecards.scoring_document import scoring_document

MEDIA_TYPE: Final = "application/vnd.apache.arrow.stream"
BATCH: Final = 1000

PART: Final = pa.struct(
    [
        (name, pa.string())
        for name in (
            "part", "comparison", "target", "target_high", "baseline", "threshold", "stretch", "actual", "unit", "scale_minimum",
            "scale_maximum",
        )
    ]
)  # fmt: skip
LINE: Final = pa.struct(
    [
        ("line", pa.int32()),
        *((name, pa.string()) for name in ("kpi_id", "kpi_code", "name", "component", "weight", "direction", "combine_parts")),
        ("parts", pa.list_(PART)),
        ("line_of_sight", pa.list_(pa.list_(pa.string()))),
        ("credit_share", pa.string()),
    ]
)
SEGMENT: Final = pa.struct([("from", pa.string()), ("to", pa.string()), ("fte", pa.string()), ("counted", pa.bool_())])
SCORECARD: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("scorecard_id", "person_id", "period_start", "period_end", "rating")),
        ("segments", pa.list_(SEGMENT)),
        ("lines", pa.list_(LINE)),
    ]
)


async def snapshot(session: ReadSession, closing: Closing) -> bytes:
    """The stream of a closing's scorecards."""
    ratings = await released_ratings(session, closing.cycle_id, as_of=closing.as_of)
    ids = iter(await closed_scorecards(session, closing.cycle_id))
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, SCORECARD, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        while batch := list(islice(ids, BATCH)):
            documents = await scoring_document(session, batch, as_of=closing.as_of, ratings=ratings)
            stream.write_batch(await asyncio.to_thread(_record_batch, documents))
    return sink.getvalue()


def _record_batch(documents: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(documents, schema=SCORECARD)
