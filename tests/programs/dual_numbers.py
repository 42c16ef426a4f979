"""Derivatives by dual numbers, a class with operators, inside of a function that is differentiated."""

import math

import numpy as np

R = np.random.default_rng(61)
N = R.standard_normal


class Dual:
    __array_ufunc__ = None

    def __init__(self, v, d=0.0): self.v, self.d = v, d

    def __add__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.v + o.v, self.d + o.d)
    __radd__ = __add__

    def __mul__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.v*o.v, self.v*o.d + self.d*o.v)
    __rmul__ = __mul__

    def __sub__(self, o): return self + (-1.0)*o

    def __rsub__(self, o): return (-1.0)*self + o

    def __truediv__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.v/o.v, (self.d*o.v - self.v*o.d)/o.v**2)

    def __rtruediv__(self, o): return Dual(o)/self

    def __pow__(self, n): return Dual(self.v**n, n*self.v**(n - 1)*self.d)

    def __neg__(self): return Dual(-self.v, -self.d)

    def sin(self): return Dual(math.sin(self.v), math.cos(self.v)*self.d)


def poly(x, a): return a*x**3 - 2.0*x*x + 1.0/(x + 3.0) - x.sin()


def dual_slope(x, a):
    r = poly(Dual(x, 1.0), a)
    return r.d*r.v


def dual_newton(x, a):
    for _ in range(4):
        r = poly(Dual(x, 1.0), a)
        x = x - 0.3*r.v/(1.0 + r.d**2)
    return x


CASES = [
    (dual_slope, (0.7, 1.3)),
    (dual_newton, (0.7, 1.3)),
]
