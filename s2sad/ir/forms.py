"""Results that a program has in parts: dicts with computed keys, objects, lists of records.

A program returns numbers, arrays, and lists, tuples and dicts of these. What else a function returns goes out
in parts, and `Form` says what they are parts of:

    return {k: x[k] for k in ks}      the program returns (keys, values), of the form table
    return Fit(w, loss)               the program returns (w, loss), of the form object
    return [Point(a, b) for ...]      the program returns a list of the a and one of the b, of the form list

`built` makes the result of the parts; `taken` gives the parts of a cotangent of the result, whose structure
is that of the result.
"""

from __future__ import annotations

import collections
import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Form:
    """What the parts of a result make up.

    what    "leaf": the part itself; "tuple", "dict" and "object": of the class `cls`, with the `keys`;
            "table": of the keys and the values; "list": of elements of the form parts[0], whose parts stand
            in a list each; "queue": the same as a deque; "long": a tuple of what is a list of the program
    """

    what: str
    parts: tuple[Form, ...] = ()
    cls: type | None = None
    keys: tuple[Any, ...] = ()


LEAF = Form("leaf")


def built(form: Form, raw: Any, names: Any) -> Any:
    """The result that parts make up; `names` are the parts of the value, whose keys tangents do not have."""
    if form.what == "leaf":
        return raw
    if form.what == "long":
        return tuple(raw)
    if form.what == "list":
        element = form.parts[0]
        count = _length(element, names)
        return [built(element, _at(element, raw, i), _at(element, names, i)) for i in range(count)]
    if form.what == "queue":
        return collections.deque(built(form.parts[0], raw, names), *form.keys)
    if form.what == "table":
        pairs = zip(names[0], built(form.parts[0], raw[1], names[1]), strict=True)
        return _dict_of(form.cls or dict, dict(pairs))
    items = [built(f, r, n) for f, r, n in zip(form.parts, raw, names, strict=True)]
    return _whole(form, items)


def _whole(form: Form, items: list[Any]) -> Any:
    cls = form.cls
    if form.what == "dict":
        return _dict_of(cls or dict, dict(zip(form.keys, items, strict=True)))
    if form.what == "tuple":
        if cls is None:
            return tuple(items)
        return cls(items) if cls is list else cls(*items)
    assert cls is not None
    made: Any = object.__new__(cls)
    for key, item in zip(form.keys, items, strict=True):
        object.__setattr__(made, key, item)
    return made


def _dict_of(cls: type, held: dict[Any, Any]) -> Any:
    make: Any = cls
    return collections.defaultdict(None, held) if issubclass(cls, collections.defaultdict) else make(held)


def taken(form: Form, ct: Any, raw: Any) -> Any:
    """The parts of a cotangent; ValueError if it has not the structure of the result."""
    if form.what == "leaf" or ct is None:
        return ct
    if form.what in ("list", "queue"):
        element = form.parts[0]
        if form.what == "queue":
            return taken(element, list(ct), raw)
        count = _length(element, raw)
        _check(isinstance(ct, list | tuple) and len(ct) == count, f"a list of {count} elements")
        return _columns(element, [taken(element, c, _at(element, raw, i)) for i, c in enumerate(ct)])
    if form.what == "long":
        return list(ct)
    if form.what == "table":
        _check((isinstance(ct, dict) and list(ct) != []) or not raw[0], "a dict")
        _check(set(ct) == set(raw[0]), f"a dict with the keys {', '.join(map(repr, raw[0]))}")
        return raw[0], taken(form.parts[0], [ct[k] for k in raw[0]], raw[1])
    if form.what == "dict":
        _check(isinstance(ct, dict) and set(ct) == set(form.keys), "a dict with the result's keys")
        held = [ct[k] for k in form.keys]
    elif form.what == "object":
        _check(type(ct) is form.cls, f"a {getattr(form.cls, '__name__', '')}")
        held = [getattr(ct, k) for k in form.keys]
    else:
        _check(isinstance(ct, list | tuple) and len(ct) == len(raw), f"a sequence of {len(raw)} elements")
        held = list(ct)
    return tuple([taken(f, c, r) for f, c, r in zip(form.parts, held, raw, strict=True)])


def _check(fits: bool, wanted: str) -> None:
    if not fits:
        raise ValueError(f"the cotangent must be {wanted}, as the result is")


def _length(form: Form, raw: Any) -> int:
    while form.what not in ("leaf", "long"):
        form, raw = (form.parts[0], raw) if form.what in ("list", "queue") else _first(form, raw)
    return len(raw)


def _first(form: Form, raw: Any) -> tuple[Form, Any]:
    return LEAF if form.what == "table" else form.parts[0], raw[0]


def _at(form: Form, raw: Any, i: int) -> Any:
    """The parts of one element."""
    if form.what in ("leaf", "long"):
        return raw[i]
    if form.what in ("list", "queue"):
        return _at(form.parts[0], raw, i)
    forms = (LEAF, form.parts[0]) if form.what == "table" else form.parts
    return tuple([_at(f, r, i) for f, r in zip(forms, raw, strict=True)])


def _columns(form: Form, items: list[Any]) -> Any:
    """The parts of elements as lists: the inverse of `_at`."""
    if form.what in ("leaf", "long"):
        return items
    if form.what in ("list", "queue"):
        return _columns(form.parts[0], items)
    forms = (LEAF, form.parts[0]) if form.what == "table" else form.parts
    return tuple([_columns(f, [item[k] for item in items]) for k, f in enumerate(forms)])


def is_plain(form: Form) -> bool:
    """Whether the program can return a value as it is."""
    if form.what in ("tuple", "dict"):
        return form.cls in (None, dict, list) and all(map(is_plain, form.parts))
    return form.what == "leaf"


def fields_of(cls: type) -> tuple[str, ...] | None:
    """The fields of a namedtuple or dataclass."""
    if issubclass(cls, tuple):
        return tuple(getattr(cls, "_fields", ()))
    return tuple(f.name for f in dataclasses.fields(cls)) if dataclasses.is_dataclass(cls) else None


__all__ = ["LEAF", "Form", "built", "fields_of", "is_plain", "taken"]
