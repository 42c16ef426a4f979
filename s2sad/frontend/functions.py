"""Builtins that say something about the program itself: len, isinstance, tuple, zip, getattr, and printing.

What they give is known while the program is lowered (`isinstance(x, float)`), or a display whose elements
are known one by one (`zip(xs, ys)` of displays); where neither holds, they are calls of the program.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend.operators import live_object, user_method
from s2sad.frontend.state import CALLABLE, Group, Part, State, Value, described
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Range, Ref, Var
from s2sad.runtime.lists import accumulate

CLASSES: dict[str, type] = {
    "float": float, "int": int, "bool": bool, "complex": complex, "str": str, "list": list, "tuple": tuple,
    "dict": dict, "array": np.ndarray, "none": type(None), "range": range,
}  # fmt: skip


def random_kind(
    fn: Any, kwargs: dict[str, Value], args: list[Value], kind_of: Callable[[Value], Kind]
) -> Kind:
    """The kind of what a NumPy random function returns: a float, or an array if a size is given."""
    name = getattr(fn, "__name__", "")
    if getattr(fn, "__qualname__", "") not in (f"Generator.{name}", f"RandomState.{name}"):
        return K.OBJECT
    plain = {  # how many arguments stand before the size
        "standard_normal": 0, "random": 0, "random_sample": 0, "standard_exponential": 0,
        "normal": 2, "uniform": 2, "gamma": 2, "beta": 2, "laplace": 2, "lognormal": 2,
        "logistic": 2, "gumbel": 2, "exponential": 1, "rayleigh": 1, "chisquare": 1,
        "integers": 2, "randint": 2, "poisson": 1, "binomial": 2, "geometric": 1, "choice": 1,
        "standard_t": 1, "standard_gamma": 1,
        "triangular": 3, "weibull": 1, "pareto": 1, "power": 1, "f": 2, "vonmises": 2,
        "wald": 2, "standard_cauchy": 0,
    }  # fmt: skip
    if name == "permutation":
        given = kind_of(args[0]) if args else K.OBJECT
        of_length = K.array((K.new_length(),), "int64") if given.cat == "int" else None
        return of_length or (given if given.is_array else Kind("num", "float", None))
    if name in ("rand", "randn"):
        return K.array(_lengths(len(args))) if args else K.FLOAT
    if name in ("dirichlet", "multivariate_normal"):
        return K.array(None, "float64")
    if name not in plain:
        return K.OBJECT
    dtype = "int64" if name in ("integers", "randint", "poisson", "binomial", "geometric") else "float64"
    if name == "choice":
        source = kind_of(args[0]) if args else K.OBJECT
        items = source.items if source.cat in ("list", "tuple") else (source,)
        if not items or not all(k.is_number for k in items) or (source.rank or 0) > 1:
            return K.OBJECT
        dtype = "int64" if all(k.sort == "int" for k in items) else "float64"
        if any(k.sort == "complex" or k.dtype == "float32" for k in items):
            return K.OBJECT
        if not args[1:] and "size" not in kwargs:
            return Kind("num", dtype, ())
    size = kwargs.get("size", args[plain[name]] if len(args) > plain[name] else Const(None))
    if size == Const(None):
        drawn = [kind_of(a) for a in (*args, *(v for k, v in kwargs.items() if k != "dtype"))]
        if all(k.is_python for k in drawn):
            return K.INT if dtype == "int64" else K.FLOAT
        return Kind("num", dtype, None)
    kind = kind_of(size)
    if kind.cat == "int":
        return K.array(_lengths(1), dtype)
    return K.array(None if kind.items is None or kind.cat != "tuple" else _lengths(len(kind.items)), dtype)


def _lengths(rank: int) -> K.Shape:
    return tuple(K.new_length() for _ in range(rank))


def _print(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    atoms = tuple(low.variable(a, node) for a in args)
    low.do(Call("print", atoms, tuple((k, low.variable(v)) for k, v in kwargs.items())), node)
    return Const(None)


def _len(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    value = args[0]
    if isinstance(value, Group) and value.cls is None:
        return Const(len(value.items))
    if isinstance(value, Const) and isinstance(value.value, str):
        return Const(len(value.value))
    kind = low.kind(value)
    if kind.cat in ("tuple", "dict") and kind.items is not None and not isinstance(value, Ref):
        return Const(len(kind.items))
    if kind.shape and isinstance(kind.shape[0], int):
        return Const(kind.shape[0])
    method = user_method(live_object(low, value), "__len__")
    if method is not None:
        return low.call_value(method, [value], {}, node, hint)
    if kind.is_scalar:
        low.refuse(node, f"{described(kind)} has no length", "use np.size, or pass an array")
    return low.emit(Call("len", (low.atom(value, node),)), K.INT, node, hint)


def _isinstance(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    value, kind = args[0], low.kind(args[0])
    classes = [args[1]] if not isinstance(args[1], Group) else args[1].items
    cls: Any = CLASSES.get(kind.cat)
    if kind.cat == "npscalar":
        cls = np.dtype(kind.dtype).type if kind.dtype not in ("float", "int", "complex") else None
    if isinstance(value, Group) and value.cls is not None:
        cls = value.cls
    elif kind.cat in ("tuple", "dict") and kind.dtype:  # fields of an argument, whose class is not kept
        if kind.cat == "dict":
            low.refuse(node, "the class of a dataclass argument is asked for", "pass a flag beside it")
        cls = None
    obj = live_object(low, value)
    if obj is not None:
        cls = type(obj)
    known = [c.obj for c in classes if isinstance(c, Ref) and isinstance(c.obj, type)]
    if cls is not None and len(known) == len(classes):
        return Const(any(issubclass(cls, c) for c in known))
    call = Call("call", (Ref("isinstance", isinstance), low.atom(value, node), low.variable(args[1])))
    return low.emit(call, K.BOOL, node, hint)


def _tuple(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not args:
        return Group("tuple", [])
    kind = low.kind(args[0])
    if kind.cat == "list" and isinstance(args[0], Var):
        result = Kind("tuple", items=None)
        return low.emit(Call("call", (Ref("tuple", tuple), args[0])), result, node, hint)
    return Group("tuple", low.unpack(args[0], None, node))


def _list(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not args:
        return Group("list", [])
    kind = low.kind(args[0])
    if kind.cat == "list" and isinstance(args[0], Var):
        return low.emit(Call("list", (args[0],), (), "list"), kind, node, hint)
    if kind.cat in ("range", "object") and not isinstance(args[0], Group):
        item = K.INT if kind.cat == "range" else K.OBJECT
        return low.emit(Call("list", (low.atom(args[0], node),), (), "list"), K.list_of(item), node, hint)
    if kind.is_number and not kind.is_scalar and kind.shape and not isinstance(kind.shape[0], int):
        item = K.num(kind.shape[1:], kind.dtype)
        return low.emit(
            Call("list", (low.atom(args[0]),), (), "list"), K.list_of(K.anonymous(item)), node, hint
        )
    return Group("list", low.unpack(args[0], None, node))


def _dict(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    made: dict[Any, Value] = {}
    if args:
        kind = low.kind(args[0])
        if kind.cat == "dict":
            made = {k: low.getitem(args[0], Const(k), node) for k in kind.keys}
        elif isinstance(args[0], Group):
            for pair in args[0].items:
                key, value = low.unpack(pair, 2, node)
                if not isinstance(key, Const):
                    low.refuse(node, "dict() gets a computed key", "write a dict display")
                made[key.value] = value
        else:
            low.refuse(node, "dict() of something whose keys are not known", "write a dict display")
    made.update(kwargs)
    return Group("dict", list(made.values()), list(made))


def _fromkeys(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`dict.fromkeys(keys, value)` of keys that are known."""
    keys = low.unpack(args[0], None, node)
    known = [k.value if isinstance(k, Const) else k.obj for k in keys if isinstance(k, Const | Ref)]
    if len(known) < len(keys):
        low.refuse(node, "dict.fromkeys gets a computed key", "write a dict display")
    value = low.settled(args[1], node) if len(args) > 1 else Const(None)
    return Group("dict", [value]*len(dict.fromkeys(known)), list(dict.fromkeys(known)))


