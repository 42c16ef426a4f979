"""Lowering of expressions: an `ast.expr` becomes statements that compute it and the value that stands for it.

    np.sum(x[1:]*y)      t.1 = getitem(x, Slice(1, None, None)); t.2 = mul(t.1, y); t.3 = np.sum(t.2)

Operands are evaluated in Python's order. What is known (`x.ndim`, `y is None`, `isinstance(x, float)`, literals under a
minus) is folded, so that branches on it are decided here.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from s2sad.frontend.state import Closure, Group, Method, Part, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Dict, If, List, Out, Ref, Slice, Tuple, Undef, Var

BINARY = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "band", ast.BitOr: "bor", ast.BitXor: "bxor",
    ast.LShift: "lshift", ast.RShift: "rshift",
}
UNARY = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert", ast.Not: "not"}
COMPARE = {
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Is: "is",
    ast.IsNot: "isnot", ast.In: "in", ast.NotIn: "notin",
}
FOLDABLE = {"eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "is": lambda a, b: a is b,
            "isnot": lambda a, b: a is not b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
            "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "in": lambda a, b: a in b,
            "notin": lambda a, b: a not in b}


class Expressions(State):
    """The part of lowering that reads expressions."""

    def expr(self, node: ast.expr, hint: str = "") -> Value:
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            self.refuse(node, f"the expression {type(node).__name__} is not supported", "write it as a plain function call or loop")
        value = method(node, hint)
        return value  # type: ignore[no-any-return]

    def operand(self, node: ast.expr) -> Value:
        """An expression whose value is needed at once."""
        value = self.expr(node)
        if isinstance(value, Undef):
            self.refuse(node, f"{ast.unparse(node)!r} may be unbound here", "assign it on every path")
        return value

    # ------------------------------------------------------------------------------------------------------ literals

    def _constant(self, node: ast.Constant, hint: str) -> Value:
        return Const(node.value)

    def _name(self, node: ast.Name, hint: str) -> Value:
        value = self.lookup(node.id, node)
        if isinstance(value, Undef):
            raise Unbound(node.id, node)
        return value

    def _tuple(self, node: ast.Tuple, hint: str) -> Value:
        return Group("tuple", self._elements(node.elts))

    def _list(self, node: ast.List, hint: str) -> Value:
        return Group("list", self._elements(node.elts))

    def _elements(self, nodes: list[ast.expr]) -> list[Value]:
        items: list[Value] = []
        for item in nodes:
            if isinstance(item, ast.Starred):
                items.extend(self.unpack(self.operand(item.value), None, item))
            else:
                items.append(self.operand(item))
        return items

    def _dict(self, node: ast.Dict, hint: str) -> Value:
        keys: list[Any] = []
        items: list[Value] = []
        for key_node, item in zip(node.keys, node.values, strict=True):
            if key_node is None:
                inner = self.operand(item)
                if not (isinstance(inner, Group) and inner.cat == "dict"):
                    self.refuse(item, "** of a dict whose keys are not known here", "write the keys out")
                keys += inner.keys
                items += inner.items
                continue
            key = self.operand(key_node)
            if not isinstance(key, Const | Ref):
                self.refuse(key_node, "a dict display with a computed key", "use literal keys")
            keys.append(key.value if isinstance(key, Const) else key.obj)
            items.append(self.operand(item))
        return Group("dict", items, keys)

    def _joinedstr(self, node: ast.JoinedStr, hint: str) -> Value:
        pieces: list[Const] = [Const("")]
        values, specs, conversions = [], [], []
        for part in node.values:
            if isinstance(part, ast.Constant):
                pieces[-1] = Const(pieces[-1].value + part.value)
                continue
            assert isinstance(part, ast.FormattedValue)
            values.append(self.variable(self.operand(part.value), part))
            spec = part.format_spec
            if spec is not None and not all(isinstance(v, ast.Constant) for v in getattr(spec, "values", [])):
                self.refuse(part, "a computed format in an f-string", "use format()")
            specs.append(Const("".join(v.value for v in spec.values) if isinstance(spec, ast.JoinedStr) else ""))  # type: ignore[attr-defined]
            conversions.append(Const(part.conversion))
            pieces.append(Const(""))
        kwargs = (("pieces", Tuple(tuple(pieces))), ("specs", Tuple(tuple(specs))), ("conversions", Tuple(tuple(conversions))))
        return self.emit(Call("fstring", tuple(values), kwargs), K.STR, node, hint)

    def _lambda(self, node: ast.Lambda, hint: str) -> Value:
        return self.closure(node)

    def closure(self, node: ast.Lambda | ast.FunctionDef) -> Closure:
        """A nested function with its defaults evaluated now."""
        defaults = [self.operand(d) for d in node.args.defaults]
        kwdefaults = {a.arg: self.operand(d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None}
        return Closure(node, self.scope, defaults, kwdefaults)

    # ----------------------------------------------------------------------------------------------------- operators

    def _binop(self, node: ast.BinOp, hint: str) -> Value:
        left = self.operand(node.left)
        right = self.operand(node.right)
        return self.binary(BINARY[type(node.op)], left, right, node, hint)

    def binary(self, op: str, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """An operator on two values; sequences are joined and repeated here."""
        if isinstance(left, Const) and isinstance(right, Const) and isinstance(left.value, str) and isinstance(right.value, str) and op == "add":
            return Const(left.value + right.value)
        if isinstance(left, Group) and isinstance(right, Group) and op == "add":
            return Group(left.cat, left.items + right.items)
        for one, two in ((left, right), (right, left)):
            if isinstance(one, Group) and op == "mul" and isinstance(two, Const) and isinstance(two.value, int):
                return Group(one.cat, one.items * two.value)
        lists = [self.kind(v).cat == "list" for v in (left, right)]
        if op == "add" and all(lists):
            kinds = [k for v in (left, right) for k in (self.kind(v).items or ())]
            return self.emit(Call("add", (self.variable(left), self.variable(right))), K.list_of(K.join_all(kinds)), node, hint)
        if op == "mul" and any(lists):
            one = left if lists[0] else right
            item = K.join_all(list(self.kind(one).items or ()))
            return self.emit(Call("mul", (self.variable(left), self.variable(right))), K.list_of(item), node, hint)
        if op == "mod" and self.kind(left).cat == "str":
            return self.emit(Call("mod", (self.atom(left), self.variable(right))), K.STR, node, hint)
        if op == "add" and "str" in (self.kind(left).cat, self.kind(right).cat):
            return self.emit(Call("add", (self.atom(left), self.atom(right))), K.STR, node, hint)
        return self.apply(op, [left, right], {}, node, hint=hint)

    def _unaryop(self, node: ast.UnaryOp, hint: str) -> Value:
        value = self.operand(node.operand)
        op = UNARY[type(node.op)]
        if isinstance(value, Const) and op == "not":
            return Const(not value.value)
        if isinstance(value, Const) and op in ("neg", "pos") and type(value.value) in (int, float, complex):
            return Const(-value.value if op == "neg" else value.value)
        if op == "not":
            return self.emit(Call("not", (self.truth(value),)), K.BOOL, node, hint)
        return self.apply(op, [value], {}, node, hint=hint)

    def truth(self, value: Value) -> Any:
        """An operand whose truth is asked for."""
        if isinstance(value, Group):
            return Const(bool(value.items))
        if isinstance(value, Closure | Method | Part):
            return Const(True)
        return self.atom(value)

    def _compare(self, node: ast.Compare, hint: str) -> Value:
        left = self.operand(node.left)
        if len(node.ops) == 1:
            return self.compare(COMPARE[type(node.ops[0])], left, self.operand(node.comparators[0]), node, hint)
        return self._chain(left, list(zip(node.ops, node.comparators, strict=True)), node, hint)

    def _chain(self, left: Value, rest: list[tuple[ast.cmpop, ast.expr]], node: ast.Compare, hint: str) -> Value:
        op, comparator = rest[0]
        right = self.operand(comparator)
        first = self.compare(COMPARE[type(op)], left, right, node)
        if len(rest) == 1:
            return first
        return self.choose(first, lambda: self._chain(right, rest[1:], node, ""), lambda: first, node, hint)

    def compare(self, op: str, left: Value, right: Value, node: ast.AST, hint: str = "") -> Value:
        """A comparison, decided here if both sides are known."""
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(FOLDABLE[op](left.value, right.value))
        if op in ("is", "isnot"):
            for one, two in ((left, right), (right, left)):
                if isinstance(two, Const) and two.value is None and self.kind(one).cat not in ("object", "none"):
                    return Const(op == "isnot")
            if isinstance(left, Ref) and isinstance(right, Ref):
                return Const((left.obj is right.obj) == (op == "is"))
        if op in ("in", "notin") and isinstance(left, Const) and isinstance(right, Group):
            known = right.keys if right.cat == "dict" else [i.value for i in right.items if isinstance(i, Const)]
            if right.cat == "dict" or len(known) == len(right.items):
                return Const((left.value in known) == (op == "in"))
        if op in ("in", "notin") and isinstance(left, Const) and isinstance(right, Var) and self.kind(right).cat == "dict":
            return Const((left.value in self.kind(right).keys) == (op == "in"))
        if self.kind(left).is_number and self.kind(right).is_number:
            return self.apply(op, [left, right], {}, node, hint=hint)
        return self.emit(Call(op, (self.variable(left), self.variable(right))), K.BOOL, node, hint)

    def _boolop(self, node: ast.BoolOp, hint: str) -> Value:
        return self._boolop_chain(node, 0, hint)

    def _boolop_chain(self, node: ast.BoolOp, start: int, hint: str) -> Value:
        first = self.operand(node.values[start])
        if start == len(node.values) - 1:
            return first
        known = self.static_truth(first)
        is_and = isinstance(node.op, ast.And)
        if known is not None:
            return self._boolop_chain(node, start + 1, hint) if known == is_and else first
        rest = lambda: self._boolop_chain(node, start + 1, "")  # noqa: E731 - a thunk for choose
        return self.choose(first, rest, lambda: first, node, hint) if is_and else self.choose(first, lambda: first, rest, node, hint)

    def _ifexp(self, node: ast.IfExp, hint: str) -> Value:
        cond = self.operand(node.test)
        known = self.static_truth(cond)
        if known is not None:
            return self.expr(node.body if known else node.orelse, hint)
        return self.choose(cond, lambda: self.operand(node.body), lambda: self.operand(node.orelse), node, hint)

    def static_truth(self, value: Value) -> bool | None:
        """The truth of a value if it is known here."""
        if isinstance(value, Const):
            return bool(value.value)
        if isinstance(value, Group):
            return bool(value.items)
        if isinstance(value, Closure | Method | Part) or (isinstance(value, Ref) and callable(value.obj)):
            return True
        return None

    def choose(self, cond: Value, then: Any, orelse: Any, node: ast.AST, hint: str = "") -> Value:
        """`then() if cond else orelse()`, each lowered in a block of its own."""
        from s2sad.frontend.branches import join_values

        outer = self.block
        branches: list[list[Any]] = []
        values: list[Value] = []
        for make in (then, orelse):
            self.block = []
            values.append(make())
            branches.append(self.block)
        self.block = outer
        outs: list[Out] = []
        value = join_values(self, values[0], values[1], hint, outs, {}, node)
        self.block.append(If(self.truth(cond), tuple(branches[0]), tuple(branches[1]), tuple(outs), self.span(node), ternary=True))
        return value

    def _namedexpr(self, node: ast.NamedExpr, hint: str) -> Value:
        value = self.expr(node.value, node.target.id)
        self.scope.env[node.target.id] = value
        return value

    # --------------------------------------------------------------------------------------------- parts of a value

    def _subscript(self, node: ast.Subscript, hint: str) -> Value:
        base = self.operand(node.value)
        index = self.index(node.slice)
        return self.getitem(base, index, node, hint)

    def index(self, node: ast.expr) -> Value:
        """The inside of square brackets; slices are atoms."""
        if isinstance(node, ast.Slice):
            parts = [Const(None) if p is None else self.atom(self.operand(p), p) for p in (node.lower, node.upper, node.step)]
            return Slice(*parts)
        if isinstance(node, ast.Tuple):
            return Group("tuple", [self.index(e) for e in node.elts])
        return self.operand(node)

    def getitem(self, base: Value, index: Value, node: ast.AST, hint: str = "") -> Value:
        """`base[index]` for arrays, lists, tuples, dicts and live objects."""
        if isinstance(base, Group):
            return self._group_item(base, index, node, hint)
        kind = self.kind(base)
        if isinstance(base, Ref) and not kind.is_number:
            return self._live_item(base, index, node, hint)
        if kind.cat == "dict" and isinstance(index, Const | Ref):
            key = index.value if isinstance(index, Const) else index.obj
            if key not in kind.keys:
                self.refuse(node, f"the dict has no key {key!r}", "use a key that the argument has")
            item = (kind.items or ())[kind.keys.index(key)]
            return self.emit(Call("getitem", (self.atom(base), self.atom(index))), item, node, hint)
        if kind.cat == "tuple" and isinstance(index, Const) and isinstance(index.value, int) and kind.items is not None:
            if not -len(kind.items) <= index.value < len(kind.items):
                self.refuse(node, "the index is out of range for this tuple", "use an index that the tuple has")
            return self.emit(Call("getitem", (self.atom(base), index)), kind.items[index.value], node, hint)
        if kind.cat == "tuple" and isinstance(index, Slice) and kind.items is not None:
            return self._group_item(Group("tuple", self.unpack(base, None, node)), index, node, hint)
        if kind.cat in ("list", "tuple"):
            return self._list_item(base, kind, index, node, hint)
        if not kind.is_number or kind.is_scalar:
            if kind.cat in ("object", "str", "dict", "range"):
                return self.emit(Call("getitem", (self.atom(base), self.variable(index))), K.OBJECT, node, hint)
            self.refuse(node, f"a {K.describe(kind)} cannot be indexed", "index an array, a list, a tuple or a dict")
        atom = self.atom(index, node)
        return self.emit(Call("getitem", (self.atom(base), atom)), self.indexed(kind, atom, node), node, hint)

    def _group_item(self, base: Group, index: Value, node: ast.AST, hint: str) -> Value:
        if isinstance(index, Const | Ref) and base.cat == "dict":
            key = index.value if isinstance(index, Const) else index.obj
            if key not in base.keys:
                self.refuse(node, f"the dict has no key {key!r}", "use a key that it has")
            return base.items[base.keys.index(key)]
        if isinstance(index, Const) and isinstance(index.value, int) and -len(base.items) <= index.value < len(base.items):
            return base.items[index.value]
        if isinstance(index, Slice):
            parts = [p.value if isinstance(p, Const) else ... for p in (index.lo, index.hi, index.step)]
            if ... not in parts:
                return Group(base.cat, base.items[slice(*parts)])
        if base.cat == "dict":
            self.refuse(node, "a dict display is read by a computed key", "use a list and an index, or literal keys")
        var = self.variable(base, node)
        kind = K.list_of(K.join_all([self.kind(i) for i in base.items]))
        self.kinds[var.name] = kind  # type: ignore[union-attr]
        return self._list_item(var, kind, index, node, hint)

    def _list_item(self, base: Value, kind: Kind, index: Value, node: ast.AST, hint: str) -> Value:
        call = Call("getitem", (self.atom(base), self.atom(index)))
        if kind.cat == "tuple":
            item = K.join_all(list(kind.items or ()))
        else:
            item = kind.items[0] if kind.items else None
        if isinstance(index, Slice):
            return self.emit(call, K.list_of(item), node, hint)
        if item is None:  # nothing has been put in yet in this pass over the loop
            item = K.FLOAT
            self.widened = True
        return self.emit(call, K.anonymous(item), node, hint)

    def _live_item(self, base: Ref, index: Value, node: ast.AST, hint: str) -> Value:
        known = index.value if isinstance(index, Const) else index.obj if isinstance(index, Ref) else None
        container = base.obj
        if isinstance(container, dict | list | tuple) and isinstance(index, Const | Ref):
            try:
                obj = container[known]
            except (KeyError, IndexError, TypeError):
                self.refuse(node, f"{base.text} has no item {known!r}", "use an item that it has")
            self.depend((f"{id(container)}", id(container)), lambda: container[known], obj, repr(known))
            return self.live_value(f"{base.text}[{known!r}]", obj)
        return self.emit(Call("getitem", (base, self.variable(index))), K.OBJECT, node, hint)

    def indexed(self, kind: Kind, index: Any, node: ast.AST) -> Kind:
        """The kind of `a[index]` for an array (NumPy's indexing rules, on symbolic shapes)."""
        items = index.items if isinstance(index, Tuple) else (index,)
        if kind.shape is None:
            full = any(isinstance(i, Const) and i.value is Ellipsis for i in items)
            return Kind("array" if full else "num", kind.dtype, None)
        return index_kind(self, kind, list(items), node)

    def unpack(self, value: Value, count: int | None, node: ast.AST) -> list[Value]:
        """The elements of a value whose length is known, or `count` items of an array or list."""
        if isinstance(value, Group):
            return [Const(k) for k in value.keys] if value.cat == "dict" else list(value.items)
        kind = self.kind(value)
        if kind.cat == "tuple" and kind.items is not None:
            return [self.getitem(value, Const(i), node) for i in range(len(kind.items))]
        if kind.cat == "dict":
            return [Const(k) for k in kind.keys]
        if isinstance(value, Ref) and isinstance(value.obj, tuple | list):
            return [self._live_item(value, Const(i), node, "") for i in range(len(value.obj))]
        if count is None and kind.shape and isinstance(kind.shape[0], int):
            count = kind.shape[0]
        if count is not None and (kind.cat == "list" or (kind.is_number and not kind.is_scalar)):
            self.do(Call("assert", (self.apply("eq", [self.call_value(Ref("len", len), [value], {}, node), Const(count)], {}, node),)), node) \
                if False else None
            return [self.getitem(value, Const(i), node) for i in range(count)]
        return self.refuse(node, "the number of elements to unpack is not known", "index the value, or unpack it into names")

    # ----------------------------------------------------------------------------------------------------- attributes

    def _attribute(self, node: ast.Attribute, hint: str) -> Value:
        base = self.operand(node.value)
        return self.attribute(base, node.attr, node, hint)

    def attribute(self, base: Value, name: str, node: ast.AST, hint: str = "") -> Value:
        """`base.name` for arrays, live objects and objects among the arguments."""
        kind = self.kind(base)
        if kind.is_number and not (isinstance(base, Ref) and kind.cat == "object"):
            return self._array_attribute(base, kind, name, node, hint)
        if isinstance(base, Ref) and type(base.obj) in (list, dict, set, tuple):
            return Method(Const("." + name), base)
        if isinstance(base, Ref):
            try:
                obj = getattr(base.obj, name)
            except AttributeError:
                self.refuse(node, f"{base.text} has no attribute {name!r}", "check the name")
            holder = base.obj
            if not isinstance(getattr(type(holder), name, None), property) and not (callable(obj) and hasattr(obj, "__self__")):
                self.depend((base.text, id(holder)), lambda: getattr(holder, name), obj, name)
            return self._bound(base, name, obj, f"{base.text}.{name}", node, hint)
        if isinstance(base, Var) and base.name in self.live:
            holder = self.live[base.name]
            self._watch(holder, name)
            prop = getattr(type(holder), name, None)
            if isinstance(prop, property):
                return self.call_value(Ref(f"{type(holder).__name__}.{name}", prop.fget), [base], {}, node, hint)
            try:
                obj = getattr(holder, name)
            except AttributeError:
                self.refuse(node, f"{type(holder).__name__} has no attribute {name!r}", "set it before the call")
            return self._bound(base, name, obj, "", node, hint)
        if kind.cat in ("list", "str", "dict", "object", "tuple", "range") or isinstance(base, Group):
            return Method(Const("." + name), base)
        return self.refuse(node, f"the attribute {name!r} of {K.describe(kind)} is not known", "assign it to a name outside of the function")

    def _watch(self, holder: Any, name: str) -> None:
        """Rely on the kind of an attribute (and on its identity, where the text depends on that)."""
        def read() -> Any:
            obj = getattr(holder, name)
            kind = K.kind_of_value(obj)
            return K.without_lengths(kind) if kind.cat != "object" else getattr(obj, "__func__", obj)

        if not isinstance(getattr(type(holder), name, None), property):
            self.depend(("attribute", id(holder)), read, read(), name, same=True)

    def _bound(self, base: Value, name: str, obj: Any, text: str, node: ast.AST, hint: str) -> Value:
        function = getattr(obj, "__func__", None)
        if function is not None and getattr(obj, "__self__", None) is not None:
            owner = obj.__self__
            self.depend(("method", id(owner)), lambda: getattr(owner, name).__func__, function, name)
            if isinstance(owner, type):
                return Method(Ref(f"{owner.__name__}.{name}", function), Ref(owner.__name__, owner))
            return Method(Ref(f"{type(owner).__name__}.{name}", function), base)
        if isinstance(base, Ref):
            return self.live_value(text, obj)
        kind = K.kind_of_value(obj)
        if callable(obj) and kind.cat == "object":
            return Ref(f"{name}", obj)
        var = self.emit(Call("getattr", (self.atom(base), Const(name))), kind, node, hint)
        if kind.cat in ("object", "dict", "list", "tuple"):
            self.live[var.name] = obj
        return var

    def _array_attribute(self, base: Value, kind: Kind, name: str, node: ast.AST, hint: str) -> Value:
        atom = self.atom(base)
        if name == "ndim" and kind.rank is not None:
            return Const(kind.rank)
        if name in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes"):
            if name == "shape":
                lengths = None if kind.shape is None else tuple(K.INT for _ in kind.shape)
                if kind.shape is not None and all(isinstance(n, int) for n in kind.shape):
                    return Group("tuple", [Const(n) for n in kind.shape])
                return self.emit(Call("getattr", (atom, Const(name))), Kind("tuple", items=lengths), node, hint)
            result = K.INT if name != "dtype" else K.OBJECT
            return self.emit(Call("getattr", (atom, Const(name))), result, node, hint)
        if name == "T":
            shape = None if kind.shape is None else tuple(reversed(kind.shape))
            return self.emit(Call("getattr", (atom, Const("T"))), K.Kind(kind.cat, kind.dtype, shape), node, hint)
        if name in ("real", "imag"):
            return self.apply(f"np.{name}", [base], {}, node, form=f"@{name}", hint=hint)
        if name == "flat":
            self.refuse(node, "writes and reads through .flat are not tracked", "use ravel() or reshape(-1)")
        if hasattr(np.ndarray, name) or hasattr(np.float64, name) or hasattr(float, name):
            return Method(Const("." + name), base)
        return self.refuse(node, f"arrays have no attribute {name!r}", "check the name")

    # -------------------------------------------------------------------------------------------- comprehensions, misc

    def _starred(self, node: ast.Starred, hint: str) -> Value:
        return self.refuse(node, "a starred expression is not supported here", "write the elements out")

    def _display(self, value: Value) -> bool:
        return isinstance(value, Tuple | List | Dict | Group)


class Unbound(Exception):
    """A name is read that is not bound on this path (yet): loops lower their body once more with a guess."""

    def __init__(self, name: str, node: ast.AST) -> None:
        super().__init__(name)
        self.name = name
        self.node = node


def index_kind(state: State, kind: Kind, items: list[Any], node: ast.AST) -> Kind:
    """The kind of an indexed array of known rank."""
    shape = kind.shape or ()
    consumed = 0
    for item in items:
        item_kind = state.kind(item)
        if isinstance(item, Const) and (item.value is None or item.value is Ellipsis):
            continue
        consumed += (item_kind.rank or 0) if item_kind.sort == "bool" and item_kind.rank else 1
    if consumed > len(shape):
        state.refuse(node, f"too many indices for a {len(shape)}-D array", "drop an index")
    ellipsis = [i for i in items if isinstance(i, Const) and i.value is Ellipsis]
    if not ellipsis:
        items = [*items, Const(Ellipsis)]
    return _index_walk(state, kind, shape, items, len(shape) - consumed, bool(ellipsis), node)


def _index_walk(state: State, kind: Kind, shape: K.Shape, items: list[Any], spare: int, explicit: bool, node: ast.AST) -> Kind:
    axis = 0
    result: list[K.Length] = []
    fancy: list[K.Shape | None] = []
    places: list[int] = []
    ints = 0
    for item in items:
        item_kind = state.kind(item)
        if isinstance(item, Const) and item.value is Ellipsis:
            result += shape[axis : axis + spare]
            axis += spare
        elif isinstance(item, Const) and item.value is None:
            result.append(1)
        elif isinstance(item, Slice):
            parts = [p.value if isinstance(p, Const) else p for p in (item.lo, item.hi, item.step)]
            result.append(K.slice_length(shape[axis], *parts))
            axis += 1
        elif item_kind.cat == "int" or (item_kind.cat == "npscalar" and item_kind.sort == "int"):
            ints += 1
            places.append(len(result))
            axis += 1
        elif item_kind.sort == "bool" and item_kind.cat in ("array", "num") and item_kind.rank is not None:
            fancy.append((K.new_length(),))
            places.append(len(result))
            axis += item_kind.rank
        elif item_kind.cat in ("array", "num") and item_kind.sort == "int":
            fancy.append(item_kind.shape)
            places.append(len(result))
            axis += 1
        elif item_kind.cat in ("list", "tuple") and item_kind.items and (item_kind.cat == "list" or isinstance(item, List | Tuple)):
            length = len(item.items) if isinstance(item, List | Tuple) else K.new_length()
            fancy.append((K.new_length() if item_kind.items[0].cat == "bool" else length,))
            places.append(len(result))
            axis += 1
        else:
            return Kind("num", kind.dtype, None)
    if not fancy:
        if ints == len(shape) and not explicit and not result:
            return K.npscalar(kind.dtype)
        return K.array(tuple(result), kind.dtype)
    advanced = K.broadcast(*fancy)
    if advanced is None:
        return Kind("num", kind.dtype, None)
    adjacent = all(p == places[0] for p in places)
    where = places[0] if adjacent else 0
    full = tuple(result[:where]) + advanced + tuple(result[where:])
    return K.array(full, kind.dtype) if full else K.npscalar(kind.dtype)


__all__ = ["BINARY", "Dict", "Expressions", "Unbound"]
