"""What polynomials of NumPy's classes are made of: their coefficients, and the functions of these.

    p = np.poly1d(c)                  p(x), p*q + 1.0, p.deriv().c      np.polyval(c, x), np.polymul(c, d)
    p = np.polynomial.Polynomial(c)   p(x), p*q + 1.0, p.deriv().coef   polyval(x, c), polymul(c, d)
    p = Chebyshev.fit(x, y, 3)        p(s), p.deriv()(s), p.coef        chebval(off + scale*s, c)

The bodies of these classes are lowered where a program uses a polynomial that it makes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.polynomial import polynomial


class Poly1d:
    """np.poly1d, whose coefficients begin with the highest; zeros before it are no part of them."""

    def __init__(self, c: Any) -> None:
        self._held = c

    @property
    def c(self) -> Any:
        trimmed = np.trim_zeros(np.atleast_1d(self._held), "f")
        return trimmed if len(trimmed) > 0 else np.zeros(1)

    @property
    def coeffs(self) -> Any:
        return self.c

    @property
    def coef(self) -> Any:
        return self.c

    @property
    def coefficients(self) -> Any:
        return self.c

    @property
    def order(self) -> Any:
        return len(self.c) - 1

    @property
    def o(self) -> Any:
        return len(self.c) - 1

    @property
    def roots(self) -> Any:
        return np.roots(self._held)

    @property
    def r(self) -> Any:
        return np.roots(self._held)

    def __call__(self, x: Any) -> Any:
        if isinstance(x, Poly1d):
            raise TypeError("a polynomial of a polynomial; write its coefficients by np.polymul")
        return np.polyval(self._held, x)

    def __iter__(self) -> Any:
        return iter(self.c)

    def __getitem__(self, power: Any) -> Any:
        c = self.c
        return c[len(c) - 1 - power] if 0 <= power < len(c) else 0.0

    def __len__(self) -> int:
        return len(self.c) - 1

    def __neg__(self) -> Any:
        return Poly1d(-self.c)

    def __pos__(self) -> Any:
        return self

    def __add__(self, other: Any) -> Any:
        return Poly1d(np.polyadd(self._held, other._held if isinstance(other, Poly1d) else other))

    def __radd__(self, other: Any) -> Any:
        return Poly1d(np.polyadd(self._held, other))

    def __sub__(self, other: Any) -> Any:
        return Poly1d(np.polysub(self._held, other._held if isinstance(other, Poly1d) else other))

    def __rsub__(self, other: Any) -> Any:
        return Poly1d(np.polysub(other, self._held))

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Poly1d):
            return Poly1d(np.polymul(self._held, other._held))
        return Poly1d(self.c * other)

    def __rmul__(self, other: Any) -> Any:
        return Poly1d(other * self.c)

    def __truediv__(self, other: Any) -> Any:
        return Poly1d(self.c / other)

    def __pow__(self, n: Any) -> Any:
        made = np.array([1.0])
        for _ in range(n):
            made = np.polymul(made, self._held)
        return Poly1d(made)

    def deriv(self, m: Any = 1) -> Any:
        return Poly1d(np.polyder(self.c, m))

    def integ(self, m: Any = 1, k: Any = 0) -> Any:
        return Poly1d(np.polyint(self.c, m, k))


class Polynomial:
    """np.polynomial.Polynomial on the domain of its window, whose coefficients begin with the constant."""

    def __init__(self, coef: Any) -> None:
        self._held = coef

    @property
    def coef(self) -> Any:
        return np.array(self._held, ndmin=1) + 0.0

    def __call__(self, x: Any) -> Any:
        return polynomial.polyval(x, self._held)

    def __len__(self) -> int:
        return len(self.coef)

    def degree(self) -> Any:
        return len(self.coef) - 1

    def roots(self) -> Any:
        return polynomial.polyroots(self.coef)

    def __neg__(self) -> Any:
        return Polynomial(-self.coef)

    def __pos__(self) -> Any:
        return self

    def __add__(self, other: Any) -> Any:
        held = other._held if isinstance(other, Polynomial) else other
        return Polynomial(polynomial.polyadd(self._held, held))

    def __radd__(self, other: Any) -> Any:
        return Polynomial(polynomial.polyadd(other, self._held))

    def __sub__(self, other: Any) -> Any:
        held = other._held if isinstance(other, Polynomial) else other
        return Polynomial(polynomial.polysub(self._held, held))

    def __rsub__(self, other: Any) -> Any:
        return Polynomial(polynomial.polysub(other, self._held))

    def __mul__(self, other: Any) -> Any:
        held = other._held if isinstance(other, Polynomial) else other
        return Polynomial(polynomial.polymul(self._held, held))

    def __rmul__(self, other: Any) -> Any:
        return Polynomial(polynomial.polymul(other, self._held))

    def __truediv__(self, other: Any) -> Any:
        return Polynomial(self.coef / other)

    def __floordiv__(self, other: Any) -> Any:
        held = other._held if isinstance(other, Polynomial) else other
        return Polynomial(polynomial.polydiv(self._held, held)[0])

    def __mod__(self, other: Any) -> Any:
        held = other._held if isinstance(other, Polynomial) else other
        return Polynomial(polynomial.polydiv(self._held, held)[1])

    def __divmod__(self, other: Any) -> Any:
        held = other._held if isinstance(other, Polynomial) else other
        first, rest = polynomial.polydiv(self._held, held)
        return Polynomial(first), Polynomial(rest)

    def __pow__(self, n: Any) -> Any:
        return Polynomial(polynomial.polypow(self._held, n))

    def deriv(self, m: Any = 1) -> Any:
        return Polynomial(polynomial.polyder(self._held, m))

    def integ(self, m: Any = 1, k: Any = 0, lbnd: Any = 0) -> Any:
        return Polynomial(polynomial.polyint(self._held, m, k, lbnd))

    def cutdeg(self, deg: Any) -> Any:
        return Polynomial(self.coef[: deg + 1])

    def truncate(self, size: Any) -> Any:
        return Polynomial(self.coef[:size])

    def linspace(self, n: Any = 100) -> Any:
        x = np.linspace(-1.0, 1.0, n)
        return x, polynomial.polyval(x, self._held)


class Series:
    """A series of numpy.polynomial: coefficients, its own functions, and how its domain lies in its window.

    `line` holds what is added to a point and what it is multiplied by, None where it is taken as it is.
    """

    def __init__(self, held: Any, funs: Any, line: Any) -> None:
        self._held = held
        self._funs = funs
        self._val, self._der, self._int, self._add, self._sub, self._mul, self._pow = funs
        self._line = line

    def _made(self, coef: Any) -> Any:
        return Series(coef, self._funs, self._line)

    def _beside(self, other: Any) -> Any:
        """The coefficients of an operand, which has the same domain."""
        if not isinstance(other, Series):
            return other
        if self._line is not None or other._line is not None:
            off, scale = (0.0, 1.0) if self._line is None else self._line
            first, second = (0.0, 1.0) if other._line is None else other._line
            if off != first or scale != second:
                raise TypeError("Domains differ")
        return other._held

    @property
    def coef(self) -> Any:
        return np.array(self._held, ndmin=1) + 0.0

    def __call__(self, x: Any) -> Any:
        if self._line is None:
            return self._val(x, self._held)
        off, scale = self._line
        return self._val(off + scale * x, self._held)

    def __len__(self) -> int:
        return len(self.coef)

    def degree(self) -> Any:
        return len(self.coef) - 1

    def cutdeg(self, deg: Any) -> Any:
        return self._made(self.coef[: deg + 1])

    def truncate(self, size: Any) -> Any:
        return self._made(self.coef[:size])

    def __neg__(self) -> Any:
        return self._made(-self.coef)

    def __pos__(self) -> Any:
        return self

    def __add__(self, other: Any) -> Any:
        return self._made(self._add(self._held, self._beside(other)))

    def __radd__(self, other: Any) -> Any:
        return self._made(self._add(other, self._held))

    def __sub__(self, other: Any) -> Any:
        return self._made(self._sub(self._held, self._beside(other)))

    def __rsub__(self, other: Any) -> Any:
        return self._made(self._sub(other, self._held))

    def __mul__(self, other: Any) -> Any:
        return self._made(self._mul(self._held, self._beside(other)))

    def __rmul__(self, other: Any) -> Any:
        return self._made(self._mul(other, self._held))

    def __truediv__(self, other: Any) -> Any:
        return self._made(self.coef / other)

    def __pow__(self, n: Any) -> Any:
        return self._made(self._pow(self._held, n))

    def deriv(self, m: Any = 1) -> Any:
        if self._line is None:
            return self._made(self._der(self._held, m))
        return self._made(self._der(self._held, m, self._line[1]))

    def integ(self, m: Any = 1, k: Any = (), lbnd: Any = None) -> Any:
        if self._line is None:
            return self._made(self._int(self._held, m, k, 0 if lbnd is None else lbnd, 1))
        off, scale = self._line
        return self._made(self._int(self._held, m, k, 0 if lbnd is None else off + scale * lbnd, 1.0 / scale))


class Powers(Series):
    """A series of powers on a domain, which Polynomial.fit gives."""

    def _made(self, coef: Any) -> Any:
        return Powers(coef, self._funs, self._line)

    def convert(self) -> Any:
        """The same polynomial on the domain of the window: Horner's rule, of off + scale*x."""
        c = self.coef
        x = np.array([0.0, 1.0]) if self._line is None else np.array(self._line)
        made = c[-1:]
        for i in range(2, len(c) + 1):
            made = polynomial.polyadd(c[len(c) - i : len(c) - i + 1], polynomial.polymul(made, x))
        return Polynomial(made)


def line_of(domain: Any, low: float, high: float) -> Any:
    """How points of a domain are taken to the window from `low` to `high`: an offset and a factor."""
    first, last = np.asarray(domain, dtype=float)
    return (last * low - first * high) / (last - first), (high - low) / (last - first)


def fitted(fit: Any, x: Any, y: Any, deg: Any, domain: Any, low: float, high: float, w: Any) -> Any:
    """The coefficients of Polynomial.fit and the like, and how the domain lies in the window."""
    x = np.asarray(x)
    if domain is None:
        first, last = np.min(x), np.max(x)
        line = (last * low - first * high) / (last - first), (high - low) / (last - first)
    else:
        line = line_of(domain, low, high)
    return fit(line[0] + line[1] * x, y, deg, w=w), line
