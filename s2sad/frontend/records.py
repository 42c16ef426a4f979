"""What the standard library does with objects and functions: dataclasses, namespaces, getters, enumerations.

    asdict(p)                        {"x": p.x, "v": p.v}
    SimpleNamespace(a=x)             an object that holds a
    methodcaller("dot", c)(x)        x.dot(c)
    Color("red")                     Color.RED

Each entry of `FUNCTIONS` lowers the calls of one function; what is not known here, or holds more than
numbers, arrays and containers of them, is refused.
"""

from __future__ import annotations

import ast
import collections
import dataclasses
import enum
import functools
import operator
import types
from collections.abc import Callable
from typing import Any

from s2sad.frontend import numbered
from s2sad.frontend.state import Group, Local, Part, State, Value, opened
from s2sad.ir.nodes import Const, Ref

Lowered = Callable[[State, list[Value], dict[str, Value], ast.AST, str], Value]


def fields_of(low: State, value: Value, node: ast.AST) -> dict[str, Value]:
    """What an object that is made here, or is an argument, holds: of a dataclass its fields."""
    cls = value.obj if isinstance(value, Ref) and isinstance(value.obj, type) else low.class_of(value)
    if cls is not None and dataclasses.is_dataclass(cls):
        return {f.name: low.attribute(value, f.name, node) for f in dataclasses.fields(cls)}
    if isinstance(value, Local) and value.cls is not None:
        pairs = zip(value.group.keys, value.group.items, strict=True)
        return {str(name): item for name, item in pairs if name != "s2sad_held"}
    if cls is not None and numbered.is_number_of(low.kind(value)):
        known = low.numbered.get(low.families.get(cls, cls), ())
        return {n: low.attribute(value, n, node) for n in known if n != numbered.CLASS}
    low.refuse(node, "the attributes of this object are not known here", "name them one by one")


def _converted(low: State, value: Value, node: ast.AST, whole: Callable[[dict[str, Value]], Value]) -> Value:
    """A copy of a value with dataclasses in it converted too, as asdict and astuple make it."""
    cls = low.class_of(value)
    if cls is not None and dataclasses.is_dataclass(cls):
        held = fields_of(low, value, node)
        return whole({n: _converted(low, v, node, whole) for n, v in held.items()})
    inner = opened(value)
    if isinstance(inner, Group) and inner.cat in ("list", "tuple"):
        items = [_converted(low, i, node, whole) for i in inner.items]
        return low.settled(Group(inner.cat, items, inner.keys, inner.cls), node)
    if isinstance(inner, Group) and inner.cat == "dict":
        return low.made("dict", [_converted(low, i, node, whole) for i in inner.items], list(inner.keys))
    return low.copied(value, True, node)


