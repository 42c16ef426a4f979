"""Arrays that stood outside before the call and are written: where they stand, once, as a plain call does.

    self.mean *= 0.9                  mean = norm.mean; mean *= 0.9
    BUFFER[i] = x                     buffer = BUFFER; buffer[i] = x

What such an array holds before the call is constant; what is written into it is read again with its
derivative. It has one name from the beginning on, by whichever way the program comes to it; so have those
that share memory with it. The text relies on which of them do, and is not called with arguments that share
memory with one (`Lowered.standing`).
"""

from __future__ import annotations

import ast
import collections
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from s2sad.frontend import doubles, histories
from s2sad.frontend.values import Group, Local, Value, Written, opened
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    LIST_METHODS,
    Atom,
    Call,
    Const,
    Do,
    For,
    If,
    Let,
    List,
    Range,
    Ref,
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    uses,
    walk,
)
from s2sad.rules import registry

if TYPE_CHECKING:
    from s2sad.frontend.state import State

NEITHER = "{} is written, which is neither an argument nor local"
READ = "{} is read and written, which is neither an argument nor local"
CALLED = "calls itself or is under checkpoint"
INSTEAD = "pass it as an argument, or copy it first"
GIVING = frozenset("getitem getattr list tuple dict list.pop call held stop_gradient unbroadcast".split())
HOLDING = (
    np.ndarray, list, tuple, dict, collections.deque, collections.UserList, collections.UserDict,
    types.MappingProxyType,
)  # fmt: skip
_ARRAYS = ("array", "num", "object")
OUTLINES = tuple((Const(name),) for name in ("shape", "size", "ndim", "dtype"))
Sources = dict[str, set[Atom]]  # by name: what it may be an array of, or a view of one


def want(low: State, *bases: Ref) -> None:
    """Lower once more with names for outside arrays."""
    new = [b for b in bases if (id(b.obj), "") not in low.kept and K.kind_of_value(b.obj).is_array]
    if new and not low.mirror.inner:
        found = {(id(base.obj), ""): base for base in new}
        raise Written(kept={key: base.obj for key, base in found.items()}, entries=dict(found))


def note(low: State, obj: Any) -> None:
    """Note that an array, or what may hold some, is met."""
    if isinstance(obj, HOLDING):
        low.mirror.seen = True
        if type(obj) in (list, dict):
            low.mirror.lists[id(obj)] = obj


def is_bare(low: State, base: Ref) -> bool:
    """Whether an array is a global, or captured, and no part of anything: such are not to be written."""
    return base.text.isidentifier() and not low.scope.source.module.startswith("s2sad.generated")


def begin(low: State, node: ast.AST) -> None:
    """Name the arrays."""
    for (number, name), base in low.mirror.entries.items():
        if not name and isinstance(base, Ref) and isinstance(base.obj, np.ndarray):
            hint = base.text.rpartition(".")[2]
            call = Call("found", (base,))
            made = low.emit(call, K.kind_of_value(base.obj), node, hint if hint.isidentifier() else "")
            low.mirror.waiting[number] = made


def known(low: State, base: Ref, node: ast.AST | None) -> Var | Local:
    """The name of an array that is written; a container that is kept."""
    number = id(base.obj)
    if not isinstance(base.obj, np.ndarray):
        return doubles.known(low, base.obj) or histories.held(low, base, (number, ""), base.obj, node)
    if number in low.mirror.waiting:
        low.mirror.standing[number] = low.mirror.waiting[number]
    if number not in low.mirror.standing:
        what = f"the outside array {base.text} is written, and met in a function that {CALLED}"
        low.refuse(node, what, "pass it as an argument")
    return low.mirror.standing[number]


def refuse_write(low: State, base: Ref, node: ast.AST) -> NoReturn:
    """Refuse a store into something from outside, but for arrays that stand in something else."""
    if type(base.obj) is np.ndarray and (not is_bare(low, base) or not low.mirror.inner):
        want(low, base)
    low.refuse(node, NEITHER.format(base.text), INSTEAD)


