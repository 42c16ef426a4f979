"""A cell of the table of all rules: a call, on arguments of one form, held against plain calls in both modes and orders.

    Cell("np.sum(m, axis=1)", {"m": ...}).outcome("narrow")      "right", "refused: ...", "not NumPy's"

The value agrees bit for bit; the gradient with differences; the tangent with the gradient; the Hessian-vector product and the
gradient of the gradient with differences of the gradient. What NumPy itself refuses or warns about on such arguments
is no cell. The names in a call are those of `call_cases`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from call_cases import ARGUMENTS
from test_calls import complex_, narrow, strided

import s2sad
from support import (
    active_positions,
    assert_like,
    clone,
    close,
    differences,
    direction,
    flat,
    inner,
    leaves,
    load,
    reference,
    same_bits,
    tree_map,
    wide,
)


def _each(change: Callable[[Any], Any]) -> Callable[[Any, int], Any]:
    """A form that changes every array of floats in the same way."""

    def changed(a: Any, place: int) -> Any:
        inexact = isinstance(a, np.ndarray) and a.dtype.kind in "fc" and a.size
        return change(a) if inexact or type(a) is float else a

    return changed


def _first(a: Any) -> Any:
    return np.ravel(a)[0]


def _floats(change: Callable[[np.ndarray], Any]) -> Callable[[Any, int], Any]:
    """A form that changes every array of floats or complex numbers."""
    return lambda a, place: change(a) if isinstance(a, np.ndarray) and a.dtype.kind in "fc" else a


def _doubles(change: Callable[[np.ndarray], Any], every: int = 1) -> Callable[[Any, int], Any]:
    """A form that changes arrays of double precision: all, or the second, fourth, ... argument."""

    def changed(a: Any, place: int) -> Any:
        double = isinstance(a, np.ndarray) and a.dtype == np.float64
        return change(a) if double and (place + 1) % every == 0 else a

    return changed


def _read_only(a: np.ndarray) -> np.ndarray:
    made = a.copy()
    made.flags.writeable = False
    return made


def _whole(a: np.ndarray) -> np.ndarray:
    return np.rint(3*a).astype(int) if np.all(np.isfinite(a)) else a


FORMS: dict[str, Callable[[Any, int], Any]] = {
    "as they are": lambda a, place: a,
    "strided": lambda a, place: strided(a),
    "Fortran order": lambda a, place: np.asfortranarray(a) if isinstance(a, np.ndarray) and a.ndim > 1 else a,
    "float32": lambda a, place: narrow(a),
    "complex": lambda a, place: complex_(a),
    "empty": lambda a, place: a[:0] if isinstance(a, np.ndarray) and a.ndim else a,
    "Python numbers": _each(lambda a: _first(a).item() if np.asarray(a).dtype.itemsize >= 8 else a),
    "NumPy scalars": _each(_first),
    "rank 0": _each(lambda a: np.array(_first(a))),
    "read-only": _floats(_read_only),
    "byte-swapped": _doubles(lambda a: a.astype(a.dtype.newbyteorder())),
    "negative strides": _floats(lambda a: a[tuple(slice(None, None, -1) for _ in a.shape)]),
    "float16": _doubles(lambda a: a.astype(np.float16)),
    "longdouble": _doubles(lambda a: a.astype(np.longdouble)),
    "mixed precision": _doubles(lambda a: a.astype(np.float32), 2),
    "integers beside": _doubles(_whole, 2),
    "one long": lambda a, place: a[:1].copy() if place and isinstance(a, np.ndarray) and a.ndim else a,
}
HALF = {"first": 2e-2, "tangent": 5e-2}  # second derivatives are all rounding
NARROW = {"first": 2e-4, "tangent": 1e-3, "second": 5e-3}
COMPLEX = {"first": 1e-5, "tangent": 1e-8, "second": 1e-5}  # where there is no complex step
WIDE = {"first": 0.0, "tangent": 1e-8, "second": 1e-5}
# Composites give C order where NumPy keeps the order of a Fortran array, and NumPy's own loops over complex numbers
# round otherwise than one product: sums of the result differ in their last bits.
# np.pad takes single end values of ramps for numbers of double precision, which narrow arrays are computed in, then.
LAST_BITS = {
    "as they are": ("signal.welch(", "signal.periodogram(", "signal.csd(", "signal.spectrogram(", "signal.coherence(", "sosfilt(", "filtfilt(", "decimate(", "_kde("),
    "Fortran order": ("np.pad", "np.vectorize", "np.apply_", "reduceat"), "complex": (".at(z", "reduceat", ".convert("), "float32": ("linear_ramp",),
    "strided": ("cbrt(",), "negative strides": ("cbrt(", "hilbert2("),  # of numbers that lie apart NumPy rounds it otherwise
    "longdouble": ("np.cov", "np.corrcoef", "out=z", "period="),  # NumPy adds up in the precision of out, and interpolates in that of float64
}  # fmt: skip
SCIPY_118 = tuple(int(part) for part in scipy.__version__.split(".")[:2]) >= (1, 18)
if SCIPY_118:  # which adds up in another order than the formulas of the rules, that are in the order of 1.17
    LAST_BITS["as they are"] += ("skew(", "kurtosis(", "seuclidean(", "lfilter_zi(", "interp1d(")


@dataclass
class Cell:
    """A call, or statements that set z, and the arguments that it names."""

    line: str
    arguments: dict[str, Any]

    def program(self, folder: Path, form: str) -> tuple[Callable[..., Any], list[Any]] | None:
        """The function that holds the call and its arguments in a form; None where NumPy takes no such, or it is no other form."""
        args = [FORMS[form](a, k) for k, a in enumerate(self.arguments.values())]
        if form != "as they are" and all(a is b for a, b in zip(args, self.arguments.values(), strict=True)):
            return None
        for total in ("np.sum(np.sin(z))", "np.sum(np.real(z)*np.cos(np.imag(z)))"):
            fun = load(self.text(total), folder).f
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    value = fun(*clone(args))
            except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, Warning):
                return None
            if not np.iscomplexobj(value):
                floats = isinstance(value, float | np.floating | np.ndarray)
                return (fun, args) if floats and active_positions(args) else None
        return None

    def text(self, total: str) -> str:
        body = self.line if re.search(r"(^|; )z(, \w+)* = ", self.line) else f"z = {self.line}"
        modules = sorted(set(re.findall(r"scipy\.(?:sparse\.linalg|spatial\.distance|[a-z]+)", body)))
        head = "import math\nimport numpy as np\n" + "".join(f"import {m}\n" for m in modules)
        return f"{head}\n\ndef f({', '.join(self.arguments)}):\n    {body}\n    return {total}\n"

    def check(self, folder: Path, form: str = "as they are") -> str:
        """"right", "" for no cell, or what a refusal says; AssertionError for all else."""
        made = self.program(folder, form)
        if made is None:
            return ""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                _check_first(*made, bits=not any(name in self.line for name in LAST_BITS.get(form, ())))
                if not any(np.iscomplexobj(a) for a in made[1]) and _limits(made[1]) is not HALF:
                    _check_second(*made)
            except s2sad.UnsupportedError as refused:
                return str(refused)
        return "right"


def cell(line: str) -> Cell:
    """A line of `call_cases`, with the arguments that it names."""
    names = {n.id for n in ast.walk(ast.parse(line)) if isinstance(n, ast.Name)}
    return Cell(line, {n: ARGUMENTS[n] for n in ARGUMENTS if n in names})


def _limits(args: list[Any]) -> dict[str, float]:
    if any(getattr(a, "dtype", None) == np.float16 for a in args):
        return HALF
    if any(np.iscomplexobj(a) for a in args):
        return COMPLEX
    return NARROW if any(getattr(a, "dtype", None) == np.float32 for a in args) else WIDE


def _directions(args: list[Any], wrt: tuple[int, ...]) -> list[Any]:
    rng = np.random.default_rng(5)
    return [direction(a, rng) if i in wrt else tree_map(lambda _: None, a) for i, a in enumerate(args)]


def _same(one: Any, other: Any, bits: bool) -> bool:
    return same_bits(one, other) if bits else bool(np.allclose(one, other, 1e-6 if np.asarray(other).dtype.itemsize == 4 else 1e-13, 0.0))


def _check_first(fun: Callable[..., Any], args: list[Any], bits: bool) -> None:
    """Value, gradient and tangent."""
    wrt, limits = active_positions(args), _limits(args)
    value, gradient = s2sad.value_and_grad(fun, wrt)(*args)
    expected = fun(*clone(args))
    assert _same(value, expected, bits), f"the value is {value!r}, not {expected!r}"
    for i, g in zip(wrt, gradient, strict=True):
        assert_like(g, args[i] if np.asarray(args[i]).dtype.isnative else args[i].astype(args[i].dtype.newbyteorder("=")))
    v = _directions(args, wrt)
    exact, trust = reference(fun, args, v)
    slope = float(np.real(exact[0])) if exact.size else 0.0
    got = inner(list(gradient), [v[i] for i in wrt])
    scale = max((float(np.max(np.abs(g))) for g in leaves(list(gradient)) if np.size(g)), default=1.0)
    assert close(got, slope, max(limits["first"], trust), scale), f"the gradient gives {got!r}, differences {slope!r}"
    out, dot = s2sad.jvp(fun, clone(args), tuple(v))
    assert _same(out, expected, bits), f"the value of jvp is {out!r}, not {expected!r}"
    assert close(float(np.real(dot)), got, limits["tangent"], 10*scale), f"the tangent is {dot!r}, the gradient gives {got!r}"


def _check_second(fun: Callable[..., Any], args: list[Any]) -> None:
    """Forward over reverse, and reverse over reverse; float32 against the same in double precision."""
    positions, limit = active_positions(args), _limits(args)["second"]
    wrt: Any = positions[0] if len(positions) == 1 else positions
    v = _directions(args, positions)
    by = v[wrt] if len(positions) == 1 else tuple(v[i] for i in positions)
    gradient = s2sad.grad(fun, wrt)
    if limit > WIDE["second"]:
        expected = flat(s2sad.hvp(fun, wrt)(*wide(tuple(args)), by))
    else:
        expected = differences(lambda *a: gradient(*a), args, v)
    got = flat(s2sad.hvp(fun, wrt)(*args, by))
    np.testing.assert_allclose(got, expected, limit, limit, err_msg="forward over reverse")
    out, pullback = s2sad.vjp(gradient, *args)
    w = direction(out, np.random.default_rng(6))
    bars = pullback(w)
    ours = sum(np.sum(np.asarray(bars[i])*np.asarray(v[i])) for i in positions)
    np.testing.assert_allclose(ours, np.sum(expected*flat(w)), 10*limit, 10*limit, err_msg="reverse over reverse")
