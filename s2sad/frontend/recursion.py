"""Functions that call themselves: lowered once for each signature, and called.

    def power(x, n): return 1.0 if n == 0 else x*power(x, n - 1)

The outer call is inlined as any other; in it `power(x, n - 1)` is `Call("user", (Ref(power), x, t.1))`,
whose callee is lowered apart, with the same call in it. The kind of what it returns is a fixed point: at
first the paths on which it calls itself are left out.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from s2sad.errors import UnsupportedError
from s2sad.frontend import histories, links
from s2sad.frontend.numbered import Lent, Stood, Taken, lend
from s2sad.frontend.source import Source
from s2sad.frontend.state import Changed, Closure, Local, Method, Part, State, Unsettled, Value, mentions
from s2sad.frontend.usage import returned_lists
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, If, Let, Ref, Return, Tuple, Var, walk
from s2sad.ir.prune import prune

if TYPE_CHECKING:
    from s2sad.frontend.lower import Lowered

TRIES = 6
LENGTHS = 6  # of tuples that a function that calls itself may return


@dataclass(slots=True, eq=False)
class Callee:
    """A function that is called, not inlined, for one signature.

    `dynamic` are the indices of the parameters that the program passes; the others are known.
    """

    name: str
    fun: Any
    source: Source
    arguments: dict[str, Kind | Atom]
    dynamic: tuple[int, ...]
    result: Kind
    lowered: Lowered | None = None
    summary: Any = None  # what a caller sees of it (`analysis.summary`)
    guessed: bool = False  # whether `result` is a guess, and not what its body gave
    changed: tuple[str, ...] = ()  # the dicts among its parameters that it writes and gives back
    again: bool = False  # under checkpoint: the reverse sweep calls it again
    own: bool = True  # whether the text can call `fun` itself
    generators: tuple[str, ...] = ()  # parameters that are random generators
    loose: bool = False  # under checkpoint: whether the result may be an argument
    copied: bool = False  # whether it would be, and is given copies of its arguments
    trips: tuple[str, ...] = ()  # of the body of a checkpointed loop: what it carries,
    writes: tuple[str, ...] = ()  # which of these it writes into,
    rebound: tuple[str, ...] = ()  # and which of those it binds anew as well
    lent: Lent | None = None  # the lists of numbered objects among the parameters
    itself: bool = False  # whether it is called because it calls itself
    new: tuple[str, ...] = ()  # parameters that are lists which only the call holds: copies are returned
    touches: tuple[tuple[str, int], ...] = ()  # if so, parameters that it writes, and how deep in them
    returns: str = ""  # the parameter that it returns itself
    ties: Any = None  # what may share storage (`analysis.itself`); None where nothing is known

    @property
    def repeats(self) -> bool:
        """Whether it is a function under checkpoint that takes and gives numbers and arrays."""
        return self.pushes and not self.generators

    @property
    def pushes(self) -> bool:
        """The same of its forward function, which takes random generators as well."""
        given = self.result.items if self.result.cat == "tuple" else None
        taken = [k for n, k in self.arguments.items() if n not in self.generators]
        kinds = [k for k in (*taken, *(given or [self.result])) if isinstance(k, Kind)]
        return self.again and not self.trips and all(k.is_number for k in kinds)

    @property
    def apart(self) -> bool:
        """Whether its signature is not that of the user's function."""
        lists = self.lent is not None and bool(self.lent.lists)
        functions = self.lent is not None and bool(self.lent.functions or self.lent.tables)
        return lists or functions or bool(self.changed) or holds_records(self.result)


