"""One check for every program: value, gradient, memory, pullbacks and text.

    check(f, (x, 2.0))              the gradient of f with respect to everything that has one
    check(f, (x, k), argnums=1)

`check` takes any function of s2sad's input language and arguments, calls every transform on it and compares with
what Python itself says: the value bit for bit with a plain call; the gradient with differences of plain calls along
random directions. The references run on copies, so that programs may write into their arguments.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import importlib.util
import itertools
import math
import os
import sys
import threading
import warnings
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from again import check_lowers

import s2sad
import s2sad.pushforward

_modules = itertools.count(1)

# Of so many programs one has `grad` derived beside `value_and_grad`, or its text read back; conftest says 1 for `--full`.
APART = 6
AGAIN = 2


# ------------------------------------------------------------------------------------------------------------ trees


def is_active(x: Any) -> bool:
    """Whether a leaf can be differentiated: floats, complex numbers, NumPy scalars and arrays of these."""
    if isinstance(x, np.ndarray | np.generic):
        return bool(np.issubdtype(x.dtype, np.inexact))
    return isinstance(x, float | complex)


def children(x: Any) -> list[Any] | None:
    """The parts of a container, None for a leaf."""
    if isinstance(x, dict):
        return list(x.values())
    if isinstance(x, list | tuple):
        return list(x)
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return [getattr(x, field.name) for field in dataclasses.fields(x)]
    return None


def tree_map(fun: Callable[..., Any], x: Any, *rest: Any) -> Any:
    """Apply fun to every leaf (and the leaves at its place in the other trees), keeping the structure."""
    if isinstance(x, dict):
        return {key: tree_map(fun, x[key], *(r[key] for r in rest)) for key in x}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(tree_map(fun, *parts) for parts in zip(x, *rest, strict=True)))
    if isinstance(x, list | tuple):
        return type(x)(tree_map(fun, *parts) for parts in zip(x, *rest, strict=True))
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        names = [field.name for field in dataclasses.fields(x)]
        parts = {n: tree_map(fun, getattr(x, n), *(getattr(r, n) for r in rest)) for n in names}
        return dataclasses.replace(x, **parts)
    return fun(x, *rest)


def leaves(x: Any) -> list[Any]:
    """The leaves of a tree in order; None is one."""
    parts = children(x)
    return [x] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def clone(x: Any) -> Any:
    """A deep copy whose arrays keep their strides, so that `ravel` and `reshape` decide as they would on x."""
    return tree_map(_clone_leaf, x)


def _clone_leaf(x: Any) -> Any:
    if not isinstance(x, np.ndarray):
        return x
    if x.flags.c_contiguous or x.flags.f_contiguous or x.size == 0:
        return x.copy("K")
    low = sum(min(0, s*(n - 1)) for s, n in zip(x.strides, x.shape, strict=True))
    high = sum(max(0, s*(n - 1)) for s, n in zip(x.strides, x.shape, strict=True)) + x.itemsize
    buffer = np.zeros(high - low, np.uint8)
    made = np.ndarray(x.shape, x.dtype, buffer, -low, x.strides)
    made[...] = x
    return made


# ------------------------------------------------------------------------------------------------------ comparisons


def same_bits(a: Any, b: Any) -> bool:
    """Equal in type, dtype, shape and every bit (so nan equals nan, and 0.0 does not equal -0.0)."""
    pa, pb = children(a), children(b)
    if pa is not None or pb is not None:
        return type(a) is type(b) and len(pa or ()) == len(pb or ()) and all(map(same_bits, pa or (), pb or ()))
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return math.copysign(1.0, a) == math.copysign(1.0, b) and (a == b or (math.isnan(a) and math.isnan(b)))
    return bool(a == b)


def assert_same_bits(a: Any, b: Any, what: str) -> None:
    assert same_bits(a, b), f"{what}: {a!r} and {b!r} differ"


def assert_like(g: Any, x: Any, what: str = "gradient") -> None:
    """g has the structure, types, shapes and dtypes that API.md promises for a gradient with respect to x."""
    parts = children(x)
    if parts is not None:
        assert type(g) is type(x), f"{what}: {type(g).__name__} for {type(x).__name__}"
        for part_g, part_x in zip(children(g) or (), parts, strict=True):
            assert_like(part_g, part_x, what)
    elif not is_active(x):
        assert g is None, f"{what} of {type(x).__name__} is {g!r}, not None"
    elif isinstance(x, np.ndarray):
        assert type(g) is np.ndarray, f"{what}: {type(g).__name__} for an array"
        assert g.shape == x.shape and g.dtype == x.dtype, f"{what}: {g.shape} {g.dtype} for {x.shape} {x.dtype}"
        assert g.flags.c_contiguous and g.flags.writeable, f"{what} is not C-contiguous and writeable"
    elif isinstance(x, np.generic):
        assert type(g) is type(x), f"{what}: {type(g).__name__} for {type(x).__name__}"
    else:
        assert type(g) is type(x), f"{what}: {type(g).__name__} for {type(x).__name__}"


def assert_fresh(result: Any, *others: Any) -> None:
    """No two leaves of the result share memory with each other or with a leaf of the others."""
    arrays = [leaf for leaf in leaves(result) if isinstance(leaf, np.ndarray)]
    for a, b in itertools.combinations(arrays, 2):
        assert not np.shares_memory(a, b), "two leaves of the result share memory"
    for other in others:
        for leaf in leaves(other):
            if isinstance(leaf, np.ndarray):
                assert not any(np.shares_memory(a, leaf) for a in arrays), "the result shares memory with an argument"


# ------------------------------------------------------------------------------------------------------ differences


def direction(x: Any, rng: np.random.Generator) -> Any:
    """A random direction in the space of a tree: an array or float for every active leaf, else None."""

    def draw(leaf: Any) -> Any:
        if not is_active(leaf):
            return None
        v = rng.standard_normal(np.shape(leaf))
        if np.iscomplexobj(leaf):
            v = v + 1j*rng.standard_normal(np.shape(leaf))
        return v if np.ndim(leaf) else v.item() if isinstance(v, np.ndarray) else v

    return tree_map(draw, x)


def moved(x: Any, v: Any, h: complex) -> Any:
    """x + h*v: same types and strides; a complex h makes complex leaves."""

    def move(leaf: Any, step: Any) -> Any:
        if not is_active(leaf):
            return leaf
        if isinstance(h, complex):
            if isinstance(leaf, np.ndarray):
                return np.asarray(leaf + h*step)
            return np.complex128(leaf + h*step) if isinstance(leaf, np.generic) else complex(leaf + h*step)
        if isinstance(leaf, np.ndarray):
            made = _clone_leaf(leaf)
            made[...] = leaf + h*step
            return made
        if isinstance(leaf, np.generic):
            return type(leaf)(leaf + h*step)
        return leaf + h*step

    return tree_map(move, clone(x), _filled(x, v))


def _filled(x: Any, v: Any) -> Any:
    return tree_map(lambda leaf, step: 0.0 if step is None else step, x, v)


def wide(x: Any) -> Any:
    """x in double precision, for reference values of float32 programs."""

    def widen(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray | np.generic) and leaf.dtype in (np.float32, np.float16):
            return np.float64(leaf) if isinstance(leaf, np.generic) else leaf.astype(np.float64)
        return leaf

    return tree_map(widen, x)


def flat(x: Any) -> np.ndarray[Any, Any]:
    """All active leaves as one vector (integers and the like count as constants)."""
    parts = [np.ravel(leaf) for leaf in leaves(x) if is_active(leaf)]
    return np.concatenate(parts) if parts else np.zeros(0)


def differences(fun: Callable[..., Any], args: Sequence[Any], v: Sequence[Any]) -> np.ndarray[Any, Any]:
    """The derivative of the flattened result of fun along v: central differences, extrapolated once."""

    def central(h: float) -> np.ndarray[Any, Any]:
        plus = flat(fun(*moved(tuple(args), tuple(v), h)))
        minus = flat(fun(*moved(tuple(args), tuple(v), -h)))
        return (plus - minus)/(2*h)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        h = 2e-4
        return (4*central(h/2) - central(h))/3


def complex_step(fun: Callable[..., Any], args: Sequence[Any], v: Sequence[Any]) -> np.ndarray[Any, Any] | None:
    """The derivative along v to rounding, or None where the program does not take complex numbers."""
    if any(np.iscomplexobj(leaf) for leaf in leaves(list(args)) if is_active(leaf)):
        return None
    h = 1e-40
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with np.errstate(all="ignore"):
                result = flat(fun(*moved(tuple(args), tuple(v), 1j*h)))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, Warning, s2sad.UnsupportedError):
        return None
    return result.imag/h if np.iscomplexobj(result) else None


# ------------------------------------------------------------------------------------------------------------ check


def active_positions(args: Sequence[Any]) -> tuple[int, ...]:
    return tuple(i for i, a in enumerate(args) if any(is_active(leaf) for leaf in leaves(a)))


def inner(a: Any, b: Any) -> float:
    """The real inner product of two trees in the API's convention (bilinear: no conjugation, real part)."""
    pairs = zip(leaves(a), leaves(b), strict=True)
    return float(sum(np.real(np.sum(np.asarray(p)*np.asarray(q))) for p, q in pairs if p is not None and q is not None))


