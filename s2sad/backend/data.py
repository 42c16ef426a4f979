"""Plain data as Python text: numbers, strings, slices, arrays and containers of these.

    WEIGHTS = np.array([0.25, 0.5, 0.25])

Arrays that share memory share it in the text too, where one that is written is read through another:

    row = np.array([0.0, 0.0])                  storage = np.array([0.0, 0.0, 0.0])
    rows = [row, row]                           tail = np.ndarray((2,), np.float64, storage, 8, (8,))
"""

from __future__ import annotations

import ast
import math
import types
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any

import numpy as np

from s2sad.runtime.storage import owner

AnyArray = np.ndarray[Any, Any]
Names = Mapping[int, str]  # of objects that have one, by id

MOST = 10_000  # elements of an array that are written out
SCALARS = (
    np.float64, np.float32, np.float16, np.complex128, np.complex64, np.int64, np.int32, np.int16, np.int8,
    np.uint64, np.uint32, np.uint16, np.uint8, np.bool_,
)  # fmt: skip
NAMED = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}  # floats without a literal


def shared(data: Mapping[str, Any], taken: Collection[str]) -> tuple[dict[int, str], list[str]]:
    """Names of the arrays among data, and within it, that share memory, and the lines that make them."""
    direct = {id(obj): name for name, obj in data.items()}
    names: dict[int, str] = {}
    lines: list[str] = []
    for hint, array in _sharing(data):
        base = owner(array)
        for made in (base, array):
            if id(made) in names:
                continue
            text = _array(base) if made is base else _view(array, names[id(base)])
            if text is None or not base.flags.c_contiguous:
                what = f"{hint} shares memory with other data"
                raise ValueError(f"{what}; a standalone file cannot hold it")
            name = direct.get(id(made)) or _unused(f"{hint}_storage", [*taken, *names.values()])
            names[id(made)] = name
            lines.append(f"{name} = {text}")
    return names, lines


def _sharing(data: Mapping[str, Any]) -> list[tuple[str, AnyArray]]:
    """The arrays that share memory, with the names of the data; owners of storage in front."""
    pairs = [(name, array) for name, obj in data.items() for array in _arrays(obj) if array.size <= MOST]
    counts = Counter(id(owner(array)) for _, array in pairs)
    pairs = [pair for pair in pairs if counts[id(owner(pair[1]))] > 1]
    found = [
        (name, one)
        for k, (name, one) in enumerate(pairs)
        if any(np.shares_memory(one, two) for m, (_, two) in enumerate(pairs) if m != k)
    ]
    return sorted(found, key=lambda pair: pair[1] is not owner(pair[1]))


def paths(path: str, obj: Any, deep: int = 3) -> Iterator[tuple[str, Any]]:
    """The arrays and containers that an object holds, with the expressions that lead to them."""
    if type(obj) in (list, tuple):
        items = [(f"{path}[{k}]", item) for k, item in enumerate(obj)]
    elif type(obj) is dict:
        items = [(f"{path}[{key!r}]", item) for key, item in obj.items() if type(key) in (str, int)]
    elif isinstance(obj, np.ndarray | type | types.ModuleType | types.FunctionType):
        return
    else:
        items = [(f"{path}.{name}", item) for name, item in getattr(obj, "__dict__", {}).items()]
    for way, item in items:
        if isinstance(item, np.ndarray | list | dict):
            yield way, item
        if deep:
            yield from paths(way, item, deep - 1)


def _arrays(obj: Any) -> Iterator[AnyArray]:
    """The arrays in data, as often as they stand there."""
    if isinstance(obj, np.ndarray):
        yield obj
    elif type(obj) in (tuple, list):
        for item in obj:
            yield from _arrays(item)
    elif type(obj) is dict:
        yield from _arrays(list(obj.values()))


def _view(array: AnyArray, base: str) -> str:
    """A view of the array that is called `base`."""
    before = array.__array_interface__["data"][0] - owner(array).__array_interface__["data"][0]
    return f"np.ndarray({array.shape}, np.{array.dtype.name}, {base}, {before}, {array.strides})"


def _unused(hint: str, taken: Collection[str]) -> str:
    return next(name for k in count() if (name := hint + f"_{k}"*(k > 0)) not in taken)


def literal(obj: Any, names: Names) -> str | None:
    """The expression that makes plain data; None for what has none."""
    if id(obj) in names:
        return names[id(obj)]
    if type(obj) in (np.ndarray, *SCALARS):
        return _array(obj)
    if type(obj) in (tuple, list):
        items = [literal(item, names) for item in obj]
        inside = _listed(items)
        comma = "," if type(obj) is tuple and len(items) == 1 else ""
        opening, closing = "()" if type(obj) is tuple else "[]"
        return None if inside is None else f"{opening}{inside}{comma}{closing}"
    if type(obj) is dict:
        pairs = [_joined(": ", [literal(key, names), literal(value, names)]) for key, value in obj.items()]
        inside = _listed(pairs)
        return None if inside is None else f"{{{inside}}}"
    if type(obj) is slice:
        inside = _listed([literal(part, names) for part in (obj.start, obj.stop, obj.step)])
        return None if inside is None else f"slice({inside})"
    if type(obj) is float and not math.isfinite(obj):
        return NAMED[repr(obj)]
    if type(obj) is complex and not (np.isfinite(obj) and np.copysign(1, [obj.real, obj.imag]).min() > 0):
        return f"complex({literal(obj.real, {})}, {literal(obj.imag, {})})"
    try:
        same = ast.literal_eval(repr(obj)) == obj
    except (ValueError, SyntaxError, TypeError):
        same = False
    return repr(obj) if same is True else None


def _listed(items: list[str | None]) -> str | None:
    return _joined(", ", items)


def _joined(between: str, items: list[str | None]) -> str | None:
    said = [item for item in items if item is not None]
    return between.join(said) if len(said) == len(items) else None


def _array(obj: Any) -> str | None:
    """`np.array([...])` of an array of numbers, `np.float32(...)` of a NumPy scalar; exact, in its order."""
    if obj.dtype.kind not in "fciub" or obj.dtype.itemsize > 16 or obj.dtype.char in "gG" or obj.size > MOST:
        return None
    if not isinstance(obj, np.ndarray):
        inside = literal(obj.item(), {})
        return None if inside is None else f"np.{obj.dtype.name}({inside})"
    if obj.size == 0:
        return f"np.zeros({obj.shape}, np.{obj.dtype.name})"
    inside = literal(obj.tolist(), {})
    if inside is None:
        return None
    plain = obj.dtype in (np.dtype(np.float64), np.dtype(np.int64), np.dtype(np.complex128), np.dtype(bool))
    made = f"np.array({inside})" if plain else f"np.array({inside}, np.{obj.dtype.name})"
    return made if obj.flags.c_contiguous or not obj.flags.f_contiguous else f"np.asfortranarray({made})"
