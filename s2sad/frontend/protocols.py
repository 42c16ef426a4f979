"""What classes say that their objects can do beside operators: conversions, comparison by a key, iteration.

    abs(v)                      v.__abs__()
    max(ps, key=energy)         best = ps[0]; top = energy(best); for p in ps[1:]: if energy(p) > top: ...
    for a in v: A               for a in v.a: A      where `def __iter__(self): return iter(self.a)`

Takes calls of builtins as lowering meets them; gives None for calls that mean no object.
"""

from __future__ import annotations

import ast
import enum
import functools
import math
from collections.abc import Iterator
from types import FunctionType
from typing import Any

import numpy as np

from s2sad.frontend import flat, links, shelves
from s2sad.frontend.dependencies import SHELVES
from s2sad.frontend.operators import class_method
from s2sad.frontend.source import find, rule_source
from s2sad.frontend.state import Group, Local, State, Value, key_of, opened
from s2sad.ir.nodes import Const, Ref, Var

METHODS = {
    abs: "__abs__", float: "__float__", int: "__int__", complex: "__complex__", round: "__round__",
    math.floor: "__floor__", math.ceil: "__ceil__", math.trunc: "__trunc__",
}  # fmt: skip
_OF_TWO = """
def better(best, v):
    return v if v > best else best
"""
_OF_TWO_BY_KEY = """
def better(best, v, key):
    return v if key(v) > key(best) else best
"""
_OF_LIST = """
def best(xs):
    found = xs[0]
    for i in range(1, len(xs)):
        if xs[i] > found:
            found = xs[i]
    return found
"""
_TOTAL = """
def total(xs, start):
    found = start + xs[0]
    for i in range(1, len(xs)):
        found = found + xs[i]
    return found
"""
_OF_LIST_BY_KEY = """
def best(xs, key):
    found = xs[0]
    top = key(found)
    for i in range(1, len(xs)):
        value = key(xs[i])
        if value > top:
            found = xs[i]
            top = value
    return found
"""


def said(low: State, value: Value, node: ast.AST, names: tuple[str, ...] = ("__str__", "__repr__")) -> Value:
    """The text of an object whose class gives it one; every other value itself."""
    cls = low.class_of(value)
    method = next((m for name in names if (m := class_method(low, cls, name)) is not None), None)
    return value if method is None else low.call_value(method, [value], {}, node)


def converted(
    low: State, value: Value, conversion: int, formatted: bool, node: ast.AST
) -> tuple[Value, int]:
    """What a field of a text shows, and what is left to convert: objects say themselves what they are.

    `conversion` is that of `ast.FormattedValue`, `formatted` says whether a format follows.
    """
    if conversion == ord("r"):
        made = said(low, value, node, ("__repr__",))
        return made, conversion if made is value else -1
    plain = conversion == ord("s") or (conversion == -1 and not formatted)
    return (said(low, value, node) if plain else value), conversion