def check(low: State, node: ast.AST, value: Value) -> None:
    """See which outside arrays are written, under whatever names; which share memory with which."""
    unmet = [made.name for n, made in low.mirror.waiting.items() if n not in low.mirror.standing]
    if unmet:  # attributes that are set, by now
        low.block[:] = [s for s in low.block if not (isinstance(s, Let) and s.name in unmet)]
    stmts = list(walk(tuple(low.block)))
    _check_bare(low, stmts, value)
    _check_paths(low, stmts)
    stores = [(s, b.name) for s in stmts for b in histories.bases_of(s) if isinstance(b, Var)]
    stores = [(s, name) for s, name in stores if low.kinds[name].cat in _ARRAYS]
    pairs = [pair for stmt in stmts for pair in _given(stmt, low.kinds)] if stores else []
    if low.joins_into:
        _check_joined(low, stmts, pairs)
    plainly = _sources([pair for pair in pairs if _is_plain(low, *pair)], low) if stores else {}
    for stmt, name in stores:
        for source in plainly.get(name, ()):
            if isinstance(source, Ref) and _is_bare_array(low, source):
                low.refuse_span(getattr(stmt, "span", None), NEITHER.format(source.text), INSTEAD)
    sources = _sources(pairs, low) if stores else {}
    written = {source for _, name in stores for source in sources.get(name, ())}
    refs = [source for source in written if isinstance(source, Ref) and not _is_bare_array(low, source)]
    arrays = [array for ref in refs for array in _arrays(ref)]
    entries = {source.name for source in written if isinstance(source, Var)} & low.mirror.arrays.keys()
    if low.mirror.inner and (arrays or entries):
        what = f"an outside array is written in a function that {CALLED}"
        low.refuse(node, what, "pass it as an argument")
    want(low, *arrays)
    low.mirror.around += [_always(ref.obj) for ref in refs]
    _name_entries(low, entries)
    if entries or low.mirror.standing:
        low.mirror.written += [_always(array.obj) for array in arrays]
        _rely(low, stmts)


def _check_joined(low: State, stmts: list[Stmt], pairs: list[tuple[str, Any]]) -> None:
    """Refuse `np.concatenate((a[2:], b), out=a)`: NumPy writes part after part, and reads what it wrote."""
    near: dict[Any, set[Any]] = collections.defaultdict(set)
    for name, atom in pairs:
        other = atom.name if isinstance(atom, Var) else id(getattr(atom, "obj", None))
        near[name].add(other)
        near[other].add(name)
    for stmt in stmts:
        base = low.joins_into.get(stmt.name) if isinstance(stmt, Let) else None
        if not isinstance(base, Var):
            continue
        met, waiting = {base.name}, [base.name]
        while waiting:
            waiting = [n for name in waiting for n in near[name] if n not in met]
            met.update(waiting)
        if met & set(uses(stmt)):
            what = "what is joined may be a part of what it is written into, part after part"
            low.refuse_span(getattr(stmt, "span", None), what, "join it first: a[...] = np.concatenate(...)")


def _check_bare(low: State, stmts: list[Stmt], value: Value) -> None:
    """Refuse that globals and captured arrays are read which are written: TRACE[i] = loss is fine."""
    bare: dict[str, str] = {}
    for number, made in low.mirror.standing.items():
        base = low.mirror.entries.get((number, ""))
        if isinstance(base, Ref) and is_bare(low, base):
            bare[made.name] = READ.format(base.text)
    for stmt in stmts if bare else ():
        read = list(uses(stmt))
        if isinstance(stmt, Store) and isinstance(stmt.base, Var):
            read.remove(stmt.base.name)
        elif isinstance(stmt, Let) and (stmt.call.fun == "len" or stmt.call.args[1:] in OUTLINES):
            continue
        for name in bare.keys() & set(read):
            low.refuse_span(getattr(stmt, "span", None), bare[name], INSTEAD)
    for name, what in bare.items():
        if _is_in(value, Var(name)):
            low.refuse(None, what, INSTEAD)


def _is_in(value: Value, name: Var, depth: int = 6) -> bool:
    """Whether a result is an array, or holds it."""
    held = opened(value)
    if isinstance(held, Group) and depth:
        return any(_is_in(item, name, depth - 1) for item in held.items)
    return held == name


