"""What s2sad knows about a function: its signature, the kind of its result, its derivative, its aliases.

A rule is data, under the canonical name of the primitive ("np.tanh", "math.sqrt", "add"); `canonical` leads
from a live object to that name. There are three forms.

* `elementwise("np.tanh", "x", "(1 - out*out)*g")`: one text per argument, the cotangent's contribution in
  terms of `g`, `out` and the arguments, *linear in g*; the tangent is the same text with `g` the argument's
  tangent. Sums over broadcast axes, conjugation for complex operands and guards are placed by the transform,
  never by a rule.
* `structural("np.sum", "a, axis=None, ...", kind=..., vjp={"a": text or function}, linear="a")`: `g` has the
  result's shape, the contribution has the argument's. A function gets a `Bound` call and returns the text (or
  None: zero).
* `composite("np.linalg.norm", ...)`: Python source in terms of other functions, differentiated like the
  user's.

In the texts the names are the signature's arguments, `g`, `out`, `np`, `math` and the functions of
`s2sad.runtime`. `div(p, q)` is a quotient whose divisor may be zero where the primal did not raise: it
becomes `p/q` under errstate for arrays and `ieee_div(p, q)` for Python floats.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MethodType
from typing import Any

import numpy as np

from s2sad.ir.kinds import Kind


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()  # the static value of an argument that is known at run time only
REQUIRED = _Unknown()


@dataclass(slots=True)
class Bound:
    """A call bound to a rule's signature, as the functions of a rule see it.

    kinds    kind of every argument that was given (a variadic one: a tuple kind with its elements' kinds)
    statics  its value where that is a literal, else UNKNOWN; defaults are entered
    out      kind of the result (absent while the kind is asked for)
    active   names of the arguments that carry derivatives
    unit     whether the cotangent is known to be 1, so that a product with it is no operation
    absent   of a function of several results: the places of those that have no cotangent
    lengths  of arguments that are known to be lengths of axes: the length, or a list of those in a tuple
    """

    kinds: dict[str, Kind]
    statics: dict[str, Any]
    out: Kind | None = None
    active: frozenset[str] = frozenset()
    unit: bool = False
    absent: frozenset[int] = frozenset()
    lengths: dict[str, Any] = field(default_factory=dict)

    def kind(self, name: str) -> Kind:
        return self.kinds[name]

    def rank(self, name: str) -> int | None:
        return self.kinds[name].rank

    def given(self, name: str) -> bool:
        """Whether the caller passed this argument."""
        return name in self.kinds

    def static(self, name: str) -> Any:
        """The literal value or default of an argument, UNKNOWN if it is known at run time only."""
        return self.statics.get(name, UNKNOWN)


Text = str | Callable[[Bound], str | None]
Joint = Callable[[Bound, bool], str | None]  # for two active operands, and whether they are one value


@dataclass(slots=True)
class UserRule:
    """What a user has said of a function.

    fun       the function itself
    vjp       `f_vjp(g, out, *args)` returns a cotangent for each argument; None if there is none
    jvp       `f_jvp(dots, out, *args)` returns the tangent of the result; None if there is none
    template  a function that computes the same in terms of others; None if there is none
    returns   what the function returns: see `s2sad.rule`
    """

    fun: Any
    vjp: Any = None
    jvp: Any = None
    template: Any = None
    returns: Any = None


@dataclass(slots=True)
class Rule:
    """An entry of the table.

    `effect` says whom the result aliases: "fresh", "view a", "maybe a"; `writes` names the arguments that the
    function writes into ("out" where given, "a" for in-place functions).
    """

    name: str
    signature: dict[str, Any]  # argument -> default literal or REQUIRED; "*arrays" is variadic
    kind: Callable[[Bound], Kind]
    vjp: dict[str, Text] = field(default_factory=dict)
    jvp: dict[str, Text] = field(default_factory=dict)
    linear: tuple[str, ...] = ()
    joint: Joint | None = None  # the whole tangent, where it is no sum of what single arguments contribute
    effect: str = "fresh"
    writes: tuple[str, ...] = ()
    form: str = "structural"
    holomorphic: bool = True
    source: str = ""
    raises: bool = False  # the primal may raise on Python scalars (a dead call is kept)
    impure: bool = False  # has an effect or depends on hidden state
    general: str = ""  # a composite for the calls that this rule does not take
    cheap: bool = False  # recomputing costs no more than reading a tape
    poles: bool = False  # the texts may warn on arrays where the function did not
    partial: bool = False  # the texts take None for the cotangent of one of several results that nobody uses
    user: UserRule | None = None  # of a rule that a user has registered


RULES: dict[str, Rule] = {}
_CANONICAL: dict[int, tuple[Any, str]] = {}
_METHODS: dict[tuple[type, str], str] = {}  # of the classes of single objects, as scipy.stats.norm is one
_TOPICS: dict[str, tuple[str, ...]] = {  # the tables of a module's functions, apart from its package's own
    "numpy": (
        "elementwise", "reductions", "running", "order", "shapes", "creation", "indexing", "places", "linalg",
        "statistics", "polynomials", "series", "bases", "complex_domains", "methods",
    ),
    "numpy.linalg": ("decompositions",),
    "numpy.fft": ("fourier",),
    "cmath": ("complex_math",),
    "scipy.special": ("special", "special_arrays", "special_pairs", "special_inverses"),
    "scipy.linalg": (
        "scipy_linalg", "scipy_factors", "scipy_eigen", "scipy_bands", "scipy_matrices", "subspaces",
    ),
    "scipy.fft": ("fourier", "scipy_fft", "fftpack"),
    "scipy.fftpack": ("fourier", "scipy_fft", "fftpack"),
    "scipy.optimize": ("rosenbrock", "solvers"),
    "scipy.stats": ("distributions", "law_moments", "scipy_stats", "scipy_samples"),
    "scipy.signal": ("signals", "recursive_filters", "resampling", "ranks", "responses"),
    "scipy.ndimage": ("signals", "images", "ranks", "labels"),
    "scipy.interpolate": ("curves", "splines", "scattered"),
    "scipy.sparse.linalg": ("sparse_products",),
    "scipy.integrate": ("sampled", "solvers", "trajectories"),
    "scipy.spatial": ("distances", "subspaces"),
    "math": ("elementwise", "scalars", "containers"),
    "heapq": ("containers",),
    "itertools": ("containers",),
    "_heapq": ("containers",),
    "_bisect": ("containers",),
    "bisect": ("containers",),
    "statistics": ("containers",),
    "builtins": ("scalars",),
    "_operator": ("elementwise",),
    "operator": ("elementwise",),
    "s2sad": ("scalars",),
    "s2sad.runtime.factors": ("decompositions",),
    "s2sad.runtime.spectra": ("fourier",),
    "s2sad.runtime.functions": ("distributions", "scipy_stats", "special_pairs", "special_arrays"),
    "s2sad.runtime.elliptic": ("special",),
    "s2sad.runtime.gammas": ("special",),
    "s2sad.runtime.slopes": ("special", "special_inverses"),
    "s2sad.runtime.matrix_laws": ("scipy_stats",),
    "s2sad.runtime.samples": ("scipy_samples",),
    "s2sad.runtime.equations": ("scipy_linalg", "scipy_factors", "scipy_matrices"),
    "s2sad.runtime.pencils": ("scipy_factors", "scipy_eigen", "scipy_matrices"),
    "s2sad.runtime.held": ("held",),
    "s2sad.runtime.series": ("series",),
    "s2sad.runtime.bands": ("scipy_bands",),
    "s2sad.runtime.filters": ("signals", "images"),
    "s2sad.runtime.distances": ("distances",),
    "s2sad.runtime.curves": ("curves", "splines", "scattered"),
    "s2sad.runtime.states": ("recursive_filters",),
    "s2sad.runtime.grids": ("images",),
    "s2sad.runtime.chosen": ("ranks",),
    "s2sad.runtime.sparse_products": ("sparse_products",),
    "s2sad.runtime.norms": ("decompositions", "containers"),
    "s2sad.runtime.lists": ("containers",),
    "s2sad.runtime.solvers": ("solvers",),
    "s2sad.runtime.trajectories": ("trajectories",),
}  # fmt: skip
_loaded: set[str] = set()


def register(rule: Rule, *objects: Any) -> Rule:
    """Enter a rule and the live objects that lead to it."""
    RULES[rule.name] = rule
    for obj in objects:
        if obj is None:  # a function that this NumPy lacks
            continue
        _CANONICAL[id(obj)] = (obj, rule.name)
    return rule


# Rules of users: names of such begin with "user:", and `version` is another object after each change.
USER = "user:"
_version: list[object] = [object()]


def version() -> object:
    """What stands for the present state of the users' rules: texts are written under one."""
    return _version[0]


def register_user(rule: Rule) -> Rule:
    """Enter a user's rule, in place of an older one for the same function."""
    assert rule.user is not None
    RULES[rule.name] = rule
    _CANONICAL[id(rule.user.fun)] = (rule.user.fun, rule.name)
    _version[0] = object()
    return rule


def user_name(fun: Any, own: str) -> str:
    """The name under which a user's rule for a function stands: the old one, or one that is free."""
    found = _CANONICAL.get(id(fun))
    if found is not None and found[0] is fun and found[1].startswith(USER):
        return found[1]
    name, k = f"{USER}{own}", 1
    while name in RULES:
        k += 1
        name = f"{USER}{own}_{k}"
    return name


def load(topic: str) -> None:
    """Import a table of rules; tables enter their rules when they are imported."""
    if topic not in _loaded:
        _loaded.add(topic)
        importlib.import_module(f"s2sad.rules.{topic}")


def canonical(obj: Any) -> str | None:
    """The canonical name of a live callable, or None if there is no rule for it."""
    found = _CANONICAL.get(id(obj))
    if found is not None and found[0] is obj:
        return found[1]
    if isinstance(obj, MethodType):  # scipy.stats.norm.logpdf is another object each time
        return canonical_method(obj.__self__, obj.__name__)
    holder = getattr(obj, "__objclass__", obj)  # methods of arrays have no module of their own
    module = getattr(holder, "__module__", None) or type(obj).__module__
    if isinstance(obj, np.ufunc) and getattr(np, obj.__name__, None) is not obj:
        module = "scipy.special"
    _load_for(str(module))
    found = _CANONICAL.get(id(obj))
    return found[1] if found is not None and found[0] is obj else None


def array_method(name: str) -> str | None:
    """The canonical name of what a method of arrays does, or None if there is no rule for it.

    >>> array_method("sum"), array_method("conjugate"), array_method("tobytes")
    ('np.sum', 'np.conj', None)
    """
    short = {"conjugate": "conj"}.get(name, name)
    for owner in (np.ndarray, np.float64):
        found = canonical(getattr(owner, short, None)) if hasattr(owner, short) else None
        if found is not None:
            return found
    _load_for("numpy")
    if short == "resize" or f"np.{short}" not in RULES:  # the method changes its array, np.resize does not
        return None
    return f"np.{short}"


def makes_array(fun: str) -> bool:
    """Whether what a primitive gives shares storage with nothing."""
    rule = RULES.get(fun)
    return rule is not None and rule.effect.split()[0] == "fresh"


def _load_for(module: str) -> None:
    """Import the tables of a module's functions: `numpy.fft` needs those of numpy and its own."""
    parts = module.split(".")
    for k in range(len(parts)):
        for topic in _TOPICS.get(".".join(parts[: k + 1]), ()):
            load(topic)


def register_method(rule: Rule, owner: Any, method: str) -> None:
    """Enter a rule for a method of the one object of its class, as `scipy.stats.norm.logpdf` is."""
    RULES[rule.name] = rule
    _METHODS[type(owner), method] = rule.name


def canonical_method(owner: Any, method: str) -> str | None:
    """The canonical name of a method of a live object, or None if there is no rule for it."""
    module = type(owner).__module__
    if not module.startswith("scipy."):
        return None
    _load_for(module)
    return _METHODS.get((type(owner), method))


def parameters(owner: Any) -> tuple[str, ...] | None:
    """The parameters that a call of a distribution freezes, None for any other object."""
    if not type(owner).__module__.startswith("scipy.stats."):
        return None
    if type(owner).__module__ == "scipy.stats._multivariate":
        name = canonical_method(owner, "logpdf") or canonical_method(owner, "logpmf")
        return None if name is None else tuple(RULES[name].signature)[1:]
    if canonical_method(owner, "cdf") is None:
        return None
    shapes = tuple(owner.shapes.split(", ")) if owner.shapes else ()
    return (*shapes, "loc", "scale") if hasattr(owner, "logpdf") else (*shapes, "loc")


def load_all() -> None:
    """Import every table."""
    for topic in sorted({t for topics in _TOPICS.values() for t in topics}):
        load(topic)


def rule(name: str) -> Rule:
    """The rule of a canonical name; KeyError if there is none."""
    if name not in RULES:
        for topic in (*_TOPICS["numpy"], "scalars"):
            load(topic)
        from s2sad.runtime import HELPERS

        helper = HELPERS.get(name)
        _load_for(helper.__module__ if helper is not None else name.replace("np.", "numpy.", 1))
    return RULES[name]


def general(rule: Rule) -> str:
    """The name of a rule's composite, of which another table of the function's module may be the place."""
    if rule.general not in RULES:
        _load_for(rule.name)
    return rule.general


def parse_signature(text: str) -> dict[str, Any]:
    """`"a, axis=None, *, keepdims=False"` as a dict of defaults; a variadic argument keeps its star."""
    import ast

    args = ast.parse(f"def f({text}): pass").body[0].args  # type: ignore[attr-defined]
    names = [a.arg for a in args.posonlyargs + args.args]
    defaults = [REQUIRED] * (len(names) - len(args.defaults)) + [ast.literal_eval(d) for d in args.defaults]
    signature: dict[str, Any] = dict(zip(names, defaults, strict=True))
    if args.vararg is not None:
        signature["*" + args.vararg.arg] = REQUIRED
    for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        signature[arg.arg] = REQUIRED if default is None else ast.literal_eval(default)
    return signature


def elementwise(
    name: str,
    args: str,
    *texts: str | Callable[[Bound], str | None] | None,
    objects: tuple[Any, ...] = (),
    dtype: str | None = None,
    kind: Callable[[Bound], Kind] | None = None,
    **options: Any,
) -> Rule:
    """Enter an elementwise function: one text per argument, None where the derivative is exactly zero.

    `dtype` is the result's dtype where it is not the promoted one ("bool" for comparisons). Keywords `out`,
    `where` and `dtype` of ufuncs are part of every signature of an "np." name.
    """
    names = [a.strip() for a in args.split(",")]
    signature: dict[str, Any] = dict.fromkeys(names, REQUIRED)
    if name.startswith("np."):
        signature.update(out=None, where=True, dtype=None)

    def infer(bound: Bound) -> Kind:
        from s2sad.ir import kinds

        return kinds.elementwise(*(bound.kinds[n] for n in names if n in bound.kinds), dtype=dtype)

    vjp = {n: t for n, t in zip(names, texts, strict=False) if t is not None}
    options.setdefault("writes", ("out",) if name.startswith("np.") else ())
    made = Rule(name, signature, kind or infer, vjp=vjp, form="elementwise", **options)
    return register(made, *objects)


def structural(
    name: str,
    signature: str,
    kind: Callable[[Bound], Kind],
    vjp: dict[str, Text] | None = None,
    objects: tuple[Any, ...] = (),
    **options: Any,
) -> Rule:
    """Enter a function on whole arrays; `linear` in the options names arguments in which it is linear."""
    return register(Rule(name, parse_signature(signature), kind, vjp=vjp or {}, **options), *objects)


def composite(name: str, source: str, objects: tuple[Any, ...] = (), **options: Any) -> Rule:
    """Enter a function by plain Python source (`def norm(x, ord=None): ...`), inlined where it is called."""
    from s2sad.ir import kinds

    head = source.split("def ", 1)[1]
    signature = head[head.index("(") + 1 : head.index("):")]
    parsed = parse_signature(signature)
    made = Rule(name, parsed, lambda _: kinds.OBJECT, form="composite", source=source, **options)
    return register(made, *objects)
