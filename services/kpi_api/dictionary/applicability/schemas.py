"""What goes out about the definitions that are for a person."""

from datetime import date

from pydantic import Field

from chassis.pagination import Page
from kpi_api.dictionary.schemas import DefinitionOutput


class ApplicableDefinitions(Page[DefinitionOutput]):
    """Definitions in force on a day that are for a person, by code, and what the person is on that day."""

    day: date
    role_code: str | None = Field(description="Of the primary employment; null where there is none.")
    grade: str | None
    has_direct_reports: bool
