"""Lowering of try and with statements.

    try: y = fn(x)                      If("try", (LinAlgError,), (y.1 = fn(x),), (y.2 = gn(x),),
    except LinAlgError: y = gn(x)          outs: done.3 = True or False; y.4 = y.1 or y.2)

An except clause sees the names that the body binds as they were before the one statement that may raise;
a name that may have one value or another there is `Torn`, and refused where it is read. Writes into what
exists before the body must be its last statements. What follows without exception (else) is a branch on
`done`. A context manager is entered and left once, in the forward sweep; one whose `__exit__` may return
true is refused, since it could swallow an exception.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FunctionType

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend.attempts import only_writes
from s2sad.frontend.branches import ends_by_raising
from s2sad.frontend.carried import reads
from s2sad.frontend.catching import Catching, check_bound
from s2sad.frontend.cursors import guarded_next
from s2sad.frontend.exits import mark_suppressing
from s2sad.frontend.generators import Before, once
from s2sad.frontend.loops import assigned_names
from s2sad.frontend.managers import check_exit, choice, is_manager, is_silent, managed, silence, stacked
from s2sad.frontend.operators import class_method, may_vary
from s2sad.frontend.raising import is_append, is_own, may_raise, only_appends, written
from s2sad.frontend.state import Generator, Raised, Scope, Torn, Value, Written
from s2sad.frontend.swallowing import swallowing
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    Do,
    For,
    If,
    Let,
    Out,
    Ref,
    Stmt,
    Tuple,
    Undef,
    Var,
    While,
    walk,
)

FLAG = re.compile(r"passed_\d+\.")  # made by `attempts`
Handler = tuple[list[Ref], str | None, Callable[[], None]]  # classes, name of the exception, what is done


class Guarded(Catching):
    """The part of lowering that reads try and with statements."""

    # ------------------------------------------------------------------------------------------------- try

    def finished(self, stmt: ast.stmt) -> None:
        """Refuse a try statement that has been taken apart if others see what its finally clause writes."""
        last = getattr(stmt, "finishing", None)
        if last is not None and not self._writes_unseen(last):
            what = "a finally clause writes what is seen where the exception is caught"
            self.refuse(last[0], what, "write it behind the try statement")

    def _try(self, stmt: ast.Try) -> None:
        if getattr(stmt, "exits", False):
            self.refuse(
                stmt,
                "a try statement is left from within its body on some path only",
                "assign the result in the body, and return or break behind it",
            )
        taking = guarded_next(self, stmt)
        if taking is not None:
            self.statements([taking])
            return
        if stmt.finalbody:
            self._finally(stmt)
            return
        if any(reads(h) and all(is_own(c.obj) for c in self._classes(h)) for h in stmt.handlers):
            self._take_apart(stmt)
        if self.carried(stmt):
            return
        handlers: list[Handler] = []
        for h in stmt.handlers:
            classes, earlier = self._classes(h), tuple(c.obj for refs, _, _ in handlers for c in refs)
            if not all(issubclass(c.obj, earlier) for c in classes):  # else nothing is left for the clause
                handlers.append((classes, h.name, functools.partial(self._clause, h)))
            check_bound(self, stmt, classes)
        self.attempt(stmt.body, handlers, stmt.orelse, stmt)

    def attempt(
        self, body: list[ast.stmt], handlers: list[Handler], orelse: list[ast.stmt], node: ast.stmt
    ) -> None:
        """Lower a body whose exceptions are caught."""
        entry, outer = dict(self.scope.env), self.block
        classes = [c for refs, _, _ in handlers for c in refs]
        cells, before, length = dict(self.objects.cells), self.objects.count, len(self.written_at)
        block, after, seen, raised = self._body(body, classes, node)
        if raised is None and not self._may_raise(block, classes):  # the body is the program
            self.block = outer
            self.block += block
            self.scope.env = after
            self.statements(orelse)
            return
        ended, self.objects.cells = self.objects.cells, cells
        changed = any(ended.get(n) is not value for n, value in cells.items() if n not in self.following)
        if changed and not self._is_late(block, self.written_at[length:], classes):
            self._take_apart(node)
            self.refuse(
                node,
                "what is written in this try statement may be half done when an exception comes",
                "compute values in the try statement, and write them behind it",
            )
        self.scope.env = entry
        if raised is not None and len(block) == 1:  # nothing but the exception: the clause is the program
            self.block = outer
            for refs, name, handle in handlers:
                if any(issubclass(raised, c.obj) for c in refs):
                    if name is not None:
                        made = self.variable(block[0].call.args[0])  # type: ignore[union-attr]
                        if isinstance(made, Var):
                            self.unseen.add(made.name)
                            self.errors.add(made.name)
                        self.bind(name, made)
                    handle()
                    return
        handling = dict(seen)
        done = self.fresh("done", K.BOOL)
        outs = [Out(done, Const(True), Const(False))]
        self._hold(block, after, handlers, handling, outs, node, outer, ended, before)
        if orelse:
            env = self.scope.env
            whole = {n: v for n, (torn, v) in self.whole.items() if env.get(n) is torn}

            def behind() -> None:
                self.scope.env.update(whole)
                self.statements(orelse)

            if ends_by_raising(block):
                return
            self.branch(Var(done), behind, lambda: None, node)

    def _body(
        self, body: list[ast.stmt], classes: list[Ref], node: ast.AST
    ) -> tuple[list[Stmt], dict[str, Value], dict[str, Value], type | None]:
        """The statements of the body, the names behind it, and the names where an exception leaves it."""
        entry, outer = dict(self.scope.env), self.block
        self.block, self.scope.env = [], dict(entry)
        seen: list[dict[str, Value]] = [dict(entry)]  # what the body defines is not defined in a clause
        raised: type | None = None
        self.nesting += 1
        self.trying.append(tuple(c.obj for c in classes))
        try:
            for stmt in body:
                before, count = dict(self.scope.env), len(self.block)
                self._statement(stmt)
                if self._may_raise(self.block[count:], classes):
                    seen.append({**before, **self._within(stmt, node)})
        except Raised as error:
            raised = error.cls
            seen.append({**before, **self._within(stmt, node)})
        finally:
            self.trying.pop()
            self.nesting -= 1
            block, after = self.block, self.scope.env
            self.block, self.scope.env = outer, entry
        self._check_writes(block, classes, node)
        return block, after, _agreed(entry, seen, self.place(node)), raised

    def _statement(self, stmt: ast.stmt) -> None:
        raise NotImplementedError

    def _may_raise(self, block: list[Stmt], classes: list[Ref]) -> bool:
        """Whether a clause may be reached from a block; what only appends to lists does not raise."""
        left = [s for s in block if not is_append(s) and not only_appends(s)]
        return may_raise(left, [c.obj for c in classes], self.kinds, self.sure)

    def _is_late(self, block: list[Stmt], writes: list[tuple[int, int]], classes: list[Ref]) -> bool:
        """Whether objects are written at the end of a block, where no exception can come any more."""
        if not writes or any(owner != id(block) for owner, _ in writes):
            return False
        return not self._may_raise(block[min(length for _, length in writes) :], classes)

    def _take_apart(self, node: ast.AST) -> None:
        """Lower once more with a try statement taken apart, unless it has been."""
        place = self.place(node)
        if place not in self.attempts:
            raise Written(attempt=place)

    def _within(self, stmt: ast.stmt, node: ast.AST) -> dict[str, Value]:
        """Names that a statement may have bound when an exception leaves it."""
        names: set[str] = set()
        if isinstance(stmt, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match):
            names = assigned_names([stmt])
        else:
            names = {n.target.id for n in ast.walk(stmt) if isinstance(n, ast.NamedExpr)}
        return {name: Torn(name, place=self.place(node)) for name in names}

    def _check_writes(self, block: list[Stmt], classes: list[Ref], node: ast.AST) -> None:
        """Refuse what an exception could leave half done."""
        made = {s.name for s in walk(tuple(block)) if isinstance(s, Let)}
        self._check_block(block, False, made, classes, node)

    def _check_block(
        self, block: Sequence[Stmt], risky: bool, made: set[str], classes: list[Ref], node: ast.AST
    ) -> bool:
        """Whether an exception may come in a block or, as `risky` says, behind it."""
        for stmt in reversed(block):
            if only_appends(stmt):
                continue
            if isinstance(stmt, If) and not stmt.form:
                parts = stmt.then, stmt.orelse
                inner = [self._check_block(part, risky, made, classes, node) for part in parts]
                risky = any(inner) or self._may_raise([replace(stmt, then=(), orelse=())], classes)
                continue
            raises = self._may_raise([stmt], classes)
            if risky or (raises and isinstance(stmt, If | For | While)):
                self._refuse_written(stmt, made, node)
            risky = risky or raises
        return risky

    def _refuse_written(self, stmt: Stmt, made: set[str], node: ast.AST) -> None:
        """Refuse a statement that writes what is older than the try statement."""
        for inner in walk((stmt,)):
            base = written(inner)
            if base is None or (isinstance(base, Var) and base.name in made):
                continue
            self._take_apart(node)
            self.refuse_span(
                getattr(inner, "span", None) or self.span(node),
                "what is written here in a try statement may be half done when an exception comes",
                "compute values in the try statement, and write them behind it",
            )

    def _hold(
        self,
        block: list[Stmt],
        after: dict[str, Value],
        handlers: list[Handler],
        handling: dict[str, Value],
        outs: list[Out],
        node: ast.AST,
        outer: list[Stmt],
        ended: dict[int, Value],
        before: int,
    ) -> None:
        """Write the statement: the body, the clauses, and the names that both bind."""
        number = Const(self.fresh.count)
        classes = [c for refs, _, _ in handlers for c in refs]
        caught = any(name for _, name, _ in handlers) or len(handlers) > 1
        self.block, self.scope.env = [], dict(handling)
        self.nesting += 1
        try:
            error: Var | None = None
            if caught:
                hint = next((name for _, name, _ in handlers if name), "error")
                error = self.emit(Call("caught", (number,)), K.OBJECT, node, hint)
                self.unseen.add(error.name)
                self.errors.add(error.name)
            self._clauses(handlers, error, node)
        finally:
            self.nesting -= 1
            other, self.block = self.block, outer
        env2 = self.scope.env
        self.whole = {}
        cond: Atom = classes[0] if len(classes) == 1 else Tuple(tuple(classes))
        ends = (ended, self.objects.cells)
        self.join_ways(block, other, after, env2, cond, outs, node, "try", ends, before)
        of_error = {o.name for o in outs if isinstance(o.orelse, Var) and o.orelse.name in self.errors}
        self.errors |= of_error
        self.unseen |= of_error
        left = {out.name: out.orelse for out in outs if isinstance(out.orelse, Const)}
        for out in outs:  # flags that say that nothing was raised, the user's own too
            if out.then == Const(True) and out.orelse == Const(False):
                self.wholes[out.name] = dict(self.whole)  # branches to come add to the other
                self.lefts[out.name] = left
        self._one_flag(outs)

    def _one_flag(self, outs: list[Out]) -> None:
        """Let a flag that `attempts` made say that nothing was raised: no other is needed."""
        last = self.block[-1] if self.block else None
        if not isinstance(last, If) or last.form != "try" or not last.outs or last.outs[0] != outs[0]:
            return
        made = [o for o in outs[1:] if o.then == Const(True) and o.orelse == Const(False)]
        own = next((o for o in made if FLAG.match(o.name)), None)
        if own is not None:
            self.block[-1] = replace(last, outs=(own, *(o for o in last.outs[1:] if o != own)))

    def _clauses(self, handlers: list[Handler], error: Var | None, node: ast.AST) -> None:
        """The clause that fits the exception."""
        refs, name, handle = handlers[0]

        def taken() -> None:
            if name is not None and error is not None:
                self.bind(name, error)
            handle()
            if name in self.scope.boxed:
                self.objects.cells[self.scope.boxed[name]] = Undef()
            elif name is not None:
                self.scope.env.pop(name, None)

        if len(handlers) == 1:
            taken()
            return
        assert error is not None
        classes: Atom = refs[0] if len(refs) == 1 else Tuple(tuple(refs))
        which = self.emit(Call("isinstance", (error, classes)), K.BOOL, node)
        self.branch(which, taken, lambda: self._clauses(handlers[1:], error, node), node)

    def _finally(self, stmt: ast.Try) -> None:
        """`finally`: plain assignments are made behind the statement, effects in a clause of their own."""
        inner: list[ast.stmt] = list(stmt.body)
        if stmt.handlers:
            made = ast.Try(stmt.body, stmt.handlers, stmt.orelse, [])
            inner = [ast.copy_location(made, stmt)]
        if self._writes_unseen(stmt.finalbody):
            self.statements([*inner, *stmt.finalbody])
            return
        entry, outer = dict(self.scope.env), self.block
        self.block = []
        self.nesting += 1
        try:
            for part in inner:
                self._statement(part)
            block, after = self.block, self.scope.env
            self.block = []
            bound = assigned_names(inner)
            here = {
                n: Torn(n, place=self.place(stmt)) if n in bound and after.get(n) is not entry.get(n) else v
                for n, v in after.items()
            }
            self.scope.env = dict(here)
            self.statements(stmt.finalbody)
        finally:
            self.nesting -= 1
            last, self.block = self.block, outer
        if any(written(s) is not None or isinstance(s, For | While) for s in walk(tuple(last))):
            self.refuse(
                stmt.finalbody[0], "a finally clause writes or loops", "write it behind the try statement"
            )
        final = self.scope.env
        changed = {n: v for n, v in final.items() if v is not here.get(n)}
        if not any(isinstance(s, Do) or (isinstance(s, Let) and s.call.fun == "call") for s in last):
            self.block += block
            self.block += last
            self.scope.env = {**after, **changed}
            return
        if changed:
            self.refuse(
                stmt.finalbody[0], "a finally clause binds names", "bind them behind the try statement"
            )
        self.leave_whole(block, last, after, NOTHING, "finally", stmt)

    def _writes_unseen(self, finalbody: list[ast.stmt]) -> bool:
        """Whether nobody sees what a finally clause writes, if an exception goes on behind it."""
        if self.trying or not only_writes(finalbody):
            return False
        calls = [sum(isinstance(n, ast.Call) for n in ast.walk(s)) for s in finalbody]
        if any(count > isinstance(s, ast.Expr) for s, count in zip(finalbody, calls, strict=True)):
            return False  # what is called may do anything
        named = [n for s in finalbody for n in ast.walk(s) if isinstance(n, ast.Subscript | ast.Attribute)]
        roots = {n.value.id for n in named if isinstance(n.value, ast.Name)}
        scope: Scope | None = self.scope
        while scope is not None:
            roots -= scope.locals
            scope = scope.parent
        return not roots

    # ------------------------------------------------------------------------------------------------ with

    def _with(self, stmt: ast.With) -> None:
        made = stacked(self, stmt)
        if made is not None:
            self.statements(made)
            return
        self._managed(stmt.items, stmt)

    def _managed(self, items: list[ast.withitem], stmt: ast.With) -> None:
        """The body of a with statement under what is left of its managers."""
        if not items:
            self.statements(stmt.body)
            return
        item, rest = items[0], items[1:]
        call = item.context_expr
        if (sides := choice(self, call)) is not None and self._under_one(sides, item, rest, stmt):
            return
        fn = self.peeked(call.func) if isinstance(call, ast.Call) else None
        obj = fn.obj if isinstance(fn, Ref) else None
        if getattr(obj, "__s2sad_no_grad__", False):
            self.const_depth += 1
            try:
                self._managed(rest, stmt)
            finally:
                self.const_depth -= 1
            return
        if obj is np.errstate and isinstance(call, ast.Call):
            silence(self, call)
            self._managed(rest, stmt)
            return
        if obj is contextlib.nullcontext and isinstance(call, ast.Call):
            value = self.operand(call.args[0]) if call.args else Const(None)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, stmt)
            self._managed(rest, stmt)
            return
        if obj is contextlib.suppress and isinstance(call, ast.Call):
            self._suppressed(call, rest, stmt)
            return
        self._entered(item, fn, lambda: self._managed(rest, stmt), stmt)

    def _under_one(
        self, sides: list[ast.expr], item: ast.withitem, rest: list[ast.withitem], stmt: ast.With
    ) -> bool:
        """A body under one of several managers: those that only silence warnings need no choice."""
        if item.optional_vars is None and all(is_silent(self, side) for side in sides):
            for call in (s for s in sides if isinstance(s, ast.Call)):
                silence(self, call)
            if isinstance(item.context_expr, ast.IfExp):
                self.operand(item.context_expr.test)
            self._managed(rest, stmt)
            return True
        chosen = item.context_expr
        if not isinstance(chosen, ast.IfExp):
            return False
        blocks: list[list[ast.stmt]] = []
        for side in (chosen.body, chosen.orelse):
            items = [ast.withitem(side, item.optional_vars), *rest]
            none = isinstance(side, ast.Constant) and side.value is None
            items = items[1:] if none else items
            blocks.append([ast.copy_location(ast.With(items, stmt.body), stmt)] if items else stmt.body)
        self.statements([ast.copy_location(ast.If(chosen.test, *blocks), stmt)])
        return True

    def _suppressed(self, call: ast.Call, rest: list[ast.withitem], stmt: ast.With) -> None:
        classes = [c for c in self._elements(call.args) if isinstance(c, Ref) and isinstance(c.obj, type)]
        if len(classes) < len(call.args):
            self.refuse(call, "the exceptions that are caught are not known", "name their classes")
        body: list[ast.stmt] = stmt.body
        if rest:
            body = [ast.copy_location(ast.With(rest, stmt.body), stmt)]
        mark_suppressing(self.scope.node or self.scope.source.node, stmt)
        if any(getattr(n, "small", False) for s in stmt.body for n in ast.walk(s)):
            self._take_apart(stmt)  # the try statement around it must not catch first
        self.attempt(body, [(classes, None, lambda: None)], [], stmt)

    def _entered(
        self, item: ast.withitem, fn: Value | None, body: Callable[[], None], stmt: ast.With
    ) -> None:
        """A body under a context manager that stays in the text."""
        call = item.context_expr
        cls = self.class_of(self.operand(call)) if isinstance(call, ast.Name) else None
        cls = fn.obj if isinstance(fn, Ref) and isinstance(fn.obj, type) else cls
        if (guarding := swallowing(self, cls, stmt)) is not None:
            self.statements(guarding)
            return
        if not self.trying and self._entered_object(item, fn, body, stmt):
            return
        if not self.trying and self._entered_generator(item, fn, body, stmt):
            return
        manager: Value
        if isinstance(fn, Ref) and isinstance(call, ast.Call) and not call.keywords:
            args = self._elements(call.args)
            check_exit(self, fn.obj, call)
            manager = self.emit(Call("call", (fn, *(self.variable(a, call) for a in args))), K.OBJECT, call)
        elif isinstance(fn, Ref) and isinstance(call, ast.Call):
            check_exit(self, fn.obj, call)
            args = self._elements(call.args)
            named = tuple((k.arg or "", self.variable(self.operand(k.value), call)) for k in call.keywords)
            if any(not k for k, _ in named):
                self.refuse(call, "** in the call of a context manager", "write the keywords out")
            atoms = tuple(self.variable(a, call) for a in args)
            manager = self.emit(Call("call", (fn, *atoms), named), K.OBJECT, call)
        else:
            manager = self.operand(call)
            made = self.makers.get(manager.name) if isinstance(manager, Var) else None  # `cm = nullcontext()`
            if made is None and not isinstance(manager, Ref):
                what = "this context manager is not known before the call"
                self.refuse(call, what, "make it in the with statement")
            check_exit(self, type(manager.obj) if isinstance(manager, Ref) else made and made.obj, call)
        outer = self.block
        self.block = []
        self.nesting += 1
        try:
            if item.optional_vars is not None:
                hint = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else "value"
                given = self.emit(Call("entered", (Const(self.fresh.count),)), K.OBJECT, call, hint)
                self.unseen.add(given.name)
                self.assign(item.optional_vars, given, stmt)
            body()
        finally:
            self.nesting -= 1
            block, self.block = self.block, outer
        self.leave_whole(block, [], self.scope.env, self.atom(manager), "with", stmt)

    def _entered_object(
        self, item: ast.withitem, fn: Value | None, body: Callable[[], None], stmt: ast.With
    ) -> bool:
        """A body between `__enter__` and `__exit__` of an object that is made here; whether it is one.

        One without a name stays a with statement, which leaves it after an exception too.
        """
        call = item.context_expr
        made = isinstance(call, ast.Call)
        if made and item.optional_vars is None:
            return False
        cls = fn.obj if made and isinstance(fn, Ref) and isinstance(fn.obj, type) else None
        if not made and isinstance(call, ast.Name | ast.Attribute):
            cls = self.class_of(self.operand(call))
        enter, leave = class_method(self, cls, "__enter__"), class_method(self, cls, "__exit__")
        if cls is None or enter is None or leave is None:
            return False
        check_exit(self, cls, call)
        before = Before(self)
        try:
            manager = self.operand(call)
            if isinstance(manager, Ref) or self.class_of(manager) is not cls:
                before.restore()
                return False
            given = self.call_value(enter, [manager], {}, call)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, given, stmt)
            body()
            self.call_value(leave, [manager, *[Const(None)]*3], {}, call)
        except UnsupportedError:
            before.restore()
            return False
        return True

    def _entered_generator(
        self, item: ast.withitem, fn: Value | None, body: Callable[[], None], stmt: ast.With
    ) -> bool:
        """A body in the place of the one yield of what contextlib.contextmanager took; whether it is one.

        One that is given nothing active stays a with statement.
        """
        call, obj = item.context_expr, fn.obj if isinstance(fn, Ref) else None
        nested = managed(fn)
        inner = getattr(obj, "__wrapped__", None)
        if not isinstance(call, ast.Call) or not (nested or isinstance(inner, FunctionType)):
            return False
        if nested is None and (not inspect.isgeneratorfunction(inner) or not is_manager(obj)):
            return False
        if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            return False
        before = Before(self)
        args = [self.operand(a) for a in call.args]
        words = {k.arg or "": self.operand(k.value) for k in call.keywords}
        held = [v for v in (*args, *words.values()) if not isinstance(v, Generator)]
        if nested is None and not any(may_vary(self, v) for v in held):
            before.restore()
            return False
        check_exit(self, obj if nested is None else nested, call)
        function = nested or Ref(obj.__name__, inner)  # type: ignore[union-attr]
        once(self, function, args, words, item, body, stmt)
        return True


NOTHING: Atom = Const(None)


def _agreed(
    entry: dict[str, Value], seen: list[dict[str, Value]], place: tuple[str, int, int]
) -> dict[str, Value]:
    """Names and their values where an exception leaves a body, `Torn` where it could have been several."""
    found: dict[str, Value] = {}
    for name in {n for env in seen for n in env}:
        values = [env.get(name, Undef()) for env in seen]
        first = values[0]
        same = all(v is first or v == first for v in values[1:])
        if not same:
            found[name] = Torn(name, place=place)
        elif not isinstance(first, Undef):
            found[name] = first
    return found if seen else dict(entry)


__all__ = ["Guarded"]
