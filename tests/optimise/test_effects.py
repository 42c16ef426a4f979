"""Who shares storage with whom, who writes what, which calls raise: the table, on small programs."""

from __future__ import annotations

import numpy as np
import pytest
from written import ANY, FLOAT, INT, MATRIX, ROWS, VECTOR, program

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import is_pure, may_raise, reads_contents, shares
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    NONE,
    Call,
    Carry,
    Const,
    For,
    If,
    Let,
    Out,
    Program,
    Range,
    Ref,
    Return,
    Slice,
    Tuple,
    Var,
)

PARAMS = {"x": VECTOR, "y": VECTOR, "a": MATRIX, "k": FLOAT, "i": INT, "rows": ROWS, "o": ANY}

SHARING = {
    "slice": ("t = x[1:]", "t", "x", True),
    "row": ("t = a[i]", "t", "a", True),
    "element": ("t = x[0]", "t", "x", False),
    "fancy": ("j = x < 1\nt = x[j]", "t", "x", False),
    "transpose": ("t = a.T", "t", "a", True),
    "copy": ("t = x.copy()", "t", "x", False),
    "arithmetic": ("t = x*k", "t", "x", False),
    "function": ("t = np.tanh(x)", "t", "x", False),
    "out": ("t = np.tanh(x, out=y)", "t", "y", True),
    "out and operand": ("t = np.tanh(x, out=y)", "t", "x", False),
    "maybe": ("t = np.ravel(a)", "t", "a", True),
    "helper": ("t = unbroadcast(x, y)", "t", "x", True),
    "helper's shape": ("t = unbroadcast(x, y)", "t", "y", False),
    "item": ("rows.append(x)\nt = rows[0]", "t", "x", True),
    "list and item": ("rows.append(x)", "rows", "x", False),
    "display": ("l = [x]\nt = l[0]", "t", "x", True),
    "two lists": ("l = [x]\nm = [y]", "x", "y", False),
    "one list": ("l = [x]\nl.append(y)", "x", "y", True),
    "unseen": ("t = call('g', x)", "t", "x", True),
    "unseen, elsewhere": ("t = call('g', x)", "t", "y", False),
    "view of a view": ("s = x[1:]\nt = s[1:]", "t", "x", True),
    "two views": ("s = x[1:]\nt = x[:1]", "t", "s", True),
    "parameters": ("", "x", "y", False),
    "stored into a list": ("rows[0] = x\nt = rows[1]", "t", "x", True),
    "unknown": ("t = o[0]", "t", "o", True),
}


@pytest.mark.parametrize("case", SHARING)
def test_sharing(case: str) -> None:
    text, one, other, shared = SHARING[case]
    assert Aliases(program(text, **PARAMS)).may_alias(one, other) == shared


def test_loops_and_branches_join_what_they_bind() -> None:
    kinds = dict.fromkeys("u v w p q r s t".split(), VECTOR)
    body = (
        For(
            "i",
            Range(Const(0), Const(3), Const(1)),
            (),
            (
                Carry("p", Var("u"), Var("q"), "r"),
                Carry("q", Var("v"), Var("p"), "s"),
            ),
        ),
        If(Const(True), (), (), (Out("t", Var("w"), Var("r")),)),
        Return(Var("t")),
    )
    aliases = Aliases(Program("f", ("u", "v", "w"), body, kinds, {}))
    assert aliases.may_alias("u", "v") and aliases.may_alias("w", "t") and aliases.may_alias("t", "u")


def written(text: str) -> set[str]:
    """Which of x, y, rows and the items of rows the last statement writes."""
    made = program(text, **PARAMS)
    aliases = Aliases(made)
    classes = aliases.written(made.body[-2])
    found = {n for n in ("x", "y", "rows", "o") if aliases.of(n) in classes}
    own = aliases.of("rows")
    return found | ({"items"} if own is not None and aliases.elements(own) in classes else set())


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x[0] = k", {"x"}),
        ("t = x[1:]\nt *= k", {"x"}),
        ("t = x*k\nt *= k", set()),
        ("rows.append(x)", {"rows"}),
        ("rows.append(x)\nt = rows[0]\nt *= k", {"x", "items"}),
        ("rows[0] = x", {"rows"}),
        ("t = rows[0]\nrows[0] += x", {"rows", "items"}),
        ("t = np.tanh(x, out=y)", {"y"}),
        ("t = call('g', x, k)", {"x"}),
        ("t = call('g', rows)", {"rows", "items"}),
        ("for j in range(3):\n  x[0] = k\n  t = y*k", {"x"}),
        ("np.add.at(x, i, k)", {"x"}),
        ("print(x)", set()),
        ("t = np.sum(x)", set()),
    ],
)
def test_written(text: str, names: set[str]) -> None:
    assert written(text) == names


