"""Calls of scipy.integrate.quad with a function of the program: derivatives of integrals are integrals.

    z, error = quad(f, a, b, args=(p,))      t = solved(quad, f, a, b, args=(p,))
                                             z = with_slope(t[0], b, f(b, p)), and a with -f(a, p)
                                             z = with_slope(z, p, quad(f_by_p, a, b, args=(p,))[0])

The call itself stays, and counts as a constant. What the integrand reads around it is passed by `args`; it is
differentiated by each of these, and an array has an integral of vectors, by quad_vec, with the tolerances of
the call. The error estimate is a constant.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from s2sad.frontend.jumps import jumps
from s2sad.frontend.operators import may_vary
from s2sad.frontend.passed import Asked, Passed
from s2sad.frontend.state import Group, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Ref, Tuple, Var

_ENDS = {
    "a": "def end(value, f, a{given}):\n    return with_slope(value, a, -f(a{given}))\n",
    "b": "def end(value, f, b{given}):\n    return with_slope(value, b, f(b{given}))\n",
}
_KEPT = ("epsabs", "epsrel", "limit", "points")
_WEIGHTED = ("weight", "wvar", "wopts", "maxp1", "limlst")
TOLERANCE = 1.49e-8  # SciPy's own


def quad(asked: Asked) -> Value:
    """The integral and the estimate of its error."""
    for name in ("full_output", "complex_func"):
        if asked.option(name, False):
            asked.refuse(f"with {name}", "take the real integral and the estimate of its error alone")
    state = asked.state
    passed = asked.function("integrand")
    asked.check_inputs(passed, [K.FLOAT])
    if state.kept:  # what is changed outside is no constant of the integrand
        derivative(asked, passed, [K.FLOAT], (0,))
    ends = {n: asked.named[n] for n in ("a", "b")}
    whole = asked.emitted(passed)
    state.kinds[whole.name] = Kind("tuple", items=(K.FLOAT, K.FLOAT))
    value: Value = state.getitem(whole, Const(0), asked.node)
    value = _by_parameters(asked, value, passed, ends)
    for name, end in ends.items():
        value = _by_end(asked, value, passed, name, end)
    return Group("tuple", [value, state.getitem(whole, Const(1), asked.node)])


def _by_end(asked: Asked, value: Value, passed: Passed, name: str, end: Value) -> Value:
    """The integral with its derivative by an end of the interval: the integrand there."""
    if not may_vary(asked.state, end):
        return value
    if asked.named.get("weight", Const(None)) != Const(None):
        asked.refuse("has a weight, and limits that are computed", "put the weight into the integrand")
    given = "".join(f", a{i}" for i in range(len(passed.given)))
    own = {f"a{i}": v for i, v in enumerate(passed.given)}
    text = _ENDS[name].format(given=given)
    return asked.at_solution("end", text, value=value, f=passed.value, **{name: end}, **own)


def _by_parameters(asked: Asked, value: Value, passed: Passed, ends: dict[str, Value]) -> Value:
    state = asked.state
    for place, p in enumerate(passed.all):
        if not may_vary(state, p):
            continue
        kind = state.kind(p)
        if not kind.is_number or kind.rank is None or kind.sort == "complex":
            what = "gets an integrand that reads what is neither a number nor an array of real numbers"
            asked.refuse(what, "give the numbers names outside of the integrand, and read these")
        value = _by_parameter(asked, value, passed, place, ends)
    return value


def _by_parameter(asked: Asked, value: Value, passed: Passed, place: int, ends: dict[str, Value]) -> Value:
    """The integral with its derivative by one of the integrand's parameters: an integral."""
    state, node = asked.state, asked.node
    p = passed.all[place]
    by_p = derivative(asked, passed, [K.FLOAT], (place + 1,))
    if jumps(by_p.lowered.program, by_p.names[:1], by_p.names[place + 1 : place + 2]):
        return asked.refused(value, p, *_JUMP)
    kind = state.kind(p)
    named = {n: asked.named[n] for n in _KEPT if n in asked.named}
    fn, items = asked.fn, (K.FLOAT, K.FLOAT)
    if kind.rank:
        fn = Ref("scipy.integrate.quad_vec", importlib.import_module("scipy.integrate").quad_vec)
        named = {"epsabs": Const(TOLERANCE), "epsrel": Const(TOLERANCE), **named}
        if asked.named.get("weight", Const(None)) != Const(None):
            asked.refuse("has a weight, and an array as a parameter", "put the weight into the integrand")
        items = (K.array(kind.shape, "float64"), K.FLOAT)
    else:
        named |= {n: asked.named[n] for n in _WEIGHTED if n in asked.named}
    words: dict[str, Any] = {n: state.variable(v, node) for n, v in named.items() if v != Const(None)}
    if by_p.rest:
        words["args"] = Tuple(tuple([state.variable(v, node) for v in by_p.rest]))
    limits = [state.variable(v, node) for v in ends.values()]
    whole = state.emit(Call("slope_by", (fn, by_p.ref, *limits), tuple(words.items())), K.OBJECT, node)
    state.kinds[whole.name] = Kind("tuple", items=items)
    slope = state.getitem(whole, Const(0), node)
    asked.mark(whole, slope)
    atoms = (state.atom(value), state.atom(p), state.atom(slope))
    return state.emit(Call("with_slope", atoms), K.FLOAT, node, asked.hint)


