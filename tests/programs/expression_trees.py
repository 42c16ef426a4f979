"""Expressions as trees of objects and of tuples, evaluated by recursion; polynomials as objects with operators."""

import math
import operator

import numpy as np

R = np.random.default_rng(81)
N = R.standard_normal


class Expr:
    def __add__(self, other):
        return Binary(operator.add, self, other)

    def __mul__(self, other):
        return Binary(operator.mul, self, other)


class Leaf(Expr):
    def __init__(self, name):
        self.name = name

    def eval(self, env):
        return env[self.name]


class Number(Expr):
    def __init__(self, value):
        self.value = value

    def eval(self, env):
        return self.value


class Call(Expr):
    def __init__(self, fn, arg):
        self.fn, self.arg = fn, arg

    def eval(self, env):
        return self.fn(self.arg.eval(env))


class Binary(Expr):
    def __init__(self, op, left, right):
        self.op, self.left, self.right = op, left, right

    def eval(self, env):
        return self.op(self.left.eval(env), self.right.eval(env))


TREE = Call(np.sin, Leaf("x")*Leaf("y") + Number(2.0)) + Leaf("x")


def evaluate(x, y):
    return np.sum(TREE.eval({"x": x, "y": y}))


def built_inside(x, k):
    tree = Call(np.tanh, Leaf("x")*Number(k)) + Number(0.5*k)
    env = {"x": x}
    first = tree.eval(env)
    env["x"] = first
    return np.sum(tree.eval(env)**2)


def walk(node, values):
    """A tree of tuples."""
    op, *args = node
    if op == "var":
        return values[args[0]]
    if op == "const":
        return args[0]
    parts = [walk(a, values) for a in args]
    if op == "+":
        return sum(parts)
    if op == "*":
        return math.prod(parts)
    return math.exp(-parts[0])


def interpreted(a, b):
    return walk(("+", ("*", ("var", "a"), ("var", "b")), ("exp", ("var", "a")), ("const", 3.0)), {"a": a, "b": b})


class Poly:
    def __init__(self, coeffs):
        self.c = list(coeffs)

    def __call__(self, t):
        y = 0.0
        for c in reversed(self.c):
            y = y*t + c
        return y

    def deriv(self):
        return Poly([k*c for k, c in enumerate(self.c)][1:])

    def __add__(self, other):
        return Poly([a + b for a, b in zip(self.c, other.c)])


def newton_root(coeffs, t):
    p = Poly(coeffs) + Poly([0.1, 0.2, 0.3])
    d = p.deriv()
    for _ in range(4):
        t = t - p(t)/d(t)
    return t


CASES = [
    (evaluate, (N(3), N(3))),
    (evaluate, (0.3, 0.4)),
    (built_inside, (N(3), 0.7)),
    (interpreted, (0.3, 0.4)),
    (newton_root, ((-1.0, 0.5, 1.0), 1.3)),
]
