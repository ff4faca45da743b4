"""What the engine reads of a snapshot's lines: one row for each KPI line, a KPI of one part with that part's facts on the line itself."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.engine.snapshot import LINES
from scoring.snapshots.canonical import one
from scoring.snapshots.schema import LATER, PART

PART_FACTS = [field.name for field in PART if pa.types.is_decimal(field.type)]
PARTS_TYPE = LINES.field("parts").type


def engine_lines(scorecards: pa.Table) -> pa.Table:
    """The lines of canonical scorecards in the engine's shape, in their order."""
    lists = one(scorecards["lines"])
    lines = pc.list_flatten(lists)
    parts = lines.field("parts")
    flat = pc.list_flatten(parts)
    counts = np.asarray(pc.list_value_length(parts))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64) if len(counts) else np.array([], np.int64)
    single = pa.array(np.where(counts == 1, starts, -1), mask=counts != 1, type=pa.int64())
    columns = {
        "scorecard_id": one(scorecards["scorecard_id"]).take(pc.list_parent_indices(lists)),
        **{name: lines.field(name) for name in ("line", "kpi_id", "kpi_code", "component", "group", "weight", "direction", "method")},
        **{name: lines.field(name) for name in LATER if lines.type.get_field_index(name) >= 0},
        "title": lines.field("name"),
        "comparison": flat.field("comparison").take(single),
        **{name: flat.field(name).take(single) for name in PART_FACTS},
    }
    if (counts > 1).any():
        columns |= _parts(lines, flat, counts)
    return pa.table(columns)


def _parts(lines: pa.Array, flat: pa.Array, counts: np.ndarray) -> dict[str, pa.Array]:
    """The columns `combine` and `parts` of the lines that have several parts."""
    several = counts > 1
    owner = np.repeat(np.arange(len(counts)), counts)
    kept = flat.filter(pa.array(several[owner]))
    owners = pa.array(owner[several[owner]])
    given = {
        "direction": lines.field("direction").take(owners),
        "method": lines.field("method").take(owners),
        **{field.name: kept.field(field.name) for field in flat.type},
    }
    structs = pa.StructArray.from_arrays([given[field.name] for field in PARTS_TYPE.value_type], fields=list(PARTS_TYPE.value_type))
    offsets = np.concatenate([[0], np.cumsum(np.where(several, counts, 0))]).astype(np.int32)
    nothing = pa.array(~several)
    combine = pc.if_else(pa.array(several), pc.fill_null(lines.field("combine_parts"), "all"), pa.scalar(None, pa.string()))
    return {"combine": combine, "parts": pa.ListArray.from_arrays(pa.array(offsets), structs, type=PARTS_TYPE, mask=nothing)}
