"""Lowering: a Python function and the kinds of its arguments become a Program.

Accepts the `ast` of a function whose exits stand in tail position (`exits.normalise`). Guarantees a program
in the form of `ir.nodes`: every callee that has source is inlined, every other call is a rule or opaque,
every value has a kind, and each `y *= 2` is a Store where y is an array and a definition where it is a
number. The walk is an abstract interpretation: what the kinds decide (isinstance, `is None`, rank) is
decided here, once for each signature.

    def f(x):                         params x.1 (1-D array)
        y = x                         (no trace)
        y *= 2                        Store(x.1, None, 2, "mul")
        return np.sum(x*y)            t.2 = mul(x.1, x.1); t.3 = np.sum(t.2); Return(t.3)
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from s2sad.errors import Refusal, Span, UnsupportedError
from s2sad.frontend import doubles, eithers, exits, histories, links, mirrors, renewed, standing
from s2sad.frontend.attempts import taken_apart
from s2sad.frontend.branches import Branches
from s2sad.frontend.calls import Calls
from s2sad.frontend.chains import shortened
from s2sad.frontend.comprehensions import Comprehensions
from s2sad.frontend.dependencies import Dependency
from s2sad.frontend.derivatives import Derivatives
from s2sad.frontend.expressions import Expressions
from s2sad.frontend.guarded import Guarded
from s2sad.frontend.iterables import Iterables
from s2sad.frontend.loops import assigned_names
from s2sad.frontend.matching import Matching
from s2sad.frontend.methods import Methods
from s2sad.frontend.numbered import Lent, Numbering, begin, refuse_as_number
from s2sad.frontend.opening import apart, has_objects, is_changed, opened_arguments
from s2sad.frontend.outline import Outline
from s2sad.frontend.packed import Packing
from s2sad.frontend.parts import Parts
from s2sad.frontend.results import in_parts, is_tuple, laid_out
from s2sad.frontend.sequences import Sequences
from s2sad.frontend.source import Source, deep
from s2sad.frontend.state import Changed, Group, Local, Part, Scope, Unbound, Unsettled, Value, Written
from s2sad.frontend.statements import Statements
from s2sad.frontend.tables import Tables
from s2sad.frontend.trees import sorts
from s2sad.frontend.usage import boxed_names, fixed_lists, starred_lists
from s2sad.frontend.values import Links
from s2sad.ir import kinds as K
from s2sad.ir.forms import Form
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import NONE, Atom, Call, Program, Ref, Return, Stmt, Tuple, Undef, Var
from s2sad.ir.prune import prune, unchanged
from s2sad.ir.rewrite import in_atom, substitute
from s2sad.rules import registry


@dataclass(frozen=True, slots=True)
class _Body:
    """What a function's tree tells: statements in normal form, the names that they bind, those of them that
    the normal form has made, fixed lists, and names that nested functions write.
    """

    statements: list[ast.stmt]
    names: frozenset[str]
    made: frozenset[str]
    fixed: frozenset[str]
    boxed: frozenset[str]


@functools.lru_cache(maxsize=512)
def _read(node: ast.FunctionDef, apart: frozenset[tuple[int, int]] = frozenset()) -> _Body:
    found, none = sorts(node), frozenset[str]()
    whole = taken_apart(node, apart) if apart or ast.Try in found else node
    body = exits.normalise(whole).body
    body = shortened(body) if ast.If in found else body
    boxed, elsewhere = boxed_names(node) if ast.Nonlocal in found else (none, none)
    fixed = fixed_lists(node) | starred_lists(node) if {ast.List, ast.Starred} & found else none
    old = set(map(id, node.body))
    own = frozenset(assigned_names(node.body))
    made = assigned_names([s for s in body if id(s) not in old]) - own
    return _Body(body, (own | made) - elsewhere, frozenset(made), fixed, boxed)


@dataclass(slots=True)
class Lowered:
    """A lowered function.

    arguments     what each parameter of the function stands for: its SSA name, or None for a static one
    frozen        values made under no_grad or by stop_gradient: constants
    dependencies  the name resolutions that the program relies on
    quiet         whether the function silences NumPy's warnings (np.errstate), as its derivative then does
    callees       the functions that are kept as functions
    form          what the parts of the result make up, where it has parts
    stops         whether the text says what is constant, since it is differentiated again
    strided       parameters whose arrays are not contiguous: sums of compact copies round otherwise
    changed       parameters that are objects, dicts or lists and hold something else at the end
    met           attributes of outside objects that the text reads as if they stayed as they are
    standing      what gives the outside arrays that are written; `alone`: they have no other known names
    closed        outside containers that are changed, by identity, if nothing is read of any
    lends         whether a derivative that is called inside works on copies of what it is given
    """

    program: Program
    arguments: dict[str, str | None]
    result: Atom
    frozen: frozenset[str]
    dependencies: list[Dependency]
    span: Span
    live: dict[str, Any] = field(default_factory=dict)
    quiet: bool = False
    strided: frozenset[str] = frozenset()
    callees: tuple[Any, ...] = ()
    form: Form | None = None
    stops: bool = False
    changed: tuple[str, ...] = ()
    met: dict[tuple[int, str], type] = field(default_factory=dict)
    standing: tuple[Any, ...] = ()
    alone: bool = False
    closed: dict[int, Any] = field(default_factory=dict)
    lends: bool = False


def _has_lists(kind: Kind) -> bool:
    """Whether a value is or holds a list of the program."""
    return kind.cat == "list" or any(_has_lists(i) for i in kind.items or ())


def _has_records(kind: Kind) -> bool:
    """Whether a list or tuple holds what the program keeps as a tuple of fields."""
    return kind.cat in ("list", "tuple") and any(
        (i.cat == "tuple" and i.cls not in (None, list)) or _has_records(i) for i in kind.items or ()
    )


class Lowering(
    Expressions,
    Parts,
    Sequences,
    Calls,
    Derivatives,
    Methods,
    Packing,
    Matching,
    Iterables,
    Comprehensions,
    Branches,
    Guarded,
    Statements,
    Tables,
):
    """One walk over one function and all that is inlined into it."""

    itself: tuple[str, ...] | None = None  # the dicts that it takes and writes, if it calls itself
    new: frozenset[str] = frozenset()  # the lists that only a call of the function itself holds
    passed_in: dict[str, Value] = {}  # noqa: RUF012 - what its parameters are then

    def statements(self, body: list[ast.stmt]) -> None:
        """Lower a block; in the function itself all its refusals are collected."""
        if len(self.frames) == 1 and self.loops == 0:
            self._collecting(body)
            return
        for stmt in body:
            self._statement(stmt)

    def _statement(self, stmt: ast.stmt) -> None:
        name = type(stmt).__name__
        method: Callable[[Any], None] | None = getattr(self, "_" + name.lower(), None)
        if method is None or isinstance(stmt, ast.Return):
            self.refuse(
                stmt,
                f"the statement {name} is not supported",
                "write it with loops, branches and assignments",
            )
        if self.eithers and eithers.split(self, stmt, lambda: self._statement(stmt)):
            return
        self.finished(stmt)
        scope, outer = self.scope, self.scope.stmt
        scope.stmt = stmt
        try:
            method(stmt)
        except Unsettled:
            if not isinstance(stmt, ast.For | ast.While):
                raise  # a loop is taken for one without a trip
        except UnsupportedError as error:
            if all(refusal.span is not None for refusal in error.refusals):
                raise
            placed = [r if r.span is not None else replace(r, span=self.span(stmt)) for r in error.refusals]
            raise UnsupportedError(placed) from None
        finally:
            scope.stmt = outer

    def _collecting(self, body: list[ast.stmt]) -> None:
        """Lower a block as far as possible, without what depends on a refused statement."""
        refusals: list[Refusal] = []
        missing: set[str] = set()
        for stmt in body:
            if missing and any(isinstance(n, ast.Name) and n.id in missing for n in ast.walk(stmt)):
                missing |= assigned_names([stmt])
                continue
            block, env, scope = self.block, self.scope.env, self.scope
            frames, callers = len(self.frames), len(self.callers)
            try:
                self._statement(stmt)
            except UnsupportedError as error:
                refusals += error.refusals
                self.block, self.scope, self.scope.env = block, scope, env
                del self.frames[frames:], self.callers[callers:]
                missing |= assigned_names([stmt])
            except Unbound:
                if not refusals:
                    raise
        if refusals:
            raise UnsupportedError(refusals)

    def function_scope(self, source: Source, node: Any, env: dict[str, Value], parent: Scope | None) -> Scope:
        """A scope for a function's body."""
        if isinstance(node, ast.Lambda):
            return Scope(source, dict(env), frozenset(env), parent, nesting=self.nesting)
        body = _read(node, self._apart_in(source))
        own = body.names.union(env)
        boxed = {n: self.objects.new(env.get(n, Undef())) for n in sorted(body.boxed & own)}
        kept = {n: v for n, v in env.items() if n not in boxed}
        return Scope(source, kept, own, parent, body.fixed, self.nesting, boxed, body.made, node)

    def function_body(self, node: ast.FunctionDef) -> Value:
        """Lower a body; the value that it returns."""
        body = _read(node, self._apart_in(self.scope.source)).statements
        last = body[-1] if body and isinstance(body[-1], ast.Return) else None
        self.statements(body[:-1] if last is not None else body)
        result = None if last is None or self.has_failed() else last.value
        value = NONE if result is None else eithers.value(self, result)
        return self._of_caller(value, node) if self.new else value

    def assign(self, target: ast.expr, value: Value, stmt: ast.AST) -> None:
        """Bind or store a value; what one of several paths returns may hold the caller's lists."""
        if self.new and isinstance(target, ast.Name) and target.id in self.scope.made:
            value = self._of_caller(value, stmt)
        super().assign(target, value, stmt)

    def _of_caller(self, value: Value, node: ast.AST) -> Value:
        """A result with copies of the lists that only the call of this function holds."""
        if len(self.frames) > 1:
            return value
        if isinstance(value, Group):
            return replace(value, items=[self._of_caller(item, node) for item in value.items])
        if not isinstance(value, Var) or value.name not in self.new:
            return value
        return self.emit(Call("list", (value,), (), "list"), self.kind(value), node)

    def _apart_in(self, source: Source) -> frozenset[tuple[int, int]]:
        """The places of the try statements of a file that are taken apart."""
        return frozenset((line, column) for file, line, column in self.attempts if file == source.file)

    def _ruled(self, source: Source) -> Value:
        """The call of the function itself, which has a user's rule."""
        spec = source.node.args
        if spec.vararg or spec.kwarg:
            self.refuse(None, "a function with star arguments has a rule", "call it in another function")
        env = self.scope.env
        args = [env[a.arg] for a in spec.posonlyargs + spec.args]
        named = {a.arg: env[a.arg] for a in spec.kwonlyargs}
        return self.call_value(Ref(source.fun.__name__, source.fun), args, named, source.node)

    form: Form | None = None  # of what the result is a part of
    parted: bool | Literal["all"] = False  # whether the result may be given in parts

    def run(self, source: Source) -> Atom:
        """Lower the function itself; its result."""
        self.frames.append(getattr(source.fun, "__code__", None))
        self.depend(("rules", 0), registry.version, registry.version(), "rules")
        rule = registry.canonical(source.fun)
        try:
            if rule is not None and rule.startswith(registry.USER):
                value = self._ruled(source)
            elif isinstance(source.node, ast.Lambda):
                value = self.operand(source.node.body)
            else:
                value = self.function_body(source.node)
        except Unbound as unbound:
            self.refuse(
                unbound.node,
                f"{unbound.name!r} may be unbound here",
                "assign it on every path before it is read",
            )
        renewed.check(self, value)
        histories.check(self)
        mirrors.check(self)
        doubles.finish(self, source.node)
        if self.mirror.seen or self.mirror.arrays or self.joins_into:
            standing.check(self, source.node, value)
        if self.parted:
            value, form = laid_out(value) if self.parted == "all" else in_parts(self, value, source.node)
            self.form = None if form is None or is_tuple(form) else form
        if not self.lent:
            refuse_as_number(self, [value], source.node)
        if not self.parted and self.listed_tuples and _has_lists(self.kind(value)):
            self.refuse(
                source.node,
                "a list is returned in a function that makes tuples of unknown length",
                "return an array of it, or numbers",
            )
        if self.itself is not None:
            return self._returned(value, source)
        if _has_records(self.kind(value)):
            self.refuse(
                source.node,
                "a list of objects, namedtuples or dicts that are made here is returned",
                "return lists of their fields",
            )
        return self.atom(value, source.node)

    def _returned(self, value: Value, source: Source) -> Atom:
        """What a function that calls itself returns: its result, and what dicts hold that it has written."""
        links.keep_result(self, source.node, value)
        made = self.element(value, source.node)
        parts = [p for name in self.itself or () for p in self._parts_behind(name, source)]
        return Tuple((made, *parts)) if parts else made

    def _parts_behind(self, name: str, source: Source) -> list[Atom]:
        held = self.passed_in[name]
        assert isinstance(held, Local)
        return [self.element(item, source.node) for item in held.group.items]

    def _changed(self) -> None:
        """Lower once more where a function that calls itself writes a dict that it takes."""
        for name, value in self.passed_in.items():
            if self.stands_in(value) is not None:  # its lists are changed, and stay the same ones
                continue
            changed = isinstance(value, Local) and value.group is not value.first
            if changed and name not in (self.itself or ()):
                raise Changed(name)
            if isinstance(value, Local) and any(is_changed(self, item) for item in value.group.items):
                self.refuse(
                    self.scope.source.node,
                    f"what {name!r} holds is written in a function that calls itself",
                    "pass what is written as an argument of its own",
                )


