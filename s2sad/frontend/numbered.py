"""Objects of which only the program knows which is which: they are numbered, and each attribute is a list.

Where an object is one of several when the program runs (it is met along links, taken from a list whose length
is not known, chosen by a branch and then written), its name stands for a number, and what the objects of its
class hold stands in lists, one for each attribute:

    head = None                            node_v, node_next = [], []
    for v in x:                            head = None
        head = Node(v, head)               for v in x:
    while head is not None:                    node = len(node_v); node_v.append(v); node_next.append(head)
        s += head.v                            head = node
        head = head.next                   while head is not None:
                                               s += node_v[head]; head = node_next[head]

The kind of such a name is an int with a class. Objects of several classes that meet are numbered together; a
list of integers then says of which class each is, and methods are chosen by it. Takes classes of which
`State.numbered` says the attributes; a function is lowered once more when it turns out that a class, or an
attribute, has to be one of these. Nothing but what stands here may be done with the numbers.
"""

from __future__ import annotations

import ast
import functools
import types
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from s2sad.frontend.operators import class_method, static_attribute
from s2sad.frontend.values import (
    ABSENT,
    Choice,
    Group,
    Local,
    Method,
    Torn,
    Value,
    Written,
    holds_functions,
    same_value,
)
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Store, Tuple

if TYPE_CHECKING:
    from s2sad.frontend.state import State

CLASS = "class"  # the list that says of which class each object is: no attribute can have this name


@dataclass(slots=True)
class Numbering:
    """The classes whose objects are numbered, with their attributes, and those that are numbered together."""

    attributes: dict[type, tuple[str, ...]] = field(default_factory=dict)
    families: dict[type, type] = field(default_factory=dict)

    def add(self, cls: type, names: tuple[str, ...]) -> None:
        """Number the objects of a class, which have these attributes besides those that are known."""
        cls = self.families.get(cls, cls)
        known = self.attributes.get(cls, ())
        self.attributes[cls] = tuple(dict.fromkeys((*known, *names)))

    def unite(self, classes: tuple[type, ...]) -> None:
        """Number the objects of classes, or of families, together."""
        members = tuple(dict.fromkeys(m for c in classes for m in members_of(c)))
        made = type(" or ".join(m.__name__ for m in members), (), {"s2sad_members": members})
        names = dict.fromkeys(n for c in classes for n in self.attributes.pop(c, ()) if n != CLASS)
        self.attributes[made] = (CLASS, *names)
        self.families.update((m, made) for m in members)


def members_of(cls: type | None) -> tuple[type, ...]:
    """The classes of a family; of a class itself alone."""
    return getattr(cls, "s2sad_members", None) or (() if cls is None else (cls,))


def is_one_of_several(cls: type | None) -> bool:
    """Whether a class stands for several."""
    return len(members_of(cls)) > 1


def is_number_of(kind: Kind) -> bool:
    """Whether a kind is that of an object's number."""
    return kind.cat == "int" and kind.cls is not None


# --------------------------------------------------------------------------------------------- making objects


def begin(low: State) -> None:
    """Write the lists of all attributes of the numbered classes."""
    for cls, names in low.numbered.items():
        for name in names:
            if (cls, name) in low.lent:
                continue
            hint = f"{members_of(cls)[0].__name__.lower()}_{name.lstrip('_')}"
            low.fields[cls, name] = low.emit(Call("list", ()), K.list_of(None), None, hint)


