"""Rewrites of expression trees that a person would do while writing, on what transforms made alone.

Each takes and gives a node whose value is the same (exactly, but for constants that are multiplied
together, for cotangents and tangents t of which sums are taken, and for numbers that sums are divided by),
and which is as fresh: `1.0*x` is a new array and becomes `x` only as an operand of arithmetic.

    a + (-b)  ->  a - b            2*(0.5*x)        ->  x (as an operand)
    (-a)*b    ->  -(a*b)           np.sum(a*b)      ->  np.vdot(a, b), if shapes are known to be equal
    x + x     ->  2*x              `x += -t`        ->  `x -= t`
    a*t - b*t ->  (a - b)*t        0.1*(x*y)        ->  0.1*x*y
    r*s - r*t ->  r*(s - t)        s + a*t - b*t    ->  s + (a - b)*t
    2*x*(1.0/n)  ->  2.0/n*x       x*(1.0/n)        ->  x/n
    2*(-0.5*x/y) ->  -x/y          (c*a)[1:]        ->  c*a[1:], c a number
    s + t + t ->  s + 2*t          np.mean(a*b)     ->  np.vdot(a, b)/a.size
    0.0 + s   ->  s, a number      `x += -a @ b`    ->  `x -= a @ b`
    a.T.T @ b ->  a @ b            np.sum(-(a/s))   ->  -np.sum(a)/s, s a number
    a + np.broadcast_to(b, s)      ->  a + b, if a is known to have the shape s
    np.sum(a.T, axis=0)            ->  np.sum(a, axis=1)
"""

from __future__ import annotations

import cmath
import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeGuard

from s2sad.backend.tree import Expr, Node, Write, nodes, same
from s2sad.ir.kinds import INT, OBJECT, Kind, elementwise, is_coarser, kind_of_value, same_shape
from s2sad.ir.literals import times
from s2sad.ir.nodes import Block, Const, Let, Ref, Var, walk

_ARITHMETIC = ("add", "sub", "mul", "truediv", "neg")
_LINEAR = (*_ARITHMETIC, "getitem")
_IN_FIRST = ("truediv", "getitem")
_READING = ("matmul", "np.outer", "np.dot")  # give something new, whatever stands for their operands
_ONE_AXIS = [(("axis", Const(0)),), (("axis", Const(1)),)]  # of two
_NUMBERS = (int, float, complex)
MILD = 1e-9  # literals between this and its inverse make no product overflow that does not elsewhere


