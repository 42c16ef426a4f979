"""What map, filter, zip, enumerate and itertools make of a generator: generators, by Python's own definition.

Where one of their arguments is a generator, a call of them is a call of the function here, whose body is
lowered where it is taken from (see `generators`). So nothing is taken earlier than Python takes it:

    for v in islice(newton(x), 4): A          for v in newton(x): A; count += 1; if count == 4: leave
"""

from __future__ import annotations

import itertools
from typing import Any

STREAMS: dict[Any, str] = {
    enumerate: """
def enumerate(xs, start=0):
    i = start
    for v in xs:
        yield i, v
        i += 1
""",
    map: """
def map(fn, xs):
    for v in xs:
        yield fn(v)
""",
    filter: """
def filter(fn, xs):
    for v in xs:
        if (v if fn is None else fn(v)):
            yield v
""",
    itertools.filterfalse: """
def filterfalse(fn, xs):
    for v in xs:
        if not (v if fn is None else fn(v)):
            yield v
""",
    itertools.starmap: """
def starmap(fn, xs):
    for v in xs:
        yield fn(*v)
""",
    itertools.takewhile: """
def takewhile(fn, xs):
    for v in xs:
        if not fn(v):
            return
        yield v
""",
    itertools.dropwhile: """
def dropwhile(fn, xs):
    dropping = True
    for v in xs:
        if dropping:
            dropping = bool(fn(v))
        if not dropping:
            yield v
""",
    itertools.accumulate: """
def accumulate(xs, func=None, *, initial=None):
    total = initial
    if initial is not None:
        yield initial
    for v in xs:
        total = v if total is None else total + v if func is None else func(total, v)
        yield total
""",
    itertools.pairwise: """
def pairwise(xs):
    before = None
    for v in xs:
        if before is not None:
            yield before, v
        before = v
""",
    itertools.chain.from_iterable: """
def from_iterable(parts):
    for part in parts:
        for v in part:
            yield v
""",
    itertools.cycle: """
def cycle(xs):
    kept = []
    for v in xs:
        yield v
        kept.append(v)
    while len(kept) > 0:
        for v in kept:
            yield v
""",
}
EACH = """
def each(xs):
    for v in xs:
        yield v
"""
VIEWS = {
    "keys": """
def keys(held):
    for key in held:
        yield key
""",
    "values": """
def values(held):
    for key in held:
        yield held[key]
""",
    "items": """
def items(held):
    for key in held:
        yield key, held[key]
""",
}
UP_TO = """
def islice(xs, stop):
    count = 0
    if stop > 0:
        for v in xs:
            yield v
            count += 1
            if count == stop:
                return
"""
BETWEEN = """
def islice(xs, start, stop, step=1):
    count = 0
    first = 0 if start is None else start
    every = 1 if step is None else step
    if stop is None or stop > 0:
        for v in xs:
            if count >= first and (count - first) % every == 0:
                yield v
            count += 1
            if stop is not None and count >= stop:
                return
"""


def chain(count: int) -> str:
    """The text of `chain` of so many iterables."""
    names = [f"part{k}" for k in range(count)]
    loops = "".join(f"    for v in {name}:\n        yield v\n" for name in names)
    return f"\ndef chain({', '.join(names)}):\n{loops}"


def zipped(lazy: list[bool]) -> str:
    """The text of `zip` of lists and a generator, which is taken from; of others, the k-th is read.

    What stands before the generator ends the loop before the next item is taken, what stands behind it after.
    """
    names = [f"part{k}" for k in range(len(lazy))]
    at = lazy.index(True)
    items = [f"{n}[i]" if k != at else "v" for k, n in enumerate(names)]
    before = " and ".join(f"i < len({n})" for n in names[:at])
    behind = " or ".join(f"i >= len({n})" for n in names[at + 1 :])
    lines = [f"def zip({', '.join(names)}):", "    i = 0"]
    pad = "    "
    if before:
        lines.append(f"    if {before}:")
        pad += "    "
    lines.append(f"{pad}for v in {names[at]}:")
    if behind:
        lines += [f"{pad}    if {behind}:", f"{pad}        return"]
    lines += [f"{pad}    yield {', '.join(items)}{',' if len(items) == 1 else ''}", f"{pad}    i += 1"]
    if before:
        lines += [f"{pad}    if not ({before}):", f"{pad}        return"]
    return "\n" + "\n".join(lines) + "\n"


def in_step(steps: list[bool]) -> str:
    """The text of `zip` of lists and iterators that have a name, which may be the same one."""
    lines = [f"def zip({', '.join(f'part{k}' for k in range(len(steps)))}):", "    i = 0", "    while True:"]
    for k, step in enumerate(steps):
        left, item = ("is_left()", "take()") if step else ("", f"part{k}[i]")
        test = f"not part{k}.{left}" if step else f"i >= len(part{k})"
        lines += [f"        if {test}:", "            return"]
        lines.append(f"        v{k} = part{k}.{item}" if step else f"        v{k} = {item}")
    lines += [f"        yield {', '.join(f'v{k}' for k in range(len(steps)))},", "        i += 1"]
    return "\n" + "\n".join(lines) + "\n"


UNTIL = """
def until(fn, sentinel):
    while True:
        v = fn()
        if v == sentinel:
            return
        yield v
"""
ITEMS = """
def items(xs):
    i = 0
    while True:
        try:
            v = xs[i]
        except IndexError:
            return
        yield v
        i += 1
"""
FIRST = """
def first(xs):
    for v in xs:
        return v
    raise StopIteration
"""
FIRST_OR = """
def first(xs, default):
    for v in xs:
        return v
    return default
"""
LISTED = """
def listed(xs):
    made = []
    for v in xs:
        made.append(v)
    return made
"""

_CALLED_FIRST = (
    map, filter, itertools.filterfalse, itertools.takewhile, itertools.dropwhile, itertools.starmap,
)  # fmt: skip
_CALLED_SECOND = (itertools.accumulate, itertools.groupby)


def is_called(obj: Any, place: int) -> bool:
    """Whether an argument is the function that a builtin calls, and not what it iterates."""
    known = {0: _CALLED_FIRST, 1: _CALLED_SECOND}.get(place, ())
    return any(obj is one for one in known)


__all__ = [
    "BETWEEN", "EACH", "FIRST", "FIRST_OR", "ITEMS", "LISTED", "STREAMS", "UNTIL", "UP_TO", "VIEWS", "chain",
    "in_step", "is_called", "zipped",
]  # fmt: skip