def quad_vec(asked: Asked) -> Value:
    """An integral of vectors: a constant, which is refused where it is none."""
    state, node = asked.state, asked.node
    passed = asked.function("integrand")
    ends = {n: asked.named[n] for n in ("a", "b")}
    whole = asked.emitted(passed)
    block, state.block = state.block, []
    try:
        one = state.call_value(passed.value, [Var(state.fresh("t", K.FLOAT)), *passed.given], {}, node)
    finally:
        state.block = block
    kind = state.kind(one)
    if not kind.is_number or kind.rank is None:
        asked.refuse("gets an integrand that returns no array", "return one")
    items = (K.array(kind.shape, "float64") if kind.rank else K.num((), "float64"), K.FLOAT)
    state.kinds[whole.name] = Kind("tuple", items=items)
    value: Value = state.getitem(whole, Const(0), node)
    for p in (*passed.all, *ends.values()):
        value = asked.refused(value, p, *_VECTOR) if may_vary(state, p) else value
    return Group("tuple", [value, state.getitem(whole, Const(1), node)])


_JUMP = (
    "jumps where its variable and a parameter say, so that its derivative is not all",
    "split the interval there, or use np.maximum, np.minimum or np.abs where it is continuous",
)
_VECTOR = "is an integral of vectors", "integrate numbers by quad, or vectors by fixed_quad"


@dataclass(slots=True)
class Derivative:
    """A derivative of a function that is passed on.

    ref      the function as a text names it
    rest     what it takes behind the variables
    lowered  the function that it is a derivative of, and `names`: its parameters there, "" if they are none
    """

    ref: Ref
    rest: list[Value]
    lowered: Any
    names: list[str]


def derivative(asked: Asked, passed: Passed, variables: list[Kind], places: tuple[int, ...]) -> Derivative:
    """The derivative of a function by its parameters in some places."""
    state, node = asked.state, asked.node
    made = importlib.import_module("s2sad.api").grad
    numbers: Value = Group("tuple", [Const(n) for n in places]) if len(places) > 1 else Const(places[0])
    fn = state.transform(Ref("grad", made), [passed.ref, numbers], {}, node)
    assert isinstance(fn, Ref)
    return generated(asked, fn, variables, passed.all, places, f"{passed.ref.text.split('.')[-1]}_by")


def generated(
    asked: Asked,
    fn: Ref,
    variables: list[Kind],
    rest: list[Value],
    places: tuple[int, ...] = (),
    by: str = "",
) -> Derivative:
    """What is generated for a derivative that a program could make; its name tells the places."""
    state = asked.state
    own: list[Value] = [Var(state.fresh("t", kind)) for kind in variables]
    found = state.generated_for(fn, [*own, *rest], asked.node)
    if found is None:
        asked.refuse("is called with what is not known yet", "write a loop")
    source, taken, lowered = found
    source.fun.__s2sad_shown__ = True  # type: ignore[attr-defined]
    values = list(taken.values())
    if values[: len(own)] != own:
        asked.refuse("gets a function that takes no number", "let it read its first parameter")
    names = list(lowered.arguments)
    ref = Ref("_".join([by, *(names[p] for p in places if len(places) < 3)]), source.fun)
    return Derivative(ref, values[len(own) :], lowered, [lowered.arguments[n] or "" for n in names])


__all__ = ["Derivative", "derivative", "generated", "quad", "quad_vec"]
