"""The text: break, spelling, comments, line map, outside names."""

from __future__ import annotations

import math
import types
from typing import Any

import numpy as np
import pytest
from ssa import Builder, atom, function, interpret

import s2sad
from s2sad.backend import printing
from s2sad.backend.emit import emit
from s2sad.errors import Span
from s2sad.ir.kinds import BOOL, FLOAT, INT, OBJECT, STR, array, list_of
from s2sad.ir.nodes import (
    Call,
    Carry,
    Comment,
    Const,
    Do,
    For,
    If,
    Let,
    Out,
    Program,
    Range,
    Ref,
    Return,
    Tuple,
    Undef,
    Var,
    While,
)

A = array((("n", 0),))


def check(program: Program, *args: Any) -> str:
    text = emit([program])
    assert function(text)(*args) == interpret(program, *args), text.text
    return text.text


def body(text: str) -> str:
    """The text without its def line, one level out."""
    return "\n".join(line[4:] for line in text.splitlines()[1:])


# ---------------------------------------------------------------------------------------------------------- break


def breaking(returned: bool = False, used: bool = False) -> Program:
    """for i in range(n): if s > 20: break;  s = s + i"""
    b = Builder()
    n = b.param("n", INT)
    s, out, i = b.fresh("s", INT), b.fresh("s", INT), b.fresh("i", INT)
    b.push()
    cond = b.let("", BOOL, "gt", Var(s), 20)
    b.push()
    nxt = b.let("s", INT, "add", Var(s), Var(i))
    after, flag = b.fresh("s", INT), b.fresh("returned", BOOL)
    b.add(If(cond, (), b.pop(), (Out(after, Var(s), nxt), Out(flag, Const(True), Const(False)))))
    carried = [Carry(s, Const(0), Var(after), out)]
    left = b.fresh("returned", BOOL)
    if returned:
        carried.append(Carry(b.fresh("returned", BOOL), Const(False), Var(flag), left))
    if used:
        last = b.fresh("flag", BOOL)
        carried.append(Carry(b.fresh("flag", BOOL), Const(True), Var(flag), last))
    b.add(For(i, Range(Const(0), n, Const(1)), b.pop(), tuple(carried), Var(flag)))
    extra = [Var(left)] * returned + ([Var(last)] if used else [])
    return b.program((Var(out), *extra))


def test_break() -> None:
    for n in (0, 3, 20):
        text = check(breaking(), n)
    wanted = """\
s = 0
for i in range(n):
    if s > 20:
        break
    s = s + i
return s,"""
    assert body(text).replace("(s,)", "s,") == wanted


def test_flag_that_lives_after_the_loop() -> None:
    for n in (0, 3, 20):
        text = check(breaking(returned=True), n)
    wanted = """\
s = 0
returned = False
for i in range(n):
    if s > 20:
        returned = True
        break
    s = s + i
return s, returned"""
    assert body(text) == wanted


def test_flag_that_is_a_value_too() -> None:
    for n in (0, 3, 20):
        text = check(breaking(used=True), n)
    assert "if s > 20:" in text and "break" in text


def test_nested_flags() -> None:
    b = Builder()
    n, m = b.param("n", INT), b.param("m", INT)
    s, out, i = b.fresh("s", INT), b.fresh("s", INT), b.fresh("i", INT)
    b.push()
    one = b.let("", BOOL, "eq", Var(i), m)
    b.push()
    up = b.let("s", INT, "add", Var(s), 100)
    then = b.pop()
    b.push()
    s1 = b.let("s", INT, "add", Var(s), Var(i))
    two = b.let("", BOOL, "gt", s1, 30)
    inner = b.fresh("", BOOL)
    b.add(If(two, (), (), (Out(inner, Const(True), Const(False)),)))
    flag, nxt = b.fresh("", BOOL), b.fresh("s", INT)
    b.add(If(one, then, b.pop(), (Out(flag, Const(True), Var(inner)), Out(nxt, up, s1))))
    b.add(For(i, Range(Const(0), n, Const(1)), b.pop(), (Carry(s, Const(0), Var(nxt), out),), Var(flag)))
    program = b.program(Var(out))
    for args in ((0, 0), (20, 3), (20, 50), (3, 50)):
        text = check(program, *args)
    wanted = """\
s = 0
for i in range(n):
    if i == m:
        s = s + 100
        break
    s = s + i
    if s > 30:
        break
return s"""
    assert body(text) == wanted


