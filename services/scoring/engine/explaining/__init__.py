"""What else one person may ask of their result, answered by supposing other values and scoring again.

Map
- `levels`     the value of a KPI at which its attainment is so and so much
- `supposing`  one scorecard scored many times at once, with other values
- `searching`  the smallest level at which a result is reached
- `answers`    what 100 % and the full bonus would have needed, and what one more point of a KPI pays
"""

from scoring.engine.explaining.answers import Answers, KpiAnswer, answer

__all__ = ["Answers", "KpiAnswer", "answer"]
