"""Tuples that are taken apart, and programs that run without NumPy's warnings as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from ssa import Builder, function

from s2sad.backend.emit import emit
from s2sad.ir.kinds import FLOAT, Kind, array
from s2sad.ir.nodes import Comment, Const, Let, Program

A = array((("n", 0),))


def kept(*parts: int, made: bool = True, param: str = "p") -> Program:
    """The sum of some parts of a tuple of three."""
    b = Builder()
    whole = b.param(param, Kind("tuple", items=(FLOAT, FLOAT, FLOAT)))
    items = [b.let("", FLOAT, "getitem", whole, k) for k in parts]
    total = items[0]
    for item in items[1:]:
        total = b.let("", FLOAT, "add", total, item)
    program = b.program(total)
    return replace(
        program, body=tuple(replace(s, made=made) if isinstance(s, Let) else s for s in program.body)
    )


def test_parts_of_a_parameter() -> None:
    text = emit([kept(0, 2)])
    assert text.text == "def f(p):\n    t1, _, t2 = p\n    return t1 + t2\n"
    assert function(text)((1.0, 2.0, 4.0)) == 5.0


def test_order_and_negative_indices() -> None:
    text = emit([kept(-1, 0, 1)])
    assert function(text)((1.0, 2.0, 4.0)) == 7.0
    assert "= p\n" in text.text


def test_what_is_left_as_it_is() -> None:
    assert emit([kept(1)]).text == "def f(p):\n    return p[1]\n"
    assert " = p\n" not in emit([kept(0, 0)]).text
    assert " = p\n" not in emit([kept(0, 1, made=False)]).text


def test_a_parameter_with_the_blank_name() -> None:
    b = Builder()
    x, whole = b.param("_", FLOAT), b.param("p", Kind("tuple", items=(FLOAT, FLOAT, FLOAT)))
    first, last = b.let("", FLOAT, "getitem", whole, 0), b.let("", FLOAT, "getitem", whole, 2)
    text = emit([b.program(b.let("", FLOAT, "add", b.let("", FLOAT, "add", first, last), x))])
    assert function(text)(8.0, (1.0, 2.0, 4.0)) == 13.0, text.text


def test_a_result_that_is_taken_apart() -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    pair = b.let("", Kind("tuple", items=(FLOAT, FLOAT)), "tuple", x, b.let("", FLOAT, "mul", x, 2.0))
    one, two = b.let("y", FLOAT, "getitem", pair, 0), b.let("z", FLOAT, "getitem", pair, 1)
    text = emit([b.program((two, one))])
    assert "    y, z = (x, x * 2.0)\n" in text.text or "    y, z = x, x * 2.0\n" in text.text, text.text
    assert function(text)(3.0) == (6.0, 3.0)


def test_a_whole_body_under_errstate() -> None:
    b = Builder()
    x = b.param("x", A)
    y = b.let("y", A, "np.log", x)
    b.add(Comment("backward"))
    z = b.let("", A, "truediv", Const(1.0), x)
    program = replace(b.program((y, z)), quiet=True, quiet_all=True)
    text = emit([program])
    assert text.text == (
        'def f(x):\n    with np.errstate(all="ignore"):\n        y = np.log(x)\n'
        "        # backward\n        return y, 1.0 / x\n"
    )
    with np.errstate(all="raise"):
        assert np.isneginf(function(text)(np.zeros(1))[0])
    nothing = Builder()
    bare = replace(nothing.program(nothing.param("x", A)), quiet_all=True)
    assert emit([bare]).text == "def f(x):\n    return x\n"