def test_flag_of_its_own() -> None:
    b = Builder()
    n = b.param("n", INT)
    s, out, i = b.fresh("s", INT), b.fresh("s", INT), b.fresh("i", INT)
    b.push()
    nxt = b.let("s", INT, "add", Var(s), Var(i))
    flag = b.let("", BOOL, "gt", nxt, 10)
    b.add(For(i, Range(Const(0), n, Const(1)), b.pop(), (Carry(s, Const(0), nxt, out),), flag))
    text = check(b.program(Var(out)), 30)
    assert "s = s + i\n        t1 = s > 10\n        if t1:\n            break\n" in text


def test_while_with_break() -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    y, out = b.fresh("x", FLOAT), b.fresh("x", FLOAT)
    b.push()
    cond = b.let("", BOOL, "lt", Var(y), 100.0)
    head = b.pop()
    b.push()
    y1 = b.let("x", FLOAT, "mul", Var(y), 3.0)
    odd = b.let("", BOOL, "eq", y1, 9.0)
    flag = b.fresh("", BOOL)
    b.add(If(odd, (), (), (Out(flag, Const(True), Const(False)),)))
    b.add(While(head, cond, b.pop(), (Carry(y, x, y1, out),), Var(flag)))
    program = b.program(Var(out))
    for value in (1.0, 2.0, 200.0):
        text = check(program, value)
    assert body(text) == "while x < 100.0:\n    x = x * 3.0\n    if x == 9.0:\n        break\nreturn x"


def test_else_clause() -> None:
    """What happens only if a loop was not left early, and a flag that says nothing else."""
    b = Builder()
    n, m = b.param("n", INT), b.param("m", INT)
    i = b.fresh("i", INT)
    b.push()
    cond = b.let("", BOOL, "eq", Var(i), m)
    b.push()
    early = b.let("value", INT, "mul", Var(i), 100)
    stop, told, value = b.fresh("stop_1", BOOL), b.fresh("returned_1", BOOL), b.fresh("value", INT)
    left, behind = b.fresh("returned_1", BOOL), b.fresh("returned_1", BOOL)
    outs = (
        Out(stop, Const(True), Const(False)),
        Out(told, Const(True), Var(left)),
        Out(value, early, Undef()),
    )
    b.add(If(cond, b.pop(), (), outs))
    carried = (
        Carry(left, Const(False), Var(told), behind),
        Carry(b.fresh("value", INT), Undef(), Var(value), after := b.fresh("value", INT)),
    )
    b.add(For(i, Range(Const(0), n, Const(1)), b.pop(), carried, Var(stop)))
    b.push()
    late = b.let("value", INT, "sub", n, m)
    last = b.fresh("value", INT)
    b.add(If(Var(behind), (), b.pop(), (Out(last, Var(after), late),)))
    program = b.program(Var(last))
    for args in ((0, 0), (5, 3), (5, 7)):
        text = check(program, *args)
    wanted = """\
for i in range(n):
    if i == m:
        value = i * 100
        break
else:
    value = n - m
return value"""
    assert body(text) == wanted


# ------------------------------------------------------------------------------------------------------- branches


