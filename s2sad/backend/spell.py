"""How expressions are spelt: trees as `ast` expressions, and the outside names that they need.

`Roots` hands out the names under which the text reaches live objects: modules, builtins, functions of
`s2sad.runtime`, the user's globals. The names are the customary ones (`np`, `math`, the user's own) unless
a parameter or another object has them. `Speller` turns trees into `ast`, with Python names for SSA names:

    Node("np.sum", (Node("mul", (Var("u.1"), Var("u.1"))),))      np.sum(u * u)
    Node("np.sum", (Var("u.1"),), form=".sum")                    u.sum()
"""

from __future__ import annotations

import ast
import builtins
import cmath
import importlib
import keyword
import math
import operator
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from s2sad.backend.tree import ATTRIBUTES, BINARY, UNARY, Expr, Node
from s2sad.ir.kinds import MIXED, Kind, is_list_of_arrays, kind_of_value
from s2sad.ir.nodes import NONE, Const, Ref, Var
from s2sad.rules import custom, registry

_MODULES: dict[str, types.ModuleType] = {"np": np, "math": math, "cmath": cmath, "operator": operator}
_COMPARE: dict[str, type[ast.cmpop]] = {
    "lt": ast.Lt,
    "le": ast.LtE,
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "gt": ast.Gt,
    "ge": ast.GtE,
    "is": ast.Is,
    "isnot": ast.IsNot,
    "in": ast.In,
    "notin": ast.NotIn,
}
OPERATORS: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "truediv": ast.Div,
    "floordiv": ast.FloorDiv,
    "mod": ast.Mod,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
    "sparse_times": ast.MatMult,
    "times_sparse": ast.MatMult,
    "lshift": ast.LShift,
    "rshift": ast.RShift,
    "band": ast.BitAnd,
    "bxor": ast.BitXor,
    "bor": ast.BitOr,
}
OPERATORS |= {f"sparse_{op}": OPERATORS[op] for op in ("add", "sub", "mul", "truediv", "pow", "matmul")}
_UNARY: dict[str, type[ast.unaryop]] = {
    "neg": ast.USub,
    "pos": ast.UAdd,
    "invert": ast.Invert,
    "not": ast.Not,
}
_METHODS = ("list", "dict", "str", "set", "tuple")


