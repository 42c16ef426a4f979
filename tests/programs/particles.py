"""Particles as objects in lists: gravity, springs between them, a particle filter of records, a chain of nodes."""

from collections import namedtuple
from dataclasses import dataclass, field

import numpy as np

R = np.random.default_rng(83)
N = R.standard_normal


@dataclass
class Body:
    m: float
    x: np.ndarray
    v: np.ndarray

    @property
    def kinetic(self):
        return 0.5*self.m*np.sum(self.v**2)

    def push(self, f, dt):
        self.v = self.v + dt*f/self.m

    def drift(self, dt):
        self.x = self.x + dt*self.v


class World:
    def __init__(self, bodies, g=1.0):
        self.bodies = bodies
        self.g = g
        self.energies = []

    def force(self, a, b):
        r = b.x - a.x
        return self.g*a.m*b.m*r/(np.sum(r**2) + 0.1)**1.5

    def step(self, dt):
        for i, a in enumerate(self.bodies):
            for b in self.bodies[i + 1:]:
                f = self.force(a, b)
                a.push(f, dt)
                b.push(-f, dt)
        for body in self.bodies:
            body.drift(dt)
        self.energies.append(sum(body.kinetic for body in self.bodies))


def orbit(masses, x0, v0, n):
    world = World([Body(masses[k], x0[k], v0[k]) for k in range(3)], g=1.5)
    for _ in range(n):
        world.step(0.05)
    return world.energies[-1] + sum(np.sum(b.x**2) for b in world.bodies)


def orbit_of_bodies(bodies, n):
    world = World(bodies)
    for _ in range(n):
        world.step(0.1)
    return sum(world.energies)


Sample = namedtuple("Sample", "state weight")


def particle_filter(scale, observations, noise):
    weights = np.ones(len(noise))/len(noise)
    states = np.zeros(len(noise))
    loglik = 0.0
    for z in observations:
        cloud = [Sample(0.9*x + scale*e, w) for x, e, w in zip(states, noise, weights)]
        cloud = [s._replace(weight=s.weight*np.exp(-0.5*(z - s.state)**2)) for s in cloud]
        total = sum(s.weight for s in cloud)
        loglik += np.log(total)
        states, weights = np.array([s.state for s in cloud]), np.array([s.weight/total for s in cloud])
    return loglik + states @ weights


@dataclass
class Chain:
    stiffness: float
    points: list = field(default_factory=list)
    rest: float = 0.5

    def extend(self, *ps):
        for p in ps:
            self.points.append(p)
        return self

    def energy(self):
        lengths = [np.sqrt(np.sum((q - p)**2)) for p, q in zip(self.points, self.points[1:])]
        return 0.5*self.stiffness*sum((d - self.rest)**2 for d in lengths)


def hanging(k, a, b, c):
    return Chain(k).extend(a, b).extend(c).energy() + 0.3*(a[1] + b[1])


CASES = [
    (orbit, (np.array([1.0, 0.5, 0.2]), N((3, 2)), N((3, 2)), 3)),
    (orbit_of_bodies, ([Body(1.0, N(2), N(2)), Body(0.7, N(2), N(2))], 4)),
    (orbit_of_bodies, ((Body(1.0, N(3), N(3)), Body(0.7, N(3), N(3)), Body(0.2, N(3), N(3))), 2)),
    (particle_filter, (0.3, N(4), N(5))),
    (hanging, (2.0, N(2), N(2), N(2))),
]
