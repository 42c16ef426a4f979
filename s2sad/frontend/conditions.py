"""Lowering of conditions: what is true, comparisons, `and`, `or` and `not`.

    if not xs and 0.0 < x <= n:      t.1 = not(xs); the rest only where that is true (`choose`)

What is known is decided here: literals, displays, identity of what the program makes, types.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from s2sad.frontend import equality, links, maybes, numbered
from s2sad.frontend.dtypes import same_dtype
from s2sad.frontend.operators import class_method, static_attribute, user_operator
from s2sad.frontend.state import CALLABLE, Group, Local, State, Super, Value, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Ref, Var

COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Is: "is",
    ast.IsNot: "isnot", ast.In: "in", ast.NotIn: "notin",
}  # fmt: skip
FOLDABLE: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "is": operator.is_, "isnot": operator.is_not, "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}  # fmt: skip


class Conditions(State):
    """The part of lowering that reads conditions."""

    def _unary_not(self, value: Value, node: ast.AST, hint: str = "") -> Value:
        known = self.static_truth(value)
        if known is not None:
            return Const(not known)
        cond = self.truth(value, node)
        made = self.emit(Call("not", (cond,)), K.BOOL, node, hint)
        for holds in (True, False) if self.facts else ():
            self.facts[made.name, not holds] = maybes.implied(self.facts, cond, holds)
        return made

    def truth(self, value: Value, node: ast.AST) -> Atom:
        """An operand whose truth is asked for."""
        known = self.static_truth(value)
        if known is not None:
            return Const(known)
        if isinstance(value, Group) and value.cat == maybes.MAYBE:
            return self.atom(maybes.asked(self.facts, value))
        if isinstance(value, Group) and value.cat == maybes.EITHER:
            flag, one, two = value.items
            made = self.choose(flag, lambda: self.truth(one, node), lambda: self.truth(two, node), node)
            return self.atom(made, node)
        cls = self.class_of(value)
        for name in ("__bool__", "__len__"):
            method = class_method(self, cls, name)
            if method is not None:
                return self.atom(self.call_value(method, [value], {}, node), node)
        if numbered.is_number_of(self.kind(value)):
            numbered.refuse_defined(self, value, ("__bool__", "__len__"), node)
            return numbered.truth(self, value, node)
        return self.atom(value, node)

    def _says_its_truth(self, value: Value) -> bool:
        """Whether a method of the user's is asked for the truth of an object."""
        cls = self.class_of(value)
        return any(class_method(self, cls, name) is not None for name in ("__bool__", "__len__"))

    def static_truth(self, value: Value) -> bool | None:
        """The truth of a value if it is known here."""
        if isinstance(value, Const):
            return bool(value.value)
        if self._says_its_truth(value):
            return None
        value = opened(value)
        if isinstance(value, Super):
            return True
        if isinstance(value, Group) and value.cat == maybes.MAYBE:
            return None if self.static_truth(value.items[1]) else False
        if isinstance(value, Group) and value.cat == maybes.EITHER:
            return None
        if isinstance(value, Group):
            return bool(value.items) if value.cls is None or issubclass(value.cls, tuple) else True
        if isinstance(value, CALLABLE) or (isinstance(value, Ref) and callable(value.obj)):
            return True
        if isinstance(value, Ref) and type(held := value.obj) in (list, tuple, dict):
            self.depend(("truth", id(held)), lambda: bool(held), bool(held), value.text, same=True)
            return bool(held)
        kind = self.kind(value)
        if kind.cat in ("tuple", "dict") and kind.items is not None:
            return bool(kind.items)
        return False if kind.cat == "none" else None

    def _compare(self, node: ast.Compare, hint: str) -> Value:
        left = self.operand(node.left)
        if len(node.ops) == 1:
            return self.compare(
                COMPARE[type(node.ops[0])], left, self.operand(node.comparators[0]), node, hint
            )
        return self._chain(left, list(zip(node.ops, node.comparators, strict=True)), node, hint)

    def _chain(
        self, left: Value, rest: list[tuple[ast.cmpop, ast.expr]], node: ast.Compare, hint: str
    ) -> Value:
        op, comparator = rest[0]
        right = self.operand(comparator)
        first = self.compare(COMPARE[type(op)], left, right, node)
        if len(rest) == 1:
            return first
        known = self.static_truth(first)
        if known is not None:
            return self._chain(right, rest[1:], node, hint) if known else first
        return self.choose(first, lambda: self._chain(right, rest[1:], node, ""), lambda: first, node, hint)

    def compare(self, op: str, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """A comparison, decided here if both sides are known."""
        tested = maybes.compared(self, op, left, right, node)
        if tested is not None:
            return tested if op in ("isnot", "ne") else self._unary_not(tested, node, hint)
        left, right = (maybes.given(self, v, node, maybes.ITERATE) for v in (left, right))
        if self.opened:
            self._refuse_identity(left, right, node)
        links.refuse_none(self, left, right, node)
        equality.refuse_arguments(self, op, left, right, node)
        known = self._compared(op, left, right)
        if known is not None:
            return Const(known)
        equality.refuse_identity(self, op, left, right, node)
        if op in ("in", "notin"):
            keys = right.group.keys if isinstance(right, Local) and right.cat == "dict" else None
            if keys is not None or self.row_keys_of(right):  # only its keys are asked for
                held = [Const(k) for k in keys or self.row_keys_of(right)]
                return self.compare(op, left, Group("list", list(held)), node, hint)
            left = equality.as_held(self.kind(right), left)
        answer = self._by_class(op, left, right, node)
        if answer is not None:
            return self._unary_not(answer, node) if op in ("notin", "ne") else answer
        same = equality.compared_parts(self, op, left, right, node) or numbered.compared(
            self, op, left, right, node
        )
        if same is not None:
            return same
        if op not in ("is", "isnot", "in", "notin"):
            made = user_operator(self, op, left, right, node)
            if made is not None:
                return made
            kinds = [self.kind(left), self.kind(right)]
            if all(k.is_number or k.cat in ("list", "tuple") for k in kinds) and any(
                k.is_number and not k.is_python for k in kinds
            ):  # a list beside an array is compared by elements
                return self.apply(op, [left, right], {}, node, hint=hint)
            if all(k.is_number for k in kinds):
                return self.apply(op, [left, right], {}, node, hint=hint)
        if equality.asks_held(self, op, left, right):
            self.refuse(node, "containers of objects are compared", "compare the objects one by one")
        return self.emit(
            Call(op, (self.variable(left, node), self.variable(right, node))), K.BOOL, node, hint
        )

    def _refuse_identity(self, left: Value, right: Value, node: ast.AST) -> None:
        """Whether an argument that is taken for an object of the program is one from outside is not known."""
        for one, two in ((left, right), (right, left)):
            if self.class_of(one) is not None and isinstance(two, Ref):
                self.refuse(node, f"an object is compared with {two.text}", "compare attributes")

    def _by_class(self, op: str, left: Value, right: Value, node: ast.AST) -> Value | None:
        """`in` and `==` of lists where a class says what that means, of the list or of what it holds."""
        if op in ("eq", "ne"):
            lists = all(isinstance(v, Var) and self.kind(v).cat == "list" for v in (left, right))
            return equality.found(self, "eq", left, right, node) if lists else None
        if op not in ("in", "notin"):
            return None
        if links.rows_of(self, right):
            return links.has_key(self, left, right, node)
        method = class_method(self, self.class_of(right), "__contains__")
        if method is not None:
            return self.call_value(method, [right, left], {}, node)
        return equality.found(self, "in", right, left, node)

    def _compared(self, op: str, left: Value, right: Value) -> bool | None:
        """What a comparison gives, if that is known."""
        if isinstance(left, Const) and isinstance(right, Const):
            try:
                return bool(FOLDABLE[op](left.value, right.value))
            except TypeError:  # the primal raises it as well
                return None
        if op in ("eq", "ne"):
            same = same_dtype(left, right)
            if isinstance(left, Ref) and isinstance(right, Ref) and _by_identity(left.obj, right.obj):
                same = left.obj is right.obj
            return same if same is None else same == (op == "eq")
        if op in ("is", "isnot"):
            if isinstance(left, Local) and isinstance(right, Local):
                if left is right or {left.number, right.number}.isdisjoint(self.objects.shared):
                    return (left is right) == (op == "is")
            if isinstance(left, Ref) and isinstance(right, Ref):
                return (left.obj is right.obj) == (op == "is")
            if self.kind(left).cat == self.kind(right).cat == "none":
                return op == "is"
            for one, two in ((left, right), (right, left)):
                if isinstance(two, Const) and two.value is None and self._never_none(one):
                    return op == "isnot"
        return equality.inside(self, op, left, right) if op in ("in", "notin") else None

    def _never_none(self, value: Value) -> bool:
        if isinstance(value, Ref | Group | Local | Super) or isinstance(value, CALLABLE):
            return True
        return self.kind(value).cat not in ("object", "none") and not self.kind(value).optional

    def _boolop(self, node: ast.BoolOp, hint: str) -> Value:
        return self._connected(node, 0, hint)

    def asked(self, node: ast.expr) -> Value:
        """The value of a condition: of what is made here and `and` or `or` would give, its truth."""
        return self._connected(node, 0, "", True) if isinstance(node, ast.BoolOp) else self.operand(node)

    def _is_no_number(self, kind: K.Kind) -> bool:
        """Whether a value and a truth value do not meet in one kind: lists, numbers of a class."""
        return kind.cat == "list" or bool(numbered.torn("", kind, K.BOOL))

    def _connected(self, node: ast.BoolOp, start: int, hint: str, tested: bool = False) -> Value:
        part = node.values[start]
        first = self.asked(part) if tested else self.operand(part)
        if tested and (self.stands_in(first) is not None or self._says_its_truth(first)):
            first = self.truth(first, part)
        elif tested and isinstance(first, Var) and self._is_no_number(self.kind(first)):
            first = self.emit(Call("bool", (self.atom(first, part),)), K.BOOL, part)  # `stack and ...`
        if start == len(node.values) - 1:
            return first
        known = self.static_truth(first)
        is_and = isinstance(node.op, ast.And)
        if known is not None:
            return self._connected(node, start + 1, hint, tested) if known == is_and else first

        second: list[Value] = []

        def rest() -> Value:
            second[:] = [self._connected(node, start + 1, "", tested)]
            return second[0]

        def here() -> Value:
            return first

        made = self.choose(first, rest if is_and else here, here if is_and else rest, node, hint)
        if self.facts and isinstance(made, Var) and second:
            both = [maybes.implied(self.facts, v, is_and) for v in (first, second[0])]
            self.facts[made.name, is_and] = both[0] | both[1]
        return made


def _by_identity(*objs: Any) -> bool:
    """Whether objects equal nothing but themselves, as functions and members of enumerations do."""
    return all(static_attribute(type(obj), "__eq__") is object.__eq__ for obj in objs)


__all__ = ["COMPARE", "Conditions"]
