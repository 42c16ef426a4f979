"""Lowering of expressions: an `ast.expr` becomes statements that compute it and the value that stands for it.

    np.sum(x[1:]*y)      t.1 = getitem(x, Slice(1, None, None)); t.2 = mul(t.1, y); t.3 = np.sum(t.2)

Operands are evaluated in Python's order. What is known (`x.ndim`, `y is None`, `isinstance(x, float)`,
literals under a minus) is folded, so that branches on it are decided here.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from s2sad.frontend import eithers, equality, escapes, generators, links, maybes, mirrors, numbered, shelves
from s2sad.frontend.conditions import Conditions
from s2sad.frontend.indices import index_kind
from s2sad.frontend.operators import either_class, user_operator
from s2sad.frontend.protocols import converted
from s2sad.frontend.records import known_key
from s2sad.frontend.sparse_constants import sparse_product
from s2sad.frontend.standins import Table
from s2sad.frontend.state import (
    Closure,
    Group,
    Local,
    Torn,
    Unbound,
    Value,
    Written,
)
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Ref, Tuple, Undef, Var

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod:
    "mod", ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "band", ast.BitOr: "bor", ast.BitXor: "bxor",
    ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert", ast.Not: "not"}
COUNTED = {  # arithmetic on Python integers that are known
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "floordiv": operator.floordiv,
    "mod": operator.mod,
}  # fmt: skip
REMEDIES = {
    "Await": "coroutines are not supported; compute the value before the call",
    "Yield": "collect the values in a list",
    "YieldFrom": "collect the values in a list",
}


def folded(values: list[Atom], pieces: list[Const], specs: list[Atom], conversions: list[Atom]) -> str:
    """The text of an f-string of constants."""
    convert: dict[Any, Callable[[Any], Any]] = {-1: lambda x: x}
    convert |= {ord("s"): str, ord("r"): repr, ord("a"): ascii}
    made = [pieces[0].value]
    for value, spec, conversion, piece in zip(values, specs, conversions, pieces[1:], strict=True):
        assert isinstance(value, Const) and isinstance(spec, Const) and isinstance(conversion, Const)
        made += [format(convert[conversion.value](value.value), spec.value), piece.value]
    return "".join(made)


class Expressions(Conditions):
    """The part of lowering that reads expressions."""

    def expr(self, node: ast.expr, hint: str = "") -> Value:
        """The value of an expression, with what computes it appended to the block."""
        name = type(node).__name__
        method: Callable[[Any, str], Value] | None = getattr(self, "_" + name.lower(), None)
        if method is None:
            self.refuse(
                node,
                f"the expression {name} is not supported",
                REMEDIES.get(name, "write it as a call or a loop"),
            )
        return method(node, hint)

    def operand(self, node: ast.expr) -> Value:
        """An expression whose value is needed at once."""
        value = self.expr(node)
        if self.eithers and eithers.is_either(value):
            return self.atom(value, node)
        if isinstance(value, Undef):
            self.refuse(node, f"{ast.unparse(node)!r} may be unbound here", "assign it on every path")
        return value

    def either(self, value: Group, node: ast.AST | None) -> Atom:
        """What is a list on one path and an array on another, as one value."""
        return eithers.whole(self, value, node)

    # -------------------------------------------------------------------------------------------- literals

    def _constant(self, node: ast.Constant, hint: str) -> Value:
        return Const(node.value)

    def _name(self, node: ast.Name, hint: str) -> Value:
        value = self.lookup(node.id, node)
        if isinstance(value, Torn):
            if value.place is not None and value.place not in self.attempts:
                raise Written(attempt=value.place)
            self.refuse(node, f"{node.id!r} {value.why}", value.instead)
        if isinstance(value, Undef):
            raise Unbound(node.id, node)
        if self.const_depth and (kind := self.kind(value)).is_number and kind.rank == 0:
            return self.constant(value, node)
        return value

    def _tuple(self, node: ast.Tuple, hint: str) -> Value:
        if not any(isinstance(item, ast.Starred) for item in node.elts):
            return links.tuple_of(self, self._elements(node.elts), node)
        return self.spread_tuple(node)

    def _elements(self, nodes: list[ast.expr]) -> list[Value]:
        items: list[Value] = []
        for item in nodes:
            if isinstance(item, ast.Starred):
                items.extend(self.unpack(self.operand(item.value), None, item))
            else:
                items.append(self.operand(item))
        return [self.constant(item, nodes[0]) for item in items]

    def _set(self, node: ast.Set, hint: str) -> Value:
        return self.made_set(Group("list", self._elements(node.elts)), node, hint)

    def _setcomp(self, node: ast.SetComp, hint: str) -> Value:
        listed = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        return self.made_set(self.comprehension(listed), node, hint)

    def made_set(self, items: Value, node: ast.AST, hint: str) -> Value:
        """A set of values that carry no derivative: an object of the program."""
        if equality.asks_classes(self, items):
            self.refuse(node, "objects whose class has an __eq__ are put into a set", "use a list")
        kind = self.kind(self.variable(items, node)) if isinstance(items, Group) else self.kind(items)
        made = self.emit(Call("call", (Ref("set", set), self.atom(items, node))), K.OBJECT, node, hint)
        item = kind.items[0] if kind.items else K.OBJECT
        if item.cat in ("int", "str", "bool"):
            self.set_items[made.name] = item
        return made

    def _dict(self, node: ast.Dict, hint: str) -> Value:
        pairs: list[tuple[Value, Value]] = []
        computed = False
        for key_node, item in zip(node.keys, node.values, strict=True):
            if key_node is not None:
                key = known_key(self.operand(key_node))
                pairs.append((key, self.settled(self.operand(item), item)))
                computed |= not isinstance(pairs[-1][0], Const | Ref)
                continue
            inner = self.contents(self.operand(item), item)
            if self.is_dict(inner):
                pairs += [(Const(k), self.getitem(inner, Const(k), item)) for k in self.unpack_keys(inner)]
            elif self.stands_in(inner) is not None:
                pairs.append((Undef(), inner))
                computed = True
            else:
                self.refuse(item, "** of a dict whose keys are not known here", "write the keys out")
        if not computed:
            known = {_known_key(k): v for k, v in pairs}
            return self.new_dict(list(known.values()), list(known), node)
        table = self.table(Table, [], node)
        for key, value in pairs:
            if isinstance(key, Undef):
                self.filled(table, value, node)
            else:
                self.own_method(table, "__setitem__", [key, value], node)
        return table

    def _joinedstr(self, node: ast.JoinedStr, hint: str) -> Value:
        pieces: list[Const] = [Const("")]
        values: list[Atom] = []
        specs: list[Atom] = []
        conversions: list[Atom] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                pieces[-1] = Const(pieces[-1].value + part.value)
                continue
            assert isinstance(part, ast.FormattedValue)
            value = self.operand(part.value)
            if _is_computed(part):
                assert part.format_spec is not None
                if part.conversion != -1:
                    name = {"r": "repr", "s": "str", "a": "ascii"}[chr(part.conversion)]
                    value = self.call_value(Ref(name, getattr(builtins, name)), [value], {}, part)
                spec = self.operand(part.format_spec)
                value = self.call_value(Ref("format", format), [value, spec], {}, part)
            conversion = -1 if _is_computed(part) else part.conversion
            value, code = converted(self, value, conversion, part.format_spec is not None, part)
            numbered.refuse_as_number(self, [value], part)
            values.append(self.variable(value, part))
            specs.append(Const("" if _is_computed(part) else self._format(part, node)))
            conversions.append(Const(code))
            pieces.append(Const(""))
        parts = {
            "pieces": Tuple(tuple(pieces)),
            "specs": Tuple(tuple(specs)),
            "conversions": Tuple(tuple(conversions)),
        }
        if all(isinstance(value, Const) for value in values):
            return Const(folded(values, pieces, specs, conversions))
        made = self.emit(Call("fstring", tuple(values), tuple(parts.items())), K.STR, node, hint)
        self.spelled[made.name] = (pieces[0].value, pieces[-1].value)
        return made

    def _format(self, part: ast.FormattedValue, node: ast.AST) -> str:
        spec = part.format_spec
        pieces = spec.values if isinstance(spec, ast.JoinedStr) else []
        return "".join(str(p.value) for p in pieces if isinstance(p, ast.Constant))

    def _yield(self, node: ast.Yield, hint: str) -> Value:
        if self.taker is None:
            self.refuse(node, "the expression Yield is not supported", REMEDIES["Yield"])
        self.taker(Const(None) if node.value is None else self.operand(node.value))
        return Const(None)

    def _yieldfrom(self, node: ast.YieldFrom, hint: str) -> Value:
        if self.taker is None:
            self.refuse(node, "the expression YieldFrom is not supported", REMEDIES["YieldFrom"])
        made = generators.lazily(self, node.value)
        if made is not None:
            return generators.passed_on(self, made, node)
        return self.script("for v in xs:\n    yield v", node, xs=node.value)

    def _lambda(self, node: ast.Lambda, hint: str) -> Value:
        return self.closure(node)

    def closure(self, node: ast.Lambda | ast.FunctionDef) -> Closure:
        """A nested function with its defaults evaluated now: a list among them is one for all calls."""
        defaults = [self.settled(self.operand(d), d) for d in node.args.defaults]
        pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        named = {a.arg: self.settled(self.operand(d), d) for a, d in pairs if d is not None}
        return Closure(node, self.scope, defaults, named)

    # ------------------------------------------------------------------------------------------- operators

    def _binop(self, node: ast.BinOp, hint: str) -> Value:
        spine = [node]  # a sum of a thousand terms leans to the left: no recursion over it
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        value = self.operand(spine[-1].left)
        for part in reversed(spine):
            right = self.operand(part.right)
            value = self.binary(BINARY[type(part.op)], value, right, part, hint if part is node else "")
        return value

    def binary(self, op: str, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """An operator on two values."""
        plain = self.arithmetic(op, left, right, node, hint)
        return self._combined(op, left, right, node, hint) if plain is None else plain

    def _combined(self, op: str, left: Value, right: Value, node: ast.AST, hint: str) -> Value:
        """An operator on any two values; sequences are joined and repeated here."""
        left, right = _list_held(left), _list_held(right)
        said = f"unsupported operand type(s) for {op}: 'NoneType'"
        left, right = (maybes.given(self, v, node, said) for v in (left, right))
        if any(isinstance(v, Group) and v.cls is not None for v in (left, right)):
            made = user_operator(self, op, left, right, node)
            if made is not None:
                return made
        if op == "mul":  # every repetition holds the same objects
            left, right = (
                Group(v.cat, [self.settled(i, node) for i in v.items], v.keys, v.cls)
                if isinstance(v, Group) and v.cat != "dict"
                else v
                for v in (left, right)
            )
        known = _known(op, left, right)
        if known is not None:
            return known
        if isinstance(left, Group | Var) and isinstance(right, Group | Var) and op == "add":
            cats = {self.kind(left).cat, self.kind(right).cat}
            if cats == {"tuple"} and any(self.kind(v).every is not None for v in (left, right)):
                return self._tuples(left, right, node, hint)
            if cats == {"tuple"}:
                lists = self.kind(left).cls is list or self.kind(right).cls is list
                items = self.unpack(left, None, node) + self.unpack(right, None, node)
                return Group("list" if lists else "tuple", items)
        made = shelves.of_sets(self, op, left, right, node, hint)
        made = made or user_operator(self, op, left, right, node)
        made = made or sparse_product(self, op, left, right, node) or either_class(op, left, right)
        made = made or self._repeated_tuple(op, left, right, node, hint)
        if made is not None:
            return made
        if op == "bor" and self.is_dict(left) and self.is_dict(right):
            return self.union([left, right], node)
        cats = {self.kind(left).cat, self.kind(right).cat}
        if op == "add" and any(self.kind(v).dtype == K.LISTED for v in (left, right)):
            return self.joined_tuples(left, right, node, hint)
        if "list" in cats and (op == "mul" or (op == "add" and len(cats) == 1)):
            return self._lists(op, left, right, node, hint)
        if "str" in cats and (op == "add" or (op == "mod" and self.kind(left).cat == "str")):
            return self.emit(Call(op, (self.variable(left), self.variable(right))), K.STR, node, hint)
        mirrors.refuse_joined(self, op, left, right, node)
        return self.apply(op, [left, right], {}, node, hint=hint)

    def _tuples(self, left: Value, right: Value, node: ast.AST, hint: str) -> Value:
        """Tuples joined of which one has a length that is not known, as `y.shape[1:] + (n,)`."""
        kinds = [self.kind(v) for v in (left, right)]
        every = K.join_all([k for kind in kinds for k in (kind.items or (kind.every,)) if k is not None])
        made = K.Kind("tuple", items=None, every=every)
        call = Call("add", (self.variable(left, node), self.variable(right, node)))
        return self.emit(call, made, node, hint)

    def _repeated_tuple(
        self, op: str, left: Value, right: Value, node: ast.AST, hint: str
    ) -> Value | None:
        """`(0,)*n`, of things that carry no derivative; None for all else."""
        if op != "mul" or {self.kind(left).cat, self.kind(right).cat} != {"tuple", "int"}:
            return None
        held = [k for k in map(self.kind, (left, right)) if K.is_constant_tuple(k)]
        every = K.join_all([i for k in held for i in (k.items or (k.every,)) if i is not None])
        if every is None:
            return None
        call = Call("mul", (self.variable(left, node), self.variable(right, node)))
        return self.emit(call, K.Kind("tuple", items=None, every=every), node, hint)

    def _lists(self, op: str, left: Value, right: Value, node: ast.AST, hint: str) -> Value:
        """Lists joined or repeated; an array times a list is arithmetic."""
        others = [v for v in (left, right) if self.kind(v).cat != "list"]
        if any(self.kind(v).sort != "int" or self.kind(v).rank for v in others):
            self._refuse_repeated(left, right, node)
            return self.apply(op, [left, right], {}, node, hint=hint)
        if op == "add":
            return self.joined([left, right], node, hint)
        if not others:
            self.fails(TypeError, "can't multiply sequence by non-int of type 'list'", node)
            self.refuse(node, "a list is multiplied by a list", "make arrays of them with np.array")
        source = left if others[0] is right else right
        made = self.repeated(source, others[0], node, hint)
        if isinstance(made, Var) and self.kind(source).dtype == K.LISTED:
            self.kinds[made.name] = replace(self.kinds[made.name], dtype=K.LISTED)
        return made

    def _refuse_repeated(self, left: Value, right: Value, node: ast.AST) -> None:
        """Refuse `[v]*count`, where the count stands beside floats and is read as one of them."""
        single = any(isinstance(v, Group) and len(v.items) == 1 for v in (left, right))
        for kind in map(self.kind, (left, right)):
            if kind.met and kind.rank == 0 and (single or kind.is_python):
                what = "a list is multiplied by what is a whole number on some paths and a float on others"
                self.refuse(node, what, "repeat it int(...) times, or make an array of it with np.array")

    def _unaryop(self, node: ast.UnaryOp, hint: str) -> Value:
        value = self.operand(node.operand)
        op = UNARY[type(node.op)]
        if op == "not":
            return self._unary_not(value, node, hint)
        if isinstance(value, Const) and op in ("neg", "pos") and type(value.value) in (int, float, complex):
            return Const(-value.value if op == "neg" else value.value)
        if isinstance(value, Ref) and op == "neg" and type(value.obj) is float and math.isinf(value.obj):
            return Ref(f"-{value.text}", -value.obj)  # rules look at fill values and the like
        made = user_operator(self, op, value, None, node) or sparse_product(self, op, value, None, node)
        return self.apply(op, [value], {}, node, hint=hint) if made is None else made

    def _ifexp(self, node: ast.IfExp, hint: str) -> Value:
        cond = self.asked(node.test)
        known = self.static_truth(cond)
        if known is not None:
            return self.expr(node.body if known else node.orelse, hint)
        return self.choose(
            cond, lambda: self.operand(node.body), lambda: self.operand(node.orelse), node, hint
        )

    def _namedexpr(self, node: ast.NamedExpr, hint: str) -> Value:
        self.assign(node.target, self.expr(node.value, node.target.id), node)
        return self.lookup(node.target.id, node)

    # -------------------------------------------------------------------------------- comprehensions, misc

    def _listcomp(self, node: ast.ListComp, hint: str) -> Value:
        return self.comprehension(node, hint)

    def _generatorexp(self, node: ast.GeneratorExp, hint: str) -> Value:
        if generators.is_lazy(self, node):
            return generators.expressed(self, node)
        made = escapes.kept(self, node)
        return self.comprehension(node, hint) if made is None else made

    def _starred(self, node: ast.Starred, hint: str) -> Value:
        self.refuse(node, "a starred expression is not supported here", "write the elements out")


def _known_key(key: Value) -> Any:
    """The key that a literal or a live object is."""
    return key.value if isinstance(key, Const) else getattr(key, "obj", None)


def _is_computed(part: ast.FormattedValue) -> bool:
    """Whether the format of a part of an f-string is made of values."""
    pieces = part.format_spec.values if isinstance(part.format_spec, ast.JoinedStr) else []
    return any(isinstance(p, ast.FormattedValue) for p in pieces)


def _list_held(value: Value) -> Value:
    """What a list of objects or functions holds; other values as they are."""
    return value.group if isinstance(value, Local) and value.cat == "list" else value


def _known(op: str, left: Value, right: Value) -> Value | None:
    """The result of an operator on displays, literal strings and small integers."""
    if isinstance(left, Const) and isinstance(right, Const):
        if op == "add" and isinstance(left.value, str) and isinstance(right.value, str):
            return Const(left.value + right.value)
        if op in COUNTED and type(left.value) is int and type(right.value) is int and right.value:
            return Const(COUNTED[op](left.value, right.value))
        return None
    if (
        isinstance(left, Group)
        and isinstance(right, Group)
        and op == "add"
        and left.cat == right.cat != "dict"
    ):
        return Group(left.cat, left.items + right.items)
    for one, two in ((left, right), (right, left)):
        if isinstance(one, Group) and op == "mul" and isinstance(two, Const) and type(two.value) is int:
            return Group(one.cat, one.items * two.value)
    return None


__all__ = ["BINARY", "UNARY", "Expressions", "Unbound", "index_kind"]
