"""A book of options: frozen dataclasses with methods, a portfolio that collects them."""

import math
from dataclasses import dataclass, field

import numpy as np

R = np.random.default_rng(65)
N = R.standard_normal


@dataclass(frozen=True)
class Option:
    strike: float
    expiry: float
    kind: str = "call"

    def price(self, s, r, vol):
        sq = vol*math.sqrt(self.expiry)
        d1 = (math.log(s/self.strike) + (r + 0.5*vol**2)*self.expiry)/sq
        d2 = d1 - sq
        cdf = lambda v: 0.5*(1.0 + math.erf(v/math.sqrt(2.0)))
        call = s*cdf(d1) - self.strike*math.exp(-r*self.expiry)*cdf(d2)
        if self.kind == "call":
            return call
        return call - s + self.strike*math.exp(-r*self.expiry)


@dataclass
class Portfolio:
    positions: list = field(default_factory=list)
    cash: float = 0.0

    def add(self, option, n):
        self.positions.append((option, n))
        return self

    def value(self, market): return self.cash + sum(n*o.price(*market) for o, n in self.positions)


def book(s, r, vol):
    p = Portfolio(cash=1.0)
    p.add(Option(1.0, 0.5), 2.0).add(Option(1.1, 1.0, kind="put"), -1.5)
    p.cash += 0.1*s
    return p.value((s, r, vol))


def option_argument(option, s, vol): return option.price(s, 0.02, vol)


CASES = [
    (book, (1.05, 0.02, 0.2)),
    (option_argument, (Option(1.0, 0.5), 1.05, 0.2)),
    (option_argument, (Option(1.0, 0.5, "put"), 1.05, 0.2)),
]
