"""A small language for formulas and conditions: typed by unit, exact, bounded, and the same for one value as for a million.

    formula = parse("revenue / spend", {"revenue": Unit.read("USD"), "spend": Unit.read("USD")})
    formula.unit                                                     # ratio
    formula.evaluate({"revenue": Decimal(600), "spend": Decimal(150)})   # Decimal("4.000000000000")

Grammar: numbers, measures, + - * /, < <= > >= == !=, and or not, `x if condition else y`, and the functions of `functions.py`.
Nothing else: no attributes, subscripts, powers, text, loops.

Rules
- Every step's value has at most 12 places and 26 digits before the point; products and quotients round half-up to 12 places.
- Null stays null. Only coalesce, is_null, an `if` that does not choose it, and and/or that do not need it, let a value come of it.
- A null says why: missing_value, division_by_zero, out_of_range. Division by zero is null, not an error and not zero; coalesce may
  replace a missing value and a division by zero, but not what is out of range.
- Units: adding, comparing and choosing need one unit; multiplying and dividing make a new one. A bare number takes the unit beside it.

Map: `grammar` reads text into `terms`, checking `units`; `scalar` evaluates one row in Decimal, `columns` many in scaled integers.
`canonical` writes equal formulas equally.
"""

from chassis.expressions.canonical import canonical
from chassis.expressions.expression import Expression, Outcome, parse
from chassis.expressions.problems import ExpressionProblem
from chassis.expressions.terms import Null
from chassis.expressions.units import RATIO, TRUTH, Unit

__all__ = ["RATIO", "TRUTH", "Expression", "ExpressionProblem", "Null", "Outcome", "Unit", "canonical", "parse"]