def _check_paths(low: State, stmts: list[Stmt]) -> None:
    """Refuse changes of a list that is an outside one on some path."""
    found: dict[str, Ref] = {}
    pairs = [pair for stmt in stmts if isinstance(stmt, If | For | While) for pair in _given(stmt, low.kinds)]
    count = -1
    while count != len(found):
        count = len(found)
        for name, atom in pairs:
            ref = atom if isinstance(atom, Ref) else found.get(atom.name) if isinstance(atom, Var) else None
            if ref is not None and isinstance(ref.obj, list | dict):
                found.setdefault(name, ref)
    for stmt in stmts if found else ():
        for base in (b.name for b, _ in _put(stmt) if isinstance(b, Var) and b.name in found):
            if low.kinds[base].cat == "list":
                low.refuse_span(getattr(stmt, "span", None), NEITHER.format(found[base].text), INSTEAD)


def _is_bare_array(low: State, source: Ref) -> bool:
    return isinstance(source.obj, np.ndarray) and is_bare(low, source)


def _is_plain(low: State, name: str, atom: Any) -> bool:
    """Whether an array is given a name or a view, not put into a list of the program or taken out of one.

    Of what such a list holds it is not known which one is written; shadows by address tell.
    """
    kind = low.kinds[atom.name] if isinstance(atom, Var) else None
    plain = isinstance(getattr(atom, "obj", None), np.ndarray) if kind is None else kind.cat in _ARRAYS
    return plain and low.kinds[name].cat in _ARRAYS


def _sources(pairs: list[tuple[str, Any]], low: State) -> Sources:
    """What names may stand for: outside arrays, those that attributes held before, and views of them."""
    found: Sources = {name: {Var(name)} for name in low.mirror.arrays}
    for name, atom in pairs:
        if isinstance(atom, Ref) and isinstance(atom.obj, HOLDING):
            found.setdefault(name, set()).add(atom)
    count = 0
    while found and count != sum(map(len, found.values())):
        count = sum(map(len, found.values()))
        for name, atom in pairs:
            if isinstance(atom, Var) and atom.name in found:
                found[name] = found.get(name, set()) | found[atom.name]
    return found


def _given(stmt: Stmt, kinds: Mapping[str, K.Kind]) -> Iterable[tuple[str, Any]]:
    """The names that a statement gives to what an operand may be, to views of it, or to what it holds.

    An array holds copies.
    """
    if isinstance(stmt, Let):
        shared = () if stmt.call.fun == "found" else _shared_by(stmt.call, kinds)
        return [(stmt.name, part) for part in shared]
    if isinstance(stmt, If):
        return [(o.name, v) for o in stmt.outs for v in (o.then, o.orelse)]
    if isinstance(stmt, For | While):
        met = [(c.name, c.out, v) for c in stmt.carried for v in (c.init, c.next)]
        pairs: list[tuple[str, Any]] = [(n, v) for name, out, v in met for n in (name, out)]
        over = isinstance(stmt, For) and not isinstance(stmt.space, Range)
        return [*pairs, (stmt.target, stmt.space)] if over and isinstance(stmt, For) else pairs
    bases = [(b.name, v) for b, v in _put(stmt) if isinstance(b, Var)]
    return [pair for pair in bases if kinds[pair[0]].cat != "array"]


def _put(stmt: Stmt) -> Iterator[tuple[Atom, Atom]]:
    """Lists, and what is put into them."""
    if isinstance(stmt, Store):
        yield stmt.base, stmt.value
    elif isinstance(stmt, Let | Do) and stmt.call.fun in LIST_METHODS:
        yield stmt.call.args[0], stmt.call.args[-1]


def _shared_by(call: Call, kinds: Mapping[str, K.Kind]) -> Iterable[Atom]:
    """The operands of a call with which its result may share memory."""
    if call.fun == "getitem":  # with an index never, and not with an array of which it takes a copy
        base, index = call.args
        indices = index.items if isinstance(index, Tuple) else (index,)
        taken = _is_array(base, kinds) and any(_is_array(i, kinds) for i in indices)
        return () if taken else _parts(base)
    rule = registry.RULES.get(call.fun)
    if rule is None and call.fun not in GIVING:
        return ()
    if rule is None or "*" in rule.effect:
        return [part for atom in (*call.args, *(a for _, a in call.kwargs)) for part in _parts(atom)]
    given = {**dict(zip(rule.signature, call.args, strict=False)), **dict(call.kwargs)}
    return [given[n] for n in rule.effect.split()[1:] if n in given]


def _is_array(atom: Atom, kinds: Mapping[str, K.Kind]) -> bool:
    if isinstance(atom, Var):
        return kinds[atom.name].cat == "array"
    return isinstance(atom, List) or isinstance(getattr(atom, "obj", None), np.ndarray)


