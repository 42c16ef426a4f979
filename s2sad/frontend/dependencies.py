"""What a text relies on besides the kinds of its arguments: that names still mean what they meant.

    def f(x): return helper(x)      Dependency(lambda: f.__globals__["helper"], helper, "helper")

Of an argument that is an object, what its attributes are like: `object_key` is equal for those that one text
serves.
"""

from __future__ import annotations

import array
import collections
import enum
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.ir import kinds as K

LEAVES = (float, int, bool, complex, str, type(None))
SHELVES: dict[type, type] = {  # containers of the standard library that hold what a list or dict would hold
    collections.deque: list, collections.UserList: list, array.array: list, set: list, frozenset: list,
    collections.Counter: dict, collections.ChainMap: dict, collections.UserDict: dict,
    types.MappingProxyType: dict,
}  # fmt: skip
LIBRARIES = ("numpy", "scipy", "s2sad")


@dataclass(slots=True)
class Dependency:
    """A name resolution that a text relies on: what `read` gives is still `obj` (`same`: equal to it)."""

    read: Callable[[], Any]
    obj: Any
    text: str
    same: bool = False

    def holds(self) -> bool:
        """Whether the name still means the same."""
        try:
            now = self.read()
        except (AttributeError, KeyError, IndexError, ValueError, TypeError):
            return False
        return bool(now == self.obj) if self.same else now is self.obj


class Same:
    """A key that is equal to keys of the very same object, and keeps it alive."""

    __slots__ = ("obj",)

    def __init__(self, obj: object) -> None:
        self.obj = obj

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.obj is self.obj

    def __hash__(self) -> int:
        return id(self.obj)


def object_key(value: Any, seen: dict[Any, int], depth: int = 0) -> Any:
    """The key of an object that a text reads attributes of: what these are like, not which object it is.

    Functions, what is in containers beside numbers, and all that cannot be looked into stand for themselves.
    `seen` numbers lists, dicts and objects as they are met, so that those are told apart where one of these
    is met twice and may be written to.
    """
    cls = type(value)
    if cls in LEAVES or isinstance(value, np.generic):
        return cls
    if cls is np.ndarray:
        return cls, value.dtype, value.ndim
    if cls is range:
        return cls
    plain = shelved(value)
    if plain is not None or (cls in (list, tuple, dict) and depth):
        kind = K.kind_of_value(value if plain is None else plain)
        if "object" in str(kind):
            return cls, Same(value), tuple(_met(value, seen))
        return cls, K.without_lengths(kind), None if cls is tuple else _number(value, seen)
    if depth > 3 or (depth and callable(value)) or not is_open(cls):
        return cls, Same(value)
    number = seen.get(("object", id(value)))
    if number is not None:
        return cls, number
    number = _number(value, seen)
    return cls, number, tuple([(k, object_key(v, seen, depth + 1)) for k, v in vars(value).items()])


def _number(value: Any, seen: dict[Any, int]) -> int:
    return seen.setdefault(("object", id(value)), len(seen))


def _met(value: Any, seen: dict[Any, int]) -> Iterator[int]:
    """The numbers of a container, and of what it and the objects in it hold; of a tuple, of its elements."""
    is_new = ("object", id(value)) not in seen
    if isinstance(value, list | dict) or is_open(type(value)):
        yield _number(value, seen)
    if is_new and isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            if type(part) not in LEAVES and not isinstance(part, np.ndarray | np.generic):
                yield from _met(part, seen)
    elif is_new and is_open(type(value)):
        yield from _met(tuple(vars(value).values()), seen)


def share(values: Iterable[Any]) -> bool:
    """Whether a list, a dict or an object is met twice in some values."""
    numbers = list(_met(tuple(values), {}))
    return len(numbers) > len(set(numbers))


def shelved(value: Any) -> Any:
    """What a deque, a Counter and the like hold, as a list or dict; None for all other values."""
    plain = SHELVES.get(type(value))
    return None if plain is None else plain(value)


def is_open(cls: type) -> bool:
    """Whether all that an object of a class holds can be seen: a class of the user's, without `__slots__`."""
    if cls in SHELVES:
        return False
    own = isinstance(cls.__init__, types.FunctionType) or cls is types.SimpleNamespace  # type: ignore[misc]
    library = cls.__module__.partition(".")[0] in LIBRARIES or issubclass(cls, enum.Enum)
    return own and cls.__dictoffset__ != 0 and not library
