"""What the operator does with keys. They rotate under running services: what was sealed and signed before is still read, until it is said
to be over."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import httpx
import pytest
from click.testing import Result
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary
from typer.testing import CliRunner

from chassis import migrations
from chassis.audit.seals import audit_keys
from chassis.models import ChassisRow
from chassis.resealing import sealed_columns
from chassis.sealing import sealer_of
from kpi_api.models import Base as KpiApiBase
from scoring.models import Base as ScoringBase
from sightline import cli, rotation
from sightline.embedded_postgres import DatabaseUrls, EmbeddedPostgres
from sightline.keys import hand_out_keys, make_keys
from sightline.problems import BadUsage
from tests.world import Organization, open_world

METADATA = [ChassisRow.metadata, KpiApiBase.metadata, ScoringBase.metadata]
HOOK = {"url": "https://hooks.example.com/in", "description": "", "event_types": []}
BOTH = ["kpi_api", "scoring"]
PLAIN = {
    ("payroll_batches", "document"),
    ("payroll_batches", "table_"),
    ("run_results", "lines"),
    ("run_results", "people"),
    ("run_results", "line_results"),
    ("run_results", "person_results"),
    ("snapshot_chunks", "content"),
}


@pytest.fixture
def urls(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> DatabaseUrls:
    """A pair of databases of its own, which the operator's command finds in the environment."""
    pair = postgres.create_database_pair("rotation")
    for service in BOTH:
        owner = getattr(pair, f"{service}_owner")
        migrations.upgrade(service, owner, f"{service}_service")
        monkeypatch.setenv(f"{service.upper()}_DATABASE_URL", getattr(pair, service))
        monkeypatch.setenv(f"{service.upper()}_OWNER_DATABASE_URL", owner)
    return pair


