"""numpy.fft and the transforms of scipy.fft that have the same names: linear maps and their transposes.

The transpose of a transform is the inverse transform whose scale is that of the opposite direction
("backward" and "forward" change places, "ortho" stays), cut or filled to the argument's shape:

    y = np.fft.fft(x)             x_bar = np.fft.ifft(g, norm="forward")     its real part for a real x
    y = np.fft.rfft(x)            x_bar = np.fft.irfft(halved(g, n, -1), n, norm="forward")
    y = np.fft.irfftn(x)          x_bar = doubled(np.fft.rfftn(g, norm="forward"), n, -1)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, is_complex, literal, rank_of, shape_of
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import spectra

SWAPPED = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}
_IGNORED = "overwrite_x=False, workers=None, *, plan=None"  # of SciPy: how, not what


def _complex(dtype: str) -> str:
    return "complex64" if dtype in ("float32", "complex64", "float16") else "complex128"


def _real(dtype: str) -> str:
    return axes.magnitude(_complex(dtype))


def _dtype(bound: Bound) -> str:
    return as_array(bound.kind("a")).dtype


def _kind(real_result: bool, wide: bool) -> Callable[[Bound], Kind]:
    """The kind of a transform; one whose lengths are the argument's keeps its shape."""

    def infer(bound: Bound) -> Kind:
        if bound.statics.get("overwrite_x", False) is not False:
            raise NotImplementedError("a Fourier transform that overwrites its argument")
        if bound.given("out") and bound.kind("out").cat != "none":
            raise NotImplementedError("a Fourier transform into out=; assign its result")
        if rank_of(bound, "a") == 0:
            raise NotImplementedError("a Fourier transform of a number; use the number")
        if bound.static("norm") is UNKNOWN:
            raise NotImplementedError("a Fourier transform whose norm is known at run time only")
        shape = shape_of(bound, "a")
        size = bound.static("s" if "s" in bound.statics else "n")
        if wide or size is not None:
            shape = kinds.fresh_shape(rank_of(bound, "a"))
        dtype = _dtype(bound)
        if not dtype:
            return kinds.array(shape, "float" if real_result else "complex")
        return kinds.array(shape, (_real if real_result else _complex)(dtype))

    return infer


def _norm(bound: Bound) -> str:
    swapped = SWAPPED[bound.static("norm")]
    return "" if swapped == "backward" else f", norm={swapped!r}"


def _where(bound: Bound) -> str:
    """The axes that are transformed, as an argument."""
    if "axes" not in bound.statics:
        return axes.option(bound, "axis", "-1")
    return f", axes={_axes(bound)}" if _axes(bound) != "None" else ""


def _axes(bound: Bound) -> str:
    if bound.static("axes") is None and bound.static("s") is not None:
        if isinstance(bound.static("s"), int):
            return "-1"
        if isinstance(bound.static("s"), tuple | list):
            return repr(tuple(range(-len(bound.static("s")), 0)))
        return f"tuple(range(-len({literal(bound, 's')}), 0))"
    return literal(bound, "axes")


def _in_field(bound: Bound, text: str) -> str:
    """A text, real where the argument is; what is not known of it is asked when the program runs."""
    if not as_array(bound.kind("a")).sort:
        return f"as_field({text}, a)"
    return text if is_complex(bound, "a") or "irfft" in text else f"np.real({text})"


def _fitted(bound: Bound, text: str) -> str:
    """A text whose lengths are the result's, cut or filled to the argument's shape."""
    size = bound.static("s" if "s" in bound.statics else "n")
    text = _in_field(bound, text)
    return text if size is None else f"resized({text}, np.shape(a))"


def _last(bound: Bound) -> str:
    """The axis of which half is left out."""
    if "axes" not in bound.statics:
        return literal(bound, "axis")
    static = bound.static("axes")
    if static is None:
        return "-1"
    if static is UNKNOWN:
        return "axes[-1]"
    return repr(axes_in_order(bound)[-1])


def _points(bound: Bound, real: str) -> str:
    """The number of points along that axis, on the side of the real array of that name."""
    name = "s" if "s" in bound.statics else "n"
    if real == "a" and bound.static(name) is not None:
        one = name == "n" or isinstance(bound.static(name), int)
        return literal(bound, name) if one else f"{literal(bound, name)}[-1]"
    return f"np.shape({real})[{_last(bound)}]"


def _plain_back(module: str, inverse: str) -> Callable[[Bound], str]:
    return lambda b: _fitted(b, f"{module}.{inverse}(g{_where(b)}{_norm(b)})")


def _half_back(module: str, inverse: str) -> Callable[[Bound], str]:
    """Of rfft and rfftn."""

    def text(bound: Bound) -> str:
        points, size = _points(bound, "a"), "n" if "n" in bound.statics else "s"
        if size == "n":
            lengths = f", {points}"
        elif bound.static("s") is not None:
            lengths = f", {literal(bound, 's')}"
        if size != "n" and bound.static("axes") is None and bound.static("s") is None:
            return _fitted(
                bound,
                f"{module}.{inverse}(halved(g, {points}, -1), np.shape(a), all_axes(a){_norm(bound)})",
            )
        if size != "n" and bound.static("s") is None:
            places = axes_in_order(bound)
            lengths = f", ({', '.join(f'np.shape(a)[{k}]' for k in places)},)"
        half = f"halved(g, {points}, {_last(bound)})"
        return _fitted(bound, f"{module}.{inverse}({half}{lengths}{_where(bound)}{_norm(bound)})")

    return text


