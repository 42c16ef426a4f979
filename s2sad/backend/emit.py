"""Programs to text: one module with a function per program.

    emit([program]).text

    # assumes: x scalar
    def f_grad(x):
        y = x * 2
        # backward
        return y + 2 * x

`nest` makes expression trees, `copies`, `names` and `tidy` leave SSA, this module makes statements of Python,
`spell` expressions and `printing` text."""

from __future__ import annotations

import ast
import itertools
import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from s2sad import runtime
from s2sad.backend.copies import explicit, terminates
from s2sad.backend.facts import EFFECT, RAISES, Facts
from s2sad.backend.names import names
from s2sad.backend.nest import nest
from s2sad.backend.printing import Mark, comment, remark, write
from s2sad.backend.shown import shown
from s2sad.backend.spell import OPERATORS, Roots, Speller
from s2sad.backend.tidy import tidy
from s2sad.backend.tree import (
    BINARY,
    Assign,
    Branch,
    Copy,
    Effect,
    Exit,
    Expr,
    Loop,
    Node,
    Remark,
    Tree,
    Unpack,
    Write,
    nodes,
    operands,
    takes_apart,
    walk,
)
from s2sad.errors import Span
from s2sad.ir.nodes import NONE, Const, Let, Program, Ref, Var

_INVERSE = {
    "eq": "ne",
    "ne": "eq",
    "is": "isnot",
    "isnot": "is",
    "in": "notin",
    "notin": "in",
    "lt": "ge",
    "ge": "lt",
    "gt": "le",
    "le": "gt",
}
_AUGMENTED = re.compile(r"\w+ *(\+|-|\*\*?|//?|%|@)=")
_INTEGERS = ("lt", "ge", "gt", "le")  # NaN: `not x < y` is no `x >= y`


@dataclass(slots=True)
class Text:
    """What a namespace executes. `refs` are the live objects that it must bind, builtins apart.

    `line_map` gives for a line of the text where the statement stands that it computes or differentiates.
    """

    text: str
    refs: dict[str, Any] = field(default_factory=dict)
    line_map: dict[int, Span] = field(default_factory=dict)

    @property
    def helpers(self) -> tuple[str, ...]:
        """Functions of `s2sad.runtime` that the text calls by their own names."""
        return tuple(name for name, obj in self.refs.items() if runtime.HELPERS.get(name, self) is obj)


def emit(programs: Sequence[Program]) -> Text:
    """The text of programs, in order.

    A `Ref` to one of the programs is a call of its function in this text.
    """
    hints = set(itertools.chain(*(p.hints.values() for p in programs)))
    taken = itertools.chain(*((p.name, *(p.hints.get(x) or x for x in p.params)) for p in programs))
    roots = Roots(taken, hints)
    for program in programs:
        roots.names[id(program)] = program.name
        if program.token is not None:
            roots.names[id(program.token)] = program.name
    bodies = [nest(program) for program in programs]
    for program, body in zip(programs, bodies, strict=True):
        explicit(body)
        _collect(program, body, roots)
    functions = {program.name for program in programs}
    parts, line_map = shown(roots)
    line = sum(part.count("\n") + 2 for part in parts)
    for program, body in zip(programs, bodies, strict=True):
        python = names(program, body, set(roots.names.values()) | functions)
        tidy(body, python, program.hints)
        text, spans = _Function(program, roots, python).write(body)
        head = "".join(comment(f"assumes: {fact.removeprefix('assumes: ')}") for fact in program.assumes)
        line_map.update({line + head.count("\n") + row: span for row, span in spans.items()})
        parts.append(head + text)
        line += parts[-1].count("\n") + 2
    whole = "\n\n".join(parts)
    return Text(whole, roots.refs, line_map)


