"""scipy.integrate: integrals of sampled functions, and of functions by a fixed rule.

z = scipy.integrate.simpson(y, dx=h)           a formula, in SciPy's own order
"""

from __future__ import annotations

import importlib

import scipy
from scipy import integrate

from s2sad.rules.registry import composite

importlib.import_module("s2sad.rules.statistics")

composite(
    "scipy.integrate.trapezoid",
    """def trapezoid(y, x=None, dx=1.0, axis=-1):
    return np.trapezoid(y, x, dx, axis)
""",
    (integrate.trapezoid,),
)
composite(
    "scipy.integrate.cumulative_trapezoid",
    """def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is None:
        d = dx
    elif np.ndim(x) == 1:
        d = np.diff(x)
    else:
        d = np.diff(np.moveaxis(np.asarray(x), axis, -1))
    total = np.cumsum(d*(y[..., 1:] + y[..., :-1])/2.0, axis=-1)
    if initial is not None:
        total = np.concatenate((np.full_like(total[..., :1], initial), total), axis=-1)
    return np.moveaxis(total, -1, axis)
""",
    (integrate.cumulative_trapezoid,),
)
_SIMPSON = """def simpson(y, x=None, dx=1.0, axis=-1):
    def even(stop):
        first = y[..., 0:stop:2]
        middle = y[..., 1:stop + 1:2]
        last = y[..., 2:stop + 2:2]
        if x is None:
            return np.sum(first + 4.0*middle + last, axis=-1)*(dx/3.0)
        h = np.diff(x)
        h0 = SPACING(h[..., 0:stop:2])
        h1 = SPACING(h[..., 1:stop + 1:2])
        both = h0 + h1
        ratio = h0/h1
        inner = first*(2.0 - 1.0/ratio) + middle*(both*(both/(h0*h1))) + last*(2.0 - ratio)
        return np.sum(both/6.0*inner, axis=-1)

    y = np.moveaxis(np.asarray(y), axis, -1)
    if x is not None and np.ndim(x) > 1:
        x = np.moveaxis(np.asarray(x), axis, -1)
    n = np.shape(y)[-1]
    if n % 2 == 1:
        return even(n - 2)
    if n == 2:
        d = dx if x is None else x[..., -1] - x[..., -2]
        return 0.0 + 0.5*d*(y[..., -1] + y[..., -2])
    total = even(n - 3)
    h0 = SPACING(dx if x is None else x[..., -2] - x[..., -3])
    h1 = SPACING(dx if x is None else x[..., -1] - x[..., -2])
    alpha = (2.0*h1*h1 + 3.0*h0*h1)/(6.0*(h1 + h0))
    beta = (h1*h1 + 3.0*h0*h1)/(6.0*h0)
    eta = (1.0*(h1*h1*h1))/(6.0*h0*(h0 + h1))
    total += alpha*y[..., -1] + beta*y[..., -2] - eta*y[..., -3]
    return total
"""
# Spacings are double precision before SciPy 1.18, from there on what they are.
_SPACING = "np.float64" if tuple(map(int, scipy.__version__.split(".")[:2])) < (1, 18) else ""
composite("scipy.integrate.simpson", _SIMPSON.replace("SPACING", _SPACING), (integrate.simpson,))
composite(
    "scipy.integrate.cumulative_simpson",
    """def cumulative_simpson(y, *, x=None, dx=1.0, axis=-1, initial=None):
    def first(y, d):
        if x is None:
            return d/3*(5*y[..., :-2]/4 + 2*y[..., 1:-1] - y[..., 2:]/4)
        h, k = d[..., :-1], d[..., 1:]
        ratio, share = h/k, h/(h + k)
        three = share*ratio
        return h/6*((3 - share)*y[..., :-2] + (3 + three + share)*y[..., 1:-1] + -three*y[..., 2:])

    y = np.moveaxis(1.0*np.asarray(y), axis, -1)
    if x is None:
        d = 1.0*dx if np.ndim(dx) == 0 else np.moveaxis(1.0*dx, axis, -1)
    elif np.ndim(x) == 1:
        d = np.diff(1.0*np.asarray(x))
    else:
        d = np.diff(np.moveaxis(1.0*np.asarray(x), axis, -1), axis=-1)
    if np.shape(y)[-1] < 3:
        parts = d*(y[..., 1:] + y[..., :-1])/2.0
    else:
        d = np.float64(d) if isinstance(d, float) else d
        one = first(y, d)
        two = first(y[..., ::-1], d if x is None else d[..., ::-1])[..., ::-1]
        parts = np.zeros(np.shape(y)[:-1] + (np.shape(y)[-1] - 1,), one.dtype)
        parts[..., :-1:2] = one[..., ::2]
        parts[..., 1::2] = two[..., ::2]
        parts[..., -1] = two[..., -1]
    total = np.cumsum(parts, axis=-1)
    if initial is not None:
        start = np.asarray(initial) if np.ndim(initial) == 0 else np.moveaxis(np.asarray(initial), axis, -1)
        start = np.broadcast_to(1.0*start, np.shape(total)[:-1] + (1,))
        total = np.concatenate((start, total + start), axis=-1)
    return np.moveaxis(total, -1, axis)
""",
    (integrate.cumulative_simpson,),
)
composite(
    "scipy.integrate.romb",
    """def romb(y, dx=1.0, axis=-1):
    y = np.moveaxis(np.asarray(y), axis, -1)
    intervals = np.shape(y)[-1] - 1
    step = intervals
    h = intervals*np.asarray(1.0*dx)
    row = [(y[..., 0] + y[..., -1])/2.0*h]
    while step > 1:
        start = step//2
        above = [0.5*(row[0] + h*np.sum(y[..., start::step], axis=-1))]
        for j in range(1, len(row) + 1):
            above.append(above[j - 1] + (above[j - 1] - row[j - 1])/((1 << (2*j)) - 1))
        row = above
        h = h/2.0
        step = start
    return row[-1]
""",
    (integrate.romb,),
)
composite(
    "scipy.integrate.fixed_quad",
    """def fixed_quad(func, a, b, args=(), n=5):
    x, w = scipy.special.roots_legendre(n)
    x = np.real(x)
    y = (b - a)*(x + 1)/2.0 + a
    return (b - a)/2.0*np.sum(w*func(y, *args), axis=-1), None
""",
    (integrate.fixed_quad,),
)
