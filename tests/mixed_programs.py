"""Random programs of what Python has beside arrays and loops: comprehensions, star expressions, dicts, lists,
objects, try, match, generators, walrus, closures, and names whose kind changes, mixed at any depth.

    Writer(17).program()      a module with `f(x, a, b, n)` of an array of four elements, two floats and a number
    python tests/mixed_programs.py 17 18      print programs, and what becomes of them

The names s, t (numbers), u, y (arrays of four), ns (a list of three numbers or more), d (a dict with p and q), o (an
object) and fs (two functions or more) are bound throughout, so that statements can stand in any order.
"""

from __future__ import annotations

import random
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mixed_statements
import numpy as np
from again import check_second_order

from s2sad import UnsupportedError
from support import check, differences, direction, load

HELPERS = '''
import contextlib
import dataclasses
import functools
import itertools
import math
import operator
from collections import namedtuple
from dataclasses import dataclass

import numpy as np


class Large(Exception):
    pass


class Negative(ValueError):
    pass


class Pair:
    def __init__(self, a, b):
        self.a = a
        self.b = b

    def turn(self):
        self.a, self.b = self.b*0.8, self.a
        return self

    @property
    def value(self):
        return self.a*self.b + self.a

    def __call__(self, v):
        return self.a*0.5 + v*0.3


class Held:
    def __init__(self, pair):
        self.pair = pair

    def __enter__(self):
        self.old = self.pair.a
        self.pair.a = self.pair.a*0.5
        return self.pair

    def __exit__(self, *exc):
        self.pair.a = self.old


@dataclass
class Disc:
    r: object


@dataclass
class Bar:
    w: object
    h: object


def area(shape):
    match shape:
        case Disc(r=r):
            return r*r*0.5
        case Bar(w, h) if h is None:
            return w
        case Bar(w=w, h=h):
            return w*h


def checked(v):
    if v > 0.9:
        raise Large(v)
    if v < -0.6:
        raise Negative("negative")
    return v*v + 0.1


def three(p, q, r):
    return p*q + r


def total(*vs, weight=1.0, **named):
    s = 0.0
    for v in vs:
        s = s + weight*v
    return s + named.get("extra", 0.0)


def steps(v, k):
    for _ in range(k):
        v = np.tanh(v)*0.9 + 0.1
        yield v


def forever(v, r):
    while True:
        yield v
        v = v*r + 0.05


def both(v, w):
    yield from steps(v, 2)
    yield w


def scaled(k):
    def times(v):
        return np.tanh(v*k)
    return times


def damped(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args)*0.7
    return inner


@damped
def mixed(p, q):
    return p*q + np.sin(p)
'''
START = """    s = np.tanh(a)*0.5
    t = b*0.4 + 0.1
    u = x*0.8
    y = x*a
    i = 0
    ns = [a*0.5, t, x[1]]
    d = {"p": a*0.3, "q": x[2]}
    o = Pair(b*0.5, x[0])
    fs = [scaled(a), lambda v: v*0.6 + b*0.1]
"""
END = (
    "return np.sum(u*y)*0.3 + s*t + sum(ns)*0.2 + d['p']*d['q'] + o.value*0.4",
    "return s + t*o.a + np.sum(u)*0.1 + ns[0]*ns[-1] + d['p']",
    "return fs[0](s)*0.5 + fs[1](t) + np.sum(y)*d['q'] + o.b*ns[1]",
)


