"""What names mean while a program is lowered: atoms of the IR, and what exists only until the IR is written.

A name of the program means a `Value`: an atom, or a closure, bound method or partial call, one of several
callables that is chosen at run time, a tuple, list or dict whose elements are known one by one (`Group`), or
an object, dict or list that is known by its identity (`Local`). So a callee is always resolved before the IR
is written, however it got there.

    p = Particle(x, v); q = p          p and q mean Local 1, whose cell is Group("object", [x, v], ["x", "v"])
    q.x = x*2                          the cell of Local 1 is Group("object", [t.3, v], ["x", "v"])
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from s2sad.errors import refuse
from s2sad.frontend.source import Source
from s2sad.frontend.standins import Node, Row
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Const, Ref, Var


@dataclass(slots=True)
class Closure:
    """A nested function or lambda; its free names are looked up in `scope` when it is called."""

    node: ast.FunctionDef | ast.Lambda
    scope: Scope
    defaults: list[Value]
    kwdefaults: dict[str, Value]


@dataclass(slots=True)
class Method:
    """A function with its first argument; `cls` where this is one of several classes, as `fn` tells."""

    fn: Value
    self: Value
    cls: type | None = None


@dataclass(slots=True)
class Part:
    """functools.partial of a value."""

    fn: Value
    args: list[Value]
    kwargs: dict[str, Value]


@dataclass(slots=True)
class Choice:
    """One of several known callables; the integer `index` says at run time which."""

    index: Atom
    items: list[Value]


@dataclass(slots=True, eq=False)
class Generator:
    """What a call of a generator function gives; its body is lowered where it is taken from.

    The cell of this `number` holds whether that has begun; `owned` says that it is an object's `__iter__`,
    `again` that it may be taken from several times, as the views of a dict.
    """

    fn: Ref | Closure
    args: list[Value]
    kwargs: dict[str, Value]
    number: int
    owned: bool = False
    again: bool = False


# of a tuple that is displayed: file, line, column, column of its end, how many elements it has
Place = tuple[str, int, int, int, int]


@dataclass(slots=True)
class Group:
    """A tuple, list or dict whose elements are known one by one.

    `cls` is the class of a namedtuple or dataclass that is made here, whose fields are `keys`; `origin` is
    the tuple of the program that has been taken apart (`unfolded`), `places` where tuples are displayed.
    """

    cat: str
    items: list[Value]
    keys: list[Any] = field(default_factory=list)
    cls: type | None = None
    origin: Var | None = None
    places: frozenset[Place] = field(default=frozenset(), compare=False)


@dataclass(slots=True)
class Links:
    """The displays of tuples that are numbered, those that should be, and what functions return."""

    known: dict[Place, type[Node]] = field(default_factory=dict)
    empty: set[Place] = field(default_factory=set)  # displays of () that end such tuples
    wanted: list[frozenset[Place]] = field(default_factory=list)
    results: dict[ast.AST, tuple[frozenset[Place], tuple[type[Row], ...]]] = field(default_factory=dict)
    said: bool = False  # whether the refusal is one of what cannot be done with them
    keys: list[tuple[type[Row], ...]] = field(default_factory=list)  # of dicts with unlike keys that meet

    def learn(self, numbering: Any) -> bool:
        """Number the tuples that are wanted so; whether there are any that were not."""
        learnt = False
        for places in self.wanted:
            for arity in {n for *_, n in places if n}:
                met = frozenset(p for p in places if p[-1] == arity)
                classes = list(dict.fromkeys(self.known[p] for p in met if p in self.known))
                if len(classes) != 1 or not met <= self.known.keys():
                    learnt = True
                    self._unite(met, classes, numbering)
                ends = {p for p in places if not p[-1]} - self.empty
                learnt, self.empty = learnt or bool(ends), self.empty | ends
        for rows in self.keys:
            united = tuple(dict.fromkeys(numbering.families.get(cls, cls) for cls in rows))
            new = [c for c in rows if c not in numbering.families and c not in numbering.attributes]
            learnt = learnt or len(united) > 1 or bool(new)
            for cls in new:
                numbering.add(cls, cls.s2sad_keys)
            if len(united) > 1:
                numbering.unite(united)
        self.wanted.clear()
        self.results.clear()
        self.keys.clear()
        self.said = self.said and not learnt
        return learnt

    def _unite(self, met: frozenset[Place], classes: list[type[Node]], numbering: Any) -> None:
        arity = next(iter(met))[-1]
        for cls in classes:
            met |= cls.s2sad_places
            numbering.attributes.pop(cls, None)
        made = type("Node", (Node,), {"s2sad_arity": arity, "s2sad_places": met})
        self.known.update(dict.fromkeys(met, made))
        numbering.add(made, tuple(map(str, range(arity))))


class Known:
    """What the objects, dicts and lists that are made in the function hold, by their numbers.

    Branches and loops join cells as they join names. `shared` are objects of which the walk no longer knows
    all names: one of two behind a branch, or copied into a list of the program; they cannot be written to.
    `places` are where the dicts are made that can be lowered with computed keys instead (`tables`), and
    `displayed` the same with the keys that they are made with, for those too that have no name any more.
    """

    def __init__(self) -> None:
        self.cells: dict[int, Value] = {}
        self.shared: dict[int, str] = {}
        self.places: dict[int, tuple[str, int, int]] = {}
        self.displayed: dict[tuple[tuple[str, int, int], tuple[Any, ...]], None] = {}
        self.derived: dict[type, type] = {}  # what stands for classes that derive from list or dict
        self.rows: dict[int, tuple[type[Row], ...]] = {}  # of tables: what they would be as rows
        self.makes: dict[type, Value] = {}  # what fills the defaultdicts of a class
        self.count = 0
        self.streams: set[int] = set()  # cells that say whether generators have been taken from

    def new(self, value: Value) -> int:
        """The number of a new cell."""
        self.count += 1
        self.cells[self.count] = value
        return self.count


@dataclass(slots=True, eq=False)
class Local:
    """An object, dict or list that is made in the function, known by its identity.

    Its cell says what it holds. `cls` is the class of an object. `origin` is an argument that is taken apart:
    what the program calls it as long as it holds what it held at first (`first`).
    """

    objects: Known
    number: int
    cat: str
    cls: type | None = None
    origin: Var | None = None
    first: Group | None = None

    @property
    def group(self) -> Group:
        """What it holds now."""
        held = self.objects.cells.get(self.number)
        if isinstance(held, Torn):
            name = repr(held.name) if held.name else f"{'an' if self.cat == 'object' else 'a'} {self.cat}"
            refuse(None, f"{name} {held.why}", held.instead)
        if not isinstance(held, Group):
            refuse(
                None,
                "an object that one path makes is used behind it by one of its methods",
                "make the object before the branch or loop",
            )
        return held


@dataclass(slots=True)
class Mirror:
    """What is known of the attributes that a function sets of objects from outside (see `mirrors`).

    An attribute is known by the identity of its object and its name, in `met` also by whether that comes from
    outside, is an argument, or an element of one, of which only the class is known ("element").

    cells    the numbers of the cells that say what attributes hold
    entries  those that are read before they are set, and what they are of; `found`: whether there are any
    given    the values that attributes are given, or found to have, as they are known right there
    arrays   the names of arrays that attributes hold before the call, and what reads them there
    written  what reads those of them that are written; `alone`: whether these have no other name
    around   what gives outside containers whose arrays may be written
    met      attributes that are read or set, with the classes of their objects
    names    the classes of objects of which attributes are set, with the names of these
    sure     what the text calls arguments that are objects, and objects in attributes of these
    dicts    the identities of `__dict__` of objects that are read as they stand
    opened   arguments that are taken for objects that are made here
    twins    dicts that are made here and stand in an attribute: which that is, and what the text calls them
    standing the names of outside arrays that are written, by their identities, as soon as they are met
    waiting  the same of all that may be
    doubles  the names of copies of outside lists, by the identities of these; `doubled`: the lists by name
    empty    empty dicts of a text that is differentiated again, by what it calls them
    top      the statements of the function that belong to no branch or loop
    inner    whether the function is one that is kept as a function
    lends    whether a derivative that is called here works on copies of what it is given
    seen     whether outside arrays, or containers that may hold some, are met; `lists`: those that are
    """

    cells: dict[tuple[int, str], int] = field(default_factory=dict)
    entries: dict[tuple[int, str], Value] = field(default_factory=dict)
    found: dict[tuple[int, str], bool] = field(default_factory=dict)
    given: list[Value] = field(default_factory=list)
    arrays: dict[str, Callable[[], Any]] = field(default_factory=dict)
    written: list[Callable[[], Any]] = field(default_factory=list)
    around: list[Callable[[], Any]] = field(default_factory=list)
    alone: bool = False
    lends: bool = False
    seen: bool = False
    met: dict[tuple[int, str, str], type] = field(default_factory=dict)
    names: set[tuple[type, str]] = field(default_factory=set)
    sure: set[str] = field(default_factory=set)
    dicts: set[int] = field(default_factory=set)
    opened: list[Local] = field(default_factory=list)
    twins: dict[int, tuple[Value, tuple[int, str], Atom]] = field(default_factory=dict)
    standing: dict[int, Var] = field(default_factory=dict)
    waiting: dict[int, Var] = field(default_factory=dict)
    doubles: dict[int, Any] = field(default_factory=dict)
    lists: dict[int, Any] = field(default_factory=dict)
    doubled: dict[str, tuple[Ref | Var, int]] = field(default_factory=dict)
    empty: dict[str, Local] = field(default_factory=dict)
    top: list[Any] = field(default_factory=list)
    inner: bool = False


@dataclass(slots=True)
class Super:
    """`super()` in a method of a class: what follows the class in the order of the object's classes."""

    after: type
    self: Value
    cls: type


