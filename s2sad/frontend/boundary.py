"""What a call of a derivative converts, for one that is inlined: structures, copies, Python floats.

    g = grad(loss)(p)          p = Params(w, b)         loss_grad gets (w, b), and gives a tuple of gradients,
                                                        of which Params(..., ...) is made
    v, dv = jvp(f, (x,), (t,))                          what is x or t itself is copied: no result shares
                                                        memory with an argument

A structure has gradients of its own structure and None for leaves that have no derivative, such as integers.
Complex gradients are conjugated: generated code has df/dx + i df/dy, users df/dx - i df/dy.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from s2sad.frontend.state import Group, Local, State, Value, opened
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Do, Let, Ref, Var, walk
from s2sad.rules import registry

STORED = ("array", "num")
STRUCTURES = ("tuple", "dict", "list")


class Boundary(State):
    """The part of lowering that converts the arguments and results of derivatives."""

    # ---- arguments

    def kind_of_parts(self, value: Value) -> Kind:
        """What is known of an argument: of a dataclass that is made here the fields, as of a dict."""
        if not isinstance(value, Local | Group):
            return self.kind(value)
        held = opened(value)
        assert isinstance(held, Group)
        items = tuple(map(self._kind_of_part, held.items))
        if held.cat == "list" and (
            any(_holds_dicts(item) or _holds_callables(item) for item in items)
            or len({K.without_lengths(item) for item in items}) > 1
        ):
            return Kind("tuple", items=items, cls=list)  # whose elements are known one by one
        if held.cat == "list" and items:
            items = (functools.reduce(K.join, items),)
        if held.cls is None:
            return replace(self.kind(held), items=items)
        if held.cat == "tuple":
            return Kind("tuple", ",".join(held.keys), items=items, cls=held.cls)
        if held.cat == "object":
            return Kind("dict", ",".join(held.keys), items=items, keys=tuple(held.keys), cls=held.cls)
        return K.OBJECT

    def _kind_of_part(self, value: Value) -> Kind:
        """The same of a part: strings and functions are known themselves, as those of arguments are."""
        kind = self.kind_of_parts(value)
        if isinstance(value, Const) and isinstance(value.value, str):
            return replace(kind, known=value.value)
        if isinstance(value, Ref) and kind == K.OBJECT and callable(value.obj):
            return replace(kind, known=value.obj)
        return kind

    def plain(self, value: Value) -> Value:
        """An argument as generated code takes it: records that are made here as tuples and dicts."""
        held = opened(value)
        if not isinstance(held, Group):
            return value
        items = [self.plain(item) for item in held.items]
        if held.cls is None and all(a is b for a, b in zip(items, held.items, strict=True)):
            return value
        if held.cat == "tuple" or held.cls is None:
            return Group(held.cat, items, list(held.keys) if held.cls is None else [])
        return Group("dict", items, list(held.keys))

    def given_like(self, given: Value, kind: Kind | Atom, like: Value, node: ast.AST) -> Value:
        """A tangent or cotangent that is given here: of the other's structure, its types, and its shapes."""
        kind = kind if isinstance(kind, Kind) else self.kind(like)
        if kind.cat in ("tuple", "dict") and kind.items is not None:
            return self._given_parts(given, kind, like, node)
        mine = self.kind(given)
        if not kind.is_number:
            return given
        if not kind.inexact:
            return Const(0.0) if given == Const(None) else given
        if given == Const(None):
            return self.zeros(like, kind, node)
        if not mine.is_number or (mine.sort == "complex" and kind.sort != "complex"):
            self.refuse(node, "a tangent that is no number or array of the primal's sort", "pass one like it")
        if kind.is_python:
            return given if mine.cat == kind.cat else self.apply(kind.cat, [given], {}, node)
        if kind.is_array and kind.rank == 0 and mine.is_scalar:
            return self.apply("np.asarray", [given], {}, node)
        if kind.is_array and not mine.is_array:
            self.refuse(node, "a number is the tangent of an array here", "pass an array of its shape")
        if not K.same_shape(mine, kind):
            shapes = [self.apply("np.shape", [v], {}, node) for v in (given, like)]
            same = self.emit(Call("eq", tuple(self.atom(v) for v in shapes)), K.BOOL, node)
            message = Const("a tangent has another shape than its primal")
            self.do(Call("assert", (self.atom(same), message)), node)
        return given

    def _given_parts(self, given: Value, kind: Kind, like: Value, node: ast.AST) -> Value:
        mine = self.kind_of_parts(given)
        if mine.cat not in ("tuple", "dict", "list") or (mine.cat == "dict") != (kind.cat == "dict"):
            self.refuse(node, "a tangent has another structure than its primal", "pass one like it")
        inner, items = self.plain(given), kind.items or ()
        if kind.cat == "tuple" and isinstance(mine.items, tuple) and len(mine.items) != len(items):
            self.refuse(node, "a tangent has another structure than its primal", "pass one like it")
        whole = self.plain(like)
        parts = [
            self.given_like(
                self.getitem(inner, Const(key), node), item, self.getitem(whole, Const(key), node), node
            )
            for key, item in zip(kind.places, items, strict=True)
        ]
        return Group(kind.cat, parts, list(kind.keys))

    def zeros(self, like: Value, kind: Kind, node: ast.AST) -> Value:
        """A tangent of zeros."""
        return Const(0.0) if kind.is_scalar else self.apply("np.zeros_like", [like], {}, node)

    def zeros_of(self, value: Value, node: ast.AST) -> Value:
        """A cotangent of zeros for something of any structure."""
        kind, inner = self.kind_of_parts(value), self.plain(value)
        if kind.cat in ("tuple", "dict") and kind.items is not None:
            items = [self.zeros_of(self.getitem(inner, Const(key), node), node) for key in kind.places]
            return Group(kind.cat, items, list(kind.keys))
        if isinstance(inner, Group) and inner.cat == "list":
            return Group("list", [self.zeros_of(item, node) for item in inner.items])
        if kind.cat == "list" and K.carries(kind):
            return self.emit(Call("zeros_list", (self.atom(inner),)), kind, node)
        if not kind.is_number or not K.carries(kind):
            return Const(None)
        return self.zeros(inner, kind, node)

    # ---- results

    def converted(
        self, obj: Any, result: Value, kinds: Mapping[str, Kind | Atom], start: int, node: ast.AST
    ) -> Value:
        """The result as the call gives it; the derivative's statements begin at `start`."""
        if obj.mode == "jvp":
            return Group("tuple", self._pushed(obj, result, kinds, start, node))
        if obj.mode == "value_and_grad":
            value, grads = self.unpack(result, 2, node)
            value = self.private(value, start, node)
            return Group("tuple", [value, self._gradients(obj, grads, kinds, node)])
        if not obj.has_aux:
            return self._gradients(obj, result, kinds, node)
        grads, aux = self.unpack(result, 2, node)
        return Group("tuple", [self._gradients(obj, grads, kinds, node), self.private(aux, start, node)])

    def _pushed(
        self, obj: Any, result: Value, kinds: Mapping[str, Kind | Atom], start: int, node: ast.AST
    ) -> list[Value]:
        """Value, tangent, and what comes besides."""
        value, dot = self.unpack(result, 2, node)
        if obj.inner is not None:
            if not obj.has_aux:
                made = [self.converted(obj.inner, part, kinds, start, node) for part in (value, dot)]
                return [self.private(part, start, node) for part in made]
            grads, aux = self.unpack(value, 2, node)
            found = [self._gradients(obj.inner, part, kinds, node) for part in (grads, dot)]
            return [self.private(part, start, node) for part in (*found, aux)]
        parts = self.unpack(value, 2, node) if obj.has_aux else [value]
        if self.kind(parts[0]).cat == "float" and self.kind(dot).cat != "float":
            dot = self.apply("float", [dot], {}, node)
        return [self.private(part, start, node) for part in (parts[0], dot, *parts[1:])]

    def private(self, value: Value, start: int, node: ast.AST) -> Value:
        """A result whose arrays share memory with nothing: copied, unless the derivative has made them."""
        if isinstance(value, Group):
            items = [self.private(v, start, node) for v in value.items]
            return Group(value.cat, items, value.keys, value.cls)
        if isinstance(value, Local) or (isinstance(value, Var) and self.kind(value).cat in ("tuple", "dict")):
            return self._copied_apart(value, node)
        if not isinstance(value, Var) or self.kind(value).cat not in STORED:
            return value
        return value if self._is_made(value.name, start) else self.copied(value, True, node)

    def _copied_apart(self, value: Value, node: ast.AST) -> Value:
        """A copy of a structure, of the lists in it too: no two of its parts are the same array."""
        held = opened(value)
        kind = self.kind(value)
        if isinstance(held, Group) and self.stands_in(value) is None:
            items = [self._copied_apart(item, node) for item in held.items]
            if isinstance(value, Local):
                return self.made(held.cat, items, list(held.keys), held.cls)
            return Group(held.cat, items, held.keys, held.cls)
        if isinstance(value, Var) and kind.cat == "list":
            return self.apply("copy_tree", [value], {}, node)
        return self.copied(value, True, node)

    def _is_made(self, name: str, start: int) -> bool:
        """Whether an array is new since `start`, and no other value of the program can be a view of it."""
        made = False
        for stmt in walk(tuple(self.block[start:])):
            if isinstance(stmt, Let) and stmt.name == name:
                made = registry.makes_array(stmt.call.fun)
            elif isinstance(stmt, Do) and Var(name) in stmt.call.args:
                return False  # it may be kept
        return made

    def _gradients(self, obj: Any, grads: Value, kinds: Mapping[str, Kind | Atom], node: ast.AST) -> Value:
        names = obj.parameters()
        parts = [grads] if len(names) == 1 else self.unpack(grads, len(names), node)
        found = [self.gradient(part, kinds[name], node) for name, part in zip(names, parts, strict=True)]
        return found[0] if obj.single else Group("tuple", found)

    def gradient(self, grad: Value, kind: Kind | Atom, node: ast.AST) -> Value:
        """A gradient by an argument of this kind: of its structure."""
        if not isinstance(kind, Kind) or not K.carries(kind):
            return Const(None)
        if kind.cat == "float" and self.kind(grad).cat != "float":
            return self.apply("float", [grad], {}, node)
        if kind.sort == "complex":
            return self.conjugated(grad, kind, node)
        if kind.cat not in STRUCTURES or kind.items is None or not _differs(kind):
            return grad
        if kind.cat == "list":
            rule, classes = _of_elements(kind.items[0])
            return self.apply(rule, [grad, *classes], {}, node)
        pairs = zip(kind.places, kind.items, strict=True)
        items = [self.gradient(self.getitem(grad, Const(key), node), item, node) for key, item in pairs]
        if kind.cls is None:
            return Group(kind.cat, items, list(kind.keys))
        if kind.cls is list:
            return Group("list", items)
        names = kind.dtype.split(",")
        if kind.cat == "tuple":
            return Group("tuple", items, names, kind.cls)
        return self.made("object", items, names, kind.cls)

    def conjugated(self, grad: Value, kind: Kind, node: ast.AST) -> Value:
        """A complex cotangent, which generated code has conjugated, as users have it; and the reverse."""
        made = self.apply("np.conj", [grad], {}, node)
        if kind.is_python:
            return self.apply("complex", [made], {}, node)
        narrow = kind.shape == () and self.kind(grad).sort != "complex"  # that of np.real is a real 1.0
        return self.apply(f"np.{kind.dtype or 'complex128'}", [made], {}, node) if narrow else made


