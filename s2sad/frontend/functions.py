"""Builtins that say something about the program itself: len, isinstance, tuple, zip, getattr, and printing.

What they give is known while the program is lowered (`isinstance(x, float)`), or a display whose elements
are known one by one (`zip(xs, ys)` of displays); where neither holds, they are calls of the program.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import functools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend import flat, links, maybes, mirrors
from s2sad.frontend.cotangents import COTANGENTS
from s2sad.frontend.cursors import lower_iter, lower_next
from s2sad.frontend.dtypes import DTYPES
from s2sad.frontend.numbered import is_one_of_several, of_classes, refuse_as_number, refuse_several
from s2sad.frontend.objects import is_plain
from s2sad.frontend.operators import class_method, live_object, static_attribute
from s2sad.frontend.protocols import iterated, said, total
from s2sad.frontend.records import FUNCTIONS
from s2sad.frontend.source import rule_source
from s2sad.frontend.standins import real
from s2sad.frontend.stars import many
from s2sad.frontend.state import (
    ABSENT,
    CALLABLE,
    Group,
    Local,
    Part,
    State,
    Value,
    described,
    opened,
)
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Var

CLASSES: dict[str, type] = {
    "float": float, "int": int, "bool": bool, "complex": complex, "str": str, "list": list, "tuple": tuple,
    "dict": dict, "array": np.ndarray, "none": type(None), "range": range,
}  # fmt: skip
_SCALARS = (float, int, bool, complex, np.float64, np.float32, np.int64, np.bool_, np.complex128)


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
    spread = [place for place, arg in enumerate(args) if many(arg)]
    args = [a.items[0] if isinstance(a, Group) and many(a) else said(low, a, node) for a in args]
    refuse_as_number(low, [*args, *kwargs.values()], node)
    atoms = tuple(low.variable(a, node) for a in args)
    named = tuple((k, low.variable(v)) for k, v in kwargs.items())
    low.do(Call("print", atoms, named, " ".join(map(str, spread))), node)
    return Const(None)


def _len(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    value = flat.whole(low, args[0], node) if flat.is_flat(args[0]) else args[0]
    method = class_method(low, low.class_of(value), "__len__")
    if method is not None:
        return low.call_value(method, [value], {}, node, hint)
    value = opened(value)
    if keys := low.row_keys_of(value) or range(links.arity(low, value)):
        if links.is_ended(low, value):
            links.refuse(low, node, "the length of a tuple that may be () is asked for", "ask for its truth")
        return Const(len(keys))
    if isinstance(value, Group):
        return Const(len(value.items))
    if isinstance(value, Const) and isinstance(value.value, str):
        return Const(len(value.value))
    kind = low.kind(value)
    if kind.cat in ("tuple", "dict") and kind.items is not None and not isinstance(value, Ref):
        return Const(len(kind.items))
    if kind.shape and isinstance(kind.shape[0], int):
        return Const(kind.shape[0])
    if kind.is_scalar:
        low.refuse(node, f"{described(kind)} has no length", "use np.size, or pass an array")
    return low.emit(Call("len", (low.atom(value, node),)), K.INT, node, hint)


def _isinstance(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    value, kind = args[0], low.kind(args[0])
    if is_one_of_several(low.class_of(value)):
        return of_classes(low, value, args[1], node)
    if isinstance(value, Local) and value.cls is not None:
        kind = Kind("object", cls=real(value.cls) or value.cls)
    classes = [args[1]] if not isinstance(args[1], Group) else args[1].items
    if isinstance(args[1], Ref) and isinstance(args[1].obj, tuple):
        classes = low.unpack(args[1], None, node)
    cls = _class_as_known(low, value, kind)
    if cls is dict and isinstance(value, Var) and any(_is_dict_class(c) for c in classes):
        cls = None  # an argument may be an OrderedDict
    known = [c.obj for c in classes if isinstance(c, Ref) and isinstance(c.obj, type)]
    if kind.cat == "list" and kind.dtype == K.LISTED:
        cls = tuple
    elif low.listed_tuples and kind.cat == "list" and (tuple in known) != (list in known):
        low.refuse(node, "whether this is a list or a tuple is not known", "ask for both, or for np.ndarray")
    several = kind.met and kind.is_scalar and len({issubclass(c, tuple(known)) for c in _SCALARS}) > 1
    if cls is not None and len(known) == len(classes) and not several:
        of_none = issubclass(type(None), tuple(known))
        return _of_optional(low, value, issubclass(cls, tuple(known)), of_none, node)
    if kind.cat == "num" and known == [np.ndarray]:
        operands = (low.atom(value, node), low.atom(args[1], node))
        return low.emit(Call("isinstance", operands), K.BOOL, node, hint)
    return low.emit(Call("isinstance", (low.atom(value, node), low.variable(args[1]))), K.BOOL, node, hint)


def _class_as_known(low: State, value: Value, kind: Kind) -> Any:
    """The class of a value, None where it is not known."""
    obj = live_object(low, value)
    if obj is not None:
        return type(obj)
    if kind.cls is not None:
        if isinstance(value, Var) and value.name in low.narrowed:  # in a method of one of several classes
            return low.narrowed[value.name]
        return dict if low.row_keys_of(value) else tuple if links.arity(low, value) else kind.cls
    if kind.cat == "npscalar":
        return np.dtype(kind.dtype).type if kind.dtype not in ("float", "int", "complex") else None
    if isinstance(value, Var) and value.name in low.generators:  # a random generator that is made here
        return low.generators[value.name]
    return CLASSES.get(kind.cat)


def _of_optional(low: State, value: Value, answer: bool, of_none: bool, node: ast.AST) -> Value:
    """The answer to a question about what a value is; None, which it may be instead, has another one."""
    if isinstance(value, Group) and maybes.is_maybe(value) and answer != of_none:
        flag = maybes.asked(low.facts, value)
        return flag if answer else low.emit(Call("not", (low.atom(flag),)), K.BOOL, node)
    if not low.kind(value).optional or answer == of_none:
        return Const(answer)
    return low.emit(Call("isnot" if answer else "is", (low.atom(value, node), Const(None))), K.BOOL, node)


def _is_dict_class(value: Value) -> bool:
    cls = value.obj if isinstance(value, Ref) else None
    return isinstance(cls, type) and issubclass(cls, dict) and cls is not dict


def _tuple(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not args:
        return Group("tuple", [])
    args = [iterated(low, args[0], node)]
    kind = low.kind(args[0])
    item = kind.items[0] if kind.cat == "list" and kind.items else None
    varies = item is not None and item.cat not in ("object", "slice") and K.carries(item)
    if kind.cat == "list" and isinstance(args[0], Var) and varies:
        return low.joined_tuples(Group("list", []), args[0], node, hint)
    if kind == K.RANGE:
        kind = K.list_of(K.INT)
    if kind.cat == "tuple" and kind.every is not None:
        return args[0]  # a tuple of any length is itself
    if _is_long(kind) and kind.rank == 1 and not kind.inexact:  # may be a key
        of = low.atom(args[0])
        return low.emit(
            Call("call", (Ref("tuple", tuple), of)), K.tuple_of(K.num((), kind.dtype), None), node, hint
        )
    if _is_long(kind):
        return low.as_tuple(_list(low, args, {}, node, hint))
    if kind.cat == "list" and isinstance(args[0], Var):
        result = Kind("tuple", items=None, every=(kind.items or (None,))[0])
        return low.emit(Call("call", (Ref("tuple", tuple), args[0])), result, node, hint)
    return Group("tuple", low.unpack(args[0], None, node))


def _is_long(kind: Kind) -> bool:
    """Whether a value is an array whose rank is known, and its length is not."""
    return kind.is_number and bool(kind.shape) and not isinstance((kind.shape or (0,))[0], int)


def _list(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not args:
        return Group("list", [])
    args = [iterated(low, args[0], node)]
    kind = low.kind(args[0])
    if kind.cat == "list" and isinstance(args[0], Var):
        kind = dataclasses.replace(kind, dtype="")
        return low.emit(Call("list", (args[0],), (), "list"), kind, node, hint)
    if kind.cat in ("range", "object") and not isinstance(args[0], Group):
        item = K.INT if kind.cat == "range" else K.OBJECT
        return low.emit(Call("list", (low.atom(args[0], node),), (), "list"), K.list_of(item), node, hint)
    if _is_long(kind):
        item = K.num((kind.shape or ())[1:], kind.dtype)
        return low.emit(
            Call("list", (low.atom(args[0]),), (), "list"), K.list_of(K.anonymous(item)), node, hint
        )
    return Group("list", low.unpack(args[0], None, node))


def _range(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.emit(Call("range", tuple(low.atom(a, node) for a in args)), K.RANGE, node, hint)


def _slice(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    atoms = tuple(low.atom(a, node) for a in args)
    return low.emit(Call("call", (Ref("slice", slice), *atoms)), K.SLICE, node, hint)


def _partial(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Part(args[0], args[1:], kwargs)


def bound_by(low: State, fn: Ref) -> tuple[list[Value], dict[str, Value]]:
    """What an outside partial binds. All of it can be exchanged."""
    obj: functools.partial[Any] = fn.obj

    def by_identity() -> list[Any]:
        return [id(obj.func), *map(id, obj.args), *[(k, id(v)) for k, v in obj.keywords.items()]]

    low.depend(("keywords", id(obj)), by_identity, by_identity(), fn.text, same=True)
    first = [low.live_value(f"{fn.text}.args[{i}]", v) for i, v in enumerate(obj.args)]
    return first, {k: low.live_value(f"{fn.text}.keywords[{k!r}]", v) for k, v in obj.keywords.items()}


def _getattr(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not (isinstance(args[1], Const) and isinstance(args[1].value, str)):
        low.refuse(node, "getattr gets a computed name", "use a literal name")
    name, obj = args[1].value, live_object(low, args[0])
    if len(args) == 3 and obj is not None and not _has_now(low, args[0], obj, name, node):
        return args[2]
    if len(args) == 3 and obj is None and _has(low, args[0], name) is False:
        return _tried(low, args[0], name, "found", args[2], node)
    if len(args) == 3 and low.kind(args[0]).is_number and low.class_of(args[0]) is None:
        if not any(hasattr(cls, name) for cls in (np.ndarray, np.float64, complex)):
            return args[2]
        found = _hasattr(low, args[:2], {}, node, "")
        held = functools.partial(low.attribute, args[0], name, node, hint)
        return low.choose(found, held, lambda: args[2], node, hint)
    return low.attribute(args[0], name, node, hint)


def _has_now(low: State, value: Value, obj: Any, name: Any, node: ast.AST) -> bool:
    """Whether an outside object has an attribute, on which the text relies."""
    if low.kept and (known := mirrors.is_set(low, value, obj, name, node)) is not None:
        return known
    found = hasattr(obj, name)
    low.depend(("has", id(obj)), lambda: hasattr(obj, name), found, name, same=True)
    return found


def _has(low: State, value: Value, name: str) -> bool | None:
    """Whether an object or record that is known here has an attribute; None for all else."""
    cls = low.class_of(value)
    if cls is None:
        return None
    held = opened(value)
    keys = held.keys if isinstance(held, Group) else low.kind(value).dtype.split(",")
    return name in keys or static_attribute(cls, name) is not ABSENT


def _tried(
    low: State, value: Value, name: str, result: str, default: Value, node: ast.AST
) -> Value:
    """An attribute, or what is said of it, that only the `__getattr__` of a class may give."""
    if name.startswith("__") or class_method(low, low.class_of(value), "__getattr__") is None:
        return default
    entries = opened(low.contents(value, node))
    if isinstance(entries, Group) and entries.cat == "dict" and name not in entries.keys:
        return default  # an item that is an attribute
    source = rule_source("attribute", ATTRIBUTE.format(name=name, result=result))
    return low.inline(source, source.node, {"held": value, "default": default}, None, "attribute")


ATTRIBUTE = """
def attribute(held, default):
    try:
        found = held.{name}
    except AttributeError:
        return default
    return {result}
