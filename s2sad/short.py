"""The short way of a call: positional scalars and arrays of the very types and shapes that were seen before.

One function is compiled for each such signature. It tests types, dtypes, shapes and guards in one expression,
calls the derivative, and returns its result as it is where it has the right types already. Its text holds
numbered names only; a product with a vector has the vector's parts besides, which are like their arguments:

    def short(args):
        try:
            a0, a1, = args
            if not (type(a0) is t0 and type(a1) is t1 and a1.shape == s1 and a1.dtype == d1 and ...):
                return MISS
        ...

    def short(args):
        try:
            a0, a1, (v0, v1,), = args
            if not (... and type(v0) is type(a0) and v0.shape == a0.shape and v0.strides == a0.strides ...):
        ...
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from s2sad import arguments as A
from s2sad import guards
from s2sad.binding import Values
from s2sad.memo import Made

KNOWN = ("numpy", "scipy", "math", "builtins", "s2sad")
MISS = object()  # the call has to take the long way
TEXT = """\
def short(args):
    try:
        {names} = args
        if not ({tests}):
            return MISS
    except BROKEN:
        return MISS
    transform._last = made
    try:
        raw = function({all})
    except Exception as error:
        made.annotate(error)
        raise
    if {right}:
        return raw
    return finish(raw=raw)
"""


def key(args: Sequence[Any]) -> tuple[Any, ...] | None:
    """What the short way depends on, or None where an argument is neither a scalar nor an array."""
    found: list[Any] = []
    for a in args:
        cls = type(a)
        if cls is np.ndarray:
            if a.dtype.kind not in "fciub" or not a.dtype.isnative:
                return None
            found.append((a.dtype, a.shape))
        elif cls in A.PLAIN or isinstance(a, np.number | np.bool_):
            found.append(cls)
        else:
            return None
    return tuple(found)


def build(
    transform: Any,
    made: Made,
    args: Sequence[Any],
    bound: Sequence[Any],
    values: Values,
    along: Sequence[Any] = (),
) -> Callable[[Any], Any]:
    """The short way for arguments like these, which stand behind the bound ones and in front of defaults.

    `along` are the parts of the vector of a product.
    """
    names = [f"a{i}" for i in range(len(args))]
    tests, space = guards.tests(made.dependencies)
    checks: list[str] = []
    for i, a in enumerate(args):
        space[f"t{i}"] = type(a)
        checks.append(f"type(a{i}) is t{i}")
        if type(a) is np.ndarray:
            space[f"d{i}"], space[f"s{i}"] = a.dtype, a.shape
            checks.append(f"a{i}.shape == s{i} and a{i}.dtype == d{i}")
    rest = list(values.values())[len(bound) + len(args) :]
    if rest:
        plain = transform.primal.fun
        space |= {"plain": plain, "defaults": plain.__defaults__}
        checks.append("plain.__defaults__ is defaults")
    space |= {f"b{i}": v for i, v in enumerate(bound)} | {f"c{i}": v for i, v in enumerate(rest)}
    given = [*(f"b{i}" for i in range(len(bound))), *names, *(f"c{i}" for i in range(len(rest)))]
    if any(isinstance(v, list | tuple | dict) for v in (*bound, *rest)):  # what these hold may change
        fixed = dict(zip(given, (*bound, *args, *rest), strict=True))
        space |= {"signature": A.signature, "known": A.signature(fixed, ())}
        checks.append(f"signature({{{', '.join(f'{n!r}: {n}' for n in given)}}}, ()) == known")
    parts = [f"v{i}" for i in range(len(along))]
    if along:
        beside = dict(zip(values, given, strict=True))
        own = [beside[choice.parameter] for choice in made.choices]
        checks += [*(["type(args[-1]) in (tuple, list)"] if len(along) > 1 else ()), *_alike(own, along)]
        names.append(f"({', '.join(parts)})")
    shown = {n: _outline(v) for n, v in values.items()}
    space |= {
        "function": made.functions[0],
        "made": made,
        "transform": transform,
        "BROKEN": guards.BROKEN,
        "MISS": MISS,
        "ndarray": np.ndarray,
        "finish": functools.partial(transform.finish, made, values=shown),
    }
    text = TEXT.format(
        names="".join(f"{n}, " for n in names) or "()",
        all=", ".join([*given, *parts]),
        tests=" and ".join([*checks, tests]),
        right=_right(transform, made, shown, space, parts),
    )
    exec(text, space)
    short: Callable[[Any], Any] = space["short"]
    return short


def _outline(value: Any) -> Any:
    """A value like an argument, of the same type and shape; of an array only one element is held."""
    return np.broadcast_to(np.zeros((), value.dtype), value.shape) if type(value) is np.ndarray else value


def _alike(own: Sequence[str], along: Sequence[Any]) -> list[str]:
    """Tests that the parts of a vector are like the arguments that they belong to."""
    tests: list[str] = []
    for i, (name, part) in enumerate(zip(own, along, strict=True)):
        tests.append(f"type(v{i}) is type({name})")
        if type(part) is np.ndarray:
            tests += [f"v{i}.{what} == {name}.{what}" for what in ("shape", "dtype", "strides")]
    return tests


def _right(
    transform: Any, made: Made, values: Values, space: dict[str, Any], parts: Sequence[str] = ()
) -> str:
    """An expression that is true where the derivative's result is what the caller is to get.

    A product may be a part of the vector, or the same array twice, and what the user's own functions return.
    """
    chosen = [c.of(values[c.parameter]) for c in made.choices]
    plain = _is_plain(made) if parts else transform.mode in ("grad", "value_and_grad")
    simple = plain and not transform.has_aux and not made.derived.valued
    whole = all(c.key is None for c in made.choices) and transform.single is (len(chosen) == 1)
    if not simple or not whole:
        return "False"
    tests: list[str] = []
    grads = "raw"
    if transform.mode == "value_and_grad":
        if made.inner is not None:
            return "False"
        tests.append("type(raw[0]) is not ndarray")
        grads = "raw[1]"
    for i, value in enumerate(chosen):
        g = grads if transform.single else f"{grads}[{i}]"
        if type(value) is float:
            tests.append(f"type({g}) is float")
        elif type(value) is np.ndarray and value.dtype.kind == "f":
            space[f"e{i}"], space[f"f{i}"] = value.dtype, value.shape
            tests.append(
                f"type({g}) is ndarray and {g}.dtype == e{i} and {g}.shape == f{i} and {g}.base is None "
                f"and {g}.flags.c_contiguous and {g}.flags.writeable"
            )
            others = [*parts, *(f"raw[{j}]" for j in range(i))] if parts else ()
            tests += [f"{g} is not {other}" for other in others]
        else:
            return "False"
    return " and ".join(tests)


def _is_plain(made: Made) -> bool:
    """Whether a text calls functions of NumPy, SciPy and Python alone and reads nothing else from outside."""
    return all(_home(obj).partition(".")[0] in KNOWN for obj in made.derived.emitted.refs.values())


def _home(obj: Any) -> str:
    """The name of a module, or of the module of a function."""
    return str(getattr(obj, "__name__" if isinstance(obj, ModuleType) else "__module__", ""))
