"""scipy.special on whole arrays: logsumexp, softmax, log_softmax.

z = scipy.special.logsumexp(a, axis=1)    a_bar = g[:, None]*np.exp(a - out[:, None])
z = scipy.special.softmax(x)              x_bar = out*(g - np.sum(g*out))
"""

from __future__ import annotations

from scipy import special

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes
from s2sad.rules.axes import as_array, axis_args, rank_of, reduced, shape_of, spread
from s2sad.rules.registry import UNKNOWN, Bound, composite, structural
from s2sad.runtime import functions


def _weighted(bound: Bound) -> bool:
    return bound.given("b") and bound.kind("b").cat != "none"


def _kind(bound: Bound) -> Kind:
    if bound.static("return_sign") is UNKNOWN:
        raise NotImplementedError("scipy.special.logsumexp with return_sign that is known at run time only")
    one = _logarithm(bound)
    return Kind("tuple", items=(one, one)) if bound.static("return_sign") else one


def _logarithm(bound: Bound) -> Kind:
    own = as_array(bound.kind("a"))
    if own.sort == "complex":
        raise NotImplementedError("scipy.special.logsumexp of complex numbers")
    dtype = axes.averaged(own.dtype)
    if not _weighted(bound):
        return reduced(bound, dtype)
    other = as_array(bound.kind("b"))
    both = kinds.broadcast(own.shape, other.shape)
    if own.shape is not None and both is not None and len(both) != len(own.shape):
        raise NotImplementedError("scipy.special.logsumexp with b of more dimensions than a")
    dtype = axes.averaged(axes.promoted([own, other]))
    whole = Bound(bound.kinds | {"a": kinds.array(both, dtype)}, bound.statics)
    return reduced(whole, dtype)


def _shares(bound: Bound) -> str:
    return f"np.exp(a - {spread(bound, 'out')})"


def _signed(bound: Bound) -> str:
    """The derivative by the products b*exp(a), where the sign is a result."""
    b = "b" if _weighted(bound) else "1.0"
    axis, keepdims = axes.literal(bound, "axis"), axes.literal(bound, "keepdims")
    return f"signed_shares(Z, a, {b}, out[0], out[1], {axis}, {keepdims})"


def _signed_dot(bound: Bound, inner: str) -> str:
    shares = _signed(bound).replace("Z", "1.0")
    return f"(np.sum({shares}*{inner}{axis_args(bound)}), np.zeros_like(out[1]))"


def _a_text(bound: Bound) -> str:
    if bound.static("return_sign"):
        made = _signed(bound).replace("Z", "g[0]")
        return f"unbroadcast({made}*b, a)" if _weighted(bound) else made
    if not _weighted(bound):
        return f"{spread(bound, 'g')}*{_shares(bound)}"
    return f"unbroadcast({spread(bound, 'g')}*(b*{_shares(bound)}), a)"


def _b_text(bound: Bound) -> str:
    if bound.static("return_sign"):
        return f"unbroadcast({_signed(bound).replace('Z', 'g[0]')}, b)"
    return f"unbroadcast({spread(bound, 'g')}*{_shares(bound)}, b)"


def _b_tangent(bound: Bound) -> str:
    if bound.static("return_sign"):
        return _signed_dot(bound, "b_dot")
    return f"np.sum({_shares(bound)}*b_dot{axis_args(bound)})"


def _a_tangent(bound: Bound) -> str:
    if bound.static("return_sign"):
        return _signed_dot(bound, "b*a_dot" if _weighted(bound) else "a_dot")
    weight = "b*" if _weighted(bound) else ""
    return f"np.sum({weight}{_shares(bound)}*a_dot{axis_args(bound)})"


structural(
    "scipy.special.logsumexp",
    "a, axis=None, b=None, keepdims=False, return_sign=False",
    _kind,
    {"a": _a_text, "b": _b_text},
    (special.logsumexp,),
    jvp={"a": _a_tangent, "b": _b_tangent},
    poles=True,  # a row of -inf, -inf - -inf
)
composite("signed_shares", axes.source_of(functions.signed_shares), (functions.signed_shares,)).kind = (
    lambda b: kinds.num(None, "float64")
)


def _same(bound: Bound) -> Kind:
    dtype = axes.averaged(as_array(bound.kind("x")).dtype)
    shape = shape_of(bound, "x")
    return kinds.num(shape, dtype) if rank_of(bound, "x") == 0 else kinds.array(shape, dtype)


def _kept(bound: Bound) -> str:
    return f"{axis_args(bound, keep=True)}"


def _conj(bound: Bound, text: str) -> str:
    return f"np.conj({text})" if axes.is_complex(bound, "x") else text


structural(
    "scipy.special.softmax",
    "x, axis=None",
    _same,
    {"x": lambda b: f"{_conj(b, 'out')}*(g - np.sum(g*{_conj(b, 'out')}{_kept(b)}))"},
    (special.softmax,),
    jvp={"x": lambda b: f"out*(x_dot - np.sum(x_dot*out{_kept(b)}))"},
)
structural(
    "scipy.special.log_softmax",
    "x, axis=None",
    _same,
    {"x": lambda b: f"g - {_conj(b, 'np.exp(out)')}*np.sum(g{_kept(b)})"},
    (special.log_softmax,),
    jvp={"x": lambda b: f"x_dot - np.sum(np.exp(out)*x_dot{_kept(b)})"},
)


def _rule_kind(bound: Bound) -> Kind:
    if bound.static("mu") is not False:
        raise NotImplementedError("the points and weights of a quadrature with mu; leave it out")
    length = kinds.new_length()
    return Kind("tuple", items=(kinds.array((length,), "float64"),) * 2)


for _name in ("legendre", "hermite", "laguerre"):
    _rule = getattr(special, f"roots_{_name}")
    structural(f"scipy.special.roots_{_name}", "n, mu=False", _rule_kind, {}, (_rule,))
