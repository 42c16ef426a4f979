"""Cotangents of parts of views: they are added to the same part of the same view of the cotangent.

    for i in range(n):                     x_bar = np.zeros_like(x)
        s += x.T[i, 0]*x[i][1]      =>     for i in range(n - 1, -1, -1):
                                               x_bar[i, 1] += ...
                                               x_bar.T[i, 0] += ...     no zeros of x.T's shape in each trip

Accepts a subscript of an array that is never written, and is a view of another one; guarantees a place where
its cotangent may be added, if the other one's has been made before: outside of the loop in which the view is
taken, or by an earlier contribution. What only renames the elements of an array is looked through; reshape
and ravel are, where the array's cotangent lies in memory as it is read. So are the items of lists:

    s += rows[k][i]                        rows_bar[k][i] += ...
    s += np.split(x, 3)[1][i]              np.split(x_bar, 3)[1][i] += ...
"""

from __future__ import annotations

import functools
import math
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
SPLITTING = frozenset(("np.split", "np.array_split", "np.hsplit", "np.vsplit", "np.dsplit"))  # lists of views
DIAGONALS = frozenset(("np.diagonal", "np.diag"))
WHOLE = Slice(Const(None), Const(None), Const(None))
FLAT = frozenset(("np.reshape", "np.ravel", "np.ndarray.flatten"))  # in the order of the elements

Seen = tuple[Atom, Atom | None, Bar]  # the place of a part in another cotangent, and what is added there


