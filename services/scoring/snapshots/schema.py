"""The shape of a scorecard: one row each, lines and parts nested. Decimals are text in transport, decimals of twelve places here."""

from typing import Final

import pyarrow as pa

from scoring.engine.snapshot import COMBINES, COMPARISONS, DECIMAL, DIRECTIONS, METHODS

PART: Final = pa.struct(
    [
        pa.field("part", pa.string(), nullable=False),
        pa.field("comparison", pa.string()),
        *(pa.field(name, DECIMAL) for name in ("target", "target_high", "baseline", "threshold", "stretch", "actual", "last_actual")),
        pa.field("unit", pa.string()),
        *(pa.field(name, DECIMAL) for name in ("scale_minimum", "scale_maximum", "slope", "days_late", "deduction_per_day")),
    ]
)
LINE: Final = pa.struct(
    [
        pa.field("line", pa.int32(), nullable=False),
        pa.field("kpi_id", pa.string(), nullable=False),
        pa.field("kpi_code", pa.string()),
        pa.field("name", pa.string()),
        pa.field("component", pa.string()),
        pa.field("group", pa.string()),
        pa.field("weight", DECIMAL, nullable=False),
        pa.field("direction", pa.string(), nullable=False),
        pa.field("method", pa.string()),
        pa.field("combine_parts", pa.string()),
        pa.field("parts", pa.list_(PART), nullable=False),
        pa.field("line_of_sight", pa.list_(pa.list_(pa.string()))),
        pa.field("credit_share", DECIMAL),
    ]
)
SEGMENT: Final = pa.struct(
    [
        pa.field("from", pa.date32(), nullable=False),
        pa.field("to", pa.date32(), nullable=False),
        pa.field("fte", DECIMAL),
        pa.field("counted", pa.bool_()),
    ]
)
SCORECARDS: Final = pa.schema(
    [
        pa.field("scorecard_id", pa.string(), nullable=False),
        pa.field("person_id", pa.string(), nullable=False),
        pa.field("period_start", pa.date32(), nullable=False),
        pa.field("period_end", pa.date32(), nullable=False),
        pa.field("rating", DECIMAL),
        pa.field("segments", pa.list_(SEGMENT)),
        pa.field("lines", pa.list_(LINE), nullable=False),
    ]
)
WORDS: Final = {"direction": DIRECTIONS, "comparison": COMPARISONS, "method": METHODS, "combine_parts": COMBINES}
LATER: Final = frozenset({"credit_share"})
"""Fields that scorecards stored earlier do not have. Empty throughout, they add nothing to a digest, which so stays what it was."""
UUIDS: Final = ("scorecard_id", "person_id", "kpi_id")
