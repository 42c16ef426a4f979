"""Normalised functions do what the originals do, and hold no jump that lowering does not know."""

from __future__ import annotations

import ast
import copy
import random
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

import s2sad.frontend.exits
from s2sad.frontend.exits import normalise


def parse(text: str) -> ast.FunctionDef:
    node = ast.parse(textwrap.dedent(text)).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


def with_breaks(node: ast.FunctionDef) -> ast.FunctionDef:
    """The normal form as runnable Python: `if stop: break` at the end of each loop that has a flag."""
    node = copy.deepcopy(node)
    for loop in ast.walk(node):
        if isinstance(loop, ast.For | ast.While) and getattr(loop, "stop", None):
            test = ast.parse(f"if {loop.stop}: break").body
            loop.body = [*loop.body, *test]
    return ast.fix_missing_locations(node)


def function(node: ast.FunctionDef, space: dict[str, Any]) -> Callable[..., Any]:
    space = dict(space)
    exec(compile(ast.Module([node], []), "<test>", "exec"), space)
    return space[node.name]  # type: ignore[no-any-return]


def outcome(fun: Callable[..., Any], log: list[Any]) -> Any:
    log.clear()
    try:
        return fun(), list(log)
    except (ValueError, UnboundLocalError) as error:
        return type(error), list(log)


def check_form(node: ast.FunctionDef) -> None:
    nodes = [n for n in ast.walk(node) if n is not node]
    assert not any(isinstance(n, ast.Break | ast.Continue) for n in nodes)
    loops = [n for n in nodes if isinstance(n, ast.For | ast.While)]
    for loop in loops:  # nothing but the loop's own body sees its flag
        names = {n for n in nodes if isinstance(n, ast.Name) and n.id == loop.stop}  # type: ignore[union-attr]
        assert names <= {n for s in loop.body for n in ast.walk(s)}
    returns = [n for n in nodes if isinstance(n, ast.Return)]
    assert returns == [node.body[-1]]
    assert all(not n.orelse for n in nodes if isinstance(n, ast.For | ast.While))
    for n in nodes:
        if "lineno" in n._attributes:
            assert n.end_lineno is not None and n.end_col_offset is not None  # type: ignore[attr-defined]
        for name, value in ast.iter_fields(n):
            if name == "body" and isinstance(value, list) and not isinstance(n, ast.Module):
                assert value, ast.dump(n)


def normal(text: str) -> str:
    node = normalise(parse(text))
    for loop in ast.walk(node):
        if isinstance(loop, ast.For | ast.While) and loop.stop:  # type: ignore[union-attr]
            loop.body = [*loop.body, ast.Expr(ast.Name("_" + loop.stop))]  # type: ignore[union-attr]
    return ast.unparse(ast.fix_missing_locations(node))


def show(text: str) -> str:
    return textwrap.dedent(text).strip()


