"""What a text relies on besides the kinds of its arguments: that names still mean what they meant.

    def f(x): return helper(x)      Dependency(lambda: f.__globals__["helper"], helper, "helper")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Dependency:
    """A name resolution that a text relies on: what `read` gives is still `obj` (`same`: equal to it)."""

    read: Callable[[], Any]
    obj: Any
    text: str
    same: bool = False

    def holds(self) -> bool:
        """Whether the name still means the same."""
        try:
            now = self.read()
        except (AttributeError, KeyError, IndexError, ValueError, TypeError):
            return False
        return bool(now == self.obj) if self.same else now is self.obj
