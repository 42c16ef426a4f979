"""Filters of scipy.ndimage of complex images, or with complex weights: SciPy takes the parts one by one.

    scipy.ndimage.sobel(z)              joined_parts(scipy.ndimage.sobel(z.real), scipy.ndimage.sobel(z.imag))
    scipy.ndimage.convolve(z, w)        joined_parts(convolve(z.real, w.real) - convolve(z.imag, w.imag), ...)
    scipy.ndimage.correlate(z, w)       has the conjugate of w instead
"""

from __future__ import annotations

import ast

from s2sad.frontend.state import State, Value
from s2sad.ir.nodes import Const
from s2sad.rules import registry

_WEIGHED = ("correlate", "convolve", "correlate1d", "convolve1d")
FILTERS = frozenset(
    f"scipy.ndimage.{name}"
    for name in (
        *_WEIGHED, "gaussian_filter", "gaussian_filter1d", "uniform_filter", "uniform_filter1d", "sobel",
        "prewitt", "laplace", "gaussian_laplace", "map_coordinates", "shift", "zoom", "affine_transform",
        "rotate", "spline_filter", "spline_filter1d",
    )
)  # fmt: skip

_UNBORDERED = ("scipy.ndimage.spline_filter", "scipy.ndimage.spline_filter1d")


def part_by_part(
    low: State, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value | None:
    """A filter of an image that is complex, or has complex weights; None for all others."""
    named = dict(zip(registry.rule(name).signature, args, strict=False)) | kwargs
    image, weights = named.pop("input", Const(None)), named.pop("weights", None)
    if weights is not None and low.kind(weights).cat in ("list", "tuple"):
        weights = low.apply("np.array", [weights], {}, node)
    wide = [value is not None and low.kind(value).sort == "complex" for value in (image, weights)]
    if not any(wide):
        return None
    cval: Value = named.pop("cval", Const(0.0))
    split = low.kind(cval).sort == "complex"
    borders = [_part(low, cval, p, node) if split else c for p, c in (("real", cval), ("imag", Const(0.0)))]
    if weights is not None and wide[1] and "correlate" in name:
        weights = low.apply("np.conj", [weights], {}, node)
    images = [_part(low, image, p, node) for p in ("real", "imag")] if wide[0] else [image]
    given = [_part(low, weights, p, node) for p in ("real", "imag")] if weights and wide[1] else [weights]

    def filtered(i: int, k: int) -> Value:
        first = [images[i]] if given[k] is None else [images[i], given[k]]
        options = {"cval": borders[i], **named} if name not in _UNBORDERED else named
        return low.apply(name, [v for v in first if v is not None], options, node)

    if not wide[1]:
        real, imag = filtered(0, 0), filtered(1, 0)
    elif not wide[0]:
        real, imag = filtered(0, 0), filtered(0, 1)
    else:
        real = low.binary("sub", filtered(0, 0), filtered(1, 1), node)
        imag = low.binary("add", filtered(0, 1), filtered(1, 0), node)
    return low.apply("joined_parts", [real, imag], {}, node, hint=hint)


def _part(low: State, value: Value, part: str, node: ast.AST) -> Value:
    return low.apply(f"np.{part}", [value], {}, node)