FORMS = {
    "single tail return": (
        """
        def f(x):
            y = x
            return y
        """,
        """
        def f(x):
            y = x
            return y
        """,
    ),
    "continue": (
        """
        def f(xs):
            s = 0
            for x in xs:
                if x < 0:
                    continue
                s += x
            return s
        """,
        """
        def f(xs):
            s = 0
            for x in xs:
                if not x < 0:
                    s += x
            return s
        """,
    ),
    "break": (
        """
        def f(x, n):
            for i in range(n):
                if x > 9.0:
                    break
                x = x * x
            return x
        """,
        """
        def f(x, n):
            for i in range(n):
                if x > 9.0:
                    stop_1 = True
                else:
                    x = x * x
                    stop_1 = False
                _stop_1
            return x
        """,
    ),
    "two breaks": (
        """
        def f(x):
            while True:
                if x > 9.0:
                    break
                x = x * x
                if x < 0:
                    x = 1
                    break
                x = x + 1
            return x
        """,
        """
        def f(x):
            while True:
                if x > 9.0:
                    stop_1 = True
                else:
                    x = x * x
                    if x < 0:
                        x = 1
                        stop_1 = True
                    else:
                        x = x + 1
                        stop_1 = False
                _stop_1
            return x
        """,
    ),
    "early returns": (
        """
        def f(x):
            if x > 1:
                return x
            elif x > 0:
                return 2 * x
            y = x + 1
            return y
        """,
        """
        def f(x):
            if x > 1:
                value_1 = x
            elif x > 0:
                value_1 = 2 * x
            else:
                y = x + 1
                value_1 = y
            return value_1
        """,
    ),
    "raise is no exit": (
        """
        def f(x):
            if x < 0:
                raise ValueError(x)
            return x
        """,
        """
        def f(x):
            if x < 0:
                raise ValueError(x)
            return x
        """,
    ),
    "return in a loop": (
        """
        def f(xs):
            for x in xs:
                if x > 1:
                    return x
            return 0
        """,
        """
        def f(xs):
            returned_1 = False
            for x in xs:
                if x > 1:
                    value_1 = x
                    returned_1 = True
                    stop_1 = True
                else:
                    stop_1 = False
                _stop_1
            if returned_1:
                pass
            else:
                value_1 = 0
            return value_1
        """,
    ),
    "the only way out is a return": (
        """
        def f(x):
            while True:
                x = x * x
                if x > 1:
                    return x
        """,
        """
        def f(x):
            while True:
                x = x * x
                if x > 1:
                    value_1 = x
                    stop_1 = True
                else:
                    stop_1 = False
                _stop_1
            return value_1
        """,
    ),
    "else of a loop": (
        """
        def f(xs):
            for x in xs:
                if x > 1:
                    break
            else:
                x = 0
            return x
        """,
        """
        def f(xs):
            broken_1 = False
            for x in xs:
                if x > 1:
                    broken_1 = True
                    stop_1 = True
                else:
                    stop_1 = False
                _stop_1
            if broken_1:
                pass
            else:
                x = 0
            return x
        """,
    ),
    "guard": (
        """
        def f(xs, a, b):
            for x in xs:
                if a:
                    if x > b:
                        break
                    a = a - x
                b = b + x
            return a
        """,
        """
        def f(xs, a, b):
            for x in xs:
                if a:
                    if x > b:
                        stop_1 = True
                    else:
                        a = a - x
                        stop_1 = False
                else:
                    stop_1 = False
                if not stop_1:
                    b = b + x
                _stop_1
            return a
        """,
    ),
    "walrus": (
        """
        def f(x):
            while (x := x / 2) > 1:
                y = x
            return y
        """,
        """
        def f(x):
            while True:
                if (x := (x / 2)) > 1:
                    y = x
                    stop_1 = False
                else:
                    stop_1 = True
                _stop_1
            return y
        """,
    ),
    "names in use": (
        """
        def f(value_1):
            if value_1:
                return stop_1
            while value_1:
                break
        """,
        """
        def f(value_1):
            if value_1:
                value_2 = stop_1
            else:
                while value_1:
                    stop_2 = True
                    _stop_2
                value_2 = None
            return value_2
        """,
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_form(name: str) -> None:
    before, after = FORMS[name]
    assert normal(before) == show(after)


def test_original_is_untouched() -> None:
    for before, _ in FORMS.values():
        node = parse(before)
        dump = ast.dump(node, include_attributes=True)
        normalise(node)
        assert ast.dump(node, include_attributes=True) == dump
        assert not any(hasattr(n, "stop") for n in ast.walk(node))


def test_normal_form_is_stable() -> None:
    for before, _ in FORMS.values():
        if "while True" not in before and "for" not in before and "while" not in before:
            once = normalise(parse(before))
            assert ast.unparse(normalise(once)) == ast.unparse(once)


def test_try_is_marked() -> None:
    node = normalise(parse("def f(x):\n for i in x:\n  try:\n   break\n  except E:\n   pass\n try:\n  if x:\n   return 2\n finally:\n  pass"))
    tries = [n for n in ast.walk(node) if isinstance(n, ast.Try)]
    assert [getattr(t, "exits", False) for t in tries] == [True, False]


def test_nested_function_is_left_alone() -> None:
    node = normalise(parse("def f(x):\n def g():\n  for i in x:\n   return i\n for i in x:\n  continue\n return g"))
    assert ast.unparse(node.body[0]) == "def g():\n    for i in x:\n        return i"


def test_many_statements() -> None:
    plain = "".join(f" x = x + {i}\n" for i in range(2000))
    node = normalise(parse("def f(x):\n" + plain + " if x: return 1\n" + plain + " return x"))
    assert len(node.body) == 2002
    early = "".join(f"  if x == {i}: continue\n  x = x + 1\n" for i in range(300))
    node = normalise(parse("def f(x):\n for i in x:\n" + early + " return x"))
    assert max(map(depth, node.body)) < 60
    ast.unparse(node)


def depth(node: ast.AST) -> int:
    """Levels of statements, that is of indentation."""
    return isinstance(node, ast.stmt) + max(map(depth, ast.iter_child_nodes(node)), default=0)


class Generator:
    """Random functions of nested loops and branches; `t()` draws the next test from a list, `log` tells the path."""

    def __init__(self, seed: int, exits: str) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.exits = exits.split()

    def text(self) -> str:
        return "def f():\n" + textwrap.indent(self.block(3, False), "    ")

    def block(self, depth: int, loop: bool) -> str:
        return "\n".join(self.stmt(depth, loop) for _ in range(self.random.randint(1, 4)))

    def inside(self, head: str, depth: int, loop: bool) -> str:
        return head + "\n" + textwrap.indent(self.block(depth - 1, loop), "    ")

    def stmt(self, depth: int, loop: bool) -> str:
        self.count += 1
        kinds = ["log", "exit", "if", "if", "ifelse", "elif", "for", "while", "forever", "with", "match", "walrus"]
        kind = self.random.choice(kinds if depth else ["log", "log", "exit"])
        tail = self.inside("\nelse:", depth, loop) if self.random.random() < 0.3 and depth else ""
        if kind == "log":
            return f"log({self.count})"
        if kind == "exit":
            exits = [e for e in self.exits if loop or e in ("return", "raise")]
            exit = self.random.choice(exits or ["pass"])
            exit = {"return": f"return {self.count}", "raise": "raise ValueError"}.get(exit, exit)
            return self.random.choice([exit, "if t(): " + exit, "if t(): " + exit])
        if kind == "if":
            return self.inside("if t():", depth, loop)
        if kind == "ifelse":
            return self.inside("if t():", depth, loop) + self.inside("\nelse:", depth, loop)
        if kind == "elif":
            return self.inside("if t():", depth, loop) + self.inside("\nelif t():", depth, loop) + tail
        if kind == "for":
            return self.inside(f"for i{self.count} in log.items():", depth, True) + tail
        if kind == "while":
            return self.inside("while t():", depth, True) + tail
        if kind == "walrus":
            return self.inside("while (w := t()):", depth, True) + tail
        if kind == "forever":
            return self.inside("while True:\n    log('again')", depth, True) + "\n    if t(): break"
        if kind == "with":
            return self.inside("with log.block():", depth, loop)
        cases = [f"    case {i}:\n" + textwrap.indent(self.block(depth - 1, loop), " " * 8) for i in range(2)]
        if tail:
            cases.append("    case _:\n" + textwrap.indent(self.block(depth - 1, loop), " " * 8))
        return "match t(2):\n" + "\n".join(cases)


class Log(list[Any]):
    """What a run did; draws tests and ends runs that become long."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.clear()

    def clear(self) -> None:
        super().clear()
        self.random = random.Random(self.seed)

    def __call__(self, item: Any) -> None:
        self.append(item)
        if len(self) > 100:
            raise ValueError("long")

    def test(self, most: int = 1) -> int:
        self("t")
        return self.random.randint(0, most)

    def items(self) -> range:
        self("items")
        return range(self.random.randint(0, 3))

    def block(self) -> Log:
        return self

    def __enter__(self) -> None:
        self("enter")

    def __exit__(self, *_: object) -> None:
        self("exit")


@pytest.mark.parametrize(
    "exits", ["break", "continue", "return", "break continue", "break return", "break continue return raise"]
)
@pytest.mark.parametrize("deepest", [0, 1, 30])
def test_random_functions(exits: str, deepest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s2sad.frontend.exits, "DEEPEST", deepest)
    for seed in range(25 * deepest, 25 * deepest + 25):
        text = Generator(seed, exits).text()
        new = normalise(parse(text))
        check_form(new)
        log = Log(0)
        space = {"log": log, "t": log.test}
        old_function = function(parse(text), space)
        new_function = function(with_breaks(new), space)
        for log.seed in range(10):
            expected = outcome(old_function, log)
            assert outcome(new_function, log) == expected, text + "\n\n" + ast.unparse(with_breaks(new))
