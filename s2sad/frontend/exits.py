"""Moves `break`, `continue` and `return` to where structured code needs no jumps.

Accepts the body of any function. Guarantees that, `try` statements and nested functions apart (both are left
as they are; a `try` that contains exits gets the attribute `exits = True`),

* there is no `continue` and no loop has an `else` clause;
* `return` is the last statement of the function, always and nowhere else;
* there is no `break`: a loop that can be left early has the attribute `stop`, the name of a flag that
  every path through its body assigns (paths that raise apart); the loop ends after a trip that leaves it
  true, and nothing behind the loop reads it. `stop` of other loops is None;
* no test of a `while` binds names;
* nothing stands behind a statement that never completes.

    for i in range(n):                         for i in range(n):         # stop = "stop_1"
        if x > 9.0:                                if x > 9.0:
            break                         =>           stop_1 = True
        x = x*x                                    else:
    return x                                           x = x*x
                                                       stop_1 = False
                                               return x

What follows an exit is nested into the branch that does not exit. Where several branches go on, or
nesting gets deep, it is guarded by a flag. A `return` of several becomes an assignment to `value_1`; one
in a loop sets `returned_1` as well, which is looked at behind the loop, and so is `broken_1` for an else
clause; what an inner loop returns is evaluated behind it where that can be (`sinking`). Nodes of the original
tree are never written to; new ones have the location of the statement that they stand for. Bodies of `with`
are taken to let exceptions pass, those of `suppress` apart.

Names that are local because of an assignment that is never reached must be found in the original tree.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from s2sad.frontend.sinking import Sunk, Value, sink
from s2sad.frontend.trees import unused, walk

BREAK, CONTINUE, RETURN = "break", "continue", "return"
NOTHING: frozenset[str] = frozenset()
Loop = ast.For | ast.While
Forked = ast.If | ast.With | ast.Match | ast.Try
Node = TypeVar("Node", bound=ast.AST)
DEEPEST = 30  # so many early exits in sequence are nested; a text can be indented by 100 levels at most
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_STRAIGHT = frozenset((ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Assert, ast.FunctionDef))


class Failing(ast.Return):
    """A `return` without a value, where the caller catches what has been raised."""


class _Leave(ast.stmt):
    """A `return` whose value has been assigned already, in a loop that has ended."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What has to be assigned where a block is left.

    stop    flag of the enclosing loop, if it has one
    broken  flag that tells the else clause of that loop of a break
    guards  flags that are true after every exit: what follows their statement is skipped
    guard   flag that is false where the block falls off its end
    end     whether falling off the end ends the function
    """

    loop: bool = False
    stop: str | None = None
    broken: str | None = None
    guards: tuple[str, ...] = ()
    guard: str | None = None
    end: bool = False


PLAIN = _Place()


def normalise(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function with its exits moved; the argument stays as it is."""
    return _Normaliser(node).function()


def reachable(body: Sequence[ast.stmt], falls: _Falls) -> list[ast.stmt]:
    """The statements up to the first that never completes."""
    for index, stmt in enumerate(body):
        if not falls.stmt(stmt):
            return list(body[: index + 1])
    return list(body)


