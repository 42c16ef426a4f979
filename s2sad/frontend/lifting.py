"""Nested functions as functions of their own, which take what they read of the functions around them.

    lambda v: v*k                        def lambda_(v, *, k): return v*k
    def h(k): return x*h(k - 1)          def h(k, *, x): return x*h(k - 1, x=x)
    lambda v: f(v)*k                     def lambda_(v, *, k, f_a): def f(z): return z*f_a; return f(v)*k
    slope = grad(f); lambda v: slope(v)  def lambda_(v): slope_of = f; slope = grad(slope_of); return slope(v)
    model.loss, partial(f, k)            def lambda_(x, *, owner): return loss(owner, x)

Nested functions that it reads stand in its body, with names of their own for what these read: a name may mean
something else there. What is read is what stands there when the function is called, as in Python.
"""

from __future__ import annotations

import ast
import copy
import inspect
import symtable
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from s2sad.frontend import histories
from s2sad.frontend.operators import static_attribute
from s2sad.frontend.placed import Placed, repeated
from s2sad.frontend.source import release_with
from s2sad.frontend.state import CALLABLE, Closure, Local, Method, Part, Scope, State, Value, holds_functions
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Ref, Undef, Var

Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True, eq=False)
class Later:
    """`grad(f)` of a nested function f, which reads what stands around it when the derivative is called."""

    fn: Ref
    options: tuple[Any, ...]
    named: tuple[tuple[str, Any], ...]