def _range(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.emit(Call("range", tuple(low.atom(a, node) for a in args)), K.RANGE, node, hint)


def _partial(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Part(args[0], args[1:], kwargs)


def _getattr(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not (isinstance(args[1], Const) and isinstance(args[1].value, str)):
        low.refuse(node, "getattr gets a computed name", "use a literal name")
    obj = live_object(low, args[0])
    if len(args) == 3 and obj is not None and not hasattr(obj, args[1].value):
        return args[2]
    return low.attribute(args[0], args[1].value, node, hint)


def _hasattr(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    obj = live_object(low, args[0])
    if obj is not None and isinstance(args[1], Const):
        return Const(hasattr(obj, args[1].value))
    kind = low.kind(args[0])
    if kind.cat in CLASSES and isinstance(args[1], Const):
        return Const(hasattr(CLASSES[kind.cat], args[1].value))
    call = Call("call", (Ref("hasattr", hasattr), low.atom(args[0], node), low.atom(args[1], node)))
    return low.emit(call, K.BOOL, node, hint)


def _map(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    groups = [low.unpack(a, None, node) for a in args[1:]]
    return Group("list", [low.call_value(args[0], list(row), {}, node) for row in zip(*groups, strict=False)])


def _zip(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    groups = [low.unpack(a, None, node) for a in args]
    return Group("list", [Group("tuple", list(row)) for row in zip(*groups, strict=False)])


def _enumerate(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    items = low.unpack(args[0], None, node)
    start = args[1] if len(args) > 1 else kwargs.get("start", Const(0))
    numbers = [low.binary("add", start, Const(i), node) if i else start for i in range(len(items))]
    return Group("list", [Group("tuple", [n, item]) for n, item in zip(numbers, items, strict=True)])


def _reversed(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Group("list", low.unpack(args[0], None, node)[::-1])


def _callable(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Const(isinstance(args[0], CALLABLE) or callable(getattr(args[0], "obj", None)))


def _any_all(is_any: bool) -> Callable[..., Value]:
    """any and all of displays are chains of `or` and `and`; of lists of booleans they are calls."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        value = args[0]
        kind = low.kind(value)
        if not isinstance(value, Group):
            if kind.cat == "object":
                low.refuse(node, "what any or all runs over is not known", "write a loop")
            return low.emit(Call("any" if is_any else "all", (low.atom(value, node),)), K.BOOL, node, hint)
        atoms = []
        for item in value.items:
            known = low.static_truth(item)
            if known is is_any:
                return Const(is_any)
            if known is None:
                atoms.append(low.atom(item, node))
        if not atoms:
            return Const(not is_any)
        made = low.variable(Group("list", list(atoms)), node)
        return low.emit(Call("any" if is_any else "all", (made,)), K.BOOL, node, hint)

    return lowered


def _sorted(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    kind = low.kind(args[0])
    listed = kind.items[0] if kind.cat == "list" and kind.items else K.OBJECT
    known = low.set_items.get(args[0].name) if isinstance(args[0], Var) else None
    item = listed if listed.cat in ("int", "str", "bool") else known
    if item is not None and not kwargs:
        given = low.atom(args[0], node)
        return low.emit(Call("call", (Ref("sorted", sorted), given)), K.list_of(item), node, hint)
    if kind.cat == "dict" and not isinstance(args[0], Ref) and not kwargs:
        return Group("list", [Const(k) for k in sorted(kind.keys)])
    if isinstance(args[0], Group) and not kwargs and all(isinstance(i, Const) for i in args[0].items):
        return Group(
            "list", [Const(k) for k in sorted(i.value for i in args[0].items if isinstance(i, Const))]
        )
    low.refuse(
        node,
        "sorted() of values that are not known before the call",
        "use np.sort, or an index from np.argsort",
    )


def _next(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.refuse(node, "next() takes from an iterator whose state is not tracked", "use a for loop or an index")


def _iter(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.refuse(node, "iter() makes an iterator whose state is not tracked", "use a for loop or an index")


def _setattr(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.refuse(node, "setattr assigns an attribute", "use a local name and return it")


def _code(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.refuse(node, "code that is made at run time cannot be read", "write it as a function")


def _names(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.refuse(node, "names are read as a dict", "use the names themselves")


def _copyto(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`np.copyto(a, b)` is `a[...] = b`."""
    where = args[3] if len(args) > 3 else kwargs.get("where", Const(True))
    if len(args) < 2 or set(kwargs) - {"where", "casting"}:
        low.refuse(node, "this form of np.copyto is not supported", "write a[...] = b")
    value: Value = args[1]
    if where != Const(True):
        value = low.apply("np.where", [where, value, args[0]], {}, node)
    low.store(args[0], Const(Ellipsis), value, "", node)
    return Const(None)


def _accumulate(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """What texts of derivatives add to a list of cotangents, item by item: `accumulate(a, b)`."""
    items = low.kind(args[0]).items
    if low.kind(args[0]).cat != "list" or not items or not items[0].is_number:
        return low.apply("accumulate", args, kwargs, node)
    places = Range(Const(0), low.emit(Call("len", (low.atom(args[0]),)), K.INT, node), Const(1))
    text = "for i in places:\n    a[i] = a[i] + b[i]"
    return low.script(text, node, a=args[0], b=args[1], places=places)


def _set(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if len(args) == 1 and low.kind(args[0]).cat == "list":
        return low.made_set(args[0], node, hint)
    atoms = tuple(low.variable(a, node) for a in args)
    return low.emit(Call("call", (Ref("set", set), *atoms)), K.OBJECT, node, hint)


SPECIAL: dict[Any, Callable[..., Value]] = {
    dict.fromkeys: _fromkeys,
    print: _print, len: _len, isinstance: _isinstance, tuple: _tuple, list: _list, dict: _dict, range: _range,
    functools.partial: _partial, getattr: _getattr, hasattr: _hasattr, map: _map, zip: _zip, enumerate:
    _enumerate, reversed: _reversed, callable: _callable, any: _any_all(True), all: _any_all(False), sorted:
    _sorted, next: _next, iter: _iter, setattr: _setattr, eval: _code, exec: _code, locals: _names, globals:
    _names, vars: _names, np.copyto: _copyto, set: _set, accumulate: _accumulate,
}  # fmt: skip

__all__ = ["SPECIAL", "random_kind"]
