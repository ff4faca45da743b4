"""What differs between two plans.

- `words`  step by step, in words
- `money`  in what the same people are paid: who gains, who loses, the total
"""

from scoring.engine.comparing.money import MoneyDifference, PaidDifference, Sum, money_difference
from scoring.engine.comparing.words import Difference, plan_differences

__all__ = ["Difference", "MoneyDifference", "PaidDifference", "Sum", "money_difference", "plan_differences"]
