"""From SSA statements to statements on expression trees, as a person would write them.

Accepts the body of a `Program`; gives a block of `backend.tree` statements in which temporaries that are
used once have been put back into the expression that uses them, where evaluation may move there and the
line stays short.

    t.1 = getitem(u.1, 1:)               u[:-1] = 2*u[1:]
    t.2 = mul(2, t.1)            ->
    Store(u.1, :-1, t.2)

A temporary moves down inside its own block only: never into a loop, a loop's head or a branch. Operands of
a statement are treated from the last to the first, each moving past the statements that are still standing,
so operations whose order can be noticed keep it. The user's names stay; `x_bar` and `x_dot` of transforms
count as temporaries."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from s2sad.backend import facts, sums
from s2sad.backend.facts import Facts
from s2sad.backend.latest import latest
from s2sad.backend.peephole import Peephole
from s2sad.backend.spread import spread
from s2sad.backend.tree import (
    DISPLAYS,
    Assign,
    Branch,
    Copy,
    Effect,
    Expr,
    Loop,
    Node,
    Remark,
    Result,
    Tree,
    Unpack,
    Write,
    depth,
    expr_vars,
    expression,
    is_const,
    measure,
    nodes,
    operands,
    same,
    takes_apart,
)
from s2sad.backend.unpack import unpacked
from s2sad.backend.walks import walked
from s2sad.ir.kinds import BOOL, OBJECT, RANGE
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Comment,
    Do,
    For,
    If,
    Let,
    Moves,
    Program,
    Range,
    Return,
    Stmt,
    Store,
    Undef,
    Var,
    While,
    atom_vars,
    uses,
    walk,
)
from s2sad.optimise.motion import Motion

_AUGMENTED = re.compile(r"[^=]*\] *[+-]=")
_WIDTH = 86
_DEPTH = 24
_REACH = 200  # statements that a temporary may move past


def nest(program: Program) -> list[Tree]:
    """The body of a program as trees."""
    program = spread(walked(latest(program)))
    return _Nester(program)(program.body)


def reads(body: Block) -> Counter[str]:
    """How often each name is read; what only goes round a loop or leaves a branch is not read by that."""
    names: list[str] = []
    sources: dict[str, list[str]] = {}
    for stmt in walk(body):
        if isinstance(stmt, If):
            names.extend(atom_vars(stmt.cond))
            sources.update((o.name, [*atom_vars(o.then), *atom_vars(o.orelse)]) for o in stmt.outs)
        elif isinstance(stmt, For | While):
            names.extend(atom_vars(stmt.space if isinstance(stmt, For) else stmt.cond))
            names.extend(atom_vars(stmt.stop))
            sources.update((c.name, [*atom_vars(c.init), *atom_vars(c.next)]) for c in stmt.carried)
            sources.update((c.out, [c.name]) for c in stmt.carried)
        else:
            names.extend(uses(stmt))
    counts = Counter(names)
    todo, seen = list(counts), set(counts)
    while todo:
        for name in sources.get(todo.pop(), ()):
            counts[name] += 1
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return counts


class _Nester:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.kinds, self.hints = program.kinds, program.hints
        self.facts = Facts(program.kinds)
        self.peephole = Peephole(program.kinds, program.hints, program.body)
        self.quiet = program.quiet and not program.quiet_all
        self.indent = 8 if program.quiet_all else 4
        self.counts = reads(program.body)
        self.parts = unpacked(program)
        for name in self.parts.folded:
            self.counts[name] = 1

    @functools.cached_property
    def motion(self) -> Motion:
        """What decides where kinds alone say that memory forbids to move; few programs ask."""
        return Motion(self.program)

    def __call__(self, body: Block) -> list[Tree]:
        return self.block(body, self.indent).done()

    def block(self, body: Block, indent: int) -> _Line:
        """A nested block; what stands in it may not leave it."""
        line = _Line(self, indent)
        for stmt in body:
            self.stmt(stmt, line)
        return line

    def stmt(self, stmt: Stmt, line: _Line) -> None:
        """Append one statement to the line of those that stand."""
        if stmt in self.parts.others:
            return
        if isinstance(stmt, Let) and stmt in self.parts.first:
            whole, names = self.parts.first[stmt]
            kept = [name if name is not None and self.counts[name] else None for name in names]
            line.add(Unpack(kept, Var(whole), [stmt]))
        elif isinstance(stmt, Let):
            line.add(Assign(stmt.name, self.node(stmt.call, stmt.made, stmt), stmt.made, [stmt]))
        elif isinstance(stmt, Do):
            line.add(Effect(self.node(stmt.call, stmt.made, None), stmt.made, [stmt]))
        elif isinstance(stmt, Store):
            index = None if stmt.index is None else expression(stmt.index)
            made = Write(expression(stmt.base), index, expression(stmt.value), stmt.op, stmt.made, [stmt])
            line.add(made)
        elif isinstance(stmt, If):
            self.branch(stmt, line)
        elif isinstance(stmt, For | While):
            self.loop(stmt, line)
        elif isinstance(stmt, Moves):
            pairs = [(name, expression(value)) for name, value in zip(stmt.names, stmt.values, strict=True)]
            line.stand(Copy(pairs, shown=True, origins=[stmt]))
        elif isinstance(stmt, Comment):
            line.stand(Remark(stmt.text, [stmt]))
            line.indent += 4 if self.quiet and stmt.text == "backward" else 0
        elif isinstance(stmt, Return):
            line.add(Result(expression(stmt.value), [stmt]))

    def node(self, call: Call, made: bool, let: Let | None) -> Node:
        """A call as a tree of one level."""
        kind = OBJECT if let is None else self.kinds.get(let.name, OBJECT)
        kwargs = tuple((key, expression(value)) for key, value in call.kwargs)
        return Node(call.fun, tuple(map(expression, call.args)), kwargs, call.form, made, kind, let)

    # -------------------------------------------------------------------------------------------- branches

    def branch(self, stmt: If, line: _Line) -> None:
        stmt, written = replace(stmt, outs=tuple(o for o in stmt.outs if self.counts[o.name])), stmt
        then, orelse = self.block(stmt.then, line.indent + 4), self.block(stmt.orelse, line.indent + 4)
        one = self.conditional(stmt, then, orelse) if not stmt.form else None
        if one is not None and self.fits(one, line.indent + self.width(Var(stmt.outs[0].name)) + 3):
            written_once = {"(and)": stmt.outs[0].orelse, "(or)": stmt.outs[0].then}.get(one.fun)
            if isinstance(stmt.cond, Var) and stmt.cond == written_once:
                self.counts[stmt.cond.name] -= 1
            line.add(Assign(stmt.outs[0].name, one, True, [written]))
            return
        made = Branch(expression(stmt.cond), then.done(), orelse.done(), stmt.outs, stmt.made, [written])
        made.form = stmt.form
        if made.then or made.orelse or made.outs or made.form:
            line.add(made)

    def conditional(self, stmt: If, then: _Line, orelse: _Line) -> Node | None:
        """The statement as a conditional expression, where both branches are no more than one expression."""
        if len(stmt.outs) != 1 or not (stmt.ternary or stmt.made):
            return None
        out = stmt.outs[0]
        first, second = self.arm(then, out.then), self.arm(orelse, out.orelse)
        if first is None or second is None:
            return None
        cond, kind = expression(stmt.cond), self.kinds.get(out.name, OBJECT)
        plain = self.facts.kind(cond) == BOOL
        if second == cond or (plain and is_const(second, False)):
            return Node("(and)", (cond, first), kind=kind)
        if first == cond or (plain and is_const(first, True)):
            return Node("(or)", (cond, second), kind=kind)
        return Node("(ifelse)", (cond, first, second), kind=kind)

    def arm(self, line: _Line, atom: Atom) -> Expr | None:
        """The value of a branch as one expression."""
        standing = line.done()
        if isinstance(atom, Undef) or len(standing) > 1:
            return None
        if not standing:
            return expression(atom)
        only = standing[0]
        if not isinstance(only, Assign) or atom != Var(only.name) or self.counts[only.name] != 1:
            return None
        return None if self.hints.get(only.name) and not only.made else only.value

    # ----------------------------------------------------------------------------------------------- loops

    def loop(self, stmt: For | While, line: _Line) -> None:
        carried = tuple((c.name, c.init, c.next, c.out) for c in stmt.carried)
        if isinstance(stmt, For):
            space = self.space(stmt.space)
            body = self.block(stmt.body, line.indent + 4).done()
            line.add(Loop(stmt.target, space, [], body, carried, stmt.stop, made=stmt.made, origins=[stmt]))
            return
        head = self.block(stmt.head, line.indent + 4)
        test = Effect(expression(stmt.cond), True)
        head.add(test)
        standing = head.done()[:-1]
        body = self.block(stmt.body, line.indent + 4).done()
        line.stand(Loop(None, test.value, standing, body, carried, stmt.stop, made=stmt.made, origins=[stmt]))

    def space(self, space: Range | Atom) -> Expr:
        if not isinstance(space, Range):
            return expression(space)
        start, stop, step = map(expression, (space.start, space.stop, space.step))
        if not is_const(step, 1):
            return Node("range", (start, stop, step), kind=RANGE, made=True)
        return Node("range", (stop,) if is_const(start, 0) else (start, stop), kind=RANGE, made=True)

    # -------------------------------------------------------------------------------------------- measures

    def width(self, expr: Expr) -> int:
        return measure(expr, self.hints)[0]

    def fits(self, expr: Expr, room: int) -> bool:
        return room + self.width(expr) <= _WIDTH and depth(expr) <= _DEPTH

    def is_temporary(self, let: Assign) -> bool:
        """Whether a name may vanish: it is read once, and nobody chose it."""
        hint = self.hints.get(let.name, "")
        return self.counts[let.name] == 1 and (not hint or (let.made and hint.endswith(("_bar", "_dot"))))


class _Line:
    """The statements of a block so far; those that were folded into later ones have left it."""

    def __init__(self, owner: _Nester, indent: int) -> None:
        self.owner = owner
        self.indent = indent
        self.standing: list[Tree | None] = []
        self.bits: dict[int, int] = {}  # by place, where somebody asked
        self.place: dict[str, int] = {}

    def done(self) -> list[Tree]:
        """What is left."""
        return [stmt for stmt in self.standing if stmt is not None]

    def stand(self, stmt: Tree) -> None:
        """Append a statement as it is."""
        if isinstance(stmt, Assign):
            self.place[stmt.name] = len(self.standing)
        self.standing.append(stmt)

    def add(self, stmt: Tree) -> None:
        """Append a statement after its operands have been folded into it."""
        self.room: int | None = None
        if isinstance(stmt, Assign):
            stmt.value = self.fold(stmt.value, stmt)
            if isinstance(stmt.value, Node):
                stmt.value = self.owner.peephole(stmt.value)
        elif isinstance(stmt, Effect | Result | Unpack):
            self.take_sum(stmt)
            stmt.value = self.fold(stmt.value, stmt)
        elif isinstance(stmt, Branch):
            stmt.cond = self.fold(stmt.cond, stmt)
        elif isinstance(stmt, Loop):
            stmt.space = self.fold(stmt.space, stmt)
        elif isinstance(stmt, Write):
            self.fold_write(stmt)
            if self.is_added(stmt):
                return
        self.stand(stmt)

    def fold_write(self, stmt: Write) -> None:
        """Operands of a store, in the reverse of Python's order; a store into a view names the view."""
        late = bool(stmt.op) and not self.moves_items(stmt)
        if late:
            stmt.value = self.fold(stmt.value, stmt)
        if stmt.index is not None:
            stmt.index = self.fold(stmt.index, stmt)
        base = self.fold(stmt.base, stmt) if stmt.index is not None or self.is_place(stmt.base) else stmt.base
        if isinstance(base, Node) and stmt.index is None:
            stmt.base, stmt.index = base.args[0], base.args[1]
        else:
            stmt.base = base
        if not stmt.op:
            stmt.value = self.fold(stmt.value, stmt)
            self.augment(stmt)
        self.owner.peephole.store(stmt)
        if late and isinstance(stmt.value, Var) and not self.moves_items(stmt):
            self.room = None  # what it was stretched from may have room now
            stmt.value = self.fold(stmt.value, stmt)
            self.owner.peephole.store(stmt)
            self.take_sign(stmt)

    def augment(self, stmt: Write) -> None:
        """`xs[i] = xs[i] + v` of a list of numbers as `xs[i] += v`, where the user wrote so or nobody did."""
        value, kinds = stmt.value, self.owner.kinds
        if not (isinstance(value, Node) and value.fun in ("add", "sub") and isinstance(stmt.base, Var)):
            return
        item = value.args[0]
        if kinds[stmt.base.name].cat != "list" or not (isinstance(item, Node) and item.kind.is_scalar):
            return
        span = stmt.origins[0].span
        own = self.owner.program.again or (span is not None and _AUGMENTED.match(span.text, span.col))
        if own and item.fun == "getitem" and item.args[0] == stmt.base and same(item.args[1], stmt.index):
            stmt.op, stmt.value = value.fun, value.args[1]

    def is_added(self, stmt: Write) -> bool:
        """Whether a store has become a part of the statement before it, to whose target it adds."""
        place = next((k for k in range(len(self.standing) - 1, -1, -1) if self.standing[k] is not None), 0)
        last = self.standing[place] if self.standing else None
        if not isinstance(last, Assign | Write) or isinstance(stmt.base, Node):
            return False
        begun = self.begun(stmt)
        zeros = begun or (self.begun(stmt, sums.apart) if stmt.made else None)
        begun = zeros if stmt.index is None else begun
        start = sums.first(zeros, stmt, self.owner.peephole) if zeros is not None else None
        if start is not None:
            stmt.value, stmt.op = start, ""
            return False
        if begun is not None and self.may_pass(begun, self.place[begun.name]):
            last, place = begun, self.place[begun.name]
        value = sums.added(last, stmt, self.owner.peephole)
        if value is None or (isinstance(last, Write) and not self.is_new(stmt.value)):
            return False
        before, last.value = last.value, value
        if self.indent + self.own_width(last) > _WIDTH or depth(value) > _DEPTH:
            last.value = before
            return False
        last.origins.extend(stmt.origins)
        self.bits.pop(place, None)
        if isinstance(last, Assign):
            self.owner.counts[last.name] -= 1
            self.standing[place] = None
            self.stand(last)  # behind what the sum reads
        return True

    def take_sum(self, stmt: Tree) -> None:
        """`return x - t` where x, which is nothing but returned, has just become that."""
        last = next((s for s in reversed(self.standing) if s is not None), None)
        if not (isinstance(stmt, Result) and isinstance(last, Write) and last.base == stmt.value):
            return
        total = sums.total(last, self.owner.peephole) if last.made and last.index is None else None
        if total is not None and self.owner.fits(total, self.indent + 7):
            self.standing[self.standing.index(last)] = None
            stmt.origins.extend(last.origins)
            stmt.value = total

    def begun(self, stmt: Write, passes: Callable[[Tree, Write], bool] = sums.computes) -> Assign | None:
        """The definition of the array that a store writes to, if only temporaries were computed since.

        Or other statements that the store may pass.
        """
        place = self.place.get(stmt.base.name) if isinstance(stmt.base, Var) else None
        since = [] if place is None else [s for s in self.standing[place:] if s is not None]
        if not since or not isinstance(stmt.base, Var) or not all(passes(s, stmt) for s in since[1:]):
            return None
        read = (e for s in since[1:] for e in operands(s) if not isinstance(s, Write) or e is not s.base)
        names = (name for e in read for name in expr_vars(e))
        first = since[0] if stmt.base.name not in names else None
        return first if isinstance(first, Assign) else None

    def is_new(self, value: Expr) -> bool:
        """Whether a value shares storage with no array that is written."""
        place = self.place.get(value.name) if isinstance(value, Var) else None
        let = None if place is None else self.standing[place]
        return self.owner.peephole.is_fresh(let.value if isinstance(let, Assign) else value)

    def take_sign(self, stmt: Write) -> None:
        """`x += t` of a negative t that has to stand as it is: `x -= t` of a positive one, as new."""
        place = self.place.get(stmt.value.name) if isinstance(stmt.value, Var) else None
        let = None if place is None else self.standing[place]
        if not (stmt.made and stmt.op in ("add", "sub") and isinstance(let, Assign)):
            return
        value = let.value
        negative = isinstance(value, Node) and value.made and value.fun == "neg"
        if not (negative and isinstance(value, Node) and self.owner.peephole.is_fresh(value.args[0])):
            return
        if self.owner.is_temporary(let):
            let.value = value.args[0]
            stmt.op = "sub" if stmt.op == "add" else "add"

    def moves_items(self, stmt: Write) -> bool:
        """Whether the value of `xs[i] += value` takes an item from xs: Python would read xs[i] before."""
        place = self.place.get(stmt.value.name) if stmt.op and isinstance(stmt.value, Var) else None
        let = None if place is None else self.standing[place]
        return isinstance(let, Assign) and any(
            node.fun.startswith("list.") and node.args[:1] == (stmt.base,) for node in nodes(let.value)
        )

    def is_place(self, base: Expr) -> bool:
        """Whether a whole array that is written to may be written to as `x[index]`."""
        let = (
            self.standing[self.place[base.name]]
            if isinstance(base, Var) and base.name in self.place
            else None
        )
        return (
            isinstance(let, Assign)
            and self.owner.is_temporary(let)
            and self.owner.facts.is_element(let.value)
        )

    def own_width(self, stmt: Tree) -> int:
        """Columns of a statement before anything is folded."""
        width = self.owner.width
        if isinstance(stmt, Assign):
            return width(Var(stmt.name)) + 3 + width(stmt.value)
        if isinstance(stmt, Write):
            return (
                width(stmt.base)
                + (5 if stmt.index is None else 2 + width(stmt.index))
                + 4
                + width(stmt.value)
            )
        if isinstance(stmt, Effect):
            return width(stmt.value) + 7
        if isinstance(stmt, Branch):
            return width(stmt.cond) + 8
        if isinstance(stmt, Loop):
            first = stmt.body[0] if takes_apart(stmt) else None
            names = first.names if isinstance(first, Unpack) else [stmt.target or ""]
            return width(stmt.space) + 7 + sum(2 + width(Var(name or "_")) for name in names)
        if isinstance(stmt, Unpack):
            return sum(2 + width(Var(name or "_")) for name in stmt.names) + 1 + width(stmt.value)
        return width(stmt.value) + 7 if isinstance(stmt, Result) else 0

    def fold(self, expr: Expr, into: Tree) -> Expr:
        """The expression with those operands put in that may move here; operands are treated last first."""
        if isinstance(expr, Var):
            return self.take(expr, into)
        if not isinstance(expr, Node):
            return expr
        if expr.fun in ("(ifelse)", "(and)", "(or)"):
            return replace(expr, args=(self.fold(expr.args[0], into), *expr.args[1:]))
        kwargs = [(key, self.fold(value, into)) for key, value in reversed(expr.kwargs)]
        args = [self.fold(arg, into) for arg in reversed(expr.args)]
        kwargs.reverse()
        args.reverse()
        if [*map(id, args)] == [*map(id, expr.args)]:
            if all(a is b for (_, a), (_, b) in zip(kwargs, expr.kwargs, strict=True)):
                return expr
        made = expr.made and expr.fun not in DISPLAYS
        return Node(expr.fun, tuple(args), tuple(kwargs), expr.form, made, expr.kind, expr.let)

    def take(self, var: Var, into: Tree) -> Expr:
        """The definition of a temporary in place of its one use, if it may move."""
        place = self.place.get(var.name)
        let = None if place is None else self.standing[place]
        if place is None or not isinstance(let, Assign) or not self.owner.is_temporary(let):
            return var
        if self.room is None:
            self.room = _WIDTH - self.indent - self.own_width(into)
        width, level = measure(let.value, self.owner.hints)
        wider = width + 2 * (level < 13) - self.owner.width(var)
        deep = width > _DEPTH and depth(let.value) >= _DEPTH  # each level takes a column
        if wider > self.room or deep or not self.may_pass(let, place):
            return var
        self.room -= wider
        self.standing[place] = None
        into.origins.extend(let.origins)
        return let.value

    def may_pass(self, let: Assign, place: int) -> bool:
        """Whether a definition may move down to the end of the line."""
        if len(self.standing) - place > _REACH:
            return False
        moved = self.done_by(place, let)
        for at in range(place + 1, len(self.standing)):
            fixed = self.standing[at]
            if fixed is None:
                continue
            bits = self.done_by(at, fixed)
            if not facts.passes(moved, bits):
                return False
            if facts.clash(moved, bits) and not self.is_apart(let, fixed):
                return False
        return True

    def done_by(self, place: int, stmt: Tree) -> int:
        """What the statement that stands at a place does."""
        if place not in self.bits:
            self.bits[place] = self.owner.facts.stmt(stmt)
        return self.bits[place]

    def is_apart(self, moved: Assign, fixed: Tree) -> bool:
        """Whether nothing that a statement writes shares storage with what a temporary reads."""
        hint = self.owner.hints.get(moved.name, "")
        if hint and not (moved.made and hint.endswith(("_bar", "_dot"))):
            return False
        may_move = self.owner.motion.may_move
        return all(
            isinstance(let, Let) and may_move(let, past) for let in moved.origins for past in fixed.origins
        )
