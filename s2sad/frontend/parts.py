"""Lowering of parts of values: subscripts, unpacking, attributes.

p[0] of a display          its first element, no statement
x[1:]                      t = getitem(x, Slice(1, None, None)), with the kind that NumPy's rules give
a, b = x                   if len(x) != 2: raise wrong_length(len(x), 2); a = x[0]; b = x[1]
model.k                    t = getattr(model, "k"), and the text relies on the kind of model.k
"""

from __future__ import annotations

import ast
import enum
import operator as _operator
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend import dicts, eithers, flat, generators, histories, maybes, mirrors, numbered, shelves
from s2sad.frontend.brackets import joined_index
from s2sad.frontend.dtypes import dtype_of, known_attribute
from s2sad.frontend.indices import index_kind, kind_of_slice
from s2sad.frontend.objects import Objects, mangled
from s2sad.frontend.operators import class_method, has_objects, live_object, property_of, slot_of, user_method
from s2sad.frontend.passed import last_states
from s2sad.frontend.protocols import iterated
from s2sad.frontend.records import known_key, plain_value, update_attributes
from s2sad.frontend.scipy_objects import beside
from s2sad.frontend.sparse_constants import sparse_attribute, sparse_item
from s2sad.frontend.state import (
    Choice,
    Generator,
    Group,
    Local,
    Method,
    Part,
    Super,
    Value,
    Written,
    described,
    holds_functions,
    itself,
    key_of,
    opened,
)
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Do, If, Ref, Slice, Tuple, Var
from s2sad.rules import registry


