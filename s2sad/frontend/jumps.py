"""Where functions under an integral jump: the derivatives of these do not tell that of the integral.

    quad(lambda t: 1.0 if t > p else 0.0, 0.0, 2.0)       is 2 - p, and the integrand's derivative in p is 0

Accepts a lowered function; says whether a comparison, a rounding or the like depends on a variable of the
integral and on a parameter, so that the place of a jump may move with the parameter. Functions with kinks
alone, as np.abs and np.maximum, do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sad.ir.nodes import (
    CALLS,
    LOOPS,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Store,
    atom_vars,
    call_vars,
    walk,
)

_ROUNDING = "sign floor ceil round rint trunc fix mod remainder fmod floor_divide divmod modf".split()
_PLACES = "heaviside searchsorted digitize argmax argmin argsort argwhere nonzero signbit isclose".split()
_COMPARED = "greater greater_equal less less_equal equal not_equal".split()
JUMPS = frozenset(
    [
        *"lt le gt ge eq ne int round bool mod floordiv in notin".split(),
        *(f"{module}.{name}" for module in ("np", "math") for name in (*_ROUNDING, *_PLACES, *_COMPARED)),
    ]
)


def jumps(program: Program, *groups: Iterable[str]) -> bool:
    """Whether something that jumps depends on at least one name of each group."""
    stmts = list(walk(program.body))
    found = [_made_of(stmts, set(group)) for group in groups]
    return any(
        isinstance(s, CALLS)
        and s.call.fun in JUMPS
        and all(not names.isdisjoint(call_vars(s.call)) for names in found)
        for s in stmts
    )


def _made_of(stmts: list[Stmt], names: set[str]) -> set[str]:
    """The names that depend on others, by what they are made of or by the path that is taken."""
    written: set[str] = set()
    flows = [flow for stmt in stmts for flow in _flows(stmt)]
    count = -1
    while len(names) + len(written) > count:
        count = len(names) + len(written)
        for made, read, is_written in flows:
            if not names.isdisjoint(read):
                names.update(made)
                written.update(made if is_written else ())
            elif not written.isdisjoint(made):  # of what is a view of something
                written.update(read)
                names.update(read)
    return names


def _flows(stmt: Stmt) -> Iterator[tuple[list[str], list[str], bool]]:
    """Names, what they depend on, and whether that is written into them."""
    if isinstance(stmt, Let):
        yield [stmt.name], call_vars(stmt.call), False
    elif isinstance(stmt, Do):
        yield [n for a in stmt.call.args[:1] for n in atom_vars(a)], call_vars(stmt.call), True
    elif isinstance(stmt, Store):
        yield atom_vars(stmt.base), [*atom_vars(stmt.value), *atom_vars(stmt.index)], True
    elif isinstance(stmt, If):
        for out in stmt.outs:
            yield [out.name], [*atom_vars(stmt.cond), *atom_vars(out.then), *atom_vars(out.orelse)], False
    elif isinstance(stmt, LOOPS):
        space = atom_vars(stmt.space) if isinstance(stmt, For) else []
        if isinstance(stmt, For):
            yield [stmt.target], space, False
        for c in stmt.carried:
            yield [c.name, c.out], [*atom_vars(c.init), *atom_vars(c.next), c.name, *space], False


__all__ = ["jumps"]