def close(got: float, expected: float, tol: float, scale: float = 1.0) -> bool:
    return abs(got - expected) <= tol*max(1.0, abs(expected), scale)


def reference(fun: Callable[..., Any], args: Sequence[Any], v: Sequence[Any]) -> tuple[np.ndarray[Any, Any], float]:
    """The derivative along v and how far it can be trusted."""
    args = wide(tuple(args))
    approximate = differences(fun, args, v)
    exact = complex_step(fun, args, v)
    if exact is not None and exact.shape == approximate.shape:
        scale = 1e-5*(1.0 + np.abs(approximate))
        if np.all(np.abs(exact - approximate) <= scale):
            return exact, 1e-10
    return approximate, 2e-7


def check(
    fun: Callable[..., Any],
    args: Sequence[Any],
    argnums: int | Sequence[int] | None = None,
    *,
    tol: float | None = None,
    probes: int = 2,
    pullbacks: bool = True,
    text: bool = True,
    forward: bool | str = True,
) -> Any:
    """Hold grad, value_and_grad, vjp and jvp of fun against plain calls of it; returns the gradient (a tuple).

    `forward` is False, or what the refusal of forward mode says, where forward mode cannot do what reverse does.
    """
    args = tuple(args)
    wrt = active_positions(args) if argnums is None else (argnums,) if isinstance(argnums, int) else tuple(argnums)
    before = copy.deepcopy(leaves(list(args)))
    expected = fun(*clone(args))
    transform = s2sad.value_and_grad(fun, wrt)
    value, gradient = transform(*args)
    assert_same_bits(value, expected, "value")
    for leaf, old in zip(leaves(list(args)), before, strict=True):
        if isinstance(leaf, np.ndarray):
            assert leaf.tobytes() == old.tobytes(), "the caller's array was written to"
    for i, g in zip(wrt, gradient, strict=True):
        assert_like(g, args[i])
    assert_fresh((value, gradient), args)
    assert_same_bits(transform(*args), (value, gradient), "second call")
    if zlib.crc32(transform.source.encode()) % APART == 0:
        assert_same_bits(s2sad.grad(fun, wrt)(*args), gradient, "grad beside value_and_grad")
    narrow = any(getattr(leaf, "dtype", None) in (np.float32, np.float16) for leaf in leaves(list(args)))
    rng = np.random.default_rng(len(before))
    for _ in range(probes):
        v = [direction(a, rng) if i in wrt else tree_map(lambda _: None, a) for i, a in enumerate(args)]
        exact, trust = reference(fun, args, v)
        trust = 2e-4 if narrow else trust
        got = inner([g for g in gradient], [v[i] for i in wrt])
        limit = trust if tol is None else tol
        scale = max((float(np.max(np.abs(g))) for g in leaves(list(gradient)) if g is not None and np.size(g)), default=1.0)
        assert close(got, float(np.real(exact[0])) if exact.size else 0.0, limit, scale), (
            f"gradient along a random direction is {got!r}, differences say {exact!r}\n{transform.source}"
        )
    if pullbacks:
        check_vjp(fun, args, gradient=dict(zip(wrt, gradient, strict=True)), forward=forward)
    if text:
        check_text(transform.source)
        if zlib.crc32(transform.source.encode()) % AGAIN == 0:
            check_lowers(transform.current())
    return gradient


