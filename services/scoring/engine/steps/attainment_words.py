"""The sentence of one KPI's attainment, by its direction."""

from scoring.engine.teller import Teller, digits

_COMPARISONS = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below", "within": "within"}


def attainment_words(teller: Teller) -> str:
    """What was compared with what, as an operation; the result follows it."""
    if teller.word("combine"):
        return f"the {_PARTS[teller.word('combine') or '']} of the KPI's parts"
    actual, target, direction = digits(teller.figure("actual")), digits(teller.figure("target")), teller.word("direction")
    if direction in {"higher", "lower"} and teller.word("method") == "span":
        baseline = digits(teller.figure("baseline"))
        return f"({actual} − {baseline}) ÷ ({target} − {baseline})"
    match direction:
        case "lower":
            return f"{_wanted(teller, 'at_most', target)}: {target} ÷ {actual}"
        case "band":
            return f"{actual} against a band from {target} to {digits(teller.figure('target_high'))}"
        case "milestone":
            return _milestone(teller, actual)
        case "zero_tolerance":
            return f"{actual} where no more than {'0' if target == 'nothing' else target} is tolerated"
        case "rating" if target == "nothing":
            low, high = digits(teller.figure("scale_minimum")), digits(teller.figure("scale_maximum"))
            return f"({actual} − {low}) ÷ ({high} − {low})"
        case "rating":
            return f"{_wanted(teller, 'at_least', target)}, counting 1 at most: {actual} ÷ {target}"
    return f"{_wanted(teller, 'at_least', target)}: {actual} ÷ {target}"


_PARTS = {"all": "lowest attainment", "mean": "mean attainment", "count": "share that attained 1"}


def _wanted(teller: Teller, default: str, target: str) -> str:
    return f"{_COMPARISONS[teller.word('comparison') or default]} {target} wanted"


def _milestone(teller: Teller, actual: str) -> str:
    late, deduction = teller.figure("days_late"), teller.figure("deduction_per_day")
    if not late or not deduction:
        return f"the share done, {actual}"
    return f"the share done, {actual} × (1 − {digits(late)} days late × {digits(deduction)})"
