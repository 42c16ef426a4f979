"""Areas and moments of shapes that a match statement tells apart; an expression tree that is evaluated."""

import functools
import math
from dataclasses import dataclass


@dataclass
class Circle:
    r: float


@dataclass
class Rectangle:
    w: float
    h: float


@dataclass
class Triangle:
    a: float
    b: float
    c: float


def area(shape):
    match shape:
        case Circle(r):
            return math.pi*r**2
        case Rectangle(w, h) if w is h:
            return w**2
        case Rectangle(w=w, h=h):
            return w*h
        case Triangle(a, b, c):
            s = (a + b + c)/2
            try:
                return math.sqrt(s*(s - a)*(s - b)*(s - c))
            except ValueError:
                return 0.0*s
    raise TypeError("no shape")


def total_area(r, w, h):
    shapes = (Circle(r), Rectangle(w, h), Rectangle(w, w), Triangle(r, w, h), Triangle(r, r, 5*h))
    areas = [area(shape) for shape in shapes]
    first, *others = areas
    return functools.reduce(lambda a, b: a + b*b, others, first)


def evaluate(node, env):
    match node:
        case ("const", value):
            return value
        case ("var", name):
            return env[name]
        case ("neg", arg):
            return -evaluate(arg, env)
        case ("add" | "sub" as op, left, right):
            one, two = evaluate(left, env), evaluate(right, env)
            return one + two if op == "add" else one - two
        case ("mul", left, right):
            return evaluate(left, env)*evaluate(right, env)
        case (name, *args):
            return getattr(math, name)(*[evaluate(arg, env) for arg in args])


def formula(x, y):
    sin = math.sin(x)
    table = {"x": x, "y": y, "s": sin}
    total = 0.0
    for (name, value), power in zip(table.items(), (1, 2, 3)):
        match name, power:
            case "x", 1:
                total += value
            case ("y", k) if k > 1:
                total += value**k
            case _, k:
                total = total*value + k
    return total


CASES = [
    (total_area, (0.7, 1.1, 1.3)),
    (total_area, (1.5, 0.4, 0.9)),
    (formula, (0.4, 1.7)),
]
