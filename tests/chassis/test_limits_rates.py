"""Who asks too often is told to wait, and nobody else is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.identity import TokenSigner, load_private_key
from chassis.limits.rates import Allowance, Counter, Policy, network_of
from tests.chassis.conftest import ProbeDoor
from tests.world import Organization, Running

THREE = Policy("person", 3)  # one request comes back every 20 s


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_quota_is_used_up_at_will_and_comes_back_steadily() -> None:
    clock = Clock()
    counter = Counter(clock)
    assert [counter.take(THREE, "ada") for _ in range(4)] == [
        Allowance(THREE, 2, 20),
        Allowance(THREE, 1, 40),
        Allowance(THREE, 0, 60),
        Allowance(THREE, 0, 60, wait=20),
    ]
    assert counter.take(THREE, "ben") == Allowance(THREE, 2, 20), "others have a quota of their own"
    clock.now += 19
    assert counter.take(THREE, "ada") == Allowance(THREE, 0, 41, wait=1)
    clock.now += 1
    assert counter.take(THREE, "ada") == Allowance(THREE, 0, 60)
    clock.now += 60
    assert counter.take(THREE, "ada") == Allowance(THREE, 2, 20)


def test_a_refused_request_uses_nothing() -> None:
    clock = Clock()
    counter = Counter(clock)
    for _ in range(100):
        counter.take(THREE, "ada")
    clock.now += 20
    assert counter.take(THREE, "ada").wait is None


def test_made_up_clients_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.limits.rates.MOST_COUNTED", 100)
    clock = Clock()
    counter = Counter(clock)
    for number in range(1000):
        counter.take(THREE, str(number))
        assert len(counter._full_at) <= 101
    clock.now += 60
    counter.take(THREE, "late")
    assert len(counter._full_at) <= 101


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::9", "2001:0db8:0001:0002"),
        ("testclient", "testclient"),
    ],
)
def test_one_subscriber_is_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


def narrow(door: ProbeDoor, bulk_paths: Sequence[str] = (), **settings: int) -> Running:
    """The probe again, with these settings."""
    service = door.running.service
    return door.like(replace(service, settings=service.settings.model_copy(update=settings), bulk_paths=bulk_paths))


async def test_a_person_who_asks_too_often_waits_and_nobody_else_does(door: ProbeDoor, organization: Organization) -> None:
    # Given a quota of two requests a minute
    running = narrow(door, person_requests_per_minute=2)
    mine = door.world.token(organization.id, organization.person_id)
    ada = await door.world.client(running, mine)
    # When she asks three times
    answers = [await ada.get("/v1/notes") for _ in range(3)]
    # Then two are answered, and the third says how long to wait
    assert [(answer.status_code, answer.headers["ratelimit"]) for answer in answers] == [
        (200, '"person";r=1;t=30'),
        (200, '"person";r=0;t=60'),
        (429, '"person";r=0;t=60'),
    ]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"person";q=2;w=60'}
    refused = answers[2]
    assert (refused.json()["code"], refused.headers["content-type"]) == ("too_many_requests", "application/problem+json")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.headers["x-content-type-options"] == "nosniff"
    # And a write of hers is refused before it is begun
    assert (await ada.post("/v1/notes", json={"text": "a"})).status_code == 429
    assert door.probe.made == 0
    # And somebody of another organization, at the same address, is not
    other = await door.world.new_organization()
    ben = await door.world.client(running, door.world.token(other.id, other.person_id))
    assert (await ben.get("/v1/notes")).headers["ratelimit"] == '"person";r=1;t=30'


async def test_who_proves_nothing_is_counted_by_address(door: ProbeDoor, organization: Organization) -> None:
    running = narrow(door, address_requests_per_minute=3)
    nobody = await door.world.client(running, None)
    liar = await door.world.client(running, "a.b.c")
    # Given three requests from one address: without credentials, with wrong ones, with wrong ones where none are asked for
    assert (await nobody.get("/v1/notes")).headers["ratelimit"] == '"address";r=2;t=20'
    assert (await liar.get("/v1/notes")).status_code == 401
    assert (await liar.get("/v1/nowhere")).status_code == 404
    # Then it may ask no more, with or without
    for client, path in ((nobody, "/livez"), (nobody, "/v1/notes"), (liar, "/v1/notes"), (liar, "/v1/nowhere")):
        refused = await client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert refused.headers["ratelimit"].startswith('"address";r=0;')
    # But who proves who he is may
    mine = door.world.token(organization.id, organization.person_id)
    ada = await door.world.client(running, mine)
    assert (await ada.get("/v1/notes")).status_code == 200


async def test_bulk_writes_have_a_quota_of_their_own(door: ProbeDoor, organization: Organization) -> None:
    running = narrow(door, bulk_paths=["/v1/no.es"], bulk_requests_per_minute=1)
    ada = await door.world.client(running, door.world.token(organization.id, organization.person_id))
    answers = [await ada.post("/v1/notes", json={"text": "a"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"bulk";q=1;w=60'}
    assert (await ada.get("/v1/notes")).headers["ratelimit-policy"].startswith('"person";')


async def test_a_sibling_service_is_not_counted(door: ProbeDoor, organization: Organization) -> None:
    """Whom it acts for was counted by it."""
    key = load_private_key(door.running.service.settings.key_folder / "kpi_api.jwk.json")
    token = TokenSigner("kpi_api", key).sign(
        subject="kpi_api", audience="scoring", organization_id=organization.id, life=timedelta(minutes=1)
    )
    kpi_api = await door.world.client(door.world.scoring, token)
    answer = await kpi_api.put("/v1/organization", json={"name": "Quill", "currency": "EUR"})
    assert answer.status_code == 200
    assert "ratelimit" not in answer.headers
