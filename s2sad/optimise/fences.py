"""Powers of Python floats, which Python makes complex where the base is negative and the exponent no integer.

Accepts any `Program`; guarantees the same values, and that no complex number stands where the program has a
float: derivatives are those of real numbers. Where nothing hides that a number is complex it reaches the
result, and a check of results (`may_be_complex`) finds it. Functions that hide it get powers that raise:

    z = x ** 0.4                     z = real_pow(x, 0.4)
    return abs(z)                    return abs(z)
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Var,
    While,
    atom_vars,
    walk,
)
from s2sad.ir.rewrite import Edit

_HIDE = {
    "abs", "np.abs", "np.real", "np.imag", "np.angle", "np.conj", "np.real_if_close", "np.var", "np.std",
    "np.nanvar", "np.nanstd", "np.vdot", "np.vecdot", "np.vecmat", "np.cov", "np.corrcoef", "np.correlate",
}  # fmt: skip
_POSITIVE = {"abs", "np.abs", "math.fabs", "math.exp", "math.sqrt", "math.hypot", "math.cosh"}


def fenced(program: Program) -> Program:
    """Let powers raise that would be complex, where something hides that a number is complex."""
    lets = _lets(program)
    names = {name for name in lets if _fractional(lets[name], program, lets)}
    if not names:
        return program
    if not _hidden(program, names):
        names = {name for name in names if isinstance(lets[name].args[0], Const)}
    edit = Edit(program)

    def change(stmt: Stmt) -> tuple[Stmt, ...]:
        if isinstance(stmt, Let) and stmt.name in names:
            return (replace(stmt, call=Call("real_pow", stmt.call.args)),)
        return (stmt,)

    return edit.finish(edit.block(program.body, change))


def _hidden(program: Program, names: set[str]) -> bool:
    """Whether a number that depends on these enters a function that is real for complex numbers, too."""
    if any(kind.sort == "complex" for kind in program.kinds.values()):
        return True
    reached: set[str] = set()
    new = set(names)
    while not new <= reached:
        reached |= new
        for stmt in walk(program.body):
            for made, atoms in _definitions(stmt):
                if not reached.isdisjoint(v for a in atoms for v in atom_vars(a)):
                    new.add(made)
    calls = [s.call for s in walk(program.body) if isinstance(s, Let | Do)]
    return any(
        (call.fun in _HIDE or call.fun.startswith("np.linalg."))
        and not reached.isdisjoint(v for a in call.args for v in atom_vars(a))
        for call in calls
    )


def _definitions(stmt: Stmt) -> list[tuple[str, tuple[Atom, ...]]]:
    """The names that a statement defines, and what each is made from."""
    if isinstance(stmt, Let):
        return [(stmt.name, stmt.call.args)]
    if isinstance(stmt, If):
        return [(out.name, (out.then, out.orelse)) for out in stmt.outs]
    if isinstance(stmt, For | While):
        return [(name, (c.init, c.next)) for c in stmt.carried for name in (c.name, c.out)]
    return []


def may_be_complex(program: Program) -> bool:
    """Whether a power of Python floats may be complex where the program has a float."""
    lets = _lets(program)
    return any(_fractional(call, program, lets) for call in lets.values())


def _lets(program: Program) -> dict[str, Call]:
    return {s.name: s.call for s in walk(program.body) if isinstance(s, Let)}


def _fractional(call: Call, program: Program, lets: dict[str, Call]) -> bool:
    """Whether a call is a power of Python floats, of a base that may be negative by no integer."""
    if call.fun != "pow":
        return False
    for atom in call.args:
        kind = program.kinds.get(atom.name) if isinstance(atom, Var) else None
        if kind is not None and not (kind.is_python and kind.sort in ("float", "int")):
            return False
    base, exponent = call.args
    if isinstance(exponent, Const) and float(exponent.value).is_integer():
        return False
    if isinstance(exponent, Var) and program.kinds[exponent.name].sort == "int":
        return False
    return not _is_positive(base, lets)


def _is_positive(atom: Atom, lets: dict[str, Call]) -> bool:
    """Whether a number is known not to be negative: a modulus, a square, a sum or a product of such."""
    if isinstance(atom, Const):
        return bool(atom.value >= 0)
    call = lets.get(atom.name) if isinstance(atom, Var) else None
    if call is None:
        return False
    if call.fun in ("add", "mul", "truediv"):
        same = call.fun == "mul" and call.args[0] == call.args[1]
        return same or all(_is_positive(a, lets) for a in call.args)
    if call.fun == "pow" and isinstance(call.args[1], Const):
        return call.args[1].value in (2, 4, 6) or _is_positive(call.args[0], lets)
    return call.fun in _POSITIVE


__all__ = ["fenced", "may_be_complex"]
