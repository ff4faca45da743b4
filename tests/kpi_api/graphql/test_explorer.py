"""The explorers come from this server alone."""

import re

import pytest

from tests.world import Organization


@pytest.mark.parametrize("path", ["/graphql/explorer", "/docs"])
async def test_the_page_names_no_other_host(organization: Organization, path: str) -> None:
    client = await organization.world.client(organization.world.kpi_api, None)

    page = await client.get(path)

    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(https?:)?//""", page.text) == []
    for link in re.findall(r"""(?:src|href)="(/[^"]+)""", page.text):
        assert (await client.get(link)).status_code == 200
