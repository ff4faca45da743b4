"""The contract files in `openapi/`: generated from the code, committed, and compared in the tests.

kpi_api.json scoring.json    OpenAPI 3.1 of both services
kpi_api.graphql              the GraphQL schema, sorted
events.json                  every event type, its subject and which service records it
plan.schema.json             the plan language as JSON Schema
formula.schema.json          a formula that was checked, as JSON Schema
snapshot.schema.json         what scoring takes as a snapshot, as JSON Schema
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from chassis.app import create_app
from chassis.expressions.published import formula_json_schema
from chassis.service import Service
from kpi_api.app import make_service as make_kpi_api
from kpi_api.event_types import EVENT_TYPES as KPI_API_EVENTS
from kpi_api.graphql.schema import sdl
from kpi_api.settings import Settings as KpiApiSettings
from scoring.app import make_service as make_scoring
from scoring.engine import plan_json_schema, snapshot_json_schema
from scoring.event_types import EVENT_TYPES as SCORING_EVENTS
from scoring.settings import Settings as ScoringSettings

FOLDER = Path(__file__).resolve().parents[2] / "openapi"

NOWHERE = SecretStr("postgresql://nobody@127.0.0.1/nothing")


def contracts() -> dict[str, str]:
    """Each contract file's name and the text it must have."""
    files: dict[str, Callable[[], str]] = {
        "kpi_api.json": lambda: _openapi(make_kpi_api(KpiApiSettings(database_url=NOWHERE, key_folder=Path()))),
        "scoring.json": lambda: _openapi(make_scoring(ScoringSettings(database_url=NOWHERE, key_folder=Path()))),
        "kpi_api.graphql": lambda: sdl(),
        "events.json": lambda: _json({"kpi_api": KPI_API_EVENTS, "scoring": SCORING_EVENTS}),
        "plan.schema.json": lambda: _json(plan_json_schema()),
        "formula.schema.json": lambda: _json(formula_json_schema()),
        "snapshot.schema.json": lambda: _json(snapshot_json_schema()),
    }
    return {name: write() for name, write in files.items()}


def write_contracts() -> list[str]:
    """Write the contract files; returns the names of those that changed."""
    FOLDER.mkdir(exist_ok=True)
    files = contracts()
    changed = [name for name, content in files.items() if _differs(FOLDER / name, content)]
    for name, content in files.items():
        (FOLDER / name).write_text(content)
    return changed


def _differs(path: Path, content: str) -> bool:
    return not path.exists() or path.read_text() != content


def _openapi(service: Service) -> str:
    return _json(create_app(service).openapi())


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
