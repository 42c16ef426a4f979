"""Every rule on whole arrays against differences, for its kind, and for whom its result aliases.

A case is a call. Its texts are evaluated as they stand, with `g`, `out`, the arguments' names and the helpers, once with
all that kinds can know (ranks, literals) and once with neither, where the rule allows that. A rule that is entered
without a case fails.
"""

from __future__ import annotations

import ast
import cmath
import importlib
import math
import operator
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from array_cases import CASES, TEXTS, Case
from array_lines import ARRAY_LINES
from call_cases import TOPICS
from factor_cases import FACTORS, TRANSFORMS
from factor_lines import SPECTRAL
from order_cases import MASKS, METHODS, ORDER, PLACES

from s2sad import runtime
from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, List, Ref, Tuple, Var
from s2sad.rules import axes, registry
from s2sad.rules.binding import bind
from s2sad.rules.registry import REQUIRED, RULES, Bound, Rule

TABLES = (
    "reductions", "running", "order", "shapes", "joining", "windows", "creation", "indexing", "places", "linalg", "products",
    "statistics", "polynomials", "methods", "decompositions", "fourier",
)
WRITTEN = {"np.put", "np.place", "np.putmask", "np.fill_diagonal", "np.ndarray.sort", "np.put_along_axis", "np.multiply.at"}
for _more in (MASKS, ORDER, PLACES, METHODS, FACTORS, TRANSFORMS):
    for _name, _cases in _more.items():
        CASES[_name] = [*CASES.get(_name, []), *_cases]
for _name in WRITTEN & CASES.keys():
    del CASES[_name]  # they are tested as programs
for _table in TABLES:
    importlib.import_module(f"s2sad.rules.{_table}")

SPACE: dict[str, Any] = {"np": np, "math": math, **runtime.HELPERS}
STEP = 1e-6


def function_of(name: str) -> Callable[..., Any]:
    """The function that a canonical name means."""
    if name in runtime.HELPERS:
        return runtime.HELPERS[name]
    if name == "copy":
        return lambda a: a.copy()
    if name == "matmul":
        return operator.matmul
    if name == "np.ndarray.T":
        return operator.attrgetter("T")
    if name.startswith("np.ndarray."):
        return lambda a, *args, **kwargs: getattr(a, name.rpartition(".")[2])(*args, **kwargs)
    if name.startswith("scipy."):
        return cast("Callable[..., Any]", pkgutil.resolve_name(name))
    return eval(name, {"np": np, "cmath": cmath})  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------------------------- values as vectors


def again(value: Any, items: Any) -> Any:
    """A list or a tuple (of names too) of new items."""
    return list(items) if isinstance(value, list) else tuple(items)


def copied(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return again(value, (copied(v) for v in value))
    return value.copy() if isinstance(value, np.ndarray) else value


def moved(value: Any, by: Any, step: float) -> Any:
    """value + step*by, of the same type."""
    if isinstance(value, tuple | list):
        return again(value, (moved(v, b, step) for v, b in zip(value, by, strict=True)))
    if by is None:
        return value
    return (np.asarray(value) + step * np.asarray(by)) if isinstance(value, np.ndarray) else value + step * by


def direction(value: Any, rng: np.random.Generator) -> Any:
    """A random tangent; None for what has none."""
    if isinstance(value, tuple | list):
        return again(value, (direction(v, rng) for v in value))
    array = np.asarray(value)
    if array.dtype.kind not in "fc":
        return None
    made = rng.normal(size=array.shape) + (1j * rng.normal(size=array.shape) if array.dtype.kind == "c" else 0.0)
    return made if isinstance(value, np.ndarray) else made[()]


def inner(p: Any, q: Any) -> float:
    if isinstance(p, tuple | list):
        return sum(inner(x, y) for x, y in zip(p, q, strict=True))
    if p is None or q is None:
        return 0.0
    assert np.shape(p) == np.shape(q), f"shapes {np.shape(p)} and {np.shape(q)}"
    return float(np.real(np.vdot(p, q)))


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple | list):
        for item in value:
            yield from flat(item)
    else:
        yield value


