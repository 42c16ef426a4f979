"""Functions of NumPy that call others: np.vectorize, np.apply_along_axis, np.fromfunction, polynomials.

The functions are known while the program is lowered, so that their calls become the loops they stand for:

    np.vectorize(f)(x)                  values = [f(a.item()) for a in np.ravel(x)], in the shape of x
    np.apply_along_axis(f, 0, m)        a loop over the columns of m
    np.apply_over_axes(np.sum, t, [0])  np.expand_dims(np.sum(t, 0), 0)
    np.fromfunction(f, (3, 4))          i, j = np.indices((3, 4)); f(i, j)
    np.polynomial.Polynomial(c)(x)      np.polynomial.polynomial.polyval(x, c)
"""

from __future__ import annotations

import ast
import functools
import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from s2sad.frontend.polynomials import Poly1d, Polynomial, Powers, Series, fitted, line_of
from s2sad.frontend.state import CALLABLE, Group, Local, Part, State, Super, Torn, Value
from s2sad.ir.nodes import Const, Ref
from s2sad.rules.binding import static_value
from s2sad.rules.registry import UNKNOWN, composite


def static(value: Value) -> Any:
    """A value that is known, UNKNOWN if it is not; groups are tuples and lists."""
    if isinstance(value, Group):
        items = [static(item) for item in value.items]
        if any(item is UNKNOWN for item in items):
            return UNKNOWN
        return items if value.cat == "list" else tuple(items)
    return UNKNOWN if isinstance(value, (*CALLABLE, Torn, Local, Super)) else static_value(value)


def argument(
    args: list[Value], kwargs: dict[str, Value], place: int, name: str, default: Any = None
) -> Value:
    return args[place] if len(args) > place else kwargs.get(name, Const(default))


def rank_known(low: State, value: Value, node: ast.AST, what: str) -> int:
    """The rank of an array, or of a list as NumPy sees it; refused where it is not known."""
    kind = low.kind(value)
    if kind.cat in ("list", "tuple"):
        items = low.unpack(value, None, node)
        return 1 + max((rank_known(low, item, node, what) for item in items), default=0)
    if kind.rank is None or not kind.is_number:
        low.refuse(
            node, f"{what} of an array whose rank is not known", "annotate it, or pass it as an argument"
        )
    return kind.rank


