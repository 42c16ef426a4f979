"""The intermediate representation: a structured program in static single assignment form.

Loops and branches stay loops and branches (never a control-flow graph); every value has one definition. What
a Python name means at a point of the program is a *binding* and is gone: `y = x` leaves no trace, and a name
that is assigned in a loop or in a branch becomes a `Carry` or an `Out`. The user's names survive as hints,
from which `backend.names` makes Python names again.

Values are numbers, arrays and containers. An SSA name whose value is an array denotes a *reference* to
storage; `Store` changes the storage and defines nothing. So SSA answers every question about bindings, and
only questions about the contents of written storage need `analysis.storage`.

    b = 0.5*a                      Let("b.1", mul(0.5, a))
    while np.sum(b) < 100.0:       While(head: t.2 = np.sum(b.3); t.4 = lt(t.2, 100.0)   cond: t.4
        b = b*b + 1.0                    carried: Carry(name b.3, init b.1, next b.6, out b.7)
    return b                             body: t.5 = mul(b.3, b.3); b.6 = add(t.5, 1.0))
                                   Return(b.7)

Atoms are `Var`, `Const`, `Ref`, `Undef`, and displays of atoms (`Slice`, `Tuple`, `List`), which occur as
indices, shapes, operands of stack and concatenate, and results. An expression is one `Call` on atoms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from s2sad.errors import Span
from s2sad.ir.kinds import Kind
from s2sad.ir.records import record

# ---- atoms


@record(frozen=True, slots=True, eq=False)
class Var:
    """A use of the value that `Let`, `Carry`, `Out`, a loop target or a parameter defines."""

    name: str

    def __eq__(self, other: object) -> bool:
        return type(other) is Var and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@record(frozen=True, slots=True, eq=False)
class Const:
    """A literal, equal only to one of the same type and spelling: 1, 1.0, True, 0.0 and -0.0 are five."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if type(other) is not Const:
            return False
        mine, its = self.value, other.value
        return mine is its or (type(mine) is type(its) and repr(mine) == repr(its))

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))


@record(frozen=True, slots=True, eq=False)
class Ref:
    """A live object and how the text spells it: `np.float64`, a global, a captured function.

    Equal if identical.
    """

    text: str
    obj: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and self.obj is other.obj

    def __hash__(self) -> int:
        return hash(("Ref", id(self.obj)))


@record(frozen=True, slots=True)
class Undef:
    """What a name holds on a path that does not bind it."""


@record(frozen=True, slots=True)
class Slice:
    """`lo:hi:step` inside an index; absent parts are Const(None)."""

    lo: Atom
    hi: Atom
    step: Atom


@record(frozen=True, slots=True)
class Tuple:
    """A tuple display."""

    items: tuple[Atom, ...]


@record(frozen=True, slots=True)
class List:
    """A list display that is never written to (operands of stack, contents of np.array)."""

    items: tuple[Atom, ...]


@record(frozen=True, slots=True)
class Dict:
    """A dict display with constant keys."""

    keys: tuple[Const, ...]
    items: tuple[Atom, ...]


Atom = Var | Const | Ref | Undef | Slice | Tuple | List | Dict
NONE = Const(None)
LIST_METHODS = ("list.append", "list.insert", "list.pop")  # primitives that change a list


@record(frozen=True, slots=True)
class Call:
    """One operation on atoms.

    `fun` is the canonical name of a primitive: "np.sum", "math.sqrt", "add", "getitem" (array or list,
    index), "getattr" (value, Const(name)), "len", "tuple", "list", "list.append", "list.insert" (list, place
    from 0 to its length, value), "list.pop" (list; list, place from 0), "call" (callee, *arguments: opaque),
    "fstring". `form` is the spelling where it is not the canonical one: ".sum" is the method of the
    first argument, "numpy.sum" another import.
    """

    fun: str
    args: tuple[Atom, ...] = ()
    kwargs: tuple[tuple[str, Atom], ...] = ()
    form: str = ""


# ---- statements


@record(frozen=True, slots=True, eq=False)
class Let:
    """`name = call`. `made` marks what a transform made, in contrast to what the user wrote."""

    name: str
    call: Call
    span: Span | None = None
    made: bool = False


@record(frozen=True, slots=True, eq=False)
class Do:
    """A call for its effect: list.append, print, raise, assert, an unseen function."""

    call: Call
    span: Span | None = None
    made: bool = False


@record(frozen=True, slots=True, eq=False)
class Store:
    """`base[index] = value`, `base[index] op= value`; with no index `base[...] = value`, `base op= value`.

    `base` is an array (or a list: `xs[i] = v`); `op` is the primitive of the augmented assignment ("add")
    or "".
    """

    base: Atom
    index: Atom | None
    value: Atom
    op: str = ""
    span: Span | None = None
    made: bool = False


@record(frozen=True, slots=True)
class Out:
    """A value that leaves a branch: `name` is `then` or `orelse` afterwards."""

    name: str
    then: Atom
    orelse: Atom