@dataclass(slots=True)
class Gathered:
    """What a nested function reads: values of the program, objects, and other nested functions."""

    taken: set[str]
    captured: dict[str, Value] = field(default_factory=dict)
    space: dict[str, Any] = field(default_factory=dict)
    helpers: list[ast.stmt] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)  # by which derivatives of others are made
    nodes: list[Function] = field(default_factory=list)  # of the nested functions, the first one included
    reading: list[Function] = field(default_factory=list)  # those in which this one is read
    places: dict[int, Placed] = field(default_factory=dict)  # of the functions, by their arguments

    def fresh(self, name: str) -> str:
        """A name that means nothing yet."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def named(self, name: str, value: Value, prefix: str) -> str:
        """What a name is called in the lifted function: modules and functions keep theirs where they can."""
        obj = value.obj if isinstance(value, Ref) else None
        known = callable(obj) or isinstance(obj, types.ModuleType)
        if not prefix or (known and self._is_free(name, obj)):
            return name
        return self.fresh(f"{prefix}_{name}")

    def _is_free(self, name: str, obj: Any) -> bool:
        """Whether a name means nothing yet, or this; it is taken if it is free."""
        free = name not in self.taken or self.space.get(name) is obj
        self.taken.add(name)
        return free

    def key(self) -> tuple[Any, ...]:
        """What the text of the function depends on."""
        objects = tuple((name, id(obj)) for name, obj in self.space.items())
        return (*self.nodes, *self.captured, *self.calls, objects)


class Lifting(State):
    """The part of lowering that turns nested functions into functions of their own."""

    def lifted_by_name(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """A nested function as one that takes what it reads of the functions around it by keyword.

        Its defaults are among the values that come with it.
        """
        spec = target.node.args
        if spec.vararg or spec.kwarg:
            self.refuse(
                node,
                "a nested function with star arguments is differentiated here",
                "define it outside, and pass what it reads as arguments",
            )
        made, captured = self._made("by name", target, node)
        return made, {**captured, **_defaults(target)}

    def lifted_by_place(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """A nested function as one that takes what it reads of the functions around it as last arguments."""
        spec = target.node.args
        if target.defaults or target.kwdefaults or spec.vararg or spec.kwarg or spec.kwonlyargs:
            what = "a nested function with defaults, star or keyword arguments is under checkpoint"
            self.refuse(node, what, "define it outside, and pass what it reads as arguments")
        return self._made("by place", target, node)

    def lifted_apart(self, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """The same, where whoever calls it passes its defaults by place."""
        return self._made("by place", target, node)

    def gathered(self, target: Closure, node: ast.AST) -> Gathered:
        """What a nested function reads, in a function of its own."""
        found = Gathered(set(_identifiers(target.node)))
        self._gathered(target, found, "", "", node)
        return found

    def _made(self, how: str, target: Closure, node: ast.AST) -> tuple[Ref, dict[str, Value]]:
        """The function, the same one as long as its text and what it finds outside are the same."""
        found = Gathered(set(_identifiers(target.node)))
        function = self._gathered(target, found, "", "", node)
        key = (how, *found.key())
        if key not in self.transforms:
            found.space["__name__"] = target.scope.source.module
            whole = _defined(function, getattr(function, "name", "lambda_"), found.helpers)
            whole.args.defaults, whole.args.kw_defaults = [], [None]*len(whole.args.kwonlyargs)
            more = [ast.arg(n) for n in found.captured]
            if how == "by place":
                whole.args.args += more
            else:
                whole.args.kwonlyargs += more
                whole.args.kw_defaults += [None]*len(more)
            self.transforms[key] = _compiled(whole, found)
            self.transforms[key].__s2sad_captured__ = frozenset(found.captured)
        made = self.transforms[key]
        return Ref(made.__name__, made), found.captured

    def _gathered(
        self, target: Closure, found: Gathered, prefix: str, itself: str, node: ast.AST
    ) -> Function:
        """A copy of a nested function; what it reads is entered, by other names if there is a prefix.

        `itself` is the name by which it calls itself.
        """
        if target.node in found.reading:
            self._refuse_nested(getattr(target.node, "name", "lambda"), node)
        found.reading.append(target.node)
        found.nodes.append(target.node)
        function = copy.deepcopy(target.node)
        found.places[id(function.args)] = target.scope.source.span, target.node
        names: dict[str, str] = {}
        here, self.scope = self.scope, target.scope
        try:
            for name in self._free(target.node, bool(prefix), node):
                if name == itself:
                    continue
                value = self.lookup(name, node)
                names[name] = found.named(name, value, prefix)
                self._enter(names[name], value, found, node)
        finally:
            self.scope = here
        found.reading.pop()
        if prefix:
            for n in ast.walk(function):
                if isinstance(n, ast.Name):
                    n.id = names.get(n.id, n.id)
        return function

    def _enter(self, name: str, value: Value, found: Gathered, node: ast.AST) -> None:
        """One thing that a nested function reads, by its name in the lifted function."""
        value = histories.itself(self, value)
        if isinstance(value, Ref) and (self.kind(value) == K.OBJECT or histories.is_container(value)):
            found.space[name] = value.obj
        elif isinstance(value, Method | Part) and (closure := self.as_closure(value, node)) is not None:
            self._enter(name, closure, found, node)
        elif isinstance(value, Closure):
            function = self._gathered(value, found, name, "", node)
            for i, default in enumerate(value.defaults):
                function.args.defaults[i] = self._default(f"{name}_default", default, found, node)
            for i, arg in enumerate(function.args.kwonlyargs):
                if arg.arg in value.kwdefaults:
                    given = value.kwdefaults[arg.arg]
                    function.args.kw_defaults[i] = self._default(f"{name}_{arg.arg}", given, found, node)
            found.helpers.append(_defined(function, name, []))
        elif isinstance(value, Part) and (made := _later(value)) is not None:
            inner, transform = found.fresh(f"{name}_of"), found.fresh(f"{name}_by")
            self._enter(inner, value.args[0], found, node)
            found.space[transform] = made.fn.obj
            options = [*map(repr, made.options), *(f"{k}={v!r}" for k, v in made.named)]
            call = f"{transform}({', '.join([inner, *options])})"
            found.helpers += ast.parse(f"{name} = {call}").body
            found.calls.append(call)
        elif isinstance(value, (*CALLABLE, Undef)):
            self._refuse_nested(name, node)
        else:
            found.captured[name] = value

    def _default(self, name: str, value: Value, found: Gathered, node: ast.AST) -> ast.expr:
        """A default, which was evaluated where the function was defined, by a name."""
        name = found.fresh(name)
        self._enter(name, value, found, node)
        return ast.Name(name, ast.Load())

    def _refuse_nested(self, name: str, node: ast.AST) -> None:
        self.refuse(
            node,
            f"the nested function {name!r} is read by one that is differentiated here",
            "define both outside",
        )

    def _free(self, function: Function, alone: bool, node: ast.AST) -> list[str]:
        """The names that a function reads of what is around it; `alone`: of which it has none of its own."""
        bare = copy.deepcopy(function)
        bare.args.defaults = [ast.Constant(None) for _ in bare.args.defaults]
        bare.args.kw_defaults = [d and ast.Constant(None) for d in bare.args.kw_defaults]
        free, bound = set[str](), set[str]()
        try:
            table = symtable.symtable(ast.unparse(_module(_defined(bare, "lifted_", []))), "<lifted>", "exec")
        except SyntaxError:  # nonlocal
            self.refuse(
                node,
                "a nested function that writes a name of the function around it is differentiated here",
                "return what it writes",
            )
        for scope in _scopes(table.get_children()[0]):
            for symbol in scope.get_symbols():
                (free if symbol.is_global() else bound).add(symbol.get_name())
        if alone and free & bound:
            self._refuse_nested(min(free & bound), node)
        return [n for n in dict.fromkeys(_identifiers(function)) if n in free]

    # ---- methods and partial functions

    def as_closure(self, value: Value, node: ast.AST) -> Closure | None:
        """A method, partial function or callable object of the program as a nested function that calls it.

        None for everything else, and where the parameters are not known one by one.
        """
        cls = self.class_of(value) if isinstance(value, Local | Var) else None
        if cls is not None and isinstance(called := static_attribute(cls, "__call__"), types.FunctionType):
            value = Method(Ref("__call__", called), value)
        if not isinstance(value, Method | Part) or (found := self.taken_by(value.fn, node)) is None:
            return None
        given = [value.self] if isinstance(value, Method) else value.args
        words = {} if isinstance(value, Method) else value.kwargs
        word = "owner" if isinstance(value, Method) else "given"
        rest = [n for n in found[0][len(given) :] if n not in words]
        return self.calling(value.fn, found, [*((word, v) for v in given), *rest], words, node)

    def calling(
        self,
        fn: Value,
        taken: tuple[list[str], list[Value]],
        parts: Sequence[str | tuple[str, Value]],
        words: dict[str, Value],
        node: ast.AST,
    ) -> Closure:
        """A nested function that calls another, which takes what `taken` names.

        It gives `parts` by position, values or parameters of its own, and `words` by keyword.
        """
        names, defaults = taken
        env: dict[str, Value] = {}

        def read(name: str, part: Value) -> ast.Name:
            while name in names or name in env:
                name += "_"
            env[name] = part
            return ast.Name(name, ast.Load())

        args: list[ast.expr] = [ast.Name(p, ast.Load()) if isinstance(p, str) else read(*p) for p in parts]
        call = ast.Call(read("called", fn), args, [ast.keyword(n, read(n, v)) for n, v in words.items()])
        rest = [p for p in parts if isinstance(p, str)]
        last = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        spec = ast.arguments([], [ast.arg(n) for n in rest], None, [], [], None, [])
        given = [last[n] for n in rest if n in last]
        spec.defaults = [ast.Constant(None) for _ in given]
        function = ast.fix_missing_locations(ast.copy_location(ast.Lambda(spec, call), node))
        return Closure(function, Scope(self.scope.source, env, frozenset()), given, {})

    def taken_by(self, fn: Value, node: ast.AST) -> tuple[list[str], list[Value]] | None:
        """The names of a function's parameters, and the defaults of the last of them."""
        if isinstance(fn, Closure):
            spec = fn.node.args
            if spec.vararg or spec.kwarg or spec.kwonlyargs:
                return None
            return [a.arg for a in (*spec.posonlyargs, *spec.args)], fn.defaults
        if isinstance(fn, Part) and _later(fn) is not None:
            return self.taken_by(fn.args[0], node)
        if isinstance(fn, Method | Part):
            closure = self.as_closure(fn, node)
            return None if closure is None else self.taken_by(closure, node)
        if not isinstance(fn, Ref) or not callable(fn.obj):
            return None
        try:
            parameters = list(inspect.signature(fn.obj).parameters.values())
        except (TypeError, ValueError):
            return None
        if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
            return None
        given = [p.default for p in parameters if p.default is not p.empty]
        return [p.name for p in parameters], [self.default(f"{fn.text} default", d) for d in given]

    # ---- functions that call themselves

    def lifted(
        self, target: Closure, env: dict[str, Value], node: ast.AST, name: str
    ) -> tuple[Ref, dict[str, Value]]:
        """A nested function that calls itself, as one that takes what it reads by keyword.

            def h(k): return x*h(k - 1)        def h(k, *, x): return x*h(k - 1, x=x)
        """
        found = Gathered(set(_identifiers(target.node)))
        function = self._gathered(target, found, "", name, node)
        calls = [n for n in ast.walk(function) if isinstance(n, ast.Call) and _is_name(n.func, name)]
        omitted = self._omitted(target, function, calls, env, found)
        key = ("itself", *found.key(), *(p for p, d in omitted if p == d))
        if key not in self.transforms:
            for call in calls:
                call.keywords += [ast.keyword(n, ast.Name(n, ast.Load())) for n in found.captured]
                left_out = [(p, d) for p, d in omitted if p not in _given(call, function)]
                call.keywords += [ast.keyword(p, ast.Name(d, ast.Load())) for p, d in left_out]
            whole = _defined(function, name, found.helpers)
            whole.args.defaults, whole.args.kw_defaults = [], [None]*len(whole.args.kwonlyargs)
            whole.args.kwonlyargs += [ast.arg(n) for n in found.captured]
            whole.args.kw_defaults += [None]*len(found.captured)
            found.space["__name__"] = target.scope.source.module
            self.transforms[key] = _compiled(whole, found)
        made = self.transforms[key]
        return Ref(name, made), found.captured

    def _omitted(
        self,
        target: Closure,
        function: Function,
        calls: list[ast.Call],
        env: dict[str, Value],
        found: Gathered,
    ) -> list[tuple[str, str]]:
        """Parameters that calls by itself leave out, and the names by which their defaults are passed on.

        Where every call does, the first one too, the parameter is that name.
        """
        omitted = []
        for name, default in _defaults(target).items():
            given = [name in _given(call, function) for call in calls]
            if all(given):
                continue
            stored = any(_is_name(n, name) and not isinstance(n.ctx, ast.Load) for n in ast.walk(function))
            own = env.get(name) is default and not any(given) and not stored
            omitted.append((name, name if own else found.fresh(f"{name}_default")))
            if not own:
                found.captured[omitted[-1][1]] = default
        return omitted

    def _free_of_functions(self, target: Closure, reading: tuple[Function, ...] = ()) -> bool:
        """Whether a nested function that calls itself reads none that does, and writes no name around it."""
        name = getattr(target.node, "name", "")
        if any(isinstance(n, ast.Nonlocal | ast.Global) for n in ast.walk(target.node)):
            return False
        if not all(self._is_taken(target, n, v, reading) for n, v in _defaults(target).items()):
            return False
        here, self.scope = self.scope, target.scope
        try:
            for n in ast.walk(target.node):
                if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load):
                    return False
                if isinstance(n, ast.Name) and n.id != name and isinstance(n.ctx, ast.Load):
                    found = self._in_scopes(n.id)
                    if found is not None and not self._is_taken(target, n.id, found, reading):
                        return False
        finally:
            self.scope = here
        return True

    def _is_taken(
        self, target: Closure, name: str, found: Value, reading: tuple[Function, ...]
    ) -> bool:
        """Whether a function that calls itself can take what it reads: no objects, dicts that are tables."""
        if isinstance(found, Local) and found.cat == "dict" and _is_written(target.node, name):
            self.want_table(found)
        if isinstance(found, Local):
            return self.stands_in(found) is not None
        if isinstance(found, Closure):
            reading = (*reading, target.node)
            return found.node not in reading and self._free_of_functions(found, reading)
        return isinstance(found, Ref) or not holds_functions(found)

    def _in_scopes(self, name: str) -> Value | None:
        """What a name means in the functions around, if it is one of theirs."""
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.env:
                return scope.env[name]
            scope = scope.parent
        return None


