"""Migrations: one environment, two histories (`migrations/kpi_api`, `migrations/scoring`), run as the role that owns the tables."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

FOLDER = Path(__file__).resolve().parents[2] / "migrations"

State = Literal["ok", "missing", "ahead"]


def config(service: str, url: str = "") -> Config:
    """The Alembic configuration of a service's history. `url` is the owner's."""
    settings = Config()
    settings.set_main_option("script_location", str(FOLDER))
    settings.set_main_option("version_locations", str(FOLDER / service))
    settings.set_main_option("path_separator", "os")
    settings.attributes["service"] = service
    settings.attributes["url"] = url
    return settings


def is_ours(models: Any) -> Callable[[Any, str | None, str, bool, Any], bool]:
    """Alembic's `include_object` for a service's models: pgqueuer's tables and the partitions of ours are left alone."""
    parents = tuple(f"{parent}_p" for parent in models.PARTITIONED_TABLES)

    def include(thing: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
        if kind != "table" or not reflected:
            return True
        return not (name or "").startswith(("pgqueuer", *parents))

    return include


def upgrade(service: str, owner_url: str, service_role: str, revision: str = "head") -> None:
    """Bring a database to `revision` and let `service_role` work on its tables."""
    settings = config(service, owner_url)
    settings.attributes["service_role"] = service_role
    command.upgrade(settings, revision)


def downgrade(service: str, owner_url: str, revision: str = "base") -> None:
    command.downgrade(config(service, owner_url), revision)


@cache
def _revisions(service: str) -> tuple[str, frozenset[str]]:
    script = ScriptDirectory.from_config(config(service))
    return script.get_current_head() or "", frozenset(revision.revision for revision in script.walk_revisions())


def compare(service: str, revision: str | None) -> State:
    """How a database's revision stands to this code: `missing` migrations, `ahead` of us, or `ok`."""
    head, known = _revisions(service)
    if revision == head:
        return "ok"
    return "missing" if revision is None or revision in known else "ahead"
