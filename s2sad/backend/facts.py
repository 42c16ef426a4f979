"""What an expression or a statement reads, writes and may raise, as bits: the gate for re-nesting.

An expression may move down past a statement unless the statement writes what the expression reads, or both
can be noticed: an exception that the user's own operation raises stays in its place among other exceptions
and effects. What transforms make does not raise where the primal does not (see the rules), so it moves
freely.

    t = u[1:]*k          reads arrays; may not pass
    u[0] = 0.0           writes arrays
    v = u[1:]            a view: reads nothing until somebody reads v
"""

from __future__ import annotations

import builtins

from s2sad.analysis.primitives import PURE, effect_of
from s2sad.backend.tree import (
    ATTRIBUTES,
    Branch,
    Effect,
    Exit,
    Expr,
    Loop,
    Node,
    Remark,
    Result,
    Tree,
    Unpack,
    Write,
    inner,
    is_const,
    operands,
)
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Undef, Var

READ_ARRAY, READ_LIST, WRITE_ARRAY, WRITE_LIST, RAISES, EFFECT, FENCE = 1, 2, 4, 8, 16, 32, 64
_READS = READ_ARRAY | READ_LIST
_WRITES = WRITE_ARRAY | WRITE_LIST
_ARITHMETIC = frozenset(
    "add sub mul truediv floordiv mod pow matmul neg pos invert not lt le eq ne gt ge band bor bxor".split()
)
_TESTS = frozenset(("is", "isnot", "not", "(and)", "(or)"))
_FRESH = _ARITHMETIC | _TESTS | {"copy", "np.sum", "np.zeros_like", "np.ones_like", "np.vdot", "np.dot"}
_SHAPES = frozenset(
    "len np.shape np.ndim np.size np.zeros_like np.ones_like np.empty_like np.full_like".split()
)
_FENCES = (Remark, Result, Exit)
_NESTING = (Branch, Loop)
_STATE = ("np.random.", "random.", "list.", "dict.", "set.", "time.")
_CALLS = frozenset(
    ("call", "print", "raise", "assert", "next", "input", "open", "exec", "eval", "setattr", "delattr")
)