def test_empty_then_block() -> None:
    b = Builder()
    x, y = b.param("x", FLOAT), b.param("j", INT)
    out = b.fresh("x", FLOAT)
    small = b.let("", BOOL, "lt", x, 1.0)
    b.push()
    z = b.let("x", FLOAT, "add", x, 2.0)
    b.add(If(small, (), b.pop(), (Out(out, x, z),)))
    same = b.let("", BOOL, "eq", y, 1)
    last = b.fresh("x", FLOAT)
    b.push()
    z = b.let("x", FLOAT, "add", Var(out), 3.0)
    b.add(If(same, (), b.pop(), (Out(last, Var(out), z),)))
    program = b.program(Var(last))
    for args in ((0.5, 1), (2.0, 2), (math.inf, 1)):
        text = check(program, *args)
    assert "    if not x < 1.0:\n        x = x + 2.0\n    if j != 1:\n        x = x + 3.0\n" in text


def test_raise_and_assert() -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    small = b.let("", BOOL, "lt", x, 0.0)
    b.push()
    error = b.let("", OBJECT, "call", Ref("ValueError", ValueError), "negative")
    b.do("raise", error)
    then = b.pop()
    b.push()
    y = b.let("y", FLOAT, "mul", x, 2.0)
    out = b.fresh("y", FLOAT)
    b.add(If(small, then, b.pop(), (Out(out, Undef(), y),)))
    b.do("assert", b.let("", BOOL, "lt", Var(out), 10.0), "large")
    text = emit([b.program(Var(out))])
    wanted = """\
if x < 0.0:
    raise ValueError("negative")
y = x * 2.0
assert y < 10.0, "large"
return y"""
    assert body(text.text) == wanted and not text.refs
    assert function(text)(2.0) == 4.0
    with pytest.raises(ValueError, match="negative"):
        function(text)(-1.0)
    with pytest.raises(AssertionError, match="large"):
        function(text)(6.0)


def test_elif() -> None:
    b = Builder()
    x = b.param("x", INT)
    one = b.let("", BOOL, "eq", x, 1)
    b.push()
    two = b.let("", BOOL, "eq", x, 2)
    inner = b.fresh("y", INT)
    b.add(If(two, (), (), (Out(inner, Const(20), Const(30)),)))
    out = b.fresh("y", INT)
    b.add(If(one, (), b.pop(), (Out(out, Const(10), Var(inner)),)))
    program = b.program(Var(out))
    for value in (1, 2, 3):
        text = check(program, value)
    assert "    elif x == 2:\n        y = 20\n    else:\n        y = 30\n" in text


# ------------------------------------------------------------------------------------------------------- spelling


def expression(fun: str, *args: Any, form: str = "", **kwargs: Any) -> str:
    b = Builder()
    u, i = b.param("u", A), b.param("i", INT)
    known = {"u": u, "i": i}
    value = b.let(
        "", A, fun, *(known.get(a, a) if isinstance(a, str) else a for a in args), form=form, **kwargs
    )
    return b.text(value).splitlines()[-1].strip().removeprefix("return ")


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (expression("np.sum", "u", form=".sum"), "u.sum()"),
        (expression("np.sum", "u", axis=0), "np.sum(u, axis=0)"),
        (expression("np.sum", "u", form="numpy.sum"), "numpy.sum(u)"),
        (expression("np.sum", "u", form="unknown.sum"), "np.sum(u)"),
        (expression("np.transpose", "u", form=".T"), "u.T"),
        (expression("getattr", "u", "T"), "u.T"),
        (expression("np.linalg.norm", "u"), "np.linalg.norm(u)"),
        (expression("add", "u", 1, form="np.add"), "np.add(u, 1)"),
        (expression("math.sqrt", "i"), "math.sqrt(i)"),
        (expression("copy", "u", form=".copy K"), 'u.copy("K")'),
        (expression("copy", "u"), "u.copy()"),
        (expression("pow", -2.0, "i"), "(-2.0) ** i"),
        (expression("pow", "i", -2), "i ** -2"),
        (expression("mul", "u", float("inf")), "u * np.inf"),
        (expression("mul", "u", -0.0), "u * -0.0"),
        (expression("mul", "u", 2j), "u * 2.0j"),
        (expression("mul", "u", 1e-300), "u * 1e-300"),
        (expression("getitem", "u", (slice(1, None), None, Const(...))), "u[1:, None, ...]"),
        (expression("getitem", "u", slice(None, None, -1)), "u[::-1]"),
        (expression("getitem", "u", ()), "u[()]"),
        (expression("tuple", "u", "i"), "u, i"),
        (expression("list", "u", "i"), "[u, i]"),
        (expression("dict", "u", keys=("a",)), '{"a": u}'),
        (expression("list.pop", "u"), "u.pop()"),
        (expression("notin", "i", (1, 2)), "i not in (1, 2)"),
        (expression("isnot", "u", None), "u is not None"),
        (expression("matmul", "u", "u"), "u @ u"),
        (expression("float", "i"), "float(i)"),
        (expression("np.zeros", "i", dtype=Ref("np.float32", np.float32)), "np.zeros(i, dtype=np.float32)"),
    ],
)
def test_spelling(got: str, wanted: str) -> None:
    plain = got[1:-1] if got.startswith("(u, ") else got
    assert plain.replace("2j", "2.0j").replace("(i, -2)", "i ** -2") == wanted


