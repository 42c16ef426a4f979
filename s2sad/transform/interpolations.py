"""A number that a loop reads off a table: its cotangent goes to the two points that it lies between.

Accepts `np.interp(x, xp, fp)` of a number within a loop, and its cotangent; guarantees that no array of the
table's length is made in a trip:

    y = np.interp(x, xp, fp)      k = table_cell(xp, x)
                                  fp_bar[k:k + 2] += interp_back(y_bar, x, xp[k:k + 2], 1)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Let, Slice, Var
from s2sad.transform.cotangents import Bar
from s2sad.transform.rules import Rules


class Interpolations(Rules):
    """The part of the reverse sweep that reads tables."""

    if TYPE_CHECKING:

        def _getitem(self, stmt: Let, bar: Bar, held: Atom | None = None) -> None: ...

    def interpolation(self, stmt: Let, bar: Bar) -> bool:
        """The adjoint of a number that a loop reads off an active table; False for all other statements."""
        call = stmt.call
        if call.fun != "np.interp" or not self.loops or self.kinds[stmt.name].rank != 0:
            return False
        given = dict(zip(("x", "xp", "fp"), call.args, strict=False)) | dict(call.kwargs)
        if len(given) != 3:
            return False
        number, *tables = given["x"], given["xp"], given["fp"]
        if not all(map(self._is_table, tables)) or not any(map(self.reaches, tables)):
            return False
        x, xp, fp = (self.value(a, stmt) for a in (number, *tables))
        cell = self.let(Call("table_cell", (xp, x)), K.INT)
        part = Slice(cell, self.binary("add", cell, Const(2)), Const(None))
        names = {
            "x": x,
            "xp": self.getitem(xp, part),
            "fp": self.getitem(fp, part),
            "g": self.clean(bar).atom,
        }
        if self.reaches(number) or self.reaches(tables[0]):
            slope = names["slope"] = self.text("interp_slope(g, x, xp, fp, 1)", names)
            self.give(number, Bar(slope))
        for table, text in zip(
            tables, ("-interp_back(slope, x, xp, 1)", "interp_back(g, x, xp, 1)"), strict=True
        ):
            if self.reaches(table):
                taken = replace(stmt, call=Call("getitem", (table, part)))
                self._getitem(taken, Bar(self.text(text, names)), part)
        return True

    def _is_table(self, atom: Atom) -> bool:
        kind = self.kind(atom)
        return isinstance(atom, Var) and kind.cat == "array" and kind.rank == 1 and kind.sort == "float"
