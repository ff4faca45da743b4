"""Examples of `binary-float-near-money`: what it refuses, and what it lets pass."""

import math
from decimal import Decimal

import numpy as np
import pyarrow as pa


# ruleid: binary-float-near-money
def bonus(salary: float, share: Decimal) -> Decimal:
    # ruleid: binary-float-near-money
    return Decimal(salary * float(share))


# ruleid: binary-float-near-money
def score(attainment: Decimal) -> float:
    # ruleid: binary-float-near-money
    return math.floor(attainment)


class Line:
    # ruleid: binary-float-near-money
    weight: float
    # ruleid: binary-float-near-money
    amount: float | None = None
    # ok: binary-float-near-money
    actual: Decimal | None = None


def halve(amount: Decimal) -> Decimal:
    # ruleid: binary-float-near-money
    return amount * Decimal(0.5)


def halve_exactly(amount: Decimal) -> Decimal:
    # ok: binary-float-near-money
    return amount * Decimal("0.5")


def columns(values):
    # ruleid: binary-float-near-money
    estimate = values.astype(np.float64)
    # ok: binary-float-near-money
    exact = values.astype(np.int64)
    # ruleid: binary-float-near-money
    field = pa.field("amount", pa.float64())
    # ok: binary-float-near-money
    return estimate, exact, field, pa.field("amount", pa.decimal128(38, 2)), math.gcd(4, 6)