def _parts(atom: Any) -> Iterator[Atom]:
    """An operand, or what stands in it, of a display."""
    if hasattr(atom, "items"):
        for item in atom.items:
            yield from _parts(item)
    else:
        yield atom


def _arrays(ref: Ref) -> Iterator[Ref]:
    """An outside array; those in a container."""
    if isinstance(ref.obj, np.ndarray):
        yield ref
    for _, held in histories.within(ref.obj):
        for key, part in held.items() if isinstance(held, dict) else enumerate(held):
            if isinstance(part, np.ndarray):
                yield Ref(f"{ref.text}[{key!r}]", part)


def _name_entries(low: State, names: set[str]) -> None:
    """Name arrays that are written and stood in attributes which the program sets, too."""
    block: list[Stmt] = []
    for stmt in low.block:
        if not (isinstance(stmt, Let) and stmt.name in names):
            block.append(stmt)
            continue
        before = low.fresh(low.hints.get(stmt.name, ""), low.kinds[stmt.name])
        block += [replace(stmt, name=before), Let(stmt.name, Call("found", (Var(before),)), stmt.span)]
        low.mirror.written.append(low.mirror.arrays[stmt.name])
    low.block[:] = block


def _rely(low: State, stmts: list[Stmt]) -> None:
    """Rely on which of the arrays that are written share memory with one another, and with constants."""
    constants = {id(ref.obj): ref for stmt in stmts for ref in _constants(stmt)}
    own = [_always(low.kept[number, ""][1]) for number in low.mirror.standing]
    entries = list(low.mirror.arrays.values())
    written = [*own, *low.mirror.written]
    others = [*own, *entries, *(_always(ref.obj) for ref in constants.values())]

    def shared() -> list[bool]:
        theirs = [find() for find in others]
        return [_overlap(a, b) for a in (find() for find in written) for b in theirs]

    now = shared()
    low.depend(("shared", 0), shared, now, "memory", same=True)
    _refuse_wholes(low, stmts, written)
    want(low, *(ref for ref in constants.values() if any(_overlap(find(), ref.obj) for find in written)))
    low.mirror.alone = sum(now) == len(written)  # each with itself


def _refuse_wholes(low: State, stmts: list[Stmt], written: list[Callable[[], Any]]) -> None:
    """Refuse that a list is read as a whole which holds arrays that are written: np.stack(ROWS)."""

    def overlaps(ref: Ref) -> bool:
        return any(_overlap(find(), part.obj) for part in _arrays(ref) for find in written)

    for stmt in stmts:
        call = getattr(stmt, "call", None)
        if call is None or call.fun not in registry.RULES or call.fun in ("getitem", "len"):
            continue
        for atom in (*call.args, *(a for _, a in call.kwargs)):
            if not isinstance(atom, Ref) or not isinstance(atom.obj, list | tuple | dict):
                continue
            found = overlaps(atom)
            low.depend(("whole", id(atom.obj)), partial(overlaps, atom), found, "memory", same=True)
            if found:
                what = f"{atom.text} is read here, and holds an array that is written"
                low.refuse_span(stmt.span, what, "read a copy (list(rows)), or element by element")


def _always(obj: Any) -> Callable[[], Any]:
    return lambda: obj


def _overlap(one: Any, two: Any) -> bool:
    return isinstance(one, np.ndarray) and isinstance(two, np.ndarray) and np.may_share_memory(one, two)


def _constants(stmt: Stmt) -> Iterator[Ref]:
    """The outside arrays that a statement reads as constants."""
    call = getattr(stmt, "call", None)
    atoms = () if call is None or call.fun == "found" else (*call.args, *(a for _, a in call.kwargs))
    for atom in (*atoms, getattr(stmt, "value", None), getattr(stmt, "space", None)):
        for part in _parts(atom):
            if isinstance(part, Ref) and isinstance(part.obj, np.ndarray):
                yield part


def found(low: State) -> tuple[Callable[[], Any], ...]:
    """What gives the arrays that are written, or what holds some, at each call of the text."""
    own = [_always(low.kept[number, ""][1]) for number in low.mirror.standing]
    return (*own, *low.mirror.written, *low.mirror.around)


__all__ = ["begin", "check", "found", "known", "note", "refuse_write"]
