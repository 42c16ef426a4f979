"""Derivatives that are made and called inside of the function: their generated text is inlined.

    slope = grad(f)                 def h(x): return slope(x)**2
    h for a float                   the text of slope for a float in place of the call, then its square

What a call of a derivative converts at its boundary is converted here: Python floats have Python floats as
gradients.
"""

from __future__ import annotations

import ast
import copy
import functools
import inspect
import types
from typing import Any

from s2sad.errors import UnsupportedError, refuse
from s2sad.frontend.operators import live_object
from s2sad.frontend.source import release_with, source_of_text
from s2sad.frontend.state import (
    CALLABLE,
    Closure,
    Group,
    Local,
    Method,
    Part,
    Scope,
    State,
    Value,
    holds_functions,
)
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Undef, Var


class Derivatives(State):
    """The part of lowering that makes and calls derivatives."""

    def transform(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """`s2sad.grad(f, argnums)` as a live transform."""
        if not fn.obj.__s2sad_transform__:
            what = f"{fn.text} is called inside of a differentiated function"
            self.refuse(node, what, "use grad, value_and_grad or jvp")
        if not args and "fun" not in kwargs:
            return Part(fn, args, kwargs)
        if hasattr(fn.obj, "__s2sad_push__"):
            return self._push(fn, args, kwargs, node)
        target, captured = self._target(args[0] if args else kwargs["fun"], node)
        options = [self._known(a, node) for a in args[1:]]
        named = {k: self._known(v, node) for k, v in kwargs.items() if k != "fun"}
        key = (id(fn.obj), id(target.obj), repr(options), repr(named))
        if key not in self.transforms:
            self.transforms[key] = fn.obj(target.obj, *options, **named)
        made = Ref(f"{fn.text}({target.text})", self.transforms[key])
        return Part(made, [], captured) if captured else made

    def _push(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """`s2sad.jvp(f, primals, tangents)`: a call of the forward derivative."""
        names = ("fun", "primals", "tangents")
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        if given.keys() != set(names):
            self.refuse(node, "jvp is called here with other arguments", "call jvp(fun, primals, tangents)")
        lists = []
        for name in names[1:]:
            group = given[name]
            if not isinstance(group, Group) or group.cat not in ("tuple", "list"):
                self.refuse(node, f"the {name} of jvp are not written as a tuple here", "write (x, y)")
            lists.append(list(group.items))
        primals, tangents = lists
        if len(primals) != len(tangents):
            what = "jvp is called with another number of tangents than primals"
            self.refuse(node, what, "give one for each")
        target, captured = self._target(given["fun"], node)
        chosen = tuple(i for i, t in enumerate(tangents) if t != Const(None))
        if not chosen:
            self.refuse(node, "jvp is called without tangents", "give one that is not None")
        key = (id(fn.obj), id(target.obj), chosen)
        if key not in self.transforms:
            self.transforms[key] = fn.obj.__s2sad_push__(target.obj, chosen)
        made = Ref(f"{fn.text}({target.text})", self.transforms[key])
        dots = Group("tuple", [tangents[i] for i in chosen])
        return self.call_transform(made, primals, {**captured, "tangents_": dots}, node)

    def _driven(self, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """A call of a Jacobian and the like: the plain function that loops over the forward derivative."""
        signature = inspect.signature(fn.obj.push.target)
        bound = dict(zip(signature.parameters, args, strict=False)) | kwargs

        def kind_of(name: str) -> Kind:
            return self.kind(bound[name]) if name in bound else K.OBJECT

        try:
            driver = fn.obj.driver(kind_of)
        except UnsupportedError as error:
            if any(r.span is None for r in error.refusals):
                refuse(self.span(node), error.refusals[0].what, error.refusals[0].instead)
            raise
        return self.call_value(Ref(fn.text, driver), args, kwargs, node)

    def _target(self, target: Value, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """The function that a transform is given, and the values of the program that it reads."""
        captured: dict[str, Value] = {}
        if isinstance(target, Closure):
            target, captured = self._lifted(target, node)
        elif isinstance(target, Method) and isinstance(target.fn, Ref):
            owner = live_object(self, target.self)
            if owner is not None and isinstance(target.fn.obj, types.FunctionType):
                target = Ref(target.fn.text, self._once(types.MethodType(target.fn.obj, owner)))
        elif isinstance(target, Part) and isinstance(target.fn, Ref):
            target = Ref(target.fn.text, self._partial(target, target.fn, node))
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
        values = [*target.args, *target.kwargs.values()]
        key = (id(fn.obj), len(target.args), *target.kwargs, *values) if _all_known(values) else None
        if key is None:
            self.refuse(
                node,
                "a partial with values of the program is differentiated here",
                "write a nested function in its place",
            )
        if key not in self.transforms:
            args = [self._known(a, node) for a in target.args]
            named = {k: self._known(v, node) for k, v in target.kwargs.items()}
            self.transforms[key] = functools.partial(fn.obj, *args, **named)
        return self.transforms[key]

    def _lifted(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """A nested function as one that takes what it reads of the functions around it by keyword.

            lambda v: v*k        def lambda_(v, *, k): return v*k
        """
        spec = target.node.args
        if target.defaults or target.kwdefaults or spec.vararg or spec.kwarg:
            self.refuse(
                node,
                "a nested function with defaults or star arguments is differentiated here",
                "define it outside, and pass what it reads as arguments",
            )
        captured, space = self.read_names(target, node)
        known = self.transforms.get(target.node)
        if known is None or known[1] != list(captured):
            made = self._compiled(target, list(captured), space)
            known = self.transforms[target.node] = made, list(captured)
        return Ref(known[0].__name__, known[0]), captured

    def lifted_by_place(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """A nested function as one that takes what it reads of the functions around it as last arguments."""
        spec = target.node.args
        if target.defaults or target.kwdefaults or spec.vararg or spec.kwarg or spec.kwonlyargs:
            what = "a nested function with defaults, star or keyword arguments is under checkpoint"
            self.refuse(node, what, "define it outside, and pass what it reads as arguments")
        captured, space = self.read_names(target, node)
        key = ("lifted", target.node)
        known = self.transforms.get(key)
        if known is None or known[1] != list(captured):
            made = self._compiled(target, list(captured), space, positional=True)
            known = self.transforms[key] = made, list(captured)
        return Ref(known[0].__name__, known[0]), captured

    def lifted(self, target: Closure, node: ast.AST, name: str) -> tuple[Ref, dict[str, Value]]:
        """A nested function that calls itself, as one that takes what it reads by keyword.

            def h(k): return x*h(k - 1)        def h(k, *, x): return x*h(k - 1, x=x)
        """
        captured, space = self.read_names(target, node, name)
        key = ("itself", target.node, *captured)
        if key not in self.transforms:
            function = copy.deepcopy(target.node)
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == name:
                    call.keywords += [ast.keyword(n, ast.Name(n, ast.Load())) for n in captured]
            inner = Closure(function, target.scope, [], {})
            self.transforms[key] = self._compiled(inner, list(captured), space)
        made = self.transforms[key]
        return Ref(name, made), captured

    def _free_of_functions(self, target: Closure) -> bool:
        """Whether a nested function that calls itself reads no other one and writes no name around it."""
        name = getattr(target.node, "name", "")
        if any(isinstance(n, ast.Nonlocal | ast.Global) for n in ast.walk(target.node)):
            return False
        here, self.scope = self.scope, target.scope
        try:
            for n in ast.walk(target.node):
                if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load):
                    return False
                if isinstance(n, ast.Name) and n.id != name and isinstance(n.ctx, ast.Load):
                    found = self._in_scopes(n.id)
                    if found is not None and (isinstance(found, Local) or holds_functions(found)):
                        return False
        finally:
            self.scope = here
        return True

    def _in_scopes(self, name: str) -> Value | None:
        """What a name means in the functions around, if it is one of theirs."""
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.env:
                return scope.env[name]
            scope = scope.parent
        return None

    def read_names(
        self, target: Closure, node: ast.AST, itself: str = ""
    ) -> tuple[dict[str, Value], dict[str, Any]]:
        """The values of the program that a nested function reads, and the objects from outside."""
        own = {a.arg for a in ast.walk(target.node) if isinstance(a, ast.arg)}
        names = [n for n in ast.walk(target.node) if isinstance(n, ast.Name)]
        own |= {n.id for n in names if not isinstance(n.ctx, ast.Load)} | {itself}
        captured: dict[str, Value] = {}
        space: dict[str, Any] = {"__name__": target.scope.source.module}
        here, self.scope = self.scope, target.scope
        try:
            for n in names:
                if n.id not in own and n.id not in captured:
                    value = self.lookup(n.id, n)
                    if isinstance(value, Ref) and self.kind(value) == K.OBJECT:
                        space[n.id] = value.obj
                    elif isinstance(value, (*CALLABLE, Undef)):
                        self.refuse(
                            node,
                            f"the nested function {n.id!r} is read by one that is differentiated here",
                            "define both outside",
                        )
                    else:
                        captured[n.id] = value
        finally:
            self.scope = here
        return captured, space

    def _compiled(
        self, target: Closure, captured: list[str], space: dict[str, Any], positional: bool = False
    ) -> types.FunctionType:
        spec = target.node.args
        more = [ast.arg(n) for n in captured]
        named = [*spec.kwonlyargs, *([] if positional else more)]
        arguments = ast.arguments(
            posonlyargs=spec.posonlyargs, args=[*spec.args, *(more if positional else [])],
            kwonlyargs=named, kw_defaults=[None] * len(named), defaults=[],
        )  # fmt: skip
        if isinstance(target.node, ast.Lambda):
            name = "lambda_"
            body: list[ast.stmt] = [ast.Return(target.node.body)]
        else:
            name, body = target.node.name, target.node.body
        function = ast.FunctionDef(name, arguments, body, [], lineno=1)
        text = ast.unparse(ast.fix_missing_locations(ast.Module([function], []))) + "\n"
        file = source_of_text(text, name)
        exec(compile(text, file, "exec", dont_inherit=True), space)
        made: types.FunctionType = space[name]
        release_with(made, file)
        return made

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
        if hasattr(obj, "__s2sad_driver__"):
            return self._driven(fn, args, kwargs, node)
        tangents = kwargs.pop("tangents_", None)
        dots = list(tangents.items) if isinstance(tangents, Group) else []
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
        env = {n: given[n] for n in obj.binder.signature.parameters}
        kinds: dict[str, Kind | Atom] = {}
        live: dict[str, Any] = {}
        for name, value in env.items():
            kinds[name] = self._described(name, value, live, node)
            if kinds[name] == K.BOTTOM:
                return self.emit(Call("call", (Const(None),)), K.BOTTOM, node)
        try:
            made_from, order, derived = obj.generated(kinds, live)
        except UnsupportedError as error:
            if any(r.span is None for r in error.refusals):  # of the call, not of the function's code
                refuse(self.span(node), error.refusals[0].what, error.refusals[0].instead)
            raise
        for dependency in derived.dependencies:
            self.dependencies.setdefault((id(dependency), dependency.text), dependency)
        parameters = [a.arg for a in made_from.node.args.args]
        dotted = zip(obj.parameters(), dots, strict=True) if dots else ()
        along = [self._tangent(dot, env[n], node) for n, dot in dotted if n in order]
        inner = dict(zip(parameters, [*[env[n] for n in order], *along], strict=True))
        result = self.inline(made_from, made_from.node, inner, None, made_from.fun.__code__)
        return self._converted(obj, result, env, node)

    def _described(self, name: str, value: Value, live: dict[str, Any], node: ast.AST) -> Kind | Atom:
        """What the derivative knows of an argument."""
        if isinstance(value, CALLABLE):
            self.refuse(
                node,
                "a function that is made here is passed to a derivative",
                "pass one that is defined outside",
            )
        kind = self.kind(value)
        if isinstance(value, Const) and not kind.is_number:
            return value
        if kind == K.OBJECT and isinstance(value, Ref):
            if callable(value.obj) and (hasattr(value.obj, "__name__") or not hasattr(value.obj, "__dict__")):
                return Ref(name, value.obj)
            live[name] = value.obj
        if isinstance(value, Var) and value.name in self.live:
            live[name] = self.live[value.name]
        return kind

    def _tangent(self, dot: Value, primal: Value, node: ast.AST) -> Value:
        """A tangent that is given here: of the primal's type, and of its shape, which is asserted."""
        mine, other = self.kind(dot), self.kind(primal)
        if not mine.is_number or (mine.sort == "complex" and other.sort != "complex"):
            self.refuse(node, "a tangent that is no number or array of the primal's sort", "pass one like it")
        if other.is_python:
            return dot if mine.cat == other.cat else self.apply(other.cat, [dot], {}, node)
        if other.is_array and not mine.is_array:
            self.refuse(node, "a number is the tangent of an array here", "pass an array of its shape")
        if not K.same_shape(mine, other):
            shapes = [self.apply("np.shape", [v], {}, node) for v in (dot, primal)]
            same = self.emit(Call("eq", tuple(self.atom(v) for v in shapes)), K.BOOL, node)
            message = Const("a tangent has another shape than its primal")
            self.do(Call("assert", (self.atom(same), message)), node)
        return dot

    def _converted(self, obj: Any, result: Value, env: dict[str, Value], node: ast.AST) -> Value:
        """The result as the call gives it."""
        if obj.mode == "jvp":
            value, dot = self.unpack(result, 2, node)
            if obj.inner is not None:
                value = self._converted(obj.inner, value, env, node)
                return Group("tuple", [value, self._converted(obj.inner, dot, env, node)])
            if self.kind(value).cat == "float" and self.kind(dot).cat != "float":
                dot = self.apply("float", [dot], {}, node)
            return Group("tuple", [value, dot])
        if obj.mode == "value_and_grad":
            value, grads = self.unpack(result, 2, node)
            return Group("tuple", [value, self._gradients(obj, grads, env, node)])
        return self._gradients(obj, result, env, node)

    def _gradients(self, obj: Any, grads: Value, env: dict[str, Value], node: ast.AST) -> Value:
        names = obj.parameters()
        parts = [grads] if len(names) == 1 else self.unpack(grads, len(names), node)
        found = [self._gradient(part, env[name], node) for name, part in zip(names, parts, strict=True)]
        return found[0] if obj.single else Group("tuple", found)

    def _gradient(self, grad: Value, argument: Value, node: ast.AST) -> Value:
        if self.kind(argument).cat == "float" and self.kind(grad).cat != "float":
            return self.apply("float", [grad], {}, node)
        return grad


def _all_known(values: list[Value]) -> bool:
    return all(isinstance(v, Const | Ref) for v in values)


__all__ = ["Derivatives"]