@pytest.fixture
async def organizations(urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[list[Organization]]:
    async with open_world(urls, tmp_path / "keys") as world:
        yield [await world.new_organization(), await world.new_organization()]


async def sealed_in(urls: DatabaseUrls) -> list[bytes]:
    """Everything sealed in both databases, read past row-level security."""
    found: list[bytes] = []
    for service in BOTH:
        connection = await asyncpg.connect(getattr(urls, f"{service}_owner"))
        for column in sealed_columns([ChassisRow.metadata, KpiApiBase.metadata if service == "kpi_api" else ScoringBase.metadata]):
            async with connection.transaction():
                for organization_id in await connection.fetch("SELECT id FROM organizations"):
                    await connection.execute("SELECT open_transaction($1)", organization_id["id"])
                    where = f"organization_id = $1 AND {column.name} IS NOT NULL"
                    rows = await connection.fetch(f"SELECT {column.name} FROM {column.table.name} WHERE {where}", organization_id["id"])  # noqa: S608
                    found += [row[0] for row in rows]
        await connection.close()
    return found


def opened_by(keys: list[str], values: list[bytes]) -> int:
    """How many of the values the keys open."""
    count = 0
    for value in values:
        try:
            sealer_of(keys).unseal_bytes(value)
            count += 1
        except InvalidToken:
            pass
    return count


async def test_everything_sealed_is_sealed_anew_while_the_services_run(
    organizations: list[Organization], urls: DatabaseUrls, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    # Given two organizations with webhook and HRIS secrets and kept answers, more than one batch of them
    for organization in organizations:
        client = (await organization.admin()).kpi_api
        assert (await client.post("/v1/hris/sources", json={"name": "HRIS"}, headers={"Idempotency-Key": "a"})).status_code == 201
        for number in range(3):
            answer = await client.post("/v1/webhook-endpoints", json=HOOK, headers={"Idempotency-Key": f"hook-{number}"})
            assert answer.status_code == 201, answer.text
    source = (await client.get("/v1/hris/sources")).json()[0]["id"]
    await client.post(f"/v1/hris/sources/{source}/rotate-secret")
    old, before = (folder / "secrets.key").read_text().split(), await sealed_in(urls)
    assert len(before) == opened_by(old, before) == 2 * (1 + 3 + 4) + 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chassis.resealing.BATCH", 2)
        assert await in_thread(rotation.rotate_secrets, folder, tmp_path, BOTH) == len(before)

    new, *others = (folder / "secrets.key").read_text().split()
    assert others == old
    after = await sealed_in(urls)
    assert (opened_by([new], after), opened_by(old, after)) == (len(before), 0)
    # The running service reads the new key: a kept answer comes back, a new secret is sealed with it
    again = await client.post("/v1/hris/sources", json={"name": "HRIS"}, headers={"Idempotency-Key": "a"})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await client.post("/v1/webhook-endpoints", json=HOOK)).status_code == 201
    # A straggler sealed with the old key just before; then the old key is forgotten
    await put_back(urls, before[0])
    assert await in_thread(rotation.forget_old_secrets, folder, tmp_path, BOTH) == len(before) + 1
    assert (folder / "secrets.key").read_text().split() == [new]
    assert opened_by([new], await sealed_in(urls)) == len(before) + 1
    assert (folder / "secrets.key").stat().st_mode & 0o777 == 0o600


async def test_what_no_key_opens_stops_the_rotation_and_loses_no_key(
    organizations: list[Organization], urls: DatabaseUrls, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    client = (await organizations[0].admin()).kpi_api
    await client.post("/v1/webhook-endpoints", json=HOOK)
    await put_back(urls, Fernet(Fernet.generate_key()).encrypt(b"whsec_x"))
    before = (folder / "secrets.key").read_text().split()

    with pytest.raises(rotation.NothingFits):
        await in_thread(rotation.forget_old_secrets, folder, tmp_path, BOTH)

    assert (folder / "secrets.key").read_text().split() == before


async def put_back(urls: DatabaseUrls, sealed: bytes) -> None:
    """Store this as the value of one webhook secret."""
    connection = await asyncpg.connect(urls.kpi_api_owner)
    for row in await connection.fetch("SELECT id FROM organizations"):
        async with connection.transaction():
            await connection.execute("SELECT open_transaction($1)", row["id"])
            changed = await connection.execute(
                "UPDATE webhook_secrets SET sealed = $1 WHERE id = (SELECT id FROM webhook_secrets ORDER BY id LIMIT 1)", sealed
            )
        if changed == "UPDATE 1":
            break
    else:
        raise AssertionError("no webhook secret")
    await connection.close()


async def test_tokens_and_calls_go_on_while_signing_keys_rotate(organizations: list[Organization], tmp_path: Path) -> None:
    organization, folder = organizations[0], tmp_path / "keys"
    client: httpx.AsyncClient = (await organization.admin()).kpi_api
    await in_thread(rotation.rotate_issuer, folder)
    await in_thread(rotation.rotate_services, folder, BOTH)
    assert (await client.get("/v1/organization")).status_code == 200, "signed with the former key"
    for _ in range(3):
        made = await client.post("/v1/api-keys", json={"name": "x", "scopes": ["integration"]})
        await organization.world.work()
        shown = await client.get(f"/v1/api-keys/{made.json()['id']}")
        assert shown.json()["scoring_knows_at"] is not None, "the running service signs with the key that is there now"
        await in_thread(rotation.rotate_services, folder, BOTH)
        await asyncio.sleep(1.1)  # as long as scoring takes at most to look for a key it does not know


def test_rotated_keys_are_handed_out_when_asked(tmp_path: Path) -> None:
    keys = make_keys(tmp_path / "all")
    kpi_api, scoring = hand_out_keys(keys, tmp_path / "each")
    before = {file: file.read_text() for folder in (kpi_api, scoring) for file in folder.iterdir()}
    rotation.rotate_services(keys, BOTH)

    hand_out_keys(keys, tmp_path / "each")
    assert {file: file.read_text() for file in before} == before, "nothing is overwritten unless asked"
    hand_out_keys(keys, tmp_path / "each", replace=True)

    changed = {file.relative_to(tmp_path / "each").as_posix() for file, text in before.items() if file.read_text() != text}
    sets = {f"{folder}/{service}.jwks.json" for folder in BOTH for service in BOTH}
    assert changed == sets | {"kpi_api/kpi_api.jwk.json", "scoring/scoring.jwk.json"}, "no secret of a folder is replaced"


def test_a_new_key_of_the_audit_keeps_the_former_ones(tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    [former] = audit_keys(keys).keys
    rotation.rotate_audit_key(keys)
    before, newest = audit_keys(keys).keys
    assert (before, audit_keys(keys).newest) == (former, newest)
    assert newest != former
    assert (keys / "audit.key").stat().st_mode & 0o777 == 0o600


def test_a_wrong_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadUsage):
        rotation.rotate_issuer(tmp_path)
    with pytest.raises(BadUsage):
        rotation.rotate_services(tmp_path, BOTH)
    assert not list(tmp_path.iterdir())


def test_every_column_of_bytes_is_either_sealed_or_known_to_be_plain() -> None:
    """A new column of bytes must say which it is, or rotation would leave it behind."""
    marked = {(column.table.name, column.name) for column in sealed_columns(METADATA)}
    plain = {
        (column.table.name, column.name)
        for metadata in METADATA
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not column.info.get("sealed")
    }
    assert marked == {
        ("webhook_secrets", "sealed"), ("idempotency_records", "body"), ("hris_sources", "sealed"), ("hris_sources", "previous_sealed"),
    }  # fmt: skip
    assert plain <= PLAIN, "mark it with `info=SEALED`, or list it here"


async def test_the_operator_makes_and_ends_keys(
    organizations: list[Organization], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of kpi_api is told to scoring; one of scoring alone opens nothing else."""
    monkeypatch.setenv("SIGHTLINE_HOME", str(tmp_path / "home"))
    organization = organizations[0]
    here = ["--organization", str(organization.id)]

    async def run(*arguments: str) -> Result:
        return cast("Result", await in_thread(CliRunner().invoke, cli.app, [*arguments, *here]))

    async def opens(key: str) -> tuple[int, int]:
        clients = await organization.with_token(key)
        return (await clients.kpi_api.get("/v1/events")).status_code, (await clients.scoring.get("/v1/events")).status_code

    both = (await run("token", "--api-key", "one", "--scope", "auditor")).stdout.strip()
    alone = (await run("token", "--api-key", "two", "--scope", "auditor", "--service", "scoring")).stdout.strip()
    assert (await opens(both), await opens(alone)) == ((200, 401), (401, 200))
    await organization.world.work()
    assert (await opens(both), await opens(alone)) == ((200, 200), (401, 200))

    key_id = str(UUID(hex=alone.split("_")[1]))
    assert (await run("api-key", "revoke", key_id, "--in-scoring")).exit_code == 0
    assert await opens(alone) == (401, 401)
    for wrong in (["token", "--api-key", "x", "--scope", "hr_admin"], ["api-key", "revoke", str(organization.id), "--in-scoring"]):
        assert isinstance((await run(*wrong)).exception, BadUsage)
    rows = await (await organization.admin()).kpi_api.get("/v1/api-keys")
    assert [(row["name"], row["created_by"], row["approved_by"]) for row in rows.json()["items"]] == [("one", "operator", "operator")]


async def test_the_operator_lets_the_first_hr_admin_in(
    organizations: list[Organization], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGHTLINE_HOME", str(tmp_path / "home"))
    organization = organizations[0]
    admin = (await organization.admin()).kpi_api
    name = (await admin.get(f"/v1/people/{organization.person_id}")).json()["user_name"]

    async def link(person: str, subject: str) -> Result:
        wanted = ["identity", "link", person, "--issuer", "https://login.example.com", "--subject", subject]
        return cast("Result", await in_thread(CliRunner().invoke, cli.app, [*wanted, "--organization", str(organization.id)]))

    assert (await link(name, "subject-1")).exit_code == 0

    (linked,) = (await admin.get("/v1/person-identities")).json()["items"]
    assert (linked["person_id"], linked["subject"]) == (str(organization.person_id), "subject-1")
    assert (linked["how"], linked["linked_by"], linked["approved_by"], linked["alone"]) == ("operator", "operator", "operator", False)
    assert isinstance((await link(name, "subject-1")).exception, BadUsage), "linked already"
    assert isinstance((await link("nobody", "subject-2")).exception, BadUsage)
    assert len((await admin.get("/v1/person-identities")).json()["items"]) == 1


async def in_thread(work: Any, *arguments: Any) -> Any:
    """The operator's command has an event loop of its own."""
    return await asyncio.to_thread(work, *arguments)