@dataclass(frozen=True, slots=True)
class Torn:
    """What a name holds that is not known: an exception may have come before it was assigned, or after.

    `why` and `instead` are for the message where it is read for another reason; `place` is that of a try
    statement which would leave no doubt if it were taken apart (see `attempts`).
    """

    name: str
    why: str = "may or may not have been assigned when an exception came"
    instead: str = "assign it in the except clause too, or behind the try statement"
    place: tuple[str, int, int] | None = None


Value = Atom | Torn | Closure | Method | Part | Choice | Generator | Group | Local | Super
ABSENT = object()  # what a module holds under a name that it does not define
CALLABLE = (Closure, Method, Part, Choice, Generator)  # what only calls and loops can use


@dataclass(slots=True)
class Scope:
    """The names of one function while it is lowered."""

    source: Source
    env: dict[str, Value]
    locals: frozenset[str]
    parent: Scope | None = None
    fixed: frozenset[str] = frozenset()  # names of lists that are only taken apart
    nesting: int = 0  # branches and loops around the call
    boxed: dict[str, int] = field(default_factory=dict)  # names that nested functions write: their cells
    made: frozenset[str] = frozenset()  # names of `exits` and `attempts`, read on the right paths only
    node: ast.FunctionDef | None = None
    stmt: ast.stmt | None = None  # which is being read


