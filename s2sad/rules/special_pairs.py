"""scipy.special: functions with several results, spherical Bessel functions, derivatives by number.

    s, c = scipy.special.sici(x)      x_bar = s_bar*sin(x)/x + c_bar*cos(x)/x
    scipy.special.jvp(v, x)           x_bar = g*scipy.special.jvp(v, x, 2)

A result that is not used costs nothing. Formulas: NIST Digital Library of Mathematical Functions 6.2, 7.2,
9.2, 10.51, 22.13.
"""

from __future__ import annotations

from collections.abc import Callable

from scipy import special

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules import axes, results
from s2sad.rules.axes import refuse
from s2sad.rules.registry import UNKNOWN, Bound, Rule, Text, composite, parse_signature, register
from s2sad.rules.special import of_whole
from s2sad.runtime import functions

# name and arguments: the derivatives of the results in the first argument, with `r[0]`, ... for the results
_SEVERAL: dict[str, tuple[str, ...]] = {
    "sici(x)": ("np.sinc(x/np.pi)", "div(np.cos(x), x)"),
    "shichi(x)": ("_sinhc(x)", "div(np.cosh(x), x)"),
    "fresnel(z)": ("np.sin(1.5707963267948966*z*z)", "np.cos(1.5707963267948966*z*z)"),
    "airy(z)": ("r[1]", "z*r[0]", "r[3]", "z*r[2]"),
    "itj0y0(x)": ("scipy.special.j0(x)", "scipy.special.y0(x)"),
    "iti0k0(x)": ("scipy.special.i0(x)", "scipy.special.k0(x)"),
    "ellipj(u, m)": ("r[1]*r[2]", "-r[0]*r[2]", "-m*r[0]*r[1]", "r[2]"),
}  # fmt: skip


def _tuple_kind(function: object, names: tuple[str, ...]) -> Callable[[Bound], Kind]:
    def infer(bound: Bound) -> Kind:
        one = results.ufunc(function, *(bound.kind(n) for n in names))  # type: ignore[arg-type]
        if one.sort == "complex":
            raise NotImplementedError("this function of complex numbers")
        return Kind("tuple", items=(one,) * function.nout)  # type: ignore[attr-defined]

    return infer


def _enter_several(name: str, names: tuple[str, ...], slopes: tuple[str, ...]) -> None:
    function = getattr(special, name)
    first = names[0]
    parts = [t.replace("_sinhc(x)", "np.where(np.equal(x, 0), 1.0, div(np.sinh(x), x))") for t in slopes]
    texts = [t.replace("r[", "out[") for t in parts]
    vjp: dict[str, Text] = {first: f"along_slopes(g, ({', '.join(texts)}))"}
    jvp: dict[str, Text] = {first: f"({', '.join(f'({t})*{first}_dot' for t in texts)})"}
    if names[1:]:
        vjp[first] = f"unbroadcast({vjp[first]}, {first})"
    for other in names[1:]:
        vjp[other] = refuse(f"the derivative of scipy.special.{name} in {other!r}")
    register(
        Rule(f"scipy.special.{name}", dict.fromkeys(names, parse_signature("x")["x"]),
             _tuple_kind(function, names), vjp=vjp, jvp=jvp, partial=True),
        function,
    )  # fmt: skip


for _head, _slopes in _SEVERAL.items():
    _name, _arguments = _head[:-1].split("(")
    _enter_several(_name, tuple(_arguments.split(", ")), _slopes)
_sums = composite("along_slopes", axes.source_of(functions.along_slopes), (functions.along_slopes,))
_sums.kind = lambda b: kinds.num(None, "float64")

# ------------------------------------------------------- spherical Bessel functions, derivatives by number

for _name, _sign, _front in (("jn", "-", ""), ("yn", "-", ""), ("in", "+", ""), ("kn", "+", "-")):
    _call = f"scipy.special.spherical_{_name}"

    def _spherical(bound: Bound) -> Kind:
        if bound.static("derivative") is not False:
            raise NotImplementedError(
                "a spherical Bessel function with derivative=; differentiate the function itself"
            )
        one = results.ufunc(special.jv, bound.kind("n"), bound.kind("z"))
        return kinds.num(one.shape, one.dtype)

    _low = f"n*{_call}(np.maximum(n - 1, 0), z)"
    if _name in ("yn", "kn"):  # infinite at 0
        _low = f"np.where(np.equal(n, 0), 0.0, {_low})"
    _text = f"{_front}g*({_low} {_sign} (n + 1)*{_call}(n + 1, z))/(2*n + 1)"
    register(
        Rule(_call, parse_signature("n, z, derivative=False"), _spherical, form="elementwise",
             vjp={"n": refuse(f"the derivative of {_call} in 'n'"), "z": of_whole(_text)}),
        getattr(special, f"spherical_{_name}"),
    )  # fmt: skip


def _by_number(bound: Bound) -> Kind:
    if bound.static("n") is UNKNOWN:
        raise NotImplementedError("a derivative whose order is known at run time only")
    return results.ufunc(special.jv, bound.kind("v"), bound.kind("z"))


for _name in ("jvp", "yvp", "ivp", "kvp", "h1vp", "h2vp"):
    register(
        Rule(
            f"scipy.special.{_name}", parse_signature("v, z, n=1"),
            _by_number if _name[0] != "h" else lambda b: kinds.num(_by_number(b).shape, "complex128"),
            vjp={"v": refuse(f"the derivative of scipy.special.{_name} in 'v'"),
                 "z": lambda b, name=_name: f"g*scipy.special.{name}(v, z, {b.static('n') + 1})"},  # type: ignore[misc]
            form="elementwise",
        ),
        getattr(special, _name),
    )  # fmt: skip
_WAVES = "(np.arange(n) - 0.5*(n - 1))"
register(
    Rule(
        "scipy.special.diric", parse_signature("x, n"),
        lambda b: kinds.num(results.numeric(b.kind("x")).shape, "float64"),
        vjp={"x": f"-g*np.mean({_WAVES}*np.sin(np.expand_dims(x, -1)*{_WAVES}), axis=-1)",
             "n": refuse("the derivative of scipy.special.diric in 'n'")},
        jvp={"x": f"-x_dot*np.mean({_WAVES}*np.sin(np.expand_dims(x, -1)*{_WAVES}), axis=-1)"},
    ),
    special.diric,
)  # fmt: skip
