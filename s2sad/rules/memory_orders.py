"""The orders "A" and "K" of ravel, flatten and reshape: that in which an array lies in memory.

    np.ravel(a, order="A")      np.ravel(a, order="F") where a is of Fortran order alone, else np.ravel(a)
    np.ravel(a, order="K")      np.ravel(np.transpose(a, memory_axes(a)))
"""

from __future__ import annotations

import numpy as np

from s2sad.ir import kinds
from s2sad.rules import results
from s2sad.rules.registry import composite, structural
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
