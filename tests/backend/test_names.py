"""Out of SSA: values survive, copies appear only where they must, names are the user's."""

from __future__ import annotations

import pytest
from ssa import Builder, function, interpret

from s2sad.backend.emit import emit
from s2sad.ir.kinds import BOOL, FLOAT, INT, array, list_of
from s2sad.ir.nodes import Carry, Const, For, If, Moves, Out, Program, Range, Undef, Var


def check(program: Program, *args: object) -> str:
    text = emit([program])
    assert function(text)(*args) == interpret(program, *args)
    return text.text


def loop(b: Builder, trips: Var, carried: list[tuple[str, object, object, str]], body: tuple = ()) -> None:
    made = tuple(Carry(n, i, x, o) for n, i, x, o in carried)  # type: ignore[arg-type]
    b.add(For(b.fresh("_", INT), Range(Const(0), trips, Const(1)), body, made))


def test_swap() -> None:
    for trips in range(4):
        b = Builder()
        x, y, n = b.param("x", INT), b.param("y", INT), b.param("n", INT)
        u, v, p, q = (b.fresh(h, INT) for h in "xyxy")
        loop(b, n, [(u, x, Var(v), p), (v, y, Var(u), q)])
        text = check(b.program((Var(p), Var(q))), 1, 2, trips)
        assert "        x, y = y, x\n" in text and text.count("=") == 1


def test_rotation_of_three() -> None:
    b = Builder()
    args = [b.param(h, INT) for h in "uvw"]
    n = b.param("n", INT)
    names, outs = [b.fresh(h, INT) for h in "uvw"], [b.fresh(h, INT) for h in "uvw"]
    loop(b, n, [(names[k], args[k], Var(names[(k + 1) % 3]), outs[k]) for k in range(3)])
    program = b.program(tuple(map(Var, outs)))
    text = check(program, 1, 2, 3, 4)
    assert "        u, v, w = v, w, u\n" in text and text.count("=") == 1
    check(program, 1, 2, 3, 0)


def test_fibonacci_needs_no_temporary() -> None:
    b = Builder()
    n = b.param("n", INT)
    x, y, out, end = b.fresh("a", INT), b.fresh("b", INT), b.fresh("a", INT), b.fresh("b", INT)
    b.push()
    s = b.let("b", INT, "add", Var(x), Var(y))
    loop(b, n, [(x, Const(0), Var(y), out), (y, Const(1), s, end)], b.pop())
    text = check(b.program(Var(out)), 10)
    assert "        a, b = b, a + b\n" in text


def test_lost_copy() -> None:
    """The value before the last trip is needed behind the loop."""
    b = Builder()
    n = b.param("n", INT)
    x, out, last, before = b.fresh("x", INT), b.fresh("x", INT), b.fresh("", INT), b.fresh("", INT)
    b.push()
    nxt = b.let("x", INT, "add", Var(x), 1)
    loop(b, n, [(x, Const(1), nxt, out), (before, Const(0), Var(x), last)], b.pop())
    for trips in range(4):
        check(b.program(Var(last)), trips)
        b.open[0].pop()


def test_value_live_after_redefinition() -> None:
    b = Builder()
    x = b.param("x", INT)
    y = b.let("x", INT, "add", x, 1)
    z = b.let("x", INT, "mul", y, x)
    text = check(b.program((x, z)), 5)
    assert "x_1 = x + 1" in text


def test_equal_hints_share_one_name() -> None:
    b = Builder()
    x = b.param("x", INT)
    y = b.let("y", INT, "add", x, 1)
    z = b.let("y", INT, "mul", y, 3)
    text = check(b.program(z), 5)
    assert "y = x + 1\n    y = y * 3\n    return y" in text


def test_bars_count_from_two() -> None:
    b = Builder()
    x = b.param("x_bar", INT)
    y = b.let("x_bar", INT, "mul", x, x)
    text = check(b.program((x, y)), 5)
    assert "x_bar_2 = x_bar * x_bar" in text


