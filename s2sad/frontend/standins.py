"""What containers of the standard library are made of when the keys or the number of elements are not known.

A dict whose keys are computed is the place of each key, a list of the keys and a list of the values; a deque
is a list. The bodies of these classes are lowered where the program uses the containers, so that a derivative
goes through lists alone:

    d[k] = v        if k in places: held[places[k]] = v
                    else: places[k] = len(held); order.append(k); held.append(v)
    q.append(v)     items.append(v); if len(items) > maxlen: items.pop(0)

Lists are changed and never replaced, so that containers in containers work. `new_places`, `taken`, `put`
and the other functions are operations of the lowering (`tables`); here they are what they mean.
"""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable, Iterator
from typing import Any


def new_places() -> dict[Any, int]:
    """A dict from keys to places."""
    return {}


def taken(xs: Any, place: Any) -> Any:
    """`xs.pop(place)` of a list at a place from 0, or of a dict at a key."""
    return xs.pop(place)


def put(xs: list[Any], place: int, value: Any) -> None:
    """`xs.insert(place, value)` at a place from 0 to the length."""
    xs.insert(place, value)


def fill(table: Any, pairs: Any) -> None:
    """Enter the items of a dict, or pairs of keys and values."""
    for key, value in pairs.items() if hasattr(pairs, "items") else pairs:
        table[key] = value


def made_for(table: Made) -> Any:
    """A new value for a defaultdict."""
    return table.make()


def like(table: Made) -> Any:
    """An empty defaultdict that is filled by the same function."""
    return type(table)()


def keep_arguments(error: Any, *args: Any) -> None:
    """What the `__init__` of an exception of Python does."""
    error.args = args


class Table:
    """A dict whose keys are computed."""

    def __init__(self) -> None:
        self._places = new_places()
        self._keys: list[Any] = []
        self._values: list[Any] = []

    def _enter(self, key: Any, value: Any) -> None:
        """Add a key that is new."""
        self._places[key] = len(self._values)
        self._keys.append(key)
        self._values.append(value)

    def __getitem__(self, key: Any) -> Any:
        return self._values[self._places[key]]

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self._places:
            self._values[self._places[key]] = value
        else:
            self._enter(key, value)

    def __contains__(self, key: Any) -> bool:
        return key in self._places

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._keys)

    def keys(self) -> list[Any]:
        return self._keys

    def values(self) -> list[Any]:
        return self._values

    def items(self) -> list[tuple[Any, Any]]:
        return [(self._keys[i], self._values[i]) for i in range(len(self._keys))]

    def get(self, key: Any, default: Any = None) -> Any:
        return self._values[self._places[key]] if key in self._places else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self._places:
            self._enter(key, default)
        return self._values[self._places[key]]

    def __delitem__(self, key: Any) -> None:
        place = taken(self._places, key)
        taken(self._keys, place)
        taken(self._values, place)
        for i in range(place, len(self._keys)):
            self._places[self._keys[i]] = i

    def pop(self, key: Any, *default: Any) -> Any:
        if len(default) > 0 and key not in self._places:
            return default[0]
        value = self._values[self._places[key]]
        del self[key]
        return value

    def popitem(self, last: bool = True) -> tuple[Any, Any]:
        if len(self._values) == 0:
            raise KeyError("popitem(): dictionary is empty")
        if last:
            value = self._values.pop()
            key = self._keys.pop()
            taken(self._places, key)
            return key, value
        first = self._keys[0]
        return first, self.pop(first)

    def move_to_end(self, key: Any, last: bool = True) -> None:
        value = self.pop(key)
        self._enter(key, value)
        if not last:
            put(self._keys, 0, self._keys.pop())
            put(self._values, 0, self._values.pop())
            for i in range(len(self._keys)):
                self._places[self._keys[i]] = i

    def clear(self) -> None:
        for i in range(len(self._keys)):
            taken(self._places, self._keys[i])
        self._keys.clear()
        self._values.clear()

    def update(self, other: Any = (), **named: Any) -> None:
        fill(self, other)
        fill(self, named)

    def copy(self) -> Any:
        made = Table()
        fill(made, self)
        return made

    def __or__(self, other: Any) -> Any:
        made = self.copy()
        fill(made, other)
        return made

    def __ror__(self, other: Any) -> Any:
        made = Table()
        fill(made, other)
        fill(made, self)
        return made

    def __ior__(self, other: Any) -> Any:
        fill(self, other)
        return self


class Filled(Table):
    """A defaultdict of numbers; a Counter."""

    def __init__(self, default: Any) -> None:
        self._places = new_places()
        self._keys: list[Any] = []
        self._values: list[Any] = []
        self._default = default

    def __getitem__(self, key: Any) -> Any:
        if key not in self._places:
            self._enter(key, self._default)
        return self._values[self._places[key]]

    def copy(self) -> Any:
        made = Filled(self._default)
        fill(made, self)
        return made


