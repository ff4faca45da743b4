"""A digest of before credit shares were sent still names the same scorecards."""

from typing import Any
from uuid import UUID

import orjson
import pyarrow as pa

from scoring.snapshots.canonical import digest
from scoring.snapshots.documents import ScorecardIn, table_of
from scoring.snapshots.facts import engine_lines

LINE = {"line": 1, "kpi_id": str(UUID(int=1)), "weight": "100.00", "direction": "higher", "parts": [{"target": "10", "actual": "9"}]}
CARD = {"scorecard_id": str(UUID(int=2)), "person_id": str(UUID(int=3)), "period_start": "2026-01-01", "period_end": "2026-12-31"}


def scorecards(**line: Any) -> pa.Table:
    return table_of([ScorecardIn.model_validate_json(orjson.dumps(CARD | {"lines": [LINE | line]}))])


def as_sent_before(table: pa.Table) -> pa.Table:
    """The same scorecards in the shape that they had."""
    place = table.schema.get_field_index("lines")
    struct = pa.struct([field for field in table.schema.field("lines").type.value_type if field.name != "credit_share"])
    kept = [{name: line[name] for name in struct.names} for line in table["lines"][0].as_py()]
    return table.set_column(place, pa.field("lines", pa.list_(struct), nullable=False), pa.array([kept], pa.list_(struct)))


def test_without_shares_the_digest_is_what_it_was_and_with_one_it_is_another() -> None:
    assert digest(scorecards()) == digest(as_sent_before(scorecards()))
    assert len({digest(scorecards(credit_share=share)) for share in (None, "60.00", "40.00")}) == 3


def test_scorecards_stored_before_are_read() -> None:
    assert "credit_share" not in engine_lines(as_sent_before(scorecards())).column_names
