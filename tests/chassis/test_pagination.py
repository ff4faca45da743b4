"""Every row once, whatever the page size, and no cursor but one of our own."""

import base64

import pytest

from chassis.pagination import CursorProblem, CursorSigner
from tests.chassis.conftest import ProbeDoor
from tests.world import World


async def fill(door: ProbeDoor, count: int) -> list[str]:
    return [(await door.client.post("/v1/notes", json={"text": str(place)})).json()["id"] for place in range(count)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 200])
async def test_pages_hold_every_row_once_and_in_order(door: ProbeDoor, limit: int) -> None:
    made, seen = await fill(door, 5), []
    path = f"/v1/notes?limit={limit}"
    while path:
        answer = await door.client.get(path)
        seen += [item["id"] for item in answer.json()["items"]]
        link = answer.headers.get("link", "")
        assert bool(link) == (answer.json()["next"] is not None)
        path = link.removeprefix("<").partition(">")[0]
    assert seen == made


async def test_a_row_added_before_the_cursor_moves_nothing(door: ProbeDoor) -> None:
    made = await fill(door, 4)
    first = (await door.client.get("/v1/notes?limit=2")).json()
    await fill(door, 1)
    second = (await door.client.get("/v1/notes", params={"limit": 2, "cursor": first["next"]})).json()
    assert [item["id"] for item in second["items"]] == made[2:]


async def test_a_cursor_of_another_organization_or_a_changed_one_is_refused(door: ProbeDoor, world: World) -> None:
    await fill(door, 3)
    cursor = (await door.client.get("/v1/notes?limit=2")).json()["next"]
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[-2] ^= 1
    forged = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    stranger = await door.as_somebody_of(await world.new_organization())
    for client, text in [(door.client, forged), (door.client, ""), (door.client, "x"), (door.client, "é"), (stranger, cursor)]:
        answer = await client.get("/v1/notes", params={"cursor": text})
        if text:
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor"), text
            assert answer.json()["errors"][0]["field"] == "cursor"


def test_a_cursor_of_one_list_is_none_of_another() -> None:
    signer = CursorSigner(b"key")
    cursor = signer.sign("people", [1])
    assert signer.read("people", cursor) == [1]
    for scope, other in [("units", signer), ("people", CursorSigner(b"other key"))]:
        with pytest.raises(CursorProblem):
            other.read(scope, cursor)


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
async def test_page_sizes_are_capped(door: ProbeDoor, limit: str) -> None:
    answer = await door.client.get(f"/v1/notes?limit={limit}")
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (422, "invalid", "/query/limit")