def active(value: Any) -> bool:
    return any(isinstance(v, float | complex | np.ndarray | np.generic) and np.asarray(v).dtype.kind in "fc" for v in flat(value))


# ------------------------------------------------------------------------------------------------------ bound calls


@dataclass
class Bounded:
    """A case bound to its rule: the call's kinds, its arguments by name, its result."""

    rule: Rule
    bound: Bound
    args: dict[str, Any]
    out: Any
    call: Callable[[dict[str, Any]], Any]


def bounded(name: str, case: Case, vague: bool) -> Bounded:
    """Bind a case; `vague` hides every rank and every literal that is an array or an axis."""
    rule, function = RULES[name], function_of(name)
    values: dict[str, Any] = {}
    known: dict[str, Kind] = {}

    def atom(value: Any) -> Atom:
        if type(value) is float and value in case.literals:
            return Const(value)
        if isinstance(value, np.ndarray | np.generic) or type(value) in (float, complex):
            place = f"v{len(values)}"
            values[place] = value
            kind = kinds.kind_of_value(value)
            known[place] = Kind("num", kind.dtype, None) if vague and isinstance(value, np.ndarray) else kind
            return Var(place)
        if (isinstance(value, tuple) and not vague) or (isinstance(value, tuple) and active(value)):
            return Tuple(tuple(atom(v) for v in value))
        if isinstance(value, list):
            return List(tuple(atom(v) for v in value))
        if isinstance(value, type | np.dtype):
            return Ref(str(value), value)
        if vague and isinstance(value, int | tuple) and not isinstance(value, bool):
            place = f"v{len(values)}"
            values[place], known[place] = value, kinds.kind_of_value(value)
            return Var(place)
        return Const(value)

    def kind_of(node: Atom) -> Kind:
        if isinstance(node, Var):
            return known[node.name]
        if isinstance(node, Tuple | List):
            return Kind("tuple" if isinstance(node, Tuple) else "list", items=tuple(kind_of(a) for a in node.items))
        return kinds.OBJECT if isinstance(node, Ref) else kinds.kind_of_value(node.value)  # type: ignore[union-attr]

    call = Call(name, tuple(atom(a) for a in case.args), tuple((k, atom(v)) for k, v in case.kwargs.items()))
    bound, _ = bind(rule, call, kind_of)
    args = arguments(rule, case)
    keywords = set(case.kwargs)

    def repeated(changed: dict[str, Any]) -> Any:
        positional: list[Any] = []
        for argument in rule.signature:
            if argument.startswith("*"):
                positional += changed[argument[1:]]
            elif argument in args and argument not in keywords:
                positional.append(changed[argument])
        return function(*positional, **{k: changed[k] for k in keywords})

    return Bounded(rule, bound, args, repeated(args), repeated)


def arguments(rule: Rule, case: Case) -> dict[str, Any]:
    """The arguments that a case gives, by name."""
    found: dict[str, Any] = {}
    rest = list(case.args)
    for argument in rule.signature:
        if argument.startswith("*"):
            found[argument[1:]], rest = tuple(rest), []
        elif rest:
            found[argument] = rest.pop(0)
    assert not rest
    return found | case.kwargs


def names_of(state: Bounded, **more: Any) -> dict[str, Any]:
    """What the texts see."""
    space = dict(SPACE)
    for argument, default in state.rule.signature.items():
        if default is not REQUIRED:
            space[argument] = default
    space |= state.args | {"out": state.out} | more
    for argument in state.rule.signature:
        if argument.startswith("*"):
            space |= {f"{argument[1:]}_{k}": v for k, v in enumerate(state.args[argument[1:]])}
    return space


def evaluated(text: str, state: Bounded, argument: str, **more: Any) -> Any:
    space = names_of(state, **more)
    space["uniform"] = lambda number: np.full(np.shape(state.args[argument]), number)
    with np.errstate(all="ignore"):
        return eval(text, space)


