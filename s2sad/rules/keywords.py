"""Keyword arguments that a rule does not list, by the signature of the function itself.

An argument that says what would be done anyway is left out, and one that the rule calls by another name is
passed by its place:

    np.array(x, subok=False)        np.array(x)
    np.angle(z=c)                   np.angle(c), as the rule has x for z
    np.sum(x, like=None)            left as it is: np.sum has no such argument, and the rule refuses it

What remains unknown is refused by name where the call is bound to the rule.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Collection
from typing import Any

import numpy as np

from s2sad.rules.registry import UNKNOWN, Rule

_SAME = {"subok": (True, False), "device": ("cpu",)}  # no array is of a subclass, or elsewhere
_UFUNC = {"casting": "same_kind", "order": "K", "subok": True, "signature": None}
_METHODS = {"np.astype": {"subok": True}}  # those of C have no signature


@functools.cache
def parameters(name: str) -> dict[str, Any]:
    """The parameters of the function that a canonical name means, with their defaults; {} if none are known.

    >>> parameters("np.angle")["deg"], list(parameters("np.angle"))
    (False, ['z', 'deg'])
    """
    package = name.partition(".")[0]
    found: Any = np if package == "np" else sys.modules.get(package) if package == "scipy" else None
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    if isinstance(found, np.ufunc):
        return dict(_UFUNC)
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return {}
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    found = {n: p.default for n, p in signature.parameters.items() if p.kind in named}
    return {**found, **_METHODS.get(name, {})}


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
