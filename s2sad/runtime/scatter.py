"""What is written to storage: winners of repeated indices, shadows.

An array's *owner* is the array at the end of its chain of bases. The shadow of a storage is one zero array
for its owner; the shadow of a view has the same place, shape and strides in it:

    >>> x = np.arange(6.0).reshape(2, 3)
    >>> bars = Shadows()
    >>> bars(x[1])[...] = 1.0
    >>> bars(x)
    array([[0., 0., 0.],
           [1., 1., 1.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.lists import accumulate, add_to_item, copy_tree, zeros_list
from s2sad.runtime.storage import byte_bounds, owner


def winners(shape: Any, index: Any) -> Any:
    """A mask of the shape of `v` in `y[index] = v`: True where that writes last to its place, y being of
    `shape`.

    >>> winners((3,), np.array([1, 1, 0]))
    array([False,  True,  True])
    """
    last = np.empty(shape, np.intp)
    found = last[index]
    order = np.arange(found.size).reshape(found.shape)
    last[index] = order
    return last[index] == order


class Shadows:
    """The shadows of the storages that are met at run time: `bars(x)` is x's place in the shadow of x's
    owner.

    A list's shadow is a list of zeros of the length that it has when it is first asked for.

    The first call for a storage makes its shadow, zeros of the owner's byte layout; later calls give views
    of it, of equal shape, strides and dtype as x. Owners are kept alive, so that an id stands for one
    storage.

    >>> x = np.zeros(4)
    >>> bars = Shadows()
    >>> bars(x[::2])[...] += 1.0
    >>> bars(x)
    array([1., 0., 1., 0.])
    """

    def __contains__(self, x: Any) -> bool:
        return id(x) in self._bars

    def __init__(self) -> None:
        self._bars: dict[int, tuple[Any, Any, int]] = {}

    def __call__(self, x: Any) -> Any:
        if isinstance(x, list):
            if id(x) not in self._bars:
                self._bars[id(x)] = (x, zeros_list(x), 0)
            return self._bars[id(x)][1]
        if x.dtype.kind not in "fc":
            return np.zeros(x.shape)  # whole numbers have no derivative: what is added here is forgotten
        base = owner(x)
        if id(base) not in self._bars:
            low, high = byte_bounds(base)
            self._bars[id(base)] = (base, np.zeros(high - low, np.uint8), low)
        _, storage, low = self._bars[id(base)]
        if not x.size:
            return np.zeros(x.shape, x.dtype)
        return np.ndarray(x.shape, x.dtype, storage, x.__array_interface__["data"][0] - low, x.strides)


def shadow_of(bars: Any, x: Any) -> Any:
    """The shadow of the array x in a table of shadows.

    >>> x = np.zeros(4)
    >>> bars = Shadows()
    >>> shadow_of(bars, x[1:])[...] += 1.0
    >>> shadow_of(bars, x)
    array([0., 1., 1., 1.])
    """
    return bars(x)


def accumulate_shadows(bars: Any, xs: Any, gs: Any, numbers: Any = None) -> None:
    """Add a sequence of cotangents to the shadows of the arrays, or the lists of numbers, in a sequence, and
    to the list `numbers` where it holds numbers itself.

    >>> x, numbers = np.zeros(2), [0.0, 0.0, 0.0]
    >>> bars = Shadows()
    >>> accumulate_shadows(bars, [x, x[1:], 5.0], (np.ones(2), np.ones(1), 3.0), numbers)
    >>> bars(x), numbers
    (array([1., 2.]), [0.0, 0.0, 3.0])
    """
    for i, (x, g) in enumerate(zip(xs, gs, strict=True)):
        if isinstance(x, np.ndarray):
            bar = bars(x)
            bar += g
        elif isinstance(x, list) and any(isinstance(item, (list, np.ndarray)) for item in x):
            accumulate_shadows(bars, x, g)
        elif isinstance(x, list):
            accumulate(bars(x), g)
        elif isinstance(x, (tuple, dict)):
            rest = _apart(bars, x, g)
            if numbers is not None:
                add_to_item(numbers, i, rest)
        elif numbers is not None:
            numbers[i] += g


def accumulate_lists(bars: Any, xs: Any, gs: Any, depth: int) -> None:
    """Add cotangents to the shadows of the lists that are so deep in a list, whatever these hold.

    >>> x, bars = np.ones(2), Shadows()
    >>> rows = [[x, x], [x]]
    >>> accumulate_lists(bars, rows, [[2*x, x], [3*x]], 1)
    >>> bars(rows[1])
    [array([3., 3.])]
    """
    for x, g in zip(xs, gs, strict=True):
        if depth > 1:
            accumulate_lists(bars, x, g, depth - 1)
        else:
            accumulate(bars(x), g)


def _apart(bars: Any, x: Any, g: Any) -> Any:
    """The cotangent of a tree without that of its arrays, which is added to their shadows."""
    if isinstance(x, np.ndarray):
        bar = bars(x)
        bar += g
        return 0.0
    if isinstance(x, dict):
        return {key: _apart(bars, item, g[key]) for key, item in x.items()}
    if isinstance(x, tuple):
        return tuple(_apart(bars, *pair) for pair in zip(x, g, strict=True))
    return g


def shadow_tree(bars: Any, x: Any) -> Any:
    """The shadows of the arrays and lists in lists, tuples and dicts, copied; None for others, zero for
    a number in a list that has no shadow.

    >>> x = np.zeros(2)
    >>> bars = Shadows()
    >>> shadow_tree(bars, [x, "a"])
    [array([0., 0.]), None]
    """
    if isinstance(x, np.ndarray):
        return bars(x).copy()
    if isinstance(x, list) and x in bars:
        return copy_tree(bars(x))
    if isinstance(x, dict):
        return {key: shadow_tree(bars, item) for key, item in x.items()}
    if isinstance(x, (list, tuple)):
        return [shadow_tree(bars, item) for item in x]
    return zeros_list(x)
