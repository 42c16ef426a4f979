"""What depends on how an array lies in memory: the orders "A" and "K", and views of its numbers as others.

    np.ravel(a, order="A")      np.ravel(a, order="F") where a is of Fortran order alone, else np.ravel(a)
    np.ravel(a, order="K")      np.ravel(np.transpose(a, memory_axes(a)))
    x = z.view(np.float64)      z_bar = seen_as(x_bar, np.complex128)

A view of complex numbers as real ones holds both parts of each, one behind the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Length
from s2sad.rules import axes, results
from s2sad.rules.axes import as_array
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import shapes

structural("memory_axes", "x", results.constant(kinds.tuple_of(kinds.INT, None)), {}, (shapes.memory_axes,))
structural("np.isfortran", "a", results.constant(kinds.BOOL), {}, (np.isfortran,))
composite(
    "ravel_in_order",
    """def ravel(a, order="C"):
    if order == "K":
        return np.ravel(np.transpose(a, memory_axes(a)))
    if np.isfortran(a):
        return np.ravel(a, order="F")
    return np.ravel(a)
""",
)
composite(
    "flatten_in_order",
    """def flatten(a, order="C"):
    if order == "K":
        return np.transpose(a, memory_axes(a)).flatten()
    if np.isfortran(a):
        return a.flatten("F")
    return a.flatten()
""",
)
composite(
    "reshape_in_order",
    """def reshape(a, shape, order="C", *, copy=None):
    if np.isfortran(a):
        return np.reshape(a, shape, order="F", copy=copy)
    return np.reshape(a, shape, copy=copy)
""",
)


# ------------------------------------------------------------------------------------------ other numbers

_PARTS = {"complex128": "float64", "complex64": "float32"}


def _viewed_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("a")) if bound.kind("a").is_array else kinds.array(None, "")
    dtype = axes.dtype_name(bound, own.dtype)
    if dtype == own.dtype and dtype:
        return own
    if not own.shape or (_PARTS.get(own.dtype) != dtype and _PARTS.get(dtype) != own.dtype):
        raise NotImplementedError(
            "a view of the bits of numbers, or of what may be no array; view complex numbers as real ones"
        )
    last = own.shape[-1]
    length: Length = kinds.new_length()
    if isinstance(last, int):
        length = 2*last if own.dtype in _PARTS else last//2
    return kinds.array((*own.shape[:-1], length), dtype)


def _seen(name: str) -> Callable[[Bound], str]:
    """The text of another array's numbers, seen as those of this one or of the result."""

    def text(bound: Bound) -> str:
        own, out = as_array(bound.kind("a")), as_array(bound.out) if bound.out is not None else None
        if out is None or out.dtype == own.dtype:
            return name
        return f"seen_as({name}, np.{own.dtype if name == 'g' else out.dtype})"

    return text


for _name, _objects in (("np.ndarray.view", (np.ndarray.view,)), ("seen_as", (shapes.seen_as,))):
    structural(
        _name,
        "a, dtype=None",
        _viewed_kind,
        {"a": _seen("g")},
        _objects,
        jvp={"a": _seen("a_dot")},
        effect="maybe a",
        holomorphic=False,
    )


def _joined_kind(bound: Bound) -> Kind:
    own = as_array(bound.kind("real"))
    wide = {one: both for both, one in _PARTS.items()}.get(own.dtype, "complex128")
    return kinds.array(own.shape, wide)


structural(
    "joined_parts",
    "real, imag",
    _joined_kind,
    {"real": "np.real(g)", "imag": "np.imag(g)"},
    (shapes.joined_parts,),
    jvp={
        "real": "joined_parts(real_dot, np.zeros_like(imag))",
        "imag": "joined_parts(np.zeros_like(real), imag_dot)",
    },
    holomorphic=False,
)
