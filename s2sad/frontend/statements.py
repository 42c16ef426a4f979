"""Lowering of statements that bind, store and leave: assignments, assert, raise, del, with, import, match.

d["a"] = v      a new display for every name of the dict, no statement
match n: ...    the if statements that it stands for
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
from dataclasses import replace
from typing import Any

from s2sad.frontend import eithers, flat, generators, histories, late, maybes, mirrors
from s2sad.frontend.augmented import Augmented
from s2sad.frontend.classes import defined
from s2sad.frontend.objects import mangled
from s2sad.frontend.operators import class_method, may_vary
from s2sad.frontend.remembered import remembered
from s2sad.frontend.state import (
    Closure,
    Generator,
    Group,
    Local,
    Part,
    Value,
    Written,
    described,
    holds_functions,
)
from s2sad.frontend.trees import read_names
from s2sad.frontend.usage import is_quiet
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    Do,
    Let,
    Ref,
    Slice,
    Store,
    Var,
)


class Statements(Augmented):
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
        made = late.iterator(self, stmt, hint) if hint else late.iterators(self, stmt)
        value = self.expr(stmt.value, hint) if made is None else made
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
        bare = isinstance(target, ast.Name) and not self.const_depth
        if self.eithers and not bare and eithers.is_either(value):
            eithers.each(self, value, lambda held: self.assign(target, held, stmt), stmt)
            return
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
        if not isinstance(value, Group) or value.cat == maybes.EITHER:
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
        return value if same else replace(value, items=items, origin=None)

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
        star = target.elts[at]
        assert isinstance(star, ast.Starred)
        unread = isinstance(star.value, ast.Name) and self._is_unread(star.value.id)
        if not unread:
            middle = self.getitem(value, Slice(Const(at), last, Const(None)), stmt)
            rest = self.joined([Group("list", []), middle], stmt)
        for k, part in enumerate(target.elts):
            if k == at and not unread:
                self.assign(star.value, rest, stmt)
            elif k != at:
                self.assign(
                    part, self.getitem(value, Const(k if k < at else k - at - 1 - behind), stmt), stmt
                )

    def _is_unread(self, name: str) -> bool:
        """Whether nothing in the function reads a name: the `_` of `first, *_ = xs`."""
        node = self.scope.node
        return node is not None and not {name, "locals", "vars"} & read_names(node)

    def _assign_item(self, target: ast.Subscript, value: Value, stmt: ast.AST) -> None:
        if (found := mirrors.in_dict(self, target)) is not None:
            mirrors.set_attribute(self, found[0], histories.holder_of(self, found[0]), found[1], value, stmt)
            return
        base = self.operand(target.value)
        index = self.index(target.slice)
        if not self.kind(base).is_array:
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

    def stored(self, value: Value, stmt: ast.AST) -> Atom:
        """A value that is written into an array; displays and lists of what may vary become arrays."""
        kind = self.kind(value)
        if isinstance(value, Group) or (kind.cat in ("list", "tuple") and may_vary(self, value)):
            return self.atom(self.apply("np.array", [value], {}, stmt))
        if kind.cat == "object" and may_vary(self, value):  # a list on some path
            return self.atom(self.apply("np.array", [value], {}, stmt))
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

    # -------------------------------------------------------------------------------- the other statements

    def _functiondef(self, stmt: ast.FunctionDef) -> None:
        known = remembered(self, stmt) if stmt.decorator_list else None
        if known is not None:
            self.statements(known)
            return
        made: Value = self.closure(stmt)
        for decorator in reversed(stmt.decorator_list):
            by = self.operand(decorator)
            if isinstance(by, Ref) and by.obj is contextlib.contextmanager and isinstance(made, Closure):
                made = Part(by, [made], {})  # its body stands where a with statement enters it
                continue
            made = self.call_value(by, [made], {}, decorator)
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

    def _delete_outside(self, base: Value, target: ast.Subscript) -> bool:
        """Delete an item of an outside container that is kept; says whether it is one."""
        if histories.is_container(base):
            histories.keep(self, base)
        if not isinstance(base, Var) or base.name not in self.outside:
            return False
        index = self.index(target.slice)
        if not isinstance(index, Slice):
            histories.called(self, base, ".pop", [index], {}, target)
        return not isinstance(index, Slice)

    def _delete_one(self, target: ast.expr, stmt: ast.Delete) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._delete_one(part, stmt)
            return
        if isinstance(target, ast.Name):
            self.scope.env.pop(target.id, None)
            return
        base = self.operand(target.value) if isinstance(target, ast.Subscript) else None
        if isinstance(target, ast.Subscript) and base is not None and self._delete_outside(base, target):
            return
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


__all__: list[Any] = ["Statements"]