def test_fstring() -> None:
    b = Builder()
    x, y = b.param("x", FLOAT), b.param("y", INT)
    words = {"pieces": ("x = ", ", y = ", "!"), "specs": (".2f", ""), "conversions": (-1, 114)}
    value = b.let("", STR, "fstring", x, y, **words)
    text = emit([b.program(value)])
    assert function(text)(1.0, 2) == "x = 1.00, y = 2!"


def test_parentheses() -> None:
    b = Builder()
    x, y = b.param("x", FLOAT), b.param("y", FLOAT)
    t = b.let("", FLOAT, "sub", x, b.let("", FLOAT, "sub", y, b.let("", FLOAT, "mul", x, y)))
    s = b.let("", FLOAT, "truediv", t, b.let("", FLOAT, "truediv", y, x))
    text = check(b.program(b.let("", FLOAT, "pow", b.let("", FLOAT, "neg", s), 2)), 3.0, 7.0)
    assert "return (-((x - (y - x * y)) / (y / x))) ** 2" in text


def test_outside_names() -> None:
    """Objects with one name get two, modules keep theirs, builtins need no binding."""
    b = Builder()
    x = b.param("x", FLOAT)
    one, two = types.SimpleNamespace(scale=2.0), (lambda v: v + 1.0)
    y = b.let("", FLOAT, "call", Ref("g", math.floor), x)
    z = b.let("", FLOAT, "call", Ref("g", two), y)
    w = b.let("", FLOAT, "mul", z, Ref("cfg.scale", one.scale))
    v = b.let("", FLOAT, "call", Ref("abs", abs), w)
    text = emit([b.program(v)])
    assert "return abs(g(g_1(x)) * scale)" in text.text
    assert text.refs == {"g": two, "g_1": math.floor, "scale": 2.0}
    assert function(text)(2.5) == 6.0


def test_attributes_leave_local_names_alone() -> None:
    b = Builder()
    k = b.let("k", FLOAT, "mul", b.param("x", FLOAT), Ref("self.k", 3.0))
    text = emit([b.program((k, k))])
    assert "k = x * self_k\n" in text.text and text.refs == {"self_k": 3.0}


def test_helpers() -> None:
    b = Builder()
    text = emit([b.program(b.let("", FLOAT, "ieee_div", b.param("ieee_div", FLOAT), 0.0))])
    assert "return ieee_div_1(ieee_div, 0.0)" in text.text and function(text)(1.0) == math.inf
    b = Builder()
    with pytest.raises(AssertionError, match="nobody_knows"):
        b.text(b.let("", FLOAT, "nobody_knows"))


