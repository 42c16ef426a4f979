"""A change of anything that a text relies on is seen by the next call: code, defaults, cells, globals, entries, methods."""

from __future__ import annotations

import threading

import numpy as np

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


def test_data_of_another_kind_is_seen(tmp_path):
    """Globals, entries, items and attributes that are written in place, rebound, and bound to values of other kinds."""
    module = load(
        "import numpy as np\n"
        "W = np.ones(3)\n"
        "D = {'w': np.ones(3), 'k': 2.0}\n"
        "L = [1.0, 2.0]\n"
        "class Holder: pass\n"
        "H = Holder()\n"
        "H.w, H.k = np.ones(3), 1.0\n"
        "def f(x):\n"
        "    return np.sum(x*W)*D['k'] + np.sum(D['w']*x)*L[1] + np.sum(H.w*x)*H.k\n",
        tmp_path,
    )
    x = np.array([1.0, 2.0, 4.0])
    g = s2sad.grad(module.f)

    def step(change):
        change()
        expected = np.sum(np.broadcast_to(module.W, (1, 3)), 0)*module.D["k"] + module.D["w"]*module.L[1]
        np.testing.assert_allclose(g(x), expected + module.H.w*module.H.k, rtol=1e-6)

    step(lambda: None)
    step(lambda: module.W.__setitem__(0, 5.0))
    for value in (np.arange(3.0), np.arange(3.0, dtype=np.float32), 3.0, np.array(2.0), np.float64(0.5), 2, np.ones((1, 3))):
        step(lambda value=value: setattr(module, "W", value))
    step(lambda: module.D.update(w=np.full(3, 7.0)))
    step(lambda: module.D["w"].__setitem__(1, 0.0))
    step(lambda: setattr(module, "D", {"w": np.full(3, 2.0), "k": np.float64(3.0)}))
    step(lambda: module.D.update(k=np.array([1.0, 2.0])[1]))
    step(lambda: module.L.__setitem__(1, 9.0))
    step(lambda: setattr(module, "L", (1.0, 4.5)))
    step(lambda: setattr(module.H, "w", np.full(3, 0.5)))
    step(lambda: setattr(module.H, "k", 4))
    other = module.Holder()
    other.w, other.k = x*3.0, 2.0
    step(lambda: setattr(module, "H", other))


def test_what_decides_about_the_text_is_seen(tmp_path):
    """Globals that bound loops, are asked in conditions, and lists of functions."""
    module = load(
        "import numpy as np\n"
        "N, MODE, FLAG, FACTOR = 2, 'a', True, None\n"
        "FUNCTIONS = [np.sin, np.cos]\n"
        "def f(x):\n"
        "    y = x*1.0\n"
        "    for i in range(N):\n        y = y*x\n"
        "    if MODE == 'a':\n        y = y*2.0\n"
        "    if FLAG:\n        y = y + x\n"
        "    if FACTOR is not None:\n        y = y*FACTOR\n"
        "    for fun in FUNCTIONS:\n        y = y + fun(x)\n"
        "    return np.sum(y)\n",
        tmp_path,
    )
    x = np.array([0.5, 1.2, 0.7])
    g = s2sad.grad(module.f)
    changes = [("N", 3), ("N", 0), ("MODE", "b"), ("FLAG", False), ("FACTOR", 2.0), ("FACTOR", x), ("FACTOR", None)]
    changes += [("FUNCTIONS", [np.tanh]), ("FUNCTIONS", (np.exp, np.sin, np.sin)), ("MODE", "a"), ("FLAG", 1)]
    for name, value in [("N", 2), *changes]:
        setattr(module, name, value)
        expected = [(module.f(x + 1e-6*d) - module.f(x - 1e-6*d))/2e-6 for d in np.eye(3)]
        np.testing.assert_allclose(g(x), expected, rtol=1e-6)
    module.FUNCTIONS = [np.tanh]
    g(x)
    module.FUNCTIONS.append(np.exp)
    module.FUNCTIONS[0] = np.cos
    expected = [(module.f(x + 1e-6*d) - module.f(x - 1e-6*d))/2e-6 for d in np.eye(3)]
    np.testing.assert_allclose(g(x), expected, rtol=1e-6)


