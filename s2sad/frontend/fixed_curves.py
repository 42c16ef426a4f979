"""Curves of scipy.interpolate and series of NumPy that are constants of a program.

    cs = CubicSpline(t, y)      cs(x), cs(x, 1), cs.derivative()(x), cs.integrate(a, b)
    f = RectBivariateSpline(u, v, w)        f.ev(x, y), f(x, y, dx=1), f(x, y, grid=False)
    p = Polynomial([1.0, 2.0])  p(x), p.deriv()(x), p.integ()(x)

What the text relies on is the type of the object and the shape of its values; its coefficients are read
when the text runs.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from s2sad.frontend.mapped import static
from s2sad.frontend.operators import live_object
from s2sad.frontend.state import State, Value
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Ref, Var
from s2sad.rules import registry

_CURVES = (
    "CubicSpline", "PchipInterpolator", "Akima1DInterpolator", "CubicHermiteSpline", "PPoly", "BSpline",
)  # fmt: skip
_SMOOTH = ("UnivariateSpline", "InterpolatedUnivariateSpline", "LSQUnivariateSpline")
_MAKING = {"derivative": 1, "antiderivative": 1, "deriv": 1, "integ": 1}


def is_curve(obj: Any) -> bool:
    """Whether an object is a curve of scipy.interpolate that can be called at active points."""
    cls = type(obj)
    if not cls.__module__.startswith("scipy.interpolate") or cls.__name__ not in _CURVES + _SMOOTH:
        return False
    if cls.__name__ in _SMOOTH:
        return bool(getattr(obj, "ext", 3) != 3)  # constant beyond the ends, where its derivative is not 0
    return bool(np.isrealobj(obj.c) and obj.axis == 0 and _size(obj) >= 0)


def is_series(obj: Any) -> bool:
    """Whether an object is a polynomial with real coefficients."""
    cls = type(obj)
    named = cls.__module__.startswith("numpy.polynomial") and hasattr(cls, "basis_name")
    return (cls is np.poly1d or named) and bool(np.isrealobj(obj.coef))


def _size(obj: Any) -> int:
    """How many elements the values of a curve have that are vectors; 0 where they are numbers."""
    if type(obj).__name__ in _SMOOTH:
        return 0
    after = np.shape(obj.c)[1:] if type(obj).__name__ == "BSpline" else np.shape(obj.c)[2:]
    return -1 if len(after) > 1 or after == (0,) else int(after[0]) if after else 0


def call_of_constant(
    state: State, fn: Ref, var: Var | None, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A call of a constant curve or series at points of float64; None for all else."""
    obj = fn.obj
    curve = is_curve(obj)
    if is_surface(obj):
        return _surface(state, var if var is not None else fn, obj, args, kwargs, node)
    if not curve and not is_series(obj):
        return _interpolation(state, fn, args, kwargs, node)
    named = dict(zip(("x", "nu"), args, strict=False)) | kwargs
    nu = static(named.get("nu", Const(0)))
    if len(args) > 2 or not named.keys() <= {"x", "nu"} or type(nu) is not int or nu < 0 or "x" not in named:
        return None
    kind = state.kind(named["x"])
    if not kind.is_number or kind.dtype not in ("", "float", "float64") or kind.rank is None:
        return None
    if not curve and (nu or len(args) + len(kwargs) != 1):
        return None
    registry.load("fixed_curves")
    own: Value = var if var is not None else fn
    if not curve:
        return state.apply("series_at", [own, named["x"], Const(0)], {}, node)
    depend_on_type(state, fn)
    return state.apply("curve_at", [own, named["x"], Const(nu), Const(_size(obj))], {}, node)


def is_surface(obj: Any) -> bool:
    """Whether an object is a spline of two variables, as RectBivariateSpline makes one."""
    return any(
        cls.__name__ == "BivariateSpline" and cls.__module__.startswith("scipy.interpolate")
        for cls in type(obj).__mro__
    )