class Views(Stores):
    """The part of the reverse sweep that deals with parts of views.

    `compact` holds the values whose cotangents are to lie in memory in the order of their elements,
    `compacted` the arrays that do.
    """

    compact: set[str]
    compacted: set[str]

    def part_seen(self, name: str, index: Atom, bar: Bar, stmt: Let) -> Seen | None:
        """The place of `name[index]` in another cotangent, and what is added: `x[i][j]` is at `x[i, j]`."""
        let = self.storage.lets.get(name)
        if let is None or self.is_mask(index):
            return None
        let, index = self._of_overlapping(let, index)
        many = self._array_of_many(let)
        if many is not None:
            return self._row_of_many(let, many, index, bar, stmt)
        place = self._one_window(let, index) if let.call.fun == WINDOWS else self._in_view(let, index, stmt)
        return None if place is None else (*place, bar)

    def _in_view(self, let: Let, index: Atom, stmt: Stmt) -> tuple[Atom, Atom] | None:
        """The place of a part of a view that can be written."""
        offset = self._offset(let)
        element = None if offset is None else self._element_of_diagonal(let, index, offset)
        if element is not None:
            return element
        place = self.seen(let.name, stmt)
        if place is None and let.call.fun in FLAT and self.kind(index).cat == "int":
            return self._counted(let, index, stmt)
        if place is None or let.call.fun != "getitem":
            return None if place is None else (place, index)
        return self._part_of(place, index)

    def _part_of(self, place: Atom, index: Atom) -> tuple[Atom, Atom]:
        """The place of a part of a place: x and `i, j` for `x[i][j]`."""
        call = self.made_calls.get(place.name) if isinstance(place, Var) else None
        last = self.block[-1] if self.block else None
        if call is None or call.fun != "getitem" or not isinstance(last, Let) or place != Var(last.name):
            return place, index
        inner = _items(index)
        plain = self.kind(call.args[0]).cat == "array" and all(map(self._is_basic, inner))
        joined = self._joined(_items(call.args[1]), inner) if plain else None
        if joined is None:
            return place, index
        self.block.pop()
        return call.args[0], Tuple(joined) if len(joined) > 1 else joined[0]

    def _counted(self, let: Let, index: Atom, stmt: Stmt) -> tuple[Atom, Atom] | None:
        """The place of `x.ravel()[i]` in a matrix whose cotangent need not lie in order: `x[i//n, i % n]`."""
        base = let.call.args[0]
        rank, loops = self.kind(base).rank, self.storage.loops
        usable = self.kinds[let.name].rank == 1 and loops[let] == loops[stmt] and self._is_looked_through(let)
        if not rank or not usable or any(k == "order" for k, _ in let.call.kwargs):
            return None
        assert isinstance(base, Var)
        place = self._made_cotangent(base, let) or self.seen(base.name, let)
        if place is None:
            return None
        if self.selected and self.selected_from(let.name):
            self.select_from(base.name)
        places: list[Atom] = []
        shape = self.attribute(place, "shape")
        for axis in range(rank - 1, 0, -1):
            length = self.getitem(shape, Const(axis))
            places.insert(0, self.let(Call("mod", (index, length)), K.INT))
            index = self.let(Call("floordiv", (index, length)), K.INT)
        return place, Tuple((index, *places)) if places else index

    def _joined(self, outer: tuple[Atom, ...], inner: tuple[Atom, ...]) -> tuple[Atom, ...] | None:
        """The index of `x[outer][inner]` in x, where outer takes elements, whole axes or new ones."""
        rest, made = list(inner), []
        for at in outer:
            if at == Const(None) or at == WHOLE:
                given = rest.pop(0) if rest else WHOLE
                if at == Const(None) and self.kind(given).cat != "int":
                    return None
                made += [given] if at == WHOLE else []
            elif self.kind(at).is_scalar:
                made.append(at)
            else:
                return None
        return (*made, *rest) or None

    def place(self, name: str) -> tuple[Atom, Atom | None]:
        """Where the cotangent of an array in written storage stands: also that of its elements in order."""
        let = self.storage.lets.get(name)
        if let is not None and name in self.storage.snapshots and self.canonical(name) not in self.bars:
            seen = self.seen(name, let) if let.call.fun in FLAT else None
            if seen is not None:
                return seen, None
        return super().place(name)

    def _of_overlapping(self, let: Let, index: Atom) -> tuple[Let, Atom]:
        """`w[0][i]` as `w[0, i]` where w is made of windows, or of one array many times."""
        base, inner = let.call.args[0] if let.call.fun == "getitem" else None, _items(index)
        made = self.storage.lets.get(base.name) if isinstance(base, Var) else None
        if made is None or not isinstance(base, Var) or not self._is_free(let, base):
            return let, index
        shared = made.call.fun == WINDOWS or self._array_of_many(made) is not None
        if not shared or self.kinds[base.name].cat != "array" or not all(map(self._is_basic, inner)):
            return let, index
        outer = _items(self.value(let.call.args[1], let))
        counted = all(self.kind(at).cat == "int" for at in outer)
        return (made, Tuple((*outer, *inner))) if counted else (let, index)

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
        """The place of `sliding_window_view(x, n)[i]` in x: `x[i:i + n]`, with i from the front."""
        base, items = let.call.args[0], _items(index)
        if not isinstance(base, Var) or not self._is_free(let, base) or not all(map(self._is_basic, items)):
            return None
        sizes, rank = self._window_sizes(let), self.kinds[base.name].rank
        whole = sizes and rank is not None and len(items) >= rank
        if not whole or any(self.kind(at).cat != "int" for at in items[:rank]):
            return None
        place = self._made_cotangent(base, let) or self.seen(base.name, let)
        if place is None:
            return None
        window = [self._in_window(place, k, at, sizes.get(k)) for k, at in enumerate(items[:rank])]
        made, inner = window[0] if rank == 1 else Tuple(tuple(window)), items[rank:]
        if not inner:
            return place, made
        return self.getitem(place, made), inner[0] if len(inner) == 1 else Tuple(tuple(inner))

    def _window_sizes(self, let: Let) -> dict[int, Const]:
        """The lengths of windows by the axes along which they slide; none where they are not literals."""
        names = ("x", "window_shape", "axis")
        given = dict(zip(names, let.call.args, strict=False)) | dict(let.call.kwargs)
        rank = self.kind(given["x"]).rank
        counts = _numbers(given.get("window_shape", Const(None)))
        axes = _numbers(given.get("axis", Const(None)))
        if "axis" not in given or given["axis"] == Const(None):
            axes = list(range(rank or 0))
        if given.keys() - set(names) or not rank or not axes or len(counts) != len(axes):
            return {}
        return {axis % rank: Const(n) for axis, n in zip(axes, counts, strict=True)}

    def _in_window(self, place: Atom, axis: int, at: Atom, size: Const | None) -> Atom:
        if size is None:
            return at
        if not (isinstance(at, Const) and at.value >= 0):
            length = self.getitem(self.attribute(place, "shape"), Const(axis))
            places = self.binary("sub", length, self.binary("sub", size, Const(1)))
            at = self.let(Call("mod", (at, places)), K.INT)
        return Slice(at, self.binary("add", at, size), Const(None))

    def _row_of_many(self, let: Let, base: Atom, index: Atom, bar: Bar, stmt: Let) -> Seen | None:
        """The place of `np.broadcast_to(x, (m, n))[i, j]` in x of length n: `x[j]`.

        What is taken along a stretched axis is summed.
        """
        items, shape, own = _items(index), self.kinds[let.name].shape, self.kind(base).shape
        if not isinstance(base, Var) or shape is None or not own or not self._is_free(let, base):
            return None
        counted = all(isinstance(at, Slice) or self.kind(at).cat == "int" for at in items)
        new = len(shape) - len(own)
        if not counted or new < 0 or self.kinds[let.name].dtype != self.kinds[base.name].dtype:
            return None
        if not all(m in (n, 1) for m, n in zip(own, shape[new:], strict=True)):
            return None
        padded = (*items, *[WHOLE]*(len(shape) - len(items)))
        rest = [at if n == m else Const(0) for at, m, n in zip(padded[new:], own, shape[new:], strict=True)]
        apart = [k < new or (own[k - new] == 1 != n) for k, n in enumerate(shape)]
        kept = [k for k, at in enumerate(padded) if isinstance(at, Slice)]
        place = self._made_cotangent(base, let) or self.seen(base.name, let)
        if place is None:
            return None
        if self.selected and self.selected_from(let.name):
            self.select_from(base.name)
        found: tuple[Atom, Atom | None] = place, None
        if not all(at == WHOLE for at in rest):
            found = self._part_of(place, Tuple(tuple(rest)) if len(rest) > 1 else rest[0])
        return *found, self._summed(bar, [kept.index(k) for k in kept if apart[k]], stmt)

    def _summed(self, bar: Bar, axes: list[int], stmt: Let) -> Bar:
        """The cotangent of a statement's result, summed over some of its axes."""
        kind = self.kinds[stmt.name]
        if axes and bar.uniform:
            return Bar(self.binary("mul", bar.atom, self._count(stmt.name, axes)), uniform=True)
        if not axes:
            return bar
        over: tuple[Atom, ...] = (Tuple(tuple(map(Const, axes))) if len(axes) > 1 else Const(axes[0]),)
        return Bar(self.let(Call("np.sum", (bar.atom, *(over if len(axes) != kind.rank else ())))))

    def _count(self, name: str, axes: list[int]) -> Atom:
        """The number of elements along some axes of a value."""
        lengths = [n for k, n in enumerate(self.kinds[name].shape or ()) if k in axes]
        if all(isinstance(n, int) for n in lengths) and lengths:
            return Const(math.prod(n for n in lengths if isinstance(n, int)))
        if len(axes) == self.kinds[name].rank:
            return self.attribute(self.like(name), "size")
        shape = self.attribute(self.like(name), "shape")
        counts: list[Atom] = [self.getitem(shape, Const(k)) for k in axes]
        return functools.reduce(functools.partial(self.binary, "mul"), counts)

    def _array_of_many(self, let: Let) -> Atom | None:
        """The array that is spread: x in `np.broadcast_to(x, shape)`, in `np.broadcast_arrays(x, y)[0]`."""
        if let.call.fun == "np.broadcast_to":
            return let.call.args[0]
        xs = let.call.args[0] if let.call.fun == "getitem" else None
        made = self.storage.lets.get(xs.name) if isinstance(xs, Var) else None
        at = let.call.args[1] if made is not None and made.call.fun == "np.broadcast_arrays" else None
        if made is None or not isinstance(xs, Var) or not isinstance(at, Const) or type(at.value) is not int:
            return None
        fixed = xs.name not in self.bars and not self.storage.changes_between(xs.name, made, let)
        inside = self.storage.loops[made] == self.storage.loops[let] and -1 < at.value < len(made.call.args)
        return made.call.args[at.value] if fixed and inside else None

    def _is_free(self, let: Let, base: Var) -> bool:
        """Whether an array without a cotangent is made of another one, neither of which is written."""
        absent = self.canonical(let.name) not in self.bars and not self.storage.is_mutable(let.name)
        return absent and self.active(base) and not self._is_mutable_or_mixed(base.name)

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
        if let is None or loops[let] != loops[stmt]:
            return None
        base = let.call.args[0] if let.call.args else None
        if let.call.fun == "getitem" and isinstance(base, Var) and self.kinds[base.name].cat == "list":
            return self._item_seen(let, base, stmt)
        if not self._is_looked_through(let):
            return None
        base = _operand(let.call)
        assert isinstance(base, Var)
        vector = let.call.fun in FLAT and self.kinds[name].rank == self.kinds[base.name].rank == 1
        flat = let.call.fun in FLAT and self.storage.word(let) != "view" and not vector
        parent = self._made_cotangent(base, let) if not flat else self._in_order(base, let)
        if parent is None and not flat:
            parent = self.seen(base.name, let)
        if parent is None:
            return None
        if self.selected and self.selected_from(name):
            self.select_from(base.name)
        if let.call.fun in SAME or vector:
            return parent
        if let.call.fun == "getattr":
            assert isinstance(let.call.args[1], Const)
            return self.attribute(parent, let.call.args[1].value)
        given = (parent if a == base else self.value(a, let) for a in let.call.args)
        call = replace(let.call, args=tuple(given))
        if call.fun in DIAGONALS:
            words = tuple((word if word != "k" else "offset", value) for word, value in call.kwargs)
            call = Call("diagonal_of", call.args, words)
        if call.fun == "np.ndarray.flatten":
            call = replace(call, fun="np.ravel", form=".ravel")
        return self.let(call, replace(self.kinds[name], cat="array"))

    def _item_seen(self, let: Let, xs: Var, stmt: Stmt) -> Atom | None:
        """The item of a list's cotangent, or of the views that a list is made of, that is the cotangent of
        an array in the list; nothing changes the list between `let` and `stmt`."""
        kind, (item, *_) = self.kinds[let.name], (*(self.kinds[xs.name].items or ()), K.FLOAT)
        at = self.value(let.call.args[1], let)
        plain = kind.cat == item.cat == "array" and kind.rank and not kind.optional and not item.optional
        if not plain or kind.dtype != item.dtype or kind.dtype == K.MIXED or self.kind(at).cat != "int":
            return None
        if self.canonical(let.name) in self.bars or self.storage.is_mutable(let.name):
            return None
        if xs.name in self.mixed or self.by_address(xs.name) or self.storage.in_list_table(xs.name):
            return None
        masked = self.selected and self.selected_from(let.name)
        if masked or not self.active(xs) or self.storage.changes_between(xs.name, let, stmt):
            return None
        bars = self._made_cotangent(xs, let)
        return self._source_seen(xs, at, kind, let) if bars is None else self.getitem(bars, at)

    def _source_seen(self, xs: Var, at: Atom, kind: K.Kind, stmt: Let) -> Atom | None:
        """The part of another cotangent that is that of an item of a list that is used by its items only."""
        let, loops = self.storage.lets.get(xs.name), self.storage.loops
        if let is None or loops[let] != loops[stmt] or self.canonical(xs.name) in self.bars:
            return None
        if let.call.fun == "list" and not let.call.form and isinstance(at, Const):
            item = let.call.args[at.value] if -1 < at.value < len(let.call.args) else None
            usable = isinstance(item, Var) and self.kinds[item.name] == kind and self.active(item)
            if not usable or not isinstance(item, Var) or self._is_mutable_or_mixed(item.name):
                return None
            return self._made_cotangent(item, let) or self.seen(item.name, let)
        made = self._split_seen(let, xs.name)
        return None if made is None else self.getitem(made, at)

    def _split_seen(self, let: Let, xs: str) -> Atom | None:
        """The parts of another cotangent as np.split gives them; the cotangent itself for a list of rows."""
        rows = let.call.fun == "list" and let.call.form
        base = let.call.args[0] if let.call.fun in SPLITTING or rows else None
        if not isinstance(base, Var) or self.kinds[base.name].cat != "array" or not self._is_free(let, base):
            return None
        parent = self._made_cotangent(base, let) or self.seen(base.name, let)
        if parent is None or rows:
            return parent
        arguments = (self.value(a, let) for a in let.call.args[1:])
        return self.let(replace(let.call, args=(parent, *arguments)), self.kinds[xs])

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
        name, base = let.name, _operand(let.call)
        if not isinstance(base, Var) or not self.active(base) or self.canonical(name) in self.bars:
            return False
        kind, own = self.kinds[name], self.kinds[base.name]
        if let.call.fun == "np.squeeze" and kind.rank is None:  # of an array: a view, perhaps of rank 0
            return own.cat == "array" and kind.dtype == own.dtype and not self.storage.is_mutable(name)
        if not (kind.cat == own.cat == "array") or not kind.rank:
            return False
        if self.storage.is_mutable(name) and not self._is_flat_copy(let, base):
            return False
        fun = let.call.fun
        if fun in SAME:
            return kind == own and kind.dtype != K.MIXED and not self.storage.is_mutable(base.name)
        same = kind.dtype == own.dtype or fun in ("np.real", "np.imag")
        if fun == "np.einsum" or fun in DIAGONALS:
            known = self._is_plain_view(let.call) if fun == "np.einsum" else (own.rank or 0) > 1
            return same and known and not self.storage.is_mutable(base.name)
        if self.storage.word(let) == "view":
            return same and fun not in OVERLAPPING
        kept = not self.storage.is_mutable(base.name) or self._is_flat_copy(let, base)
        return same and fun in FLAT and kept


    def _is_flat_copy(self, let: Let, base: Var) -> bool:
        """Whether the elements of a written array are read in their order, behind the last write to it."""
        behind = let.call.fun in FLAT and let.name in self.storage.snapshots
        return behind and self.storage.view_of(base.name) is None and not self.storage.in_table(base.name)

    def _is_plain_view(self, call: Call) -> bool:
        """Whether np.einsum only names the axes of an array anew, or takes its diagonal."""
        inputs, arrow, result = _text_of(call.args[0]).replace(" ", "").partition("->")
        plain = len(call.args) == 2 and not call.kwargs and arrow != "" and inputs.isalpha()
        return plain and sorted(set(inputs)) == sorted(result)


def _numbers(atom: Atom) -> list[int]:
    """The whole numbers that a literal, or a tuple of them, names; none where one is no literal."""
    found = [a.value for a in _items(atom) if isinstance(a, Const) and type(a.value) is int]
    return found if len(found) == len(_items(atom)) else []


def _operand(call: Call) -> Atom | None:
    """The array of which a call gives a view."""
    place = 1 if call.fun == "np.einsum" else 0
    return call.args[place] if len(call.args) > place else None


def _text_of(atom: Atom) -> str:
    return atom.value if isinstance(atom, Const) and isinstance(atom.value, str) else ""


def _is_square(kind: K.Kind) -> bool:
    return kind.shape is not None and len(kind.shape) == 2 and kind.shape[0] == kind.shape[1]


def _items(index: Atom) -> tuple[Atom, ...]:
    return index.items if isinstance(index, Tuple) else (index,)


__all__ = ["Views"]
