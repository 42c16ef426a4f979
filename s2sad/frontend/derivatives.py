"""Derivatives that are made and called inside of the function: their generated text is inlined.

    slope = grad(f)                 def h(x): return slope(x)**2
    h for a float                   the text of slope for a float in place of the call, then its square

What a call of a derivative converts at its boundary is converted here: Python floats have Python floats as
gradients. What no_grad and stop_gradient make constant has a name of its own.
"""

from __future__ import annotations

import ast
import functools
import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2sad.errors import UnsupportedError, refuse
from s2sad.frontend import mirrors, two_names
from s2sad.frontend.boundary import Boundary
from s2sad.frontend.functionals import Functionals
from s2sad.frontend.functions import bound_by
from s2sad.frontend.lifting import Later
from s2sad.frontend.numbered import refuse_as_number
from s2sad.frontend.operators import live_object
from s2sad.frontend.recursion import holds_records
from s2sad.frontend.source import Source, find
from s2sad.frontend.state import CALLABLE, Choice, Closure, Group, Local, Method, Part, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Var

NESTED = 20  # derivatives of a function in derivatives of itself
_inside: list[types.CodeType] = []  # the functions whose derivatives are being made for calls inside


@dataclass(frozen=True, eq=False)
class Pullback:
    """What `vjp` gives beside the value: the backward function, the kinds of the primals in `chosen`."""

    derived: Any
    kinds: list[Kind | Atom]
    chosen: tuple[int, ...]
    count: int
    has_aux: bool