class Writer(mixed_statements.Statements):
    """Writes one program; the same seed gives the same text."""

    def __init__(self, seed: int, only: str | None = None) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.only = only
        self.lines: list[str] = []
        self.made = 0

    def program(self) -> str:
        """The text of the module."""
        self.lines = []
        self.block(1, 0, None, self.rng.randint(3, 6))
        self.add(1, self.rng.choice(END))
        return f"{HELPERS}{mixed_statements.HELPERS}\n\ndef f(x, a, b, n):\n{START}" + "".join(f"{line}\n" for line in self.lines)

    def arguments(self) -> tuple[Any, float, float, int]:
        """Values for x, a, b and n."""
        rng = np.random.default_rng(self.seed)
        return rng.uniform(-1.0, 1.0, 4), float(rng.uniform(0.2, 1.2)), float(rng.uniform(-0.9, 0.9)), self.seed % 4

    # ------------------------------------------------------------------------------------------------ expressions

    def pick(self, *options: str) -> str:
        return self.rng.choice(options)

    def fresh(self, hint: str) -> str:
        self.made += 1
        return f"{hint}{self.made}"

    def number(self) -> str:
        """A number that is not large."""
        v, w = self.value(), self.value()
        return self.pick(
            f"np.tanh({v} + {w})", f"0.5*{v} - 0.3*{w}", f"np.sin({v})*0.8", f"{v}*{w}*0.5 + 0.1",
            f"0.6*{v} + 0.2", f"mixed({v}, {w})", f"({v} if {self.test()} else {w})*0.7",
        )  # fmt: skip

    def value(self) -> str:
        return self.pick(
            "s", "t", "s", "t", "a", "b", "ns[0]", "ns[-1]", "d['p']", "d['q']", "o.a", "o.b", "u[1]", "y[-1]",
            "x[i % 4]", "np.mean(u)",
        )  # fmt: skip

    def test(self) -> str:
        """A condition."""
        bound = f"{self.rng.uniform(-0.6, 0.8):.3f}"
        return self.pick(f"{self.value()} > {bound}", f"{self.value()} < {bound}", "(i + n) % 2 == 1", "n > 1")

    def target(self) -> str:
        return self.pick("s", "t")

    # ------------------------------------------------------------------------------------------------- statements

    def add(self, indent: int, *lines: str) -> None:
        self.lines += ["    "*indent + line for line in lines]

    def block(self, indent: int, depth: int, loop: str | None, size: int) -> None:
        """A few statements."""
        for _ in range(size):
            if depth < 3 and self.rng.random() < 0.3:
                self.rng.choice([self.loop, self.branch, self.attempt, self.managed, self.trips])(indent, depth, loop)
            else:
                self.simple(indent)

    def simple(self, indent: int) -> None:
        """A statement or a few that leave all names bound."""
        kinds: dict[str, Callable[[], list[str]]] = {
            "number": self.rebound, "comprehension": self.comprehension, "star": self.star, "dict": self.dict,
            "list": self.list, "object": self.object, "try": self.caught, "match": self.match,
            "generator": self.generator, "walrus": self.walrus, "closure": self.closure, "kind": self.kind,
            "array": self.array, "iterator": self.iterator, "recursion": self.recursion, "class": self.classes,
            "outside": self.outside,
        }  # fmt: skip
        name = self.only if self.only is not None and self.rng.random() < 0.7 else self.rng.choice(list(kinds))
        self.add(indent, *kinds[name]())

    def rebound(self) -> list[str]:
        return [f"{self.target()} = {self.number()}"]

    def array(self) -> list[str]:
        n = self.number()
        return [
            self.pick(
                f"u = np.sin(u)*0.8 + {n}", f"y = u*0.5 + y*{self.value()}*0.3", f"u[i % 4] = {n}", f"y = y*0.5 + {n}",
                f"u[1:] = u[:-1]*0.5 + {n}", f"u = u*0.9; y[0] = {n}", "u, y = y*0.9, u.copy()",
            )
        ]

    def comprehension(self) -> list[str]:
        z, n = self.target(), self.number()
        return [
            self.pick(
                f"u = np.array([np.tanh(v*{self.value()}) for v in y])",
                f"{z} = sum([v*v*0.3 for v in ns if v > -0.213]) + {n}",
                f"{z} = sum(p*q*0.4 for p, q in zip(ns, u))",
                "d = {k: np.tanh(v)*0.9 for k, v in d.items()}",
                f"ns = [v*0.7 + {n} for v in ns]",
                f"{z} = np.sum(np.array([[v*w for v in ns[:2]] for w in y[:2]]))*0.2",
                f"{z} = max(v*0.8 for v in [s, t, {n}])",
                f"ns = [v if v > 0.117 else v*0.5 for v in ns] + [{n}]",
                "u = np.stack([v*y for v in (s, t)]).sum(axis=0)*0.5",
                f"{z} = 0.5 if any(v > 0.731 for v in ns) else {n}",
            )
        ]

    def star(self) -> list[str]:
        z, n = self.target(), self.number()
        return [
            self.pick(
                f"{z} = three(*ns[:2], {n})*0.5", f"{z} = total(*ns, weight=0.4)*0.3 + {n}",
                f"first, *rest = ns; {z} = first*0.5 + sum(rest)*0.2", f"ns = [*ns[:2], {n}, s]",
                f"*front, last = u; {z} = last*0.3 + sum(front)*0.1", "(s, t), o.a = (t*0.9, s), s*0.5",
                f"{z} = total(s, t, **{{'extra': {n}, 'weight': 0.3}})",
                f"args = (s, {n}, 0.4); {z} = three(*args)*0.6", f"{z} = np.sum(np.array([*ns[:3], *u[:1]]))*0.2",
            )
        ]

    def dict(self) -> list[str]:
        z, n, k, e = self.target(), self.number(), self.pick("p", "q"), self.fresh("e")
        return self.rng.choice(
            [
                [f"d['{k}'] = {n}"], [f"d['{k}'] += 0.3*{self.value()}"], [f"d.update({k}={n})"],
                [f"{z} = d.get('{k}', 0.0)*0.8 + d.get('none', 0.1)"], ["for key in d:", "    d[key] *= 0.7"],
                [f"d = {{**d, '{k}': {n}}}"], [f"d |= {{'{k}': {n}}}"],
                [f"{e} = {{}}", "for j in range(3):", f"    {e}[f'k{{j}}'] = u[j]*0.5 + {self.value()}*j",
                 f"{z} = {e}['k1']*0.5 + sum({e}.values())*0.2"],
                [f"{e} = {{'v': u, 'w': [s, {n}]}}", f"{e}['w'].append(t)", f"{z} = {e}['w'][-1]*{e}['w'][1]*0.5"],
                [f"{e} = {{}}", "for v in ns[:3]:", f"    {e}.setdefault('r', []).append(v*0.5)",
                 f"{z} = sum({e}['r'])*0.4"],
                [f"{z} = d.pop('{k}')*0.9", f"d['{k}'] = {z}*0.5 + 0.1"],
            ]
        )  # fmt: skip

    def list(self) -> list[str]:
        z, n = self.target(), self.number()
        return self.rng.choice(
            [
                [f"ns.append({n})"], [f"{z} = ns.pop() if len(ns) > 3 else ns[0]*0.5"], [f"ns.insert(1, {n})"],
                [f"ns.extend([s*0.5, {n}])"], [f"ns[0] = {n}"], [f"ns[-1] += 0.2*{self.value()}"],
                ["ns[0], ns[1] = ns[1], ns[0]"], ["ns = sorted(ns)"], ["ns = ns[::-1]"], ["ns = list(reversed(ns))"],
                [f"ns = ns[:2] + [{n}]*2"], ["if len(ns) > 4:", "    del ns[1]"], ["more = ns", "more[1] = more[0]*0.6"],
                ["for j, v in enumerate(ns):", "    ns[j] = v*0.8 + 0.05*j"],
                ["rows = [[s, t], [t, 0.5]]", "rows[0][1] = rows[1][0]*0.7",
                 f"{z} = sum(sum(r) for r in rows)*0.2"],
            ]
        )  # fmt: skip

    def object(self) -> list[str]:
        z, n, p = self.target(), self.number(), self.fresh("p")
        return self.rng.choice(
            [
                [f"o.a = {n}"], [f"o.b *= 0.5 + 0.1*{self.value()}"], [f"o = Pair({n}, {self.value()}*0.5)"],
                ["o.turn()"], [f"{z} = o.value*0.5 + {n}"], [f"{z} = o({self.value()})"],
                [f"{p} = o", f"{p}.a = {p}.a*0.5 + {n}"], [f"{p} = Pair(s, {n}).turn().turn()", f"{z} = {p}.value*0.4"],
                [f"{z} = sum({p}.value for {p} in [Pair(s, 0.3), Pair(t, {n})])*0.3"],
                [f"{z} = area(Disc({n})) + area(Bar(s, t))*0.5 + area(Bar(t, None))*0.2"],
            ]
        )  # fmt: skip

    def caught(self) -> list[str]:
        z, n = self.target(), self.number()
        key = self.pick("'p'", "'none'")
        return self.rng.choice(
            [
                ["try:", f"    {z} = checked({n})", "except Large:", f"    {z} = {self.number()}", "except Negative as e:",
                 f"    {z} = 0.3*{self.value()}"],
                ["try:", f"    {z} = checked({n})*0.5", "except (Large, ValueError):", f"    {z} = 0.2",
                 "else:", f"    {z} = {z} + 0.1"],
                ["try:", f"    {z} = d[{key}]*0.9", "except KeyError:", f"    {z} = {n}"],
                ["try:", f"    {z} = np.float64(math.sqrt({self.value()}))*0.5", "except ValueError:", f"    {z} = {n}",
                 "finally:", "    i = i + 1"],
                ["with contextlib.suppress(Large, Negative):", f"    {z} = checked({n})"],
                ["try:", f"    s = checked({n})", f"    t = checked(s + {self.value()})", "except Exception:",
                 "    s = s*0.5 + 0.1"],
                ["try:", f"    assert {self.test()}", f"    {z} = {n}", "except AssertionError:", f"    {z} = 0.4*t"],
            ]
        )  # fmt: skip

    def match(self) -> list[str]:
        z, n = self.target(), self.number()
        return self.rng.choice(
            [
                ["match (i + n) % 3:", "    case 0:", f"        {z} = {n}", "    case 1 | 2 if s > 0.217:",
                 f"        {z} = t*0.6", "    case k:", f"        {z} = s*0.3 + 0.1*k"],
                [f"match (s, [t, {n}]):", "    case (p, [q, *_]) if p > 0.131:", f"        {z} = p*q*0.5",
                 "    case (p, [_, r]):", f"        {z} = p + r*0.2"],
                ["match {'kind': 'a' if n > 1 else 'b', 'v': s, 'w': t}:", "    case {'kind': 'a', 'v': v, **rest}:",
                 f"        {z} = v*0.5 + rest['w']*0.2", "    case {'kind': 'b' | 'c', 'w': w}:", f"        {z} = w*0.4"],
                [f"match Bar({n}, t):", "    case Bar(w, h=h) if h > 0.2371:", f"        {z} = w*h", "    case Bar(w=w):",
                 f"        {z} = w*0.5"],
                ["match ns:", "    case [p, q, *rest]:", f"        {z} = p*0.5 - q*0.3", "    case _:", f"        {z} = {n}"],
            ]
        )  # fmt: skip

    def generator(self) -> list[str]:
        z, n = self.target(), self.number()
        bound = f"{self.rng.uniform(0.1, 0.6):.3f}"
        return self.rng.choice(
            [
                [f"for v in steps({n}, 3):", f"    {z} = {z}*0.5 + v*0.3"],
                [f"for v in forever({n}, 0.7):", f"    {z} = {z}*0.5 + v*0.4", "    i = i + 1",
                 f"    if v < {bound} or i > 9:", "        break"],
                [f"{z} = sum(v*0.3 for v in steps({n}, 2))"], [f"{z} = list(both({n}, t))[1]*0.8"],
                [f"for j, v in enumerate(steps({n}, 4)):", "    if j == 2:", "        break", f"    {z} = v*0.6"],
                [f"for v in itertools.islice(forever({n}, 0.5), 3):", f"    {z} = {z}*0.3 + v*0.5"],
                [f"for p, v in zip(ns, forever({n}, 0.6)):", f"    {z} = {z}*0.5 + p*v*0.3"],
                ["for v in map(np.tanh, steps(u, 2)):", "    y = y*0.5 + v*0.2"],
                [f"{z} = max(both(s, {n}))*0.5"],
                [f"for v in itertools.takewhile(lambda v: v > {bound}, itertools.islice(forever({n}, 0.6), 9)):",
                 f"    {z} = {z}*0.5 + v*0.3"],
            ]
        )  # fmt: skip

    def walrus(self) -> list[str]:
        z, n, w = self.target(), self.number(), self.fresh("w")
        return self.rng.choice(
            [
                [f"if ({w} := {n}) > 0.1031:", f"    {z} = {w}*0.5", "else:", f"    {z} = {w} + 0.2"],
                [f"{z} = ({w} := {n})*0.5 + {w}*{w}*0.2"],
                [f"{z} = sum([{w} for v in ns if ({w} := v*0.5) > 0.0713])*0.5"],
                ["k = 0", f"while ({w} := np.tanh(t)*0.8) > 0.213 and k < 3:", f"    t = {w}*0.7", "    k += 1"],
            ]
        )  # fmt: skip

    def closure(self) -> list[str]:
        z, n, g = self.target(), self.number(), self.fresh("g")
        return self.rng.choice(
            [
                [f"fs[0] = scaled({n})"], [f"{z} = fs[i % 2]({self.value()})*0.6"],
                ["for fn in fs:", f"    {z} = fn({z})*0.7"], [f"{g} = functools.partial(three, r={n})", f"{z} = {g}(s, t)*0.5"],
                [f"def {g}(v, k={n}):", "    return v*k*0.5 + s*0.1", f"{z} = {g}(t)"],
                [f"{z} = functools.reduce(lambda p, q: p*0.5 + q*0.3, ns)"],
                [f"{g} = [lambda v, k=k: v*k*0.2 for k in range(1, 3)]", f"{z} = {g}[0](s) + {g}[1]({n})"],
                [f"total_{g} = 0.0", f"def {g}(v):", f"    nonlocal total_{g}", f"    total_{g} = total_{g} + v*0.4",
                 f"    return total_{g}", f"{g}(s)", f"{z} = {g}({n})"],
                [f"{g} = sorted(ns, key=lambda v: (v - 0.2)**2)", f"{z} = {g}[0]*0.7"],
                [f"{g} = np.sin if {self.test()} else np.tanh", f"{z} = {g}({n})*0.8"],
            ]
        )  # fmt: skip

    def kind(self) -> list[str]:
        z, n, w = self.target(), self.number(), self.fresh("w")
        return self.rng.choice(
            [
                [f"{w} = 0.0", "for j in range(3):", f"    {w} = {w}*0.5 + u*0.2*j", f"y = y*0.5 + {w}"],
                [f"{w} = None", "for v in ns:", f"    {w} = v if {w} is None else {w}*0.5 + v*0.3", f"{z} = {w}*0.8"],
                [f"{w} = u*0.9", f"while len({w}) > 1:", f"    {w} = {w}[::2]*0.8", f"{z} = {w}[0] + {n}"],
                [f"{w} = u[:2]", "for j in range(2):", f"    {w} = np.concatenate([{w}, {w}[-1:]*0.5])", f"{z} = np.sum({w})*0.3"],
                [f"{w} = ({n}, s)", "for j in range(2):", f"    {w} = ({w}[1]*0.5, {w}[0] + 0.1)", f"{z} = {w}[0]*0.6"],
            ]
        )  # fmt: skip

    # ----------------------------------------------------------------------------------------------------- blocks

    def leave(self, indent: int, loop: str | None) -> None:
        """An exit behind a condition."""
        ways = [f"return {self.value()}*np.sum(u)*0.3 + s*t"]
        if loop is not None:
            ways += ["break", "break", "continue"]
        self.add(indent, f"if {self.test()} and {self.value()} > {self.rng.uniform(-0.2, 0.7):.3f}:")
        self.add(indent + 1, self.rng.choice(ways))

    def loop(self, indent: int, depth: int, loop: str | None) -> None:
        j = "jkl"[depth]
        self.add(indent, f"for {j} in range({self.pick('n', '2', '3', '1, 3')}):", f"    i = {j}")
        self.block(indent + 1, depth + 1, j, self.rng.randint(1, 3))
        if self.rng.random() < 0.4:
            self.leave(indent + 1, j)
            self.block(indent + 1, depth + 1, j, 1)

    def trips(self, indent: int, depth: int, loop: str | None) -> None:
        c = self.fresh("c")
        self.add(indent, f"{c} = 0", f"while {c} < {self.pick('n', '2', '3')}:", f"    {c} += 1")
        self.block(indent + 1, depth + 1, c, self.rng.randint(1, 2))
        if self.rng.random() < 0.4:
            self.leave(indent + 1, c)
            self.block(indent + 1, depth + 1, c, 1)

    def branch(self, indent: int, depth: int, loop: str | None) -> None:
        self.add(indent, f"if {self.test()}:")
        self.block(indent + 1, depth + 1, loop, self.rng.randint(1, 2))
        if loop is not None and self.rng.random() < 0.3:
            self.leave(indent + 1, loop)
        if self.rng.random() < 0.5:
            self.add(indent, "else:")
            self.block(indent + 1, depth + 1, loop, self.rng.randint(1, 2))

    def attempt(self, indent: int, depth: int, loop: str | None) -> None:
        """A try statement with blocks, mostly one that is left or that fails in the middle."""
        self.add(indent, "try:")
        self.block(indent + 1, depth + 1, loop, self.rng.randint(0, 1))
        self.add(indent + 1, f"{self.target()} = checked({self.number()})")
        if self.rng.random() < 0.5:
            self.leave(indent + 1, loop)
        self.block(indent + 1, depth + 1, loop, self.rng.randint(0, 1))
        if self.rng.random() < 0.5:
            self.add(indent + 1, f"{self.target()} = checked({self.number()})*0.5")
        self.add(indent, self.pick("except Large:", "except (Large, Negative):", "except Exception as error:"))
        self.block(indent + 1, depth + 1, loop, 1)
        if self.rng.random() < 0.3:
            self.leave(indent + 1, loop)
        if self.rng.random() < 0.6:
            self.add(indent, "except ValueError:")
            self.block(indent + 1, depth + 1, loop, 1)
        if self.rng.random() < 0.3:
            self.add(indent, "else:")
            self.block(indent + 1, depth + 1, loop, 1)
        if self.rng.random() < 0.2 and depth == 0:
            self.add(indent, "finally:", "    i = i + 1")

    def managed(self, indent: int, depth: int, loop: str | None) -> None:
        p = self.fresh("m")
        head = self.pick(f"with Held(Pair({self.number()}, s)) as {p}:", "with np.errstate(all='ignore'):")
        self.add(indent, head)
        if p in head:
            self.add(indent + 1, f"{self.target()} = {p}.value*0.5")
        self.block(indent + 1, depth + 1, loop, self.rng.randint(1, 2))