def called(low: State, obj: Any, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value | None:
    """A builtin called with objects, as their classes say; None for every other call."""
    if obj is max or obj is min:
        return _extreme(low, obj is min, args, kwargs, node)
    if getattr(obj, "__name__", "") == "_make" and len(args) == 2 and isinstance(args[0], Ref):
        if issubclass(args[0].obj, tuple) and hasattr(args[0].obj, "_fields"):
            known = isinstance(opened(args[1]), Group) or low.kind(args[1]).cat == "tuple"
            items = low.unpack(args[1], None if known else len(args[0].obj._fields), node)
            return low.call_value(args[0], items, {}, node)
    if args and hasattr(obj, "registry") and hasattr(obj, "dispatch"):
        return _dispatched(low, obj, args[0], args, kwargs, node)
    if isinstance(obj, functools.singledispatchmethod) and len(args) > 1:
        return _dispatched(low, obj.dispatcher, args[1], args, kwargs, node)
    if obj is str and len(args) == 1 and isinstance(args[0], Const):
        return Const(str(args[0].value))
    if not args or low.class_of(args[0]) is None:
        return None
    if (obj is str or obj is repr) and len(args) == 1:
        made = said(low, args[0], node) if obj is str else said(low, args[0], node, ("__repr__",))
        return None if made is args[0] else made
    try:
        name = METHODS.get(obj, "")
    except TypeError:  # not hashable
        return None
    method = class_method(low, low.class_of(args[0]), name)
    return None if method is None else low.call_value(method, args, kwargs, node)


def _dispatched(
    low: State, obj: Any, by: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A call of what functools.singledispatch makes: of the function for the class of the first argument.

    Of a method it is the first one behind the object.
    """
    kind, held = low.kind(by), opened(by)
    known: dict[str, type] = {"float": float, "int": int, "complex": complex, "array": np.ndarray, "str": str}
    if not kind.dtype and kind.every is None and not (kind.cat == "list" and low.listed_tuples):
        known |= {"list": list, "tuple": tuple, "none": type(None)}
    if not isinstance(by, Var):  # an argument may be an OrderedDict
        known["dict"] = dict
    cls = low.class_of(by) or known.get(kind.cat)
    if kind.cat == "npscalar" and kind.dtype[-1:].isdigit():
        cls = np.dtype(kind.dtype).type
    if isinstance(held, Group) and held.cls is None and held.origin is None:
        cls = {"list": list, "tuple": tuple, "dict": dict}.get(held.cat)
    elif any(low.class_of(by) is c for c in (list, dict)):
        cls = None
    if cls is None or kind.optional:
        what = "the class by which a function is chosen is not known here"
        low.refuse(node, what, "call the function itself")
    chosen = obj.dispatch(cls)
    if not isinstance(chosen, FunctionType):
        low.refuse(node, f"what {cls.__name__} is dispatched to is no plain function", "write a function")
    low.depend(("dispatch", id(obj)), lambda: obj.dispatch(cls), chosen, cls.__name__)
    return low.call_value(Ref(chosen.__name__, chosen), args, kwargs, node)


def _extreme(
    low: State, least: bool, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """`max` and `min` with a key, or of objects or sequences: the first of those that none goes beyond."""
    many: Value = Group("tuple", list(args)) if len(args) > 1 else args[0]
    if many is args[0] and class_method(low, low.class_of(many), "__iter__") is not None:
        builtin = min if least else max
        return low.call_value(Ref(builtin.__name__, builtin), [iterated(low, many, node)], kwargs, node)
    held = opened(many)
    items = list(held.items) if isinstance(held, Group) and held.cls is None else None
    kinds = low.kind(many).items or ()
    objects = any(low.class_of(i) is not None for i in items or ()) or any(
        k.cls not in (None, list, dict) for k in kinds[:1] if isinstance(many, Var)
    )
    objects = objects or (len(args) > 1 and any(low.kind(a).cat in ("list", "tuple") for a in args))
    key = kwargs.get("key")
    if set(kwargs) - {"key"} or not objects or items == []:
        return None
    if items is None and low.kind(many).cat != "list":
        return None
    for kind in kinds[:1]:
        if kind.cat == "tuple" and kind.cls not in (None, list, dict) and not isinstance(held, Group):
            low.want_numbers(kind.cls)
    text = (
        (_OF_TWO if key is None else _OF_TWO_BY_KEY)
        if items is not None
        else (_OF_LIST if key is None else _OF_LIST_BY_KEY)
    )
    source = rule_source("min" if least else "max", text.replace(">", "<") if least else text)
    named = {} if key is None else {"key": key}

    def inlined(**values: Value) -> Value:
        return low.inline(source, source.node, {**values, **named}, None, source.node)

    if items is None:
        return inlined(xs=many)
    return functools.reduce(lambda a, b: inlined(best=a, v=b), items)


def total(low: State, many: Value, start: Value, node: ast.AST) -> Value | None:
    """`sum` of a list of objects, whose number is not known; None for all else."""
    kinds = low.kind(many).items or ()
    if not isinstance(many, Var) or low.kind(many).cat != "list" or not kinds or kinds[0].cls is None:
        return None
    if kinds[0].cat == "tuple" and kinds[0].cls not in (list, dict) and not issubclass(kinds[0].cls, tuple):
        low.want_numbers(kinds[0].cls)
    source = rule_source("sum", _TOTAL)
    return low.inline(source, source.node, {"xs": many, "start": start}, None, source.node)


def iterated(low: State, value: Value, node: ast.AST) -> Value:
    """What is iterated in place of an object whose `__iter__` says so; other values as they are.

    Only a body that is `return iter(...)` can be read so: other iterators have a state of their own.
    """
    if links.arity(low, value):
        return links.whole(low, value, node)
    if flat.is_flat(value):
        return flat.whole(low, value, node)
    if isinstance(value, Ref) and isinstance(value.obj, enum.EnumMeta):
        enumeration: Any = value.obj
        members = list(enumeration)
        low.depend(
            ("members", id(enumeration)), lambda: list(enumeration), members, value.text, same=True
        )
        return Group("tuple", [key_of(m) for m in members])
    value = low.iterated(value, node)
    cls = low.class_of(value)
    if cls in SHELVES and (made := shelves.elements(low, value, node)) is not None:
        return made
    if cls is None or (isinstance(value, Group) and issubclass(cls, tuple)):
        return value
    if not isinstance(value, Local) and low.kind(value).cat == "tuple":
        return value
    method = class_method(low, cls, "__iter__")
    if method is None and issubclass(cls, Iterator):
        what = f"a {cls.__name__.replace('_', ' ')} is given, and what it yields is not known before the call"
        low.refuse(node, what, "pass list(...) of it")
    if method is None:
        what = f"a {cls.__name__} is iterated, whose class has no __iter__ in Python"
        low.refuse(node, what, "give it one, or iterate one of its attributes")
    from s2sad.frontend import generators

    given = generators.of_object(low, value)
    if given is not None:
        return generators.listed(low, given, node)
    source = find(method.obj)
    whole = source.node.body if isinstance(source.node, ast.FunctionDef) else []
    body = [s for s in whole if not _is_text(s)]
    last = body[0] if len(body) == 1 else None
    inner = _of_iter(last) if last is not None else None
    if inner is None:
        what = f"a {cls.__name__} is iterated by its own __iter__"
        low.refuse(node, what, "iterate a list or an array, or let it return iter() of one")
    first = source.node.args.args[0].arg
    made = low.inline(source, _returning(inner), {first: value}, None, inner)
    return iterated(low, made, node)


def _of_iter(last: ast.stmt) -> ast.expr | None:
    """The `xs` of a body that ends in `return iter(xs)`."""
    call = last.value if isinstance(last, ast.Return) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "iter":
        if len(call.args) == 1 and not call.keywords:
            return call.args[0]
    return None


def _is_text(stmt: ast.stmt) -> bool:
    return isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Constant)


def _returning(value: ast.expr) -> ast.Lambda:
    """A function that gives the value of an expression of a method."""
    spec = ast.arguments([], [], None, [], [], None, [])
    return ast.copy_location(ast.Lambda(spec, value), value)
