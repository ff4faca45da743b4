"""The company of the cascade's tests, and a way to ask the graph."""

import pytest

from tests.kpi_api.cascade.company import Company, found_company
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization) -> Company:
    return await found_company(organization)
