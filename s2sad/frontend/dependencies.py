"""What a text relies on besides the kinds of its arguments: that names still mean what they meant.

    def f(x): return helper(x)      Dependency(lambda: f.__globals__["helper"], helper, "helper")

Of an argument that is an object, what its attributes are like: `object_key` is equal for those that one text
serves.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.ir import kinds as K

LEAVES = (float, int, bool, complex, str, type(None))
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


def object_key(value: Any, depth: int = 0) -> Any:
    """The key of an object that a text reads attributes of: what these are like, not which object it is.

    Functions, what is in containers beside numbers, and all that cannot be looked into stand for themselves.
    """
    cls = type(value)
    if cls in LEAVES or isinstance(value, np.generic):
        return cls
    if cls is np.ndarray:
        return cls, value.dtype, value.ndim
    if cls in (list, tuple, dict) and depth:
        kind = K.kind_of_value(value)
        return Same(value) if "object" in str(kind) else K.without_lengths(kind)
    if depth > 3 or (depth and callable(value)) or not is_open(cls):
        return cls, Same(value)
    return cls, tuple([(k, object_key(v, depth + 1)) for k, v in vars(value).items()])


def is_open(cls: type) -> bool:
    """Whether all that an object of a class holds can be seen: a class of the user's, without `__slots__`."""
    own = isinstance(cls.__init__, types.FunctionType) or cls is types.SimpleNamespace  # type: ignore[misc]
    library = cls.__module__.partition(".")[0] in LIBRARIES or issubclass(cls, enum.Enum)
    return own and cls.__dictoffset__ != 0 and not library