def _asdict(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return _converted(low, args[0], node, lambda held: low.made("dict", list(held.values()), list(held)))


def _astuple(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return _converted(low, args[0], node, lambda held: Group("tuple", list(held.values())))


def _fields(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    value = args[0]
    cls = value.obj if isinstance(value, Ref) and isinstance(value.obj, type) else low.class_of(value)
    if cls is None or not dataclasses.is_dataclass(cls):
        low.refuse(node, "fields() of something that is no dataclass", "name the fields")
    return Group("tuple", [Ref(f"fields({cls.__name__})", f) for f in dataclasses.fields(cls)])


def _namespace(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if args:
        low.refuse(node, "SimpleNamespace gets a dict", "pass its entries by keyword")
    held = {k: low.settled(v, node) for k, v in kwargs.items()}
    made = low.made("object", list(held.values()), list(held), types.SimpleNamespace)
    return numbered.number(low, made, node)


def _vars(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if len(args) != 1:
        low.refuse(node, "names are read as a dict", "use the names themselves")
    if isinstance(args[0], Ref) and not isinstance(args[0].obj, type):
        return low.attribute(args[0], "__dict__", node)
    held = fields_of(low, args[0], node)
    return Group("dict", list(held.values()), list(held))


def update_attributes(holder: Any, *others: Any, **values: Any) -> None:
    """What `holder.__dict__.update(...)` does."""
    holder.__dict__.update(*others, **values)


def _update(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    values: dict[str, Value] = {}
    for other in args[1:]:
        kind = low.kind(other)
        if kind.cat != "dict" or not all(isinstance(k, str) for k in kind.keys):
            what = "attributes are set from something whose keys are not known"
            low.refuse(node, what, "set them one by one")
        values.update({k: low.getitem(other, Const(k), node) for k in kind.keys})
    for name, value in {**values, **kwargs}.items():
        low.set_attribute(args[0], name, low.settled(value, node), node)
    return Const(None)


# ---- functions


def call_method(name: str, args: Any, words: Any, value: Any) -> Any:
    """What operator.methodcaller makes."""
    return getattr(value, name)(*args, **words)


def _methodcaller(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    words = Group("dict", list(kwargs.values()), list(kwargs))
    return Part(Ref("methodcaller", call_method), [args[0], Group("tuple", args[1:]), words], {})


def _call_method(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    name, given, words, value = args
    assert isinstance(name, Const) and isinstance(given, Group) and isinstance(words, Group)
    method = low.attribute(value, name.value, node)
    return low.call_value(method, given.items, dict(zip(words.keys, words.items, strict=True)), node, hint)


def item_of(keys: Any, value: Any) -> Any:
    """What operator.itemgetter makes."""
    return operator.itemgetter(*keys)(value)


def attribute_of(names: Any, value: Any) -> Any:
    """What operator.attrgetter makes."""
    return operator.attrgetter(*names)(value)


def _getter(fn: Any) -> Lowered:
    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        return Part(Ref(fn.__name__, fn), [Group("tuple", list(args))], {})

    return lowered


def _each(low: State, keys: Value, get: Callable[[Value], Value]) -> Value:
    assert isinstance(keys, Group)
    made = [get(k) for k in keys.items]
    return made[0] if len(made) == 1 else Group("tuple", made)


def _item_of(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return _each(low, args[0], lambda key: low.getitem(args[1], key, node))


def _attribute_of(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    def read(name: Value) -> Value:
        if not (isinstance(name, Const) and isinstance(name.value, str)):
            low.refuse(node, "attrgetter gets a computed name", "use a literal name")
        return functools.reduce(lambda v, n: low.attribute(v, n, node), name.value.split("."), args[1])

    return _each(low, args[0], read)


# ---- classes


def _namedtuple(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """A class of tuples that is made in the function, from names that are known."""
    defaults = kwargs.pop("defaults", Group("tuple", []))
    given = [low.unpack(a, None, node) if isinstance(a, Group | Local) else [a] for a in args]
    parts = [v.value for part in given for v in part if isinstance(v, Const)]
    values = [v.value for v in low.unpack(defaults, None, node) if isinstance(v, Const)]
    if kwargs or len(args) != 2 or not all(isinstance(p, str) for p in parts):
        what = "a namedtuple whose fields are not known is made"
        low.refuse(node, what, "define it at the top of the file")
    return Ref(parts[0], _made_tuple(parts[0], " ".join(parts[1:]), tuple(values)))


@functools.lru_cache(maxsize=256)
def _made_tuple(name: str, names: str, defaults: tuple[Any, ...]) -> type:
    return collections.namedtuple(name, names, defaults=defaults)


def member(low: State, cls: Any, args: list[Value], node: ast.AST) -> Value | None:
    """`Color("red")`: a member of an enumeration by a value that is known; None for other calls."""
    if not (isinstance(cls, type) and issubclass(cls, enum.Enum) and len(args) == 1):
        return None
    value = args[0].value if isinstance(args[0], Const) else args[0].obj if isinstance(args[0], Ref) else None
    found = next((m for m in cls if m is value or m.value == value), None)
    if found is None:
        low.refuse(node, f"which member of {cls.__name__} this is is not known here", "pass the member")
    return Ref(f"{cls.__name__}.{found.name}", found)


def plain_value(value: Value) -> Value:
    """A namedtuple as the tuple that it is, and a member of an IntEnum as its integer."""
    if isinstance(value, Group) and value.cat == "tuple" and value.cls is not None:
        return Group("tuple", value.items)
    if isinstance(value, Ref) and isinstance(value.obj, enum.IntEnum):
        return Const(int(value.obj))
    return value


def known_key(value: Value) -> Value:
    """A tuple of constants as a constant, where a dict is read or written by it."""
    if isinstance(value, Group) and value.cat == "tuple" and value.cls is None and value.items:
        items = [known_key(item) for item in value.items]
        if all(isinstance(item, Const) for item in items):
            return Const(tuple(item.value for item in items if isinstance(item, Const)))
    return value


FUNCTIONS: dict[Any, Lowered] = {
    dataclasses.asdict: _asdict, dataclasses.astuple: _astuple, dataclasses.fields: _fields,
    types.SimpleNamespace: _namespace, vars: _vars, update_attributes: _update,
    operator.methodcaller: _methodcaller, call_method: _call_method, operator.itemgetter: _getter(item_of),
    operator.attrgetter: _getter(attribute_of), item_of: _item_of, attribute_of: _attribute_of,
    collections.namedtuple: _namedtuple,
}  # fmt: skip

__all__ = ["FUNCTIONS", "fields_of", "member", "plain_value", "update_attributes"]
