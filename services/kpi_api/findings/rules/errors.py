"""Errors: what forbids proposing, agreeing to or forcing a scorecard. They need nothing but its text."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kpi_api.findings.facts import Card
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Found, Origin, Rule, about

FULL_WEIGHT: Final = Decimal(100)


def no_lines(card: Card, limits: Limits) -> Iterator[Found]:
    if not card.lines:
        yield Found("The scorecard has no KPIs.", {"kpis": 0})


def weights_missing(card: Card, limits: Limits) -> Iterator[Found]:
    without = [line.name for line in card.lines if line.weight is None]
    if without:
        yield Found(f"{len(without)} of {len(card.lines)} KPIs have no weight.", {"without": without})


def weights_total(card: Card, limits: Limits) -> Iterator[Found]:
    weights = [line.weight for line in card.lines]
    total = sum((weight for weight in weights if weight is not None), Decimal())
    if weights and None not in weights and total != FULL_WEIGHT:
        yield Found(f"The weights total {total:.2f}; they must total 100.00.", {"total": f"{total:.2f}"})


def kpi_waiting(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.status == "waiting":
            yield about(line, f"“{line.name}” waits for the event with which its window begins; record its day first, or take it off.")


def kpi_withdrawn(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.status not in {"active", "waiting"}:
            yield about(line, f"“{line.name}” is {line.status}; take it off the scorecard.", status=line.status)


def target_equals_baseline(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        for part in line.parts:
            if part.value_high is None and part.baseline is not None and part.baseline == part.value:
                sentence = f"“{line.name}” has a target equal to its baseline, so there is nothing to achieve."
                yield about(line, sentence, target=f"{part.value:f}")


RULES: Final = (
    Rule(
        "no_lines", "error", "scorecard", "No KPIs",
        "A scorecard says what somebody is to achieve; this one says nothing.",
        "There is nothing to agree to, to measure or to reward.",
        "Add the KPIs that matter for the role, or open the scorecard from a template.",
        Origin("ours"), no_lines,
    ),
    Rule(
        "weights_missing", "error", "scorecard", "Weights missing",
        "Without weights nobody can say which KPI matters more, and no composite can be formed.",
        "The score depends on a guess.",
        "Give every KPI a weight; they total 100.00.",
        Origin("S0", "Individual KPIs and Compensation"), weights_missing,
    ),
    Rule(
        "weights_total", "error", "scorecard", "Weights off 100",
        "Weights are shares of one whole.",
        "Scores of two people could not be compared.",
        "Change the weights so that they total 100.00.",
        Origin("S0", "Individual KPIs and Compensation"), weights_total,
    ),
    Rule(
        "kpi_waiting", "error", "line", "KPI without a window",
        "Its window begins with an event whose day is not known yet, so nobody could say when it is due.",
        "Something without dates would be signed.",
        "Record the day of the event, or take the KPI off until then.",
        Origin("ours"), kpi_waiting,
    ),
    Rule(
        "kpi_withdrawn", "error", "line", "KPI withdrawn",
        "The KPI is not measured any more.",
        "Somebody would be held to what nobody records.",
        "Take it off and share its weight among the others.",
        Origin("ours"), kpi_withdrawn,
    ),
    Rule(
        "target_equals_baseline", "error", "line", "Target equals baseline",
        "What is wanted is what is already there.",
        "Doing nothing counts as success.",
        "Set a target that differs from the baseline, or a band to be kept.",
        Origin("field"), target_equals_baseline,
    ),
)  # fmt: skip
