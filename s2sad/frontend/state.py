"""What lowering carries along: the block being written, the names in scope, and the values that names mean.

A name of the program means a `Value`: an atom of the IR, or one of the things that exist only while the program is
lowered and that it never sees: closures, bound methods, partial calls, and tuples, lists and dicts whose elements are
known one by one (`Group`). So a callee is always resolved before the IR is written, however it got there.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from s2sad.errors import Span, UnsupportedError, refuse
from s2sad.frontend.source import Source
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Dict, Do, Fresh, Let, List, Ref, Slice, Stmt, Tuple, Undef, Var


@dataclass(slots=True)
class Closure:
    """A nested function or lambda; its free names are looked up in `scope` when it is called."""

    node: ast.FunctionDef | ast.Lambda
    scope: Scope
    defaults: list[Value]
    kwdefaults: dict[str, Value]


@dataclass(slots=True)
class Method:
    """A function with its first argument."""

    fn: Value
    self: Value


@dataclass(slots=True)
class Part:
    """functools.partial of a value."""

    fn: Value
    args: list[Value]
    kwargs: dict[str, Value]


@dataclass(slots=True)
class Group:
    """A tuple, list or dict whose elements are known one by one. `cls` is the class of a namedtuple."""

    cat: str
    items: list[Value]
    keys: list[Any] = field(default_factory=list)


Value = Atom | Closure | Method | Part | Group


@dataclass(slots=True)
class Scope:
    """The names of one function while it is lowered. `const` counts the open `with no_grad()` blocks."""

    source: Source
    env: dict[str, Value]
    locals: frozenset[str]
    parent: Scope | None = None
    code: object = None


@dataclass(slots=True)
class Dependency:
    """A name resolution that a text relies on: what `read` gives is still `obj` (`same`: equal to it)."""

    read: Callable[[], Any]
    obj: Any
    text: str
    same: bool = False

    def holds(self) -> bool:
        """Whether the name still means the same."""
        try:
            now = self.read()
        except (AttributeError, KeyError, IndexError, ValueError, TypeError):
            return False
        return bool(now == self.obj) if self.same else now is self.obj


class Assumed(Exception):
    """A parameter that was taken for an array is used as something else."""

    def __init__(self, parameter: str, kind: Kind) -> None:
        super().__init__(parameter)
        self.parameter = parameter
        self.kind = kind


class State:
    """The base of the lowering classes: emission, kinds, names, refusals."""

    def __init__(self) -> None:
        self.kinds: dict[str, Kind] = {}
        self.hints: dict[str, str] = {}
        self.fresh = Fresh(self.kinds, self.hints)
        self.block: list[Stmt] = []
        self.scope: Scope = None  # type: ignore[assignment]
        self.frames: list[object] = []
        self.live: dict[str, Any] = {}
        self.dependencies: dict[tuple[int, str], Dependency] = {}
        self.frozen: set[str] = set()  # values made under no_grad or by stop_gradient
        self.const_depth = 0
        self.widened = False  # a list's element kind changed in this pass over a loop
        self.callees: dict[Any, Any] = {}  # functions that call themselves, by signature
        self.guessed: dict[str, str] = {}  # parameters whose kind is a guess, by SSA name

    def settle(self, atom: Value, kind: Kind) -> None:
        """Say that a guessed parameter is of another kind; starts over."""
        if isinstance(atom, Var) and atom.name in self.guessed:
            raise Assumed(self.guessed[atom.name], kind)

    # -------------------------------------------------------------------------------- to be filled in by the mixins

    def expr(self, node: ast.expr, hint: str = "") -> Value:
        raise AssertionError

    def call_value(self, fn: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str = "") -> Value:
        raise AssertionError

    def statements(self, body: list[ast.stmt]) -> None:
        raise AssertionError

    def apply(self, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, form: str = "", hint: str = "") -> Value:
        raise AssertionError

    # ------------------------------------------------------------------------------------------------------ emission

    def emit(self, call: Call, kind: Kind, node: ast.AST | None = None, hint: str = "") -> Var:
        """Append `name = call` to the block."""
        name = self.fresh(hint, kind)
        self.block.append(Let(name, call, self.span(node)))
        if self.const_depth:
            self.frozen.add(name)
        return Var(name)

    def do(self, call: Call, node: ast.AST | None = None) -> None:
        """Append a call for its effect."""
        self.block.append(Do(call, self.span(node)))

    def span(self, node: ast.AST | None) -> Span | None:
        return None if node is None or not hasattr(node, "lineno") else self.scope.source.span(node)

    def refuse(self, node: ast.AST | None, what: str, instead: str) -> NoReturn:
        """Raise UnsupportedError at a node of the user's source."""
        span = self.span(node) or Span(self.scope.source.file, 1, 0, 1, 0)
        refuse(span, what, instead)
        raise AssertionError  # refuse raises

    # --------------------------------------------------------------------------------------------------------- kinds

    def kind(self, value: Value) -> Kind:
        """What is known of a value."""
        if isinstance(value, Var):
            return self.kinds[value.name]
        if isinstance(value, Const | Ref):
            return K.kind_of_value(value.value if isinstance(value, Const) else value.obj) if not callable(
                getattr(value, "obj", None)) else K.OBJECT
        if isinstance(value, Slice):
            return Kind("slice")
        if isinstance(value, Tuple | List | Dict):
            items = tuple(self.kind(item) for item in value.items)
            if isinstance(value, Dict):
                return Kind("dict", items=items, keys=tuple(k.value for k in value.keys))
            return Kind("tuple" if isinstance(value, Tuple) else "list", items=items)
        if isinstance(value, Group):
            return Kind(value.cat, items=tuple(self.kind(item) for item in value.items), keys=tuple(value.keys))
        return K.OBJECT

    def atom(self, value: Value, node: ast.AST | None = None) -> Atom:
        """The value as an operand of the IR."""
        if isinstance(value, Group):
            items = tuple(self.atom(item, node) for item in value.items)
            if value.cat == "dict":
                return Dict(tuple(Const(k) for k in value.keys), items)
            return Tuple(items) if value.cat == "tuple" else List(items)
        if isinstance(value, Closure | Method | Part):
            self.refuse(node, "a function that is made here is used as a value",
                        "call it directly or pass it to a function whose source can be read")
        return value

    def variable(self, value: Value, node: ast.AST | None = None, hint: str = "") -> Atom:
        """The value as one operand: displays are materialised."""
        atom = self.atom(value, node)
        if isinstance(atom, Tuple | List | Dict):
            call = Call("dict", atom.items, (("keys", Tuple(atom.keys)),)) if isinstance(atom, Dict) else Call(
                "tuple" if isinstance(atom, Tuple) else "list", atom.items)
            kind = self.kind(atom)
            if kind.cat == "list":
                kind = K.list_of(K.join_all(list(kind.items or ())))
            return self.emit(call, kind, node, hint)
        return atom

    # --------------------------------------------------------------------------------------------------------- names

    def lookup(self, name: str, node: ast.AST) -> Value:
        """What a name means here: local, enclosing function, cell, global, builtin."""
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.env:
                return scope.env[name]
            if name in scope.locals:
                return Undef()
            source = scope.source
            if scope.parent is None:
                break
            scope = scope.parent
        assert scope is not None
        source = scope.source
        if name in source.cells:
            cell = source.cells[name]
            try:
                obj = cell.cell_contents
            except ValueError:
                return Undef()
            self.depend(("cell", id(cell)), lambda: cell.cell_contents, obj, name)
            return self.live_value(name, obj)
        if name in source.globals:
            table = source.globals
            self.depend((str(id(table)), id(table)), lambda: table.get(name), table[name], name)
            return self.live_value(name, table[name])
        if hasattr(builtins, name):
            return self.live_value(name, getattr(builtins, name))
        return self.refuse(node, f"the name {name!r} is not defined", "define it, or import it, before the function is differentiated")

    def depend(self, where: tuple[str, int], read: Callable[[], Any], obj: Any, name: str, same: bool = False) -> None:
        """Remember that the text relies on what a name means now."""
        self.dependencies.setdefault((where[1], f"{where[0]}.{name}"), Dependency(read, obj, name, same))

    def live_value(self, text: str, obj: Any) -> Value:
        """A live object as a value."""
        if obj is None or obj is Ellipsis or isinstance(obj, bool | str):
            return Const(obj)
        return Ref(text, obj)


def unsupported(error: BaseException) -> bool:
    """Whether an exception is a refusal (and not a fault of s2sad)."""
    return isinstance(error, UnsupportedError)
