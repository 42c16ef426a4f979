"""Loops over `checkpointed(range(n), slots=k)`: the loop itself, and its body as a function of its own.

    for i in checkpointed(range(n), slots=3):       snapshots = Snapshots(range(n), 3)
        x = x + w*x                                 for i in range(n): keep_state(snapshots, i, x); ...
                                                    t.1 = Call("user", (Ref(step), 0, x.1, w.1), ...)

The loop runs in the forward sweep as it stands; what it gives counts as constant there. The call stands for
it in the reverse sweep: it gives the same values, and no cotangent goes into the loop itself. The body must
be such that it can be run again from any state (`analysis.repeat`). Arrays that it writes into are part of
the state as well: the loop works on a copy, which is written back behind it where the name has kept its
array, and each trip of the function on another one. A loop that is left early counts its trips.

        u[1:] += w*v        u.2 = copy(u.1); ...    def step(i, u, w): u = u.copy(); u[1:] += w*v; return (u,)
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import Any

from s2sad.errors import refuse
from s2sad.frontend.checkpoint import again, marker, prepared
from s2sad.frontend.recursion import Callee, state_kind, unlike
from s2sad.frontend.source import Source, rule_source, source_at
from s2sad.frontend.state import Closure, Group, State, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Range, Ref, Store, Tuple, Undef, Var
from s2sad.runtime import HELPERS

TRIES = 6
DONE = "done trips"  # under which name a loop counts its trips
_FUNCTIONS = (ast.FunctionDef, ast.Lambda, ast.ClassDef)


def checkpointed_loop(
    state: State, node: ast.For, space: Range, slots: Value, assigned: set[str], run: Callable[..., None]
) -> None:
    """Lower a loop of which few states are kept; `run` lowers it as it is, with a call before each trip."""
    original, left = _original(state, node)
    target = node.target.id if isinstance(node.target, ast.Name) else ""
    if not target or node.orelse:
        state.refuse(node, "a checkpointed loop with an else clause or several targets", "write one name")
    step, spec = _step(state, node, original, target, assigned)
    names = step.names
    inits = [state.atom(v) for v in step.inits]
    state.callees["trips", spec] = spec
    trips = _trips(state, node, space, space.stop)
    snapshots = state.emit(Call("Snapshots", (trips, state.atom(slots))), K.OBJECT, node, "snapshots")
    for name, init in zip(names, inits, strict=True):
        if name in spec.writes:
            state.scope.env[name] = _copied(state, init, node, name)
    if left:
        state.scope.env[DONE] = Const(0)

    def before(place: Var) -> None:
        env = state.scope.env
        kept = (*[state.atom(env[n]) for n in names], *step.drawn)
        state.do(Call("keep_state", (snapshots, place, *kept)), node)
        if left:
            env[DONE] = state.emit(Call("add", (state.atom(env[DONE]), Const(1))), K.INT, node, "done")

    run(before, {*spec.writes, DONE} if left else set(spec.writes))
    env = state.scope.env
    ends = tuple(state.atom(env[n]) for n in names)
    if left:
        trips = _trips(state, node, space, _last(state, node, space, state.atom(env.pop(DONE))))
    words = (("trips", trips), ("snapshots", snapshots), ("ends", Tuple(ends)))
    call = Call("user", (Ref(spec.name, spec), Const(0), *inits, *step.atoms), words)
    kinds = [K.join(state.kind(e), k) for e, k in zip(ends, spec.result.items or (), strict=True)]
    for i, name in enumerate(names):
        kinds[i] = state.kind(inits[i]) if _keeps_array(spec, name) else kinds[i]
    made = state.emit(call, Kind("tuple", items=tuple(kinds)), node, "state")
    for name in assigned | {target}:
        env[name] = Undef()
    for i, name in enumerate(names):
        end = state.emit(Call("getitem", (made, Const(i))), kinds[i], node, name)
        if _keeps_array(spec, name):
            state.block.append(Store(inits[i], None, end, "", state.span(node)))
            end = inits[i]  # type: ignore[assignment]
        env[name] = end


def _keeps_array(spec: Callee, name: str) -> bool:
    """Whether a name stands for the same array behind the loop, which has written into it."""
    return name in spec.writes and name not in spec.rebound


def _trips(state: State, node: ast.For, space: Range, stop: Atom) -> Var:
    """The trips of a loop up to `stop`."""
    bounds = tuple(state.atom(a) for a in (space.start, stop, space.step))
    return state.emit(Call("range", bounds), K.RANGE, node)


def _last(state: State, node: ast.For, space: Range, done: Atom) -> Atom:
    """Where a range stops of which so many trips have been done."""
    if space.step != Const(1):
        done = state.emit(Call("mul", (done, space.step)), K.INT, node)
    return done if space.start == Const(0) else state.emit(Call("add", (space.start, done)), K.INT, node)


def _copied(state: State, atom: Atom, node: ast.For, name: str) -> Var:
    """A copy that the loop writes into, in the same order of elements."""
    return state.emit(Call("copy", (atom,), (), ".copy K"), state.kind(atom), node, name)


def _step(
    state: State, node: ast.For, original: ast.For, target: str, assigned: set[str]
) -> tuple[_Step, Callee]:
    """The body as a function; its state are the names that the loop assigns or writes into."""
    entry = dict(state.scope.env)
    names = sorted(n for n in assigned - {target} if n in entry and _is_bound(state, entry[n]))
    writes: frozenset[str] = frozenset()
    outer = {n: v for n in names if isinstance(v := entry[n], Ref) and state.kind(v).cat == "array"}
    copies = {n: _copied(state, v, node, n) for n, v in outer.items()}  # they may change before they are read
    entry |= copies
    state.scope.env.update(copies)
    while True:
        inits = [state.settled(entry[n], node, n) for n in names]
        for name, value in zip(names, inits, strict=True):
            if not isinstance(value, Var | Const) or not state.kind(value).is_number:
                state.refuse(
                    node,
                    f"{name!r} is carried by a checkpointed loop and is no number or array",
                    "carry numbers and arrays under names of their own",
                )
        step = _Step(state, node, original, target, names, inits, writes)
        spec = step.lowered()
        more = step.written(spec) - writes
        if not more:
            break
        writes |= more
        outside = sorted(more - (entry.keys() - outer.keys()))
        if outside:
            what = f"a checkpointed loop writes into {outside[0]!r}, which is no local variable here"
            state.refuse(node, what, "pass it as an argument")
        names = sorted({*names, *more})
    if not names:
        state.refuse(node, "a checkpointed loop carries nothing from trip to trip", "use range")
    step.check(spec)
    spec.writes = tuple(n for n in names if n in writes)
    spec.rebound = tuple(n for n in spec.writes if n in _bound(original))
    return step, spec


def _is_bound(state: State, value: Value) -> bool:
    """Whether a name is bound on every path to the loop, not only in an earlier trip of one around it."""
    guessed = (p.var for _, _, phis in state.open_loops for p in phis.values() if p.guessed_entry)
    return not isinstance(value, Undef) and value not in guessed


def _bound(loop: ast.For) -> set[str]:
    """The names that a loop's body binds anew: not those that `u += v` and `u[i] = v` write into."""
    augmented = {id(n.target) for n in ast.walk(loop) if isinstance(n, ast.AugAssign)}
    names = (n for s in loop.body for n in ast.walk(s) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Store) and id(n) not in augmented}


