"""Derivatives that are remembered: how one is called, and under which signatures it is found again.

`Made` is a derivative with the parameters that it takes; `Memo` holds those of one function, and gives none
whose guard is broken.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from s2sad import arguments as A
from s2sad import debug, guards
from s2sad.binding import Choice, Given, Values
from s2sad.errors import Refusal, UnsupportedError, written
from s2sad.frontend.dependencies import Dependency
from s2sad.overlaps import Outside, beside, holder, met, outside_too, overlapping, twice_given

if TYPE_CHECKING:  # the pipeline is imported with the first derivative
    from s2sad.engine import Derived

TEXTS = 64  # derivatives that are remembered of one function, those used last


@dataclass(slots=True)
class Made:
    """A derivative and how it is called.

    order      the parameters that the generated function takes, in its order
    wrt        the parameters that it differentiates by
    converted  those that hold dataclasses, which the generated function takes as dicts
    inner      for a derivative of a derivative: the one that was differentiated
    written    the parameters whose arrays and lists are written to
    changed    those that are objects, dicts or lists and hold something else at the end
    standing   what gives the outside arrays that are written to
    kept       whether lists, dicts or objects outside are written to, or copies inside of derivatives
    outside    what the function reads from outside, where something is written to
    """

    derived: Derived
    order: list[str]
    wrt: list[str]
    converted: list[str]
    choices: tuple[Choice, ...]
    dependencies: list[Dependency]
    inner: Made | None = None
    debug: bool = field(default_factory=debug.enabled)
    guard: Callable[[], bool] = field(init=False)
    functions: tuple[Callable[..., Any], ...] = field(init=False)
    written: frozenset[str] = field(init=False)
    standing: tuple[Callable[[], Any], ...] = field(init=False)
    changed: frozenset[str] = field(init=False)
    kept: bool = field(init=False)
    outside: Outside = field(init=False)

    def __post_init__(self) -> None:
        own = frozenset(n for n in self.order if self.parameter(n) in self.derived.written)
        self.written = own if self.inner is None else own | self.inner.written
        self.changed = frozenset(self.derived.lowered.changed) if self.inner is None else self.inner.changed
        self.standing = self.derived.lowered.standing if self.inner is None else self.inner.standing
        own_kept = bool(self.derived.lowered.program.kept) or self.derived.lends
        self.kept = own_kept if self.inner is None else self.inner.kept
        self.outside = Outside([], frozenset(), {}) if self.inner is None else self.inner.outside
        if self.inner is None and (self.written or self.changed or self.kept):
            self.outside = Outside.of(self.derived, {d.text for d in self.dependencies})
        self.guard = guards.guard(self.dependencies)
        functions = self.derived.functions.values()
        self.functions = tuple(map(A.without_complex, functions) if self.derived.roots else functions)

    def arguments(self, values: Values, pushed: bool = False) -> list[Any]:
        """What the generated function is called with; UnsupportedError if written ones overlap others.

        Tangents are `pushed`: two attributes have two of them, which share no memory as the attributes may.
        """
        if self.written:
            read = {d.text for d in self.dependencies}
            apart = pushed or self.inner is not None
            found = overlapping(self.written, values, self.derived.captured, read, apart)
            if found is not None:
                what = f"the argument {found[0]!r} is written to, and shares memory with {found[1]}"
                if found[0] == found[1]:
                    what = f"the argument {found[0]!r} is written to, and arrays that it holds share memory"
                self._refuse(what, "pass a copy of one of them")
        if self.standing and (name := beside(self.standing, values)) is not None:
            what = f"an outside array is written, and shares memory with the argument {name!r}"
            self._refuse(what, "pass a copy")
        if self.written or self.changed or self.kept:
            self._refuse_one_thing(values)
        return [A.passed(values[n]) if n in self.converted else values[n] for n in self.order]

    def _refuse_one_thing(self, values: Values) -> None:
        """Refuse lists, dicts and objects that have two names, by one of which they may be written to."""
        changed = self.written | self.changed
        given = values if isinstance(values, Given) else Given(values, {})
        if not changed and self.outside.closed:  # histories, of which nothing is read
            name = holder(values, given.copies, self.outside.closed)
        else:
            places = met(values, self.converted, given.originals())
            found = twice_given(places, changed, self.kept) if places else None
            if found is not None and found[0] == found[1]:
                what = f"the argument {found[0]!r} holds a list, dict or object twice that may be written to"
                self._refuse(what, "put a copy in the place of one")
            if found is not None:
                what = f"{found[0]!r} and {found[1]!r} hold one list, dict or object that may be written to"
                self._refuse(what, "put a copy in the place of one")
            name = outside_too(places, None if self.kept else changed, self.outside) if places else None
        if name is not None:
            what = f"the argument {name!r} holds a list, dict or object that is met from outside, too"
            self._refuse(f"{what}, and may be written to", "pass a copy")

    def _refuse(self, what: str, instead: str) -> NoReturn:
        raise UnsupportedError([Refusal(self.derived.lowered.span, what, instead)])

    def parameter(self, name: str) -> str:
        """What the differentiated text calls a parameter."""
        return (
            self.derived.source.node.args.args[self.order.index(name)].arg if self.inner is not None else name
        )

    def annotate(self, error: Exception) -> None:
        """Add the user's line to an exception that generated code raised."""
        trace, span = error.__traceback__, None
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.derived.filename:
                span = self.derived.line_map.get(trace.tb_lineno, span)
            trace = trace.tb_next
        span = written(span)
        if span is not None:
            line = span.text.partition("\n")[0].strip()
            error.add_note(f"in the derivative of {span.file}:{span.line}: {line}")


class Memo:
    """Derivatives of one function by signature; the least recently used are forgotten."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._made: OrderedDict[Any, Made] = OrderedDict()

    def get(self, key: Any) -> Made | None:
        """The derivative under a key, if nothing has changed that it relies on."""
        made = self._made.get(key)
        if made is None or not made.guard():
            return None
        try:
            self._made.move_to_end(key)
        except KeyError:  # forgotten by another thread just now
            pass
        return made

    def put(self, key: Any, made: Made) -> None:
        """Remember a derivative."""
        with self.lock:
            self._made[key] = made
            self._made.move_to_end(key)
            while len(self._made) > TEXTS:
                self._made.popitem(last=False)
