"""The keywords that say how a result lies in memory, and what may be converted to what.

    np.add(x, y, order="F")            np.asarray(np.add(x, y), order="F")
    np.add(x, y, casting="unsafe")     np.add(x, y), where nothing is narrowed
    x.astype(float, order="F")         np.array(x, dtype=float, order="F")
    np.matmul(x, y, dtype=float)       np.matmul(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    np.modf(x, out=(a, b))             c, d = np.modf(x);  np.copyto(a, c);  np.copyto(b, d)
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from s2sad.frontend.mapped import static
from s2sad.frontend.state import Group, State, Value, opened
from s2sad.ir.nodes import Const, Ref
from s2sad.rules import registry

HOW = frozenset(("order", "casting"))
PAIRS = {"np.modf": 1, "np.frexp": 1, "np.divmod": 2}  # functions of two results, and of how many operands
_OTHERS = frozenset(("np.einsum", "np.matmul", "np.vecdot", "np.matvec", "np.vecmat"))
_CASTINGS = ("safe", "same_kind", "unsafe")


def is_told_how(name: str, args: list[Value], kwargs: dict[str, Value]) -> bool:
    """Whether a call has arguments that `told_how` looks at."""
    if name in PAIRS:
        return bool(kwargs) or len(args) > PAIRS[name]
    if kwargs and (not HOW.isdisjoint(kwargs) or (name == "np.matmul" and "dtype" in kwargs)):
        return True
    return name == "np.astype" and len(args) > 2


def told_how(
    low: State, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """A call with `order` or `casting`, or a product in a dtype; None where its rule knows of them."""
    if name in PAIRS:
        return _pair(low, name, args, kwargs, node)
    if name == "np.astype":
        return _cast(low, args, kwargs, node, hint)
    if name not in _OTHERS and registry.rule(name).form != "elementwise":
        return None
    order = static(kwargs.get("order", Const("K")))
    _check_casting(low, name, args, kwargs, node)
    rest = {n: v for n, v in kwargs.items() if n not in HOW}
    if name in _OTHERS and name != "np.einsum" and "dtype" in rest:
        dtype = {"dtype": rest.pop("dtype")}
        args = [low.apply("np.asarray", [a], dtype, node) for a in args]
    viewed = name == "np.einsum" and len(args) == 2  # of one operand, which may be a view of it
    if order != "K" and (viewed or order not in ("C", "F")):
        low.refuse(node, f"the argument 'order' of {name}", "write np.asarray(..., order='C') around it")
    made = low.apply(name, args, rest, node, hint=hint)
    kind = low.kind(made)
    if order == "K" or "out" in rest or kind.is_scalar or kind.rank == 0:
        return made
    laid = low.apply("np.asarray", [made], {"order": Const(order)}, node, hint=hint)
    return laid if kind.is_array or kind.rank else low.getitem(laid, Group("tuple", []), node, hint)


def _pair(
    low: State, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A function of two results that are written into arrays, either of which may be None."""
    outs: list[Value] | None = args[PAIRS[name] :]
    if not outs and "out" in kwargs:
        given = opened(kwargs["out"])
        outs = list(given.items) if isinstance(given, Group) and given.cat == "tuple" else None
    if outs is None or len(outs) > 2 or not kwargs.keys() <= {"out"}:
        low.refuse(node, f"the arguments of {name} beside its operands", "pass out=(a, b)")
    if not outs:
        return None
    made = low.unpack(low.apply(name, args[: PAIRS[name]], {}, node), 2, node)
    for k, out in enumerate(outs):
        if out != Const(None):
            low.call_value(Ref("np.copyto", np.copyto), [out, made[k]], {}, node)
            made[k] = out
    return Group("tuple", made)


def _check_casting(
    low: State, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> None:
    """Refuse a call whose operands are narrowed, or one that NumPy may refuse."""
    casting = static(kwargs.get("casting", Const("same_kind")))
    plain = casting in _CASTINGS[1:] if "out" in kwargs else casting in _CASTINGS
    if plain and "dtype" in kwargs and casting != "same_kind":
        dtype = static(kwargs["dtype"])
        operands = [low.kind(a) for a in args if low.kind(a).is_number]
        known = [k.dtype for k in operands if k.dtype[-1:].isdigit()]
        plain = len(known) == len(operands) and _fits(np.result_type(*known), dtype, casting, "same_kind")
    if not plain:
        low.refuse(node, f"the argument 'casting' of {name}", "leave it out, and convert with astype")


def _fits(own: Any, dtype: Any, *castings: Any) -> bool:
    """Whether NumPy converts a dtype to another one by each of these castings."""
    try:
        return all(np.can_cast(own, dtype, casting) for casting in castings)
    except (TypeError, ValueError):
        return False


def _cast(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """`x.astype(dtype, order, casting)`."""
    named = dict(zip(("dtype", "order", "casting", "subok", "copy"), args[1:], strict=False)) | kwargs
    kind, casting = low.kind(args[0]), static(named.get("casting", Const("unsafe")))
    order = static(named.get("order", Const("K")))
    known = kind.dtype[-1:].isdigit() and "dtype" in named
    if casting != "unsafe" and not (known and _fits(kind.dtype, static(named["dtype"]), casting)):
        low.refuse(node, "the argument 'casting' of astype", "leave it out")
    rest = {n: v for n, v in named.items() if n not in (*HOW, "subok")}
    if order == "K" or not kind.is_array:
        return low.apply("np.astype", [args[0], rest.pop("dtype")], rest, node, hint=hint)
    copied = static(rest.pop("copy", Const(True)))
    if order not in ("C", "F") or not isinstance(copied, bool):
        low.refuse(node, f"astype with order={order!r}", "use order='C', and write copy=True")
    rest["order"] = Const(order)
    return low.apply("np.array" if copied else "np.asarray", [args[0]], rest, node, hint=hint)

