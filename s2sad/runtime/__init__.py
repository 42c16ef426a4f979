"""Functions that generated texts call by bare name; each needs NumPy only and can be copied into a file.

`HELPERS` maps the bare name to the function, which is an attribute of this package as well. `needs(name)`
names what a standalone file has to hold for it:

    >>> needs("Shadows")
    ('Shadows', 'byte_bounds', 'owner')
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
from collections.abc import Callable
from types import CodeType
from typing import Any

_TOPICS = (
    "arrays", "bands", "chosen", "curves", "custom", "distances", "elliptic", "equations", "factors",
    "filters", "functions", "gammas", "grids", "held", "ieee", "linear", "lists", "matrix_laws", "norms",
    "order", "pencils", "prods", "recurrences", "samples", "scatter", "series", "shapes", "slopes",
    "solvers", "sparse_products", "spectra", "states", "storage", "symmetric", "tables", "trajectories",
    "trips",
)  # fmt: skip


def _helpers() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for topic in _TOPICS:
        path = f"{__name__}.{topic}"
        if importlib.util.find_spec(path) is not None:
            for name, obj in vars(importlib.import_module(path)).items():
                if (inspect.isfunction(obj) or inspect.isclass(obj)) and obj.__module__ == path:
                    found[name] = obj
    return found


HELPERS: dict[str, Callable[..., Any]]


@functools.cache
def _load() -> dict[str, Callable[..., Any]]:
    """All helpers; their modules are imported with the first derivative, not with s2sad."""
    found = _helpers()
    shown = {name: f for name, f in found.items() if not name.startswith("_")}
    globals().update(shown, HELPERS=shown, _all=found)
    return found


def __getattr__(name: str) -> Any:
    if not name.startswith("__") and name not in _TOPICS:
        _load()
    if name not in globals():
        raise AttributeError(f"s2sad.runtime has no helper {name!r}")
    return globals()[name]


def _codes(obj: Any) -> list[CodeType]:
    functions = [f for f in vars(obj).values() if callable(f)] if isinstance(obj, type) else [obj]
    codes = [f.__code__ for f in functions if hasattr(f, "__code__")]
    for code in codes:  # comprehensions are code of their own before Python 3.12
        codes.extend(c for c in code.co_consts if isinstance(c, CodeType))
    return codes


def needs(name: str) -> tuple[str, ...]:
    """The helpers that a standalone file needs for this one, itself included, in the order of their names.

    >>> needs("pow_dx")
    ('ieee_pow', 'pow_dx')
    """
    known = _load()
    found = {name}
    stack = [name]
    while stack:
        for code in _codes(known[stack.pop()]):
            new = set(code.co_names) & known.keys() - found
            found |= new
            stack.extend(new)
    return tuple(sorted(found))