@pytest.mark.parametrize(
    ("call", "reads"),
    [
        (Call("getitem", (Var("x"), Slice(Const(1), NONE, NONE))), False),
        (Call("getitem", (Var("x"), Const(0))), True),
        (Call("getattr", (Var("x"), Const("shape"))), False),
        (Call("len", (Var("x"),)), False),
        (Call("len", (Var("rows"),)), True),
        (Call("np.zeros_like", (Var("x"),)), False),
        (Call("np.full_like", (Var("x"), Var("y"))), True),
        (Call("is", (Var("x"), Var("y"))), False),
        (Call("tuple", (Var("x"), Var("y"))), False),
        (Call("np.reshape", (Var("x"), Const(-1))), True),  # it may copy
        (Call("np.transpose", (Var("a"),)), False),
        (Call("mul", (Var("x"), Var("k"))), True),
    ],
)
def test_reads_contents(call: Call, reads: bool) -> None:
    result = K.npscalar() if call.fun == "getitem" and call.args[1] == Const(0) else VECTOR
    assert reads_contents(call, PARAMS, result) == reads


@pytest.mark.parametrize(
    ("call", "raises"),
    [
        (Call("truediv", (Var("k"), Var("k"))), True),
        (Call("truediv", (Var("k"), Const(2.0))), False),
        (Call("truediv", (Var("x"), Var("k"))), False),
        (Call("mod", (Var("i"), Const(0))), True),
        (Call("pow", (Var("k"), Const(2))), False),
        (Call("pow", (Var("k"), Const(-1))), True),
        (Call("pow", (Const(2), Var("k"))), False),
        (Call("math.sqrt", (Var("k"),)), True),
        (Call("math.log", (Var("k"),)), True),
        (Call("math.exp", (Var("k"),)), False),
        (Call("np.log", (Var("x"),)), False),
        (Call("np.linalg.inv", (Var("a"),)), True),
        (Call("getitem", (Var("x"), Const(0))), True),
        (Call("getitem", (Var("x"), Slice(Const(1), Const(-1), NONE))), False),
        (Call("getitem", (Var("x"), Slice(NONE, NONE, Var("i")))), True),
        (Call("getitem", (Var("x"), Tuple((Const(None), Const(Ellipsis))))), False),
        (Call("getitem", (Var("x"), Tuple((Slice(NONE, NONE, NONE), Slice(NONE, NONE, NONE))))), True),
        (Call("getitem", (Var("three"), Const(-3))), False),
        (Call("getitem", (Var("three"), Const(3))), True),
        (Call("getitem", (Var("rows"), Slice(Const(1), NONE, NONE))), False),
        (Call("getitem", (Var("pair"), Const(1))), False),
        (Call("getattr", (Var("x"), Const("T"))), False),
        (Call("getattr", (Var("o"), Const("rate"))), True),
        (Call("int", (Var("k"),)), True),
        (Call("add", (Var("x"), Var("k"))), False),
        (Call("add", (Var("o"), Var("k"))), True),
        (Call("len", (Var("x"),)), False),
        (Call("max", (Var("k"), Var("i"))), False),
        (Call("max", (Var("rows"),)), True),
        (Call("call", (Ref("g", print), Var("k"))), True),
        (Call("tuple", (Var("k"),)), False),
    ],
)
def test_may_raise(call: Call, raises: bool) -> None:
    kinds = {**PARAMS, "three": K.array((3,)), "pair": Kind("tuple", items=(FLOAT, FLOAT))}
    assert may_raise(call, kinds) == raises


@pytest.mark.parametrize(
    ("call", "pure"),
    [
        (Call("mul", (Var("x"), Var("k"))), True),
        (Call("np.tanh", (Var("x"),)), True),
        (Call("np.tanh", (Var("x"),), (("out", Var("y")),)), False),
        (Call("np.tanh", (Var("x"),), (("out", NONE),)), True),
        (Call("np.add.at", (Var("x"), Var("i"), Var("k"))), False),
        (Call("unbroadcast", (Var("x"), Var("k"))), True),
        (Call("print", (Var("x"),)), False),
        (Call("list.append", (Var("rows"), Var("x"))), False),
        (Call("call", (Ref("g", np.sin), Var("k"))), False),
        (Call("np.frobnicate", (Var("k"),)), False),
    ],
)
def test_is_pure(call: Call, pure: bool) -> None:
    assert is_pure(call, PARAMS) == pure


def test_what_shares() -> None:
    assert [shares(k) for k in (VECTOR, ROWS, ANY, K.num(None), Kind("tuple"))] == [True] * 5
    pair = Kind("tuple", items=(FLOAT, INT))
    assert [shares(k) for k in (FLOAT, INT, K.npscalar(), K.STR, K.NONE, K.RANGE, pair)] == [False] * 7


def test_globals_are_the_world() -> None:
    table = np.ones(3)
    body = (
        Let("t", Call("getitem", (Ref("table", table), Slice(NONE, NONE, NONE)))),
        Let("s", Call("call", (Ref("g", print),))),
        Return(NONE),
    )
    aliases = Aliases(Program("f", (), body, {"t": VECTOR, "s": FLOAT}, {}))
    assert aliases.of("t") == aliases.world and aliases.world in aliases.written(body[1])