def made_text(maker: Any, bound: Bound, *index: int) -> str | None:
    return maker(bound, *index) if callable(maker) else maker  # type: ignore[no-any-return]


def starred(rule: Rule, argument: str) -> bool:
    return "*" + argument in rule.signature


# ------------------------------------------------------------------------------------------------------------ checks


def check_kind(state: Bounded, kind: Kind) -> None:
    """The kind holds for the actual result."""
    agree(kind, state.out, {})


def agree(kind: Kind, value: Any, lengths: dict[Any, int]) -> None:
    if kind.cat in ("list", "tuple"):
        assert isinstance(value, tuple | list)
        assert kind.cat == ("list" if isinstance(value, list) else "tuple")
        if kind.items is not None and kind.cat == "tuple":
            assert len(kind.items) == len(value)
        for place, item in enumerate(value):
            if kind.items:
                agree(kind.items[0 if kind.cat == "list" else place], item, {} if kind.cat == "list" else lengths)
        return
    if kind.cat in ("int", "float", "complex", "bool", "none"):
        expected = {"none": type(None), "int": int, "float": float, "complex": complex, "bool": bool}[kind.cat]
        assert type(value) is expected
        return
    assert kind.cat in ("array", "num", "npscalar")
    assert isinstance(value, {"array": np.ndarray, "npscalar": np.generic, "num": np.ndarray | np.generic}[kind.cat])
    if kind.dtype:
        assert np.dtype(value.dtype).name.startswith(kind.dtype)
    if kind.shape is not None:
        assert len(kind.shape) == np.ndim(value)
        for length, actual in zip(kind.shape, np.shape(value), strict=True):
            number = lengths.setdefault(length, actual) if not isinstance(length, int) else length
            assert number == actual, f"{kind.shape} is not {np.shape(value)}"


def contribution(state: Bounded, argument: str, g: Any) -> Any:
    """What the vjp texts give for an argument; zeros where there is no text."""
    maker, value = state.rule.vjp.get(argument), state.args[argument]
    if starred(state.rule, argument):
        texts = [made_text(maker, state.bound, k) if maker else None for k in range(len(value))]
        return tuple(None if t is None else evaluated(t, state, argument, g=g) for t in texts)
    text = made_text(maker, state.bound) if maker else None
    return None if text is None else evaluated(text, state, argument, g=g)


def tangent(state: Bounded, argument: str, by: Any) -> Any:
    """What the jvp text, or linearity, gives for a tangent of one argument."""
    rule = state.rule
    dots = {f"{argument}_dot": by}
    if starred(rule, argument):
        dots |= {f"{argument}_{k}_dot": b for k, b in enumerate(by)}
    if argument in rule.jvp:
        maker = rule.jvp[argument]
        if starred(rule, argument):
            texts = [made_text(maker, state.bound, k) for k in range(len(by)) if by[k] is not None]
            return sum(evaluated(text, state, argument, **dots) for text in texts if text is not None)
        text = made_text(maker, state.bound)
        return evaluated(text, state, argument, **dots) if text is not None else None
    if argument in rule.linear:
        return state.call(state.args | {argument: filled(by, state.args[argument])})
    assert rule.vjp.get(argument, axes.zero) is axes.zero, f"{rule.name} has no tangent for {argument}"
    return None


def filled(by: Any, value: Any) -> Any:
    """A tangent with zeros where there is none."""
    if isinstance(value, tuple | list):
        return again(value, (filled(b, v) for b, v in zip(by, value, strict=True)))
    if by is None:
        return value if isinstance(value, str) else np.zeros_like(value)
    return by


def check_derivatives(state: Bounded, case: Case, rng: np.random.Generator) -> None:
    """Both modes against differences, one argument at a time."""
    out_kind = state.rule.kind(state.bound)
    state.bound.out = out_kind
    for argument, value in state.args.items():
        if not active(value) or argument in case.still:
            continue
        by = case.shape_direction(direction(value, rng))
        sides = [state.call(state.args | {argument: moved(value, by, s * STEP)}) for s in (1, -1)]
        slope = quotient(sides[0], sides[1])
        g = direction(state.out, rng)
        bar = contribution(state, argument, g)
        expected = inner(g, slope)
        found = inner(bar, by) if bar is not None else 0.0
        assert found == pytest.approx(expected, rel=2e-6, abs=2e-7), f"vjp in {argument}"
        if case.forward:
            dot = tangent(state, argument, by)
            same = 0.0 if dot is None else inner(g, spread_to(dot, state.out))
            assert same == pytest.approx(expected, rel=2e-6, abs=2e-7), f"jvp in {argument}"


