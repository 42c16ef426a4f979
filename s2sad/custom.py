"""Derivatives that users give: for functions whose source cannot be seen, or better ones than the generated.

    s2sad.rule(lib.hypot, "x, y", "x/out*g", "y/out*g")        elementwise: a text for each argument

    @s2sad.rule(solve)                                         a function for the cotangents
    def solve_vjp(g, out, a, b):
        t = np.linalg.solve(a.T, g)
        return -np.outer(t, out), t

The texts have the form of the built-in table (`s2sad.rules.registry`); the functions appear as calls in
generated texts, and their own sources are read when these are differentiated again.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Mapping
from types import MethodType
from typing import Any

from s2sad.frontend.source import source_of_text
from s2sad.ir import kinds as K
from s2sad.rules import custom, registry
from s2sad.rules.registry import REQUIRED, Rule, UserRule
from s2sad.structures import Parts, is_structure, leaves

NUMBERS = ("np.pi", "np.e", "np.inf", "np.nan", "math.pi", "math.e", "math.inf", "math.nan")
Returns = Any  # a parameter's name, a type of number, a rank, (dtype, rank), or None


def rule(
    fun: Callable[..., Any],
    args: str | None = None,
    *texts: str | None,
    vjp: Mapping[str, str] | Callable[..., Any] | None = None,
    jvp: Mapping[str, str] | Callable[..., Any] | None = None,
    linear: str = "",
    template: Callable[..., Any] | None = None,
    returns: Returns = None,
    writes: str = "",
) -> _Rule:
    """Register a derivative for a callable; from then on every transform uses it, whatever `fun` is made of.

    Four forms, as in the built-in table:

    * elementwise: `rule(f, "x, y", "text for x", "text for y")`. Each text is the contribution to that
      argument's cotangent in terms of `g` (the cotangent of the result), `out` (the result), the arguments,
      `np` and `math`; it must be linear in g. None says that the derivative is exactly zero. The same texts
      serve forward mode. Sums over broadcast axes are placed around them.
    * of whole arrays: `rule(f, "a, n=1", vjp={"a": "n*g[::-1]"}, jvp={"a": "n*a_dot[::-1]"})`; in the texts
      of `jvp`, `a_dot` is the argument's tangent; `linear="a"` in place of both tells forward mode to call f
      of the tangent.
    * functions: `vjp=f_vjp` with `f_vjp(g, out, *args)`, which returns a tuple with one cotangent for each
      argument (for a single argument it may come bare), None for those without derivative; `jvp=f_jvp` with
      `f_jvp(dots, out, *args)`, where `dots` are the arguments' tangents (zeros for constants, None for what
      is no float or array of floats), returns the tangent of the result. As decorators: `@s2sad.rule(f)`
      above f_vjp, `@s2sad.rule(f).jvp` above f_jvp.
    * a template: `rule(f, template=h)`, where h computes the same in terms of functions that have rules: the
      derivative's text is made of h, its value as well.

    `returns` says what f returns where that is more than s2sad can tell: `"x"` like the argument x in type,
    shape and dtype; `float` (or int, complex, bool) a number of Python; `np.float64` a NumPy scalar; 2 an
    array of two axes of float64; `("float32", 2)` one of float32; several of these, `["x", float]`, a tuple;
    `{"x": "b", "steps": int}` a dict, of which, as of tuples, there may be others in it: the cotangents and
    tangents of the functions' form have the same structure.
    Generated texts look at it and raise
    TypeError where it is wrong. What s2sad tells by itself: functions with Python source are read for it;
    elementwise functions return Python floats for Python numbers, unless they are ufuncs, and arrays of the
    broadcast shape else; for all others arrays or NumPy scalars of float64 are assumed, and checked.

    `writes="x"` is for a function that fills or changes one of its arguments, an array, and returns None: the
    rule is that of the function that returns what the argument holds afterwards; `out` is that, the other
    names stand for what the arguments held before. A function that tells no parameters is given their names
    as `args`.

    `fun` has no other effects: it writes neither into its arguments nor outside, returns arrays of its own,
    and gives the same for the same arguments. Of methods register the function in the class, `Model.predict`.
    Registering again replaces the rule, also in derivatives that exist already.

    Raises TypeError or ValueError for rules that do not fit together.

    >>> import math, s2sad
    >>> def cube(x):
    ...     return math.exp(3*math.log(x))
    >>> _ = s2sad.rule(cube, "x", "3*x**2*g")
    >>> s2sad.grad(cube)(2.0)
    12.0
    """
    if isinstance(fun, MethodType):
        raise TypeError("rule() needs a function, not a bound method; register the function in its class")
    if not callable(fun):
        raise TypeError(f"rule() needs a callable, not {type(fun).__name__}")
    returns = _listed(returns)
    if (callable(vjp) or callable(jvp) or not (texts or args)) and template is None:
        fun = _by_place(fun)
    if writes:
        fun, returns = _writing(fun, args, writes), writes
        args = args if texts or isinstance(vjp, Mapping) or linear else None
    alone = not (texts or args) and template is None
    parts = _structured(fun, returns, vjp or jvp) if alone else None
    if parts is not None:
        fun, returns = _in_parts(fun, parts), leaves(parts.returns)
    made = _Rule(fun, returns, parts)
    functions = callable(vjp) or callable(jvp)
    if sum((bool(texts), template is not None, functions, isinstance(vjp, Mapping) or bool(linear))) > 1:
        raise TypeError("a rule is given in one form: texts, vjp= and jvp=, or template=")
    if template is not None:
        made.enter(_composite(fun, template))
    elif callable(vjp) or callable(jvp):
        if isinstance(vjp, Mapping) or isinstance(jvp, Mapping):
            raise TypeError("vjp and jvp of one rule are both texts or both functions")
        made.set(vjp=vjp, jvp=jvp)
    elif texts:
        made.enter(_elementwise(fun, args, texts, jvp, returns))
    elif vjp is not None or jvp is not None or linear:
        made.enter(_structural(fun, args, vjp or {}, jvp or {}, linear, returns))
    elif args is not None:
        raise TypeError("rule() with a signature needs texts, one for each argument")
    return made


def _writing(fun: Callable[..., Any], args: str | None, writes: str) -> Callable[..., Any]:
    """The function that returns what `fun` leaves in its argument `writes`; calls of `fun` are taken for its.

        def filled(x, k): x[...] = after(x, k)        after copies x, calls fun of the copy, and returns it
    """
    names = [*(_signature(fun) if args is None else _parsed(args))]
    if writes not in names:
        raise ValueError(f"writes={writes!r} is no argument of {_own(fun)}(); name its arguments by args=")
    place, own = names.index(writes), _own(fun)
    known = _entered(fun, (writes, names))
    if known is not None:
        return known

    def after(*given: Any) -> Any:
        import numpy as np

        held = [np.array(x) if i == place else x for i, x in enumerate(given)]
        if fun(*held) is not None:
            raise TypeError(f"{own}() returns something; a function with writes= returns None")
        return held[place]

    after.__name__ = after.__qualname__ = f"{own}_after"
    given = ", ".join(names)
    text = f"def {own}_written({given}):\n    {writes}[...] = after({given})\n"
    parameters = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    _enter_for(fun, f"{own}_written", text, after, parameters, (writes, names))
    return after


def _structured(fun: Callable[..., Any], returns: Any, told: Any) -> Parts | None:
    """How a function's result is taken apart: as it is declared here, or was before.

    `told` is a function of the rule, which names the parameters where `fun` does not.
    """
    if is_structure(returns):
        signature = _signature(fun)
        if "*args" in signature and callable(told):
            signature = dict(list(_signature(told).items())[2:])
        if "*args" in signature:
            raise TypeError(f"{_own(fun)}() tells no parameters; give the rule to a function that does")
        return Parts(_own(fun), signature, returns)
    old = registry.RULES.get(registry.user_name(fun, _own(fun)))
    known: Parts | None = getattr(old.user.template, "__s2sad_parts__", None) if old and old.user else None
    return known if returns is None else None


def _in_parts(fun: Callable[..., Any], parts: Parts) -> Callable[..., Any]:
    """The function that returns the parts of what `fun` returns; calls of `fun` are taken for its."""
    names, given = list(parts.parameters), parts.parameters.values()
    known = _entered(fun, (repr(parts.returns), names))
    if known is not None:
        return known
    after = parts.taken_apart(fun)
    plain = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    made = _enter_for(fun, f"{_own(fun)}_whole", parts.whole, after, plain, (repr(parts.returns), names))
    made.__defaults__ = tuple(d for d in given if d is not REQUIRED)
    made.__s2sad_parts__ = parts
    return after


def _by_place(fun: Callable[..., Any]) -> Callable[..., Any]:
    """The function that takes keyword-only arguments of `fun` by place; calls of `fun` are taken for its.

        def f_by_keyword(x, *, k=2.0): return after(x, k)        after calls fun(x, k=k)
    """
    try:
        parameters = list(inspect.signature(fun).parameters.values())
    except (ValueError, TypeError):
        return fun
    words = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    if not words or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return fun
    own, names, first = _own(fun), [p.name for p in parameters], len(parameters) - len(words)
    known = _entered(fun, ("", names))
    if known is not None:
        return known

    def after(*given: Any) -> Any:
        return fun(*given[:first], **dict(zip(words, given[first:], strict=True)))

    after.__name__ = after.__qualname__ = own
    heads = ", ".join([*names[:first], "*", *words])
    text = f"def {own}_by_keyword({heads}):\n    return after({', '.join(names)})\n"
    plain = [p.replace(kind=p.POSITIONAL_OR_KEYWORD, default=p.empty) for p in parameters]
    made = _enter_for(fun, f"{own}_by_keyword", text, after, plain, ("", names))
    given = {p.name: p.default for p in parameters if p.default is not p.empty}
    made.__defaults__ = tuple(given[n] for n in names[:first] if n in given)
    made.__kwdefaults__ = {n: given[n] for n in words if n in given}
    return after


def _entered(fun: Any, key: tuple[str, list[str]]) -> Callable[..., Any] | None:
    """The function that stands for `fun` already, by the same key."""
    old = registry.RULES.get(registry.user_name(fun, _own(fun)))
    known = getattr(old.user.template, "__s2sad_after__", None) if old is not None and old.user else None
    return known[1] if known is not None and known[0] == key else None


def _enter_for(
    fun: Any,
    name: str,
    text: str,
    after: Any,
    parameters: list[inspect.Parameter],
    key: tuple[str, list[str]],
) -> Any:
    """Enter the function of a text, which calls `after`, as the template of `fun`."""
    space: dict[str, Any] = {"after": after, "__name__": "generated"}
    exec(compile(text, source_of_text(text, _own(fun)), "exec", dont_inherit=True), space)
    after.__signature__ = inspect.Signature(parameters)
    made = space[name]
    made.__s2sad_after__ = key, after
    registry.register_user(_composite(fun, made))
    return made


class _Rule:
    """What `rule` returns: a decorator for the function of cotangents, `.jvp` one for that of tangents."""

    def __init__(self, fun: Callable[..., Any], returns: Returns, parts: Parts | None = None) -> None:
        self._fun = fun
        self._returns = returns
        self._parts = parts

    def __call__(self, vjp: Callable[..., Any]) -> Callable[..., Any]:
        """Enter `vjp(g, out, *args)`, which is returned as it is."""
        self.set(vjp=vjp)
        return vjp

    def jvp(self, jvp: Callable[..., Any]) -> Callable[..., Any]:
        """Enter `jvp(dots, out, *args)`, which is returned as it is."""
        self.set(jvp=jvp)
        return jvp

    def set(self, vjp: Callable[..., Any] | None = None, jvp: Callable[..., Any] | None = None) -> None:
        """Enter one of the two functions beside the other, or both."""
        if self._parts is not None:
            vjp = None if vjp is None else self._parts.of_cotangents(vjp)
            jvp = None if jvp is None else self._parts.of_tangents(jvp)
        name = registry.user_name(self._fun, _own(self._fun))
        old = registry.RULES.get(name)
        if old is not None and old.user is not None and old.form == "function":
            vjp, jvp = vjp or old.user.vjp, jvp or old.user.jvp
            if self._returns is None:
                self._returns = old.user.returns
        user = UserRule(self._fun, vjp, jvp, returns=self._returns)
        signature = _signature(self._fun)
        if "*args" in signature:  # the user's function says what they are called
            own = _signature(vjp or jvp)
            signature = signature if "*args" in own or len(own) < 3 else dict(list(own.items())[2:])
        names = [n.lstrip("*") for n in signature]
        texts: dict[str, Any] = dict.fromkeys(names, "g")
        self.enter(
            Rule(name, signature, custom.kind_of(user, signature), vjp=texts, form="function", user=user)
        )

    def enter(self, made: Rule) -> None:
        """Enter a rule."""
        assert made.user is not None
        _check_returns(made)
        registry.register_user(made)

    def __repr__(self) -> str:
        return f"s2sad.rule({_own(self._fun)})"


def _own(fun: Any) -> str:
    name = getattr(fun, "__name__", None)
    return name if isinstance(name, str) and name.isidentifier() else type(fun).__name__


def _signature(fun: Any) -> dict[str, Any]:
    """The parameters of a function with their defaults; `*args` if it does not tell them."""
    try:
        parameters = inspect.signature(fun).parameters.values()
    except (ValueError, TypeError):
        return {"*args": REQUIRED}
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.KEYWORD_ONLY) for p in parameters):
        return {"*args": REQUIRED}
    return {p.name: REQUIRED if p.default is p.empty else p.default for p in parameters}


def _composite(fun: Any, template: Callable[..., Any]) -> Rule:
    if template is fun:
        raise ValueError("a function cannot be its own template")
    user = UserRule(fun, template=template)
    name = registry.user_name(fun, _own(fun))
    return Rule(name, _signature(fun), lambda _: K.OBJECT, form="composite", user=user)


def _elementwise(
    fun: Any, args: str | None, texts: tuple[str | None, ...], jvp: Any, returns: Returns
) -> Rule:
    signature = _parsed(args)
    if len(texts) != len(signature):
        raise ValueError(f"the rule for {_own(fun)}() has {len(texts)} texts for {len(signature)} arguments")
    if jvp is not None:
        raise TypeError("texts of an elementwise rule serve forward mode as well; leave out jvp=")
    vjp = {n: t for n, t in zip(signature, texts, strict=True) if t is not None}
    for text in vjp.values():
        _check_text(fun, text, {*signature, "g", "out"}, {"g"})
    vjp = {n: t if _is_pointwise(t) else _measured(fun, t, "out") for n, t in vjp.items()}
    user = UserRule(fun, returns=returns)
    name = registry.user_name(fun, _own(fun))
    made = Rule(
        name, signature, custom.kind_of(user, signature, True), vjp={**vjp}, form="elementwise", user=user
    )
    made.raises = True
    return made


def _structural(fun: Any, args: str | None, vjp: Any, jvp: Any, linear: str, returns: Returns) -> Rule:
    signature = _parsed(args)
    arguments = tuple(n.strip() for n in linear.split(",") if n.strip())
    for given in (*vjp, *jvp, *arguments):
        if given not in signature:
            raise ValueError(f"the rule for {_own(fun)}() names {given!r}, which is not in {args!r}")
    for text in vjp.values():
        _check_text(fun, text, {*signature, "g", "out"}, {"g"})
    for n, text in jvp.items():
        _check_text(fun, text, {*signature, "g", f"{n}_dot", "out"}, {"g", f"{n}_dot"})
    user = UserRule(fun, returns=returns)
    name = registry.user_name(fun, _own(fun))
    kind = custom.kind_of(user, signature)
    back = {n: _measured(fun, t, n) for n, t in vjp.items()}
    forth = {n: _measured(fun, t, "out") for n, t in jvp.items()}
    made = Rule(name, signature, kind, vjp={**back}, jvp={**forth}, linear=arguments, user=user)
    made.raises = True
    return made


def _parsed(args: str | None) -> dict[str, Any]:
    if args is None:
        raise TypeError('a rule of texts needs the arguments\' names: rule(f, "x, y", ...)')
    try:
        signature = registry.parse_signature(args)
    except (SyntaxError, ValueError):
        raise ValueError(f"{args!r} is not a list of arguments with literal defaults") from None
    if any(n.startswith("*") or n in ("g", "out", "np", "math") for n in signature):
        raise ValueError("arguments of a rule of texts are not starred, nor called g, out, np or math")
    return signature


def _check_text(fun: Any, text: str, known: set[str], seeds: set[str]) -> None:
    """Raise ValueError for a text that could not be put into a derivative."""
    from s2sad.runtime import HELPERS

    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"the text {text!r} in the rule for {_own(fun)}() is no expression") from error
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    allowed = known | {"np", "math", "True", "False", "None", "div"} | HELPERS.keys() | set(registry.RULES)
    strange = sorted(names - allowed)
    if strange or (called & known):
        what = strange[0] if strange else sorted(called & known)[0]
        raise ValueError(f"the text {text!r} in the rule for {_own(fun)}() sees no {what!r}")
    if not names & seeds:
        raise ValueError(f"the text {text!r} in the rule for {_own(fun)}() does not contain {min(seeds)}")
    forms = (
        ast.Lambda,
        ast.ListComp,
        ast.GeneratorExp,
        ast.DictComp,
        ast.SetComp,
        ast.NamedExpr,
        ast.JoinedStr,
    )
    if any(isinstance(n, (*forms, ast.Starred, ast.Dict)) for n in ast.walk(tree)):
        raise ValueError(f"the text {text!r} in the rule for {_own(fun)}() is no plain expression")


def _measured(fun: Any, text: str, name: str) -> str:
    """A text that looks at the shape of what it gives."""
    return f"of_shape({text}, {name}, {_own(fun)!r})"


def _is_pointwise(text: str) -> bool:
    """Whether a text gives the shape that its operands broadcast to, whatever they are."""
    nodes = list(ast.walk(ast.parse(text, mode="eval")))
    if any(isinstance(n, ast.Subscript | ast.MatMult | ast.List | ast.Tuple) for n in nodes):
        return False
    called = [n.func for n in nodes if isinstance(n, ast.Call)]
    others = [n for n in nodes if isinstance(n, ast.Attribute) and n not in called]
    return all(ast.unparse(n) in NUMBERS for n in others) and all(_works_on_elements(n) for n in called)


def _works_on_elements(function: ast.expr) -> bool:
    name = ast.unparse(function)
    if name.startswith("math.") or name == "div":
        return True
    try:
        return registry.rule(name).form == "elementwise"
    except KeyError:
        return False


# ------------------------------------------------------------------------------------- kinds of the results


def _listed(returns: Returns) -> Returns:
    """What is declared of a result, with lists for tuples."""
    if isinstance(returns, dict):
        return {place: _listed(one) for place, one in returns.items()}
    if isinstance(returns, list) or (isinstance(returns, tuple) and not _is_array(returns)):
        return [_listed(one) for one in returns]
    return returns


def _check_returns(made: Rule) -> None:
    assert made.user is not None
    returns = made.user.returns
    if returns is None:
        return
    if not isinstance(returns, list):
        _check_return(made, returns)
        return
    if made.form != "function" or not returns:
        what = f"returns={returns!r} is for a function that returns a tuple, with vjp= and jvp= functions"
        raise ValueError(what)
    for one in returns:
        _check_return(made, one)


def _check_return(made: Rule, returns: Returns) -> None:
    assert made.user is not None
    good = returns in (float, int, complex, bool) or (
        isinstance(returns, int) and not isinstance(returns, bool)
    )
    if isinstance(returns, str):
        good = returns in made.signature
        if not good and "*args" not in made.signature:
            raise ValueError(f"returns={returns!r} is no argument of {_own(made.user.fun)}()")
    if isinstance(returns, tuple):
        good = _is_array(returns)
    if isinstance(returns, type) and issubclass(returns, _inexact()):
        good = True
    if not good:
        raise ValueError(
            f"returns={returns!r} is not understood: give an argument's name, float, int, complex, bool, "
            'np.float64 or the like, the rank of an array of float64, ("float32", rank), or a list of these '
            "for a tuple"
        )


def _is_array(returns: tuple[Any, ...]) -> bool:
    """Whether this is the type and rank of an array."""
    import numpy as np

    try:
        return len(returns) == 2 and isinstance(returns[1], int) and bool(np.dtype(returns[0]))
    except TypeError:
        return False


@functools.cache
def _inexact() -> type:
    import numpy as np

    return np.number


__all__ = ["rule"]
