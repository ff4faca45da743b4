"""Pages of people: everybody once, whatever script a name is written in."""

import pytest

from tests.kpi_api.given import a_person, store
from tests.world import Organization

NAMES = ["İnci", "ΑΣ", "ΑΣΣ", "ﬁx", "Ingrid", "Isolde", "ı", "ẞ", "ß", "Åse", "李", "नमस्ते", "Ǆ", "i̇"]


@pytest.mark.parametrize("limit", [1, 3])
async def test_each_person_stands_on_one_page(organization: Organization, limit: int) -> None:
    people = [a_person(f"p{number}") for number in range(len(NAMES))]
    for person, name in zip(people, NAMES, strict=True):
        person.display_name = name
    await store(organization, *people)
    client = (await organization.admin()).kpi_api

    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        page = (await client.get("/v1/people", params={"limit": limit} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [person["display_name"] for person in page["items"]]
        cursor = page["next"]
        assert len(seen) <= len(NAMES) + 1, "a page was shown again"

    assert sorted(seen) == sorted([*NAMES, "Ada Quill"])