def lower(
    source: Source,
    name: str,
    arguments: dict[str, Kind | Atom],
    live: dict[str, Any] | None = None,
    guessed: frozenset[str] = frozenset(),
    callees: dict[Any, Any] | None = None,
    outline: Outline | None = None,
    lent: Lent | None = None,
    parted: bool | Literal["all"] = False,
    itself: tuple[str, ...] | None = None,
    once: bool = False,
    new: tuple[str, ...] = (),
    kept: dict[tuple[int, str], tuple[int, Any]] | None = None,
    opened: bool = False,
    doubled: bool = False,
) -> Lowered:
    """Lower a function.

    `arguments` gives for each parameter (in the signature's order) its kind, or an atom for what is known
    (a static value); `live` gives the objects behind parameters whose attributes the function reads;
    `outline` says which callees are kept as functions. Where it is `parted`, the result may be given in
    parts ("all": dicts and lists too), of which `Lowered.form` says what they make up. Of a function that
    calls itself, `lent` are the lists of numbered objects that it takes, and `itself` the dicts among its
    parameters that it writes: it returns what they hold then; of those that are `new` lists, copies. `once`
    says that the arguments' lengths hold throughout: no call of the function goes on while another one runs.
    What is outside and is changed is `kept` for the caller, too, which is lowered once more if there is more.
    Arguments that are objects are `opened`, as if they were made here, where it is refused otherwise; lists
    outside that are changed are `doubled`.
    """
    learnt = _Learnt(Numbering() if lent is None else lent.numbering(), opened, opened, doubled)
    first: UnsupportedError | None = None
    learnt.links = Links() if lent is None else lent.links
    learnt.kept, before = ({}, 0) if kept is None else (kept, len(kept))
    while True:
        try:
            low = learnt.lowering()
            low.outline, low.parted, low.itself, low.new = outline, parted, itself, frozenset(new)
            low.callees = {} if callees is None else callees
            low.lasting, low.mirror.inner = K.new_length() if once else None, kept is not None
            made = _lowered(low, source, name, arguments, live or {}, guessed, lent)
            if kept is None or len(kept) == before:
                made.program.kept = made.program.kept if kept is None else made.program.kept and "called"
                return made
            raise Written(kept={})
        except Written as written:
            if _is_for_caller(written, kept is not None, itself is not None):
                raise
            _forget(written, callees if kept is None else None, outline)
            learnt.add(written)
        except UnsupportedError as refused:
            if low.remedy is not None:
                learnt.add(low.remedy)
            elif not learnt.opened and itself is None and lent is None and has_objects(arguments, live or {}):
                first = refused
                learnt.open(kept is None)
            elif itself is None and lent is None and learnt.links.learn(learnt.numbered):
                first, learnt.known = first or refused, frozenset()
            else:
                raise (None if learnt.links.said else first) or refused from None


