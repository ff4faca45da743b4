"""The committed contract files are what the code says."""

import pytest

from sightline.contracts import FOLDER, contracts

CONTRACTS = contracts()


@pytest.mark.parametrize("name", sorted(CONTRACTS))
def test_contract_file_is_current(name: str) -> None:
    assert (FOLDER / name).read_text() == CONTRACTS[name], f"openapi/{name} is out of date: run `make contracts` and look at what changed"
