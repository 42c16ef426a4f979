"""Integrators of differential equations as classes, one inheriting from the other, chosen by name."""

import math

import numpy as np

R = np.random.default_rng(63)
N = R.standard_normal


class System:
    def __init__(self, k, c): self.k, self.c = k, c

    def rhs(self, t, y): return np.array([y[1], -self.k*y[0] - self.c*y[1] + math.sin(t)])


class Integrator:
    order = 1

    def __init__(self, system, dt):
        self.system = system
        self.dt = dt
        self.t = 0.0
        self.evals = 0

    def slope(self, t, y):
        self.evals += 1
        return self.system.rhs(t, y)

    def step(self, y): raise NotImplementedError

    def run(self, y, n):
        for _ in range(n):
            y = self.step(y)
            self.t += self.dt
        return y


class Euler(Integrator):
    def step(self, y): return y + self.dt*self.slope(self.t, y)


class Heun(Integrator):
    order = 2

    def __init__(self, system, dt, theta=0.5):
        super().__init__(system, dt)
        self.theta = theta

    def step(self, y):
        a = self.slope(self.t, y)
        b = self.slope(self.t + self.dt, y + self.dt*a)
        return y + self.dt*((1 - self.theta)*a + self.theta*b)


def simulate(p, y0, n):
    s = System(p[0], p[1])
    one, two = Euler(s, 0.1), Heun(s, dt=0.1, theta=p[2])
    a, b = one.run(y0, n), two.run(y0, n)
    return np.sum((a - b)**2)*two.evals + two.order*a[0]


METHODS = {"euler": Euler, "heun": Heun}


def simulate_by_name(p, y0, name): return np.sum(METHODS[name](System(p[0], p[1]), 0.05).run(y0, 5)**2)


CASES = [
    (simulate, (np.array([1.0, 0.2, 0.4]), N(2), 4)),
    (simulate, (np.array([1.0, 0.2, 0.4]), N(2), 0)),
    (simulate_by_name, (np.array([1.0, 0.2]), N(2), "heun")),
    (simulate_by_name, (np.array([1.0, 0.2]), N(2), "euler")),
]
