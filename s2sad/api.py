"""The transforms that users call: grad, value_and_grad, vjp; stop_gradient and no_grad.

    @grad
    def f(x): return x*x            f(3.0) == 6.0; print(f.source)

Names follow JAX and torch.func. What the transforms return is in `transformed`.
"""

from __future__ import annotations

import functools
import types
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

import numpy as np

from s2sad import arguments as A
from s2sad import debug, symmetry
from s2sad.binding import Argnums, Binder, Choice, Values, plain, shared
from s2sad.errors import UnsupportedError
from s2sad.frontend.dependencies import Same
from s2sad.frontend.source import unwrapped
from s2sad.ir.forms import Form, taken
from s2sad.ir.kinds import Kind
from s2sad.transformed import Made, Transformed

P = ParamSpec("P")
R = TypeVar("R")
VJPS = 64  # functions whose pullbacks are remembered


class Grad(Transformed[P]):
    """See `grad`."""

    mode = "grad"

    def finish(self, made: Made, raw: Any, values: Values) -> Any:
        if made.derived.valued:
            raw = self._unvalued(raw)
        if self.has_aux:
            grads, aux = raw
            if made.derived.lowered.form is None:
                return self.gradients(made, grads, values), A.private(aux)
            return self.gradients(made, grads, values), self.present(made, (None, aux), values)[1]
        return self.gradients(made, raw, values)

    def _unvalued(self, raw: Any) -> Any:
        """The gradients of a function whose value had to be looked at."""
        result, grads = raw
        _check_rank(self.__name__, result[0] if self.has_aux else result)
        return (grads, result[1]) if self.has_aux else grads


class ValueAndGrad(Transformed[P]):
    """See `value_and_grad`."""

    mode = "value_and_grad"

    def finish(self, made: Made, raw: Any, values: Values) -> Any:
        value, grads = raw
        _check_rank(self.__name__, value[0] if self.has_aux else value)
        return self.present(made, value, values), self.gradients(made, grads, values)


def _check_rank(name: str, value: Any) -> None:
    if isinstance(value, np.ndarray) and value.ndim:
        hint = "write [0] or .item()" if value.shape == (1,) else "use vjp or jacrev, or sum it"
        raise TypeError(
            f"{name}() returns an array of shape {value.shape}; grad needs a result of rank 0: {hint}"
        )


class _Vjp(Transformed[P]):
    """The pair of functions behind `vjp`."""

    mode = "vjp"

    def check_result(self, kind: Kind) -> None:
        if self.has_aux and (kind.cat != "tuple" or len(kind.items or ()) != 2):
            super().check_result(kind)

    def choices(self, values: Values) -> tuple[Choice, ...]:
        return tuple(Choice(n) for n in values if A.differentiable(values[n]))

    def active(self, binder: Binder) -> frozenset[str]:
        return frozenset(binder.signature.parameters)

    def otherwise(
        self, inner: Made, values: Values, wrt: list[str], refused: UnsupportedError
    ) -> Made | None:
        return symmetry.pullback(symmetry.Asked(self, values, inner, refused), wrt)

    def __call__(self, *primals: Any, **kwargs: Any) -> tuple[Any, ...]:
        """The value, its pullback and what `has_aux` gives."""
        values = self.bind(primals, kwargs)
        out, aux, backward = _pulled(self, values, self.copy)

        def pullback(ct: Any) -> tuple[Any, ...]:
            """The cotangents of the primals for a cotangent of the result."""
            made, named = backward(ct)
            return _by_primal(self, made, values, named, len(primals) + len(kwargs))

        return (out, pullback, aux) if self.has_aux else (out, pullback)

    def finish(self, made: Made, raw: Any, values: Values) -> Any:
        raise AssertionError("vjp has a call of its own")


class _BorrowingVjp(_Vjp[P]):
    """The pair behind `vjp(..., copy=False)`."""

    copy = False


@overload
def grad(
    fun: Callable[P, Any], argnums: Argnums = 0, *, has_aux: bool = False, backend: str = "numpy"
) -> Grad[P]: ...
@overload
def grad(
    fun: None = None, argnums: Argnums = 0, *, has_aux: bool = False, backend: str = "numpy"
) -> Callable[[Callable[P, Any]], Grad[P]]: ...
def grad(
    fun: Callable[..., Any] | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    backend: str = "numpy",
) -> Any:
    """The gradient of a function with a real result of rank 0.

    `argnums` is an index (negative from the end), a parameter's name, or a sequence of these; one gives the
    bare gradient, a sequence a tuple. The gradient has the argument's structure, shape and dtype. With
    `has_aux` the function returns `(value, aux)`, and the call `(gradient, aux)`.

    >>> grad(lambda x: x**2 + 3*x + 1)(2.0)
    7.0

    Raises TypeError for arguments or results that cannot be differentiated and UnsupportedError for code that
    cannot.
    """
    if fun is None:
        return lambda f: Grad(f, argnums, has_aux, backend)
    return Grad(fun, argnums, has_aux, backend)


