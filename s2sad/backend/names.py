"""Out of SSA, second half: which SSA names share a Python name, and which name that is.

Accepts the trees of `copies`; gives a Python name for every SSA name. Two SSA names may share one if
neither is assigned while the other's value is still needed (Chaitin's interference, where a copy does
not clash with its source). Sides of copies are united, equal hints before others and inner loops before
outer ones, so that most copies become `x = x` and vanish (`tidy`); where the user has two names (`prev
= cur`) they stay two.

    s.1 = 0.0; for ...: s.3 = s.2 + x.1 (s.2: first s.1, then s.3)      all are s
    x.1 a parameter; x.2 = x.1 + 1; z.1 = x.1*x.2                       x.1 is x, x.2 is x_1

Sets of names are integers, one bit per name, so that straight-line code of thousands of statements costs
milliseconds.
"""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Iterable, Iterator

from s2sad.backend.tree import (
    Assign,
    Branch,
    Copy,
    Effect,
    Exit,
    Loop,
    Node,
    Tree,
    Unpack,
    expr_vars,
    inner,
    operands,
    takes_apart,
    walk,
)
from s2sad.ir.nodes import NONE, Program, Undef, Var

_TAPE = re.compile(r"t\d*s")
_EXIT = re.compile(
    r"^(value|returned|broken|stop)_\d+(s|_bar|_dot)?$"
)  # names that the front end made for exits


def names(program: Program, body: list[Tree], reserved: Iterable[str]) -> dict[str, str]:
    """The Python name of every SSA name of a program; `reserved` are names that the text uses otherwise.

    Where a copy is left of a variable that a path has not bound, that path binds it to None: what goes on
    under another name need not be read.
    """
    classes = _Classes(program, body)
    _Liveness(classes).run(body)
    unbound = _unbound(body)
    classes.unite(body, unbound)
    found = _Namer(program, classes, set(reserved)).run(body)
    if unbound and _bind_copied(body, unbound, found, program.hints):
        return names(program, body, reserved)
    return found


class _Classes:
    """Classes of SSA names, which are numbered. `clash[c]` is what may not share a Python name with c."""

    def __init__(self, program: Program, body: list[Tree]) -> None:
        self.program = program
        self.order: list[str] = list(program.params)
        for stmt in walk(body):
            self.order.extend(_defined(stmt))
        self.order = list(dict.fromkeys(self.order))
        self.number = {name: k for k, name in enumerate(self.order)}
        self.members = [1 << k for k in range(len(self.order))]
        self.clash = [0] * len(self.order)
        self.hint = [_EXIT.sub(r"\1\2", program.hints.get(name, "")) for name in self.order]
        self.parent = list(range(len(self.order)))
        params = (1 << len(program.params)) - 1
        for k in range(len(program.params)):
            self.clash[k] |= params & ~(1 << k)

    def bit(self, name: str) -> int:
        return 1 << self.number[name]

    def mask(self, names: Iterable[str]) -> int:
        bits, number = 0, self.number
        for name in names:
            if name in number:
                bits |= 1 << number[name]
        return bits

    def define(self, name: str, live: int) -> None:
        """`name` is assigned where the names in `live` are needed."""
        k = self.number[name]
        self.clash[k] |= live & ~(1 << k)

    def find(self, k: int) -> int:
        while self.parent[k] != k:
            self.parent[k] = self.parent[self.parent[k]]
            k = self.parent[k]
        return k

    def disjoint(self, a: int, b: int) -> bool:
        """Whether two classes may share a name."""
        return not (self.clash[a] & self.members[b] or self.clash[b] & self.members[a])

    def unite(self, body: list[Tree], unbound: set[str]) -> None:
        """Give both sides of copies one class, where that is possible; those of names `unbound` first."""
        hints = self.program.hints
        wishes: list[tuple[bool, bool, int, int, int, int]] = []
        for depth, copy in _copies(body, 0):
            for target, source in copy.pairs:
                if isinstance(source, Var) and not copy.shown and source.name in self.number:
                    rank = not hints.get(target) or hints.get(target) != hints.get(source.name)
                    bound = source.name not in unbound  # else the copy has to vanish
                    numbers = self.number[target], self.number[source.name]
                    wishes.append((bound, rank, -depth, len(wishes), *numbers))
        for *_, target_number, source_number in sorted(wishes):
            a, b = self.find(target_number), self.find(source_number)
            other_names = self.hint[a] and self.hint[b] and self.hint[a] != self.hint[b]
            if a != b and not other_names and self.disjoint(a, b):
                a, b = min(a, b), max(a, b)
                self.parent[b] = a
                self.members[a] |= self.members[b]
                self.clash[a] |= self.clash[b]
                self.hint[a] = self.hint[a] or self.hint[b]