class Roots:
    """Names of live objects in the namespace of one text. `refs` is what that namespace must bind."""

    def __init__(self, taken: Iterable[str], hints: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self.hints = set(hints)
        self.refs: dict[str, Any] = {}
        self.names: dict[int, str] = {}
        self._kept: list[Any] = []

    def __call__(self, wish: str, obj: Any) -> str:
        """The name of an object, `wish` if that is free."""
        if id(obj) in self.names:
            return self.names[id(obj)]
        wish = "".join(c if c.isalnum() or c == "_" else "_" for c in wish).strip("_") or "value"
        wish = f"_{wish}" if wish[0].isdigit() else wish
        name, k = wish, 0
        while name in self.taken:
            k += 1
            name = f"{wish}_{k}"
        self.taken.add(name)
        self.names[id(obj)] = name
        self._kept.append(obj)
        if getattr(builtins, name, self) is not obj:
            self.refs[name] = obj
        return name

    def module(self, name: str) -> types.ModuleType | None:
        """The module that the first part of a dotted name means."""
        if name not in _MODULES and name not in sys.modules:
            return None
        return _MODULES.get(name) or sys.modules[name]

    def find(self, dotted: str, imports: bool = True) -> Any:
        """The object of a dotted name that starts with a module, None if there is none.

        A name that stands in the user's text, for whatever module, `imports` none.
        """
        first, *rest = dotted.split(".")
        found: Any = self.module(first)
        if found is None and rest and imports:
            try:
                found = importlib.import_module(first)
            except ImportError:
                return None
        for k, part in enumerate(rest):
            if not hasattr(found, part) and isinstance(found, types.ModuleType):
                try:
                    importlib.import_module(f"{found.__name__}.{part}")
                except ImportError:
                    return None
            found = getattr(found, part, None)
            if found is None and k < len(rest):
                return None
        return found

    def dotted(self, text: str) -> ast.expr:
        """A name that starts with a module, as an expression."""
        first, *rest = text.split(".")
        module = self.module(first)
        made: ast.expr = _name(self(first, module))
        for part in rest:
            made = ast.Attribute(made, part, ast.Load())
        return made

    def builtin(self, name: str) -> ast.expr:
        """A builtin."""
        return _name(self(name, getattr(builtins, name)))

    def ref(self, ref: Ref) -> ast.expr:
        """A live object by its own spelling, if that starts with a module; else under one name."""
        if "." in ref.text and self.find(ref.text, imports=False) is ref.obj:
            return self.dotted(ref.text)
        if ref.text.startswith(("np.dtype(", "np.finfo(", "np.iinfo(")):  # see `frontend.dtypes`
            self("np", np)
            return ast.parse(ref.text, mode="eval").body
        last = ref.text.split(".")[-1]
        return _name(self(ref.text if last in self.hints else last, ref.obj))

    def helper(self, name: str) -> ast.expr:
        """A function of `s2sad.runtime`."""
        runtime = importlib.import_module("s2sad.runtime")
        assert hasattr(runtime, name), f"no primitive and no function of s2sad.runtime: {name}"
        return _name(self(name, getattr(runtime, name)))


class Speller:
    """Trees as `ast` expressions; `python` gives the Python name of an SSA name, `kinds` its kind."""

    def __init__(self, roots: Roots, python: Callable[[str], str], kinds: Mapping[str, Kind]) -> None:
        self.roots = roots
        self.python, self.kinds = python, kinds
        self.special: dict[str, Callable[[Node], ast.expr]] = {
            "getitem": lambda e: ast.Subscript(self.indexed(e), self.index(e.args[1]), ast.Load()),
            "getattr": self.attribute,
            "(tuple)": lambda e: ast.Tuple(self.all(e.args), ast.Load()),
            "(list)": lambda e: ast.List(self.all(e.args), ast.Load()),
            "(slice)": lambda e: ast.Call(self.roots.builtin("slice"), self.all(e.args), []),
            "(dict)": self.dict,
            "dict": self.dict,
            "copy": self.copy,
            "call": self.called,
            "solved": self.called,
            "slope_by": self.called,
            "partly": self.partial,
            "attribute_of": self.attribute,
            "fstring": self.fstring,
            "print": self.printed,
            "found": lambda e: self(e.args[0]),
            "standing": lambda e: self(e.args[0]),
            "(ifelse)": lambda e: ast.IfExp(*self.all(e.args)),
            "curve_at": self.curve,
            "surface_at": self.surface,
            "surface_grid": self.surface,
            "curve_between": lambda e: self.method(e, "integrate"),
            "series_at": self.series,
            "sparse_back": lambda e: ast.BinOp(self.turned(e.args[0]), ast.MatMult(), self(e.args[1])),
            "zeros_list": self.zeros,
            "back_sparse": lambda e: ast.BinOp(self(e.args[0]), ast.MatMult(), self.turned(e.args[1])),
        }
        self.special["tuple"], self.special["list"] = self.special["(tuple)"], self.special["(list)"]

    def __call__(self, expr: Expr) -> ast.expr:
        """One expression."""
        if type(expr) is Var:
            return _name(self.python(expr.name))
        if type(expr) is Node:
            return self.node(expr)
        if type(expr) is Const:
            return self.const(expr.value)
        return self.roots.ref(expr) if isinstance(expr, Ref) else ast.Constant(None)

    def all(self, exprs: Iterable[Expr]) -> list[ast.expr]:
        """Several expressions."""
        return [self(e) for e in exprs]

    def node(self, expr: Node) -> ast.expr:
        if expr.fun in BINARY and not expr.form:  # most are
            return self.binary(expr)
        if expr.fun.startswith(registry.USER):
            return self.user(expr)
        if expr.form.startswith(".") and expr.fun != "copy":
            return self.method(expr, expr.form[1:])
        if expr.fun == expr.form in ("list", "tuple", "dict"):  # a conversion, no display
            return self.call(self.roots.builtin(expr.fun), expr.args, expr.kwargs)
        written = self.written(expr)
        if written is not None:
            return self.call(written, expr.args, expr.kwargs)
        if expr.fun in self.special:
            return self.special[expr.fun](expr)
        if expr.fun in BINARY:
            return self.binary(expr)
        if expr.fun in UNARY:
            if expr.fun == "neg" and expr.made and self.is_product(expr.args[0]):
                return self.negative(expr.args[0])
            return ast.UnaryOp(_UNARY[expr.fun](), self(expr.args[0]))
        first, _, rest = expr.fun.partition(".")
        if rest and first in _METHODS:
            return self.method(expr, rest)
        if not rest:
            found = self.roots.builtin(first) if hasattr(builtins, first) else self.roots.helper(first)
        else:
            assert self.roots.find(expr.fun) is not None, f"unknown primitive: {expr.fun}"
            found = self.roots.dotted(expr.fun)
        return self.call(found, expr.args, expr.kwargs)

    def indexed(self, expr: Node) -> ast.expr:
        """What a subscript is taken of: x.flat, where an element of np.ravel(x) was written so."""
        base, index = expr.args
        if isinstance(base, Node) and base.fun == "np.ravel" and base.form == "flat":
            array, place = self._kind(base.args[0]), self._kind(index)
            if array is not None and array.is_array and place is not None and place.cat == "int":
                return ast.Attribute(self(base.args[0]), "flat", ast.Load())
        return self(base)

    def _kind(self, expr: Expr) -> Kind | None:
        if isinstance(expr, Const):
            return kind_of_value(expr.value)
        if isinstance(expr, Var):
            return self.kinds.get(expr.name)
        return expr.kind if isinstance(expr, Node) else None

    def is_product(self, expr: Expr) -> bool:
        """Whether an expression is a product or quotient that begins with real numbers."""
        if not isinstance(expr, Node) or expr.fun not in ("mul", "truediv") or expr.form:
            return False
        first = expr.args[0]
        if isinstance(first, Node) and first.fun in ("mul", "truediv"):
            return self.is_product(first)
        kind = first.kind if isinstance(first, Node) else None
        if isinstance(first, Const):
            return type(first.value) in (int, float) and bool(first.value > 0)
        if isinstance(first, Var):
            kind = self.kinds.get(first.name)
        return kind is not None and kind.sort == "float"

    def negative(self, expr: Expr) -> ast.expr:
        """`-a*b/c`, which is `-(a*b/c)` bit for bit."""
        if isinstance(expr, Node) and expr.fun in ("mul", "truediv"):
            made = self.binary(expr)
            assert isinstance(made, ast.BinOp)
            made.left = self.negative(expr.args[0])
            return made
        return ast.UnaryOp(ast.USub(), self(expr))

    def user(self, expr: Node) -> ast.expr:
        """A function with a user's rule, and what is looked at of its result; see `rules.custom`."""
        rule = registry.rule(expr.fun)
        assert rule.user is not None
        text, _, kind = expr.form.partition("|")
        called = self.call(self.roots.ref(Ref(text, rule.user.fun)), expr.args, expr.kwargs)
        if kind == "-":
            return called
        given = [*expr.args, *(a for _, a in expr.kwargs)]
        like = [given.pop(int(kind.split()[1]))] if kind.startswith("like ") else []
        kind = "like 0" if like else kind
        if kind in custom.PLAIN:
            given = []
        elif not kind.startswith("tuple "):  # whose parts name arguments by place
            given = [*like, *(a for a in given if not isinstance(a, Const))]
        looked = self.all(given)
        name = ast.Constant(expr.fun.removeprefix(registry.USER))
        return ast.Call(self.roots.helper("result_of"), [called, name, ast.Constant(kind), *looked], [])

    def written(self, expr: Node) -> ast.expr | None:
        """The callee as the user spelt it, where that certainly means the same object."""
        if "." not in expr.form or expr.form.startswith("."):
            return None
        found = self.roots.find(expr.form)
        same = (
            getattr(operator, expr.fun, None),
            self.roots.find(expr.fun),
            getattr(np, _UFUNCS.get(expr.fun, ""), None),
        )
        if found is None or not any(found is obj for obj in same):
            return None
        return self.roots.dotted(expr.form)

    def binary(self, expr: Node) -> ast.expr:
        left, right = self.all(expr.args)
        if expr.fun in _COMPARE:
            return ast.Compare(left, [_COMPARE[expr.fun]()], [right])
        if expr.fun in ("(and)", "(or)"):
            op: ast.boolop = ast.And() if expr.fun == "(and)" else ast.Or()
            same = isinstance(left, ast.BoolOp) and type(left.op) is type(op)
            return ast.BoolOp(
                op, [*(left.values if isinstance(left, ast.BoolOp) and same else [left]), right]
            )
        return ast.BinOp(left, OPERATORS[expr.fun](), right)

    def call(self, callee: ast.expr, args: Iterable[Expr], kwargs: Iterable[tuple[str, Expr]]) -> ast.expr:
        words = [ast.keyword(None if key == "**" else key, self(value)) for key, value in kwargs]
        return ast.Call(callee, self.all(args), words)

    def method(self, expr: Node, name: str) -> ast.expr:
        callee = ast.Attribute(self(expr.args[0]), name, ast.Load())
        if f".{name}" in ATTRIBUTES and len(expr.args) == 1 and not expr.kwargs:
            return callee
        return self.call(callee, expr.args[1:], expr.kwargs)

    def attribute(self, expr: Node) -> ast.expr:
        name = expr.args[1]
        if len(expr.args) == 2 and isinstance(name, Const) and str(name.value).isidentifier():
            return ast.Attribute(self(expr.args[0]), str(name.value), ast.Load())
        return self.call(self.roots.builtin("getattr"), expr.args, expr.kwargs)

    def called(self, expr: Node) -> ast.expr:
        """A call of an outside object; what the program sets or changes is read as it stands there."""
        fn = expr.args[0]
        if isinstance(fn, Ref) and fn.obj is getattr:
            return self.attribute(Node("getattr", expr.args[1:]))
        if isinstance(fn, Ref) and fn.obj is dict.__getitem__:
            return self(Node("getitem", expr.args[1:]))
        return self.call(self(fn), expr.args[1:], expr.kwargs)

    def partial(self, expr: Node) -> ast.expr:
        """A function with some of its arguments, which the form names."""
        fn, *values = expr.args
        words = zip(expr.form.split(), values, strict=True)
        return self.call(self.roots.dotted("functools.partial"), [fn], words)

    def curve(self, expr: Node) -> ast.expr:
        """A constant curve, or a derivative of it, at points: cs(x), cs(x, 1)."""
        f, x, nu = expr.args[:3]
        return self.call(self(f), [x] if nu == Const(0) else [x, nu], ())

    def surface(self, expr: Node) -> ast.expr:
        """A constant surface at pairs of points or on a grid: f.ev(x, y), f(x, y, dx=1)."""
        f, x, y, *orders = expr.args
        named = tuple((n, k) for n, k in zip(("dx", "dy"), orders, strict=True) if k != Const(0))
        pairs = expr.fun == "surface_at"
        return self.call(ast.Attribute(self(f), "ev", ast.Load()) if pairs else self(f), [x, y], named)

    def series(self, expr: Node) -> ast.expr:
        """A constant polynomial, or a derivative of it, at points: p(x), p.deriv(1)(x)."""
        f, x, nu = expr.args
        if nu == Const(0):
            return self.call(self(f), [x], ())
        derived = self.call(ast.Attribute(self(f), "deriv", ast.Load()), [nu], ())
        return self.call(derived, [x], ())

    def turned(self, matrix: Expr) -> ast.expr:
        """The transpose of a sparse matrix."""
        return ast.Attribute(self(matrix), "T", ast.Load())

    def zeros(self, expr: Node) -> ast.expr:
        """Zeros like the elements of a list: `[np.zeros_like(x) for x in xs]` of arrays."""
        xs = self(expr.args[0])
        mixed = any(k.dtype == MIXED for k in expr.kind.items or ())
        if expr.form or mixed or not is_list_of_arrays(expr.kind) or not isinstance(xs, ast.Name):
            return ast.Call(self.roots.helper("zeros_list"), [xs], [])
        wishes = (xs.id.removesuffix("s"), "item", f"{xs.id}_item")
        free = (w for w in wishes if w != xs.id and w not in self.roots.taken)
        one = next(w for w in free if w.isidentifier() and not keyword.iskeyword(w))
        each = ast.comprehension(ast.Name(one, ast.Store()), xs, [], 0)
        some_real = expr.kind.items and expr.kind.items[0].dtype == "complex"
        made = self.roots.helper("zeros_complex") if some_real else self.roots.dotted("np.zeros_like")
        return ast.ListComp(ast.Call(made, [_name(one)], []), [each])

    def copy(self, expr: Node) -> ast.expr:
        order: list[ast.expr] = [ast.Constant("K")] if expr.form == ".copy K" else []
        return ast.Call(ast.Attribute(self(expr.args[0]), "copy", ast.Load()), order, [])

    def dict(self, expr: Node) -> ast.expr:
        keys = dict(expr.kwargs).get("keys")
        items = keys.args if isinstance(keys, Node) else ()
        return ast.Dict([self(key) for key in items], self.all(expr.args))

    def printed(self, expr: Node) -> ast.expr:
        """`print("values:", *xs)`: the form counts the arguments that are spread."""
        made = self.call(self.roots.builtin("print"), expr.args, expr.kwargs)
        assert isinstance(made, ast.Call)
        for place in map(int, expr.form.split()):
            made.args[place] = ast.Starred(made.args[place], ast.Load())
        return made

    def fstring(self, expr: Node) -> ast.expr:
        words = {key: value.args if isinstance(value, Node) else () for key, value in expr.kwargs}
        pieces, specs, codes = (
            [item.value if isinstance(item, Const) else "" for item in words.get(key, ())]
            for key in ("pieces", "specs", "conversions")
        )
        made: list[ast.expr] = []
        for k in range(max(len(pieces), len(expr.args))):
            if k < len(pieces) and pieces[k]:
                made.append(ast.Constant(pieces[k]))
            if k < len(expr.args):
                spec = ast.JoinedStr([ast.Constant(specs[k])]) if k < len(specs) and specs[k] else None
                code = codes[k] if k < len(codes) and codes[k] is not None else -1
                made.append(ast.FormattedValue(self(expr.args[k]), int(code), spec))
        return ast.JoinedStr(made)

    def index(self, expr: Expr) -> ast.expr:
        """What stands between brackets."""
        if isinstance(expr, Node) and expr.fun == "(slice)":
            parts = [None if part == NONE else self(part) for part in expr.args]
            return ast.Slice(*parts)
        if isinstance(expr, Node) and expr.fun == "(tuple)":
            return ast.Tuple([self.index(item) for item in expr.args], ast.Load())
        return self(expr)

    def const(self, value: Any) -> ast.expr:
        """A literal; what has no literal is written as a call."""
        if type(value) in (int, float) and 0 < value < math.inf:
            return ast.Constant(value)
        if isinstance(value, np.generic):
            return ast.Call(self.roots.dotted(f"np.{type(value).__name__}"), [self.const(value.item())], [])
        if isinstance(value, float) and (math.isinf(value) or math.isnan(value)):
            name = self.roots.dotted("np.nan" if math.isnan(value) else "np.inf")
            return ast.UnaryOp(ast.USub(), name) if value < 0 else name
        if isinstance(value, complex) and not _is_imaginary(value):
            return ast.Call(
                self.roots.builtin("complex"), [self.const(value.real), self.const(value.imag)], []
            )
        if (
            isinstance(value, int | float | complex)
            and not isinstance(value, bool)
            and (repr(value).startswith("-") or str(value).startswith("(-"))
        ):
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
        if isinstance(value, tuple):
            return ast.Tuple([self.const(item) for item in value], ast.Load())
        if isinstance(value, slice):
            parts = [self.const(part) for part in (value.start, value.stop, value.step)]
            return ast.Call(self.roots.builtin("slice"), parts, [])
        assert value is None or isinstance(
            value, bool | int | float | complex | str | bytes | types.EllipsisType
        ), value
        return ast.Constant(value)


_UFUNCS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "neg": "negative",
    "pow": "power",
    "matmul": "matmul",
    "mod": "mod",
    "floordiv": "floor_divide",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}


_LOAD = ast.Load()


def _name(text: str) -> ast.Name:
    return ast.Name(text, _LOAD)


def _is_imaginary(value: complex) -> bool:
    """Whether a number is that of a literal, 0.3j or -0.3j, down to the sign of its real part."""
    plain = value.real == 0 and cmath.isfinite(value)
    return plain and math.copysign(1, value.real) == math.copysign(1, value.imag)