@overload
def value_and_grad(
    fun: Callable[P, Any], argnums: Argnums = 0, *, has_aux: bool = False, backend: str = "numpy"
) -> ValueAndGrad[P]: ...
@overload
def value_and_grad(
    fun: None = None, argnums: Argnums = 0, *, has_aux: bool = False, backend: str = "numpy"
) -> Callable[[Callable[P, Any]], ValueAndGrad[P]]: ...
def value_and_grad(
    fun: Callable[..., Any] | None = None,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    backend: str = "numpy",
) -> Any:
    """The value and gradient of a function, as a pair; see `grad`. With `has_aux` it is `((value, aux),
    gradient)`.

    >>> value_and_grad(lambda x: x*x)(3.0)
    (9.0, 6.0)
    """
    if fun is None:
        return lambda f: ValueAndGrad(f, argnums, has_aux, backend)
    return ValueAndGrad(fun, argnums, has_aux, backend)


def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False, copy: bool = True) -> tuple[Any, ...]:
    """The value of a function and its pullback, which maps a cotangent of the result to one of each primal.

    The pullback may be called any number of times, from several threads. With `copy=False` the caller
    promises not to write into arguments or results before it is called. With `has_aux` the function returns
    `(out, aux)`, and the call `(out, pullback, aux)`.

    >>> y, pullback = vjp(lambda x, z: x*z, 2.0, 3.0)
    >>> y, pullback(1.0)
    (6.0, (3.0, 2.0))
    """
    if isinstance(fun, Transformed) and A.has_complex(primals):
        fun = plain(fun)  # where the call of the derivative conjugates what users have conjugated
    return _transform_for(fun, has_aux, copy)(*primals)


def _pulled(
    transform: _Vjp[Any], values: Values, copy: bool
) -> tuple[Any, Any, Callable[[Any], tuple[Made, dict[str, Any]]]]:
    """The value, what comes besides, and the raw cotangents of parameters by name for a cotangent."""
    made = transform.lookup(values)
    forward, backward = made.functions[-2:]
    try:
        raw, kept = forward(*made.arguments(values))
    except Exception as error:
        made.annotate(error)
        raise
    form = made.derived.lowered.form
    known = copy or made.inner is not None or form is not None
    shown = transform.present(made, raw, values) if known else raw
    out, aux = shown if transform.has_aux else (shown, None)
    watch = debug.Watch(kept) if made.debug else None

    def pull(ct: Any) -> tuple[Made, dict[str, Any]]:
        seed: Any = _seed(ct, out, raw, form, transform.has_aux)
        inner = transform.inner
        if made.inner is not None and inner is not None and inner.is_tuple_of_one(made.inner):
            seed = (seed[0], seed[1][0]) if inner.mode == "value_and_grad" else seed[0]
        if made.inner is not None:  # what callers get as an array of rank 0 is a scalar there
            seed = A.with_scalars(seed, raw[0] if transform.has_aux else raw)
        try:
            grads = backward(kept, (seed, A.zeros(raw[1])) if transform.has_aux else seed)
        except Exception as error:
            made.annotate(error)
            raise
        if watch is not None:
            watch.check("values that a pullback keeps")
        return made, dict(zip([c.parameter for c in made.choices], grads, strict=True))

    return out, aux, pull


def _seed(ct: Any, out: Any, raw: Any, form: Form | None, has_aux: bool) -> Any:
    """A cotangent of the result as the generated code wants it, which has some results in parts."""
    if form is None:
        return A.cotangent(ct, out)
    form, raw = (form.parts[0], raw[0]) if has_aux else (form, raw)
    return A.cotangent(taken(form, ct, raw), raw)


