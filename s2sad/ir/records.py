"""Records: dataclasses that the type checker holds to be frozen.

A dataclass that is frozen while it runs sets each field by `object.__setattr__`, which takes four times as
long to make one; a derivative of twenty lines makes thousands of them. So here `frozen=True` is a promise
that mypy checks: nobody assigns to a field, and records that compare by value are hashed by value. Equality,
hash and spelling are closures: `dataclass` compiles a text for each of them, which is a tenth of the time
that it takes to import the package.

    @record(frozen=True, slots=True)
    class Call:
        fun: str
        args: tuple[Atom, ...] = ()
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:

    def record(*, frozen: bool = False, eq: bool = True, **options: Any) -> Callable[[type], type]:
        """As `dataclasses.dataclass`, but what is frozen is so for the type checker alone."""

        def make(cls: type) -> type:
            made = dataclasses.dataclass(eq=False, repr=False, **options)(cls)
            made.__repr__ = _spelling
            if eq:
                values = operator.attrgetter(*made.__match_args__) if made.__match_args__ else _nothing
                made.__eq__ = lambda self, other: (
                    values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
                )
                made.__hash__ = (lambda self: hash(values(self))) if frozen else None
            return made

        return make

    def _spelling(self: Any) -> str:
        parts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({parts})"

    def _nothing(self: Any) -> tuple[()]:
        return ()


__all__ = ["record"]
