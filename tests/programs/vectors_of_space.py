"""A rigid body that spins: vectors as objects with operators, written in place."""

import math

import numpy as np

R = np.random.default_rng(62)
N = R.standard_normal


class Vec3:
    def __init__(self, x, y, z): self.x, self.y, self.z = x, y, z

    def __add__(self, o): return Vec3(self.x + o.x, self.y + o.y, self.z + o.z)

    def __mul__(self, s): return Vec3(self.x*s, self.y*s, self.z*s)

    def dot(self, o): return self.x*o.x + self.y*o.y + self.z*o.z

    def cross(self, o):
        return Vec3(self.y*o.z - self.z*o.y, self.z*o.x - self.x*o.z, self.x*o.y - self.y*o.x)

    @property
    def norm(self): return math.sqrt(self.dot(self))

    def __iadd__(self, o):
        self.x += o.x
        self.y += o.y
        self.z += o.z
        return self


def spin(p, w):
    r = Vec3(*p)
    om = Vec3(w[0], w[1], w[2])
    path = 0.0
    for _ in range(6):
        v = om.cross(r)
        r += v*0.1
        path += v.norm
    return path + r.norm


CASES = [
    (spin, (N(3), N(3))),
    (spin, ([0.3, 0.5, 0.8], N(3))),
]
