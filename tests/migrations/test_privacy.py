"""Comments and reasons that were written into rows that never change are found again where they can be erased, and back."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from chassis import migrations
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.organizations import ensure_organization
from kpi_api.measurements.models import CorrectionReason, Measurement
from kpi_api.scorecards.models import ScorecardComment, ScorecardHistory
from sightline.embedded_postgres import EmbeddedPostgres
from tests.kpi_api import given
from tests.kpi_api.reviews.conftest import a_scorecard

NOW = datetime(2026, 2, 2, tzinfo=UTC)
BEFORE = ("SELECT comment FROM scorecard_history", "SELECT correction_reason FROM measurements")
AFTER = ("SELECT text FROM scorecard_comments", "SELECT text FROM correction_reasons")


def rows() -> list[Any]:
    """Ann's scorecard with one step and its comment, and one of her values with the reason of its correction."""
    cycle, ann, (definition, version) = given.a_cycle(), given.a_person("ann"), given.a_definition("calls")
    kpi, card = given.a_kpi(version, cycle, ann), a_scorecard(ann, cycle)
    step = ScorecardHistory(
        id=new_id(), scorecard_id=card.id, verb="propose", from_status="draft", to_status="proposed", side="person", actor=str(ann.id),
        happened_at=NOW,
    )  # fmt: skip
    value = Measurement(
        id=new_id(), period_start=date(2026, 1, 1), period_end=date(2026, 1, 31), kpi_id=kpi.id, part="main", revision=1, value=Decimal(1),
        source="CRM", provenance="form", recorded_by=str(ann.id), recorded_at=NOW, after_closing=False,
    )  # fmt: skip
    comment = ScorecardComment(id=step.id, scorecard_id=card.id, text="as discussed")
    reason = CorrectionReason(id=value.id, kpi_id=kpi.id, text="found late")
    return [cycle, ann, definition, version, kpi, card, step, value, comment, reason]


async def texts(url: str, organization_id: UUID, questions: tuple[str, str]) -> list[str]:
    connection = await asyncpg.connect(url)
    await connection.execute("SELECT set_config('sightline.organization_id', $1, false)", str(organization_id))
    found = [await connection.fetchval(question) for question in questions]
    await connection.close()
    return found


async def test_what_was_written_before_moves_back_and_forth(postgres: EmbeddedPostgres) -> None:
    urls, organization_id = postgres.create_database_pair("moved_text"), new_id()
    await asyncio.to_thread(migrations.upgrade, "kpi_api", urls.kpi_api_owner, "kpi_api_service")
    database = Database(urls.kpi_api, pool_size=1)
    async with database.write(organization_id) as session:
        await ensure_organization(session)
        for row in rows():
            session.add(row)
            await session.flush()
    await database.close()

    await asyncio.to_thread(migrations.downgrade, "kpi_api", urls.kpi_api_owner, "0014")
    assert await texts(urls.kpi_api_owner, organization_id, BEFORE) == ["as discussed", "found late"]
    await asyncio.to_thread(migrations.upgrade, "kpi_api", urls.kpi_api_owner, "kpi_api_service")
    assert await texts(urls.kpi_api_owner, organization_id, AFTER) == ["as discussed", "found late"]