def number(low: State, made: Local, node: ast.AST) -> Value:
    """The number of an object that has been made, whose attributes are appended to their lists.

    The object itself where those of its class are not numbered.
    """
    assert made.cls is not None
    cls = low.families.get(made.cls, made.cls)
    known = low.numbered.get(cls)
    if known is None:
        return made
    held: dict[str, Value] = dict(zip(made.group.keys, made.group.items, strict=True))
    if any(name not in known for name in held):
        raise Written(cls=cls, names=tuple(held))
    if not known:
        return made
    if is_one_of_several(cls):
        held[CLASS] = Const(members_of(cls).index(made.cls))
    first = next((n for n in known if (cls, n) not in low.common), None)
    if first is None:
        low.refuse(node, f"a {cls.__name__} holds nothing but functions", "use a name for each")
    length = Call("len", (_list(low, cls, first, node),))
    result = low.emit(length, replace(K.INT, cls=cls), node, made.cls.__name__.lower())
    for name in known:
        value = held.get(name, Const(None))
        value = result if isinstance(value, Local) and value.number == made.number else value
        if (cls, name) in low.options:
            low.append(_list(low, cls, name, node), _place(low, cls, name, value, node), node)
        elif holds_functions(value) and not isinstance(value, Local):
            _keep(low, cls, name, value, node)
        elif (cls, name) in low.common and name not in held:
            continue
        else:
            low.append(_list(low, cls, name, node), value, node)
            _check_lists(low, cls, name, node)
    return result


def _list(low: State, cls: type, name: str, node: ast.AST | None) -> Atom:
    if (cls, name) not in low.fields or (cls, name) in low.common:
        what = f"a {cls.__name__} is used in a function that is kept apart, or its {name!r} is a function"
        low.refuse(node, what, "pass what the object holds, and write methods")
    return low.fields[cls, name]


def _check_lists(low: State, cls: type, name: str, node: ast.AST | None) -> None:
    """Refuse lists that may be None, of which the reverse sweep finds no shadows."""
    items = low.kind(low.fields[cls, name]).items
    if items and items[0].cat == "list" and items[0].optional:
        what = f"the attribute {name!r} of a {cls.__name__} is a list, or None"
        low.refuse(node, what, "use an empty list in place of None")


def _keep(low: State, cls: type, name: str, value: Value, node: ast.AST) -> None:
    """Note a function that all objects of a class hold."""
    known = low.common.setdefault((cls, name), value)
    if not same_value(known, value):
        _want_options(low, cls, name, [known, value])
        what = f"the attribute {name!r} of several objects of {cls.__name__} is a function, and not the same"
        low.refuse(node, what, "write a method that branches on a number")


def _want_options(low: State, cls: type, name: str, values: list[Value]) -> None:
    """Lower once more with an attribute that holds one of several outside functions or members."""
    found = list(low.options.get((cls, name), ()))
    for value in [v for one in values for v in (one.items if isinstance(one, Choice) else [one])]:
        if not isinstance(value, Ref):
            return
        if not any(same_value(value, other) for other in found):
            found.append(value)
    raise Written(options={(cls, name): tuple(found)})


def _place(low: State, cls: type, name: str, value: Value, node: ast.AST) -> Atom:
    """What stands for one of several functions in the list of an attribute: its place among them."""
    options = low.options[cls, name]
    places: list[Atom] = []
    for item in value.items if isinstance(value, Choice) else [value]:
        place = next((i for i, o in enumerate(options) if same_value(o, item)), None)
        if place is None:
            _want_options(low, cls, name, [value])
            what = f"the attribute {name!r} of several objects of {cls.__name__} is a function, or none"
            low.refuse(node, what, "use an attribute for each")
        places.append(Const(place))
    if not isinstance(value, Choice):
        return places[0]
    return low.emit(Call("getitem", (Tuple(tuple(places)), value.index)), K.INT, node)


@dataclass(frozen=True, slots=True)
class Taken:
    """A function that is made in the program, as an argument: what it reads is passed in its place.

    `places` and `words` are the parameters that stand for its first arguments, and for those by keyword.
    """

    name: str
    fn: Ref
    places: tuple[str, ...]
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stood:
    """A dict with computed keys, or a deque, as an argument: its lists are passed in its place."""

    name: str
    cls: type
    parts: tuple[tuple[str, str], ...]  # the attributes, and the parameters that stand for them


@dataclass(frozen=True, slots=True)
class Lent:
    """The lists of numbered objects that a function takes from its caller, by the names of its parameters.

    `functions` are those among its arguments that are made in the program, `tables` the stand-ins.
    """

    lists: tuple[tuple[tuple[type, str], str], ...]
    families: tuple[tuple[type, type], ...]
    classes: tuple[type, ...] = ()
    functions: tuple[Taken, ...] = ()
    tables: tuple[Stood, ...] = ()
    options: tuple[tuple[tuple[type, str], tuple[Value, ...]], ...] = ()
    links: Any = None  # the tuples that are numbered (see `links`)

    def numbering(self) -> Numbering:
        """The classes, as the caller knows them."""
        made = Numbering(dict.fromkeys(self.classes, ()), dict(self.families))
        for (cls, name), _ in self.lists:
            made.attributes[cls] = (*made.attributes.get(cls, ()), name)
        return made


