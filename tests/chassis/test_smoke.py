"""Both services come up whole."""

from tests.world import Organization, World


async def test_both_services_are_ready(world: World, organization: Organization) -> None:
    admin = await organization.admin()
    for client in (admin.kpi_api, admin.scoring):
        answer = await client.get("/readyz")
        assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "job_listener": "absent"}, answer.text
    await world.work()
    await organization.set_clock("2026-01-05T08:00:00Z")