def test_undefined_paths_assign_nothing() -> None:
    b = Builder()
    x = b.param("x", INT)
    cond = b.let("", BOOL, "gt", x, 0)
    b.push()
    y = b.let("y", INT, "mul", x, 2)
    out = b.fresh("y", INT)
    b.add(If(cond, b.pop(), (), (Out(out, y, Undef()),)))
    b.push()
    z = b.let("", INT, "add", Var(out), 1)
    late = b.fresh("z", INT)
    b.add(If(cond, b.pop(), (), (Out(late, z, x),)))
    program = b.program(Var(late))
    text = check(program, 3)
    check(program, -3)
    assert text.count("y =") == 1


def test_target_after_the_loop() -> None:
    b = Builder()
    n = b.param("n", INT)
    i, name, out = b.fresh("i", INT), b.fresh("i", INT), b.fresh("i", INT)
    b.add(For(i, Range(Const(0), n, Const(1)), (), (Carry(name, Const(7), Var(i), out),)))
    program = b.program(Var(out))
    for trips in range(3):
        text = check(program, trips)
    assert "    i = 7\n    for i in range(n):\n        pass\n    return i" in text


def test_names_that_mean_something() -> None:
    """Keywords, builtins and outside names are no names for values; parameters keep theirs."""
    b = Builder()
    x = b.param("np", INT)
    y = b.let("len", INT, "add", x, 1)
    xs = b.let("", list_of(INT), "list", y, y)
    z = b.let("lambda", INT, "len", xs)
    s = b.let("s", INT, "np.sum", xs)
    text = check(b.program((x, y, z, s)), 4)
    assert "def f(np):" in text and "len_1 = np + 1" in text and "np_1.sum" in text


def test_unread_targets() -> None:
    b = Builder()
    n = b.param("n", INT)
    s, out = b.fresh("s", INT), b.fresh("s", INT)
    b.push()
    nxt = b.let("s", INT, "add", Var(s), 2, made=True)
    body = b.pop()
    b.add(
        For(b.fresh("i", INT), Range(Const(0), n, Const(1)), body, (Carry(s, Const(0), nxt, out),), made=True)
    )
    text = check(b.program(Var(out)), 4)
    assert "    s = 0\n    for _ in range(n):\n        s += 2\n    return s" in text


def test_moves_are_shown() -> None:
    b = Builder()
    x, y = b.param("x_bar", INT), b.param("y_bar", INT)
    u, v = b.fresh("x_bar", INT), b.fresh("y_bar", INT)
    b.add(Moves((u, v), (y, x)))
    text = check(b.program((Var(u), Var(v))), 1, 2)
    assert "    x_bar, y_bar = y_bar, x_bar\n" in text


def test_tape_is_named_after_its_item() -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    t = b.let("", FLOAT, "mul", x, x)
    tape = b.let("ts", list_of(FLOAT), "list", made=True)
    one = b.let("t1s", list_of(FLOAT), "list", made=True)
    b.do("list.append", one, t, made=True)
    b.do("list.append", tape, x, made=True)
    text = check(b.program((t, one, tape)), 4.0)
    assert "t1s.append(t1)" in text and "xs.append(x)" in text


@pytest.mark.parametrize("hint", ["", "a"])
def test_thousands_of_statements(hint: str) -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    one, two = x, x
    for k in range(3000):
        one, two = b.let(hint if k % 3 else "", FLOAT, "mul" if k % 2 else "sub", one, two), one
    check(b.program(one), 0.5)


def test_deep_chains() -> None:
    b = Builder()
    x = b.param("x", FLOAT)
    y = x
    for _ in range(300):
        y = b.let("", FLOAT, "neg", y)
    text = check(b.program(y), 0.5)
    assert max(map(len, text.splitlines())) <= 88


def test_one_name_for_a_branch_of_arrays() -> None:
    b = Builder()
    x = b.param("x", array((2,)))
    cond = b.param("c", BOOL)
    b.push()
    y = b.let("y", array((2,)), "add", x, 1.0)
    out = b.fresh("y", array((2,)))
    b.add(If(cond, b.pop(), (), (Out(out, y, x),)))
    text = b.text((Var(out), x))
    assert "    if c:\n        y = x + 1.0\n    else:\n        y = x\n" in text