class Peephole:
    """Simplifies nodes of one program."""

    def __init__(self, kinds: dict[str, Kind], hints: dict[str, str], body: Block = ()) -> None:
        self.kinds, self.hints, self.body = kinds, hints, body

    def __call__(self, node: Node) -> Expr:
        """The simplified node; its arguments are simplified already."""
        if not node.made:
            return node
        if node.fun in ("np.sum", "np.mean", "getitem"):
            return self._sum(node) if node.fun == "np.sum" else self._of_elements(node)
        if node.fun == "where_used":  # 0 where the cotangent is, which a literal says
            part, bar = node.args[:2]
            is_new = isinstance(part, Node) and part.fun in _ARITHMETIC
            return part if is_new and isinstance(bar, Const) and bar.value else node
        if node.fun == "np.vdot":
            bare = [_positive(arg) for arg in node.args]
            dot = replace(node, args=(bare[0][0], bare[1][0]))
            return dot if bare[0][1] == bare[1][1] else Node("neg", (dot,), made=True, kind=node.kind)
        if node.fun in ("unbroadcast", "summed_to"):
            value, negative = _positive(node.args[0])
            fitted = replace(node, args=(value, node.args[1]))
            return Node("neg", (fitted,), made=True, kind=node.kind) if negative else node
        if node.fun in _READING:
            factors = tuple(_untwisted(self._operand(arg)) for arg in node.args)
            return node if factors == node.args else replace(node, args=factors)
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

    def total(self, node: Node) -> Expr:
        """A sum or difference whose value is the same bit for bit: factors stay where they are."""
        args = [self._operand(arg) for arg in node.args]
        return self._add(replace(node, args=tuple(args)), factoring=False)

    def store(self, stmt: Write) -> None:
        """`x += -t` and the like."""
        if stmt.made and stmt.op in ("add", "sub"):
            value, negative = _positive(stmt.value)
            while negative:
                stmt.value = value
                stmt.op = "sub" if stmt.op == "add" else "add"
                value, negative = _positive(value)
            if _is_below_zero(stmt.value):
                stmt.value = Const(-stmt.value.value)
                stmt.op = "sub" if stmt.op == "add" else "add"
            elif _is(stmt.value, "sub"):
                left, negative = _positive(stmt.value.args[0])
                if negative:  # -a - b
                    stmt.value = self(replace(stmt.value, fun="add", args=(left, stmt.value.args[1])))
                    stmt.op = "sub" if stmt.op == "add" else "add"

    def _operand(self, arg: Expr) -> Expr:
        """An operand of arithmetic: here no one can tell `1.0*x` and `-(-x)` from x."""
        factor, rest = _split(arg)
        if rest is not None and factor == 1 and self._inexact(rest):
            return rest
        if _is(arg, "neg") and _is(arg.args[0], "neg"):
            return arg.args[0].args[0]
        return arg

    def _add(self, node: Node, factoring: bool = True) -> Expr:
        left, right = node.args
        if node.fun == "add" and left == Const(0.0) and self._is_number(right):
            return right
        value, negative = _positive(right)
        if _is_below_zero(right):
            value, negative = Const(-right.value), True
        if negative:
            fun = "sub" if node.fun == "add" else "add"
            node = replace(node, fun=fun, args=(left, self._operand(value)))
            return self._factored(node) if factoring else node
        if node.fun == "sub" and _is(left, "neg"):
            total = self._add(replace(node, fun="add", args=(left.args[0], right)))
            return self._neg(replace(node, fun="neg", args=(total,))) if _is(total, "mul") else node
        value, negative = _positive(left) if node.fun == "add" else (left, False)
        if node.fun == "add" and _is_below_zero(left):
            value, negative = Const(-left.value), True
        if negative and not (takes(left) and takes(right)):
            node = replace(node, fun="sub", args=(right, self._operand(value)))
            return self._factored(node) if factoring else node
        twice = node.fun == "add" and (_is(left, "mul") if isinstance(left, Node) else isinstance(left, Var))
        if twice and same(left, right) and self._sort(left) in ("float", "complex", "int"):
            return self._mul(replace(node, fun="mul", args=(Const(2), left)))
        if _is(left, node.fun) and left.args[1] == right and isinstance(right, Var) and self._is_array(right):
            double = self._mul(Node("mul", (Const(2), right), made=True, kind=self._kind(right) or OBJECT))
            return replace(node, args=(left.args[0], double))
        return self._factored(node) if factoring else node

    def _factored(self, node: Node) -> Node:
        """`a*t + b*t` is `(a + b)*t` where t is a cotangent or a tangent: sums of products are linear in it.

        `s/x - t/x` is `(s - t)/x`, if there is one in s and t.
        """
        left, right = node.args
        if _is(left, "truediv") and _is(right, "truediv") and left.args[1] == right.args[1]:
            return self._over_one_divisor(node, left, right)
        if (_is(left, "add") or _is(left, "sub")) and _is(right, "mul"):
            return self._factored_behind(node, left, right)
        if not (_is(left, "mul") and _is(right, "mul")):
            return node
        (scale, first), (twin, second) = _split(left), _split(right)
        if scale == twin and first is not None and second is not None:
            if (inner := self._inner(node, (first, second))) is not None:
                return replace(node, fun="mul", args=(Const(scale), self(inner)))
        others = list(_factors(right))
        for factor in _factors(left):
            if isinstance(factor, Var) and factor in others and self._is_linear(factor):
                inner = self._inner(node, (_without(left, factor), _without(right, factor)))
                if inner is not None:
                    return replace(node, fun="mul", args=(self(inner), factor))
        return self._scaled(node, left, right)

    def _inner(self, node: Node, parts: tuple[Expr, Expr]) -> Node | None:
        """The sum or difference of what two products have apart; not where it has fewer digits than they."""
        kinds = [kind for part in parts if (kind := self._real(part)) is not None]
        if len(kinds) < 2 or any(self._is_rounded(part, node.kind) for part in parts):
            return None
        return replace(node, args=parts, kind=elementwise(*kinds))

    def _is_rounded(self, product: Expr, whole: Kind) -> bool:
        """Whether a product has fewer digits than what it is multiplied to: no factor has as many."""
        factors = [factor for factor in _factors(product) if not isinstance(factor, Const)]
        kinds = [kind_of_value(f.obj) if isinstance(f, Ref) else self._kind(f) for f in factors]
        strong = [kind for kind in kinds if kind is None or not kind.is_python]
        return bool(strong) and all(kind is not None and is_coarser(kind, whole) for kind in strong)

    def _factored_behind(self, node: Node, left: Node, right: Node) -> Node:
        """`s + a*t - b*t` as `s + (a - b)*t`."""
        first, last = left.args
        kinds = [kind for part in (last, right) if (kind := self._real(part)) is not None]
        if not _is(last, "mul") or len(kinds) < 2:
            return node
        fun = "add" if left.fun == node.fun else "sub"
        pair = Node(fun, (last, right), made=True, kind=elementwise(*kinds))
        joined = self._factored(pair)
        return node if joined is pair else replace(node, fun=left.fun, args=(first, joined))

    def _scaled(self, node: Node, left: Node, right: Node) -> Node:
        """`r*s + r*t` as `r*(s + t)`, if there is a cotangent or a tangent in s and t, of one shape."""
        others = list(_factors(right))
        for factor in _factors(left):
            if not isinstance(factor, Var) or factor not in others or self._real(factor) is None:
                continue
            parts = _without(left, factor), _without(right, factor)
            kinds = [kind for part in parts if (kind := self._real(part)) is not None]
            linear = [any(isinstance(f, Var) and self._is_linear(f) for f in _factors(p)) for p in parts]
            if len(kinds) == 2 and all(linear) and same_shape(*kinds):
                inner = self._inner(node, parts)
                if inner is not None:
                    return replace(node, fun="mul", args=(factor, self(inner)))
        return node

    @functools.cached_property
    def linear(self) -> frozenset[str]:
        """Cotangents, tangents, and what is made of them by arithmetic that is linear in them."""
        found = {name for name, hint in self.hints.items() if hint.endswith(("_bar", "_dot"))}
        for stmt in walk(self.body):
            if isinstance(stmt, Let) and stmt.made and stmt.call.fun in _LINEAR:
                args = stmt.call.args[:1] if stmt.call.fun in _IN_FIRST else stmt.call.args
                if any(isinstance(a, Var) and a.name in found for a in args):
                    found.add(stmt.name)
        return frozenset(found)

    def _over_one_divisor(self, node: Node, left: Node, right: Node) -> Node:
        parts = left.args[0], right.args[0]
        inner = self._inner(node, parts)
        linear = [any(isinstance(f, Var) and self._is_linear(f) for f in _factors(part)) for part in parts]
        if inner is None or not all(linear):
            return node
        return replace(node, fun="truediv", args=(self(inner), left.args[1]))

    def _real(self, expr: Expr) -> Kind | None:
        """The kind of a real number or an array of floats: whole numbers of NumPy's wrap around."""
        kind = kind_of_value(expr.value) if isinstance(expr, Const) else self._kind(expr)
        if kind is None:
            return None
        return kind if kind.sort == "float" or (kind.is_python and kind.sort in ("int", "bool")) else None

    def _is_linear(self, var: Var) -> bool:
        return self._sort(var) == "float" and var.name in self.linear

    def _mul(self, node: Node) -> Expr:
        left, right = node.args
        if node.fun == "mul" and isinstance(right, Const) and type(right.value) in _NUMBERS:
            if isinstance(left, Const) and type(left.value) in _NUMBERS:
                return Const(times(left.value, right.value))
        if _is(left, "neg") or (node.fun == "mul" and _is(right, "neg")):
            bare = [arg.args[0] if _is(arg, "neg") else arg for arg in node.args]
            core = self(replace(node, args=(bare[0], bare[1]) if node.fun == "mul" else (bare[0], right)))
            twice = node.fun == "mul" and _is(left, "neg") and _is(right, "neg")
            return core if twice else self(replace(node, fun="neg", args=(core,)))
        if node.fun == "truediv":
            return node
        if _is(right, "truediv") and isinstance(right.args[0], Const) and self._is_share(left, right):
            return self._shared(node, left, right)
        if _is(right, "truediv") and right.args[0] == Const(1.0) and self._are_floats(left, right):
            return replace(right, args=(left, right.args[1]), kind=node.kind)  # x*(1.0/y)
        outer, rest = _split(node)
        if outer is not None and rest is not None and _is(rest, "truediv"):
            return self._over(node, outer, rest)
        inside, core_or_none = (None, None) if rest is None else _split(rest)
        if outer is not None and inside is not None and core_or_none is not None:
            product = times(outer, inside)
            if cmath.isfinite(product):
                node = replace(node, args=(Const(product), core_or_none))
                outer, rest = product, core_or_none
        if outer == 1 and rest is not None and self._inexact(rest) and self.is_fresh(rest):
            return rest
        if outer == -1 and rest is not None and self._inexact(rest):
            return replace(node, fun="neg", args=(rest,))
        return self._flat(node)

    def _over(self, node: Node, outer: float | complex, quotient: Node) -> Expr:
        """`2*(0.5*x/y)` as `x/y`: two literals make one, where one stands above already."""
        above, below = quotient.args
        inside, core = _split(above)
        if inside is None or core is None or not MILD <= abs(product := times(outer, inside)) <= 1/MILD:
            return node
        assert isinstance(above, Node)
        scaled: Expr = replace(above, args=(Const(product), core))
        if abs(product) == 1 and self._inexact(core):
            scaled = core if product == 1 else Node("neg", (core,), made=True, kind=above.kind)
        return replace(quotient, args=(scaled, below), kind=node.kind)

    def _are_floats(self, left: Expr, quotient: Node) -> bool:
        """Whether x and 1.0/y are Python's floats, or x and y arrays of floats of one dtype."""
        mine, share, its = map(self._kind, (left, quotient, quotient.args[1]))
        if mine is None or share is None or (mine.cat == share.cat == "float"):
            return mine is not None and share is not None
        alike = its is not None and (mine.cat, mine.dtype) == (its.cat, its.dtype)
        return alike and mine.cat == "array" and mine.sort == "float"

    def _is_share(self, left: Expr, quotient: Node) -> bool:
        """Whether an array is multiplied by a literal over a number, and its dtype stays."""
        kind, mine = self._kind(quotient.args[1]), self._kind(left)
        if kind is None or mine is None or not kind.is_scalar or kind.sort not in ("float", "int"):
            return False
        wide = mine.dtype == "float64" or mine.sort == "bool" or quotient.kind.is_python
        return wide and mine.cat == "array" and bool(mine.rank) and mine.sort in ("float", "bool")

    def _shared(self, node: Node, left: Expr, quotient: Node) -> Node:
        """`2*x*(1.0/n)` as `2.0/n*x`, `x*(1.0/n)` as `x/n`: one operation on the elements."""
        above, number = quotient.args
        assert isinstance(above, Const)
        factor, rest = _split(left)
        if factor is not None and rest is not None:
            share = replace(quotient, args=(Const(times(factor, above.value)), number))
            return replace(node, args=(share, rest))
        if above.value == 1:
            return replace(node, fun="truediv", args=(left, number))
        return replace(node, args=(quotient, left))

    def _flat(self, node: Node) -> Node:
        """`c*(a*b)` and `a*(c*b)` with a literal c as `c*a*b`, if that takes no more work on elements."""
        left, right = node.args
        if not _is(right, "mul"):
            return node
        first, last = right.args
        if not isinstance(left, Const):
            left, first = first, left
        kind, other = self._real(first), self._real(last)
        if not isinstance(left, Const) or type(left.value) not in _NUMBERS or kind is None or other is None:
            return node
        if left is not node.args[0] and kind.rank != 0 and not same_shape(kind, other):
            return node
        scaled = replace(right, args=(left, first), kind=elementwise(kind_of_value(left.value), kind))
        if is_coarser(scaled.kind, node.kind):
            return node
        return replace(node, args=(self._operand(self(scaled)), last))

    def _neg(self, node: Node) -> Expr:
        arg = node.args[0]
        if isinstance(arg, Const) and type(arg.value) in _NUMBERS:
            return Const(-arg.value)
        if _is(arg, "neg") and self.is_fresh(arg.args[0]):
            return arg.args[0]
        factor, rest = _split(arg)
        if factor is not None and rest is not None and isinstance(arg, Node):
            return replace(arg, args=(Const(-factor), rest))
        value, negative = _positive(arg)
        return value if negative and isinstance(arg, Node) and arg.fun in ("mul", "truediv") else node

    def _sum(self, node: Node) -> Expr:
        inner = node.args[0]
        if _is(inner, "neg") and self._is_array(inner.args[0]):
            total = self(replace(node, args=(inner.args[0], *node.args[1:])))
            return replace(node, fun="neg", form="", args=(total,), kwargs=())
        if _is_transpose(inner) and inner.kind.rank == 2 and node.kwargs in _ONE_AXIS:
            return replace(node, args=(inner.args[0],), kwargs=_ONE_AXIS[node.kwargs == _ONE_AXIS[0]])
        if len(node.args) != 1 or node.kwargs:
            return node
        if _is(inner, "truediv") and self._is_scaled(inner):
            total = self(replace(node, args=inner.args[:1]))
            return replace(inner, kind=node.kind, args=(total, inner.args[1]))
        if not _is(inner, "mul"):
            return node
        left, right = inner.args
        kinds = self._kind(left), self._kind(right)
        if any(
            kind is None or kind.cat != "array" or not kind.rank or kind.sort != "float" for kind in kinds
        ):
            return node
        if kinds[0] is None or kinds[1] is None or not same_shape(kinds[0], kinds[1]):
            return node
        factor, rest = _split(left)
        if factor is None or rest is None or self._kind(rest) != kinds[0]:
            return replace(node, fun="np.vdot", form="", args=(left, right))
        dot = replace(node, fun="np.vdot", form="", args=(rest, right))
        return Node("mul", (Const(factor), dot), made=True, kind=node.kind)

    def _of_elements(self, node: Node) -> Expr:
        """`np.mean(a*b)` as `np.vdot(a, b)/a.size`, `(c*a)[1:]` with a number c as `c*a[1:]`."""
        if node.fun == "getitem":
            return self._part(node)
        total = node if len(node.args) > 1 or node.kwargs else self._sum(replace(node, fun="np.sum", form=""))
        dot = total.args[1] if _is(total, "mul") else total
        array = next((a for a in dot.args if isinstance(a, Var)), None) if _is(dot, "np.vdot") else None
        if array is None or not isinstance(total, Node):
            return node
        size = Node("getattr", (array, Const("size")), made=True, kind=INT)
        return replace(node, fun="truediv", form="", args=(total, size))

    def _part(self, node: Node) -> Expr:
        base, index = node.args
        if not (_is(base, "mul") or _is(base, "neg")) or not takes_slices(index):
            return node
        arrays = [arg for arg in base.args if not isinstance(arg, Const) and not self._is_number(arg)]
        if len(arrays) != 1 or not isinstance(arrays[0], Var):
            return node
        kind = self.kinds[arrays[0].name]
        if kind.cat != "array" or not same_shape(base.kind, kind):
            return node
        part = replace(node, args=(arrays[0], index))
        args = tuple(part if arg is arrays[0] else arg for arg in base.args)
        return replace(base, args=args, kind=node.kind)

    def _is_number(self, expr: Expr) -> bool:
        kind = self._kind(expr)
        return kind is not None and kind.is_scalar and kind.sort == "float"

    def _is_array(self, expr: Expr) -> bool:
        kind = self._kind(expr)
        return kind is not None and kind.cat == "array" and bool(kind.rank) and kind.sort == "float"

    def _is_scaled(self, quotient: Node) -> bool:
        """Whether an array is divided by a number and keeps its dtype, so that its sum may be instead."""
        array, number = quotient.args
        mine, kind = self._kind(array), self._kind(number)
        if mine is None or kind is None or not self._is_array(array):
            return False
        return kind.is_scalar and kind.sort == "float" and quotient.kind.dtype == mine.dtype

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

    def is_fresh(self, expr: Expr) -> bool:
        """Whether giving the operand instead of a new value shares no storage."""
        kind = self._kind(expr)
        if isinstance(expr, Node) and expr.fun in _ARITHMETIC:
            return True
        return kind is not None and kind.is_scalar


