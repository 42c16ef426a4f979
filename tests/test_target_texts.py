"""The texts that the hard programs are to have, compared by structure (`shapes`).

They are those that were written by hand before the tool existed. Where the tool does better than the hand did (a
product that is made once, an array that is not copied, an element that is not taped) its own form stands here.
"""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pytest
from shapes import canonical, same
from test_targets import (
    alias,
    doubling,
    exits,
    formula,
    growing,
    heat,
    polynomial,
    prefix,
    previous_rows,
    rows,
    scatter,
    selected,
    wave,
)

import s2sad
from s2sad.api import dump_pair

X = np.linspace(0.3, 1.2, 6)
ROWS = np.ones((4, 3))
INDEX = np.array([1, 2, 1, 0])

TEXTS: dict[str, tuple[Any, tuple[Any, ...], str]] = {
    "1 scalars": (
        s2sad.value_and_grad(formula, (0, 1)),
        (0.5, 2.5),
        """
        def f(x, y):
            a = x - 1.0
            b = y - 2.0
            r = math.sqrt(a*a + b*b)
            t1 = math.exp(-r)
            t2 = x*t1
            t3 = r/y
            value = t2 + t3
            # backward
            r_bar = 1/y - t2
            t4_bar = ieee_div(0.5*r_bar, r)
            return value, (t1 + 2*a*t4_bar, 2*b*t4_bar - t3/y)
        """,
    ),
    "2 while": (
        s2sad.grad(growing),
        (X,),
        """
        def f(a):
            b = 0.5*a
            bs = []
            while np.sum(b) < 100.0:
                bs.append(b)
                b = b*b + 1.0
            # backward
            b_bar = np.ones_like(a)
            for i in range(len(bs) - 1, -1, -1):
                b_bar = 2*bs[i]*b_bar
            return 0.5*b_bar
        """,
    ),
    "2 while, linear": (
        s2sad.value_and_grad(doubling),
        (X,),
        """
        def f(a):
            b = 0.5*a
            trips = 0
            while np.sum(b) < 100.0:
                b = 2.0*b + 1.0
                trips += 1
            value = np.sum(b)
            # backward
            b_bar = 1.0
            for _ in range(trips):
                b_bar = 2.0*b_bar
            return value, np.full_like(a, 0.5*b_bar)
        """,
    ),
    "3 stencil": (
        s2sad.value_and_grad(heat, (0, 1)),
        (X, X[:4], 3),
        """
        def f(u, k, steps):
            u = u.copy("K")
            t1s = []
            for _ in range(steps):
                t1 = u[2:] - 2*u[1:-1] + u[:-2]
                t1s.append(t1)
                u[1:-1] = u[1:-1] + k*t1
            value = np.sum(u*u)
            # backward
            u_bar = 2*u
            k_bar = np.zeros_like(k)
            for i in range(steps - 1, -1, -1):
                t2 = u_bar[1:-1]
                k_bar += unbroadcast(t1s[i]*t2, k)
                t3 = k*t2
                u_bar[1:-1] -= 2*t3
                u_bar[2:] += t3
                u_bar[:-2] += t3
            return value, (u_bar, k_bar)
        """,
    ),
    "A11 stencil, k scalar": (
        s2sad.grad(heat, (0, 1)),
        (X, 0.2, 3),
        """
        def f(u, k, steps):
            u = u.copy("K")
            laps = []
            for _ in range(steps):
                lap = u[2:] - 2*u[1:-1] + u[:-2]
                laps.append(lap)
                u[1:-1] = u[1:-1] + k*lap
            # backward
            u_bar = 2*u
            k_bar = 0.0
            for i in range(steps - 1, -1, -1):
                t1 = u_bar[1:-1]
                k_bar += np.vdot(laps[i], t1)
                t = k*t1
                u_bar[1:-1] -= 2*t
                u_bar[2:] += t
                u_bar[:-2] += t
            return u_bar, k_bar
        """,
    ),
    "A11 polynomial": (
        s2sad.grad(polynomial, (0, 1, 2)),
        (1.0, 2.0, 3.0),
        """
        def f(x, y, z):
            return y + 2*x, x, 1.0
        """,
    ),
    "4 rotating buffers": (
        s2sad.value_and_grad(wave, (0, 1)),
        (X, X, 0.3, 3),
        """
        def f(u, v, c, steps):
            u = u.copy("K")
            v = v.copy("K")
            w = np.zeros_like(u)
            for _ in range(steps):
                w[1:-1] = 2*v[1:-1] - u[1:-1] + c*(v[2:] - 2*v[1:-1] + v[:-2])
                u, v, w = v, w, u
            value = np.sum(v*v)
            # backward
            u_bar = np.zeros_like(u)
            v_bar = 2*v
            w_bar = np.zeros_like(w)
            for _ in range(steps):
                u_bar, v_bar, w_bar = w_bar, u_bar, v_bar
                t1 = w_bar[1:-1].copy()
                w_bar[1:-1] = 0.0
                u_bar[1:-1] -= t1
                t2 = c*t1
                v_bar[2:] += t2
                v_bar[1:-1] += 2*(t1 - t2)
                v_bar[:-2] += t2
            return value, (u_bar, v_bar)
        """,
    ),
    "5 previous rows": (
        s2sad.value_and_grad(previous_rows),
        (ROWS,),
        """
        def f(x):
            x = x.copy("K")
            x_bar = np.zeros_like(x)
            prev = x[0]
            prev_bar = x_bar[0]
            prevs = []
            prev_bars = []
            for i in range(1, len(x)):
                cur = x[i]
                prevs.append(prev.copy())
                prev_bars.append(prev_bar)
                cur += prev**2
                prev = cur
                prev_bar = x_bar[i]
            value = np.sum(x*x)
            # backward
            x_bar += 2*x
            for i in range(len(x) - 1, 0, -1):
                prev_bars[i-1] += 2*prevs[i-1]*x_bar[i]
            return value, x_bar
        """,
    ),
    "6 elements": (
        s2sad.value_and_grad(prefix),
        (X,),
        """
        def f(x):
            x = x.copy("K")
            for i in range(1, len(x)):
                t1 = x[i-1]
                x[i] += t1*t1
            value = np.sum(x)
            # backward
            x_bar = np.ones_like(x)
            for i in range(len(x) - 1, 0, -1):
                x_bar[i-1] += 2*x[i-1]*x_bar[i]
            return value, x_bar
        """,
    ),
    "6 rows": (
        s2sad.value_and_grad(rows, (0, 1)),
        (ROWS, 0.3),
        """
        def f(x, s):
            x = x.copy("K")
            rs = []
            for i in range(len(x)):
                r = x[i]
                rs.append(r.copy())
                r *= s
            value = np.sum(x*x)
            # backward
            x_bar = 2*x
            s_bar = 0.0
            for i in range(len(x) - 1, -1, -1):
                s_bar += np.vdot(rs[i], x_bar[i])
                x_bar[i] *= s
            return value, (x_bar, s_bar)
        """,
    ),
    "7 alias of a number": (
        s2sad.value_and_grad(alias),
        (3.0,),
        """
        def f(x):
            y = x*2
            value = np.sum(x*y)
            # backward
            return value, 2*y
        """,
    ),
    "7 alias of an array": (
        s2sad.value_and_grad(alias),
        (X,),
        """
        def f(x):
            x = x.copy("K")
            x *= 2
            value = np.sum(x*x)
            # backward
            x_bar = 2*x
            x_bar *= 2
            return value, x_bar
        """,
    ),
    "8 repeats": (
        s2sad.value_and_grad(scatter, (0, 1, 2)),
        (X, X[:4], X[:4], INDEX),
        """
        def f(b, v, w, idx):
            y = 2*b
            y[idx] = v
            y[idx] += w
            value = np.sum(np.sin(y))
            # backward
            y_bar = np.cos(y)
            t1 = y_bar[idx]
            t2 = winners(y_bar.shape, idx)
            y_bar[idx] = 0.0
            return value, (2*y_bar, np.where(t2, t1, 0.0), np.where(t2, t1, 0.0))
        """,
    ),
    "10 exits": (
        s2sad.value_and_grad(exits, (0, 1)),
        (1.0, 0.5, 4),
        """
        def f(a, b, n):
            s = 0.0
            ts = []
            trips = []
            returned = False
            for i in range(n):
                t = a + 0.1*i
                trip = 0
                for j in range(n):
                    if t > 5.0:
                        break
                    trip += 1
                    if j % 3 != 1:
                        ts.append(t)
                        t = t*t*b + 0.1*j
                        if t > 50.0:
                            returned = True
                            break
                trips.append(trip)
                if returned:
                    value = s + t*a
                    break
                s = s + t
            else:
                value = s
            # backward
            a_bar = 0.0
            b_bar = 0.0
            p = len(ts)
            for i in range(len(trips) - 1, -1, -1):
                if returned:  # in the last trip only
                    returned = False
                    a_bar += t
                    t_bar = a
                else:
                    t_bar = 1.0
                for j in range(trips[i] - 1, -1, -1):
                    if j % 3 != 1:
                        p -= 1
                        t_1 = ts[p]
                        b_bar += t_1*t_1*t_bar
                        t_bar = 2*t_1*b*t_bar
                a_bar += t_bar
            return value, (a_bar, b_bar)
        """,
    ),
    "10 selection": (
        s2sad.grad(selected),
        (X,),
        """
        def f(x):
            r = np.sqrt(x)
            t1 = np.exp(-r)
            t2 = x > 0.0
            # backward
            with np.errstate(all="ignore"):
                r_bar = t1 - t1*r
                return np.where(t2, 0.5*r_bar/r, 1.0)
        """,
    ),
    # One function there, a pair here, whose second part may be called again.
    "11 reverse over reverse": (
        dump_pair(s2sad.grad(growing)),
        (X,),
        """
        def f_fwd(a):
            a = a.copy("K")
            b = 0.5*a
            bs = []
            while np.sum(b) < 100.0:
                bs.append(b)
                b = b*b + 1.0
            b_bar = np.ones_like(a)
            t1 = len(bs)
            b_bars = []
            for i in range(t1 - 1, -1, -1):
                b_bars.append(b_bar)
                b_bar = 2*bs[i]*b_bar
            return 0.5*b_bar, (t1, bs, b_bars, a)

        def f_bwd(kept, growing_grad_bar):
            t1, bs, b_bars, a = kept
            t2 = t1 - 1
            b_bar_bar = 0.5*growing_grad_bar
            bs_bar = [np.zeros_like(b) for b in bs]
            for i in range(t1):
                b_bar_bar_2 = 2*bs[i]*b_bar_bar
                bs_bar[i] += 2*b_bars[t2 - i]*b_bar_bar
                b_bar_bar = b_bar_bar_2
            b_bar = np.zeros_like(a)
            for i in range(t2, -1, -1):
                b_bar = 2*bs[i]*b_bar + bs_bar[i]
            return 0.5*b_bar,
        """,
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_target_text(name: str) -> None:
    derivative, args, expected = TEXTS[name]
    text = derivative.source_for(*args)
    assert canonical(text[text.index("\ndef ") :]) == canonical(textwrap.dedent(expected)), text


def test_what_counts_as_the_same_text() -> None:
    one = "def f(x):\n    a = x*2\n    bs = []\n    n = 0\n    return a + n, bs"
    assert same(one, "def g(x):\n    c = 0\n    ts = []\n    t1 = x*2\n    return t1 + c, ts")
    assert not same(one, one.replace("x*2", "x*3"))
    assert not same(one, one.replace("a + n", "n + a"))
    assert not same(f"{one}\ndef g(x):\n    return x", f"{one}\ndef g(x):\n    return -x")
    stores = "def f(x, y):\n    x[0] = y\n    x[1:] = x[0]\n    return x"
    assert not same(stores, "def f(x, y):\n    x[1:] = x[0]\n    x[0] = y\n    return x")