class _Falls:
    """Which statements complete normally, and through which exits they are left otherwise."""

    def __init__(self) -> None:
        self._exits: dict[int, frozenset[str]] = {}
        self._falls: dict[int, bool] = {}
        self._alive: list[ast.stmt] = []  # ids are keys: the nodes must not be collected

    def exits(self, stmt: ast.stmt) -> frozenset[str]:
        """The exits of a statement towards its own block; those inside `try` are not counted."""
        if id(stmt) not in self._exits:
            self._alive.append(stmt)
            self._exits[id(stmt)] = self._find_exits(stmt)
        return self._exits[id(stmt)]

    def exits_of(self, body: Iterable[ast.stmt]) -> frozenset[str]:
        return NOTHING.union(*map(self.exits, body))

    def _find_exits(self, stmt: ast.stmt) -> frozenset[str]:
        if isinstance(stmt, ast.Break):
            return frozenset([BREAK])
        if isinstance(stmt, ast.Continue):
            return frozenset([CONTINUE])
        if isinstance(stmt, ast.Return | _Leave | Sunk):
            return frozenset([RETURN])
        if isinstance(stmt, ast.For | ast.While):
            return (self.exits_of(stmt.body) & {RETURN}) | self.exits_of(stmt.orelse)
        if isinstance(stmt, ast.Try) and is_plain(stmt):
            return NOTHING.union(*map(self.exits_of, [stmt.body, *branches(stmt)]))
        if isinstance(stmt, ast.If | ast.With | ast.Match):
            return NOTHING.union(*map(self.exits_of, branches(stmt)))
        return NOTHING

    def stmt(self, stmt: ast.stmt) -> bool:
        """Whether the statement can complete normally."""
        if id(stmt) not in self._falls:
            self._alive.append(stmt)
            self._falls[id(stmt)] = self._find_falls(stmt)
        return self._falls[id(stmt)]

    def block(self, body: Iterable[ast.stmt]) -> bool:
        return all(map(self.stmt, body))

    def _find_falls(self, stmt: ast.stmt) -> bool:
        if isinstance(stmt, ast.Break | ast.Continue | ast.Return | ast.Raise | _Leave | Sunk):
            return False
        if isinstance(stmt, ast.For | ast.While):
            exhausted = not _forever(stmt) and self.block(stmt.orelse)
            return exhausted or BREAK in self.exits_of(stmt.body) or _tries(stmt.body)
        if isinstance(stmt, ast.Try) and is_plain(stmt):
            ways = branches(stmt)
            return (self.block(stmt.body) and self.block(ways[0])) or any(map(self.block, ways[1:]))
        if isinstance(stmt, ast.If | ast.With | ast.Match):
            return any(map(self.block, branches(stmt))) or (isinstance(stmt, ast.With) and suppresses(stmt))
        return True

    def ends(self, loop: Loop) -> bool:
        """Whether the loop can end otherwise than by `return`."""
        return not _forever(loop) or BREAK in self.exits_of(loop.body) or _tries(loop.body)


def _forever(loop: Loop) -> bool:
    return isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant) and bool(loop.test.value)


def suppresses(stmt: ast.With) -> bool:
    """Whether an exception may end a with statement and not the block around it."""
    called = [getattr(item.context_expr, "func", None) for item in stmt.items]
    if getattr(stmt.items[0].context_expr, "suppressing", False):
        return True
    return any("suppress" in (getattr(fn, "id", ""), getattr(fn, "attr", "")) for fn in called)


def mark_suppressing(tree: ast.AST, stmt: ast.With) -> None:
    """Note that the first manager of a with statement is contextlib.suppress, whatever it is called."""
    at = stmt.lineno, stmt.col_offset
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.With) and (n.lineno, n.col_offset) == at):
        node.items[0].context_expr.suppressing = True  # type: ignore[attr-defined]


def _tries(body: Iterable[ast.stmt]) -> bool:
    """Whether a `try` that is left as it is may hold a break."""
    return any(
        isinstance(s, ast.Try | ast.TryStar) and has_exits(s) and not (isinstance(s, ast.Try) and is_plain(s))
        for s in _own(body)
    )


def branches(stmt: Forked) -> list[list[ast.stmt]]:
    """The blocks of which one is executed; [] where a match has no case that always matches."""
    if isinstance(stmt, ast.If):
        return [stmt.body, stmt.orelse]
    if isinstance(stmt, ast.With):
        return [stmt.body]
    if isinstance(stmt, ast.Try):
        return [stmt.orelse, *(handler.body for handler in stmt.handlers)]
    blocks = [case.body for case in stmt.cases]
    last = stmt.cases[-1]
    total = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
    return blocks if total else [*blocks, []]


