"""Cotangents of parts of views: they are added to the same part of the same view of the cotangent.

    for i in range(n):                     x_bar = np.zeros_like(x)
        s += x.T[i, 0]*x[i][1]      =>     for i in range(n - 1, -1, -1):
                                               x_bar[i, 1] += ...
                                               x_bar.T[i, 0] += ...     no zeros of x.T's shape in each trip

Accepts a subscript of an array that is never written, and is a view of another one; guarantees a place where
its cotangent may be added, if the other one's has been made before: outside of the loop in which the view is
taken, or by an earlier contribution. What only renames the elements of an array is looked through; reshape
and ravel are, where the array's cotangent lies in memory as it is read.
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.primitives import OVERLAPPING
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Let, List, Slice, Stmt, Tuple, Var
from s2sad.transform.cotangents import Bar
from s2sad.transform.stores import Stores

SAME = frozenset(  # where dtype and shape stay
    ("copy", "np.copy", "np.array", "np.asarray", "np.ascontiguousarray", "np.asfortranarray",
     "np.asarray_chkfinite", "np.require", "np.astype", "np.real_if_close")
)  # fmt: skip
WINDOWS = "np.lib.stride_tricks.sliding_window_view"
FLAT = frozenset(("np.reshape", "np.ravel", "np.ndarray.flatten"))  # in the order of the elements


class Views(Stores):
    """The part of the reverse sweep that deals with parts of views.

    `compact` holds the values whose cotangents are to lie in memory in the order of their elements,
    `compacted` the arrays that do.
    """

    compact: set[str]
    compacted: set[str]

    def part_seen(self, name: str, index: Atom, stmt: Stmt) -> tuple[Atom, Atom] | None:
        """The place of `name[index]` in another cotangent: `x[i][j]` is `x[i, j]`."""
        let = self.storage.lets.get(name)
        if let is None or self.is_mask(index):
            return None
        offset = self._offset(let)
        if offset is not None:
            return self._element_of_diagonal(let, index, offset)
        if let.call.fun == WINDOWS:
            return self._one_window(let, index)
        place = self.seen(name, stmt)
        call = self.made_calls.get(place.name) if isinstance(place, Var) else None
        if place is None or call is None or call.fun != "getitem" or let.call.fun != "getitem":
            return None if place is None else (place, index)
        outer, inner = _items(call.args[1]), _items(index)
        if not all(self.kind(a).is_scalar for a in outer) or not all(map(self._is_basic, inner)):
            return place, index
        self.block.pop()
        return call.args[0], Tuple((*outer, *inner))

    def _element_of_diagonal(self, let: Let, index: Atom, offset: int) -> tuple[Atom, Atom] | None:
        """The place of `np.diag(x)[i]` in a matrix, whose end is the diagonal's if i counts from there."""
        base, kind = let.call.args[0], self.kind(index)
        assert isinstance(base, Var)
        shape = self.kinds[base.name].shape
        forward = isinstance(index, Const) and type(index.value) is int and index.value >= 0
        square = shape is not None and shape[0] == shape[1] and offset == 0 and kind.cat == "int"
        absent = self.canonical(let.name) not in self.bars and not self.storage.is_mutable(let.name)
        usable = absent and self.active(base) and (forward or square)
        place = self._made_cotangent(base, let) if usable else None
        return None if place is None else (place, self._row_and_column(index, offset))

    def _one_window(self, let: Let, index: Atom) -> tuple[Atom, Atom] | None:
        """The place of `sliding_window_view(x, n)[i]` in a vector: `x[i:i + n]`, with i from the front."""
        base, size = (*let.call.args[:2], Const(None))[:2]
        at, *inner = _items(index)
        if not isinstance(base, Var) or self.kinds[base.name].rank != 1 or let.call.kwargs:
            return None
        count = size.value if isinstance(size, Const) else None
        whole = type(count) is int and self.kind(at).cat == "int"
        absent = self.canonical(let.name) not in self.bars and not self.storage.is_mutable(let.name)
        usable = whole and absent and self.active(base) and all(map(self._is_basic, inner))
        if not usable or self._is_mutable_or_mixed(base.name):
            return None
        place = self._made_cotangent(base, let)
        if place is None:
            return None
        if not (isinstance(at, Const) and type(at.value) is int and at.value >= 0):
            length = self.getitem(self.attribute(place, "shape"), Const(0))
            places = self.binary("sub", length, self.binary("sub", size, Const(1)))
            at = self.let(Call("mod", (at, places)), K.INT)
        window = Slice(at, self.binary("add", at, size), Const(None))
        if not inner:
            return place, window
        return self.getitem(place, window), inner[0] if len(inner) == 1 else Tuple(tuple(inner))

    def bent(self, mode: str, index: Atom, base: Atom, axis: int) -> Atom:
        """The places that np.take reads in a mode in which no index is out of bounds."""
        length = self.getitem(self.attribute(base, "shape"), Const(axis))
        if isinstance(index, List):
            index = self.let(Call("np.array", (index,)), K.array((len(index.items),), "int64"))
        if mode == "wrap":
            return self.let(Call("mod", (index, length)))
        return self.let(Call("np.clip", (index, Const(0), self.let(Call("sub", (length, Const(1))), K.INT))))

    # ---- diagonals

    def on_diagonal(self, stmt: Let, bar: Bar) -> bool:
        """Add the cotangent of a diagonal or its sum to a matrix's, if that has been made; whether it was."""
        offset = self._offset(stmt)
        if offset is None or not self.reaches(stmt.call.args[0]):
            return False
        base = stmt.call.args[0]
        assert isinstance(base, Var)
        total = stmt.call.fun == "np.trace"
        place = self._made_cotangent(base, stmt)
        if place is None:
            return False
        bar = self.project(self.clean(bar), self.kinds[base.name])
        like = self.like(stmt.name) if self.kind(bar.atom).cat != "array" else bar.atom
        like = place if total else like
        length = self.getitem(self.attribute(like, "shape"), Const(0))
        shape = (self.kinds[base.name].shape or ())[:1] if total else self.kinds[stmt.name].shape
        at = self.let(Call("np.arange", (length,)), K.array(shape, "int64"))
        self.store(place, self._row_and_column(at, offset), bar.atom, "add")
        return True

    def _row_and_column(self, at: Atom, offset: int) -> Tuple:
        moved = self.binary("add", at, Const(abs(offset))) if offset else at
        return Tuple((moved, at) if offset < 0 else (at, moved))

    def _offset(self, stmt: Let) -> int | None:
        """Which diagonal of a matrix a statement takes or adds up; None for any other statement."""
        call = stmt.call
        if call.fun not in ("np.diag", "np.diagonal", "np.trace") or not isinstance(call.args[0], Var):
            return None
        own = self.kinds[call.args[0].name]
        if call.fun == "np.trace" and (len(call.args) + len(call.kwargs) > 1 or not _is_square(own)):
            return None
        names = ("k",) if call.fun == "np.diag" else ("offset", "axis1", "axis2")
        given = dict(zip(names, call.args[1:], strict=False)) | dict(call.kwargs)
        known = [given.get(n, Const(d)) for n, d in zip(names, (0, 0, 1), strict=False)]
        plain = all(isinstance(a, Const) and type(a.value) is int for a in known) and own.rank == 2
        if not plain or own.cat != "array" or self._is_mutable_or_mixed(call.args[0].name):
            return None
        offset, *axes = [a.value for a in known if isinstance(a, Const)]
        return offset if not axes or [a % 2 for a in axes] == [0, 1] else None

    def _is_mutable_or_mixed(self, name: str) -> bool:
        return self.storage.is_mutable(name) or self.kinds[name].dtype == K.MIXED

    # ---- views

    def _is_basic(self, index: Atom) -> bool:
        return isinstance(index, Slice) or self.kind(index).is_scalar

    def seen(self, name: str, stmt: Stmt) -> Atom | None:
        """The view of another cotangent that is the cotangent of `name`, which `stmt` takes a part of."""
        let, loops = self.storage.lets.get(name), self.storage.loops
        if let is None or loops[let] != loops[stmt] or not self._is_looked_through(let):
            return None
        base = let.call.args[0]
        assert isinstance(base, Var)
        flat = let.call.fun in FLAT and self.storage.word(let) != "view"
        parent = self._made_cotangent(base, let) if not flat else self._in_order(base, let)
        if parent is None and not flat:
            parent = self.seen(base.name, let)
        if parent is None:
            return None
        if self.selected and self.selected_from(name):
            self.select_from(base.name)
        if let.call.fun in SAME:
            return parent
        if let.call.fun == "getattr":
            assert isinstance(let.call.args[1], Const)
            return self.attribute(parent, let.call.args[1].value)
        call = replace(let.call, args=(parent, *(self.value(a, let) for a in let.call.args[1:])))
        if call.fun == "np.ndarray.flatten":
            call = replace(call, fun="np.ravel", form=".ravel")
        return self.let(call, replace(self.kinds[name], cat="array"))

    def _made_cotangent(self, base: Var, let: Let) -> Atom | None:
        """The cotangent of what a view is taken of, if it need not be made for that."""
        name = self.canonical(base.name)
        bar = self.bars.get(name)
        if bar is not None:
            own = bar.owned and not bar.uniform and bar.mask is None
            return self.buffer(name) if own and self._writeable(bar.atom, self.kinds[name]) else None
        around, here = self.storage.places[self.root(name)].loops, self.storage.loops[let]
        return self.buffer(name) if len(around) < len(here) else None

    def _in_order(self, base: Var, let: Let) -> Atom | None:
        """That of what comes from outside of the loop, if its elements lie in memory in their order."""
        name, order = self.canonical(base.name), [v for k, v in let.call.kwargs if k == "order"]
        around, here = self.storage.places[self.root(name)].loops, self.storage.loops[let]
        if len(around) >= len(here) or order or name in self.paths or not self._has_zeros(name):
            return None
        if name not in self.compact:
            self.compact.add(name)
            if name in self.bars:  # it was made before that was asked for: on the next try
                for loop in self.loops[len(around) :]:
                    loop.missing[name] = None
                return None
        return self._made_cotangent(base, let)

    def _has_zeros(self, name: str) -> bool:
        kind = self.kinds[name]
        return not kind.optional and kind.dtype not in (K.MIXED, "complex")

    def buffer(self, name: str) -> Var:
        """The cotangent of `name` as an array that may be written in place."""
        if name not in self.compact:
            return super().buffer(name)
        if name in self.bars:
            made = super().buffer(name)
            if made.name in self.compacted:
                return made
            call = Call("np.ascontiguousarray", (made,))
            made = self.let(call, self.kind(made), self.bar_hint(name))
        else:
            self.outer(name)
            like = self.beside.get(name) or self.like(name)
            made = self.zeros_in_order(like, self.kinds[name], self.bar_hint(name))
        self.compacted.add(made.name)
        self.bars[name] = Bar(made, owned=True)
        return made

    def _is_looked_through(self, let: Let) -> bool:
        """Whether an array without a cotangent is another one, or a view of it that can be written."""
        name, base = let.name, let.call.args[0] if let.call.args else None
        if not isinstance(base, Var) or not self.active(base) or self.canonical(name) in self.bars:
            return False
        kind, own = self.kinds[name], self.kinds[base.name]
        if not (kind.cat == own.cat == "array") or not kind.rank or self.storage.is_mutable(name):
            return False
        fun = let.call.fun
        if fun in SAME:
            return kind == own and kind.dtype != K.MIXED
        same = kind.dtype == own.dtype or fun in ("np.real", "np.imag")
        return same and fun not in OVERLAPPING and (self.storage.word(let) == "view" or fun in FLAT)


def _is_square(kind: K.Kind) -> bool:
    return kind.shape is not None and len(kind.shape) == 2 and kind.shape[0] == kind.shape[1]


def _items(index: Atom) -> tuple[Atom, ...]:
    return index.items if isinstance(index, Tuple) else (index,)


__all__ = ["Views"]