class Counted(Filled):
    """A Counter: what it lacks is 0 and is not entered."""

    def __getitem__(self, key: Any) -> Any:
        return self._values[self._places[key]] if key in self._places else self._default

    def count(self, items: Any) -> None:
        for item in items:
            self[item] += 1

    def most_common(self, n: Any = None) -> list[tuple[Any, Any]]:
        found = sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        return found if n is None else found[:n]

    def total(self) -> Any:
        return sum(self._values)


class Made(Table):
    """A defaultdict of what a function makes; each function has a class of its own."""

    make: Callable[[], Any]

    def __getitem__(self, key: Any) -> Any:
        if key not in self._places:
            self._enter(key, made_for(self))
        return self._values[self._places[key]]

    def copy(self) -> Any:
        made = like(self)
        fill(made, self)
        return made


class Kept(Table):
    """A dict that an outside one is changed with (see `twins`)."""

    def __init__(self, kept: Any) -> None:
        self._places = new_places()
        self._keys: list[Any] = []
        self._values: list[Any] = []
        self._kept = kept

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self._places:
            self._values[self._places[key]] = value
        else:
            self._enter(key, value)
        self._kept[key] = value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self._places:
            self[key] = default
        return self._values[self._places[key]]

    def __delitem__(self, key: Any) -> None:
        place = taken(self._places, key)
        taken(self._keys, place)
        taken(self._values, place)
        for i in range(place, len(self._keys)):
            self._places[self._keys[i]] = i
        self._kept.pop(key)

    def popitem(self, last: bool = True) -> tuple[Any, Any]:
        if len(self._values) == 0:
            raise KeyError("popitem(): dictionary is empty")
        key = self._keys[-1]
        return key, self.pop(key)

    def clear(self) -> None:
        for i in range(len(self._keys)):
            taken(self._places, self._keys[i])
        self._keys.clear()
        self._values.clear()
        self._kept.clear()


class Row:
    """A dict with known keys that is numbered (see `rows`); there is a class for each display of keys."""

    s2sad_keys: tuple[str, ...] = ()

    def __eq__(self, other: Any) -> Any:
        return same_row(self, other)

    __hash__ = None  # type: ignore[assignment]


@functools.lru_cache(maxsize=1024)
def row_class(keys: tuple[str, ...]) -> type[Row]:
    """The class of dicts with these keys in this order."""
    return type("Row", (Row,), {"__module__": Row.__module__, "s2sad_keys": keys})


class Node:
    """A tuple that holds others like it and is numbered (see `links`); each structure has a class."""

    s2sad_arity = 0
    s2sad_places: frozenset[tuple[str, int, int, int, int]] = frozenset()

    def __eq__(self, other: Any) -> Any:
        return compared(self, other)

    def __lt__(self, other: Any) -> Any:
        return compared(self, other)

    __le__ = __gt__ = __ge__ = __add__ = __radd__ = __lt__
    __hash__ = None  # type: ignore[assignment]


def compared(one: Any, two: Any) -> Any:
    """What comes of two tuples of which one is numbered."""
    raise NotImplementedError


def same_row(one: Any, two: Any) -> bool:
    """Whether two dicts of which the first is a row are equal."""
    return dict(one) == dict(two)


class Queue:
    """A deque."""

    def __init__(self, maxlen: Any) -> None:
        self._items: list[Any] = []
        self._maxlen = maxlen

    @property
    def maxlen(self) -> Any:
        return self._maxlen

    def __getitem__(self, place: Any) -> Any:
        return self._items[place]

    def __setitem__(self, place: Any, value: Any) -> None:
        self._items[place] = value

    def __delitem__(self, place: Any) -> None:
        del self._items[place]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __contains__(self, value: Any) -> bool:
        return value in self._items

    def append(self, value: Any) -> None:
        self._items.append(value)
        if self._maxlen is not None and len(self._items) > self._maxlen:
            taken(self._items, 0)

    def appendleft(self, value: Any) -> None:
        put(self._items, 0, value)
        if self._maxlen is not None and len(self._items) > self._maxlen:
            self._items.pop()

    def pop(self) -> Any:
        return self._items.pop()

    def popleft(self) -> Any:
        return taken(self._items, 0)

    def extend(self, values: Any) -> None:
        for value in values:
            self.append(value)

    def extendleft(self, values: Any) -> None:
        for value in values:
            self.appendleft(value)

    def __iadd__(self, values: Any) -> Any:
        self.extend(values)
        return self

    def rotate(self, n: Any = 1) -> None:
        if len(self._items) > 0:
            for _ in range(n % len(self._items)):
                put(self._items, 0, self._items.pop())

    def insert(self, place: Any, value: Any) -> None:
        if self._maxlen is not None and len(self._items) >= self._maxlen:
            raise IndexError("deque already at its maximum size")
        self._items.insert(place, value)

    def remove(self, value: Any) -> None:
        self._items.remove(value)

    def index(self, value: Any) -> Any:
        return self._items.index(value)

    def count(self, value: Any) -> Any:
        return self._items.count(value)

    def reverse(self) -> None:
        self._items.reverse()

    def clear(self) -> None:
        self._items.clear()

    def copy(self) -> Any:
        made = Queue(self._maxlen)
        made.extend(self._items)
        return made