"""


def _hasattr(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    obj = live_object(low, args[0])
    if obj is not None and isinstance(args[1], Const):
        return Const(_has_now(low, args[0], obj, args[1].value, node))
    if isinstance(args[1], Const) and (known := _has(low, args[0], args[1].value)) is not None:
        return Const(True) if known else _tried(low, args[0], args[1].value, "True", Const(False), node)
    kind = low.kind(args[0])
    if kind.cat in CLASSES and not kind.met and isinstance(args[1], Const):
        name = args[1].value
        return _of_optional(low, args[0], hasattr(CLASSES[kind.cat], name), hasattr(None, name), node)
    return low.emit(Call("hasattr", (low.atom(args[0], node), low.atom(args[1], node))), K.BOOL, node, hint)


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
    if isinstance(args[0], Var) and low.kind(args[0]).cat == "object":
        return low.emit(Call("call", (Ref("callable", callable), args[0])), K.BOOL, node, hint)
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


def _setattr(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not (len(args) == 3 and isinstance(args[1], Const)):
        what = "setattr gets a name that is not known before the call"
        low.refuse(node, what, "keep the values in a dict, or loop over names that are written out")
    low.set_attribute(args[0], args[1].value, low.settled(args[2], node), node)
    return Const(None)


def _set_past(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """`object.__setattr__(self, name, value)`, as frozen dataclasses do in __post_init__."""
    if not (len(args) == 3 and isinstance(args[1], Const) and isinstance(args[0], Local)):
        low.refuse(node, "an attribute is set past its class", "use a local name and return it")
    low.hold_item(args[0], args[1].value, low.settled(args[2], node), node)
    return Const(None)


def _nothing(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Const(None)


def _super(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.super_object(args, node)


def _type(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    refuse_several(low, args[0], "__class__", node)
    cls = low.class_of(args[0])
    cls = real(cls) or cls if cls is not None else CLASSES.get(low.kind(args[0]).cat)
    cls = dict if low.row_keys_of(args[0]) else tuple if links.arity(low, args[0]) else cls
    if low.kind(args[0]).met and low.kind(args[0]).is_scalar:
        cls = None
    if cls is not None and low.kind(args[0]).optional:
        low.refuse(node, "the type of what may be None is asked for", "ask by isinstance, or by `is None`")
    if cls is None or len(args) != 1:
        atoms = tuple(low.variable(a, node) for a in args)
        call = Call("type", atoms) if len(args) == 1 else Call("call", (Ref("type", type), *atoms))
        return low.emit(call, K.OBJECT, node, hint)
    return Ref(cls.__name__, cls)


def _replace(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.replaced(args[0], kwargs, node)


def _copy(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if low.kind(args[0]).cat == "list" and not isinstance(args[0], Local | Group):
        return _list(low, args, kwargs, node, hint)
    return low.copied(args[0], False, node)


def _deepcopy(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.copied(args[0], True, node)


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


def _set(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if len(args) == 1 and low.kind(args[0]).cat == "list":
        return low.made_set(args[0], node, hint)
    atoms = tuple(low.variable(a, node) for a in args)
    return low.emit(Call("call", (Ref("set", set), *atoms)), K.OBJECT, node, hint)


def _wraps(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """A decorator that changes nothing but the name of what it is given."""
    return Ref("wraps", itself)


def itself(fun: Any) -> Any:
    """What functools.wraps makes of a function, but for its name."""
    return fun


def _sum(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    args = [iterated(low, args[0], node), *args[1:]]
    held = opened(args[0])
    if isinstance(held, Group) and held.cat == "tuple":
        args = [held := Group("tuple", held.items), *args[1:]]
    start = args[1] if len(args) > 1 else kwargs.get("start", Const(0))
    if isinstance(held, Group) and not held.items:
        return start
    if isinstance(held, Group) and any(low.class_of(item) is not None for item in (*held.items, start)):
        for item in held.items:
            start = low.binary("add", start, item, node)
        return start
    made = total(low, args[0], start, node)
    if made is not None:
        return made
    if low.kind(start).cat in ("list", "tuple"):
        return _joined(low, args[0], start, node)
    return low.apply("sum", [held, *args[1:]], kwargs, node, form="", hint=hint)


def _joined(low: State, xs: Value, start: Value, node: ast.AST) -> Value:
    """`sum(rows, [])`: one list of the elements of all; of tuples that are known here one tuple."""
    held, begun = opened(xs), opened(start)
    if isinstance(held, Group) and low.kind(start).cat == "tuple":
        for item in held.items:
            start = low.binary("add", start, item, node)
        return start
    written = isinstance(node, ast.Call) and any(isinstance(a, ast.List) for a in node.args[1:])
    if not written or not isinstance(begun, Group) or begun.cat != "list":
        low.refuse(node, "sum() joins sequences from a start that has a name", "write sum(rows, [])")
    text = "made = list(start)\nfor row in rows:\n    made.extend(row)"
    return low.script(text, node, "made", start=start, rows=xs, list=Ref("list", list))


def _new(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`object.__new__(cls)`: an object that holds nothing yet."""
    cls = args[0].obj if len(args) == 1 and isinstance(args[0], Ref) else None
    if not isinstance(cls, type) or not is_plain(cls):
        low.refuse(node, "an object is made of a class that is not known here", "call the class")
    return low.made("object", [], [], cls)


