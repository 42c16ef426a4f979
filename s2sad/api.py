"""The transforms that users call: grad, value_and_grad, vjp, and what they return.

    @grad
    def f(x): return x*x            f(3.0) == 6.0; print(f.source)

A transformed function binds its arguments as the original does, looks up a derivative under their signature and runs it.
Names follow JAX and torch.func.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from s2sad import arguments as A
from s2sad import engine
from s2sad.engine import Derived
from s2sad.frontend.source import Source, find
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Const, Ref

TEXTS = 64  # derivatives that one transformed function remembers, those used last

Argnums = int | str | Sequence[int | str]


class Transformed:
    """A function made by a transform; a plain callable that knows its generated source."""

    mode = ""
    __s2sad__ = True

    def __init__(self, fun: Callable[..., Any], argnums: Argnums, has_aux: bool, backend: str) -> None:
        if not callable(fun):
            raise TypeError(f"{type(self).__name__} needs a callable, not {type(fun).__name__}")
        if backend != "numpy":
            raise ValueError(f"the backend {backend!r} is not known; use 'numpy'")
        self.fun = fun
        self.argnums = argnums
        self.has_aux = has_aux
        self.single = isinstance(argnums, int | str)
        self._memo: OrderedDict[Any, Derived] = OrderedDict()
        self._fast: dict[Any, tuple[Derived, Callable[..., Any]]] = {}
        self._last: Derived | None = None
        self._lock = threading.Lock()
        self._source: Source | None = None
        functools.update_wrapper(self, fun, updated=())
        name = getattr(fun, "__name__", type(fun).__name__)
        self.__name__ = name
        self.__doc__ = f"{DOC[self.mode].format(name=name)}\n\n{inspect.getdoc(fun) or ''}".rstrip()

    # --------------------------------------------------------------------------------------------------------- binding

    @property
    def primal(self) -> Source:
        """The source of the function that is differentiated."""
        if self._source is None:
            self._source = find(self.fun)
        return self._source

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        """The signature of the original function, bound first arguments left out."""
        return inspect.signature(self.fun)

    @functools.cached_property
    def parameters(self) -> list[str]:
        """All parameters of the plain function in order, bound ones first."""
        args = self.primal.node.args
        names = [a.arg for a in args.posonlyargs + args.args]
        names += [args.vararg.arg] if args.vararg else []
        names += [a.arg for a in args.kwonlyargs]
        return names + ([args.kwarg.arg] if args.kwarg else [])

    def bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Every parameter of the plain function with its value."""
        source = self.primal
        full = inspect.signature(source.fun).bind(*source.args, *args, **{**source.keywords, **kwargs})
        full.apply_defaults()
        return full.arguments

    def wrt(self, values: dict[str, Any], args: tuple[Any, ...]) -> list[str]:
        """The parameters that argnums names; TypeError if one cannot be differentiated."""
        spec = self.primal.node.args
        skipped = len(self.primal.args)
        positional = [a.arg for a in spec.posonlyargs + spec.args][skipped:]
        named = [n for n in positional if n not in self.primal.keywords]
        chosen: list[str] = []
        for argnum in [self.argnums] if isinstance(self.argnums, int | str) else self.argnums:
            if isinstance(argnum, str):
                if argnum not in values:
                    raise TypeError(f"{self.__name__}() has no argument {argnum!r}")
                chosen.append(argnum)
                continue
            count = len(named) + (len(values.get(spec.vararg.arg, ())) if spec.vararg else 0)
            index = argnum + count if argnum < 0 else argnum
            if not 0 <= index < count:
                raise TypeError(f"{self.__name__}() has {count} positional arguments, argnums names number {argnum}")
            if index >= len(named):
                raise TypeError(f"argument {index} of {self.__name__}() is one of *{spec.vararg.arg if spec.vararg else 'args'}; name it {spec.vararg.arg!r} in argnums to get a tuple"  # type: ignore[union-attr]
                                if spec.vararg else "")
            chosen.append(named[index])
        for name in chosen:
            if name in values and not A.differentiable(values[name]):
                raise TypeError(_not_differentiable(self.__name__, name, values[name]))
        return chosen

    # --------------------------------------------------------------------------------------------------------- look-up

    def derived(self, values: dict[str, Any], args: tuple[Any, ...]) -> Derived:
        """The derivative for a call, made if there is none yet or what it relies on has changed."""
        key = A.signature(values.values())
        found = self._memo.get(key)
        if found is None or found.stale:
            found = self._make(values, args)
            with self._lock:
                self._memo[key] = found
                while len(self._memo) > TEXTS:
                    self._memo.popitem(last=False)
        self._last = found
        return found

    def _make(self, values: dict[str, Any], args: tuple[Any, ...]) -> Derived:
        wrt = self.wrt(values, args)
        describer = A.Describer()
        known: dict[str, Kind | Atom] = {}
        live: dict[str, Any] = {}
        for name, value in values.items():
            known[name] = describer.kind(value) if name in wrt else describer.argument(name, value)
            if known[name] == K.OBJECT:
                live[name] = value
        made = engine.derive(self.primal, self.mode, wrt, known, live)
        self._check_result(made)
        return made

    def _check_result(self, made: Derived) -> None:
        """Refuse what grad cannot differentiate: no result, an array, a complex number."""
        kind = made.result
        name = self.__name__
        if kind.cat in ("int", "bool") or (kind.sort in ("int", "bool") and kind.rank == 0):
            return
        if not kind.is_number:
            raise TypeError(f"{name}() returns {K.describe(kind)}; grad needs a real number (for several results use vjp or jacrev)")
        if kind.sort == "complex":
            raise TypeError(f"{name}() returns a complex number; grad needs a real one: return its real part, or use vjp")
        if kind.rank is not None and kind.rank > 0:
            hint = "; write [0] or .item()" if kind.shape == (1,) else "; use vjp or jacrev, or sum it"
            raise TypeError(f"{name}() returns a {K.describe(kind)}; grad needs a result of rank 0{hint}")

    # ----------------------------------------------------------------------------------------------------------- texts

    @property
    def source(self) -> str:
        """The text of the last call; before the first call the text under what code and annotations prove."""
        if self._last is not None:
            return self._last.text
        return self._unseen().text

    def _unseen(self) -> Derived:
        source = self.primal
        spec = source.node.args
        known: dict[str, Kind | Atom] = {}
        guessed: list[str] = []
        signature = inspect.signature(source.fun)
        bound = dict(zip(self.parameters, source.args, strict=False)) | source.keywords
        for name, parameter in signature.parameters.items():
            annotation = parameter.annotation
            if name in bound:
                known[name] = A.Describer().argument(name, bound[name])
            elif annotation in ANNOTATED:
                known[name] = ANNOTATED[annotation]
            elif parameter.default is not inspect.Parameter.empty and not isinstance(parameter.default, float):
                known[name] = A.Describer().argument(name, parameter.default)
            else:
                known[name] = K.array(None)
                guessed.append(name)
        wrt = [n for n in self._names_unseen(spec)]
        return engine.derive_unseen(source, self.mode, wrt, known, guessed)

    def _names_unseen(self, spec: Any) -> list[str]:
        names = [a.arg for a in spec.posonlyargs + spec.args][len(self.primal.args):]
        chosen = [self.argnums] if isinstance(self.argnums, int | str) else list(self.argnums)
        return [c if isinstance(c, str) else names[c] for c in chosen]

    def source_for(self, *args: Any, backend: str = "numpy", **kwargs: Any) -> str:
        """The text that a call with these arguments runs."""
        args = tuple(A.native(a) for a in args)
        return self.derived(self.bound(args, kwargs), args).text

    def save(self, path: str | Path) -> None:
        """Write the text of the last call to a file that needs NumPy and what the primal imports, not s2sad."""
        from s2sad.backend.standalone import standalone

        derived = self._last or self._unseen()
        Path(path).write_text(standalone_text(derived, standalone), encoding="utf-8")

    def _repr_html_(self) -> str:
        import html

        return f"<pre>{html.escape(self.source)}</pre>"

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return type(self)(functools.partial(self.fun, instance), self.argnums, self.has_aux, "numpy")

    def __repr__(self) -> str:
        return f"<s2sad {self.mode} of {self.__name__}>"

    # ------------------------------------------------------------------------------------------------------------ calls

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, list[Any]]:
        """The generated function's result and the arguments that it was taken by."""
        args = tuple([A.native(a) for a in args])
        values = self.bound(args, kwargs)
        made = self.derived(values, args)
        function = next(iter(made.functions.values()))
        wrt = self.wrt(values, args)
        passed = [v for n, v in values.items() if made.lowered.arguments.get(n) is not None]
        return function(*passed), [values[n] for n in wrt]


