"""Lowering of statements that bind, store and leave: assignments, assert, raise, del, with, import, match.

y *= 2          Store(y, None, 2, "mul") where y is an array, a new y where it is a number; where that is
                known at run time only, if isinstance(y, np.ndarray): the one, else: the other
d["a"] = v      a new display for every name of the dict, no statement
match n: ...    the if statements that it stands for
"""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.frontend import flat, generators, histories
from s2sad.frontend.classes import defined
from s2sad.frontend.expressions import BINARY
from s2sad.frontend.objects import has_setter, mangled
from s2sad.frontend.operators import class_method, may_vary
from s2sad.frontend.remembered import remembered
from s2sad.frontend.state import Generator, Group, Local, Value, Written, described, holds_functions
from s2sad.frontend.tables import Tables
from s2sad.frontend.usage import is_quiet, is_unshared
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    LIST_METHODS,
    Atom,
    Block,
    Call,
    Const,
    Do,
    Let,
    Ref,
    Slice,
    Store,
    Var,
    walk,
)
from s2sad.rules import registry

Rebind = Callable[[Value], None]


class Statements(Tables):
    """The part of lowering that reads simple statements."""

    def _expr(self, stmt: ast.Expr) -> None:
        if isinstance(stmt.value, ast.Constant):
            return
        made, last = self.expr(stmt.value), self.block[-1] if self.block else None
        if isinstance(made, Var) and made.name in self.outside and isinstance(last, Let):
            if last.name == made.name and last.call.fun == "call":  # nobody asks what a method returns
                self.block[-1] = Do(last.call, last.span)

    def _pass(self, stmt: ast.Pass) -> None:
        return None

    # ----------------------------------------------------------------------------------------- assignments

    def _assign(self, stmt: ast.Assign) -> None:
        single = stmt.targets[0]
        hint = single.id if len(stmt.targets) == 1 and isinstance(single, ast.Name) else ""
        value = self.expr(stmt.value, hint)
        if hint:
            self.check_once(hint, stmt)
        if len(stmt.targets) > 1:
            value = self.settled(value, stmt)
        for target in stmt.targets:
            self.assign(target, value, stmt)

    def _annassign(self, stmt: ast.AnnAssign) -> None:
        if stmt.value is not None:
            hint = stmt.target.id if isinstance(stmt.target, ast.Name) else ""
            self.assign(stmt.target, self.expr(stmt.value, hint), stmt)

    def assign(self, target: ast.expr, value: Value, stmt: ast.AST) -> None:
        """Bind or store a value."""
        value = self.constant(value, stmt)
        if isinstance(target, ast.Name):
            if not (isinstance(value, Group) and value.cat == "list" and target.id in self.scope.fixed):
                value = self.settled(value, stmt, target.id)
            if isinstance(value, Var) and not self.hints.get(value.name):
                self.hints[value.name] = target.id
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._assign_parts(target, value, stmt)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, value, stmt)
        elif isinstance(target, ast.Attribute):
            base = self.operand(target.value)
            if isinstance(base, Var) or isinstance(base, Local):
                value = self.settled(value, stmt, target.attr)
            self.set_attribute(base, mangled(target.attr, self.scope), value, stmt)
        else:
            self.refuse(target, "this target is not supported", "assign to a name")

    def settled(self, value: Value, stmt: ast.AST | None, hint: str = "") -> Value:
        """A value that gets a name: lists in it become objects of the program, which can be written to."""
        value = self.lengthened(value, hint, stmt)
        if not isinstance(value, Group):
            return value
        place = self.place(stmt)
        unlike = value.cat == "list" and K.join_all([self.kind(i) for i in value.items]) == K.OBJECT
        loose = place in self.loose_lists
        if value.cat == "list" and not loose and (unlike or _keeps(value) or place in self.known_lists):
            known = self.made("list", [self.settled(item, stmt) for item in value.items], [])
            self.objects.places[known.number] = place
            return known
        if value.cat == "list":
            made = self.variable(value, stmt, hint)
            if isinstance(made, Var):
                self.displays[made.name] = place
            return made
        items = [self.settled(item, stmt) for item in value.items]
        same = all(a is b for a, b in zip(items, value.items, strict=True))
        return value if same else Group(value.cat, items, value.keys, value.cls)

    def _assign_parts(self, target: ast.Tuple | ast.List, value: Value, stmt: ast.AST) -> None:
        if isinstance(value, Generator):
            value = generators.listed(self, value, stmt)
        value = self.contents(value, stmt)
        stars = [i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)]
        kind = self.kind(value)
        if stars and isinstance(value, Var) and (kind.cat == "list" or (kind.is_number and kind.rank != 0)):
            if not (kind.shape and isinstance(kind.shape[0], int)):
                self._assign_rest(target, value, stars[0], stmt)
                return
        items = self.unpack(value, None if stars else len(target.elts), stmt)
        if stars:
            at, behind = stars[0], len(target.elts) - stars[0] - 1
            if len(items) < at + behind:
                self.refuse(
                    stmt,
                    f"{len(items)} values are unpacked into {at + behind} names and more",
                    "make the numbers fit",
                )
            rest = items[at : len(items) - behind]
            numbers = all(self.kind(item).is_number for item in rest)
            middle = Group("list", rest) if numbers else self.made("list", rest, [])
            items = [*items[:at], middle, *items[len(items) - behind :]]
        if len(items) != len(target.elts):
            what = f"{len(items)} values are unpacked into {len(target.elts)} names"
            self.refuse(stmt, what, "make the numbers equal")
        for part, item in zip(target.elts, items, strict=True):
            if isinstance(part, ast.Name) and isinstance(item, Var) and not self.hints.get(item.name):
                self.hints[item.name] = part.id
            self.assign(part.value if isinstance(part, ast.Starred) else part, item, stmt)

    def _assign_rest(self, target: ast.Tuple | ast.List, value: Var, at: int, stmt: ast.AST) -> None:
        """`a, *rest, b = xs` of a list or array whose length is known at run time."""
        behind = len(target.elts) - at - 1
        text = f"""
if len(xs) < {at + behind}:
    raise error(f"not enough values to unpack (expected at least {at + behind}, got {{len(xs)}})")
"""
        self.script(text, stmt, xs=value, error=Ref("ValueError", ValueError), len=Ref("len", len))
        last = Const(-behind) if behind else Const(None)
        middle = self.getitem(value, Slice(Const(at), last, Const(None)), stmt)
        rest = self.joined([Group("list", []), middle], stmt)
        for k, part in enumerate(target.elts):
            if k == at:
                assert isinstance(part, ast.Starred)
                self.assign(part.value, rest, stmt)
            else:
                self.assign(
                    part, self.getitem(value, Const(k if k < at else k - at - 1 - behind), stmt), stmt
                )

    def _assign_item(self, target: ast.Subscript, value: Value, stmt: ast.AST) -> None:
        base = self.operand(target.value)
        index = self.index(target.slice)
        histories.keep(self, base)
        if isinstance(base, Var) and base.name in self.outside:
            histories.set_item(self, base, index, value, stmt)
            return
        if isinstance(target.value, ast.Attribute) and target.value.attr == "__dict__":
            holder = self.operand(target.value.value)
            if isinstance(holder, Local) and isinstance(index, Const):
                self.hold_item(holder, index.value, value, stmt)
                return
        self.store(base, index, value, "", stmt)

    def store(self, base: Value, index: Value, value: Value, op: str, stmt: ast.AST) -> None:
        """`base[index] op= value` for an array or a list."""
        if self.const_depth and op:
            value, op = self.binary(op, self.getitem(base, index, stmt), value, stmt), ""
        value = self.constant(value, stmt)
        if self.row_keys_of(base):
            self.row_store(base, index, value, stmt)
            return
        if flat.is_flat(base):
            flat.store(self, base, index, value, stmt)
            return
        method = class_method(self, self.class_of(base), "__setitem__")
        if method is not None:
            self.call_value(method, [base, index, value], {}, stmt)
            return
        kind = self.kind(base)
        if isinstance(base, Ref):
            self.refuse_write(base, stmt)
        if (kind.cat == "dict" or kind.cls is dict) and self.class_of(base) is None:
            self.store_key(base, index, value, stmt)
            return
        if kind.cls is list and isinstance(base, Var) and not self.apart:
            raise Written
        if isinstance(base, Group) and base.cat == "list" and not self.apart:
            raise Written
        if isinstance(base, Local) and base.cls is None:
            self._store_known(base, index, value, stmt)
            return
        if kind.cat == "list" and isinstance(base, Var):
            if isinstance(index, Slice):
                with self.at_once():
                    self.store_slice(base, index, value, stmt)
                return
            stored = self.element(self.like_others(base, value), stmt)
            self.grow(base, self.kind(stored))
            self.heap.hold(base.name, stored)
            self.block.append(Store(base, self.atom(index, stmt), stored, op, self.span(stmt)))
            return
        if kind.cat not in ("array", "num"):
            what = f"an element of {described(kind)} is assigned"
            self.refuse(stmt, what, "assign to elements of arrays and lists")
        stored = self.stored(value, stmt)
        at = self.atom(index, stmt)
        self.prove(base, at, stored, stmt)
        self.block.append(Store(self.atom(base), at, stored, op, self.span(stmt)))

    def prove(self, base: Value, index: Atom | None, value: Atom, stmt: ast.AST) -> None:
        """Use what a store proves of lengths, where it certainly follows the statements that made them."""
        kind = self.kind(base)
        region = kind if index is None else self.indexed(kind, index, stmt)
        equal = K.proved(self.kind(value).shape, region.shape)
        if not equal:
            return
        here = {s.name for s in self.block if isinstance(s, Let)}
        for name, known in list(self.kinds.items()):
            if known.shape and any(n in equal for n in known.shape) and name not in here:
                return
        for name in here:
            shape = self.kinds[name].shape
            if shape:
                self.kinds[name] = replace(self.kinds[name], shape=tuple(equal.get(n, n) for n in shape))

    def stored(self, value: Value, stmt: ast.AST) -> Atom:
        """A value that is written into an array; displays and lists of what may vary become arrays."""
        kind = self.kind(value)
        if isinstance(value, Group) or (kind.cat in ("list", "tuple") and may_vary(self, value)):
            return self.atom(self.apply("np.array", [value], {}, stmt))
        if kind.cat == "object" and may_vary(self, value):  # a list on some path
            return self.atom(self.apply("np.asarray", [value], {}, stmt))
        return self.atom(value, stmt)

    def _store_known(self, base: Local, index: Value, value: Value, stmt: ast.AST) -> None:
        """An element of a list whose elements are known one by one."""
        items = list(base.group.items)
        place = index.value if isinstance(index, Const) else None
        if not isinstance(place, int) or not -len(items) <= place < len(items):
            display = self.objects.places.get(base.number)
            if display is not None and all(map(self._is_plain, [*items, value])):
                raise Written(loose=display)
            self.refuse(
                stmt,
                "an element of a list of objects, dicts or functions is assigned at a computed place",
                "use a literal index, or build a new list",
            )
        items[place] = self.settled(value, stmt)
        self.hold(base, items, [], stmt)

    def _is_plain(self, value: Value) -> bool:
        """Whether a value may be any element of a list: an integer, a slice, None."""
        if isinstance(value, Const | Slice):
            return True
        kind = self.kind(value)
        return isinstance(value, Var) and (not K.carries(kind) or kind in (K.OBJECT, K.Kind("slice")))

    # ------------------------------------------------------------------------------- augmented assignments

    def _augassign(self, stmt: ast.AugAssign) -> None:
        op = BINARY[type(stmt.op)]
        target = stmt.target
        if isinstance(target, ast.Name):
            load = ast.copy_location(ast.Name(target.id, ast.Load()), target)
            self._augment_name(target.id, self.operand(load), op, self.operand(stmt.value), stmt)
        elif isinstance(target, ast.Subscript):
            self._augment_item(target, op, stmt)
        else:
            self._augment_attribute(target, op, stmt)

    def _augment_attribute(self, target: ast.Attribute, op: str, stmt: ast.AugAssign) -> None:
        base, name = self.operand(target.value), mangled(target.attr, self.scope)
        old = self.attribute(base, name, stmt)
        value = self.operand(stmt.value)

        def replaced(made: Value) -> None:
            self.set_attribute(base, name, self.settled(made, stmt, name), stmt)

        made = self._augmented(old, op, value, stmt, name)
        if made is not None:
            replaced(made)
        elif has_setter(self.class_of(base), name):
            replaced(old)

    def _augment_name(self, name: str, old: Value, op: str, value: Value, stmt: ast.AST) -> None:
        def bind(made: Value) -> None:
            self.bind(name, self.settled(made, stmt, name))

        kind = self.kind(old)
        if kind.cat == "num" and self._is_rebinding(name, kind, value):
            bind(self.binary(op, old, value, stmt, name))
            return
        if kind.cat == "num" and isinstance(old, Var):
            self._augment_either(old, op, value, bind, stmt, name)
            return
        made = self._augmented(old, op, value, stmt, name)
        if made is not None:
            bind(made)

    def _augmented(self, old: Value, op: str, value: Value, stmt: ast.AST, hint: str) -> Value | None:
        """What takes the place of a value that is augmented; None where the value itself is changed."""
        kind = self.kind(old)
        if self.kind(value).cat in ("list", "tuple", "array", "num"):
            histories.keep(self, old)
        if isinstance(old, Var) and old.name in self.outside:
            if not self.kind(value).is_scalar:
                return histories.augmented(self, old, op, value, stmt)
            histories.written(self, old, stmt)
        if kind.is_array or kind.cat == "num":
            self._augment_array(old, op, value, stmt)
            return None
        listed = (kind.cat == "list" and isinstance(old, Var | Local)) or kind.cls is list
        if listed and op in ("add", "mul") and kind.dtype != K.LISTED:  # a tuple is replaced
            self.augment_list(old, op, value, stmt)
            return None
        if op == "bor" and self.is_dict(old) and not isinstance(old, Ref):
            self.builtin_method(old, ".update", [value], {}, stmt, "")
            return None
        method = class_method(self, self.class_of(old), f"__i{op}__")
        if method is None:
            return self.binary(op, old, value, stmt, hint)
        return self.call_value(method, [old, value], {}, stmt)

    def _augment_either(
        self, old: Var, op: str, value: Value, replaced: Rebind, stmt: ast.AST, hint: str = ""
    ) -> None:
        """`y op= value` for what is an array, which is written, or a number, which is `replaced`."""
        kind = self.kinds[old.name]
        known = self.emit(Call("isinstance", (old, Ref("np.ndarray", np.ndarray))), K.BOOL, stmt)

        def rebind() -> None:
            self.kinds[old.name] = K.npscalar(kind.dtype)
            replaced(self.binary(op, old, value, stmt, hint))
            self.kinds[old.name] = K.array(kind.shape, kind.dtype)  # what leaves the first branch

        try:
            self.branch(known, lambda: self._augment_array(old, op, value, stmt), rebind, stmt)
        finally:
            self.kinds[old.name] = kind

    def _is_rebinding(self, name: str, kind: Kind, value: Value) -> bool:
        """Whether `s += v` may be written `s = s + v`: s is a float first and an array of its own later.

        Nothing else can see whether such an array is written or replaced; its dtype must not change.
        """
        mine = self.kind(value)
        if not (mine.is_array and mine.dtype == kind.dtype and kind.dtype.startswith(("float", "complex"))):
            return False
        return kind.rank is None and is_unshared(self.scope.source.node, name)

    def _augment_array(self, base: Value, op: str, value: Value, stmt: ast.AST) -> None:
        if isinstance(base, Ref):
            self.refuse_write(base, stmt)
        if self.const_depth:
            value, op = self.binary(op, base, value, stmt), ""
        stored = self.stored(value, stmt)
        self.prove(base, None, stored, stmt)
        self.block.append(Store(self.atom(base), None, stored, op, self.span(stmt)))

    def _augment_item(self, target: ast.Subscript, op: str, stmt: ast.AugAssign) -> None:
        base = self.operand(target.value)
        kind = self.kind(base)
        index = self.index(target.slice)
        if isinstance(index, Const) and histories.is_container(base):
            old = self.getitem(base, index, stmt)
            if histories.is_container(old) or (isinstance(old, Var) and old.name in self.outside):
                self._augmented(old, op, self.operand(stmt.value), stmt, "")  # the dict holds the same one
                return
        of_argument = isinstance(base, Var) and base.name in self.live
        if not (of_argument and self.kind(self.getitem(base, index, stmt)).is_array):  # it is copied
            histories.keep(self, base)
        if isinstance(base, Var) and base.name in self.outside:
            old = self.getitem(base, index, stmt)
            made = self._augmented(old, op, self.operand(stmt.value), stmt, "")
            assert made is not None
            histories.set_item(self, base, index, made, stmt)
            return
        if kind.is_array or kind.cat == "num":
            self._augment_elements(base, index, op, stmt)
            return
        old = self.getitem(base, index, stmt)
        value = self.operand(stmt.value)

        def replaced(made: Value) -> None:
            self.store(base, index, made, "", stmt)

        own = class_method(self, self.class_of(base), "__setitem__") is not None
        if flat.is_flat(base):
            replaced(self.binary(op, old, value, stmt))
        elif self.kind(old).cat == "num" and isinstance(old, Var) and not own:
            self._augment_either(old, op, value, replaced, stmt)
        else:
            fresh = self._augmented(old, op, value, stmt, "")
            if fresh is not None or own:
                replaced(old if fresh is None else fresh)

    def _augment_elements(self, base: Value, index: Value, op: str, stmt: ast.AugAssign) -> None:
        """`x[index] op= value`, which reads the elements before the value, which may write into x."""
        mark = len(self.block)
        value = self.operand(stmt.value)
        if not _writes_elsewhere(tuple(self.block[mark:])):
            self.store(base, index, value, op, stmt)
            return
        later = self.block[mark:]
        del self.block[mark:]
        old = self.getitem(base, index, stmt)
        self.block += later
        kind = self.kind(old)
        if kind.is_array:
            self._augment_array(old, op, value, stmt)
        elif kind.cat == "num":
            self.refuse(
                stmt,
                "the right side writes while it is not known whether elements or a view are changed",
                "compute the right side in a statement of its own",
            )
        else:
            old = self.binary(op, old, value, stmt)
        parts = index.items if isinstance(index, Group) and index.cat == "tuple" else [index]
        copied = any(self.kind(part).cat in ("array", "num", "list", "tuple") for part in parts)
        if copied or not kind.is_array:
            self.store(base, index, old, "", stmt)

    # -------------------------------------------------------------------------------- the other statements

    def _functiondef(self, stmt: ast.FunctionDef) -> None:
        known = remembered(self, stmt) if stmt.decorator_list else None
        if known is not None:
            self.statements(known)
            return
        made: Value = self.closure(stmt)
        for decorator in reversed(stmt.decorator_list):
            made = self.call_value(self.operand(decorator), [made], {}, decorator)
        self.bind(stmt.name, made)

    def _assert(self, stmt: ast.Assert) -> None:
        cond = self.asked(stmt.test)
        if self.static_truth(cond) is True:
            return
        if stmt.msg is not None and not is_quiet(stmt.msg, stmt.test):  # it is for failures alone
            error = ast.Call(ast.Name("AssertionError", ast.Load()), [stmt.msg], [])
            leave = ast.fix_missing_locations(ast.copy_location(ast.Raise(error), stmt))
            self.branch(self.truth(cond, stmt), lambda: None, lambda: self._raise(leave), stmt)
            return
        message = () if stmt.msg is None else (self.variable(self.operand(stmt.msg), stmt),)
        self.do(Call("assert", (self.truth(cond, stmt), *message)), stmt)

    def _raise(self, stmt: ast.Raise) -> None:
        if stmt.exc is None:
            self.do(Call("raise"), stmt)
            return
        self.do(Call("raise", (self.variable(self.operand(stmt.exc), stmt),)), stmt)

    def _delete(self, stmt: ast.Delete) -> None:
        for target in stmt.targets:
            self._delete_one(target, stmt)

    def _delete_one(self, target: ast.expr, stmt: ast.Delete) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._delete_one(part, stmt)
            return
        if isinstance(target, ast.Name):
            self.scope.env.pop(target.id, None)
            return
        base = self.operand(target.value) if isinstance(target, ast.Subscript) else None
        method = class_method(self, self.class_of(base), "__delitem__") if base is not None else None
        if base is not None and method is not None and isinstance(target, ast.Subscript):
            self.call_value(method, [base, self.index(target.slice)], {}, stmt)
            return
        if not isinstance(target, ast.Subscript) or base is None or isinstance(base, Ref):
            self.refuse(
                target, "an attribute or an element of an outside object is deleted", "use a local name"
            )
        index = self.index(target.slice)
        if self.row_keys_of(base):
            self.row_method(base, ".__delitem__", [index], {}, stmt)
        if isinstance(base, Local) and base.cat == "dict" and isinstance(index, Const | Ref):
            held = base.group
            key = index.value if isinstance(index, Const) else index.obj
            if key not in held.keys:
                self.fails(KeyError, key, target)
                self.refuse(target, f"the dict has no key {key!r}", "use a key that it has")
            pairs = [(k, v) for k, v in zip(held.keys, held.items, strict=True) if k != key]
            self.hold(base, [v for _, v in pairs], [k for k, _ in pairs], stmt)
            return
        self.want_table(base)
        kind = self.kind(base)
        if kind.cls is dict:
            self.want_like(kind.keys)
        if kind.cat == "list" and isinstance(index, Slice) and isinstance(base, Var):
            with self.at_once():
                self.delete_slice(base, index, stmt)
            return
        if kind.cat != "list" or isinstance(index, Slice):
            self.refuse(
                target, f"a part of {described(kind)} is deleted", "build a new list or dict of the rest"
            )
        self.builtin_method(base, ".pop", [index], {}, stmt, "")

    def _import(self, stmt: ast.Import) -> None:
        for alias in stmt.names:
            module = self._module(alias.name, stmt)
            name = alias.asname or alias.name.split(".")[0]
            if alias.asname is None:
                module = importlib.import_module(name)
            self.scope.env[name] = Ref(name, module)

    def _module(self, name: str, stmt: ast.stmt) -> Any:
        try:
            return importlib.import_module(name)
        except ImportError as error:
            self.fails(type(error), str(error), stmt)
            raise

    def _importfrom(self, stmt: ast.ImportFrom) -> None:
        space = self.scope.source.globals
        package = space.get("__package__") or str(space.get("__name__", "")).rpartition(".")[0]
        try:
            module = importlib.import_module("." * stmt.level + (stmt.module or ""), package or None)
        except (ImportError, TypeError):
            self.refuse(stmt, "the module cannot be imported here", "import at the top of the file")
        for alias in stmt.names:
            name = alias.asname or alias.name
            if alias.name == "*":
                self.refuse(stmt, "all names of a module are imported", "name what is imported")
            if not hasattr(module, alias.name):
                importlib.import_module(f"{module.__name__}.{alias.name}")
            found = getattr(module, alias.name)
            read = functools.partial(getattr, module, alias.name)
            self.depend((f"{module.__name__}", id(module)), read, found, name)
            self.bind(name, self.live_value(name, found))

    def _global(self, stmt: ast.Global) -> None:
        if any(name in self.scope.locals for name in stmt.names):
            self.refuse(stmt, f"the global {stmt.names[0]!r} is written", "return the value, or pass it in")

    def _nonlocal(self, stmt: ast.Nonlocal) -> None:
        scope = self.scope.parent
        for name in stmt.names:
            while scope is not None and name not in scope.boxed:
                scope = scope.parent
            if scope is None:
                self.refuse(
                    stmt,
                    f"{name!r} of the enclosing function is written",
                    "return the value, or pass it in",
                )

    def _trystar(self, stmt: ast.TryStar) -> None:
        self.refuse(stmt, "except* is not supported", "use except")

    def _classdef(self, stmt: ast.ClassDef) -> None:
        self.bind(stmt.name, defined(self, stmt))

    def _asyncfor(self, stmt: ast.AsyncFor) -> None:
        self.refuse(stmt, "coroutines are not supported", "compute the values before the call")

    def _asyncwith(self, stmt: ast.AsyncWith) -> None:
        self.refuse(stmt, "coroutines are not supported", "compute the values before the call")

    def _asyncfunctiondef(self, stmt: ast.AsyncFunctionDef) -> None:
        self.refuse(stmt, "coroutines are not supported", "write a plain function")


def _keeps(value: Group) -> bool:
    """Whether a list holds functions, objects or dicts, which are known one by one."""
    return any(
        isinstance(item, Local) or holds_functions(item) or (isinstance(item, Group) and _keeps(item))
        for item in value.items
    )


def _writes_elsewhere(block: Block) -> bool:
    """Whether statements may write into arrays that none of them makes."""
    new: set[Atom] = set()
    for stmt in walk(block):
        if isinstance(stmt, Let):
            fun = getattr(stmt.call.args[0], "obj", None) if stmt.call.fun == "call" else None
            error = isinstance(fun, type) and issubclass(fun, BaseException)
            if stmt.call.fun in ("call", "user") and not error:
                return True
            view = stmt.call.fun == "getitem" and stmt.call.args[0] in new
            if view or registry.makes_array(stmt.call.fun):
                new.add(Var(stmt.name))
        elif isinstance(stmt, Store):
            if stmt.base not in new:
                return True
        elif isinstance(stmt, Do) and stmt.call.fun not in (*LIST_METHODS, "print", "assert", "raise"):
            return True
    return False


__all__: list[Any] = ["Statements"]
