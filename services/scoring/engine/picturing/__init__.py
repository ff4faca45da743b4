"""What a plan pays for which result, as a picture.

- `payout_curve`   the points of the curve: the plan tried at every level, both sides of each edge
- `specification`  the picture as a Vega-Lite specification
"""

from scoring.engine.picturing.payout_curve import NoCurve, PayoutCurve, payout_curve
from scoring.engine.picturing.specification import specification

__all__ = ["NoCurve", "PayoutCurve", "payout_curve", "specification"]