def lend(low: State, taken: list[str]) -> tuple[Lent, list[Atom]]:
    """What a function that calls itself is passed of numbered objects, beside the parameters `taken`."""
    pairs: list[tuple[tuple[type, str], str]] = []
    for cls, name in low.fields:
        parameter = f"{members_of(cls)[0].__name__.lower()}_{name.lstrip('_')}"
        while parameter in taken or any(parameter == p for _, p in pairs):
            parameter += "_"
        pairs.append(((cls, name), parameter))
    lent = Lent(
        tuple(pairs), tuple(low.families.items()), tuple(low.numbered),
        options=tuple(low.options.items()), links=low.links,
    )  # fmt: skip
    return lent, list(low.fields.values())


# ------------------------------------------------------------------------------------------------- attributes


def attribute(low: State, base: Value, name: str, node: ast.AST, hint: str) -> Value:
    """An attribute of a numbered object."""
    cls, owner = low.kind(base).cls, low.class_of(base)
    assert cls is not None and owner is not None
    members = members_of(owner)
    found = [static_attribute(m, name) for m in members]
    if name == "__class__" and len(members) == 1:
        return Ref(owner.__name__, owner)
    if not any(isinstance(f, property) for f in found):
        if (cls, name) in low.common:
            return low.common[cls, name]
        if (cls, name) in low.options:
            place = low.getitem(_list(low, cls, name, node), base, node)
            return Choice(low.atom(place), list(low.options[cls, name]))
        if name in low.numbered.get(cls, ()):
            return low.getitem(_list(low, cls, name, node), base, node, hint or name)
    if len(members) == 1:
        return low.class_attribute(base, owner, name, node, hint)
    tag = low.getitem(_list(low, cls, CLASS, node), base, node)
    if all(isinstance(f, types.FunctionType) for f in found):
        methods = [low.class_attribute(base, m, name, node, "") for m in members]
        items: list[Value] = [
            replace(v, cls=m) if isinstance(v, Method) else v for v, m in zip(methods, members, strict=True)
        ]
        return Choice(low.atom(tag), items)
    have = [k for k, f in enumerate(found) if f is not ABSENT]
    if have and len(have) < len(members):
        _check(low, tag, members, have, name, node)
    return _one_of(low, base, tag, have, name, node, hint)


def _check(
    low: State, tag: Value, members: tuple[type, ...], have: list[int], name: str, node: ast.AST
) -> None:
    """Raise what Python raises where the class of an object has no attribute of a name."""
    lacking = [k for k in range(len(members)) if k not in have]
    call = Call("in", (low.atom(tag), Tuple(tuple(Const(k) for k in lacking))))
    if len(lacking) == 1:
        call = Call("eq", (low.atom(tag), Const(lacking[0])))
    without = low.emit(call, K.BOOL, node)

    def fail() -> None:
        said = f"{members[lacking[0]].__name__!r} object has no attribute {name!r}"
        made = low.emit(Call("call", (Ref("AttributeError", AttributeError), Const(said))), K.OBJECT, node)
        low.do(Call("raise", (made,)), node)

    low.branch(without, fail, lambda: None, node)


def _one_of(
    low: State, base: Value, tag: Value, places: list[int], name: str, node: ast.AST, hint: str
) -> Value:
    """A property or a constant of the class that an object has: an if-chain over the classes."""
    members = members_of(low.kind(base).cls)
    member = members[places[0] if places else 0]

    def here() -> Value:
        return _narrowed(low, base, member, lambda: low.class_attribute(base, member, name, node, ""))

    if len(places) < 2:
        return here()
    found = low.compare("eq", tag, Const(places[0]), node)
    return low.choose(found, here, lambda: _one_of(low, base, tag, places[1:], name, node, ""), node, hint)


