"""A ray through a scene of objects that share a base class: nearest hit, shading, and a lens of surfaces."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

R = np.random.default_rng(82)
N = R.standard_normal


class Ray(NamedTuple):
    origin: np.ndarray
    direction: np.ndarray

    def at(self, t):
        return self.origin + t*self.direction


class Surface:
    albedo = 0.8

    def shade(self, ray, t, light):
        n = self.normal(ray.at(t))
        return self.albedo*np.maximum(n @ light, 0.0) + 0.1

    def normal(self, p):
        raise NotImplementedError


class Sphere(Surface):
    def __init__(self, centre, radius):
        self.centre, self.radius = centre, radius

    def hit(self, ray):
        oc = ray.origin - self.centre
        b = oc @ ray.direction
        disc = b*b - (oc @ oc - self.radius**2)
        if disc < 0:
            return 1e3
        return -b - np.sqrt(disc)

    def normal(self, p):
        return (p - self.centre)/self.radius


class Floor(Surface):
    albedo = 0.5

    def __init__(self, height):
        self.height = height

    def hit(self, ray):
        if ray.direction[1] > -1e-6:
            return 1e3
        return (self.height - ray.origin[1])/ray.direction[1]

    def normal(self, p):
        return np.array([0.0, 1.0, 0.0])


def trace(centre, radius, height, pixels):
    scene = [Sphere(centre, radius), Floor(height)]
    light = np.array([0.6, 0.8, 0.0])
    image = 0.0
    for pixel in pixels:
        d = np.array([pixel[0], pixel[1], 1.0])
        ray = Ray(np.zeros(3), d/np.sqrt(d @ d))
        nearest, colour = 1e3, 0.0
        for thing in scene:
            t = thing.hit(ray)
            if t < nearest:
                nearest = t
                colour = thing.shade(ray, t, light)
        image += colour/(1.0 + 0.1*nearest)
    return image


@dataclass
class Lens:
    curvature: float
    index: float
    gap: float = 0.2

    def matrix(self, before):
        bend = np.array([[1.0, 0.0], [(before - self.index)/self.index*self.curvature, before/self.index]])
        return np.array([[1.0, self.gap], [0.0, 1.0]]) @ bend


def focus(lenses, ray):
    before, system = 1.0, np.eye(2)
    for lens in lenses:
        system = lens.matrix(before) @ system
        before = lens.index
    y, angle = system @ ray
    return y**2 + 0.1*angle**2


PIXELS = np.array([[0.05, 0.02], [0.3, -0.4], [-0.1, -0.6], [0.8, 0.5]])
CASES = [
    (trace, (np.array([0.1, 0.1, 4.0]), 1.0, -1.2, PIXELS)),
    (focus, ([Lens(0.5, 1.5), Lens(-0.3, 1.0, 0.8)], np.array([0.4, 0.1]))),
    (focus, ([Lens(0.5, 1.5)], np.array([0.4, 0.1]))),
]
