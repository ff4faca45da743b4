"""Settings of kpi_api, read from `KPI_API_*` environment variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="KPI_API_")

    scoring_url: str = Field(default="http://127.0.0.1:8001", description="Where scoring answers.")
