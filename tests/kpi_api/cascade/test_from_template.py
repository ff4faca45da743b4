"""Individual KPIs from a template for many people in one call."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from chassis.access import Viewer
from chassis.identifiers import new_id
from kpi_api.access.matrix import MATRIX
from kpi_api.cascade.from_template import PersonalKpis, Recipient, create_kpis_from_template
from kpi_api.cascade.models import Contribution, Kpi
from kpi_api.cascade.schemas import Parent
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.queries import template, template_lines
from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.given import count


async def give(company: Company, *recipients: Recipient, role: str = "sales_representative") -> list[PersonalKpis]:
    organization = company.organization
    async with organization.world.kpi_api.database.write(organization.id) as session:
        viewer = Viewer(organization.id, "test", organization.person_id, frozenset({"hr_admin"}), session.today, MATRIX)
        found = await template(viewer, session, role)
        lines = (await template_lines(session, [found.id]))[found.id]
        cycle = await session.scalar(select(Cycle))
        assert cycle
        contributes_to = {"quarterly_revenue_closed": [Parent(parent="north")]}
        return await create_kpis_from_template(viewer, session, lines, cycle, recipients, contributes_to)


async def test_everybody_gets_the_templates_kpis_and_who_cannot_stops_nobody(company: Company) -> None:
    await (await company.admin()).post("/v1/library/install")
    await company.create(kpi("north", "team", unit="north"))
    eli, fay = company.people["eli"].id, company.people["fay"].id

    given = await give(company, Recipient(eli), Recipient(new_id()), Recipient(fay, window_start=date(2026, 5, 4)))

    assert [(len(personal.kpi_ids), bool(personal.errors)) for personal in given] == [(7, False), (0, True), (7, False)]
    assert {(error.row, error.code) for error in given[1].errors} == {(2, "unknown_owner")}
    listed = (await (await company.client("fay")).get("/v1/kpis")).json()["items"]
    assert {item["window_start"] for item in listed} == {"2026-05-04"}
    assert "win_rate.x-fay.2026.20260504" in {item["code"] for item in listed}
    assert await count(company.organization, select(func.count()).select_from(Contribution)) == 2


async def test_giving_the_same_again_gives_the_same_kpis(company: Company) -> None:
    await (await company.admin()).post("/v1/library/install")
    await company.create(kpi("north", "team", unit="north"))
    eli = company.people["eli"].id

    first, again = (await give(company, Recipient(eli)))[0], (await give(company, Recipient(eli)))[0]

    assert first.kpi_ids == again.kpi_ids
    assert all(isinstance(kpi_id, UUID) for kpi_id in again.kpi_ids.values())
    assert await count(company.organization, select(func.count()).select_from(Kpi)) == 8
