"""Undoing migrations forgets what the tables of before have no room for, and nothing else."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from chassis import migrations
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.organizations import ensure_organization
from kpi_api.cascade.models import KpiStakeholder
from kpi_api.collaboration.models import KpiAgreement, KpiAgreementTakenBack
from kpi_api.people.models import Person
from kpi_api.scorecards.assignments.models import TemplateAssignment, TemplateAssignmentResult
from kpi_api.scorecards.findings.models import FindingMuting
from sightline.embedded_postgres import EmbeddedPostgres
from tests.kpi_api import given

NOW = datetime(2026, 2, 2, tzinfo=UTC)
LEFT = {
    "template_assignments": "SELECT count(*) FROM template_assignments",
    "template_assignment_results": "SELECT count(*) FROM template_assignment_results",
    "finding_mutings": "SELECT string_agg(reason, ', ') FROM finding_mutings",
    "kpi_agreements": "SELECT string_agg(terms ->> 'said', ', ') FROM kpi_agreements",
}


def rows() -> list[Any]:
    """Scorecards copied to Ann, two findings muted, and terms that she agreed to, took back, and agreed to anew."""
    cycle, ann, (definition, version) = given.a_cycle(), given.a_person("ann"), given.a_definition("calls")
    kpi = given.a_kpi(version, cycle, ann)
    copies = TemplateAssignment(
        id=new_id(), template_id=None, template_number=None, from_cycle_id=cycle.id, cycle_id=cycle.id, requester_id=ann.id,
        contributes_to=[], status="finished", people=1, requested_at=NOW, finished_at=NOW,
    )  # fmt: skip
    result = TemplateAssignmentResult(
        id=new_id(), assignment_id=copies.id, position=1, person_id=ann.id, status="skipped", kpi_ids=[], left_out=[]
    )
    mutings = [muted("in this cycle", ann, cycle.id), muted("everywhere", ann, None)]
    return [cycle, ann, definition, version, kpi, copies, result, *mutings, *agreements(kpi.id, ann)]


def muted(reason: str, by: Person, cycle_id: UUID | None) -> FindingMuting:
    return FindingMuting(
        id=new_id(), code="too_many_kpis", cycle_id=cycle_id, reason=reason, muted_by_id=by.id, muted_at=NOW, ends_on=date(2026, 3, 1)
    )


def agreements(kpi_id: UUID, ann: Person) -> list[Any]:
    carrier = KpiStakeholder(id=new_id(), kpi_id=kpi_id, person_id=ann.id, part="Demand")
    first, anew = [
        KpiAgreement(
            id=new_id(), kpi_id=kpi_id, stakeholder_id=carrier.id, signer_id=ann.id, digest="sha256:1", terms={"said": said}, agreed_at=NOW
        )
        for said in ("first", "anew")
    ]
    back = KpiAgreementTakenBack(id=new_id(), agreement_id=first.id, taken_back_by_id=ann.id, taken_back_at=NOW)
    return [carrier, first, anew, back]


async def left(url: str, organization_id: UUID) -> dict[str, Any]:
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT set_config('sightline.organization_id', $1, false)", str(organization_id))
    found = {table: await connection.fetchval(question) for table, question in LEFT.items()}
    await connection.close()
    return found


async def test_what_the_tables_of_before_do_not_know_goes_and_the_rest_stays(postgres: EmbeddedPostgres) -> None:
    urls, organization_id = postgres.create_database_pair("forgotten"), new_id()
    await asyncio.to_thread(migrations.upgrade, "kpi_api", urls.kpi_api_owner, "kpi_api_service")
    database = Database(urls.kpi_api, pool_size=1)
    async with database.write(organization_id) as session:
        await ensure_organization(session)
        for row in rows():
            session.add(row)
            await session.flush()
    await database.close()

    await asyncio.to_thread(migrations.downgrade, "kpi_api", urls.kpi_api_owner, "0040")
    assert await left(urls.kpi_api_owner, organization_id) == {
        "template_assignments": 0, "template_assignment_results": 0, "finding_mutings": "everywhere", "kpi_agreements": "anew"
    }  # fmt: skip
    await asyncio.to_thread(migrations.upgrade, "kpi_api", urls.kpi_api_owner, "kpi_api_service")
    assert (await left(urls.kpi_api_owner, organization_id))["kpi_agreements"] == "anew"
