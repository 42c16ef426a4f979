"""Writing IR: rule texts become statements, with the small algebra that a person does while writing.

    "2*x*g" with g = 1.0       t.1 = mul(2, x)           (the factor 1.0 is never written)
    "-g" twice                 g                          (signs cancel)

Accepts the texts of rules (`rules.registry`); guarantees statements on atoms whose kinds are entered. The
algebra touches only what a transform makes, never the user's arithmetic, and never drops a factor 0, which
would turn nan and inf into 0.
"""

from __future__ import annotations

import ast
import cmath
import functools
import math
import operator
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.analysis.places import is_view
from s2sad.errors import Span
from s2sad.frontend.conditions import COMPARE
from s2sad.frontend.expressions import BINARY, UNARY
from s2sad.frontend.lengths import Lengths
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.literals import times
from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    Dict,
    Do,
    Fresh,
    If,
    Let,
    List,
    Out,
    Ref,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    walk,
)
from s2sad.rules import registry
from s2sad.rules.axes import as_array, holds_objects
from s2sad.rules.binding import BindingError, bind
from s2sad.rules.registry import Bound, Rule
from s2sad.rules.results import of_floats

MODULES: dict[str, Any] = {"np": np, "math": math, "cmath": cmath}  # whose names texts may use
MIXED = "holds floats on some paths and whole numbers on others"
INSTEAD = "make it of floats on each path: dtype=float, or .astype(float)"
_FOLD = {"add": operator.add, "sub": operator.sub, "mul": times}


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """The tree of a rule's text."""
    return ast.parse(text, mode="eval").body


@functools.lru_cache(maxsize=4096)
def _spelled(function: ast.expr) -> str:
    """The text of a function in such a tree, which is kept."""
    return ast.unparse(function)


def refuse_doubtful(rule: Rule, bound: Bound) -> None:
    """Refuse a rule whose text may lack a conjugation: that of an operand which may be complex."""
    if len(rule.linear) != 1 or not bound.active <= set(rule.linear):
        raise NotImplementedError(
            f"{rule.name} of a value that may be real or complex; convert it first, by np.asarray(x, complex)"
        )


def refuse_cast(rule: Rule, bound: Bound) -> None:
    """Refuse an active operand that is cast to what may be a whole number, depending on the path."""
    whole = bound.out is not None and bound.out.dtype == K.MIXED
    if whole and not all(_holds_mixed(bound.kinds[n]) for n in bound.active if n in rule.vjp):
        raise NotImplementedError(f"an array that {MIXED} is made of a number that varies; {INSTEAD}")


def _holds_mixed(kind: Kind) -> bool:
    return kind.dtype == K.MIXED or any(map(_holds_mixed, kind.items or ()))


def _is_complex(kind: Kind) -> bool:
    return kind.sort == "complex" or any(map(_is_complex, kind.items or ()))