def spread_to(dot: Any, out: Any) -> Any:
    if isinstance(out, tuple | list):
        return again(out, (spread_to(d, o) for d, o in zip(dot, out, strict=True))) if dot is not None else None
    return np.asarray(dot)


def quotient(one: Any, two: Any) -> Any:
    if isinstance(one, tuple | list):
        return tuple(quotient(p, q) for p, q in zip(one, two, strict=True))
    if np.asarray(one).dtype.kind not in "fc":
        return None
    return (np.asarray(one) - np.asarray(two)) / (2 * STEP)


def check_effect(state: Bounded) -> bool | None:
    """Whether the result shares memory; asserts what `effect` says."""
    word, _, argument = state.rule.effect.partition(" ")
    arrays = [v for v in flat(list(state.args.values())) if isinstance(v, np.ndarray) and v.size]
    outs = [v for v in flat(state.out) if isinstance(v, np.ndarray) and v.size]
    shares = any(np.shares_memory(a, o) for a in arrays for o in outs)
    if word == "fresh":
        assert not shares
        return None
    named = [v for v in flat([state.args[argument]]) if isinstance(v, np.ndarray) and v.size]
    others = [v for v in arrays if not any(v is n for n in named)]
    assert not any(np.shares_memory(a, o) for a in others for o in outs)
    if word == "view" and named and outs:
        assert all(any(np.shares_memory(a, o) for o in outs) for a in named)
        if len(named) == len(list(flat([state.args[argument]]))):
            assert all(any(np.shares_memory(a, o) for a in named) for o in outs)
    return shares if named else None


# ------------------------------------------------------------------------------------------------------------- tests


def own_rules() -> list[str]:
    """The names that the tables here enter."""
    names = []
    for table in TABLES:
        source = Path(importlib.import_module(f"s2sad.rules.{table}").__file__ or "").read_text()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in RULES:
                names.append(node.value)
    found = {n for n in names if "." in n or n in runtime.HELPERS or n in ("copy", "matmul")}
    modules = {f"s2sad.rules.{t}" for t in TABLES} | {"s2sad.rules.axes"}
    scipy = {n for n in RULES if n.startswith("scipy.")}  # `test_library_calls` has them
    found |= {n for n, r in RULES.items() if n not in scipy and r.form == "structural" and r.kind.__module__ in modules}
    return sorted(n for n in found if RULES[n].form in ("structural", "composite"))


ALL = [(name, k, False) for name in CASES for k in range(len(CASES[name]))]
ALL += [(name, k, True) for name, k, _ in ALL if CASES[name][k].vague]  # the others need a literal or a rank


INSIDE = {"linspace_general", "diff_general", "insert_lines", "gradient_line", "gradient_points", "corrcoef_complex"}


def test_every_rule_has_a_case() -> None:
    called = "\n".join(line for lines in (*TOPICS.values(), *SPECTRAL.values(), *ARRAY_LINES.values()) for line in lines)
    # composites are tested as programs
    known = {n for n in RULES if RULES[n].form == "composite" and (n.rpartition(".")[2] in called or n in INSIDE)}
    loops = {n for n in RULES if n.endswith((".reduce", ".accumulate", ".at"))}  # each is a text with a name in it
    cells = {"in_bins", "unique_places", "is_first", "turns", "turn", "places_once", "table_cell", "cells_of", "np.einsum_path", "np.histogram2d", "np.histogramdd", "np.iterable"} | {n for n in RULES if any(f"{n}(" in line for lines in ARRAY_LINES.values() for line in lines)}
    assert sorted(set(own_rules()) - set(CASES) - known - loops - cells - TEXTS) == []  # cells: see test_registry


