"""What try statements ask of exceptions, beyond that they come: what they carry, and whether names are bound.

    try: y = search(x)                 an exception is an object of the program, whose attributes may have a
    except Stopped as e: y = e.best    derivative, and `search` is left by a flag (see `carried`)

    try: y = s*v                       for v in xs: ...     xs may be empty, and the text of a derivative
    except UnboundLocalError: y = x    tells by None, or not at all, that v is not bound: refused
"""

from __future__ import annotations

import ast
import functools
import types
from dataclasses import dataclass
from typing import Any

from s2sad.errors import UnsupportedError
from s2sad.frontend.carried import WHOLE, Caught, Failed, Fits, Marked, Reader, entered, raised, space_of
from s2sad.frontend.generators import Before
from s2sad.frontend.leaving import placed
from s2sad.frontend.operators import static_attribute
from s2sad.frontend.raising import is_own, may_raise
from s2sad.frontend.source import Source
from s2sad.frontend.state import Group, Local, Raised, State, Unbound, Value
from s2sad.frontend.swallowing import caught
from s2sad.frontend.trees import assigned_names, sorts, walk
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Undef

_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.Import, ast.ImportFrom)


@dataclass(slots=True)
class Catcher:
    """The clauses of a try statement, and the cells that say what has come.

    clauses  the classes of each clause; `wanted`: the attributes that it reads of its exception, if any
    failed   whether an exception has come; `which`: the number of its clause
    found    by clause the class of what has come, and cells of what it holds
    """

    clauses: list[tuple[type, ...]]
    wanted: list[frozenset[str] | None]
    failed: int
    which: int
    found: dict[int, tuple[type, dict[tuple[str, int], int]]]

    def clause(self, cls: type | None) -> int | None:
        """The clause that takes an exception of a class, if it reads what that carries."""
        for k, classes in enumerate(self.clauses):
            if cls is not None and issubclass(cls, classes):
                return k if self.wanted[k] is not None else None
        return None

    def catching(self) -> list[type]:
        """The classes of clauses that read what an exception carries."""
        pairs = zip(self.clauses, self.wanted, strict=True)
        return [cls for classes, names in pairs if names is not None for cls in classes]


class Unknown(Exception):
    """What an exception holds is not known yet: the statement is lowered once more."""

    def __init__(self, clause: int, cls: type, keys: list[tuple[str, int]]) -> None:
        super().__init__(cls.__name__)
        self.clause, self.cls, self.keys = clause, cls, keys


