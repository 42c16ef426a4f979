"""Lowering: a Python function and the kinds of its arguments become a Program.

Accepts the `ast` of a function whose exits stand in tail position (`exits.normalise`). Guarantees a program in the form of
`ir.nodes`: every callee that has source is inlined, every other call is a rule or opaque, every value has a kind, and each
`y *= 2` is a Store where y is an array and a definition where it is a number. The walk is an abstract interpretation:
what the kinds decide (isinstance, `is None`, rank) is decided here, once for each signature.

    def f(x):                         params x.1 (1-D array)
        y = x                         (no trace)
        y *= 2                        Store(x.1, None, 2, "mul")
        return np.sum(x*y)            t.2 = mul(x.1, x.1); t.3 = np.sum(t.2); Return(t.3)
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import Any

from s2sad.errors import Span
from s2sad.frontend import exits
from s2sad.frontend.branches import Branches
from s2sad.frontend.calls import Calls
from s2sad.frontend.expressions import BINARY, Expressions
from s2sad.frontend.loops import Loops, assigned_names, target_names
from s2sad.frontend.source import Source
from s2sad.frontend.state import Closure, Dependency, Group, Method, Part, Scope, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.prune import prune
from s2sad.ir.nodes import Atom, Call, Const, Let, Program, Ref, Return, Stmt, Store, Undef, Var


@dataclass(slots=True)
class Lowered:
    """A lowered function.

    arguments     what each parameter of the function stands for: its SSA name, or None for a static one
    frozen        values made under no_grad or by stop_gradient: constants
    dependencies  the name resolutions that the program relies on
    """

    program: Program
    arguments: dict[str, str | None]
    result: Atom
    frozen: frozenset[str]
    dependencies: list[Dependency]
    span: Span
    live: dict[str, Any] = field(default_factory=dict)


class Lowering(Expressions, Calls, Loops, Branches):
    """One walk over one function and all that is inlined into it."""

    # ----------------------------------------------------------------------------------------------------- statements

    def statements(self, body: list[ast.stmt]) -> None:
        for stmt in body:
            method = getattr(self, "_" + type(stmt).__name__.lower(), None)
            if method is None or isinstance(stmt, ast.Return):
                self.refuse(stmt, f"the statement {type(stmt).__name__} is not supported", "write it with loops, branches and assignments")
            method(stmt)

    def function_scope(self, source: Source, node: Any, env: dict[str, Value], parent: Scope | None) -> Scope:
        """A scope for a function's body."""
        bound = set(env)
        if not isinstance(node, ast.Lambda):
            bound |= assigned_names(node.body)
        return Scope(source, dict(env), frozenset(bound), parent)

    def function_body(self, node: ast.FunctionDef) -> Value:
        """Lower a body; the value that it returns."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Yield | ast.YieldFrom | ast.Await):
                self.refuse(inner, "generators and coroutines are not supported", "collect the values in a list")
        body = exits.normalise(node).body
        last = body[-1] if body and isinstance(body[-1], ast.Return) else None
        self.statements(body[:-1] if last is not None else body)
        if last is None or last.value is None:
            return Const(None)
        return self.operand(last.value)

    def _expr(self, stmt: ast.Expr) -> None:
        if not isinstance(stmt.value, ast.Constant):
            self.expr(stmt.value)

    def _pass(self, stmt: ast.Pass) -> None:
        return None

    def _assign(self, stmt: ast.Assign) -> None:
        single = stmt.targets[0]
        hint = single.id if len(stmt.targets) == 1 and isinstance(single, ast.Name) else ""
        value = self.expr(stmt.value, hint)
        for target in stmt.targets:
            self.assign(target, value, stmt)

    def _annassign(self, stmt: ast.AnnAssign) -> None:
        if stmt.value is not None:
            hint = stmt.target.id if isinstance(stmt.target, ast.Name) else ""
            self.assign(stmt.target, self.expr(stmt.value, hint), stmt)

    def assign(self, target: ast.expr, value: Value, stmt: ast.AST) -> None:
        """Bind or store a value."""
        if isinstance(target, ast.Name):
            if isinstance(value, Group) and value.cat == "list" and not _holds_functions(value):
                value = self.variable(value, stmt, target.id)
            if isinstance(value, Var) and not self.hints.get(value.name):
                self.hints[value.name] = target.id
            self.scope.env[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            self._assign_parts(target, value, stmt)
        elif isinstance(target, ast.Subscript):
            self._store(target, value, "", stmt)
        elif isinstance(target, ast.Attribute):
            self._set_attribute(target, value, stmt)
        else:
            self.refuse(target, "this target is not supported", "assign to a name")

    def _assign_parts(self, target: ast.Tuple | ast.List, value: Value, stmt: ast.AST) -> None:
        stars = [i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)]
        items = self.unpack(value, None if stars else len(target.elts), stmt)
        if stars:
            at, behind = stars[0], len(target.elts) - stars[0] - 1
            middle = Group("list", items[at : len(items) - behind])
            items = [*items[:at], middle, *items[len(items) - behind :]]
        if len(items) != len(target.elts):
            self.refuse(stmt, f"{len(items)} values are unpacked into {len(target.elts)} names", "make the numbers equal")
        for part, item in zip(target.elts, items, strict=True):
            if isinstance(part, ast.Name) and isinstance(item, Var) and not self.hints.get(item.name):
                self.hints[item.name] = part.id
            self.assign(part.value if isinstance(part, ast.Starred) else part, item, stmt)

    def _store(self, target: ast.Subscript, value: Value, op: str, stmt: ast.AST) -> None:
        base = self.operand(target.value)
        index = self.index(target.slice)
        kind = self.kind(base)
        if isinstance(base, Group) and base.cat == "dict" and isinstance(index, Const | Ref) and isinstance(target.value, ast.Name):
            self._store_key(target.value.id, base, index, value, stmt)
            return
        if kind.cat == "list" and isinstance(base, Var):
            self.grow(base, self.kind(value))
            self.block.append(Store(base, self.atom(index), self.variable(value, stmt), op, self.span(stmt)))
            return
        if isinstance(base, Ref):
            self.refuse(stmt, f"{base.text} is written, which is not an argument and not local", "pass it as an argument or copy it first")
        if kind.cat not in ("array", "num"):
            self.refuse(stmt, f"an element of {K.describe(kind)} is assigned", "assign to elements of arrays and lists")
        stored = self.stored(value, stmt)
        self.prove(base, self.atom(index, stmt), stored, stmt)
        self.block.append(Store(self.atom(base), self.atom(index, stmt), stored, op, self.span(stmt)))

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
        """A value that is written into an array; displays become arrays."""
        if isinstance(value, Group):
            return self.atom(self.apply("np.array", [value], {}, stmt))
        return self.atom(value, stmt)

    def _store_key(self, name: str, base: Group, index: Const | Ref, value: Value, stmt: ast.AST) -> None:
        key = index.value if isinstance(index, Const) else index.obj
        keys, items = list(base.keys), list(base.items)
        if key in keys:
            items[keys.index(key)] = value
        else:
            keys.append(key)
            items.append(value)
        fresh = Group("dict", items, keys)
        for env_name, known in list(self.scope.env.items()):
            if known is base:
                self.scope.env[env_name] = fresh

    def _set_attribute(self, target: ast.Attribute, value: Value, stmt: ast.AST) -> None:
        self.refuse(stmt, f"the attribute {target.attr!r} is assigned", "use a local name and return it")

    def _augassign(self, stmt: ast.AugAssign) -> None:
        op = BINARY[type(stmt.op)]
        target = stmt.target
        if isinstance(target, ast.Name):
            old = self._name(ast.copy_location(ast.Name(target.id, ast.Load()), target), "")
            value = self.expr(stmt.value)
            self._augment_name(target.id, old, op, value, stmt)
        elif isinstance(target, ast.Subscript):
            self._augment_item(target, op, stmt)
        else:
            self.refuse(stmt, "an attribute is assigned", "use a local name and return it")

    def _augment_name(self, name: str, old: Value, op: str, value: Value, stmt: ast.AST) -> None:
        kind = self.kind(old)
        if kind.is_array or kind.cat == "num":
            if isinstance(old, Ref):
                self.refuse(stmt, f"{old.text} is written, which is not an argument and not local", "pass it as an argument or copy it first")
            stored = self.stored(value, stmt)
            self.prove(old, None, stored, stmt)
            self.block.append(Store(self.atom(old), None, stored, op, self.span(stmt)))
        elif kind.cat == "list" and op == "add" and isinstance(old, Var):
            self._list_method(old, kind, ".extend", [value], stmt, "")
        else:
            self.scope.env[name] = self.binary(op, old, value, stmt, name)

    def _augment_item(self, target: ast.Subscript, op: str, stmt: ast.AugAssign) -> None:
        base = self.operand(target.value)
        kind = self.kind(base)
        index = self.index(target.slice)
        if kind.is_array or kind.cat == "num":
            value = self.expr(stmt.value)
            if isinstance(base, Ref):
                self.refuse(stmt, f"{base.text} is written, which is not an argument and not local", "pass it as an argument or copy it first")
            stored = self.stored(value, stmt)
            self.prove(base, self.atom(index, stmt), stored, stmt)
            self.block.append(Store(self.atom(base), self.atom(index, stmt), stored, op, self.span(stmt)))
            return
        old = self.getitem(base, index, stmt)
        item_kind = self.kind(old)
        value = self.expr(stmt.value)
        if item_kind.is_array:
            stored = self.stored(value, stmt)
            self.prove(old, None, stored, stmt)
            self.block.append(Store(self.atom(old), None, stored, op, self.span(stmt)))
            return
        fresh = self.binary(op, old, value, stmt)
        if isinstance(base, Group) and isinstance(index, Const | Ref) and isinstance(target.value, ast.Name):
            self._store_key(target.value.id, base, index, fresh, stmt)
        elif kind.cat == "list":
            self.grow(self.atom(base), self.kind(fresh))
            self.block.append(Store(self.atom(base), self.atom(index), self.atom(fresh), "", self.span(stmt)))
        else:
            self.refuse(stmt, f"an element of {K.describe(kind)} is assigned", "assign to elements of arrays and lists")

    def _functiondef(self, stmt: ast.FunctionDef) -> None:
        if stmt.decorator_list:
            self.refuse(stmt, "a nested function has a decorator", "apply it outside of the differentiated function")
        self.scope.env[stmt.name] = self.closure(stmt)

    def _assert(self, stmt: ast.Assert) -> None:
        cond = self.expr(stmt.test)
        message = () if stmt.msg is None else (self.variable(self.operand(stmt.msg)),)
        if self.static_truth(cond) is not True:
            self.do(Call("assert", (self.truth(cond), *message)), stmt)

    def _raise(self, stmt: ast.Raise) -> None:
        if stmt.exc is None:
            self.refuse(stmt, "a bare raise is not supported", "name the exception")
        self.do(Call("raise", (self.variable(self.operand(stmt.exc)),)), stmt)

    def _delete(self, stmt: ast.Delete) -> None:
        for target in stmt.targets:
            if not isinstance(target, ast.Name):
                self.refuse(target, "del of an element is not supported", "build a new list")
            self.scope.env.pop(target.id, None)

    def _import(self, stmt: ast.Import) -> None:
        for alias in stmt.names:
            module = __import__(alias.name)
            self.scope.env[alias.asname or alias.name.split(".")[0]] = Ref(alias.asname or alias.name.split(".")[0], module)

    def _importfrom(self, stmt: ast.ImportFrom) -> None:
        if stmt.level or stmt.module is None:
            self.refuse(stmt, "a relative import inside a function is not supported", "import it at the top of the file")
        import importlib

        module = importlib.import_module(stmt.module)
        for alias in stmt.names:
            self.scope.env[alias.asname or alias.name] = self.live_value(alias.asname or alias.name, getattr(module, alias.name))

    def _global(self, stmt: ast.Global) -> None:
        self.refuse(stmt, "a global is written", "return the value, or pass it in")

    def _nonlocal(self, stmt: ast.Nonlocal) -> None:
        self.refuse(stmt, "a name of an enclosing function is written", "return the value, or pass it in")

    def _with(self, stmt: ast.With) -> None:
        for item in stmt.items:
            call = item.context_expr
            fn = self.expr(call.func) if isinstance(call, ast.Call) else None
            if not (isinstance(fn, Ref) and getattr(fn.obj, "__s2sad_no_grad__", False)):
                self.refuse(stmt, "this with statement is not supported", "call the function outside of it; s2sad.no_grad() is supported")
        self.const_depth += 1
        try:
            self.statements(stmt.body)
        finally:
            self.const_depth -= 1

    def _try(self, stmt: ast.Try) -> None:
        self.refuse(stmt, "try is not supported", "test for the condition before it arises")

    # -------------------------------------------------------------------------------------------------- comprehensions

    def _listcomp(self, node: ast.ListComp, hint: str) -> Value:
        return self.comprehension(node, hint)

    def _generatorexp(self, node: ast.GeneratorExp, hint: str) -> Value:
        return self.comprehension(node, hint)

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp, hint: str = "") -> Value:
        """A list, made by loops; element by element where the source is known element by element."""
        names = {n for g in node.generators for n in target_names(g.target)}
        saved = {n: self.scope.env.get(n) for n in names}
        first = node.generators[0]
        if len(node.generators) == 1 and not first.ifs:
            source = self._iterable(first.iter)
            if isinstance(source, Group):
                items: list[Value] = []
                for item in source.items:
                    self.assign(first.target, item, node)
                    items.append(self.operand(node.elt))
                self._restore(saved)
                return Group("list", items)
        result = self.emit(Call("list", ()), K.list_of(None), node, hint)
        holder = f"{result.name} "  # no user's name has a blank
        self.scope.env[holder] = result
        append = ast.Expr(ast.Call(ast.Attribute(ast.Name(holder, ast.Load()), "append", ast.Load()), [node.elt], []))
        body: list[ast.stmt] = [ast.copy_location(append, node.elt)]
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                body = [ast.copy_location(ast.If(test, body, []), test)]
            body = [ast.copy_location(ast.For(generator.target, generator.iter, body, []), node)]
        for part in body:
            ast.fix_missing_locations(part)
        self.statements(body)
        self._restore(saved)
        del self.scope.env[holder]
        return result

    def _restore(self, saved: dict[str, Value | None]) -> None:
        for name, value in saved.items():
            if value is None:
                self.scope.env.pop(name, None)
            else:
                self.scope.env[name] = value


def _holds_functions(group: Group) -> bool:
    return any(
        isinstance(i, Closure | Method | Part) or (isinstance(i, Ref) and callable(i.obj)) or (isinstance(i, Group) and _holds_functions(i))
        or (isinstance(i, Const) and isinstance(i.value, str))
        for i in group.items
    )


def lower(
    source: Source, name: str, arguments: dict[str, Kind | Atom], live: dict[str, Any] | None = None,
    guessed: frozenset[str] = frozenset(), callees: dict[Any, Any] | None = None,
) -> Lowered:
    """Lower a function.

    `arguments` gives for each parameter (in the signature's order) its kind, or an atom for what is known (a static
    value); `live` gives the objects behind parameters whose attributes the function reads.
    """
    low = Lowering()
    low.callees = {} if callees is None else callees
    env: dict[str, Value] = {}
    params: list[str] = []
    names: dict[str, str | None] = {}
    for parameter, known in arguments.items():
        if isinstance(known, Kind):
            ssa = low.fresh(parameter, known)
            params.append(ssa)
            env[parameter] = Var(ssa)
            names[parameter] = ssa
            if parameter in guessed and known == K.array(None):
                low.guessed[ssa] = parameter
            if live and parameter in live:
                low.live[ssa] = live[parameter]
        else:
            env[parameter] = known
            names[parameter] = None
    low.scope = low.function_scope(source, source.node, env, None)
    low.frames.append(getattr(source.fun, "__code__", None))
    if isinstance(source.node, ast.Lambda):
        result = low.atom(low.operand(source.node.body), source.node)
    else:
        result = low.atom(low.function_body(source.node), source.node)
    body: list[Stmt] = [*low.block, Return(result)]
    program = prune(Program(name, tuple(params), tuple(body), low.kinds, low.hints))
    return Lowered(program, names, result, frozenset(low.frozen), list(low.dependencies.values()), source.span(source.node), low.live)


__all__ = ["Let", "Lowered", "Lowering", "Undef", "lower"]
