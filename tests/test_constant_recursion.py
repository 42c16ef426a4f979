"""Functions that call themselves, called with constants: the text calls the function itself."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np

import s2sad
from support import check

X = np.array([1.5, 2.0])


def gamma(z, *, scale, factor=2.0):
    if z < 0.5:
        return math.pi / (math.sin(math.pi * z) * gamma(1 - z, scale=scale)) * factor
    return scale * math.sqrt(z) * factor


def by_keywords(x):
    return gamma(x[0], scale=7) * gamma(0.3, factor=x[1], scale=7) * gamma(0.3, scale=2)


def nested(x, n=4):
    memo, table = 3, [0.5, 6.0]

    def fibonacci(k):
        return k if k < 2 else fibonacci(k - 1) + fibonacci(k - 2) + memo

    def reflected(z):
        if z < 0.5:
            return math.pi / (math.sin(math.pi * z) * reflected(1 - z))
        return memo * math.sqrt(z) * table[1]

    def factorial(k, product=1):
        return product if k <= 1 else factorial(k - 1, k * product)

    return x[0] * fibonacci(n) * factorial(n) + reflected(x[1]) * reflected(0.3)


def test_recursion_by_constants() -> None:
    check(by_keywords, (X,))
    check(nested, (X, 4))


def test_nested_functions_stand_in_the_file(tmp_path: Path) -> None:
    transform = s2sad.grad(nested)
    expected = transform(X, 4)
    file = tmp_path / "alone.py"
    transform.save(file)
    text = file.read_text()
    file.write_text(f"{text}\nprint([float(v) for v in nested_grad(np.array([1.5, 2.0]), 4)])\n")
    done = subprocess.run([sys.executable, "-I", str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([float(v) for v in expected])
    assert "def fibonacci(k, *, memo)" in text


class Branch:
    def __init__(self, weight, *parts):
        self.weight, self.parts = weight, list(parts)

    @property
    def is_leaf(self):
        return not self.parts

    def walk(self):
        found = [self]
        for part in self.parts:
            found.extend(part.walk())
        return found

    def product(self, x):
        if self.is_leaf:
            return self.weight*x
        return x*self.weight + np.prod([part.product(x*x) for part in self.parts])

    def depth(self):
        return 1 + max((part.depth() for part in self.parts), default=0)


TREE = Branch(2.0, Branch(0.5), Branch(3.0, Branch(1.5), Branch(-1.0)))


def over_objects(x):
    return sum(b.weight*x**i for i, b in enumerate(TREE.walk())) + TREE.product(x)**TREE.depth()


def test_recursion_over_objects_from_outside():
    check(over_objects, (0.7,))
    gradient = s2sad.value_and_grad(over_objects)
    before = gradient(0.7)[0]
    TREE.parts[0].parts.append(Branch(4.0))
    try:
        assert gradient(0.7)[0] == over_objects(0.7) != before
    finally:
        TREE.parts[0].parts.clear()
    assert gradient(0.7)[0] == before
