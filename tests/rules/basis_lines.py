"""Calls of the series of numpy.polynomial and of np.emath; the arguments are those of `call_cases`."""

from __future__ import annotations

SERIES = """
np.polynomial.chebyshev.chebmulx(x)
np.polynomial.chebyshev.chebmul(0.3*x, y[:3])
np.polynomial.chebyshev.chebmul(x[:2], 0.1*y)
np.polynomial.chebyshev.chebmul([s], x)
np.polynomial.chebyshev.chebpow(0.3*x[:3], 2)
np.polynomial.chebyshev.chebpow(x, 0, maxpower=2)*s
np.polynomial.chebyshev.chebcompanion(x)
np.polynomial.chebyshev.chebcompanion([s, 2.0])
np.abs(np.polynomial.chebyshev.chebroots(x))
np.polynomial.chebyshev.chebvander(x, 3)
np.polynomial.chebyshev.chebvander(m, deg=0)*m[..., None]
np.polynomial.chebyshev.chebline(s, x[0])
np.polynomial.chebyshev.chebweight(0.3*x)
np.polynomial.chebyshev.cheb2poly(0.2*x)
np.polynomial.chebyshev.cheb2poly(x[:2])
np.polynomial.chebyshev.poly2cheb(0.2*x)
np.polynomial.chebyshev.chebfromroots(0.3*x)
np.polynomial.chebyshev.chebval3d(s, s, 0.5, 0.1*t)
np.polynomial.chebyshev.chebval2d(x, y, q)
np.polynomial.chebyshev.chebgrid2d(x, y[:2], q)
np.polynomial.chebyshev.chebgrid3d(x[:2], s, y[:2], 0.1*t)
np.polynomial.chebyshev.chebvander2d(x, y, [1, 2])
np.polynomial.chebyshev.chebvander3d(x, y, p, [1, 2, 1])
np.polynomial.chebyshev.chebfit(p, x, 2)
np.polynomial.chebyshev.chebfit(p, np.stack([x, y], 1), 2, 1e-12, w=p)
np.polynomial.legendre.legmulx(x)
np.polynomial.legendre.legmul(0.3*x, y[:3])
np.polynomial.legendre.legmul(x[:2], 0.1*y)
np.polynomial.legendre.legmul([s], x)
np.polynomial.legendre.legpow(0.3*x[:3], 2)
np.polynomial.legendre.legpow(x, 0, maxpower=2)*s
np.polynomial.legendre.legcompanion(x)
np.polynomial.legendre.legcompanion([s, 2.0])
np.abs(np.polynomial.legendre.legroots(x))
np.polynomial.legendre.legvander(x, 3)
np.polynomial.legendre.legvander(m, deg=0)*m[..., None]
np.polynomial.legendre.legline(s, x[0])
np.polynomial.legendre.legweight(0.3*x)
np.polynomial.legendre.leg2poly(0.2*x)
np.polynomial.legendre.leg2poly(x[:2])
np.polynomial.legendre.poly2leg(0.2*x)
np.polynomial.legendre.legfromroots(0.3*x)
np.polynomial.legendre.legval3d(s, s, 0.5, 0.1*t)
np.polynomial.legendre.legval2d(x, y, q)
np.polynomial.legendre.leggrid2d(x, y[:2], q)
np.polynomial.legendre.leggrid3d(x[:2], s, y[:2], 0.1*t)
np.polynomial.legendre.legvander2d(x, y, [1, 2])
np.polynomial.legendre.legvander3d(x, y, p, [1, 2, 1])
np.polynomial.legendre.legfit(p, x, 2)
np.polynomial.legendre.legfit(p, np.stack([x, y], 1), 2, 1e-12, w=p)
np.polynomial.legendre.legdiv(x, p[:3])[0]
np.polynomial.legendre.legdiv(x, p[:2])[1]
np.polynomial.legendre.legdiv(x[:2], p)[1]
np.polynomial.legendre.legdiv(x, [s])[0]
np.polynomial.hermite.hermmulx(x)
np.polynomial.hermite.hermmul(0.3*x, y[:3])
np.polynomial.hermite.hermmul(x[:2], 0.1*y)
np.polynomial.hermite.hermmul([s], x)
np.polynomial.hermite.hermpow(0.3*x[:3], 2)
np.polynomial.hermite.hermpow(x, 0, maxpower=2)*s
np.polynomial.hermite.hermcompanion(x)
np.polynomial.hermite.hermcompanion([s, 2.0])
np.abs(np.polynomial.hermite.hermroots(x))
np.polynomial.hermite.hermvander(x, 3)
np.polynomial.hermite.hermvander(m, deg=0)*m[..., None]
np.polynomial.hermite.hermline(s, x[0])
np.polynomial.hermite.hermweight(0.3*x)
np.polynomial.hermite.herm2poly(0.2*x)
np.polynomial.hermite.herm2poly(x[:2])
np.polynomial.hermite.poly2herm(0.2*x)
np.polynomial.hermite.hermfromroots(0.3*x)
np.polynomial.hermite.hermval3d(s, s, 0.5, 0.1*t)
np.polynomial.hermite.hermval2d(x, y, q)
np.polynomial.hermite.hermgrid2d(x, y[:2], q)
np.polynomial.hermite.hermgrid3d(x[:2], s, y[:2], 0.1*t)
np.polynomial.hermite.hermvander2d(x, y, [1, 2])
np.polynomial.hermite.hermvander3d(x, y, p, [1, 2, 1])
np.polynomial.hermite.hermfit(p, x, 2)
np.polynomial.hermite.hermfit(p, np.stack([x, y], 1), 2, 1e-12, w=p)
np.polynomial.hermite.hermdiv(x, p[:3])[0]
np.polynomial.hermite.hermdiv(x, p[:2])[1]
np.polynomial.hermite.hermdiv(x[:2], p)[1]
np.polynomial.hermite.hermdiv(x, [s])[0]
np.polynomial.hermite_e.hermemulx(x)
np.polynomial.hermite_e.hermemul(0.3*x, y[:3])
np.polynomial.hermite_e.hermemul(x[:2], 0.1*y)
np.polynomial.hermite_e.hermemul([s], x)
np.polynomial.hermite_e.hermepow(0.3*x[:3], 2)
np.polynomial.hermite_e.hermepow(x, 0, maxpower=2)*s
np.polynomial.hermite_e.hermecompanion(x)
np.polynomial.hermite_e.hermecompanion([s, 2.0])
np.abs(np.polynomial.hermite_e.hermeroots(x))
np.polynomial.hermite_e.hermevander(x, 3)
np.polynomial.hermite_e.hermevander(m, deg=0)*m[..., None]
np.polynomial.hermite_e.hermeline(s, x[0])
np.polynomial.hermite_e.hermeweight(0.3*x)
np.polynomial.hermite_e.herme2poly(0.2*x)
np.polynomial.hermite_e.herme2poly(x[:2])
np.polynomial.hermite_e.poly2herme(0.2*x)
np.polynomial.hermite_e.hermefromroots(0.3*x)
np.polynomial.hermite_e.hermeval3d(s, s, 0.5, 0.1*t)
np.polynomial.hermite_e.hermeval2d(x, y, q)
np.polynomial.hermite_e.hermegrid2d(x, y[:2], q)
np.polynomial.hermite_e.hermegrid3d(x[:2], s, y[:2], 0.1*t)
np.polynomial.hermite_e.hermevander2d(x, y, [1, 2])
np.polynomial.hermite_e.hermevander3d(x, y, p, [1, 2, 1])
np.polynomial.hermite_e.hermefit(p, x, 2)
np.polynomial.hermite_e.hermefit(p, np.stack([x, y], 1), 2, 1e-12, w=p)
np.polynomial.hermite_e.hermediv(x, p[:3])[0]
np.polynomial.hermite_e.hermediv(x, p[:2])[1]
np.polynomial.hermite_e.hermediv(x[:2], p)[1]
np.polynomial.hermite_e.hermediv(x, [s])[0]
np.polynomial.laguerre.lagmulx(x)
np.polynomial.laguerre.lagmul(0.3*x, y[:3])
np.polynomial.laguerre.lagmul(x[:2], 0.1*y)
np.polynomial.laguerre.lagmul([s], x)
np.polynomial.laguerre.lagpow(0.3*x[:3], 2)
np.polynomial.laguerre.lagpow(x, 0, maxpower=2)*s
np.polynomial.laguerre.lagcompanion(x)
np.polynomial.laguerre.lagcompanion([s, 2.0])
np.abs(np.polynomial.laguerre.lagroots(x))
np.polynomial.laguerre.lagvander(x, 3)
np.polynomial.laguerre.lagvander(m, deg=0)*m[..., None]
np.polynomial.laguerre.lagline(s, x[0])
np.polynomial.laguerre.lagweight(0.3*x)
np.polynomial.laguerre.lag2poly(0.2*x)
np.polynomial.laguerre.lag2poly(x[:2])
np.polynomial.laguerre.poly2lag(0.2*x)
np.polynomial.laguerre.lagfromroots(0.3*x)
np.polynomial.laguerre.lagval3d(s, s, 0.5, 0.1*t)
np.polynomial.laguerre.lagval2d(x, y, q)
np.polynomial.laguerre.laggrid2d(x, y[:2], q)
np.polynomial.laguerre.laggrid3d(x[:2], s, y[:2], 0.1*t)
np.polynomial.laguerre.lagvander2d(x, y, [1, 2])
np.polynomial.laguerre.lagvander3d(x, y, p, [1, 2, 1])
np.polynomial.laguerre.lagfit(p, x, 2)
np.polynomial.laguerre.lagfit(p, np.stack([x, y], 1), 2, 1e-12, w=p)
np.polynomial.laguerre.lagdiv(x, p[:3])[0]
np.polynomial.laguerre.lagdiv(x, p[:2])[1]
np.polynomial.laguerre.lagdiv(x[:2], p)[1]
np.polynomial.laguerre.lagdiv(x, [s])[0]
np.polynomial.polynomial.polymulx(x)
np.polynomial.polynomial.polypow(x, 3)
np.polynomial.polynomial.polypow(x, 1, maxpower=None)
np.polynomial.polynomial.polydiv(x, p[:3])[0]
np.polynomial.polynomial.polydiv(x, p[:2])[1]
np.polynomial.polynomial.polydiv(x[:2], p)[1]
np.polynomial.polynomial.polyline(s, x[0])
np.polynomial.polynomial.polycompanion(x)
np.abs(np.polynomial.polynomial.polyroots(x))
np.polynomial.polynomial.polyvalfromroots(s, x)
np.polynomial.polynomial.polyvalfromroots(m, x)
np.polynomial.polynomial.polyvalfromroots(x, m[:, :1], tensor=False)
np.polynomial.polynomial.polyfromroots(x)
np.polynomial.polynomial.polyval3d(s, s, s, t)
np.polynomial.polynomial.polygrid2d(x, y[:2], q)
np.polynomial.polynomial.polygrid3d(x, y, p, t)
np.polynomial.polynomial.polyvander2d(x, y, [1, 2])
np.polynomial.polynomial.polyvander3d(x, y, p, [1, 2, 1])
np.polynomial.chebyshev.chebint(m, axis=1)
np.polynomial.hermite.hermder(m, axis=1)
np.polynomial.hermite.hermint(m, axis=1)
np.polynomial.hermite_e.hermeder(m, axis=1)
np.polynomial.hermite_e.hermeint(m, axis=1)
np.polynomial.laguerre.lagder(m, axis=1)
np.polynomial.legendre.legint(m, axis=1)
np.polynomial.polynomial.polyder(m, axis=1)
"""

DOMAINS = """
np.emath.sqrt(p).real
np.emath.sqrt(x).real
np.emath.sqrt(x).imag
np.abs(np.emath.sqrt(m))
np.emath.log(x).real
np.emath.log2(x).imag
np.real(np.emath.log10(p))
np.emath.logn(2.0, p).real
np.emath.logn(s, p).real
np.abs(np.emath.logn(-s, p))
np.emath.power(p, y).real
np.emath.power(x, 2.5).imag
np.emath.power(x, 2.0).real
np.emath.power(x, 2).real
np.emath.power(3.0*x, -2).real
np.emath.arccos(p).real
np.emath.arccos(p).imag
np.emath.arcsin(p).real
np.emath.arcsin(x/9.0).real
np.emath.arctanh(p).imag
np.emath.sqrt(s).real
np.emath.sqrt(-s).imag
np.emath.sqrt(u).real
np.lib.scimath.sqrt(p).real
np.emath.arcsin(p).imag
"""

BASIS_LINES = {"series": SERIES.strip().splitlines(), "domains": DOMAINS.strip().splitlines()}