def _unbound(body: list[Tree]) -> set[str]:
    """Names that a path binds to nothing, so that a copy of one may read a name that is not bound."""
    pairs = [pair for _, copy in _copies(body, 0) for pair in copy.pairs]
    found = {target for target, source in pairs if isinstance(source, Undef)}
    size = -1
    while found and size != len(found):
        size = len(found)
        found |= {target for target, source in pairs if isinstance(source, Var) and source.name in found}
    return found


def _bind_copied(
    body: list[Tree], unbound: set[str], python: dict[str, str], hints: dict[str, str]
) -> bool:
    """Let the paths that do not bind a variable of which copies are left bind it; whether there are some."""
    copies = [copy for _, copy in _copies(body, 0)]
    pairs = [pair for copy in copies for pair in copy.pairs]
    asked = {
        source.name
        for target, source in pairs
        if isinstance(source, Var) and source.name in unbound and python[target] != python[source.name]
        if hints.get(target) == hints.get(source.name)  # else it is read: the user's program fails there
    }
    size = -1
    while asked and size != len(asked):
        size = len(asked)
        asked |= {s.name for t, s in pairs if t in asked and isinstance(s, Var) and s.name in unbound}
    for copy in copies if asked else ():
        copy.pairs = [(n, NONE if isinstance(s, Undef) and n in asked else s) for n, s in copy.pairs]
    return bool(asked)


def _copies(block: list[Tree], depth: int) -> Iterator[tuple[int, Copy]]:
    for stmt in block:
        if isinstance(stmt, Copy):
            yield depth, stmt
        for part in inner(stmt):
            yield from _copies(part, depth + isinstance(stmt, Loop))


def _defined(stmt: Tree) -> tuple[str, ...]:
    """Names that a statement itself assigns."""
    if isinstance(stmt, Assign):
        return (stmt.name,)
    if isinstance(stmt, Copy):
        return tuple(name for name, _ in stmt.pairs)
    if isinstance(stmt, Unpack):
        return tuple(name for name in stmt.names if name is not None)
    return (stmt.target,) if isinstance(stmt, Loop) and stmt.target is not None else ()


class _Liveness:
    """One backward pass over the text.

    What a loop needs at its head is known beforehand, because inside it only the names that go round are
    assigned more than once: everything else that it reads comes from outside.
    """

    def __init__(self, classes: _Classes) -> None:
        self.classes = classes
        self.held = 0  # what the clauses of the try statements around need where an exception may come
        self.always = 0  # the same in a loop, whose next trip may raise
        self.outer: dict[int, int] = {}  # by id of a loop: names that it reads and does not define itself

    def run(self, body: list[Tree]) -> None:
        if any(isinstance(stmt, Loop) for stmt in walk(body)):
            self.scan(body)
        live = self.block(body, 0, 0)
        for name in self.classes.program.params:
            self.classes.define(name, live)

    def scan(self, block: list[Tree]) -> tuple[int, int]:
        """What a block reads and what it assigns."""
        mask = self.classes.mask
        reads = writes = 0
        for stmt in block:
            for expr in operands(stmt):
                reads |= mask(expr_vars(expr))
            own_reads = own_writes = 0
            for part in inner(stmt):
                more_reads, more_writes = self.scan(part)
                own_reads |= more_reads
                own_writes |= more_writes
            own_writes |= mask(_defined(stmt))
            if isinstance(stmt, Loop):
                if stmt.target is None:
                    own_reads |= mask(expr_vars(stmt.space))
                self.outer[id(stmt)] = own_reads & ~(own_writes & ~mask(stmt.names))
            reads |= own_reads
            writes |= own_writes
        return reads, writes

    def block(self, block: list[Tree], live: int, left: int) -> int:
        """What is needed at the start of a block: `live` is at its end, `left` behind the loop around it."""
        for stmt in reversed(block):
            live = self.stmt(stmt, live | self.always, left)
            if self.held and _may_raise(stmt):
                live |= self.held
        return live | self.always

    def stmt(self, stmt: Tree, live: int, left: int) -> int:
        classes = self.classes
        if isinstance(stmt, Assign):
            classes.define(stmt.name, live)
            return live & ~classes.bit(stmt.name) | classes.mask(expr_vars(stmt.value))
        if isinstance(stmt, Copy):
            return self.copy(stmt, live)
        if isinstance(stmt, Unpack):
            return self.unpack(stmt, live)
        if isinstance(stmt, Branch) and stmt.form in ("try", "finally"):
            orelse = self.block(stmt.orelse, live, left)
            held, self.held = self.held, self.held | orelse  # an exception may lead there from anywhere
            then = self.block(stmt.then, live, left)
            self.held = held
            return then | orelse | classes.mask(expr_vars(stmt.cond))
        if isinstance(stmt, Branch):
            then, orelse = self.block(stmt.then, live, left), self.block(stmt.orelse, live, left)
            return then | orelse | classes.mask(expr_vars(stmt.cond))
        if isinstance(stmt, Loop):
            always, self.always = self.always, self.held
            live = self.loop(stmt, live | self.held)
            self.always = always
            return live
        if isinstance(stmt, Exit):
            return left
        if isinstance(stmt, Effect) and isinstance(stmt.value, Node) and stmt.value.fun == "raise":
            live = self.held
        for expr in operands(stmt):
            live |= classes.mask(expr_vars(expr))
        return live

    def copy(self, stmt: Copy, live: int) -> int:
        classes = self.classes
        real = [(name, source) for name, source in stmt.pairs if not isinstance(source, Undef)]
        targets = classes.mask(name for name, _ in real)
        for name, source in real:
            same = classes.mask([source.name]) if isinstance(source, Var) else 0
            classes.define(name, (live | targets) & ~(same & ~targets))
        live &= ~classes.mask(name for name, _ in stmt.pairs)
        for _, source in real:
            live |= classes.mask(expr_vars(source))
        return live

    def unpack(self, stmt: Unpack, live: int) -> int:
        classes = self.classes
        targets = classes.mask(_defined(stmt))
        for name in _defined(stmt):
            classes.define(name, live | targets)
        return live & ~targets | classes.mask(expr_vars(stmt.value))

    def loop(self, stmt: Loop, after: int) -> int:
        head = self.outer[id(stmt)] | after
        body = self.block(stmt.body, head, after)
        if stmt.target is not None:
            classes = self.classes
            classes.define(stmt.target, body)
            return head & ~classes.bit(stmt.target) | classes.mask(expr_vars(stmt.space))
        test = body | after | self.classes.mask(expr_vars(stmt.space))
        return self.block(stmt.head, test, after) | head


