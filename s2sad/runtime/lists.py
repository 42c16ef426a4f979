"""Cotangents of lists, tuples and dicts of numbers and arrays, nested in any way.

A cotangent has the structure of its primal with a number or array of equal shape for each leaf. No function
writes into its arguments; results share no memory with them unless the docstring says so:

    >>> add_lists([1.0, [2.0]], zeros_list([5.0, [6.0]]))
    [1.0, [2.0]]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime.shapes import unbroadcast
from s2sad.runtime.storage import copy_strided


def zeros_complex(x: Any) -> Any:
    """Complex zeros of the shape and precision of an array, which may hold real numbers.

    >>> zeros_complex(np.ones(2))
    array([0.+0.j, 0.+0.j])
    """
    return np.zeros(np.shape(x), np.result_type(x, 1j))


def zeros_list(xs: Any) -> Any:
    """Zeros of the structure of xs: fresh arrays, 0.0 for Python numbers, None for what is no number.

    >>> zeros_list([1.0, np.ones(2), (2j, "a")])
    [0.0, array([0., 0.]), (0j, None)]
    """
    if isinstance(xs, (np.ndarray, np.number)) and xs.dtype.kind not in "fc":
        return np.zeros(np.shape(xs))[()]
    if isinstance(xs, np.ndarray):
        return np.zeros_like(xs)
    if isinstance(xs, np.number):
        return xs.dtype.type(0)
    if isinstance(xs, (list, tuple)):
        items = [type(x)(0) if isinstance(x, float) else zeros_list(x) for x in xs]
        return items if isinstance(xs, list) else tuple(items)
    if isinstance(xs, dict):
        return {key: zeros_list(x) for key, x in xs.items()}
    if isinstance(xs, (int, float, complex)):
        return 0j if isinstance(xs, complex) else 0.0
    return None


def add_lists(a: Any, b: Any) -> Any:
    """The sum of two cotangents of equal structure, leaf by leaf; a leaf that is None counts as zero (and
    the other leaf is then returned as it is), as does 0.0 for what is a list or a tuple of unknown length.

    >>> add_lists([1.0, (2.0, None)], [3.0, (4.0, None)])
    [4.0, (6.0, None)]
    >>> add_lists((1.0, (0.0, 0.0)), (2.0, None))
    (3.0, (0.0, 0.0))
    """
    if isinstance(a, float) and isinstance(b, float):
        return a + b
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, (list, tuple)):
        if isinstance(b, float) and b == 0.0:
            return a
        items = [
            x + y if isinstance(x, float) and isinstance(y, float) else add_lists(x, y)
            for x, y in zip(a, b, strict=True)
        ]
        return items if isinstance(a, list) else tuple(items)
    if isinstance(a, dict):
        return {key: add_lists(x, b[key]) for key, x in a.items()}
    return a + b


def unstack(x: Any) -> list[Any]:
    """The items of x along its first axis as a list; views of x where they are arrays.

    >>> unstack(np.eye(2))
    [array([1., 0.]), array([0., 1.])]
    """
    return [x[i] for i in range(len(x))]


def spread(g: Any, xs: Any) -> Any:
    """The cotangent of xs in sum(xs): g for each item, summed to its shape; xs is a list, tuple or array.

    The items share memory with nothing: some might be g itself, and others sums of it.

    >>> spread(2.0, [1.0, 3.0]), spread(2.0, np.zeros(3))
    ([2.0, 2.0], array([2., 2., 2.]))
    """
    if isinstance(xs, np.ndarray):
        return np.full_like(xs, g)
    number = isinstance(g, float)
    items = [g if number and isinstance(x, float) else unbroadcast(g, x) for x in xs]
    items = [item.copy() if isinstance(item, np.ndarray) else item for item in items]
    return tuple(items) if isinstance(xs, tuple) else items


def put(xs: Any, i: int, g: Any) -> Any:
    """The cotangent of xs in xs[i]: zeros of the structure of xs with g in place i; fresh but for g itself.

    >>> put([1.0, 2.0, 3.0], 1, 5.0), put(np.zeros(2), -1, 5.0)
    ([0.0, 5.0, 0.0], array([0., 5.]))
    """
    bar = zeros_list(list(xs) if isinstance(xs, tuple) else xs)
    bar[i] = g
    return tuple(bar) if isinstance(xs, tuple) else bar


def pick_max(xs: Any) -> int:
    """The index of the item that Python's max(xs) returns: the first that no later one exceeds.

    >>> pick_max((1.0, 3.0, 3.0, 2.0))
    1
    """
    return max(range(len(xs)), key=xs.__getitem__)


def pick_min(xs: Any) -> int:
    """The index of the item that Python's min(xs) returns: the first that no later one falls below.

    >>> pick_min((2.0, 1.0, 1.0))
    1
    """
    return min(range(len(xs)), key=xs.__getitem__)


def sorted_order(keys: Any, reverse: bool = False) -> list[int]:
    """The places of the items of a sequence in the order of Python's sorted(keys, reverse=reverse).

    >>> sorted_order([(2.0, "b"), (1.0, "a"), (2.0, "a")])
    [1, 2, 0]
    """
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)


def heap_rise(heap: Any, item: Any) -> list[int]:
    """The places from the end of a heap up to the one that an item belongs to, which was appended.

    The elements at them move down by one.

    >>> heap_rise([1.0, 3.0, 2.0, 0.5], 0.5)
    [3, 1, 0]
    """
    at = len(heap) - 1
    path = [at]
    while at > 0 and item < heap[(at - 1) // 2]:
        at = (at - 1) // 2
        path.append(at)
    return path


def heap_sink(heap: Any, item: Any, start: int = 0) -> list[int]:
    """The places from `start` down to the one that an item belongs to, along the smaller children.

    The elements at them move up by one. As in CPython, the way goes on to a leaf and back.

    >>> heap_sink([0.5, 1.0, 2.0, 3.0], 2.5)
    [0, 1]
    """
    path = [start]
    while 2 * path[-1] + 1 < len(heap):
        child = 2 * path[-1] + 1
        if child + 1 < len(heap) and not heap[child] < heap[child + 1]:
            child += 1
        path.append(child)
    while len(path) > 1 and item < heap[path[-1]]:
        path.pop()
    return path


def accumulate(a: Any, b: Any) -> None:
    """Add the elements of a sequence to those of a list, in place; None and 0.0 count as zeros.

    >>> xs = [1.0, 2.0]
    >>> accumulate(xs, (0.5, 0.25))
    >>> xs
    [1.5, 2.25]
    """
    for i, item in enumerate(() if b is None or isinstance(b, float) else b):
        old = a[i]
        number = isinstance(old, float) and isinstance(item, float)
        a[i] = old + item if number else add_lists(old, item)


def add_to_item(a: Any, i: Any, b: Any) -> None:
    """Add to one element of a list, which may be a tuple, list or dict of numbers and arrays.

    >>> xs = [(1.0, 2.0), (3.0, 4.0)]
    >>> add_to_item(xs, 0, (0.5, 0.5))
    >>> xs
    [(1.5, 2.5), (3.0, 4.0)]
    """
    a[i] = add_lists(a[i], b)


def copy_tree(x: Any, copies: Any = None) -> Any:
    """Containers and the arrays in them copied with their strides, numbers and other objects as they are.

    An object that is met twice has one copy.

    >>> x = {"w": np.zeros(2), "n": [1.0]}
    >>> y = copy_tree(x)
    >>> y["w"] is x["w"], y["n"] is x["n"]
    (False, False)
    """
    copies = {} if copies is None else copies
    if isinstance(x, np.ndarray):
        return x.copy("K") if x.flags.forc else copy_strided(x)
    if type(x) is dict:
        return {key: copy_tree(item, copies) for key, item in x.items()}
    if isinstance(x, list):
        return [copy_tree(item, copies) for item in x]
    if isinstance(x, tuple):
        items = [copy_tree(item, copies) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    if isinstance(x, dict) or hasattr(x, "appendleft"):  # a Counter, a defaultdict, a deque
        made = x.copy()
        for key in list(x) if isinstance(x, dict) else range(len(x)):
            made[key] = copy_tree(x[key], copies)
        return made
    return copy_object(x, copies) if hasattr(x, "__dict__") else x


def copy_lists(x: Any) -> Any:
    """Lists that hold arrays or containers copied, with those in them; all else as it is.

    >>> x = [[np.zeros(2)], [1.0]]
    >>> y = copy_lists(x)
    >>> y[0] is x[0], y[0][0] is x[0][0], y[1] is x[1]
    (False, True, True)
    """
    if isinstance(x, list) and any(isinstance(item, (list, tuple, dict, np.ndarray)) for item in x):
        return [copy_lists(item) for item in x]
    if isinstance(x, dict):
        return {key: copy_lists(item) for key, item in x.items()}
    return tuple([copy_lists(item) for item in x]) if isinstance(x, tuple) else x


def copy_object(x: Any, copies: dict[int, Any]) -> Any:
    """An object with copies of the arrays in its attributes, and in objects and containers there.

    What holds no array is not copied: a list to which a program appends its losses is the caller's.

    >>> class Model:
    ...     def __init__(self):
    ...         self.w, self.losses = np.zeros(2), []
    >>> model = Model()
    >>> made = copy_object(model, {})
    >>> made.w is model.w, made.losses is model.losses
    (False, True)
    """
    if id(x) in copies:
        return copies[id(x)]
    copies[id(x)] = x
    if isinstance(x, np.ndarray):
        copies[id(x)] = x.copy("K") if x.flags.forc else copy_strided(x)
    elif hasattr(x, "appendleft"):
        items = list(x)
        made = [copy_object(item, copies) for item in items]
        if any(a is not b for a, b in zip(items, made, strict=True)):
            copies[id(x)] = type(x)(made, x.maxlen)
    elif isinstance(x, (dict, list, tuple)) and type(x) in (dict, list, tuple):
        items = list(x.values()) if isinstance(x, dict) else list(x)
        made = [copy_object(item, copies) for item in items]
        if any(a is not b for a, b in zip(items, made, strict=True)):
            copies[id(x)] = dict(zip(x, made, strict=True)) if isinstance(x, dict) else type(x)(made)
    elif hasattr(x, "__dict__") and all(
        cls.__flags__ & 1 << 9 and "__new__" not in vars(cls) for cls in type(x).__mro__[:-1]
    ):  # its class is made by class statements (Py_TPFLAGS_HEAPTYPE), none of which says how to make it
        copies[id(x)] = fresh = object.__new__(type(x))
        held = {key: copy_object(value, copies) for key, value in vars(x).items()}
        vars(fresh).update(held)
        if all(value is vars(x)[key] for key, value in held.items()):
            copies[id(x)] = x
    return copies[id(x)]


def wrong_length(length: int, expected: int) -> ValueError:
    """The error of `a, b = x` where x has another length than there are names.

    >>> wrong_length(3, 2)
    ValueError('too many values to unpack (expected 2)')
    >>> wrong_length(1, 2)
    ValueError('not enough values to unpack (expected 2, got 1)')
    """
    if length > expected:
        return ValueError(f"too many values to unpack (expected {expected})")
    return ValueError(f"not enough values to unpack (expected {expected}, got {length})")


def is_whole(x: Any) -> bool:
    """Whether a number is an integer by its type, where the kinds of several paths meet.

    >>> is_whole(1), is_whole(1.0)
    (True, False)
    """
    return isinstance(x, (int, np.integer))


def plain(x: Any, listed: bool = False) -> Any:
    """x itself if it is a real number or an array of such; TypeError for all else.

    If `listed`, an array of what may be a number, a list or an array: a masked array is none of these.

    >>> plain(2.0), plain([1, 2], True)
    (2.0, array([1, 2]))
    """
    kinds = (float, int, bool, complex, np.ndarray, np.memmap)
    if type(x) in kinds or isinstance(x, np.number | np.bool_):
        if not listed and np.iscomplexobj(x):
            raise TypeError(
                "an operand that is made here is complex; convert it with np.asarray(..., complex)"
            )
        return np.asarray(x) if listed else x
    if listed and type(x) in (list, tuple):
        return np.asarray(x)
    raise TypeError(f"an operand is a {type(x).__name__}; convert it with float(...) or np.asarray(...)")
