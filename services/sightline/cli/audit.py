"""`sightline audit`: prove that nobody changed the audit, and take it out as lines of JSON."""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from uuid import UUID

import typer

from sightline.cli.client import OrganizationId
from sightline.cli.terminal import AsJson, output, show_json, show_step, show_table
from sightline.databases import SERVICES
from sightline.home import home_folder
from sightline.problems import BadUsage

if TYPE_CHECKING:
    from chassis.audit.chain import Verification
    from chassis.audit.seals import AuditKeys
    from chassis.database import Database

SHOWN = 20

app = typer.Typer(help="Who read or changed what: verify it, export it.", no_args_is_help=True)

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@app.command("verify")
def verify_chains(
    organization: OrganizationId = None,
    service: Annotated[str | None, typer.Option(help="kpi_api or scoring; both when left out.")] = None,
    expect_head: Annotated[
        str | None, typer.Option(help="A head noted earlier: the chain must still hold it. Needs --service and --organization.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify the chains of audit records, of one organization or of all.

    Names each record that was changed, removed, moved or put in, counts those not chained yet, prints each chain's head, and ends with 1
    when something is wrong. Note the heads somewhere else: only they tell whether everything was taken back to an earlier
    state, or somebody with the keys as well wrote a new chain (docs/audit.md).

    Examples: `sightline audit verify`, `sightline audit verify --service scoring --organization ID --expect-head DIGEST --json`.
    """
    if expect_head and (service is None or organization is None):
        raise BadUsage("A head belongs to one chain.", "Name it by --service and --organization.")
    from sightline.keys import audit_keys_of

    found = {
        name: _with_database(name, partial(_verify, audit_keys_of(home_folder(), name), organization, expect_head))
        for name in ([service] if service else SERVICES)
    }
    if as_json:
        show_json([{"service": name, **_plain(chain)} for name, chains in found.items() for chain in chains])
    else:
        _show(found)
    if any(chain.fault_count for chains in found.values() for chain in chains):
        raise typer.Exit(1)


@app.command("seal")
def seal_chain(
    service: Annotated[str, typer.Argument(help="kpi_api or scoring.")],
    organization: OrganizationId = None,
) -> None:
    """Seal a chain from before there were seals from here on. `sightline audit verify` says which chains have none.

    This vouches for everything in it, as it is now: verify it first, against a head that was noted elsewhere.

    Example: `sightline audit seal scoring --organization ID`.
    """
    from chassis import sequencer
    from sightline.keys import audit_keys_of
    from sightline.tokens import choose_organization

    keys = audit_keys_of(home_folder(), service)

    async def begin(database: "Database") -> None:
        await sequencer.seal_chain(database, await choose_organization(database, organization), keys)

    _with_database(service, begin)
    show_step(f"The audit of {service} is sealed from here on.")


@app.command("export")
def export_records(
    service: Annotated[str, typer.Argument(help="kpi_api or scoring.")],
    organization: OrganizationId = None,
    actor: Annotated[str | None, typer.Option(help="A person's id, key:ID, a service, or operator.")] = None,
    action: Annotated[str | None, typer.Option(help="Such as payout.read.")] = None,
    subject: Annotated[UUID | None, typer.Option(help="The id of what was read or changed.")] = None,
    from_: Annotated[datetime | None, typer.Option("--from", formats=MOMENTS, help="From then on, in UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=MOMENTS, help="Before then, in UTC.")] = None,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="The file to write; else standard output.")] = None,
) -> None:
    """Write an organization's audit records, oldest first, one JSON object in each line with its place in the chain.

    The export is itself recorded, as the operator's. A file is replaced only once all of it is written.

    Examples: `sightline audit export scoring --out audit.ndjson`, `sightline audit export scoring --action payout.read --from 2026-01-01`.
    """
    from chassis.audit.export import AuditFilter, export_lines, record_reading
    from sightline.tokens import choose_organization

    if out is not None and not out.parent.is_dir():
        raise BadUsage(f"There is no folder {out.parent}.", "Make it, or name another file with --out.")
    wanted = AuditFilter(actor, action, None, subject, _utc(from_), _utc(until))

    async def write(database: "Database") -> None:
        chosen = await choose_organization(database, organization)
        async with database.read(chosen) as session:
            await record_reading(session, "operator", wanted)
        with _lines_to(out) as lines:
            async for line in export_lines(database, chosen, wanted):
                lines.write(line)

    _with_database(service, write)
    if out is not None:
        show_step(f"Wrote {out}.")


@contextmanager
def _lines_to(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a new file that takes the place of `out` when all went well."""
    if out is None:
        yield sys.stdout.buffer
        return
    new = out.with_name(f".{out.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    try:
        with new.open("wb") as lines:
            yield lines
        new.replace(out)
    finally:
        new.unlink(missing_ok=True)


def _with_database(service: str, work: "Callable[[Database], Awaitable[Any]]") -> Any:
    from sightline.tokens import with_database

    return with_database(home_folder(), service, work)


async def _verify(keys: "AuditKeys", organization: UUID | None, expect_head: str | None, database: "Database") -> "list[Verification]":
    from chassis.audit.chain import verify
    from sightline.tokens import choose_organization

    wanted = [await choose_organization(database, organization)] if organization else await database.organization_ids()
    found = []
    for organization_id in wanted:
        async with database.read(organization_id, snapshot=True) as session:
            found.append(await verify(session, keys, expected_head=expect_head))
    return found


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(tzinfo=UTC)


def _plain(chain: "Verification") -> dict[str, Any]:
    age = chain.oldest_unchained
    facts = {name: value for name, value in asdict(chain).items() if name != "oldest_unchained"}
    return {**facts, "oldest_unchained_seconds": None if age is None else age.total_seconds()}


def _show(found: "dict[str, list[Verification]]") -> None:
    rows = [
        [name, str(chain.organization_id), str(chain.links), _tail(chain), str(chain.fault_count or "none")]
        for name, chains in found.items()
        for chain in chains
    ]
    show_table(["service", "organization", "records", "not chained yet", "faults"], rows)
    for name, chains in found.items():
        for chain in chains:
            output.out(f"head of {name} {chain.organization_id}: {chain.head_number} {chain.head_digest}", highlight=False)
            for fault in chain.faults[:SHOWN]:
                show_step(f"{name}, {chain.organization_id}: {fault.message}")
            if chain.fault_count > SHOWN:
                show_step(f"{name}, {chain.organization_id}: {chain.fault_count} faults; `--json` names the first thousand.")


def _tail(chain: "Verification") -> str:
    if chain.oldest_unchained is None:
        return "none"
    return f"{chain.unchained}, the oldest for {max(0, round(chain.oldest_unchained.total_seconds()))} s"
