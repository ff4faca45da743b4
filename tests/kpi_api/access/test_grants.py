"""Who may give roles, and what another organization sees of all this: nothing."""

from datetime import timedelta
from uuid import UUID, uuid4

from joserfc.jwk import OKPKey
from sqlalchemy import func, select

from chassis.identity import TokenSigner
from chassis.settings import DEVELOPMENT_ISSUER
from kpi_api.access.models import Grant, ReportingLine
from kpi_api.people.models import Employment, Person
from tests.kpi_api.people.test_moves import join
from tests.world import Organization, World


async def grant(organization: Organization, by: str | UUID, **given: str) -> tuple[int, str]:
    answer = await (await organization.as_person(by)).kpi_api.post("/v1/grants", json=given)
    return answer.status_code, answer.json().get("code", "")


async def test_hr_gives_roles_but_never_to_themselves(organization: Organization) -> None:
    person, hr = await join(organization, "one"), organization.person_id

    assert await grant(organization, hr, person_id=person, role="auditor") == (201, "")
    assert await grant(organization, hr, person_id=person, role="auditor") == (409, "already_granted")
    assert await grant(organization, hr, person_id=str(hr), role="payroll") == (403, "not_to_oneself")
    assert await grant(organization, person, person_id=person, role="hr_admin") == (403, "not_allowed")
    assert await grant(organization, hr, person_id=person, role="god") == (422, "invalid")
    assert await grant(organization, hr, person_id=person, role="executive") == (422, "grant_invalid")


async def test_a_role_opens_doors_from_its_first_day_to_its_end(organization: Organization) -> None:
    await organization.set_clock("2026-01-05T08:00:00Z")
    person, other = await join(organization, "one"), await join(organization, "other")
    client = (await organization.as_person(person)).kpi_api
    admin = (await organization.admin()).kpi_api
    assert (await client.get(f"/v1/people/{other}")).status_code == 404

    given = await admin.post("/v1/grants", json={"person_id": person, "role": "auditor", "valid_from": "2026-02-01"})

    assert (await client.get(f"/v1/people/{other}")).status_code == 404
    await organization.set_clock("2026-02-01T08:00:00Z")
    assert (await client.get(f"/v1/people/{other}")).status_code == 200
    await admin.post(f"/v1/grants/{given.json()['id']}/end", json={"valid_to": "2026-03-01"})
    await organization.set_clock("2026-03-01T08:00:00Z")
    assert (await client.get(f"/v1/people/{other}")).status_code == 404


async def test_outside_sight_looks_like_what_never_was(organization: Organization) -> None:
    viewer, hidden = await join(organization, "one"), await join(organization, "hidden")
    client = (await organization.as_person(viewer)).kpi_api

    outside, never = await client.get(f"/v1/people/{hidden}"), await client.get(f"/v1/people/{uuid4()}")

    assert (outside.status_code, outside.content) == (never.status_code, never.content) == (404, never.content)


async def test_another_organization_sees_and_changes_nothing(world: World, organization: Organization) -> None:
    person = await join(organization, "one")
    stranger = await world.new_organization()
    client = (await stranger.admin()).kpi_api

    assert (await client.get(f"/v1/people/{person}")).status_code == 404
    assert [row["id"] for row in (await client.get("/v1/people")).json()["items"]] == [str(stranger.person_id)]
    assert (await client.post(f"/v1/people/{person}/employments", json={"valid_from": "2026-01-01"})).status_code == 404
    assert await grant(stranger, stranger.person_id, person_id=person, role="auditor") == (404, "not_found")
    forged = await stranger.with_token(world.token(stranger.id, UUID(person)))
    assert (await forged.kpi_api.get("/v1/people")).status_code == 401, "their person is nobody in this organization"


async def test_the_database_itself_keeps_organizations_apart(world: World, organization: Organization) -> None:
    await join(organization, "boss")
    await join(organization, "one", "boss")
    stranger = await world.new_organization()
    for table in (Person, Employment, Grant, ReportingLine):
        theirs = select(func.count()).select_from(table.__table__)  # the table itself, so that the session adds no filter of its own
        async with world.kpi_api.database.read(organization.id) as session:
            assert await session.scalar(theirs), table
        async with world.kpi_api.database.read(stranger.id) as session:
            assert await session.scalar(theirs.where(table.__table__.c.organization_id != stranger.id)) == 0, table
        async with world.kpi_api.database.engine.connect() as connection:
            assert await connection.scalar(theirs) == 0, f"{table}: no setting, no rows"


async def test_tokens_that_prove_nothing_are_refused(world: World, organization: Organization) -> None:
    person = organization.person_id

    def signed(signer: TokenSigner, audience: str = "sightline", life: timedelta = timedelta(hours=1)) -> str:
        return signer.sign(subject=str(person), audience=audience, organization_id=organization.id, life=life)

    stolen_name = TokenSigner(DEVELOPMENT_ISSUER, OKPKey.generate_key("Ed25519", {"kid": "mine"}, auto_kid=False))
    unknown_issuer = TokenSigner("https://issuer.example", stolen_name._key)
    head, body, signature = signed(world.issuer).split(".")
    attacks = {
        "another key": signed(stolen_name),
        "another issuer": signed(unknown_issuer),
        "another audience": signed(world.issuer, audience="elsewhere"),
        "expired": signed(world.issuer, life=timedelta(minutes=-5)),
        "no signature": f"{head}.{body}.",
        "no algorithm": f"eyJhbGciOiJub25lIn0.{body}.",
        "changed": f"{head}.{body}.{signature[:-4]}AAAA",
        "no token": "x",
        "an unknown key": f"sl_{uuid4().hex}_secret",
    }
    for attack, token in attacks.items():
        answer = await (await organization.with_token(token)).kpi_api.get("/v1/people")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), attack
    assert (await (await organization.admin()).kpi_api.get("/v1/people")).status_code == 200
