"""Activity: which values vary with the arguments that derivatives are taken by (Hascoet's "varied").

    y = 2*x; n = len(x); z = np.floor(y)      y varies with x; n is an integer;
                                              floor has no derivative: z does not vary

Accepts a lowered program; guarantees that a value which is not in the result has derivative zero.
Flow-insensitive for storage that is written: if one write varies, all names of the class vary. The other half
of activity, "useful", needs no analysis: a value whose cotangent is absent when the reverse sweep reaches its
definition is not useful.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from s2sad.analysis.effects import Aliases
from s2sad.analysis.outside import is_read, numbers, receiver
from s2sad.analysis.places import is_view
from s2sad.analysis.primitives import effect_of
from s2sad.analysis.slopes import slopes
from s2sad.analysis.texts import Texts, speaks, texts
from s2sad.ir.kinds import OBJECT, carries
from s2sad.ir.nodes import (
    LOOPS,
    Atom,
    Call,
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
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    atom_vars,
    is_straight,
    uses,
    walk,
)
from s2sad.rules import registry
from s2sad.rules.binding import BindingError, operands

CONSTANT = frozenset(
    "not lt le eq ne gt ge is isnot in notin len range fstring floordiv"
    " band bor bxor lshift rshift invert int round bool".split()
)
CARRIERS = frozenset(
    ("tuple", "list", "dict", "getitem", "getattr", "copy", "list.pop", "call", "min", "max", "sum")
)
# Operands of which only the shape is read.
SHAPES = frozenset(
    (
        ("np.full_like", "a"),
        ("unbroadcast", "x"),
        ("unreduce", "x"),
        ("as_field", "x"),
        ("spread", "xs"),
        ("put", "xs"),
        ("as_cotangent", "x"),
        ("of_shape", "x"),
    )
)


def varied(
    program: Program, aliases: Aliases, wrt: Iterable[str], frozen: frozenset[str]
) -> tuple[frozenset[str], Texts]:
    """Names that vary with the parameters in `wrt`, and the texts that say something of them."""
    names, classes = slopes(program, aliases)
    made = _Varied(program, aliases, frozen | names, classes)
    return made.run(wrt), made.texts


class _Varied:
    """The smallest set of names and storage classes that is closed under "made of something that varies"."""

    def __init__(
        self, program: Program, aliases: Aliases, frozen: frozenset[str], idle: frozenset[int]
    ) -> None:
        self.idle = idle  # storage that is constant
        self.program = program
        self.kinds = program.kinds
        self.aliases = aliases
        if program.kept:
            frozen |= _read_before(program)
        self.frozen = self._with_views(frozen) if frozen else frozen
        self.names: set[str] = set()
        self.classes: set[int] = set()
        self.written: set[int] = set()
        self.changed = False
        self.outside = numbers(walk(program.body)) if program.kept else {}
        lets = walk(program.body) if program.kept else ()
        self.lets = {s.name: s for s in lets if isinstance(s, Let)}
        self.caught = [name for name, let in self.lets.items() if let.call.fun == "caught"]
        self.roots: dict[str | int, int] = {}  # what is outside, by the names of parameters and by identity
        for name, let in self.lets.items():
            if let.call.fun == "held":
                held = let.call.args[0]
                root = held.name if isinstance(held, Var) else id(getattr(held, "obj", None))
                self.roots[root] = self.outside[name]
        self.texts = Texts()
        self.speaks = False
        self.given: set[int] = set()  # numbers of what is outside and is given what varies
        if self.outside and (program.kept == "called" or any(map(_is_user, walk(program.body)))):
            self.given.update(self.outside.values())
        for stmt in walk(program.body):
            self.speaks = self.speaks or speaks(stmt, self.kinds)
            does = isinstance(stmt, Do) and stmt.call.fun.startswith("list.")
            if isinstance(stmt, Store) or does or _is_user(stmt):
                self.written |= aliases.written(stmt)
        # In a straight line that writes nothing what varies later makes nothing vary that stands before it.
        self.once = is_straight(program.body) and not (self.written or program.kept)

    def run(self, wrt: Iterable[str]) -> frozenset[str]:
        """The names that vary with `wrt`: a fixed point over all statements.

        What is read from a text of something that varies does, too.
        """
        found = set(wrt)
        while found:
            for name in found:
                self._add(name)
            self.changed = True
            while self.changed:
                self.changed = False
                for stmt in walk(self.program.body):
                    self._visit(stmt)
                if self.once:
                    break
            if self.speaks:
                self.texts = texts(self.program, self.aliases, self._name_varies, self.frozen)
            found = self.texts.read - self.names
        everything = set(self.names)
        for cls in self._holding():
            everything |= {
                n
                for n in self.aliases.members(cls)
                if carries(self.kinds.get(n, OBJECT)) and n not in self.frozen
            }
        return frozenset(everything)

    def _with_views(self, frozen: frozenset[str]) -> frozenset[str]:
        """Constants and the views of them: they stand in the storage of what they are constants of."""
        found = set(frozen)
        for stmt in walk(self.program.body):
            if isinstance(stmt, Let) and not found.isdisjoint(uses(stmt)):
                what = is_view(stmt.call, self.kinds, self.kinds[stmt.name])
                if what in ("view", "maybe") and found.issuperset(uses(stmt)):
                    found.add(stmt.name)
        return frozenset(found)

    def _holding(self) -> set[int]:
        """The classes that vary, and those of the containers in which they stand."""
        found: set[int] = set()
        todo = list(self.classes)
        while todo:
            cls = todo.pop()
            if cls not in found:
                found.add(cls)
                todo += self.aliases.containers(cls)
        return found

    def _add(self, name: str) -> None:
        if name in self.names or name in self.frozen or not carries(self.kinds.get(name, OBJECT)):
            return
        self.names.add(name)
        self.changed = True
        cls = self.aliases.of(name)
        if cls is not None and cls in self.written:
            self._add_class(cls)

    def _add_class(self, cls: int | None) -> None:
        while cls is not None and cls not in self.classes and cls not in self.idle:
            self.classes.add(cls)
            self.changed = True
            cls = self.aliases.elements(cls)

    def _varies(self, atom: Atom | Range | None) -> bool:
        return any(map(self._name_varies, atom_vars(atom)))

    def _name_varies(self, name: str) -> bool:
        if name in self.frozen or not carries(self.kinds.get(name, OBJECT)):
            return False
        return name in self.names or self._class_varies(self.aliases.of(name))

    def _class_varies(self, cls: int | None) -> bool:
        """Whether a storage varies, or what stands in it does: an element that another name writes."""
        seen: set[int] = set()
        while cls is not None and cls not in seen:
            if cls in self.classes:
                return True
            seen.add(cls)
            cls = self.aliases.elements(cls)
        return False

    def _visit(self, stmt: Stmt) -> None:
        if type(stmt) is Let:
            self._visit_let(stmt)
        elif isinstance(stmt, Do):
            self._visit_do(stmt.call)
        elif isinstance(stmt, Store):
            self._visit_store(stmt)
        elif isinstance(stmt, If):
            for out in stmt.outs:
                if self._varies(out.then) or self._varies(out.orelse):
                    self._add(out.name)
        elif isinstance(stmt, LOOPS):
            self._visit_loop(stmt)
        elif isinstance(stmt, Moves):
            for name, value in zip(stmt.names, stmt.values, strict=True):
                if self._varies(value):
                    self._add(name)

    def _visit_let(self, stmt: Let) -> None:
        if self.outside and stmt.call.fun == "call":
            self._visit_outside(stmt.call)
        if self.outside.get(stmt.name) in self.given:
            self._add(stmt.name)
        if stmt.name not in self.names and self._call_varies(stmt.call):
            self._add(stmt.name)
        if stmt.call.fun == "user" and any(self._varies(a) for a in stmt.call.args[1:]):
            for name in (n for a in effect_of(stmt.call).written for n in atom_vars(a)):
                self._add(name)
                self._add_class(self.aliases.of(name))

    def _visit_outside(self, call: Call) -> None:
        """A call that may give something that varies to what is outside."""
        number = self.outside.get(receiver(call))
        given = [*call.args, *(a for _, a in call.kwargs)]
        if number is None or number in self.given:
            return
        if any(map(self._varies, given)) or any(n in self.given for a in given for n in self._held(a)):
            self.given.add(number)
            self.changed = True

    def _held(self, atom: Atom, depth: int = 4) -> Iterator[int | None]:
        """The numbers of what is outside and an operand is, or holds: that may be given something later."""
        if isinstance(atom, Ref):
            yield self.roots.get(id(atom.obj))
        for part in atom.items if isinstance(atom, Tuple | List | Dict) and depth else ():
            yield from self._held(part, depth - 1)
        for name in atom_vars(atom):
            yield self.outside.get(name, self.roots.get(name))
            let = self.lets.get(name)
            if let is not None and let.call.fun in ("list", "tuple", "dict", "copy") and depth:
                for part in let.call.args:
                    yield from self._held(part, depth - 1)

    def _visit_do(self, call: Call) -> None:
        """A call for its effect: what it writes holds what it was given."""
        if self.outside and call.fun == "call" and receiver(call) in self.outside:
            self._visit_outside(call)
            return
        if call.fun in ("list.append", "list.insert") and self._varies(call.args[-1]):
            xs = call.args[0]
            self._add_class(self.aliases.of(xs.name) if isinstance(xs, Var) else None)
        elif call.fun in ("print", "assert", "raise", "keep_state"):
            if self.program.kept and call.fun == "raise" and any(map(self._varies, call.args)):
                for name in self.caught:
                    self._add(name)
        elif any(self._varies(a) for a in call.args):
            for name in (n for a in call.args[:1] for n in atom_vars(a)):
                self._add_class(self.aliases.of(name))

    def _visit_store(self, stmt: Store) -> None:
        base = stmt.base
        if self._varies(stmt.value) and isinstance(base, Var) and carries(self.kinds.get(base.name, OBJECT)):
            self._add(base.name)
            self._add_class(self.aliases.of(base.name))

    def _visit_loop(self, stmt: For | While) -> None:
        for carry in stmt.carried:
            if self._varies(carry.init) or self._varies(carry.next) or carry.name in self.names:
                self._add(carry.name)
                self._add(carry.out)
        if isinstance(stmt, For) and not isinstance(stmt.space, Range) and self._varies(stmt.space):
            self._add(stmt.target)

    def _call_varies(self, call: Call) -> bool:
        if call.fun in CONSTANT:
            return False
        if call.fun in CARRIERS:
            if call.fun == "getitem":
                return self._varies(call.args[0])
            given = [*call.args, *(a for _, a in call.kwargs)]
            unseen = self.given and call.fun == "call" and receiver(call) not in self.outside
            if unseen and not is_read(call) and any(n in self.given for a in given for n in self._held(a)):
                return True  # code that cannot be seen may read there what the program has put there
            return any(map(self._varies, given))
        return any(self._varies(a) for a in differentiable(call))


def _read_before(program: Program) -> frozenset[str]:
    """Numbers and arrays that attributes of outside objects hold before the call, and that nothing writes;

    lists there that are only copied, and changed.
    """
    stmts = list(walk(program.body))
    lets = {s.name: s.call for s in stmts if isinstance(s, Let)}
    held = {name for name, call in lets.items() if call.fun == "held"}
    reads = {name: call.args[1] for name, call in lets.items() if is_read(call) and len(call.args) > 1}
    before = {name for name, of in reads.items() if not (isinstance(of, Var) and of.name in held)}
    listed = {name for name in before if program.kinds[name] == OBJECT}
    for stmt in stmts if listed else ():
        if not (isinstance(stmt, Let) and stmt.call.fun in ("list", "held")):
            listed.difference_update(uses(stmt))
    written = any(call.fun == "found" for call in lets.values())
    numbers = {name for name in before if program.kinds[name].is_number and not written}
    return frozenset(numbers | listed)


def _is_user(stmt: Stmt) -> bool:
    """Whether a statement calls a user's function that is not inlined."""
    return isinstance(stmt, Let) and stmt.call.fun == "user"


def differentiable(call: Call) -> list[Atom]:
    """The operands of a call by which its rule has a derivative that is not identically zero."""
    try:
        rule = registry.rule(call.fun)
    except KeyError:
        return [*call.args, *(a for _, a in call.kwargs)]
    try:
        atoms = operands(rule, call)
    except BindingError:
        return []
    if rule.form == "structural" and rule.vjp:
        # An argument without a text has no known derivative: `transform.rules` refuses it.
        return [atom for name, atom in atoms.items() if (call.fun, name) not in SHAPES]
    active = (rule.vjp, rule.linear, rule.writes)
    return [a for n, a in atoms.items() if any(n in names for names in active) or f"*{n}" in rule.signature]
