"""scipy.fft: the transforms of numpy.fft under SciPy's name, and cosine and sine transforms.

The matrices of the types 1 and 4 are symmetric, those of 2 and 3 transposes of each other, up to the
weight of one element; orthonormal ones are transposed by their inverse:

    y = scipy.fft.dct(x)                  x_bar = scipy.fft.dct(first_scaled(g, 2.0, 0, -1), 3)
    y = scipy.fft.dct(x, norm="ortho")    x_bar = scipy.fft.dct(g, 3, norm="ortho")
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import fft

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes, fourier
from s2sad.rules.axes import as_array, literal, shape_of
from s2sad.rules.registry import Bound, composite, structural

fourier.enter(fft, "scipy.fft")


def _kind(bound: Bound) -> Kind:
    if bound.static("type") not in (1, 2, 3, 4) or not isinstance(bound.static("norm"), str | None):
        raise NotImplementedError("a cosine or sine transform whose type or norm is known at run time only")
    if bound.static("overwrite_x") is not False or bound.static("orthogonalize") is not None:
        raise NotImplementedError(
            "a cosine or sine transform with overwrite_x or orthogonalize; leave them out"
        )
    if bound.static("n") is not None:
        raise NotImplementedError("a cosine or sine transform with n; cut or pad the array first")
    own = as_array(bound.kind("x"))
    return kinds.array(shape_of(bound, "x"), axes.averaged(own.dtype))


def _back(name: str) -> Callable[[Bound], str]:
    place = "0" if name == "dct" else "-1"

    def text(bound: Bound) -> str:
        kind, norm, axis = bound.static("type"), bound.static("norm"), literal(bound, "axis")
        other = {1: 1, 2: 3, 3: 2, 4: 4}[kind]
        how = f", axis={axis}" if axis != "-1" else ""
        how += f", norm={norm!r}" if norm not in (None, "backward") else ""

        def transform(inner: str) -> str:
            return f"scipy.fft.{name}({inner}, {other}{how})"

        if norm == "ortho" or kind == 4 or (kind == 1 and name == "dst"):
            return transform("g")
        if kind == 2:
            return transform(f"first_scaled(g, 2.0, {place}, {axis})")
        if kind == 3:
            return f"first_scaled({transform('g')}, 0.5, {place}, {axis})"
        inner = f"first_scaled(first_scaled(g, 2.0, 0, {axis}), 2.0, -1, {axis})"
        return f"first_scaled(first_scaled({transform(inner)}, 0.5, 0, {axis}), 0.5, -1, {axis})"

    return text


for _name in ("dct", "dst"):
    structural(
        f"scipy.fft.{_name}",
        "x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None, orthogonalize=None",
        _kind,
        {"x": _back(_name)},
        (getattr(fft, _name),),
        linear=("x",),
    )
    composite(
        f"scipy.fft.i{_name}",
        f"""def i{_name}(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None):
    if type == 2 or type == 3:
        type = 5 - type
    if norm == "ortho":
        return scipy.fft.{_name}(x, type, n, axis, "ortho")
    return scipy.fft.{_name}(x, type, n, axis, "backward" if norm == "forward" else "forward")
""",
        (getattr(fft, f"i{_name}"),),
    )