CONSTRUCTS = (
    "comprehension", "star", "dict", "list", "object", "try", "match", "generator", "walrus", "closure", "kind",
    "iterator", "recursion", "class", "outside",
)  # fmt: skip


def outcome(writer: Writer, text: str, folder: Path, twice: bool = False) -> str:
    """How a program fares: "" right, "refused: ...", "kink" (differences do not converge), or what is wrong."""
    args = writer.arguments()
    try:
        module = load(text, folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = module.f(*args)
            smooth = np.isfinite(value) and all(_smooth(module.f, args, k) for k in range(3))
    except Exception as error:  # what the program itself raises
        return f"not a program: {type(error).__name__} {error}"
    if not smooth:
        return "kink"
    try:
        check(module.f, args, tol=3e-6, probes=1)
        if twice:
            check_second_order(module.f, args, (0, 1, 2), tol=1e-4)
    except UnsupportedError as refused:
        return f"refused: {refused}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _smooth(fun: Any, args: Any, seed: int) -> bool:
    """Whether differences along a random direction do not depend on the step: no kink or jump is near."""
    rng = np.random.default_rng(seed)
    v = tuple(None if isinstance(a, int) else direction(a, rng) for a in args)
    found = [differences(fun, args, tuple(None if d is None else k*d for d in v))/k for k in (0.1, 1.0, 4.0)]
    return bool(np.allclose(found, found[0], rtol=1e-6, atol=1e-6))


def main(seeds: list[int]) -> None:
    """Print programs and what becomes of them."""
    with tempfile.TemporaryDirectory() as name:
        for seed in seeds:
            writer = Writer(seed, (None, *CONSTRUCTS)[seed % (len(CONSTRUCTS) + 1)])
            text = writer.program()
            print(f"# {seed}: {outcome(writer, text, Path(name), True) or 'right'}")
            print(text[len(HELPERS) :])


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]])