def _items(loop: Loop) -> list[tuple[str, str]]:
    """The names that a loop backwards gives to the items of tapes, with these."""
    first = loop.body[0] if takes_apart(loop) else None
    names = first.names if isinstance(first, Unpack) else [loop.target]
    space = loop.space
    spaces = space.args if isinstance(space, Node) and space.fun == "zip" else (space,)
    return [
        (name, space.args[0].name)
        for name, space in zip(names, spaces, strict=False)
        if name and isinstance(space, Node) and space.fun == "reversed" and isinstance(space.args[0], Var)
    ]


def _may_raise(stmt: Tree) -> bool:
    """Whether an exception may come from a statement before it has assigned anything."""
    if isinstance(stmt, Copy | Exit):
        return False
    if isinstance(stmt, Assign):
        return isinstance(stmt.value, Node)
    appends = isinstance(stmt, Effect) and isinstance(stmt.value, Node) and stmt.value.fun == "list.append"
    return not (appends and isinstance(stmt, Effect) and stmt.made)


class _Namer:
    """Chooses names in text order."""

    def __init__(self, program: Program, classes: _Classes, reserved: set[str]) -> None:
        self.program, self.classes = program, classes
        self.reserved = reserved
        self.taken: dict[str, tuple[int, int]] = {}  # name -> members and clashes of the classes that have it
        self.chosen: dict[int, str] = {}
        self.targets: set[int] = set()
        self.numbers = itertools.count(1)
        self.hinted = {hint for hint in program.hints.values() if hint}

    def run(self, body: list[Tree]) -> dict[str, str]:
        classes = self.classes
        for name in self.program.params:
            root, hint = classes.find(classes.number[name]), self.program.hints.get(name) or name
            if hint in self.taken:  # two tangents of one value, at different orders
                self.choose(root, hint)
            else:
                self.take(root, hint)
        roots = list(dict.fromkeys(classes.find(k) for k in range(len(classes.order))))
        hints = {root: classes.hint[root] for root in roots}
        unread = self.unread_targets(body)
        targets = (s.target for s in walk(body) if isinstance(s, Loop) and s.target is not None)
        self.targets = {classes.find(classes.number[target]) for target in targets}
        taped = self.taped(body)
        for root in roots:
            if root in self.chosen or _TAPE.fullmatch(hints[root]):
                continue
            if root in unread and (hints[root] in ("", "_") or unread[root]) and "_" not in self.taken:
                self.chosen[root] = "_"
            elif hints[root] or not self.rename(root, taped.get(root)):
                self.choose(root, hints[root] or hints.get(taped.get(root, root), ""))
        self.tapes(body, hints)
        for root in roots:
            if root not in self.chosen:
                self.choose(root, hints[root])
        return {name: self.chosen[classes.find(k)] for k, name in enumerate(classes.order)}

    def unread_targets(self, body: list[Tree]) -> dict[int, bool]:
        """Classes of loop targets that nothing reads, and whether the loop is made."""
        loops = [(s.target, s.made) for s in walk(body) if isinstance(s, Loop) and s.target is not None]
        if not loops:
            return {}
        opening = {id(s.body[0]) for s in walk(body) if isinstance(s, Loop) and takes_apart(s)}
        others = (stmt for stmt in walk(body) if id(stmt) not in opening)
        read = {name for stmt in others for expr in operands(stmt) for name in expr_vars(expr)}
        find, number = self.classes.find, self.classes.number
        return {find(number[target]): made for target, made in loops if target not in read}

    def tapes(self, body: list[Tree], hints: dict[int, str]) -> None:
        """A tape that has no name of its own is named after what it holds: t1s holds t1."""
        classes = self.classes
        for stmt in walk(body):
            value = stmt.value if isinstance(stmt, Effect) and stmt.made else None
            if (
                not isinstance(value, Node)
                or value.fun != "list.append"
                or not isinstance(value.args[0], Var)
            ):
                continue
            root = classes.find(classes.number[value.args[0].name])
            read = value.args[1]
            read = read.args[0] if isinstance(read, Node) and read.fun == "copy" else read
            if root in self.chosen or not isinstance(read, Var):
                continue
            item = self.chosen[classes.find(classes.number[read.name])] + "s"
            if item not in self.hinted and self.is_free(item, root):
                self.take(root, item)

    def taped(self, body: list[Tree]) -> dict[int, int]:
        """Classes of what is read from lists: the class of what was put there, whose name they may have.

            t1 = np.exp(x)
            t1s.append(t1)
            ...
            t1 = t1s[i]
        """
        find, number = self.classes.find, self.classes.number
        held: dict[str, set[int]] = {}
        for stmt in walk(body):
            value = stmt.value if isinstance(stmt, Effect) else None
            if isinstance(value, Node) and value.fun == "list.append" and isinstance(value.args[0], Var):
                item = value.args[1]
                item = item.args[0] if isinstance(item, Node) and item.fun == "copy" else item
                root = find(number[item.name]) if isinstance(item, Var) else -1
                held.setdefault(value.args[0].name, set()).add(root)
        found: dict[int, int] = {}
        for stmt in walk(body) if held else ():
            for name, tape in _items(stmt) if isinstance(stmt, Loop) else ():
                items = held.get(tape, ())
                if len(items) == 1 and -1 not in items:
                    found[find(number[name])] = next(iter(items))
            value = stmt.value if isinstance(stmt, Assign) and stmt.made else None
            if isinstance(value, Node) and value.fun == "getitem" and isinstance(value.args[0], Var):
                items = held.get(value.args[0].name, ())
                if isinstance(stmt, Assign) and len(items) == 1 and -1 not in items:
                    found[find(number[stmt.name])] = next(iter(items))
        return found

    def rename(self, root: int, other: int | None) -> bool:
        """Give a class the name of another one, if that is free."""
        name = self.chosen.get(root if other is None else other)
        if name is None or not self.is_free(name, root):
            return False
        self.take(root, name)
        return True

    def choose(self, root: int, hint: str) -> None:
        """The first name that nobody in the way has."""
        if root in self.targets and hint in ("", "_"):
            hint = next((i for i in "ijk" if i not in self.hinted and self.is_free(i, root)), "")
        if not hint or hint == "_" or not hint.isidentifier():
            fresh = (f"t{k}" for k in self.numbers)
            name = next(
                c for c in fresh if c not in self.taken and c not in self.hinted and self.is_free(c, root)
            )
        else:
            first = 2 if hint.endswith(("_bar", "_dot")) else 1
            candidates = itertools.chain([hint], (f"{hint}_{k}" for k in itertools.count(first)))
            name = next(
                c for c in candidates if self.is_free(c, root) and (c == hint or c not in self.hinted)
            )
        self.take(root, name)

    def is_free(self, name: str, root: int) -> bool:
        if name in self.reserved or keyword.iskeyword(name):
            return False
        members, clashes = self.taken.get(name, (0, 0))
        return not (members & self.classes.clash[root] or clashes & self.classes.members[root])

    def take(self, root: int, name: str) -> None:
        members, clashes = self.taken.get(name, (0, 0))
        self.taken[name] = members | self.classes.members[root], clashes | self.classes.clash[root]
        self.chosen[root] = name
