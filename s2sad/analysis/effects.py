"""Storage classes: which names may share storage, and which statements read and write it.

Accepts a `Program`; guarantees answers that hold on every run of it. `analysis.primitives` says
what single calls do.

    v = u[1:]; xs.append(v); v *= 2     u, v and the elements of xs are one class; the store writes it,
                                        the append writes the class of xs only

`Aliases` is unification in the style of Steensgaard (POPL 1996): every SSA name that may denote
storage has a class, a class of containers has one class of elements. Flow-insensitive and nearly
linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from s2sad.analysis.primitives import (
    ADDRESSED,
    ARITHMETIC,
    CONTAINERS,
    DISPLAYS,
    METADATA,
    PURE,
    STANDING,
    calls_itself,
    effect_of,
    holds_storage,
    is_draw,
    is_opaque,
    kind_of,
    read_atoms,
    result_word,
    shares,
    subscript,
)
from s2sad.ir.kinds import NONE as NONE_KIND
from s2sad.ir.kinds import OBJECT, Kind
from s2sad.ir.nodes import (
    LIST_METHODS,
    LOOPS,
    Atom,
    Block,
    Call,
    Const,
    Dict,
    Do,
    For,
    If,
    Let,
    List,
    Moves,
    Program,
    Range,
    Ref,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    Undef,
    Var,
    While,
    blocks,
    walk,
)

Classes = frozenset[int]
NOTHING: Classes = frozenset()
_NUMBERS = frozenset(("array", "num", "npscalar", "float", "int"))
_COMPARING = frozenset(("is", "isnot"))
_ASKING = _COMPARING | frozenset(ADDRESSED)


class Aliases:
    """Which names may share storage, and who writes what; computed once per program, at the first question.

    world     the class of everything outside of the program that is not a parameter
    standing  the classes of outside arrays that are written
    outside   these and the world
    visible   the classes that the caller sees: parameters and what is outside, and what they contain
    returned  those of the result
    layout    those in which the order of elements in memory decides between a view and a copy
    identity  those of values that `is` compares
    told      these and those whose shadows are found by address: no other storage may stand for them
    opaque    whether the program calls functions of which nothing is known
    """

    def __init__(self, program: Program) -> None:
        self.kinds = program.kinds
        self._waiting: Program | None = program

    if not TYPE_CHECKING:  # many passes find nothing to do before they ask

        def __getattr__(self, name: str) -> Any:
            """What the first question finds missing: everything is."""
            program = self.__dict__.get("_waiting")
            if program is None:
                raise AttributeError(name)
            self._waiting = None
            self._solve(program)
            return getattr(self, name)

    def _solve(self, program: Program) -> None:
        self._parent: list[int] = [0]
        self._inside: dict[int, int] = {0: 0}  # class -> class of elements, by representative
        self._nodes: dict[str, int] = {}
        self._written: dict[Stmt, Classes] = {}
        self._observed: dict[Stmt, Classes] = {}
        self._reach: dict[int, Classes] = {}
        self._known: dict[str, int | None] = {}  # classes by name, once they are final
        self.world = 0
        self.opaque = False
        self._final = False
        self._deciding: list[int] = []
        self._standing: list[int | None] = []
        self._asking: list[Call] = []  # calls that compare identities or ask for addresses
        for stmt in walk(program.body):
            self._constrain(stmt)
        self.world = self._find(0)
        self._final = True
        self._members: dict[int, list[str]] = {}
        for name in self._nodes:
            self._members.setdefault(self._find(self._nodes[name]), []).append(name)
        held = {self._find(inner) for inner in self._inside.values()}
        self._held: frozenset[int] = frozenset(held)
        self.layout: Classes = frozenset(map(self._find, self._deciding))
        roots = [self.reach(Var(p)) for p in program.params]
        found = {self._find(node) for node in self._standing if node is not None}
        self.standing: Classes = frozenset(found)
        self.outside: Classes = self.standing | {self.world}
        self.visible: Classes = self.outside.union(*roots)
        ends = [self.reach(s.value) for s in program.body if isinstance(s, Return)]
        self.returned: Classes = frozenset().union(*ends)
        self.identity: Classes = frozenset().union(*self._compared(self._asking))
        self.told: Classes = self.identity.union(*self._addressed(self._asking))

    def extend(self, block: Block) -> None:
        """Take in the names by which values leave branches and loops: each joins the class of what it is."""
        for stmt in walk(block):
            if isinstance(stmt, If | For | While):
                self._constrain(stmt)
        self._known.clear()

    # -- questions

    def of(self, name: str) -> int | None:
        """The class of a name's storage, None for scalars and whatever else shares nothing."""
        if name in self._known:
            return self._known[name]
        node = self._nodes[name] if name in self._nodes else self._defined(name)
        cls = None if node is None else self._find(node)
        if self._final:
            self._known[name] = cls
        return cls

    def may_alias(self, a: str, b: str) -> bool:
        """Whether two names may share storage."""
        return self.of(a) is not None and self.of(a) == self.of(b)

    def members(self, cls: int) -> list[str]:
        """The names in a class."""
        return self._members.get(cls, [])

    def is_alone(self, name: str) -> bool:
        """Whether no other name may share storage with one."""
        cls = self.of(name)
        return cls is None or self.members(cls) == [name]

    def elements(self, cls: int) -> int | None:
        """The class of what the containers of a class contain."""
        inner = self._inside.get(cls)
        return None if inner is None else self._find(inner)

    def containers(self, cls: int) -> list[int]:
        """The classes of the containers that may hold something of this class."""
        return [c for c in self._members if self.elements(c) == cls]

    def is_held(self, cls: int) -> bool:
        """Whether something of this class may stand in a container, where other names find it."""
        return cls in self._held or cls == self.world

    def reach(self, atom: Atom | Range | None) -> Classes:
        """The classes of an atom, of what it contains, and so on."""
        if type(atom) is Var:
            cls = self.of(atom.name)
            if cls is None:
                return NOTHING
            return self._reach[cls] if cls in self._reach else self._closure(cls)
        if atom is None or type(atom) is Const:
            return NOTHING
        found: set[int] = set()
        for name in self._storages(atom):
            found |= self._closure(name)
        return frozenset(found)

    def reads(self, call: Call, result: Kind | None = None) -> Classes:
        """Classes whose contents a call reads."""
        found: set[int] = set()
        if call.fun in ARITHMETIC:  # most calls are: all operands are read
            for atom in call.args:
                if type(atom) is not Const:
                    found |= self.reach(atom)
            return frozenset(found)
        for atom, deep in read_atoms(call, self.kinds, result or OBJECT):
            found |= self.reach(atom) if deep else set(self._storages(atom))
        return frozenset(found)

    def observed(self, stmt: Stmt) -> Classes:
        """Classes whose contents a statement itself reads (not its nested blocks)."""
        if stmt not in self._observed:
            self._observed[stmt] = self._observes(stmt)
        return self._observed[stmt]

    def _observes(self, stmt: Stmt) -> Classes:
        if type(stmt) is Let:
            return self.reads(stmt.call, self.kinds.get(stmt.name))
        if isinstance(stmt, Do):
            return self.reads(stmt.call)
        if isinstance(stmt, Store):
            base = kind_of(stmt.base, self.kinds)
            if base.cat in CONTAINERS:  # whether it raises depends on the length
                value = self.reach(stmt.value) if stmt.op else NOTHING
                return value | frozenset(self._storages(stmt.base))
            return self.reach(stmt.index) | self.reach(stmt.value)
        if isinstance(stmt, If):
            return self.reach(stmt.cond)
        if isinstance(stmt, For | While):
            atom = stmt.cond if isinstance(stmt, While) else stmt.space
            return self.reach(atom) | self.reach(stmt.stop)
        return self.reach(stmt.value) if isinstance(stmt, Return) else NOTHING

    def written(self, stmt: Stmt) -> Classes:
        """Classes that a statement or its nested blocks may write."""
        if type(stmt) is Let and stmt.call.fun in PURE:
            return NOTHING
        if stmt not in self._written:
            if isinstance(stmt, If | For | While):
                found = frozenset().union(*(self.written(s) for block in blocks(stmt) for s in block))
            else:
                found = self._writes(stmt)
            self._written[stmt] = found
        return self._written[stmt]

    # -- constraints

    def _storages(self, atom: Atom | Range | None) -> Iterator[int]:
        if isinstance(atom, Var):
            cls = self.of(atom.name)
            if cls is not None:
                yield cls
        elif isinstance(atom, Ref):
            if holds_storage(atom.obj):
                yield self._find(0)
        elif isinstance(atom, Tuple | List | Dict):
            for item in atom.items:
                yield from self._storages(item)
        elif isinstance(atom, Slice):
            for part in (atom.lo, atom.hi, atom.step):
                yield from self._storages(part)
        elif isinstance(atom, Range):
            for part in (atom.start, atom.stop, atom.step):
                yield from self._storages(part)

    def _closure(self, cls: int) -> Classes:
        if cls in self._reach:
            return self._reach[cls]
        seen: set[int] = set()
        at: int | None = cls
        while at is not None and at not in seen:
            seen.add(at)
            at = self.elements(at) if at in self._inside else None
        found = frozenset(seen)
        if self._final:
            self._reach[cls] = found
        return found

    def _find(self, node: int) -> int:
        parent = self._parent
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def _new(self) -> int:
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def _defined(self, name: str) -> int | None:
        """The node of a name whose value may share storage."""
        if name in self._nodes:
            return self._nodes[name]
        kind = self.kinds.get(name, OBJECT)
        if not shares(kind):
            return None
        node = self._nodes[name] = self._new()
        if kind.cat == "object":
            self._inside[node] = node  # may be a container of itself, for all that is known
        return node

    def _join(self, a: int | None, b: int | None) -> None:
        if a is None or b is None:
            return
        stack = [(a, b)]
        while stack:
            a, b = (self._find(n) for n in stack.pop())
            if a == b:
                continue
            if self._final and b < a:
                a, b = b, a  # a class that is known keeps its number
            self._parent[b] = a
            inner = self._inside.pop(b, None)
            if inner is not None and a in self._inside:
                stack.append((self._inside[a], inner))
            elif inner is not None:
                self._inside[a] = inner

    def _elements(self, node: int | None) -> int | None:
        if node is None:
            return None
        node = self._find(node)
        if node not in self._inside:
            self._inside[node] = self._new()
        return self._find(self._inside[node])

    def _atom(self, atom: Atom | Range) -> int | None:
        """The node of an atom's storage; a display is a new container."""
        if type(atom) is Var:
            return self._defined(atom.name)
        if isinstance(atom, Ref):
            return 0 if holds_storage(atom.obj) else None
        if isinstance(atom, Tuple | List | Dict):
            held = [n for n in map(self._atom, atom.items) if n is not None]
            node = self._new() if held or not isinstance(atom, Tuple) else None
            for item in held:
                self._join(self._elements(node), item)
            return node
        return None

    def _constrain(self, stmt: Stmt) -> None:
        if type(stmt) is Let:
            self._constrain_call(stmt.call, self._defined(stmt.name), self.kinds.get(stmt.name, OBJECT))
        elif isinstance(stmt, Do):
            self._constrain_call(stmt.call, None, NONE_KIND)
        elif isinstance(stmt, Store):
            base = self._atom(stmt.base)
            kind = kind_of(stmt.base, self.kinds)
            adds = bool(stmt.op and kind.items and kind.items[0].is_number)  # into the item: keeps no operand
            if kind.cat in ("list", "dict", "object") and not adds:
                held = self._atom(stmt.value)
                whole = stmt.index is None or isinstance(stmt.index, Slice)
                self._join(self._elements(base), self._elements(held) if whole else held)
        elif isinstance(stmt, If):
            for out in stmt.outs:
                self._join_all(out.name, (out.then, out.orelse))
        elif isinstance(stmt, LOOPS):
            for carry in stmt.carried:
                self._join_all(carry.name, (carry.init, carry.next, Var(carry.out)))
            if isinstance(stmt, For) and not isinstance(stmt.space, Range):
                target = self._defined(stmt.target)
                if target is not None:
                    self._constrain_item(target, stmt.space)
        elif isinstance(stmt, Moves):
            for name, value in zip(stmt.names, stmt.values, strict=True):
                self._join_all(name, (value,))

    def _join_all(self, name: str, atoms: Iterable[Atom]) -> None:
        node = self._defined(name)
        if node is not None:
            for atom in atoms:
                if not isinstance(atom, Undef):
                    self._join(node, self._atom(atom))

    def _constrain_item(self, target: int, space: Atom) -> None:
        node, cat = self._atom(space), kind_of(space, self.kinds).cat
        if cat not in ("array", "num"):
            self._join(target, self._elements(node))
        if cat not in CONTAINERS:
            self._join(target, node)

    def _constrain_call(self, call: Call, node: int | None, kind: Kind) -> None:
        fun, args = call.fun, call.args
        if fun in _ASKING:
            self._asking.append(call)
        if fun in ARITHMETIC:
            self._constrain_builtin(call, node, kind)
        elif fun in DISPLAYS and call.form:
            self._constrain_conversion(args[0], node)
        elif fun in DISPLAYS:
            for item in args:
                if (held := self._atom(item)) is not None and node is not None:
                    self._join(self._elements(node), held)
        elif fun.startswith("list."):
            self._constrain_method(call, node)
        elif fun == "getitem":
            self._constrain_subscript(call, node, kind)
        elif fun == "getattr":
            if not (isinstance(args[1], Const) and args[1].value in METADATA) and node is not None:
                self._join(node, self._atom(args[0]))
        elif fun in PURE:
            self._constrain_builtin(call, node, kind)
        else:
            self._constrain_function(call, node, kind)

    def _constrain_conversion(self, source: Atom, node: int | None) -> None:
        """`list(xs)` holds what xs holds, `list(a)` views of an array's rows."""
        held = self._atom(source)
        if held is None or node is None:
            return
        cat = kind_of(source, self.kinds).cat
        if cat not in ("array", "num"):
            self._join(self._elements(node), self._elements(held))
        if cat not in CONTAINERS:
            self._join(self._elements(node), held)

    def _constrain_method(self, call: Call, node: int | None) -> None:
        container, *rest = (self._atom(a) for a in call.args)
        if call.fun in ("list.append", "list.insert"):
            if rest[-1] is not None:
                self._join(self._elements(container), rest[-1])
        elif call.fun == "list.pop":
            if node is not None:
                self._join(self._elements(container), node)
        else:
            self._anything(call, node)

    def _constrain_subscript(self, call: Call, node: int | None, kind: Kind) -> None:
        if node is None:
            return
        base = self._atom(call.args[0])
        what = subscript(kind_of(call.args[0], self.kinds), call.args[1], kind, self.kinds)
        if what in ("view", "maybe", "any"):
            self._join(node, base)
        if what in ("element", "any"):
            self._join(node, self._elements(base))
        if what == "part":
            self._join(self._elements(node), self._elements(base))

    def _constrain_builtin(self, call: Call, node: int | None, kind: Kind) -> None:
        if node is None:
            return
        fun, arithmetic = call.fun, call.fun in ARITHMETIC
        added = fun == "sum" and kind.is_number  # new, or `start` itself, where there is nothing to add
        for atom in (*call.args[1:], *(a for _, a in call.kwargs)) if added else call.args:
            if type(atom) is Const:
                continue
            cat = kind_of(atom, self.kinds).cat
            if arithmetic and cat in _NUMBERS:
                continue  # a number's operator makes a new value
            if cat == "object" or (fun in ("min", "max", "sum") and cat not in CONTAINERS):
                self._join(node, self._atom(atom))
            if cat in CONTAINERS and kind.cat in (*CONTAINERS, "object"):
                self._join(self._elements(node), self._elements(self._atom(atom)))
            if cat in CONTAINERS and fun in ("min", "max", "sum"):
                self._join(node, self._elements(self._atom(atom)))

    def _constrain_function(self, call: Call, node: int | None, kind: Kind) -> None:
        if call.fun in STANDING:
            self._standing.append(node)
        if is_opaque(call):
            self._anything(call, None if is_draw(call, kind) else node)
            return
        fun, effect = call.fun, effect_of(call)
        if calls_itself(call):
            self._constrain_itself(call, node)
            return
        for target in effect.written:
            self._constrain_target(call, target)
        if node is None:
            return
        word = result_word(call, self.kinds, kind)
        if word == "maybe" and call.fun.startswith("np."):  # helpers decide by shapes
            self._deciding.append(node)
        returned = () if fun == "user" else effect.written  # `np.add(a, b, out=c)` returns c
        for atom in (*(effect.sources if word != "fresh" else ()), *returned):
            source = self._atom(atom)
            if source is None:
                continue
            if kind.cat not in CONTAINERS or kind_of(atom, self.kinds).cat == "object":
                self._join(node, source)
            if kind.cat not in ("array", "num"):
                self._join(self._elements(node), source)
            if kind_of(atom, self.kinds).cat in CONTAINERS:
                self._join(self._elements(node), self._elements(source))

    def _constrain_itself(self, call: Call, node: int | None) -> None:
        """A function that calls itself says what shares storage behind a call of it."""
        callee = call.args[0].obj  # type: ignore[union-attr]
        nodes = {n: self._atom(a) for n, a in zip(callee.arguments, call.args[1:], strict=True)}
        nodes.update({"": node, "*": 0})

        def at(place: tuple[str, int]) -> int | None:
            found = nodes[place[0]]
            for _ in range(place[1]):
                found = self._elements(found)
            return found

        for one, two in callee.ties:
            self._join(at(one), at(two))

    def deep_writes(self, call: Call) -> Iterator[tuple[Var, int]]:
        """What a call of a function that calls itself writes: variables, and the classes in them."""
        callee = call.args[0].obj  # type: ignore[union-attr]
        given = dict(zip(callee.arguments, call.args[1:], strict=True))
        for name, depth in callee.touches:
            atom = given[name]
            cls = self.of(atom.name) if isinstance(atom, Var) else None
            for _ in range(depth):
                cls = None if cls is None else self.elements(cls)
            if cls is not None and isinstance(atom, Var):
                yield atom, cls

    def _constrain_target(self, call: Call, target: Atom) -> None:
        """A function that writes into a list may leave its other operands, or their items, in it."""
        if kind_of(target, self.kinds).cat in ("array", "num"):
            return
        held = self._elements(self._atom(target))
        for atom in call.args:
            if atom is not target:
                node = self._atom(atom)
                self._join(held, node)
                self._join(held, self._elements(node))

    def _anything(self, call: Call, node: int | None) -> None:
        self.opaque = True
        self._join(0, node)
        for atom in (*call.args, *(a for _, a in call.kwargs)):
            self._join(0, self._atom(atom))

    def _writes(self, stmt: Stmt) -> Classes:
        """Classes that a statement itself writes."""
        if isinstance(stmt, Store):
            own = frozenset(self._storages(stmt.base))
            if stmt.op and kind_of(stmt.base, self.kinds).cat in ("list", "dict", "object"):
                return self.reach(stmt.base)  # xs[i] += v writes into an element that is an array
            return own
        if not isinstance(stmt, Let | Do):
            return NOTHING
        call = stmt.call
        if call.fun in LIST_METHODS:
            return frozenset(self._storages(call.args[0]))
        if call.fun in PURE:
            return NOTHING
        if is_opaque(call):
            found = {self.world}
            for operand in (*call.args, *(a for _, a in call.kwargs)):
                found |= self.reach(operand)
            return frozenset(found)
        if calls_itself(call):
            return frozenset(cls for _, cls in self.deep_writes(call))
        return frozenset().union(*(self.reach(a) for a in effect_of(call).written))

    def _compared(self, calls: list[Call]) -> Iterator[Classes]:
        for call in calls:
            if call.fun in _COMPARING and Const(None) not in call.args:
                yield from map(self.reach, call.args)

    def _addressed(self, calls: list[Call]) -> Iterator[Classes]:
        for call in calls:
            yield from (self.reach(call.args[place]) for place in ADDRESSED.get(call.fun, ()))
