"""Lowering of calls: rules, the user's functions (inlined), methods, and what stays opaque.

No callee is left to run-time dispatch that can be found here: functions in dicts and tuples, arguments that are functions,
bound methods, partials, closures and defaults all lead to a definition, whose body is lowered in place.
"""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend.recursion import recursive_call
from s2sad.frontend.source import Source, find
from s2sad.frontend.state import Closure, Group, Method, Part, Scope, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Let, Ref, Store, Undef, Var
from s2sad.rules import registry
from s2sad.rules.binding import BindingError, bind

MAX_DEPTH = 60
LIST_METHODS = {".append", ".extend", ".pop", ".insert", ".copy", ".reverse", ".index", ".count", ".clear"}
SILENT = (print,)


class Calls(State):
    """The part of lowering that reads calls."""

    def _call(self, node: ast.Call, hint: str) -> Value:
        fn = self.expr(node.func)
        args: list[Value] = []
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                args.extend(self.unpack(self.operand(arg.value), None, arg))  # type: ignore[attr-defined]
            elif isinstance(arg, ast.GeneratorExp):
                args.append(self.comprehension(arg))  # type: ignore[attr-defined]
            else:
                args.append(self.operand(arg))  # type: ignore[attr-defined]
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.operand(keyword.value)  # type: ignore[attr-defined]
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif isinstance(value, Group) and value.cat == "dict":
                kwargs.update(zip(value.keys, value.items, strict=True))
            elif self.kind(value).cat == "dict":
                kwargs.update({k: self.getitem(value, Const(k), node) for k in self.kind(value).keys})  # type: ignore[attr-defined]
            else:
                self.refuse(node, "** of something whose keys are not known", "write the keywords out")
        return self.call_value(fn, args, kwargs, node, hint)

    def call_value(self, fn: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str = "") -> Value:
        if isinstance(fn, Part):
            return self.call_value(fn.fn, fn.args + args, {**fn.kwargs, **kwargs}, node, hint)
        if isinstance(fn, Method):
            if isinstance(fn.fn, Const):
                return self._builtin_method(fn.self, fn.fn.value, args, kwargs, node, hint)
            return self.call_value(fn.fn, [fn.self, *args], kwargs, node, hint)
        if isinstance(fn, Closure):
            return self._call_closure(fn, args, kwargs, node)
        if isinstance(fn, Ref):
            return self._call_object(fn, args, kwargs, node, hint)
        if isinstance(fn, Var) and fn.name in self.live:
            return self._call_object(Ref(fn.name.split(".")[0], self.live[fn.name]), args, kwargs, node, hint, var=fn)
        return self.refuse(node, "the function that is called here is not known before the call",
                           "call a function by name, or pass it as an argument")

    # ------------------------------------------------------------------------------------------------- live callables

    def _call_object(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str, var: Var | None = None) -> Value:
        obj = fn.obj
        special = SPECIAL.get(obj) if _hashable(obj) else None
        if special is not None:
            return special(self, args, kwargs, node, hint)
        if getattr(obj, "__s2sad_stop__", False):
            return self._stopped(args[0], node)
        name = registry.canonical(obj)
        if name is not None:
            return self.apply(name, args, kwargs, node, form=fn.text if fn.text != name else "", hint=hint)
        if isinstance(getattr(obj, "__self__", None), np.ufunc):
            return self._ufunc_method(fn, args, kwargs, node, hint)
        if isinstance(obj, functools.partial):
            inner = [self._live_argument(f"{fn.text}.args[{i}]", v) for i, v in enumerate(obj.args)]
            named = {k: self._live_argument(f"{fn.text}.keywords[{k!r}]", v) for k, v in obj.keywords.items()}
            return self.call_value(Ref(fn.text + ".func", obj.func), [*inner, *args], {**named, **kwargs}, node, hint)
        if isinstance(obj, types.MethodType):
            return self.call_value(Ref(fn.text, obj.__func__), [Ref(fn.text + ".__self__", obj.__self__), *args], kwargs, node, hint)
        if getattr(obj, "__s2sad__", None) is not None:
            return self._call_transform(obj, args, kwargs, node, hint)
        if isinstance(obj, types.FunctionType):
            if _is_library(obj):
                return self._opaque(fn, args, kwargs, node, hint)
            return self._call_function(fn, args, kwargs, node)
        if isinstance(obj, type):
            return self._construct(fn, args, kwargs, node, hint)
        call = getattr(type(obj), "__call__", None)
        if isinstance(call, types.FunctionType) and not _is_library(call):
            return self._call_function(Ref(f"{type(obj).__name__}.__call__", call), [var or fn, *args], kwargs, node)
        wrapped = getattr(obj, "__wrapped__", None) or getattr(obj, "py_func", None)
        if isinstance(wrapped, types.FunctionType):
            return self._call_function(Ref(fn.text, wrapped), args, kwargs, node)
        return self._opaque(fn, args, kwargs, node, hint)

    def _stopped(self, value: Value, node: ast.AST) -> Value:
        """The value under another name, which is constant; the name is gone from the text."""
        if isinstance(value, Group):
            return Group(value.cat, [self._stopped(item, node) for item in value.items], value.keys)
        if not isinstance(value, Var):
            return value
        stopped = self.emit(Call("stop_gradient", (value,)), self.kind(value), node)
        self.frozen.add(stopped.name)
        return stopped

    def _ufunc_method(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        """`np.add.at`, `np.add.reduce` and the like."""
        ufunc, method = fn.obj.__self__, fn.obj.__name__
        if method == "at" and ufunc in (np.add, np.subtract) and len(args) == 3:
            value = args[2] if ufunc is np.add else self.apply("neg", [args[2]], {}, node)
            if isinstance(args[0], Ref):
                self.refuse(node, f"{args[0].text} is written, which is not an argument and not local", "pass it as an argument or copy it first")
            stored = self.stored(value, node)  # type: ignore[attr-defined]
            self.do(Call("np.add.at", (self.atom(args[0]), self.atom(args[1]), stored)), node)
            return Const(None)
        reductions = {np.add: "np.sum", np.multiply: "np.prod", np.maximum: "np.max", np.minimum: "np.min"}
        if method == "reduce" and ufunc in reductions:
            if len(args) == 1 and "axis" not in kwargs:
                kwargs = {"axis": Const(0), **kwargs}
            return self.apply(reductions[ufunc], args, kwargs, node, hint=hint)
        accumulations = {np.add: "np.cumsum", np.multiply: "np.cumprod"}
        if method == "accumulate" and ufunc in accumulations:
            if len(args) == 1 and "axis" not in kwargs:
                kwargs = {"axis": Const(0), **kwargs}
            return self.apply(accumulations[ufunc], args, kwargs, node, hint=hint)
        return self.refuse(node, f"there is no rule for {fn.text}", "write it with functions that have one")

    def _live_argument(self, text: str, obj: Any) -> Value:
        return self.live_value(text, obj)

    def _call_transform(self, obj: Any, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        return self.refuse(node, "a derivative is taken inside a differentiated function",
                           "differentiate the result of the transform instead: grad(grad(f))")

    def _construct(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        cls = fn.obj
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            names = list(cls._fields)
            named = dict(zip(names, args, strict=False)) | kwargs
            defaults = getattr(cls, "_field_defaults", {})
            return Group("tuple", [named[n] if n in named else self.live_value(n, defaults[n]) for n in names])
        if issubclass(cls, BaseException):
            atoms = tuple(self.variable(a, node) for a in args)
            return self.emit(Call("call", (fn, *atoms)), K.OBJECT, node, hint)
        return self._opaque(fn, args, kwargs, node, hint)

    def _opaque(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        """A call that stays as it is; `analysis.activity` refuses it if an active value reaches it."""
        atoms = tuple(self.variable(a, node) if not isinstance(a, Closure | Method | Part) else self.atom(a, node) for a in args)
        named = tuple((k, self.variable(v, node)) for k, v in kwargs.items())
        kind = random_kind(fn.obj, kwargs, len(args))
        return self.emit(Call("call", (fn, *atoms), named), kind, node, hint)

    # --------------------------------------------------------------------------------------------- the user's functions

    def _call_function(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        obj = fn.obj
        try:
            source = find(obj)
        except UnsupportedError:
            return self._opaque(fn, args, kwargs, node, "")
        self.depend(("code", id(obj)), lambda: obj.__code__, obj.__code__, fn.text)
        self.depend(("defaults", id(obj)), lambda: obj.__defaults__, obj.__defaults__, fn.text)
        defaults = [self.live_value(f"{fn.text}.__defaults__[{i}]", d) for i, d in enumerate(obj.__defaults__ or ())]
        kwdefaults = {k: self.live_value(f"{fn.text}.__kwdefaults__[{k!r}]", d) for k, d in (obj.__kwdefaults__ or {}).items()}
        env = self.bind_arguments(source.node.args, args, kwargs, defaults, kwdefaults, node, fn.text)
        if obj.__code__ in self.frames:
            return recursive_call(self, fn, source, env, node)
        return self.inline(source, source.node, env, None, obj.__code__)

    def _call_closure(self, fn: Closure, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        name = getattr(fn.node, "name", "<lambda>")
        if fn.node in self.frames:
            return self.refuse(node, f"{name} calls itself", "write the recursion as a loop")
        env = self.bind_arguments(fn.node.args, args, kwargs, fn.defaults, fn.kwdefaults, node, name)
        return self.inline(fn.scope.source, fn.node, env, fn.scope, fn.node)

    def bind_arguments(
        self, spec: ast.arguments, args: list[Value], kwargs: dict[str, Value], defaults: list[Value],
        kwdefaults: dict[str, Value], node: ast.AST, name: str,
    ) -> dict[str, Value]:
        """Parameters and what is passed for them, by Python's rules."""
        names = [a.arg for a in spec.posonlyargs + spec.args]
        env: dict[str, Value] = dict(zip(names, args, strict=False))
        extra = args[len(names):]
        named = dict(kwargs)
        if extra and spec.vararg is None:
            self.refuse(node, f"{name}() takes {len(names)} positional arguments but {len(args)} were given", "check the call")
        if spec.vararg is not None:
            env[spec.vararg.arg] = Group("tuple", list(extra))
        for key in [*names, *(a.arg for a in spec.kwonlyargs)]:
            if key in named:
                env[key] = named.pop(key)
        for key, value in zip(names[len(names) - len(defaults):], defaults, strict=True):
            env.setdefault(key, value)
        for key, value in kwdefaults.items():
            env.setdefault(key, value)
        if spec.kwarg is not None:
            env[spec.kwarg.arg] = Group("dict", list(named.values()), list(named))
        elif named:
            self.refuse(node, f"{name}() got an unexpected keyword argument {next(iter(named))!r}", "check the call")
        missing = [n for n in [*names, *(a.arg for a in spec.kwonlyargs)] if n not in env]
        if missing:
            self.refuse(node, f"{name}() misses the argument {missing[0]!r}", "pass it")
        return env

    def inline(self, source: Source, node: Any, env: dict[str, Value], parent: Scope | None, frame: object) -> Value:
        """Lower a function's body in place; its result."""
        if len(self.frames) > MAX_DEPTH:
            self.refuse(None, "calls are nested too deeply", "write the recursion as a loop")
        outer = self.scope
        self.scope = self.function_scope(source, node, env, parent)  # type: ignore[attr-defined]
        self.frames.append(frame)
        for name, value in env.items():
            if isinstance(value, Var) and not self.hints.get(value.name):
                self.hints[value.name] = name
        try:
            if isinstance(node, ast.Lambda):
                return self.operand(node.body)  # type: ignore[attr-defined,no-any-return]
            return self.function_body(node)  # type: ignore[attr-defined,no-any-return]
        finally:
            self.frames.pop()
            self.scope = outer

    # ---------------------------------------------------------------------------------------------------------- rules

    def apply(self, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, form: str = "", hint: str = "") -> Value:
        """A call of a function that has a rule."""
        rule = registry.rule(name)
        if rule.form == "composite":
            return self._composite(rule, args, kwargs, node)
        call = Call(name, tuple(self.atom(a, node) for a in args), tuple((k, self.atom(v, node)) for k, v in kwargs.items()), form)
        try:
            bound, atoms = bind(rule, call, self.kind)
        except BindingError as error:
            return self.refuse(node, str(error), "use the supported arguments, or write the operation out")
        out = atoms.pop("out", None)
        if out is not None and out != Const(None):
            return self._with_out(rule, call, out, node)
        for argument, kind in bound.kinds.items():
            self._check_operand(name, argument, kind, node)
        kind = rule.kind(bound)
        if rule.writes and any(w in atoms and w != "out" for w in rule.writes):
            self.do(call, node)
            return Const(None)
        if kind.cat == "none":
            self.do(call, node)
            return Const(None)
        return self.emit(call, kind, node, hint)

    def _check_operand(self, name: str, argument: str, kind: Kind, node: ast.AST) -> None:
        return None

    def _with_out(self, rule: registry.Rule, call: Call, out: Atom, node: ast.AST) -> Value:
        """`f(a, out=b)` is `b[...] = f(a)`."""
        if isinstance(out, Var | Ref) and self.kind(out).cat != "array":
            self.refuse(node, "out= of something that is not an array", "pass an array")
        kwargs = tuple((k, v) for k, v in call.kwargs if k not in ("out", "where"))
        where = [v for k, v in call.kwargs if k == "where"]
        signature = list(rule.signature)
        args = call.args[: signature.index("out")] if "out" in signature and len(call.args) > signature.index("out") else call.args
        inner = Call(call.fun, args, kwargs, call.form)
        bound, _ = bind(rule, inner, self.kind)
        value: Atom = self.emit(inner, rule.kind(bound), node)
        if where:
            value = self.atom(self.apply("np.where", [where[0], value, out], {}, node))
        self.block.append(Store(out, Const(Ellipsis), value, "", self.span(node)))
        return out

    def _composite(self, rule: registry.Rule, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        from s2sad.frontend.source import rule_source

        source = rule_source(rule.name, rule.source)
        defaults = [self.live_value("", d) for d in _literal_defaults(source.node)]
        if rule.name in self.frames:
            self.refuse(node, f"{rule.name} calls itself", "report this")
        env = self.bind_arguments(source.node.args, args, kwargs, [Const(d.obj) if isinstance(d, Ref) else d for d in defaults], {}, node, rule.name)
        return self.inline(source, source.node, env, None, rule.name)

    # ----------------------------------------------------------------------------------------------- built-in methods

    def _builtin_method(self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        kind = self.kind(base)
        if kind.is_number:
            return self._array_method(base, kind, name, args, kwargs, node, hint)
        if isinstance(base, Group) and base.cat == "dict":
            return self._dict_method(base, name, args, node)
        if kind.cat == "dict" and name in (".items", ".keys", ".values", ".get"):
            group = Group("dict", [self.getitem(base, Const(k), node) for k in kind.keys], list(kind.keys))  # type: ignore[attr-defined]
            return self._dict_method(group, name, args, node)
        if kind.cat == "list":
            return self._list_method(base, kind, name, args, node, hint)
        atoms = (self.variable(base), *(self.variable(a, node) for a in args))
        named = tuple((k, self.variable(v, node)) for k, v in kwargs.items())
        result = self._method_kind(base, kind, name, args, kwargs)
        return self.emit(Call("call", atoms, named, name), result, node, hint)

    def _method_kind(self, base: Value, kind: Kind, name: str, args: list[Value], kwargs: dict[str, Value]) -> Kind:
        holder = base.obj if isinstance(base, Ref) else self.live.get(base.name) if isinstance(base, Var) else None
        method = getattr(type(holder), name[1:], None) if holder is not None else None
        if kind.cat == "str":
            return K.STR if name not in (".startswith", ".endswith", ".isdigit") else K.BOOL
        return random_kind(method, kwargs, len(args)) if method is not None else K.OBJECT

    def _dict_method(self, base: Group, name: str, args: list[Value], node: ast.AST) -> Value:
        if name == ".items":
            return Group("tuple", [Group("tuple", [Const(k), v]) for k, v in zip(base.keys, base.items, strict=True)])
        if name == ".keys":
            return Group("tuple", [Const(k) for k in base.keys])
        if name == ".values":
            return Group("tuple", list(base.items))
        if name == ".get" and isinstance(args[0], Const):
            if args[0].value in base.keys:
                return base.items[base.keys.index(args[0].value)]
            return args[1] if len(args) > 1 else Const(None)
        return self.refuse(node, f"the dict method {name[1:]!r} is not supported here", "build a new dict")

    def _list_method(self, base: Value, kind: Kind, name: str, args: list[Value], node: ast.AST, hint: str) -> Value:
        xs = self.variable(base, node)
        if name == ".append":
            value = self.variable(args[0], node)
            self.grow(xs, self.kind(value))
            self.do(Call("list.append", (xs, value)), node)
            return Const(None)
        if name == ".extend" and isinstance(args[0], Group):
            for item in args[0].items:
                self._list_method(xs, kind, ".append", [item], node, "")
            return Const(None)
        if name == ".pop" and not args:
            item = kind.items[0] if kind.items else K.FLOAT
            return self.emit(Call("list.pop", (xs,)), K.anonymous(item), node, hint)
        if name == ".copy":
            return self.emit(Call("list", (xs,), (), "list"), kind, node, hint)
        return self.refuse(node, f"the list method {name[1:]!r} is not supported", "use append, pop and indexing")

    def grow(self, xs: Atom, item: Kind) -> None:
        """Let a list's kind hold one more kind of element."""
        if not isinstance(xs, Var):
            return
        kind = self.kinds[xs.name]
        joined = K.anonymous(K.join(kind.items[0], item)) if kind.items else K.anonymous(item)
        if kind.items is None or not _same_but_lengths(kind.items[0], joined):
            self.kinds[xs.name] = K.list_of(joined)
            self.widened = True

    def _array_method(self, base: Value, kind: Kind, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        short = name[1:]
        if short == "fill":
            self.block.append(Store(self.atom(base), Const(Ellipsis), self.atom(args[0]), "", self.span(node)))
            return Const(None)
        if short == "item" and not args:
            return self.apply("float" if kind.sort == "float" else "complex" if kind.sort == "complex" else "int", [base], {}, node, form=".item", hint=hint)
        if short == "copy":
            result = kind if kind.cat != "num" else kind
            return self.emit(Call("copy", (self.atom(base),), (), ""), result, node, hint)
        if short == "tolist":
            self.refuse(node, "tolist() takes numbers out of an array", "index the array")
        if short in ("resize", "setfield", "setflags", "byteswap", "itemset"):
            self.refuse(node, f"{short}() changes an array in place in a way that is not tracked", "make a new array")
        if short == "reshape" and len(args) > 1:
            args = [Group("tuple", args)]
        if short == "transpose" and len(args) > 1:
            args = [Group("tuple", args)]
        if short in ("conjugate",):
            short = "conj"
        for owner in (np.ndarray, np.float64):
            canonical = registry.canonical(getattr(owner, short, None)) if hasattr(owner, short) else None
            if canonical is not None:
                return self.apply(canonical, [base, *args], kwargs, node, form=name, hint=hint)
        if f"np.{short}" in registry.RULES or _has_rule(f"np.{short}"):
            return self.apply(f"np.{short}", [base, *args], kwargs, node, form=name, hint=hint)
        return self.refuse(node, f"there is no rule for the array method {short!r}", "write it with supported functions")


def _same_but_lengths(a: Kind, b: Kind) -> bool:
    return (a.cat, a.dtype, a.rank) == (b.cat, b.dtype, b.rank)


def _has_rule(name: str) -> bool:
    try:
        registry.rule(name)
    except KeyError:
        return False
    return True


def _hashable(obj: Any) -> bool:
    try:
        hash(obj)
    except TypeError:
        return False
    return True


def _is_library(fn: Any) -> bool:
    """Whether a function belongs to NumPy, SciPy or the standard library, whose source is never descended into."""
    module = str(getattr(fn, "__module__", "")).split(".")[0]
    import sys

    return module in ("numpy", "scipy", "numba", "s2sad") or (module in sys.stdlib_module_names and module != "__main__")


def _literal_defaults(node: Any) -> list[Any]:
    return [ast.literal_eval(d) for d in node.args.defaults]


def random_kind(fn: Any, kwargs: dict[str, Value], count: int) -> Kind:
    """The kind of what a NumPy random function returns: a float, or an array if a size is given."""
    name = getattr(fn, "__name__", "")
    owner = getattr(fn, "__objclass__", None) or type(getattr(fn, "__self__", None))
    if owner not in (np.random.Generator, np.random.RandomState):
        return K.OBJECT
    if name in ("standard_normal", "random", "random_sample", "standard_exponential"):
        sized = "size" in kwargs or count > 0
    elif name in ("rand", "randn"):
        sized = count > 0
    elif name in ("normal", "uniform", "gamma", "beta", "laplace", "lognormal", "logistic", "gumbel"):
        sized = "size" in kwargs or count > 2
    elif name in ("exponential", "rayleigh", "chisquare"):
        sized = "size" in kwargs or count > 1
    elif name in ("permutation",):
        return K.Kind("num", "float", None)
    elif name in ("integers", "randint"):
        return K.array(None, "int64") if "size" in kwargs or count > 2 else K.INT
    else:
        return K.OBJECT
    return K.array(None) if sized else K.FLOAT


# -------------------------------------------------------------------------------------------- functions with a meaning


def _print(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    atoms = tuple(low.variable(a, node) for a in args)
    low.do(Call("print", atoms, tuple((k, low.variable(v)) for k, v in kwargs.items())), node)
    return Const(None)


def _len(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    value = args[0]
    if isinstance(value, Group):
        return Const(len(value.items))
    kind = low.kind(value)
    if kind.cat in ("tuple", "dict") and kind.items is not None:
        return Const(len(kind.items))
    if kind.shape and isinstance(kind.shape[0], int):
        return Const(kind.shape[0])
    return low.emit(Call("len", (low.atom(value),)), K.INT, node, hint)


def _isinstance(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    kind = low.kind(args[0])
    classes = [args[1]] if not isinstance(args[1], Group) else args[1].items
    known = {"float": float, "int": int, "bool": bool, "complex": complex, "str": str, "list": list, "tuple": tuple, "dict": dict, "array": np.ndarray}
    cls: Any = known.get(kind.cat)
    if kind.cat == "npscalar":
        cls = np.dtype(kind.dtype).type if kind.dtype not in ("float", "int", "complex") else None
    if cls is not None and all(isinstance(c, Ref) and isinstance(c.obj, type) for c in classes):
        return Const(any(issubclass(cls, c.obj) for c in classes if isinstance(c, Ref)))
    return low.emit(Call("call", (Ref("isinstance", isinstance), low.atom(args[0]), low.variable(args[1]))), K.BOOL, node, hint)


def _tuple(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Group("tuple", low.unpack(args[0], None, node)) if args else Group("tuple", [])  # type: ignore[attr-defined]


def _list(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if not args:
        return Group("list", [])
    kind = low.kind(args[0])
    if kind.cat == "list" and isinstance(args[0], Var):
        return low.emit(Call("list", (args[0],), (), "list"), kind, node, hint)
    if kind.cat == "range" or kind.cat == "object":
        return low.emit(Call("list", (low.atom(args[0]),), (), "list"), K.list_of(K.INT if kind.cat == "range" else K.OBJECT), node, hint)
    if kind.is_number and not kind.is_scalar and kind.shape:
        item = K.num(kind.shape[1:], kind.dtype)
        return low.emit(Call("list", (low.atom(args[0]),), (), "list"), K.list_of(K.anonymous(item)), node, hint)
    return Group("list", low.unpack(args[0], None, node))  # type: ignore[attr-defined]


def _dict(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    base = args[0] if args else Group("dict", [], [])
    if isinstance(base, Group) and base.cat == "dict":
        return Group("dict", [*base.items, *kwargs.values()], [*base.keys, *kwargs])
    return low.refuse(node, "dict() of something whose keys are not known", "write a dict display")


def _range(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return low.emit(Call("range", tuple(low.atom(a) for a in args)), K.RANGE, node, hint)


def _partial(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Part(args[0], args[1:], kwargs)


def _getattr(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    if isinstance(args[1], Const) and isinstance(args[1].value, str):
        return low.attribute(args[0], args[1].value, node, hint)  # type: ignore[attr-defined,no-any-return]
    return low.refuse(node, "getattr with a computed name", "use a literal name")


def _map(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    groups = [low.unpack(a, None, node) for a in args[1:]]  # type: ignore[attr-defined]
    return Group("list", [low.call_value(args[0], list(row), {}, node) for row in zip(*groups, strict=False)])


def _zip(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    groups = [low.unpack(a, None, node) for a in args]  # type: ignore[attr-defined]
    return Group("list", [Group("tuple", list(row)) for row in zip(*groups, strict=False)])


def _callable(low: Calls, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Const(isinstance(args[0], Closure | Method | Part) or callable(getattr(args[0], "obj", None)))


SPECIAL: dict[Any, Callable[..., Value]] = {
    print: _print, len: _len, isinstance: _isinstance, tuple: _tuple, list: _list, dict: _dict, range: _range,
    functools.partial: _partial, getattr: _getattr, map: _map, zip: _zip, callable: _callable,
}

__all__ = ["Calls", "Let", "Undef"]