def axes_in_order(bound: Bound) -> tuple[int, ...]:
    """The axes of a transform in the order in which they are given."""
    static = bound.static("axes")
    if static is UNKNOWN:
        raise NotImplementedError("a Fourier transform whose axes are known at run time only")
    return (static,) if isinstance(static, int) else tuple(static)


def _full_back(module: str, inverse: str) -> Callable[[Bound], str]:
    """Of irfft and irfftn, whose argument may be longer than what they read."""

    def text(bound: Bound) -> str:
        back = f"{module}.{inverse}(g{_where(bound)}{_norm(bound)})"
        back = f"doubled({back}, {_points(bound, 'out')}, {_last(bound)})"
        back = _in_field(bound, back)
        return f"resized({back}, np.shape(a))"

    return text


_PLAIN = {"fft": "ifft", "ifft": "fft", "fftn": "ifftn", "ifftn": "fftn"}
_HALF = {"rfft": "irfft", "rfftn": "irfftn"}
_SIZES = {False: "n=None, axis=-1", True: "s=None, axes=None"}


def _transform(module: Any, prefix: str, name: str, inverse: str) -> None:
    ignored = f"{_IGNORED}" if prefix == "scipy.fft" else "out=None"
    first = "a"
    signature = f"{first}, {_SIZES[name.endswith('n')]}, norm=None, {ignored}"
    if name in _PLAIN:
        text, real, wide = _plain_back(prefix, inverse), False, False
    elif name.startswith("r"):
        text, real, wide = _half_back(prefix, inverse), False, True
    else:
        text, real, wide = _full_back(prefix, inverse), True, True
    structural(
        f"{prefix}.{name}",
        signature,
        _kind(real, wide),
        {"a": text},
        (getattr(module, name),),
        linear=("a",),
    )


def _pairs(module: Any, prefix: str) -> None:
    """Transforms that are others under another name."""
    ignored = ", overwrite_x=False, workers=None" if prefix == "scipy.fft" else ""
    for name in ("fft2", "ifft2", "rfft2", "irfft2"):
        general = name[:-1] + "n"
        composite(
            f"{prefix}.{name}",
            f"def {name}(a, s=None, axes=(-2, -1), norm=None{ignored}):\n"
            f"    return {prefix}.{general}(a, s, axes, norm)\n",
            (getattr(module, name),),
        )
    for name, body in (
        ("hfft", f"{prefix}.irfft(np.conj(a), n, axis, norm={{}})"),
        ("ihfft", f"np.conj({prefix}.rfft(a, n, axis, norm={{}}))"),
    ):
        composite(
            f"{prefix}.{name}",
            f"def {name}(a, n=None, axis=-1, norm=None{ignored}):\n"
            f"    if norm == 'ortho':\n        return {body.format(repr('ortho'))}\n"
            f"    if norm == 'forward':\n        return {body.format(repr('backward'))}\n"
            f"    return {body.format(repr('forward'))}\n",
            (getattr(module, name),),
        )


def _shifts(module: Any, prefix: str) -> None:
    for name, other in (("fftshift", "ifftshift"), ("ifftshift", "fftshift")):
        structural(
            f"{prefix}.{name}",
            "x, axes=None",
            lambda b: kinds.array(shape_of(b, "x"), as_array(b.kind("x")).dtype),
            {"x": lambda b, other=other: f"{prefix}.{other}(g{axes.option(b, 'axes')})"},  # type: ignore[misc]
            (getattr(module, name),),
            linear=("x",),
        )
    for name in ("fftfreq", "rfftfreq"):
        structural(
            f"{prefix}.{name}",
            "n, d=1.0, *, device=None" if prefix == "np.fft" else "n, d=1.0, *, xp=None, device=None",
            lambda b: kinds.array((kinds.new_length(),), "float64"),
            {"d": "-np.sum(g*out)/d"},
            (getattr(module, name),),
            jvp={"d": "-out*(d_dot/d)"},
        )


def enter(module: Any, prefix: str) -> None:
    """Enter the transforms of a module that has NumPy's names."""
    for name, inverse in {**_PLAIN, **_HALF, **{v: k for k, v in _HALF.items()}}.items():
        _transform(module, prefix, name, inverse)
    _pairs(module, prefix)
    _shifts(module, prefix)


enter(np.fft, "np.fft")


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _like(bound: Bound) -> Kind:
    return kinds.array(shape_of(bound, "z"), as_array(bound.kind("z")).dtype)


for _name in ("halved", "doubled"):
    structural(
        _name,
        "z, n, axis",
        _like,
        {"z": f"{_name}(g, n, axis)", "n": axes.zero, "axis": axes.zero},
        (getattr(spectra, _name),),
        linear=("z",),
    )
structural(
    "first_scaled",
    "z, factor, place, axis",
    _like,
    {"z": "first_scaled(g, factor, place, axis)"},
    (spectra.first_scaled,),
    linear=("z",),
)
structural(
    "resized",
    "z, shape",
    lambda b: kinds.array(kinds.fresh_shape(rank_of(b, "z")), as_array(b.kind("z")).dtype),
    {"z": "resized(g, np.shape(z))", "shape": axes.zero},
    (spectra.resized,),
    linear=("z",),
    effect="maybe z",
)
structural("all_axes", "z", lambda b: Kind("tuple"), {}, (spectra.all_axes,))
structural(
    "multiplicity",
    "length, n",
    lambda b: kinds.array((kinds.new_length(),), "float32"),
    {},
    (spectra.multiplicity,),
)
