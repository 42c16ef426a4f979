"""Memory against time: functions and loops of which the reverse sweep computes again what it needs.

    y = checkpoint(layer)(x, w)             keeps x and w, and calls layer once more in the reverse sweep
    for i in checkpointed(range(n), slots=k): ...        keeps k states of the loop

In a plain call both change nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def checkpoint(fun: Callable[P, R]) -> Callable[P, R]:
    """`fun`, of which a derivative keeps the arguments of each call and none of its intermediate values.

    Where a differentiated function calls it, the forward sweep calls `fun` itself; the reverse sweep calls it
    once more, keeping what its adjoint needs for as long as that takes. A call costs one evaluation more, and
    the memory falls to that of one call, also where the derivative is differentiated again. Arguments are
    numbers, arrays, tuples, lists, dicts and objects of these, constants, and random Generators, whose draws
    are the same in the second call; results are numbers, arrays and displays of these. Refused are functions
    that print, write into their arguments or outside, or draw from another random state. Can be used as a
    decorator, and nested.

    >>> import numpy as np
    >>> from s2sad import checkpoint, grad
    >>> def layer(x):
    ...     return np.sin(np.exp(x))*x
    >>> def loss(x):
    ...     for _ in range(3):
    ...         x = checkpoint(layer)(x)
    ...     return np.sum(x)
    >>> bool(np.isfinite(grad(loss)(np.array([0.5, 1.0]))).all())
    True
    """

    @functools.wraps(fun)
    def called(*args: P.args, **kwargs: P.kwargs) -> R:
        return fun(*args, **kwargs)

    called.__s2sad_checkpoint__ = fun  # type: ignore[attr-defined]
    return called


checkpoint.__s2sad_checkpoints__ = True  # type: ignore[attr-defined]


def checkpointed(trips: range, slots: int) -> range:
    """`trips` itself; the derivative of a loop over it keeps `slots` states, and starts again from these.

    Of a loop `for i in checkpointed(range(n), slots=k)` the reverse sweep would keep what all n trips have
    computed; here it keeps at most k states (what the loop carries from trip to trip, the first one included)
    and what one trip computes, and runs the body again, by the schedule that does so least often: with
    n <= C(k + r, k) at most r times for each trip (A. Griewank, A. Walther, Algorithm 799: revolve, ACM
    TOMS 26, 2000). The loop carries numbers and arrays; what it writes into in place is carried and copied
    with every state, and read under no other name meanwhile. It reads numbers, arrays, containers and
    objects, and may draw from random Generators, of which the states are kept: the body draws the same again.
    It may be left by `break` and `return`, and prints nothing; other names that it assigns are not read
    behind it. Forward mode stores nothing anyway, and keeps nothing here; forward over reverse (`hvp`,
    `hessian`) keeps as many states as there are slots, and so does the gradient of a tangent; a gradient of
    the gradient keeps some states for each slot, and some for each of the n/k trips between two of them:
    least for k near the root of n. Derivatives of the derivative of a loop that draws, and gradients of the
    gradient of one that reads lists, dicts or objects, store all trips.

    A pullback of `vjp` depends on nothing that can change before it is called: where the body reads globals
    or attributes, it stores all trips instead. The same holds for functions under `checkpoint`.

    Raises ValueError, where it is differentiated, for less than one slot.

    >>> from s2sad import checkpointed, grad
    >>> def f(x):
    ...     for i in checkpointed(range(100), slots=5):
    ...         x = x - 0.01*x*x
    ...     return x
    >>> round(grad(f)(1.0), 6)
    0.247
    """
    return trips


checkpointed.__s2sad_checkpointed__ = True  # type: ignore[attr-defined]

__all__ = ["checkpoint", "checkpointed"]
