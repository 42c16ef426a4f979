"""Names that are a list or tuple on one path and an array on another: a flag says which.

    if c:                               if c: pass
        v = [x[0], x[1]]                else: v = x*2
    else:                               if c: t = x[0]*x[1]
        v = x*2                         else: t = v[0]*v[1]
    return v[0]*v[1]                    return t

Such a value is `Group("either", [flag, one, two])`, of which the forms are the keys. A statement that reads
it is lowered twice, for the one and for the other, and so asks no more what it is; a loop hands the flag and
both round. Only where an expression makes such a value and goes on with it is it one value, of which nothing
is known.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend.maybes import EITHER, NOT, narrowed
from s2sad.frontend.values import Group, Local, Scope, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Const, If, Out, Tuple, Undef, Var

if TYPE_CHECKING:
    from s2sad.frontend.joins import Lengths
    from s2sad.frontend.state import State

# ("number",), ("dict",), ("tuple", class or None), ("list", form of its elements if known), ("either", forms)
Form = tuple[Any, ...]
CLASSES = {"array": np.ndarray, "float": float, "complex": complex, "int": int, "list": list, "tuple": tuple}
DEEPEST = 3  # so many kinds of values may meet in one name


def is_either(value: Value) -> bool:
    """Whether a value is one of two that are unlike."""
    return isinstance(value, Group) and value.cat == EITHER


def hints(name: str, value: Group) -> list[str]:
    """What the flag and the two values are called."""
    return [f"is_{value.keys[0][0]}", name, name]


# ---------------------------------------------------------------------------------------------------- forms


def _form(low: State, value: Value) -> Form | None:
    """What a value is, roughly; None where that is not known, or where it may be None."""
    if isinstance(value, Group) and value.cat == EITHER:
        return (EITHER, *value.keys)
    if isinstance(value, Local | Group):
        if value.cls is not None or value.cat not in ("list", "tuple", "dict"):
            return None
        return ("tuple", None) if value.cat == "tuple" else (value.cat,)
    return _form_of(low.kind(value)) if isinstance(value, Var | Tuple) else None


def _form_of(kind: Kind) -> Form | None:
    if kind.is_number:
        return ("number",) if kind.cls is None else None
    if kind.optional or kind.dtype:
        return None
    if kind.cat == "tuple" and kind.items:
        return ("list",) if kind.cls is list else ("tuple", None) if kind.cls is None else None
    if kind.cat != "list":
        return None
    items = {form for item in kind.items or () if (form := _form_of(item)) is not None}
    return ("list", items.pop()) if len(items) == 1 else ("list",)


def _fits(one: Form, two: Form) -> bool:
    """Whether what has these forms is of one kind, as far as is known."""
    if one[0] != two[0] or min(len(one), len(two)) == 1:
        return bool(one[0] == two[0])
    return one[1] is two[1] if one[0] == "tuple" else all(map(_fits, one[1:], two[1:]))


def _count(form: Form | None) -> int:
    return 1 if form is None or form[0] != EITHER else sum(map(_count, form[1:]))


def unlike(low: State, one: Value, two: Value) -> bool:
    """Whether one of two values is a list, tuple or dict, and the other something else."""
    forms = _form(low, one), _form(low, two)
    if forms[0] is None or forms[1] is None or _fits(forms[0], forms[1]):
        return False
    if sum(map(_count, forms)) > DEEPEST:
        return False
    kinds = [low.kind(one), low.kind(two)]
    unknown = any(k.cat == "list" and K.OBJECT in (k.items or ()) for k in kinds)
    return any(map(K.carries, kinds)) and not unknown


# ----------------------------------------------------------------------------------------- paths and loops


def like(low: State, pattern: Value, value: Value) -> Value:
    """A value in the form of what is one of two; itself where it is neither."""
    form = _form(low, value)
    return value if form is None or not isinstance(pattern, Group) else _like(list(pattern.keys), value, form)


def _like(keys: list[Form], value: Value, form: Form) -> Value:
    if _fits((EITHER, *keys), form):
        return value
    for i, key in enumerate(keys):
        inner = _like(list(key[1:]), value, form) if key[0] == EITHER else value
        if inner is not value or _fits(key, form):
            parts: list[Value] = [Undef(), Undef()]
            parts[i] = inner
            return Group(EITHER, [Const(i == 0), *parts], keys)
    return value


def _both(low: State, one: Value, two: Value) -> tuple[Group, Group] | None:
    """Two values that meet as two of one form; None for values that need none."""
    one, two = (like(low, a, b) if is_either(a) else b for a, b in ((two, one), (one, two)))
    if unlike(low, one, two):
        keys = [_form(low, one), _form(low, two)]
        first = Group(EITHER, [Const(True), one, Undef()], keys)
        return first, Group(EITHER, [Const(False), Undef(), two], keys)
    if not isinstance(one, Group) or not isinstance(two, Group) or not (is_either(one) and is_either(two)):
        return None
    return one, two


def joined(
    low: State, one: Value, two: Value, hint: str, outs: list[Out], symbols: Lengths, node: ast.AST
) -> Group | None:
    """What is one of two unlike values behind a branch; None for values that are not."""
    from s2sad.frontend.joins import join_values

    met = None if low.merging is None else _both(low, one, two)
    if met is None:
        return None
    low.eithers = True
    (flag1, *parts1), (flag2, *parts2) = met[0].items, met[1].items
    made: list[Value] = []
    for a, b in zip(parts1, parts2, strict=True):
        if isinstance(a, Undef) and isinstance(b, Undef):
            made.append(a)
        elif isinstance(a, Undef) or isinstance(b, Undef):
            made.append(low.one_sided(a, b, outs))
        else:
            made.append(join_values(low, a, b, hint, outs, symbols, node))
    if (flag1, flag2) == (Const(True), Const(False)):
        return Group(EITHER, [_flag(low, met[0], outs), *made], met[0].keys)
    flag = join_values(low, flag1, flag2, hints(hint, met[0])[0], outs, symbols, node)
    return Group(EITHER, [flag, *made], met[0].keys)


def _flag(low: State, value: Group, outs: list[Out]) -> Var:
    """What says behind a branch that its condition held."""
    merging = low.merging
    assert merging is not None
    if merging.flag is None and isinstance(merging.cond, Var) and low.kind(merging.cond).sort == "bool":
        merging.flag = merging.cond if low.kind(merging.cond).is_scalar else None
    if merging.flag is None:
        merging.flag = Var(low.fresh(hints("", value)[0], K.BOOL))
        outs.append(Out(merging.flag.name, Const(True), Const(False)))
    return merging.flag


def begun(low: State, entry: Value, kind: Kind | None, back: Value) -> Group | None:
    """What a name is at the head of a loop if it is one thing on entry and another after a trip."""
    if is_either(entry) or isinstance(entry, Undef) or (kind is not None and kind.cat == "bottom"):
        return None
    met = _both(low, entry, back)
    if met is None:
        return None
    low.eithers = True
    return met[0]


def is_torn(low: State, entry: Value, kind: Kind | None, back: Value) -> bool:
    """Whether what a trip leaves is one of two unlike values, which cannot go round as such."""
    if not is_either(back) or is_either(entry) or isinstance(entry, Undef):
        return False
    return begun(low, entry, kind, back) is None


# --------------------------------------------------------------------------------------------- what reads it


def whole(low: State, value: Group, node: ast.AST | None) -> Atom:
    """One of two unlike values as one value of the program."""
    flag, *parts = value.items
    ways: list[tuple[Atom, list[Any]]] = []
    for part in parts:
        outer, low.block = low.block, []
        made = low.variable(part, node)
        ways.append((made, low.block))
        low.block = outer
    (one, block1), (two, block2) = ways
    kinds = [low.kind(v) for v in (one, two) if not isinstance(v, Undef)]
    out = Out(low.fresh("", K.join_all(kinds) or K.OBJECT), one, two)
    for atom in (one, two):
        low.heap.meet(out.name, atom)
    span = None if node is None else low.span(node)
    low.block.append(If(low.atom(flag), tuple(block1), tuple(block2), (out,), span))
    return Var(out.name)


def each(low: State, value: Value, use: Callable[[Value], None], node: ast.AST) -> None:
    """Do something with the one or the other of two unlike values."""
    assert isinstance(value, Group)
    flag, one, two = value.items
    low.branch(_asked(low, flag), lambda: use(one), lambda: use(two), node)


def split(low: State, stmt: ast.stmt, lower: Callable[[], None]) -> bool:
    """Lower a statement that reads one of two unlike values for each of the two; whether it does."""
    flag = _read(low, _own(stmt))
    if flag is None:
        return False
    low.branch(_asked(low, flag), _known(low, flag, True, lower), _known(low, flag, False, lower), stmt)
    return True


def asked_for(low: State, kind: Kind, name: str, node: ast.AST) -> None:
    """Note that one of two unlike values has no attribute of a name, where that is so."""
    cls = CLASSES.get(kind.cat) if kind.cls is None and not kind.optional else None
    if cls is not None and not hasattr(cls, name):
        whose = "numpy.ndarray" if cls is np.ndarray else cls.__name__
        low.fails(AttributeError, f"{whose!r} object has no attribute {name!r}", node)


def value(low: State, node: ast.expr) -> Value:
    """What a function returns, for the one and for the other of two unlike values that it reads."""
    flag = _read(low, [] if isinstance(node, ast.Name) else [node]) if low.eithers else None
    if flag is None:
        made = low.operand(node) if not low.eithers else low.expr(node)
        return low.operand(node) if isinstance(made, Undef) else made
    ways = [_known(low, flag, holds, lambda: value(low, node)) for holds in (True, False)]
    return low.choose(_asked(low, flag), ways[0], ways[1], node)


def _asked(low: State, flag: Value) -> Atom:
    """The flag, as a condition that tells which of the two it is."""
    if isinstance(flag, Var):
        for holds, fact in ((True, flag.name), (False, NOT + flag.name)):
            low.facts[flag.name, holds] = low.facts.get((flag.name, holds), frozenset()) | {fact}
    return low.atom(flag)


def _known(low: State, flag: Value, holds: bool, make: Callable[[], Any]) -> Callable[[], Any]:
    """The same in functions around this one, whose names the branch does not know."""

    def made() -> Any:
        with contextlib.ExitStack() as stack:
            scope = low.scope.parent
            while scope is not None:
                stack.enter_context(_narrowed(scope, flag, holds))
                scope = scope.parent
            return make()

    return made


@contextlib.contextmanager
def _narrowed(scope: Scope, flag: Value, holds: bool) -> Iterator[None]:
    before = dict(scope.env)
    known = (flag.name if holds else NOT + flag.name,) if isinstance(flag, Var) else ()
    scope.env.update({name: narrowed(held, known) for name, held in before.items()})
    try:
        yield
    finally:
        scope.env.clear()
        scope.env.update(before)


def _own(stmt: ast.stmt) -> list[ast.AST]:
    """What a statement reads itself, not those in it; nothing where it hands a value on as it is."""
    if isinstance(stmt, ast.For):
        return [stmt.iter]
    if isinstance(stmt, ast.While | ast.If):
        return [stmt.test]
    if isinstance(stmt, ast.With):
        return [item.context_expr for item in stmt.items]
    if isinstance(stmt, ast.Match):
        return [stmt.subject]
    if isinstance(stmt, ast.Try | ast.FunctionDef | ast.ClassDef):
        return []
    if isinstance(stmt, ast.Assign) and all(isinstance(t, ast.Name) for t in (*stmt.targets, stmt.value)):
        return []
    return [stmt]


def _read(low: State, nodes: Iterable[ast.AST]) -> Value | None:
    """The flag of a value that is read there, by its name or in what a name holds."""
    names = [n for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)]
    for node in names:
        if not isinstance(node.ctx, ast.Load) and not any(isinstance(n, ast.AugAssign) for n in nodes):
            continue
        flag = _found(low, low.bound(node.id)[1], set())
        if flag is not None:
            return flag
    return None


def _found(low: State, held: Value | None, seen: set[int]) -> Value | None:
    if isinstance(held, Local):
        if held.number in seen:
            return None
        seen.add(held.number)
        held = low.objects.cells.get(held.number, Undef())
    if not isinstance(held, Group):
        return None
    if held.cat == EITHER:
        return held.items[0]
    return next((flag for item in held.items if (flag := _found(low, item, seen)) is not None), None)


__all__ = [
    "asked_for", "begun", "each", "hints", "is_either", "is_torn", "joined", "like", "split", "unlike",
    "value", "whole",
]  # fmt: skip