def _vectorized(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """A call of np.vectorize(f): a loop over the elements as Python numbers, as NumPy calls f."""
    function, stated, *operands = args
    assert isinstance(stated, Ref)
    options: _Options = stated.obj
    cores, excluded = options.cores, options.excluded
    whole = [k in excluded for k in range(len(operands))]
    spread = [v for v, is_whole in zip(operands, whole, strict=True) if not is_whole]
    if not kwargs.keys() <= excluded or not 1 <= len(spread) <= 4 or len(operands) > 8:
        low.refuse(node, "this form of np.vectorize is not supported", "write a loop over the elements")
    for operand in spread:
        kind = low.kind(operand)
        known = ("", "float64", "int", "int64", "complex128", *(() if kind.is_array else ("float",)))
        if not kind.is_number or kind.dtype not in known:
            low.refuse(node, "np.vectorize of what is no array of float64", "write a loop over the elements")
    ranks = cores or (0,) * len(operands)
    marks = tuple(None if w else rank for w, rank in zip(whole, ranks, strict=False))
    if len(marks) != len(operands):
        low.refuse(node, "a call that does not fit the signature of np.vectorize", "check the call")
    flat = all(low.kind(operand).rank in (0, 1) for operand in spread)
    rule = _loop_over(marks, options.typed, cores is not None, flat)
    made = low.apply(rule, [Part(function, [], kwargs), *operands], {}, node, hint=hint)
    results = made.items if isinstance(made, Group) else [made]
    if any(low.kind(r).dtype not in ("float64", "complex128", "float") for r in results):
        low.refuse(
            node,
            "np.vectorize of a function that does not give a float on every path",
            "write its numbers with a decimal point",
        )
    return made


class _Options(NamedTuple):
    """How a function made by np.vectorize is called.

    cores     the number of dimensions of each operand that the function takes whole, None without a signature
    excluded  places and names of arguments that are passed as they are
    typed     whether the results are floats by `otypes`
    """

    cores: tuple[int, ...] | None
    excluded: frozenset[int | str]
    typed: bool


def vectorize_options(otypes: Any, excluded: Any, signature: Any) -> Ref | None:
    """The options of np.vectorize as `vectorized` takes them; None where they are not supported."""
    types = list(otypes) if isinstance(otypes, str | list | tuple) else [otypes]
    floats = all(t in (None, float, np.float64, "d", "float", "float64") for t in types)
    cores = None if signature is None else _core_ranks(signature)
    plain = isinstance(excluded, list | tuple | set) and all(isinstance(k, int | str) for k in excluded)
    if not floats or len(types) > 1 or not plain or (signature is not None and cores is None):
        return None
    return Ref("options", _Options(cores, frozenset(excluded), otypes is not None))


def _vectorize(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.vectorize(f, otypes=float, excluded=[1], signature="(n)->()"); `cache` and `doc` change no value."""
    order = ("pyfunc", "otypes", "doc", "excluded", "cache", "signature")
    named = dict(zip(order, args, strict=False)) | kwargs
    known = {k: static(named[k]) for k in ("otypes", "excluded", "signature") if k in named}
    for keyword in node.keywords if isinstance(node, ast.Call) else ():
        if keyword.arg == "excluded" and isinstance(keyword.value, ast.Set):
            known["excluded"] = [getattr(item, "value", None) for item in keyword.value.elts]
    stated = vectorize_options(known.get("otypes"), known.get("excluded") or (), known.get("signature"))
    if stated is None or "pyfunc" not in named or not named.keys() <= set(order):
        low.refuse(node, "np.vectorize with these options", "write a loop over the elements")
    return Part(Ref("vectorized", vectorized), [named["pyfunc"], stated], {})


def _core_ranks(signature: Any) -> tuple[int, ...] | None:
    """How many dimensions of every operand the function takes whole; None for what is not supported."""
    if not isinstance(signature, str) or signature.count("->") != 1:
        return None
    operands, _, result = signature.partition("->")
    if result.count("(") != 1:
        return None
    groups = re.findall(r"\(([^)]*)\)", operands)
    return tuple(len([n for n in group.split(",") if n.strip()]) for group in groups)


def vectorized(function: Any, *operands: Any) -> Any:
    """Stands for the call of a function that np.vectorize made; the first operand holds its options."""
    return np.vectorize(function)(*operands[1:])


def _along_axis(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.apply_along_axis: a loop over the lines of an array."""
    function, axis, array = (argument(args, kwargs, k, n) for k, n in enumerate(("func1d", "axis", "arr")))
    rank = rank_known(low, array, node, "np.apply_along_axis")
    extra = {k: v for k, v in kwargs.items() if k not in ("func1d", "axis", "arr")}
    if rank == 0:
        low.refuse(node, "np.apply_along_axis of a number", "call the function")
    return low.apply(
        "lines_applied", [Part(function, [], extra), axis, array, *args[3:]], {}, node, hint=hint
    )


def _over_axes(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    """np.apply_over_axes: the function for one axis after the other."""
    function, value, axes = (argument(args, kwargs, k, n) for k, n in enumerate(("func", "a", "axes")))
    wanted = static(axes)
    rank = rank_known(low, value, node, "np.apply_over_axes")
    if wanted is UNKNOWN:
        low.refuse(node, "np.apply_over_axes of axes that are not literals", "write the axes out")
    for axis in wanted if isinstance(wanted, tuple | list) else (wanted,):
        place = Const(axis + rank if axis < 0 else axis)
        value = low.call_value(function, [value, place], {}, node)
        if rank_known(low, value, node, "np.apply_over_axes") != rank:
            value = low.apply("np.expand_dims", [value, place], {}, node)
    return value


def _from_function(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    """np.fromfunction: the function of the arrays of indices."""
    function, shape = (argument(args, kwargs, k, n) for k, n in enumerate(("function", "shape")))
    dtype = kwargs.get("dtype", Ref("float", float))
    sizes = low.unpack(shape, None, node)
    grid = low.apply("np.indices", [Group("tuple", sizes)], {"dtype": dtype}, node)
    extra = {k: v for k, v in kwargs.items() if k not in ("function", "shape", "dtype", "like")}
    indices = [low.getitem(grid, Const(k), node) for k in range(len(sizes))]
    return low.call_value(function, indices, extra, node, hint)


def _outer(name: str, mark: int | None) -> str:
    """The text of the shape that is looped over, without the axes that are passed whole."""
    return f"np.shape({name})[: np.ndim({name}) - {mark}]" if mark else f"np.shape({name})"


@functools.cache
def _loop_over(marks: tuple[int | None, ...], typed: bool, shaped: bool, flat: bool) -> str:
    """The rule that calls f in a loop: operands marked None are passed whole, others by the last k axes.

    (0, None)     for i in range(len(a)): values.append(f(a[i].item(), b))
    (1, 0)        the last axis of a is passed whole: values.append(f(a[i], b[i]))

    What is not `flat` is in NumPy's order of axes in memory: that of a ufunc of the operands.
    """
    names = "abcdefgh"[: len(marks)]
    given = dict(zip(names, marks, strict=True))
    over = [n for n, mark in given.items() if mark is not None]
    lines = [f"    {n}_core = np.shape({n})[np.ndim({n}) - {mark}:]" for n, mark in given.items() if mark]
    firsts = {n: f"{n}[..., {', '.join('0' * (given[n] or 0))}]" if given[n] else n for n in over}
    if len(over) == 1:
        lines += [f"    {over[0]} = np.asarray({over[0]})", f"    shape = {_outer(over[0], given[over[0]])}"]
    else:
        ones = ", ".join(f"{n}_one" for n in over)
        lines.append(f"    {ones} = np.broadcast_arrays({', '.join(firsts.values())})")
        lines.append(f"    shape = np.shape({over[0]}_one)")
    if not flat and not shaped:
        operands = [f"{n}_one" for n in over] if len(over) > 1 else over
        lines.append("    like = " + functools.reduce("np.logical_or({}, {})".format, operands))
        lines += _ORDERED
    calls = list(names)
    for place, (n, mark) in enumerate(given.items()):
        if mark:
            whole = n if len(over) == 1 else f"np.broadcast_to({n}, shape + {n}_core)"
            lines.append(f"    {n} = np.reshape({whole}, (math.prod(shape),) + {n}_core)")
            calls[place] = f"{n}[i]"
        elif mark == 0:
            lines.append(f"    {n} = np.ravel({n if len(over) == 1 else n + '_one'})")
            calls[place] = f"{n}[i]" if shaped else f"{n}[i].item()"
    lines += ["    values = []", f"    for i in range(len({over[0]})):"]
    lines.append(f"        values.append(f({', '.join(calls)}))")
    ends = _SHAPED if shaped else _TYPED if typed else _PLAIN
    lines += ends if flat or shaped else [line.replace("np.reshape(", "shaped(") for line in ends]
    name = "_".join(["vectorized", *("whole" if m is None else str(m) for m in marks)])
    name += "_typed" * typed + "_shaped" * shaped + "_flat" * flat
    composite(name, f"def vectorized(f, {', '.join(names)}):\n" + "\n".join(lines) + "\n")
    return name


_ORDERED = [
    "    def shaped(values, shape):",
    "        made = np.empty_like(like, dtype=values.dtype)",
    "        made[...] = np.reshape(values, shape)",
    "        return made",
]
_SHAPED = ["    values = np.array(values)", "    return np.reshape(values, shape + np.shape(values)[1:])"]
_TYPED = ["    return np.reshape(np.array(values), shape)"]
_PLAIN = [
    "    if isinstance(values[0], tuple):",
    "        firsts = [v[0] for v in values]",
    "        seconds = [v[1] for v in values]",
    "        return np.reshape(np.array(firsts), shape), np.reshape(np.array(seconds), shape)",
    "    if is_whole(values[0]):",
    "        raise TypeError('np.vectorize gives integers here, as the first result is one')",
    *_TYPED,
]


_NARROW = ("float16", "float32", "complex64")
_ENDS = ("val", "der", "int", "add", "sub", "mul", "pow")
_OWN = {"polyval": Poly1d, "polynomial.polynomial.polyval": Polynomial}  # these are added and multiplied


def _series(name: str, window: tuple[float, float] | None) -> Callable[..., Value]:
    """np.poly1d(c) and np.polynomial.Polynomial(c): functions of a point, known by their coefficients."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        if window is None and static(argument(args, kwargs, 1, "r", False)) is True:
            args, kwargs = [low.apply("np.poly", args[:1], {}, node)], {}
        domain = kwargs.get("domain", args[1] if len(args) == 2 else Const(None))
        if window is None or not 1 <= len(args) <= 2 or not kwargs.keys() <= {"domain"}:
            if len(args) != 1 or kwargs:
                low.refuse(node, "a polynomial with roots or a window", "use np.polyval or its like")
        if window and low.kind(args[0]).dtype in _NARROW:
            low.refuse(node, "a polynomial with narrow coefficients", "convert them with astype(float)")
        if name in _OWN and domain == Const(None):
            return low.call_value(Ref(_OWN[name].__name__, _OWN[name]), args[:1], {}, node)
        ends: list[Value] = [Const(v) for v in window or ()]
        line: Value = Const(None)
        if domain != Const(None):
            line = low.call_value(Ref("line_of", line_of), [domain, *ends], {}, node)
        return _made_series(low, name, args[0], line, node)

    return lowered


def _of_coefficients(name: str, polynomials: int) -> Callable[..., Value]:
    """A function of coefficients, which takes np.poly1d for them and gives as many as it takes any."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        if not any(_is_poly1d(a) for a in (*args, *kwargs.values())):
            return low.apply(name, args, kwargs, node, form=name, hint=hint)
        if name == "np.polyval" and _is_poly1d(argument(args, kwargs, 1, "x")):
            low.refuse(node, "a polynomial of a polynomial", "multiply coefficients by np.polymul")
        args = [low.attribute(a, "c", node) if _is_poly1d(a) else a for a in args]
        kwargs = {n: low.attribute(v, "c", node) if _is_poly1d(v) else v for n, v in kwargs.items()}
        made = low.apply(name, args, kwargs, node, hint=hint)
        if polynomials == 0:
            return made
        parts = [made] if polynomials == 1 else low.unpack(made, 2, node)
        found = [low.call_value(Ref("np.poly1d", np.poly1d), [part], {}, node) for part in parts]
        return found[0] if polynomials == 1 else Group("tuple", found)

    return lowered


def _is_poly1d(value: Value) -> bool:
    """Whether a polynomial is made here, or is one beside such."""
    return getattr(value, "cls", None) is Poly1d or isinstance(getattr(value, "obj", None), np.poly1d)


def _made_series(low: State, name: str, coef: Value, line: Value, node: ast.AST) -> Value:
    start = name.removesuffix("val")
    funs: list[Value] = [Ref(f"np.{start}{end}", operator.attrgetter(start + end)(np)) for end in _ENDS]
    made = Powers if name.endswith(".polyval") else Series
    return low.call_value(Ref(made.__name__, made), [coef, Group("tuple", funs), line], {}, node)


def _from_roots(name: str, window: tuple[float, float]) -> Callable[..., Value]:
    """np.polynomial.Polynomial.fromroots(roots) and the like."""
    fun = name.removesuffix("val") + "fromroots"

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        if len(args) != 1 or kwargs:
            low.refuse(node, "a polynomial with roots and a domain", "pass the roots alone")
        if low.kind(args[0]).dtype in _NARROW:
            low.refuse(node, "a polynomial with narrow roots", "convert them with astype(float)")
        coef = low.call_value(Ref(f"np.{fun}", operator.attrgetter(fun)(np)), args, {}, node)
        return _series(name, window)(low, [coef], {}, node, hint)

    return lowered


def _basis(name: str, window: tuple[float, float]) -> Callable[..., Value]:
    """np.polynomial.Chebyshev.basis(3) and the like."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        deg = static(argument(args, kwargs, 0, "deg"))
        if not isinstance(deg, int) or deg < 0 or len(args) + len(kwargs) != 1:
            low.refuse(node, "a basis of this degree or domain", "write the degree alone, as a number")
        ones = Group("list", [*[Const(0.0)] * deg, Const(1.0)])
        return _series(name, window)(low, [low.apply("np.array", [ones], {}, node)], {}, node, hint)

    return lowered


def _fit(name: str, window: tuple[float, float]) -> Callable[..., Value]:
    """np.polynomial.Polynomial.fit(x, y, deg) and the like."""

    def lowered(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
        named = dict(zip(("x", "y", "deg", "domain"), args, strict=False)) | kwargs
        if not {"x", "y", "deg"} <= named.keys() <= {"x", "y", "deg", "domain", "w"} or len(args) > 4:
            low.refuse(node, "a fit with these options", "pass x, y, deg, and domain or w")
        if any(low.kind(named[k]).dtype in _NARROW for k in "xy"):
            low.refuse(node, "a fit of narrow numbers", "convert them with astype(float)")
        fit = name.removesuffix("val") + "fit"
        ends: list[Value] = [Const(v) for v in window]
        domain = named.get("domain", Const(None))
        if isinstance(domain, Group) and not domain.items:  # that of the class
            domain = Group("tuple", ends)
        given = [named["x"], named["y"], named["deg"], domain, *ends, named.get("w", Const(None))]
        own = Ref(f"np.{fit}", operator.attrgetter(fit)(np))
        coef, line = low.unpack(low.call_value(Ref("fitted", fitted), [own, *given], {}, node), 2, node)
        return _made_series(low, name, coef, line, node)

    return lowered


FUNCTIONS: dict[Any, Callable[..., Value]] = {
    np.vectorize: _vectorize, vectorized: _vectorized, np.apply_along_axis: _along_axis,
    np.apply_over_axes: _over_axes, np.fromfunction: _from_function,
}  # fmt: skip
FUNCTIONS[np.poly1d] = _series("polyval", None)
for _name, _polynomials in (  # how many polynomials each gives; np.polyval and np.roots give numbers
    ("polyval", 0), ("roots", 0), ("polyadd", 1), ("polysub", 1), ("polymul", 1), ("polyder", 1),
    ("polyint", 1), ("polydiv", 2),
):  # fmt: skip
    FUNCTIONS[getattr(np, _name)] = _of_coefficients(f"np.{_name}", _polynomials)
for _class, _module, _function in (
    ("Polynomial", "polynomial", "polyval"), ("Chebyshev", "chebyshev", "chebval"),
    ("Legendre", "legendre", "legval"), ("Hermite", "hermite", "hermval"),
    ("HermiteE", "hermite_e", "hermeval"), ("Laguerre", "laguerre", "lagval"),
):  # fmt: skip
    _own, _ends = getattr(np.polynomial, _class), (0.0, 1.0) if _class == "Laguerre" else (-1.0, 1.0)
    FUNCTIONS[_own] = _series(f"polynomial.{_module}.{_function}", _ends)
    FUNCTIONS[_own.fit] = _fit(f"polynomial.{_module}.{_function}", _ends)
    FUNCTIONS[_own.fromroots] = _from_roots(f"polynomial.{_module}.{_function}", _ends)
    FUNCTIONS[_own.basis] = _basis(f"polynomial.{_module}.{_function}", _ends)
composite(
    "lines_applied",
    """def lines_applied(f, axis, array, *args):
    lines = np.moveaxis(array, axis, -1)
    shape = np.shape(lines)[:-1]
    lines = np.reshape(lines, (math.prod(shape), np.shape(lines)[-1]))
    values = []
    for i in range(len(lines)):
        values.append(f(lines[i], *args))
    z = np.array(values)
    if np.ndim(z) == 1:
        return np.reshape(z, shape)
    whole = np.reshape(z, shape + np.shape(z)[1:])
    if np.ndim(z) == 2:
        return np.moveaxis(whole, -1, axis)
    first = axis % np.ndim(array)
    return np.moveaxis(whole, tuple(range(1 - np.ndim(z), 0)), tuple(range(first, first + np.ndim(z) - 1)))
""",
)
