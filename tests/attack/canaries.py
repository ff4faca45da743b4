"""Texts and numbers that stand in one record each, and who may ever be told them, by whatever door."""

import re
from functools import cache

from tests.attack.cast import MANAGERS
from tests.attack.expected import EVERYTHING, WHOLE, sees
from tests.attack.staging import KPIS, PAID, secret_number

HOME = ("employee", "peer", "manager", "executive", "chief", "stakeholder", "neighbour", "regent", "board", "hr", "comp", "payroll",
        "auditor",
        "deputy", "key", "nobody", "leaver")  # fmt: skip
EXPORT = "/people/{person_id}/export"  # the one door of birth dates and genders
READINGS = ("/readings", "graphql Query.viewer")
SUM_OF_A_RUN = re.compile(r'"amounts":\s*\{|"input_digest":\s*"')
REVIEWED = ("manager", "executive", "stakeholder", "chief")  # whose mid-year review is open


def seeing(kind: str, owner: str) -> set[str]:
    return {viewer for viewer in HOME if sees(kind, viewer, owner) == "whole"}


@cache
def secrets() -> dict[str, set[str]]:
    """Each secret with the viewers who may be told it."""
    found: dict[str, set[str]] = {"1971-03-05": set()}
    for name, manager in MANAGERS.items():
        found[f"gender-{name}"] = set()
        if name not in {"second", "leaver"}:
            found[f"{name}@example.com"] = seeing("person", name)
            carriers = WHOLE["shared"] if name in {"employee", "stakeholder"} else set()
            found[f"{name.title()} Vale"] = seeing("person", name) | seeing("scoring_person", name) | carriers
        if name in PAID:
            found |= _of_paid(name, manager or "board")
    for name in ("employee", "peer", "stakeholder", "chief", "shared"):
        found[f"moved-{name}"] = seeing("check_in", name)
    return found | {f"source-{code}": WHOLE[code] | EVERYTHING for code in KPIS}


def _of_paid(name: str, manager: str) -> dict[str, set[str]]:
    paying = seeing("pay_basis", name)
    found = {
        secret_number("salary", name): paying,
        secret_number("bonus", name): paying | {"board"},
        f"number-{name}": paying | {"payroll"},
        f"comment-{name}": seeing("scorecard", name),
        f"own-annual-of-{name}": seeing("released_review", name),
        f"judged-annual-of-{name}": seeing("released_review", name),
    }
    if name in REVIEWED:
        found[f"own-mid_year-of-{name}"] = {name, manager, "hr"}
        found[f"judged-mid_year-of-{name}"] = {manager, "hr"}
    return found


@cache
def _patterns(viewer: str) -> dict[str, re.Pattern[str]]:
    return {secret: re.compile(rf"(?<![\w.@-]){re.escape(secret)}(?![\w-])") for secret, told in secrets().items() if viewer not in told}


@cache
def _exported_to(viewer: str) -> set[str]:
    """What the export of those tells whose export a viewer may have."""
    return {"1971-03-05", *(f"gender-{name}" for name in MANAGERS if viewer in seeing("personal_data", name))}


def told(viewer: str, operation: str, text: str) -> list[str]:
    """The secrets in an answer that are not this viewer's to know. People of the other organization have secrets of the same names."""
    if viewer not in HOME:
        return []
    found = [secret for secret, pattern in _patterns(viewer).items() if secret in text and pattern.search(text)]
    if "/v1/runs" in operation and viewer not in seeing("run_line", "") and SUM_OF_A_RUN.search(text):
        found.append("what a run pays in all")  # a run may be of one person
    if operation.endswith(EXPORT):
        found = [secret for secret in found if secret not in _exported_to(viewer)]
    # People see who read what is theirs, by name: that is what readings are for.
    return [secret for secret in found if not (operation.endswith(READINGS) and secret.endswith(" Vale"))]
