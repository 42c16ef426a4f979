"""Deques, Counters and other containers of the standard library that a function is given and reads.

    f(x, recent): recent[-1]*x      t = recent[-1]; t*x      where recent is a deque of floats
    f(x, counts): counts["a"]*x     t = counts["a"]; t*x

Such a *shelf* stays the object that it is. What it holds is known by its kinds: of an argument these are in
the key that its text is remembered under (`dependencies.object_key`), of what is outside the text relies on
them.
"""

from __future__ import annotations

import ast
import collections
from typing import Any

from s2sad.frontend.dependencies import shelved
from s2sad.frontend.operators import class_method, live_dict
from s2sad.frontend.state import Group, Method, State, Value, key_of
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Slice, Var


def held(low: State, value: Value) -> Any:
    """What a shelf holds, as a list or dict; None for all other values."""
    if isinstance(value, Var):
        return shelved(low.live.get(value.name))
    return shelved(value.obj) if isinstance(value, Ref) else None


def _kind(low: State, value: Value) -> Kind:
    """The kind of what a shelf holds, which the text relies on."""
    if isinstance(value, Ref):
        obj = value.obj

        def known() -> Any:
            return K.without_lengths(K.kind_of_value(shelved(obj)))

        low.depend(("shelf", id(obj)), known, known(), value.text, same=True)
    return K.kind_of_value(held(low, value))


def item(low: State, base: Value, index: Value, node: ast.AST, hint: str) -> Var | None:
    """`shelf[index]`; None where the kind of what stands there is not known."""
    if held(low, base) is None or isinstance(index, Slice):
        return None
    kind = _kind(low, base)
    found = K.join_all(list(kind.items or ()))
    if kind.cat == "dict":
        missing = K.INT if isinstance(_shelf(low, base), collections.Counter) else None
        if isinstance(index, Const | Ref):
            key = index.value if isinstance(index, Const) else index.obj
            if key not in kind.keys and missing is None:
                low.fails(KeyError, key, node)
                low.refuse(node, f"there is no key {key!r}", "use a key that there is")
            found = (kind.items or ())[kind.keys.index(key)] if key in kind.keys else missing
        elif missing is not None and found is not None:
            found = K.join(found, missing)
    if found is None or found.cat == "object":
        return None
    place = low.variable(index, node)
    return low.emit(Call("getitem", (low.atom(base), place)), K.anonymous(found), node, hint)


def _shelf(low: State, value: Value) -> Any:
    return low.live.get(value.name) if isinstance(value, Var) else getattr(value, "obj", None)


def display(low: State, base: Value, node: ast.AST) -> Group | None:
    """A shelf that is found by keys, as a dict whose values are known one by one; None for all else."""
    keys = held(low, base)
    if not isinstance(keys, dict):
        return None
    _kind(low, base)
    return Group("dict", [low.getitem(base, key_of(k), node) for k in keys], list(keys))


def method(low: State, base: Ref | Var, holder: Any, name: str, node: ast.AST) -> Method | None:
    """A method that asks a shelf, or an outside object that derives from dict, for keys and values."""
    if name not in ("items", "keys", "values", "get") or class_method(low, type(holder), name) is not None:
        return None
    shown = display(low, base, node)
    if shown is None and isinstance(base, Ref) and isinstance(holder, dict):
        shown = live_dict(low, base, holder, node)
    return None if shown is None else Method(Const(f".{name}"), shown)


def elements(low: State, value: Value, node: ast.AST) -> Value | None:
    """What is iterated in place of a shelf: its keys, or a list of its elements; None for all else."""
    plain = held(low, value)
    if plain is None:
        return None
    kind = _kind(low, value)
    if isinstance(plain, dict):
        return Group("tuple", [key_of(k) for k in plain])
    return low.emit(Call("list", (low.atom(value, node),), (), "list"), kind, node)


def of_sets(low: State, op: str, left: Value, right: Value, node: ast.AST, hint: str) -> Var | None:
    """`s | t`, `s & t`, `s - t` and `s ^ t` of sets whose elements have a known kind; None for all else."""
    if op not in ("bor", "band", "sub", "bxor"):
        return None
    found = [_element(low, value) for value in (left, right)]
    if found[0] is None or found[1] is None:
        return None
    made = low.emit(Call(op, (low.atom(left, node), low.atom(right, node))), K.OBJECT, node, hint)
    joined = K.join(found[0], found[1])
    if joined.cat in ("int", "str", "bool"):
        low.set_items[made.name] = joined
    return made


def _element(low: State, value: Value) -> Kind | None:
    """The kind of the elements of a set; None for all else."""
    if isinstance(value, Var) and value.name in low.set_items:
        return low.set_items[value.name]
    if not isinstance(value, Ref | Var) or not isinstance(_shelf(low, value), set | frozenset):
        return None
    items = _kind(low, value).items
    return items[0] if items else K.BOTTOM


__all__ = ["display", "elements", "held", "item", "method", "of_sets"]
