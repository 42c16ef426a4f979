"""Lowering of star arguments: lists and arrays whose length is not known before the call.

f(*xs)  of  def f(a, b)         if len(xs) != 2: raise ...; f(xs[0], xs[1])
f(*xs)  of  def f(a, *rest)     a = xs[0]; rest = xs[1:], as a list
zip(*rows)                      a list for each column
f(**d)  of  def f(a, **rest)    rest = dict(d); a = rest.pop("a")
"""

from __future__ import annotations

import ast
import inspect
import types
from dataclasses import replace

import numpy as np

from s2sad.frontend import generators, shelves
from s2sad.frontend.checkpoint import under_checkpoint
from s2sad.frontend.libraries import is_library
from s2sad.frontend.objects import Objects, static_attribute
from s2sad.frontend.standins import Table
from s2sad.frontend.state import Closure, Generator, Group, Method, Part, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Slice, Var
from s2sad.rules import registry

UNKNOWN = "**"  # the keyword of a dict whose keys are not known, which no program can write
MANY = "many"  # a display that stands for the elements of the one value in it
COLUMNS = """
columns = []
if len(rows) > 0:
    for k in range(min([len(row) for row in rows])):
        columns.append([row[k] for row in rows])
"""


def many(value: Value) -> bool:
    """Whether an argument stands for a number of them that is not known."""
    return isinstance(value, Group) and value.cat == MANY


