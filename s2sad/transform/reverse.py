"""The reverse sweep: every statement, last first, becomes the statements of its adjoint.

Accepts a lowered program with its storage and activity; guarantees a block of statements that refer to values
of the forward sweep by their names, whether they still exist or not (`transform.record` sees to that), and to
nothing else.

    y = f(x, z)             x_bar += (df/dx) y_bar; z_bar += ...         texts of the rule; y_bar is used up
    y = x[I]                x_bar[I] += y_bar
    if c: A else: B         if c: reverse of A else: reverse of B        absent cotangents become zeros where
                                                                         they meet
    for i in range(n): A    for i in range(n - 1, -1, -1): reverse of A  cotangents that go round are carried
    while c: A              for _ in range(trips): reverse of A
    x[I] = v                t = x_bar[I].copy(); x_bar[I] = 0            `transform.stores`
                            v_bar += t

Cotangents are gradients of the real inner product: a holomorphic rule's text T(g) is used as
conj(T(conj(g))).
"""

from __future__ import annotations

from dataclasses import replace

from s2sad.analysis.effects import Aliases
from s2sad.analysis.outside import is_told
from s2sad.analysis.overlaps import overlapping
from s2sad.analysis.places import is_view
from s2sad.analysis.primitives import OVERLAPPING, SHARING, effect_of, is_opaque, subscript
from s2sad.analysis.storage import Storage
from s2sad.errors import Span, UnsupportedError, refuse
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Atom,
    Block,
    Call,
    Const,
    Do,
    For,
    Fresh,
    If,
    Let,
    List,
    Program,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    call_vars,
    walk,
)
from s2sad.rules import registry
from s2sad.rules.advice import remedy
from s2sad.transform.bars import ARRAYS
from s2sad.transform.calls import Calls, stands_for_loop
from s2sad.transform.cotangents import Bar
from s2sad.transform.displays import Displays
from s2sad.transform.distinct import is_distinct
from s2sad.transform.interpolations import Interpolations
from s2sad.transform.lists import Lists
from s2sad.transform.logistics import Logistics
from s2sad.transform.loops import Loops
from s2sad.transform.pairs import Pairs
from s2sad.transform.products import Products
from s2sad.transform.selections import MOVING, chooses
from s2sad.transform.taken import as_subscript
from s2sad.transform.told import COMES_BACK, FROM_TEXT, NOT_KNOWN, comes_back, of_history

SILENT = {"print", "assert", "raise", "fstring", "format", "str", "repr", "float.__format__"}
TWICE = (
    "a list that has several names, or changes, is differentiated twice by reverse mode",
    "use hvp or hessian, or take the outer derivative by jvp or jacfwd",
)


UNSEEN = Span("<unknown>", 1, 0, 1, 0)


