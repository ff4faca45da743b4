"""What each service is told by its environment. Whatever the operator has set stays as it is; the rest is filled in for this machine."""

import os
from collections.abc import Iterable
from pathlib import Path

from sightline.databases import SERVICES, ServiceDatabase
from sightline.ports import HOST, any_free_port, is_free, named_port
from sightline.problems import PortTaken

USUAL_PORTS = {"kpi_api": 8000, "scoring": 8001}


def choose_ports() -> dict[str, int]:
    """The port of each service: the operator's (`KPI_API_PORT`, `SCORING_PORT`) or PortTaken; else the usual one, else a free one."""
    return {service: _choose_port(service) for service in SERVICES}


def _choose_port(service: str) -> int:
    variable = f"{service.upper()}_PORT"
    if demanded := named_port(variable):
        if not is_free(demanded):
            raise PortTaken(f"Port {demanded}, which {variable} asks for, is taken by another program.", f"Stop it, or change {variable}.")
        return demanded
    usual = USUAL_PORTS[service]
    return usual if is_free(usual) else any_free_port()


def environment(service: str, databases: Iterable[ServiceDatabase], ports: dict[str, int], keys: Path) -> dict[str, str]:
    """The environment of a service and its worker. It holds neither the owner's password nor anything of the other service."""
    prefix = f"{service.upper()}_"
    database = next(database for database in databases if database.service == service)
    ours = {f"{prefix}DATABASE_URL": database.url, f"{prefix}PORT": str(ports[service]), f"{prefix}KEY_FOLDER": str(keys)}
    if service == "kpi_api":
        ours["KPI_API_SCORING_URL"] = f"http://{HOST}:{ports['scoring']}"
    closed = {f"{other.upper()}_" for other in SERVICES if other != service}
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(tuple(closed)) and "OWNER_DATABASE_URL" not in name
    }
    return ours | inherited | {"PYTHONUNBUFFERED": "1"}