class Facts:
    """Bits of expressions and statements under the kinds of one program."""

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self.kinds = kinds
        self._known: dict[Node, tuple[int, int]] = {}

    def kind(self, expr: Expr) -> Kind | None:
        """The kind of an expression, None if it is a literal or not known."""
        if type(expr) is Var:
            return self.kinds.get(expr.name)
        return expr.kind if type(expr) is Node else None

    def expr(self, expr: Expr) -> int:
        """What evaluating an expression does and reads."""
        return self._both(expr)[0]

    def stmt(self, stmt: Tree) -> int:
        """What a statement does, its nested blocks included."""
        bits = self._own(stmt)
        stack = list(inner(stmt))
        while stack:
            for nested in stack.pop():
                bits |= self._own(nested)
                stack.extend(inner(nested))
        return bits

    def _own(self, stmt: Tree) -> int:
        if isinstance(stmt, _FENCES):
            return FENCE
        bits = 0
        for expr in operands(stmt):
            bits |= self.expr(expr)
        if isinstance(stmt, Write):
            reads = self.contents(stmt.base) or _READS
            bits |= _written(reads) | (0 if stmt.made else RAISES | EFFECT)
        elif isinstance(stmt, Effect) and isinstance(stmt.value, Node):
            if stmt.value.fun in ("list.append", "list.insert"):
                bits = bits & ~(EFFECT | WRITE_ARRAY) if stmt.made else bits
        elif isinstance(stmt, Unpack) and _cat(self.kind(stmt.value)) != "tuple":
            bits |= RAISES  # where there are more items or fewer
        elif isinstance(stmt, _NESTING) and not stmt.made:
            bits |= RAISES
            if isinstance(stmt, Branch) and stmt.form:
                bits |= FENCE
        return bits

    def contents(self, expr: Expr) -> int:
        """What somebody reads who reads the value of an expression."""
        if type(expr) is Var:
            return mutability(self.kinds.get(expr.name))
        if type(expr) is Node:
            return mutability(expr.kind)
        return _READS if isinstance(expr, Ref) else 0

    def _both(self, expr: Expr) -> tuple[int, int]:
        """What evaluating does, and what is read in addition when the value is read."""
        if type(expr) is not Node:
            return 0, self.contents(expr)
        if expr not in self._known:
            self._known[expr] = self._of_node(expr)
        return self._known[expr]

    def _of_node(self, expr: Node) -> tuple[int, int]:
        parts = [self._both(arg) for arg in (*expr.args, *(value for _, value in expr.kwargs))]
        bits = 0
        for done, _ in parts:
            bits |= done
        if effectful(expr):
            return bits | _READS | _WRITES | EFFECT | RAISES, self.contents(expr)
        if not expr.made and self._raises(expr):
            bits |= RAISES
        value = 0 if expr.fun in _FRESH else self.contents(expr)
        if self._is_view(expr):
            return bits, value
        if expr.fun == "getitem" and _cat(self.kind(expr.args[0])) in ("list", "tuple", "dict"):
            return bits | READ_LIST, value
        if (
            expr.fun in _SHAPES
            and expr.kind.cat != "list"
            and _cat(self.kind(expr.args[0])) in ("array", "num")
        ):
            for _, read in parts[1:]:
                bits |= read
            return bits, value
        display = expr.fun in ("tuple", "list", "dict") and not expr.form  # `list(xs)` reads xs now
        if display or expr.fun in ("(tuple)", "(list)", "(dict)", "(slice)"):
            for _, read in parts:
                value |= read
                bits |= read if expr.form else 0  # list(x) takes the items that x has now
            return bits, value
        for _, read in parts:
            bits |= read
        return bits, value

    def is_element(self, expr: Expr) -> bool:
        """Whether an expression is `x[index]`, and writing into its value is writing into x."""
        if not isinstance(expr, Node) or expr.fun != "getitem":
            return False
        return self._is_view(expr) or _cat(self.kind(expr.args[0])) in ("list", "dict")

    def _is_view(self, expr: Node) -> bool:
        """Whether the operation binds storage without reading it."""
        form = (
            f".{expr.args[1].value}"
            if expr.fun == "getattr" and isinstance(expr.args[1], Const)
            else expr.form
        )
        if form in ATTRIBUTES and len(expr.args) <= 2 and (expr.fun == "getattr" or len(expr.args) == 1):
            return _cat(self.kind(expr.args[0])) in ("array", "num", "npscalar")
        if expr.fun != "getitem" or _cat(self.kind(expr.args[0])) != "array" or expr.kind.cat != "array":
            return False
        index = expr.args[1]
        parts = index.args if isinstance(index, Node) and index.fun == "(tuple)" else (index,)
        return all(self._is_basic(part) for part in parts)

    def _is_slices(self, expr: Node) -> bool:
        """Whether a view is taken by slices alone, no more than the array has axes: that raises never."""
        index, kind = expr.args[1], self.kind(expr.args[0])
        parts = index.args if isinstance(index, Node) and index.fun == "(tuple)" else (index,)
        slices = all(isinstance(part, Node) and part.fun == "(slice)" for part in parts)
        steps = all(
            is_const(part.args[2], None) for part in parts if isinstance(part, Node) and len(part.args) == 3
        )
        return slices and steps and kind is not None and (kind.rank or 0) >= len(parts)

    def _is_basic(self, part: Expr) -> bool:
        if isinstance(part, Node) and part.fun == "(slice)":
            return True
        if isinstance(part, Const):
            return part.value is None or part.value is Ellipsis or type(part.value) is int
        kind = self.kind(part)
        return _cat(kind) in ("int", "slice") or (
            _cat(kind) == "npscalar" and kind is not None and kind.sort == "int"
        )

    def _raises(self, expr: Node) -> bool:
        """Whether an operation of the user's may raise, as far as kinds can exclude it."""
        if expr.fun in _TESTS or expr.fun in (
            "(tuple)",
            "(list)",
            "(dict)",
            "(slice)",
            "(ifelse)",
            "tuple",
            "list",
        ):
            return False
        found = [self.kind(arg) for arg in expr.args if not isinstance(arg, Const)]
        if expr.fun == "getitem" and self._is_view(expr):
            return not self._is_slices(expr)
        scalar = all(kind is not None and kind.is_scalar and kind.cat != "complex" for kind in found)
        if expr.fun in ("add", "sub", "mul", "neg", "pos", "lt", "le", "eq", "ne", "gt", "ge"):
            return not scalar
        if expr.fun in ("copy", "np.sum", "len", "getattr"):
            return _cat(found[0] if found else None) not in ("array", "num", "npscalar") or bool(expr.kwargs)
        return True


def effectful(expr: Node) -> bool:
    """Whether an operation does something beyond its value, or depends on hidden state."""
    if expr.fun in _CALLS or expr.fun.startswith(_STATE):
        return True
    if expr.fun in PURE or expr.fun.startswith("(") or hasattr(builtins, expr.fun):
        return False
    words = tuple((key, _atom(value)) for key, value in expr.kwargs)
    effect = effect_of(Call(expr.fun, tuple(map(_atom, expr.args)), words, expr.form))
    return effect.result == "opaque" or effect.impure or bool(effect.written)


def _atom(expr: Expr) -> Atom:
    return Undef() if isinstance(expr, Node) else expr


def mutability(kind: Kind | None) -> int:
    """What reading a value of this kind reads: arrays, lists, both or nothing that can change."""
    if kind is None or kind.cat == "object":
        return _READS
    if kind.cat in ("array", "num"):
        return READ_ARRAY
    if kind.cat in ("list", "dict"):
        return READ_LIST | (READ_ARRAY if not kind.items else _of_items(kind))
    if kind.cat == "tuple":
        return _READS if kind.items is None else _of_items(kind)
    return 0


def passes(moved: int, fixed: int) -> bool:
    """Whether an expression may move past a statement, whatever they say about memory."""
    if moved & EFFECT or fixed & FENCE:
        return False
    return not (moved & RAISES and fixed & (RAISES | EFFECT))


def clash(moved: int, fixed: int) -> bool:
    """Whether a statement may write what an expression reads, as far as kinds tell."""
    return bool((moved & READ_ARRAY and fixed & WRITE_ARRAY) or (moved & READ_LIST and fixed & WRITE_LIST))


def _of_items(kind: Kind) -> int:
    bits = 0
    for item in kind.items or ():
        bits |= mutability(item)
    return bits


def _written(reads: int) -> int:
    return (WRITE_ARRAY if reads & READ_ARRAY else 0) | (WRITE_LIST if reads & READ_LIST else 0)


def _cat(kind: Kind | None) -> str:
    return "" if kind is None else kind.cat
