"""Pairs of functions for vjp: what the forward one keeps, and what the backward one makes of it.

    def f(x): return np.exp(x)        def f_fwd(x):              def f_bwd(kept, f_bar):
                                          t1 = np.exp(x)             t1 = kept
                                          return t1, t1              return t1*f_bar

Accepts a reversed function (`joint.Assembly`); guarantees a backward function that writes into nothing that
it was given, so that it can be called again, and that depends on nothing that the caller writes to later:
what is kept of the caller's arrays, and what the caller is given of those that are kept, is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from s2sad.analysis.effects import NOTHING
from s2sad.analysis.repeat import shared_operands
from s2sad.analysis.unbound import unbound_in
from s2sad.frontend.lower import Lowered
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Comment,
    Const,
    Dict,
    For,
    If,
    Let,
    List,
    Program,
    Ref,
    Return,
    Stmt,
    Tuple,
    Var,
    While,
    atom_vars,
    uses,
    walk,
)
from s2sad.ir.rewrite import in_atom
from s2sad.transform.assigned import filled
from s2sad.transform.bars import ARRAYS
from s2sad.transform.captured import without_captured
from s2sad.transform.edits import substituted
from s2sad.transform.joint import Assembly, with_callees
from s2sad.transform.pairs import Pairs
from s2sad.transform.record import Record
from s2sad.transform.split import parted


def pair(
    lowered: Lowered, wrt: Sequence[str], pairs: Pairs, *, names: tuple[str, str], copy: bool
) -> list[Program]:
    """`f_fwd` and `f_bwd` of vjp, behind the pairs of the functions that they call."""
    a = Assembly(lowered, wrt, pairs)
    if copy:
        a.rev.lent = a.aliases.visible
        a.storage.exposed |= a.aliases.outside if lowered.program.kept else NOTHING  # the next call writes
    return with_callees(pairs, list(_pair(a, names, copy)))


def _pair(a: Assembly, names: tuple[str, str], copy: bool) -> tuple[Program, Program]:
    lowered, outside = a.lowered, dict[int, Var]()
    seed_kind = a.rev.kind(lowered.result)
    seed = a.fresh(f"{lowered.program.name}_bar", seed_kind)
    grads = a.reverse(Var(seed))
    forward, reverse, record = a.finish(again=True)
    a.copy_written()
    if copy:
        reverse, captured = without_captured(reverse, a.fresh, outside)
        if _outside(a) & a.storage.table:  # shadows are found by what shares a storage with the copies
            forward, more = without_captured(forward, a.fresh, outside)
            captured = (*captured, *more)
        forward = (*captured, *forward)
    apart = parted(a, (forward, reverse), (lowered.result,), grads, [seed])
    forward, reverse, kept, grads = apart.forward, apart.reverse, apart.kept, apart.grads
    returned: Atom = apart.results[0]
    tail: list[Stmt] = []
    if copy:
        left = {key: v for key, v in outside.items() if v.name in kept}
        reverse, captured = without_captured(reverse, a.fresh, left)  # what is computed again reads them too
        forward, kept = (*captured, *forward), [*kept, *(s.name for s in captured if isinstance(s, Let))]
        seen = visible(a, kept, record) | passed_on(a)
        for param in lowered.program.params:
            if param in seen:
                a.copy_parameter(param)
        _copy_fields(a, kept, forward, tail)
        returned = _private(a, returned, tail)
    body = [*a.entry, *(substituted(s, a.copies) for s in forward), *(substituted(s, a.copies) for s in tail)]
    atoms = [in_atom(a.kept_copies.get(n, Var(n)), a.copies) for n in kept]
    result = in_atom(returned, a.copies)
    fwd = replace(
        lowered.program, name=names[0], body=(*body, Return(Tuple((result, Tuple(tuple(atoms)))), None, True))
    )
    fwd.quiet = False
    fwd.quiet_all = a.lowered.quiet
    copied = {name for s in tail for name in uses(s)}
    fwd.body = bound(fwd.body, copied | {a.name for a in atoms if isinstance(a, Var)}, {})
    bwd = _backward(a, lowered, kept, seed, reverse, grads, names[1], unbound_in(fwd.body))
    return fwd, bwd


def passed_on(a: Assembly) -> set[str]:
    """Parameters that functions get which may keep them or return them."""
    classes: set[int] = set()
    for stmt in a.rev.made_kept:
        assert isinstance(stmt, Let)
        callee, *operands = stmt.call.args
        if isinstance(callee, Ref) and callee.obj.summary is None:
            classes = classes.union(*(a.aliases.reach(o) for o in operands))
    for stmt in walk(a.program.body):
        classes = classes.union(*(a.aliases.reach(o) for o in shared_operands(stmt)))
    return {p for p in a.program.params if a.aliases.reach(Var(p)) & classes}


def _outside(a: Assembly) -> set[int]:
    """The storages that may be those of objects and of what is captured."""
    outside = set(a.aliases.outside)
    for param in a.program.params:
        if a.program.kinds[param].cat == "object":
            outside |= a.aliases.reach(Var(param))
    return outside


def _copy_fields(a: Assembly, kept: list[str], forward: Block, tail: list[Stmt]) -> None:
    """Copy what is kept of objects not copied on entry: arrays in attributes, in captured containers.

    Not so arrays whose shadows are found by their storage: copies would not share one.
    """
    outside, kinds = _outside(a) - a.storage.table, a.program.kinds
    wanted = [n for n in kept if kinds[n].cat in ARRAYS and a.aliases.of(n) in outside and n not in a.copies]
    unbound = unbound_in(forward) if wanted else frozenset()
    for name in wanted:
        copy = a.fresh(a.program.hints.get(name, ""), kinds[name])
        sure = kinds[name].cat == "array" and name not in unbound
        tail.append(Let(copy, Call("copy" if sure else "copy_tree", (Var(name),)), None, True))
        a.kept_copies[name] = Var(copy)


def bound(body: Block, kept: set[str], kinds: dict[str, Kind]) -> Block:
    """The forward sweep with None for kept values on paths that do not make them, [] for these lists."""
    wanted, sources = set(kept), {}
    for stmt in walk(body):
        if isinstance(stmt, If):
            for out in stmt.outs:
                sources[out.name] = (*atom_vars(out.then), *atom_vars(out.orelse))
        elif isinstance(stmt, For | While):
            for carry in stmt.carried:
                sources[carry.out] = sources[carry.name] = (
                    carry.name,
                    *atom_vars(carry.init),
                    *atom_vars(carry.next),
                )
    stack = list(wanted)
    while stack:
        for name in sources.get(stack.pop(), ()):
            if name not in wanted:
                wanted.add(name)
                stack.append(name)
    return filled(body, wanted, kinds)


def _backward(
    a: Assembly,
    lowered: Lowered,
    kept: list[str],
    seed: str,
    reverse: Block,
    grads: list[Atom],
    name: str,
    unbound: frozenset[str],
) -> Program:
    program = lowered.program
    holder = a.fresh("kept", Kind("tuple", items=tuple(program.kinds[n] for n in kept)))
    body, renamed = kept_values(a, holder, kept, reverse)
    body += [substituted(s, renamed) for s in reverse]
    final = Tuple(tuple(in_atom(g, renamed) for g in grads))
    bwd = replace(
        program,
        name=name,
        params=(holder, seed),
        body=(Comment("backward"), *body, Return(final, None, True)),
    )
    bwd.unbound = names_of(renamed, unbound)
    bwd.quiet = a.rev.quiet
    bwd.quiet_all = a.lowered.quiet
    return bwd


def kept_values(
    a: Assembly, holder: str, kept: list[str], reverse: Block
) -> tuple[list[Stmt], dict[str, Atom]]:
    """The lines that take apart what was kept, and what the values are called then."""
    kinds, hints = a.program.kinds, a.program.hints
    body: list[Stmt] = []
    renamed: dict[str, Atom] = {}
    popped = {
        s.call.args[0].name
        for s in walk(reverse)
        if isinstance(s, Let) and s.call.fun == "list.pop" and isinstance(s.call.args[0], Var)
    }
    for i, n in enumerate(kept):
        inner = a.fresh(hints.get(n, ""), kinds[n])
        body.append(Let(inner, Call("getitem", (Var(holder), Const(i))), None, True))
        if n in popped:  # the pullback can be called again: it takes apart a list of its own
            own = a.fresh(hints.get(n, ""), kinds[n])
            body.append(Let(own, Call("list", (Var(inner),), (), "list"), None, True))
            inner = own
        renamed[n] = Var(inner)
    return body, renamed


def names_of(renamed: dict[str, Atom], unbound: frozenset[str]) -> frozenset[str]:
    """What the kept values are called that may be None."""
    return frozenset(to.name for n, to in renamed.items() if n in unbound and isinstance(to, Var))


def visible(a: Assembly, kept: Iterable[str], record: Record) -> set[str]:
    """Parameters that something kept may share memory with."""
    classes: set[int] = set()
    for name in kept:
        cls = a.aliases.of(name)
        while cls is not None and cls not in classes:
            classes.add(cls)
            cls = a.aliases.elements(cls)
    for name, _ in record.taped_names():
        cls = a.aliases.of(name)
        if cls is not None:
            classes.add(cls)
    found: set[str] = set()
    for param in a.program.params:
        cls = a.aliases.of(param)
        seen: set[int] = set()
        while cls is not None and cls not in seen:
            if cls in classes and a.program.kinds[param].cat != "object":
                found.add(param)
            seen.add(cls)
            cls = a.aliases.elements(cls)
    return found


def _private(a: Assembly, result: Atom, tail: list[Stmt]) -> Atom:
    """The result with arrays copied that something else may refer to."""
    if isinstance(result, Tuple | List):
        return replace(result, items=tuple(_private(a, i, tail) for i in result.items))
    if isinstance(result, Dict):
        return Dict(result.keys, tuple(_private(a, i, tail) for i in result.items))
    if isinstance(result, Var) and a.program.kinds[result.name].cat in (*ARRAYS, "list", "tuple", "dict"):
        kind = a.program.kinds[result.name]
        copy = a.fresh(a.program.hints.get(result.name, ""), kind)
        number = not kind.rank or a.storage.in_table(result.name)  # of Python's on some path, maybe
        settled = kind.cat == "array" or (kind.cat == "num" and not number)
        call = Call("copy" if settled else "copy_tree", (result,))
        tail.append(Let(copy, call, None, True))
        return Var(copy)
    return result
