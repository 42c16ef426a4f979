"""The series of numpy.polynomial beyond sums, derivatives and values: products, powers, quotients, roots,
fits, matrices of values, weights, changes of basis, series in two and three variables.

They are composites, loops in the order of NumPy's own, so that values agree to the last bit:

    legmulx(c)        p[i + 1] = c[i]*(i + 1)/(2*i + 1);  p[i - 1] += c[i]*i/(2*i + 1)
    chebvander(x, n)  v[i] = v[i - 1]*(2*x) - v[i - 2]

In the texts `P` stands for `np.polynomial.<module>.<prefix>`, so that `Pmulx(c)` is a call of chebmulx,
legmulx and so on, and `Q` for `np.polynomial.polynomial.poly`. Recurrences: NIST Digital Library of
Mathematical Functions, 18.9.
"""

from __future__ import annotations

import importlib
import operator
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind
from s2sad.rules.registry import Bound, composite, structural
from s2sad.rules.series import PAIR


@dataclass(frozen=True, slots=True)
class _Basis:
    """What a basis is made of, as texts.

    mulx      the first two places of x*series, and the step for the i-th place
    vander    the first power, and the recurrence
    roots     scale, the diagonal beside the main one, the last column, the one root of a line
    """

    prefix: str
    mulx: tuple[str, str]
    vander: tuple[str, str]
    scale: str
    beside: str
    column: str
    single: str
    weight: str
    line: str
    to_power: tuple[str, str, str]


_HALF = "1.0/np.sqrt({}np.arange(n - 1, 0, -1))"
_SCALE = "np.multiply.accumulate(np.hstack((1.0, {})))[::-1]"
_BASES: dict[str, _Basis] = {
    "chebyshev": _Basis(
        "cheb", ("0*c[0]\n    z[1] = c[0]", ""), ("x", "v[i - 1]*(2*x) - v[i - 2]"),
        "np.array([1.0] + [np.sqrt(0.5)]*(n - 1))",
        "np.concatenate((np.array([np.sqrt(0.5)]), np.full(n - 2, 1/2)))",
        "-(c[:-1]/c[-1])*(scale/scale[-1])*0.5", "-c[0]/c[1]",
        "1.0/(np.sqrt(1.0 + x)*np.sqrt(1.0 - x))", "[off, scl]",
        ("Qsub(c[i - 2], c1)", "Qadd(tmp, Qmulx(c1)*2)", "Qadd(c0, Qmulx(c1))"),
    ),
    "legendre": _Basis(
        "leg", ("0*c[0]\n    z[1] = c[0]",
                "z[i + 1] = c[i]*(i + 1)/(2*i + 1)\n        z[i - 1] += c[i]*i/(2*i + 1)"),
        ("x", "(v[i - 1]*x*(2*i - 1) - v[i - 2]*(i - 1))/i"),
        "1.0/np.sqrt(2*np.arange(n) + 1)", "np.arange(1, n)*scale[:n - 1]*scale[1:n]",
        "-(c[:-1]/c[-1])*(scale/scale[-1])*(n/(2*n - 1))", "-c[0]/c[1]", "x*0.0 + 1.0", "[off, scl]",
        ("Qsub(c[i - 2], c1*(i - 1)/i)", "Qadd(tmp, Qmulx(c1)*(2*i - 1)/i)", "Qadd(c0, Qmulx(c1))"),
    ),
    "hermite": _Basis(
        "herm", ("0*c[0]\n    z[1] = c[0]/2", "z[i + 1] = c[i]/2\n        z[i - 1] += c[i]*i"),
        ("x*2", "v[i - 1]*(x*2) - v[i - 2]*(2*(i - 1))"),
        _SCALE.format(_HALF.format("2.0*")), "np.sqrt(0.5*np.arange(1, n))",
        "-(scale*c[:-1]/(2.0*c[-1]))", "-0.5*c[0]/c[1]", "np.exp(-x**2)", "[off, scl/2]",
        ("Qsub(c[i - 2], c1*(2*(i - 1)))", "Qadd(tmp, Qmulx(c1)*2)", "Qadd(c0, Qmulx(c1)*2)"),
    ),
    "hermite_e": _Basis(
        "herme", ("0*c[0]\n    z[1] = c[0]", "z[i + 1] = c[i]\n        z[i - 1] += c[i]*i"),
        ("x", "v[i - 1]*x - v[i - 2]*(i - 1)"),
        _SCALE.format(_HALF.format("")), "np.sqrt(np.arange(1, n))",
        "-(scale*c[:-1]/c[-1])", "-c[0]/c[1]", "np.exp(-0.5*x**2)", "[off, scl]",
        ("Qsub(c[i - 2], c1*(i - 1))", "Qadd(tmp, Qmulx(c1))", "Qadd(c0, Qmulx(c1))"),
    ),
    "laguerre": _Basis(
        "lag", ("c[0]\n    z[1] = -c[0]",
                "z[i + 1] = -c[i]*(i + 1)\n        z[i] += c[i]*(2*i + 1)\n        z[i - 1] -= c[i]*i"),
        ("1 - x", "(v[i - 1]*(2*i - 1 - x) - v[i - 2]*(i - 1))/i"),
        "np.ones(n)", "-np.arange(1.0, n)", "(c[:-1]/c[-1])*n", "1 + c[0]/c[1]", "np.exp(-x)",
        "[off + scl, -scl]",
        ("Qsub(c[i - 2], (c1*(i - 1))/i)", "Qadd(tmp, Qsub((2*i - 1)*c1, Qmulx(c1))/i)",
         "Qadd(c0, Qsub(c1, Qmulx(c1)))"),
    ),
}  # fmt: skip
_BOTH = "np.concatenate((0*{0}[1:], {0}/2))"  # half of a series by cosines, as one by powers from -n to n
_HALF_OF_Z = "np.concatenate((z[len(z)//2:len(z)//2 + 1], z[len(z)//2 + 1:]*2))"
_POWER = importlib.import_module("numpy.polynomial.polynomial")
_SERIES = "    {0} = np.array({0}, ndmin=1) + 0.0\n    {0} = {0}[:filled_length({0})]\n"


