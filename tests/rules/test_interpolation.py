"""np.interp: its derivatives are slopes of the table and shares of its points, each place searched once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import s2sad
from support import check

XP, FP = np.array([0.0, 0.5, 1.1, 2.0]), np.array([1.0, 3.0, 2.0, 5.0])
X = np.linspace(0.31, 1.43, 8)


def in_constants(x: Any) -> Any:
    return np.sum(np.interp(x*1.8 - 0.2, XP, FP)**2*x) + np.interp(x[1], [0.0, 2.0], (1, 4))


def in_all(x: Any) -> Any:
    return np.sum(np.interp(np.sin(x)*3.0 - 1.0, np.cumsum(x)*0.5, x**2)**2)


def in_a_loop(x: Any) -> Any:
    s = 0.0
    for i in range(4):
        if x[i] > 0.4:
            s += np.interp(x[i]*1.3, XP, x[2:6]*x[i])**2
        else:
            s += np.interp(x[i], XP, FP)*np.interp(0.7, XP, x[:4])
    return s


def in_a_callee(x: Any) -> Any:
    def price(p: Any) -> Any:
        return np.interp(p, x[:5]*1.5, np.sin(x[:5]))

    return sum(price(v)*v for v in x[:3]) + np.sum(price(x.reshape(2, 4)*1.4)[0])


def in_a_written_table(x: Any) -> Any:
    a = np.zeros(8)
    a[2:5] = x[:3]
    s = 0.0
    for k in range(3):
        a[k] = np.interp(x[k] + 0.07, np.cumsum(np.abs(a) + 0.1), a)
        s += a[k]**2
    return s


@pytest.mark.parametrize("fun", [in_constants, in_all, in_a_loop, in_a_callee, in_a_written_table])
def test_derivatives(fun: Any) -> None:
    check(fun, (X,), text=False)
    s2sad.check_grads(fun, (X,), order=2)


def test_places_are_searched_once() -> None:
    def fun(x: Any, xp: Any, fp: Any) -> Any:
        return np.sum(np.interp(x, xp, fp)**2)

    gradient = s2sad.grad(fun, (0, 1, 2))
    gradient(X, XP, FP)
    assert gradient.source.count("np.searchsorted(") == 1 and "np.where" not in gradient.source, gradient.source


def test_infinite_cotangents_stay_outside() -> None:
    """The root's is infinite where the table ends at 0; there x does not count."""
    x_bar, fp_bar = s2sad.grad(lambda x, fp: np.sum(np.sqrt(np.interp(x, XP, fp))), (0, 1))(np.array([-1.0, 0.3]), XP)
    np.testing.assert_allclose(x_bar, [0.0, 0.5/np.sqrt(0.3)])
    assert fp_bar[0] == np.inf and np.isfinite(fp_bar[1:]).all()


def in_tables_of_any_length(x: Any) -> Any:
    """Before, behind and at the points of the table, and in one of a single point."""
    s, k, xp, fp = x[0], 0, np.cumsum(x[:5]), x[3:]*x[0]
    while k < 5:
        s = s + np.interp(s - 0.4*k, xp, fp) + np.interp(float(xp[k]), xp, fp)
        s = s*np.interp(x[k], x[:1], x[1:2])
        k += 1
    return s


def test_no_array_of_the_length_of_the_table_is_made_in_a_trip() -> None:
    gradient = s2sad.grad(in_tables_of_any_length)
    gradient(X)
    loop = gradient.source.split("# backward")[1].split("for ")[1]
    assert loop.count("table_cell(") == 3 and "zeros" not in loop, gradient.source
    x = X[::-1]/X.sum()
    check(in_tables_of_any_length, (x + 0.1,), text=False)
    s2sad.check_grads(in_tables_of_any_length, (x + 0.1,), order=2)
