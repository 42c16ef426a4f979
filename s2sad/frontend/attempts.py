"""Try statements that are left, or whose names are read, in the middle of their body: statement by statement.

Accepts the body of any function. Takes apart the `try` statements that `break`, `continue` or `return` leave
on some path only, and those at the places that are asked for; the others stay as they are. A statement that
may raise stands in a try statement of its own, what follows it under a flag:

    try:                                 passed_1 = True
        t = fn(x)                        try: t = fn(x)
        if t > 1.0:                      except ValueError: passed_1 = False
            return t*t             =>    if passed_1:
        y = gn(t)                            if t > 1.0:
    except ValueError:                           return t*t
        y = t                                try: y = gn(t)
                                             except ValueError: passed_1 = False
                                         if not passed_1:
                                             y = t

So every name has in the except clause what it has in Python. Statements whose names nobody else reads share a
try statement, and where but one is left that may raise, what follows stands in its else clause. Nodes of the
original tree are never written to.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from s2sad.frontend.carried import is_part, is_whole, reads, wanted
from s2sad.frontend.exits import has_exits, is_plain, suppresses
from s2sad.frontend.pieces import pieces
from s2sad.frontend.steady import is_counting, is_safe, is_simple, is_steady, read_first
from s2sad.frontend.swallowing import caught_by
from s2sad.frontend.trees import sorts, unused, walk

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_BLOCKS = ("body", "orelse", "finalbody")
Place = tuple[int, int]


def taken_apart(node: ast.FunctionDef, places: frozenset[Place] = frozenset()) -> ast.FunctionDef:
    """The function with the try statements taken apart that have to be; `places` are lines and columns."""
    if not places and not any(isinstance(n, ast.Try) for n in walk(node.body, _SCOPES)):
        return node
    maker = _Maker(node, places)
    body = maker.block(node.body)
    if not maker.changed:
        return node
    new = copy.copy(node)
    new.body = body
    return new


class _Maker:
    """Finds the try statements of one function, outer ones first."""

    def __init__(self, node: ast.FunctionDef, places: frozenset[Place]) -> None:
        self.node = node
        self.places = places
        self.changed = False
        self.taken = {v for n in walk([node]) for v in vars(n).values() if isinstance(v, str)}

    def fresh(self, hint: str) -> str:
        """A name that means nothing yet."""
        return unused(hint, self.taken)

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        return [new for stmt in body for new in self.statement(stmt)]

    def statement(self, stmt: ast.stmt) -> list[ast.stmt]:
        if isinstance(stmt, ast.With) and (stmt.lineno, stmt.col_offset) in self.places:
            return self.block(self.caught(stmt))
        if isinstance(stmt, ast.Try) and self.wanted(stmt):
            self.changed = True
            made = _Attempt(stmt, self).statements()
            if not all(map(_is_quiet, stmt.finalbody)):
                made[0] = copy.copy(made[0])
                made[0].finishing = stmt.finalbody  # type: ignore[attr-defined]  # which nobody else may miss
            return self.block(made) if any(_nested(s) for s in made) else made
        if isinstance(stmt, _SCOPES):
            return [stmt]
        return [self.inside(stmt)]

    def caught(self, stmt: ast.With) -> list[ast.stmt]:
        """A with statement that swallows exceptions as a try statement."""
        if not suppresses(stmt):
            return caught_by(stmt, self.fresh("manager"), self.fresh("error"))
        first = next(k for k, item in enumerate(stmt.items) if suppresses(_under([item], stmt.body)))
        made = [_suppressing(stmt.items[first:], stmt)]
        return [_under(stmt.items[:first], made)] if first else made

    def inside(self, stmt: Any) -> Any:
        """A compound statement with the blocks in it looked through."""
        changed: dict[str, list[Any]] = {}
        for name in _BLOCKS:
            block = getattr(stmt, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                changed[name] = self.block(block)
        for name in ("handlers", "cases"):
            if getattr(stmt, name, None):
                changed[name] = [self.inside(part) for part in getattr(stmt, name)]
        if all(_same(new, getattr(stmt, name)) for name, new in changed.items()):
            return stmt
        new = copy.copy(stmt)
        for name, block in changed.items():
            setattr(new, name, block)
        return new

    def wanted(self, stmt: ast.Try) -> bool:
        """Whether a try statement has to be taken apart, and can be."""
        if getattr(stmt, "small", False) or not (
            not is_plain(stmt) or (stmt.lineno, stmt.col_offset) in self.places
        ):
            return False
        if any(has_exits(s) for s in stmt.finalbody):
            return False
        if not only_writes(stmt.finalbody):
            return False
        inner = [n for s in stmt.body for n in walk([s], _SCOPES) if isinstance(n, ast.Try | ast.TryStar)]
        return not any(isinstance(n, ast.TryStar) or not all(map(_is_certain, n.finalbody)) for n in inner)


def _suppressing(items: list[ast.withitem], stmt: ast.With) -> ast.stmt:
    """`with suppress(A, B): ...` as a try statement."""
    call = items[0].context_expr
    assert isinstance(call, ast.Call)
    body: list[ast.stmt] = [_under(items[1:], stmt.body)] if items[1:] else stmt.body
    handler = ast.ExceptHandler(ast.Tuple(call.args, ast.Load()), None, [ast.Pass()])
    made: ast.Try = _at(ast.Try(body, [handler], [], []), stmt)
    return made


def _under(items: list[ast.withitem], body: Sequence[ast.stmt]) -> ast.With:
    """A with statement that stands where its first manager is made."""
    return ast.copy_location(ast.With(items, list(body)), items[0].context_expr)


def _same(new: list[Any], old: list[Any]) -> bool:
    return len(new) == len(old) and all(a is b for a, b in zip(new, old, strict=True))


def _nested(stmt: ast.stmt) -> bool:
    """Whether a statement holds a try statement that is not one of a single statement."""
    return any(isinstance(n, ast.Try) and not getattr(n, "small", False) for n in walk([stmt], _SCOPES))


def _is_quiet(stmt: ast.stmt) -> bool:
    """Whether a statement does nothing that is seen when the function is left by an exception."""
    if isinstance(stmt, ast.Pass):
        return True
    targets = stmt.targets if isinstance(stmt, ast.Assign) else [getattr(stmt, "target", None)]
    return isinstance(stmt, ast.Assign | ast.AugAssign) and all(isinstance(t, ast.Name) for t in targets)


def _is_certain(stmt: ast.stmt) -> bool:
    """Whether a statement of a finally clause binds names, and raises nothing."""
    return _is_quiet(stmt) and (isinstance(stmt, ast.Pass) or is_safe(stmt))


def only_writes(block: Sequence[ast.stmt]) -> bool:
    """Whether statements do nothing but bind names and write into lists, arrays and objects."""
    return all(_is_quiet(s) or _writes(s) for s in block)


def _writes(stmt: ast.stmt) -> bool:
    if isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Call):
        called = stmt.value.func
        return isinstance(called, ast.Attribute) and called.attr in ("append", "extend", "pop", "clear")
    targets = stmt.targets if isinstance(stmt, ast.Assign) else [getattr(stmt, "target", None)]
    return isinstance(stmt, ast.Assign | ast.AugAssign) and all(
        isinstance(t, ast.Name | ast.Subscript | ast.Attribute) for t in targets
    )


class _Attempt:
    """Takes one try statement apart."""

    def __init__(self, stmt: ast.Try, maker: _Maker, nested: bool = False) -> None:
        self.stmt = stmt
        self.maker = maker
        self.asked = (stmt.lineno, stmt.col_offset) in maker.places
        self.nested = nested  # within another one, which catches what the clauses raise
        self.flag = maker.fresh("passed")
        self.which = maker.fresh("which") if len(stmt.handlers) > 1 else ""
        self.error = ""
        self.depth = 0  # loops within the statement
        self.rebinding = ast.Nonlocal in sorts(maker.node)  # names may change while a statement is executed
        self.made: list[ast.Try] = []
        self.reads = any(map(reads, stmt.handlers))  # what an exception carries
        if any(h.name or _reraises(h.body) for h in stmt.handlers):
            self.error = maker.fresh("error")
        inside = {id(n) for s in stmt.body for n in ast.walk(s)}
        self.exposed = {
            n.id
            for n in ast.walk(maker.node)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in inside
        } | read_first(stmt.body)

    def statements(self) -> list[ast.stmt]:
        """What stands in the place of the statement."""
        stmt = self.stmt
        if not stmt.handlers:
            return [*self.finished(stmt.body), *stmt.finalbody]
        body = self.block(self.finished(stmt.body))
        orelse = self.finished(stmt.orelse)
        handled = [self.finished(self.handled(h)) for h in stmt.handlers]
        first, rest = (body[0], body[1:]) if body else (None, [])
        alone = not any(map(_may_fail, rest)) and all(map(self.is_guard, rest))
        behind = [s for guard in rest for s in guard.body] if alone else []  # type: ignore[attr-defined]
        clauses = [s for block in (behind, orelse, *handled) for s in block]
        if self.nested and not all(map(is_safe, clauses)):
            alone = False
        if self.reads and (len(stmt.handlers) > 1 or (isinstance(first, ast.Try) and len(first.body) > 1)):
            alone = False
        if isinstance(first, ast.Try) and first in self.made and alone:
            whole = [self.handler(h, made) for h, made in zip(stmt.handlers, handled, strict=True)]
            new = ast.Try(first.body, whole, [*behind, *orelse], [])
            new.small = True  # type: ignore[attr-defined]
            return [_at(new, stmt), *stmt.finalbody]
        chain = handled[-1]
        for k in range(len(handled) - 2, -1, -1):
            test = ast.Compare(ast.Name(self.which, ast.Load()), [ast.Eq()], [ast.Constant(k)])
            chain = [ast.If(test, handled[k], chain)]
        begin = [_bound(self.flag, True)] + ([_bound(self.which, 0)] if self.which else [])
        end = ast.If(self.passed(), orelse, chain) if orelse else ast.If(self.failed(), chain, [])
        return [_at(s, stmt) for s in (*begin, *body, end, *stmt.finalbody)]

    # ------------------------------------------------------------------------------------------- handlers

    def passed(self) -> ast.expr:
        """Whether nothing has been raised so far."""
        return ast.Name(self.flag, ast.Load())

    def failed(self) -> ast.expr:
        return ast.UnaryOp(ast.Not(), self.passed())

    def handled(self, handler: ast.ExceptHandler) -> list[ast.stmt]:
        """The body of a clause where the exception has a name of its own."""
        body: list[ast.stmt] = list(handler.body)
        if reads(handler) and is_whole(handler):
            body = [_Whole(handler.name or "", f"{self.error}_whole").visit(copy.deepcopy(s)) for s in body]
        if _reraises(body):
            error = f"{self.error}_whole" if reads(handler) else self.error
            body = [_Reraising(error).visit(copy.deepcopy(s)) for s in body]
        if handler.name:
            error = self.error_of(handler)
            named = ast.Assign([ast.Name(handler.name, ast.Store())], ast.Name(error, ast.Load()))
            body = [_at(named, handler), *body]
            if self.reads and not has_exits(body[-1]):
                body.append(_at(ast.Delete([ast.Name(handler.name, ast.Del())]), handler))
        return body

    def handler(self, handler: ast.ExceptHandler, body: list[ast.stmt]) -> ast.ExceptHandler:
        """A clause of a try statement that is kept."""
        return self.clause(handler, self.error_of(handler) or None, body)

    def error_of(self, handler: ast.ExceptHandler) -> str:
        """The name of the exception of a clause; one of its own where it reads what that carries."""
        alone = not reads(handler) or len(self.stmt.handlers) == 1
        return self.error if alone else f"{self.error}_{self.stmt.handlers.index(handler)}"

    def clause(self, handler: ast.ExceptHandler, name: str | None, body: list[ast.stmt]) -> ast.ExceptHandler:
        """A clause that has the exception itself under a name too, where that is asked for."""
        whole = reads(handler) and is_whole(handler)
        if whole:
            held = ast.Name(f"{name} whole", ast.Load())
            body = [ast.Assign([ast.Name(f"{self.error}_whole", ast.Store())], held), *body]
        made = ast.ExceptHandler(handler.type, name, body)
        made.wanted, made.whole = wanted(handler), whole  # type: ignore[attr-defined]  # for `catching`
        placed: ast.ExceptHandler = _at(made, handler)
        return placed

    def clauses(self) -> list[ast.ExceptHandler]:
        """Clauses that say which of them it is."""
        made = []
        for k, handler in enumerate(self.stmt.handlers):
            body: list[ast.stmt] = [_bound(self.flag, False)]
            if self.which:
                body.append(_bound(self.which, k))
            name = None
            if handler.name or _reraises(handler.body):
                name = f"{self.error}_here"
                kept = ast.Assign([ast.Name(self.error_of(handler), ast.Store())], ast.Name(name, ast.Load()))
                body.insert(0, kept)
            made.append(self.clause(handler, name, body))
        return made

    # ----------------------------------------------------------------------------------------------- body

    def finished(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """A block whose exits come behind the finally clause."""
        if not self.stmt.finalbody:
            return list(body)
        return [s for part in body for s in _Finishing(self).visit_here(part)]

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """A block; what follows a statement that may fail stands under the flag."""
        out: list[ast.stmt] = []
        work = list(body)
        while work:
            if self.asked and is_simple(work[0]) and not self.rebinding:
                work[:1] = pieces(work[0], self.maker.fresh)
            group = self.group(work)
            if group:
                del work[: len(group)]
                new = self.guarded(group)
            else:
                new = self.compound(work.pop(0))
            out += new
            if work and any(map(_may_fail, new)):
                out.append(_at(ast.If(self.passed(), self.block(work), []), work[0]))
                return out
        return out

    def is_guard(self, stmt: ast.stmt) -> bool:
        """Whether a statement is what follows under the flag."""
        test = ast.dump(stmt.test) if isinstance(stmt, ast.If) else ""
        return test == ast.dump(self.passed())

    def group(self, work: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Statements at the beginning of a block that share a try statement."""
        group: list[ast.stmt] = []
        risky = 0
        for stmt in work:
            if not is_simple(stmt) or isinstance(stmt, ast.Return | ast.Break | ast.Continue):
                break
            group.append(stmt)
            if not is_safe(stmt):
                risky = len(group)
            if not self.unseen(stmt):
                break
        return group[:risky]

    def unseen(self, stmt: ast.stmt) -> bool:
        """Whether nobody can tell if a statement has been executed when an exception comes."""
        if not isinstance(stmt, ast.Assign) or not all(isinstance(t, ast.Name) for t in stmt.targets):
            return False
        if self.reads:
            return False
        if self.asked and any(isinstance(n, ast.Call) for n in ast.walk(stmt.value)):
            return False  # it may write
        return not any(t.id in self.exposed for t in stmt.targets if isinstance(t, ast.Name))

    def guarded(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Simple statements whose exceptions set the flag."""
        made: list[ast.stmt] = [self.small(body)]
        if self.depth:  # so it is, where a trip begins: the loop would have been left
            made.insert(0, _at(_bound(self.flag, True), body[0]))
        return made

    def small(self, body: list[ast.stmt]) -> ast.Try:
        """A try statement of simple statements."""
        made: ast.Try = _at(ast.Try(body, self.clauses(), [], []), body[0])
        made.small = True  # type: ignore[attr-defined]
        self.made.append(made)
        return made

    def hoisted(self, value: ast.expr, hint: str) -> tuple[list[ast.stmt], ast.expr]:
        """An expression that may raise under a name; the statement that binds it."""
        name = self.maker.fresh(hint)
        bound = _at(ast.Assign([ast.Name(name, ast.Store())], value), value)
        return self.guarded([bound]), ast.copy_location(ast.Name(name, ast.Load()), value)

    def compound(self, stmt: ast.stmt) -> list[ast.stmt]:
        """A statement that is no simple one, or that raises nothing."""
        if isinstance(stmt, ast.Try) and getattr(stmt, "small", False):
            return [self.joined(stmt)]
        if isinstance(stmt, ast.Try):
            made, count = _Attempt(stmt, self.maker, True).statements(), len(stmt.finalbody)
            return [*self.block(made[: len(made) - count]), *made[len(made) - count :]]
        if isinstance(stmt, ast.Return):
            if stmt.value is None or is_steady(stmt.value):
                return [stmt]
            before, name = self.hoisted(stmt.value, "result")
            return [*before, _at(ast.If(self.passed(), [_at(ast.Return(name), stmt)], []), stmt)]
        if isinstance(stmt, ast.If):
            return self.under(stmt, "test", "test", lambda new: self.filled(new, ("body", "orelse")))
        if isinstance(stmt, ast.For):
            if is_counting(stmt.iter):
                return [self.loop(stmt)]
            return self.under(stmt, "iter", "items", self.unguarded)
        if isinstance(stmt, ast.While):
            return [self.turning(stmt)]
        if isinstance(stmt, ast.With) and (stmt.lineno, stmt.col_offset) in self.maker.places:
            return self.block(self.maker.caught(stmt))
        if isinstance(stmt, ast.With):
            return [self.filled(stmt, ("body",))]
        if isinstance(stmt, ast.Match):
            return self.under(stmt, "subject", "subject", self.matched)
        return [stmt]

    def joined(self, stmt: ast.Try) -> ast.Try:
        """A try statement of one inner statement that hands on what its own clauses do not take."""
        new = copy.copy(stmt)
        new.handlers = [*stmt.handlers, *self.clauses()]
        return new

    def under(
        self, stmt: Any, field: str, hint: str, fill: Callable[[Any], ast.stmt]
    ) -> list[ast.stmt]:
        """A statement whose head is evaluated before it."""
        head = getattr(stmt, field)
        if is_steady(head):
            return [fill(stmt)]
        before, name = self.hoisted(head, hint)
        new = copy.copy(stmt)
        setattr(new, field, name)
        return [*before, _at(ast.If(self.passed(), [fill(new)], []), stmt)]

    def filled(self, stmt: Any, names: Iterable[str]) -> Any:
        new = copy.copy(stmt)
        for name in names:
            setattr(new, name, self.block(getattr(stmt, name)))
        return new

    def matched(self, stmt: ast.Match) -> ast.Match:
        new = copy.copy(stmt)
        new.cases = [self.filled(case, ("body",)) for case in stmt.cases]
        return new

    def loop(self, stmt: Any) -> Any:
        """A loop that ends when a statement in it fails."""
        self.depth += 1
        new = self.filled(stmt, ("body", "orelse"))
        self.depth -= 1
        if any(map(_may_fail, new.body)):
            new.body.append(_at(ast.If(self.failed(), [ast.Break()], []), stmt))
        return new

    def unguarded(self, stmt: ast.For) -> ast.For:
        """A loop over what may raise where the next item is made, which nothing catches."""
        new: ast.For = self.loop(stmt)
        new.unguarded = True  # type: ignore[attr-defined]
        return new

    def turning(self, stmt: ast.While) -> ast.While:
        """A while loop whose test may raise."""
        if is_steady(stmt.test):
            made: ast.While = self.loop(stmt)
            return made
        ended = [*self.block(stmt.orelse), ast.Break()]
        self.depth += 1
        before, name = self.hoisted(stmt.test, "test")
        over = ast.If(ast.UnaryOp(ast.Not(), name), ended, [])
        inner = self.block(stmt.body)
        self.depth -= 1
        if any(map(_may_fail, inner)):
            inner.append(ast.If(self.failed(), [ast.Break()], []))
        body = [*before, ast.If(self.passed(), [over, *inner], [ast.Break()])]
        turned: ast.While = _at(ast.While(ast.Constant(True), body, []), stmt)
        return turned


def _may_fail(stmt: ast.stmt) -> bool:
    """Whether a statement in its new form may have set the flag."""
    return any(isinstance(n, ast.Try) and getattr(n, "small", False) for n in walk([stmt], _SCOPES))


# ---------------------------------------------------------------------------------------------- rewriting


def _reraises(body: Sequence[ast.stmt]) -> bool:
    inner = walk(body, (*_SCOPES, ast.Try))
    return any(isinstance(n, ast.Raise) and n.exc is None for n in inner)


class _Reraising(ast.NodeTransformer):
    """Names the exception that is raised again."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        if node.exc is None:
            node.exc = ast.copy_location(ast.Name(self.name, ast.Load()), node)
        return node

    def visit_Try(self, node: ast.Try) -> ast.Try:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        return node


class _Whole(ast.NodeTransformer):
    """Names the exception itself, where a clause asks for more than what it carries."""

    def __init__(self, bound: str, name: str) -> None:
        self.bound = bound
        self.name = name

    def visit(self, node: ast.AST) -> Any:
        """Every node of a clause."""
        if is_part(node, self.bound):
            return node
        if isinstance(node, ast.Name) and node.id == self.bound:
            return ast.copy_location(ast.Name(self.name, node.ctx), node)
        return self.generic_visit(node)


class _Finishing:
    """Puts the statements of the finally clause before what leaves the try statement."""

    def __init__(self, attempt: _Attempt) -> None:
        self.attempt = attempt

    def visit_here(self, stmt: ast.stmt, in_loop: bool = False) -> list[ast.stmt]:
        """A statement with all that leaves it."""
        last = self.attempt.stmt.finalbody
        if isinstance(stmt, ast.Return):
            if stmt.value is None or isinstance(stmt.value, ast.Constant):
                return [*last, stmt]
            name = self.attempt.maker.fresh("result")
            bound = _at(ast.Assign([ast.Name(name, ast.Store())], stmt.value), stmt)
            return [bound, *last, _at(ast.Return(ast.Name(name, ast.Load())), stmt)]
        if isinstance(stmt, ast.Break | ast.Continue):
            return [stmt] if in_loop else [*last, stmt]
        if isinstance(stmt, _SCOPES) or not has_exits(stmt):
            return [stmt]
        new: Any = copy.copy(stmt)
        loops = isinstance(stmt, ast.For | ast.While)
        for name in _BLOCKS:
            if isinstance(block := getattr(stmt, name, None), list):
                inner = in_loop or (loops and name == "body")
                setattr(new, name, [s for part in block for s in self.visit_here(part, inner)])
        for name in ("handlers", "cases"):
            parts = [copy.copy(part) for part in getattr(stmt, name, ())]
            for part in parts:
                part.body = [s for one in part.body for s in self.visit_here(one, in_loop)]
            if parts:
                setattr(new, name, parts)
        return [new]


def _bound(name: str, value: bool | int) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], ast.Constant(value))


def _at(node: Any, at: ast.AST) -> Any:
    """Give what is new in a node the location of what it stands for."""
    stack: list[ast.AST] = [node]
    while stack:
        new = stack.pop()
        if "lineno" in new._attributes and not hasattr(new, "lineno"):
            ast.copy_location(new, at)
        elif "lineno" in new._attributes:
            continue
        stack.extend(ast.iter_child_nodes(new))
    return node


__all__ = ["only_writes", "taken_apart"]