class Reverse(Loops, Lists, Calls, Products, Logistics, Interpolations, Displays):
    """Writes the reverse sweep of one program."""

    def __init__(
        self,
        program: Program,
        aliases: Aliases,
        storage: Storage,
        varied: frozenset[str],
        fresh: Fresh,
        pairs: Pairs,
    ) -> None:
        super().__init__(program, storage, varied, fresh)
        self.aliases = aliases
        self.assumed = {}
        self.mirror = {}
        self.counters = {}
        self.pairs = pairs
        self.dropped = {}
        self.behind = {}
        self.meets = {}
        self.more_outs = {}
        self.more_carries = {}
        self.own_flags = {}
        self.exit_sides = {}
        self.replaced = {}
        self.made_kept = {}
        self.popped = {}
        self.compact, self.compacted = set(), set()
        self.find_unsettled()
        self.overlaps = overlapping(program, storage)
        self.lent = frozenset()
        self.read: set[str] = set()  # numbers from texts that say something active

    def sweep(self, block: Block) -> None:
        """Append the adjoints of a block's statements, last first.

        A call that stands for a checkpointed loop has the loop's adjoint.
        """
        called = False
        for stmt in reversed(block):
            if called and isinstance(stmt, For):
                called = False
                continue
            called = called or stands_for_loop(stmt)
            self.adjoint(stmt)

    def sweep_all(self, body: Block) -> None:
        """The sweep of a whole program: calls that cannot be seen are refused before what uses them."""
        try:
            self.sweep(body)
        except UnsupportedError:
            for stmt in walk(body):
                if isinstance(stmt, Let | Do) and stmt.call.fun != "plain":
                    self.refuse_hidden(stmt)
            raise

    def adjoint(self, stmt: Stmt) -> None:
        """Append the adjoint of one statement."""
        if isinstance(stmt, Let):
            self._let(stmt)
        elif isinstance(stmt, Do):
            self._do(stmt)
        elif isinstance(stmt, Store):
            self.store_adjoint(stmt)
        elif isinstance(stmt, If):
            self.if_adjoint(stmt)
        elif isinstance(stmt, For | While):
            self.loop_adjoint(stmt)
        elif isinstance(stmt, Return):
            raise AssertionError("the return has no adjoint of its own")

    # ---- contributions

    def give(self, atom: Atom, bar: Bar) -> None:
        """Add a contribution to whatever the atom denotes: a value, a part of a shadow, or nothing."""
        if isinstance(atom, Tuple | List):
            for i, item in enumerate(atom.items):
                if self.active(item):
                    self.give(item, Bar(self._subscript(bar.atom, Const(i))))
            return
        if not isinstance(atom, Var) or not self.active(atom):
            return
        kind = self.kinds[atom.name]
        shared = self.overlaps.get(atom.name)
        if shared is not None and (shared.name != atom.name or kind.cat not in ARRAYS):
            self._refuse_broadcast(shared)
        if self.storage.in_list_table(atom.name) or (kind.cat == "list" and self.by_address(atom.name)):
            self.give_found(atom, bar)
            return
        if kind.cat in ("tuple", "dict") and not isinstance(bar.atom, Tuple):
            self.give_tree(atom, bar.atom, bar.owned)
            return
        bar = self.project(bar, kind)
        if atom.name in self.numbers:
            self.give_either(atom.name, bar)
        else:
            self._give_value(atom, bar, kind)

    def _give_value(self, atom: Var, bar: Bar, kind: K.Kind) -> None:
        """Add a contribution to a number or to an array."""
        mine = self.kind(bar.atom)
        if kind.is_scalar and mine.cat in ARRAYS and mine.rank == 0:  # `+=` would write a 0-d array
            bar = replace(bar, atom=self.let(Call("pos", (bar.atom,)), K.npscalar(mine.dtype)))
        let = self.storage.lets.get(atom.name)
        if let is not None and self._is_read_only(atom.name):
            self.call_adjoint(let, bar)  # no shadow has its shape: the contribution goes on at once
            return
        if let is not None and let.call.fun == "getitem" and self.storage.is_mutable(atom.name):
            made = self.storage.lets.get(let.call.args[0].name) if isinstance(let.call.args[0], Var) else None
            if made is not None and made.call.fun in OVERLAPPING and self.kinds[made.name].cat != "array":
                self._refuse_broadcast(made)
        if not self.storage.is_mutable(atom.name):
            self.add(self.canonical(atom.name), bar)
            return
        if bar.mask is not None:
            self.select_from(atom.name)
        if self.storage.in_table(atom.name):
            self.give_shadow(atom.name, self.clean(bar).atom)
        else:
            self.give_mutable(atom.name, bar)

    def _is_read_only(self, name: str) -> bool:
        """Whether a view of written storage is one that cannot be written to itself, or a part of such.

        What np.broadcast_to makes of an array or a number is one as well: a number is not written.
        """
        if not self.storage.is_mutable(name):
            return False
        while (let := self.storage.view_of(name)) is not None and isinstance(let.call.args[0], Var):
            if let.call.fun in OVERLAPPING:
                return True
            name = let.call.args[0].name
        return self._is_spread(self.storage.lets.get(name))

    def _is_spread(self, let: Let | None) -> bool:
        """Whether a definition is a view whose elements share places, of what is an array or a number."""
        if let is None or let.call.fun not in SHARING or self.storage.word(let) != "maybe":
            return False
        source = let.call.args[0]
        return isinstance(source, Var) and self.kinds[source.name].is_number

    def give_found(self, xs: Var, bar: Bar) -> None:
        """Add to the shadow of a list that is found at run time."""
        if self.by_address(xs.name):
            self.add_by_address(xs, xs, bar.atom)
        else:
            call = Call("accumulate", (self.shadow(xs.name), bar.atom))
            self.block.append(Do(call, None, True))

    def give_mutable(self, name: str, bar: Bar) -> None:
        """Add to the shadow of a linear storage; an owned array that comes first becomes the shadow."""
        bar = self.clean(bar)
        if self.storage.view_of(name) is None and name not in self.bars:
            self.outer(name)
            if (
                bar.owned
                and not bar.uniform
                and self._writeable(bar.atom, self.kinds[name])
                and self._full_rank(bar, name)
            ):
                self._hint(bar.atom, name)
                self.bars[name] = bar
                return
            if self.kinds[name].rank and not self._missing(name):
                self.bars[name] = bar
                self.buffer(name)
                return
        base, index = self.place(name)
        self.store(base, index, bar.atom, "add")

    def _missing(self, name: str) -> bool:
        return any(name in loop.missing for loop in self.loops)

    def _full_rank(self, bar: Bar, name: str) -> bool:
        kind = self.kinds[name]
        return bool(kind.rank) and K.same_shape(self.kind(bar.atom), kind)

    def project(self, bar: Bar, kind: K.Kind) -> Bar:
        """The real part of a complex cotangent for a real value."""
        mine = self.kind(bar.atom)
        if mine.sort == "complex" and kind.sort == "float":
            return replace(bar, atom=self.attribute(bar.atom, "real"), owned=False)
        return bar

    # ---- definitions

    def _let(self, stmt: Let) -> None:
        name, call = stmt.name, stmt.call
        self.current = stmt
        self.tighten(stmt)
        if call.fun == "user":
            self.user_adjoint(stmt)
            return
        if self.program.kept and call.fun == "plain" and comes_back(call, self.storage.lets):
            if name in self.bars:
                self.refuse_read(stmt)
            return
        if call.fun == "plain" and self.reaches(call.args[0]):
            unseen = self.storage.lets.get(call.args[0].name) if isinstance(call.args[0], Var) else None
            if unseen is not None:
                self.refuse_hidden(unseen)
            self.refuse_at(stmt, *(COMES_BACK if self.program.kept else NOT_KNOWN))
        if call.fun == "shadow_tree" or (call.fun == "copy_tree" and self._loses_shadows(name)):
            self.refuse_at(stmt, *TWICE)
        if name not in self.varied:
            self.refuse_hidden(stmt)
            return
        if name in self.numbers:
            self.unsettled_adjoint(stmt)
            return
        if self._has_no_adjoint(stmt):
            self.put_back_nothing(stmt)
            return
        if call.fun in ("tuple", "dict") and self.kinds[name].cat != "list":
            self.display(stmt)
            return
        self.guard_written(name)
        kind = self.kinds[name]
        if kind.cat == "tuple" and kind.optional and not all(k.is_scalar for k in kind.items or ()):
            found = self.let(Call("isnot", (Var(name), Const(None))), K.BOOL)
            self.sides(found, lambda: self._made_adjoint(stmt), lambda: self._none_adjoint(stmt))
        else:
            self._made_adjoint(stmt)

    def _loses_shadows(self, name: str) -> bool:
        """Whether a copy of a container holds parts, or arrays whose shadows are found at run time."""
        cat = self.kinds[name].cat
        if name not in self.varied or self.kinds[name].is_number:
            return False
        return cat in ("tuple", "dict") or self.by_address(name) or self.part_in_table(name)

    def _none_adjoint(self, stmt: Let) -> None:
        """The adjoint of a tuple that turns out to be None: its parts have no cotangents."""
        for path in [p for p in self.bars if p in self.paths and self.root(p) == stmt.name]:
            del self.bars[path]
        if stmt.call.fun == "list.pop":
            self.pop_adjoint(stmt, None)

    def _made_adjoint(self, stmt: Let) -> None:
        """The adjoint of a definition that makes a value of its own."""
        call, name = stmt.call, stmt.name
        bar = self.parts_bar(stmt) if self.kinds[name].cat == "tuple" else self.result_bar(stmt)
        if call.fun == "list.pop":
            self.pop_adjoint(stmt, bar)
            return
        if bar is None:
            self.refuse_hidden(stmt)
            return
        moved = call.fun in MOVING and (bar.mask is not None or (self.selected and self.selected_from(name)))
        if moved or (call.args and chooses(call)):
            self.select_moved(call)
        if self.selected and self.selected_from(name):
            bar = self.selected_bar(stmt, bar)
        if name in self.skipped:
            self.skipped.update(call_vars(call))
        self.call_adjoint(stmt, bar)

    def _has_no_adjoint(self, stmt: Let) -> bool:
        """Whether a definition only names something whose cotangent stands elsewhere."""
        name = stmt.name
        if name in self.same and name not in self.bars:
            return True
        if self.canonical(name) != name:
            return True  # a part of a tuple or dict: its cotangent stands under the part's path
        return self._is_binding(stmt)

    def call_adjoint(self, stmt: Let, bar: Bar) -> None:
        """Hand the cotangent of a call on to its operands."""
        call = stmt.call
        if stmt.name in self.read:
            self.refuse_at(stmt, *FROM_TEXT)
        if call.fun in ("held", "call") or (self.program.kept and call.fun in ("getitem", "getattr")):
            self.refuse_read(stmt)
        if call.fun == "getitem":
            self._getitem(stmt, bar)
        elif (taken := as_subscript(stmt, self.kinds, self.bent)) is not None:
            self._getitem(taken, bar, self.value(taken.call.args[1], stmt))
        elif call.fun == "getattr":
            self._getattr(stmt, bar)
        elif call.fun == "copy":
            self.give(call.args[0], bar)
        elif call.fun in ("list", "tuple"):
            self.list_adjoint(stmt, bar)
        elif call.fun in ("np.where", "where_used"):
            self.selection(stmt, bar)
        elif call.fun == "mul":
            if not self.product(stmt, bar):
                self._rule(stmt, bar)
        elif not self._in_own_way(stmt, bar):
            if call.fun == "np.broadcast_arrays" and any(map(self._is_mutable, call.args)):
                self._refuse_broadcast(stmt)
            self._rule(stmt, bar)

    def _in_own_way(self, stmt: Let, bar: Bar) -> bool:
        """Whether one of the adjoints that are no rule's text has been written."""
        ways = self.on_diagonal, self.gram, self.logistic, self.interpolation
        return any(adjoint(stmt, bar) for adjoint in ways)

    def _is_mutable(self, atom: Atom) -> bool:
        return isinstance(atom, Var) and self.storage.is_mutable(atom.name)

    def _refuse_broadcast(self, stmt: Let) -> None:
        self.refuse_at(
            stmt,
            "an array is written of which this is a view whose elements share places, or are read-only",
            "copy the view: .copy()",
        )

    def _is_binding(self, stmt: Let) -> bool:
        """Whether a definition only binds a name to a place in written storage."""
        if self.storage.in_list_table(stmt.name):
            bound = is_view(stmt.call, self.kinds, self.kinds[stmt.name]) != ""
            return bound and not self._is_made_of_array(stmt)
        if not self.storage.is_mutable(stmt.name):
            return False
        what = self.storage.word(stmt)
        if what == "maybe":
            if not self._is_spread(stmt):  # whose contributions have gone on at once
                self._maybe(stmt)
        elif what == "view":
            self.viewed_number(stmt)
        return what != ""

    def _is_made_of_array(self, stmt: Let) -> bool:
        """Whether a list is made of the parts of an array (np.split): it is new, and hands its shadow on."""
        names = [a.name for a in effect_of(stmt.call).sources if isinstance(a, Var)]
        arrays = [name for name in names if self.kinds[name].cat == "array"]
        return bool(arrays) and not any(map(self.storage.is_mutable, arrays))

    def _maybe(self, stmt: Let) -> None:
        """A view or a copy, known at run time: a copy has a shadow of its own, which is handed on."""
        atoms = effect_of(stmt.call).sources
        unsure = any(isinstance(a, Var) and self.kinds[a.name].cat == "object" for a in atoms)
        if unsure and stmt.call.fun.startswith("np."):  # no helper of generated texts
            self.refuse_at(
                stmt,
                "what may be an array or a list, depending on the path, is made an array that is written",
                "convert it on each path, or copy it (np.array)",
            )
        sources = self.viewed(stmt)
        if not sources:
            if stmt.call.fun in SHARING:  # of a number: the shadow of its one place would be added to once
                self._refuse_broadcast(stmt)
            self._rule(stmt, Bar(self.shadow(stmt.name)))
            return
        outer = self.block
        cond = self.shared(stmt.name, sources)
        base = self.bars
        self.block, self.bars = [], dict(base)
        self._rule(stmt, Bar(self.shadow(stmt.name)))
        sides: list[tuple[list[Stmt], dict[str, Bar]]] = [([], base), (self.block, self.bars)]
        outs = self.merged(sides)
        self.block = outer
        self.block.append(If(cond, tuple(sides[0][0]), tuple(sides[1][0]), tuple(outs), None, True))

    def result_bar(self, stmt: Let) -> Bar | None:
        name = stmt.name
        if self.is_found(Var(name)):
            return Bar(self.shadow(name))
        if self.kinds[name].cat == "list" and self._makes_items(stmt.call) and self.by_address(name):
            return self.bar_by_address(stmt)
        return self.bars.pop(name, None)

    def _makes_items(self, call: Call) -> bool:
        """Whether a rule's function gives a list of new arrays, whose shadows nobody has asked for."""
        rule = registry.RULES.get(call.fun)
        return rule is not None and bool(rule.vjp) and effect_of(call).result == "fresh"

    def refuse_hidden(self, stmt: Let | Do) -> None:
        """Refuse an active value that enters code which cannot be seen."""
        call = stmt.call
        if call.fun in SILENT or not is_opaque(call):
            return
        if self.varied.isdisjoint(call_vars(call)):
            return
        name = (
            getattr(call.args[0], "text", "")
            if call.fun == "call" and not call.form
            else call.form or call.fun
        )
        if is_told(call, self.storage.lets):
            return
        refuse(
            stmt.span or Span("<unknown>", 1, 0, 1, 0),
            f"an active value enters {name or 'a function'}, "
            "which has no rule and no source that can be read",
            remedy(getattr(call.args[0], "obj", None) if call.args else None, call.form.removeprefix("."))
            or "write it with functions that s2sad knows, or register a rule for it",
        )

    def refuse_read(self, stmt: Let) -> None:
        """Refuse a derivative through what has been told to someone outside, and is read again."""
        if comes_back(stmt.call, self.storage.lets):
            self.refuse_at(stmt, *of_history(stmt, self.storage.lets))

    # ---- subscripts

    def _getitem(self, stmt: Let, bar: Bar, held: Atom | None = None) -> None:
        base, index = stmt.call.args
        if not isinstance(base, Var):
            return
        kind = self.kinds[base.name]
        bar = self.clean(bar)
        if kind.cat in ("list", "tuple"):
            self._list_item(base, index, bar, stmt)
            return
        index = self.value(index, stmt) if held is None else held
        if base.name in self.numbers:
            self._element_of_either(base.name, index, bar, stmt)
            return
        if self._is_read_only(base.name):
            zeros = self.zeros_like(self.like(base.name), kind)
            self._add_to_place(zeros, index, bar, stmt, fresh=True)
            self.give(base, Bar(zeros, owned=True))
            return
        seen = self.part_seen(base.name, index, bar, self.storage.lets[stmt.name])
        if seen is not None:
            self._add_to_place(*seen, stmt)
            return
        absent = self.canonical(base.name) not in self.bars
        place, inner = (
            self.place(base.name)
            if self.storage.is_mutable(base.name)
            else (self.buffer(self.canonical(base.name)), None)
        )
        if inner is not None:
            place = self.getitem(place, inner)
        self._add_to_place(place, index, bar, stmt)
        if self.is_mask(index) and absent and not self.storage.is_mutable(base.name) and not self.loops:
            name = self.canonical(base.name)
            if name in self.bars:
                self.bars[name] = self.guarded(self.bars[name], base)

    def _add_to_place(
        self, place: Atom, index: Atom | None, bar: Bar, stmt: Let, fresh: bool = False
    ) -> None:  # fresh: zeros, whose elements share no place
        base = stmt.call.args[0].name  # type: ignore[union-attr]
        if base in self.overlaps and not self.kinds[stmt.name].is_scalar and not fresh:
            self._refuse_broadcast(self.overlaps[base])
        kind = self.kinds[base]
        atom = self.project(bar, kind).atom
        if index is None:  # the whole
            self.store(place, None, atom, "add")
            return
        what = subscript(kind, index, self.kinds[stmt.name], self.kinds)
        if what != "view" and not self.distinct(index):
            self.do(Call("np.add.at", (place, index, atom)))
        else:
            self.store(place, index, atom, "add")

    def _element_of_either(self, name: str, index: Atom, bar: Bar, stmt: Let) -> None:
        """`y[I]` of what may be a number: `y[...]` and `y[None]` are that number."""
        self.either(
            name,
            lambda: self._add_to_place(self.shadow(name), index, bar, stmt),
            lambda: self.add(self.numbers[name], Bar(self.let(Call("np.sum", (bar.atom,)), K.npscalar()))),
        )

    def is_mask(self, index: Atom) -> bool:
        """Whether an index selects by a boolean array."""
        parts = index.items if isinstance(index, Tuple) else (index,)
        return any(self.kind(p).sort == "bool" and self.kind(p).cat in ("array", "num") for p in parts)

    def distinct(self, index: Atom) -> bool:
        """Whether an index names no place twice."""
        return is_distinct(index, self.kinds, self.storage)

    def _list_item(self, base: Var, index: Atom, bar: Bar, stmt: Let) -> None:
        if isinstance(index, Slice):
            self.refuse_at(
                stmt, "a slice of a list of active values", "index the elements, or slice the list outside"
            )
        bars = self.list_bar(base.name)
        if isinstance(bar.atom, Tuple) or self.kinds[stmt.name].cat in ("tuple", "dict", "list"):
            self.do(Call("add_to_item", (bars, self.value(index, stmt), bar.atom)))
            return
        bar = self.project(bar, self.kinds[stmt.name])
        if self.kinds[stmt.name].optional:  # None has no zeros to add to
            self.do(Call("add_to_item", (bars, self.value(index, stmt), bar.atom)))
            return
        self.store(bars, self.value(index, stmt), bar.atom, "add")

    def refuse_at(self, stmt: Stmt, what: str, instead: str) -> None:
        """Refuse a statement: what it does that has no derivative, and what to write instead."""
        refuse(getattr(stmt, "span", None) or Span("<unknown>", 1, 0, 1, 0), what, instead)

    def _getattr(self, stmt: Let, bar: Bar) -> None:
        base, name = stmt.call.args
        if isinstance(name, Const) and name.value == "T":
            rank = self.kinds[stmt.name].rank
            bar = self.full(bar, stmt.name)
            atom = bar.atom
            if self.kind(atom).cat != "array" and rank is None:  # a Python number on some path has no T
                atom = self.let(Call("np.transpose", (atom,)), self.kinds[stmt.name])
            elif rank is None or rank >= 2:
                atom = self.attribute(atom, "T")
            self.give(base, Bar(atom))

    # ---- lists

    def _do(self, stmt: Do) -> None:
        call = stmt.call
        if call.fun in ("list.append", "list.insert"):
            self.append_adjoint(stmt)
        elif call.fun == "np.add.at":
            self.add_at_adjoint(stmt)
        elif call.fun not in SILENT:
            self.write_adjoint(stmt)

