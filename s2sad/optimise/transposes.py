"""Transposed products and transposes of transposes, in what a transform made.

Accepts any `Program`; guarantees the same values up to the order in which a product is summed. A product that
is only transposed is made of transposed factors, if one of them is a transpose already or none has to be.

    t = a.T @ g; b_bar = t.T                 b_bar = g.T @ a
    t = np.outer(g, x); a_bar = t.T          a_bar = np.outer(x, g)
    k = b.T; y = a @ k; a_bar = g @ k.T      a_bar = g @ b
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.nodes import Atom, Call, Const, Fresh, Let, Program, Stmt, Var, atom_vars, readers, uses, walk
from s2sad.ir.rewrite import Edit, in_statement, resolved


def transposes(program: Program, _: Aliases | None = None) -> Program:
    """Transpose less."""
    if not any(type(s) is Let and s.call.fun == "getattr" and s.made for s in walk(program.body)):
        return program
    lets = {s.name: s for s in walk(program.body) if type(s) is Let}
    turned = {name: base for name, let in lets.items() if (base := _turned(let, program)) is not None}
    twice = [n for n, base in turned.items() if lets[n].made and isinstance(base, Var) and base.name in lets]
    if not twice:
        return program
    users = readers(program.body)
    edit, instead, gone = Edit(program), dict[str, Atom](), set[Stmt]()
    products: dict[Let, tuple[Stmt, ...]] = {}
    fresh = Fresh(program.kinds, edit.hints)
    wanted: set[str] = set()  # what new statements are made of stays, until the next round
    for name in twice:
        base = turned[name]
        assert isinstance(base, Var)
        inner = lets[base.name]
        factors = all(isinstance(s, Let) and s.call.fun == "matmul" for s in users.get(name, ()))
        if base.name in turned and factors:
            instead[name] = turned[base.name]
            wanted.update(atom_vars(turned[base.name]))
            gone.add(lets[name])
        elif inner.made and inner.call.fun in ("matmul", "np.outer") and len(users[base.name]) == 1:
            made = list(_product(inner.call, lets[name], turned, fresh))
            if made:
                products[inner] = tuple(made)
                wanted.update(n for s in made for n in uses(s))
    products = {inner: made for inner, made in products.items() if inner.name not in wanted}
    gone.update(lets[made[-1].name] for made in products.values() if isinstance(made[-1], Let))
    final = resolved(instead)

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        new = products.get(stmt, (stmt,)) if isinstance(stmt, Let) else (stmt,)
        return tuple(in_statement(s, final) for s in new if s not in gone)

    return edit.finish(edit.block(program.body, change)) if gone else program


def _turned(let: Let, program: Program) -> Atom | None:
    """The matrix that is transposed."""
    call = let.call
    if call.fun != "getattr" or call.args[1] != Const("T") or program.kinds[let.name].rank != 2:
        return None
    return call.args[0] if kind_of(call.args[0], program.kinds).cat == "array" else None


def _product(call: Call, let: Let, turned: dict[str, Atom], fresh: Fresh) -> Iterator[Stmt]:
    """The statements that make a product transposed, if that transposes no more."""
    factors = call.args
    if call.fun == "np.outer":
        yield replace(let, call=replace(call, args=(factors[1], factors[0])))
        return
    plain = [turned.get(f.name) if isinstance(f, Var) else None for f in reversed(factors)]
    ranks = {kind_of(f, fresh.kinds).rank for f in factors}
    if not any(plain) or ranks != {2}:
        return
    args: list[Atom] = []
    for factor, base in zip(reversed(factors), plain, strict=True):
        if base is not None:
            args.append(base)
            continue
        own = kind_of(factor, fresh.kinds)
        name = fresh("", replace(own, shape=tuple(reversed(own.shape or ()))))
        yield Let(name, Call("getattr", (factor, Const("T"))), None, True)
        args.append(Var(name))
    yield replace(let, call=Call("matmul", tuple(args)))


__all__ = ["transposes"]
