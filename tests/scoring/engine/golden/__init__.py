"""Golden snapshots: what each version of the engine's rules answered, kept for good (design 6).

`version_N.ndjson` has a line for each snapshot of a worked case as it stood when version N was current: the plan, what went in, and every
figure that came out. `python -m tests.scoring.engine.golden` adds cases that are new; a line that is there is never written anew.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from chassis.documents import load_document
from scoring.engine import ENGINE_SEMANTICS_VERSION, load_plan, score
from tests.cases.case import Case, case_files, exact_case, snapshot_tables

FOLDER = Path(__file__).parent
VERSIONS = range(1, ENGINE_SEMANTICS_VERSION + 1)
Golden = dict[str, Any]


def golden_file(version: int) -> Path:
    return FOLDER / f"version_{version}.ndjson"


def golden(version: int) -> list[Golden]:
    """Each snapshot with its numbers exact: `case`, `snapshot`, `plan`, `defaults`, `cards`, and the results `lines` and `people`."""
    file = golden_file(version)
    return [load_document(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def answered(kept: Golden) -> Golden:
    """What the engine answers to a kept snapshot: rows of figures as text."""
    result = score(load_plan(kept["plan"]), *snapshot_tables(kept, kept["cards"]))
    return {name: [_figures(row) for row in table.to_pylist()] for name, table in (("lines", result.lines), ("people", result.people))}


def _figures(row: dict[str, Any]) -> dict[str, str | None]:
    """A row with each step as a column of its own. Text keeps a number's places, which are part of the bytes."""
    flat = {name: value for name, value in row.items() if name != "steps"} | {f"steps.{n}": v for n, v in (row["steps"] or {}).items()}
    return {name: None if value is None else str(value) for name, value in flat.items()}


def add_new_cases() -> int:
    """Write what is not kept yet of the current version; returns how many snapshots that were."""
    kept = {(each["case"], int(each["snapshot"])) for each in golden(ENGINE_SEMANTICS_VERSION)}
    new = [each for file in case_files() for each in _snapshots(file) if (each["case"], each["snapshot"]) not in kept]
    with golden_file(ENGINE_SEMANTICS_VERSION).open("a", encoding="utf-8") as file:
        file.writelines(f"{_json(each | answered(each))}\n" for each in new)
    return len(new)


def _snapshots(file: Path) -> Iterator[Golden]:
    case: Case = exact_case(load_document(file.read_text(encoding="utf-8")))
    for number, cards in enumerate(case.get("snapshots", [])):
        inputs = [{name: value for name, value in card.items() if name != "expect"} for card in cards]
        yield {"case": file.stem, "snapshot": number, "plan": case["plan"], "defaults": case.get("defaults", {}), "cards": inputs}


def _json(value: Golden) -> str:
    """JSON whose exact numbers stand as numbers, each digit kept."""
    text = json.dumps(value, ensure_ascii=False, default=lambda other: f"\x00{other:f}" if isinstance(other, Decimal) else str(other))
    return re.sub(r'"\\u0000([0-9.-]+)"', r"\1", text)