def _forget(written: Written, callees: dict[Any, Any] | None, outline: Outline | None) -> None:
    """Drop functions that may read what is changed as if it stayed as it is."""
    if written.kept is not None and callees:
        callees.clear()
    if outline is not None and written.kept:
        outline.kept.append(True)


def _is_for_caller(written: Written, inner: bool, itself: bool) -> bool:
    """Whether a caller has to be lowered once more.

    More is kept, its objects are numbered too, have more attributes, or are of more classes.
    """
    more = written.cls is not None or bool(written.family) or bool(written.options)
    return (inner and written.kept == {}) or (itself and more)


@dataclass(slots=True)
class _Learnt:
    """What lowering a function has shown so far, each time by an exception after which it begins anew.

    numbered  the classes whose objects are numbered
    apart     whether arguments that are dicts or dataclasses are taken apart
    opened    whether those that are objects are so too, as the function was refused
    doubled   whether outside lists that are changed have doubles (see `doubles`)
    known     displays of lists whose parts are known one by one
    loose     those of lists whose parts are not
    attempts  try statements that are taken apart
    trips     loops over short ranges that are refused, and so written out: `layers[i]` of unlike layers
    kept      what is changed of what is outside, and the number of what is kept together with it
    options   attributes of numbered objects that hold one of several functions or members of enumerations
    entries   attributes of outside objects that are set, whose values before that are read: what they are of
    single    outside lists and dicts without a double; `real`: displays of tables that attributes hold
    """

    numbered: Numbering
    apart: bool = False
    opened: bool = False
    doubled: bool = False
    known: frozenset[tuple[str, int, int]] = frozenset()
    loose: frozenset[tuple[str, int, int]] = frozenset()
    attempts: frozenset[tuple[str, int, int]] = frozenset()
    trips: frozenset[tuple[str, int, int]] = frozenset()
    kept: dict[tuple[int, str], tuple[int, Any]] = field(default_factory=dict)
    options: dict[tuple[type, str], tuple[Value, ...]] = field(default_factory=dict)
    entries: dict[tuple[int, str], Value] = field(default_factory=dict)
    single: frozenset[int] = frozenset()
    real: frozenset[tuple[str, int, int]] = frozenset()
    links: Links = field(default_factory=Links)

    def open(self, alone: bool) -> None:
        """Take the arguments for objects that are made here; what is kept `alone` is forgotten."""
        self.opened = self.apart = True
        self.entries.clear()
        if alone:
            self.kept = {}

    def add(self, written: Written) -> None:
        """Take in one thing more."""
        self.entries.update(written.entries)
        if written.kept is not None:
            self.kept.update(histories.together(self.kept, written.kept))
        elif written.options is not None:
            self.options |= written.options
        elif written.single:
            self.single |= {written.single}
        elif written.real is not None:
            self.known, self.real = self.known | {written.real}, self.real | {written.real}
        elif written.attempt is not None:
            self.attempts |= {written.attempt}
        elif written.trips is not None:
            self.trips |= {written.trips}
        elif written.cls is not None:
            self.numbered.add(written.cls, written.names)
            self.known = frozenset()
        elif written.family:
            self.numbered.unite(written.family)
            self.known = frozenset()
        elif written.loose is not None:
            self.loose |= {written.loose}
        elif written.display is None:
            self.apart = True
        else:
            self.known |= {written.display}

    def lowering(self) -> Lowering:
        """A lowering that knows all that."""
        low = Lowering()
        low.attempts, low.apart, low.trips = self.attempts, self.apart, self.trips
        low.opened, low.kept, low.options = self.opened, self.kept, dict(self.options)
        low.doubled, low.single, low.real = self.doubled, self.single, self.real
        low.links = self.links
        low.mirror.entries, low.mirror.top = self.entries, low.block
        low.mirror.names = {(type(obj), name) for (_, name), (_, obj) in self.kept.items() if name}
        low.numbered, low.families = dict(self.numbered.attributes), dict(self.numbered.families)
        low.known_lists, low.loose_lists = set(self.known), set(self.loose)
        return low


