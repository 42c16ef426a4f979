"""What lowering carries along: the block being written, the names in scope, and what objects hold.

The values that names mean are those of `values`; what the parts of lowering do for each other stands in
`interface`.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from s2sad.errors import Span, refuse
from s2sad.frontend import histories, maybes, standing, twins
from s2sad.frontend.dependencies import Dependency
from s2sad.frontend.heap import Heap
from s2sad.frontend.interface import Interface
from s2sad.frontend.lengths import NEW, Lengths
from s2sad.frontend.raising import whole
from s2sad.frontend.standins import real
from s2sad.frontend.values import (
    ABSENT,
    CALLABLE,
    Assumed,
    Changed,
    Choice,
    Closure,
    Generator,
    Group,
    Known,
    Local,
    Merging,
    Method,
    Mirror,
    Part,
    Raised,
    Scope,
    Super,
    Torn,
    Unbound,
    Unsettled,
    Value,
    Written,
    described,
    goes_round,
    holds_functions,
    itself,
    key_of,
    mentions,
    opened,
    same_value,
)
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    Dict,
    Do,
    Fresh,
    Let,
    List,
    Ref,
    Slice,
    Stmt,
    Tuple,
    Undef,
    Var,
)
from s2sad.rules.advice import remedy

if TYPE_CHECKING:
    from s2sad.frontend.outline import Outline


class State(Interface):
    """The base of the lowering classes: emission, kinds, names, refusals."""

    options: dict[tuple[type, str], tuple[Value, ...]] = {}  # noqa: RUF012 - functions of which each holds one
    arguments: dict[str, Any] = {}  # noqa: RUF012 - those that are objects, or hold some
    lent: frozenset[tuple[type, str]] = frozenset()  # lists of numbered objects that a caller has passed
    hidden_mark = ""  # of the names that the last loop over pairs was given
    called: ast.AST | None = None  # what is called where it stands
    taker: Callable[[Value], None] | None = None  # what is done with what a generator yields
    listed_tuples = False  # some lists of the program are tuples of unknown length
    older: K.Length = 0  # lengths that are not newer were known before the innermost loop
    closed: K.Length = 0  # the same, of the loop that was lowered last
    lasting: K.Length | None = None  # those that are not newer hold throughout: a function that runs once
    attempts: frozenset[tuple[str, int, int]] = frozenset()  # try statements that are taken apart
    trips: frozenset[tuple[str, int, int]] = frozenset()  # loops that are written out as their bodies need it
    remedy: Written | None = None  # what may help if the function is refused, as a loop of it has been
    unrolled = 0  # calls of functions by themselves that are written out
    in_leaf = False  # whether the last of them has nothing that says when it ends
    unrolled_at = 0  # and how many branches and loops were open around the first
    apart = False  # whether arguments that are dicts or dataclasses are taken apart
    opened = doubled = False  # and those that are objects too; whether outside lists have doubles
    single, real = frozenset[int](), frozenset[tuple[str, int, int]]()  # those without; tables in attributes
    given: frozenset[str] = frozenset()  # the numbers of such as may be one object that is given twice
    quiet = False  # whether the program silences NumPy's warnings
    facts: maybes.Facts  # which flags hold where conditions do, or do not (see `maybes`)
    widened = sys.maxsize  # the oldest list whose element kind changed in this pass over a loop
    way: list[Stmt] | None = None  # the block of the innermost branch that is being lowered
    eithers = False  # whether names are lists on one path and arrays on another (see `eithers`)
    shadowed = False  # whether lists have shadows of their own (`cotangents`)
    # the clauses that catch what is raised here, and in the function that is called next (see `catching`)
    catcher: Any = None
    opening: Any = None

    def __init__(self) -> None:
        self.kinds, self.facts = dict[str, Kind](), dict[tuple[str, bool], frozenset[str]]()
        self.hints: dict[str, str] = {}
        self.fresh = Fresh(self.kinds, self.hints)
        self.lengths, self.heap = Lengths(self.kinds), Heap(self.kinds)
        self.block: list[Stmt] = []
        self.objects = Known()
        self.merging: Merging | None = None  # the paths that meet here
        # displays whose elements are known one by one, and those of which they are not
        self.known_lists, self.loose_lists = set[tuple[str, int, int]](), set[tuple[str, int, int]]()
        # classes whose objects are numbered: attributes; those that are so together: what stands for them
        self.numbered, self.families = dict[type, tuple[str, ...]](), dict[type, type]()
        self.narrowed: dict[str, type] = {}  # names of one of these, where the class is known
        # the lists of their attributes; functions that all objects of a class hold
        self.fields, self.common = dict[tuple[type, str], Var](), dict[tuple[type, str], Value]()
        self.displays: dict[str, tuple[str, int, int]] = {}  # where lists of the program are displayed
        self.present: set[tuple[int, Value]] = set()  # computed keys that dicts are known to have
        # random generators that are made here; how strings that are made at run time begin and end
        self.generators, self.spelled = dict[str, type](), dict[str, tuple[str, str]]()
        self.class_scopes: dict[str, Scope] = {}  # around classes that are defined inside, by their files
        self.scope: Scope = None  # type: ignore[assignment]  # set before anything is lowered
        self.frames, self.callers = list[object](), list[Scope]()  # the functions that are being lowered
        self.at: Span | None = None  # the call of a function that stands in for one of a library
        self.live, self.dependencies = dict[str, Any](), dict[tuple[int, str], Dependency]()
        # what counts trips that can be written out; values made under no_grad or by stop_gradient
        self.short, self.frozen = dict[str, tuple[str, int, int]](), set[str]()
        # open no_grad blocks, branches and loops, loops; how many names there were before the innermost
        self.const_depth, self.nesting, self.loops, self.loop_start = 0, 0, 0, 0
        self.open_loops: list[tuple[Scope, set[str], dict[str, Any]]] = []  # innermost last
        self.trail = [0]  # which loop this is of those in its pass over the loop around it, and so on
        self.heads: dict[tuple[int, ...], Any] = {}  # what loops came to in the last pass, by trail
        # derivatives that are made inside, by what they were made of; functions that are called, by signature
        self.transforms, self.callees = dict[Any, Any](), dict[Any, Any]()
        self.outline: Outline | None = None  # which these are besides those that call themselves
        self.guessed = dict[str, str]()  # parameters whose kind is a guess, by SSA name
        # results of calls that cannot be seen, of which nothing is known; constants of such, perhaps complex
        self.unseen, self.doubtful, self.makers = set[str](), set[str](), dict[str, Ref]()
        # values of types that are not differentiated; sparse matrices made here, whether `*` multiplies; out=
        self.foreign, self.sparse, self.joins_into = dict[str, str](), dict[str, bool](), dict[str, Atom]()
        self.wholes: dict[str, dict[str, tuple[Value, Value]]] = {}  # the same, by a flag that is true there
        self.lefts: dict[str, dict[str, Const]] = {}  # what is constant where such a flag is false
        # outside things that are changed, values of these, and containers by what is read from them
        self.kept, self.mirror = dict[tuple[int, str], tuple[int, Any]](), Mirror()
        self.outside, self.reached = dict[str, histories.Outside](), dict[str, Any]()
        self.errors, self.errors_read = set[str](), False  # exceptions that are caught, and looked into
        # see `histories.check`: what is outside, by its number, and a key in it
        # and, by what takes its place, what is augmented of which nobody knows what it is (`renewed`)
        # (`added`: elements that are augmented in place; `put`: containers that are given, with that place)
        self.rewritten, self.renewed, self.added = dict[Any, Any](), dict[str, Any](), dict[Any, Any]()
        self.shown, self.moved, self.changed = set[tuple[int, str]](), set[int](), dict[Any, Any]()
        self.set_items, self.put = dict[str, Kind](), list[Any]()  # kinds of sets' elements
        # what the open try statements catch, and statements in them that raise nothing
        self.trying, self.sure = list[tuple[type, ...]](), set[Stmt]()
        self.following = set[int]()  # cells that are written where no other exception can come
        self.written_at: list[tuple[int, int]] = []  # blocks, and their length when an object was written
        # names that the last try statement bound where nothing was raised: what stands for each, its value
        self.whole: dict[str, tuple[Value, Value]] = {}
        self.texts: dict[type, tuple[Value, list[Scope]]] = {}  # of functions in lists (see `packed`)

    def settle(self, atom: Value, kind: Kind) -> None:
        """Say that a guessed parameter is of another kind; starts over."""
        if isinstance(atom, Var) and atom.name in self.guessed:
            raise Assumed(self.guessed[atom.name], kind)

    # -------------------------------------------------------------------------------------------- emission

    def emit(self, call: Call, kind: Kind, node: ast.AST | None = None, hint: str = "") -> Var:
        """Append `name = call` to the block."""
        name = self.fresh(hint, kind)
        self.heap.made(name, call)
        if kind.cat in ("int", "tuple"):
            self.lengths.note(name, call)
        elif call.fun in NEW:
            self.lengths.note_new(name, call)
        self.block.append(Let(name, call, self.span(node)))
        if self.const_depth and call.fun != "held":  # what is changed there stands outside itself
            self.frozen.add(name)
        if kind.cls is not None and kind.cat == "object":
            self.live[name] = kind.cls.s2sad_sample  # type: ignore[attr-defined]
        if self.unseen and call.fun != "plain":
            self.doubt(name, kind, call.args)
        return Var(name)

    def doubt(self, name: str, kind: Kind, sources: tuple[Atom, ...]) -> None:
        """Note a constant that is made of results of unseen calls and may be complex, as they may."""
        if kind.sort or kind.cat not in ("num", "array", "object"):
            return
        parts = [p for a in sources for p in (a.items if isinstance(a, Tuple | List) else (a,))]
        names = {p.name for p in parts if isinstance(p, Var)}
        unseen = names & (self.unseen | self.doubtful)
        others = [self.kinds[n] for n in names - unseen]
        if unseen and all(k.is_number and not K.carries(k) for k in others):
            self.doubtful.add(name)

    def doubt_choice(self, name: str, kind: Kind, *options: Atom) -> None:
        """Note what is one of several values, each of which may be complex."""
        for atom in options if self.unseen else ():
            self.doubt(name, kind, (atom,))

    def do(self, call: Call, node: ast.AST | None = None) -> None:
        """Append a call for its effect."""
        self.block.append(Do(call, self.span(node)))

    def span(self, node: ast.AST | None) -> Span | None:
        """Where a node stands in the user's file; what stands in for a library, where it is called."""
        if self.at is not None:
            return self.at
        return None if node is None or not hasattr(node, "lineno") else self.scope.source.span(node)

    def place(self, node: ast.AST | None) -> tuple[str, int, int]:
        """Where a node stands in the user's files."""
        return self.scope.source.file, getattr(node, "lineno", 0), getattr(node, "col_offset", 0)

    @property
    def active_scopes(self) -> list[Scope]:
        """The scopes of functions that have not returned."""
        return [self.scope, *self.callers]

    def refuse(self, node: ast.AST | None, what: str, instead: str) -> NoReturn:
        """Raise UnsupportedError at a node of the user's source."""
        refuse(self.span(node) or self.scope.source.span(self.scope.source.node), what, instead)

    def refuse_span(self, span: Span | None, what: str, instead: str) -> NoReturn:
        """Raise UnsupportedError at a place of the user's source."""
        refuse(span or self.scope.source.span(self.scope.source.node), what, instead)

    @contextlib.contextmanager
    def standing(self, node: ast.AST | None) -> Iterator[None]:
        """Within it statements stand where a function of a library is called, but those of the user's own."""
        outer, self.at = self.at, self.at or self.span(node)
        try:
            yield
        finally:
            self.at = outer

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Within it an operation of a container is lowered: it is done, or raises before it writes."""
        block, start = self.block, len(self.block)
        yield
        if self.trying and self.block is block:
            self.sure.update(whole(block[start:]))

    def fails(self, cls: type, argument: Any, node: ast.AST) -> None:
        """Note that an exception certainly comes here; goes on if no try or branch statement can hold it."""
        on_path = self.block is self.way
        if not on_path and not any(issubclass(cls, c) for classes in self.trying for c in classes):
            return
        made = self.emit(Call("call", (Ref(cls.__name__, cls), Const(argument))), K.OBJECT, node)
        self.block[-1:] = [self.block[-1], Do(Call("raise", (made,)), self.span(node))]
        raise Raised(cls, self.block if on_path else None)

    def refuse_write(self, base: Ref, node: ast.AST) -> NoReturn:
        """Refuse a store into something that comes from outside of the function."""
        standing.refuse_write(self, base, node)

    # ----------------------------------------------------------------------------------------------- kinds

    def kind(self, value: Value) -> Kind:
        """What is known of a value."""
        if isinstance(value, Var):
            return self.kinds[value.name]
        if isinstance(value, Const):
            return K.kind_of_value(value.value)
        if isinstance(value, Ref):
            return K.OBJECT if callable(value.obj) else K.kind_of_value(value.obj)
        if isinstance(value, Slice):
            return Kind("slice")
        if isinstance(value, Tuple | List | Dict):
            items = tuple(self.kind(item) for item in value.items)
            if isinstance(value, Dict):
                return Kind("dict", items=items, keys=tuple(k.value for k in value.keys))
            return Kind("tuple" if isinstance(value, Tuple) else "list", items=items)
        if isinstance(value, Local) and value.cls is not None:
            return replace(K.OBJECT, cls=value.cls)
        if isinstance(value, Local):
            value = value.group
        if isinstance(value, Group) and value.cat == maybes.EITHER:
            return K.OBJECT
        if isinstance(value, Group):
            items = tuple(self.kind(item) for item in value.items)
            return Kind(value.cat, items=items, keys=tuple(value.keys), cls=value.cls)
        return K.OBJECT

    def atom(self, value: Value, node: ast.AST | None = None) -> Atom:
        """The value as an operand of the IR."""
        if isinstance(value, Local):
            if (held := self._elsewhere(value, node)) is not None:
                return held
            self.objects.shared.setdefault(value.number, "has been put into a list or passed on as a whole")
            value = value.group
        if isinstance(value, Group) and value.origin is not None:
            return value.origin
        if isinstance(value, Group) and value.cat in (maybes.MAYBE, maybes.EITHER):
            return maybes.whole(self, value, node) if value.cat == maybes.MAYBE else self.either(value, node)
        if isinstance(value, Group):
            whole = real(value.cls)
            if whole is not None:
                what = f"a {whole.__name__} with computed keys or elements is used as a whole"
                self.refuse(node, what, "use its keys, values or elements")
            if value.cls is not None:
                self.want_numbers(value.cls)
                self.refuse(
                    node,
                    f"a {value.cls.__name__} that is made here is used as a whole",
                    "use its fields, or make a tuple of them",
                )
            items = tuple(self.atom(item, node) for item in value.items)
            if value.cat == "dict":
                return Dict(tuple(key_of(k) for k in value.keys), items)  # type: ignore[misc]
            return Tuple(items) if value.cat == "tuple" else List(items)
        if isinstance(value, Generator):
            return self.atom(self.unseen_generator(value, node), node)
        if isinstance(value, Torn):
            if value.place is not None and value.place not in self.attempts:
                raise Written(attempt=value.place)
            self.refuse(node, f"{value.name!r} {value.why}", value.instead)
        if isinstance(value, Closure | Method | Part | Choice | Super):
            self._refuse_as_value(value, node)
        return value

    def _elsewhere(self, value: Local, node: ast.AST | None) -> Atom | None:
        """An argument that is taken apart and not changed, or an outside dict, as the operand that it is."""
        if value.origin is not None and value.group is value.first:
            return value.origin
        return twins.outside(self, value, node) if value.number in self.mirror.twins else None

    def _refuse_as_value(self, value: Value, node: ast.AST | None) -> NoReturn:
        """Say that a function, or an attribute of what is not known, is no value of the program."""
        if isinstance(value, Method) and value.fn == Const(".flat"):
            self.refuse(node, "x.flat is used as a whole", "use x.ravel()")
        if isinstance(value, Method) and isinstance(value.fn, Const) and isinstance(value.self, Var):
            whose = self.hints.get(value.self.name) or "a value"
            if self.kind(value.self) == K.OBJECT:  # of a caught exception, say
                what = f"what {whose}{value.fn.value} is, is not known"
                self.refuse(node, what, f"give it a name of its own where {whose} is made")
        self.refuse(
            node,
            "a function that is made here is used as a value",
            "call it directly or pass it to a function whose source can be read",
        )

    def alias(self, name: str, value: str) -> None:
        """Note that what is known of a value beside its kind holds for another name."""
        tables: tuple[dict[str, Any], ...] = (self.live, self.foreign, self.sparse)
        for table in tables:
            if value in table:
                table[name] = table[value]

    def refuse_call(self, fn: Value, node: ast.AST) -> NoReturn:
        """Say that what is called is not known, and what made it where that is."""
        maker = self.makers.get(fn.name) if isinstance(fn, Var) else None
        what = "the function that is called here is not known before the call"
        if maker is not None:
            what = f"what {maker.text} makes is called here, which has no rule"
        advice = "" if maker is None else remedy(maker.obj)
        self.refuse(node, what, advice or "call a function by name, or pass it as an argument")

    def row_keys_of(self, value: Value) -> tuple[str, ...]:
        """The keys of a dict that is numbered; () of everything else."""
        kind = self.kinds[value.name] if isinstance(value, Var) else K.OBJECT
        keys: tuple[str, ...] = getattr(kind.cls, "s2sad_keys", ()) if kind.cat == "int" else ()
        return keys

    def stands_in(self, value: Value) -> type | None:
        """The class of `standins` that a value is of."""
        cls = self.class_of(value) if isinstance(value, Local | Var) else None
        return cls if real(cls) is not None else None

    def variable(self, value: Value, node: ast.AST | None = None, hint: str = "") -> Atom:
        """The value as one operand: displays are materialised."""
        if isinstance(value, Group) and value.cat == "list":
            items = tuple(self.element(i, node) for i in value.items)
            return self.emit(Call("list", items), self._kind_of_list(items), node, hint)
        atom = self.atom(value, node)
        if not isinstance(atom, Tuple | List | Dict):
            return atom
        kind = self.kind(atom)
        if isinstance(atom, Dict):
            return self.emit(Call("dict", atom.items, (("keys", Tuple(atom.keys)),)), kind, node, hint)
        items = tuple(self.variable(i, node) if isinstance(i, Tuple | List | Dict) else i for i in atom.items)
        if isinstance(atom, Tuple):
            return self.emit(Call("tuple", items), kind, node, hint)
        return self.emit(Call("list", items), self._kind_of_list(items), node, hint)

    def _kind_of_list(self, items: tuple[Atom, ...]) -> Kind:
        kinds = list(dict.fromkeys(map(self.kind, items)))
        if len(kinds) > 1 and all(k.cat == "dict" for k in kinds):
            return K.list_of(K.OBJECT)  # records of unlike lengths are looked at one by one
        return K.list_of(self.kind_of_elements(*kinds) if kinds else None)

    def kind_of_elements(self, *kinds: Kind) -> Kind:
        """The kind of the elements of a list from the kinds of some."""
        mark = self.lasting
        if mark is None:
            return K.anonymous(functools.reduce(K.join, kinds))
        return functools.reduce(K.join, (K.common(kind, mark) for kind in kinds))

    def element(self, value: Value, node: ast.AST | None = None) -> Atom:
        """The value as an element of a list: of objects, namedtuples and dicts the tuple of their fields."""
        held = opened(value)
        if isinstance(held, Group) and held.origin is not None:
            return held.origin
        if (function := self.packed(value, node)) is not None:
            return function
        if not isinstance(held, Group) or (held.cat != "dict" and held.cls is None) or not held.items:
            return self.variable(value, node)
        if isinstance(value, Local):
            if value.cls is not None and any(holds_functions(i) for i in held.items):
                self.want_numbers(value.cls)
            self.objects.shared.setdefault(value.number, "has been put into a list")
            place = self.objects.places.get(value.number)
            if place is not None:
                self.objects.displayed[place, tuple(held.keys)] = None
        items = tuple(self.element(i, node) for i in held.items)
        kinds = tuple(self.kind(i) for i in items)
        names, keys = ("", tuple(held.keys)) if held.cat == "dict" else (",".join(held.keys), ())
        kind = Kind("tuple", names, items=kinds, keys=keys, cls=held.cls or dict)
        return self.emit(Call("tuple", items), kind, node)

    # ----------------------------------------------------------------------------------------------- names

    def bound(self, name: str) -> tuple[Scope, Value | None]:
        """What this function or one around it binds a name to, and in which; None for a name from outside."""
        scope: Scope = self.scope
        while True:
            if name in scope.boxed:
                return scope, self.objects.cells.get(scope.boxed[name], Undef())
            if name in scope.env:
                return scope, scope.env[name]
            if name in scope.locals:
                return scope, Undef()
            if scope.parent is None or (name == "__class__" and name in scope.source.cells):
                return scope, None
            scope = scope.parent

    def lookup(self, name: str, node: ast.AST) -> Value:
        """What a name means here: local, enclosing function, cell, global, builtin."""
        scope, held = self.bound(name)
        if held is not None:
            return held
        source = scope.source
        if name in source.cells:
            cell = source.cells[name]
            try:
                obj = cell.cell_contents
            except ValueError:  # not filled yet
                return Undef()
            self.depend(("cell", id(cell)), lambda: cell.cell_contents, obj, name)
            return self.live_value(name, obj, node)
        if name in source.globals:
            table = source.globals
            self.depend((str(id(table)), id(table)), lambda: table.get(name), table[name], name)
            return self.live_value(name, table[name], node)
        if hasattr(builtins, name):
            table = source.globals
            self.depend((str(id(table)), id(table)), lambda: table.get(name, ABSENT), ABSENT, name)
            return self.live_value(name, getattr(builtins, name))
        self.refuse(node, f"the name {name!r} is not defined", "define it, or import it, before the call")

    def peeked(self, node: ast.expr) -> Value | None:
        """What a name means, or an attribute of one, for a look at what is called.

        None for what has to be computed: `rows.pop().items` takes a row out each time that it is lowered.
        """
        inner = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        return self.expr(node) if isinstance(inner, ast.Name) else None

    def bind(self, name: str, value: Value) -> None:
        """Let a name mean a value, in the function that owns the name."""
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.boxed:
                self.objects.cells[scope.boxed[name]] = value
                self.written_at.append((id(self.block), len(self.block)))
                return
            if name in scope.locals or (scope is self.scope and name in scope.env):
                break
            scope = scope.parent
        self.scope.env[name] = value

    def made(self, cat: str, items: list[Value], keys: list[Any], cls: type | None = None) -> Local:
        """A new object, dict or list."""
        return Local(self.objects, self.objects.new(Group(cat, items, keys, cls)), cat, cls)

    def references(self, base: Local) -> int:
        """By how many names and attributes an object can be met."""
        found = 0
        scopes: dict[int, Scope] = {}
        for known in (self.scope, *self.callers):
            scope: Scope | None = known
            while scope is not None and id(scope) not in scopes:
                scopes[id(scope)] = scope
                scope = scope.parent
        for scope in scopes.values():
            found += sum(mentions(value, base) for value in scope.env.values())
        return found + sum(mentions(value, base) for value in self.objects.cells.values())

    def hold(self, base: Local, items: list[Value], keys: list[Any], node: ast.AST) -> None:
        """Let an object, dict or list hold something else from here on."""
        if base.number in self.objects.shared:
            if base.cat == "dict":
                self.want_row(base, tuple(keys), tuple(base.group.keys))
            if base.cls is not None:
                self.want_numbers(base.cls, tuple(base.group.keys))
            said = f"a {base.cls.__name__}" if base.cls is not None else f"a {base.cat}"
            self.refuse(
                node,
                f"{said} is written that {self.objects.shared[base.number]}",
                "write it before that, or make a new one",
            )
        histories.put(self, base, items, keys, node)
        self.objects.cells[base.number] = Group(base.cat, items, keys, base.cls)
        self.written_at.append((id(self.block), len(self.block)))

    def want_numbers(self, cls: type, names: tuple[str, ...] = ()) -> None:
        """Lower once more with objects of a class numbered, if they are not; they have these attributes."""
        if cls not in self.numbered and cls not in self.families and real(cls) is None:
            if not issubclass(cls, tuple):
                raise Written(cls=cls, names=names)

    def hold_item(self, base: Local, key: Any, value: Value, node: ast.AST) -> None:
        """Give an attribute or key another value."""
        if isinstance(value, Var) and isinstance(key, str) and key.isidentifier():
            shown = key.lstrip("_") if real(base.cls) is not None else key
            self.hints[value.name] = self.hints.get(value.name) or shown
        held = dict(zip(base.group.keys, base.group.items, strict=True))
        held[key] = value
        self.hold(base, list(held.values()), list(held), node)

    def depend(
        self, where: tuple[str, int], read: Callable[[], Any], obj: Any, name: str, same: bool = False
    ) -> None:
        """Remember that the text relies on what a name means now."""
        self.dependencies.setdefault((where[1], f"{where[0]}.{name}"), Dependency(read, obj, name, same))

    def left_before(self, kind: Kind) -> Kind:
        """What an earlier trip of the loop that has been lowered last left where the last one left `kind`."""
        lasting = kind.shape is None or all(K.is_older(n, self.closed) for n in kind.shape)
        return kind if lasting else K.anonymous(kind)

    def live_value(self, text: str, obj: Any, node: ast.AST | None = None) -> Value:
        """A live object as a value."""
        if obj is None or obj is Ellipsis or isinstance(obj, bool | str):
            return Const(obj)
        standing.note(self, obj)
        if self.kept and (id(obj), "") in self.kept:
            return standing.known(self, Ref(text, obj), node)
        return Ref(text, obj)


__all__ = [
    "ABSENT",
    "CALLABLE",
    "Assumed",
    "Changed",
    "Choice",
    "Closure",
    "Dependency",
    "Generator",
    "Group",
    "Known",
    "Local",
    "Merging",
    "Method",
    "Part",
    "Raised",
    "Scope",
    "State",
    "Super",
    "Torn",
    "Unbound",
    "Unsettled",
    "Value",
    "Written",
    "described",
    "goes_round",
    "holds_functions",
    "itself",
    "key_of",
    "mentions",
    "opened",
    "same_value",
]
