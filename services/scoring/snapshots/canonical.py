"""The one form of a snapshot: scorecards by person and id, lines by number. Its digest and its stored bytes are the same,
whatever transport, batches or order it came in."""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.snapshots.problems import snapshot_problem
from scoring.snapshots.schema import LATER

CHUNK = 4096
COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


def canonical(table: pa.Table) -> pa.Table:
    """The scorecards in canonical order. Raises SnapshotInvalid when one stands twice."""
    order = pc.sort_indices(table, sort_keys=[("person_id", "ascending"), ("scorecard_id", "ascending")])
    table = _lines_in_order(table).take(order).combine_chunks()
    counts = table["scorecard_id"].value_counts()
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        raise snapshot_problem("repeated_scorecard", "scorecard_id", f"Scorecard {twice.field('values')[0].as_py()} stands twice.")
    return table


def _lines_in_order(table: pa.Table) -> pa.Table:
    lines = one(table["lines"])
    owner, flat = np.asarray(pc.list_parent_indices(lines)), pc.list_flatten(lines)
    number = np.asarray(flat.field("line"))
    if not len(owner) or ((owner[1:] > owner[:-1]) | (number[1:] >= number[:-1])).all():
        return table
    lengths = np.asarray(pc.list_value_length(lines))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    ordered = pa.ListArray.from_arrays(pa.array(offsets), flat.take(pa.array(np.lexsort((number, owner)))), type=lines.type)
    return table.set_column(table.schema.get_field_index("lines"), table.schema.field("lines"), ordered)


def digest(table: pa.Table) -> str:
    """SHA-256 over names, types, nulls and values of every column, nested ones element by element."""
    state = hashlib.sha256()
    for field in table.schema:
        _feed(state, field.name, _without_empty(one(table[field.name])))
    return f"sha256:{state.hexdigest()}"


def _without_empty(array: pa.Array) -> pa.Array:
    """Lines without the fields of later on that are empty throughout, of which digests of before say nothing."""
    if not (pa.types.is_list(array.type) and pa.types.is_struct(array.type.value_type)):
        return array
    flat, item = pc.list_flatten(array), array.type.value_field
    kept = [field for field in flat.type if field.name not in LATER or flat.field(field.name).null_count < len(flat)]
    if len(kept) == flat.type.num_fields:
        return array
    structs = pa.StructArray.from_arrays([flat.field(field.name) for field in kept], fields=kept)
    offsets = np.concatenate([[0], np.cumsum(np.asarray(pc.fill_null(pc.list_value_length(array), 0)))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), structs, type=pa.list_(item.with_type(structs.type)), mask=array.is_null())


def _feed(state: Any, name: str, array: pa.Array) -> None:
    state.update(f"{name}:{array.type}:{len(array)}:{array.null_count}\n".encode())
    if array.null_count:
        state.update(np.packbits(np.asarray(array.is_valid())).tobytes())
    kind = array.type
    if pa.types.is_struct(kind):
        for field, part in zip(kind, array.flatten(), strict=True):
            _feed(state, f"{name}.{field.name}", part)
    elif pa.types.is_list(kind):
        state.update(np.asarray(pc.fill_null(pc.list_value_length(array), 0), dtype="<i4").tobytes())
        _feed(state, f"{name}[]", pc.list_flatten(array))
    elif pa.types.is_string(kind):
        filled = pc.fill_null(array, "")
        state.update(np.asarray(pc.binary_length(filled), dtype="<i4").tobytes())
        state.update(_bytes(filled))
    elif pa.types.is_decimal(kind):
        filled = pc.fill_null(array, pa.scalar(0, pa.int64()).cast(kind))
        state.update(memoryview(filled.buffers()[1])[16 * filled.offset : 16 * (filled.offset + len(filled))])
    else:
        number = array.cast(pa.int32()) if pa.types.is_date32(kind) else array.cast(pa.int64())
        state.update(np.asarray(pc.fill_null(number, 0), dtype="<i8").tobytes())


def _bytes(array: pa.Array) -> memoryview:
    """The text of a string array without nulls, end to end."""
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, dtype="<i4")[[array.offset, array.offset + len(array)]] if offsets and len(array) else (0, 0)
    return memoryview(data)[bounds[0] : bounds[1]] if data is not None else memoryview(b"")


def one(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    whole = column.combine_chunks()
    if not isinstance(whole, pa.ChunkedArray):
        return whole
    return pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], whole.type)


def chunks(table: pa.Table) -> Iterator[pa.Table]:
    """Slices of a canonical table, each of whole scorecards."""
    for start in range(0, table.num_rows, CHUNK):
        yield table.slice(start, CHUNK)


def to_bytes(table: pa.Table) -> bytes:
    """An Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=COMPRESSED) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def from_bytes(content: bytes) -> pa.Table:
    """The table of an Arrow IPC stream of ours."""
    with pa.ipc.open_stream(pa.BufferReader(content)) as reader:
        return reader.read_all()
