"""Generated functions as they are read when they are differentiated once more.

    layer_bwd(layer_fwd(x)[1], x_bar)       again_(layer_vjp, x, x_bar): under checkpoint again
    for i in range(n): ...                  for i in states_(range(n), k): ... of a checkpointed loop
    return value, (v, kept)                 return value, PowerKept(v, kept): no tuple without an end

Accepts a text, and where its lines come from; guarantees functions that compute the same, of a text whose
lines come from there as well, or none where nothing is to be changed.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from s2sad.backend.kept import with_objects
from s2sad.backend.repeats import printed, with_checkpoints, with_states
from s2sad.errors import Span, origins
from s2sad.frontend.checkpoint import leniently, states
from s2sad.frontend.source import release_with, source_of_text
from s2sad.ir.nodes import Atom


@dataclass(frozen=True, slots=True)
class Repeated:
    """What a text computes again, or would: functions under checkpoint and checkpointed loops.

    stems   of the names of pairs
    plain   names of other functions
    loops   how many states are kept of the loops that begin in these lines
    names   of parameters, by their SSA names
    """

    stems: Collection[str]
    plain: Collection[str]
    loops: Mapping[int, Atom]
    names: Mapping[str, str]


def read_again(
    text: str,
    spans: Mapping[int, Span],
    pairs: Mapping[str, tuple[int, ...]],
    space: dict[str, Any],
    repeated: Repeated,
) -> dict[str, Any]:
    """The functions of a text as they are differentiated once more, if that is another text."""
    marks: dict[str, Any] = {}
    tree = ast.parse(text)
    if repeated.loops and (name := with_states(tree, repeated.loops, repeated.names)):
        marks[name] = states
    if (repeated.stems or repeated.plain) and (
        name := with_checkpoints(tree, repeated.stems, repeated.plain)
    ):
        marks[name] = leniently
    classes = with_objects(tree, pairs)
    if not classes and not marks:
        return {}
    whole, lines = printed(tree, spans)
    filename = source_of_text(whole, "kept")
    origins[filename] = lines
    space = {**space, **marks, **{name: _class(name, own) for name, own in classes.items()}}
    exec(compile(whole, filename, "exec", dont_inherit=True), space)
    made = [f for f in space.values() if isinstance(f, FunctionType)]
    functions = [f for f in made if f.__code__.co_filename == filename]
    for function in functions:
        release_with(function, filename)
    return {f.__name__: f for f in functions}


@functools.lru_cache(maxsize=256)
def _class(name: str, text: str) -> Any:
    """A class, the same one for the same text: whoever reads a function twice meets it again."""
    space: dict[str, Any] = {"__name__": "s2sad.generated.kept"}
    filename = source_of_text(text, name)
    exec(compile(text, filename, "exec", dont_inherit=True), space)
    release_with(space[name], filename)
    space[name].s2sad_kept = True
    return space[name]


__all__ = ["Repeated", "read_again"]
