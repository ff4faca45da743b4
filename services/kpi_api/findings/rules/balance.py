"""Balance: how many KPIs, of which dimensions and kinds, and how heavy each is."""

from collections.abc import Callable, Iterator
from typing import Final

from kpi_api.findings.facts import Card, Line
from kpi_api.findings.limits import Limits
from kpi_api.findings.rule import Found, Origin, Rule, about

MISTAKES: Final = Origin("S0", "Common Individual KPI Mistakes")
CHARACTERISTICS: Final = Origin("S0", "Characteristics of Individual KPIs")
TIMES: Final = {"seconds", "minutes", "hours", "days", "business_days", "weeks"}
COUNTS: Final = {"count", "points"}


def too_many_kpis(card: Card, limits: Limits) -> Iterator[Found]:
    count = len(card.lines)
    if count > limits.most_kpis:
        yield Found(f"{count} KPIs; at most {limits.most_kpis} leave a focus.", {"kpis": count, "at_most": limits.most_kpis})


def too_few_kpis(card: Card, limits: Limits) -> Iterator[Found]:
    count = len(card.lines)
    if 0 < count < limits.fewest_kpis:
        sentence = f"{count} KPI{'s' if count > 1 else ''}; a role takes at least {limits.fewest_kpis} to describe."
        yield Found(sentence, {"kpis": count, "at_least": limits.fewest_kpis})


def _has(card: Card, dimension: str) -> bool:
    return any(line.definition.dimension == dimension for line in card.lines)


def all_output_no_quality(card: Card, limits: Limits) -> Iterator[Found]:
    if _has(card, "output") and not _has(card, "quality"):
        output = [line.name for line in card.lines if line.definition.dimension == "output"]
        yield Found(f"{len(output)} KPIs measure output, none measures quality.", {"output": output})


def _lacks(dimension: str, sentence: str) -> Callable[[Card, Limits], Iterator[Found]]:
    def find(card: Card, limits: Limits) -> Iterator[Found]:
        if card.lines and not _has(card, dimension):
            yield Found(sentence, {"dimensions": sorted({line.definition.dimension for line in card.lines})})

    return find


no_behavioural = _lacks("behavioural", "No KPI is about how the work is done.")
no_development = _lacks("development", "No KPI is about growing.")


def only_lagging(card: Card, limits: Limits) -> Iterator[Found]:
    if card.lines and not any(line.definition.leading for line in card.lines):
        yield Found(f"All {len(card.lines)} KPIs lag: each shows what has already happened.", {"kpis": len(card.lines)})


def only_results(card: Card, limits: Limits) -> Iterator[Found]:
    if card.lines and all(line.definition.kind == "result" for line in card.lines):
        yield Found(f"All {len(card.lines)} KPIs are results, none looks at the way there.", {"kpis": len(card.lines)})


def only_process(card: Card, limits: Limits) -> Iterator[Found]:
    if card.lines and all(line.definition.kind == "process" for line in card.lines):
        yield Found(f"All {len(card.lines)} KPIs look at the way, none at a result.", {"kpis": len(card.lines)})


def activity_without_result(card: Card, limits: Limits) -> Iterator[Found]:
    served = {line.definition.outcome_code for line in card.lines if line.definition.kind == "result"}
    codes = {line.definition.code for line in card.lines}
    for line in card.lines:
        definition = line.definition
        if _counts_activity(line) and definition.outcome_code not in served and definition.leads_to_code not in codes:
            yield about(line, f"“{line.name}” counts activity, and no KPI beside it shows the result.", outcome=definition.outcome_code)


def _counts_activity(line: Line) -> bool:
    definition = line.definition
    return (definition.kind, definition.dimension) == ("process", "output") and definition.unit in COUNTS


def speed_without_quality(card: Card, limits: Limits) -> Iterator[Found]:
    if _has(card, "quality"):
        return
    for line in card.lines:
        if line.definition.direction == "lower" and line.definition.unit in TIMES:
            yield about(line, f"“{line.name}” rewards speed, and no KPI says how good the work must be.", unit=line.definition.unit)


