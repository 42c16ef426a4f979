"""Arguments that share memory, or hold one and the same list, dict or object twice.

A text that writes into an argument works on a copy of it, and knows nothing of another name for what it
writes: such calls are refused, in `memo`.

    f(x, rows): rows[0].append(x)      rows = [row, row] is refused, rows = [row, row.copy()] is not
"""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from s2sad.arguments import DICTS, PLAIN, STATIC, fields, is_record, leaves
from s2sad.frontend.dependencies import LEAVES, is_open

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
        held = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        own = getattr(value, "__dict__", {})
        for part in (*held, *(v for k, v in own.items() if k in names)):
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
    """The name of an argument that shares memory with an outside array that is written."""
    arrays = [find() for find in standing]
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
        held = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        for part in (*held, *getattr(value, "__dict__", {}).values()):
            yield from _everywhere(part, seen)


def twice_given(
    values: Mapping[str, Any], written: Container[str], parted: Container[str]
) -> tuple[str, str] | None:
    """The names of two arguments, of which one is written to, that hold the same list, dict or object.

    They may be one argument. Which objects are the same is known (`signature`), but for arguments that are
    `parted` into dicts.
    """
    met: dict[int, list[tuple[str, bool]]] = {}
    for name, value in values.items():
        for part in _holders(value, met):
            is_known = name not in parted and not isinstance(part, list | dict)
            met.setdefault(id(part), []).append((name, is_known))
    for places in met.values():
        if len(places) > 1 and any(name in written for name, _ in places):
            if not all(is_known for _, is_known in places):
                return places[0][0], places[1][0]
    return None


def _holders(value: Any, met: Container[int]) -> Iterator[Any]:
    """What can be written to in a value, each as often as it is met; in those of `met` is not looked."""
    cls = type(value)
    record = is_record(value)
    opened = not record and is_open(cls)
    if cls is list or cls in DICTS or record or opened:
        known = id(value) in met
        yield value
        if known:
            return
    held: Collection[Any] = ()
    if isinstance(value, dict):
        held = value.values()
    elif isinstance(value, list | tuple):
        held = value
    elif record or opened:
        held = (fields(value) if record else vars(value)).values()
    for part in held:
        if not isinstance(part, (*LEAVES, np.ndarray)):
            yield from _holders(part, met)
