"""`x.flat`: the elements of an array one after the other, as they are numbered in C order.

    v = x.flat[i]              v = np.ravel(x)[i]              a copy, where i is a slice or a mask;
                                                               x.flat[i] in texts, where i is a number
    x.flat[i] = v              np.put(x, i, v)                 slices and masks by the places that they choose
    x.flat = v                 np.put(x, positions(x), v)
    x.flat[i] += v             t = x.flat[i] + v; x.flat[i] = t
    for v in x.flat: ...       for v in np.ravel(x): ...
"""

from __future__ import annotations

import ast

from s2sad.frontend.state import State, Value
from s2sad.frontend.values import Method
from s2sad.ir.nodes import Call, Const, Slice

FLAT = Const(".flat")


def is_flat(value: Value | None) -> bool:
    """Whether a value is `x.flat` of an array."""
    return isinstance(value, Method) and value.fn == FLAT


def of(value: Value) -> Value:
    """The array whose elements `x.flat` runs over."""
    assert isinstance(value, Method)
    return value.self


def whole(low: State, value: Value, node: ast.AST) -> Value:
    """The elements as an array of its own."""
    flat = low.apply("np.ravel", [of(value)], {}, node)
    return low.emit(Call("copy", (low.atom(flat),)), low.kind(flat), node)


def item(low: State, value: Value, index: Value, node: ast.AST, hint: str) -> Value:
    """`x.flat[i]` reads the raveled array, of which no more is made for one element; slices are copies."""
    flat = low.apply("np.ravel", [of(value)], {}, node, "flat" if low.kind(index).cat == "int" else "")
    found = low.getitem(flat, index, node, hint)
    if low.kind(found).is_scalar:
        return found
    return low.emit(Call("copy", (low.atom(found),)), low.kind(found), node, hint)


def store(low: State, value: Value, index: Value, stored: Value, stmt: ast.AST) -> None:
    """`x.flat[i] = v`, where v is repeated as often as there is room for it."""
    array, kind = of(value), low.kind(index)
    if low.kind(array).rank == 1 and low.kind(stored).rank == 0:
        low.store(array, index, stored, "", stmt)
        return
    if isinstance(index, Slice) or kind.sort != "int":
        places = low.apply("np.ravel", [low.apply("positions", [array], {}, stmt)], {}, stmt)
        index = low.getitem(places, index, stmt)
    low.apply("np.put", [array, index, stored], {}, stmt)


def store_all(low: State, array: Value, stored: Value, stmt: ast.AST) -> None:
    """`x.flat = v`."""
    low.apply("np.put", [array, low.apply("positions", [array], {}, stmt), stored], {}, stmt)


__all__ = ["is_flat", "item", "of", "store", "store_all", "whole"]