def _original(state: State, node: ast.For) -> tuple[ast.For, bool]:
    """The loop as the user wrote it, and whether it may be left early; a return inside is refused."""
    found = next(
        n
        for n in ast.walk(state.scope.source.node)
        if isinstance(n, ast.For) and (n.lineno, n.col_offset) == (node.lineno, node.col_offset)
    )
    left = False
    stack: list[tuple[ast.AST, bool]] = [(s, False) for s in found.body]
    while stack:
        at, inside = stack.pop()
        if isinstance(at, _FUNCTIONS):
            continue
        if isinstance(at, ast.Return):
            state.refuse(at, "a checkpointed loop contains a return", "leave it by break; return behind it")
        left = left or (isinstance(at, ast.Break) and not inside)
        deeper = inside or isinstance(at, ast.For | ast.While)
        stack += [(c, deeper) for c in ast.iter_child_nodes(at)]
    return found, left


class _Ends(ast.NodeTransformer):
    """`continue` and `break` of a loop's body are returns of the function that stands for it."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def visit_Continue(self, node: ast.Continue) -> ast.AST:
        return ast.copy_location(_returned(self.names), node)

    visit_Break = visit_Continue  # type: ignore[assignment]

    def visit_For(self, node: ast.For) -> ast.AST:
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node


def _returned(names: list[str]) -> ast.Return:
    return ast.Return(ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load()))


class _Step:
    """The body of a loop as a function of the trip, the state, and what else it reads."""

    def __init__(
        self,
        state: State,
        node: ast.For,
        original: ast.For,
        target: str,
        names: list[str],
        inits: list[Value],
        writes: frozenset[str],
    ) -> None:
        self.state = state
        self.node = node
        self.names = names
        self.inits = inits
        self.writes = writes
        copies = [ast.parse(f'{n} = {n}.copy("K")').body[0] for n in names if n in writes]
        body = [_Ends(names).visit(copy.deepcopy(s)) for s in original.body]
        head = ast.arguments([], [ast.arg(n) for n in (target, *names)], None, [], [], None, [])
        self.function = ast.FunctionDef("step", head, [*copies, *body, _returned(names)], [], None)
        ast.copy_location(self.function, original)
        closure = Closure(self.function, state.scope, [], {})
        found = state.gathered(closure, node)
        captured, space = found.captured, {"__name__": state.scope.source.module, **found.space}
        head.args += [ast.arg(n) for n in captured]
        self.function.body[:0] = found.helpers
        for n in ast.walk(self.function):
            if not hasattr(n, "lineno"):
                ast.copy_location(n, original)
        ast.fix_missing_locations(self.function)
        outer = state.scope.source
        code = compile(ast.Module([self.function], []), outer.file, "exec", dont_inherit=True)
        exec(code, space)
        self.source: Source = source_at(space["step"], self.function, outer.lines, (), {})
        self.callee = prepared(state, Ref("step", space["step"]), node)
        self.callee.known[target] = K.INT
        self.kinds = [_plain(state.kind(v)) for v in inits]
        for name, kind in zip(names, self.kinds, strict=True):
            self.callee.known[name] = kind
        self.atoms = [self.callee.operand(n, v) for n, v in captured.items()]
        drawn = dict(zip(captured, self.atoms, strict=True))
        self.drawn = [drawn[n] for n in self.callee.generators]

    def lowered(self) -> Callee:
        """The callee, for kinds of the state that hold in every trip."""
        for _ in range(TRIES):
            spec = self._tried()
            results = spec.result.items or ()
            joined = [_plain(K.join(a, b)) for a, b in zip(self.kinds, results, strict=True)]
            if [K.without_lengths(k) for k in joined] == [K.without_lengths(k) for k in self.kinds]:
                return spec
            self.kinds = joined
            for name, kind in zip(self.names, joined, strict=True):
                if not kind.is_number or kind.optional:
                    self.state.refuse(self.node, f"{name!r} is no number after a trip", "keep its kind")
                self.callee.known[name] = kind
        self.state.refuse(self.node, "what this loop carries has no settled kind", "carry values of one kind")

    def written(self, spec: Callee) -> frozenset[str]:
        """The arrays among the arguments that the body writes into."""
        outline, lowered = self.state.outline, spec.lowered
        assert outline is not None and lowered is not None
        known = self.callee.known
        arrays = [n for n, k in known.items() if isinstance(k, Kind) and k.cat == "array" and not k.optional]
        found = outline.writes(lowered.program, lowered.result, self._places())
        rest = [n for n in known if n not in arrays and n not in spec.generators]
        others = [n for n in rest if lowered.arguments[n] in found]
        if others:
            what = f"a checkpointed loop writes into {others[0]!r}, which is no array"
            self.state.refuse(self.node, what, "write into an array that is made before the loop")
        return frozenset(n for n in arrays if lowered.arguments[n] in found)

    def _places(self) -> list[int]:
        return [i for i, n in enumerate(self.names) if n in self.writes]

    def check(self, spec: Callee) -> None:
        """Refuse a body that cannot be run again, or in which names may come to share what is written."""
        outline, lowered = self.state.outline, spec.lowered
        assert outline is not None and lowered is not None
        drawn = frozenset(ssa for n in spec.generators if (ssa := lowered.arguments[n]) is not None)
        found = outline.obstacle(lowered.program, Const(None), drawn)
        if lowered.changed:
            found = None, f"writes into {lowered.changed[0]!r}", "carry what it writes under names of its own"
        if found is None:
            found = outline.mixed(lowered.program, lowered.result, self._places(), self.names)
        if found is not None:
            span, what, instead = found
            refuse(span or self.state.span(self.node), f"the body of a checkpointed loop {what}", instead)

    def _tried(self) -> Callee:
        from s2sad.frontend.lower import lower

        state, callee = self.state, self.callee
        assert state.outline is not None
        known = callee.known
        dynamic = tuple(i for i, n in enumerate(known) if isinstance(known[n], Kind))
        spec = Callee(
            "step", callee.fn.obj, self.source, known.copy(), dynamic, K.NONE, again=True, own=False
        )
        spec.trips = tuple(self.names)
        spec.generators = tuple(callee.generators)
        spec.lowered = lower(
            self.source, "step", known.copy(), callee.live, callees=state.callees, outline=state.outline,
            kept=state.kept,
        )  # fmt: skip
        spec.result = unlike(state_kind(spec.lowered))
        for dependency in spec.lowered.dependencies:
            state.dependencies.setdefault((id(dependency), dependency.text), dependency)
        return spec


def _plain(kind: Kind) -> Kind:
    return K.anonymous(kind)


# -------------------------------------------------------------------------------- generated texts read again


def _slots(state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`Snapshots(trips, slots)`: how many states may be kept."""
    return args[1]


