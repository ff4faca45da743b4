"""Settings of scoring, read from `SCORING_*` environment variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SCORING_")

    max_snapshot_bytes: int = Field(default=1024 * 1024 * 1024, description="Largest snapshot of a run, which comes whole.")
    dask_scheduler: str | None = Field(
        default=None,
        description="Where a Dask scheduler listens, such as tcp://scheduler:8786; runs are computed on its workers.",
    )
