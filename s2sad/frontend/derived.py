"""What stands for objects of users' classes that derive from list, dict, UserList and UserDict.

Such an object has what it holds as an attribute, `s2sad_held`; the bodies of these classes are lowered in
place of the methods that it inherits:

    class History(list): ...        history = History(); history.append(v)      =>      s2sad_held.append(v)
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any


class HeldList:
    """What a user's class that derives from list has in its place."""

    s2sad_held: list[Any]

    def __init__(self, items: Any = ()) -> None:
        self.s2sad_held.extend(items)

    def __getitem__(self, place: Any) -> Any:
        return self.s2sad_held[place]

    def __setitem__(self, place: Any, value: Any) -> None:
        self.s2sad_held[place] = value

    def __delitem__(self, place: Any) -> None:
        del self.s2sad_held[place]

    def __len__(self) -> int:
        return len(self.s2sad_held)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.s2sad_held)

    def __contains__(self, value: Any) -> bool:
        return value in self.s2sad_held

    def __add__(self, other: Any) -> Any:
        return self.s2sad_held + list(other)

    def __radd__(self, other: Any) -> Any:
        return other + self.s2sad_held

    def __mul__(self, n: Any) -> Any:
        return self.s2sad_held * n

    def __iadd__(self, other: Any) -> Any:
        self.s2sad_held.extend(other)
        return self

    def append(self, value: Any) -> None:
        self.s2sad_held.append(value)

    def extend(self, values: Any) -> None:
        self.s2sad_held.extend(values)

    def insert(self, place: Any, value: Any) -> None:
        self.s2sad_held.insert(place, value)

    def pop(self, *place: Any) -> Any:
        return self.s2sad_held.pop(*place)

    def remove(self, value: Any) -> None:
        self.s2sad_held.remove(value)

    def index(self, value: Any) -> Any:
        return self.s2sad_held.index(value)

    def reverse(self) -> None:
        self.s2sad_held.reverse()

    def sort(self, **how: Any) -> None:
        self.s2sad_held.sort(**how)

    def clear(self) -> None:
        self.s2sad_held.clear()

    def copy(self) -> Any:
        return list(self.s2sad_held)


class HeldDict:
    """What a user's class that derives from dict has in its place."""

    s2sad_held: dict[Any, Any]

    def __init__(self, *other: Any, **named: Any) -> None:
        self.s2sad_held.update(*other, **named)

    def __getitem__(self, key: Any) -> Any:
        if hasattr(self, "__missing__") and key not in self.s2sad_held:
            return self.__missing__(key)
        return self.s2sad_held[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.s2sad_held[key] = value

    def __delitem__(self, key: Any) -> None:
        del self.s2sad_held[key]

    def __len__(self) -> int:
        return len(self.s2sad_held)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.s2sad_held)

    def __contains__(self, key: Any) -> bool:
        return key in self.s2sad_held

    def __or__(self, other: Any) -> Any:
        return {**self.s2sad_held, **other}

    def __ror__(self, other: Any) -> Any:
        return {**other, **self.s2sad_held}

    def __ior__(self, other: Any) -> Any:
        self.s2sad_held.update(other)
        return self

    def keys(self) -> Any:
        return self.s2sad_held.keys()

    def values(self) -> Any:
        return self.s2sad_held.values()

    def items(self) -> Any:
        return self.s2sad_held.items()

    def get(self, key: Any, default: Any = None) -> Any:
        return self.s2sad_held.get(key, default)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        return self.s2sad_held.setdefault(key, default)

    def pop(self, key: Any, *default: Any) -> Any:
        return self.s2sad_held.pop(key, *default)

    def popitem(self) -> Any:
        return self.s2sad_held.popitem()

    def update(self, *other: Any, **named: Any) -> None:
        self.s2sad_held.update(*other, **named)

    def clear(self) -> None:
        self.s2sad_held.clear()

    def copy(self) -> Any:
        return self.s2sad_held.copy()


class HeldUserList(HeldList):
    """What a user's class that derives from UserList has in its place."""

    def __init__(self, items: Any = ()) -> None:
        self.s2sad_held.extend([] if items is None else items)

    @property
    def data(self) -> Any:
        return self.s2sad_held


class HeldUserDict(HeldDict):
    """What a user's class that derives from UserDict has in its place: `update` calls `__setitem__`."""

    def __init__(self, other: Any = None, **named: Any) -> None:
        self.update({} if other is None else other, **named)

    @property
    def data(self) -> Any:
        return self.s2sad_held

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self.s2sad_held else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self.s2sad_held:
            self[key] = default
        return self[key]

    def update(self, *other: Any, **named: Any) -> None:
        for key, value in dict(*other, **named).items():
            self[key] = value


BASES: dict[type, type] = {
    list: HeldList, dict: HeldDict, collections.UserList: HeldUserList, collections.UserDict: HeldUserDict,
}  # fmt: skip


def base_of(cls: type) -> type | None:
    """What a user's class derives from; None for other classes."""
    return next((b for b in cls.__mro__[1:] if b in BASES), None)


def counterpart(cls: type, base: type) -> type:
    """What stands for a user's class that derives from one of BASES; its methods are looked up in both."""
    return type(cls.__name__, (BASES[base],), {"s2sad_real": cls, "__module__": cls.__module__})


def lookup_order(cls: type) -> list[type]:
    """The classes in which attributes are looked up."""
    user = vars(cls).get("s2sad_real")
    if user is None:
        return list(cls.__mro__)
    return [b for c in user.__mro__ for b in (BASES[c].__mro__[:-1] if c in BASES else (c,))]


def in_python(cls: type, found: Any) -> Any:
    """What a class has: of `__getattr__ = dict.__getitem__` in a counterpart, what stands for it."""
    owner = BASES.get(getattr(found, "__objclass__", type(None))) if "s2sad_real" in vars(cls) else None
    return found if owner is None else vars(owner).get(found.__name__, found)