def _bool(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`bool(x)`: of a dict, list or tuple that is made here, whether it holds something."""
    known = low.static_truth(args[0]) if len(args) == 1 and isinstance(opened(args[0]), Group) else None
    return low.apply("bool", args, kwargs, node, hint=hint) if known is None else Const(known)


def _hash(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`hash(x)`: of a number it is a number that jumps everywhere, which is no constant."""
    if len(args) != 1 or kwargs or not K.carries(low.kind(args[0])):
        return low.apply("hash", args, kwargs, node, hint=hint)
    return low.emit(Call("call", (Ref("hash", hash), low.variable(args[0], node))), K.OBJECT, node, hint)


def _operator(text: str) -> Callable[..., Value]:
    """A function of the module operator that has no rule of its own, as what stands for it."""

    def lowered(
        low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        if len(args) != 2 or kwargs:
            low.refuse(node, "this takes two operands", f"write {text}")
        return low.script(f"made = {text}", node, "made", a=args[0], b=args[1])

    return lowered


def _first(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return args[0]


SPECIAL: dict[Any, Callable[..., Value]] = {
    print: _print, len: _len, isinstance: _isinstance, tuple: _tuple, list: _list, range: _range,
    functools.partial: _partial, getattr: _getattr, hasattr: _hasattr, map: _map, zip: _zip, enumerate:
    _enumerate, reversed: _reversed, callable: _callable, any: _any_all(True), all: _any_all(False),
    slice: _slice, next: lower_next, iter: lower_iter, setattr: _setattr, eval: _code, exec: _code,
    locals: _names, globals: _names, np.copyto: _copyto, set: _set, super: _super, type: _type,
    functools.wraps: _wraps, itself: _first, sum: _sum, object.__init__: _nothing, object.__new__: _new,
    object.__setattr__: _set_past, dataclasses.replace: _replace, copy.copy: _copy, copy.deepcopy: _deepcopy,
    bool: _bool, hash: _hash, operator.matmul: _operator("a @ b"), operator.getitem: _operator("a[b]"),
    **COTANGENTS, **DTYPES, **FUNCTIONS,
}  # fmt: skip

__all__ = ["SPECIAL", "bound_by", "random_kind"]
