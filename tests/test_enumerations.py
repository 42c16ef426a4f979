"""Members of enumerations: compared, matched, carried by loops, as keys, and one of several at run time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np
import pytest
from places import places, twice

from support import check

X = np.array([0.3, 0.7, 1.1])
C = np.array([0.5, 0.9, 0.8])


class Mode(Enum):
    A = 1
    B = 2

    def apply(self, v):
        return v*v if self is Mode.A else np.sin(v)

    @property
    def rate(self):
        return 0.5*self.value


class Level(IntEnum):
    LOW = 0
    HIGH = 1


@dataclass
class Layer:
    w: float
    act: Mode = Mode.A


def zipped(x, c):
    s = 0.0
    for m, v in zip((Mode.A, Mode.B, Mode.A), x):
        if m is Mode.A:
            s += v*v
        else:
            s *= m.value*v
    return s*c[0]


def taken_from_a_list(x, c):
    s, modes = 0.0, [Mode.A, Mode.B]
    for i in range(3):
        m = modes[i % 2]
        if m == Mode.A:
            s += x[i]*c[i]
        elif m in (Mode.B,):
            s -= x[i]**2
        if m != Mode.B and m is not None:
            s *= 1.5
    return s


def methods(x, c):
    s = x[0]
    for m in Mode:
        s = m.apply(s)*m.rate + c[0]
    for i in range(3):
        m = (Mode.A, Mode.B)[i % 2]
        s = s*m.apply(x[i])*len(m.name)
    return s


def states(x, c):
    state, s, i = Mode.A, 0.0, 0
    while i < 6:
        match state:
            case Mode.A:
                s += x[i % 3]
                if s > 0.5:
                    state = Mode.B
            case Mode.B:
                s *= c[i % 3]
                if s < 0.5:
                    state = Mode.A
        i += 1
    return s


def keys(x, c):
    gain = {Mode.A: x[0], Mode.B: c[0]}
    fns = {Mode.A: np.sin, Mode.B: lambda v: v*c[1]}
    m, s = Mode.A, 1.0
    for v in x:
        s = fns[m](s*gain[m] + v)
        m = Mode.B if s > 0.6 else Mode.A
    return s


def fields(x, c):
    s = c[0]
    for layer in [Layer(x[0]), Layer(x[1], Mode.B), Layer(x[2])]:
        z = layer.w*s
        s = np.tanh(z) if layer.act is Mode.A else layer.act.apply(z)
    return s


def numbers(x, c):
    t = [x[0], c[1]]
    return t[Level.HIGH]*t[Level.LOW] + sum(v for k, v in zip([Level.LOW, Level.HIGH], x) if k == Level.LOW)


def items_of_a_dict(x, c):
    d = {Mode.A: x, Mode.B: c}
    total = 0.0
    for mode, v in d.items():
        total = total + mode.value*np.sum(v)
    for mode in list(d):
        total = total*np.sum(d[mode])
    return total + np.sum(d[Mode["B"]]) + list(Level)[1]*x[0]


def square(v):
    return v*v


class Agent:
    def __init__(self, v, mode, act=np.sin):
        self.v, self.mode, self.act = v, mode, act

    def step(self, x):
        if self.mode is Mode.A:
            self.v = self.act(self.v*x)
        elif self.mode in (Mode.B,):
            self.v = self.v + self.mode.rate*x
        if self.v > 0.6:
            self.mode, self.act = Mode.A, square


def modes_of_many_agents(x, c):
    agents = []
    for i in range(4):
        agents.append(Agent(c[i % 3] + i, Mode.A if i % 2 else Mode.B))
    agents.append(Agent(x[1], Mode.A, square))
    for _ in range(2):
        for a in agents:
            a.step(x[0])
    count = sum(a.mode.value for a in agents if a.mode != Mode.B)
    return sum(a.v for a in agents)*count + agents[-1].mode.apply(x[1])


PROGRAMS = [zipped, taken_from_a_list, methods, states, keys, fields, numbers, items_of_a_dict, modes_of_many_agents]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_enumerations(f):
    check(f, (X, C))
    for program in (*(places(f) if f in (zipped, states, modes_of_many_agents) else ()), twice(f)):
        check(program, (X, C), pullbacks=False, probes=1, text=False)
