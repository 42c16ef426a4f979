"""Calls of odeint and solve_ivp with a function of the program: the adjoint equation, or that of a tangent.

    y = odeint(f, y0, t, args=(p,))      y = solved(odeint, f, y0, t, args=(p,))
                                         y = moved_by(y, y0, 0, rate, pull, push, ...), and by t, by p

The call itself stays, and counts as a constant. Its derivative is that of the exact solution at the times
that are asked for; `rate` is the function with the arguments of y' = rate(t, y, p), `pull` and `push` are its
derivatives as texts. Without t_eval the solver chooses the times, and only the last of them is known:
`solve_ivp(...).y[:, -1]`.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.frontend.integrals import derivative, generated
from s2sad.frontend.jumps import jumps
from s2sad.frontend.operators import may_vary
from s2sad.frontend.passed import Asked, Found, Passed
from s2sad.frontend.source import release_with, source_of_text
from s2sad.frontend.state import Group, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Slice, Tuple, Var
from s2sad.rules import registry

_RATE = "def {name}(t, y{given}):\n    return np.ravel(np.asarray({call}))\n"
_WEIGHTED = "def weighted(t, y, l{given}):\n    return np.sum(l*np.ravel(np.asarray({call})))\n"
_JUMP = (
    "gets a function that jumps where its state or a parameter say, which moves the solution further",
    "use np.maximum, np.minimum or np.abs where it is continuous, or write the steps out as a loop",
)
_STEPS = (
    "is read at times that the solver has chosen",
    "pass t_eval, or read the last state as .y[:, -1]",
)
_WHOLE = Slice(Const(None), Const(None), Const(None))


@dataclass(slots=True)
class Equation:
    """y' = rate(t, y, *rest), with what moves its solution.

    moving    the places of the parameters that may vary
    jumping   those of which, and whether of all things, the derivative is refused: -1 stands for the state
    usual     the tolerances of a call that gives none
    """

    asked: Asked
    rate: Ref
    rest: list[Value]
    moving: list[int]
    pull: Ref
    push: Ref
    jumping: set[int]
    method: Value
    usual: tuple[float, float]
    y0: Value
    start: Value

    def states(self, raw: Value, axis: int, times: Value) -> Value:
        """States at some times, with the derivatives of what moves them; `axis` is that of the times."""
        state, node = self.asked.state, self.asked.node
        named = self.asked.named
        usual = zip(("rtol", "atol"), self.usual, strict=True)
        plain = [v if (v := named.get(n, Const(None))) != Const(None) else Const(d) for n, d in usual]
        problem = [self.method, *plain, self.start, times, self.y0]
        rest = Tuple(tuple([state.variable(v, node) for v in self.rest]))
        value = raw
        moved = [(0, self.y0), (1, times), (2, self.start)]
        moved += [(3 + k, self.rest[i]) for k, i in enumerate(self.moving)]
        for place, p in moved:
            if not may_vary(state, p):
                continue
            if -1 in self.jumping or (place > 2 and self.moving[place - 3] in self.jumping):
                value = self.asked.refused(value, p, *_JUMP)
                continue
            own = [value, p, Const(place), self.rate, self.pull, self.push, Const(axis), *problem]
            atoms = tuple([state.variable(v, node) for v in own])
            call = Call("moved_by", (*atoms, Const(tuple(self.moving)), rest))
            value = state.emit(call, state.kind(value), node)
        return value


def odeint(asked: Asked) -> Value:
    """The states at the times t, one row for each."""
    if asked.option("full_output", 0):
        asked.refuse("with full_output", "take the states alone")
    swapped = not asked.option("tfirst", False)
    y0, times = (_vector(asked, asked.named[n]) for n in ("y0", "t"))
    begin = asked.state.getitem(times, Const(0), asked.node)
    passed = asked.function("rate", 2)
    equation = _equation(asked, passed, y0, begin, Const("LSODA"), swapped, (1.49012e-8, 1.49012e-8))
    raw = asked.emitted(passed)
    shape = _length(asked, times), _length(asked, y0)
    asked.state.kinds[raw.name] = K.array(shape, "float64")
    return equation.states(raw, 0, times)


def solve_ivp(asked: Asked) -> Value:
    """An object with the states, one column for each time."""
    state, node, named = asked.state, asked.node, asked.named
    for name in ("dense_output", "events"):
        if named.get(name, Const(None)) not in (Const(None), Const(False)):
            asked.refuse(f"with {name}=", "pass the times as t_eval, or write the steps out as a loop")
    if asked.option("method", "RK45") not in ("RK45", "RK23", "DOP853", "Radau", "BDF", "LSODA"):
        asked.refuse("gets a method of its own", "name one of SciPy's")
    begin, end = state.unpack(named["t_span"], 2, node)
    y0 = _vector(asked, named["y0"])
    given = named.get("t_eval", Const(None))
    passed = asked.function("rate", 2)
    equation = _equation(asked, passed, y0, begin, named.get("method", Const("RK45")), False, (1e-3, 1e-6))
    whole = asked.emitted(passed)
    length = _length(asked, y0)
    if given != Const(None):
        times = _vector(asked, given)
        kind = K.array((length, _length(asked, times)), "float64")
        y = equation.states(asked.attribute(whole, "y", kind), 1, times)
        times = state.apply("np.array", [times], {}, node)
    else:
        times = asked.attribute(whole, "t", K.array(K.fresh_shape(1), "float64"))
        for p in (begin, end):
            times = asked.refused(times, p, *_STEPS) if may_vary(state, p) else times
        y = _last_known(asked, equation, whole, length, end)
    others = {n: asked.attribute(whole, n, k) for n, k in _OTHERS.items()}
    items: dict[str, Value] = {"t": times, "y": y, **others}
    return state.made("object", [*items.values()], [*items], Found)


_OTHERS = {"success": K.BOOL, "message": K.STR, "status": K.INT, "nfev": K.INT, "njev": K.INT, "nlu": K.INT}


def _last_known(asked: Asked, equation: Equation, whole: Var, length: K.Length, end: Value) -> Value:
    """The states at times that the solver chooses: the last one is at the end of the interval."""
    state, node = asked.state, asked.node
    raw = asked.attribute(whole, "y", K.array((length, K.new_length()), "float64"))
    last = state.emit(
        Call("getitem", (raw, Tuple((_WHOLE, Slice(Const(-1), Const(None), Const(None)))))),
        K.array((length, 1), "float64"),
        node,
    )
    times = state.apply("np.array", [Group("list", [end])], {}, node)
    states = equation.states(last, 1, times)
    final = state.getitem(states, Tuple((_WHOLE, Const(0))), node)
    value: Value = raw
    for p in (equation.y0, equation.start, end, *(equation.rest[i] for i in equation.moving)):
        value = asked.refused(value, p, *_STEPS) if may_vary(state, p) else value
    if isinstance(value, Var):
        state.ends = {**state.ends, value.name: final}
    return value


def _vector(asked: Asked, value: Value) -> Value:
    """A vector of real numbers, of a list or a number too."""
    state, node = asked.state, asked.node
    kind = state.kind(value)
    if kind.cat in ("list", "tuple") or kind.is_scalar:
        value = state.apply("np.array", [value], {}, node)
        value = state.apply("np.ravel", [value], {}, node) if state.kind(value).rank == 0 else value
        kind = state.kind(value)
    if not kind.is_number or kind.rank != 1 or kind.sort == "complex" or kind.dtype in ("float32", "float16"):
        asked.refuse("gets what is no vector of real numbers", "pass one, by np.array")
    return value


def _length(asked: Asked, vector: Value) -> K.Length:
    shape = asked.state.kind(vector).shape
    return shape[0] if shape else K.new_length()


def _equation(
    asked: Asked, passed: Passed, y0: Value, start: Value, method: Value, swapped: bool,
    usual: tuple[float, float],
) -> Equation:
    """The equation, with the derivatives of its right side as texts."""
    state = asked.state
    registry.load("trajectories")
    t, y = K.FLOAT, K.array((_length(asked, y0),), "float64")
    asked.check_inputs(passed, [y, t] if swapped else [t, y])
    names, rest, given = _parameters(passed)
    moving = []
    for i, value in enumerate(rest):
        kind = state.kind(value)
        if may_vary(state, value):
            if not kind.is_number or kind.rank is None or kind.sort == "complex":
                what = "gets a function that reads what is neither a number nor an array of real numbers"
                asked.refuse(what, "give the numbers names outside of the function, and read these")
            moving.append(i)
    space: dict[str, Any] = {"np": np, "__name__": "s2sad.generated.rate"}
    own = passed.ref.text.split(".")[-1]
    space[own] = passed.ref.obj
    space.update({n: v.obj for n, v in zip(given, passed.all, strict=True) if isinstance(v, Ref)})
    texts = [repr(v.value) if isinstance(v, Const) else n for n, v in zip(given, passed.all, strict=True)]
    call = f"{own}({', '.join([*(('y', 't') if swapped else ('t', 'y')), *texts])})"
    spelled = "".join(f", {n}" for n in names)
    name = "rate" if own != "rate" else "rate_of"
    rate = _compiled(asked, name, _RATE.format(name=name, given=spelled, call=call), space)
    weighted = _compiled(asked, "weighted", _WEIGHTED.format(given=spelled, call=call), space)
    whole = Passed(weighted, weighted, rest, [])
    pull = derivative(asked, whole, [t, y, y], (1, *(3 + i for i in moving)))
    jumping = {i for i in moving if jumps(pull.lowered.program, pull.names[:1], pull.names[3 + i : 4 + i])}
    if jumps(pull.lowered.program, pull.names[1:2]):
        jumping.add(-1)
    push = _pushed(asked, rate, rest, [t, y], (1, *(2 + i for i in moving)))
    if pull.rest != rest or push is None:
        asked.refuse("gets a function with other parameters", "pass numbers and arrays by args=")
    return Equation(
        asked, rate, rest, moving, Ref(f"{own}_pullback", pull.ref.obj), Ref(f"{own}_tangent", push), jumping,
        method, usual, y0, start,
    )  # fmt: skip


def _pushed(asked: Asked, rate: Ref, rest: list[Value], kinds: list[Kind], places: tuple[int, ...]) -> Any:
    """The function that is generated for the tangent of a rate; None if it does not take all."""
    state = asked.state
    made = importlib.import_module("s2sad.pushforward").Jvp
    key = ("rate", id(rate.obj), places)
    if key not in state.transforms:
        state.transforms[key] = made(rate.obj, places, False)
    found = generated(asked, Ref("jvp", state.transforms[key]), kinds, rest)
    return found.ref.obj if found.rest == rest else None


def _parameters(passed: Passed) -> tuple[list[str], list[Value], list[str]]:
    """Names of the parameters that are values of the program, these, and names for all."""
    names: list[str] = []
    for i, _ in enumerate(passed.all):
        parameters = getattr(getattr(passed.ref.obj, "__code__", None), "co_varnames", ())
        name = parameters[2 + i] if len(parameters) > 2 + i else f"p{i}"
        names.append(name if name not in (*names, "t", "y", "l", "np") else f"p{i}")
    varying = [(n, v) for n, v in zip(names, passed.all, strict=True) if not isinstance(v, Const | Ref)]
    return [n for n, _ in varying], [v for _, v in varying], names


def _compiled(asked: Asked, name: str, text: str, space: dict[str, Any]) -> Ref:
    """The function of a text, the same one for the same text and objects."""
    made = asked.state.transforms
    key = (text, *(id(v) for v in space.values()))
    if key not in made:
        file = source_of_text(text, name)
        own = dict(space)
        exec(compile(text, file, "exec", dont_inherit=True), own)
        own[name].__s2sad_shown__ = True
        release_with(own[name], file)
        made[key] = own[name]
    return Ref(name, made[key])


__all__ = ["odeint", "solve_ivp"]
