"""What the result of a call was when it was made: the reverse sweep reads it after it may have been written.

    z = np.exp(a); z[0] = s              t = z.copy() behind the call, and t*z_bar
    q, r = np.linalg.qr(a); q[0] = s     t = q.copy() where q is bound, and qr_back(q_bar, r_bar, a, t, r)

Accepts a call's result and the call; guarantees an atom that holds what the call returned.
"""

from __future__ import annotations

from s2sad.ir.nodes import Atom, Call, Const, Let, Stmt, Tuple, Var
from s2sad.transform.bars import ARRAYS, Bars


class Results(Bars):
    """The part of the reverse sweep that reads results of calls."""

    def result(self, name: str, stmt: Stmt) -> Atom:
        """What the result of `stmt` was when it was made."""
        kind = self.kinds[name]
        if kind.cat in ARRAYS and self.storage.is_mutable(name) and self.storage.written_later(name, stmt):
            return self.snapshot(Var(name), stmt, self.after)
        if kind.cat == "tuple" and kind.items and self.storage.stores:
            reads = [let for let in self.storage.lets.values() if let.call.fun == "getitem"]
            reads = [let for let in reads if let.call.args[0] == Var(name)]
            if any(self.storage.written_later(let.name, stmt) for let in reads):
                return Tuple(tuple(self._part(name, k, stmt, reads) for k in range(len(kind.items))))
        return Var(name)

    def _part(self, name: str, place: int, stmt: Stmt, reads: list[Let]) -> Atom:
        """A part of a result: a copy where it is written later, made where it is bound first."""
        same = [let for let in reads if let.call.args[1] == Const(place)]
        block = self.storage.block_of
        if same and block[same[0]] == block[stmt]:
            let = same[0]
        else:
            kind = (self.kinds[name].items or ())[place]
            let = Let(self.fresh("", kind), Call("getitem", (Var(name), Const(place))), None, True)
            self.after.setdefault(stmt, []).append(let)
            self.adopt(let.name, stmt)
        if not any(self.storage.written_later(other.name, stmt) for other in same):
            return Var(let.name)
        return self.snapshot(Var(let.name), let if let in same else stmt, self.after)
