"""The filters of the services alone, under a role that row-level security does not bind: the attack still finds nothing, and notices each
condition of sight that is opened.
"""

import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import true

from kpi_api.access import sight as kpi_api_sight
from kpi_api.cascade import sight as cascade_sight
from kpi_api.dictionary import queries as dictionary
from scoring.access import sight as scoring_sight
from sightline.embedded_postgres import DatabaseUrls, EmbeddedPostgres
from tests.attack.attacking import Attack
from tests.attack.cast import Cast, Side
from tests.attack.doors import READS
from tests.attack.test_mutants import HOMES, Honest, nearest_first
from tests.world import Organization, open_world

pytestmark = pytest.mark.deep

ROLE, PASSWORD = "attack_without_row_security", "only-in-tests"  # pragma: allowlist secret
MAKE_ROLE = f"CREATE ROLE {ROLE} LOGIN BYPASSRLS PASSWORD '{PASSWORD}' IN ROLE kpi_api_service, scoring_service;"

OPENED: dict[str, tuple[Any, str, str]] = {
    "self": (kpi_api_sight, "is_self", "person"),
    "below": (kpi_api_sight, "below", "person"),
    "top": (kpi_api_sight, "at_the_top", "person"),
    "without_manager": (kpi_api_sight, "without_manager", "scorecard"),
    "sight of a KPI": (kpi_api_sight, "has_sight_of_kpi", "kpi"),
    "of a person": (kpi_api_sight, "sees_of_person", "review"),
    "a KPI whole": (cascade_sight, "sees_whole", "kpi"),
    "a KPI at all": (cascade_sight, "sees_at_all", "kpi"),
    "a version of a definition": (dictionary, "sees_version", "draft"),
    "scoring: self": (scoring_sight, "is_self", "pay_basis"),
    "scoring: below": (scoring_sight, "below", "person"),
    "scoring: of a person": (scoring_sight, "sees_of_person", "payout"),
}


def bypassing(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f"{parts.username}:{parts.password}@", f"{ROLE}:{quote(PASSWORD)}@")


@pytest.fixture(scope="session")
async def unprotected(cast: Cast, postgres: EmbeddedPostgres, database_urls: DatabaseUrls) -> AsyncIterator[Cast]:
    """The same cast, seen through services whose role bypasses row-level security."""
    postgres.psql().run(MAKE_ROLE)
    urls = replace(database_urls, kpi_api=bypassing(database_urls.kpi_api), scoring=bypassing(database_urls.scoring))
    async with open_world(urls, cast.world.scoring.service.settings.key_folder) as world:
        home, abroad = (
            Side(Organization(world, side.organization.id, side.organization.person_id), side.people, side.keys)
            for side in (cast.home, cast.abroad)
        )
        yield Cast(world, home, abroad, cast.records)
    postgres.psql().run("".join(f"REVOKE {service}_service FROM {ROLE};" for service in HOMES) + f"DROP ROLE {ROLE};")


async def test_row_security_is_off(unprotected: Cast) -> None:
    async with unprotected.world.kpi_api.database.read(unprotected.home.organization.id) as session:
        driver = await session.driver()
        everybody = await driver.fetchval("SELECT count(*) FROM persons WHERE organization_id = $1", unprotected.abroad.organization.id)
    assert everybody > 0


async def test_the_filters_alone_show_nobody_what_is_not_theirs(unprotected: Cast) -> None:
    tally = await Attack(unprotected, sampled=True).run(READS)
    assert tally.wrong == []
    assert tally.denied >= 1000


@pytest.fixture(scope="session")
def honest(unprotected: Cast) -> Honest:
    return Honest(unprotected)


@pytest.mark.parametrize("what", OPENED)
async def test_the_attack_notices_an_open_condition(honest: Honest, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, record = OPENED[what]
    service = "scoring" if what.startswith("scoring") else "kpi_api"
    for door in nearest_first(service, record):
        assert await honest.wrong_at(door) == []
        with monkeypatch.context() as patch:
            replace_everywhere(getattr(module, name), lambda *args: true(), patch)
            for home in HOMES.values():  # a matrix not met before, so that no condition is remembered
                patch.setattr(home, "MATRIX", replace(home.MATRIX))
            tally = await Attack(honest.cast, first_only=True).run([door])
        assert tally.broken == []
        if tally.leaks:
            return
    pytest.fail("the attack went through every door and noticed nothing")


def replace_everywhere(function: Callable[..., Any], other: Callable[..., Any], patch: pytest.MonkeyPatch) -> None:
    """Wherever it was imported, and in the tables of relations."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in {"kpi_api", "scoring"}:
            for attribute, value in list(vars(module).items()):
                if value is function:
                    patch.setattr(module, attribute, other)
    for relation, value in kpi_api_sight.RELATIONS_TO_PERSON.items():
        if value is function:
            patch.setitem(kpi_api_sight.RELATIONS_TO_PERSON, relation, other)
