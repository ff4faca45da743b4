"""The company that tests of roll-ups begin with."""

import pytest

from tests.kpi_api.cascade.company import Company, found_company
from tests.world import Organization


@pytest.fixture
async def company(organization: Organization) -> Company:
    return await found_company(organization)