def _collect(program: Program, body: list[Tree], roots: Roots) -> None:
    """Give names to all outside objects, before local names are chosen."""
    speller = Speller(roots, lambda name: "_", program.kinds)
    for stmt in walk(body):
        for expr in operands(stmt):
            if isinstance(stmt, Effect) and isinstance(expr, Node) and expr.fun in ("raise", "assert"):
                speller.all(expr.args)
            elif isinstance(expr, Node) and expr.fun in ("caught", "entered"):
                continue
            elif isinstance(stmt, Write):
                speller.index(expr)
            else:
                for part in _unknown(expr):
                    speller(part)
    if program.quiet or program.quiet_all:
        roots.dotted("np.errstate")


def _unknown(expr: Expr) -> Iterator[Expr]:
    """The parts of an expression, operators and what is nothing from outside apart."""
    stack = [expr]
    while stack:
        top = stack.pop()
        if type(top) is Node and top.fun in BINARY and not top.form:
            stack += reversed(top.args)
        elif type(top) is not Var:
            yield top


def augments(stmt: Assign) -> bool:
    """Whether the user wrote `s += t`: no other operation stands where its statement begins."""
    span = next((s.span for s in stmt.origins if isinstance(s, Let) and s.name == stmt.name), None)
    return span is not None and _AUGMENTED.match(span.text, span.col) is not None


def _is_backward(stmt: Tree) -> bool:
    return isinstance(stmt, Remark) and stmt.text == "backward"


def _computes(block: list[Tree]) -> bool:
    return any(any(nodes(e)) for s in walk(block) for e in operands(s))