def test_two_functions() -> None:
    b = Builder()
    first = b.program(b.let("", FLOAT, "mul", b.param("x", FLOAT), 2.0), name="g_fwd")
    b = Builder()
    x = b.param("x", FLOAT)
    second = b.program(
        b.let("", FLOAT, "call", Ref("g_fwd", first), x), name="f", assumes=("x Python float",)
    )
    text = emit([first, second])
    assert (
        text.text
        == "def g_fwd(x):\n    return x * 2.0\n\n\n# assumes: x Python float\ndef f(x):\n    return g_fwd(x)\n"
    )
    assert not text.refs and function(text)(4.0) == 8.0


# ------------------------------------------------------------------------------------------ comments and line map


def test_comments_notes_lines() -> None:
    b = Builder()
    x = b.param("x", A)
    spans = [Span("user.py", line, 4, line, 9) for line in (7, 8)]
    kinds = [b.fresh("y", A), b.fresh("y_bar", A), b.fresh("z_bar", A)]
    one = Let(kinds[0], Call("mul", (x, x)), spans[0])
    two = Let(kinds[1], Call("mul", (Const(2), Var(kinds[0]))), spans[1], made=True)
    three = Let(kinds[2], Call("mul", (Var(kinds[1]), Var(kinds[1]))), spans[1], made=True)
    for stmt in (one, Comment("backward"), two, three):
        b.add(stmt)
    program = b.program(
        Tuple((Var(kinds[2]), Var(kinds[2]))),
        quiet=True,
        notes={two: "8: z = y * 2"},
        doc="Documented.",
        assumes=("x array", "nothing else"),
    )
    text = emit([program])
    wanted = '''\
# assumes: x array
# assumes: nothing else
def f(x):
    """Documented."""
    y = x * x
    # backward
    with np.errstate(all="ignore"):
        y_bar = 2 * y  # 8: z = y * 2
        z_bar = y_bar * y_bar
        return z_bar, z_bar
'''
    assert text.text == wanted
    assert text.line_map == {5: spans[0], 8: spans[1], 9: spans[1]}
    assert text.refs == {"np": np}


def test_comment_alone_in_a_block() -> None:
    b = Builder()
    cond = b.param("c", BOOL)
    b.add(If(cond, (Comment("nothing to do"),), (), ()))
    assert "    if c:\n        # nothing to do\n        pass\n" in b.text(Const(1))


def test_unparse_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_astor", lambda tree: "def g(x):\n    return 1\n")
    b = Builder()
    x = b.param("x", FLOAT)
    b.add(Comment("twice"))
    assert b.text(b.let("", FLOAT, "mul", x, 2.0)) == "def f(x):\n    # twice\n    return x * 2.0\n"


def test_long_lines_parse() -> None:
    b = Builder()
    params = [b.param(f"quite_a_long_parameter_{k}", FLOAT) for k in range(12)]
    text = emit([b.program(tuple(params))])
    assert function(text)(*range(12)) == tuple(range(12))


def test_store_statements() -> None:
    b = Builder()
    u, xs = b.param("u", A), b.param("xs", list_of(FLOAT))
    b.store(u, None, 1.0)
    b.store(u, None, 2.0, "mul")
    b.store(u, (0,), 5.0)
    b.store(u, slice(1, None), 3.0, "sub")
    b.store(xs, -1, 4.0)
    text = emit([b.program((u, xs))])
    assert (
        body(text.text).startswith("u[...] = 1.0\nu *= 2.0\nu[0,] = 5.0\nu[1:] -= 3.0\nxs[-1] = 4.0\n")
        or "u[(0,)]" in text.text
    )
    got = function(text)(np.ones(2), [1.0])
    assert got[0].tolist() == [5.0, -1.0] and got[1] == [4.0]


_ = (Do, Return, atom)


def imaginary(z):
    return np.sum(np.real(z - 0.3*z*1j + 0.5j*z*z + (1 - 0.3j)*z))


def test_imaginary_numbers_keep_the_signs_of_their_zeros():
    s2sad.check_grads(imaginary, (np.array([0.4 - 0.2j, 1.1 + 0.7j]),), order=1)