def pullback_of(
    fun: Callable[..., Any], argnums: Argnums, has_aux: bool, values: Values
) -> tuple[Any, Any, Callable[[Any], dict[str, Any]]]:
    """The value, what comes besides, and a pullback that gives the cotangents of whole parameters by name."""
    transform: _Vjp[Any] = _Named(fun, argnums, has_aux)
    transform.fit(0, tuple(values))
    out, aux, backward = _pulled(transform, values, True)

    def pull(ct: Any) -> dict[str, Any]:
        _, named = backward(ct)
        return {n: A.conform(g, values[n]) for n, g in named.items()}

    return out, aux, pull


def _by_primal(
    transform: _Vjp[Any], made: Made, values: Values, grads: dict[str, Any], count: int
) -> tuple[Any, ...]:
    """One cotangent for each primal, in the order of the call."""
    binder = transform.binder
    found: list[Any] = []
    for name in [n for n in values if n in binder.free or n == binder.vararg]:
        value = values[name]
        cotangent = A.conform(grads[name], value) if name in grads else None
        if made.debug and name in grads:
            debug.check_gradient(name, grads[name], value)
        if name == binder.vararg:
            found.extend(cotangent if cotangent is not None else [None] * len(value))
        else:
            found.append(cotangent)
    return tuple(found[:count])


_vjps: OrderedDict[Any, _Vjp[Any]] = OrderedDict()


def _transform_for(fun: Callable[..., Any], has_aux: bool, copy: bool) -> _Vjp[Any]:
    """The transform of a function, the same one as long as it is the same function."""
    make: Callable[..., _Vjp[Any]] = _Vjp if copy else _BorrowingVjp
    if isinstance(fun, types.FunctionType) and not fun.__closure__:
        key: tuple[Any, ...] = (Same(fun), has_aux, copy)
    elif isinstance(fun, types.MethodType):
        key = (Same(unwrapped(fun)[0]), Same(fun.__self__), has_aux, copy)
    else:
        return make(fun, 0, has_aux)
    found: _Vjp[Any] = shared(_vjps, key, lambda: make(fun, 0, has_aux), VJPS)
    return found


def dump_pair(fun: Callable[..., Any], argnums: Argnums = 0) -> _Vjp[Any]:
    """The pair behind `vjp`, by the arguments that argnums name, for its text; it is not called."""
    return _Named(fun, argnums)


def pair_of(fun: Callable[..., Any], argnums: Argnums, has_aux: bool) -> _Vjp[Any]:
    """The same, to be inlined where it is called."""
    return _Named(fun, argnums, has_aux)


class _Named(_Vjp[P]):
    """A pair with respect to some arguments."""

    def choices(self, values: Values) -> tuple[Choice, ...]:
        return Transformed.choices(self, values)


def stop_gradient(x: Any) -> Any:
    """x itself, treated as a constant from here on (torch: detach).

    >>> grad(lambda x: stop_gradient(x*x)*x)(3.0)
    9.0
    """
    return x


stop_gradient.__s2sad_stop__ = True  # type: ignore[attr-defined]
for _transform in (grad, value_and_grad, vjp):
    setattr(_transform, "__s2sad_transform__", True)  # noqa: B010 - calls of them are read, not made


def _pair_inside(fun: Callable[..., Any], argnums: Argnums, has_aux: bool, records: bool) -> _Named[Any]:
    """The pair behind a `vjp` that is called inside of a function; that of a derivative inlines it.

    By `records`, which no text returns, it is that of the derivative's text.
    """
    inlines = isinstance(fun, Transformed) and not (records and fun.single)
    return _Named(plain(fun) if inlines else fun, argnums, has_aux)


vjp.__s2sad_pair__ = _pair_inside  # type: ignore[attr-defined]


class no_grad:
    """`with no_grad():` everything assigned in the block, and every element written, is constant.

    >>> with no_grad():
    ...     y = 2.0

    As a decorator, `@no_grad()`, it makes what a function returns constant.

    >>> @no_grad()
    ... def scale(x):
    ...     return x*x
    >>> grad(lambda x: x*scale(x))(3.0)
    9.0
    """

    __s2sad_no_grad__ = True

    def __call__(self, fun: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(fun)
        def constant(*args: P.args, **kwargs: P.kwargs) -> R:
            with no_grad():
                result = fun(*args, **kwargs)
            return result

        constant.__s2sad_constant__ = fun  # type: ignore[attr-defined]
        return constant

    def __enter__(self) -> no_grad:
        return self

    def __exit__(self, *exc: object) -> None:
        return None


__all__ = ["Grad", "ValueAndGrad", "grad", "no_grad", "stop_gradient", "value_and_grad", "vjp"]
