"""What generated texts do around functions that have a user's rule: results and cotangents are looked at.

    y = result_of(solve(a, b), "solve", "float64 1", a, b)       of this type, and memory of its own
    t = solve_vjp(y_bar, y, a, b)
    a_bar = cotangent_of(t, 0, 2, a, "solve")                    one of two, with a's shape and dtype

A text is written for results of one type, and adds cotangents of one shape; what a user's function returns
instead is an error that names the rule, never another number.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def result_of(value: Any, name: str, kind: str, *args: Any) -> Any:
    """`value`, if it is of the kind that the text was written for.

    `kind` is "float", "int", "complex" or "bool" for Python's numbers, "float64" for a NumPy scalar,
    "float64 2" for an array of two axes, "float64 *" for an array or NumPy scalar, "like 0" for what has the
    type, dtype and shape of the first of `args`, "broadcast float64" for an array or scalar of the shape that
    `args` broadcast to, "" for what is known, "tuple float, float64 1" for a tuple of these. An array must
    share no memory with `args`. Raises TypeError or ValueError.

    >>> result_of(2.0, "f", "float", 1.0)
    2.0
    """
    word, _, rest = kind.partition(" ")
    if word == "tuple":
        _check_parts(value, name, rest.split(", "), args)
        return value
    if word == "like":
        like = args[int(rest)]
        if type(value) is not type(like) or np.shape(value) != np.shape(like):
            raise TypeError(
                f"{name}() returned {_described(value)}, which is not like its argument {_described(like)}; "
                "give its rule another returns="
            )
        if getattr(value, "dtype", None) != getattr(like, "dtype", None):
            raise TypeError(f"{name}() returned {_described(value)} for {_described(like)}")
    elif word == "broadcast":
        shape = np.broadcast_shapes(*(np.shape(a) for a in args))
        good = isinstance(value, np.ndarray) if shape else isinstance(value, np.generic)
        if not good or np.shape(value) != shape or value.dtype.name != rest:
            raise TypeError(
                f"{name}() returned {_described(value)} for arguments of shape {shape}; its rule is for "
                f"{rest}; {_remedy(value)}"
            )
    elif word in ("float", "int", "complex", "bool"):
        if type(value).__name__ != word:
            raise TypeError(
                f"{name}() returned {_described(value)}, and its rule was read for a Python {word}; "
                f"{_remedy(value)}"
            )
    elif word:
        rank = np.ndim(value)
        plain = isinstance(value, np.generic) if rest == "" else type(value) in (np.ndarray, np.memmap)
        if rest == "*":
            plain = isinstance(value, np.generic) or type(value) in (np.ndarray, np.memmap)
        if not plain or value.dtype.name != word or (rest.isdigit() and rank != int(rest)):
            plain_words = {"": "a NumPy scalar", "*": "an array or NumPy scalar"}
            what = plain_words.get(rest, f"an array of rank {rest}")
            raise TypeError(
                f"{name}() returned {_described(value)}, and its rule was read for {what} of {word}; "
                f"{_remedy(value)}"
            )
    _check_own(value, name, args)
    return value


def _check_parts(values: Any, name: str, kinds: list[str], args: tuple[Any, ...]) -> None:
    """Raise an error for a tuple that is not of these kinds, or in which two arrays share memory."""
    if type(values) is not tuple or len(values) != len(kinds):
        what = f"{name}() returned {_described(values)}, and its rule was read for {len(kinds)} results"
        raise TypeError(what)
    for value, kind in zip(values, kinds, strict=True):
        result_of(value, name, kind, *args)
    arrays = [v for v in values if isinstance(v, np.ndarray)]
    for i, one in enumerate(arrays):
        if any(np.may_share_memory(one, other) for other in arrays[:i]):
            raise ValueError(f"{name}() returned arrays that share memory; copy one of them")


def _check_own(value: Any, name: str, args: tuple[Any, ...]) -> None:
    """Raise ValueError for an array that shares memory with an argument."""
    if isinstance(value, np.ndarray):
        for arg in args:
            if isinstance(arg, np.ndarray) and np.may_share_memory(value, arg):
                raise ValueError(
                    f"{name}() returned an array that shares memory with an argument; functions with a rule "
                    "return arrays of their own"
                )


def _remedy(value: Any) -> str:
    if isinstance(value, dict):
        return "give the rule returns={...}, with what each key holds"
    if isinstance(value, list):
        return "give a rule with returns=[...] to a function that returns these values as a tuple"
    return "give the rule returns="


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{type(value).__name__} of shape {value.shape} and {value.dtype}"
    return f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins.")


def cotangent_of(values: Any, i: int, n: int, x: Any, name: str) -> Any:
    """The i-th of the n cotangents that a rule's function returned, for the argument `x`; one may come bare.

    None stands for zeros. Raises TypeError or ValueError, with the rule's name, where the number, a shape or
    a type is another one.

    >>> cotangent_of((np.ones(2), None), 1, 2, 3.0, "f")
    0.0
    """
    if not isinstance(values, tuple):
        if n != 1:
            raise TypeError(
                f"the vjp of the rule for {name}() returned {_described(values)}; "
                f"it must return a tuple of {n}, one for each argument"
            )
        values = (values,)
    if len(values) < n or any(v is not None for v in values[n:]):  # more: of defaults
        raise ValueError(
            f"the vjp of the rule for {name}() returned {len(values)} results; it must return {n}, "
            "one for each argument"
        )
    return as_cotangent(values[i], x, name)


def tangent_of(values: Any, i: int, n: int, x: Any, name: str) -> Any:
    """The i-th of the n tangents that a rule's function returned for a tuple, whose i-th part is `x`.

    >>> tangent_of((1.0, np.ones(2)), 0, 2, 3.0, "f")
    1.0
    """
    if not isinstance(values, tuple | list) or len(values) != n:
        raise TypeError(
            f"the jvp of the rule for {name}() returned {_described(values)}; it must return a tuple of {n}, "
            "as the function does"
        )
    return as_cotangent(values[i], x, name)


def as_cotangent(value: Any, x: Any, name: str) -> Any:
    """A cotangent or tangent that a rule's function returned for `x`, as an own number or array like x.

    >>> as_cotangent(np.float64(2.0), 3.0, "f")
    2.0
    """
    dtype = np.asarray(x).dtype
    if value is None:
        return np.zeros_like(x)[()] if isinstance(x, np.generic | np.ndarray) else dtype.type(0).item()
    made = np.asarray(value)
    if made.dtype.kind not in "fciub":
        raise TypeError(
            f"the rule for {name}() returned {_described(value)} as a derivative, which is no number"
        )
    if made.shape != np.shape(x):
        raise ValueError(
            f"the rule for {name}() returned a derivative of shape {made.shape} "
            f"for a value of shape {np.shape(x)}"
        )
    if made.dtype.kind == "c" and dtype.kind != "c":
        raise TypeError(f"the rule for {name}() returned a complex derivative for a real value")
    if isinstance(x, np.ndarray):
        return np.array(made, dtype)
    return dtype.type(made) if isinstance(x, np.generic) else dtype.type(made).item()


def of_shape(value: Any, x: Any, name: str) -> Any:
    """What a text of a user's rule has given for `x`; ValueError, with the rule's name, for another shape.

    >>> of_shape(2.0, 3.0, "f")
    2.0
    """
    if isinstance(x, np.ndarray | np.generic | float | complex) and np.shape(value) != np.shape(x):
        what = f"gave a derivative of shape {np.shape(value)} for a value of shape {np.shape(x)}"
        raise ValueError(f"the rule for {name}() {what}")
    return value


def generator_state(rng: Any) -> Any:
    """The state of a random Generator (or RandomState) now.

    >>> sorted(generator_state(np.random.default_rng(1)))
    ['bit_generator', 'has_uint32', 'state', 'uinteger']
    """
    return rng.bit_generator.state if hasattr(rng, "bit_generator") else rng.get_state()


def generator_at(rng: Any, state: Any) -> Any:
    """A generator of its own that draws what `rng` drew from `state` on.

    >>> rng = np.random.default_rng(1)
    >>> state = generator_state(rng)
    >>> rng.normal() == generator_at(rng, state).normal()
    True
    """
    if not hasattr(rng, "bit_generator"):
        made = np.random.RandomState()
        made.set_state(state)
        return made
    bits = type(rng.bit_generator)()
    bits.state = state
    return np.random.Generator(bits)