@dataclass(slots=True)
class Merging:
    """Two paths that meet: what cells hold on each, and the objects that are one of two behind them."""

    then: dict[int, Value]
    orelse: dict[int, Value]
    before: int  # cells that are older than the paths have no greater number
    made: dict[tuple[int, int], Local] = field(default_factory=dict)
    cond: Atom | None = None  # what says which path it is, where that is a truth value
    flag: Var | None = None  # a name for it


class Written(Exception):
    """What is known of containers does not do: the function is lowered once more.

    Without a `display`, a dict, dataclass or list that is an argument is written to, so that the arguments
    are to be taken apart; with one, functions or objects are put into the list that is displayed there, so
    that its elements are to be known one by one; `loose` is a display whose elements cannot be known one by
    one, as it is written at a computed place; with a class, its objects are to be numbered, as only the
    program knows which is which, and have attributes of these `names`; those of the classes of a `family`
    are numbered together (see `numbered`). With `attempt`, the place of a try statement, this is taken apart;
    with `trips`, the place of a loop over a short range, each trip is written out; `kept` are containers and
    attributes of outside objects that the program changes (see `histories`), `entries` are those of which it
    reads what they hold before (see `mirrors`); `options` are functions and members of enumerations of which
    an attribute of numbered objects holds one. `single` is an outside list or dict that has no double, as it
    holds too much (see `doubles`), `real` the place of a dict with computed keys that an attribute holds.
    """

    def __init__(
        self,
        display: tuple[str, int, int] | None = None,
        cls: type | None = None,
        names: tuple[str, ...] = (),
        family: tuple[type, ...] = (),
        loose: tuple[str, int, int] | None = None,
        attempt: tuple[str, int, int] | None = None,
        trips: tuple[str, int, int] | None = None,
        kept: dict[tuple[int, str], Any] | None = None,
        options: dict[tuple[type, str], tuple[Any, ...]] | None = None,
        entries: dict[tuple[int, str], Value] | None = None,
        single: int = 0,
        real: tuple[str, int, int] | None = None,
    ) -> None:
        super().__init__()
        self.single = single
        self.real = real
        self.entries = entries or {}
        self.options = options
        self.kept = kept
        self.trips = trips
        self.attempt = attempt
        self.family = family
        self.display = display
        self.loose = loose
        self.cls = cls
        self.names = names


class Assumed(Exception):
    """A parameter that was taken for an array is used as something else."""

    def __init__(self, parameter: str, kind: Kind) -> None:
        super().__init__(parameter)
        self.parameter = parameter
        self.kind = kind


