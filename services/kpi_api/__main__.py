"""`python -m kpi_api` serves HTTP, `python -m kpi_api worker` works jobs."""

from chassis.server import main
from kpi_api.app import make_service

main(make_service)
