"""Lowering of what a function returns: dicts with computed keys, objects and lists of records in parts.

    return d                 return (d's keys, d's values)
    return model             return (model.w, model.b)
    return [{"x": v, ...}]   return ([v, ...], ...)

Guarantees a value that the program can return, and the `Form` of what it is made up of (`ir.forms`).
"""

from __future__ import annotations

import ast

from s2sad.frontend import numbered
from s2sad.frontend.polynomials import Poly1d, Polynomial, Powers, Series
from s2sad.frontend.standins import Queue, Table, real
from s2sad.frontend.state import Group, Local, State, Value, holds_functions, opened
from s2sad.ir import kinds as K
from s2sad.ir.forms import LEAF, Form, fields_of, is_plain
from s2sad.ir.nodes import Call, Const, Var


def in_parts(low: State, value: Value, node: ast.AST) -> tuple[Value, Form | None]:
    """A result in parts, and their form; the value itself and None where the program can return it."""
    made, form = _parted(low, value, node)
    hidden = numbered.number_in(low.kind(made)) is not None  # a link to an object that may be there or not
    return (value, None) if is_plain(form) or hidden else (made, form)


def laid_out(value: Value) -> tuple[Value, Form]:
    """A result as a tuple of what its displays hold, for a call, which gives nothing else."""
    held = opened(value)
    if not isinstance(held, Group) or held.cat not in ("tuple", "list", "dict"):
        return value, LEAF
    if held.cls not in (None, dict, list) and not issubclass(held.cls, tuple):
        return value, LEAF
    made = [laid_out(item) for item in held.items]
    what, cls = ("dict", None) if held.cat == "dict" else ("tuple", list if held.cat == "list" else held.cls)
    return Group("tuple", [v for v, _ in made]), Form(what, tuple(f for _, f in made), cls, tuple(held.keys))


def whole(low: State, form: Form, value: Value, node: ast.AST) -> Value:
    """What was `laid_out`."""
    if form.what == "leaf":
        return value
    parts = low.unpack(value, len(form.parts), node)
    items = [whole(low, f, v, node) for f, v in zip(form.parts, parts, strict=True)]
    if form.what == "tuple" and form.cls is not list:
        return Group("tuple", items, list(form.keys), form.cls)
    return low.made("dict" if form.what == "dict" else "list", items, list(form.keys))


def is_tuple(form: Form) -> bool:
    """Whether what was taken apart is a tuple of tuples of what holds nothing, as it was."""
    if form.what == "tuple" and form.cls is None:
        return all(map(is_tuple, form.parts))
    return form.what == "leaf"


def _parted(low: State, value: Value, node: ast.AST) -> tuple[Value, Form]:
    cls = low.stands_in(value)
    if cls is not None:
        return _of_container(low, value, cls, node)
    if keys := low.row_keys_of(value):
        return _joined(low, [low.getitem(value, Const(k), node) for k in keys], Form("dict", keys=keys), node)
    kind = low.kind(value)
    if kind.cls is not None and numbered.is_number_of(kind) and not kind.optional:
        return _of_object(low, value, kind.cls, node)
    held = opened(value)
    if isinstance(held, Group):
        return _of_display(low, value, held, node)
    if isinstance(value, Var) and kind.cat == "list":
        return _of_list(low, value, node)
    if isinstance(value, Var) and kind.cat == "tuple" and kind.items and not kind.optional:
        return _of_tuple(low, value, node)
    return value, LEAF


def _of_container(low: State, value: Value, cls: type, node: ast.AST) -> tuple[Value, Form]:
    if issubclass(cls, Table):
        values, form = _parted(low, low.attribute(value, "_values", node), node)
        keys = low.attribute(value, "_keys", node)
        return Group("tuple", [keys, values]), Form("table", (form,), real(cls))
    if cls is Queue:
        values, form = _parted(low, low.attribute(value, "_items", node), node)
        maxlen = low.attribute(value, "_maxlen", node)
        if isinstance(maxlen, Const):
            return values, Form("queue", (form,), keys=(maxlen.value,))
    return value, LEAF


def _of_object(low: State, value: Value, cls: type, node: ast.AST) -> tuple[Value, Form]:
    names = tuple(n for n in low.numbered.get(cls, ()))
    if numbered.is_one_of_several(cls) or any((cls, n) in low.common for n in names):
        return value, LEAF
    items = [low.attribute(value, n, node) for n in names]
    return _joined(low, items, Form("object", cls=cls, keys=names), node)


