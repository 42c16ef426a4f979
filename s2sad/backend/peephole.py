"""Rewrites of expression trees that a person would do while writing, on what transforms made alone.

Each takes and gives a node whose value is the same (exactly, but for constants that are multiplied
together), and which is as fresh: `1.0*x` is a new array and becomes `x` only as an operand of arithmetic.

    a + (-b)  ->  a - b            2*(0.5*x)        ->  x (as an operand)
    (-a)*b    ->  -(a*b)           np.sum(a*b)      ->  np.vdot(a, b), if shapes are known to be equal
    x + x     ->  2*x              `x += -t`        ->  `x -= t`
"""

from __future__ import annotations

import cmath
from dataclasses import replace
from typing import TypeGuard

from s2sad.backend.tree import Expr, Node, Write
from s2sad.ir.kinds import Kind, same_shape
from s2sad.ir.literals import times
from s2sad.ir.nodes import Const, Var

_ARITHMETIC = ("add", "sub", "mul", "truediv", "neg")
_NUMBERS = (int, float, complex)


class Peephole:
    """Simplifies nodes of one program."""

    def __init__(self, kinds: dict[str, Kind]) -> None:
        self.kinds = kinds

    def __call__(self, node: Node) -> Expr:
        """The simplified node; its arguments are simplified already."""
        if not node.made:
            return node
        if node.fun == "np.sum":
            return self._sum(node)
        if node.fun not in _ARITHMETIC or node.kwargs:
            return node
        args = [self._operand(arg) for arg in node.args]
        if any(a is not b for a, b in zip(args, node.args, strict=True)):
            node = replace(node, args=tuple(args))
        found: Expr = node
        if node.fun in ("add", "sub"):
            found = self._add(node)
        elif node.fun in ("mul", "truediv"):
            found = self._mul(node)
        elif node.fun == "neg":
            found = self._neg(node)
        return found

    def store(self, stmt: Write) -> None:
        """`x += -t` and the like."""
        if stmt.made and stmt.op in ("add", "sub"):
            value, negative = _positive(stmt.value)
            if negative:
                stmt.value = value
                stmt.op = "sub" if stmt.op == "add" else "add"

    def _operand(self, arg: Expr) -> Expr:
        """An operand of arithmetic: here no one can tell `1.0*x` and `-(-x)` from x."""
        factor, rest = _split(arg)
        if rest is not None and factor == 1 and self._inexact(rest):
            return rest
        if _is(arg, "neg") and _is(arg.args[0], "neg"):
            return arg.args[0].args[0]
        return arg

    def _add(self, node: Node) -> Expr:
        left, right = node.args
        value, negative = _positive(right)
        if negative:
            return replace(node, fun="sub" if node.fun == "add" else "add", args=(left, self._operand(value)))
        if node.fun == "add" and _is(left, "neg"):
            return replace(node, fun="sub", args=(right, left.args[0]))
        if (
            node.fun == "add"
            and isinstance(left, Var)
            and left == right
            and self._sort(left) in ("float", "complex", "int")
        ):
            return replace(node, fun="mul", args=(Const(2), left))
        return node

    def _mul(self, node: Node) -> Expr:
        left, right = node.args
        if _is(left, "neg") or (node.fun == "mul" and _is(right, "neg")):
            bare = [arg.args[0] if _is(arg, "neg") else arg for arg in node.args]
            core = self(replace(node, args=(bare[0], bare[1]) if node.fun == "mul" else (bare[0], right)))
            twice = node.fun == "mul" and _is(left, "neg") and _is(right, "neg")
            return core if twice else self(replace(node, fun="neg", args=(core,)))
        if node.fun == "truediv":
            return node
        outer, rest = _split(node)
        inside, core_or_none = (None, None) if rest is None else _split(rest)
        if outer is not None and inside is not None and core_or_none is not None:
            product = times(outer, inside)
            if cmath.isfinite(product):
                node = replace(node, args=(Const(product), core_or_none))
                outer, rest = product, core_or_none
        if outer == 1 and rest is not None and self._inexact(rest) and self._fresh(rest):
            return rest
        if outer == -1 and rest is not None and self._inexact(rest):
            return replace(node, fun="neg", args=(rest,))
        return node

    def _neg(self, node: Node) -> Expr:
        arg = node.args[0]
        if isinstance(arg, Const) and type(arg.value) in _NUMBERS:
            return Const(-arg.value)
        if _is(arg, "neg") and self._fresh(arg.args[0]):
            return arg.args[0]
        factor, rest = _split(arg)
        if factor is not None and rest is not None and isinstance(arg, Node):
            return replace(arg, args=(Const(-factor), rest))
        return node

    def _sum(self, node: Node) -> Expr:
        if len(node.args) != 1 or node.kwargs or not _is(node.args[0], "mul"):
            return node
        left, right = node.args[0].args
        kinds = self._kind(left), self._kind(right)
        if any(
            kind is None or kind.cat != "array" or not kind.rank or kind.sort != "float" for kind in kinds
        ):
            return node
        if kinds[0] is None or kinds[1] is None or not same_shape(kinds[0], kinds[1]):
            return node
        return replace(node, fun="np.vdot", form="", args=(left, right))

    def _kind(self, expr: Expr) -> Kind | None:
        if isinstance(expr, Var):
            return self.kinds.get(expr.name)
        return expr.kind if isinstance(expr, Node) else None

    def _sort(self, expr: Expr) -> str:
        kind = self._kind(expr)
        return "" if kind is None else kind.sort

    def _inexact(self, expr: Expr) -> bool:
        kind = self._kind(expr)
        return kind is not None and kind.inexact

    def _fresh(self, expr: Expr) -> bool:
        """Whether giving the operand instead of a new value shares no storage."""
        kind = self._kind(expr)
        if isinstance(expr, Node) and expr.fun in _ARITHMETIC:
            return True
        return kind is not None and kind.is_scalar


def _is(expr: Expr, fun: str) -> TypeGuard[Node]:
    return isinstance(expr, Node) and expr.made and expr.fun == fun and not expr.kwargs


def _split(expr: Expr) -> tuple[int | float | complex | None, Expr | None]:
    """The factor c and e of a made `c*e` or `e*c`."""
    if not _is(expr, "mul"):
        return None, None
    left, right = expr.args
    if isinstance(left, Const) and type(left.value) in _NUMBERS:
        return left.value, right
    if isinstance(right, Const) and type(right.value) in _NUMBERS:
        return right.value, left
    return None, None


def _positive(expr: Expr) -> tuple[Expr, bool]:
    """e for `-e`, 2*e for `-2*e`, and whether there was a sign."""
    if _is(expr, "neg"):
        return expr.args[0], True
    factor, rest = _split(expr)
    if isinstance(expr, Node) and isinstance(factor, int | float) and factor < 0 and rest is not None:
        if factor == -1 and type(factor) is int:
            return rest, True
        return replace(expr, args=(Const(-factor), rest)), True
    return expr, False