class Unbound(Exception):
    """A name is read that is not bound on this path (yet): loops lower their body once more with a guess.

    `names` are all that are wanted, `name` the first of them.
    """

    def __init__(self, name: str, node: ast.AST, names: Sequence[str] = ()) -> None:
        super().__init__(name)
        self.name = name
        self.node = node
        self.names = tuple(names) or (name,)


class Unsettled(Exception):
    """The result of a function that calls itself is wanted while nothing is known of it."""


class Changed(Exception):
    """A function that calls itself writes a dict that it takes, of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Raised(Exception):
    """A statement certainly raises: in a try statement that catches it, or in the block of a branch."""

    def __init__(self, cls: type, block: list[Any] | None = None) -> None:
        super().__init__(cls.__name__)
        self.cls = cls
        self.block = block


def mentions(value: Value, base: Local) -> int:
    """How often an object is met in a value."""
    if isinstance(value, Group):
        return sum(mentions(item, base) for item in value.items)
    if isinstance(value, Method | Super):
        return mentions(value.self, base)
    if isinstance(value, Choice):
        return sum(mentions(item, base) for item in value.items)
    if isinstance(value, Part | Generator):
        return sum(mentions(item, base) for item in (value.fn, *value.args, *value.kwargs.values()))
    return int(value is base)


def opened(value: Value) -> Value:
    """A value; what it holds now, of an object, dict or list that is made here."""
    return value.group if isinstance(value, Local) else value


def same_value(a: Value, b: Value) -> bool:
    """Whether two values are certainly the same."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, Group) and isinstance(b, Group):
        alike = (a.cat, a.cls, len(a.items)) == (b.cat, b.cls, len(b.items)) and list(a.keys) == list(b.keys)
        return a.cat != "list" and alike and all(map(same_value, a.items, b.items))
    if isinstance(a, Method) and isinstance(b, Method):
        return same_value(a.fn, b.fn) and same_value(a.self, b.self)
    if isinstance(a, Part) and isinstance(b, Part):
        alike = len(a.args) == len(b.args) and list(a.kwargs) == list(b.kwargs) and same_value(a.fn, b.fn)
        pairs = zip([*a.args, *a.kwargs.values()], [*b.args, *b.kwargs.values()], strict=False)
        return alike and all(same_value(p, q) for p, q in pairs)
    if isinstance(a, Closure) and isinstance(b, Closure):
        alike = a.node is b.node and a.scope is b.scope and len(a.defaults) == len(b.defaults)
        return alike and all(map(same_value, a.defaults, b.defaults)) and not (a.kwdefaults or b.kwdefaults)
    if isinstance(a, Choice) and isinstance(b, Choice):
        return a.index == b.index and len(a.items) == len(b.items) and all(map(same_value, a.items, b.items))
    return a == b


def holds_functions(value: Value) -> bool:
    """Whether a value is a callable or an object that is known here, or a container that holds one."""
    if isinstance(value, Local):
        return value.cat != "dict" or any(holds_functions(item) for item in value.group.items)
    if isinstance(value, Group):
        return any(holds_functions(item) for item in value.items)
    return isinstance(value, Closure | Method | Part | Choice | Generator | Super) or (
        isinstance(value, Ref) and (callable(value.obj) or K.kind_of_value(value.obj) == K.OBJECT)
    )


def goes_round(value: Value) -> bool:
    """Whether a value can be handed from trip to trip where only some bind it: it holds no callable."""
    return _is_data(value, ())


def _is_data(value: Value, around: tuple[int, ...]) -> bool:
    if isinstance(value, Local):
        if value.number in around or value.number not in value.objects.cells:
            return False
        return _is_data(value.objects.cells[value.number], (*around, value.number))
    if isinstance(value, Group):
        return all(_is_data(item, around) for item in value.items)
    return not isinstance(value, Torn) and not holds_functions(value)


def described(kind: Kind) -> str:
    """A kind with its article, for messages."""
    said = K.describe(kind)
    return f"an {said}" if said[:1] in "aeiou" else f"a {said}"


def itself(known: Any, name: str) -> Const | Ref:
    """A string or function that is a part of an argument."""
    return Const(known) if isinstance(known, str) else Ref(name, known)


def key_of(key: Any) -> Const | Ref:
    """A key that is known, as a value."""
    if isinstance(key, enum.Enum):
        return Ref(f"{type(key).__name__}.{key.name}", key)
    return Const(key) if isinstance(key, int | float | str | tuple | None.__class__) else Ref("key", key)


def hashable(obj: object) -> bool:
    """Whether an object can be looked up in tables."""
    try:
        hash(obj)
    except TypeError:
        return False
    return True