def recursive_call(
    state: State, fn: Ref, source: Source, env: dict[str, Value], node: ast.AST, hint: str = ""
) -> Value:
    """The call of a function that is being lowered already."""
    atoms: dict[str, Atom] = {}
    functions: list[Taken] = []
    tables: list[Stood] = []
    for name, value in env.items():
        given = _passed_on(state, value, node)
        if isinstance(given, Part):
            functions.append(_taken(state, name, given, {*env, *atoms}, atoms, node))
        elif isinstance(given, Local) and _is_table(state, given):
            tables.append(_stood(state, name, given, {*env, *atoms}, atoms, node))
        else:
            atoms[name] = _operand(state, given, node)
    new: tuple[str, ...] = ()
    given_lists = {n for n, atom in atoms.items() if state.kind(atom).cat == "list"}
    if given_lists:  # most functions get none: their texts need not be walked for every call
        new = tuple(sorted(given_lists & returned_lists(source.node, node, state.scope.source.node)))
    lent, lists = lend(state, [*env, *atoms])
    lent = replace(lent, functions=tuple(functions), tables=tuple(tables))
    atoms.update(zip((parameter for _, parameter in lent.lists), lists, strict=True))
    while True:
        known, key = _signature(state, fn, atoms)
        key = (*key, *functions, *tables, *new)
        spec = state.callees.get(key)
        if spec is None:
            dynamic = tuple(i for i, n in enumerate(known) if isinstance(known[n], Kind))
            spec = Callee(source.name, fn.obj, source, known, dynamic, K.BOTTOM)
            spec.lent, spec.itself, spec.new = lent, True, new
            state.callees[key] = spec
            try:
                _settle(spec, state, node)
            except BaseException:
                del state.callees[key]
                raise
        if spec.result == K.BOTTOM:
            raise Unsettled(spec)
        if not _grown(state, spec, atoms):
            break
    return _called(state, fn, spec, env, atoms, node, hint)


def _passed_on(state: State, value: Value, node: ast.AST) -> Value:
    """An argument; a nested function as one that takes what it reads."""
    if isinstance(value, Closure):
        made, captured = state.lifted_by_name(value, node)
        return Part(made, [], captured)
    return Part(value.fn, [value.self], {}) if isinstance(value, Method) else histories.itself(state, value)


def _taken(
    state: State, name: str, given: Part, names: set[str], atoms: dict[str, Atom], node: ast.AST
) -> Taken:
    """A function that is an argument: what it reads becomes arguments of their own."""
    if not isinstance(given.fn, Ref):
        what = f"a function that is made here is passed to {name!r} of a function that calls itself"
        state.refuse(node, what, "pass a nested function, or what it reads")

    def entered(word: str, value: Value) -> str:
        parameter = f"{name}_{word}"
        while parameter in names:
            parameter += "_"
        names.add(parameter)
        atoms[parameter] = _operand(state, value, node)
        return parameter

    places = tuple([entered(str(i), value) for i, value in enumerate(given.args)])
    words = tuple([(word, entered(word, value)) for word, value in given.kwargs.items()])
    return Taken(name, given.fn, places, words)


def _is_table(state: State, value: Local) -> bool:
    """Whether a value is a stand-in that is made of lists alone."""
    return state.stands_in(value) is not None and all(isinstance(i, Var) for i in value.group.items)


def _stood(
    state: State, name: str, given: Local, names: set[str], atoms: dict[str, Atom], node: ast.AST
) -> Stood:
    """A dict with computed keys that is an argument: its lists become arguments of their own."""
    parts: list[tuple[str, str]] = []
    for attribute, value in zip(given.group.keys, given.group.items, strict=True):
        parameter = f"{name}_{attribute.lstrip('_')}"
        while parameter in names:
            parameter += "_"
        names.add(parameter)
        atoms[parameter] = state.variable(value, node)
        parts.append((attribute, parameter))
    assert given.cls is not None
    return Stood(name, given.cls, tuple(parts))


def _operand(state: State, value: Value, node: ast.AST) -> Atom:
    """An argument; a dict of numbers and arrays can be written afterwards: what was written comes back."""
    if isinstance(value, Local) and value.cat == "dict" and value.cls is None:
        if value.origin is None or value.group is not value.first:
            if all(isinstance(i, Var | Const) and state.kind(i).is_number for i in value.group.items):
                return state.variable(value.group, node)
    return state.variable(value, node)


def _signature(
    state: State, fn: Ref, atoms: dict[str, Atom]
) -> tuple[dict[str, Kind | Atom], tuple[Any, ...]]:
    """What is known of the arguments, and what tells one signature from another."""
    known: dict[str, Kind | Atom] = {}
    key: list[Any] = [fn.obj.__code__]
    for name, atom in atoms.items():
        kind = state.kind(atom)
        if isinstance(atom, Const | Ref) and not kind.is_number:
            known[name] = atom
            key.append(atom)
            continue
        known[name] = K.anonymous(kind)
        key.append(K.signature(kind))
    return known, tuple(key)


