"""What is refused: every refusal names its place and what to write instead."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import s2sad
from s2sad import UnsupportedError
from support import load

X = np.array([0.5, 0.8, 1.2])

HEAD = """
import collections
import contextlib
import copy
import functools
import itertools
import numpy as np
from collections import namedtuple
from dataclasses import dataclass

CAPTURED = np.ones(3)
NUMBERS = [1.0, 2.0]
TABLE = {"a": 1.0}
P = namedtuple("P", "a b")

@dataclass
class D:
    a: object
    b: float = 1.0

class Thing:
    def __init__(self):
        self.k = 2.0
    def __radd__(self, other):
        return other
    def __iter__(self):
        return self

THING = Thing()

class Swallow:
    def __enter__(self):
        return self
    def __exit__(self, *exc):
        return True

@contextlib.contextmanager
def swallowing():
    try:
        yield
    except ValueError:
        pass

def progress(items):
    for item in items:
        yield item

def takes_two(a, b):
    return a*b

def decorate(g):
    return g

def nothing(v):
    return v
"""

# the body of f(x), where its refusal stands (the line's text with the offending part in « »), what it says
CASES = [
    ("set of active values", "s = «{x[0], x[1]}»", "an active value enters set, which has no rule"),
    ("set comprehension", "s = «{a for a in x}»", "an active value enters set, which has no rule"),
    ("undefined name", "y = «undefined_name»*x", "the name 'undefined_name' is not defined; define it"),
    ("unbound", "if np.sum(x) > 0:\n    pass\ny = «later»*x\nlater = 2.0", "'later' may be unbound here; assign it on every path"),
    ("dict as a whole", "d = {np.sum(x): x}\ny = «np.asarray(d)»", "a dict with computed keys or elements is used as a whole; use"),
    ("double star", "d = {**«thing()»}", "of a dict whose keys are not known here; write the keys out"),
    ("function as value", "g = lambda v: v\ny = «np.asarray(g)»", "a function that is made here is used as a value; call it directly"),
    ("store captured", "CAPTURED[0] = x[0]\nx = «CAPTURED[0]»*x", "CAPTURED is read and written, which is neither an argument nor local; pass it as an argument"),
    ("augment captured", "CAPTURED[0] += x[0]\nx = «CAPTURED*x»", "CAPTURED is read and written"),
    ("augment captured name", "a = CAPTURED\na += x\nx = «a*x»", "CAPTURED is read and written"),
    ("fill captured", "CAPTURED.fill(1.0)\nx = «np.dot(CAPTURED, x)»", "CAPTURED is read and written"),
    ("out captured", "np.add(x, x, out=CAPTURED)\nx = «CAPTURED[1:]»", "CAPTURED is read and written"),
    ("add.at captured", "«np.add.at(CAPTURED, [0], x[0])»", "CAPTURED is read and written"),
    ("history read", "NUMBERS.append([x[0]])\nx = «NUMBERS[0]»*x", "the outside list NUMBERS is read here and appended to; return"),
    ("entry read", 'TABLE["a"] = [x[0]]\nx = «TABLE["a"][0]»*x', "the outside dict TABLE is read here and changed; return"),
    ("missing key", 'd = {"a": x}\ny = «d["b"]»', "the dict has no key 'b'; use a key that it has"),
    ("missing global key", 'y = «TABLE["b"]»*x', "TABLE has no item 'b'; use an item that it has"),
    ("tuple index", "p = (x, x)\ny = «p[2]»", "the index 2 is out of range; use an index that there is"),
    ("scalar index", "s = np.sum(x)\ny = «float(s)[0]»", "a Python float cannot be indexed; index an array, a list"),
    ("too many indices", "y = «x[0, 1]»", "too many indices for a 1-D array; drop an index"),
    ("unpack scalar", "«a, b = float(x[0])»", "a Python float is unpacked; unpack an array, a list or a tuple"),
    ("unpack unknown", "y = np.clip(«*x»)", "the number of elements to unpack is not known; unpack it into names"),
    ("unpack wrong", "«a, b = (x, x, x)»", "3 values are unpacked into 2 names; make the numbers equal"),
    ("unpack star", "«a, b, *c = (x,)»", "1 values are unpacked into 2 names and more; make the numbers fit"),
    ("array attribute", "y = «x.banana»", "array has no attribute 'banana'; check the name"),
    ("global attribute", "y = «np.banana»(x)", "np has no attribute 'banana'; check the name"),
    ("object attribute", "y = «THING.j»*x", "THING has no attribute 'j'; check the name"),
    ("record attribute", "p = P(x, x)\ny = «p.c»", "P has no attribute 'c'; check the name"),
    ("record as a whole", "p = P(x, x)\ny = «nothing2(p)»", "the name 'nothing2' is not defined"),
    ("record fields", "y = «P(x)».a", "P(...) does not get the fields a, b; check the call"),
    ("dataclass fields", "y = «D(x, c=1)».a", "D(...) does not get the fields a, b; check the call"),
    ("attribute of a class", "«Thing.k = x»", "the attribute 'k' is assigned; use a local name and return it"),
    ("in place, outside", "TABLE['b'] = [x]\nTABLE['a'] = x\n«TABLE['a'] *= 2.0»", "an element of an outside container is written, which may"),
    ("no arguments", "y = «takes_two(x)»", "takes_two() misses the argument 'b'; pass it"),
    ("too many arguments", "y = «takes_two(x, x, x)»", "takes_two() takes 2 positional arguments but 3 were given"),
    ("unknown keyword", "y = «takes_two(x, b=x, c=1)»", "takes_two() got an unexpected keyword argument 'c'"),
    ("twice", "y = «takes_two(x, x, b=x)»", "takes_two() got multiple values for the argument 'b'"),
    ("starred keywords", "y = takes_two(**«x»)", "** of something whose keys are not known; write the keywords out"),
    ("unknown callee", "g = THING.k\ny = «g(x)»", "an active value enters THING.k"),
    ("closure to a library", "y = «functools.cmp_to_key(lambda a, b: a*b)»", "a function that is made here is passed to functools.cmp_to_key"),
    ("ufunc method", "y = «np.power.reduce(x)»", "there is no rule for np.power.reduce; write functools.reduce(np.power, x)"),
    ("unknown argument", "y = «np.sum(x, banana=1)»", "the argument 'banana' of np.sum is not supported; use the supported"),
    ("out no array", "«np.add(x, x, out=THING.k)»", "THING.k is written"),
    ("resize", "«x.resize(2)»", "resize() changes an array in place in a way that is not tracked; use the function"),
    ("tobytes", "y = «x.tobytes()»", "tobytes() takes numbers out of an array; index the array"),
    ("dict method", 'd = {"a": x}\n«d.banana()»', "the dict method 'banana' is not supported here; assign the keys"),
    ("list method", "xs = [x]\n«xs.banana()»", "the list method 'banana' is not supported here; use append, pop() and indexing"),
    ("list slice store", "xs = [x, x]\n«xs[0:1:len(x)] = [x]»", "a slice with a step that is not known is written; write a loop"),
    ("deque as a whole", "d = collections.deque(x)\n«print(d)»", "a deque with computed keys or elements is used as a whole"),
    ("deep copy of a dict", "d = {i: v for i, v in enumerate(x)}\ne = «copy.deepcopy(d)»", "is copied with what it holds; copy what"),
    ("scalar store", "s = float(x[0])\n«s[0] = 1.0»", "an element of a Python float is assigned; assign to elements of arrays"),
    ("with no manager", "with «THING»:\n    pass", "Thing is no context manager; give it __enter__ and __exit__"),
    ("swallowing manager", "with «Swallow()»:\n    return x", "a with statement that may swallow an exception is left from within its body"),
    ("swallowing generator", "with «swallowing()»:\n    y = x", "this context manager may swallow an exception; catch it"),
    ("active manager", "with «contextlib.closing(x)»:\n    y = x", "an active value enters contextlib.closing, which has no rule"),
    ("errstate raise", "with «np.errstate(all='raise')»:\n    y = x", "np.errstate makes exceptions of warnings here; use"),
    ("exits in finally", "«try:»\n    y = x\nfinally:\n    if x[0] > 0:\n        return np.sum(x)", "a try statement is left from within its body on some path only; assign"),
    ("unknown exceptions", "try:\n    y = x\n«except THING:»\n    y = x", "the exceptions that are caught are not known; name their classes"),
    ("finally binds", "try:\n    y = x\nfinally:\n    «z = print(1)»", "a finally clause binds names; bind them behind the try"),
    ("late iterator", "k = 2.0\n«g = map(lambda v: v*k, x)»\nk = 3.0\ny = sum(g)", "what the iterator 'g' is made of changes before it is"),
    ("endless", "for v in «itertools.count()»:\n    pass", "an iteration without end; write while True, or zip it"),
    ("count of floats", "for v, w in zip(«itertools.count(0.1)», x):\n    pass", "count() of numbers whose sums may be rounded; count trips"),
    ("class", "«class A:»\n    k = x", "the body of the class A reads 'x', which is made in the function; set it in __init__"),
    ("global", "«global CAPTURED»\nCAPTURED = x", "the global 'CAPTURED' is written; return the value, or pass it in"),
    ("del", "d = {'a': x}\ndel «d['b']»", "the dict has no key 'b'; use a key that it has"),
    ("del of a slice", "xs = [x, x]\n«del xs[:1:len(x)]»", "a slice with a step that is not known is written; write a loop"),
    ("del of an attribute", "del «THING.k»", "an attribute or an element of an outside object is deleted; use a local name"),
    ("pattern", "import json\nmatch json.loads('[1, 2]'):\n    case «[a, b]»:\n        y = x", "the subject of this pattern is not known before the call; write if and elif"),
    ("relative import", "«from . import thing»", "the module cannot be imported here; import at the top of the file"),
    ("range of floats", "for i in range(«x[0]»):\n    pass", "range gets something that is not an integer; use int(...)"),
    ("iterate a float", "for i in «float(x[0])»:\n    pass", "a Python float cannot be iterated; iterate an array, a list or a range"),
    ("own iteration", "for i in «THING»:\n    pass", "a Thing is iterated by its own __iter__; iterate a list or an array"),
    ("structure", "p = (x,)\nfor i in range(len(x)):\n    p = («p», x)", "'p' changes its structure in the loop; keep tuples of one length"),
    ("functions and values", "g = takes_two\n«for i in range(len(x)):»\n    g = x", "'g' is a function, and something else after a trip"),
    ("next", "y = «next(x)»", "next() takes from an iterator whose state is not tracked; use a for loop"),
    ("eval", "y = «eval('x')»", "code that is made at run time cannot be read; write it as a function"),
    ("exec", "«exec('y = 1')»", "code that is made at run time cannot be read; write it as a function"),
    ("globals", "y = «globals()»['X']", "names are read as a dict; use the names themselves"),
    ("vars", "y = «vars()»", "names are read as a dict; use the names themselves"),
    ("yield", "y = (lambda: («yield x»))()", "the expression Yield is not supported; collect the values in a list"),
    ("coroutine", "«async def g():»\n    pass", "coroutines are not supported; write a plain function"),
    ("shape assigned", "«x.shape = (3, 1)»", "the attribute 'shape' of 1-D array is assigned; use reshape() or astype()"),
    ("dtype assigned", "«x.dtype = np.float32»", "the attribute 'dtype' of 1-D array is assigned; use reshape()"),
    ("strides assigned", "«x.strides = (8,)»", "the attribute 'strides' of 1-D array is assigned; use reshape()"),
    ("flags assigned", "«x.flags.writeable = False»", "what is read or written through .flags is not tracked; use ravel()"),
    ("data written", "«x.data[0] = 1.0»", "what is read or written through .data is not tracked; use ravel()"),
    ("setflags", "«x.setflags(write=True)»", "setflags() changes an array in place in a way that is not tracked; use"),
    ("byteswap", "«x.byteswap(inplace=True)»", "byteswap() changes an array in place in a way that is not tracked"),
    ("nditer", "for v in «np.nditer(x)»:\n    pass", "an active value enters np.nditer, which has no rule and no source"),
    ("read from what is not seen", "x = x*«np.nditer(x)»[0]", "an active value enters np.nditer, which has no rule and"),
    ("memoryview", "m = «memoryview(x)»", "an active value enters memoryview, which has no rule and no source"),
    ("strided write", "v = np.lib.stride_tricks.as_strided(x, (2, 2), (8, 8))\n«v[0, 0] = 1.0»", "an element of an object is assigned; assign to elements of arrays"),
    ("locals", "y = «locals()»['x']", "names are read as a dict; use the names themselves"),
    ("sorted", "y = «sorted(THING)»[0]", "sorted() of values that are not known before the call; use np.sort"),
    ("computed getattr", "y = «getattr(THING, 'k'[:len(x)])»", "getattr gets a computed name; use a literal name"),
    ("foreign order", "y = «x + THING»", "NumPy applies the operator to each element of the array and a Thing; write the Thing first"),
    ("object array", "y = «np.array([x[0], None], dtype=object)»[0]", "an array of objects or of records; keep lists, or"),
    ("buffer of objects", "a = «np.empty(2, object)»\na[0] = x", "an array of objects or of records; keep lists, or"),
    ("cast to objects", "y = «x.astype('O')»", "an array of objects or of records; keep lists, or"),
    ("objects of a ufunc", "y = «np.add(x, 1.0, dtype=object)»", "an array of objects or of records; compute with"),
    ("array of dicts", "y = «np.array([{'v': x}, {'v': 2*x}])»[0]['v']", "an array of objects or of records; keep lists"),
    ("structured array", "a = «np.zeros(2, dtype=[('u', float)])»\na['u'][0] = x[0]", "an array of objects or of records"),
    ("len of a float", "y = «len(float(x[0]))»", "a Python float has no length; use np.size, or pass an array"),
    ("block of an array", "y = «np.block(x)»", "np.block of what is no list display; write the lists out"),
    ("string in r_", "y = «np.r_['r', x, x]»", "'r' in the brackets of np.r_ or np.c_; use np.concatenate or"),
    ("c_ of a cube", "y = «np.c_[x[:, None, None]]»", "np.c_ of other than vectors and matrices; use np.concatenate"),
    ("einsum subscripts", "s = 'i,i->i'[:6 + int(x[0] > 9)]\ny = «np.einsum(s, x, x)»", "np.einsum without literal subscripts; write"),
    ("any of something", "y = «any(thing())»", "what any or all runs over is not known; write a loop"),
    ("sum of lists", "start = []\ny = «sum([[x], [x]], start)»", "from a start that has a name; write sum(rows, [])"),
    ("reduce of nothing", "y = «functools.reduce(takes_two, [])»", "reduce() of nothing has no value; pass a first value"),
    ("max of nothing", "y = «max([])»", "max() of nothing; pass default=..."),
    ("zip of generators", "g, h = progress(x), progress(x)\nfor a, b in «zip(g, h)»:\n    s = a", "over several generators; make lists of all"),
    ("zip keyword", "for a, b in «zip(progress(x), x, strict=True)»:\n    s = a", "gets a keyword; make a list of the generator"),
    ("star beside a generator", "xs = [x]\nfor a in «zip(progress(x), *xs)»:\n    s = a", "a starred argument beside a generator; write"),
    ("extend by a number", "xs = [x]\n«xs.extend(np.sum(x))»", "a list is extended by a NumPy float64 scalar; append the elements"),
    ("positions of a pattern", "match D(x):\n    case «D(a, b, c)»:\n        y = a", "D has no 3 positional parts; name them"),
    ("arguments of a class", "t = «Thing(x)»", "Thing.__init__() takes 1 positional arguments but 2 were given; check"),
    ("field that is replaced", "p = P(x, x)\ny = «p._replace(c=x)»", "P has no field 'c'; check the name"),
    ("array over a buffer", "y = «np.ndarray((2,), float, x)»", "np.ndarray over a buffer; use np.empty, or a view made by"),
    ("loop over no axes", "for i in «np.ndindex()»:\n    s = x", "an iteration over no axes; write the body without a loop"),
    ("record dtype", "y = x.astype(«np.dtype([('a', float)])»)", "np.dtype of other than the name or class of numbers; make it"),
    ("function after a trip", "h = 0.0\n«for i in range(len(x)):\n    h = np.sin»", "'h' is a function after a trip, and was none before; use two names"),
]  # fmt: skip


def program(body: str) -> tuple[str, int, int]:
    """The module, and line and column of its refusal."""
    text = HEAD + "\ndef thing():\n    return THING\n\n\ndef f(x):\n"
    text += "".join(f"    {line}\n" for line in body.splitlines()) + "    return np.sum(x)\n"
    place = text.index("«")
    line = text.count("\n", 0, place) + 1
    column = place - text.rindex("\n", 0, place)
    return text.replace("«", "").replace("»", ""), line, column


@pytest.mark.parametrize("name, body, message", CASES, ids=[c[0] for c in CASES])
def test_refusal_names_the_place_and_the_remedy(name: str, body: str, message: str, tmp_path: Path) -> None:
    text, line, column = program(body)
    module = load(text, tmp_path)
    with pytest.raises(UnsupportedError) as caught:
        s2sad.grad(module.f)(X)
    said = str(caught.value)
    assert message in said
    assert re.search(rf"\.py:{line}:{column}: ", said), said


def test_all_refusals_of_a_function_come_at_once(tmp_path: Path) -> None:
    module = load(
        "import numpy as np\n\n\n"
        "def f(x):\n"
        "    a = x.banana\n"
        "    b = a*2\n"
        "    if np.sum(x) > 0:\n"
        "        c = eval('2')\n"
        "        e = x.cherry\n"
        "    d = x.date\n"
        "    return np.sum(x)\n",
        tmp_path,
    )
    with pytest.raises(UnsupportedError) as caught:
        s2sad.grad(module.f)(X)
    assert [r.span.line for r in caught.value.refusals if r.span] == [5, 8, 9, 10]


@pytest.mark.parametrize(
    "operand, remedy",
    [
        (Fraction(1, 3), "an operand is a Fraction; convert it with float(...)"),
        (Decimal("0.5"), "an operand is a Decimal; convert it with float(...)"),
        (np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0]), "an operand is a MaskedArray; convert it with filled(...)"),
        (np.ones(3).view(np.recarray), "an operand is a recarray; convert it with np.asarray(...)"),
        (np.array([1.0, 2.0, None]), "an operand is an array of object; convert it with astype(float)"),
    ],
    ids=["Fraction", "Decimal", "MaskedArray", "subclass", "objects"],
)
@pytest.mark.parametrize("where", ["captured", "computed"])
def test_operands_of_other_types(operand: object, remedy: str, where: str) -> None:
    def captured(x):
        return np.sum(np.exp(operand*x))

    def computed(x):
        t = operand*2
        if len(x) > 2:
            t = operand*3
        return np.sum(np.maximum(t, x))

    with pytest.raises(UnsupportedError) as caught:
        s2sad.grad({"captured": captured, "computed": computed}[where])(X)
    assert (remedy if where == "captured" else remedy.partition(";")[0]) in str(caught.value)


def test_converted_operands_are_fine() -> None:
    third = Fraction(1, 3)
    assert s2sad.grad(lambda x: x*float(third))(2.0) == float(third)


def test_generators_and_coroutines(tmp_path: Path) -> None:
    module = load("def f(x):\n    yield x\n\n\nasync def g(x):\n    return x\n", tmp_path)
    with pytest.raises(UnsupportedError, match="f is a generator; return a list"):
        s2sad.grad(module.f)(2.0)
    with pytest.raises(UnsupportedError, match="g is a coroutine; return a list"):
        s2sad.grad(module.g)(2.0)


def test_nonlocal_of_a_function_that_is_gone(tmp_path: Path) -> None:
    module = load(
        "def make():\n    k = 1.0\n    def g(v):\n        nonlocal k\n        k = v\n        return v\n    return g\n"
        "G = make()\ndef f(x):\n    return G(x)*2.0\n",
        tmp_path,
    )
    with pytest.raises(UnsupportedError, match=r":4:9: 'k' of the enclosing function is written; return the value"):
        s2sad.grad(module.f)(2.0)


def test_calls_of_ranks_that_a_function_does_not_take() -> None:
    def of_one_axis(x: np.ndarray, s: float) -> float:
        return np.sum(np.rot90(x)) if s > 9.0 else s*x[0]

    def of_a_number(x: np.ndarray, s: float) -> float:
        return np.sum(np.linalg.lstsq(s, x)[0]) if s > 9.0 else s*x[0]

    def of_a_list(x: np.ndarray, s: float) -> float:
        return math.fmod([s, s], s) if s > 9.0 else s*x[0]

    def solved(x: np.ndarray, s: float) -> float:
        return np.sum(np.linalg.solve(np.eye(3), s)*x) if s > 9.0 else s*x[0]

    for fun, said in ((of_one_axis, "np.rot90 of what"), (of_a_number, "lstsq of what"), (of_a_list, "math.fmod of a")):
        with pytest.raises(UnsupportedError, match=said):
            s2sad.grad(fun, 1)(X, 0.5)
    assert s2sad.grad(solved, 1)(X, 0.5) == X[0]
