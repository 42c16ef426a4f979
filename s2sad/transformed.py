"""What a transform returns: a plain callable that binds its arguments, finds its derivative, and runs it.

Accepts any callable whose source can be read, transformed functions included. Guarantees that a call runs a
text that was made for arguments of these kinds, while every name that it relies on means what it meant;
results have the types that the interface promises, and nothing of the caller's is written to.

    call -> bind -> signature -> memo (guarded) -> generated function -> conform

Calls with plain scalars by position, `f(1.0, 2.0)`, take a shorter way: the types of the arguments are their
key.
"""

from __future__ import annotations

import functools
import inspect
import operator
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec

import numpy as np

from s2sad import arguments as A
from s2sad import debug, short
from s2sad.acceptance import check_lists, check_operand
from s2sad.binding import (
    FUNCTIONS,
    Argnums,
    Binder,
    Choice,
    Given,
    Values,
    checked,
    find_source,
    not_differentiable,
    readable,
    shared,
)
from s2sad.errors import UnsupportedError, refuse
from s2sad.frontend.dependencies import Dependency, Same
from s2sad.frontend.source import Source, find, unwrapped
from s2sad.guards import OwnCode
from s2sad.ir import kinds as K
from s2sad.ir.forms import built
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom
from s2sad.memo import TEXTS, Made, Memo

if TYPE_CHECKING:  # the pipeline is imported with the first derivative
    from s2sad.engine import Derived, Request

CLOSURES = 8  # as many closures, which keep what they hold alive

P = ParamSpec("P")

ANNOTATED: dict[Any, Kind] = {
    float: K.FLOAT,
    int: K.INT,
    bool: K.BOOL,
    complex: K.COMPLEX,
    np.ndarray: K.array(None),
    np.float64: K.npscalar(),
    "float": K.FLOAT,
    "int": K.INT,
    "bool": K.BOOL,
    "complex": K.COMPLEX,
    "np.ndarray": K.array(None),
    "np.float64": K.npscalar(),
}
DOC = {
    "grad": "The gradient of {name}, made by s2sad.grad.",
    "value_and_grad": "The value and gradient of {name}, made by s2sad.value_and_grad.",
    "vjp": "The pullback of {name}, made by s2sad.vjp.",
    "jvp": "The forward derivative of {name}, made by s2sad.jvp.",
}


def _real(kind: Kind) -> bool:
    """Whether a structure has a gradient: its leaves are known, and real or without derivative."""
    if kind.is_number:
        return kind.inexact or kind.is_python or bool(kind.sort)
    if kind.cat in ("str", "none"):
        return True
    if kind.cat not in ("list", "tuple", "dict") or not kind.items or kind.optional:
        return kind.known is not None
    return all(map(_real, kind.items))


def _miss(args: Any) -> Any:
    return short.MISS


_memos: OrderedDict[Any, Memo] = OrderedDict()
_closures: OrderedDict[Any, Memo] = OrderedDict()


