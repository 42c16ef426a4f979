"""Methods of ufuncs: np.add.reduce(x) is np.sum(x, axis=0), np.multiply.outer(a, b) is a[:, None]*b.

What is a function of its own under another name is that function; the others have rules under their own
names (np.maximum.reduceat), and are refused where they have none.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import numpy as np

from s2sad.frontend.values import Group, Value
from s2sad.ir.nodes import Call, Const, Ref

if TYPE_CHECKING:
    from s2sad.frontend.calls import Calls

METHODS = {  # methods of ufuncs that are functions of their own
    ("reduce", np.add): "np.sum", ("reduce", np.multiply): "np.prod", ("reduce", np.maximum): "np.max",
    ("reduce", np.minimum): "np.min", ("reduce", np.logical_and): "np.all",
    ("reduce", np.logical_or): "np.any",
    ("accumulate", np.add): "np.cumsum", ("accumulate", np.multiply): "np.cumprod",
}  # fmt: skip
PLACES = {  # the arguments behind the first of methods of ufuncs
    "reduce": ("axis", "dtype", "out", "keepdims", "initial", "where"),
    "accumulate": ("axis", "dtype", "out"), "reduceat": ("indices", "axis", "dtype", "out"),
}  # fmt: skip


def method_of_ufunc(
    low: Calls, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """`np.add.at`, `np.add.reduce` and the like."""
    ufunc, method = fn.obj.__self__, fn.obj.__name__
    if method == "at" and ufunc in (np.add, np.subtract) and len(args) == 3:
        value = args[2] if ufunc is np.add else low.apply("neg", [args[2]], {}, node)
        if isinstance(args[0], Ref):
            low.refuse_write(args[0], node)
        stored = low.stored(value, node)
        low.do(Call("np.add.at", (low.atom(args[0]), low.atom(args[1]), stored)), node)
        return Const(None)
    if method == "outer" and len(args) == 2:
        return _outer(low, ufunc, args, kwargs, node, hint)
    own = f"np.{ufunc.__name__}.{method}"
    name = METHODS.get((method, ufunc), own)
    if (names := PLACES.get(method)) and (len(args) > 2 or kwargs):
        kwargs = {**dict(zip(names, args[1:], strict=False)), **kwargs}
        args, kwargs = args[:1], {n: v for n, v in kwargs.items() if v != Const(None) or n == "axis"}
    if name == own and not low.has_rule(own):
        instead = "it with functions that have one"
        if method == "reduce":
            instead = f"functools.reduce({fn.text.rpartition('.')[0]}, x)"
        low.refuse(node, f"there is no rule for {fn.text}", f"write {instead}")
    if len(args) == 1 and "axis" not in kwargs and method != "at":
        kwargs = {"axis": Const(0), **kwargs}
    return low.apply(name, args, kwargs, node, hint=hint)


def _outer(
    low: Calls, ufunc: np.ufunc, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """`np.add.outer(a, b)` is `a` with new axes behind, added to b."""
    numbers = [low.kind(a).is_number and not low.kind(a).is_python for a in args]
    args = [
        a if is_array else low.apply("np.asarray", [a], {}, node)
        for a, is_array in zip(args, numbers, strict=True)
    ]
    rank = low.kind(args[1]).rank
    if rank is None:
        low.refuse(node, "outer with an array whose rank is not known", "write a[:, None]*b")
    if rank and low.kind(args[0]).is_number and not low.kind(args[0]).is_scalar:
        index = Group("tuple", [Const(Ellipsis), *[Const(None)] * rank])
        args = [low.getitem(args[0], index, node), args[1]]
    return low.call_value(Ref(f"np.{ufunc.__name__}", ufunc), args, kwargs, node, hint)


__all__ = ["method_of_ufunc"]