class Stars(Objects):
    """The part of lowering that reads star arguments."""

    def _columns_of(self, fn: Value, node: ast.Call) -> Value | None:
        """`zip(*rows)` of a list of tuples or lists: a list for each column."""
        if not (isinstance(fn, Ref) and fn.obj is zip and len(node.args) == 1 and not node.keywords):
            return None
        star = node.args[0]
        if not isinstance(star, ast.Starred):
            return None
        rows = self.operand(star.value)
        kind = self.kind(rows)
        row = kind.items[0] if kind.cat == "list" and kind.items and isinstance(rows, Var) else None
        lists = row is not None and (row.cat == "list" or (row.is_number and row.rank != 0))
        if lists or (kind.is_number and (kind.rank or 0) > 1 and isinstance(rows, Var)):
            named = {"len": Ref("len", len), "range": Ref("range", range), "min": Ref("min", min)}
            return self.script(COLUMNS, node, "columns", rows=rows, **named)
        if row is None or row.cat != "tuple" or row.items is None:
            return None
        made: list[Value] = []
        for k in range(len(row.items)):
            column = self.emit(Call("list", ()), K.list_of(None), node)
            length = self.emit(Call("len", (self.atom(rows),)), K.INT, node)

            def one(i: Var, k: int = k, column: Var = column) -> None:
                self.append(column, self.getitem(self.getitem(rows, i, node), Const(k), node), node)

            self.each(length, one, node)
            made.append(column)
        return Group("tuple", made)

    def _spread(
        self, fn: Value, value: Value, before: list[Value], node: ast.Call, arg: ast.AST
    ) -> list[Value]:
        """The elements of a star argument: of an array or list as many as the callee still needs."""
        if isinstance(value, Generator):
            value = generators.listed(self, value, arg)
        value = shelves.elements(self, value, arg) or value
        kind = self.kind(value)
        lists = kind.cat in ("list", "range") and isinstance(value, Var)
        arrays = kind.is_number and not kind.is_scalar and not (kind.shape and isinstance(kind.shape[0], int))
        if not lists and not arrays:
            return self.unpack(value, None, arg)
        stars = sum(isinstance(a, ast.Starred) for a in node.args)
        count = self._needed(fn) if stars == 1 else None
        if count is None and (self._takes_any(fn) or (isinstance(fn, Ref) and fn.obj is print)):
            return [Group(MANY, [value])]
        if count is None:
            return self.unpack(value, None, arg)
        behind = len(node.args) - 1 - len(before)
        named = [k.arg for k in node.keywords]
        count -= len(before) + behind + sum(n in named for n in self._parameters(fn))
        return self.unpack(value, max(count, 0), arg)

    def _takes_a_shape(self, fn: Value, node: ast.Call, args: list[Value]) -> bool:
        """`x.reshape(*lead, n)` as `x.reshape((*lead, n))`: the lengths may be of any number."""
        if not (isinstance(fn, Method) and fn.fn in (Const(".reshape"), Const(".transpose"))):
            return False
        if not self.kind(fn.self).is_number or not any(isinstance(a, ast.Starred) for a in node.args):
            return False
        args.append(self.operand(ast.copy_location(ast.Tuple(node.args, ast.Load()), node)))
        return True

    def _takes_one_list(self, fn: Value, node: ast.Call, args: list[Value]) -> bool:
        """`max(*xs, y)` as `max([*xs, y])`: the numbers may be of any number from two on."""
        builtin = isinstance(fn, Ref) and (fn.obj is max or fn.obj is min)
        if not builtin or not any(isinstance(a, ast.Starred) for a in node.args):
            return False
        made = self.operand(ast.copy_location(ast.List(node.args, ast.Load()), node))
        if isinstance(made, Group):
            args.extend(made.items)
            return True
        if sum(not isinstance(a, ast.Starred) for a in node.args) < 2:
            text = """
if len(xs) < 2:
    raise error(f"max() and min() of {len(xs)} numbers")
"""
            self.script(text, node, xs=made, error=Ref("TypeError", TypeError), len=Ref("len", len))
        args.append(made)
        return True

    def _needed(self, fn: Value) -> int | None:
        """How many positional arguments a function must have; None if that is not fixed."""
        if isinstance(fn, Method) and not isinstance(fn.fn, Const):
            inner = self._needed(fn.fn)
            return None if inner is None else inner - 1
        if isinstance(fn, Part):
            inner = self._needed(fn.fn)
            return None if inner is None or fn.kwargs else inner - len(fn.args)
        if isinstance(fn, Closure):
            spec = fn.node.args
            fixed = not (spec.vararg or fn.defaults)
            return len(spec.posonlyargs) + len(spec.args) if fixed else None
        if isinstance(fn, Ref) and isinstance(fn.obj, types.FunctionType):
            code = fn.obj.__code__
            return None if code.co_flags & inspect.CO_VARARGS or fn.obj.__defaults__ else code.co_argcount
        if isinstance(fn, Ref) and isinstance(fn.obj, np.ufunc):
            return fn.obj.nin
        if isinstance(fn, Ref) and isinstance(fn.obj, type):
            names = getattr(fn.obj, "_fields", None)
            if names is not None and issubclass(fn.obj, tuple):
                return None if getattr(fn.obj, "_field_defaults", None) else len(names)
            method = static_attribute(fn.obj, "__init__")
        else:
            cls = self.class_of(fn)
            method = static_attribute(cls, "__call__") if cls is not None else None
        if isinstance(method, types.FunctionType):
            inner = self._needed(Ref("", method))
            return None if inner is None else inner - 1
        return None

    def _parameters(self, fn: Value) -> list[str]:
        """The names of a function's positional parameters."""
        if isinstance(fn, Method | Part):
            return self._parameters(fn.fn)
        if isinstance(fn, Closure):
            return [a.arg for a in (*fn.node.args.posonlyargs, *fn.node.args.args)]
        code = getattr(getattr(fn, "obj", None), "__code__", None)
        if isinstance(fn, Ref) and isinstance(fn.obj, type):
            code = getattr(static_attribute(fn.obj, "__init__"), "__code__", None)
        return list(code.co_varnames[: code.co_argcount]) if code is not None else []

    def _takes_any(self, fn: Value) -> bool:
        """Whether a function of the user's takes any number of positional arguments."""
        if isinstance(fn, Method) and not isinstance(fn.fn, Const):
            return self._takes_any(fn.fn)
        if isinstance(fn, Part):
            return self._takes_any(fn.fn)
        if isinstance(fn, Closure):
            return fn.node.args.vararg is not None
        if not isinstance(fn, Ref) or not isinstance(fn.obj, types.FunctionType) or is_library(fn.obj):
            return False
        marked = any(getattr(fn.obj, n, None) is True for n in ("__s2sad__", "__s2sad_transform__"))
        ruled = registry.canonical(fn.obj) is not None or under_checkpoint(fn) is not None
        return bool(fn.obj.__code__.co_flags & inspect.CO_VARARGS) and not marked and not ruled

    def enough(self, args: list[Value], count: int, node: ast.AST) -> list[Value]:
        """The arguments with as many taken out of the unknown number as there are names for them."""
        at = next(i for i, a in enumerate(args) if many(a))
        if at >= count:
            return args
        held = args[at]
        assert isinstance(held, Group)
        value, missing = held.items[0], count - at
        text = f"""
if len(xs) < {missing}:
    raise error(f"{missing} positional arguments are missing, and {{len(xs)}} are given")
"""
        self.script(text, node, xs=value, error=Ref("TypeError", TypeError), len=Ref("len", len))
        taken = [self.getitem(value, Const(i), node) for i in range(missing)]
        rest = self.getitem(value, Slice(Const(missing), Const(None), Const(None)), node)
        return [*args[:at], *taken, Group(MANY, [rest]), *args[at + 1 :]]

    def rest_of(self, extra: list[Value], node: ast.AST) -> Value:
        """What `*args` is: a display, or a list where the number is not known."""
        if not any(many(a) for a in extra):
            return Group("tuple", extra)
        parts: list[Value] = [Group("list", [])]
        for item in extra:
            last = parts[-1]
            assert isinstance(last, Group)
            if isinstance(item, Group) and many(item):
                parts += [item.items[0], Group("list", [])]
            else:
                last.items.append(item)
        made = self.joined(parts, node)
        element = (self.kind(made).items or (K.OBJECT,))[0]
        if not K.carries(element):  # indices among them
            kind = K.Kind("tuple", items=None, every=element)
            return self.emit(Call("call", (Ref("tuple", tuple), self.atom(made))), kind, node)
        self.listed_tuples = True
        assert isinstance(made, Var)
        self.kinds[made.name] = replace(self.kinds[made.name], dtype=K.LISTED)
        return made


    # ------------------------------------------------------------------------------------------ double stars

    def passed_table(self, value: Value, kwargs: dict[str, Value], node: ast.AST) -> Value:
        """What `**d` of a dict with computed keys passes on: a dict of its own."""
        if UNKNOWN in kwargs:
            self.refuse(node, "** of several dicts whose keys are not known", "pass one dict: {**a, **b}")
        table = self.table(Table, [], node)
        self.filled(table, value, node)
        return table

    def out_of_table(
        self,
        kwargs: dict[str, Value],
        env: dict[str, Value],
        names: list[str],
        optional: dict[str, Value],
        called: tuple[str, ast.AST],
    ) -> dict[str, Value]:
        """The keywords with what `**d` passes for parameters; TypeError as Python raises it."""
        function, node = called
        table = kwargs.get(UNKNOWN)
        if table is None:
            return kwargs
        found = {k: v for k, v in kwargs.items() if k != UNKNOWN}
        given = {*env, *found}
        for name in names:
            key = Const(name)
            inside = self.compare("in", key, table, node)
            if name in given:
                self._fail_if(inside, f"{function}() got multiple values for argument {name!r}", node)
            elif name in optional:
                found[name] = self.choose(
                    inside,
                    lambda key=key: self.own_method(table, "pop", [key], node),  # type: ignore[misc]
                    lambda name=name: optional[name],  # type: ignore[misc]
                    node,
                )
            else:
                missing = self.compare("notin", key, table, node)
                self._fail_if(missing, f"{function}() missing a required argument: {name!r}", node)
                found[name] = self.own_method(table, "pop", [key], node)
        return found

    def rest_by_name(
        self, table: Value | None, rest: dict[str, Value], kwarg: ast.arg | None, called: tuple[str, ast.AST]
    ) -> dict[str, Value]:
        """What `**kwargs` is; TypeError where there is none, and something is left."""
        function, node = called
        if table is None:
            return {} if kwarg is None else {kwarg.arg: self.made("dict", list(rest.values()), list(rest))}
        if kwarg is None:
            left = self.compare("gt", self.own_method(table, "__len__", [], node), Const(0), node)
            self._fail_if(left, f"{function}() got an unexpected keyword argument", node)
            return {}
        made = self.table(Table, [], node) if rest else table
        for key, value in rest.items():
            self.own_method(made, "__setitem__", [Const(key), value], node)
        if rest:
            self.filled(made, table, node)
        return {kwarg.arg: made}

    def _fail_if(self, wrong: Value, message: str, node: ast.AST) -> None:
        error, said = Ref("TypeError", TypeError), Const(message)
        self.script("if wrong:\n    raise error(said)", node, wrong=wrong, error=error, said=said)


__all__ = ["MANY", "UNKNOWN", "Stars", "many"]
