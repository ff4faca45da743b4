"""A shared result whose credit somebody divided: each is paid from their share, before or after the tiers see it."""

from decimal import Decimal

from scoring.engine import load_plan, score
from scoring.engine.rows import Line, Person, tables

STEPS = {
    "before": ["{name: mine, kind: multiply, of: [actual, credit_share]}", "{name: paid, kind: tiers, of: mine, TIERS}"],
    "after": ["{name: whole, kind: tiers, of: actual, TIERS}", "{name: paid, kind: multiply, of: [whole, credit_share]}"],
}
TIERS = "how: marginal, unit: money, tiers: [{up_to: 50000, rate: 5%}, {rate: 8%}]"


def paid(order: str, *shares: str | None) -> list[Decimal]:
    steps = [*STEPS[order], "{name: payable, kind: over_lines, how: sum, of: paid, places: 2}"]
    text = "plan: shared\ncurrency: USD\nsteps:\n" + "".join(f"  - {step.replace('TIERS', TIERS)}\n" for step in steps)
    people = [Person(scorecard_id=str(number), person_id=str(number), currency="USD") for number in range(len(shares))]
    lines = [
        Line(scorecard_id=str(number), line=1, kpi_id="deal", direction="higher", actual="70000", credit_share=share)
        for number, share in enumerate(shares)
    ]
    result = score(load_plan(text + "payout: payable\n"), *tables(lines, people))
    return [row["amount"] for row in result.people.to_pylist()]


def test_the_share_is_taken_before_the_tiers_or_after_them() -> None:
    """Given a deal of 70,000 of which 60 % and 40 % are theirs, then the tiers see 42,000 and 28,000, or 4,100 are split."""
    assert paid("before", "60.00", "40.00") == [Decimal(2100), Decimal(1400)]
    assert paid("after", "60.00", "40.00") == [Decimal(2460), Decimal(1640)]


def test_what_nobody_divided_counts_whole_and_no_credit_is_zero() -> None:
    assert paid("after", None, "0", "33.34") == [Decimal(4100), Decimal(0), Decimal("1366.94")]
    assert paid("after", None, None) == [Decimal(4100)] * 2