def _narrowed(low: State, base: Value, cls: type, run: Any) -> Value:
    """Run with an object known to be of one class of its family."""
    name = getattr(base, "name", "")
    before = dict(low.narrowed)
    low.narrowed[name] = cls
    try:
        made: Value = run()
    finally:
        low.narrowed = before
    return made


def call_narrowed(
    low: State, fn: Method, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """A call of the method of one class of a family."""
    assert fn.cls is not None
    given = [fn.self, *args]
    return _narrowed(low, fn.self, fn.cls, lambda: low.call_value(fn.fn, given, kwargs, node, hint))


def set_attribute(low: State, base: Value, name: str, value: Value, node: ast.AST) -> None:
    """`base.name = value` of a numbered object."""
    cls = low.kind(base).cls
    assert cls is not None
    if name not in low.numbered.get(cls, ()):
        raise Written(cls=cls, names=(name,))
    if holds_functions(value) and not isinstance(value, Local) and (cls, name) not in low.options:
        _keep(low, cls, name, value, node)
        return
    xs = _list(low, cls, name, node)
    has_options = (cls, name) in low.options
    stored = _place(low, cls, name, value, node) if has_options else low.element(value, node)
    low.grow(xs, low.kind(stored))
    _check_lists(low, cls, name, node)
    low.heap.hold(getattr(xs, "name", ""), stored)
    low.block.append(Store(xs, low.atom(base, node), stored, "", low.span(node)))
    low.sure.add(low.block[-1])  # the object is there


def of_classes(low: State, value: Value, classes: Value, node: ast.AST) -> Value:
    """`isinstance` of an object of one of several classes."""
    cls = low.class_of(value)
    one = isinstance(classes, Ref) and isinstance(classes.obj, type)
    given = [classes] if one else low.unpack(classes, None, node)
    known = tuple(c.obj for c in given if isinstance(c, Ref) and isinstance(c.obj, type))
    if cls is None or len(known) < len(given):
        low.refuse(node, "the classes of isinstance() are not known here", "name them")
    members = [dict if getattr(m, "s2sad_keys", ()) else m for m in members_of(cls)]
    places = [k for k, m in enumerate(members) if issubclass(m, known)]
    if len(places) in (0, len(members)):
        return Const(bool(places))
    return is_among(low, value, places, node)


def is_among(low: State, value: Value, places: list[int], node: ast.AST) -> Value:
    """Whether an object is of one of these of the classes of its family."""
    cls = low.kind(value).cls
    assert cls is not None
    return _is_among(low, low.getitem(_list(low, cls, CLASS, node), value, node), places, node)


def _is_among(low: State, tag: Value, places: list[int], node: ast.AST) -> Value:
    if len(places) == 1:
        return low.compare("eq", tag, Const(places[0]), node)
    return low.emit(Call("in", (low.atom(tag), Tuple(tuple(Const(k) for k in places)))), K.BOOL, node)


# ---------------------------------------------------------------------------------------- what objects can do


def compared(low: State, op: str, left: Value, right: Value, node: ast.AST) -> Value | None:
    """`==` and `is` of numbered objects: of the same class the numbers are equal; None for all else."""
    if isinstance(left, Choice) or isinstance(right, Choice):
        return _chosen_compared(low, op, left, right, node)
    a, b = low.kind(left), low.kind(right)
    classes = [_shown(k.cls) in ("dict", "tuple") or k.cat == "none" for k in (a, b)]
    plain = all(classes) and "none" in (a.cat, b.cat)  # a dict is no None
    if op in ("eq", "ne") and not plain and any(has_equality(low.class_of(v)) for v in (left, right)):
        return None
    if op in ("eq", "ne") and isinstance(left, Local) and isinstance(right, Local):
        return low.compare({"eq": "is", "ne": "isnot"}[op], left, right, node)
    if not (is_number_of(a) or is_number_of(b)) or op not in ("is", "isnot", "eq", "ne"):
        return None
    if a.cls is not b.cls and "none" not in (a.cat, b.cat):
        return Const(op in ("isnot", "ne")) if not (a.optional and b.optional) else None
    if "none" in (a.cat, b.cat):
        op = {"eq": "is", "ne": "isnot"}.get(op, op)
    else:
        op = {"is": "eq", "isnot": "ne"}.get(op, op)
    return low.emit(Call(op, (low.atom(left, node), low.atom(right, node))), K.BOOL, node)


def _chosen_compared(low: State, op: str, left: Value, right: Value, node: ast.AST) -> Value:
    """A comparison with one of several functions or members of enumerations."""
    choice = left if isinstance(left, Choice) else right
    assert isinstance(choice, Choice)
    pairs = [(item, right) if choice is left else (left, item) for item in choice.items]
    found = [low.compare(op, one, two, node) for one, two in pairs]
    places = [k for k, f in enumerate(found) if f == Const(True)]
    if not all(isinstance(f, Const) for f in found):
        return low.columns(Group("tuple", found), node)(choice.index)
    if len(places) in (0, len(found)):
        return Const(bool(places))
    return _is_among(low, choice.index, places, node)


def has_equality(cls: type | None) -> bool:
    """Whether a class says itself which of its objects are equal."""
    return any(static_attribute(m, "__eq__") is not object.__eq__ for m in members_of(cls))


def truth(low: State, value: Value, node: ast.AST) -> Atom:
    """Whether a numbered object is not None."""
    if not low.kind(value).optional:
        return Const(True)
    return low.emit(Call("isnot", (low.atom(value, node), Const(None))), K.BOOL, node)


def copied(low: State, value: Value, deep: bool, node: ast.AST) -> Value:
    """`copy.copy` of a numbered object: another one that holds the same."""
    refuse_several(low, value, "copy", node)
    cls = low.class_of(value)
    assert cls is not None
    names = [n for n in low.numbered[low.families.get(cls, cls)] if n != CLASS]
    items = [attribute(low, value, name, node, "") for name in names]
    if deep:
        if any(is_number_of(low.kind(i)) for i in items):
            what = f"a {cls.__name__} is copied with the objects that it holds"
            low.refuse(node, what, "copy them one by one")
        items = [low.copied(item, True, node) for item in items]
    made = low.made("object", items, names, cls)
    return number(low, made, node)


# --------------------------------------------------------------------------------------------------- refusals


def refuse_several(low: State, value: Value, name: str, node: ast.AST) -> None:
    """Refuse what is not known of an object of one of several classes."""
    cls = low.class_of(value)
    found = [static_attribute(m, name) for m in members_of(cls)]
    alike = all(f is found[0] for f in found) or all(f is ABSENT for f in found)
    if cls is not None and is_one_of_several(cls) and (name.startswith("__") or not alike):
        what = f"{name!r} is wanted of an object that is a {cls.__name__}"
        low.refuse(node, what, "write a method of each class")


def refuse_defined(low: State, value: Value, names: tuple[str, ...], node: ast.AST) -> None:
    """Refuse an object of one of several classes, some of which define one of these methods."""
    members = members_of(low.class_of(value))
    if len(members) > 1 and any(class_method(low, m, n) is not None for m in members for n in names):
        cls = low.class_of(value)
        what = f"the truth of an object that is a {getattr(cls, '__name__', '')} is asked for"
        low.refuse(node, what, "write a method of each class, or compare with None")


def refuse_as_number(low: State, values: list[Value], node: ast.AST) -> None:
    """Refuse objects of which only the numbers are known, where code wants the objects."""
    for value in values:
        cls = number_in(low.kind(value))
        if cls is not None:
            what = f"a {_shown(cls)} that is made here is used as a whole"
            low.refuse(node, what, "use its fields, or make a tuple of them")


def torn(name: str, *kinds: Kind) -> Torn | None:
    """What a name holds that is an object or a display on one path, and something else on another.

    Numbers in a list beside arrays are left: functions of NumPy take the one as the other.
    """
    held = [k for k in kinds if k.cat not in ("none", "bottom")]
    cls = next((k.cls for k in held if is_number_of(k)), None)
    display = next((k.cat for k in held if _is_display(k) and K.carries(k)), None)
    apart = display is not None and functools.reduce(K.join, held).cat == "object"
    if all(map(is_number_of, held)) or (cls is None and (not apart or all(k.cat == "object" for k in held))):
        return None
    what = display if cls is None else _shown(cls)
    why = f"is a {what} on one path, and something else on another"
    return Torn(name or "what is used here", why, "use a name for each")


def _shown(cls: type | None) -> str:
    """What the objects of a class are in the program."""
    kinds = ("dict", "s2sad_keys"), ("tuple", "s2sad_arity")
    return next((name for name, mark in kinds if getattr(cls, mark, None)), getattr(cls, "__name__", ""))


def _is_display(kind: Kind) -> bool:
    """Whether a value has parts, of which an array would not do as well."""
    row = kind.cat in ("list", "tuple") and kind.cls in (None, list)
    numbers = all(k.is_number and not k.is_array for k in kind.items or ())
    return kind.cat in ("dict", "tuple", "list") and not (row and numbers)


def refuse_torn(low: State, items: list[Value], node: ast.AST) -> None:
    """Refuse what is an object on one path only, in a display."""
    found = next((item for item in items if isinstance(item, Torn)), None)
    if found is not None:
        low.refuse(node, f"an element {found.why}", found.instead)


def number_in(kind: Kind) -> type | None:
    """The class of an object of which a value has the number, or holds it."""
    if is_number_of(kind):
        return kind.cls
    return next((c for i in kind.items or () if (c := number_in(i)) is not None), None)


def has_order(low: State, item: Kind) -> bool:
    """Whether a class says which of two elements is less."""
    cls = item.cls if item.cls not in (list, dict) else None
    return cls is not None and (
        not issubclass(cls, tuple) or class_method(low, cls, "__lt__") is not None
    )


def differ_before(low: State, item: Kind) -> bool:
    """Whether tuples are compared of which objects without an order are no first elements.

    Where all that stands before the objects is equal, Python raises.
    """
    parts = item.items or ()
    held = [part for part in parts if number_in(part) is not None]
    plain = item.cat == "tuple" and item.cls is None and bool(parts) and number_in(parts[0]) is None
    return plain and all(
        p.cls is not None and class_method(low, p.cls, "__lt__") is None and not has_fields_order(p.cls)
        for p in held
    )


def has_fields_order(cls: type) -> bool:
    """Whether a class is a dataclass whose objects are compared by their fields."""
    return getattr(getattr(cls, "__dataclass_params__", None), "order", False)


# --------------------------------------------------------------------------------------------- lowering again


def classes_of(values: list[Value]) -> list[type]:
    """The classes of objects that are made here, in displays of them too."""
    found: list[type] = []
    for value in values:
        if isinstance(value, Local | Group) and value.cls is not None:
            found.append(value.cls)
        elif isinstance(value, Choice):
            found += classes_of(value.items)
        elif isinstance(value, Local):
            found += classes_of(value.group.items)
        elif isinstance(value, Group):
            found += classes_of(value.items)
    return found


def want(low: State, *values: Value) -> None:
    """Lower once more with numbered objects, where what is to be done with these values needs it."""
    for cls in classes_of(list(values)):
        low.want_numbers(cls)


def meet(low: State, *kinds: Kind, listed: bool = False) -> None:
    """Lower once more with the objects of several classes numbered together, where they meet.

    Those of one class, where they meet with None in a list.
    """
    classes = tuple(dict.fromkeys(k.cls for k in kinds if is_number_of(k) and k.cls is not None))
    if len(classes) > 1:
        for cls in classes:
            low.want_like(getattr(cls, "s2sad_keys", ()))
        raise Written(family=classes)
    if any(k.cat == "none" for k in kinds):
        for k in kinds:
            if k.cat == "tuple" and k.cls is dict:
                low.want_row(Const(None), k.keys, k.keys)
    found = [k.cls for k in kinds if k.cat == "tuple" and k.cls not in (None, list, dict, *low.texts)]
    records = list(dict.fromkeys(c for c in found if c is not None and not issubclass(c, tuple)))
    if len(records) + len(classes) > 1 or (listed and any(k.cat == "none" for k in kinds)):
        for cls in records:
            low.want_numbers(cls)
