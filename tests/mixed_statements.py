"""Statements of random programs (see mixed_programs.py): iterators, recursion, classes, and what stands outside.

`HELPERS` stands in every program; the names that a statement may use are those of `mixed_programs`.
"""

from __future__ import annotations

import random

HELPERS = '''
class Weighted(Pair):
    """A subclass with a private attribute, a class method and a method that calls that of its base."""

    def __init__(self, a, b, weight):
        super().__init__(a, b)
        self.__weight = weight

    @classmethod
    def equal(cls, v):
        return cls(v, v, 0.5)

    @staticmethod
    def bounded(v):
        return np.tanh(v)

    def turn(self):
        super().turn()
        self.a = self.bounded(self.a*self.__weight)
        return self


State = namedtuple("State", "x v")
HISTORY = []
GAINS = {"low": 0.3, "high": 0.7}


def fall(v, k):
    return v if k == 0 else 0.6*fall(np.sin(v), k - 1) + 0.2*v


def even(v, k):
    return v if k == 0 else odd(v*0.8 + 0.1, k - 1)


def odd(v, k):
    return -v if k == 0 else even(np.tanh(v), k - 1)
'''


class Statements:
    """The part of a writer that writes these."""

    rng: random.Random

    def target(self) -> str:
        """A name to be bound (`mixed_programs`)."""
        raise NotImplementedError

    def number(self) -> str:
        """A number that is not large (`mixed_programs`)."""
        raise NotImplementedError

    def value(self) -> str:
        """A part of what is bound (`mixed_programs`)."""
        raise NotImplementedError

    def test(self) -> str:
        """A condition (`mixed_programs`)."""
        raise NotImplementedError

    def fresh(self, hint: str) -> str:
        """A new name (`mixed_programs`)."""
        raise NotImplementedError

    def pick(self, *options: str) -> str:
        """One of several texts (`mixed_programs`)."""
        raise NotImplementedError

    def iterator(self) -> list[str]:
        z, n, w = self.target(), self.number(), self.fresh("w")
        return self.rng.choice(
            [
                ["for v in ns:", f"    {z} = {z}*0.6 + v*0.2", "    if v > 0.6137:", "        break", "else:", f"    {z} = {n}"],
                ["for j, k in np.ndindex(2, 2):", f"    {z} = {z}*0.7 + u[j]*y[k]*0.2"],
                [f"{w} = np.zeros(4)", "for (j,), v in np.ndenumerate(u):", f"    {w}[j] = v*0.5 + {w}[j - 1]*0.3",
                 f"y = y*0.5 + {w}"],
                ["for p, q in itertools.product(ns[:2], (s, 0.4)):", f"    {z} = {z}*0.5 + p*q*0.3"],
                [f"for v in itertools.chain(ns[:2], u[1:3], [{n}]):", f"    {z} = {z}*0.6 + v*0.2"],
                [f"{w} = list(itertools.accumulate(ns[:3], lambda p, q: p*0.5 + q*0.3))", f"{z} = {w}[-1] + {w}[1]*0.4"],
                ["k = 0", "while True:", f"    {z} = np.tanh({z})*0.8 + 0.05", "    k += 1",
                 f"    if {z} < 0.2113 or k > 3:", "        break"],
                ["for j in range(3):", "    j = (j*2 + 1) % 4", f"    {z} = {z}*0.5 + u[j]*0.3"],
                [f"{w} = [(s, 0.5), (t, {n})]", f"p, q = zip(*{w})", f"{z} = sum(p)*0.4 + sum(q)*0.2", f"del p, {w}"],
                [f"{z} = sum(v*0.2 for j in {{0, 2}} for v in [u[j], ns[0]])"],
                [f"{z} = u[0 if {self.test()} else 3]*0.5 + ns[-1 if n > 1 else 0]*0.3"],
                ["for j in range(2, 2):", f"    {z} = {n}"],
            ]
        )  # fmt: skip

    def recursion(self) -> list[str]:
        z, n, g = self.target(), self.number(), self.fresh("g")
        return self.rng.choice(
            [
                [f"{z} = fall({n}, {self.pick('0', '2', 'n', '3')})"], [f"{z} = even({n}, {self.pick('1', '2', 'n')})"],
                [f"def {g}(v, k):", f"    return v*0.5 if k == 0 else {g}(np.sin(v)*{self.value()}, k - 1)",
                 f"{z} = {g}({n}, 2)"],
                [f"{z} = odd(fall(s, 1), 2)*0.5 + even(t, 0)*0.3"],
            ]
        )  # fmt: skip

    def classes(self) -> list[str]:
        z, n, p = self.target(), self.number(), self.fresh("p")
        return self.rng.choice(
            [
                [f"{p} = Weighted(s, {n}, 0.6).turn()", f"{z} = {p}.value*0.4 + {p}.bounded(t)*0.2"],
                [f"{z} = Weighted.equal({n}).turn().turn().value*0.5"], [f"o = Weighted({n}, o.b, s)"],
                [f"{p} = State({n}, v=s)", "for _ in range(2):", f"    {p} = {p}._replace(x={p}.x*0.7 + {p}.v*0.1)",
                 f"{z} = {p}.x*0.5 + {p}[1]*0.2"],
                [f"{p} = dataclasses.replace(Bar(s, {n}), h=t)", f"{z} = {p}.w*{p}.h*0.5"],
                [f"{z} = sum(map(Pair(s, {n}), ns[:2]))*0.4"],
            ]
        )  # fmt: skip

    def outside(self) -> list[str]:
        z, n = self.target(), self.number()
        return self.rng.choice(
            [
                [f"HISTORY.append({n})"], [f"shown = {n}", "text = f'{shown:.2f} of {t!r}'", f"{z} = shown*0.9 + 0.01*(len(text) > 0)"],
                [f"{z} = {n}*GAINS.get('low', 0.5) + GAINS.get('none', 0.1)"],
                ["for name in ['high', 'low']:", f"    {z} = {z}*GAINS[name] + 0.1"],
                [f"{z} = operator.add(operator.mul(s, 0.5), {n})*0.6"],
                [f"{z} = math.atan({n}) + math.exp(-t*t)*0.3 + math.hypot(s, 0.4)*0.2"],
            ]
        )  # fmt: skip
