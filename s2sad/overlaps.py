"""Arguments that share memory, or hold one and the same list, dict or object twice.

A text that writes into an argument works on a copy of it, and knows nothing of another name for what it
writes: such calls are refused, in `memo`.

    f(x, rows): rows[0].append(x)      rows = [row, row] is refused, rows = [row, row.copy()] is not
"""

from __future__ import annotations

import collections
import types
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from s2sad.arguments import DICTS, PLAIN, STATIC, fields, is_record, leaves
from s2sad.frontend.dependencies import LEAVES, is_open

if TYPE_CHECKING:
    from s2sad.engine import Derived

NUMBERS = frozenset((*LEAVES, np.float64))
CONTAINERS = (
    list, tuple, dict, collections.deque, collections.UserList, collections.UserDict, types.MappingProxyType,
)  # fmt: skip
FLAT = NUMBERS | {np.ndarray}
WORK = 100_000  # steps that are spent on the question whether two arrays overlap


def arrays(value: Any) -> list[Any]:
    """The arrays among the leaves of a value."""
    return [v for v in leaves(value) if isinstance(v, np.ndarray)]


def reached(value: Any, names: Container[str], seen: dict[int, Any] | None = None) -> Iterator[Any]:
    """The arrays that a value holds, also in attributes of objects that have one of the names."""
    seen = {} if seen is None else seen
    if isinstance(value, np.ndarray):
        yield value
    elif not isinstance(value, (*STATIC, *PLAIN, types.CodeType)) and id(value) not in seen:
        seen[id(value)] = value
        for part in (*_held(value), *(v for k, v in _attributes(value).items() if k in names)):
            yield from reached(part, names, seen)


def overlap(a: Any, b: Any) -> bool:
    """Whether two arrays share memory, or may do so as far as can be found out quickly."""
    try:
        return np.may_share_memory(a, b) and np.shares_memory(a, b, max_work=WORK)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def overlapping(
    written: Container[str],
    values: Mapping[str, Any],
    captured: list[Any],
    names: Container[str],
    apart_in_one: bool,
) -> tuple[str, str] | None:
    """The names of two arguments of which one is written to and shares memory with the other.

    `captured` are objects from outside of the function that the text reads, `names` their attributes. Those
    of one object may be the same array where its arrays are not taken `apart_in_one`.
    """
    named = [(name, array) for name, value in values.items() for array in reached(value, names)]
    outside = "an array from outside of the function"
    others = [*named, *[(outside, array) for array in reached(captured, names)]]
    parts = {id(array) for value in values.values() for array in arrays(value)}
    for i, (name, array) in enumerate(named):
        if name in written:
            for j, (other, beside) in enumerate(others):
                apart = apart_in_one or name != other or id(array) in parts or array is not beside
                if i != j and apart and overlap(array, beside):
                    return name, other
    return None


def beside(standing: Iterable[Callable[[], Any]], values: Mapping[str, Any]) -> str | None:
    """The name of an argument that shares memory with outside arrays that are written."""
    seen: dict[int, Any] = {}
    arrays = [array for find in standing for array in _everywhere(find(), seen)]
    for name, value in values.items():
        if any(overlap(array, v) for v in _everywhere(value, {}) for array in arrays):
            return name
    return None


def _everywhere(value: Any, seen: dict[int, Any]) -> Iterator[Any]:
    """The arrays that a value holds, in whatever attribute."""
    if isinstance(value, np.ndarray):
        yield value
    elif not isinstance(value, (*STATIC, *PLAIN, types.CodeType)) and id(value) not in seen:
        seen[id(value)] = value
        for part in (*_held(value), *_attributes(value).values()):
            yield from _everywhere(part, seen)


class Place(NamedTuple):
    """Where a list, dict or object is met: in which argument, whether a text's key says so, in an object."""

    name: str
    known: bool
    inside: bool


Met = dict[int, list[Place]]


def met(values: Mapping[str, Any], parted: Container[str], originals: Mapping[int, int]) -> Met:
    """The lists, dicts and objects of arguments by identity, and where each is met.

    Which objects are the same is known (`signature`), but for arguments that are `parted` into dicts;
    `originals` says which lists and dicts were one before they were copied.
    """
    found: Met = {}
    for name, value in values.items():
        whole = name in parted
        for part, inside in _holders(value, found, False):
            known = not whole and not isinstance(part, list | dict | collections.deque)
            place = Place(name, known, inside and not whole)
            found.setdefault(originals.get(id(part), id(part)), []).append(place)
    return found