def standalone_text(derived: Derived, standalone: Callable[..., str]) -> str:
    """The text of a derivative as a file of its own."""
    return standalone(derived.text, "")


ANNOTATED: dict[Any, Kind] = {
    float: K.FLOAT, int: K.INT, bool: K.BOOL, complex: K.COMPLEX, "float": K.FLOAT, "int": K.INT, "bool": K.BOOL,
    np.ndarray: K.array(None), "np.ndarray": K.array(None), np.float64: K.npscalar(),
}
DOC = {
    "grad": "The gradient of {name}, made by s2sad.grad.",
    "value_and_grad": "The value and gradient of {name}, made by s2sad.value_and_grad.",
    "vjp": "The pullback of {name}, made by s2sad.vjp.",
}


def _not_differentiable(name: str, argument: str, value: Any) -> str:
    what = type(value).__name__
    instead = "a float" if isinstance(value, int) else "an array or a float"
    if isinstance(value, np.ndarray):
        what = f"an array of {value.dtype}"
        instead = "an array of floats (x.astype(float))"
    return f"{name}() cannot be differentiated with respect to {argument!r}, which is {what}: pass {instead}"


class Grad(Transformed):
    """See `grad`."""

    mode = "grad"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        grads, values = self.run(args, kwargs)
        if self.single:
            return A.conform(grads, values[0])
        grads = grads if len(values) > 1 else (grads,)
        return tuple([A.conform(g, v) for g, v in zip(grads, values, strict=True)])