class Builder:
    """Appends statements to a block, with kinds, for one program."""

    def __init__(self, fresh: Fresh, made: bool = True) -> None:
        self.fresh = fresh
        self.kinds = fresh.kinds
        self.block: list[Stmt] = []
        self.made_calls: dict[str, Call] = {}
        self.reused: set[str] = set()
        self._calls: dict[str, Call] = {}  # also of what has been written since
        self.infinite = False  # a Python float that may be inf has been made
        self.poles = False  # a quotient whose divisor may be 0 has been written on NumPy values
        self.made = made
        self.lengths = Lengths(self.kinds)

    # ---- emission

    def kind(self, atom: Atom) -> Kind:
        """What is known of an atom."""
        if type(atom) is Var:
            return self.kinds[atom.name]
        if type(atom) is Const:
            return K.kind_of_value(atom.value)
        if isinstance(atom, Ref):
            return K.OBJECT if callable(atom.obj) else K.kind_of_value(atom.obj)
        if isinstance(atom, Slice):
            return Kind("slice")
        if isinstance(atom, Tuple | List):
            return Kind(
                "tuple" if isinstance(atom, Tuple) else "list", items=tuple(self.kind(i) for i in atom.items)
            )
        if isinstance(atom, Dict):
            return Kind(
                "dict", items=tuple(self.kind(i) for i in atom.items), keys=tuple(k.value for k in atom.keys)
            )
        return K.OBJECT

    def may_be_complex(self, bound: Bound) -> bool:
        """Whether an operand may be complex without its kind saying so: what it is depends on the path.

        The texts of rules conjugate where kinds say complex.
        """
        active = [k for n, k in bound.kinds.items() if n in bound.active and not k.inexact]
        unsure = any(K.carries(k) and (holds_objects(k) or not as_array(k).sort) for k in active)
        return unsure and any(map(_is_complex, self.kinds.values()))

    def let(self, call: Call, kind: Kind | None = None, hint: str = "") -> Var:
        """`name = call`."""
        name = self.fresh(hint, self.infer(call) if kind is None else kind)
        self.block.append(Let(name, call, None, self.made))
        self.made_calls[name] = self._calls[name] = call
        return Var(name)

    def own_copy(self, atom: Atom, kind: Kind) -> Var:
        """A copy of an array, or of what is a number on some path: 0.0 where a name is unbound."""
        return self.let(Call("copy" if self.kind(atom).is_array else "pos", (atom,)), kind)

    def zeros_like(self, atom: Atom, kind: Kind, hint: str = "") -> Var:
        """Zeros of the shape and dtype of an array: of floats also where it holds whole numbers.

        Eigenvalues that are complex in general may be real, and their cotangent complex all the same.
        """
        if kind.dtype == "complex":
            return self.let(Call("zeros_complex", (atom,)), replace(kind, dtype="complex128"), hint)
        if self.kind(atom).dtype == K.MIXED:
            return self.let(Call("zeros_list", (atom,)), replace(kind, dtype="float"), hint)
        return self.let(Call("np.zeros_like", (atom,)), kind, hint)

    def zeros_in_order(self, atom: Atom, kind: Kind, hint: str = "") -> Var:
        """Zeros of the shape and dtype of an array, that lie in memory in the order of the elements."""
        shape = self.attribute(atom, "shape")
        dtype = () if kind.dtype == "float64" else (self.attribute(atom, "dtype"),)
        return self.let(Call("np.zeros", (shape, *dtype)), kind, hint)

    def store(self, base: Atom, index: Atom | None, value: Atom, op: str = "") -> None:
        """`base[index] op= value`."""
        self.block.append(Store(base, index, value, op, None, self.made))
        self._forget(base)

    def do(self, call: Call, span: Span | None = None) -> None:
        """A call that writes into its first argument, as np.add.at and accumulate do."""
        self.block.append(Do(call, span, True))
        self._forget(call.args[0])

    def _forget(self, base: Atom) -> None:
        """What a written array, and those it may be a view of, were made by no longer says what they hold."""
        for name in self._behind(base):
            self.made_calls.pop(name, None)

    def _behind(self, atom: Atom) -> set[str]:
        """A name, and those of the arrays that its value is or may be a view of."""
        found: set[str] = set()
        todo = [atom]
        while todo:
            atom = todo.pop()
            if isinstance(atom, Var) and atom.name not in found:
                found.add(atom.name)
                call = self._calls.get(atom.name)
                if call is not None and is_view(call, self.kinds, self.kinds[atom.name]) != "":
                    todo.extend(call.args)
        return found

    def infer(self, call: Call) -> Kind:
        """The kind of a call's result from its rule."""
        if not call.kwargs and (known := of_floats(call.fun, [self.kind(a) for a in call.args])) is not None:
            return known
        try:
            rule = registry.rule(call.fun)
            bound, _ = bind(rule, call, self.kind)
            return rule.kind(bound)
        except (KeyError, BindingError):
            return Kind("num", "float", None)

    @property
    def quiet(self) -> bool:
        """Whether NumPy may warn in what has been written although the primal did not."""
        return self.poles or (
            self.infinite and any(not k.is_python for n in self.made_calls if (k := self.kinds[n]).is_number)
        )

    # ---- algebra

    def neg(self, a: Atom) -> Atom:
        """`-a`, where two signs cancel."""
        if isinstance(a, Const):
            return Const(-a.value)
        bare = self.undone("neg", a)
        return self.let(Call("neg", (a,))) if bare is None else self.reuse(bare)

    def reuse(self, atom: Atom) -> Atom:
        """An older value that is handed on once more: `-(-x)`. It is nobody's to write into."""
        if isinstance(atom, Var):
            self.reused.add(atom.name)
        return atom

    def owns(self, atom: Atom) -> bool:
        """Whether a value was made for what it is given to, and is not an older one."""
        return isinstance(atom, Var) and atom.name in self.made_calls and atom.name not in self.reused

    def undone(self, fun: str, a: Atom) -> Atom | None:
        """The operand of the call of `fun` that made a value, if neither has been written since."""
        call = self.made_calls.get(a.name) if isinstance(a, Var) else None
        if call is None or call.fun != fun or self.may_be_written(a) or self.may_be_written(call.args[0]):
            return None
        assert isinstance(a, Var)
        operand = call.args[0]
        return operand if self.kind(operand).is_scalar or self._holds_still(operand, a.name) else None

    def _holds_still(self, operand: Atom, name: str) -> bool:
        """Whether an array has not been written since a value was made of it, in this block."""
        own = self._behind(operand)
        for stmt in reversed(self.block):
            if isinstance(stmt, Let) and stmt.name == name:
                return True
            for part in walk((stmt,)):
                targets = part.call.args if isinstance(part, Do) else ()
                if isinstance(part, Store):
                    targets = (part.base,)
                if any(not own.isdisjoint(self._behind(target)) for target in targets):
                    return False
        return False

    def may_be_written(self, atom: Atom) -> bool:
        """Whether an array may be written under another name (`store` sees what is written under its own)."""
        return False

    def binary(self, op: str, a: Atom, b: Atom) -> Atom:
        """An operator on generated atoms, with units and signs removed."""
        literal = type(a) is Const or type(b) is Const
        if isinstance(a, Const) and isinstance(b, Const) and op in _FOLD:
            return Const(_FOLD[op](a.value, b.value))
        if op == "mul" and literal:
            for one, two in ((a, b), (b, a)):
                if _is_unit(one) and self._carries(two):
                    return two
                if isinstance(one, Const) and one.value == -1 and self._carries(two):
                    return self.neg(two)
            whole = self.made_whole(a, b)
            if whole is not None:
                return whole
        if op == "truediv" and _is_unit(b) and not isinstance(a, Const) and self._carries(a):
            return a
        inner = self.undone("neg", b) if op in ("add", "sub") else None
        if inner is not None:
            return self.let(Call("sub" if op == "add" else "add", (a, inner)))
        if op == "add" and a == b and isinstance(a, Var):
            return self.binary("mul", Const(2), a)
        return self.let(Call(op, (a, b)))

    def made_whole(self, product: Atom, literal: Atom) -> Atom | None:
        """x for `2*x*0.5` (`products`)."""
        return None

    def _carries(self, atom: Atom) -> bool:
        """Whether a factor 1.0 may be left out: it makes floats of NumPy integers, which wrap."""
        kind = self.kind(atom)
        whole = kind.dtype == K.MIXED or not kind.inexact
        return isinstance(atom, Const) or not whole or kind.cat == "int" or not kind.is_number

    # ---- texts

    def text(self, text: str, names: dict[str, Atom]) -> Atom:
        """A rule's text as statements; the atom of its value."""
        return self._tree(parse(text), names)

    def _tree(self, node: ast.expr, names: dict[str, Atom]) -> Atom:
        if type(node) is ast.Name:
            if node.id in names:
                return names[node.id]
            if node.id in ("True", "False", "None"):
                return Const({"True": True, "False": False, "None": None}[node.id])
            raise AssertionError(f"a rule's text names {node.id!r}, which its signature does not have")
        if type(node) is ast.Constant:
            return Const(node.value)
        if type(node) is ast.BinOp:
            return self.binary(
                BINARY[type(node.op)], self._tree(node.left, names), self._tree(node.right, names)
            )
        if isinstance(node, ast.UnaryOp):
            operand = self._tree(node.operand, names)
            return (
                self.neg(operand)
                if isinstance(node.op, ast.USub)
                else self.let(Call(UNARY[type(node.op)], (operand,)))
            )
        if isinstance(node, ast.Compare):
            return self.let(
                Call(
                    COMPARE[type(node.ops[0])],
                    (self._tree(node.left, names), self._tree(node.comparators[0], names)),
                )
            )
        if isinstance(node, ast.IfExp | ast.BoolOp):
            return self._lazy(node, names)
        if isinstance(node, ast.Subscript):
            return self._subscript(self._tree(node.value, names), self._tree(node.slice, names))
        if isinstance(node, ast.Slice):
            return Slice(
                *(
                    Const(None) if p is None else self._tree(p, names)
                    for p in (node.lower, node.upper, node.step)
                )
            )
        if isinstance(node, ast.Tuple | ast.List):
            items = tuple(self._tree(e, names) for e in node.elts)
            return Tuple(items) if isinstance(node, ast.Tuple) else List(items)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, names)
        assert isinstance(node, ast.Call), ast.dump(node)
        return self._call(node, names)

    def _lazy(self, node: ast.IfExp | ast.BoolOp, names: dict[str, Atom]) -> Atom:
        if isinstance(node, ast.IfExp):
            cond, then, orelse = self._tree(node.test, names), node.body, node.orelse
            return self.choose(cond, lambda: self._tree(then, names), lambda: self._tree(orelse, names))
        first = self._tree(node.values[0], names)
        for value in node.values[1:]:
            rest = functools.partial(self._tree, value, names)
            held = first
            keep = lambda held=held: held  # noqa: E731 - the other side of a lazy choice
            first = (
                self.choose(first, rest, keep)
                if isinstance(node.op, ast.And)
                else self.choose(first, keep, rest)
            )
        return first

    def choose(self, cond: Atom, then: Any, orelse: Any, hint: str = "") -> Atom:
        """`then() if cond else orelse()`."""
        if isinstance(cond, Const):
            return then() if cond.value else orelse()  # type: ignore[no-any-return]
        outer, values, blocks = self.block, [], []
        for make in (then, orelse):
            self.block = []
            values.append(make())
            blocks.append(tuple(self.block))
        self.block = outer
        name = self.fresh(hint, K.join(self.kind(values[0]), self.kind(values[1])))
        self.block.append(If(cond, blocks[0], blocks[1], (Out(name, *values),), None, True, ternary=True))
        return Var(name)

    def _subscript(self, base: Atom, index: Atom) -> Atom:
        known = index.value if isinstance(index, Const) else None
        if isinstance(base, Tuple | List) and isinstance(known, int):
            return base.items[known]
        return self.getitem(base, index)

    def getitem(self, base: Atom, index: Atom, hint: str = "") -> Var:
        """`base[index]`, with its kind."""
        kind = self.kind(base)
        if kind.cat in ("tuple", "dict") and kind.items is not None and isinstance(index, Const):
            key = index.value
            item = kind.items[kind.keys.index(key)] if kind.cat == "dict" else kind.items[key]
            return self.let(Call("getitem", (base, index)), item, hint)
        if kind.cat in ("list", "tuple"):
            item = K.join_all(list(kind.items or ())) or K.OBJECT
            return self.let(
                Call("getitem", (base, index)), item if not isinstance(index, Slice) else kind, hint
            )
        if kind.shape is None and isinstance(index, Slice):
            return self.let(Call("getitem", (base, index)), Kind("array", kind.dtype, None), hint)
        if kind.shape is None or not kind.is_number:
            return self.let(Call("getitem", (base, index)), Kind("num", kind.dtype, None), hint)
        from s2sad.frontend.expressions import index_kind

        items = list(index.items) if isinstance(index, Tuple) else [index]
        return self.let(Call("getitem", (base, index)), index_kind(self, kind, items, None), hint)  # type: ignore[arg-type]

    def refuse(self, node: Any, what: str, instead: str) -> None:
        """Reached only if a rule's text is wrong."""
        raise AssertionError(f"{what}; {instead}")

    def _attribute(self, node: ast.Attribute, names: dict[str, Atom]) -> Atom:
        if (
            isinstance(node.value, ast.Name)
            and node.value.id in MODULES
            and node.value.id not in names
        ):
            return Ref(f"{node.value.id}.{node.attr}", getattr(MODULES[node.value.id], node.attr))
        base = self._tree(node.value, names)
        return self.attribute(base, node.attr)

    def attribute(self, base: Atom, name: str) -> Atom:
        """`base.name` of an array."""
        kind = self.kind(base)
        if name == "T":
            shape = None if kind.shape is None else tuple(reversed(kind.shape))
            return self.let(Call("getattr", (base, Const("T"))), Kind(kind.cat, kind.dtype, shape))
        if name == "ndim" and kind.rank is not None:
            return Const(kind.rank)
        if name == "shape":
            lengths = None if kind.shape is None else tuple(K.INT for _ in kind.shape)
            return self.let(Call("getattr", (base, Const(name))), Kind("tuple", items=lengths))
        result = {"size": K.INT, "ndim": K.INT, "dtype": K.OBJECT}.get(name)
        if result is None:
            result = Kind(kind.cat, "float64" if name in ("real", "imag") else kind.dtype, kind.shape)
        return self.let(Call("getattr", (base, Const(name))), result)

    def _call(self, node: ast.Call, names: dict[str, Atom]) -> Atom:
        args = tuple(self._tree(a, names) for a in node.args)
        kwargs = tuple((str(k.arg), self._tree(k.value, names)) for k in node.keywords)
        fn = node.func
        if isinstance(fn, ast.Name):
            if fn.id == "div":
                return self.quotient(args[0], args[1])
            return self.let(Call(fn.id, args, kwargs), self._helper_kind(fn.id, args))
        assert isinstance(fn, ast.Attribute)
        chain = _spelled(fn)
        if chain == "np.shape" and self.kind(args[0]).cat == "array":
            return self.attribute(args[0], "shape")
        if chain.startswith(("np.", "math.", "cmath.", "scipy.")):
            return self.let(Call(chain, args, kwargs))
        base = self._tree(fn.value, names)
        if fn.attr == "copy":
            return self.let(Call("copy", (base,)), self.kind(base))
        return self.let(Call(f"np.{fn.attr}", (base, *args), kwargs, f".{fn.attr}"))

    def _helper_kind(self, name: str, args: tuple[Atom, ...]) -> Kind:
        """The kind of what a run-time helper returns."""
        if name in registry.RULES:
            return self.infer(Call(name, args))
        if name in ("unbroadcast", "unreduce"):
            like = self.kind(args[1])
            dtype = K.promote(self.kind(args[0])) if self.kind(args[0]).is_number else "float"
            return (
                like if like.is_python else Kind("num" if like.cat != "array" else "array", dtype, like.shape)
            )
        kinds = [self.kind(a) for a in args]
        if all(k.is_python for k in kinds):
            return _python_float(*kinds)
        if name.startswith("ieee") and all(k.shape is not None for k in kinds):
            return K.elementwise(*kinds)
        return Kind("num", "float", None)

    def quotient(self, p: Atom, q: Atom) -> Atom:
        """`p/q` where q may be zero though the primal did not raise."""
        if isinstance(q, Const) and type(q.value) in (int, float) and 1e-200 < abs(q.value) < 1e200:
            if isinstance(p, Const) and type(p.value) is float and math.frexp(q.value)[0] in (0.5, -0.5):
                return Const(p.value / q.value)  # exact
            return self.binary("truediv", p, q)
        if self.kind(p).is_python and self.kind(q).is_python:
            self.infinite = True
            return self.let(Call("ieee_div", (p, q)), _python_float(self.kind(p), self.kind(q)))
        self.poles = True
        if self.kind(p).cat == "complex" and self.kind(q).is_scalar and self.kind(q).sort == "float":
            return self.let(Call("ieee_div", (p, q)), K.COMPLEX)  # Python divides by a float64, and raises
        if self.kind(q).is_python and self._may_be_python(p):
            return self.let(Call("ieee_div", (p, q)), K.elementwise(self.kind(p), self.kind(q)))
        return self.binary("truediv", p, q)

    def _may_be_python(self, atom: Atom) -> bool:
        """Whether a cotangent may be a Python float though its kind is NumPy's, that of the primal.

        Where a path or a loop has not used the value, it is 0.0.
        """
        kind = self.kind(atom)
        if kind.is_python or kind.shape != () or not isinstance(atom, Var):
            return kind.is_python
        call = self._calls.get(atom.name)
        if call is None:
            return True
        return call.fun in ("neg", *_FOLD) and all(map(self._may_be_python, call.args))


def _python_float(*kinds: Kind) -> Kind:
    """The kind of what a helper makes of Python's numbers: complex if one of them is."""
    return K.COMPLEX if any(k.sort == "complex" for k in kinds) else K.FLOAT


def _is_unit(atom: Atom) -> bool:
    return isinstance(atom, Const) and type(atom.value) in (int, float) and atom.value == 1
