"""Every version of the engine's rules still answers each golden snapshot with the same figures, to the last place."""

import pytest

from scoring.engine import ENGINE_SEMANTICS_VERSION
from tests.cases.case import case_files
from tests.scoring.engine.golden import VERSIONS, answered, golden


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_answered_once_is_answered_again(version: int) -> None:
    kept = golden(version)
    assert len(kept) >= 60, "a version without golden snapshots proves nothing"
    for each in kept:
        now = answered(each)
        for name in ("lines", "people"):
            assert len(now[name]) == len(each[name])
            # Columns that came later are not known to what is kept
            of_then = [{column: row[column] for column in was} for row, was in zip(now[name], each[name], strict=True)]
            assert of_then == each[name], f"{each['case']}, snapshot {each['snapshot']}: raise ENGINE_SEMANTICS_VERSION, or mend it"


def test_each_case_is_kept() -> None:
    kept = {each["case"] for each in golden(ENGINE_SEMANTICS_VERSION)}
    refused = {file.stem for file in case_files() if "\nrefused:" in file.read_text(encoding="utf-8")}
    new = {file.stem for file in case_files()} - kept - refused
    assert new == set(), "run `python -m tests.scoring.engine.golden`"
