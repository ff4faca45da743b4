"""The payout curve: its points are what the engine pays, its jumps are seen as jumps, and it says the same in words."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from chassis.pictures.render import png, svg
from scoring.engine import load_plan, new_plan
from scoring.engine.picturing import NoCurve, payout_curve, specification
from scoring.engine.templates import STRUCTURES


def test_an_accelerator_is_drawn_in_two_pieces() -> None:
    """Given an accelerator from 80 %, then below it a piece of nothing, and from it a piece that rises to 200 %; the reason is told."""
    curve = payout_curve(load_plan(new_plan("accelerator")))
    below, above = curve.pieces
    assert {y for _, y in below} == {0}
    assert (above[0], above[-1]) == ((80, 80), (200, 200))
    assert dict(above)[Decimal(110)] == 120
    assert (curve.level, curve.share, curve.zeros) == ("attainment", "of the target bonus", ["below_threshold"])


@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_structure_pays_the_target_bonus_at_target(structure: str) -> None:
    curve = payout_curve(load_plan(new_plan(structure)))
    assert {y for piece in curve.pieces for x, y in piece if x == 100} == {100}


def test_a_plan_of_measured_values_spans_its_own_numbers() -> None:
    """Given a commission that falls at 100, then the two sides of the fall are two pieces."""
    tiers = "tiers: [{up_to: 100, rate: 2, flat: 10}, {rate: 1}]"
    steps = (
        f"  - {{name: c, kind: tiers, of: actual, how: whole, unit: money, {tiers}}}\n  - {{name: s, kind: over_lines, how: sum, of: c}}"
    )
    curve = payout_curve(load_plan(f"plan: p\nsteps:\n{steps}\npayout: s"))
    assert (curve.level, curve.share) == ("measured value", "amount")
    first, second = curve.pieces
    assert (first[0], round(first[-1][1], 2)) == ((0, 10), 210)
    assert (second[0], second[-1]) == ((100, 100), (125, 125))


def test_what_a_pool_pays_is_no_curve() -> None:
    steps = "  - {name: share, kind: pool, of: target_bonus, size: given}"
    plan = load_plan(f"plan: p\ncurrency: EUR\ninputs: [{{name: given, unit: money, minimum: 0}}]\nsteps:\n{steps}\npayout: share")
    with pytest.raises(NoCurve):
        payout_curve(plan)


def test_it_is_drawn_and_says_the_same_in_words() -> None:
    drawing = specification(payout_curve(load_plan(new_plan("weighted_composite"))))
    root = ElementTree.fromstring(svg(drawing))  # noqa: S314 - our own drawing
    description = root.find("{http://www.w3.org/2000/svg}desc")
    assert description is not None
    assert "80 gives 50, 100 gives 100, 120 gives 150, 200 gives 150. It jumps at 80." in (description.text or "")
    assert "100 → 100" in "".join(root.itertext())
    assert png(drawing).startswith(b"\x89PNG")