def _later(value: Part) -> Later | None:
    """What makes the derivative of a nested function, if a value is such."""
    made = value.fn.obj if isinstance(value.fn, Ref) else None
    return made if isinstance(made, Later) else None


def _defaults(target: Closure) -> dict[str, Value]:
    """Parameters that have defaults, and these."""
    spec = target.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    last = names[len(names) - len(target.defaults) :]
    return dict(zip(last, target.defaults, strict=True)) | target.kwdefaults


def _is_name(node: ast.AST, name: str) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == name


def _given(call: ast.Call, function: Function) -> set[str]:
    """The parameters that a call gives; all of them where that is not to be seen."""
    names = [a.arg for a in function.args.args]
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return {*names, *(a.arg for a in function.args.kwonlyargs)}
    return {*names[: len(call.args)], *(k.arg for k in call.keywords if k.arg)}


def _is_written(function: Function, name: str) -> bool:
    """Whether a function writes a dict at keys that are computed."""
    return any(
        isinstance(n, ast.Subscript)
        and isinstance(n.ctx, ast.Store)
        and isinstance(n.value, ast.Name)
        and n.value.id == name
        and not isinstance(n.slice, ast.Constant)
        for n in ast.walk(function)
    )


def _identifiers(function: Function) -> Iterator[str]:
    """Every name that occurs in a function."""
    for n in ast.walk(function):
        if isinstance(n, ast.Name):
            yield n.id
        elif isinstance(n, ast.arg):
            yield n.arg
        elif isinstance(n, ast.FunctionDef):
            yield n.name


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _scopes(inner)


def _defined(function: Function, name: str, helpers: list[ast.stmt]) -> ast.FunctionDef:
    """A function or lambda as the definition of a name, with others in its body."""
    body: list[ast.stmt] = [ast.Return(function.body)] if isinstance(function, ast.Lambda) else function.body
    return ast.FunctionDef(name, function.args, [*helpers, *body], [], lineno=1)


def _module(function: ast.FunctionDef) -> ast.Module:
    return ast.fix_missing_locations(ast.Module([function], []))


def _compiled(function: ast.FunctionDef, found: Gathered) -> types.FunctionType:
    """The function, whose source can be read, among the objects that it finds outside.

    What annotations name is not among these.
    """
    tree = _module(function)
    for n in ast.walk(tree):
        if isinstance(n, ast.FunctionDef):
            n.returns = None
        elif isinstance(n, ast.arg):
            n.annotation = None
    text = ast.unparse(tree) + "\n"
    file = repeated(text, function.name, tree, *found.places[id(function.args)], found.places)
    exec(compile(text, file, "exec", dont_inherit=True), found.space)
    made: types.FunctionType = found.space[function.name]
    release_with(made, file)
    return made


__all__ = ["Later", "Lifting"]
