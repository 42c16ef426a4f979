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
from s2sad.rules.axes import as_array, literal
from s2sad.rules.registry import Bound, composite, structural

fourier.enter(fft, "scipy.fft")


def _checked(bound: Bound) -> None:
    if bound.static("type") not in (1, 2, 3, 4) or not isinstance(bound.static("norm"), str | None):
        raise NotImplementedError("a cosine or sine transform whose type or norm is known at run time only")
    if bound.static("overwrite_x") is not False or not isinstance(bound.static("orthogonalize"), bool | None):
        raise NotImplementedError("a cosine or sine transform with overwrite_x; leave it out")
    if bound.static("orthogonalize") is not None and as_array(bound.kind("x")).sort == "complex":
        raise NotImplementedError("a cosine or sine transform of complex numbers with orthogonalize")


def _kind(bound: Bound) -> Kind:
    _checked(bound)
    own = as_array(bound.kind("x"))
    shape = own.shape
    if bound.static("n") is not None:
        along = axes.one_axis(bound, "x")
        if shape is not None and along is not None:
            shape = tuple(kinds.new_length() if k == along else n for k, n in enumerate(shape))
        else:
            shape = kinds.fresh_shape(None if shape is None else len(shape))
    return kinds.array(shape, axes.averaged(own.dtype))


def _orthonormal(bound: Bound) -> bool:
    """Whether the first or last element is weighted so that the matrix is orthogonal up to a factor."""
    chosen = bound.static("orthogonalize")
    return bound.static("norm") == "ortho" if chosen is None else bool(chosen)


def _transposed(bound: Bound, name: str, axis: str, inner: str) -> str:
    """The transpose of the transform along one axis."""
    place = "0" if name == "dct" else "-1"
    kind, norm, chosen = bound.static("type"), bound.static("norm"), bound.static("orthogonalize")
    how = f", axis={axis}" if axis != "-1" else ""
    how += f", norm={norm!r}" if norm not in (None, "backward") else ""
    how += f", orthogonalize={chosen}" if chosen is not None else ""

    def transform(text: str) -> str:
        return f"scipy.fft.{name}({text}, { {1: 1, 2: 3, 3: 2, 4: 4}[kind] }{how})"

    if _orthonormal(bound) or kind == 4 or (kind == 1 and name == "dst"):
        return transform(inner)
    if kind == 2:
        return transform(f"first_scaled({inner}, 2.0, {place}, {axis})")
    if kind == 3:
        return f"first_scaled({transform(inner)}, 0.5, {place}, {axis})"
    inner = f"first_scaled(first_scaled({inner}, 2.0, 0, {axis}), 2.0, -1, {axis})"
    return f"first_scaled(first_scaled({transform(inner)}, 0.5, 0, {axis}), 0.5, -1, {axis})"


def _back(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        made = _transposed(bound, name, literal(bound, "axis"), "g")
        return made if bound.static("n") is None else f"resized({made}, np.shape(x))"

    return text


def _places(bound: Bound) -> list[int]:
    """The axes of a transform of several, as they are counted from the end."""
    rank, static, sizes = axes.rank_of(bound, "x"), bound.static("axes"), bound.static("s")
    if isinstance(static, int):
        static = (static,)
    if isinstance(sizes, int):
        sizes = (sizes,)
    if static is None and isinstance(sizes, tuple | list):
        static = tuple(range(-len(sizes), 0))
    if static is None and rank is not None and sizes is None:
        static = tuple(range(rank))
    if rank is None or not isinstance(static, tuple | list):
        raise NotImplementedError("a cosine or sine transform whose axes are known at run time only")
    return [k if k < 0 else k - rank for k in static]


def _kind_of_several(bound: Bound) -> Kind:
    _checked(bound)
    own, places = as_array(bound.kind("x")), _places(bound)
    shape = own.shape
    if bound.static("s") is not None and shape is not None:
        shape = tuple(kinds.new_length() if k - len(shape) in places else n for k, n in enumerate(shape))
    return kinds.array(shape, axes.averaged(own.dtype))


def _back_of_several(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        made = "g"
        for axis in _places(bound):
            made = _transposed(bound, name, str(axis), made)
        return made if bound.static("s") is None else f"resized({made}, np.shape(x))"

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
        f"""def i{_name}(x, type=2, n=None, axis=-1, norm=None, overwrite_x=False, workers=None,
        orthogonalize=None):
    if type == 2 or type == 3:
        type = 5 - type
    if norm != "ortho":
        norm = "backward" if norm == "forward" else "forward"
    return scipy.fft.{_name}(x, type, n, axis, norm, orthogonalize=orthogonalize)
""",
        (getattr(fft, f"i{_name}"),),
    )
    structural(
        f"scipy.fft.{_name}n",
        "x, type=2, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *, orthogonalize=None",
        _kind_of_several,
        {"x": _back_of_several(_name)},
        (getattr(fft, f"{_name}n"),),
        linear=("x",),
    )
    composite(
        f"scipy.fft.i{_name}n",
        f"""def i{_name}n(x, type=2, s=None, axes=None, norm=None, overwrite_x=False, workers=None, *,
        orthogonalize=None):
    if type == 2 or type == 3:
        type = 5 - type
    if norm != "ortho":
        norm = "backward" if norm == "forward" else "forward"
    return scipy.fft.{_name}n(x, type, s, axes, norm, orthogonalize=orthogonalize)
""",
        (getattr(fft, f"i{_name}n"),),
    )
for _suffix, _axes in (("n", "None"), ("2", "(-2, -1)")):
    composite(
        f"scipy.fft.hfft{_suffix}",
        f"""def hfft{_suffix}(x, s=None, axes={_axes}, norm=None, overwrite_x=False, workers=None):
    if norm == "ortho":
        return scipy.fft.irfftn(np.conj(x), s, axes, "ortho")
    return scipy.fft.irfftn(np.conj(x), s, axes, "backward" if norm == "forward" else "forward")
""",
        (getattr(fft, f"hfft{_suffix}"),),
    )
    composite(
        f"scipy.fft.ihfft{_suffix}",
        f"""def ihfft{_suffix}(x, s=None, axes={_axes}, norm=None, overwrite_x=False, workers=None):
    if norm == "ortho":
        return np.conj(scipy.fft.rfftn(x, s, axes, "ortho"))
    return np.conj(scipy.fft.rfftn(x, s, axes, "backward" if norm == "forward" else "forward"))
""",
        (getattr(fft, f"ihfft{_suffix}"),),
    )
