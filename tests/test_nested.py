"""Derivatives of programs that take derivatives (nested_programs.py), to third order, in both modes."""

from __future__ import annotations

import nested_programs
import numpy as np
import pytest

import s2sad
from support import active_positions, check, clone, differences, direction, flat, inner, tree_map

FEW = 5  # of so many programs one is differentiated once more; all with --full


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = nested_programs.PROGRAMS
    if "again" in metafunc.fixturenames and not metafunc.config.getoption("--full"):
        chosen = chosen[metafunc.config.getoption("--seed") % FEW :: FEW]
    for name in ("program", "again"):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, chosen, ids=[fun.__name__ for fun, _, _ in chosen])


def test_gradient(program):
    fun, args, wrt = program
    check(fun, args, wrt, tol=2e-6, pullbacks=wrt is None)


def test_second_derivatives(again):
    """Forward over reverse and reverse over reverse, of functions with a derivative inside."""
    fun, args, wrt = again
    places = active_positions(args) if wrt is None else tuple(wrt)
    gradient = s2sad.grad(fun, places)
    rng = np.random.default_rng(1)
    v = tuple(direction(a, rng) if i in places else tree_map(lambda _: None, a) for i, a in enumerate(args))
    expected = differences(gradient, args, v)
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    given = tuple(d if i in places else None for i, d in enumerate(v))
    _, dot = s2sad.jvp(gradient, clone(args), given)
    np.testing.assert_allclose(flat(dot), expected, rtol=1e-5, atol=1e-5*scale)
    out, pullback = s2sad.vjp(gradient, *clone(args))
    ct = tuple(direction(o, rng) for o in out)
    found = pullback(ct)
    mine = inner([found[i] for i in places], [v[i] for i in places])
    wanted = float(np.sum(expected*flat(list(ct))))
    assert abs(mine - wanted) <= 1e-5*max(1.0, abs(wanted), scale)
