"""`python -m kpi_api [worker | migrate]`: runs a service's HTTP server, its worker or its migrations in this process."""

import asyncio
import gc
import sys
from collections.abc import Callable

import uvicorn
from sqlalchemy.engine import make_url

from chassis import migrations
from chassis.app import create_app
from chassis.limits.connections import ConnectionLimits, limited_protocol
from chassis.logs import configure_logs
from chassis.security_headers import security_headers
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.worker import run_worker


def main(make_service: Callable[[], Service]) -> None:
    """Serve HTTP; work jobs when the argument is `worker`; bring the database to this version, as its owner, when it is `migrate`."""
    gc.disable()  # loading a service makes millions of objects that stay
    service = make_service()
    configure_logs(service.settings.log_level)
    gc.freeze()  # what was imported stays for good: collections need not walk it again and again
    gc.enable()
    gc.set_threshold(50_000, 20, 20)  # a bulk request makes millions of objects and hardly a cycle among them
    if sys.argv[1:] == ["worker"]:
        asyncio.run(run_worker(service))
    elif sys.argv[1:] == ["migrate"]:
        _migrate(service)
    elif not sys.argv[1:]:
        _serve(service)
    else:
        sys.exit(f"usage: python -m {service.name} [worker | migrate]")


def _serve(service: Service) -> None:
    settings = service.settings
    uvicorn.run(
        create_app(service),
        host=settings.host,
        port=settings.port,
        log_config=None,  # its loggers hand on to ours
        log_level=settings.log_level.lower(),
        access_log=False,
        http=limited_protocol(_connection_limits(settings)),
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=10,
    )


def _connection_limits(settings: ServiceSettings) -> ConnectionLimits:
    return ConnectionLimits(
        connections=settings.max_connections,
        header_bytes=settings.max_header_bytes,
        header_count=settings.max_headers,
        slow_seconds=settings.slow_client_seconds,
        bytes_per_second=settings.slow_client_bytes_per_second,
        headers=security_headers(production=not settings.development),
    )


def _migrate(service: Service) -> None:
    owner = service.settings.owner_database_url
    if owner is None:
        sys.exit(f"{service.name.upper()}_OWNER_DATABASE_URL must name the role that owns the tables")
    role = make_url(service.settings.database_url.get_secret_value()).username
    migrations.upgrade(service.name, owner.get_secret_value(), role or "")