def _called(
    state: State,
    fn: Ref,
    spec: Callee,
    env: dict[str, Value],
    atoms: dict[str, Atom],
    node: ast.AST,
    hint: str,
) -> Value:
    """The statement of a call, and what it gives: a result, an argument itself, what dicts hold now."""
    if not _can_be_returned(spec.result):
        links.note_result(state, spec.source.node)
        what = f"{spec.name} calls itself and returns {_said(spec.result)}"
        instead = "return numbers, arrays, lists and tuples of these, or objects of a class, as a dataclass"
        state.refuse(node, what, instead)
    call = Call("user", (Ref(fn.text, spec), *atoms.values()))
    made: Value = state.emit(call, unlike(spec.result), node, hint)
    if spec.changed:
        items = [state.getitem(made, Const(i), node) for i in range(len(spec.result.items or ()))]
        made, rest = items[0], items[1:]
        for name in spec.changed:
            held = state.own(env[name], node)
            if sum(mentions(value, held) for value in env.values()) > 1:
                what = f"{spec.name} calls itself and writes the dict {name!r}, which it is given twice"
                state.refuse(node, what, "pass it once")
            keys = list(held.group.keys)
            state.hold(held, rest[: len(keys)], keys, node)
            del rest[: len(keys)]
    return env[spec.returns] if spec.returns else made


def _settle(spec: Callee, state: State, node: ast.AST) -> None:
    """Lower a function that calls itself until what it is taken to return is what it returns."""
    for _ in range(TRIES):
        try:
            lowered = _tried(spec, state)
        except Changed as found:
            spec.changed, spec.result = (*spec.changed, found.name), K.BOTTOM
            continue
        kind = state_kind(lowered)
        if not _can_be_returned(K.join(kind, spec.result)):
            for cls in _records(kind):
                state.want_numbers(cls)
        same = K.without_lengths(_met_too(kind, spec.result)) == K.without_lengths(spec.result)
        if same and not spec.guessed:
            spec.lowered = lowered
            break
        spec.result = unlike(kind if spec.guessed or spec.result == K.BOTTOM else _joined(spec.result, kind))
        spec.guessed = False
    else:
        links.note_result(state, spec.source.node)
        what = f"the result of {spec.name} has no settled kind"
        state.refuse(node, what, "return values of one kind, or objects of a class, as a dataclass")
    for dependency in lowered.dependencies:
        state.dependencies.setdefault((id(dependency), dependency.text), dependency)
    if not spec.changed and spec.result.cat in ("array", "list"):
        _without_argument(spec, state)


def _tried(spec: Callee, state: State) -> Lowered:
    """The function lowered for what its result is taken for.

    At first paths on which it calls itself are left out; if nothing is left, the result is taken for a float,
    then for two floats and so on.
    """
    from s2sad.frontend.lower import lower

    def tried() -> Lowered:
        return lower(
            spec.source, spec.name, spec.arguments, None,
            callees=state.callees, lent=spec.lent, itself=spec.changed, new=spec.new,
            kept=state.kept,
        )  # fmt: skip

    try:
        return tried()
    except (Unsettled, UnsupportedError) as error:
        if spec.result != K.BOTTOM or (isinstance(error, Unsettled) and error.args[0] is not spec):
            raise
        spec.guessed = True
    for length in range(1, LENGTHS + 1):
        spec.result = Kind("tuple", items=(K.FLOAT,) * length) if length > 1 else K.FLOAT
        try:
            return tried()
        except UnsupportedError:
            if length == LENGTHS:
                raise
    raise AssertionError