@pytest.mark.parametrize(("name", "number", "vague"), ALL, ids=[f"{n}-{k}-{'vague' if v else 'known'}" for n, k, v in ALL])
def test_rule(name: str, number: int, vague: bool) -> None:
    case = CASES[name][number]
    rule = RULES[name]
    if rule.form == "composite":
        return check_composite(rule, case)
    if rule.writes:
        return check_written(rule, case)
    state = bounded(name, case, vague)
    check_kind(state, rule.kind(state.bound))
    check_effect(state)
    check_derivatives(state, case, np.random.default_rng(number))
    return None


def texts_of(state: Bounded, case: Case) -> Iterator[str]:
    """Every text of a bound call."""
    for makers in (state.rule.vjp, state.rule.jvp if case.forward else {}):
        for argument, maker in makers.items():
            if argument in case.still or not active(state.args.get(argument)):
                continue
            places = range(len(state.args[argument])) if starred(state.rule, argument) else [None]
            for place in places:
                text = made_text(maker, state.bound) if place is None else made_text(maker, state.bound, place)
                if text is not None:
                    yield text


def test_texts_can_be_differentiated_again() -> None:
    """What texts call has a rule itself."""
    missing = set()
    for name, cases in CASES.items():
        for case in cases:
            state = bounded(name, case, False) if RULES[name].form == "structural" and not RULES[name].writes else None
            if state is None:
                continue
            state.bound.out = state.rule.kind(state.bound)
            for text in texts_of(state, case):
                for node in ast.walk(ast.parse(text, mode="eval")):
                    assert not isinstance(node, ast.Starred | ast.ListComp | ast.Lambda | ast.GeneratorExp), text
                    if isinstance(node, ast.Call):
                        missing.add(ast.unparse(node.func))
    known = {"uniform", "min", "max", "len", "slice", "np.size", "np.shape"}
    assert sorted(n for n in missing - known if not has_rule(n)) == []


def has_rule(name: str) -> bool:
    try:
        registry.rule(name)
    except KeyError:
        return name.rpartition(".")[2] in ("T", "astype")
    return True