def is_plain(stmt: ast.Try) -> bool:
    """Whether a try statement can be brought into form: no exit in its body but a last return."""
    body = stmt.body[:-1] if isinstance(stmt.body[-1], ast.Return | ast.Break | ast.Continue) else stmt.body
    inside = [n for s in body for n in _leaving(s)]
    return not inside and not any(has_exits(s) for s in stmt.finalbody)


def leaves(stmt: ast.stmt) -> bool:
    """Whether a statement may be left from within it by break, continue or return."""
    return any(True for _ in _leaving(stmt))


def completes(body: list[ast.stmt]) -> bool:
    """Whether a block may be left at its end."""
    return _Falls().block(body)


def _leaving(stmt: ast.stmt) -> Iterator[ast.AST]:
    """The exits of a statement that leave it: a break of a loop within it does not."""
    stack: list[tuple[ast.AST, bool]] = [(stmt, False)]
    while stack:
        node, in_loop = stack.pop()
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break | ast.Continue) and not in_loop):
            yield node
        if isinstance(node, ast.For | ast.While):
            stack += [(n, True) for n in node.body] + [(n, in_loop) for n in node.orelse]
        elif not isinstance(node, _SCOPES):
            stack += [(n, in_loop) for n in ast.iter_child_nodes(node)]


