"""kpi_api put together: every router, job and subscription, by name."""

from chassis.service import Service
from kpi_api.settings import Settings


def make_service(settings: Settings | None = None) -> Service:
    """The service as its settings say."""
    return Service(
        name="kpi_api",
        title="Sightline KPI API",
        description="KPI dictionary, cascade, scorecards, measurements and reviews.",
        settings=settings or Settings(),
        routers=[],
    )
