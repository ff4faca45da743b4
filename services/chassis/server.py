"""`python -m kpi_api [worker]`: runs a service's HTTP server or its worker in this process."""

import asyncio
import logging
import sys
from collections.abc import Callable

import structlog
import uvicorn

from chassis.app import create_app
from chassis.service import Service
from chassis.worker import run_worker


def main(make_service: Callable[[], Service]) -> None:
    """Serve HTTP, or work jobs when the first argument is `worker`."""
    service = make_service()
    _configure_logs(service.settings.log_level)
    if sys.argv[1:] == ["worker"]:
        asyncio.run(run_worker(service))
    elif not sys.argv[1:]:
        uvicorn.run(
            create_app(service),
            host=service.settings.host,
            port=service.settings.port,
            log_level=service.settings.log_level.lower(),
            access_log=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
        )
    else:
        sys.exit(f"usage: python -m {service.name} [worker]")


def _configure_logs(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )
