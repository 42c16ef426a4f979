"""Builtins: kinds, min and max as Python chooses, sums over lists and arrays, and closure of the helpers' rules."""

from __future__ import annotations

import ast
import builtins
import math
import pkgutil
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_elementwise_table import bind, evaluate, text_for

from s2sad import runtime
from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import registry, scalars
from s2sad.rules.registry import RULES, UNKNOWN, Bound
from support import check


def bar(name: str, argument: str, *args: Any, g: Any = 1.0, tangent: bool = False) -> Any:
    """The contribution to an argument by its rule."""
    rule = RULES[name]
    kinds_of = {n: _kind(a) for n, a in zip(rule.signature, args, strict=False)}
    bound = Bound(kinds_of, dict.fromkeys(kinds_of, UNKNOWN))
    bound.out = rule.kind(bound)
    text = text_for(rule, argument, bound, tangent)
    assert text is not None
    out = _function(name)(*args)
    scope = {"max": max, "min": min, "sum": sum}
    return eval(
        text, {"np": np, "math": math, **runtime.HELPERS, **scope, **kinds_of_values(rule, args, out, g)}
    )


def kinds_of_values(rule: registry.Rule, args: tuple[Any, ...], out: Any, g: Any) -> dict[str, Any]:
    """The names of a text: arguments, g and out."""
    return dict(zip(rule.signature, args, strict=False)) | {"out": out, "g": g}


def _function(name: str) -> Any:
    return getattr(math, name[5:]) if name.startswith("math.") else getattr(builtins, name)


def _kind(value: Any) -> Kind:
    if isinstance(value, list):
        return kinds.list_of(_kind(value[0]) if value else None)
    if isinstance(value, tuple):
        return Kind("tuple", items=tuple(_kind(v) for v in value))
    return next(iter(bind(RULES["pos"], (value,)).kinds.values()))


def test_max_gives_to_the_first_of_equal_arguments() -> None:
    assert (bar("max", "a", 1.0, 2.0), bar("max", "b", 1.0, 2.0)) == (0.0, 1.0)
    assert (bar("max", "a", 2.0, 2.0), bar("max", "b", 2.0, 2.0)) == (1.0, 0.0)
    assert (bar("min", "a", 1.0, 2.0), bar("min", "b", 1.0, 2.0)) == (1.0, 0.0)
    assert [bar("max", n, 1.0, 3.0, 3.0) for n in "abc"] == [0.0, 1.0, 0.0]
    assert [bar("min", n, 3.0, 1.0, 2.0, 1.0) for n in "abcd"] == [0.0, 1.0, 0.0, 0.0]
    for a, b in ((math.nan, 1.0), (1.0, math.nan)):  # max(nan, 1) is nan, max(1, nan) is 1
        assert (bar("max", "a", a, b), bar("max", "b", a, b)) == (1.0, 0.0)


def test_max_of_one_sequence() -> None:
    assert bar("max", "a", [1.0, 3.0, 3.0], g=2.0) == [0.0, 2.0, 0.0]
    assert bar("min", "a", (1.0, 3.0), g=2.0) == (2.0, 0.0)
    np.testing.assert_array_equal(bar("max", "a", np.array([1.0, 4.0]), g=2.0), [0.0, 2.0])
    assert bar("max", "a", [1.0, 3.0], g=[5.0, 7.0], tangent=True) == 7.0


def test_sum() -> None:
    assert bar("sum", "iterable", [1.0, 2.0], g=3.0) == [3.0, 3.0]
    assert bar("sum", "start", [1.0, 2.0], 4.0, g=3.0) == 3.0
    rows = [np.ones(3), np.zeros(3)]
    for part in bar("sum", "iterable", rows, g=np.arange(3.0)):
        np.testing.assert_array_equal(part, np.arange(3.0))
    np.testing.assert_array_equal(bar("sum", "iterable", np.ones((2, 3)), g=np.arange(3.0)), [[0, 1, 2]] * 2)
    assert bar("sum", "start", [np.ones(3)], 1.0, g=np.arange(3.0)) == 3.0
    assert bar("sum", "iterable", [1.0, 2.0], g=[3.0, 4.0], tangent=True) == 7.0
    assert bar("math.fsum", "seq", [1.0, 2.0], g=3.0) == [3.0, 3.0]


@pytest.mark.parametrize("value", [[1.0], [1.0, 2], [1, 2], np.ones(3), np.ones((3, 2)), (1.0, 2j)])
def test_kinds_of_sum_and_max(value: Any) -> None:
    for name in ("sum", "max"):
        if name == "max" and (isinstance(value, tuple) or np.ndim(value) > 1):
            continue
        promised = RULES[name].kind(Bound({next(iter(RULES[name].signature)): _kind(value)}, {}))
        actual = _kind(_function(name)(value))
        assert promised.cat == actual.cat or (promised.cat, actual.cat) == ("float", "int")


def test_kinds_of_conversions() -> None:
    x = np.float64(2.5)
    for name in ("float", "int", "bool", "complex", "round", "abs"):
        for value in (1.5, x, 2):
            promised = RULES[name].kind(bind(RULES[name], (value,)))
            assert promised.cat == _kind(_function(name)(value)).cat, (name, value)
    assert RULES["round"].kind(bind(RULES["round"], (1.5, 1))) == kinds.FLOAT


def test_live_objects_lead_to_rules() -> None:
    for obj, name in ((max, "max"), (pow, "pow"), (abs, "abs"), (isinstance, "isinstance"), (print, "print")):
        assert registry._CANONICAL[id(obj)] == (obj, name)
    assert RULES["print"].impure


def test_composites_agree_with_what_they_stand_for() -> None:
    for name in ("divmod", "math.prod"):
        scope: dict[str, Any] = {}
        exec(RULES[name].source, scope)
        made = scope[name.rsplit(".", 1)[-1]]
        for args in (
            [(7.5, -2.0), (-7, 2), (1e300, 1e-3)] if name == "divmod" else [([0.1, 3.0, 7.7],), ([],)]
        ):
            assert made(*args) == _function(name)(*args)


def test_every_helper_that_a_text_calls_has_a_rule() -> None:
    """So that derivatives can be differentiated again."""
    source = (Path(scalars.__file__).parent / "elementwise.py").read_text()
    source += (Path(scalars.__file__).parent / "scalars.py").read_text()
    source += (Path(scalars.__file__).parent / "helpers.py").read_text()
    called = set(re.findall(r"\b([a-z_0-9]+)\(", source)) & runtime.HELPERS.keys()
    assert {"pow_dx", "sign", "spread"} <= called <= RULES.keys()


def test_rules_of_helpers_on_arrays() -> None:
    rng = np.random.default_rng(0)
    x, z = rng.normal(size=(2, 1)), rng.normal(size=(2, 3))
    calls: dict[str, tuple[tuple[Any, ...], str]] = {
        "unbroadcast": ((z, x), "z"),
        "expand": ((rng.normal(size=2), 1, 2), "z"),
        "unreduce": ((rng.normal(size=2), z, 1, False), "z"),
        "spread": ((rng.normal(size=3), z), "z"),
    }
    for name, (args, argument) in calls.items():
        rule = RULES[name]
        i = list(rule.signature).index(argument)
        text = text_for(rule, argument, bind(rule, args))
        assert text is not None
        out = runtime.HELPERS[name](*args)
        g, dot = rng.normal(size=np.shape(out)), rng.normal(size=np.shape(args[i]))
        tangent = runtime.HELPERS[name](*args[:i], dot, *args[i + 1 :])
        np.testing.assert_allclose(np.vdot(g, tangent), np.vdot(evaluate(text, rule, args, out, g), dot))


def _texts(rule: registry.Rule) -> set[str]:
    """The texts of a rule for arguments of several kinds; what it refuses for them has none."""
    samples = [
        kinds.FLOAT,
        kinds.COMPLEX,
        kinds.npscalar(),
        kinds.array((3,)),
        kinds.array(None, "complex128"),
    ]
    found: set[str] = set()
    for kind in [*samples, kinds.list_of(kinds.FLOAT)]:
        names = [n for n in rule.signature if n not in ("out", "where", "dtype")]
        defaults = {n: d for n, d in rule.signature.items() if d is not registry.REQUIRED}
        for known in ({}, {"y": 3}, {"y": -2}, {"y": 0.3}):
            statics = {**dict.fromkeys(names, UNKNOWN), **defaults, **known} | {"n": 1, "m": 1}
            bound = Bound(dict.fromkeys(names, kind), statics, kind)
            for table in (rule.vjp, rule.jvp):
                for text in table.values():
                    try:
                        made = text(bound) if callable(text) else text
                    except NotImplementedError:
                        continue
                    found |= {made} if made else set()
    return found


@pytest.mark.parametrize("module", ["elementwise", "scalars", "helpers"])
def test_texts_are_in_the_language_of_rules(module: str) -> None:
    """Arguments, g, out, numbers, operators, and calls of what has a rule itself."""
    registry.rule("np.where")  # loads all tables
    registry.load_all()
    linear = {n for n, f in runtime.HELPERS.items() if f.__module__.endswith((".linear", ".symmetric"))}
    chosen = {
        "elementwise": lambda name, rule: rule.form == "elementwise" and name not in linear,
        "scalars": lambda name, rule: hasattr(builtins, name),
        "helpers": lambda name, rule: name in runtime.HELPERS.keys() - linear,
    }[module]
    for name, rule in RULES.items():
        for text in _texts(rule) if chosen(name, rule) and rule.form != "composite" else ():
            for node in ast.walk(ast.parse(text, mode="eval")):
                if isinstance(node, ast.Call):
                    called = ast.unparse(node.func)
                    scipy = called.startswith("scipy.") and registry.canonical(pkgutil.resolve_name(called))
                    conjugate = called == "x.conjugate"  # of Python's numbers
                    assert called in RULES or called == "div" or scipy or conjugate, (name, text)
                elif isinstance(node, ast.Name):
                    known = {
                        *rule.signature,
                        "g",
                        "out",
                        "np",
                        "math",
                        "cmath",
                        "abs",
                        "div",
                        *runtime.HELPERS,
                        *(f"{a}_dot" for a in rule.signature),
                        "scipy",
                        "sum",
                        "float",
                        "len",
                    }
                    assert node.id in known, (name, text)


def parts_of_a_float(s):
    a, b = math.modf(3.0*s)
    m, e = math.frexp(s)
    for _ in range(2):
        m = m*math.modf(m + b)[0]
    return a*m*e


def test_modf_and_frexp() -> None:
    for s in (0.7, -2.3):
        check(parts_of_a_float, (s,))