def test_defaults_of_functions_made_of_one_code():
    def made(k, a=2.0, *, c=3.0):
        def f(x, p=k, *, q=a):
            return np.sum(x*p*q*c)
        return f

    x = np.arange(3.0) + 1.0
    for k, a, c in ((2.0, 3.0, 4.0), (5.0, 1.0, 1.0), (np.float64(2.0), 3, 4), (x, 1.0, 1.0)):
        np.testing.assert_allclose(s2sad.grad(made(k, a, c=c))(x), np.ones(3)*k*a*c)
    f = made(2.0)
    g = s2sad.grad(f)
    assert g(x)[0] == 12.0
    f.__defaults__ = (7.0,)
    assert g(x)[0] == 42.0
    f.__kwdefaults__["q"] = 5.0
    assert g(x)[0] == 105.0


def test_properties_and_special_methods_that_are_replaced_are_seen(tmp_path):
    """The text stands for what the class of an object says, of one that is captured too."""
    module = load(
        "class Rate:\n"
        "    def __init__(self, w):\n        self.w = w\n"
        "    @property\n    def twice(self):\n        return self.w*2\n"
        "    def __len__(self):\n        return 3\n"
        "    def __getitem__(self, i):\n        return self.w*i\n"
        "    def __contains__(self, k):\n        return True\n"
        "    def __iter__(self):\n        return iter([self.w, 2.0])\n"
        "    def __bool__(self):\n        return True\n"
        "    def __call__(self, x):\n        return x*self.w\n"
        "class Fast(Rate):\n    pass\n"
        "RATE = Fast(1.5)\n"
        "def twice(x, r):\n    return x*x*r.twice\n"
        "def length(x, r):\n    return x*x*len(r)\n"
        "def item(x, r):\n    return x*x*r[2]\n"
        "def holds(x, r):\n    return x*x*(2 if 5 in r else 1)\n"
        "def items(x, r):\n    return x*x*sum([v for v in r])\n"
        "def truth(x, r):\n    return x*x*(2 if r else 1)\n"
        "def result(x, r):\n    return r(x)*x\n"
        "def iterator(self):\n    return iter([self.w*4])\n",
        tmp_path,
    )
    changed = {
        "twice": ("twice", property(lambda self: self.w*5)),
        "length": ("__len__", lambda self: 7),
        "item": ("__getitem__", lambda self, i: self.w*9),
        "holds": ("__contains__", lambda self, k: False),
        "items": ("__iter__", module.iterator),
        "truth": ("__bool__", lambda self: False),
        "result": ("__call__", lambda self, x: x*self.w*4),
    }
    for name, (attribute, new) in changed.items():
        f, rate = getattr(module, name), module.RATE
        g = s2sad.grad(f)
        assert g(1.0, rate) == 2*f(1.0, rate)
        setattr(module.Rate if name != "twice" else module.Fast, attribute, new)
        assert g(1.0, rate) == 2*f(1.0, rate), name


def test_transforms_of_one_function_in_many_threads(tmp_path):
    """Reverse and forward mode derive the same function at once."""
    x = np.arange(3.0) + 1.0
    for i in range(4):
        f = load(
            "import numpy as np\n"
            "def f(x, n):\n"
            "    y = x*1.0\n"
            f"    for k in range(n):\n        y[k % 3] *= x[0]*{i + 1}.0\n"
            "    return np.sum(y*x)\n",
            tmp_path,
        ).f
        found: list[object] = [None]*9
        barrier = threading.Barrier(9)

        def call(k, f=f, found=found, barrier=barrier):
            barrier.wait()
            if k % 3 == 0:
                found[k] = s2sad.grad(f)(x, 3)
            elif k % 3 == 1:
                found[k] = s2sad.vjp(f, x, 3)[1](1.0)[0]
            else:
                found[k] = np.array([s2sad.jvp(f, (x, 3), (d, None))[1] for d in np.eye(3)])

        threads = [threading.Thread(target=call, args=(k,)) for k in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for other in found[1:]:
            np.testing.assert_allclose(other, found[0], rtol=1e-12)
