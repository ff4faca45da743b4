"""What the doors of milestones take and give."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from chassis.dates import WrittenDate
from kpi_api.dictionary.fields import Code, Input, Output

LONGEST_LINK: Final = 2000


def _leads_somewhere(link: str) -> str:
    if not link.startswith(("https://", "http://")) or any(letter.isspace() for letter in link):
        raise PydanticCustomError("link_format", "Write a link that begins with https:// or http://")
    return link


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_LINK), AfterValidator(_leads_somewhere)]


class MilestoneDone(Input):
    """That a milestone was done, and what shows it. It is required where the target says so."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"done_on": "2026-09-18", "evidence_link": "https://records.example.com/certificates/4711"}]},
    )

    part: Code = "main"
    done_on: WrittenDate
    evidence: Words | None = Field(default=None, description="In words, such as the number of a certificate.")
    evidence_link: Link | None = None


class MilestoneRecordOutput(Output):
    """A milestone that was done. The newest record of a part counts."""

    id: UUID
    kpi_id: UUID
    part: str
    done_on: date
    due_on: date | None
    days_late: int = Field(description="In the days of the rule of lateness, or calendar days where there is none; 0 when in time.")
    evidence: str | None
    evidence_link: str | None
    recorded_by: str
    recorded_at: datetime
