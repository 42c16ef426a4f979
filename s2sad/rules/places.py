"""Functions that write into places of an array: put, place, putmask, put_along_axis, fill_diagonal, sort.

They are composites, so that a write is an assignment that the rest of s2sad knows about:

    np.put(a, ind, v)          a[ind] = cycled(v, np.size(ind))      for an array of rank 1
    np.putmask(a, mask, v)     a[mask] = v                           for a scalar v
    a.sort()                   a[...] = np.sort(a)
"""

from __future__ import annotations

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, shape_of
from s2sad.rules.registry import Bound, composite, structural
from s2sad.runtime import arrays

composite(
    "np.put",
    """def put(a, ind, v, mode="raise"):
    if mode == "wrap":
        ind = np.mod(ind, np.size(a))
    elif mode == "clip":
        ind = np.minimum(np.maximum(ind, 0), np.size(a) - 1)
    if np.ndim(v) > 0:
        ind = np.ravel(ind)
        v = cycled(v, np.size(ind))
    if np.ndim(a) == 1:
        a[np.asarray(ind)] = v
    elif np.ndim(a) == 0:
        if np.size(ind) > 0:
            a[()] = v[-1] if np.ndim(v) > 0 else v
    else:
        a[flat_index(ind, np.shape(a))] = v
""",
    (np.put, np.ndarray.put),
)
composite(
    "np.place",
    """def place(arr, mask, vals):
    if np.ndim(vals) > 0:
        vals = cycled(vals, np.count_nonzero(mask))
    arr[np.asarray(mask, dtype=bool)] = vals
""",
    (np.place,),
)
composite(
    "np.putmask",
    """def putmask(a, mask, values):
    mask = np.asarray(mask, dtype=bool)
    if np.ndim(values) == 0:
        a[mask] = values
    else:
        a[mask] = np.reshape(cycled(values, np.size(a)), np.shape(a))[mask]
""",
    (np.putmask,),
)
composite(
    "np.put_along_axis",
    """def put_along_axis(arr, indices, values, axis):
    if axis is None:
        arr[flat_index(indices, np.shape(arr))] = values
    elif np.ndim(arr) == 1:
        arr[indices] = values
    else:
        arr[along_index(indices, axis, np.shape(arr))] = values
""",
    (np.put_along_axis,),
)
composite(
    "np.fill_diagonal",
    """def fill_diagonal(a, val, wrap=False):
    if np.ndim(a) == 2 and wrap:
        i = np.arange(0, np.size(a), np.shape(a)[1] + 1)
    elif np.ndim(a) == 2:
        i = np.arange(min(np.shape(a)[0], np.shape(a)[1]))
    else:
        i = np.arange(np.shape(a)[0])
    if np.ndim(val) > 0:
        val = cycled(val, np.size(i))
    if np.ndim(a) == 2 and wrap:
        a[i//np.shape(a)[1], i % np.shape(a)[1]] = val
    elif np.ndim(a) == 2:
        a[i, i] = val
    else:
        a[i, i, i] = val
""",
    (np.fill_diagonal,),
)
composite(
    "np.ndarray.sort",
    """def sort(a, axis=-1, kind=None, order=None, stable=None):
    a[...] = np.sort(a, axis, kind)
""",
    (np.ndarray.sort,),
)
composite(
    "np.ndarray.partition",
    """def partition(a, kth, axis=-1, kind="introselect"):
    a[...] = np.partition(a, kth, axis, kind)
""",
    (np.ndarray.partition,),
)


# ----------------------------------------------------------------------------------------- the texts' helpers


def _flat_kind(bound: Bound) -> Kind:
    shape = axes.shape_from(bound, "shape")
    one = kinds.array(shape_of(bound, "ind"), "int64")
    return kinds.tuple_of(one, None if shape is None else len(shape))


def _along_kind(bound: Bound) -> Kind:
    shape = axes.shape_from(bound, "shape")
    if shape is None:
        return kinds.tuple_of(kinds.array(None, "int64"), None)
    rank = len(shape)
    axis = axes.as_int(bound.static("axis"))
    line = [
        kinds.array(tuple(kinds.new_length() if j == k else 1 for j in range(rank)), "int64")
        for k in range(rank)
    ]
    index = kinds.array(shape_of(bound, "indices"), "int64")
    if axis is None:
        return Kind("tuple", items=tuple(kinds.array(kinds.fresh_shape(rank), "int64") for _ in range(rank)))
    return Kind("tuple", items=tuple(index if k == axis % rank else line[k] for k in range(rank)))


structural("flat_index", "ind, shape", _flat_kind, {}, (arrays.flat_index,))
structural("along_index", "indices, axis, shape", _along_kind, {}, (arrays.along_index,))
structural(
    "cycled",
    "v, count",
    lambda b: kinds.array((axes.length_of(b.static("count")),), as_array(b.kind("v")).dtype),
    {"v": "cycled_back(g, v)"},
    (arrays.cycled,),
    linear=("v",),
    effect="maybe v",
)
structural(
    "cycled_back",
    "z, v",
    lambda b: kinds.num(shape_of(b, "v"), as_array(b.kind("z")).dtype),
    {"z": "np.resize(g, np.shape(z))", "v": axes.zero},
    (arrays.cycled_back,),
    linear=("z",),
)
structural(
    "np.resize",
    "a, new_shape",
    lambda b: kinds.array(axes.shape_from(b, "new_shape"), as_array(b.kind("a")).dtype),
    {"a": "cycled_back(g, a)"},
    (np.resize,),
    linear=("a",),
)
