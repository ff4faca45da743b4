"""Databases that the operator names: current, lacking migrations, ahead of this code, or not there at all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sightline.databases import ServiceDatabase, open_databases
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.problems import MigrationsAhead, MigrationsMissing, PostgresUnreachable

Ask = Callable[[str, str], object]


@pytest.fixture
def scoring(postgres: EmbeddedPostgres) -> Iterator[ServiceDatabase]:
    """An empty database of scoring, as an operator would name it."""
    urls = postgres.create_database_pair("migrating")
    yield ServiceDatabase("scoring", urls.scoring, urls.scoring_owner, embedded=False)
    postgres.drop_database_pair("migrating")


def test_the_owner_brings_an_empty_database_up_to_date(scoring: ServiceDatabase) -> None:
    assert scoring.state() == "missing"
    scoring.migrate()
    scoring.require_current()
    scoring.migrate()


def test_without_the_owner_missing_migrations_are_named(scoring: ServiceDatabase) -> None:
    with pytest.raises(MigrationsMissing, match="SCORING_OWNER_DATABASE_URL"):
        replace(scoring, owner_url=None).migrate()
    assert scoring.state() == "missing"


def test_a_database_ahead_of_this_code_is_left_alone(scoring: ServiceDatabase, ask: Ask) -> None:
    scoring.migrate()
    assert scoring.owner_url is not None
    ask(scoring.owner_url, "UPDATE alembic_version SET version_num = 'of_tomorrow'")
    with pytest.raises(MigrationsAhead, match="newer Sightline"):
        scoring.migrate()
    assert ask(scoring.owner_url, "SELECT version_num FROM alembic_version") == "of_tomorrow"


def test_an_unreachable_database_is_named_without_its_password() -> None:
    database = ServiceDatabase("kpi_api", "postgresql://someone:hidden@127.0.0.1:1/kpi_api", None, embedded=False)
    with pytest.raises(PostgresUnreachable, match=r"127\.0\.0\.1:1/kpi_api") as caught:
        database.state()
    assert "hidden" not in str(caught.value) + repr(database)


def test_databases_that_the_operator_names_start_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_API_DATABASE_URL", "postgresql://a@db.example/kpi")
    monkeypatch.setenv("SCORING_DATABASE_URL", "postgresql://b@db.example/pay")
    assert [database.address for database in open_databases(home)] == ["db.example:5432/kpi", "db.example:5432/pay"]
    assert list(home.iterdir()) == []


def test_one_named_database_leaves_the_other_to_the_embedded_server(home: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    monkeypatch.setenv("SCORING_DATABASE_URL", "postgresql://b@db.example/pay")
    kpi_api, scoring = open_databases(home)
    assert (kpi_api.embedded, scoring.embedded) == (True, False)
    assert ask(kpi_api.url, "SELECT current_user") == "kpi_api_service"