class Transformed(Generic[P]):
    """A function made by a transform; a plain callable that knows its generated source."""

    mode: ClassVar[str] = ""
    copy: ClassVar[bool] = True
    __s2sad__ = True
    __name__: str
    __qualname__: str

    def __init__(
        self, fun: Callable[P, Any], argnums: Argnums = 0, has_aux: bool = False, backend: str = "numpy"
    ) -> None:
        transform = self.mode
        if not callable(fun):
            raise TypeError(f"{transform} needs a callable, not {type(fun).__name__}")
        if backend != "numpy":
            raise ValueError(f"the backend {backend!r} is not known; use 'numpy'")
        if isinstance(fun, functools.partial) and isinstance(fun.func, Transformed):
            refuse(
                None,
                f"a partial of a derivative is given to {transform}",
                "apply the partial to the function itself, or differentiate a function that calls it",
            )
        self.fun = fun
        self.target = readable(fun)
        self.argnums, self.single = checked(argnums)
        self.has_aux = has_aux
        self.inner: Transformed[Any] | None = fun if isinstance(fun, Transformed) else None
        self._source: Source | None = None
        self._code: object = None
        self._binder: Binder | None = None
        self._active: tuple[Binder, frozenset[str]] | None = None
        self._memo = Memo()
        self._short: Callable[[Any], Any] = _miss
        self._key: tuple[Any, ...] | None = None
        self._shorts: dict[Any, tuple[Made, Callable[[Any], Any]]] = {}
        self._last: Made | None = None
        functools.update_wrapper(self, fun, updated=())
        name = getattr(fun, "__name__", type(fun).__name__)
        self.__name__ = name
        self.__doc__ = f"{DOC[transform].format(name=name)}\n\n{inspect.getdoc(fun) or ''}".rstrip()

    # -------------------------------------------------------------------------------------- look-up

    @property
    def primal(self) -> Source:
        """The source of the function that is differentiated (in the end, for derivatives of derivatives)."""
        known = self._source
        if self.inner is not None:
            source = self.inner.primal
        elif known is not None and self._is_current(known):
            return known
        else:
            source = find_source(self.target)
        if source is not known:
            self._source, self._code = source, source.fun.__code__
            self._binder = None
            closure = bool(source.fun.__closure__)
            table, limit = (_closures, CLOSURES) if closure else (_memos, FUNCTIONS)
            self._memo = shared(table, self.key(source), Memo, limit)
        return source

    def _is_current(self, source: Source) -> bool:
        if source.fun.__code__ is not self._code or self.target is source.fun:
            return source.fun.__code__ is self._code
        fun, _, keywords = unwrapped(self.target)  # the keywords of a partial can be exchanged
        return fun is source.fun and [*map(id, keywords.values())] == [*map(id, source.keywords.values())]

    def key(self, source: Source) -> tuple[Any, ...]:
        """What texts depend on besides the arguments of a call."""
        if self.inner is not None:
            base = self.inner.key(source)
        else:
            fun = source.fun
            space = Same(fun if fun.__closure__ else fun.__globals__)
            base = (Same(fun.__code__), space, len(source.args), tuple(source.keywords))
        return type(self), self.argnums, self.single, self.has_aux, self.copy, base

    def _own(self) -> list[Dependency]:
        """The dependencies on the function itself."""
        if self.inner is not None:
            return self.inner._own()
        source, code = self.primal, self._code
        plain = source.fun
        found: list[Dependency] = [OwnCode(plain, code)]
        if self.target is not plain:
            target = self.target
            found.append(Dependency(lambda: unwrapped(target)[0], plain, "fun"))
        return found

    @property
    def binder(self) -> Binder:
        """What binds the arguments of calls."""
        source = self.primal
        if self._binder is None or not self._binder.holds():
            self._source = source = source if self.inner is not None else find_source(self.target)
            self._binder = Binder(source)
        return self._binder

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Values:
        """Every parameter of the plain function with its value."""
        self.fit(len(args), tuple(kwargs))
        copies: dict[int, tuple[Any, Any]] = {}
        args = tuple([A.native(a, copies) for a in args])
        if kwargs:
            kwargs = {k: A.native(v, copies) for k, v in kwargs.items()}
        values = self.binder(self.__name__, args, kwargs)
        return Given(values, copies) if copies else values

    def fit(self, count: int, names: tuple[str, ...]) -> None:
        """Give a function that has a rule, such as np.clip, the optional arguments of a call."""
        if self.inner is not None:
            self.inner.fit(count, names)
        elif self.fun is not self.target and not isinstance(self.fun, functools.partial):
            self.target = readable(self.fun, count, names)

    def choices(self, values: Values) -> tuple[Choice, ...]:
        """What argnums name."""
        return self.binder.choose(self.__name__, self.argnums, values)

    def active(self, binder: Binder) -> frozenset[str]:
        """The parameters that may be differentiated by."""
        return binder.active(self.argnums)

    def _chosen(self) -> frozenset[str]:
        """The parameters that this transform, or one that it is made from, differentiates by."""
        binder = self.binder
        if self._active is None or self._active[0] is not binder:
            chosen = self.active(binder)
            self._active = binder, chosen if self.inner is None else chosen | self.inner._chosen()
        return self._active[1]

    def lookup(self, values: Values) -> Made:
        """The derivative for a call, made if there is none yet or what it relies on has changed."""
        self.primal  # noqa: B018 - follows a function whose code was swapped
        key = A.signature(values, self._chosen())
        made = self._memo.get(key)
        if made is None:
            with self._memo.lock:
                made = self._memo.get(key) or self._make(values)
                self._memo.put(key, made)
        self._last = made
        return made

    def _make(self, values: Values) -> Made:
        choices = self.choices(values)
        for choice in choices:
            value = choice.of(values[choice.parameter])
            if not A.differentiable(value) and not A.is_empty(value):
                raise TypeError(not_differentiable(self.__name__, choice, value))
        wrt = list(dict.fromkeys(c.parameter for c in choices))
        for name, value in values.items():
            check_operand(name, value)
            if name in wrt:
                check_lists(name, value)
        inner = None if self.inner is None else self.inner.lookup(values)
        parts = [n for n in values if n in wrt or (inner is not None and n in inner.wrt)]
        converted = [n for n, v in values.items() if A.has_records(v) and (n in parts or not A.is_record(v))]
        if inner is None:
            derived, order = self._derive(self.primal, values, wrt, parts)
            dependencies = [*self._own(), *derived.dependencies]
            return Made(derived, order, wrt, converted, choices, dependencies)
        self._check_inner(inner, values)
        try:
            return self._read_again(inner, values, wrt, parts, converted, choices)
        except UnsupportedError as refused:
            made = self.otherwise(inner, values, wrt, refused)
            if made is None:
                raise
            return made

    def otherwise(
        self, inner: Made, values: Values, wrt: list[str], refused: UnsupportedError
    ) -> Made | None:
        """The derivative of a derivative whose text cannot be read again, if there is another way."""
        return None

    def _read_again(
        self,
        inner: Made,
        values: Values,
        wrt: list[str],
        parts: list[str],
        converted: list[str],
        choices: tuple[Choice, ...],
    ) -> Made:
        """The derivative of a derivative's text."""
        from s2sad import engine

        assert self.inner is not None
        read = engine.alone(inner.derived, next(iter(inner.derived.functions.values())), self.inner.has_aux)
        generated = find(read)
        if inner.derived.valued:
            inner = replace(inner, derived=replace(inner.derived, valued=False))
        names = dict(zip(inner.order, (a.arg for a in generated.node.args.args), strict=True))
        given = {names[n]: values[n] for n in inner.order}
        chosen = [names[n] for n in wrt if n in names]
        derived, order = self._derive(generated, given, chosen, [names[n] for n in parts if n in names])
        order = [n for n in inner.order if names[n] in order]
        return Made(
            derived, order, parts, converted, choices, [*inner.dependencies, *derived.dependencies], inner
        )

    def _derive(
        self, source: Source, values: Values, wrt: list[str], parts: list[str]
    ) -> tuple[Derived, list[str]]:
        """The derivative of a plain function, and the parameters that it takes."""
        describer = A.Describer()
        known: dict[str, Kind | Atom] = {}
        live: Values = {}
        for name, value in values.items():
            known[name] = describer.kind(value) if name in parts else describer.argument(name, value)
            if known[name] == K.OBJECT or A.holds_objects(value):
                live[name] = value
        from s2sad import engine

        strided = [n for n, v in values.items() if type(v) in A.ARRAYS and not v.flags.forc]
        derived = engine.derive(source, self.request(wrt), known, live, strided)
        return derived, [n for n in values if derived.lowered.arguments.get(n) is not None]

    def request(self, wrt: list[str], seen: bool = True) -> Request:
        """What the engine is asked for."""
        from s2sad.engine import Request

        return Request(self.mode, wrt, len(wrt) == 1, self.has_aux, self.copy, seen, self.check_result)

    def _check_inner(self, inner: Made, values: Values) -> None:
        if self.mode != "jvp" and any(A.has_complex(values[n]) for n in inner.wrt):
            refuse(
                None,
                f"a derivative of {self.__name__}() with respect to complex numbers is differentiated again",
                "differentiate a function that calls it",
            )
        if self.inner is not None and self.inner.is_tuple_of_one(inner) and self.mode not in ("jvp", "vjp"):
            raise TypeError(
                f"the gradient of {self.__name__}() is a tuple of one; write argnums without a sequence"
            )
        if inner.derived.lowered.form is not None:
            what = f"a derivative of {self.__name__}(), which returns an object or a dict with computed keys"
            refuse(None, f"{what}, is differentiated again", "return numbers and arrays")
        if any(c.key is not None for c in inner.choices):
            refuse(
                None,
                f"a derivative of {self.__name__}() by one of its star arguments is differentiated again",
                "give the function a parameter of its own for it",
            )

    def generated(
        self, arguments: Mapping[str, Kind | Atom], live: Values
    ) -> tuple[Source, list[str], Derived]:
        """The derivative for arguments of these kinds as a function to be lowered in place of a call of it.

        Gives its source, the parameters that it takes, and the derivative, whose dependencies are the
        caller's from then on. Refuses what a call converts at its boundary.
        """
        wrt = self.parameters()
        kinds = [k for n in wrt if isinstance(k := arguments[n], Kind)]
        name = f"the derivative of {self.__name__}()"
        if len(kinds) < len(wrt) or not all(K.carries(k) and _real(k) for k in kinds):
            what = f"{name} is called with what is neither a float nor an array of floats"
            refuse(None, what, "pass one, or a list, tuple or dict of arrays")
        from s2sad import engine

        source, names, dependencies = self.primal, {n: n for n in arguments}, self._own()
        inner: Derived | None = None
        if self.inner is not None:
            source, order, inner = self.inner.generated(arguments, live)
            names = dict(zip(order, (a.arg for a in source.node.args.args), strict=True))
            dependencies = inner.dependencies
        given = {names[n]: k for n, k in arguments.items() if n in names}
        found = {names[n]: v for n, v in live.items() if n in names}
        made = engine.derive(source, self.request([names[n] for n in wrt if n in names]), given, found)
        if made.lowered.form is not None:
            what = f"the derivative of {self.__name__}() is used, which returns an object or a computed dict"
            refuse(None, what, "return numbers and arrays, or a dict whose keys are known")
        made.dependencies = [*dependencies, *made.dependencies]
        made.lowered.met |= {} if inner is None else inner.lowered.met
        made.changes = frozenset((*made.written, *made.lowered.changed)) if inner is None else inner.changes
        made.changes = frozenset(arguments) if made.lends else made.changes
        order = [n for n in names if made.lowered.arguments.get(names[n]) is not None]
        suffix = "fwd" if self.mode == "vjp" else self.mode
        function = made.functions[f"{made.lowered.program.name}_{suffix}"]
        return find(engine.alone(made, function, self.has_aux)), order, made

    def is_tuple_of_one(self, made: Made) -> bool:
        """Whether the gradient is a tuple for the caller, and bare in the generated function."""
        return not self.single and len(made.choices) == 1

    def parameters(self) -> list[str]:
        """The parameters that are differentiated by, without their values."""
        return list(dict.fromkeys(c.parameter for c in self.choices(self.placeholders())))

    def check_result(self, kind: Kind) -> None:
        """Refuse what grad cannot differentiate: no result, an array, a complex number."""
        name = self.__name__
        if self.has_aux:
            if kind.cat != "tuple" or len(kind.items or ()) != 2:
                raise TypeError(
                    f"with has_aux, {name}() must return a pair (value, aux), not {K.describe(kind)}"
                )
            kind = (kind.items or ())[0]
        if kind.rank is not None and kind.rank > 0:
            hint = "write [0] or .item()" if kind.shape == (1,) else "use vjp or jacrev, or sum it"
            shape = " of shape (1,)" if kind.shape == (1,) else ""
            raise TypeError(
                f"{name}() returns a {K.describe(kind)}{shape}; grad needs a result of rank 0: {hint}"
            )
        if kind.sort == "complex":
            raise TypeError(
                f"{name}() returns a complex number ({K.describe(kind)}); grad needs a real one: "
                "return its real part, or use vjp or jacrev"
            )
        if not kind.is_number:
            if kind.cat == "none":
                raise TypeError(
                    f"{name}() returns None; grad needs a real number: a return statement is missing"
                )
            if kind.cat == "object":
                raise TypeError(
                    f"{name}() returns an object, or what code that cannot be seen gave it; grad needs a "
                    "real number: write float(...) around what is one, or use vjp or jacrev"
                )
            raise TypeError(
                f"{name}() returns a {K.describe(kind)}; grad needs a real number: use vjp or jacrev"
            )

    # ---------------------------------------------------------------------------------------- texts

    @property
    def source(self) -> str:
        """The text of the last call; before the first call the text under what code and annotations prove."""
        return self.current().text

    def current(self) -> Derived:
        """The derivative of the last call, or else the one for what code and annotations prove."""
        return self._last.derived if self._last is not None else self._unseen()

    def _unseen(self) -> Derived:
        from s2sad import engine

        if self.inner is not None:
            inner = self.inner._unseen()
            source = find(next(iter(inner.functions.values())))
            names = [n for n, ssa in inner.lowered.arguments.items() if ssa is not None]
            renamed = dict(zip(names, (a.arg for a in source.node.args.args), strict=True))
            program = inner.lowered.program
            kinds = [program.kinds[p] for p in program.params]
            known: dict[str, Kind | Atom] = dict(zip(renamed.values(), kinds, strict=True))
            wrt = [renamed[n] for n in self.parameters() if n in renamed]
            return engine.derive_unseen(source, self.request(wrt, False), known, [])
        source = self.primal
        known, guessed = {}, []
        bound = dict(zip(self.binder.names, source.args, strict=False)) | source.keywords
        for name, parameter in self.binder.signature.parameters.items():
            kind = (
                ANNOTATED.get(parameter.annotation) if isinstance(parameter.annotation, str | type) else None
            )
            default = parameter.default
            if name in bound:
                known[name] = A.Describer().argument(name, bound[name])
            elif kind is not None:
                known[name] = kind
            elif default is not inspect.Parameter.empty and not isinstance(default, float):
                known[name] = A.Describer().argument(name, default)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                known[name] = Kind("tuple", items=())
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                known[name] = Kind("dict", items=())
            else:
                known[name] = K.array(None)
                guessed.append(name)
        return engine.derive_unseen(source, self.request(self.parameters(), False), known, guessed)

    def placeholders(self) -> Values:
        """The parameters without values, for argnums before the first call."""
        return {n: () if n == self.binder.vararg else {} for n in self.binder.signature.parameters}

    def source_for(self, *args: Any, backend: str = "numpy", **kwargs: Any) -> str:
        """The text that a call with these arguments runs."""
        if backend != "numpy":
            raise ValueError(f"the backend {backend!r} is not known; use 'numpy'")
        return self.lookup(self.bind(args, kwargs)).derived.text

    def save(self, path: str | Path) -> None:
        """Write the text of the last call to a file that imports what the primal needs, and not s2sad."""
        Path(path).write_text(self.standalone(), encoding="utf-8")

    def standalone(self) -> str:
        """The text of the last call as a file of its own."""
        from s2sad.backend.standalone import standalone

        derived = self.current()
        return standalone(derived.emitted, derived.header)

    def _repr_html_(self) -> str:
        from s2sad.display import html

        return html(self.source)

    # ------------------------------------------------------------------------------------- protocol

    @property
    def options(self) -> tuple[Any, ...]:
        """The arguments of the transform besides the function."""
        return (self.argnums[0] if self.single else self.argnums), self.has_aux

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.inner is not None:
            return type(self)(self.inner.__get__(instance, owner), *self.options)
        return type(self)(functools.partial(self.fun, instance), *self.options)  # type: ignore[arg-type]

    def __reduce__(self) -> Any:
        found: Any = sys.modules.get(self.__module__)
        try:
            found = operator.attrgetter(self.__qualname__)(found)
        except AttributeError:
            found = None
        return self.__qualname__ if found is self else (type(self), (self.fun, *self.options))

    def __repr__(self) -> str:
        return f"<s2sad {self.mode} of {self.__name__}>"

    # ---------------------------------------------------------------------------------------- calls

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        if not kwargs:
            result = self._short(args)
            if result is not short.MISS:
                return result
        return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        values = self.bind(args, kwargs)
        made = self.lookup(values)
        given = made.arguments(values)
        watch = debug.Watch(given) if made.debug else None
        try:
            raw = made.functions[0](*given)
        except Exception as error:
            made.annotate(error)
            raise
        if watch is not None:
            watch.check("arguments")
        elif not kwargs:
            self._remember(args, values, made)
        return self.finish(made, raw, values)

    def _remember(
        self, args: tuple[Any, ...], values: Values, made: Made, along: tuple[Any, ...] = ()
    ) -> None:
        """Compile the short way when a call comes that is like the one before."""
        if not self.binder.simple or made.order != list(values) or made.written:
            return
        key = short.key((*args, *along))
        if key is None:
            return
        known = self._shorts.get(key)
        if known is None or known[0] is not made:
            if key != self._key:
                self._key = key
                return
            if len(self._shorts) >= TEXTS:
                self._shorts.clear()
            known = self._shorts[key] = made, short.build(
                self, made, args, self.primal.args, values, along
            )
        self._short = known[1]

    def finish(self, made: Made, raw: Any, values: Values) -> Any:
        """The result of the generated function as the caller gets it."""
        raise NotImplementedError

    def gradients(self, made: Made, grads: Any, values: Values) -> Any:
        """The gradients that argnums name."""
        names = list(dict.fromkeys(c.parameter for c in made.choices))
        parts = dict(zip(names, grads if len(names) > 1 else (grads,), strict=True))
        found = []
        for choice in made.choices:
            value = choice.of(values[choice.parameter])
            grad = choice.of(parts[choice.parameter])
            if made.debug:
                debug.check_gradient(choice.parameter, grad, value)
            found.append(A.conform(grad, value))
        return found[0] if self.single else tuple(found)

    def present(self, made: Made, value: Any, values: Values) -> Any:
        """The value of the function as the caller gets it."""
        if made.inner is None:
            value, form = A.private(value), made.derived.lowered.form
            return value if form is None else built(form, value, value)
        assert self.inner is not None
        return self.inner.finish(made.inner, A.private(value), values)


__all__ = ["Argnums", "Made", "Memo", "Transformed", "Values"]
