"""What the frontend makes of calls of odeint and solve_ivp: states, and what moves them.

    y = odeint(f, y0, t, args=(p,))      y = solved(odeint, f, y0, t, args=(p,))              a constant
                                         y = moved_by(y, y0, 0, ..., (p,)), by times, by p

`moved_by` is its first argument; the pass "solutions" puts this in its place once the derivative stands
there.
"""

from __future__ import annotations

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules.axes import literal, zero
from s2sad.rules.registry import Bound, structural
from s2sad.runtime import trajectories

_AGAIN = (
    "a derivative of a solution of a differential equation is differentiated again; "
    "take the first derivative only, or write the steps out as a loop"
)


def _refused(bound: Bound) -> str:
    raise NotImplementedError(_AGAIN)


def _back(bound: Bound) -> str:
    g = "g.T" if bound.static("axis") else "g"
    call = f"ode_back(rate, pull, method, rtol, atol, start, times, y0, {g}, moving, rest)"
    return f"{call}[{literal(bound, 'place')}]"


def _along(bound: Bound) -> str:
    call = "ode_along(rate, push, method, rtol, atol, start, times, y0, place, p_dot, moving, rest)"
    return f"{call}.T" if bound.static("axis") else call


def _bars(bound: Bound) -> Kind:
    rest = bound.kind("rest").items or ()
    moving = tuple(rest[i] for i in bound.static("moving"))
    own = tuple(kinds.array(k.shape, "float64") if k.is_array else k for k in moving)
    y0 = kinds.array(bound.kind("y0").shape, "float64")
    return Kind("tuple", items=(y0, kinds.array(bound.kind("times").shape, "float64"), kinds.FLOAT, *own))


def _dots(bound: Bound) -> Kind:
    times, y0 = bound.kind("times").shape, bound.kind("y0").shape
    return kinds.array((*(times or _vector()), *(y0 or _vector())), "float64")


def _vector() -> tuple[kinds.Length, ...]:
    return (kinds.new_length(),)


_PROBLEM = "method, rtol, atol, start, times, y0"
structural(
    "moved_by",
    f"states, p, place, rate, pull, push, axis, {_PROBLEM}, moving, rest",
    lambda bound: bound.kind("states"),
    {"states": "g", "p": _back, "start": zero, "times": zero, "y0": zero, "rest": zero},
    (trajectories.moved_by,),
    jvp={"states": "states_dot", "p": _along},
)
structural(
    "ode_back",
    f"rate, pull, {_PROBLEM}, g, moving, rest",
    _bars,
    dict.fromkeys(("start", "times", "y0", "g", "rest"), _refused),
    (trajectories.ode_back,),
)
structural(
    "ode_along",
    f"rate, push, {_PROBLEM}, place, dot, moving, rest",
    _dots,
    dict.fromkeys(("start", "times", "y0", "dot", "rest"), _refused),
    (trajectories.ode_along,),
)
