"""Which functions belong to libraries, whose sources are not read: NumPy, SciPy, the standard library.

    is_library(np.sum)                          True
    is_library(Level.__ge__)                    False, where functools.total_ordering has written it
"""

from __future__ import annotations

import functools
import os
from types import FunctionType

_LIBRARIES = frozenset(["numpy", "scipy"])
# Modules of ours that are read as if they were the user's.
READ = tuple(f"s2sad.frontend.{module}" for module in ("standins", "derived", "polynomials"))


def _is_comparison(fun: FunctionType) -> bool:
    """Whether a function is one that functools.total_ordering gives to a class."""
    return fun.__module__ == "functools" and fun.__name__ in ("__lt__", "__le__", "__gt__", "__ge__")


def is_library(fun: FunctionType) -> bool:
    """Whether a function belongs to a library, whose source is never descended into."""
    module = str(fun.__globals__.get("__name__", ""))
    if module.startswith("s2sad.generated.") or module in READ:
        return False
    module = module.partition(".")[0]
    if _is_comparison(fun):
        return False
    return in_stdlib(fun.__code__.co_filename) or module in _LIBRARIES or module in ("numba", "s2sad")


@functools.cache
def _stdlib() -> str:
    import sysconfig

    return sysconfig.get_path("stdlib") + os.sep


def in_stdlib(file: str) -> bool:
    stdlib = _stdlib()
    inside = file.startswith(stdlib) and "-packages" + os.sep not in file[len(stdlib) :]
    return inside or file.startswith("<frozen ")
