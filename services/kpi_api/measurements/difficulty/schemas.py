"""What the doors of target difficulty take and give."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chassis.numbers import Percent
from kpi_api.dictionary.fields import Input
from kpi_api.dictionary.target_schemas import Target


class ProposedTarget(Input):
    """A target to judge before it is set."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"target": {"value": "120", "unit": "count", "period": "month"}}]}
    )

    target: Target


class JudgedOutput(BaseModel):
    """How often a target would have been met. What has no value is not counted as missed."""

    model_config = ConfigDict(from_attributes=True)

    met: int
    measured: int = Field(description="How many periods, or whole windows, have a value.")
    without_value: int
    share: Percent | None = Field(description='Of those measured: "58.33" is 58.33 %. Null without a value.')


class PeersOutput(JudgedOutput):
    """The same of others with the same KPI, all together; `share` in whole percent."""

    owners: int


class TargetDifficulty(BaseModel):
    """How often the target of one part would have been met, by its owner before and by others; in words too."""

    kpi_id: UUID
    part: str
    target: str = Field(examples=["at least 120 per month"])
    counted: str = Field(description="What is counted: days, weeks, months, …, or whole windows.", examples=["months"])
    own: JudgedOutput
    peers: PeersOutput | None = Field(description="Null where fewer than 5 others had the same KPI.")
    sentence: str