def check_composite(rule: Rule, case: Case) -> None:
    """The source computes what the function computes, and calls nothing without a rule."""
    space = dict(SPACE)
    exec(rule.source, space)
    tree = ast.parse(rule.source)
    function = space[tree.body[0].name]  # type: ignore[attr-defined]
    expected = function_of(rule.name)(*copied(case.args), **case.kwargs)
    found = function(*case.args, **case.kwargs)
    for one, other in zip(flat(found), flat(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-13, atol=1e-13)
    if rule.name in runtime.HELPERS:
        bound = bounded(rule.name, case, False).bound
        agree(rule.kind(bound), function_of(rule.name)(*case.args, **case.kwargs), {})
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr == "append" or ast.unparse(node.func) in RULES or registry.rule(ast.unparse(node.func))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id in RULES or node.func.id in ("range", "len", "min", "max", "isinstance", "tuple", "enumerate")


def check_written(rule: Rule, case: Case) -> None:
    """What `writes` names changes, and nothing else does."""
    args = copied(list(case.args))
    function = function_of(rule.name)
    assert function(*args, **case.kwargs) is None
    changed = [n for n, old, new in zip(rule.signature, case.args, args, strict=False) if not np.array_equal(old, new)]
    assert tuple(changed) == rule.writes


BY_VALUES = {"np.trim_zeros", "trimmed_like"}  # a view, but the same call would take another part of the shadow


@pytest.mark.parametrize("name", sorted({n for n in CASES if RULES[n].effect.startswith("maybe")} - BY_VALUES))
def test_maybe_is_both(name: str) -> None:
    """"maybe" is said only of functions that do both."""
    seen = {check_effect(bounded(name, case, False)) for case in CASES[name]}
    assert {True, False} <= seen


def test_methods_lead_to_the_functions_rule() -> None:
    for name in "sum mean prod max min var std cumsum cumprod argmax argmin any all ravel squeeze swapaxes repeat".split():
        assert registry.canonical(getattr(np.ndarray, name)) == f"np.{name}"
    assert registry.canonical(np.amax) == "np.max"


def value_of(name: str, *args: Any, g: Any = 1.0, argument: str = "a", **kwargs: Any) -> Any:
    """The contribution of a call to one argument."""
    state = bounded(name, Case(args, kwargs), False)
    state.bound.out = state.rule.kind(state.bound)
    return contribution(state, argument, g)


def test_kinks() -> None:
    """Ties share, zeros are exact, and what has no derivative is 0."""
    assert value_of("np.max", np.array([1.0, 3.0, 3.0])).tolist() == [0.0, 0.5, 0.5]
    assert value_of("np.min", np.array([[1.0, 1.0], [2.0, 0.0]]), g=np.array([4.0, 1.0]), axis=1).tolist() == [
        [2.0, 2.0],
        [0.0, 1.0],
    ]
    assert np.isnan(value_of("np.max", np.array([1.0, np.nan, 3.0]))).all()
    assert value_of("np.prod", np.array([0.0, 2.0, 3.0])).tolist() == [6.0, 0.0, 0.0]
    assert value_of("np.prod", np.array([0.0, 2.0, 0.0])).tolist() == [0.0, 0.0, 0.0]
    assert value_of("np.cumprod", np.array([2.0, 0.0, 3.0]), g=np.ones(3)).tolist() == [1.0, 8.0, 0.0]
    assert value_of("np.std", np.full(3, 0.5)).tolist() == [0.0, 0.0, 0.0]
    assert value_of("np.linalg.norm", np.zeros(3), argument="x").tolist() == [0.0, 0.0, 0.0]
    assert value_of("np.linalg.norm", np.zeros((2, 2)), argument="x").tolist() == [[0.0, 0.0], [0.0, 0.0]]
    adjugate = value_of("np.linalg.det", np.array([[1.0, 2.0], [2.0, 4.0]]))
    np.testing.assert_allclose(adjugate, [[4.0, -2.0], [-2.0, 1.0]], atol=1e-12)
    assert value_of("np.linalg.det", np.zeros((3, 3))).tolist() == np.zeros((3, 3)).tolist()
    assert value_of("np.where", np.array([True, False]), np.ones(2), np.ones(2), g=np.array([1.0, np.inf]), argument="x").tolist() == [1.0, 0.0]


def test_texts() -> None:
    """The texts read as a person would write them."""

    def text(name: str, *args: Any, argument: str = "a", **kwargs: Any) -> str | None:
        state = bounded(name, Case(args, kwargs), False)
        state.bound.out = state.rule.kind(state.bound)
        return made_text(state.rule.vjp[argument], state.bound)

    v, m, t = np.ones(3), np.ones((2, 3)), np.ones((2, 3, 4))
    assert text("np.sum", v) == "uniform(g)"
    assert text("np.mean", m) == "uniform(g/a.size)"
    assert text("np.sum", m, axis=0) == "np.broadcast_to(g, a.shape)"
    assert text("np.sum", m, axis=-1) == "np.broadcast_to(g[:, None], a.shape)"
    assert text("np.sum", t, axis=(0, 2)) == "np.broadcast_to(g[:, None], a.shape)"
    assert text("np.sum", t, axis=1) == "np.broadcast_to(g[:, None], a.shape)"
    assert text("np.max", v) == "(a == out)*(g/np.sum(a == out))"
    assert text("np.var", v) == "(2*g/a.size)*(a - np.mean(a))"
    assert text("np.dot", m, v) == "np.outer(g, b)"
    assert text("matmul", m, v, argument="b") == "a.T @ g"
    assert text("matmul", m, m.T) == "g @ b.T"
    assert text("np.stack", [v, v], argument="arrays", axis=1) == "np.moveaxis(g, 1, 0)"
    assert text("np.pad", v, (1, 2), argument="array") == "g[1:-2]"
