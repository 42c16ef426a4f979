"""Lowering of calls: the user's functions (inlined), methods, classes, and what stays opaque.

No callee is left to run-time dispatch that can be found here: functions in dicts and tuples, arguments that
are functions, bound methods, partials, closures and defaults all lead to a definition, whose body is
lowered in place. Where one of several known functions is called, the program branches on which:

    for fn in [square, scaled]: y = fn(y)        for i in range(2): y = square(y) if i == 0 else scaled(y)
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import inspect
import json
import types
import typing
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend import (
    custom,
    derivatives,
    eithers,
    generators,
    histories,
    numbered,
    protocols,
    shelves,
    solvers,
    trips,
)
from s2sad.frontend.arrays import FUNCTIONS
from s2sad.frontend.catching import opened_by
from s2sad.frontend.checkpoint import under_checkpoint
from s2sad.frontend.escapes import kept, may_give
from s2sad.frontend.fixed_curves import call_of_constant
from s2sad.frontend.functions import SPECIAL, bound_by, random_kind
from s2sad.frontend.libraries import READ, is_library
from s2sad.frontend.mapped import vectorize_options, vectorized
from s2sad.frontend.numbered import refuse_as_number
from s2sad.frontend.objects import Init, static_attribute
from s2sad.frontend.operations import OPERATIONS
from s2sad.frontend.outline import outlined_call
from s2sad.frontend.records import member
from s2sad.frontend.recursion import recursive_call
from s2sad.frontend.scipy_objects import method_of_constant
from s2sad.frontend.sequences import ORDERING
from s2sad.frontend.source import RULES, Source, find
from s2sad.frontend.sparse_constants import note_made, solved
from s2sad.frontend.standins import Queue
from s2sad.frontend.stars import UNKNOWN, Stars, many
from s2sad.frontend.state import CALLABLE, Choice, Closure, Group, Local, Method, Part, Scope, Value
from s2sad.frontend.tables import MAKERS
from s2sad.frontend.ufuncs import method_of_ufunc
from s2sad.frontend.usage import parameter_names
from s2sad.frontend.values import hashable, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Var
from s2sad.rules import registry
from s2sad.rules.advice import remedy
from s2sad.rules.keywords import by_place

MAX_DEPTH = 60
# They take no elements.
WHOLE = (len, isinstance, type, id, copy.copy, copy.deepcopy, print, getattr, hasattr, iter, next)
FOUND = {**FUNCTIONS, **SPECIAL, **ORDERING, **MAKERS, **OPERATIONS}
DEEPEST = 12  # calls of a function by itself that are written out, one in another
WRITTEN_OUT = 60  # and in all
FORKED = 2  # branches around one in another that are not known


class TooDeep(Exception):
    """A recursion does not end as soon as would be needed to write it out."""


class Calls(Stars):
    """The part of lowering that reads calls."""

    def _call(self, node: ast.Call, hint: str) -> Value:
        self.called = node.func
        return self.called_with(self.expr(node.func), node, hint)

    def called_with(self, fn: Value, node: ast.Call, hint: str = "") -> Value:
        """A call of a value with the arguments that stand in the program."""
        made = kept(self, node) if may_give(fn, node) else None
        made = made or generators.consumed(self, fn, node, hint)
        made = made or self.over_items(fn, node, hint) or self.dict_called(fn, node, hint)
        if made is not None:
            return made
        columns = self._columns_of(fn, node)
        if columns is not None:
            return columns
        args: list[Value] = []
        whole = self._takes_a_shape(fn, node, args) or self._takes_one_list(fn, node, args)
        for arg in () if whole else node.args:
            if isinstance(arg, ast.Starred):
                args.extend(self._spread(fn, self.operand(arg.value), args, node, arg))
            else:
                args.append(self.operand(arg))
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.operand(keyword.value)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
                continue
            value = self.contents(value, node)
            if self.stands_in(value) is not None:
                kwargs[UNKNOWN] = self.passed_table(value, kwargs, node)
                continue
            if not self.is_dict(value):
                self.refuse(
                    keyword.value, "** of something whose keys are not known", "write the keywords out"
                )
            kwargs.update({k: self.getitem(value, Const(k), node) for k in self.unpack_keys(value)})
        return self.call_value(fn, generators.emptied(self, fn, args, node), kwargs, node, hint)

    def call_value(
        self, fn: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str = ""
    ) -> Value:
        """A call of whatever a name may mean."""
        fn = self.unpacked(fn, node) or fn
        if isinstance(fn, Part):
            return self.call_value(fn.fn, fn.args + args, {**fn.kwargs, **kwargs}, node, hint)
        if isinstance(fn, Method):
            if isinstance(fn.fn, Const):
                return self.builtin_method(fn.self, fn.fn.value, args, kwargs, node, hint)
            if (made := method_of_constant(self, fn, args, kwargs, node, hint)) is not None:
                return made
            if fn.cls is not None:
                return numbered.call_narrowed(self, fn, args, kwargs, node, hint)
            return self.call_value(fn.fn, [fn.self, *args], kwargs, node, hint)
        if isinstance(fn, Choice):
            return self._call_choice(fn, 0, args, kwargs, node, hint)
        stream = generators.called(self, fn, args, kwargs)
        if stream is not None:
            return stream
        if isinstance(fn, Closure):
            return self._call_closure(fn, args, kwargs, node)
        if isinstance(fn, Ref) and isinstance(fn.obj, Init):
            self.fill(args[0], fn.obj.cls, args[1:], kwargs, node)
            return Const(None)
        if isinstance(fn, Ref):
            return self._call_object(fn, args, kwargs, node, hint)
        if isinstance(fn, Var) and fn.name in self.live:
            obj = self.live[fn.name]
            return self._call_object(Ref(fn.name.split(".")[0], obj), args, kwargs, node, hint, var=fn)
        return self._call_made(fn, args, kwargs, node, hint)

    def _call_made(
        self, fn: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """A call of an object that is made here, or of what is not known."""
        if isinstance(fn, Var) and self.kind(fn) == K.BOTTOM:
            return self.emit(Call("call", (fn,)), K.BOTTOM, node, hint)
        callers = [static_attribute(m, "__call__") for m in numbered.members_of(self.class_of(fn))]
        if callers and all(isinstance(c, types.FunctionType) for c in callers):
            return self.call_value(self.attribute(fn, "__call__", node), args, kwargs, node, hint)
        return solved(self, fn, args, kwargs, node) or self.refuse_call(fn, node)

    def _call_choice(
        self, fn: Choice, start: int, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """An if-chain over the callables that it may be."""

        def here() -> Value:
            return self.call_value(fn.items[start], args, kwargs, node)

        if start == len(fn.items) - 1:
            return self.call_value(fn.items[start], args, kwargs, node, hint)
        cond = self.emit(Call("eq", (fn.index, Const(start))), K.BOOL, node)
        return self.choose(
            cond, here, lambda: self._call_choice(fn, start + 1, args, kwargs, node, ""), node, hint
        )

    # -------------------------------------------------------------------------------------- live callables

    def _call_object(
        self,
        fn: Ref,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        hint: str,
        var: Var | None = None,
    ) -> Value:
        obj, args = fn.obj, self._elements_of(fn, args, node)
        special = custom.ruled(fn) or (FOUND.get(obj) if hashable(obj) else None) or custom.special(obj)
        special = special or trips.special(obj) or under_checkpoint(fn) or derivatives.special(obj)
        if special is not None:
            if kwargs and hashable(obj) and obj in FOUND:
                args, kwargs = by_place(obj, args, kwargs)
            return special(self, args, kwargs, node, hint)
        if getattr(obj, "__s2sad_transform__", None) is True:
            return self.transform(fn, args, kwargs, node)
        if getattr(obj, "__s2sad_stop__", False) is True:
            return self.stopped(args[0], node)
        if (made := self._call_known(fn, args, kwargs, node, hint)) is not None:
            return made
        if isinstance(obj, functools.partial):
            first, named = bound_by(self, fn)
            inner = Ref(fn.text + ".func", obj.func)
            return self.call_value(inner, [*first, *args], {**named, **kwargs}, node, hint)
        if isinstance(getattr(obj, "__self__", None), np.random.Generator | np.random.RandomState):
            return self._opaque(fn, args, kwargs, node, hint)
        if isinstance(obj, types.MethodType):
            owner: Value = var if var is not None else Ref(fn.text + ".__self__", obj.__self__)
            return self.call_value(Ref(fn.text, obj.__func__), [owner, *args], kwargs, node, hint)
        if getattr(obj, "__s2sad__", None) is True:
            return self.call_transform(fn, args, kwargs, node)
        if isinstance(obj, types.FunctionType):
            if is_library(obj):
                return self._opaque(fn, args, kwargs, node, hint)
            return self._call_function(fn, args, kwargs, node, hint)
        if isinstance(obj, type):
            return self._construct(fn, args, kwargs, node, hint)
        return self._call_instance(fn, args, kwargs, node, hint, var)

    def _call_known(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value | None:
        """A call of a builtin on objects, a function that has a rule, or a ufunc's method; else None."""
        made = protocols.called(self, fn.obj, args, kwargs, node) or member(self, fn.obj, args, node)
        if made is not None:
            return made
        name = registry.canonical(fn.obj)
        if name is not None:
            return self.apply(name, args, kwargs, node, form=fn.text if fn.text != name else "", hint=hint)
        if isinstance(getattr(fn.obj, "__self__", None), np.ufunc):
            return method_of_ufunc(self, fn, args, kwargs, node, hint)
        return None

    def _elements_of(self, fn: Ref, args: list[Value], node: ast.AST) -> list[Value]:
        """The arguments of a function from a library: of tables and deques what it iterates."""
        obj = fn.obj
        if len(args) == 1 and (obj is sorted or obj is max or obj is min):
            args = [shelves.elements(self, args[0], node) or args[0]]
        classes = [self.stands_in(a) for a in args]
        if not any(classes) or isinstance(obj, types.FunctionType) or not hashable(obj):
            return args
        args = args if obj in WHOLE else [self.contents(a, node) for a in args]
        classes = [self.stands_in(a) for a in args]
        if obj in MAKERS or obj in WHOLE:
            return args
        plain = getattr(obj, "__module__", None) in ("builtins", "itertools", "_functools")
        pairs = zip(args, classes, strict=True)
        return [self.iterated(a, node) if cls is Queue or (cls and plain) else a for a, cls in pairs]

    def _call_instance(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str, var: Var | None
    ) -> Value:
        """A callable object: its class's `__call__`, the function that it wraps, or unseen code."""
        obj = fn.obj
        made = call_of_constant(self, fn, var, args, kwargs, node)
        if made is not None:
            return made
        names = registry.parameters(obj)
        if names is not None and len(args) <= len(names):  # norm(mu, sigma): its methods take x beside these
            return Part(fn, [], {**dict(zip(names, args, strict=False)), **kwargs})
        call = inspect.getattr_static(type(obj), "__call__", None)
        if isinstance(call, types.FunctionType) and not is_library(call):
            cls = type(obj)
            self.depend(("class", id(cls)), lambda: cls.__call__, call, "__call__")
            method = Ref(f"{cls.__name__}.__call__", call)
            return self._call_function(method, [var or fn, *args], kwargs, node)
        if isinstance(obj, np.vectorize):
            return self._call_vectorized(fn, args, kwargs, node, hint)
        wrapped = getattr(obj, "__wrapped__", None) or getattr(obj, "py_func", None)
        if isinstance(wrapped, types.FunctionType) and not is_library(wrapped):
            return self._call_function(Ref(fn.text, wrapped), args, kwargs, node)
        return self._opaque(fn, args, kwargs, node, hint)

    def _call_vectorized(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """A function that np.vectorize made outside, as a decorator or by a call."""
        obj = fn.obj
        options = vectorize_options(obj.otypes, obj.excluded, obj.signature)
        if options is None:
            self.refuse(node, "np.vectorize with these options", "write a loop over the elements")
        inner = Ref(fn.text + ".pyfunc", obj.pyfunc)
        self.depend(("pyfunc", id(obj)), lambda: obj.pyfunc, obj.pyfunc, "pyfunc")
        return self.call_value(Ref("vectorized", vectorized), [inner, options, *args], kwargs, node, hint)

    def _construct(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        cls = fn.obj
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            defaults = {k: self.live_value(f"{fn.text}.{k}", v) for k, v in cls._field_defaults.items()}
            return self._record(cls, "tuple", list(cls._fields), defaults, args, kwargs, node)
        if typing.is_typeddict(cls):
            return self.call_value(Ref("dict", dict), args, kwargs, node, hint)
        if issubclass(cls, BaseException):
            atoms = tuple(self.variable(a, node) for a in args)
            words = tuple((k, self.variable(v, node)) for k, v in kwargs.items())
            return self.emit(Call("call", (fn, *atoms), words), K.OBJECT, node, hint)
        if hasattr(cls, "__mro__") and not issubclass(cls, tuple):
            made = self.create(cls, args, kwargs, node)
            if made is not None:
                return made
        return self._opaque(fn, args, kwargs, node, hint)

    def _record(
        self,
        cls: type,
        cat: str,
        names: list[str],
        defaults: dict[str, Value],
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
    ) -> Group:
        """A namedtuple or dataclass, field by field."""
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        missing = [n for n in names if n not in given and n not in defaults]
        unknown = [n for n in given if n not in names]
        if len(args) > len(names) or missing or unknown:
            self.refuse(
                node, f"{cls.__name__}(...) does not get the fields {', '.join(names)}", "check the call"
            )
        return Group(cat, [given[n] if n in given else defaults[n] for n in names], list(names), cls)

    def _opaque(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """A call that stays as it is; `analysis.activity` refuses it if an active value reaches it."""
        made = solved(self, fn, args, kwargs, node) or histories.written_out(self, fn.obj, args, node)
        made = made or solvers.called(self, fn, args, kwargs, node, hint)
        if made is not None:
            return made
        for value in (*args, *kwargs.values()):
            if isinstance(value, CALLABLE):
                self.refuse(
                    node,
                    f"a function that is made here is passed to {fn.text}, which cannot be seen",
                    remedy(fn.obj) or "write the loop or the call out",
                )
        refuse_as_number(self, [*args, *kwargs.values()], node)
        atoms = tuple(self.variable(a, node) for a in args)
        named = tuple((k, self.variable(v, node)) for k, v in kwargs.items())
        kind = K.STR if fn.obj is json.dumps else random_kind(fn.obj, kwargs, args, self.kind)
        made = self.emit(Call("call", (fn, *atoms), named), kind, node, hint)
        if kind == K.OBJECT:
            self.unseen.add(made.name)
            note_made(self, made.name, fn, [*args, *kwargs.values()])
        if fn.obj is np.random.default_rng or fn.obj is np.random.Generator:
            self.generators[made.name] = np.random.Generator
        elif fn.obj is np.random.RandomState:
            self.generators[made.name] = fn.obj
        return made

    # -------------------------------------------------------------------------------- the user's functions

    def _call_function(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str = ""
    ) -> Value:
        obj = fn.obj
        try:
            source = find(obj)
        except UnsupportedError:
            return self._opaque(fn, args, kwargs, node, "")
        self.depend(("code", id(obj)), lambda: obj.__code__, obj.__code__, fn.text)
        self.depend(("defaults", id(obj)), lambda: obj.__defaults__, obj.__defaults__, fn.text)
        named = obj.__kwdefaults__ or {}

        def by_identity() -> list[tuple[str, int]]:
            return [(k, id(v)) for k, v in (obj.__kwdefaults__ or {}).items()]

        self.depend(("kwdefaults", id(obj)), by_identity, by_identity(), fn.text, same=True)
        spec = source.node.args
        given = obj.__defaults__ or ()
        names = [a.arg for a in spec.posonlyargs + spec.args][-len(given) :] if given else []
        defaults = [self.default(name, d) for name, d in zip(names, given, strict=True)]
        kwdefaults = {k: self.default(k, d) for k, d in named.items()}
        env = self.bind_arguments(source.node.args, args, kwargs, defaults, kwdefaults, node, fn.text)
        env = {n: env[n] for n in parameter_names(spec) if n in env}
        around = self.class_scopes.get(source.file)
        if obj.__code__ in self.frames:
            made = self._written_out(source, source.node, env, around, obj.__code__)
            return self._called_again(fn, source, env, node, around) if made is None else made
        if source.module in READ:
            return self._stood_in(source, env, node)
        outline = self.outline
        if outline is None or around is not None:
            return self.inline(source, source.node, env, around, obj.__code__)
        if obj.__code__ in outline.codes and not self.const_depth and self.opening is None:
            made = outlined_call(self, fn, source, env, node, hint)
            if made is not None:
                return made
        outline.path.append(id(node))
        outline.sites.setdefault(obj.__code__, set()).add(tuple(outline.path))
        block, start = self.block, len(self.block)
        try:
            return self.inline(source, source.node, env, None, obj.__code__)
        finally:
            outline.path.pop()
            outline.measure(obj.__code__, block, start)

    def _called_again(
        self, fn: Ref, source: Source, env: dict[str, Value], node: ast.AST, around: Scope | None
    ) -> Value:
        """The call of a function by itself; a method that is made here reads nothing around its class."""
        try:
            return recursive_call(self, fn, source, env, node)
        except UnsupportedError as error:
            unknown = any(refusal.what.endswith("is not defined") for refusal in error.refusals)
            if around is None or not unknown:
                raise
        what = f"{source.name} calls itself, and reads what is made in the function around its class"
        self.refuse(node, what, "pass it as an argument, or keep it as an attribute")

    def _stood_in(self, source: Source, env: dict[str, Value], node: ast.AST) -> Value:
        """A function of `standins`; all of it stands where it is called."""
        outer = self.at
        with self.standing(node), contextlib.nullcontext() if outer is not None else self.at_once():
            return self.inline(source, source.node, env, None, source.fun.__code__)

    def default(self, name: str, obj: Any) -> Value:
        """A parameter's default: numbers as they are (the text relies on them), other objects by its name."""
        return Const(obj) if type(obj) in (int, float, complex) else self.live_value(name, obj)

    def _call_closure(self, fn: Closure, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        name = getattr(fn.node, "name", "<lambda>")
        frame = fn.node, id(fn.scope)  # another closure of the same text is another function
        env = self.bind_arguments(fn.node.args, args, kwargs, fn.defaults, fn.kwdefaults, node, name)
        fixed = not (fn.node.args.vararg or fn.node.args.kwarg)
        if fixed and frame not in self.frames and self._calls_itself(fn) and self._free_of_functions(fn):
            made, captured = self.lifted(fn, env, node, name)
            return self.call_value(made, [], {**env, **captured}, node)
        if frame in self.frames:
            written = self._written_out(fn.scope.source, fn.node, env, fn.scope, frame)
            if written is None:
                self.refuse(node, f"{name} calls itself", "write the recursion as a loop")
            return written
        with self.standing(node) if fn.scope.source.module == RULES else contextlib.nullcontext():
            return self.inline(fn.scope.source, fn.node, env, fn.scope, frame)

    def _written_out(
        self, source: Source, node: Any, env: dict[str, Value], parent: Scope | None, frame: object
    ) -> Value | None:
        """The body of a function that calls itself, once more, where what is known ends the recursion soon.

        None if it does not: then the function is called, not inlined.
        """
        depth = self.frames.count(frame)
        deep = depth > DEEPEST or (depth > 1 and self.nesting - self.unrolled_at > FORKED)
        steered = any(self._steers(v) for v in env.values())
        if deep or not (steered or self._in_structure()) or self.unrolled > WRITTEN_OUT:
            if depth > 1 and self.unrolled:
                raise TooDeep
            return None
        self.unrolled += 1
        if depth > 1:
            outer, self.in_leaf = self.in_leaf, not steered
            try:
                return self.inline(source, node, env, parent, frame)
            finally:
                self.in_leaf = outer
        block, cells, scope, names = self.block, dict(self.objects.cells), self.scope, dict(self.scope.env)
        length, frames, callers = len(block), len(self.frames), len(self.callers)
        self.unrolled_at = nesting = self.nesting
        self.in_leaf = not steered
        try:
            return self.inline(source, node, env, parent, frame)
        except (TooDeep, UnsupportedError):
            self.block, self.objects.cells, self.scope, self.nesting = block, cells, scope, nesting
            del block[length:], self.frames[frames:], self.callers[callers:]
            self.scope.env = names
            return None
        finally:
            self.unrolled, self.in_leaf = 0, False

    def _steers(self, value: Value) -> bool:
        """Whether an argument may decide when a recursion ends: an integer or a structure that is known."""
        if isinstance(value, Const):
            return type(value.value) is int
        if isinstance(value, Ref) and self.class_of(value) is not None:
            return not callable(value.obj)
        return isinstance(value, Group | Local) or self.kind(value).cat in ("tuple", "dict")

    def _in_structure(self) -> bool:
        """Whether a function that calls itself may come to the end of a structure that is known here."""
        scope: Scope | None = self.scope
        while scope is not None and not self.in_leaf:
            held = scope.env.values()
            if any(isinstance(opened(v), Group) or self.kind(v).cat in ("tuple", "dict") for v in held):
                return True
            scope = scope.parent
        return False

    def _calls_itself(self, fn: Closure) -> bool:
        name = getattr(fn.node, "name", None)
        called = [n.func for n in ast.walk(fn.node) if isinstance(n, ast.Call)]
        return name is not None and any(isinstance(f, ast.Name) and f.id == name for f in called)

    def bind_arguments(
        self,
        spec: ast.arguments,
        args: list[Value],
        kwargs: dict[str, Value],
        defaults: list[Value],
        kwdefaults: dict[str, Value],
        node: ast.AST,
        name: str,
    ) -> dict[str, Value]:
        """Parameters and what is passed for them, by Python's rules."""
        names = [a.arg for a in spec.posonlyargs + spec.args]
        keywords = [a.arg for a in spec.args + spec.kwonlyargs]
        if any(many(a) for a in args):
            args = self.enough(args, len(names), node)
        env: dict[str, Value] = dict(zip(names, args, strict=False))
        table = kwargs.get(UNKNOWN)
        optional = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True)) | kwdefaults
        kwargs = self.out_of_table(kwargs, env, keywords, optional, (name, node))
        extra = args[len(names) :]
        if extra and spec.vararg is None:
            what = f"{name}() takes {len(names)} positional arguments but {len(args)} were given"
            self.refuse(node, what, "check the call")
        if spec.vararg is not None:
            env[spec.vararg.arg] = self.rest_of(list(extra), node)
        rest = {k: v for k, v in kwargs.items() if k not in keywords}
        for key in keywords:
            if key in kwargs and key in env:
                self.refuse(node, f"{name}() got multiple values for the argument {key!r}", "check the call")
            if key in kwargs:
                env[key] = kwargs[key]
        env = {**optional, **env}
        if spec.kwarg is not None or table is not None:
            env.update(self.rest_by_name(table, rest, spec.kwarg, (name, node)))
        elif rest:
            self.refuse(
                node, f"{name}() got an unexpected keyword argument {next(iter(rest))!r}", "check the call"
            )
        missing = [n for n in [*names, *keywords] if n not in env]
        if missing:
            self.refuse(node, f"{name}() misses the argument {missing[0]!r}", "pass it")
        return env

    def inline(
        self, source: Source, node: Any, env: dict[str, Value], parent: Scope | None, frame: object,
        flags: dict[str, int] | None = None,
    ) -> Value:  # fmt: skip
        """Lower a function's body in place; its result. `flags` are names that are cells of the caller's."""
        if len(self.frames) > MAX_DEPTH:
            self.refuse(None, "calls are nested too deeply", "write the recursion as a loop")
        outer, at, catcher = self.scope, self.at, self.catcher
        node, self.catcher = opened_by(self, source, node)
        if self.apart:
            env = {n: self.settled(v, None) for n, v in env.items()}
        inner = self.function_scope(source, node, env, parent)
        inner.boxed.update(flags or {})
        self.callers.append(outer)
        self.scope = inner
        self.at = at if source.module in (*READ, RULES, "generated") else None
        self.frames.append(frame)
        for name, value in env.items():
            if isinstance(value, Var) and not self.hints.get(value.name):
                self.hints[value.name] = name
        try:
            if isinstance(node, ast.Lambda):
                return eithers.value(self, node.body)
            return self.function_body(node)
        finally:
            self.frames.pop()
            self.callers.pop()
            self.scope, self.at, self.catcher = outer, at, catcher


__all__ = ["Calls"]