def _holds_dicts(kind: Kind) -> bool:
    return kind.cat == "dict" or any(map(_holds_dicts, kind.items or ()))


def _holds_callables(kind: Kind) -> bool:
    return callable(kind.known) or any(map(_holds_callables, kind.items or ()))


def _of_elements(kind: Kind) -> tuple[str, list[Value]]:
    """The rule that converts the gradient of a list of unknown length, and the classes that it takes besides.

        [float(v) for v in grads]                   each element is a float
        [(np.conj(v[0]), None) for v in grads]      a tuple of a complex array and an integer
        [c0(v[0], v[1]) for v in grads]             a namedtuple
    """
    classes: list[type] = []
    text = f"[{_converted(kind, 'v', classes)} for v in grads]"
    places = "".join(f", c{k}" for k in range(len(classes)))
    name = f"gradients{places} {text}"
    registry.composite(name, f"def gradients(grads{places}):\n    return {text}\n")
    return name, [Ref(cls.__name__, cls) for cls in classes]


def _converted(kind: Kind, grad: str, classes: list[type]) -> str:
    """The text of a gradient as users have it."""
    if not K.carries(kind):
        return "None"
    if kind.is_number:
        made = f"np.conj({grad})" if kind.sort == "complex" else grad
        return f"{kind.cat}({made})" if kind.is_python else made
    if not _differs(kind) or kind.items is None:
        return grad
    if kind.cat == "list":
        inner = grad.partition("[")[0] + "_"
        return f"[{_converted(kind.items[0], inner, classes)} for {inner} in {grad}]"
    pairs = zip(kind.places, kind.items, strict=True)
    parts = [_converted(item, f"{grad}[{key!r}]", classes) for key, item in pairs]
    if kind.cat == "dict":
        return f"{{{', '.join(f'{key!r}: {v}' for key, v in zip(kind.places, parts, strict=True))}}}"
    if kind.cls is None:
        return f"({', '.join(parts)},)"
    classes.append(kind.cls)
    return f"c{len(classes) - 1}({', '.join(parts)})"


def _differs(kind: Kind) -> bool:
    """Whether the gradient of a structure is not what generated code returns for it."""
    if kind.cat in STRUCTURES:
        return kind.cls is not None or any(_differs(item) for item in kind.items or ())
    return kind.cat == "float" or kind.sort == "complex" or not K.carries(kind)


__all__ = ["Boundary"]