def _own(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of a block that belongs to the function itself, not to a function or class defined in it."""
    return walk(body, _SCOPES)


def has_exits(stmt: ast.stmt) -> bool:
    """Whether a statement contains break, continue or return (of whichever loop)."""
    return any(isinstance(n, ast.Break | ast.Continue | ast.Return) for n in _own([stmt]))


class _Normaliser:
    """Rewrites one function."""

    def __init__(self, node: ast.FunctionDef) -> None:
        self.node = node
        self.falls = _Falls()
        self.made: list[ast.stmt] = []
        self.value: str | None = None
        self.returned: str | None = None

    @functools.cached_property
    def taken(self) -> set[str]:
        """Names that a new one must differ from."""
        return {v for n in walk([self.node]) for v in vars(n).values() if isinstance(v, str)}

    def function(self) -> ast.FunctionDef:
        if _STRAIGHT.issuperset(map(type, self.node.body[:-1])) and type(self.node.body[-1]) is ast.Return:
            return self.node
        body = reachable(self.node.body, self.falls)
        tail = body.pop() if isinstance(body[-1], ast.Return) else None
        own = list(_own(body))
        if any(isinstance(n, ast.Return) for n in own):
            body = sink(body, (a.arg for a in ast.walk(self.node.args) if isinstance(a, ast.arg)))
            own = list(_own(body))
            self.value = self.fresh("value")
            body += [] if tail is None else [tail]
            loops = [n for n in own if isinstance(n, ast.For | ast.While)]
            if any(RETURN in self.falls.exits_of(n.body) and self.falls.ends(n) for n in loops):
                self.returned = self.fresh("returned")
            block = self.block(body, _Place(end=True), self.node)
            result: ast.expr = ast.Name(self.value, ast.Load())
            block.append(_at(ast.Return(result), tail or self.node.body[-1]))
        else:
            block = self.block(body, PLAIN, self.node)
            block.append(tail or _at(ast.Return(ast.Constant(None)), self.node.body[-1]))
        new = copy.copy(self.node)
        new.body = block
        self.tidy()
        return new

    def fresh(self, hint: str) -> str:
        return unused(hint, self.taken)

    # ---------------------------------------------------------------------------------------------- blocks

    def block(
        self, stmts: Sequence[ast.stmt], place: _Place, at: ast.stmt, known: frozenset[str] = NOTHING
    ) -> list[ast.stmt]:
        """The statements of a block that stands in tail position of what `place` describes.

        `known` are the flags that are false already. What follows a branch that is left is worked into the
        other one in a loop, not by recursion.
        """
        top: list[ast.stmt] = []
        out = top
        work = list(stmts)
        depth = 0
        while work:
            at = stmt = work.pop(0)
            if isinstance(stmt, ast.Return | ast.Break | ast.Continue | ast.Raise | _Leave | Sunk):
                out += self.exit(stmt, place, known)
                return top
            if isinstance(stmt, ast.For | ast.While):
                before, loop, after = self.loop(stmt, place, known)
                out += [*before, loop]
                if self.returned and RETURN in self.falls.exits_of(stmt.body):
                    known |= {self.returned}
                work = after + (work if self.falls.stmt(stmt) else [])
            elif not isinstance(stmt, ast.If | ast.With | ast.Match | ast.Try) or not self.falls.exits(stmt):
                out.append(self.inner(stmt))
                if not self.falls.stmt(stmt):
                    return top
            elif not work or not self.falls.stmt(stmt):
                out.append(self.forked(stmt, place, known))
                return top
            else:
                falling = [i for i, b in enumerate(branches(stmt)) if self.falls.block(b)]
                if isinstance(stmt, ast.Try) and not self.falls.block(stmt.body):
                    falling.remove(0)
                depth += 1
                if len(falling) > 1 or isinstance(stmt, ast.With) or depth > DEEPEST:
                    out += self.guarded([stmt, *work], place, known)
                    return top
                new = self.forked(stmt, place, known, spared=falling[0])
                out.append(new)
                out = self.targets(new)[falling[0]]
                work = [*out, *work]
                out.clear()
        out += self.finish(place, at, known)
        return top

    def forked(self, stmt: Forked, place: _Place, known: frozenset[str], spared: int | None = None) -> Forked:
        """A statement in tail position with its blocks brought into form, all but the spared one."""
        new = self.own(stmt)
        left = False
        if isinstance(new, ast.Try):
            left = not self.falls.block(new.body)
            new.body[:] = self.block(new.body, place if left else PLAIN, stmt, known)
        for index, target in enumerate(self.targets(new)):
            if index != spared and not (left and index == 0):
                target[:] = self.block(target, place, stmt, known)
        return new

    def guarded(self, work: list[ast.stmt], place: _Place, known: frozenset[str]) -> list[ast.stmt]:
        """A block cut behind each statement that holds exits; the pieces but the first stand under a flag."""
        pieces: list[list[ast.stmt]] = [[]]
        for stmt in work:
            pieces[-1].append(stmt)
            if not self.falls.stmt(stmt):
                break
            if self.falls.exits(stmt):
                pieces.append([])
        if not pieces[-1]:
            pieces.pop()
        if place.stop and all(CONTINUE not in self.falls.exits_of(p) for p in pieces[:-1]):
            guard = place.stop
            inside = replace(place, guard=guard, end=False)
        else:
            guard = self.fresh("done")
            inside = replace(place, guard=guard, guards=(*place.guards, guard), end=False)
        out: list[ast.stmt] = []
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            block = self.block(piece, place if last else inside, piece[0], known)
            if number > 0:
                test = ast.UnaryOp(ast.Not(), ast.Name(guard, ast.Load()))
                block = [_at(ast.If(test, block, []), piece[0])]
                self.made += block
            out += block
            known |= {guard} | ({place.stop} if place.stop else set())
        return out

    def exit(self, stmt: ast.stmt, place: _Place, known: frozenset[str]) -> list[ast.stmt]:
        """What stands in the place of an exit."""
        if isinstance(stmt, ast.Raise):
            return [stmt]
        out: list[ast.stmt] = []
        if isinstance(stmt, ast.Return) and not isinstance(stmt, Failing):
            assert self.value is not None
            value = stmt.value or ast.Constant(None)
            out.append(_at(ast.Assign([ast.Name(self.value, ast.Store())], value), stmt))
        returns = isinstance(stmt, ast.Return | Sunk) and not isinstance(stmt, Value)
        if returns and place.loop and self.returned:
            out.append(_assign(self.returned, True, stmt))
        if place.broken and isinstance(stmt, ast.Break):
            out.append(_assign(place.broken, True, stmt))
        out += [_assign(g, True, stmt) for g in place.guards]
        if place.stop:
            stops = not isinstance(stmt, ast.Continue)
            if stops or place.stop not in known:
                out.append(_assign(place.stop, stops, stmt))
        return out

    def finish(self, place: _Place, at: ast.stmt, known: frozenset[str]) -> list[ast.stmt]:
        """What stands where a block falls off its end."""
        flags = dict.fromkeys(f for f in (place.guard, place.stop) if f is not None and f not in known)
        out: list[ast.stmt] = [_assign(f, False, at) for f in flags]
        if place.end and self.value is not None:
            out.append(_at(ast.Assign([ast.Name(self.value, ast.Store())], ast.Constant(None)), at))
        return out

    # --------------------------------------------------------------------------------- compound statements

    def loop(
        self, node: Loop, place: _Place, known: frozenset[str]
    ) -> tuple[list[ast.stmt], ast.stmt, list[ast.stmt]]:
        """A loop: what must be assigned before it, itself, and what has to be done behind it."""
        new = copy.copy(node)
        new.orelse = []
        self.made.append(new)
        exits = self.falls.exits_of(node.body)
        before: list[ast.stmt] = []
        after: list[ast.stmt] = []
        if RETURN in exits:
            if self.returned and not place.loop and self.returned not in known:
                before.append(_assign(self.returned, False, node))
            after.append(self.leave(node))
        body = node.body
        ended = None
        if isinstance(new, ast.While) and any(isinstance(n, ast.NamedExpr) for n in ast.walk(new.test)):
            ended = self.fresh("ended") if node.orelse and BREAK in exits else None
            before += [_assign(ended, False, node)] if ended else []
            leave = [_assign(ended, True, node)] if ended else []
            body = [_at(ast.If(new.test, list(body), [*leave, _at(ast.Break(), new)]), new)]
            new.test = ast.copy_location(ast.Constant(True), new.test)
        broken = None
        stop = self.fresh("stop") if self.falls.exits_of(body) & {BREAK, RETURN} else None
        if node.orelse and not _forever(node):
            if BREAK not in exits:
                after += node.orelse
            else:
                flag = ended or self.fresh("broken")
                sides: tuple[list[ast.stmt], list[ast.stmt]] = (node.orelse, [])
                if ended is None:
                    broken = flag
                    before.append(_assign(broken, False, node))
                    sides = [_at(ast.Pass(), node)], node.orelse
                after.append(_at(ast.If(ast.Name(flag, ast.Load()), *sides), node.orelse[0]))
        new.stop = stop  # type: ignore[union-attr]
        new.body = self.block(body, _Place(loop=True, stop=stop, broken=broken), node)
        return before, new, after

    def leave(self, loop: Loop) -> ast.stmt:
        """What stands behind a loop that a `return` may have ended."""
        leave: ast.stmt = getattr(loop, "value", None) or _at(_Leave(), loop)
        if not self.falls.ends(loop):
            return leave
        assert self.returned is not None
        return _at(ast.If(ast.Name(self.returned, ast.Load()), [leave], []), loop)

    def own(self, stmt: Forked) -> Forked:
        """A copy of a statement whose blocks may be changed, with a last case for what no case matches."""
        new = copy.copy(stmt)
        self.made.append(new)
        if isinstance(new, ast.Match):
            new.cases = [copy.copy(case) for case in new.cases]
            for case in new.cases:
                case.body = list(case.body)
            if len(branches(new)) > len(new.cases):
                new.cases.append(ast.match_case(_at(ast.MatchAs(), new.cases[-1].pattern), None, []))
        else:
            new.body = list(new.body)
            if isinstance(new, ast.Try):
                new.handlers = [copy.copy(handler) for handler in new.handlers]
                for handler in new.handlers:
                    handler.body = list(handler.body)
            if isinstance(new, ast.If | ast.Try):
                new.orelse = list(new.orelse)
        return new

    def targets(self, stmt: Forked) -> list[list[ast.stmt]]:
        """The blocks of an own copy."""
        return branches(stmt) if not isinstance(stmt, ast.Match) else [case.body for case in stmt.cases]

    def inner(self, stmt: ast.stmt) -> ast.stmt:
        """A statement that is not left through an exit, with the loops inside brought into form."""
        if isinstance(stmt, ast.If | ast.With):
            return self.forked(stmt, PLAIN, NOTHING)
        if isinstance(stmt, ast.Match):
            match = copy.copy(stmt)
            match.cases = [copy.copy(case) for case in match.cases]
            for case in match.cases:
                case.body = self.block(case.body, PLAIN, stmt)
            return match
        if isinstance(stmt, ast.Try | ast.TryStar):
            return self.attempt(stmt)
        return stmt

    def attempt(self, stmt: ast.Try | ast.TryStar) -> ast.stmt:
        """A `try` with the loops inside brought into form, or marked and as it is if it contains exits."""
        new = copy.copy(stmt)
        if leaves(stmt):
            new.exits = True  # type: ignore[union-attr]
            return new
        new.body = self.block(new.body, PLAIN, stmt)
        new.orelse = self.block(new.orelse, PLAIN, stmt)
        new.finalbody = self.block(new.finalbody, PLAIN, stmt)
        new.handlers = [copy.copy(handler) for handler in new.handlers]
        for handler in new.handlers:
            handler.body = self.block(handler.body, PLAIN, stmt)
        return new

    def tidy(self) -> None:
        """Fill empty blocks, and turn a test round where only its other branch does anything."""
        for stmt in self.made:
            flag = isinstance(stmt, ast.If) and isinstance(stmt.test, ast.Name)
            if isinstance(stmt, ast.If) and not stmt.body and stmt.orelse and not flag:
                stmt.test = _negated(stmt.test)
                stmt.body, stmt.orelse = stmt.orelse, []
            if isinstance(stmt, ast.If | ast.For | ast.While | ast.With | ast.Try):
                stmt.body = stmt.body or [_at(ast.Pass(), stmt)]
            if isinstance(stmt, ast.Try):
                for handler in stmt.handlers:
                    handler.body = handler.body or [_at(ast.Pass(), stmt)]
            if isinstance(stmt, ast.Match):
                for case in stmt.cases:
                    case.body = case.body or [_at(ast.Pass(), stmt)]


def _negated(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _assign(name: str, value: bool, at: ast.stmt) -> ast.stmt:
    return _at(ast.Assign([ast.Name(name, ast.Store())], ast.Constant(value)), at)


def _at(node: Node, at: ast.AST) -> Node:
    """Give a new node, and what is new in it, the location of the statement that it stands for."""
    stack: list[ast.AST] = [node]
    while stack:
        new = stack.pop()
        if not hasattr(new, "lineno"):
            ast.copy_location(new, at)
            stack.extend(ast.iter_child_nodes(new))
    return node


def runs_through(node: ast.For | ast.While) -> bool:
    """Whether a loop certainly makes a trip to its end: it runs over a display, or a constant range."""
    if not isinstance(node, ast.For) or any(isinstance(n, ast.Break) for s in node.body for n in ast.walk(s)):
        return False
    match node.iter:
        case ast.List(items) | ast.Tuple(items):
            return bool(items)
        case ast.Call(ast.Name("range"), [ast.Constant(int(stop))], []):
            return stop > 0
        case ast.Call(ast.Name("range"), [ast.Constant(int(start)), ast.Constant(int(stop))], []):
            return start < stop
    return False
