"""Cotangents while the reverse sweep is written: what is known of each, and how contributions are added.

Accepts contributions in any order; guarantees that what is read is their sum. The cotangent of a value is
*absent* until its first contribution; then it is a `Bar` (see `cotangents`).

    y = 2*x; z = y + x      z_bar = g (borrowed); y_bar = g, x_bar = g; x_bar = g + 2*g
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

from s2sad.analysis.primitives import is_pure
from s2sad.analysis.storage import Storage
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Const,
    Do,
    Fresh,
    Let,
    List,
    Program,
    Stmt,
    Tuple,
    Var,
    blocks,
)
from s2sad.transform.builder import Builder
from s2sad.transform.cotangents import Bar, Loop, Mask
from s2sad.transform.tracked import Tracked

ARRAYS = ("array", "num")


class Bars(Builder):
    """The table of cotangents and shadows of one reverse sweep."""

    def __init__(self, program: Program, storage: Storage, varied: frozenset[str], fresh: Fresh) -> None:
        super().__init__(fresh)
        self.program = program
        self.storage = storage
        self.lengths.params, self.lengths.cuts = frozenset(program.params), program.cuts
        for let in storage.lets.values():
            self.lengths.note(let.name, let.call)
        self.varied = varied
        self.bars: dict[str, Bar] = {}
        self.loops: list[Loop] = []
        self.table: Var | None = None
        self.tracked: Tracked | None = None
        self.before: dict[Stmt, list[Stmt]] = {}
        self.after: dict[Stmt, list[Stmt]] = {}
        self.snapshots: dict[tuple[Stmt, str], Var] = {}
        self.selected: set[int | str | None] = set()  # names, and classes of arrays (`selections`)
        self.skipped: set[str] = set()  # names of values that a path does not use: their cotangents may be 0
        self.held: dict[str, bool] = {}  # conditions of the branches that are being reversed, and their sides
        self.met: dict[str, tuple[str, tuple[Atom | None, ...]]] = {}  # loose cotangents of branches
        self.certain: set[str] = set()  # zeros like what has a value where they are made
        self.beside: dict[str, Atom] = {}  # atoms in reach that have the shape of a value which is not
        self.paths: dict[str, tuple[str, object]] = {}  # parts of tuples and dicts: whose, and which
        self.named: dict[str, str] = {}  # the user's names of these parts

    # ---- to be filled in by the other parts

    def give(self, atom: Atom, bar: Bar) -> None:
        """Add a contribution to what an atom denotes (`reverse`)."""
        raise AssertionError

    def give_tree(self, atom: Atom, grad: Atom, owned: bool = True) -> None:
        """Add a contribution to a container, part by part; owned arrays may be added to (`calls`)."""
        raise AssertionError

    def give_item(self, atom: Atom, grad: Atom) -> None:
        """Give what stood in a list to what was put there (`calls`)."""
        raise AssertionError

    def project(self, bar: Bar, kind: Kind) -> Bar:
        """A cotangent in the field of the value's kind (`reverse`)."""
        raise AssertionError

    def item_of(self, bars: Atom, at: int | str, own: Kind, whole: Kind) -> Atom:
        """What a cotangent of several values says of one; `whole` is the kind of what holds them."""
        return self.own_part(self.let(Call("getitem", (bars, Const(at))), own), own, whole)

    def own_part(self, item: Atom, own: Kind, whole: Kind) -> Atom:
        """The real part of what was taken for a real value from a cotangent that complex ones share."""
        shared = whole.items[0] if whole.cat == "list" and whole.items else whole
        if own.sort == "float" and shared.is_number and shared.sort == "complex":
            return self.let(Call("np.real", (item,)), own)
        return item

    def fit(
        self, bar: Bar, arg: Atom, out: Kind, at: Stmt | None = None, congruent: bool = False
    ) -> Bar:
        """A contribution of the result's shape in the operand's shape (`rules`)."""
        raise AssertionError

    def sweep(self, block: Block) -> None:
        """Write the adjoints of a block (`reverse`)."""
        raise AssertionError

    def by_address(self, name: str) -> bool:
        """Whether shadows are found by address (`addresses`)."""
        raise AssertionError

    def sides(self, cond: Atom, then: Callable[[], None], orelse: Callable[[], None]) -> None:
        """A branch of the reverse sweep's own (`unsettled`)."""
        raise AssertionError

    def add_by_address(self, xs: Var, held: Atom, made: Atom) -> None:
        """Add to the shadows of the arrays or lists in a list (`addresses`)."""
        raise AssertionError

    def shadow_table(self) -> Var:
        """The run-time table of shadows (`stores`)."""
        raise AssertionError

    mixed: set[str]  # lists whose elements are numbers or written arrays

    def number_list(self, name: str) -> Var:
        """The numbers of a mixed list, zeros (`unsettled`)."""
        raise AssertionError

    def zeros_of_parts(self, name: str) -> Var:
        """Zeros for the numbers of a container (`branches`)."""
        raise AssertionError

    def list_bar(self, name: str) -> Var:
        """The cotangents of a list's items, to be written in place (`stores`)."""
        raise AssertionError

    def shadow(self, name: str) -> Var:
        """The shadow of an array or list whose storage is found at run time (`stores`)."""
        raise AssertionError

    def distinct(self, index: Atom) -> bool:
        """Whether an index names no place twice (`reverse`)."""
        raise AssertionError

    def place(self, name: str) -> tuple[Atom, Atom | None]:
        """Where the cotangent of an array in written storage stands (`stores`)."""
        raise AssertionError

    def is_absent(self, name: str) -> bool:
        """Whether nothing has been added yet to the shadow of an array (`stores`)."""
        raise AssertionError

    def result_bar(self, stmt: Let) -> Bar | None:
        """The cotangent of what a call gives, which is used up (`reverse`)."""
        raise AssertionError

    def parts_bar(self, stmt: Let) -> Bar | None:
        """The cotangents of the parts of a call's tuple as one tuple (`reverse`)."""
        raise AssertionError

    def part_bar(self, name: str, place: int, kind: Kind) -> Bar | None:
        """The cotangent of one part of a call's tuple (`reverse`)."""
        raise AssertionError

    def refuse_hidden(self, stmt: Let | Do) -> None:
        """Refuse an active value that enters hidden code (`reverse`)."""
        raise AssertionError

    def refuse_at(self, stmt: Stmt, what: str, instead: str) -> None:
        """Refuse a statement of the user's (`reverse`)."""
        raise AssertionError

    # ---- values

    def reaches(self, atom: Atom) -> bool:
        """Whether an operand carries derivatives."""
        if isinstance(atom, Tuple | List):
            return any(self.reaches(i) for i in atom.items)
        return self.active(atom)

    def active(self, atom: Atom) -> bool:
        """Whether contributions to an atom matter."""
        return type(atom) is Var and atom.name in self.varied

    def value(self, atom: Atom, stmt: Stmt) -> Atom:
        """What an operand of `stmt` held when it ran: itself, or a copy if its storage is written later."""
        if isinstance(atom, Tuple | List):
            return type(atom)(tuple(self.value(i, stmt) for i in atom.items))
        if type(atom) is not Var:
            return atom
        if atom.name in self.same:
            return Var(self.same[atom.name])
        if self.kinds[atom.name].cat == "list":
            return self.list_value(atom, stmt) if self.storage.grows_later(atom.name, stmt) else atom
        if not self.storage.written_later(atom.name, stmt):
            return atom
        return self.snapshot(atom, stmt, self.before)

    def contents(self, atom: Atom, stmt: Stmt, text: str = "") -> Atom:
        """What an operand of `stmt` held, and what arrays in it held; some texts read shapes only."""
        whole = type(atom) is Var and self.kinds[atom.name].cat in ("list", "tuple", "dict")
        if type(atom) is Var and whole and not text.startswith(("spread(", "put(")):
            if self.storage.parts_written_later(atom.name, stmt):
                atom = self.snapshot(atom, stmt, self.before)
        return self.value(atom, stmt)

    def list_value(self, atom: Var, stmt: Stmt) -> Atom:
        """A list as it was when `stmt` ran: a copy, for it may have grown since."""
        key = (stmt, atom.name)
        if key not in self.snapshots:
            name = self.fresh("", self.kinds[atom.name])
            self.before.setdefault(stmt, []).append(
                Let(name, Call("list", (atom,), (), "list"), getattr(stmt, "span", None), True)
            )
            self.snapshots[key] = Var(name)
            self.adopt(name, stmt)
        return self.snapshots[key]

    def snapshot(self, atom: Var, stmt: Stmt, where: dict[Stmt, list[Stmt]]) -> Var:
        """A copy of a value, made before or after a statement."""
        copying = self._copying(atom.name)
        key = (stmt, atom.name if copying == "copy" else f"{copying} {atom.name}")
        if key not in self.snapshots:
            name = self.fresh("", self.kinds[atom.name])
            where.setdefault(stmt, []).append(
                Let(name, Call(copying, (atom,)), getattr(stmt, "span", None), True)
            )
            self.snapshots[key] = Var(name)
            self.adopt(name, stmt)
        return self.snapshots[key]

    def _copying(self, name: str) -> str:
        """What copies a value: one that is a number on some path has no method for it."""
        if self.kinds[name].cat in ("list", "tuple", "dict"):
            return "copy_tree"
        return "copy_tree" if self.kinds[name].cat == "num" and self.storage.in_table(name) else "copy"

    def adopt(self, name: str, stmt: Stmt) -> None:
        """Give a name that is added to the forward sweep at `stmt` its place."""
        from s2sad.analysis.places import Place

        self.storage.places[name] = Place(self.storage.loops[stmt], 0, self.storage.span[stmt][0])

    @functools.cached_property
    def same(self) -> dict[str, str]:
        """Elements that are read again, by the name of the first read: `x[i-1]*x[i-1]` reads one value."""
        found: dict[str, str] = {}
        blocks_ = [self.program.body]
        while blocks_:
            seen: dict[object, str] = {}
            for stmt in blocks_.pop():
                blocks_ += blocks(stmt)
                if not isinstance(stmt, Let):
                    seen = {}
                elif (stmt.call.fun == "getitem" and self.kinds[stmt.name].is_scalar) or (
                    stmt.call.fun in ("add", "sub") and self.kinds[stmt.name].cat == "int"
                ):
                    key = (
                        stmt.call.fun,
                        tuple(
                            Var(found.get(a.name, a.name)) if isinstance(a, Var) else _same_index(a, found)
                            for a in stmt.call.args
                        ),
                    )
                    if key in seen:
                        found[stmt.name] = seen[key]
                    seen.setdefault(key, stmt.name)
                elif not is_pure(stmt.call, self.kinds):
                    seen = {}
        return found

    def canonical(self, name: str) -> str:
        """The name under which a value's cotangent stands: parts of tuples and dicts have paths."""
        name = self.same.get(name, name)
        let = self.storage.lets.get(name)
        if (
            let is not None
            and let.call.fun == "getitem"
            and isinstance(let.call.args[0], Var)
            and isinstance(let.call.args[1], Const)
        ):
            base = let.call.args[0].name
            if self.kinds[base].cat in ("tuple", "dict"):
                path = self.part(self.canonical(base), let.call.args[1].value, self.kinds[name])
                self.named.setdefault(path, self.program.hints.get(name, ""))
                return path
        return name

    def part(self, base: str, key: object, kind: Kind) -> str:
        """The canonical name of a part of a tuple or dict."""
        path = f"{base}[{key!r}]"
        if path not in self.paths:
            self.paths[path] = base, key
            self.kinds[path] = kind
            self.storage.places[path] = self.storage.places[self.root(path)]
        return path

    def root(self, path: str) -> str:
        """The value that a path begins with."""
        while path in self.paths:
            path = self.paths[path][0]
        return path

    def bar_hint(self, name: str) -> str:
        """The hint for the adjoint of a value: `x_bar`, `params_w_bar`."""
        keys: list[str] = []
        while name in self.paths and not self.named.get(name):
            name, key = self.paths[name]
            keys.insert(0, str(key))
        hint = "_".join([self.named.get(name) or self.program.hints.get(name, ""), *keys])
        return f"{hint}_bar" if hint.isidentifier() else ""

    def like(self, name: str) -> Atom:
        """The primal value of a canonical name, for its shape."""
        if name not in self.paths:
            return Var(self._congruent(name))
        base, key = self.paths[name]
        return self.let(Call("getitem", (self.like(base), Const(key))), self.kinds[name])

    def _congruent(self, name: str) -> str:
        """A parameter of the same shape and dtype, if there is one: it is there for nothing."""
        kind, own = self.kinds[name], name in self.program.params
        if kind.shape and kind.cat == "array" and not own and not self.storage.is_mutable(name):
            for param in self.program.params:
                rebound = self.program.hints.get(param, param) in self._rebound
                if self.kinds[param] == kind and not rebound and not self.storage.in_table(param):
                    return param
        return name

    @functools.cached_property
    def _rebound(self) -> frozenset[str]:
        """The user's names of what is no parameter: a parameter would need another name to live on."""
        hints = self.program.hints
        return frozenset(hints[name] for name in hints if name not in self.program.params)

    # ---- materialise

    def zero(self, name: str) -> Bar:
        """The cotangent 0 of a value, in full."""
        kind = self.kinds[name]
        if name in self.mixed:
            return Bar(self.number_list(name), owned=True)
        if kind.cat in ("str", "none") or (kind.every is not None and not K.carries(kind)):
            return Bar(Const(None))
        if kind.cat in ("list", "tuple", "dict"):
            return Bar(self.zeros_of_parts(name), owned=True)
        if kind.is_scalar or kind.cat == "object" or (kind.shape == () and not self._is_written(name)):
            return Bar(Const(0.0))
        full = replace(kind, cat="array")
        if kind.optional and name not in self.paths:
            return Bar(self.zeros_of_parts(name), owned=True)

        def made() -> Atom:
            like = self.beside.get(name) or self.like(name)
            return self.zeros_like(like, full, self.bar_hint(name))

        return Bar(self._unless_none(name, full, made), owned=True)

    def _unless_none(self, name: str, kind: Kind, make: Callable[[], Atom]) -> Atom:
        """An array of the shape of a part of a tuple; where the tuple is None nothing asks for its shape."""
        base = self.paths[name][0] if name in self.paths else name
        while base in self.paths and not self.kinds[base].optional:
            base = self.paths[base][0]
        if name not in self.paths or not self.kinds[base].optional:
            return make()
        found = self.let(Call("isnot", (self.like(base), Const(None))), K.BOOL)
        made = self.choose(found, make, lambda: self.let(Call("np.zeros", (Const(0),)), kind))
        assert isinstance(made, Var)
        self.kinds[made.name] = kind
        return made

    def clean(self, bar: Bar) -> Bar:
        """The cotangent with zeros where its mask is false."""
        if bar.mask is None:
            return bar
        atom = self.select(bar.mask, bar.atom)
        new = atom != bar.atom and not self.kind(bar.mask.cond).is_python  # else it may be the array itself
        return Bar(atom, owned=new or bar.owned)

    def select(self, mask: Mask, atom: Atom) -> Atom:
        """`np.where(mask, atom, 0.0)`."""
        if mask.zeros == atom:
            return atom
        cond_kind, kind = self.kind(mask.cond), self.kind(atom)
        if mask.zeros is not None:
            made = self.made_calls.get(atom.name) if isinstance(atom, Var) else None
            if made is not None and made.fun == "where_used" and made.args[1] == mask.zeros:
                return atom
            return self.let(Call("where_used", (atom, mask.zeros)), kind)
        if cond_kind.is_python:
            zero = lambda: Const(0.0) if kind.shape == () else self.zeros_like(atom, kind)  # noqa: E731 - one side
            return self.choose(mask.cond, *((lambda: atom, zero) if mask.when else (zero, lambda: atom)))
        args = (mask.cond, atom, Const(0.0)) if mask.when else (mask.cond, Const(0.0), atom)
        shape = K.broadcast(cond_kind.shape, kind.shape)
        dtype = kind.dtype or ("complex128" if kind.sort == "complex" else "float64")  # of Python's numbers
        return self.let(Call("np.where", args), Kind("array", dtype, shape))

    def select_from(self, name: str) -> None:
        """Note that the cotangent of a value or a written array has zeros in place of a mask."""
        mutable = self.storage.is_mutable(name)
        if self.kinds[name].rank == 0 and not mutable:
            self.skipped.add(name)
        self.selected.add(self.storage.aliases.of(name) if mutable else self.canonical(name))

    def full(self, bar: Bar, name: str) -> Bar:
        """The cotangent of `name` as an array of its shape, without mask."""
        if bar.mask is not None:
            self.select_from(name)
        bar = self.clean(bar)
        kind = self.kinds[name]
        rank_zero = kind.shape == () and kind.cat in ARRAYS and not self._is_written(name)
        if rank_zero or kind.is_scalar or kind.cat in ("list", "tuple", "dict", "object"):
            return replace(bar, uniform=False)  # a rank-0 expression is a number, also beside a 0-d array
        if not bar.uniform and (self.kind(bar.atom).cat in ARRAYS or kind.shape != ()):
            return bar
        hint = self.bar_hint(name)
        made = self._unless_none(name, kind, lambda: self.filled(self.like(name), bar.atom, kind, hint))
        return Bar(made, owned=True)

    def _is_written(self, name: str) -> bool:
        """Whether a value's storage is written, so that it needs a shadow (parts of containers may)."""
        return name in self.paths or self.storage.is_mutable(name)

    def filled(self, like: Atom, value: Atom, kind: Kind, hint: str = "") -> Var:
        """An array of `like`'s shape that holds `value` everywhere."""
        kind = replace(kind, cat="array")
        if self.kind(like).dtype in (K.MIXED, "complex"):
            like = self.zeros_like(like, kind)
        if isinstance(value, Const) and value.value in (0, 1):
            return self.let(Call("np.ones_like" if value.value else "np.zeros_like", (like,)), kind, hint)
        return self.let(Call("np.full_like", (like, value)), kind, hint)

    def buffer(self, name: str) -> Var:
        """The cotangent of `name` as an array that may be written in place."""
        if name not in self.paths and self.storage.in_list_table(name):
            return self.shadow(name)
        self.outer(name)
        bar = self.bars.get(name)
        if bar is None:
            bar = self.zero(name)
        bar = self.full(bar, name)
        kind = self.kinds[name]
        if not bar.owned or not self._writeable(bar.atom, kind):
            if kind.cat == "list":
                fresh = self.zeros_of_parts(name)
                if bar.atom != Const(0.0):
                    self.do(Call("accumulate", (fresh, bar.atom)))
                bar = Bar(fresh, owned=True)
            elif kind.optional and bar.atom != Const(0.0):  # None where the value is
                made = self.let(Call("copy_tree", (bar.atom,)), self.kind(bar.atom), self.bar_hint(name))
                bar = Bar(made, owned=True)
            elif kind.shape in (None, ()) or not self._writeable(bar.atom, kind) or kind.dtype == "complex":
                # a rank-0 expression is no array [DESIGN A5], and that of a real part has no place for others
                fresh = self.zeros_like(self.like(name), replace(kind, cat="array"), self.bar_hint(name))
                if bar.atom != Const(0.0):
                    self.store(fresh, None, bar.atom, "add")
                bar = Bar(fresh, owned=True)
            else:
                bar = Bar(
                    self.let(Call("copy", (bar.atom,)), replace(kind, cat="array"), self.bar_hint(name)),
                    owned=True,
                )
        self.bars[name] = bar
        assert isinstance(bar.atom, Var)
        return bar.atom

    def _writeable(self, atom: Atom, kind: Kind) -> bool:
        if kind.cat == "list":
            return isinstance(atom, Var)
        mine = self.kind(atom)
        if not isinstance(atom, Var) or mine.cat != "array":
            return False
        return kind.sort != "complex" or (mine.sort == "complex" and mine.dtype != "complex")

    # ---- accumulate

    def outer(self, name: str) -> None:
        """Note that a loop adds to the cotangent of a value from outside of it."""
        place = self.storage.places.get(self.root(name))
        depth = len(place.loops) if place is not None else 0
        for loop in self.loops:
            if depth < loop.depth and name not in loop.sums:
                loop.missing[name] = None

    def add(self, name: str, new: Bar) -> None:
        """Add a contribution to the cotangent of a functional value."""
        self.outer(name)
        old = self.bars.get(name)
        if old is None:
            self._hint(new.atom, name)
            self.bars[name] = new
            return
        if old.mask != new.mask:
            merged = self._merge_masks(old, new)
            if merged is not None:
                self.bars[name] = merged
                return
            mask = self._either(old.mask, new.mask)
            if mask is None:
                self.select_from(name)
            old, new = self.clean(old), self.clean(new)
        else:
            mask = old.mask
        self.bars[name] = replace(self._sum(name, old, new), mask=mask)

    def _sum(self, name: str, old: Bar, new: Bar) -> Bar:
        kind = self.kinds[name]
        if kind.cat == "list":
            self.do(Call("accumulate", (self.buffer(name), new.atom)))
            return self.bars[name]
        if kind.optional and kind.cat in ARRAYS:  # None where the value is
            sure = replace(kind, optional=self.kind(old.atom).optional and self.kind(new.atom).optional)
            return Bar(self.let(Call("add_lists", (old.atom, new.atom)), sure, self.bar_hint(name)))
        if (
            kind.cat in ARRAYS
            and old.owned
            and not old.uniform
            and self._writeable(old.atom, kind)
            and self._is_array(old)
        ):
            self.store(old.atom, None, new.atom, "add")
            return old
        atom = self.binary("add", old.atom, new.atom)
        self._hint(atom, name)
        uniform = old.uniform and new.uniform
        if not uniform and isinstance(atom, Var) and kind.shape is not None:
            self._set_shape(atom, kind)
        loose = old.loose and new.loose
        return Bar(atom, uniform, owned=not uniform and not loose and kind.cat in ARRAYS, loose=loose)

    def _is_array(self, bar: Bar) -> bool:
        return self.kind(bar.atom).cat == "array"

    def _set_shape(self, atom: Var, kind: Kind) -> None:
        mine = self.kinds[atom.name]
        if mine.cat in ARRAYS and (mine.shape is None or mine.shape != kind.shape):
            self.kinds[atom.name] = replace(mine, shape=kind.shape, cat="array" if kind.shape else mine.cat)

    def _merge_masks(self, old: Bar, new: Bar) -> Bar | None:
        """`where(c, p, 0) + where(c, 0, q)` is `where(c, p, q)`."""
        if (
            old.mask is None
            or new.mask is None
            or old.mask.cond != new.mask.cond
            or {old.mask.zeros, new.mask.zeros} != {None}
            or self.kind(old.mask.cond).is_python
        ):
            return None
        p, q = (old, new) if old.mask.when else (new, old)
        kind = K.elementwise(
            self.kind(old.mask.cond),
            self.kind(p.atom),
            self.kind(q.atom),
            dtype=K.promote(self.kind(p.atom), self.kind(q.atom)),
        )
        made = self.let(Call("np.where", (old.mask.cond, p.atom, q.atom)), replace(kind, cat="array"))
        return Bar(made, owned=True)

    def _either(self, a: Mask | None, b: Mask | None) -> Mask | None:
        if any(m is None or m.zeros is not None or self.kind(m.cond).is_python for m in (a, b)):
            return None
        assert a is not None and b is not None
        one = a.cond if a.when else self.let(Call("invert", (a.cond,)))
        two = b.cond if b.when else self.let(Call("invert", (b.cond,)))
        return Mask(self.let(Call("bor", (one, two))))

    def _hint(self, atom: Atom, name: str) -> None:
        if isinstance(atom, Var) and not self.fresh.hints.get(atom.name) and atom.name in self.made_calls:
            self.fresh.hints[atom.name] = self.bar_hint(name)


def _same_index(atom: Atom, found: dict[str, str]) -> Atom:
    from s2sad.ir.rewrite import in_atom

    return in_atom(atom, {k: Var(v) for k, v in found.items()}) if isinstance(atom, Tuple) else atom
