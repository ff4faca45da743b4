"""The databases that the embedded server makes: who may do what in them, and copies of them."""

import asyncpg
import pytest

from sightline.embedded_postgres import EmbeddedPostgres


async def test_the_service_role_works_but_creates_nothing(postgres: EmbeddedPostgres) -> None:
    """A service can neither create tables nor look past row-level security, and has temporary tables for bulk loads."""
    connection = await asyncpg.connect(postgres.urls().kpi_api)
    try:
        rights = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert rights is not None
        assert not any(rights.values())
        await connection.execute("CREATE TEMPORARY TABLE incoming (n int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE kept (n int)")
    finally:
        await connection.close()


async def test_a_service_role_has_no_way_into_the_other_database(postgres: EmbeddedPostgres) -> None:
    urls = postgres.urls()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(urls.kpi_api.removesuffix("kpi_api") + "scoring")


async def test_the_owner_owns_and_is_no_superuser(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.urls().scoring_owner)
    try:
        assert (
            await connection.fetchval("SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            is False
        )
        await connection.execute("CREATE TABLE owned (n int)")
        await connection.execute("DROP TABLE owned")
    finally:
        await connection.close()


@pytest.mark.parametrize("extension", ["btree_gist", "pg_trgm"])
async def test_extensions_are_there(postgres: EmbeddedPostgres, extension: str) -> None:
    for url in (postgres.urls().kpi_api, postgres.urls().scoring):
        connection = await asyncpg.connect(url)
        try:
            assert await connection.fetchval("SELECT count(*) FROM pg_extension WHERE extname = $1", extension) == 1
        finally:
            await connection.close()


async def test_text_sorts_by_code_point_and_folds_case_beyond_ascii(postgres: EmbeddedPostgres) -> None:
    """The same on every operating system, since the rules come with the server."""
    connection = await asyncpg.connect(postgres.urls().kpi_api)
    try:
        assert await connection.fetchval("SELECT string_agg(x, '' ORDER BY x) FROM unnest('{a,B,é,Z}'::text[]) x") == "BZaé"
        assert await connection.fetchval("SELECT lower('ÉÄ')") == "éä"
    finally:
        await connection.close()


async def test_a_copy_holds_what_its_template_holds(postgres: EmbeddedPostgres) -> None:
    template = postgres.create_database_pair("template")
    owner = await asyncpg.connect(template.kpi_api_owner)
    await owner.execute("CREATE TABLE people (name text)")
    await owner.execute("INSERT INTO people VALUES ('Ada')")
    await owner.execute("GRANT SELECT ON people TO kpi_api_service")
    await owner.close()

    copy = postgres.create_database_pair("copy", template="template")

    service = await asyncpg.connect(copy.kpi_api)
    assert await service.fetchval("SELECT name FROM people") == "Ada"
    await service.close()
    postgres.drop_database_pair("copy")
    postgres.drop_database_pair("template")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(copy.kpi_api)


@pytest.mark.parametrize("suffix", ["Big", "x;y", "a" * 41, "-"])
def test_a_suffix_that_is_no_plain_name_is_refused(postgres: EmbeddedPostgres, suffix: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        postgres.create_database_pair(suffix)


def test_passwords_do_not_show(postgres: EmbeddedPostgres) -> None:
    urls = postgres.urls()
    assert postgres.cluster.password("kpi_api_service") in urls.kpi_api
    assert postgres.cluster.password("kpi_api_service") not in repr(urls)
    assert postgres.cluster.password("sightline_admin") not in repr(postgres.psql())
