"""One scorecard scored many times at once, each time with other values of its KPIs."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scoring.engine.plan import Plan
from scoring.engine.problems import SnapshotInvalid
from scoring.engine.result import Result
from scoring.engine.scoring import score

Supposition = Mapping[int, Decimal]
"""Other values, by the line they are of; the other lines keep theirs."""


class Supposed:
    """One person's scorecard: `lines` and `person` are its rows, `results` scores it under suppositions."""

    def __init__(self, plan: Plan, lines: pa.Table, people: pa.Table, scorecard_id: str | None, result: str) -> None:
        """Raises SnapshotInvalid where there is not exactly one such scorecard."""
        if scorecard_id is not None:
            people = people.filter(pc.equal(people["scorecard_id"].cast(pa.string()), scorecard_id))
        if people.num_rows != 1:
            message = f"There is no scorecard {scorecard_id} in people." if scorecard_id else "Name the scorecard to explain."
            raise SnapshotInvalid(message, field="scorecard_id")
        own = people["scorecard_id"][0].as_py()
        lines = lines.filter(pc.equal(lines["scorecard_id"].cast(pa.string()), own))
        self._plan, self._result = plan, result
        self._line_schema, self._person_schema = _plain_words(lines.schema), _plain_words(people.schema)
        self.person: dict[str, Any] = people.to_pylist()[0]
        self.lines: list[dict[str, Any]] = sorted(lines.to_pylist(), key=lambda line: line["line"])

    def scored(self, suppositions: Sequence[Supposition]) -> Result:
        """The scorecard under each supposition, in their order."""
        names = [f"{number:06}" for number in range(len(suppositions))]
        lines = [
            line | {"scorecard_id": name, "actual": supposed.get(line["line"], line["actual"])}
            for name, supposed in zip(names, suppositions, strict=True)
            for line in self.lines
        ]
        people = [self.person | {"scorecard_id": name} for name in names]
        return score(self._plan, pa.Table.from_pylist(lines, self._line_schema), pa.Table.from_pylist(people, self._person_schema))

    def results(self, suppositions: Sequence[Supposition]) -> list[Decimal | None]:
        """What the scorecard comes to under each supposition; None where it could not be computed."""
        return [row["steps"][self._result] for row in self.scored(suppositions).people.to_pylist()] if suppositions else []


def _plain_words(schema: pa.Schema) -> pa.Schema:
    """The schema without dictionaries, and with room for any value that is supposed."""
    return pa.schema([pa.field(field.name, _plain(field)) for field in schema])


def _plain(field: pa.Field) -> pa.DataType:
    if field.name == "actual":
        return pa.decimal128(38, 12)
    return field.type.value_type if pa.types.is_dictionary(field.type) else field.type