def twice_given(met: Met, written: Container[str], kept: bool) -> tuple[str, str] | None:
    """The names of two arguments, of which one is written to, that hold the same list, dict or object.

    They may be one argument. Those in attributes of objects may be written to where something is `kept`;
    which of them are the same is known.
    """
    for places in met.values():
        if len(places) < 2:
            continue
        if any(p.name in written for p in places) and not all(p.known for p in places):
            return places[0].name, places[1].name
        if kept and not all(p.known or p.inside for p in places):
            return places[0].name, places[1].name
    return None


class Outside(NamedTuple):
    """What a text reads from outside: objects, the names of their attributes, and `closed` containers.

    Of those no element is read, by identity: histories, say.
    """

    captured: list[Any]
    names: Container[str]
    closed: Mapping[int, Any]

    @classmethod
    def of(cls, derived: Derived, names: Container[str]) -> Outside:
        """Of a derivative."""
        plain = (*STATIC, *PLAIN, types.CodeType, np.ndarray)
        found = {id(obj): obj for obj in derived.captured if not isinstance(obj, plain)}
        return cls(list(found.values()), names, derived.lowered.closed)


def outside_too(met: Met, written: Container[str] | None, outside: Outside) -> str | None:
    """The name of an argument that is written to, and holds a list or dict which is met from outside.

    Where what is outside is written to, any argument counts (`written` is None).
    """
    found: dict[int, str] = {}
    for number, places in met.items():
        for place in places:
            if not place.known and (written is None or place.name in written):
                found[number] = place.name
    if not found or not outside.captured:
        return None
    seen = dict(outside.closed)
    for _ in reached(outside.captured, outside.names, seen):
        pass
    return next((name for number, name in found.items() if number in seen), None)


def holder(
    values: Mapping[str, Any], copies: Mapping[int, tuple[Any, Any]], numbers: Iterable[int]
) -> str | None:
    """The name of an argument that holds one of some lists and dicts, or the copy that was made of it."""
    wanted = {*numbers, *(id(copies[number][1]) for number in numbers if number in copies)}
    return next((name for name, value in values.items() if _holds(value, wanted, {})), None)


def _holds(value: Any, numbers: Container[int], seen: dict[int, Any]) -> bool:
    """Whether a value is or holds one of these."""
    if type(value) in FLAT or id(value) in seen:
        return False
    seen[id(value)] = value
    return id(value) in numbers or any(_holds(part, numbers, seen) for part in _parts(value))


def _holders(value: Any, met: Container[int], inside: bool) -> Iterator[tuple[Any, bool]]:
    """What can be written to in a value, each as often as it is met, and whether in an attribute.

    In those of `met` is not looked.
    """
    cls = type(value)
    record, opened = is_record(value), is_open(cls)
    if cls is list or cls in DICTS or record or opened or cls is collections.deque:
        known = id(value) in met
        yield value, inside
        if known:
            return
    for part in fields(value).values() if record else _parts(value):
        if not isinstance(part, (*LEAVES, np.ndarray)):
            yield from _holders(part, met, inside or opened)


def _parts(value: Any) -> Collection[Any]:
    """What a container holds beside numbers; what the attributes of an object do."""
    if isinstance(value, STATIC) or _is_container(value):
        return _held(value)
    return _attributes(value).values()


def _attributes(value: Any) -> dict[str, Any]:
    """The attributes that an object has for itself, in its `__dict__` or in slots."""
    own: dict[str, Any] = getattr(value, "__dict__", {})
    said = [getattr(cls, "__slots__", ()) for cls in type(value).__mro__]
    slots = [name for names in said for name in ([names] if isinstance(names, str) else names)]
    return {**own, **{name: getattr(value, name, None) for name in slots}} if slots else own


def _is_container(value: Any) -> bool:
    return isinstance(value, CONTAINERS)


def _held(value: Any) -> Collection[Any]:
    """What a container holds; nothing where that is numbers alone, of which a history has many."""
    if not _is_container(value):
        return ()
    mapping = isinstance(value, dict | collections.UserDict | types.MappingProxyType)
    held: Collection[Any] = value.values() if mapping else value
    return () if NUMBERS.issuperset(map(type, held)) else held