def _lowered(
    low: Lowering,
    source: Source,
    name: str,
    arguments: dict[str, Kind | Atom],
    live: dict[str, Any],
    guessed: frozenset[str],
    lent: Lent | None,
) -> Lowered:
    """Lower a function once."""
    env, names = _parameters(low, arguments, live, guessed)
    params = [ssa for ssa in names.values() if ssa is not None]
    low.new, low.arguments = frozenset(names[parameter] or "" for parameter in low.new), live
    with deep():
        if low.apart and not low.opened:
            env = {n: apart(low, v) for n, v in env.items()}
        if lent is not None:
            _take_lent(low, env, lent)
        low.lent = frozenset(low.fields)
        low.passed_in = dict(env) if low.itself is not None else {}
        parts = dict(env) if low.apart else {}
        low.scope = low.function_scope(source, source.node, env, None)
        low.lengths.params = frozenset(params)
        begin(low)
        if low.opened:
            parts = opened_arguments(low, env, live, source.node)
            low.scope.env.update(parts)
        if low.kept and not low.mirror.inner:
            standing.begin(low, source.node)
            doubles.begin(low, source.node)
            mirrors.begin(low, source.node)
        result = low.run(source)
        low._changed()
    body: list[Stmt] = [*low.block, Return(result)]
    again = source.module.startswith("s2sad.generated")
    program = prune(Program(name, tuple(params), tuple(body), low.kinds, low.hints, again=again))
    program.cuts, program.sweep = low.lengths.cuts, _reverse_sweep(source) if again else None
    program.kept = "own" if low.kept or low.errors_read else ""
    if same := unchanged(program):
        program, result = prune(substitute(program, same)), in_atom(result, same)
    relied, span = list(low.dependencies.values()), source.span(source.node)
    made = Lowered(program, names, result, frozenset(low.frozen), relied, span, low.live, low.quiet)
    made.form, made.lends = low.form, low.mirror.lends
    made.standing, made.alone, made.closed = standing.found(low), low.mirror.alone, histories.closed(low)
    changed = tuple([name for name, value in parts.items() if is_changed(low, value)])
    return replace(made, met=mirrors.constants(low), changed=changed)


