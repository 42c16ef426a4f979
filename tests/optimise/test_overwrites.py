"""Stores into shadows: what is set at once, what can wait, what is a new array, and what must stay as it is."""

from __future__ import annotations

import numpy as np
import pytest
from written import FLOAT, VECTOR, lines, program

import s2sad
from s2sad.optimise.overwrites import overwrites
from support import check

BEGIN = "y = x*k\n"
CHANGED = {
    "zeros before an addition": (
        "t = y[1]\ny[1] = 0.0\ny[1] += k\nreturn (y, t)",
        ["t = getitem(y, 1)", "y[1] = k", "return (y, t)"],
    ),
    "something else in between": (
        "y[1] = 0.0\ns = np.sum(x)\ny[1] += s\nreturn y",
        ["s = sum(x)", "y[1] = s", "return y"],
    ),
    "a store that nobody reads": (
        "y[1:] += x[1:]\ny[1:] = 0.0\nreturn y".replace("x[1:]", "k"),
        ["y[1:] = 0.0", "return y"],
    ),
    "zeros that can wait": (
        "v = y[1:]\nt = v.copy()\ny[1:] = 0.0\ns = np.sum(t)\nr = s*t\nreturn (y, r)",
        ["v = getitem(y, 1:)", "t = copy(v)", "s = sum(t)", "r = mul(s, t)", "y[1:] = 0.0", "return (y, r)"],
    ),
    "until the line is done": (
        "v = y[1:]\nt = v.copy()\ny[1:] = 0.0\ns = np.sum(t)\nr = s*k\nq = r*r\nreturn (y, q)",
        ["v = getitem(y, 1:)", "t = copy(v)", "s = sum(t)", "r = mul(s, k)", "y[1:] = 0.0", "q = mul(r, r)", "return (y, q)"],
    ),
    "past a store to another part": (
        "v = y[0]\nt = y[:1]\nu = t.copy()\ny[0] = 0.0\ny[1] += k\ns = np.sum(u)\nreturn (y, s)",
        ["v = getitem(y, 0)", "t = getitem(y, :1)", "u = copy(t)", "y[1] add= k", "s = sum(u)", "y[0] = 0.0", "return (y, s)"],
    ),
    "a whole array": (
        "t = y.copy()\ny[...] = 0.0\nu = t*k\ny += u\nreturn (y, t)",
        ["t = copy(y)", "u = mul(t, k)", "return (u, t)"],
    ),
}  # fmt: skip
KEPT = {
    "read in between": "y[1] = 0.0\ns = np.sum(y)\ny[1] += k\nreturn (y, s)",
    "read through a view": "v = y[1:]\ny[1] = 0.0\ns = np.sum(v)\ny[1] += k\nreturn (y, s)",
    "another place": "y[1] = 0.0\ny[2] += k\nreturn y",
    "what is added holds it": "v = y[1:]\ny[1:] = 0.0\ny[1:] += v\nreturn y",
    "read in a loop": "y[1] = 0.0\nfor i in range(2):\n  s = np.sum(y)\n  print(s)\ny[1] += k\nreturn y",
    "the user's": "with user:\n  y[1] = 0.0\n  y[1] += k\nreturn y",
    "written before the copy is used up": (
        "v = y[1:]\nt = v.copy()\ny[1:] = 0.0\ny[2] = k\ns = np.sum(t)\nreturn (y, s)"
    ),
    "read before the copy is used up": (
        "v = y[1:]\nt = v.copy()\ny[1:] = 0.0\ns = np.sum(y)\nr = s*t\nreturn (y, r)"
    ),
    "what is stored comes from the copy": "t = y.copy()\ny[1:] = k\nu = np.sum(t)\ny[0] = u\nreturn (y, t)",
    "a whole array with a view": "v = y[1:]\nu = x*2.0\ny[...] = u\nreturn (y, v)",
    "a whole array of a loop": "for i in range(2):\n  u = y*k\n  y[...] = u\nreturn y",
    "a view of an array": "v = y[1:]\nu = v*k\nv[...] = u\nreturn y",
    "another name for what is stored": "u = x*2.0\ny[...] = u\nreturn (y, u)",
    "an argument": "x[1] = 0.0\nx[1] += k\nreturn k",
}


@pytest.mark.parametrize("case", CHANGED)
def test_stores_are_changed(case: str) -> None:
    text, after = CHANGED[case]
    found = overwrites(overwrites(program(BEGIN + text, x=VECTOR, k=FLOAT)))
    assert [line for line in lines(found) if line != "y = mul(x, k)"] == after


@pytest.mark.parametrize("case", KEPT)
def test_stores_stay(case: str) -> None:
    before = program(BEGIN + KEPT[case], x=VECTOR, k=FLOAT)
    assert overwrites(before) is before


def explicit_step(u, k, n):
    for _ in range(n):
        new = u.copy()
        new[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])
        u = new
    return np.sum(u**2)


def damped_step(u, k, n):
    for _ in range(n):
        new = u.copy()
        new[1:-1] = u[1:-1] - k*np.sin(u[1:-1])*u[2:]
        new[0] = new[1]*new[2]
        u = new
    return np.sum(u**2)


@pytest.mark.parametrize("f", [explicit_step, damped_step], ids=lambda f: f.__name__)
def test_what_is_cleared_and_comes_back_stays(f):
    u = np.array([0.4, -0.3, 0.8, 0.1, 0.5])
    for n in (0, 1, 3):
        check(f, (u, 0.2, n))
    text = s2sad.grad(f, (0, 1)).source_for(u, 0.2, 3).partition("# backward")[2]
    assert "u_bar[1:-1] = 0.0" not in text
    v = np.cos(u)
    gradient = s2sad.grad(f)
    expected = (gradient(u + 1e-6*v, 0.2, 3) - gradient(u - 1e-6*v, 0.2, 3))/2e-6
    np.testing.assert_allclose(s2sad.hvp(f)(u, 0.2, 3, v), expected, rtol=1e-6, atol=1e-7)