def _surface(
    state: State, f: Value, obj: Any, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A call of a constant surface at points of float64, at pairs or on a grid; None for all else."""
    named = dict(zip(("x", "y", "dx", "dy", "grid"), args, strict=False)) | kwargs
    x, y = named.pop("x", Const(None)), named.pop("y", Const(None))
    times = [static(named.pop(n, Const(0))) for n in ("dx", "dy")]
    grid = static(named.pop("grid", Const(True)))
    points = [state.kind(v) for v in (x, y)]
    plain = all(k.is_number and k.dtype in ("", "float", "float64") and k.rank is not None for k in points)
    if named or not plain or not isinstance(grid, bool) or any(type(n) is not int for n in times):
        return None
    registry.load("fixed_curves")
    state.depend(("curve", id(obj)), lambda: type(obj), type(obj), "tck", same=True)
    name = "surface_grid" if grid else "surface_at"
    return state.apply(name, [f, x, y, *map(Const, times)], {}, node)


def _interpolation(
    state: State, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A call of an interp1d or a RegularGridInterpolator that is a constant: its formula, with its arrays."""
    obj, options = fn.obj, {}
    name = type(obj).__name__
    if name == "LinearNDInterpolator":
        return _scattered(state, fn, args, kwargs, node)
    if not type(obj).__module__.startswith("scipy.interpolate") or kwargs or len(args) != 1:
        return None
    kind = getattr(obj, "_kind", "")
    if kind == "spline" and np.ndim(obj.y) == 1 and np.isrealobj(obj.y):
        kind = {2: "quadratic", 3: "cubic"}.get(obj._spline.k, "")
    if name == "interp1d" and kind in ("linear", "nearest", "previous", "next", "quadratic", "cubic"):
        held = {"x": obj.x, "y": obj.y}
        options = {"kind": kind, "assume_sorted": True, "axis": int(obj.axis)}
    elif name == "RegularGridInterpolator" and obj.method == "linear" and obj.values.ndim == len(obj.grid):
        held = {"grid": obj.grid, "values": obj.values}
    else:
        return None
    beyond = _beyond(obj.fill_value)
    options |= {"bounds_error": obj.bounds_error, "fill_value": beyond}
    flat = [*options.values(), *(beyond if isinstance(beyond, tuple) else ())]
    if not all(value is None or isinstance(value, str | bool | float | int | tuple) for value in flat):
        return None

    def ids() -> list[int]:
        return [id(getattr(obj, key)) for key in held]

    state.depend(("curve", id(obj)), ids, ids(), "its points", same=True)
    given = [state.live_value(f"{fn.text}.{key}", value) for key, value in held.items()]
    made = Ref(f"scipy.interpolate.{name}", type(obj))
    at = state.call_value(made, given, {key: Const(value) for key, value in options.items()}, node)
    return state.call_value(at, args, {}, node)


def _scattered(
    state: State, fn: Ref, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """A call of a constant LinearNDInterpolator of numbers: its formula, with its triangulation."""
    obj = fn.obj
    if kwargs or np.ndim(obj.values) != 2 or np.shape(obj.values)[1] != 1 or np.ndim(obj.fill_value):
        return None

    def ids() -> list[int]:
        return [id(obj.tri), id(obj.values)]

    if getattr(obj, "scale", None) is not None:
        return None
    state.depend(("curve", id(obj)), ids, ids(), "its points", same=True)
    tri = Ref(f"{fn.text}.tri", obj.tri)
    values = state.apply("np.ravel", [state.live_value(f"{fn.text}.values", obj.values)], {}, node)
    made = Ref("scipy.interpolate.LinearNDInterpolator", type(obj))
    at = state.call_value(made, [tri, values, Const(float(obj.fill_value))], {}, node)
    return state.call_value(at, args, {}, node)


def _beyond(fill: Any) -> Any:
    """The fill value of an interpolation: a number, or two; SciPy has lines of matrices for "extrapolate"."""
    if isinstance(fill, tuple):
        plain = all(np.ndim(v) == 0 for v in fill)
        return tuple(np.asarray(v).item() for v in fill) if plain else "extrapolate"
    return np.asarray(fill).item() if np.ndim(fill) == 0 else fill


def depend_on_type(state: State, fn: Ref) -> None:
    """The text holds for curves of the same type, with values of the same shape."""
    obj = fn.obj
    state.depend(("curve", id(obj)), lambda: (type(obj), _size(obj)), (type(obj), _size(obj)), "c", same=True)


def method_of_curve(
    state: State, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
) -> Value | None:
    """`cs.derivative(2)`, `p.integ()` and `cs.integrate(a, b)` of a constant; None for all else."""
    obj = live_object(state, base)
    if is_surface(obj) and name == "ev" and isinstance(base, Ref | Var):
        named = dict(zip(("x", "y", "dx", "dy"), args, strict=False))
        named |= {{"xi": "x", "yi": "y"}.get(n, n): v for n, v in kwargs.items()} | {"grid": Const(False)}
        return _surface(state, base, obj, [], named, node)
    if obj is None or kwargs or not (is_curve(obj) or is_series(obj)) or not isinstance(base, Ref | Var):
        return None
    if name == "integrate" and is_curve(obj) and len(args) == 2 and _size(obj) == 0:
        if all(state.kind(a).rank == 0 and state.kind(a).dtype in ("", "float", "float64") for a in args):
            registry.load("fixed_curves")
            return state.apply("curve_between", [base, *args], {}, node)
    orders = [static(a) for a in args]
    if name not in _MAKING or len(args) > 1 or any(type(n) is not int for n in orders):
        return None
    registry.load("fixed_curves")
    call = Call("curve_of", (state.atom(base), *map(Const, orders)), (), "." + name)
    made = state.emit(call, K.OBJECT, node)
    state.live[made.name] = getattr(obj, name)(*orders)
    return made
