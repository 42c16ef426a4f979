"""Which names every trip of a loop binds before it reads them."""

import ast
import textwrap

import pytest

from s2sad.frontend.lasting import fresh_names

CASES = {
    "if v > 0: w = v*v; s = s + w": {"w"},
    "if v > 0: w = v\ns = s + w": set(),
    "if v > 0: w = v\nelse: w = 1\ns = s + w": {"w"},
    "if v > 0: w = v\nelse: continue\ns = s + w": {"w"},
    "try: w = v\nexcept ValueError: w = 2\ns = s + w": {"w"},
    "try: w = v\nexcept ValueError: pass\ns = s + w": set(),
    "try: w = v; s = s + w\nfinally: t = 1": {"w", "t"},
    "while s < 3: w = v; s = s + w": {"w"},
    "while w < 3: w = v; s = s + w": set(),
    "for i in xs: w = i\ns = s + w": set(),
    "with cm() as w: t = w\ns = s + w": {"t"},  # the manager may have caught an exception
    "with cm() as w: t = w\ns = s + t": {"w"},
    "match v:\n    case [w, *t]: s = s + w": {"w", "t"},
    "match v:\n    case [w, *t]: s = w\ns = s + w": {"t"},
    "w = v\nf = lambda: w\ns = s + f()": {"f"},
    "if (w := v) > 0: s = s + w": {"w"},
    "if v > 0 and (w := v) > 0: s = s + v\ns = s + w": set(),
    "w += v\ns = s + w": set(),
    "w = v\ndel w\ns = s + w": {"w"},
}


@pytest.mark.parametrize("body", CASES)
def test_fresh_names(body):
    text = "def f(xs, s):\n    for v in xs:\n" + textwrap.indent(body, " "*8) + "\n    return s\n"
    node = ast.parse(text).body[0]
    assert fresh_names(node) - {"v", "i"} == CASES[body]
