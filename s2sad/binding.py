"""What a call's arguments are to the function that is differentiated: its source, its parameters, its
argnums.

Accepts callables whose source can be read or that have a rule. `find_source` reads a code object once;
`Binder` binds arguments as a plain call does and resolves argnums to `Choice`s:

    def f(x, *rest, **named)        argnums 0, 1, "rest", "a"
                                    Choice("x"), Choice("rest", 0), Choice("rest"), Choice("named", "a")
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MethodType
from typing import Any

import numpy as np

from s2sad import arguments as A
from s2sad.errors import refuse
from s2sad.frontend.dependencies import Same
from s2sad.frontend.source import Source, find, source_at, source_of_text, unwrapped

FUNCTIONS = 256  # functions of which something is remembered

Argnums = int | str | Sequence[int | str]
Values = dict[str, Any]


class Given(Values):
    """The values of a call's parameters; `copies` are the lists and dicts among these that were copied.

    Each stands there with its copy, by its identity.
    """

    __slots__ = ("copies",)

    def __init__(self, values: Values, copies: dict[int, tuple[Any, Any]]) -> None:
        super().__init__(values)
        self.copies = copies

    def originals(self) -> dict[int, int]:
        """By the identity of each copy: that of the list or dict which the caller has."""
        return {id(copy): id(given) for given, copy in self.copies.values()}



_wrappers: OrderedDict[Any, Callable[..., Any]] = OrderedDict()
_nodes: OrderedDict[Same, tuple[Any, tuple[str, ...]]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Choice:
    """What one of the argnums names: a parameter, or an element of *args or **kwargs."""

    parameter: str
    key: int | str | None = None

    def of(self, tree: Any) -> Any:
        """The part of a parameter's value or gradient."""
        return tree if self.key is None else tree[self.key]


def shared(table: OrderedDict[Any, Any], key: Any, make: Callable[[], Any], limit: int) -> Any:
    with _lock:
        found = table.get(key)
        if found is not None:
            table.move_to_end(key)
            return found
    made = make()
    with _lock:
        table[key] = made
        while len(table) > limit:
            table.popitem(last=False)
    return made


def find_source(fun: Callable[..., Any]) -> Source:
    """`find`, which is asked once for each code object."""
    plain, args, keywords = unwrapped(fun)

    def locate() -> tuple[Any, tuple[str, ...]]:
        source = find(fun)
        return source.node, source.lines

    node, lines = shared(_nodes, Same(plain.__code__), locate, FUNCTIONS)
    return source_at(plain, node, lines, args, keywords)


def readable(
    fun: Callable[..., Any], count: int = 0, given: tuple[str, ...] = ()
) -> Callable[..., Any]:
    """The function itself; for one that has a rule, such as np.sin, a function of Python that calls it.

    That function has the arguments that have no default, and those of a call with `count` arguments by
    position and `given` by name: a default is never passed, as NumPy can tell it from an argument.
    """
    if getattr(fun, "__s2sad_driver__", False):
        return _calling(fun)
    if hasattr(fun, "__s2sad__"):
        return fun
    if isinstance(fun, functools.partial):
        inner = readable(fun.func)
        return fun if inner is fun.func else functools.partial(inner, *fun.args, **fun.keywords)
    from s2sad.rules import registry

    name = registry.canonical(fun)
    if name is None:
        return fun
    more, named = _optional(fun, name, count, given)
    key = (Same(fun.__self__), fun.__name__) if isinstance(fun, MethodType) else Same(fun)
    made: Callable[..., Any] = shared(
        _wrappers, (key, *more, *named), lambda: _wrapper(fun, name, more, named), FUNCTIONS
    )
    return made


def _optional(
    fun: Callable[..., Any], name: str, count: int, given: tuple[str, ...]
) -> tuple[list[str], list[str]]:
    """The optional arguments that a call of a function of NumPy or SciPy gives, by position and by name."""
    from s2sad.rules import registry

    signature = registry.rule(name).signature
    starred = any(n.startswith("*") for n in signature)
    if starred or not name.startswith(("np.", "scipy.")) or name.startswith("scipy.stats."):
        return [], []
    required = [n for n, default in signature.items() if default is registry.REQUIRED]
    places = list(signature)
    if inspect_able(fun):
        parameters = inspect.signature(fun).parameters.values()
        places = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    if places[: len(required)] != required or count > len(places):
        return [], []
    count = max(count, len(required))
    while count < len(places) and places[count] in given:
        count += 1
    more = places[len(required) : count]
    if not set(more) <= signature.keys():
        return [], []
    return more, [n for n in given if n in signature and n not in places[:count]]


