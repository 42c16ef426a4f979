"""Every elementwise rule of scipy.special, and the densities of scipy.stats, at 0, +-1, 1e-200, 1e200 and inf.

Rules and arguments are those of the registry. A gradient is silent where the function is, under `-W error`; both
modes give one number, and so do floats, scalars of NumPy and arrays. At numbers of usual size a finite one is the
limit of difference quotients, from one side or the other, and nan only where these have none. What limits the
functions have at the others is in `test_scipy_poles`. A third of the densities is drawn; `--full` takes all. Other
functions of laws are in `test_laws`.
"""

from __future__ import annotations

import itertools
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special
import scipy.stats
from test_poles import silently

import s2sad
from s2sad.rules import registry
from s2sad.rules.registry import REQUIRED, RULES
from support import load

registry.load_all()
POINTS = [0.0, 1.0, -1.0, 1e-200, -1e-200, 1e200, -1e200, np.inf, -np.inf, 0.5, 2.0]
USUAL = (0.0, 0.5, 1.0, 2.0)
COMPLEX = ("hankel1", "hankel1e", "hankel2", "hankel2e", "h1vp", "h2vp", "sph_harm", "sph_harm_y", "wofz", "lambertw")  # their results
# nan where quotients converge: a principal value, the singular 1/2 of ndtri, rounded values
LIMITS = ("elliprc", "nrdtrisd", "stdtridf")
LAWS = ("levy_l", "weibull_max", "trapezoid")  # of negative numbers, and one with a corner at these points
RAISING = ("bdtrik",)  # its fraction does not converge for n of 1e200
INTEGERS = ("bdtr", "bdtrc", "bdtri", "lpmv", "eval_hermite", "eval_hermitenorm", "factorial2")  # are taken by these alone
OTHERS = (0.3, 0.5, 2.0, 3.0, 5.0, 1.0)  # one of these stands for each other argument


def _pairs(prefix: str) -> list[tuple[str, str]]:
    """Every rule of real numbers and argument in which it has a derivative."""
    found = [(n, rule) for n, rule in sorted(RULES.items()) if n.startswith(prefix) and rule.form == "elementwise"]
    found = [(n, rule) for n, rule in found if n.rpartition(".")[2] not in COMPLEX + INTEGERS + RAISING and _object(n) is not None]
    return [(n, a) for n, rule in found for a in rule.signature if rule.vjp.get(a)]


def _object(name: str) -> Any:
    holder: Any = scipy
    for word in name.split(".")[1:]:
        holder = getattr(holder, word, None)
    return holder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    config = metafunc.config
    special = _pairs("scipy.special.")
    laws = [(n, a) for n, a in _pairs("scipy.stats.") if n.split(".")[3:] in (["logpdf"], ["logpmf"]) and n.split(".")[2] not in LAWS]
    if not config.getoption("--full"):
        rng = random.Random(config.getoption("--seed"))
        laws = rng.sample(laws, len(laws)//3)
    metafunc.parametrize(("name", "argument"), special + laws)


def call_of(name: str, argument: str) -> str | None:
    """A call with numbers for the other arguments, at which the function has a number; None if it has none."""
    rule = RULES[name]
    names = [n for n in rule.signature if rule.signature[n] is REQUIRED]
    names += [argument] if argument not in names else []
    whole = "spherical" in name or name.endswith(('.yn', '.kn', '.expn'))
    for values in itertools.product((1, 2) if whole else OTHERS, repeat=len(names) - 1):
        given = dict(zip([n for n in names if n != argument], values, strict=True))
        for x in (0.4, 2.5, 2.0, -0.4):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                known = {**given, argument: x}
                try:
                    made = _object(name)(**known) if "stats" in name else _object(name)(*[known[n] for n in names])
                except (ArithmeticError, TypeError, ValueError, Warning):  # of integers, say
                    continue
            if np.all(np.isfinite(made)) and np.isrealobj(made):
                words = [f"{n}=x" if n == argument and rule.signature[n] is not REQUIRED else "x" if n == argument else repr(given[n]) for n in names]
                return f"{name}({', '.join(words)})"
    return None


def quotients(fun: Callable[..., Any], x: float) -> Iterator[tuple[float, float]]:
    """Difference quotients from the left, of both sides and from the right, where they converge, and their noise."""
    size = abs(x) if x else 1.0
    for weights in ({0: 1.5, -1: -2.0, -2: 0.5}, {1: 0.5, -1: -0.5}, {0: -1.5, 1: 2.0, 2: -0.5}):
        made = []
        for h in (1e-4*size, 5e-5*size):
            values = {k: float(fun(np.float64(x + k*h))) for k in weights}
            made.append(sum(w*values[k] for k, w in weights.items())/h)
            noise = 1e-14*max(map(abs, values.values()))/h
        if np.isfinite(made).all() and abs(made[0] - made[1]) <= 1e-4*abs(made[1]) + noise:
            yield made[1], noise


def test_pole(name: str, argument: str, tmp_path: Path) -> None:
    call = call_of(name, argument)
    assert call is not None, "no arguments were found"
    module = load(f"import numpy as np\nimport scipy.special\nimport scipy.stats\n\n\ndef f(x):\n    return {call}\n\n\ndef s(x):\n    return np.sum(f(x))\n", tmp_path)
    at = np.array([x for x in POINTS if silently(module.f, np.float64(x)) and silently(module.s, np.array([x]))])
    try:
        slopes = s2sad.grad(module.s)(at)
    except s2sad.UnsupportedError as error:
        assert "no derivative" in str(error) or "no formula" in str(error) or argument in str(error)
        return
    for x, slope in zip(at, slopes, strict=True):
        for form in (float, np.float64):
            if silently(module.f, form(x)):
                np.testing.assert_allclose(s2sad.grad(module.f)(form(x)), slope, 1e-9, 1e-300, err_msg=f"{form.__name__} {x}")
        tangent = s2sad.jvp(module.f, (np.float64(x),), (np.float64(1.0),))[1]
        np.testing.assert_allclose(tangent, slope, 1e-9, 1e-300, err_msg=f"tangent at {x}")
        with np.errstate(all="ignore"):
            known = list(quotients(module.f, x)) if abs(x) in USUAL else []
        near = [abs(slope - q) <= 1e-3*abs(q) + noise for q, noise in known]
        known_nan = np.isnan(slope) and (len(near) < 2 or name.rpartition(".")[2] in LIMITS)
        assert not near or any(near) or np.isinf(slope) or known_nan, (call, x, slope, known)