def _of_display(low: State, value: Value, held: Group, node: ast.AST) -> tuple[Value, Form]:
    keys = tuple(held.keys)
    if held.cls in (Poly1d, Polynomial, Powers, Series):
        low.refuse(node, "a polynomial that is made here is returned", "return its coefficients")
    if held.cat == "object" or (held.cls is not None and not issubclass(held.cls, tuple)):
        if any(holds_functions(i) and not isinstance(i, Local | Group) for i in held.items):
            return value, LEAF
        return _joined(low, held.items, Form("object", cls=held.cls, keys=keys), node)
    if held.cat == "dict":
        return _joined(low, held.items, Form("dict", keys=keys), node)
    if held.cat == "list" and any(low.class_of(i) is None and not isinstance(i, Local) for i in held.items):
        return value, LEAF
    cls = held.cls if held.cat == "tuple" else list
    return _joined(low, held.items, Form("tuple", cls=cls, keys=keys), node)


def _of_tuple(low: State, value: Var, node: ast.AST) -> tuple[Value, Form]:
    """An element of a list."""
    kind = low.kind(value)
    items = [low.emit(Call("getitem", (value, Const(i))), k, node) for i, k in enumerate(kind.items or ())]
    if kind.cls is dict:
        return _joined(low, list(items), Form("dict", keys=kind.keys), node)
    if kind.cls is None or kind.cls is list:
        return _joined(low, list(items), Form("tuple", cls=kind.cls), node)
    keys = tuple(kind.dtype.split(","))
    what = "tuple" if issubclass(kind.cls, tuple) else "object"
    return _joined(low, list(items), Form(what, cls=kind.cls, keys=keys), node)


def _joined(low: State, items: list[Value], form: Form, node: ast.AST) -> tuple[Value, Form]:
    """Parts that are in parts themselves."""
    made = [_parted(low, item, node) for item in items]
    parts = tuple(part for _, part in made)
    return Group("tuple", [v for v, _ in made]), Form(form.what, parts, form.cls, form.keys)


def _of_list(low: State, xs: Var, node: ast.AST) -> tuple[Value, Form]:
    """A list of records as a list for each field."""
    kind = low.kind(xs)
    if kind.dtype == K.LISTED:
        return xs, Form("long")
    item = kind.items[0] if kind.items else K.FLOAT
    form = _form_of(low, item)
    if form is None or form == LEAF:
        return xs, LEAF
    return _column(low, xs, form, node), Form("list", (form,))


def _form_of(low: State, kind: K.Kind) -> Form | None:
    """The form of the elements of a list; None where they cannot be taken apart."""
    row: tuple[str, ...] = getattr(kind.cls, "s2sad_keys", ()) if kind.cat == "int" else ()
    if row:
        return Form("dict", (LEAF,) * len(row), keys=row)
    if numbered.is_number_of(kind) and kind.cls is not None:
        names = tuple(low.numbered.get(kind.cls, ()))
        several = numbered.is_one_of_several(kind.cls) or any((kind.cls, n) in low.common for n in names)
        return None if several or kind.optional else Form("object", (LEAF,) * len(names), kind.cls, names)
    if kind.cat == "list" and kind.dtype == K.LISTED:
        return Form("long")
    if kind.cat != "tuple" or not kind.items or kind.optional:
        return LEAF
    if kind.cls is not None and real(kind.cls) is not None:
        if not issubclass(kind.cls, Table):
            return None
        values = kind.items[kind.dtype.split(",").index("_values")]
        plain = values.cat == "list" and (not values.items or values.items[0].is_number)
        return Form("table", (LEAF,), real(kind.cls)) if plain else None
    parts = [_form_of(low, item) for item in kind.items]
    if any(p is None for p in parts):
        return None
    inner = tuple(p for p in parts if p is not None)
    if kind.cls is dict:
        return Form("dict", inner, keys=kind.keys)
    if kind.cls is None:
        return Form("tuple", inner) if not all(p == LEAF for p in inner) else LEAF
    what = "tuple" if fields_of(kind.cls) and issubclass(kind.cls, tuple) else "object"
    return Form(what, inner, kind.cls, tuple(kind.dtype.split(",")))


def _column(low: State, xs: Value, form: Form, node: ast.AST) -> Value:
    """What elements of a form hold, as a list for each part."""
    if form.what in ("leaf", "long"):
        return xs
    if form.what == "table":
        names: tuple[object, ...] = ("_keys", "_values")
        forms: tuple[Form, ...] = (LEAF, form.parts[0])
    else:
        names, forms = form.keys or tuple(range(len(form.parts))), form.parts
    by_name = form.what in ("object", "table")
    columns: list[Value] = []
    for place, (name, part) in enumerate(zip(names, forms, strict=True)):

        def one(item: Value, name: object = name, place: int = place) -> Value:
            if by_name or (form.what == "tuple" and form.keys):
                return low.attribute(item, str(name), node)
            return low.getitem(item, Const(name if form.what == "dict" else place), node)

        columns.append(_column(low, low.mapped_list(xs, one, node), part, node))
    return Group("tuple", columns)


__all__ = ["in_parts"]
