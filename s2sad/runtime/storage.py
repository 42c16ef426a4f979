"""The storage behind arrays: owners of views, addresses, and copies in storage of their own.

No function writes into its arguments.

    >>> x = np.zeros((2, 3))
    >>> owner(x[0][1:]) is x
    True
"""

from __future__ import annotations

from typing import Any

import numpy as np


def owner(x: Any) -> Any:
    """The array at the end of x's chain of bases.

    >>> x = np.zeros((2, 3))
    >>> owner(x[0][1:]) is x
    True
    """
    while isinstance(x.base, np.ndarray):
        x = x.base
    return x


def byte_bounds(x: Any) -> tuple[int, int]:
    """The addresses of x's first byte and of the one behind its last.

    >>> low, high = byte_bounds(np.zeros(5)[::-2])
    >>> high - low
    40
    """
    low = high = x.__array_interface__["data"][0]
    if x.size:
        low += sum(min((n - 1) * s, 0) for n, s in zip(x.shape, x.strides, strict=True))
        high += sum(max((n - 1) * s, 0) for n, s in zip(x.shape, x.strides, strict=True)) + x.itemsize
    return low, high


def same_storage(a: Any, b: Any) -> bool:
    """Whether two values are arrays in one storage (they need not overlap in it).

    >>> x = np.zeros(4)
    >>> same_storage(x[:2], x[2:]), same_storage(x, x.copy()), same_storage(x, 1.0)
    (True, False, False)
    """
    if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
        return False
    return owner(a) is owner(b) or np.may_share_memory(a, b)


def holds_twice(x: Any) -> bool:
    """Whether a structure holds one list in two places, or arrays that share memory.

    >>> a, v = [1.0], np.zeros(3)
    >>> holds_twice([a, (2.0, a)]), holds_twice([v, v[1:]]), holds_twice([a, list(a), v, v.copy()])
    (True, True, False)
    """
    todo, lists, arrays = [x], set[int](), list[Any]()
    while todo:
        item = todo.pop()
        if isinstance(item, np.ndarray):
            if any(np.shares_memory(item, other) for other in arrays):
                return True
            arrays.append(item)
        if isinstance(item, list) and id(item) in lists:
            return True
        if isinstance(item, list):
            lists.add(id(item))
        if isinstance(item, (list, tuple, dict)):
            todo.extend(item.values() if isinstance(item, dict) else item)
    return False


def copy_strided(x: Any) -> Any:
    """A copy of an array in a storage of its own with equal shape, strides and dtype, so that ravel and
    reshape give a view of the copy exactly where they give a view of x; a scalar is returned as it is.

    >>> x = np.arange(6.0).reshape(2, 3)[:, ::-2]
    >>> copy_strided(x).strides == x.strides, bool(np.all(copy_strided(x) == x))
    (True, True)
    """
    if not isinstance(x, np.ndarray):
        return x
    low, high = byte_bounds(x)
    storage = np.zeros(max(high - low, x.itemsize), np.uint8)
    offset = x.__array_interface__["data"][0] - low
    y = np.ndarray(x.shape, x.dtype, storage, offset, x.strides)
    y[...] = x
    return y


def stop_gradient(x: Any) -> Any:
    """x itself; texts that are differentiated again say so that it is a constant.

    >>> stop_gradient(2.0)
    2.0
    """
    return x


stop_gradient.__s2sad_stop__ = True  # type: ignore[attr-defined]
