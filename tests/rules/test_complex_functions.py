"""The functions of cmath, and conversions to Python's complex numbers."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from support import check

POINTS = (0.4 + 0.7j, -1.2 + 0.3j, 1.5 - 0.2j, -0.3 - 1.4j)
NAMES = "exp log log10 sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()


def called(function):
    def program(z, a):
        w = function(z * a) + function(0.3)
        return abs(w) + w.real * w.imag

    return program


def by_name(name):
    fun = getattr(cmath, name)
    return called(fun)


@pytest.mark.parametrize("name", NAMES)
def test_functions(name: str) -> None:
    for z in POINTS:
        check(by_name(name), (z, 0.9), text=False)


def polar_form(z, r, t):
    m, p = cmath.polar(z)
    w = cmath.rect(r, t) * z
    total = m * p + w.imag + cmath.phase(w) + cmath.log(z, 2.5).real + cmath.log(2.5, z).imag
    return total + cmath.phase(r) + cmath.isfinite(w) + cmath.sqrt(-r).imag * cmath.pi + cmath.exp(1j * r).real


def roots(b):
    d = cmath.sqrt(b * b - 4 * 1.3)
    return abs((-b + d) / 2) + ((-b - d) / 2).imag


def iterated(z):
    w = z
    for _ in range(3):
        w = cmath.exp(w / 3) * z.conjugate() + complex(z.imag, 2)
    return abs(w) + cmath.phase(w) + math.atan2(w.real, w.imag)


def test_programs() -> None:
    check(polar_form, (0.4 + 0.7j, 1.2, 0.3))
    check(roots, (0.7,))
    for z in (1.3 + 0.4j, np.complex128(1.3 + 0.4j)):
        check(iterated, (z,))


def test_quotients_of_complex_numbers_stay_complex() -> None:
    for z in (1.3 + 0.4j, np.complex128(1.3 + 0.4j), np.array(1.3 + 0.4j)):
        check(lambda z: (complex(z / 3) * 2j).real, (z,))
        check(lambda z: (complex(z / 3) ** 2).real, (z,))