def _enter(module: str, prefix: str, name: str, source: str) -> None:
    """Enter one function; in its text P and Q stand for the functions of this basis and of powers."""
    holder: Any = importlib.import_module(f"numpy.polynomial.{module}")
    made = re.sub(r"\bP(?=[a-z])", f"np.polynomial.{module}.{prefix}", source)
    made = re.sub(r"\bQ(?=[a-z])", "np.polynomial.polynomial.poly", made)
    composite(f"np.polynomial.{module}.{name}", made, (getattr(holder, name),))


def _mulx(basis: _Basis) -> str:
    first, step = basis.mulx
    body = f"    for i in range(1, len(c)):\n        {step}\n"
    if basis.prefix == "cheb":
        body = "    if len(c) > 1:\n        tmp = c[1:]/2\n        z[2:] = tmp\n        z[:-2] += tmp\n"
    return (
        f"def {basis.prefix}mulx(c):\n" + _SERIES.format("c")
        + "    if len(c) == 1 and c[0] == 0:\n        return c\n"
        + f"    z = np.zeros_like(c, shape=len(c) + 1)\n    z[0] = {first}\n{body}    return z\n"
    )  # fmt: skip


def _mul(module: str, prefix: str) -> str:
    if prefix == "cheb":
        return (
            "def chebmul(c1, c2):\n" + PAIR
            + f"    z1 = {_BOTH.format('c1')}\n    z2 = {_BOTH.format('c2')}\n"
            "    z = np.convolve(z1 + z1[::-1], z2 + z2[::-1])\n"
            f"    z = {_HALF_OF_Z}\n    return z[:filled_length(z)]\n"
        )  # fmt: skip
    return (
        f"def {prefix}mul(c1, c2):\n" + PAIR
        + f"    z = series_product(c1, c2, len(c1) + len(c2) - 1, {module!r})\n"
        "    return z[:filled_length(z)]\n"
    )  # fmt: skip


def _pow(basis: str) -> str:
    """Powers by repeated products; the bound is that of NumPy."""
    first, step, end = "c", f"{basis}mul(z, c)", "z"
    if basis == "poly":
        step = "np.convolve(z, c)"
    if basis == "cheb":
        first = f"{_BOTH.format('c')}\n    c = z + z[::-1]\n    z = c"
        step, end = "np.convolve(z, c)", _HALF_OF_Z
    step = re.sub(r"^\w+mul\(", "Pmul(", step)
    bound = "None" if basis == "poly" else "16"
    return (
        f"def {basis}pow(c, pow, maxpower={bound}):\n" + _SERIES.format("c")
        + f"""    if int(pow) != pow or pow < 0:
        raise ValueError("Power must be a non-negative integer.")
    if maxpower is not None and pow > maxpower:
        raise ValueError("Power is too large")
    if pow == 0:
        return np.ones_like(c, shape=1)
    if pow == 1:
        return c
    z = {first}
    for _ in range(2, pow + 1):
        z = {step}
    return {end}
"""
    )  # fmt: skip