class Catching(State):
    """The part of lowering that follows exceptions that carry values."""

    def _marked(self, node: Marked, hint: str) -> Value:
        self.opening = self.catcher
        try:
            return self.expr(ast.copy_location(ast.Call(node.func, node.args, node.keywords), node), hint)
        finally:
            self.opening = None

    def _failed(self, node: Failed, hint: str) -> Value:
        assert self.catcher is not None
        return self.objects.cells[self.catcher.failed]

    def has_failed(self) -> bool:
        """Whether it is certain that an exception has come."""
        return self.catcher is not None and self.objects.cells[self.catcher.failed] == Const(True)

    def _fits(self, node: Fits, hint: str) -> Value:
        assert self.catcher is not None
        return Const(self.catcher.clause(self._error_class(node.made)) is not None)

    def _error_class(self, node: ast.expr) -> type | None:
        """The class of the exception that an expression makes."""
        fn = self.peeked(node.func if isinstance(node, ast.Call) else node)
        found = fn.obj if isinstance(fn, Ref) else None
        return found if isinstance(found, type) and issubclass(found, BaseException) else None

    def _caught(self, node: Caught, hint: str) -> Value:
        catcher, made = self.catcher, node.made
        cls, args, kwargs = self._error_class(made), list[Value](), dict[str, Value]()
        assert catcher is not None and cls is not None
        if isinstance(made, ast.Call):
            if any(k.arg is None for k in made.keywords):
                self.refuse(made, "an exception is made with **", "write the keywords out")
            args = [self.operand(a) for a in made.args]
            kwargs = {k.arg or "": self.operand(k.value) for k in made.keywords}
        k = catcher.clause(cls)
        assert k is not None
        held = self._parts_of(self._error(cls, args, kwargs, made), catcher.wanted[k] or frozenset())
        if WHOLE in (catcher.wanted[k] or ()):
            atoms = tuple(self.variable(a, made) for a in args)
            words = tuple((n, self.variable(v, made)) for n, v in kwargs.items())
            error = self.emit(Call("call", (Ref(cls.__name__, cls), *atoms), words), K.OBJECT, made)
            held[WHOLE, 0] = error
        if k not in catcher.found:
            raise Unknown(k, cls, list(held))
        known, cells = catcher.found[k]
        if known is not cls or cells.keys() != held.keys():
            what = "exceptions of several classes, or with other attributes, are caught by one clause"
            self.refuse(made, what, "write a clause for each")
        for key, value in held.items():
            self._write(cells[key], value)
        self._write(catcher.which, Const(k))
        self._write(catcher.failed, Const(True))
        return Const(None)

    def _parts_of(self, error: Value, wanted: frozenset[str]) -> dict[tuple[str, int], Value]:
        """What an exception holds, as far as it is read; its arguments one by one."""
        assert isinstance(error, Local)
        held = dict(zip(error.group.keys, error.group.items, strict=True))
        if wanted - {WHOLE} <= held.keys():
            held = {k: v for k, v in held.items() if k in wanted}
        found: dict[tuple[str, int], Value] = {}
        for key, value in held.items():
            items = value.items if key == "args" and isinstance(value, Group) else [value]
            found.update({(key, i): item for i, item in enumerate(items)})
        return found

    def _write(self, number: int, value: Value) -> None:
        self.objects.cells[number] = value
        self.written_at.append((id(self.block), len(self.block)))

    def _error(self, cls: type, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        """An exception as an object of the program."""
        special = ("__new__", "__getattribute__")
        if any(isinstance(static_attribute(cls, n), types.FunctionType | staticmethod) for n in special):
            self.refuse(node, f"{cls.__name__} is made in a way of its own", "give it an __init__")
        made = self.made("object", [Group("tuple", list(args))], ["args"], cls)
        init = static_attribute(cls, "__init__")
        if isinstance(init, types.FunctionType):
            found = functools.partial(static_attribute, cls, "__init__")
            self.depend(("of its class", id(cls)), found, init, "__init__")
            self.call_value(self.class_attribute(made, cls, "__init__", node, ""), args, kwargs, node)
        elif kwargs:
            self.refuse(node, f"{cls.__name__}() takes no keyword arguments", "check the call")
        return made

    def carried(self, stmt: ast.Try) -> bool:
        """Lower a try statement of one statement whose clauses read what has come, if that can be done."""
        clauses = [tuple(c.obj for c in self._classes(h)) for h in stmt.handlers]
        wanted = [
            getattr(h, "wanted", None) if all(map(is_own, classes)) else None
            for h, classes in zip(stmt.handlers, clauses, strict=True)
        ]
        if not any(wanted) or len(stmt.body) > 1:
            return False
        new = self.objects.new
        catcher = Catcher(clauses, wanted, new(Const(False)), new(Const(-1)), {})
        self.following |= {catcher.failed, catcher.which}
        while True:
            before = Before(self)
            try:
                sure = self._lowered_within(catcher, stmt)
            except Unknown as unknown:
                before.restore()
                cells = {key: new(Undef()) for key in unknown.keys}
                catcher.found[unknown.clause] = unknown.cls, cells
                self.following |= set(cells.values())
                continue
            if sure:
                self._handled(stmt, catcher, 0)
            else:
                before.restore()
            return sure

    def _lowered_within(self, catcher: Catcher, stmt: ast.Try) -> bool:
        """Lower the one statement of a body; whether all that it raises and clauses read is followed."""
        outer, start = self.catcher, len(self.block)
        others = [h for h, names in zip(stmt.handlers, catcher.wanted, strict=True) if names is None]
        self.catcher = catcher
        try:
            self._within_catcher(stmt, others)
            return not may_raise(self.block[start:], catcher.catching(), self.kinds, self.sure)
        except (UnsupportedError, Raised, Unbound):
            return False
        finally:
            self.catcher, self.opening = outer, None

    def _clause(self, handler: ast.ExceptHandler) -> None:
        """The body of a clause."""
        if getattr(handler, "whole", False) and handler.name is not None:
            self.bind(f"{handler.name} whole", self.scope.env[handler.name])
        self.statements(handler.body)

    def _classes(self, handler: ast.ExceptHandler) -> list[Ref]:
        """The exceptions that a clause catches."""
        if handler.type is None:
            return [Ref("BaseException", BaseException)]
        value = self.operand(handler.type)
        if (swallowed := caught(value)) is not None:
            return swallowed
        found = value.items if isinstance(value, Group) else [value]
        if isinstance(value, Ref) and isinstance(value.obj, tuple):
            found = self.unpack(value, None, handler)
        refs = [f for f in found if isinstance(f, Ref) and isinstance(f.obj, type)]
        if len(refs) < len(found):
            self.refuse(handler, "the exceptions that are caught are not known", "name their classes")
        return refs

    def _within_catcher(self, stmt: ast.Try, others: list[ast.ExceptHandler]) -> None:
        """The one statement of a body; clauses that read nothing stay clauses."""
        (first,) = stmt.body
        names = set(self.scope.locals).union(self.scope.env, self.scope.boxed)
        tree = self.scope.node or self.scope.source.node
        reader = Reader(names, space_of(self.scope.source), ast.Nonlocal in sorts(tree))
        if isinstance(first, ast.Raise):
            made = raised(first, [])
        else:
            made = _nested(reader.simple(first, lambda: [ast.Pass()]))
        if others:
            made = [ast.Try(made, others, [], [])]
        self.statements([placed(part, first) for part in made])
        for name in reader.taken - names:
            self.scope.env.pop(name, None)

    def _handled(self, stmt: ast.Try, catcher: Catcher, k: int) -> None:
        """The clause that takes what has come, if any, or what follows."""
        cells = self.objects.cells
        if k == len(stmt.handlers) or cells[catcher.failed] == Const(False):
            self.statements(stmt.orelse)
            return
        if k not in catcher.found:
            self._handled(stmt, catcher, k + 1)
            return
        handler, (cls, parts) = stmt.handlers[k], catcher.found[k]
        cond = cells[catcher.failed]
        if len(catcher.found) > 1:
            cond = self.compare("eq", cells[catcher.which], Const(k), stmt)

        def taken() -> None:
            held = {key: self.objects.cells[number] for key, number in parts.items()}
            name = handler.name or ""
            if (WHOLE, 0) in held:
                self.bind(f"{name} whole", held.pop((WHOLE, 0)))
            args = [v for (key, _), v in held.items() if key == "args"]
            items = {key: Group("tuple", args) if key == "args" else v for (key, _), v in held.items()}
            self.bind(name, Group("tuple", list(items.values()), list(items), cls))
            self.statements(handler.body)

        if cond == Const(True):
            taken()
            return
        self.branch(self.truth(cond, stmt), taken, lambda: self._handled(stmt, catcher, k + 1), stmt)


def _nested(parts: list[ast.stmt]) -> list[ast.stmt]:
    """Statements of which those behind one that has failed are passed over."""
    for k, part in enumerate(parts):
        if isinstance(part, ast.If) and isinstance(part.test, Failed):
            part.orelse = [*part.orelse, *_nested(parts[k + 1 :])]
            return parts[: k + 1]
    return parts


def opened_by(low: State, source: Source, node: Any) -> tuple[Any, Catcher | None]:
    """The text of a function that is called, and the clauses that catch what it raises."""
    catcher, low.opening = low.opening, None
    made = entered(source, node) if catcher is not None else None
    return (node, None) if made is None else (made, catcher)


def check_bound(low: State, stmt: ast.Try, classes: list[Ref]) -> None:
    """Refuse a try statement that catches that a name is unbound, if its body reads one that may be."""
    if not any(issubclass(c.obj, NameError) for c in classes):
        return
    tree: Any = low.scope.node or low.scope.source.node
    own = (assigned_names(tree.body) | _deleted([tree])) - _bound_before(tree, stmt)
    for node in (n for s in stmt.body for n in ast.walk(s)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in own:
            what = f"it is caught here that {node.id!r} is not bound"
            low.refuse(node, what, "bind it to None before, and ask whether it is None")


def _bound_before(tree: Any, stmt: ast.AST) -> set[str]:
    """Names that certainly have a value where a statement of a function begins."""
    found = {a.arg for a in ast.walk(tree.args) if isinstance(a, ast.arg)}
    at = stmt.lineno, stmt.col_offset  # type: ignore[attr-defined]  # of a copy
    block: list[ast.stmt] = tree.body
    while block:
        inner: list[ast.stmt] = []
        for part in block:
            if isinstance(part, _SIMPLE):
                found |= assigned_names([part])
            elif (part.lineno, part.col_offset) == at:
                break
            elif part.end_lineno is not None and part.lineno <= at[0] <= part.end_lineno:
                inner = [n for n in ast.iter_child_nodes(part) if isinstance(n, ast.stmt)]
                break
        block = inner
    return found - _deleted([tree])


def _deleted(trees: list[Any]) -> set[str]:
    names = (n for n in walk(trees) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Del)}


__all__ = ["Catching", "check_bound", "opened_by"]