def plain(fun: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function that calls a derivative, whose text is inlined there; the same one each time."""
    made: Callable[..., Any] = shared(_wrappers, ("plain", Same(fun)), lambda: _calling(fun), FUNCTIONS)
    return made


def parameters_of(fun: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of the plain function behind a derivative: of np.sin's those that the call needs."""
    called: Any = getattr(fun, "push", fun)
    while getattr(called, "inner", None) is not None:
        called = called.inner
    return list(inspect.signature(getattr(called, "target", fun)).parameters.values())


def _calling(fun: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function that calls a derivative, for its source: the derivative's driver is inlined there."""
    heads, given, star = [], [], False
    space: dict[str, Any] = {"fun_": fun, "__name__": "generated"}
    parameters = parameters_of(fun)
    if getattr(fun, "form", "") == "product":
        end = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters)
        parameters = [p.replace(default=p.empty) for p in parameters[:end]] + parameters[end:]
        parameters.insert(end, inspect.Parameter("vector_", inspect.Parameter.POSITIONAL_OR_KEYWORD))
    for p in parameters:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            refuse(None, f"{fun!r} of a function with star arguments is differentiated", "name them")
        default = "" if p.default is p.empty else f"={p.name}_default_"
        space[f"{p.name}_default_"] = p.default
        if p.kind is p.KEYWORD_ONLY and not star:
            heads.append("*")
            star = True
        heads.append(p.name + default)
        given.append(f"{p.name}={p.name}" if star else p.name)
    own = fun.__name__ if fun.__name__.isidentifier() else "lambda_"
    text = f"def {own}({', '.join(heads)}):\n    return fun_({', '.join(given)})\n"
    exec(compile(text, source_of_text(text, own), "exec", dont_inherit=True), space)
    made: Callable[..., Any] = space[own]
    return made


def _wrapper(
    fun: Callable[..., Any], name: str, more: Sequence[str] = (), named: Sequence[str] = ()
) -> Callable[..., Any]:
    from s2sad.rules import registry

    signature = registry.rule(name).signature
    if name.startswith(registry.USER):
        return _calling(fun) if inspect_able(fun) else _positional(fun, signature)
    names = [n for n, default in signature.items() if default is registry.REQUIRED or n.startswith("*")]
    args = heads = ", ".join(names)
    if name.startswith("scipy.stats."):
        optional = [n for n in signature if n not in names]
        heads = ", ".join([*names, *(f"{n}={signature[n]!r}" for n in optional)])
        args = ", ".join([*names, *optional])
    elif more or named:
        heads = ", ".join([*names, *more, *named])
        args = ", ".join([*names, *more, *(f"{n}={n}" for n in named)])
    own = getattr(fun, "__name__", "function")
    called = name if name.startswith(("np.", "math.")) else "fun"
    text = f"def {own}({heads}):\n    return {called}({args})\n"
    space: dict[str, Any] = {"np": np, "math": math, "fun": fun, "__name__": "s2sad.rules"}
    exec(compile(text, source_of_text(text, own), "exec", dont_inherit=True), space)
    made: Callable[..., Any] = space[own]
    return made


def inspect_able(fun: Callable[..., Any]) -> bool:
    """Whether a callable tells its parameters: functions of C say `*args, **kwargs` since Python 3.13."""
    try:
        parameters = inspect.signature(fun).parameters.values()
    except (ValueError, TypeError):
        return False
    return not any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def _positional(fun: Callable[..., Any], signature: dict[str, Any]) -> Callable[..., Any]:
    """A plain function that calls one whose parameters only its rule tells."""
    args = ", ".join(signature)
    space: dict[str, Any] = {"fun": fun, "__name__": "s2sad.rules"}
    text = f"def function({args}):\n    return fun({args})\n"
    exec(compile(text, source_of_text(text, "function"), "exec", dont_inherit=True), space)
    made: Callable[..., Any] = space["function"]
    return made


class Binder:
    """Binds the arguments of calls to the parameters of a plain function, as Python does."""

    def __init__(self, source: Source) -> None:
        self.source = source
        spec = source.node.args
        self.spec = spec
        self.signature = inspect.signature(source.fun, follow_wrapped=False)
        self.names = [a.arg for a in spec.posonlyargs + spec.args]
        self.vararg = spec.vararg.arg if spec.vararg else None
        self.kwarg = spec.kwarg.arg if spec.kwarg else None
        self.simple = not (spec.vararg or spec.kwonlyargs or spec.kwarg or source.keywords)
        self.free = [n for n in self.names[len(source.args) :] if n not in source.keywords]
        self._chosen: dict[tuple[int | str, ...], tuple[Choice, ...]] = {}

    def holds(self) -> bool:
        """Whether the function's defaults are still those."""
        fun, then = self.source.fun, self.source.kwdefaults
        if (fun.__defaults__ or ()) is not self.source.defaults:
            return False
        now = fun.__kwdefaults__
        if not now or not then:
            return not now and not then
        return now.keys() == then.keys() and all(now[k] is v for k, v in then.items())

    def __call__(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Values:
        """Every parameter with its value."""
        source = self.source
        if self.simple and not kwargs and len(source.args) + len(args) == len(self.names):
            return dict(zip(self.names, source.args + args, strict=True))
        try:
            bound = self.signature.bind(*source.args, *args, **{**source.keywords, **kwargs})
        except TypeError as error:
            raise TypeError(f"{name}() {error}") from None
        bound.apply_defaults()
        return bound.arguments

    def active(self, argnums: Sequence[int | str]) -> frozenset[str]:
        """The parameters that argnums may name, whatever the call."""
        free = self.free
        numbered = [free[n] for n in argnums if isinstance(n, int) and -len(free) <= n < len(free)]
        return frozenset([*numbered, *(n for n in argnums if isinstance(n, str))])

    def choose(self, name: str, argnums: Sequence[int | str], values: Values) -> tuple[Choice, ...]:
        """What argnums name; TypeError if there is no such argument."""
        if not self.simple:
            return self._choose(name, argnums, values)
        found = self._chosen.get(tuple(argnums))
        if found is None:  # without star arguments they name the same for every call
            found = self._chosen[tuple(argnums)] = self._choose(name, argnums, values)
        return found

    def _choose(self, name: str, argnums: Sequence[int | str], values: Values) -> tuple[Choice, ...]:
        extra = len(values[self.vararg]) if self.vararg else 0
        chosen: list[Choice] = []
        for argnum in argnums:
            choice = (
                self._named(name, argnum, values)
                if isinstance(argnum, str)
                else self._numbered(name, argnum, extra)
            )
            if choice in chosen:
                raise TypeError(f"argnums names the argument {argnum!r} of {name}() twice")
            chosen.append(choice)
        return tuple(chosen)

    def _named(self, name: str, argnum: str, values: Values) -> Choice:
        if argnum in values and argnum != self.kwarg:
            return Choice(argnum)
        if self.kwarg is not None and argnum in values[self.kwarg]:
            return Choice(self.kwarg, argnum)
        raise TypeError(f"{name}() has no argument {argnum!r}; its arguments are {', '.join(values)}")

    def _numbered(self, name: str, argnum: int, extra: int) -> Choice:
        count = len(self.free) + extra
        index = argnum + count if argnum < 0 else argnum
        if not 0 <= index < count:
            raise TypeError(f"{name}() has {count} positional arguments; argnums names number {argnum}")
        if index < len(self.free):
            return Choice(self.free[index])
        assert self.vararg is not None
        return Choice(self.vararg, index - len(self.free))


def checked(argnums: Argnums) -> tuple[tuple[int | str, ...], bool]:
    """argnums as a tuple, and whether it names one argument without a sequence around it."""
    single = isinstance(argnums, str) or not isinstance(argnums, Sequence | np.ndarray | set)
    given: Sequence[Any] = [argnums] if single else list(argnums)  # type: ignore[arg-type]
    found: list[int | str] = []
    for argnum in given:
        if isinstance(argnum, bool) or not (isinstance(argnum, str) or hasattr(argnum, "__index__")):
            raise TypeError(
                f"argnums must be an int, a parameter's name, or a sequence of these, not {argnums!r}"
            )
        found.append(argnum if isinstance(argnum, str) else operator.index(argnum))
    if not found:
        raise TypeError("argnums names no argument")
    return tuple(found), single


def not_differentiable(name: str, choice: Choice, value: Any) -> str:
    argument = choice.parameter if choice.key is None else f"{choice.parameter}[{choice.key!r}]"
    what, instead = f"of type {type(value).__name__}", "pass a float, a complex number or an array of these"
    if isinstance(value, bool):
        what, instead = f"the bool {value}", "pass a float"
    elif isinstance(value, int):
        what, instead = f"the int {value}", f"pass the float {value}.0"
    elif isinstance(value, np.ndarray):
        what, instead = f"an array of {value.dtype}", "pass an array of floats (x.astype(float))"
    elif isinstance(value, np.generic):
        what, instead = f"a NumPy scalar of type {value.dtype}", "pass a float"
    elif value is None:
        what = "None"
    elif isinstance(value, str):
        what = f"the str {value!r}"
    elif isinstance(value, list | dict) and type(value) not in (list, *A.DICTS):
        base = "dict" if isinstance(value, dict) else "list"
        what, instead = f"of type {type(value).__name__}, a subclass of {base}", f"pass a {base}"
    elif isinstance(value, list | tuple | dict):
        what, instead = (
            f"a {type(value).__name__} without floats",
            "pass one that holds floats or arrays of floats",
        )
    return f"{name}() cannot be differentiated with respect to {argument!r}, which is {what}: {instead}"
