"""Records: dataclasses that the type checker holds to be frozen.

A dataclass that is frozen while it runs sets each field by `object.__setattr__`, which takes four times as
long to make one; a derivative of twenty lines makes thousands of them. So here `frozen=True` is a promise
that mypy checks: nobody assigns to a field, and records that compare by value are hashed by value.

    @record(frozen=True, slots=True)
    class Var:
        name: str
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool = False, eq: bool = True, **options: Any) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, but what is frozen is so for the type checker alone."""
        return dataclasses.dataclass(eq=eq, unsafe_hash=frozen and eq, **options)


__all__ = ["record"]