class _Function:
    """Makes the statements of one function."""

    def __init__(self, program: Program, roots: Roots, python: dict[str, str]) -> None:
        self.program, self.roots, self.python = program, roots, python
        self.spell = Speller(roots, python.__getitem__, program.kinds)
        self.facts = Facts(program.kinds)
        self.marks: dict[int, Mark] = {}
        self.remarks: list[str] = []

    def write(self, body: list[Tree]) -> tuple[str, dict[int, Span]]:
        """Text and line map of the function."""
        params = [ast.arg(self.python[name]) for name in self.program.params]
        known = self.program.defaults
        defaults = [self.spell.const(known[name]) for name in self.program.params if name in known]
        args = ast.arguments(posonlyargs=[], args=params, kwonlyargs=[], kw_defaults=[], defaults=defaults)
        doc: list[ast.stmt] = [ast.Expr(ast.Constant(self.program.doc))] if self.program.doc else []
        made = ast.FunctionDef(self.program.name, args, self.filled(doc + self.top(body)), [])
        return write(ast.Module([made], []), self.marks, self.remarks)

    def top(self, body: list[Tree]) -> list[ast.stmt]:
        """The body; what follows `backward`, or all of it, is put under errstate if it computes anything."""
        if self.program.quiet_all:
            made = self.block(body[1:] if body and _is_backward(body[0]) else body)
            return [self.silent(made)] if _computes(body) else made
        cut = next((k for k, s in enumerate(body) if _is_backward(s)), None)
        rest = [] if cut is None else body[cut + 1 :]
        if cut is None or not self.program.quiet or not _computes(rest):
            return self.block(rest if cut == 0 else body)  # nothing stands before the reverse sweep
        return [*self.block(body[: cut + 1]), self.silent(self.block(rest))]

    def silent(self, block: list[ast.stmt]) -> ast.stmt:
        """A block under errstate."""
        state = ast.Call(self.roots.dotted("np.errstate"), [], [ast.keyword("all", ast.Constant("ignore"))])
        return ast.With([ast.withitem(state)], self.filled(block))

    def filled(self, block: list[ast.stmt]) -> list[ast.stmt]:
        """A block that holds a statement."""
        return block if any(not self.is_remark(stmt) for stmt in block) else [*block, ast.Pass()]

    def is_remark(self, stmt: ast.stmt) -> bool:
        return isinstance(stmt, ast.Expr) and isinstance(stmt.value, ast.Name)

    def block(self, block: list[Tree]) -> list[ast.stmt]:
        """The statements of a block."""
        done: list[ast.stmt] = []
        for stmt in block:
            made = self.stmt(stmt)
            if made:
                spans = [origin.span for origin in stmt.origins if origin.span is not None]
                notes = [
                    self.program.notes[origin] for origin in stmt.origins if origin in self.program.notes
                ]
                self.marks.setdefault(
                    id(made[0]), Mark(spans[0] if spans else None, notes[0] if notes else "")
                )
            done.extend(made)
        return done

    def stmt(self, stmt: Tree) -> list[ast.stmt]:
        if isinstance(stmt, Assign):
            return [self.assign(stmt)]
        if isinstance(stmt, Copy):
            return self.copy(stmt)
        if isinstance(stmt, Unpack):
            return [self.unpack(stmt)]
        if isinstance(stmt, Write):
            return [self.store(stmt)]
        if isinstance(stmt, Effect):
            return [self.effect(stmt)]
        if isinstance(stmt, Branch):
            return self.branch(stmt)
        if isinstance(stmt, Loop):
            return [self.loop(stmt)]
        if isinstance(stmt, Remark):
            self.remarks.append(stmt.text)
            return [remark(len(self.remarks) - 1)]
        return [ast.Break()] if isinstance(stmt, Exit) else [ast.Return(self.spell(stmt.value))]

    def assign(self, stmt: Assign) -> ast.stmt:
        target = ast.Name(self.python[stmt.name], ast.Store())
        value = stmt.value
        if isinstance(value, Node) and value.fun in OPERATORS and len(value.args) == 2 and not value.form:
            first, second = value.args
            same = isinstance(first, Var) and self.python[first.name] == target.id
            kinds = self.program.kinds.get(stmt.name), self.facts.kind(first)
            if same and all(kind is not None and kind.is_scalar for kind in kinds):
                if value.fun in ("add", "sub", "mul") if stmt.made else augments(stmt):
                    return ast.AugAssign(target, OPERATORS[value.fun](), self.spell(second))
        return ast.Assign([target], self.spell(value))

    def copy(self, stmt: Copy) -> list[ast.stmt]:
        if not stmt.pairs:
            return []
        targets: list[ast.expr] = [ast.Name(self.python[name], ast.Store()) for name, _ in stmt.pairs]
        values = self.spell.all(source for _, source in stmt.pairs)
        if len(targets) == 1:
            return [ast.Assign(targets, values[0])]
        return [ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(values, ast.Load()))]

    def unpack(self, stmt: Unpack) -> ast.stmt:
        return ast.Assign([self.parts(stmt)], self.spell(stmt.value))

    def parts(self, stmt: Unpack) -> ast.expr:
        """The names that a tuple is unpacked to."""
        blank = "_" if all(self.python[name] != "_" for name in self.program.params) else "__"
        names = [blank if name is None else self.python[name] for name in stmt.names]
        return ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())

    def store(self, stmt: Write) -> ast.stmt:
        base, value = self.spell(stmt.base), self.spell(stmt.value)
        if stmt.index is None and stmt.op:
            assert isinstance(base, ast.Name), "a whole array is written to through its name"
            return ast.AugAssign(ast.Name(base.id, ast.Store()), OPERATORS[stmt.op](), value)
        index = ast.Constant(...) if stmt.index is None else self.spell.index(stmt.index)
        target = ast.Subscript(base, index, ast.Store())
        return ast.AugAssign(target, OPERATORS[stmt.op](), value) if stmt.op else ast.Assign([target], value)

    def effect(self, stmt: Effect) -> ast.stmt:
        value = stmt.value
        if isinstance(value, Node) and value.fun == "raise":
            parts = self.spell.all(arg for arg in value.args if arg != NONE)
            return ast.Raise(*parts)
        if isinstance(value, Node) and value.fun == "assert":
            return ast.Assert(*self.spell.all(value.args))
        if isinstance(value, Node) and value.fun == "call" and isinstance(value.args[0], Ref):
            if value.args[0].obj is setattr:
                target: Any = self.spell.attribute(Node("getattr", value.args[1:3]))
            elif value.args[0].obj is operator.setitem:
                target = self.spell(Node("getitem", value.args[1:3]))
            else:
                return ast.Expr(self.spell(value))
            target.ctx = ast.Store()
            return ast.Assign([target], self.spell(value.args[3]))
        return ast.Expr(self.spell(value))

    def guarded(self, stmt: Branch) -> list[ast.stmt]:
        """A try or with statement; what is caught or entered gets its name in the statement's head."""
        blocks = {"try": stmt.orelse, "with": stmt.then}
        name = None
        for number, part in enumerate(blocks.get(stmt.form, [])):
            value = part.value if isinstance(part, Assign) else None
            if isinstance(part, Assign) and isinstance(value, Node) and value.fun in ("caught", "entered"):
                name = self.python[part.name]
                del blocks[stmt.form][number]
                break
        then, orelse = self.block(stmt.then), self.block(stmt.orelse)
        if stmt.form == "with":
            item = ast.withitem(self.spell(stmt.cond), None if name is None else ast.Name(name, ast.Store()))
            return [ast.With([item], self.filled(then))]
        if stmt.form == "finally":
            return [ast.Try(self.filled(then), [], [], self.filled(orelse))]
        handler = ast.ExceptHandler(self.spell(stmt.cond), name, self.filled(orelse))
        return [ast.Try(self.filled(then), [handler], [], [])]

    def branch(self, stmt: Branch) -> list[ast.stmt]:
        if stmt.form:
            return self.guarded(stmt)
        then, orelse = self.block(stmt.then), self.block(stmt.orelse)
        if not then and not orelse:
            silent = not self.facts.expr(stmt.cond) & (RAISES | EFFECT)
            return [] if silent else [ast.Expr(self.spell(stmt.cond))]
        if not then:
            return [ast.If(self.spell(self.negation(stmt.cond)), orelse, [])]
        made = ast.If(self.spell(stmt.cond), self.filled(then), orelse)
        if orelse and terminates(stmt.then):
            made.orelse = []
            return [made, *orelse]
        return [made]

    def loop(self, stmt: Loop) -> ast.stmt:
        if stmt.target is not None:
            target: ast.expr = ast.Name(self.python[stmt.target], ast.Store())
            first = stmt.body[0] if takes_apart(stmt) and self.python[stmt.target] == "_" else None
            if isinstance(first, Unpack):
                target = self.parts(first)
            body = self.block(stmt.body if first is None else stmt.body[1:])
            return ast.For(target, self.spell(stmt.space), self.filled(body), self.block(stmt.orelse))
        body, head = self.block(stmt.body), self.block(stmt.head)
        if not head:
            return ast.While(self.spell(stmt.space), self.filled(body), self.block(stmt.orelse))
        leave = ast.If(self.spell(self.negation(stmt.space)), [ast.Break()], [])
        return ast.While(ast.Constant(True), [*head, leave, *body], [])

    def negation(self, cond: Expr) -> Expr:
        """The opposite of a condition."""
        if isinstance(cond, Node) and cond.fun == "not":
            return cond.args[0]
        if (
            isinstance(cond, Node)
            and cond.fun in _INVERSE
            and all(self.is_plain(arg, cond.fun) for arg in cond.args)
        ):
            return Node(_INVERSE[cond.fun], cond.args, kind=cond.kind)
        return Node("not", (cond,))

    def is_plain(self, expr: Expr, fun: str) -> bool:
        """Whether a comparison of such operands is the opposite of its inverse."""
        if fun in ("is", "isnot", "in", "notin"):
            return True
        if isinstance(expr, Const):
            return isinstance(expr.value, int) or (
                fun not in _INTEGERS and isinstance(expr.value, float | str)
            )
        kind = self.facts.kind(expr)
        if kind is None or not (kind.is_scalar or kind.cat == "str"):
            return False
        return fun not in _INTEGERS or kind.sort in ("int", "bool")
