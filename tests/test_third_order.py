"""Third derivatives of the corpus, and nested transforms of random programs, held against differences.

The third derivative is the tangent of a Hessian's product that is taken inside of a function: forward over forward over
reverse. One cell of every so many constructs, which by seed; all constructs with --full.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import s2sad
from corpus.build import arguments, one_of_each, program
from corpus.constructs import CONSTRUCTS
from programs import Program
from support import clone, differences, direction, flat, inner, load, tree_map

EVERY = 12
REFUSED = ("may be an array or a number", "a derivative of", "step is not 1 or -1", "do not settle", "element of an object",
           "calls itself and returns")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        config = metafunc.config
        chosen = one_of_each(config.getoption("--full"), config.getoption("--seed"), EVERY)
        metafunc.parametrize("cell", chosen, ids=[f"{c.name}-{p}-{k}" for c, p, k in chosen])


def test_third_order(cell, tmp_path: Path) -> None:
    construct, position, kind = cell
    f, args = load(program(construct, position), tmp_path).f, arguments(kind)
    gradient = s2sad.grad(f, (0, 1))
    rng = np.random.default_rng(1)
    (v, d, _), w = (direction(a, rng) for a in args), tuple(direction(a, rng) for a in args)

    def along(x, c, n):
        return s2sad.jvp(gradient, (x, c, n), (v, d, None))[1]

    try:
        _, dot = s2sad.jvp(along, clone(args), w)
    except s2sad.UnsupportedError as refused:
        assert any(said in str(refused) for said in REFUSED), refused
        return
    expected = differences(along, args, w)
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)))
    np.testing.assert_allclose(flat(list(dot)), expected, rtol=1e-4, atol=1e-4*scale)


@pytest.mark.parametrize("number", range(24))
def test_nested_transforms_of_random_programs(number: int, full: bool, seed: int, tmp_path: Path) -> None:
    """grad of grad, jvp of grad and grad of jvp agree with each other and with differences of the gradient."""
    made = Program(700_000 + 1000*seed + number)
    args = made.arguments()
    f = load(made.text(), tmp_path).f
    places = tuple(i for i, a in enumerate(args) if isinstance(a, float | np.ndarray))
    gradient = s2sad.grad(f, places)
    rng = np.random.default_rng(2)
    v = tuple(direction(a, rng) if i in places else tree_map(lambda _: None, a) for i, a in enumerate(args))
    given = tuple(d if i in places else None for i, d in enumerate(v))
    try:
        out, dot = s2sad.jvp(gradient, clone(args), given)
        _, pullback = s2sad.vjp(gradient, *clone(args))
    except s2sad.UnsupportedError:
        return
    steps = [differences_of(gradient, args, v, h) for h in (1e-5, 2e-5)]
    scale = max(1.0, *(float(np.abs(s).max(initial=0.0)) for s in steps))
    if np.max(np.abs(steps[0] - steps[1]), initial=0.0) > 1e-4*scale:
        return  # a kink is near
    np.testing.assert_allclose(flat(list(dot)), steps[0], rtol=1e-4, atol=1e-4*scale)
    ct = tuple(direction(o, rng) for o in out)
    found = pullback(ct)
    mine, theirs = inner([found[i] for i in places], [v[i] for i in places]), inner(list(dot), list(ct))
    assert abs(mine - theirs) <= 1e-8*max(scale, abs(theirs))


def differences_of(fun, args, v, h):
    from support import moved

    plus, minus = (flat(fun(*moved(tuple(args), tuple(v), s))) for s in (h, -h))
    return (plus - minus)/(2*h)


def test_two_tangents_of_one_value_have_two_names(tmp_path: Path) -> None:
    """They were two parameters of one name in the function that calls itself."""
    construct = next(c for c in CONSTRUCTS if c.name == "recursion_data")
    test_third_order((construct, "top", "np.float64"), tmp_path)