class Cursor:
    """An iterator over a sequence."""

    def __init__(self, items: Any) -> None:
        self._items = items
        self._taken = 0

    def is_left(self) -> bool:
        return self._taken < len(self._items)

    def take(self) -> Any:
        value = self._items[self._taken]
        self._taken += 1
        return value

    def __next__(self) -> Any:
        if self._taken >= len(self._items):
            raise StopIteration
        return self.take()

    def take_or(self, default: Any) -> Any:
        return self.take() if self._taken < len(self._items) else default

    def __iter__(self) -> Any:
        return self

    def rest(self) -> list[Any]:
        made: list[Any] = []
        while self._taken < len(self._items):
            made.append(self.take())
        return made


class Cycle(Cursor):
    """An iterator that begins again at its end, with what it has taken."""

    def __init__(self, items: Any) -> None:
        self._items = items
        self._taken = 0
        self._kept: list[Any] = []

    def is_left(self) -> bool:
        return len(self._items) > 0

    def take(self) -> Any:
        if self._taken < len(self._items):
            self._kept.append(self._items[self._taken])
        value = self._kept[self._taken % len(self._kept)]
        self._taken += 1
        return value

    def __next__(self) -> Any:
        if len(self._items) == 0:
            raise StopIteration
        return self.take()

    def take_or(self, default: Any) -> Any:
        return self.take() if len(self._items) > 0 else default

    def rest(self) -> list[Any]:
        raise MemoryError


class Count(Cursor):
    """An iterator over numbers without end."""

    def __init__(self, first: Any, step: Any) -> None:
        self._value = first
        self._step = step

    def is_left(self) -> bool:
        return True

    def take(self) -> Any:
        value = self._value
        self._value = value + self._step
        return value

    def __next__(self) -> Any:
        return self.take()

    def take_or(self, default: Any) -> Any:
        return self.take()

    def rest(self) -> list[Any]:
        raise MemoryError


def found_in(maps: list[Any], key: Any) -> Any:
    """What the first of some dicts that has a key holds there."""
    return next((held[key] for held in maps[:-1] if key in held), maps[-1][key])


def is_in(maps: list[Any], key: Any) -> bool:
    """Whether one of some dicts has a key."""
    return any(key in held for held in maps)


class Chain:
    """A ChainMap."""

    def __init__(self, *maps: Any) -> None:
        self.maps = list(maps) if len(maps) > 0 else [{}]

    def __getitem__(self, key: Any) -> Any:
        return found_in(self.maps, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.maps[0][key] = value

    def __delitem__(self, key: Any) -> None:
        del self.maps[0][key]

    def __contains__(self, key: Any) -> bool:
        return is_in(self.maps, key)

    def merged(self) -> Any:
        """All keys in the order of a ChainMap, each with what is found first."""
        made: dict[Any, Any] = {}
        for held in reversed(self.maps):
            made.update(held)
        return made

    def __len__(self) -> int:
        return len(self.merged())

    def __iter__(self) -> Any:
        return iter(self.merged())

    def keys(self) -> Any:
        return self.merged().keys()

    def values(self) -> Any:
        return self.merged().values()

    def items(self) -> Any:
        return self.merged().items()

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self else default

    def pop(self, key: Any, *default: Any) -> Any:
        return self.maps[0].pop(key, *default)

    def update(self, other: Any = (), **named: Any) -> None:
        self.maps[0].update(other, **named)

    def new_child(self, m: Any = None) -> Any:
        return collections.ChainMap({} if m is None else m, *self.maps)

    @property
    def parents(self) -> Any:
        return collections.ChainMap(*self.maps[1:])


REAL: dict[type, type] = {  # what a program takes the classes for
    Table: dict, Filled: collections.defaultdict, Made: collections.defaultdict,
    Counted: collections.Counter, Queue: collections.deque, Chain: collections.ChainMap,
    Cursor: type(iter([])),
}  # fmt: skip


def real(cls: type | None) -> type | None:
    """What a program takes an object of a class for; None for classes that do not stand here."""
    known = vars(cls).get("s2sad_real") if cls is not None else None
    return known or next((REAL[c] for c in getattr(cls, "__mro__", ()) if c in REAL), None)