class Parts(Objects):
    """The part of lowering that takes values apart."""

    # ------------------------------------------------------------------------------------------ subscripts

    def _subscript(self, node: ast.Subscript, hint: str) -> Value:
        if (found := mirrors.in_dict(self, node)) is not None:
            return self.attribute(*found, node, hint)
        base = maybes.given(self, self.operand(node.value), node)
        return self.getitem(base, self.index(node.slice), node, hint)

    def index(self, node: ast.expr) -> Value:
        """The inside of square brackets; slices are atoms."""
        if isinstance(node, ast.Slice):
            lo, hi, step = (
                Const(None) if p is None else self.atom(self.operand(p), p)
                for p in (node.lower, node.upper, node.step)
            )
            return Slice(lo, hi, step)
        if isinstance(node, ast.Tuple):
            if any(isinstance(e, ast.Starred) for e in node.elts):
                return self._starred_index(node)
            return Group("tuple", [self.index(e) for e in node.elts])
        return self.operand(node)

    def _starred_index(self, node: ast.Tuple) -> Value:
        """`(i, *rest, :)`."""
        parts: list[Value] = []
        for e in node.elts:
            item = self.operand(e.value) if isinstance(e, ast.Starred) else Group("tuple", [self.index(e)])
            if isinstance(e, ast.Starred) and self.kind(item).every is None:
                item = Group("tuple", self.unpack(item, None, e))
            parts.append(item)
        made = parts[0]
        for part in parts[1:]:
            made = self.binary("add", made, part, node)
        return made

    def getitem(self, base: Value, index: Value, node: ast.AST, hint: str = "") -> Value:
        """`base[index]` for arrays, lists, tuples, dicts and live objects."""
        index = plain_value(index)
        made = self._stood_for_item(base, index, node, hint)
        if made is not None:
            return made
        cls, kind = self.class_of(base), self.kind(base)
        index = known_key(index) if kind.cat == "dict" or kind.cls is dict else index
        of_class = cls is not None and not issubclass(cls, tuple)
        if cls is not None and of_class and not isinstance(base, Ref):
            if isinstance(base, Local) or class_method(self, cls, "__getitem__") is not None:
                return self._own_item(base, cls, index, node, hint)
        base = opened(base)
        if isinstance(base, Group):
            return self._group_item(base, index, node, hint)
        if isinstance(base, Ref) and not kind.is_number:
            return self._live_item(base, index, node, hint)
        if kind.cls is dict and kind.cat == "tuple":
            return self._kept_dict_item(base, kind, index, node, hint)
        if kind.cat == "dict" and isinstance(index, Const | Ref):
            return self._dict_item(base, kind, index, node, hint)
        if kind.cat == "dict" and kind.keys and not isinstance(base, Ref):
            keys = self._candidates(kind.keys, index)
            entries = [self._dict_item(base, kind, Const(k), node, "") for k in keys]
            return self._by_key(Group("dict", entries, list(keys)), index, node)
        if kind.cat == "tuple" and kind.items is not None and isinstance(index, Const | Slice):
            return self._tuple_item(base, kind, index, node, hint)
        if kind.cat == "tuple" and kind.items:
            return self._group_item(Group("tuple", self.unpack(base, None, node)), index, node, hint)
        if kind.cat in ("list", "tuple"):
            return self._list_item(base, kind, index, node, hint)
        if not kind.is_number or kind.is_scalar:
            return self._object_item(base, kind, index, node, hint)
        atom = self.atom(index, node)
        return self.emit(Call("getitem", (self.atom(base), atom)), self.indexed(kind, atom, node), node, hint)

    def _stood_for_item(self, base: Value, index: Value, node: ast.AST, hint: str) -> Value | None:
        """An item of what another value stands for: of x.flat, of a dict in a list; one of several items."""
        if self.ends and (end := last_states(self, base, index, node)) is not None:
            return end
        if isinstance(index, Choice):
            found = [self.getitem(base, item, node) for item in index.items]
            return self.columns(Group("tuple", found), node)(index.index)
        if flat.is_flat(base):
            return flat.item(self, base, index, node, hint)
        self._note_key(base, index)
        return sparse_item(self, base, index, node) or self.numbered_item(base, index, node, hint)

    def _note_key(self, base: Value, index: Value) -> None:
        """Remember that a dict has a computed key that is read; tables are better read than guessed."""
        if not isinstance(base, Local) or not isinstance(index, Var):
            return
        self.present.add((base.number, index))
        held = base.group.items
        if base.cat == "dict" and (not held or any(self.stands_in(item) for item in held)):
            self.want_table(base)

    def _own_item(self, base: Value, cls: type, index: Value, node: ast.AST, hint: str) -> Value:
        """`base[index]` as the class says."""
        method = class_method(self, cls, "__getitem__")
        if method is None:
            self.refuse(node, f"a {cls.__name__} cannot be indexed", "use its attributes")
        return self.call_value(method, [base, index], {}, node, hint)

    def _kept_dict_item(self, base: Value, kind: Kind, index: Value, node: ast.AST, hint: str) -> Value:
        """A value of an element of a list that was a dict."""
        if not isinstance(index, Const):
            items = [self.getitem(base, Const(k), node) for k in kind.keys]
            return self._group_item(Group("dict", items, list(kind.keys)), index, node, hint)
        if index.value not in kind.keys:
            self.refuse(node, f"the dict has no key {index.value!r}", "use a key that it has")
        return self._tuple_item(base, kind, Const(kind.keys.index(index.value)), node, hint)

    def _dict_item(self, base: Value, kind: Kind, index: Const | Ref, node: ast.AST, hint: str) -> Value:
        key = index.value if isinstance(index, Const) else index.obj
        if key not in kind.keys:
            self.fails(KeyError, key, node)
            self.refuse(node, f"the dict has no key {key!r}", "use a key that the argument has")
        item = (kind.items or ())[kind.keys.index(key)]
        if item.known is not None:
            return itself(item.known, str(key))
        return self.emit(Call("getitem", (self.atom(base), self.atom(index))), item, node, hint)

    def _candidates(self, keys: tuple[Any, ...], index: Value) -> tuple[Any, ...]:
        """The keys that a computed one can be: `f"W{i}"` begins with W. All of them where none fits."""
        if not isinstance(index, Var) or index.name not in self.spelled:
            return keys
        start, end = self.spelled[index.name]
        fitting = tuple(k for k in keys if isinstance(k, str) and k.startswith(start) and k.endswith(end))
        return fitting or keys

    def _tuple_item(self, base: Value, kind: Kind, index: Const | Slice, node: ast.AST, hint: str) -> Value:
        items = kind.items or ()
        if isinstance(index, Slice):
            if not all(isinstance(p, Const) for p in (index.lo, index.hi, index.step)):
                return self.cut_tuple(base, index, node, hint)
            return self._group_item(Group("tuple", self.unpack(base, None, node)), index, node, hint)
        if not isinstance(index.value, int) or not -len(items) <= index.value < len(items):
            self.refuse(node, "the index is out of range for this tuple", "use an index that the tuple has")
        place = index.value % len(items)  # the parts of a tuple have one name each
        known = items[place].known
        if known is not None:
            names = kind.dtype.split(",") if kind.dtype else []
            return itself(known, names[place] if names else getattr(known, "__name__", "item"))
        return self.emit(Call("getitem", (self.atom(base), Const(place))), items[place], node, hint)

    def _object_item(self, base: Value, kind: Kind, index: Value, node: ast.AST, hint: str) -> Value:
        if (made := shelves.item(self, base, index, node, hint)) is not None:
            return made
        method = user_method(self, self.live.get(base.name), "__getitem__") if isinstance(base, Var) else None
        if method is not None:
            return self.call_value(method, [base, index], {}, node, hint)
        if kind.cat in ("object", "str", "dict", "range"):
            result = {"str": K.STR, "range": K.INT}.get(kind.cat, K.OBJECT)
            if kind.cat == "range" and isinstance(index, Slice):
                result = K.RANGE
            at = self.atom(index) if isinstance(index, Slice) else self.variable(index)
            made = self.emit(Call("getitem", (self.atom(base), at)), result, node, hint)
            if isinstance(base, Var) and base.name in self.unseen:
                self.unseen.add(made.name)
            return histories.from_outside(self, made, base, index)
        if kind == K.BOTTOM:  # of a list that nothing has been put into yet in this pass over the loop
            return self.emit(Call("getitem", (self.atom(base), self.atom(index, node))), K.BOTTOM, node, hint)
        self.refuse(node, f"{described(kind)} cannot be indexed", "index an array, a list, a tuple or a dict")

    def _group_item(self, base: Group, index: Value, node: ast.AST, hint: str) -> Value:
        known = index.value if isinstance(index, Const) else index.obj if isinstance(index, Ref) else None
        if isinstance(index, Const | Ref) and base.cat == "dict":
            if known not in base.keys:
                self.fails(KeyError, known, node)
                self.refuse(node, f"the dict has no key {known!r}", "use a key that it has")
            return base.items[base.keys.index(known)]
        if isinstance(index, Const) and isinstance(known, int):
            if not -len(base.items) <= known < len(base.items):
                self.fails(IndexError, f"{base.cat} index out of range", node)
                self.refuse(node, f"the index {known} is out of range", "use an index that there is")
            return base.items[known]
        if isinstance(index, Slice) and all(isinstance(p, Const) for p in (index.lo, index.hi, index.step)):
            lo, hi, step = (
                p.value if isinstance(p, Const) else None for p in (index.lo, index.hi, index.step)
            )
            return Group(base.cat, base.items[slice(lo, hi, step)])
        if isinstance(index, Slice) and base.cat == "tuple":
            return self.cut_tuple(base, index, node, hint)
        if base.cat == "dict":
            return self._by_key(base, index, node)
        if base.items and all(holds_functions(i) for i in base.items):
            numbers = Tuple(tuple(Const(k) for k in range(len(base.items))))
            place = self.emit(Call("getitem", (numbers, self.atom(index, node))), K.INT, node)
            return self.columns(base, node)(place)
        if not isinstance(index, Slice) and dicts.are_dicts(self, base.items):
            if isinstance(index, Var) and index.name in self.short:
                raise Written(trips=self.short[index.name])
            return self.columns(base, node)(self.variable(index, node))
        var = self.variable(Group("list", base.items), node)
        return self._list_item(var, self.kind(var), index, node, hint)

    def _by_key(self, base: Group, index: Value, node: ast.AST) -> Value:
        """A dict display read by a key that is known at run time: its place first, which raises KeyError."""
        keyed = Group("dict", [Const(k) for k in range(len(base.items))], list(base.keys))
        places = self.variable(keyed, node)
        place = self.emit(Call("getitem", (places, self.variable(index, node))), K.INT, node)
        return self.columns(Group("tuple", base.items), node)(place)

    def columns(self, group: Group, node: ast.AST) -> Callable[[Value], Value]:
        """A function from a place that is known at run time to the element there; lists are made now."""
        items = dicts.in_parts(self, [i if holds_functions(i) else opened(i) for i in group.items], node)
        first = items[0] if items else None
        if isinstance(first, Group) and all(
            isinstance(i, Group)
            and (i.cat, i.keys, len(i.items)) == (first.cat, first.keys, len(first.items))
            for i in items
        ):
            rows = [i.items for i in items if isinstance(i, Group)]
            parts = [self.columns(Group("tuple", list(column)), node) for column in zip(*rows, strict=True)]
            return lambda place: Group(first.cat, [part(place) for part in parts], first.keys, first.cls)
        if any(holds_functions(i) for i in items):
            return lambda place: Choice(self.atom(place), list(items)) if len(items) > 1 else items[0]
        made = self.variable(Group("list", items), node)
        return lambda place: self.getitem(made, place, node)

    def _list_item(self, base: Value, kind: Kind, index: Value, node: ast.AST, hint: str) -> Value:
        call = Call("getitem", (self.atom(base), self.atom(index)))
        first = kind.items[0] if kind.items else None
        item = K.join_all(list(kind.items or ())) if kind.cat == "tuple" else first
        if isinstance(index, Slice):
            return (
                self.sliced(base, index, node, hint)
                if kind.cat == "list"
                else self.emit(call, kind, node, hint)
            )
        if item is None and kind.cat == "tuple":
            item = kind.every or K.OBJECT
        if item is None:  # nothing has been put in yet in this pass over the loop
            item = K.BOTTOM if self.loops else K.FLOAT
        return self.emit(call, K.anonymous(item), node, hint)

    def _live_item(self, base: Ref, index: Value, node: ast.AST, hint: str) -> Value:
        container = base.obj
        if isinstance(container, type) and hasattr(container, "__class_getitem__"):
            return base  # what a generic class is made for says nothing of its objects
        joined = joined_index(self, base, index, node)
        if joined is not None:
            return joined
        histories.keep_filled(self, base)
        if isinstance(container, dict | list | tuple | enum.EnumMeta) and isinstance(index, Const | Ref):
            known: Any = index.value if isinstance(index, Const) else index.obj
            try:
                obj = container[known]
            except (KeyError, IndexError, TypeError) as error:
                where = "missing", id(container)
                self.depend(where, lambda: known in container, False, repr(known), same=True)
                self.fails(type(error), error.args[0], node)
                self.refuse(node, f"{base.text} has no item {known!r}", "use an item that it has")
            self.depend((f"{id(container)}", id(container)), lambda: container[known], obj, repr(known))
            self.mirror.met[id(container), "", "outside"] = type(container)
            return self.live_value(f"{base.text}[{known!r}]", obj, node)
        method = user_method(self, container, "__getitem__")
        if method is not None:
            return self.call_value(method, [base, index], {}, node, hint)
        if (held := shelves.item(self, base, index, node, hint)) is not None:
            return histories.read(self, base, held)
        if isinstance(container, tuple | list) and has_objects(container):
            return self._group_item(Group("tuple", self.unpack(base, None, node)), index, node, hint)
        if type(container) is dict and has_objects(container):
            keys = list(container)
            self.depend(("keys", id(container)), lambda: list(container), keys, base.text, same=True)
            values = [self._live_item(base, Const(k), node, "") for k in keys]
            return self._by_key(Group("dict", values, keys), index, node)
        kind = K.kind_of_value(container)
        result = K.STR if kind.cat == "str" else kind_of_slice(container, index)
        if kind.items and (kind.cat == "list" or not isinstance(index, Slice)):  # of a list, tuple or dict
            items = K.join_all(list(kind.items)) or K.OBJECT
            result = K.list_of(items) if isinstance(index, Slice) and items != K.OBJECT else items
            where, known = ("items", id(container)), K.outline_of(container)
            self.depend(where, lambda: K.outline_of(container), known, base.text, same=True)
        at = self.atom(index) if isinstance(index, Slice) else self.variable(index)
        if result == K.OBJECT and not isinstance(container, dict | list | tuple | str | range):
            operator = Ref("operator.getitem", _operator.getitem)  # whose code cannot be seen
            return self.emit(Call("call", (operator, base, at)), result, node, hint)
        return histories.read(self, base, self.emit(Call("getitem", (base, at)), result, node, hint))

    def indexed(self, kind: Kind, index: Any, node: ast.AST) -> Kind:
        """The kind of `a[index]` for an array (NumPy's indexing rules, on symbolic shapes)."""
        items = index.items if isinstance(index, Tuple) else (index,)
        if kind.shape is None:
            slices = all(isinstance(i, Slice) or i == Const(None) for i in items)
            full = slices or any(isinstance(i, Const) and i.value is Ellipsis for i in items)
            return Kind("array" if full else "num", kind.dtype, None)
        return index_kind(self, kind, list(items), node)

    # ------------------------------------------------------------------------------------------- unpacking

    def unfolded(self, value: Value, node: ast.AST) -> Value:
        """A tuple of the program as a display, so that it meets others element by element.

            for ...: p = (p[0] - g, p[1])        (p[0], p[1]) goes round in place of p
        """
        kind = self.kind(value) if isinstance(value, Var) else K.OBJECT
        if not isinstance(value, Var) or kind.cat != "tuple" or not kind.items or kind.cls is list:
            return value
        if not K.carries(kind):
            return value
        if kind.optional:
            return maybes.unfolded(self, value, kind, node)
        places = [Const(i) for i in range(len(kind.items))]
        parts = [self._tuple_item(value, kind, i, node, "") for i in places]
        keys = list(kind.keys) or (kind.dtype.split(",") if kind.dtype else [])
        items = [self.unfolded(part, node) for part in parts]
        if kind.cls is dict:
            return Group("dict", items, keys, None, value)
        return Group("tuple", items, keys, kind.cls, value)

    def unpack(self, value: Value, count: int | None, node: ast.AST) -> list[Value]:
        """The elements of a value whose length is known, or `count` items of an array or list.

        Where the length is known at run time only, the program checks it as Python does.
        """
        if isinstance(value, Generator):
            value = generators.listed(self, value, node)
        value = opened(iterated(self, maybes.given(self, value, node, maybes.UNPACK), node))
        if isinstance(value, Group):
            return [key_of(k) for k in value.keys] if value.cat == "dict" else list(value.items)
        kind = self.kind(value)
        if isinstance(value, Const) and isinstance(value.value, str):
            return [Const(c) for c in value.value]
        if isinstance(value, Ref) and isinstance(value.obj, tuple | list | range):
            if isinstance(value.obj, list):
                obj = value.obj
                self.depend(("length", id(obj)), lambda: len(obj), len(obj), value.text, same=True)
            return [self._live_item(value, Const(i), node, "") for i in range(len(value.obj))]
        if kind.cls is dict:
            return [key_of(k) for k in kind.keys]
        if kind.cat == "tuple" and kind.items is not None:
            return [self._tuple_item(value, kind, Const(i), node, "") for i in range(len(kind.items))]
        if kind.cat == "dict":
            return [key_of(k) for k in (kind.keys or (value.obj if isinstance(value, Ref) else ()))]
        if kind.shape and isinstance(kind.shape[0], int) and count in (None, kind.shape[0]):
            return [self.getitem(value, Const(i), node) for i in range(kind.shape[0])]
        listed = kind.cat in ("list", "object", "range") or kind.every is not None
        if count is not None and (listed or (kind.is_number and not kind.is_scalar)):
            value = self._check_length(value, count, node)
            return [self.getitem(value, Const(i), node) for i in range(count)]
        if kind == K.BOTTOM and count is not None:
            return [self.getitem(value, Const(i), node) for i in range(count)]
        if kind.is_scalar:
            self.refuse(node, f"{described(kind)} is unpacked", "unpack an array, a list or a tuple")
        self.refuse(node, "the number of elements to unpack is not known", "unpack it into names")

    def _check_length(self, value: Value, count: int, node: ast.AST) -> Value:
        if self.kind(value).cat == "object":  # what a call without a rule returned
            value = self.emit(Call("list", (self.atom(value),), (), "list"), K.OBJECT, node)
        length = self.emit(Call("len", (self.atom(value),)), K.INT, node)
        wrong = self.emit(Call("ne", (length, Const(count))), K.BOOL, node)
        outer, self.block = self.block, []
        error = self.emit(Call("wrong_length", (length, Const(count))), K.OBJECT, node)
        self.block.append(Do(Call("raise", (error,)), self.span(node)))
        inner, self.block = tuple(self.block), outer
        self.block.append(If(wrong, inner, (), (), self.span(node)))
        return value

    # ------------------------------------------------------------------------------------------ attributes

    def _attribute(self, node: ast.Attribute, hint: str) -> Value:
        inner = node.value
        if node.attr == "update" and isinstance(inner, ast.Attribute) and inner.attr == "__dict__":
            return Part(Ref("update", update_attributes), [self.operand(inner.value)], {})
        called = node is self.called
        said = f"'NoneType' object has no attribute {node.attr!r}"
        base = maybes.given(self, self.operand(inner), node, said)
        value = self.attribute(base, mangled(node.attr, self.scope), node, hint)
        made = histories.looked_into(self, value, node, hint) if not called else None
        return value if made is None else made

    def attribute(self, base: Value, name: str, node: ast.AST, hint: str = "") -> Value:
        """`base.name` for arrays, live objects and objects among the arguments."""
        if isinstance(base, Part) and isinstance(base.fn, Ref) and registry.parameters(base.fn.obj):
            return Part(self._live_attribute(base.fn, name, node, hint), [], base.kwargs)
        if self.row_keys_of(base) or (flat.is_flat(base) and name == "copy"):
            return Method(Const("." + name), flat.whole(self, base, node) if flat.is_flat(base) else base)
        kind = K.OBJECT if isinstance(base, Super) else self.kind(base)
        if numbered.is_number_of(kind):
            return numbered.attribute(self, base, name, node, hint)
        if self.eithers:
            eithers.asked_for(self, kind, name, node)
        if kind.is_number:
            return self._array_attribute(base, kind, name, node, hint)
        if name == "__dict__" and (held := mirrors.attributes(self, base, node)) is not None:
            return held
        made = beside(base, name) or known_attribute(self, base, name, node) or self.of_function(base, name)
        if (made := made or self._known_attribute(base, kind, name, node, hint)) is not None:
            return made
        if histories.has_method(self, base, name):
            return Method(Const("." + name), base)
        if (turned := sparse_attribute(self, base, name, node)) is not None:
            return turned
        if isinstance(base, Ref) or (isinstance(base, Var) and base.name in self.live):
            return self.outside_attribute(base, name, node, hint)
        if kind == K.RANGE and name in ("start", "stop", "step") and not isinstance(base, Ref):
            return self.emit(Call("getattr", (self.atom(base), Const(name))), K.INT, node, hint)
        if kind.cat in ("list", "str", "dict", "object", "tuple", "range"):
            return Method(Const("." + name), base)
        what = f"the attribute {name!r} of {K.describe(kind)} is not known"
        self.refuse(node, what, "assign it to a name outside of the function")

    def _known_attribute(
        self, base: Value, kind: Kind, name: str, node: ast.AST, hint: str
    ) -> Value | None:
        """An attribute of what is made here, or of an argument that is a namedtuple or a dataclass."""
        kept = mirrors.attribute(self, base, name, node, hint) if self.kept else None
        if isinstance(base, Super) or kept is not None:
            return self.super_attribute(base, name, node, hint) if isinstance(base, Super) else kept
        if isinstance(base, Local):
            plain = base.cls is None
            return Method(Const("." + name), base) if plain else self.held_attribute(base, name, node, hint)
        if isinstance(base, Choice):
            found = [self.attribute(item, name, node) for item in base.items]
            return self.columns(Group("tuple", found), node)(base.index)
        if kind == K.BOTTOM:  # of an element that is not there, in an empty list or in this pass over a loop
            return self.emit(Call("getattr", (self.atom(base), Const(name))), K.BOTTOM, node, hint)
        cls = self.class_of(base)
        named = kind.dtype.split(",") if kind.cat == "tuple" and kind.dtype else []
        if cls is None and name in named:  # the fields of a result of NumPy's
            return self.getitem(base, Const(named.index(name)), node, hint)
        if cls is None or isinstance(base, Ref) or kind.cat == "object":
            return None
        fields = base.keys if isinstance(base, Group) else kind.dtype.split(",")
        if name not in fields:
            return self._of_record(base, cls, name, node, hint)
        if isinstance(base, Group):
            return base.items[base.keys.index(name)]
        if kind.cat == "tuple":
            return self._tuple_item(base, kind, Const(fields.index(name)), node, hint)
        return self._dict_item(base, kind, Const(name), node, hint)

    def _of_record(self, base: Value, cls: type, name: str, node: ast.AST, hint: str) -> Value:
        """A property or method of a namedtuple, or of an argument that is a dataclass."""
        if name == "__class__":
            return Ref(cls.__name__, cls)
        if name in ("_replace", "_asdict", "count", "index") and issubclass(cls, tuple):
            return Method(Const("." + name), base)
        return self.class_attribute(base, cls, name, node, hint)

    def outside_attribute(self, base: Value, name: str, node: ast.AST, hint: str = "") -> Value:
        """An attribute of an object that is an argument, or comes from outside, as it stays."""
        if isinstance(base, Ref):
            mirrors.note(self, base, base.obj, name)
            return self._live_attribute(base, name, node, hint)
        assert isinstance(base, Var)
        mirrors.note(self, base, self.live[base.name], name)
        return self._held_attribute(base, name, node, hint)

    def _live_attribute(self, base: Ref, name: str, node: ast.AST, hint: str) -> Value:
        holder = base.obj
        given = property_of(self, base, holder, name, node, hint)
        if given is not None:
            return given
        if (asked := shelves.method(self, base, holder, name, node)) is not None:
            return asked
        try:
            obj = getattr(holder, name)
        except AttributeError as error:
            self.depend(("missing", id(holder)), lambda: hasattr(holder, name), False, name, same=True)
            self.fails(AttributeError, str(error), node)
            self.refuse(node, f"{base.text} has no attribute {name!r}", "check the name")
        if not (callable(obj) and hasattr(obj, "__self__")):
            self.depend((base.text, id(holder)), lambda: getattr(holder, name), obj, name)
        return self._bound(base, name, obj, f"{base.text}.{name}", node, hint)

    def _held_attribute(self, base: Var, name: str, node: ast.AST, hint: str) -> Value:
        holder = self.live[base.name]
        if (asked := shelves.method(self, base, holder, name, node)) is not None:
            return asked
        self.watch(holder, name)
        given = property_of(self, base, holder, name, node, hint)
        if given is not None:
            return given
        if not hasattr(holder, name):
            self.refuse(node, f"{type(holder).__name__} has no attribute {name!r}", "set it before the call")
        obj = getattr(holder, name)
        if isinstance(obj, types.BuiltinMethodType) and obj.__self__ is holder:  # `c.names.get`: of any c
            return Method(Const(f".{name}"), base)
        return self._bound(base, name, obj, "", node, hint)

    def _bound(self, base: Value, name: str, obj: Any, text: str, node: ast.AST, hint: str) -> Value:
        function, owner = slot_of(obj, "__func__"), slot_of(obj, "__self__")
        holder = base.obj if isinstance(base, Ref) else live_object(self, base)
        if function is not None and (owner is holder or isinstance(owner, type)):
            self.depend(("method", id(owner)), lambda: getattr(owner, name).__func__, function, name)
            if isinstance(owner, type):
                return Method(Ref(f"{owner.__name__}.{name}", function), Ref(owner.__name__, owner))
            if not isinstance(function, types.FunctionType):  # compiled: `rng.normal` stays as it is written
                return Method(Const(f".{name}"), base)
            return Method(Ref(f"{type(owner).__name__}.{name}", function), base)
        if function is not None:  # a bound method of another object, kept in an attribute
            self.depend((f"kept {name}", id(holder)), lambda: getattr(holder, name), obj, name)
        if isinstance(base, Ref):
            return self.live_value(text, obj, node)
        if (id(obj), "") in self.kept:
            return histories.attribute_held(self, base, name, obj, node)
        kind = K.kind_of_value(obj)
        if callable(obj) and kind.cat == "object":
            return Ref(f"{name}", obj)
        if type(obj) in (list, tuple, dict) and has_objects(obj):
            self.depend((f"held {name}", id(holder)), lambda: getattr(holder, name), obj, name)
            return Ref(f"{name}", obj)
        var = self.emit(Call("getattr", (self.atom(base), Const(name))), kind, node, hint)
        if kind.cat in ("object", "dict", "list", "tuple"):
            self.live[var.name] = obj
            self.mirror.sure |= {var.name} if getattr(base, "name", "") in self.mirror.sure else set()
        return var

    def _array_attribute(self, base: Value, kind: Kind, name: str, node: ast.AST, hint: str) -> Value:
        atom = self.atom(base)
        if name == "ndim" and kind.rank is not None and not kind.is_python:
            return Const(kind.rank)
        if name == "shape" and not kind.is_python:
            return self._shape(atom, kind, node, hint)
        if name == "dtype" and not kind.is_python:
            return dtype_of(self, kind, base, node, hint)
        if name in ("ndim", "size", "itemsize", "nbytes") and not kind.is_python:
            return self.emit(Call("getattr", (atom, Const(name))), K.INT, node, hint)
        if name == "T" and not kind.is_python:
            shape = None if kind.shape is None else tuple(reversed(kind.shape))
            turned = K.Kind(kind.cat, kind.dtype, shape)
            return self.emit(Call("getattr", (atom, Const("T"))), turned, node, hint)
        if name == "mT":
            return self.apply("np.matrix_transpose", [base], {}, node, hint=hint)
        if name in ("real", "imag"):
            return self.apply(f"np.{name}", [base], {}, node, form=f"@{name}", hint=hint)
        if name == "flat" and not kind.is_scalar and kind.rank != 0:
            return Method(flat.FLAT, base)
        if name in ("flat", "data", "base", "ctypes", "strides", "flags"):
            self.refuse(
                node, f"what is read or written through .{name} is not tracked", "use ravel() or reshape(-1)"
            )
        owner = {"float": float, "int": int, "complex": complex, "bool": bool}.get(kind.cat, np.ndarray)
        if hasattr(owner, name) or (kind.cat in ("npscalar", "num") and hasattr(np.float64, name)):
            return Method(Const("." + name), base)
        self.refuse(node, f"{described(kind)} has no attribute {name!r}", "check the name")

    def _shape(self, atom: Atom, kind: Kind, node: ast.AST, hint: str) -> Value:
        if kind.shape is not None and all(isinstance(n, int) for n in kind.shape):
            return Group("tuple", [Const(n) for n in kind.shape])
        lengths = None if kind.shape is None else tuple(K.INT for _ in kind.shape)
        made = Kind("tuple", items=lengths, every=K.INT if lengths is None else None)
        return self.emit(Call("getattr", (atom, Const("shape"))), made, node, hint)


__all__ = ["Parts"]