def _grown(state: State, spec: Callee, atoms: dict[str, Atom]) -> bool:
    """Let lists take what the function puts into them; whether they did not before."""
    if spec.lowered is None:
        return False
    grown = False
    for name, atom in atoms.items():
        ssa = spec.lowered.arguments.get(name)
        kind = state.kind(atom)
        if ssa is None or kind.cat != "list":
            continue
        made = spec.lowered.program.kinds[ssa]
        if made.items is not None and K.without_lengths(made) != K.without_lengths(kind):
            state.grow(atom, made.items[0])
            grown = grown or K.without_lengths(state.kind(atom)) != K.without_lengths(kind)
    return grown


def _without_argument(spec: Callee, state: State) -> None:
    """Let a function that returns one of its arguments itself return nothing: its caller has it."""
    lowered = spec.lowered
    assert lowered is not None
    body = list(walk(lowered.program.body))
    lets = {s.name: s.call for s in body if isinstance(s, Let)}
    ways = {o.name: (o.then, o.orelse) for s in body if isinstance(s, If) for o in s.outs}

    def is_argument(atom: Atom, name: str) -> bool:
        if not isinstance(atom, Var):
            return False
        if atom.name in ways:
            return all(is_argument(a, name) for a in ways[atom.name])
        call = lets.get(atom.name)
        if call is not None and call.fun == "user" and call.args[0].obj is spec:  # type: ignore[union-attr]
            return is_argument(dict(zip(spec.arguments, call.args[1:], strict=True))[name], name)
        return atom.name == lowered.arguments[name]

    found = [n for n, ssa in lowered.arguments.items() if ssa is not None and is_argument(lowered.result, n)]
    if found:
        spec.returns, spec.result = found[0], K.NONE
        spec.lowered = _tried(spec, state)
        spec.lowered.result = Const(None)
        program = spec.lowered.program
        spec.lowered.program = prune(replace(program, body=(*program.body[:-1], Return(Const(None)))))


def unlike(kind: Kind) -> Kind:
    """A kind whose lengths equal no others."""
    if kind.cat == "tuple" and kind.items:
        return replace(kind, items=tuple(unlike(item) for item in kind.items))
    return K.anonymous(kind)


def _met_too(kind: Kind, before: Kind) -> Kind:
    """A kind whose numbers may be of other classes on some path, as in the pass before."""
    items = kind.items
    if items and before.items and len(items) == len(before.items):
        items = tuple(map(_met_too, items, before.items))
    return replace(kind, items=items, met=kind.met or before.met)


def _joined(a: Kind, b: Kind) -> Kind:
    if a.cat == b.cat == "tuple" and a.items and b.items and len(a.items) == len(b.items):
        return replace(a, items=tuple(_joined(x, y) for x, y in zip(a.items, b.items, strict=True)))
    return K.join(a, b)


def returns_numbers(kind: Kind) -> bool:
    """Whether a value is a number, an array or a tuple of these."""
    if kind.cat == "tuple" and kind.items:
        return all(returns_numbers(item) for item in kind.items)
    return kind.is_number


def _can_be_returned(kind: Kind) -> bool:
    """Whether a pair of functions can give a value of a kind."""
    if kind.cat in ("tuple", "list"):
        return all(_can_be_returned(item) for item in kind.items or ())
    return kind.is_number or kind.cat in ("none", "str")


def holds_records(kind: Kind) -> bool:
    """Whether a result stands for objects, namedtuples or dicts, as tuples of what they hold."""
    return kind.cls not in (None, list) or any(holds_records(i) for i in kind.items or ())


def _records(kind: Kind) -> list[type]:
    """The classes of objects that a result holds as tuples of their attributes."""
    mine = [kind.cls] if kind.cat == "tuple" and kind.cls not in (None, list, dict) else []
    return [c for c in mine if c is not None] + [c for i in kind.items or () for c in _records(i)]


def _said(kind: Kind) -> str:
    return "values of several kinds" if kind.cat == "object" else K.describe(kind)


def state_kind(lowered: Lowered) -> Kind:
    """The kind of what a lowered function returns."""

    def kind(atom: Atom) -> Kind:
        if isinstance(atom, Var):
            return lowered.program.kinds[atom.name]
        if isinstance(atom, Tuple):
            return Kind("tuple", items=tuple(kind(i) for i in atom.items))
        return K.kind_of_value(atom.value) if isinstance(atom, Const) else K.OBJECT

    return kind(lowered.result)
