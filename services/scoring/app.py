"""scoring put together: every router, job and subscription, by name."""

from chassis.service import Service
from scoring.settings import Settings


def make_service(settings: Settings | None = None) -> Service:
    """The service as its settings say."""
    return Service(
        name="scoring",
        title="Sightline Scoring",
        description="Composite scores, bonus runs, payouts and payroll batches.",
        settings=settings or Settings(),
        routers=[],
        trusted_services=["kpi_api"],
    )