def _nothing(state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    return Const(None)


def _reverse(state: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """`reverse_trips(...)` segment by segment; in forward mode by the schedule."""
    forward, backward, trips, slots, *groups = args
    first, rest, bars = (list(g.items) for g in groups[:3] if isinstance(g, Group))
    chosen = groups[3]
    assert isinstance(chosen, Group)
    active = [i.value for i in chosen.items if isinstance(i, Const)]
    scheduled = state.outline is None or state.outline.tangents
    called = again(state)
    if not scheduled and called.obj is marker and any(state.kind(v).cat in ("list", "dict") for v in rest):
        what = "a checkpointed loop that reads a list, dict or object is differentiated twice in reverse mode"
        state.refuse(node, what, "let it read arrays or tuples, or use hvp")
    kinds = {i: state.kind(rest[i - len(first)]) for i in active if i >= len(first)}
    if len(groups) > 4:
        what = "a checkpointed loop that draws random numbers is differentiated twice"
        state.refuse(node, what, "draw before the loop, or put its body into a function under checkpoint")
    trees = {i: kind for i, kind in kinds.items() if not kind.is_number}
    text = _plain_text(len(first), len(rest), active, trees, scheduled)
    source = rule_source("reverse_trips", text)
    names = [a.arg for a in source.node.args.args]
    values: list[Value] = [forward, backward, trips, slots, called, *first, *rest, *bars]
    return state.inline(source, source.node, dict(zip(names, values, strict=True)), None, ("trips", text))


def _plain_text(count: int, more: int, active: list[int], trees: dict[int, Kind], scheduled: bool) -> str:
    """The function that reverses a loop of this many states, by a stack of states or in segments.

    `trees` are the kinds of the containers among what it reads.
    """
    state = ", ".join(f"s{i}" for i in range(count)) + ","
    rest = "".join(f"r{i}, " for i in range(more))
    bars = ", ".join(f"b{i}" for i in range(count)) + ","
    totals = [i for i in active if i >= count]
    sums = "".join(f"t{i}, " for i in totals)
    given = ", ".join(f"g{i}" for i in active)
    result = "".join(f"b{i}, " if i < count else f"t{i}, " for i in active)
    lines = [f"def reverse_trips(forward, backward, trips, slots, again, {state} {rest}{bars.rstrip(',')}):"]
    lines += [f"    t{i} = {_zeros(trees.get(i, K.FLOAT), f'r{i - count}')}" for i in totals]
    back = [f"        b{i} = g{i}" for i in active if i < count]
    back += [f"        t{i} = {_sum(trees.get(i, K.FLOAT), f't{i}', f'g{i}')}" for i in totals]
    ends = [f"    t{i} = copy_tree(t{i})" for i in totals if i not in trees or trees[i].cat == "list"]
    if scheduled:
        lines += _by_schedule(count, state, rest)
        lines += [f"        {given} = backward(kept, ({bars}))", *back]
    else:
        lines += _by_segments(count, state, rest, bars, sums, given, back)
    return "\n".join([*lines, *ends, f"    return ({result})", ""])


def _zeros(kind: Kind, text: str) -> str:
    """Zeros like a value, part by part."""
    if kind.cat == "list":
        return f"zeros_list({text})"
    if kind.cat in ("tuple", "dict"):
        return _display(kind, lambda item, place: _zeros(item, f"{text}[{place!r}]"))
    return f"0.0*{text}" if K.carries(kind) else "None"


def _sum(kind: Kind, one: str, two: str) -> str:
    """The sum of two cotangents of a kind, part by part."""
    if kind.cat == "list":
        return f"add_lists({one}, {two})"
    if kind.cat in ("tuple", "dict"):
        return _display(kind, lambda item, place: _sum(item, f"{one}[{place!r}]", f"{two}[{place!r}]"))
    return f"{one} + {two}" if K.carries(kind) else "None"


def _display(kind: Kind, part: Callable[[Kind, Any], str]) -> str:
    parts = [(place, part(item, place)) for place, item in zip(kind.places, kind.items or (), strict=True)]
    if kind.cat == "dict":
        return "{" + ", ".join(f"{place!r}: {text}" for place, text in parts) + "}"
    return "(" + "".join(f"{text}, " for _, text in parts) + ")"


def _by_segments(
    count: int, state: str, rest: str, bars: str, sums: str, given: str, back: list[str]
) -> list[str]:
    """As many segments as there are slots, of which each keeps its first state, under `checkpoint`.

    A gradient of it keeps the states, and their cotangents, between segments and those within one.
    """
    lists = ", ".join(f"s{i}s[k - start]" for i in range(count)) + ","
    own = ", ".join(f"copy_tree(b{i})" for i in range(count)) + ","
    copies = [f"    {name}{i} = copy_tree({name}{i})" for name in "sb" for i in range(count)]
    keep = [f"s{i}s.append(s{i})" for i in range(count)]
    empty = [f"s{i}s = []" for i in range(count)]
    return [
        f"    def step(k, {state} {rest}):",
        f"        return forward(first + k*by, {state} {rest})[0]",
        f"    def trip(k, {state} {rest}{bars}):",
        f"        return backward(forward(first + k*by, {state} {rest})[1], ({own}))",
        f"    def ahead(start, stop, {state} {rest}):",
        "        for k in range(start, stop):",
        f"            {state} = again(step, k, {state} {rest})",
        f"        return ({state})",
        f"    def segment(start, stop, {state} {rest}{bars} {sums}):",
        *[f"        {line}" for line in empty],
        "        for k in range(start, stop):",
        *[f"            {line}" for line in keep],
        f"            {state} = again(step, k, {state} {rest})",
        "        for k in range(stop - 1, start - 1, -1):",
        f"            {given} = again(trip, k, {lists} {rest}{bars})",
        *[f"    {line}" for line in back],
        f"        return ({bars} {sums})",
        *copies,
        "    count = len(trips)",
        "    first = int(trips[0]) if count > 0 else 0",
        "    by = int(trips[1]) - first if count > 1 else 1",
        "    length = max(1, -(-count//slots))",
        *[f"    {line}" for line in empty],
        "    for start in range(0, count, length):",
        *[f"        {line}" for line in keep],
        f"        {state} = again(ahead, start, min(start + length, count), {state} {rest})",
        "    for q in range(len(s0s) - 1, -1, -1):",
        f"        {bars} {sums} = again(segment, q*length, min((q + 1)*length, count), "
        + "".join(f"s{i}s[q], " for i in range(count))
        + f"{rest}{bars} {sums})",
        *copies[count:],
    ]


def _by_schedule(count: int, state: str, rest: str) -> list[str]:
    """The same from a stack of as many states as there are slots (`runtime.trips.reverse_trips`)."""
    lines = ["    at = [0]", *[f"    s{i}s = [s{i}]" for i in range(count)]]
    lines += ["    for k in range(len(trips) - 1, -1, -1):", "        while at[-1] > k:"]
    lines += ["            at.pop()", *[f"            s{i}s.pop()" for i in range(count)]]
    lines += ["        j = at[-1]", *[f"        s{i} = s{i}s[-1]" for i in range(count)]]
    lines += ["        while j < k:", "            free = slots - len(at) + 1"]
    lines += ["            end = j + split_trips(k + 1 - j, free) if free > 1 else k"]
    lines += ["            while j < end:"]
    lines += [f"                {state} = forward(int(trips[j]), {state} {rest})[0]"]
    lines += ["                j = j + 1", "            if free > 1:", "                at.append(j)"]
    lines += [f"                s{i}s.append(s{i})" for i in range(count)]
    return [*lines, f"        kept = forward(int(trips[k]), {state} {rest})[1]"]


def special(obj: Any) -> Any:
    """How a function is lowered that generated texts write for checkpointed loops; None for others."""
    return _SPECIAL.get(id(obj))


_SPECIAL = {
    id(HELPERS["Snapshots"]): _slots,
    id(HELPERS["keep_state"]): _nothing,
    id(HELPERS["reverse_trips"]): _reverse,
}

__all__ = ["checkpointed_loop", "special"]
