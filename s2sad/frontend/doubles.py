"""Outside lists and dicts that a program changes and reads again: copies are changed, and they themselves.

    history.append(loss)              double = list(history)
    return history[-1]*x              double.append(loss); history.append(loss)
                                      return double[-1]*x

So what is read has its derivative, and what stood there before the call is constant. A list of numbers and
arrays has such a double if the function is refused otherwise (`engine`), and if nobody else may change the
one of them or see the other: no function that is kept as a function, no other name on some path. Copies of
dicts are made here (`twins`).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from s2sad.frontend import twins
from s2sad.frontend.dependencies import is_open
from s2sad.frontend.values import Local, Written
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    LIST_METHODS,
    Atom,
    Block,
    Call,
    Const,
    Do,
    Let,
    Ref,
    Stmt,
    Store,
    Var,
    blocks,
    uses,
    walk,
)
from s2sad.ir.rewrite import with_blocks

Doubled = dict[str, tuple[Ref | Var, int]]
SET_ITEM = Ref("operator.setitem", operator.setitem)

if TYPE_CHECKING:
    from s2sad.frontend.state import State

CHANGED = "an outside list is changed and read again, which {}"
INSTEAD = "return what is appended, or read it after the call"
FUNCTIONS = "is met in a function that calls itself, or is under checkpoint"
UNSEEN = "code that cannot be seen is given"
NAMED = "may have another name here"


def begin(low: State, node: ast.AST) -> None:
    """Make the copies."""
    if not low.doubled:
        return
    for number, name in [key for key in low.kept if not key[1] and _is_alone(low, key)]:
        obj, base = low.kept[number, name][1], low.mirror.entries.get((number, ""))

        def now(obj: Any = obj) -> Any:
            return K.without_lengths(K.kind_of_value(obj))

        if isinstance(base, Ref):
            low.depend(("items", number), now, now(), "double", same=True)
        else:
            base = _of_argument(low, obj, node)
        if base is None:
            continue
        if type(obj) is dict:
            low.mirror.doubles[number] = twins.made(low, base, obj, (number, ""), node)
            continue
        hint = base.text.rpartition(".")[2] if isinstance(base, Ref) else low.hints[base.name]
        _copied(low, base, obj, hint, node)


def _rely(low: State) -> None:
    """Rely on which of the lists that are met by name, or in attributes that are set, are the same one."""
    attributes = [partial(getattr, obj, name, None) for (_, name), (_, obj) in low.kept.items() if name]
    lists = low.mirror.lists.values()

    def same() -> list[bool]:
        held = [find() for find in attributes]
        return [a is b for a in held for b in (*held, *lists) if type(a) in (list, dict)]

    if attributes:
        low.depend(("same lists", 0), same, same(), "lists", same=True)


def _copied(low: State, base: Ref | Var, obj: Any, hint: str, node: ast.AST) -> Var:
    items = K.kind_of_value(obj).items
    kind = K.list_of(K.anonymous(items[0]) if items else None)
    call = Call("list", (base,), (), "list")
    made = low.emit(call, kind, node, hint if hint.isidentifier() else "")
    low.mirror.doubles[id(obj)] = made
    low.mirror.doubled[made.name] = base, id(obj)
    return made


def of_attribute(low: State, base: Any, holder: Any, name: str, node: ast.AST) -> Var | Local | None:
    """A copy of the list or dict that an attribute holds before the call, which the program sets, too."""
    obj = getattr(holder, name)
    key = id(holder), name
    number = low.kept[key][0] if low.doubled else -1
    if _together(low, number) != {key, (id(obj), "")} or not _is_simple(low, obj):
        return None
    call = Call("call", (Ref("getattr", getattr), low.atom(base), Const(name)))
    held = low.emit(call, K.OBJECT, node, name)
    if type(obj) is not dict:
        return _copied(low, held, obj, name, node)
    twin = low.mirror.doubles[id(obj)] = twins.made(low, held, obj, (id(obj), ""), node)
    low.mirror.twins[twin.number] = base, key, held
    return twin


def _of_argument(low: State, obj: Any, node: ast.AST) -> Var | None:
    """A list that stands in an attribute of an argument, or of an object in one; None for all else."""
    if any(isinstance(base, Ref) for base in low.mirror.entries.values()):
        return None  # the argument's list may be that of another call
    todo = [(held, low.scope.env[name]) for name, held in low.arguments.items()]
    seen: set[int] = set()
    for holder, value in todo:
        if id(holder) in seen or not is_open(type(holder)) or not isinstance(value, Var):
            continue
        seen.add(id(holder))
        for name, part in vars(holder).items():
            if part is obj:
                return low.emit(Call("getattr", (value, Const(name))), K.OBJECT, node, name)
            if is_open(type(part)):
                todo.append((part, low.attribute(value, name, node)))
    return None


def _is_alone(low: State, key: tuple[int, str]) -> bool:
    """Whether a list holds numbers and arrays, and nothing else that is changed may hold it."""
    number, obj = low.kept[key]
    return _together(low, number) == {key} and _is_simple(low, obj)


def _together(low: State, number: int) -> set[tuple[int, str]]:
    """What is kept with a number and may change: not so tuples in it."""
    return {key for key, (n, obj) in low.kept.items() if n == number and type(obj) is not tuple}


def _is_simple(low: State, obj: Any) -> bool:
    """Whether a list or dict holds numbers and arrays, and is given nothing else."""
    if id(obj) in low.single:
        return False
    if type(obj) is list:
        return all(map(twins.is_plain, K.kind_of_value(obj).items or ()))
    return type(obj) is dict and twins.is_alike(obj)


def known(low: State, obj: Any) -> Var | Local | None:
    """The copy of a list or dict."""
    return low.mirror.doubles.get(id(obj))


def finish(low: State, node: ast.AST) -> None:
    """Do to the lists what is done to their copies."""
    if not low.mirror.doubles:
        return
    for number, made in low.mirror.doubles.items():
        values = twins.values_of(low, made) if isinstance(made, Local) else made
        if values is not None and not all(map(twins.is_plain, low.kinds[values.name].items or ())):
            raise Written(single=number)
    _rely(low)
    for callee in low.callees.values():
        if callee is not None and callee.lowered is not None:
            _refuse_inside(low, callee.lowered.program.body, node)
    low.block[:] = _both(low, tuple(low.block), low.mirror.doubled)


def _refuse_inside(low: State, body: Block, node: ast.AST) -> None:
    """Refuse functions that are called and change, or read, a list that has a copy."""
    lists: list[Atom] = [base for base, _ in low.mirror.doubled.values()]
    lists += [atom for _, key, atom in low.mirror.twins.values() if not key[1]]
    for stmt in walk(body):
        call = getattr(stmt, "call", None)
        met = call is not None and any(atom in lists for atom in call.args)
        if met or not all(isinstance(base, Ref) for base in lists):
            low.refuse(node, CHANGED.format(FUNCTIONS), INSTEAD)


def _both(low: State, block: Block, names: Doubled) -> Block:
    """A block in which what is done to the copies is done to the lists."""
    out: list[Stmt] = []
    for stmt in block:
        parts = blocks(stmt)
        new = with_blocks(stmt, tuple(_both(low, part, names) for part in parts)) if parts else stmt
        out.append(new)
        base = _changed(stmt)
        if base is None:
            _check(low, stmt, names)
        elif base.name in names:
            out += _done(low, stmt, *names[base.name])
        elif any(low.heap.may_be_same(Var(name), base) for name in names):
            low.refuse_span(getattr(stmt, "span", None), CHANGED.format(NAMED), INSTEAD)
    return tuple(out)


def _changed(stmt: Stmt) -> Var | None:
    """The list that a statement changes."""
    base: Atom | None = None
    if isinstance(stmt, Store):
        base = stmt.base
    elif isinstance(stmt, Let | Do) and stmt.call.fun in LIST_METHODS:
        base = stmt.call.args[0]
    return base if isinstance(base, Var) else None


def _check(low: State, stmt: Stmt, names: Doubled) -> None:
    """Refuse that code which cannot be seen is given a copy: it may change or keep it."""
    if not isinstance(stmt, Let | Do) or stmt.call.fun not in ("call", "user"):
        return
    given = [Var(n) for n in uses(stmt) if low.kinds[n].cat in ("list", "tuple", "dict", "object")]
    if any(low.heap.may_be_same(Var(name), one) for name in names for one in given):
        low.refuse_span(stmt.span, CHANGED.format(UNSEEN), INSTEAD)


def _done(low: State, stmt: Stmt, base: Atom, key: int) -> Iterator[Stmt]:
    """The same done to the list itself."""
    number, _ = low.kept[key, ""]
    held = low.fresh("", K.OBJECT)
    words = (("of", Const(number)), ("plain", Const(True)))
    yield Let(held, Call("held", (base,), words))
    if isinstance(stmt, Store):
        assert isinstance(stmt.base, Var)
        value = stmt.value
        if stmt.op:
            value = Var(low.fresh("", (low.kinds[stmt.base.name].items or (K.FLOAT,))[0]))
            yield Let(value.name, Call("getitem", (stmt.base, stmt.index or Const(None))), stmt.span)
        yield Do(Call("call", (SET_ITEM, Var(held), stmt.index or Const(None), value)), stmt.span)
        return
    assert isinstance(stmt, Let | Do)
    method = stmt.call.fun.removeprefix("list")
    yield Do(Call("call", (Var(held), *stmt.call.args[1:]), (), method), stmt.span)


__all__ = ["begin", "finish", "known", "of_attribute"]
