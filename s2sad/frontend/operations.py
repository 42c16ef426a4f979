"""The functions of `operator`, which are Python's operators under names.

    operator.matmul(a, b)      a @ b
    operator.iadd(a, b)        a += b, whose value is a
    operator.getitem(xs, i)    xs[i]
    operator.call(f, x)        f(x)

They take all that the operators take: arrays, lists, dicts and objects of classes with operators.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from s2sad.frontend import histories
from s2sad.frontend.state import State, Value

_BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "matmul": "@", "and_": "&", "or_": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
_COMPARED = {
    "lt": "<", "le": "<=", "eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "is_": "is", "is_not": "is not",
}  # fmt: skip
_TEXTS = {
    **{name: f"made = a {sign} b" for name, sign in (_BINARY | _COMPARED).items()},
    **{f"i{name.strip('_')}": f"a {sign}= b\nmade = a" for name, sign in _BINARY.items()},
    "neg": "made = -a", "pos": "made = +a", "invert": "made = ~a", "inv": "made = ~a", "not_": "made = not a",
    "truth": "made = True if a else False", "contains": "made = b in a",
    "concat": "made = a + b", "iconcat": "a += b\nmade = a",
    "getitem": "made = a[b]", "setitem": "a[b] = c", "delitem": "del a[b]",
}  # fmt: skip


def _written_out(text: str, fun: Any) -> Callable[..., Value]:
    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        made = histories.written_out(low, fun, args, node)
        if made is not None:
            return made
        return low.script(text, node, "made", **dict(zip("abc", args, strict=False)))

    return lowered


def _call(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.call_value(args[0], args[1:], kwargs, node, hint)


OPERATIONS: dict[Any, Callable[..., Value]] = {
    **{fun: _written_out(text, fun) for name, text in _TEXTS.items() if (fun := getattr(operator, name))},
    operator.call: _call,
}