def weight_too_high(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.weight is not None and line.weight > limits.heaviest_weight:
            sentence = f"“{line.name}” weighs {line.weight:.2f} %, more than {limits.heaviest_weight:.2f} %."
            yield about(line, sentence, weight=f"{line.weight:.2f}", at_most=f"{limits.heaviest_weight:.2f}")


def weight_too_low(card: Card, limits: Limits) -> Iterator[Found]:
    for line in card.lines:
        if line.weight is not None and line.weight < limits.lightest_weight:
            sentence = f"“{line.name}” weighs {line.weight:.2f} %, less than {limits.lightest_weight:.2f} %."
            yield about(line, sentence, weight=f"{line.weight:.2f}", at_least=f"{limits.lightest_weight:.2f}")


RULES: Final = (
    Rule(
        "too_many_kpis", "warning", "scorecard", "Too many KPIs",
        "Attention is limited; what is one of twenty is nobody's priority.",
        "Priorities blur and effort spreads thin.",
        "Keep the four to eight that matter most; follow the others without a target.",
        MISTAKES, too_many_kpis,
    ),
    Rule(
        "too_few_kpis", "warning", "scorecard", "Too few KPIs",
        "One or two figures cannot stand for a whole role.",
        "What is not measured is neglected.",
        "Add KPIs for what else the role is there for.",
        CHARACTERISTICS, too_few_kpis,
    ),
    Rule(
        "all_output_no_quality", "warning", "scorecard", "All output, no quality",
        "Volume can be had at the price of quality.",
        "Much is produced that is worth little.",
        "Add a KPI of the standard that the output must meet.",
        MISTAKES, all_output_no_quality,
    ),
    Rule(
        "no_behavioural", "warning", "scorecard", "No behavioural dimension",
        "How results come about matters to those around.",
        "Results are reached at the cost of colleagues and values.",
        "Add a KPI of a competency, such as peer feedback on teamwork.",
        CHARACTERISTICS, no_behavioural,
    ),
    Rule(
        "no_development", "warning", "scorecard", "No development dimension",
        "Only the present role is looked at.",
        "Talent stands still and sees no way to grow.",
        "Add a KPI of a development goal, such as a certification or leading a project.",
        MISTAKES, no_development,
    ),
    Rule(
        "only_lagging", "warning", "scorecard", "Only lagging KPIs",
        "A lagging figure moves when it is late to act.",
        "The time to recover is over before anybody is warned.",
        "Pair the results with a leading KPI that warns early.",
        Origin("S2", "Common KPI management mistakes to avoid"), only_lagging,
    ),
    Rule(
        "only_results", "warning", "scorecard", "Only results",
        "Results alone do not say whether the way to them holds.",
        "Problems are found too late.",
        "Add a process KPI on the way to the most important result.",
        Origin("S2", "Step 1"), only_results,
    ),
    Rule(
        "only_process", "warning", "scorecard", "Only process",
        "A smooth process may produce what nobody needs.",
        "People get efficient at the wrong work.",
        "Add the result that the process is for.",
        Origin("S2", "Step 1"), only_process,
    ),
    Rule(
        "activity_without_result", "warning", "line", "Activity without a result",
        "Being busy is no value in itself; the figure is one for show.",
        "Activity grows and value does not.",
        "Put a result of the same outcome beside it, or name the KPI it leads to.",
        Origin("S2", "opening"), activity_without_result,
    ),
    Rule(
        "speed_without_quality", "warning", "line", "Speed without quality",
        "What is hurried gets worse unless quality is asked for, too.",
        "Work is done fast, badly, and twice.",
        "Put its quality counterpart beside it.",
        Origin("S0", "Quality KPIs"), speed_without_quality,
    ),
    Rule(
        "weight_too_high", "warning", "line", "One KPI outweighs the rest",
        "A KPI of more than half makes the others decoration.",
        "Everything else is given up for one figure.",
        "Take weight from it.",
        Origin("ours"), weight_too_high,
    ),
    Rule(
        "weight_too_low", "warning", "line", "A KPI weighs next to nothing",
        "So small a weight changes no score that anybody would notice.",
        "It takes attention and gives nothing.",
        "Give it more weight, or take it off.",
        Origin("ours"), weight_too_low,
    ),
)  # fmt: skip