def _is_below_zero(expr: Expr) -> TypeGuard[Const]:
    return isinstance(expr, Const) and type(expr.value) in (int, float) and bool(expr.value < 0)


def takes_slices(index: Expr) -> bool:
    """Whether an index names a part by slices alone."""
    parts = index.args if isinstance(index, Node) and index.fun == "(tuple)" else (index,)
    return all(isinstance(part, Node) and part.fun == "(slice)" for part in parts)


def takes(expr: Expr) -> bool:
    """Whether an expression takes items from lists, in the order in which it stands."""
    return any(node.fun.startswith("list.") for node in nodes(expr))


def _factors(expr: Expr) -> Iterator[Expr]:
    """The factors of a product that is made, in order."""
    if _is(expr, "mul"):
        for arg in expr.args:
            yield from _factors(arg)
    else:
        yield expr


def _without(product: Node, factor: Expr) -> Expr:
    """A made product without one of its factors."""
    left, right = product.args
    if factor in (left, right):
        return right if left == factor else left
    if _is(left, "mul") and factor in _factors(left):
        return replace(product, args=(_without(left, factor), right))
    assert _is(right, "mul")
    return replace(product, args=(left, _without(right, factor)))


def _is(expr: Expr, fun: str) -> TypeGuard[Node]:
    return type(expr) is Node and expr.made and expr.fun == fun and not expr.kwargs


