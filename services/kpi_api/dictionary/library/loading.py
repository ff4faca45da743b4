"""Reads the library's files."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

from pydantic import TypeAdapter

from chassis.documents import load_document
from kpi_api.dictionary.library.contents import Library

_FOLDER: Final = files("kpi_api.dictionary.library")
_ROLES: Final = (
    "sales_representative",
    "software_engineer",
    "marketing_manager",
    "hr_business_partner",
    "finance_business_partner",
    "customer_service_agent",
)
"""In S0's order."""


@cache
def load_library() -> Library:
    """The library, checked field by field. Read once per process."""
    examples = _read("examples.yaml")
    contents = {
        "roles": [_read(f"roles/{role}.yaml") for role in _ROLES],
        "other_kpis": examples.pop("kpis"),
        **examples,
        **_read("competencies.yaml"),
        **_read("outcomes.yaml"),
    }
    return TypeAdapter(Library).validate_python(contents)


def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = load_document(_FOLDER.joinpath(name).read_text(encoding="utf-8"))
    return document
