"""How a door is told which column of a file is which field."""

from collections.abc import Sequence

from chassis.problems import Invalid


def read_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """{"Employee No": "external_id"} from ["Employee No=external_id"]. Raises Invalid for a pair without `=`."""
    mapping = {}
    for pair in pairs:
        column, separator, name = pair.rpartition("=")
        if not separator or not column or not name:
            raise Invalid(f"{pair!r} is not of the form column=field.", field="map")
        mapping[column] = name
    return mapping