def _parameters(
    low: Lowering, arguments: dict[str, Kind | Atom], live: dict[str, Any], guessed: frozenset[str]
) -> tuple[dict[str, Value], dict[str, str | None]]:
    """What the parameters mean, and their names in the program; None for what is known."""
    env, names = dict[str, Value](), dict[str, str | None]()
    for parameter, known in arguments.items():
        if isinstance(known, Kind):
            names[parameter] = ssa = low.fresh(parameter, known)
            env[parameter] = Var(ssa)
            if parameter in guessed and known == K.array(None):
                low.guessed[ssa] = parameter
            if parameter in live and known.cat == "object":
                low.live[ssa] = live[parameter]
                low.mirror.sure |= {ssa} if known.cls is None else set()
                key = id(live[parameter]), ""
                if key in low.kept:
                    env[parameter] = histories.held(low, Var(ssa), key, live[parameter], None)
        else:
            env[parameter] = histories.known(low, known) if low.kept else known
            names[parameter] = None
    return env, names


def _take_lent(low: Lowering, env: dict[str, Value], lent: Lent) -> None:
    """Put together what a caller has lent in parts: lists of numbered objects, functions, tables."""
    low.options = {**low.options, **dict(lent.options)}
    for place, parameter in lent.lists:
        held = env.pop(parameter)
        assert isinstance(held, Var)
        low.fields[place] = held
    for taken in lent.functions:
        words = {word: env.pop(name) for word, name in taken.words}
        env[taken.name] = Part(taken.fn, [env.pop(name) for name in taken.places], words)
    for stood in lent.tables:
        items = [env.pop(name) for _, name in stood.parts]
        env[stood.name] = low.made("object", items, [name for name, _ in stood.parts], stood.cls)


def _reverse_sweep(source: Source) -> Span | None:
    """Where the reverse sweep stands in the text of a derivative."""
    first, last = source.node.lineno, source.node.end_lineno or 0
    lines = [n for n in range(first, last) if source.lines[n - 1].lstrip() == "# backward"]
    return Span(source.file, lines[0], 0, last, 0) if lines else None


__all__ = ["Lowered", "Lowering", "lower"]
