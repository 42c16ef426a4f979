"""Generated texts as programs: each can be lowered again, and be differentiated again.

    check_lowers(derived)               the text of a derivative is a function of the input language
    check_second_order(fun, args, wrt)  the gradient's text, made a number by weights, against differences of it
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import s2sad
from s2sad.engine import Derived
from s2sad.errors import UnsupportedError
from s2sad.frontend.lower import lower
from s2sad.frontend.source import deep, find, release_with, source_of_text
from s2sad.ir.nodes import Let, walk

AMBIGUOUS = ("may be an array or a number", "a number on some path")
# A name that only a try body binds is read behind it where a flag says so; that the flag proves it is not seen.
GUARDED = ("may or may not have been assigned", "may be half done when an exception comes")


def check_lowers(derived: Derived) -> None:
    """The main function of a generated text is lowered again, for the kinds that it was made for."""
    program = derived.lowered.program
    if any(isinstance(s, Let) and s.call.fun == "user" for s in walk(program.body)):
        return  # what a function that calls itself keeps has a structure of unknown depth
    first = next(iter(derived.functions.values()))
    source = find(first)
    names = [a.arg for a in source.node.args.args]
    if len(names) != len(program.params):
        return  # f_bwd, or the parts of a function whose arguments are objects
    kinds: dict[str, Any] = dict(zip(names, (program.kinds[p] for p in program.params), strict=True))
    live = {
        n: derived.lowered.live[p] for n, p in zip(names, program.params, strict=True) if p in derived.lowered.live
    }
    try:
        with deep():
            made = lower(source, first.__name__, kinds, live)
    except UnsupportedError as refused:
        if any(said in str(refused) for said in (*AMBIGUOUS, *GUARDED)):
            return  # at rank 0 the program is ambiguous in itself
        raise AssertionError(f"the text cannot be read back: {refused}\n{derived.text}") from refused
    assert made.program.body


def check_second_order(fun: Callable[..., Any], args: Sequence[Any], wrt: Sequence[int], tol: float = 2e-6) -> bool:
    """Differentiate the text of the gradient again; whether it could be done."""
    from support import clone, differences, direction, inner, leaves

    args = tuple(args)
    transform = s2sad.grad(fun, tuple(wrt))
    gradient = transform(*clone(args))
    program = transform.current().lowered.program
    calls = any(isinstance(s, Let) and s.call.fun == "user" for s in walk(program.body))
    if calls or any(np.iscomplexobj(leaf) for leaf in leaves(list(args))) or transform.current().valued:
        return False
    first = _scalarised(transform.current(), gradient, len(args))
    if first is None:
        return False
    second = s2sad.grad(first, tuple(wrt))
    try:
        got = second(*clone(args))
    except UnsupportedError as refused:
        if any(said in str(refused) for said in (*AMBIGUOUS, *GUARDED)):
            return False
        raise AssertionError(f"{refused}\n{transform.source}") from refused
    rng = np.random.default_rng(5)
    v = [direction(a, rng) if i in wrt else None for i, a in enumerate(args)]
    v = [d if d is not None else _nothing(a) for d, a in zip(v, args, strict=True)]
    exact = float(differences(lambda *a: float(first(*a)), args, v)[0])
    mine = inner(list(got), [v[i] for i in wrt])
    scale = max((float(np.max(np.abs(g))) for g in leaves(list(got)) if g is not None and np.size(g)), default=1.0)
    assert abs(mine - exact) <= tol*max(1.0, abs(exact), scale), (
        f"second order along a random direction is {mine!r}, differences say {exact!r}\n{transform.source}"
    )
    return True


def _nothing(x: Any) -> Any:
    from support import tree_map

    return tree_map(lambda _: None, x)


def _scalarised(derived: Derived, gradient: Any, count: int) -> Callable[..., Any] | None:
    """The gradient's function with its result summed with weights, in a module of its own."""
    name, function = next(iter(derived.functions.items()))
    names = list(function.__code__.co_varnames[: function.__code__.co_argcount])
    if len(names) != count:
        return None
    whole = tuple(gradient) if len(gradient) > 1 else gradient[0]
    terms = [f"np.sum({path})*{0.7 + 0.6*i:.1f}" for i, path in enumerate(_paths(whole, "gradient"))]
    if not terms:
        return None
    text = (
        f"{derived.text}\n\ndef again({', '.join(names)}):\n"
        f"    gradient = {name}({', '.join(names)})\n    return {' + '.join(terms)}\n"
    )
    file = source_of_text(text, "again")
    space = {**function.__globals__, "__name__": "again"}
    exec(compile(text, file, "exec", dont_inherit=True), space)
    made: Callable[..., Any] = space["again"]
    release_with(made, file)
    return made


def _paths(x: Any, path: str) -> Iterator[str]:
    if isinstance(x, dict):
        for key, item in x.items():
            yield from _paths(item, f"{path}[{key!r}]")
    elif isinstance(x, list | tuple):
        for i, item in enumerate(x):
            yield from _paths(item, f"{path}[{i}]")
    elif x is not None:
        yield path
