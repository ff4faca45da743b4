"""Every case file holds, as it stands, backwards and one scorecard at a time; and the comparison itself can fail."""

from pathlib import Path

import pytest

from tests.cases.case import case_files, differences


@pytest.mark.parametrize("file", case_files(), ids=lambda file: file.stem)
def test_the_case_holds(file: Path) -> None:
    assert differences(file) == []


def test_a_wrong_expectation_is_found(tmp_path: Path) -> None:
    """Given a case that expects a cent too much, when it is replayed, then each of the three ways says so."""
    text = (Path(__file__).parent / "published" / "B9 additive corporate and individual.yaml").read_text(encoding="utf-8")
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace("amount: 17000", "amount: 17000.01"), encoding="utf-8")
    assert len(differences(file)) == 3
