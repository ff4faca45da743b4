"""A part of which only what also meets the quality counts (S0, "Types of Individual KPIs": 12 models, each forecast within 5 %).

A definition of several parts that says `combine_parts: count` measures its first part only. What it counts comes as a numerator, how many
meet the targets of all the other parts, and a denominator, how many there were; the targets of the others are what each one must meet.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, literal_column, not_, or_

from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.vocabulary import QUALIFIED_TOTAL

# Literals, not parameters: a statement may also group by this.
_COUNTS: Final = and_(
    DefinitionVersion.combine_parts == literal_column("'count'"),
    func.jsonb_array_length(DefinitionVersion.parts) > literal_column("1"),
)
_QUALIFIED_TOTAL: Final[ColumnElement[str]] = literal_column(f"'{QUALIFIED_TOTAL}'")


def counted_part(version: DefinitionVersion) -> str | None:
    """The code of the part that counts; None where the parts do not combine so."""
    code: str | None = version.parts[0]["code"] if version.combine_parts == "count" and len(version.parts) > 1 else None
    return code


def combine_in_force() -> ColumnElement[str]:
    """How the periods of a version's measured parts combine."""
    return case((_COUNTS, _QUALIFIED_TOTAL), else_=DefinitionVersion.combine)


def is_measured(part: Any) -> ColumnElement[bool]:
    """Whether values are recorded for a part of a version, and not only its target held against each thing counted."""
    return or_(not_(_COUNTS), part == DefinitionVersion.parts[0]["code"].astext)
