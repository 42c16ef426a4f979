"""Refusals of arguments before anything is derived, by name: `x[1] is a Fraction; pass float(x[1])`."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from s2sad.arguments import ARRAYS, PLAIN, Describer, differentiable, holds_parts, holds_unlike
from s2sad.errors import refuse
from s2sad.ir import kinds as K


def check_operand(name: str, value: Any) -> None:
    """Refuse numbers and arrays of types that the rules do not know, by the name of their type."""
    cls = type(value)
    if cls in PLAIN or cls in ARRAYS or isinstance(value, np.generic | str) or value is None:
        return
    if isinstance(value, list | tuple):
        for i, v in enumerate(value):
            check_operand(f"{name}[{i}]", v)
    elif isinstance(value, dict):
        for k, v in value.items():
            check_operand(f"{name}[{k!r}]", v)
    elif isinstance(value, np.ndarray):
        refuse(None, f"{name} is a {cls.__name__}, a subclass of np.ndarray", f"pass np.asarray({name})")
    elif isinstance(value, numbers.Number) and not isinstance(value, int):
        refuse(None, f"{name} is a {cls.__name__}", f"pass float({name})")
    elif hasattr(cls, "__array_priority__") or hasattr(cls, "__array_ufunc__"):
        refuse(None, f"{name} is a {cls.__module__}.{cls.__name__}", "pass an np.ndarray")


def check_lists(name: str, value: Any) -> None:
    """Refuse differentiated lists of unlike elements; one kind is known for all elements."""
    known = isinstance(value, list) and (any(map(holds_parts, value)) or holds_unlike(value))
    if isinstance(value, list) and differentiable(value) and not known:
        joined = K.join_all([Describer().kind(v) for v in value])
        if joined == K.OBJECT:
            found = ", ".join(sorted({type(v).__name__ for v in value}))
            refuse(None, f"the list {name} holds unlike elements ({found})", "pass a tuple, or a dict")
    if isinstance(value, list | tuple):
        for i, v in enumerate(value):
            check_lists(f"{name}[{i}]", v)
    elif isinstance(value, dict):
        for k, v in value.items():
            check_lists(f"{name}[{k!r}]", v)