class Derivatives(Functionals, Boundary):
    """The part of lowering that makes and calls derivatives, and constants."""

    def constant(self, value: Value, node: ast.AST) -> Value:
        """What is assigned or listed: constant under no_grad, whatever it was before."""
        varies = self.const_depth and (isinstance(value, Group) or K.carries(self.kind(value)))
        return self.stopped(value, node) if varies and isinstance(value, Group | Var) else value

    def stopped(self, value: Value, node: ast.AST) -> Value:
        """The value under another name, which is constant; the name is gone from the text."""
        if isinstance(value, Local):
            held = value.group
            items = [self.stopped(item, node) for item in held.items]
            return self.made(held.cat, items, list(held.keys), held.cls)
        if isinstance(value, Group):
            return Group(value.cat, [self.stopped(item, node) for item in value.items], value.keys, value.cls)
        if not isinstance(value, Var) or value.name in self.frozen:
            return value
        refuse_as_number(self, [value], node)
        stopped = self.emit(Call("stop_gradient", (value,)), self.kind(value), node)
        self.frozen.add(stopped.name)
        return stopped

    def transform(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """`s2sad.grad(f, argnums)` as a live transform."""
        if hasattr(fn.obj, "__s2sad_pair__"):
            return self._pair(fn, args, kwargs, node)
        if not args and "fun" not in kwargs:
            return Part(fn, args, kwargs)
        if hasattr(fn.obj, "__s2sad_push__"):
            return self._push(fn, args, kwargs, node)
        fun = args[0] if args else kwargs["fun"]
        options = tuple([self._known(a, node) for a in args[1:]])
        named = {k: self._known(v, node) for k, v in kwargs.items() if k != "fun"}
        later = Later(fn, options, tuple(named.items()))
        if isinstance(fun, Choice):
            rest = {k: v for k, v in kwargs.items() if k != "fun"}
            return Choice(fun.index, [self.transform(fn, [f, *args[1:]], rest, node) for f in fun.items])
        if not isinstance(fun, Ref):
            return Part(Ref(fn.text, later), [fun], {})
        return self._transformed(later, self._target(fun, node)[0])

    def _transformed(self, made: Later, target: Ref) -> Ref:
        """The derivative of a function that is known, the same object for the same function."""
        fn = made.fn
        key = (id(fn.obj), id(target.obj), repr(made.options), repr(made.named))
        if key not in self.transforms:
            self.transforms[key] = fn.obj(target.obj, *made.options, **dict(made.named))
        return Ref(f"{fn.text}({target.text})", self.transforms[key])

    def call_later(
        self, made: Later, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        """A call of the derivative of a nested function, the first of `args`."""
        fewer = self.without_functions(args[0], args[1:], kwargs, node)
        if fewer is not None:
            named = dict(made.named)
            options = made.options or (named.pop("argnums", 0),)
            chosen = fewer.chosen(options[0])
            if chosen is not None:
                made = Later(made.fn, (chosen, *options[1:]), tuple(named.items()))
                args, kwargs = [fewer.fun, *fewer.args], fewer.kwargs
        target, captured = self._target(args[0], node)
        fn = self._transformed(made, target)
        vectors = 1 + (getattr(fn.obj, "form", "") == "product")
        captured = _unless_given(captured, target, len(args) - vectors)
        return self.call_transform(fn, args[1:], {**captured, **kwargs}, node)

    def _push(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """`s2sad.jvp(f, primals, tangents)`: a call of the forward derivative."""
        names = ("fun", "primals", "tangents")
        has_aux = bool(self._known(kwargs.pop("has_aux", Const(False)), node))
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        if given.keys() != set(names):
            self.refuse(node, "jvp is called here with other arguments", "call jvp(fun, primals, tangents)")
        lengths = [len(v.items) for v in given.values() if isinstance(v, Group)]
        count = lengths[0] if lengths else None
        primals, tangents = [self._several(name, given[name], count, node) for name in names[1:]]
        if len(primals) != len(tangents):
            what = "jvp is called with another number of tangents than primals"
            self.refuse(node, what, "give one for each")
        fun = given["fun"]
        fewer = self.without_functions(fun, primals, {}, node)
        if fewer is not None and (rest := self.without_tangents(tangents, fewer)) is not None:
            fun, primals, tangents = fewer.fun, fewer.args, rest
        target, captured = self._target(fun, node)
        chosen = tuple(i for i, t in enumerate(tangents) if t != Const(None))
        if not chosen:
            self.refuse(node, "jvp is called without tangents", "give one that is not None")
        key = (id(fn.obj), id(target.obj), chosen, has_aux)
        if key not in self.transforms:
            self.transforms[key] = fn.obj.__s2sad_push__(target.obj, chosen, has_aux)
        made = Ref(f"{fn.text}({target.text})", self.transforms[key])
        dots = Group("tuple", [tangents[i] for i in chosen])
        captured = _unless_given(captured, target, len(primals))
        return self.call_transform(made, primals, {**captured, "tangents_": dots}, node)

    def _several(self, name: str, value: Value, count: int | None, node: ast.AST) -> list[Value]:
        """The elements of the tuple or list that jvp is given, of which the other one has `count`."""
        if self.kind(value).cat not in ("tuple", "list"):
            self.refuse(node, f"the {name} of jvp are no tuple here", "write (x, y)")
        found = self.unpack(value, count, node)
        return [Const(None) if self.kind(v).cat == "none" else v for v in found]

    def _driven(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """A call of a Jacobian and the like: the plain function that loops over the forward derivative."""
        signature = inspect.signature(fn.obj.push.target)
        vector, args = (args[-1:], args[:-1]) if fn.obj.form == "product" else ([], args)
        bound = dict(zip(signature.parameters, args, strict=False)) | kwargs

        def kind_of(name: str) -> Kind:
            return self.kind_of_parts(bound[name]) if name in bound else K.OBJECT

        out = None
        if fn.obj.form in ("jacobian", "rows"):
            found = self._derived(Ref(fn.text, fn.obj.pushes()[0]), args, dict(kwargs), node)
            if found is None:
                return self.emit(Call("call", (Const(None),)), K.BOTTOM, node)
            out = self._structure(fn.obj, found[2].result, found[4])
        try:
            driver = fn.obj.driver(kind_of, out)
        except UnsupportedError as error:
            if any(r.span is None for r in error.refusals):
                refuse(self.span(node), error.refusals[0].what, error.refusals[0].instead)
            raise
        with self.standing(node):
            return self.call_value(Ref(fn.text, driver), [*vector, *args], kwargs, node)

    def _structure(self, driven: Any, result: Kind, kinds: dict[str, Kind | Atom]) -> Kind | None:
        """The kind of what a Jacobian is taken of, if that is a structure: a gradient's is the argument's."""
        out = (result.items or (result,))[0] if driven.has_aux else result
        inner = driven.pushes()[0].inner
        if inner is not None and inner.mode == "grad" and inner.single:
            found = kinds[inner.parameters()[0]]
            out = found if isinstance(found, Kind) else out
        return out if out.cat in ("tuple", "dict") and not out.is_number else None

    def _target(self, target: Value, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """The function that a transform is given, and the values of the program that it reads."""
        captured: dict[str, Value] = {}
        given = live_object(self, target) if isinstance(target, Var) else None
        if isinstance(given, functools.partial) and isinstance(target, Var):
            text = target.name.split(".")[0]
            target = Part(Ref(f"{text}.func", given.func), *bound_by(self, Ref(text, given)))
        if isinstance(target, Closure):
            target, captured = self.lifted_by_name(target, node)
        elif isinstance(target, Method) and isinstance(target.fn, Ref):
            owner = live_object(self, target.self)
            if owner is not None and isinstance(target.fn.obj, types.FunctionType):
                target = Ref(target.fn.text, self._once(types.MethodType(target.fn.obj, owner)))
        elif isinstance(target, Part) and isinstance(target.fn, Ref) and isinstance(target.fn.obj, Later):
            inner, captured = self._target(target.args[0], node)
            target = self._transformed(target.fn.obj, inner)
        elif isinstance(target, Part) and isinstance(target.fn, Ref) and _all_known(target):
            target = Ref(target.fn.text, self._partial(target, target.fn, node))
        if not isinstance(target, Ref) and (closure := self.as_closure(target, node)) is not None:
            target, captured = self.lifted_by_name(closure, node)
        if not isinstance(target, Ref) or not callable(target.obj):
            self.refuse(
                node,
                "the function that is differentiated here is not known",
                "name one that is defined outside",
            )
        return target, captured

    def _once(self, method: types.MethodType) -> types.MethodType:
        """The same object for the same method."""
        key = (method.__func__, id(method.__self__))
        made: types.MethodType = self.transforms.setdefault(key, method)
        return made

    def _partial(self, target: Part, fn: Ref, node: ast.AST) -> Any:
        """The partial function that is made of known values, the same object for the same values."""
        key = (id(fn.obj), len(target.args), *target.kwargs, *target.args, *target.kwargs.values())
        if key not in self.transforms:
            args = [self._known(a, node) for a in target.args]
            named = {k: self._known(v, node) for k, v in target.kwargs.items()}
            self.transforms[key] = functools.partial(fn.obj, *args, **named)
        return self.transforms[key]

    def _known(self, value: Value, node: ast.AST) -> Any:
        """The object behind an option of a transform."""
        if isinstance(value, Const):
            return value.value
        if isinstance(value, Ref):
            return value.obj
        if isinstance(value, Group) and value.cat in ("tuple", "list"):
            return tuple(self._known(item, node) for item in value.items)
        self.refuse(node, "an option of a transform is not known before the call", "write a literal")

    def call_transform(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """The body of the derivative for arguments of these kinds."""
        obj = fn.obj
        if obj.mode != "vjp" and (fewer := self.without_functions(Ref(fn.text, obj.fun), args, kwargs, node)):
            chosen = fewer.chosen(obj.argnums[0] if obj.single else obj.argnums)
            if chosen is not None:
                later = Later(Ref(fn.text, type(obj)), (chosen, *obj.options[1:]), ())
                return self.call_later(later, [fewer.fun, *fewer.args], fewer.kwargs, node)
        if hasattr(obj, "__s2sad_driver__"):
            return self._driven(fn, args, kwargs, node)
        if obj.mode == "vjp":
            count = len(obj.parameters())
            return self._pulled(fn, args, kwargs, (tuple(range(count)), count), node)
        tangents = kwargs.pop("tangents_", None)
        dots = list(tangents.items) if isinstance(tangents, Group) else []
        found = self._derived(fn, args, kwargs, node)
        if found is None:
            return self.emit(Call("call", (Const(None),)), K.BOTTOM, node)
        source, order, _, env, kinds = found
        dotted = zip(obj.parameters(), dots, strict=True) if dots else ()
        along = [self.given_like(dot, kinds[n], env[n], node) for n, dot in dotted if n in order]
        start = len(self.block)
        result = self._inlined(source, [*[self.plain(env[n]) for n in order], *along])
        return self.converted(obj, result, kinds, start, node)

    def _inlined(self, source: Source, values: list[Value]) -> Value:
        """The body of a generated function."""
        env = dict(zip([a.arg for a in source.node.args.args], values, strict=True))
        return self.inline(source, source.node, env, None, source.fun.__code__)

    def _derived(
        self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> tuple[Source, list[str], Any, dict[str, Value], dict[str, Kind | Atom]] | None:
        """The function that is generated for these arguments, what it takes of them, and all of them.

        None while one of them is not known.
        """
        obj = fn.obj
        obj.fit(len(args), tuple(kwargs))
        source = obj.binder.source  # with the defaults of now
        bound = [self.live_value(f"{fn.text}.args[{i}]", v) for i, v in enumerate(source.args)]
        named = {k: self.live_value(f"{fn.text}.keywords[{k!r}]", v) for k, v in source.keywords.items()}
        spec, plain = source.node.args, source.fun
        self.depend(("defaults", id(plain)), lambda: plain.__defaults__, plain.__defaults__, fn.text)
        self.depend(("kwdefaults", id(plain)), lambda: plain.__kwdefaults__, plain.__kwdefaults__, fn.text)
        last = [a.arg for a in spec.posonlyargs + spec.args][-len(source.defaults) :]
        defaults = [self.default(n, d) for n, d in zip(last, source.defaults, strict=False)]
        kwdefaults = {k: self.default(k, d) for k, d in source.kwdefaults.items()}
        given = self.bind_arguments(
            spec, [*bound, *args], {**named, **kwargs}, defaults, kwdefaults, node, obj.__name__
        )
        env = {n: self._displayed(given[n], node) for n in obj.binder.signature.parameters}
        kinds: dict[str, Kind | Atom] = {}
        live: dict[str, Any] = {}
        for name, value in env.items():
            kinds[name] = self._described(name, value, live, node)
            if kinds[name] == K.BOTTOM:
                return None
        made, order, derived = self._generated(obj, kinds, live, node)
        for dependency in derived.dependencies:
            self.dependencies.setdefault((id(dependency), dependency.text), dependency)
        mirrors.read_inside(self, derived.lowered.met, node)
        names = [v.name for v in env.values() if isinstance(v, Var) and v.name in self.live]
        if derived.lowered.program.kept and not self.mirror.sure.issuperset(names):
            what = "an object that is one of several is set in a function whose derivative is called here"
            self.refuse(node, what, "pass each as an argument of its own")
        if derived.changes & getattr(plain, "__s2sad_captured__", frozenset()):
            what = "a nested function or method that writes into what it reads is differentiated here"
            self.refuse(node, what, "return what it writes, or pass it as an argument")
        two_names.check(self, obj.__name__, derived, given, node)
        parameters = [a.arg for a in made.node.args.args]
        changed = set(derived.written)
        written = [n for n, own in zip(order, parameters, strict=False) if {n, own} & changed]
        self._check_apart(fn, written, [(n, env[n]) for n in order], node)
        return made, order, derived, env, kinds

    def generated_for(
        self, fn: Ref, args: list[Value], node: ast.AST
    ) -> tuple[Source, dict[str, Value], Any] | None:
        """The function that is generated for these arguments, those that it takes, what it was made of."""
        found = self._derived(fn, args, {}, node)
        if found is None:
            return None
        source, order, made, env, _ = found
        return source, {n: self.plain(env[n]) for n in order}, made.lowered

    def _generated(
        self, obj: Any, kinds: dict[str, Kind | Atom], live: dict[str, Any], node: ast.AST
    ) -> tuple[Source, list[str], Any]:
        """What is generated for arguments of these kinds; refused where that needs itself without end."""
        code = obj.binder.source.fun.__code__
        if _inside.count(code) > NESTED:
            what = f"{obj.__name__}() takes its own derivative again and again"
            self.refuse(node, what, "write out how often it is differentiated")
        _inside.append(code)
        try:
            found: tuple[Source, list[str], Any] = obj.generated(kinds, live)
        except UnsupportedError as error:
            if any(r.span is None for r in error.refusals):  # of the call, not of the function's code
                refuse(self.span(node), error.refusals[0].what, error.refusals[0].instead)
            raise
        finally:
            _inside.pop()
        return found

    def _check_apart(
        self, fn: Ref, written: list[str], given: list[tuple[str, Value]], node: ast.AST
    ) -> None:
        """Refuse, or assert against, written arguments that share storage: the text works on copies."""
        name = f"the derivative of {fn.obj.__name__}(), which writes into its arguments,"
        arrays = [(n, v) for n, v in given if self.kind(v).cat in ("array", "num")]
        holding = [v for _, v in given if K.may_hold_arrays(self.kind(v))]
        if written and any(not self.kind(v).is_number for v in holding):
            self._check_parts(name, written, given, node)
            return
        for i, (own, value) in enumerate(arrays):
            for j, (other, beside) in enumerate(arrays):
                if own not in written or i == j or (other in written and j < i):
                    continue
                if value == beside:
                    self.refuse(node, f"{name} gets one array twice", "copy it")
                atoms = self.atom(value), self.atom(beside)
                shared = self.emit(Call("same_storage", atoms), K.BOOL, node)
                apart = self.emit(Call("not", (shared,)), K.BOOL, node)
                self.do(Call("assert", (apart, Const(f"{name} gets arrays that share storage"))), node)

    def _check_parts(
        self, name: str, written: list[str], given: list[tuple[str, Value]], node: ast.AST
    ) -> None:
        """The same where containers are written, or what they hold."""
        plain = [(n, self.plain(v)) for n, v in given if K.may_hold_arrays(self.kind(v))]
        if len(given) > 1 and any(self.kind(v).cat == "object" for _, v in plain):
            self.refuse(node, f"{name} is called inside with objects", "copy them in the function")
        changed = [v for n, v in plain if n in written]
        for group in [[*changed, v] for n, v in plain if n not in written] or [changed]:
            held = group[0] if len(group) == 1 else Group("tuple", group)
            twice = self.emit(Call("holds_twice", (self.variable(held, node),)), K.BOOL, node)
            apart = self.emit(Call("not", (twice,)), K.BOOL, node)
            self.do(Call("assert", (apart, Const(f"{name} gets arrays that share storage"))), node)

    def _pair(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """`s2sad.vjp(f, *primals)`: the forward function here, the other one where the pullback is called."""
        has_aux = bool(self._known(kwargs.pop("has_aux", Const(False)), node))
        kwargs.pop("copy", None)
        if not args or kwargs:
            self.refuse(node, "vjp is called here with other arguments", "call vjp(fun, *primals)")
        fun, primals, count = args[0], args[1:], len(args) - 1
        fewer = self.without_functions(fun, primals, {}, node)
        if fewer is not None:
            fun, primals = fewer.fun, fewer.args
        target, captured = self._target(fun, node)
        kinds = [self.kind_of_parts(a) for a in primals]
        chosen = tuple(i for i, kind in enumerate(kinds) if K.carries(kind))
        if not chosen:
            self.refuse(node, "vjp is called here without a float or an array", "pass one")
        records = any(map(holds_records, kinds)) and not any(map(K.holds_complex, kinds))
        key = (id(fn.obj), id(target.obj), chosen, has_aux, records)
        if key not in self.transforms:
            self.transforms[key] = fn.obj.__s2sad_pair__(target.obj, chosen, has_aux, records)
        made = Ref(f"{fn.text}({target.text})", self.transforms[key])
        captured = _unless_given(captured, target, len(primals))
        places = tuple(fewer.kept[i] for i in chosen) if fewer is not None else chosen
        return self._pulled(made, primals, captured, (places, count), node)

    def _pulled(
        self,
        fn: Ref,
        args: list[Value],
        kwargs: dict[str, Value],
        places: tuple[tuple[int, ...], int],
        node: ast.AST,
    ) -> Value:
        """The value of a pair's forward function and its pullback, which has `places` for cotangents."""
        found = self._derived(fn, args, kwargs, node)
        if found is None:
            return self.emit(Call("call", (Const(None),)), K.BOTTOM, node)
        source, order, derived, env, known = found
        start, has_aux = len(self.block), fn.obj.has_aux
        result, kept = self.unpack(self._inlined(source, [self.plain(env[n]) for n in order]), 2, node)
        parts = self.unpack(result, 2, node) if has_aux else [result]
        inner, value = fn.obj.inner, parts[0]
        if inner is not None and has_aux:
            value = self._gradients(inner, value, known, node)
        elif inner is not None:
            value = self.converted(inner, value, known, start, node)
        parts = [self.private(part, start, node) for part in (value, *parts[1:])]
        wanted = [known[n] for n in fn.obj.parameters()]
        pull = Part(Ref("pullback", Pullback(derived, wanted, *places, has_aux)), [kept, result], {})
        return Group("tuple", [parts[0], pull, *parts[1:]])

    def call_pullback(self, pull: Pullback, args: list[Value], node: ast.AST) -> Value:
        """A call of what `vjp` gave: the cotangents of the primals, None for what has none."""
        if len(args) != 3:
            self.refuse(node, "a pullback takes one argument", "pass a cotangent of the result")
        kept, result, given = args
        out = self.unpack(result, 2, node)[0] if pull.has_aux else result
        kind = self.kind_of_parts(out)
        seed = self.given_like(given, kind, out, node)
        if kind.sort == "complex":
            seed = self.conjugated(seed, kind, node)
        elif K.holds_complex(kind):
            self.refuse(node, "a pullback of a structure of complex numbers is called inside", "return one")
        if pull.has_aux:
            aux = self.unpack(result, 2, node)[1]
            seed = Group("tuple", [seed, self.zeros_of(aux, node)])
        source = find(pull.derived.functions[f"{pull.derived.lowered.program.name}_bwd"])
        start = len(self.block)
        grads = self.unpack(self._inlined(source, [kept, seed]), len(pull.kinds), node)
        made = [
            self.private(self.gradient(g, kind, node), start, node)
            for g, kind in zip(grads, pull.kinds, strict=True)
        ]
        places = dict(zip(pull.chosen, made, strict=True))
        return Group("tuple", [places.get(i, Const(None)) for i in range(pull.count)])

    def _displayed(self, value: Value, node: ast.AST) -> Value:
        """A list, tuple or dict from outside that holds functions as a display of what it holds."""
        held: Any = value.obj if isinstance(value, Ref) else None
        if not isinstance(value, Ref) or not _holds_callables(held):
            return value
        named = isinstance(held, dict)

        def places() -> list[Any]:
            return list(held) if named else list(range(len(held)))

        keys = places()
        self.depend(("places", id(held)), places, keys, value.text, same=True)
        items = [self._displayed(self.getitem(value, Const(key), node), node) for key in keys]
        return Group(type(held).__name__, items, keys if named else [])

    def _described(self, name: str, value: Value, live: dict[str, Any], node: ast.AST) -> Kind | Atom:
        """What the derivative knows of an argument."""
        if isinstance(value, CALLABLE):
            self.refuse(
                node,
                "a function that is made here is passed to a derivative",
                "pass one that is defined outside",
            )
        kind = self.kind_of_parts(value)
        if isinstance(value, Const) and not kind.is_number:
            return value
        if kind == K.OBJECT and isinstance(value, Ref):
            if callable(value.obj) and (hasattr(value.obj, "__name__") or not hasattr(value.obj, "__dict__")):
                return Ref(name, value.obj)
            live[name] = value.obj
        if isinstance(value, Var) and value.name in self.live:
            live[name] = self.live[value.name]
        return kind


def special(obj: Any) -> Callable[..., Value] | None:
    """How a derivative of a nested function, or a pullback, is called."""
    if isinstance(obj, Later):
        return lambda low, args, kwargs, node, hint: low.call_later(obj, args, kwargs, node)
    if isinstance(obj, Pullback):
        return lambda low, args, kwargs, node, hint: low.call_pullback(obj, args, node)
    return None


def _unless_given(captured: dict[str, Value], target: Ref, count: int) -> dict[str, Value]:
    """What comes with a nested function, without defaults of parameters that have an argument."""
    plain = getattr(target.obj, "target", target.obj)
    code = getattr(plain, "__code__", None)
    while code is None and hasattr(plain, "target"):
        plain = plain.target
        code = getattr(plain, "__code__", None)
    given = code.co_varnames[: min(count, code.co_argcount)] if code is not None else ()
    return {name: value for name, value in captured.items() if name not in given}


def _holds_callables(held: Any) -> bool:
    """Whether a list, tuple or dict holds a function, or another such that does."""
    if type(held) not in (list, tuple, dict):
        return False
    items = list(held.values()) if isinstance(held, dict) else held
    return any(callable(item) or _holds_callables(item) for item in items)


def _all_known(target: Part) -> bool:
    return all(isinstance(v, Const | Ref) for v in (*target.args, *target.kwargs.values()))


__all__ = ["Derivatives", "special"]