def _div(basis: str) -> str:
    """Quotient and remainder, by division from the highest term."""
    loop = """    q = np.zeros_like(c1, shape=len(c1) - len(c2) + 1)
    r = c1
    for i in range(len(c1) - len(c2), -1, -1):
        p = Pmul([0.0]*i + [1.0], c2)
        share = r[-1]/p[-1]
        r = r[:-1] - share*p[:-1]
        q[i] = share
    return q, r[:filled_length(r)]
"""
    if basis == "poly":
        loop = """    n = len(c2) - 1
    below = c2[:-1]/c2[-1]
    r = c1.copy()
    for i in range(len(c1) - len(c2), -1, -1):
        r[i:i + n] -= below*r[i + n]
    rest = r[:n]
    return r[n:]/c2[-1], rest[:filled_length(rest)]
"""
    return (
        f"def {basis}div(c1, c2):\n" + PAIR
        + """    if c2[-1] == 0:
        raise ZeroDivisionError
    if len(c1) < len(c2):
        return c1[:1]*0, c1
    if len(c2) == 1:
        return c1/c2[-1], c1[:1]*0
"""
        + loop
    )  # fmt: skip


def _roots(basis: _Basis) -> str:
    """Eigenvalues of the scaled companion matrix; `eigvals` of its transpose of indices, as NumPy has it."""
    middle = " + np.diag(2.0*np.arange(n) + 1.0)" if basis.prefix == "lag" else ""
    return (
        f"def {basis.prefix}companion(c):\n" + _SERIES.format("c")
        + f"""    if len(c) < 2:
        raise ValueError("Series must have maximum degree of at least 1.")
    if len(c) == 2:
        return np.array([[{basis.single}]])
    n = len(c) - 1
    scale = {basis.scale}
    beside = {basis.beside}
    m = np.zeros_like(c, shape=(n, n))
    m[...] = np.diag(beside, 1) + np.diag(beside, -1){middle}
    m[:, -1] += {basis.column}
    return m
"""
    )  # fmt: skip


def _sorted_roots(prefix: str, single: str, matrix: str) -> str:
    return (
        f"def {prefix}roots(c):\n" + _SERIES.format("c")
        + f"""    if len(c) < 2:
        return c[:0]
    if len(c) == 2:
        return np.array([{single}])
    return np.sort(np.linalg.eigvals({matrix}))
"""
    )  # fmt: skip


def _vander(basis: _Basis) -> str:
    first, step = basis.vander
    return f"""def {basis.prefix}vander(x, deg):
    x = np.ascontiguousarray(x) + 0.0
    v = [x*0 + 1]
    if deg > 0:
        v.append({first})
    for i in range(2, deg + 1):
        v.append({step})
    return np.moveaxis(np.stack(v), 0, -1)
"""


_COMMON = {
    "fromroots": """def Pfromroots(roots):
    if len(roots) == 0:
        return np.ones(1)
    r = np.sort(np.array(roots, ndmin=1) + 0.0)
    parts = [Pline(-r[i], 1) for i in range(len(r))]
    while len(parts) > 1:
        half = len(parts)//2
        made = [Pmul(parts[i], parts[i + half]) for i in range(half)]
        if len(parts) % 2 == 1:
            made[0] = Pmul(made[0], parts[-1])
        parts = made
    return parts[0]
""",
    "val3d": """def Pval3d(x, y, z, c):
    c = Pval(np.asarray(x), c)
    c = Pval(np.asarray(y), c, tensor=False)
    return Pval(np.asarray(z), c, tensor=False)
""",
    "val2d": """def Pval2d(x, y, c):
    c = Pval(np.asarray(x), c)
    return Pval(np.asarray(y), c, tensor=False)
""",
    "grid2d": """def Pgrid2d(x, y, c):
    c = Pval(x, c)
    return Pval(y, c)
""",
    "grid3d": """def Pgrid3d(x, y, z, c):
    c = Pval(x, c)
    c = Pval(y, c)
    return Pval(z, c)
""",
    "vander2d": """def Pvander2d(x, y, deg):
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    v = Pvander(x, deg[0])[..., :, None]*Pvander(y, deg[1])[..., None, :]
    return np.reshape(v, np.shape(v)[:-2] + ((deg[0] + 1)*(deg[1] + 1),))
""",
    "vander3d": """def Pvander3d(x, y, z, deg):
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    z = np.asarray(z) + 0.0
    v = Pvander(x, deg[0])[..., :, None, None]*Pvander(y, deg[1])[..., None, :, None]
    v = v*Pvander(z, deg[2])[..., None, None, :]
    return np.reshape(v, np.shape(v)[:-3] + ((deg[0] + 1)*(deg[1] + 1)*(deg[2] + 1),))
""",
    "fit": """def Pfit(x, y, deg, rcond=None, w=None):
    x = np.asarray(x) + 0.0
    y = np.asarray(y) + 0.0
    if np.ndim(deg) == 0:
        powers = Pvander(x, deg).T
    else:
        powers = Pvander(x, max(deg)).T[sorted(deg)]
    values = y.T
    if w is not None:
        w = np.asarray(w) + 0.0
        powers = powers*w
        values = values*w
    squares = np.square(powers.real)
    if np.iscomplexobj(powers):
        squares = squares + np.square(powers.imag)
    scale = np.sqrt(np.sum(squares, axis=1))
    c = np.linalg.lstsq(powers.T/scale, values.T, len(x)*2.220446049250313e-16 if rcond is None else rcond)[0]
    c = (c.T/scale).T
    if np.ndim(deg) == 0:
        return c
    whole = np.zeros_like(c, shape=(max(deg) + 1,) + np.shape(c)[1:])
    whole[sorted(deg)] = c
    return whole
""",
}


