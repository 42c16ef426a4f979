"""Derivatives are remembered, and never used when something that they rely on has changed."""

from __future__ import annotations

import functools
import gc
import importlib
import linecache
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad import engine, memo, transformed
from support import load


@pytest.fixture
def derivations(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The functions that were derived, in order."""
    found: list[str] = []
    derive = engine.derive

    def counted(source: Any, *args: Any) -> Any:
        found.append(source.fun.__name__)
        return derive(source, *args)

    monkeypatch.setattr(engine, "derive", counted)
    yield found


PROGRAM = """
import numpy as np

K = 2.0
TABLE = {"a": lambda x: x*x}

def helper(x):
    return x*x

def other(x):
    return x*x*x

def f(x, k=3.0):
    return K*helper(x)*k

def g(x):
    return TABLE["a"](x)

class Base:
    def scale(self, x):
        return 2.0*x

class Child(Base):
    factor = 3.0

    def loss(self, x):
        return self.scale(x)*self.factor
"""


# ------------------------------------------------------------------------------------------------------- remembering


def test_a_second_call_derives_nothing(derivations: list[str]) -> None:
    g = s2sad.grad(lambda x, n: np.sum(x**n))
    for x in (np.ones(3), np.ones(7), np.zeros(2)):
        g(x, 2)
        g(x, n=3)
    assert len(derivations) == 1
    g(np.ones((2, 2)), 2)
    g(2.0, 2)
    g(np.float64(2.0), 2)
    g(np.ones(3, np.float32), 2)
    g(np.ones(1), 2)
    assert len(derivations) == 6
    g(np.ones(3), 2)
    assert len(derivations) == 6


def test_functions_that_are_made_anew_share_texts(derivations: list[str]) -> None:
    def make():
        return lambda x: x*x*x

    assert [s2sad.grad(make())(2.0) for _ in range(3)] == [12.0]*3
    assert [s2sad.vjp(make(), 2.0)[1](1.0) for _ in range(3)] == [(12.0,)]*3
    assert len(derivations) == 2


def test_another_object_of_a_class_takes_the_same_text(derivations: list[str]) -> None:
    class Batch:
        def __init__(self, x: Any, fun: Any = np.sin, kind: str = "train") -> None:
            self.x, self.fun, self.kind = x, fun, kind

        def loss(self, w: Any) -> Any:
            return np.sum(self.fun(w)*self.x) if self.kind == "train" else np.sum(w)

    class Squares(Batch):
        def loss(self, w: Any) -> Any:
            return np.sum(w*w*self.x)

    g, w = s2sad.grad(lambda w, batch: batch.loss(w)), np.arange(3.0)
    for k in (1.0, 2.0, 3.0):
        np.testing.assert_array_equal(g(w, Batch(np.full(3, k))), np.cos(w)*k)
    np.testing.assert_array_equal(g(w, Batch(np.ones(3), kind="test")), np.ones(3))
    assert len(derivations) == 1
    np.testing.assert_array_equal(g(w, Batch(2.0)), np.cos(w)*2.0)
    np.testing.assert_array_equal(g(w, Batch(2.0, np.cos)), -np.sin(w)*2.0)
    np.testing.assert_array_equal(g(w, Squares(2.0)), 4.0*w)
    np.testing.assert_array_equal(g(w, types.SimpleNamespace(loss=np.sum)), np.ones(3))
    np.testing.assert_array_equal(g(w, types.SimpleNamespace(loss=lambda w: 3.0*np.sum(w))), 3.0*np.ones(3))
    assert len(derivations) == 6


def test_equal_and_unequal_lengths_are_told_apart() -> None:
    g = s2sad.grad(lambda x, y: np.sum(x*y))
    np.testing.assert_array_equal(g(np.ones(3), np.arange(3.0)), np.arange(3.0))
    np.testing.assert_array_equal(g(np.ones(1), np.arange(3.0)), [3.0])
    np.testing.assert_array_equal(g(np.ones((2, 1)), np.arange(3.0)), [[3.0], [3.0]])


def test_the_last_used_are_kept(derivations: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "TEXTS", 3)
    g = s2sad.grad(lambda x, s: x*x)
    for s in "abcd":
        g(2.0, s)
    assert len(derivations) == 4
    g(2.0, "b")
    g(2.0, "e")
    g(2.0, "b")
    assert len(derivations) == 5
    g(2.0, "a")
    assert len(derivations) == 6


def test_texts_are_let_go_with_their_functions() -> None:
    def count() -> int:
        gc.collect()
        return sum(name.startswith("<s2sad let_go") for name in linecache.cache)

    def make(k):
        def let_go(x):
            return k*x*x

        return let_go

    for k in range(30):
        assert s2sad.grad(make(float(k)))(1.0) == 2.0*k
    assert count() <= transformed.CLOSURES + 1


def test_the_short_way_tells_calls_apart() -> None:
    g = s2sad.value_and_grad(lambda x, y: np.sum(x*y), (0, 1))
    calls: list[tuple[Any, Any]] = [
        (np.arange(3.0), np.ones(3)), (2.0, 3.0), (np.arange(3.0), 2.0), (np.ones(1), np.arange(3.0)),
        (np.arange(3.0, dtype=np.float32), np.ones(3)), (np.float64(2.0), 3.0), (np.ones((2, 3)), np.arange(3.0)),
        (np.arange(6.0)[::2], np.ones(3)), (np.arange(3.0).astype(">f8"), np.ones(3)), (2.0, np.float32(3.0)),
    ]
    for _ in range(2):
        for x, y in calls:
            for _ in range(4):  # from the third call on it is the short way
                value, (a, b) = g(x, y)
                assert value == np.sum(x*y)
                for grad, own, other in ((a, x, y), (b, y, x)):
                    assert type(grad) is type(own) and np.shape(grad) == np.shape(own)
                    wide = np.broadcast_to(other, np.broadcast_shapes(np.shape(x), np.shape(y))).astype(float)
                    summed = wide.sum() if np.size(own) == 1 else wide if np.shape(own) == wide.shape else wide.sum(0)
                    np.testing.assert_allclose(np.asarray(grad, float), np.reshape(summed, np.shape(own)))
                    if isinstance(own, np.ndarray):
                        assert grad.dtype == own.dtype.newbyteorder("=") and grad.flags.writeable
                        assert not np.shares_memory(grad, x) and not np.shares_memory(grad, y)


# ------------------------------------------------------------------------------------------------------- freshness


@pytest.mark.parametrize("x", [3.0, np.array([3.0])], ids=["short way", "long way"])
def test_redefinitions_are_seen_at_once(tmp_path: Path, x: Any) -> None:
    m = load(PROGRAM, tmp_path)

    def slope() -> float:
        return float(np.sum(gradient(x)))

    gradient = s2sad.grad(lambda x: np.sum(m.f(x)))
    direct = s2sad.grad(m.f) if isinstance(x, float) else gradient
    assert slope() == 36.0 and float(np.sum(direct(x))) == 36.0
    m.K = 4.0
    assert slope() == 72.0 and float(np.sum(direct(x))) == 72.0
    m.helper = m.other
    assert slope() == 324.0 and float(np.sum(direct(x))) == 324.0
    m.f.__defaults__ = (1.0,)
    assert slope() == 108.0 and float(np.sum(direct(x))) == 108.0
    m.other.__code__ = (lambda x: x).__code__
    assert slope() == 4.0 and float(np.sum(direct(x))) == 4.0


def test_the_code_of_the_function_itself(tmp_path: Path) -> None:
    m = load(PROGRAM, tmp_path)
    g = s2sad.grad(m.helper)
    assert g(3.0) == 6.0 and g(3.0) == 6.0
    code = m.helper.__code__
    m.helper.__code__ = m.other.__code__
    assert g(3.0) == 27.0 and s2sad.vjp(m.helper, 3.0)[1](1.0) == (27.0,)
    m.helper.__code__ = code
    assert g(3.0) == 6.0


def test_entries_of_dicts_and_closures(tmp_path: Path) -> None:
    m = load(PROGRAM, tmp_path)
    g = s2sad.grad(m.g)
    assert g(3.0) == 6.0 and g(3.0) == 6.0
    m.TABLE["a"] = m.other
    assert g(3.0) == 27.0

    k = 2.0

    def f(x):
        return k*x*x

    h = s2sad.grad(f)
    assert h(3.0) == 12.0 and h(3.0) == 12.0
    k = 5.0
    assert h(3.0) == 30.0


def test_classes_on_the_path_of_a_method(tmp_path: Path) -> None:
    m = load(PROGRAM, tmp_path)
    model = m.Child()
    g = s2sad.grad(model.loss)
    assert g(2.0) == 6.0 and g(2.0) == 6.0
    model.factor = 5.0
    assert g(2.0) == 10.0
    m.Base.scale = lambda self, x: x*x
    assert g(2.0) == 20.0
    m.Child.scale = lambda self, x: 7.0*x
    assert g(2.0) == 35.0
    model.scale = lambda x: 11.0*x
    assert g(2.0) == 55.0


def test_defaults_of_a_dataclass_that_change(tmp_path: Path) -> None:
    m = load(
        """
from dataclasses import dataclass, field


@dataclass
class P:
    a: float
    k: float = 2.0
    q: float = field(default=3.0, kw_only=True)
    z: float = field(default=1.5, init=False)


def f(x):
    p = P(x)
    return p.a*p.k + p.q*x*p.z
""",
        tmp_path,
    )
    slope = s2sad.value_and_grad(m.f)
    assert slope(2.0) == (13.0, 6.5) == (m.f(2.0), 6.5)
    m.P.__init__.__defaults__ = (5.0,)
    assert slope(2.0) == (19.0, 9.5) == (m.f(2.0), 9.5)
    m.P.__init__.__kwdefaults__["q"] = 1.0
    assert slope(2.0) == (13.0, 6.5) == (m.f(2.0), 6.5)
    m.P.z = 2.0
    assert slope(2.0) == (14.0, 7.0) == (m.f(2.0), 7.0)


def test_a_builtin_that_is_shadowed_later(tmp_path: Path) -> None:
    m = load("def f(x):\n    return abs(x)*x\n\ndef cube(x):\n    return x*x*x\n", tmp_path)
    g = s2sad.grad(m.f)
    assert g(2.0) == 4.0 and g(2.0) == 4.0
    m.abs = m.cube
    assert g(2.0) == 32.0


def test_a_reloaded_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path/"reloaded_by_s2sad.py"
    path.write_text("def f(x):\n    return x*x\n")
    m = importlib.import_module("reloaded_by_s2sad")
    old = s2sad.grad(m.f)
    through = s2sad.grad(lambda x: m.f(x))
    assert old(3.0) == 6.0 and through(3.0) == 6.0
    path.write_text("def f(x):\n    return 1.0*x*x*x\n")
    importlib.reload(m)
    assert through(3.0) == 27.0 and s2sad.grad(m.f)(3.0) == 27.0
    assert old(3.0) == 6.0  # the old function still is what it was


def test_derivatives_of_derivatives_are_fresh(tmp_path: Path) -> None:
    m = load(PROGRAM, tmp_path)
    h = s2sad.grad(s2sad.grad(m.f))
    assert h(3.0) == 12.0 and h(3.0) == 12.0
    m.helper = m.other
    assert h(3.0) == 108.0
    m.K = 1.0
    assert h(3.0) == 54.0


def test_arguments_that_are_functions() -> None:
    g = s2sad.grad(lambda x, f: f(x))
    assert g(2.0, lambda x: x*x) == 4.0 and g(2.0, lambda x: x*x*x) == 12.0
    assert g(2.0, functools.partial(lambda k, x: k*x, 5.0)) == 5.0


# ------------------------------------------------------------------------------------------------------- identities


def test_functions_with_equal_code_are_told_apart() -> None:
    def make(k):
        def f(x):
            return k*x

        return f

    functions = [make(float(k)) for k in range(5)]
    assert [s2sad.grad(f)(1.0) for f in functions] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [s2sad.vjp(f, 1.0)[1](1.0)[0] for f in functions] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_equal_code_in_two_namespaces(tmp_path: Path) -> None:
    m = load(PROGRAM, tmp_path)
    copied = types.FunctionType(m.f.__code__, {**vars(m), "K": 10.0}, "f", m.f.__defaults__)
    assert s2sad.grad(m.f)(1.0) == 12.0 and s2sad.grad(copied)(1.0) == 60.0


def test_ids_that_are_used_again() -> None:
    class Model:
        def __init__(self, k):
            self.k = k

        def loss(self, x):
            return self.k(x)

    g = s2sad.grad(lambda x, f: f(x))
    for k in range(40):
        scale = float(k)
        assert g(1.0, lambda x, scale=scale: scale*x) == scale
        assert s2sad.grad(Model(lambda x, scale=scale: scale*x).loss)(1.0) == scale
        assert s2sad.vjp(Model(lambda x, scale=scale: scale*x).loss, 1.0)[1](1.0) == (scale,)
        gc.collect(1)


# --------------------------------------------------------------------------------------------------------- threads


def test_many_threads_and_redefinitions(tmp_path: Path) -> None:
    m = load("K = 0.0\n\ndef f(x):\n    return K*x\n", tmp_path)
    g = s2sad.grad(m.f)
    values = [float(k) for k in range(6)]
    wrong: list[Any] = []
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            before = m.K
            slope = g(1.0)
            after = m.K
            if not before <= slope <= after:
                wrong.append((before, slope, after))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for value in values:
        m.K = value
        assert g(1.0) == value
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_one_derivation_for_threads_that_come_together(derivations: list[str]) -> None:
    g = s2sad.grad(lambda x: np.sum(np.sin(x)*x))
    barrier = threading.Barrier(6)
    found: list[Any] = []

    def work() -> None:
        barrier.wait()
        found.append(g(np.ones(3)))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(derivations) == 1
    for grad in found:
        np.testing.assert_array_equal(grad, found[0])


def test_lists_of_other_lengths_are_served_by_one_text() -> None:
    gradient = s2sad.grad(lambda xs: sum(np.sum(x * x) for x in xs))
    texts = set()
    for xs in ([1.0, 2.0], [3.0], [0.5] * 7):
        assert gradient(xs) == [2 * x for x in xs]
        texts.add(id(gradient.current()))
    assert len(texts) == 1
    pair = [np.ones(2), np.ones((2, 3))]
    for arrays in (pair, pair[::-1], pair * 2):
        for g, x in zip(gradient(arrays), arrays, strict=True):
            assert np.array_equal(g, 2 * x)
    assert gradient([1.0, np.ones(2)])[0] == 2.0


def test_defaults_partials_and_attributes_that_change() -> None:
    """What defaults hold, the keywords of a partial, and whether an object has an attribute are asked again."""
    space = types.SimpleNamespace(w=2.0)

    def scaled(x: Any, table: Any = {"a": 1.0}) -> Any:  # noqa: B006
        return np.sum(x) * table["a"] * len(table)

    def asked(x: Any) -> Any:
        return np.sum(x) * getattr(space, "k", 5.0) + (x[0] if hasattr(space, "own") else 0.0)

    table = scaled.__defaults__[0]  # type: ignore[index]
    bound = functools.partial(scaled, table={"a": 3.0})
    changes: list[tuple[Any, list[Callable[[], Any]]]] = [
        (scaled, [lambda: table.update(b=2.0), lambda: table.update(a=np.float32(3.0))]),
        (bound, [lambda: bound.keywords["table"].update(b=1.0), lambda: bound.keywords.update(table={"a": 7})]),
        (lambda x: bound(x), [lambda: bound.keywords.update(table={"a": 2.0, "c": 1.0})]),
        (asked, [lambda: setattr(space, "k", 7.0), lambda: setattr(space, "own", 1), lambda: delattr(space, "k")]),
    ]
    x = np.ones(3)
    for f, steps in changes:
        gradient = s2sad.value_and_grad(f)
        for step in [lambda: None, *steps]:
            step()
            for _ in range(3):  # the short way is taken from the third call on
                assert gradient(x)[0] == f(x)


class Options:
    def __init__(self, **named):
        vars(self).update(named)


def by_a_dict(x, o):
    scale = o.table.get("scale", 0.5)
    for _, v in o.table.items():
        scale = scale*v
    return scale*x*(2.0 if o.names.get("mode") == "wide" else 3.0)


def by_a_word(x, o):
    return x*(2.0 if o.mode.startswith("w") else 3.0) + x*sum(v*x for v in o.table.values())


@pytest.mark.parametrize("f", [by_a_dict, by_a_word])
def test_methods_of_what_another_object_holds(f):
    """The text called the method of the first object's dict."""
    gradient = s2sad.value_and_grad(f)
    for mode, scale in (("wide", 2.0), ("narrow", 5.0), ("wide", 3.0)):
        o = Options(table={"scale": scale, "more": scale + 1.0}, names={"mode": mode}, mode=mode)
        value, slope = gradient(0.7, o)
        assert value == f(0.7, o)
        assert slope == pytest.approx((f(0.7 + 1e-6, o) - f(0.7 - 1e-6, o))/2e-6, rel=1e-7)