class ValueAndGrad(Transformed):
    """See `value_and_grad`."""

    mode = "value_and_grad"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        (value, grads), values = self.run(args, kwargs)
        if self.single:
            return value, A.conform(grads, values[0])
        grads = grads if len(values) > 1 else (grads,)
        return value, tuple([A.conform(g, v) for g, v in zip(grads, values, strict=True)])


class _Vjp(Transformed):
    mode = "vjp"

    def _check_result(self, made: Derived) -> None:
        return None

    def wrt(self, values: dict[str, Any], args: tuple[Any, ...]) -> list[str]:
        return [n for n in values if A.differentiable(values[n])]


def _decorate(cls: type[Transformed], fun: Any, argnums: Argnums, has_aux: bool, backend: str) -> Any:
    if fun is None:
        return lambda f: cls(f, argnums, has_aux, backend)
    return cls(fun, argnums, has_aux, backend)


def grad(fun: Callable[..., Any] | None = None, argnums: Argnums = 0, *, has_aux: bool = False, backend: str = "numpy") -> Any:
    """The gradient of a function with a real result of rank 0.

    `argnums` is an index (negative from the end), a parameter's name, or a sequence of these; one gives the bare gradient, a
    sequence a tuple. The gradient has the argument's structure, shape and dtype.

    >>> grad(lambda x: x**2 + 3*x + 1)(2.0)
    7.0

    Raises TypeError for arguments or results that cannot be differentiated and UnsupportedError for code that cannot.
    """
    return _decorate(Grad, fun, argnums, has_aux, backend)


def value_and_grad(fun: Callable[..., Any] | None = None, argnums: Argnums = 0, *, has_aux: bool = False, backend: str = "numpy") -> Any:
    """The value and gradient of a function, as a pair; see `grad`.

    >>> value_and_grad(lambda x: x*x)(3.0)
    (9.0, 6.0)
    """
    return _decorate(ValueAndGrad, fun, argnums, has_aux, backend)


def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False, copy: bool = True) -> tuple[Any, Callable[[Any], Any]]:
    """The value of a function and its pullback, which maps a cotangent of the result to one of each primal.

    The pullback may be called any number of times, from several threads. With `copy=False` the caller promises not to write
    into arguments or results before it is called.

    >>> y, pullback = vjp(lambda x, z: x*z, 2.0, 3.0)
    >>> y, pullback(1.0)
    (6.0, (3.0, 2.0))
    """
    transform = _transform_for(fun)
    primals = tuple(A.native(p) for p in primals)
    values = transform.bound(primals, {})
    made = transform.derived(values, primals)
    forward, backward = made.functions.values()
    passed = [v for n, v in values.items() if made.lowered.arguments.get(n) is not None]
    out, kept = forward(*passed)
    wrt = transform.wrt(values, primals)
    names = list(values)
    skipped = len(transform.primal.args)

    def pullback(ct: Any) -> Any:
        grads = dict(zip(wrt, backward(kept, A.cotangent(ct, out)), strict=True))
        full = {n: A.conform(grads[n], values[n]) if n in grads else None for n in names[skipped:]}
        return _by_primal(full, transform, len(primals))

    return out, pullback


def _by_primal(full: dict[str, Any], transform: _Vjp, count: int) -> tuple[Any, ...]:
    flat: list[Any] = []
    vararg = transform.primal.node.args.vararg
    for name, value in full.items():
        if vararg is not None and name == vararg.arg:
            flat.extend(value if value is not None else ())
        else:
            flat.append(value)
    return tuple(flat[:count])


_vjps: OrderedDict[Any, _Vjp] = OrderedDict()


def _transform_for(fun: Callable[..., Any]) -> _Vjp:
    key = (id(fun), id(getattr(fun, "__code__", None)))
    found = _vjps.get(key)
    if found is None or found.fun is not fun:
        found = _vjps[key] = _Vjp(fun, 0, False, "numpy")
        while len(_vjps) > 4 * TEXTS:
            _vjps.popitem(last=False)
    return found


def stop_gradient(x: Any) -> Any:
    """x itself, treated as a constant from here on (torch: detach).

    >>> grad(lambda x: stop_gradient(x*x)*x)(3.0)
    9.0
    """
    return x


stop_gradient.__s2sad_stop__ = True  # type: ignore[attr-defined]


class no_grad:  # noqa: N801 - torch's name
    """`with no_grad():` everything assigned in the block, and every element written, is constant.

    >>> with no_grad():
    ...     y = 2.0
    """

    __s2sad_no_grad__ = True

    def __enter__(self) -> no_grad:
        return self

    def __exit__(self, *exc: object) -> None:
        return None


__all__ = ["Const", "Grad", "Ref", "ValueAndGrad", "grad", "no_grad", "stop_gradient", "value_and_grad", "vjp"]