def _line(prefix: str, both: str) -> str:
    off = "[off]"
    return f"def {prefix}line(off, scl):\n    return np.array({both}) if scl != 0 else np.array({off})\n"


def _enter_common(module: str, prefix: str) -> None:
    for name, source in _COMMON.items():
        _enter(module, prefix, prefix + name, source.replace("def P", f"def {prefix}"))


def _enter_basis(module: str, basis: _Basis) -> None:
    prefix = basis.prefix
    functions = {
        "mulx": _mulx(basis), "mul": _mul(module, prefix), "pow": _pow(prefix), "div": _div(prefix),
        "companion": _roots(basis), "vander": _vander(basis), "line": _line(prefix, basis.line),
        "roots": _sorted_roots(prefix, basis.single, "Pcompanion(c)[::-1, ::-1]"),
        "weight": f"def {prefix}weight(x):\n    return {basis.weight}\n",
    }  # fmt: skip
    if prefix == "cheb":  # whose quotient NumPy finds from both ends
        del functions["div"]
    for name, source in functions.items():
        _enter(module, prefix, prefix + name, source)
    low, high, end = basis.to_power
    few = f"    if len(c) < {2 if prefix in ('herm', 'lag') else 3}:\n        return c\n"
    if prefix == "herm":
        few += "    if len(c) == 2:\n        z = c.copy()\n        z[1] *= 2\n        return z\n"
    _enter(module, prefix, f"{prefix}2poly", (
        f"def {prefix}2poly(c):\n" + _SERIES.format("c") + few
        + f"""    c0 = c[-2:-1]
    c1 = c[-1:]
    for i in range(len(c) - 1, 1, -1):
        tmp = c0
        c0 = {low}
        c1 = {high}
    return {end}
"""
    ))  # fmt: skip
    _enter(module, prefix, f"poly2{prefix}", (
        f"def poly2{prefix}(pol):\n" + _SERIES.format("pol")
        + """    z = np.zeros(1, np.result_type(pol, np.zeros(1)))
    for i in range(len(pol) - 1, -1, -1):
        z = Padd(Pmulx(z), pol[i])
    return z
"""
    ))  # fmt: skip
    _enter_common(module, prefix)


for _module, _basis in _BASES.items():
    _enter_basis(_module, _basis)
_POWERS = {
    "mulx": "def polymulx(c):\n" + _SERIES.format("c") + """    if len(c) == 1 and c[0] == 0:
        return c
    return np.concatenate((c[:1]*0, c))
""",
    "pow": _pow("poly"), "div": _div("poly"), "line": _line("poly", "[off, scl]"),
    "companion": "def polycompanion(c):\n" + _SERIES.format("c") + """    if len(c) < 2:
        raise ValueError("Series must have maximum degree of at least 1.")
    if len(c) == 2:
        return np.array([[-c[0]/c[1]]])
    n = len(c) - 1
    m = np.zeros_like(c, shape=(n, n))
    for i in range(1, n):
        m[i, i - 1] = 1.0
    m[:, -1] -= c[:-1]/c[-1]
    return m
""",
    "roots": _sorted_roots("poly", "-c[0]/c[1]", "Pcompanion(c)"),
    "valfromroots": """def polyvalfromroots(x, r, tensor=True):
    r = np.array(r, ndmin=1)
    x = np.asarray(x) if np.ndim(x) > 0 else x
    if np.ndim(x) > 0 and tensor:
        r = np.reshape(r, np.shape(r) + (1,)*np.ndim(x))
    return np.prod(x - r, axis=0)
""",
}  # fmt: skip
for _name, _source in _POWERS.items():
    _enter("polynomial", "poly", f"poly{_name}", _source)
_enter_common("polynomial", "poly")


def _points_and_weights(bound: Bound) -> Kind:
    return Kind("tuple", items=(kinds.array((kinds.new_length(),), "float64"),) * 2)


for _name in ("legendre.leggauss", "chebyshev.chebgauss", "hermite.hermgauss", "hermite_e.hermegauss",
              "laguerre.laggauss"):  # fmt: skip
    _gauss = operator.attrgetter(_name)(np.polynomial)
    structural(f"np.polynomial.{_name}", "deg", _points_and_weights, {}, (_gauss,))