def _untwisted(expr: Expr) -> Expr:
    """x for `x.T.T`, an operand that nobody else sees."""
    if _is_transpose(expr) and _is_transpose(expr.args[0]):
        return expr.args[0].args[0]
    return expr


def _is_transpose(expr: Expr) -> TypeGuard[Node]:
    if not isinstance(expr, Node) or expr.kind.cat != "array":
        return False
    return expr.fun == "getattr" and expr.args[1] == Const("T")


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
    """e for `-e`, 2*e for `-2*e`, 2/e for `-2/e`, and whether there was a sign."""
    if _is(expr, "neg"):
        return expr.args[0], True
    factor, rest = _split(expr)
    if isinstance(expr, Node) and isinstance(factor, int | float) and factor < 0 and rest is not None:
        if factor == -1 and type(factor) is int:
            return rest, True
        return replace(expr, args=(Const(-factor), rest)), True
    if _is(expr, "truediv") and _is_below_zero(expr.args[0]):
        return replace(expr, args=(Const(-expr.args[0].value), expr.args[1])), True
    if _is(expr, "matmul") or (_is(expr, "getitem") and isinstance(expr.args[0], Node)):
        first, negative = _positive(expr.args[0])
        return (replace(expr, args=(first, expr.args[1])), True) if negative else (expr, False)
    if (_is(expr, "mul") or _is(expr, "truediv")) and isinstance(expr.args[0], Node):
        first, negative = _positive(expr.args[0])
        return (replace(expr, args=(first, expr.args[1])), True) if negative else (expr, False)
    return expr, False