@record(frozen=True, slots=True, eq=False)
class If:
    """Both blocks may be empty. `ternary` asks for a conditional expression in the text.

    `form` is "" but where the blocks are not taken by the truth of `cond`:

    "try"      `then`, and `orelse` if an exception of the classes `cond` leaves `then`, which has done
               nothing that can be seen then; the first Out is true where none did. `orelse` may begin with
               Let(e, Call("caught")): the exception
    "finally"  `then`, and afterwards `orelse`, which binds nothing, also if an exception leaves `then`
    "with"     `then` under the context manager `cond`; it may begin with Let(v, Call("entered")): what the
               manager gives
    """

    cond: Atom
    then: Block
    orelse: Block
    outs: tuple[Out, ...] = ()
    span: Span | None = None
    made: bool = False
    ternary: bool = False
    form: str = ""


@record(frozen=True, slots=True)
class Carry:
    """A value that goes round a loop: `name` in it, first `init`, then `next`; `out` after the loop."""

    name: str
    init: Atom
    next: Atom
    out: str


@record(frozen=True, slots=True)
class Range:
    """The iteration space of an index loop."""

    start: Atom
    stop: Atom
    step: Atom


@record(frozen=True, slots=True, eq=False)
class For:
    """`for target in space: body`. `space` is a Range, or an atom whose items are taken as they come.

    After each trip the loop ends early if `stop` is true; the carried values are then those of `next` too.
    """

    target: str
    space: Range | Atom
    body: Block
    carried: tuple[Carry, ...] = ()
    stop: Atom | None = None
    span: Span | None = None
    made: bool = False


@record(frozen=True, slots=True, eq=False)
class While:
    """`while True: head; if not cond: break; body; if stop: break`.

    Values of the head are visible in the body only.
    """

    head: Block
    cond: Atom
    body: Block
    carried: tuple[Carry, ...] = ()
    stop: Atom | None = None
    span: Span | None = None
    made: bool = False


@record(frozen=True, slots=True, eq=False)
class Moves:
    """Simultaneous renaming, `names = values`; only transforms make it, where a rebinding is to be shown."""

    names: tuple[str, ...]
    values: tuple[Atom, ...]
    span: Span | None = None
    made: bool = True


@record(frozen=True, slots=True, eq=False)
class Comment:
    """A line of its own in the text; `backward` opens the reverse sweep."""

    text: str
    span: Span | None = None
    made: bool = True


@record(frozen=True, slots=True, eq=False)
class Return:
    """The end of the program; stands last in the body, nowhere else."""

    value: Atom
    span: Span | None = None
    made: bool = False


Stmt = Let | Do | Store | If | For | While | Moves | Comment | Return
Block = tuple[Stmt, ...]


@dataclass(slots=True)
class Program:
    """One generated (or lowered) function.

    params    SSA names of the parameters, in order; `hints` gives their Python names
    kinds     the kind of every SSA name
    hints     the user's name of an SSA name, "" for a temporary
    quiet     the part behind the Comment "backward" runs under np.errstate(all="ignore")
    quiet_all the whole body does
    assumes   the lines of the text's `# assumes:` header
    defaults  default values of the last parameters, literals, by their SSA names
    again     the function is itself the text of a derivative, not the user's
    sweep     where that text's reverse sweep stands: it raises nothing, as what it goes back over has not
    written   of the first half of a pair: the places of arrays and lists among what it keeps that it writes
    tied      of such a half: where its function begins, if two lists that it keeps may hold the same list,
              whose shadow is found by its address
    repeats   of such a half, or of a forward function: it is that of a function under checkpoint, of
              numbers and arrays
    unbound   of the second half of a pair: what it takes from the first that may be None, without a value
    cuts      lengths of parts of axes whose bounds are made of arguments (`frontend.lengths`)
    kept      "own" if something outside is changed (`frontend.histories`), "called" if by a callee's text,
              "read" if a number is read from a text that says something active (`analysis.texts`)
    """

    name: str
    params: tuple[str, ...]
    body: Block
    kinds: dict[str, Kind]
    hints: dict[str, str]
    quiet: bool = False
    assumes: tuple[str, ...] = ()
    notes: dict[Stmt, str] = field(default_factory=dict)
    doc: str = ""
    quiet_all: bool = False
    token: object = None  # what calls of this function refer to until it is printed
    again: bool = False
    sweep: Span | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    written: tuple[int, ...] = ()
    tied: Span | None = None
    repeats: bool = False
    unbound: frozenset[str] = frozenset()
    cuts: dict[Any, Any] = field(default_factory=dict)
    kept: str = ""

    def is_swept(self, stmt: Stmt) -> bool:
        """Whether a statement is one of the reverse sweep in the text of a derivative."""
        span: Span | None = getattr(stmt, "span", None) if self.sweep else None
        if self.sweep is None or span is None:
            return False
        return span.file == self.sweep.file and self.sweep.line <= span.line <= self.sweep.end_line


