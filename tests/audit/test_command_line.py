"""`sightline audit`: whole chains end with 0, a broken one with 1 and its record's name; an export is lines of JSON."""

import asyncio
import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from sightline import cli
from sightline.embedded_postgres import DatabaseUrls
from tests.scoring.company import Company, found, ok
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Company:
    for name in ("kpi_api", "scoring"):
        monkeypatch.setenv(f"{name.upper()}_DATABASE_URL", getattr(database_urls, name))
        monkeypatch.setenv(f"{name.upper()}_KEY_FOLDER", str(organization.world.kpi_api.service.settings.key_folder))
    company = await found(organization)
    await company.hire("ana", salary="60000")
    ok(await company.clients["comp"].get("/v1/pay-bases"))
    await company.world.work()
    return company


async def sightline(*arguments: str) -> tuple[int, str]:
    """Exit code and standard output of a command, which has an event loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, ["audit", *arguments])
    return result.exit_code, result.stdout


async def verify(company: Company, *more: str) -> tuple[int, list[dict[str, Any]]]:
    code, out = await sightline("verify", "--organization", str(company.organization.id), "--json", *more)
    return code, json.loads(out)


async def test_verify_names_the_head_and_the_record_that_was_changed(company: Company, database_urls: DatabaseUrls) -> None:
    # Given two whole chains.
    code, chains = await verify(company)
    assert (code, [(chain["service"], chain["fault_count"], chain["unchained"]) for chain in chains]) == (
        0, [("kpi_api", 0, 0), ("scoring", 0, 0)],
    )  # fmt: skip
    head = chains[1]["head_digest"]
    assert (await verify(company, "--service", "scoring", "--expect-head", head))[0] == 0
    assert (await verify(company, "--service", "scoring", "--expect-head", "0" * 64))[0] == 1
    # When an owner of scoring's tables makes somebody else of the reader.
    owner = await asyncpg.connect(database_urls.scoring_owner)
    async with owner.transaction():
        await owner.execute("ALTER TABLE audit_records DISABLE TRIGGER append_only")
        await owner.execute("SELECT open_transaction($1)", company.organization.id)
        changed = await owner.fetchval("UPDATE audit_records SET actor = 'nobody' WHERE action = 'pay_basis.read' RETURNING id")
        await owner.execute("ALTER TABLE audit_records ENABLE TRIGGER append_only")
    await owner.close()
    # Then the command ends with 1 and names it.
    code, chains = await verify(company)
    assert (code, [[(fault["kind"], fault["record_id"]) for fault in chain["faults"]] for chain in chains]) == (
        1,
        [[], [("changed", str(changed))]],
    )
    code, out = await sightline("verify", "--organization", str(company.organization.id))
    assert (code, head in out) == (1, True)


async def test_export_writes_lines_and_is_recorded(company: Company) -> None:
    asked = ["export", "scoring", "--organization", str(company.organization.id)]
    code, out = await sightline(*asked, "--action", "pay_basis.read")
    [line] = [json.loads(line) for line in out.splitlines()]
    assert (code, line["actor"], line["subject_id"]) == (0, str(company.people["comp"]), str(company.people["ana"]))
    _, out = await sightline(*asked, "--action", "audit.read", "--from", "2020-01-01")
    assert [json.loads(line)["actor"] for line in out.splitlines()] == ["operator", "operator"]


async def test_export_writes_a_file_as_a_whole_or_not_at_all(company: Company, tmp_path: Path) -> None:
    asked = ["export", "scoring", "--organization", str(company.organization.id), "--action", "pay_basis.read"]
    _, printed = await sightline(*asked)
    file = tmp_path / "audit.ndjson"
    assert (await sightline(*asked, "--out", str(file))) == (0, "")
    assert files(tmp_path) == [("audit.ndjson", printed, 0o600)]
    # Nothing is written, nor recorded, where there is no folder; and what is there stays when an export fails.
    assert (await sightline(*asked, "--out", str(tmp_path / "none" / "x")))[0] == 1
    _, out = await sightline(*asked[:4], "--action", "audit.read")
    assert len(out.splitlines()) == 3
    assert (await sightline("export", "nobody", "--out", str(file)))[0] == 1
    assert files(tmp_path) == [("audit.ndjson", printed, 0o600)]


def files(folder: Path) -> list[tuple[str, str, int]]:
    return [(file.name, file.read_text(), file.stat().st_mode & 0o777) for file in folder.iterdir()]
