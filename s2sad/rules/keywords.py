"""Keyword arguments that a rule does not list, by the signature of the function itself.

An argument that says what would be done anyway is left out, and one that the rule calls by another name is
passed by its place:

    np.array(x, subok=False)        np.array(x)
    np.angle(z=c)                   np.angle(c), as the rule has x for z
    np.sum(x, like=None)            left as it is: np.sum has no such argument, and the rule refuses it
    np.diag(v=x, k=1)               np.diag(x, k=1): what has no default is found by its place
    np.ptp(x, 0, None, True)        np.ptp(x, 0, keepdims=True), as the rule has no `out` there

What remains unknown is refused by name where the call is bound to the rule.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
from collections.abc import Collection
from typing import Any, TypeVar

import numpy as np

from s2sad.rules.registry import UNKNOWN, Rule

T = TypeVar("T")
_SAME = {"subok": (True, False), "device": ("cpu",)}  # no array is of a subclass, or elsewhere
_UFUNC = {"casting": "same_kind", "order": "K", "subok": True, "signature": None}
_METHODS = {"np.astype": {"subok": True}}  # those of C have no signature


def named_function(name: str) -> Any:
    """The function of NumPy or SciPy that a canonical name means, or None."""
    package = name.partition(".")[0]
    found: Any = np if package == "np" else sys.modules.get(package) if package == "scipy" else None
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found


@functools.cache
def parameters(name: str) -> dict[str, Any]:
    """The parameters of the function that a canonical name means, with their defaults; {} if none are known.

    >>> parameters("np.angle")["deg"], list(parameters("np.angle"))
    (False, ['z', 'deg'])
    """
    found = named_function(name)
    if isinstance(found, np.ufunc):
        return dict(_UFUNC)
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return {}
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    found = {n: p.default for n, p in signature.parameters.items() if p.kind in named}
    return {**found, **_METHODS.get(name, {})}


@functools.cache
def _places(function: Any) -> dict[str, bool]:
    """The arguments of a function that have places, and whether one needs to be given and has a name."""
    try:
        given = [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return {}
    many = [p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in given]
    placed = given[: many.index(False)] if False in many else given
    return {p.name: p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in placed}


@functools.cache
def leading(function: Any) -> tuple[str, ...]:
    """The arguments of a function that have names, places and no defaults.

    >>> leading(np.diag), leading(np.gradient), leading(np.sin)
    (('v',), ('f',), ())
    """
    return tuple(itertools.takewhile(_places(function).get, _places(function)))


@functools.cache
def _agreeing(name: str, own: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    real = () if any(n.startswith("*") for n in own) else tuple(_places(named_function(name)))
    for place, theirs in enumerate(real):
        if place >= len(own) or (theirs != own[place] and own[place] in parameters(name)):
            return place, real
    return len(real), real


def renamed_places(rule: Rule, given: int) -> tuple[str, ...]:
    """The names of the last of `given` arguments by place, where the rule has others at these places.

    >>> from s2sad.rules import registry
    >>> renamed_places(registry.rule("np.ptp"), 4)  # the rule has (a, axis, keepdims)
    ('out', 'keepdims')
    """
    if given < 2:
        return ()
    place, real = _agreeing(rule.name, tuple(rule.signature))
    return real[place:given] if given <= len(real) else ()


def by_place(function: Any, args: list[T], kwargs: dict[str, T]) -> tuple[list[T], dict[str, T]]:
    """The arguments of a call, with those by their places that have no defaults.

    >>> by_place(np.put, [1], {"mode": 4, "v": 3, "ind": 2})
    ([1, 2, 3], {'mode': 4})
    """
    names = leading(function)[len(args) :]
    missing = [n not in kwargs for n in names]
    moved = names[: missing.index(True)] if True in missing else names
    return [*args, *(kwargs[n] for n in moved)], {n: v for n, v in kwargs.items() if n not in moved}


def by_place_of(name: str, args: list[T], kwargs: dict[str, T]) -> tuple[list[T], dict[str, T]]:
    """The same for the function of a canonical name; methods of arrays count their array as none."""
    known = kwargs and not name.startswith("np.ndarray.")
    return by_place(named_function(name), args, kwargs) if known else (args, kwargs)


def neutral(rule: Rule, statics: dict[str, Any]) -> list[str]:
    """The keyword arguments that the rule does not list and that say what would be done anyway.

    No argument is of a subclass of np.ndarray, so that `subok` says nothing, and NumPy has one device.

    >>> from s2sad.rules import registry
    >>> neutral(registry.rule("np.array"), {"subok": False, "like": None, "copy": None})
    ['subok', 'like']
    """
    unlisted = [k for k in statics if k not in rule.signature and statics[k] is not UNKNOWN]
    real = parameters(rule.name) if unlisted else {}
    same = [k for k in unlisted if k in real and type(statics[k]) is type(real[k]) and statics[k] == real[k]]
    return [k for k in unlisted if k in same or (k in real and statics[k] in _SAME.get(k, ()))]


def other_names(rule: Rule, given: int, names: Collection[str]) -> list[str]:
    """The keyword arguments, in order, that stand behind `given` others and have another name in the rule.

    >>> from s2sad.rules import registry
    >>> other_names(registry.rule("np.angle"), 0, {"z": 1.0, "deg": True})
    ['z']
    """
    real = list(parameters(rule.name))
    if real == list(_UFUNC):  # their operands have no names
        return []
    own = [n for n in rule.signature if not n.startswith("*")]
    found: list[str] = []
    for theirs, ours in list(zip(real, own, strict=False))[given:]:
        if theirs not in names or theirs == ours or ours in real:
            break
        found.append(theirs)
    return found