class Fresh:
    """Makes SSA names for one program: `fresh("b", kind)` is "b.7", with hint and kind entered."""

    def __init__(self, kinds: dict[str, Kind], hints: dict[str, str]) -> None:
        self.kinds = kinds
        self.hints = hints
        self.count = len(hints)

    def __call__(self, hint: str, kind: Kind) -> str:
        self.count += 1
        hint = hint.partition(" ")[0]  # names with a blank are hidden: what precedes it says what they are
        name = f"{hint or 't'}.{self.count}"
        self.kinds[name] = kind
        self.hints[name] = hint
        return name


# ---- traversal


# Statements and atoms are asked for their class itself: nothing is derived from one of these, and it is
# done some thousand times for a derivative.
_NESTING = frozenset((If, For, While))  # most statements have no blocks
CALLS = (Let, Do)
LOOPS = (For, While)
DISPLAYS = (Tuple, List, Dict)


def blocks(stmt: Stmt) -> tuple[Block, ...]:
    """The blocks nested directly in a statement, in order of execution."""
    if type(stmt) not in _NESTING:
        return ()
    if isinstance(stmt, If):
        return stmt.then, stmt.orelse
    if isinstance(stmt, For):
        return (stmt.body,)
    return (stmt.head, stmt.body) if isinstance(stmt, While) else ()


def walk(block: Block) -> Iterator[Stmt]:
    """Every statement of a block and of the blocks nested in it, in text order, without recursion."""
    return iter(block if is_straight(block) else _walk(block))


def is_straight(block: Block) -> bool:
    """Whether no statement of a block has blocks of its own."""
    return _NESTING.isdisjoint(map(type, block))


def _walk(block: Block) -> list[Stmt]:
    found: list[Stmt] = []
    stack: list[Iterator[Stmt]] = [iter(block)]
    while stack:
        for stmt in stack[-1]:
            found.append(stmt)
            if type(stmt) in _NESTING:
                parts = blocks(stmt)
                if not all(map(is_straight, parts)):
                    stack.extend([iter(b) for b in reversed(parts)])
                    break
                for part in parts:
                    found += part
        else:
            stack.pop()
    return found


def atom_vars(atom: Atom | Range | None) -> list[str]:
    """Names that an atom reads."""
    if type(atom) is Var:
        return [atom.name]
    if atom is None or type(atom) is Const:
        return []
    parts: tuple[Atom, ...] = ()
    if isinstance(atom, DISPLAYS):
        parts = atom.items
    elif isinstance(atom, Slice):
        parts = atom.lo, atom.hi, atom.step
    elif isinstance(atom, Range):
        parts = atom.start, atom.stop, atom.step
    return [name for part in parts for name in atom_vars(part)]


def call_vars(call: Call) -> list[str]:
    """Names that a call reads."""
    names: list[str] = []
    for atom in call.args:
        if type(atom) is Var:
            names.append(atom.name)
        elif type(atom) is not Const:
            names += atom_vars(atom)
    for _, atom in call.kwargs:
        names += atom_vars(atom)
    return names


def own_atoms(stmt: Stmt) -> Iterator[Atom | Range]:
    """Atoms that a statement itself reads: operands, condition, space, what it carries in, out and round."""
    if isinstance(stmt, CALLS):
        yield from stmt.call.args
        for _, atom in stmt.call.kwargs:
            yield atom
    elif isinstance(stmt, Store):
        yield stmt.base
        if stmt.index is not None:
            yield stmt.index
        yield stmt.value
    elif isinstance(stmt, If):
        yield stmt.cond
        for out in stmt.outs:
            yield out.then
            yield out.orelse
    elif isinstance(stmt, LOOPS):
        yield stmt.space if isinstance(stmt, For) else stmt.cond
        for carry in stmt.carried:
            yield carry.init
            yield carry.next
        if stmt.stop is not None:
            yield stmt.stop
    elif isinstance(stmt, Moves):
        yield from stmt.values
    elif isinstance(stmt, Return):
        yield stmt.value


def uses(stmt: Stmt) -> list[str]:
    """Names that a statement itself reads (not those that its nested blocks read)."""
    if type(stmt) is Let:
        return call_vars(stmt.call)
    return [name for atom in own_atoms(stmt) for name in atom_vars(atom)]


def readers(block: Block) -> dict[str, list[Stmt]]:
    """The statements of a block and of those nested in it that read a name, in order."""
    found: dict[str, list[Stmt]] = {}
    for stmt in walk(block):
        for name in uses(stmt):
            found.setdefault(name, []).append(stmt)
    return found


def defines(stmt: Stmt) -> tuple[str, ...]:
    """Names that are visible after a statement because of it."""
    if type(stmt) is Let:
        return (stmt.name,)
    if isinstance(stmt, If):
        return tuple(out.name for out in stmt.outs)
    if isinstance(stmt, LOOPS):
        return tuple(carry.out for carry in stmt.carried)
    if isinstance(stmt, Moves):
        return stmt.names
    return ()


def inner_names(stmt: Stmt) -> tuple[str, ...]:
    """Names that a loop defines for its own head and body: the target and the carried values."""
    if isinstance(stmt, For):
        return (stmt.target, *(carry.name for carry in stmt.carried))
    if isinstance(stmt, While):
        return tuple(carry.name for carry in stmt.carried)
    return ()
