"""Lowering of augmented assignments: of names, attributes and items.

y *= 2          Store(y, None, 2, "mul") where y is an array, a new y where it is a number; where that is
                known at run time only, if isinstance(y, np.ndarray): the one, else: the other
d[k] += v       an array or a list is changed in place; a `__setitem__` or a setter is told all the same
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from s2sad.frontend import flat, histories
from s2sad.frontend.expressions import BINARY
from s2sad.frontend.objects import has_setter, mangled
from s2sad.frontend.operators import class_method
from s2sad.frontend.state import Group, Local, Value
from s2sad.frontend.tables import Tables
from s2sad.frontend.usage import is_unshared
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import LIST_METHODS, Atom, Block, Call, Const, Do, Let, Ref, Store, Var, walk
from s2sad.rules import registry

Rebind = Callable[[Value], None]


class Augmented(Tables):
    """The part of lowering that reads augmented assignments."""

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

        if self.kind(old).cat == "num" and isinstance(old, Var) and old.name not in self.outside:
            again = replaced if has_setter(self.class_of(base), name) else None
            self._augment_either(old, op, value, replaced, stmt, name, again)
            return
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
        if self.kind(value).cat in ("list", "tuple", "array", "num") and not kind.is_array:
            histories.keep(self, old)
        if isinstance(old, Var) and old.name in self.outside:
            if not self.kind(value).is_scalar or histories.holds_arrays(self, self.outside[old.name]):
                return histories.augmented(self, old, op, value, stmt)
            doubled = op == "mul" and self.kind(value).cat == "int"  # a list is, too
            histories.written(self, old, stmt, ".extend" if doubled else ".fill")
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
            made = self.binary(op, old, value, stmt, hint)
            if kind.cat == "object" and isinstance(old, Var) and isinstance(made, Var):
                if old.name not in self.outside:
                    self.renewed[made.name] = old.name, self.span(stmt)
            return made
        return self.call_value(method, [old, value], {}, stmt)

    def _augment_either(
        self,
        old: Var,
        op: str,
        value: Value,
        replaced: Rebind,
        stmt: ast.AST,
        hint: str = "",
        written: Rebind | None = None,
    ) -> None:
        """`y op= value` for what is an array, which is `written`, or a number, which is `replaced`."""
        kind = self.kinds[old.name]
        known = self.emit(Call("isinstance", (old, Ref("np.ndarray", np.ndarray))), K.BOOL, stmt)

        def rebind() -> None:
            self.kinds[old.name] = K.npscalar(kind.dtype)
            replaced(self.binary(op, old, value, stmt, hint))
            self.kinds[old.name] = K.array(kind.shape, kind.dtype)  # what leaves the first branch

        def write() -> None:
            self._augment_array(old, op, value, stmt)
            if written is not None:
                written(old)

        try:
            self.branch(known, write, rebind, stmt)
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
            known = self.kind(old).is_array or histories.is_container(old)
            if known or (isinstance(old, Var) and old.name in self.outside):
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
        elif self.kind(old).cat == "num" and isinstance(old, Var):
            self._augment_either(old, op, value, replaced, stmt, "", replaced if own else None)
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


__all__ = ["Augmented"]