def check_vjp(
    fun: Callable[..., Any],
    args: Sequence[Any],
    gradient: dict[int, Any] | None = None,
    *,
    tol: float | None = None,
    forward: bool | str = True,
) -> None:
    """Hold vjp against differences; its pullback is called twice, from two threads, and after the arguments changed."""
    args = tuple(args)
    expected = fun(*clone(args))
    mine = clone(args)
    out, pullback = s2sad.vjp(fun, *mine)
    assert_same_bits(out, expected, "value of vjp")
    rng = np.random.default_rng(7)
    ct = _cotangent(out, rng)
    ct_before = copy.deepcopy(ct)
    first = pullback(ct)
    assert_same_bits(ct, ct_before, "the caller's cotangent after the pullback")
    assert len(first) == len(args), "one entry per primal"
    for g, a in zip(first, args, strict=True):
        if active_positions([a]):
            assert_like(g, a, "pullback")
        else:
            assert all(leaf is None for leaf in leaves(g)), f"{type(a).__name__} has the cotangent {g!r}"
    assert_same_bits(pullback(ct), first, "second pullback")
    for leaf in leaves(list(mine)):
        if isinstance(leaf, np.ndarray) and is_active(leaf):
            leaf[...] = np.nan
    for leaf in leaves(first):
        if isinstance(leaf, np.ndarray):
            assert not np.any(np.isnan(leaf)) or np.any(np.isnan(flat(list(args)))), "a cotangent aliases an argument"
    again: list[Any] = [None, None]

    def call(k: int) -> None:
        again[k] = pullback(ct)

    threads = [threading.Thread(target=call, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(2):
        assert_same_bits(again[k], first, "pullback in a thread, after the caller's arrays changed")
    assert_fresh(first, mine, out, ct)
    if gradient is not None and np.ndim(out) == 0:
        unit = type(out)(1.0) if isinstance(out, np.generic | float) else np.ones_like(out)
        for i, g in gradient.items():
            for p, q in zip(leaves(pullback(unit)[i]), leaves(g), strict=True):
                if q is not None:
                    np.testing.assert_allclose(p, q, rtol=1e-5 if np.asarray(q).itemsize < 8 else 1e-9, atol=1e-12)
    v = [direction(a, rng) for a in args]
    exact, trust = reference(fun, args, v)
    if exact.size:
        kept = active_positions(args)  # a tuple of strings has the cotangent None
        got, want = inner([first[i] for i in kept], [v[i] for i in kept]), float(np.real(np.sum(exact*flat(ct))))
        scale = max((float(np.max(np.abs(g))) for g in leaves(list(first)) if g is not None and np.size(g)), default=1.0)
        assert close(got, want, max(trust, 2e-4 if _narrow(args) else 0.0) if tol is None else tol, 10*scale), (
            f"pullback along a random direction gives {got!r}, differences say {want!r}"
        )
    if forward:
        check_jvp(fun, args, forward, tol=tol)


def check_jvp(
    fun: Callable[..., Any], args: Sequence[Any], forward: bool | str = True, *, tol: float | None = None
) -> None:
    """Hold jvp against the pullback, <w, J v> = <J^T w, v>, without steps; the value bit for bit."""
    args = tuple(args)
    rng = np.random.default_rng(11)
    v = tuple(direction(a, rng) if active_positions([a]) else None for a in args)
    if all(d is None for d in v):
        return
    if isinstance(forward, str):
        with pytest.raises(s2sad.UnsupportedError, match=forward):
            s2sad.jvp(fun, clone(args), v)
        return
    mine, before = clone(args), clone(v)
    out, out_dot = s2sad.jvp(fun, mine, v)
    assert_same_bits(out, fun(*clone(args)), "value of jvp")
    assert_same_bits(mine, args, "the caller's arguments after jvp")
    assert_same_bits(v, before, "the caller's tangents after jvp")
    assert_fresh((out, out_dot), mine, v)
    assert_like(out_dot, out, "tangent")
    w = _cotangent(out, rng)
    _, pullback = s2sad.vjp(fun, *clone(args))
    got = inner(out_dot, w)
    want = sum(inner(g, d) for g, d in zip(pullback(w), v, strict=True) if d is not None)
    scale = max((float(np.max(np.abs(g))) for g in leaves(out_dot) if g is not None and np.size(g)), default=1.0)
    limit = 1e-3 if _narrow(args) else 1e-8
    if not (np.isnan(got) and np.isnan(want)):
        assert close(got, want, max(limit, tol or 0.0), 10*scale), (
            f"<w, J v> is {got!r}, <J^T w, v> is {want!r}\n{s2sad.pushforward.source(fun, args, v)}"
        )


def _narrow(args: Sequence[Any]) -> bool:
    return any(getattr(leaf, "dtype", None) in (np.float32, np.float16) for leaf in leaves(list(args)))


def _cotangent(out: Any, rng: np.random.Generator) -> Any:
    def draw(leaf: Any) -> Any:
        if not is_active(leaf):
            return None
        v = rng.standard_normal(np.shape(leaf))
        if isinstance(leaf, np.ndarray):
            return np.asarray(v, leaf.dtype)
        return type(leaf)(v)

    return tree_map(draw, out)


def check_text(text: str) -> ast.Module:
    """The text is Python and mentions nothing that it does not need: it parses, compiles, and fits its columns."""
    tree = ast.parse(text)
    compile(text, "<text>", "exec")
    assert any(isinstance(node, ast.FunctionDef) for node in tree.body), f"no function in\n{text}"
    return tree


# ---------------------------------------------------------------------------------------------------------- modules


def load(source: str, folder: Path, name: str = "program") -> Any:
    """Write source to a file of its own in folder and import it, so that its text can be read."""
    name = f"{name}_{os.getpid()}_{next(_modules)}"
    path = folder/f"{name}.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)  # leaves no compiled file behind
    return module
