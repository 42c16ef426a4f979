"""Literals that transforms multiply, as a person would who does it in decimals: 3*0.1 is 0.3.

Accepts numbers; guarantees the double next to the product of what their shortest decimals say, which is at
most one unit in the last place from the product of the doubles.

    times(3, 0.1)      0.3, where 3*0.1 is 0.30000000000000004
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from typing import Any

_EXACT = Context(prec=60)  # two doubles have at most 17 digits each


def times(a: Any, b: Any) -> Any:
    """The product of two int, float or complex literals."""
    product = a * b
    if type(product) is not float or not math.isfinite(product):
        return product
    if type(a) not in (int, float) or type(b) not in (int, float):
        return product
    short = float(_EXACT.multiply(Decimal(repr(a)), Decimal(repr(b))))
    return short if abs(short - product) <= math.ulp(product) else product


__all__ = ["times"]
