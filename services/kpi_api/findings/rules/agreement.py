"""How a scorecard was made and looked at again: within the person's control, in dialogue, reviewed in time, and fit for the role."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from kpi_api.findings.facts import Card
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Found, Rule, about
from kpi_api.findings.rules.balance import CHARACTERISTICS, MISTAKES

RUNNING: Final = {"active", "closed"}


def low_controllability(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.controllability == "low":
            yield about(line, f"“{line.name}” depends mostly on what {_whose(line.level)} cannot influence.", level=line.level)


def _whose(level: str) -> str:
    return "the person" if level == "individual" else "one person alone"


def imposed(card: Card, limits: Limits) -> Iterator[Found]:
    if card.imposed:
        yield Found("HR imposed the scorecard; the two sides did not agree.", {"status": card.status})


def never_reviewed_mid_cycle(card: Card, limits: Limits) -> Iterator[Found]:
    middle = card.window_start + (card.window_end - card.window_start) / 2
    if card.status not in RUNNING or card.discussed or (card.today - middle).days <= limits.mid_cycle_grace_days:
        return
    sentence = f"Half of the window was over on {middle}, and there is neither a check-in nor a mid-year review."
    yield Found(sentence, {"middle": middle.isoformat(), "grace_days": limits.mid_cycle_grace_days})


def missed_assessment(card: Card, limits: Limits) -> Iterator[Found]:
    due = [] if card.assessed or not card.window_start <= card.mid_year_on <= card.window_end else [("mid-year", card.mid_year_on)]
    due += [] if card.appraised else [("annual", card.year_end_on)]
    for stage, day in due if card.status in RUNNING else ():
        if card.today - day > timedelta(days=limits.assessment_grace_days):
            sentence = f"The {stage} review was due on {day} and has not been released."
            yield Found(sentence, {"due_on": day.isoformat(), "grace_days": limits.assessment_grace_days})


def serves_no_responsibility(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        roles = line.definition.roles
        if card.role_code is not None and roles and card.role_code not in roles:
            sentence = f"“{line.name}” is for the role {', '.join(roles)}, not for {card.role_code}."
            yield about(line, sentence, role=card.role_code, for_roles=list(roles))


RULES: Final = (
    Rule(
        "low_controllability", "warning", "line", "Outside the person's control",
        "Somebody is held to what the market, colleagues or decisions above decide.",
        "It is felt to be unfair, and people stop caring.",
        "Measure the person's own part instead, such as what they deliver towards it.",
        MISTAKES, low_controllability,
    ),
    Rule(
        "imposed", "warning", "scorecard", "Set without dialogue",
        "A goal that was not talked about is somebody else's.",
        "Nobody feels it to be theirs or is committed to it.",
        "Talk it over, and open a change that both sides agree to.",
        MISTAKES, imposed,
    ),
    Rule(
        "never_reviewed_mid_cycle", "warning", "scorecard", "Never reviewed mid-cycle",
        "What was set at the start is looked at for the first time at the end.",
        "Problems stay hidden until it is too late to correct the course.",
        "Write a check-in now, or hold the mid-year review.",
        MISTAKES, never_reviewed_mid_cycle,
    ),
    Rule(
        "missed_assessment", "warning", "scorecard", "Assessment date missed",
        "A formal assessment was promised for a day that is over.",
        "People learn that dates do not count.",
        "Hold the review and release it.",
        CHARACTERISTICS, missed_assessment,
    ),
    Rule(
        "serves_no_responsibility", "warning", "line", "Serves no responsibility of the role",
        "The dictionary says whom the KPI is for, and this role is not among them.",
        "Somebody is measured by another's work.",
        "Take a KPI of the role, or let the definition's owner add the role.",
        CHARACTERISTICS, serves_no_responsibility,
    ),
)  # fmt: skip
