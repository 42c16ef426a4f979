"""Equations with one matrix that the text of a second derivative solves several times: one factorisation.

Accepts any `Program`; guarantees the same values up to rounding. Only what transforms made is rewritten, and
only in the text of a derivative that is differentiated again: a gradient solves each system once. The matrix
of one equation may be the conjugate transpose of another's.

    x = scipy.linalg.solve_sylvester(a, b, q)            x = scipy.linalg.solve_sylvester(a, b, q)
    x_dot = scipy.linalg.solve_sylvester(a, b, r)        forms = sylvester_forms(a, b)
    y = scipy.linalg.solve_sylvester(a.T, b.T, g)        x_dot = sylvester_by(forms, a, b, r, False)
                                                         y = sylvester_by(forms, a, b, g, True)

NumPy has nothing for factors: np.linalg.solve is rewritten where the program solves with the matrix by SciPy.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import kind_of
from s2sad.ir.kinds import OBJECT
from s2sad.ir.nodes import Atom, Block, Call, Const, Let, Program, Stmt, Var, blocks, walk
from s2sad.ir.rewrite import Edit
from s2sad.rules import registry

# the function, with its number of matrices: what makes their forms, and what solves by them
FORMS = {
    "scipy.linalg.solve_sylvester": (2, "sylvester_forms", "sylvester_by"),
    "scipy.linalg.solve_continuous_lyapunov": (1, "lyapunov_forms", "lyapunov_by"),
    "scipy.linalg.solve_discrete_lyapunov": (1, "stein_forms", "stein_by"),
    "both_sides": (1, "square_forms", "square_by"),
    "np.linalg.solve": (1, "lu_forms", "solve_by"),
    "scipy.linalg.solve": (1, "cho_forms", "cho_by"),
}
NUMPY, SCIPY = "np.linalg.solve", "scipy.linalg.solve"
POSITIVE = (Const("pos"), Const("positive definite"))
Key = tuple[str, tuple[Atom, ...], tuple[Atom, ...]]


def held(program: Program) -> Program:
    """The program with the forms of matrices made once."""
    if not program.again or sum(type(s) is Let and s.call.fun in FORMS for s in walk(program.body)) < 2:
        return program
    return _Held(program).run()


class _Held:
    """The equations of a program by their matrices."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.lets = {s.name: s for s in walk(program.body) if type(s) is Let}
        self.aliases = Aliases(program)
        self.written = frozenset().union(*map(self.aliases.written, program.body))
        solved = [s.call.args[0] for s in self.lets.values() if s.call.fun == SCIPY and s.call.args]
        self.solved = {self._bare(atom)[0] for atom in solved}
        self.edit = Edit(program)

    def run(self) -> Program:
        """The program rewritten."""
        instead: dict[Let, list[Stmt]] = {}
        for block in self._blocks(self.program.body):
            for key, members in self._groups(block):
                instead.update(self._solved(key, members))
        if not instead:
            return self.program
        registry.load("held")

        def change(stmt: Stmt) -> list[Stmt]:
            return instead.get(stmt, [stmt]) if type(stmt) is Let else [stmt]

        return self.edit.finish(self.edit.block(self.program.body, change))

    def _blocks(self, block: Block) -> Iterator[Block]:
        yield block
        for stmt in block:
            for inner in blocks(stmt):
                yield from self._blocks(inner)

    def _groups(self, block: Block) -> list[tuple[Key, list[tuple[Let, bool]]]]:
        """The equations of one block that are solved by the same forms, each with whether it is turned."""
        groups: dict[Key, list[tuple[Let, bool]]] = defaultdict(list)
        for stmt in block:
            if type(stmt) is Let and stmt.call.fun in FORMS and (stmt.made or self.program.is_swept(stmt)):
                found = self._equation(stmt.call)
                if found is not None:
                    groups[found[0]].append((stmt, found[1]))
        return [(key, members) for key, members in groups.items() if len(members) > 1]

    def _equation(self, call: Call) -> tuple[Key, bool] | None:
        """What an equation is solved by, and whether its matrices are those turned."""
        count, how = FORMS[call.fun][0], _how(call)
        ranks = [kind_of(a, self.program.kinds).rank for a in call.args[: count + 1]]
        columns = (1, 2) if call.fun in (NUMPY, SCIPY) else (2,)
        if how is None or set(ranks[:-1]) != {2} or ranks[-1] not in columns:
            return None
        bare = [self._bare(a) for a in call.args[:count]]
        turned = bare[0][1]
        matrices = tuple(a for a, _ in bare)
        if any(t != turned for _, t in bare) or call.fun == SCIPY:
            matrices, turned = call.args[:count], False
        if any(map(self._changes, matrices)) or (call.fun == NUMPY and matrices[0] not in self.solved):
            return None
        return (call.fun, matrices, how), turned

    def _bare(self, atom: Atom) -> tuple[Atom, bool]:
        """The matrix of which an atom is the conjugate transpose, or the atom itself, and which of both."""
        transposed = conjugate = False
        found, turned = atom, False
        real = kind_of(atom, self.program.kinds).sort in ("float", "int", "bool")
        while isinstance(atom, Var) and atom.name in self.lets and not self._changes(atom):
            fun, args = self.lets[atom.name].call.fun, self.lets[atom.name].call.args
            if fun in ("adjoint", "np.conj"):
                conjugate = not conjugate
            if fun == "adjoint" or _is_transpose(fun, args):
                transposed = not transposed
            elif fun not in ("np.conj", "real_root"):
                break
            atom = args[0]
            if real or transposed == conjugate:
                found, turned = atom, transposed
        return found, turned

    def _changes(self, atom: Atom) -> bool:
        """Whether a matrix is written anywhere, or is none."""
        return not isinstance(atom, Var) or self.aliases.of(atom.name) in self.written

    def _solved(self, key: Key, members: list[tuple[Let, bool]]) -> dict[Let, list[Stmt]]:
        """The statements that take the place of the equations."""
        fun, matrices, how = key
        count, make, by = FORMS[fun]
        kinds, hints = self.program.kinds, self.edit.hints
        # whoever parts the program gives new names by a count of his own
        forms = next(name for k in itertools.count() if (name := f"forms.of.{k}") not in kinds)
        kinds[forms], hints[forms] = OBJECT, "forms"
        made: dict[Let, list[Stmt]] = {}
        for let, turned in members:
            args = (Var(forms), *matrices, let.call.args[count], *how, Const(turned))
            made[let] = [Let(let.name, Call(by, args), let.span, True)]
        first = members[0][0]
        made[first].insert(0, Let(forms, Call(make, (*matrices, *how)), first.span, True))
        return made


def _how(call: Call) -> tuple[Atom, ...] | None:
    """The options of an equation that its forms depend on; None if it is solved otherwise."""
    count, options = FORMS[call.fun][0] + 1, dict(call.kwargs)
    if call.fun == SCIPY and options.pop("assume_a", None) in POSITIVE:
        lower = options.pop("lower", Const(False))
        return (lower,) if len(call.args) == count and not options else None
    if call.fun == "both_sides":
        rest = call.args[count:] or (Const(False),)
        return rest if len(rest) == 1 and not options else None
    return () if len(call.args) == count and not options and call.fun != SCIPY else None


def _is_transpose(fun: str, args: tuple[Atom, ...]) -> bool:
    """Whether a call exchanges the axes of a matrix."""
    if fun == "np.swapaxes" and len(args) == 3:
        return {a.value % 2 for a in args[1:] if isinstance(a, Const) and type(a.value) is int} == {0, 1}
    return (fun == "getattr" and args[1] == Const("T")) or (fun == "np.transpose" and len(args) == 1)


__all__ = ["held"]
