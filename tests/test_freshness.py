"""A change of anything that a text relies on is seen by the next call: code, defaults, cells, globals, entries, methods."""

from __future__ import annotations

import s2sad
from support import load


def test_code_that_is_swapped_in_place_is_seen(tmp_path):
    module = load("def helper(x):\n    return x*x\n\ndef f(x):\n    return helper(x)*2\n", tmp_path)
    other = load("def helper(x):\n    return x*x*x\n", tmp_path)
    g = s2sad.grad(module.f)
    assert g(3.0) == 12.0
    module.helper.__code__ = other.helper.__code__
    assert g(3.0) == 54.0


def test_replaced_globals_defaults_cells_and_entries_are_seen(tmp_path):
    module = load(
        "SCALE = 2.0\n"
        "def helper(x, k=3.0):\n    return k*x*x\n"
        "def cube(x):\n    return x*x*x\n"
        "TABLE = {'h': helper}\n"
        "class Model:\n    def loss(self, x):\n        return x*x\n"
        "MODEL = Model()\n"
        "def by_global(x):\n    return SCALE*x*x\n"
        "def by_name(x):\n    return helper(x)\n"
        "def by_entry(x):\n    return TABLE['h'](x)\n"
        "def by_method(x):\n    return MODEL.loss(x)\n"
        "def make():\n"
        "    k = 2.0\n"
        "    def f(x):\n        return k*x*x\n"
        "    def change(v):\n        nonlocal k\n        k = v\n"
        "    return f, change\n",
        tmp_path,
    )
    g = s2sad.grad(module.by_global)
    assert g(1.0) == 4.0
    module.SCALE = 5.0
    assert g(1.0) == 10.0
    g = s2sad.grad(module.by_name)
    assert g(1.0) == 6.0
    module.helper.__defaults__ = (4.0,)
    assert g(1.0) == 8.0
    module.helper = module.cube
    assert g(1.0) == 3.0
    g = s2sad.grad(module.by_entry)
    assert g(1.0) == 8.0
    module.TABLE["h"] = module.cube
    assert g(1.0) == 3.0
    g = s2sad.grad(module.by_method)
    assert g(1.0) == 2.0
    module.Model.loss = lambda self, x: x*x*x
    assert g(1.0) == 3.0
    f, change = module.make()
    g = s2sad.grad(f)
    assert g(1.0) == 4.0
    change(7.0)
    assert g(1.0) == 14.0


def test_same_names_in_two_modules_stay_apart(tmp_path):
    one = load("SCALE = 10.0\ndef helper(x):\n    return SCALE*x\n", tmp_path)
    two = load("SCALE = 2.0\ndef helper(x):\n    return SCALE*x\n", tmp_path)
    main = load("def f(x, a, b):\n    return a(x)*b(x)\n", tmp_path)

    def f(x):
        return one.helper(x)*two.helper(x)

    assert s2sad.grad(f)(1.0) == 40.0
    assert s2sad.grad(main.f)(1.0, one.helper, two.helper) == 40.0


def test_data_is_read_live(tmp_path):
    module = load(
        "class Spring:\n"
        "    def __init__(self, k):\n        self.k = k\n"
        "    def energy(self, x):\n        return 0.5*self.k*x*x\n"
        "SPRING = Spring(3.0)\n"
        "WEIGHTS = {'k': 2.0}\n"
        "TERMS = [1.0, 2.0]\n"
        "def by_attribute(x):\n    return SPRING.energy(x)\n"
        "def by_entry(x):\n    return WEIGHTS['k']*x*x\n"
        "def by_list(x):\n    s = 0.0\n    for c in TERMS:\n        s = s*x + c\n    return s\n",
        tmp_path,
    )
    g = s2sad.grad(module.by_attribute)
    assert g(1.0) == 3.0
    module.SPRING.k = 5.0
    assert g(1.0) == 5.0
    module.SPRING = module.Spring(7.0)
    assert g(1.0) == 7.0
    g = s2sad.grad(module.by_entry)
    assert g(1.0) == 4.0
    module.WEIGHTS["k"] = 3.0
    assert g(1.0) == 6.0
    g = s2sad.grad(module.by_list)
    assert g(1.0) == 1.0
    module.TERMS.append(3.0)
    assert g(1.0) == 4.0
