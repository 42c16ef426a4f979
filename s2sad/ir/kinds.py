"""Kinds: what is known about a value before the program runs.

A kind says whether a value is a Python scalar, a NumPy scalar, an array or a container, its dtype, and the
lengths of its axes as symbols. Kinds are facts, never guesses: what is not known is None.

Lengths are integers or `(symbol, offset)`, which stands for max(0, symbol + offset). Two equal lengths are
equal at run time: a symbol belongs to one place that makes a value (a parameter's axis, a call, the head of a
loop) and denotes what that place made last. So `u[2:]` and `u[:-2]` have the same length ("n", -2), and
`u[2:]` and `u[1:]` do not. In the kind of a list's elements ("n*", 0) is the length "n" that all have, and
any other length is one that each element may have of its own.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from typing import Any

import numpy as np

from s2sad.ir.records import record

Length = int | tuple[str, int]
Shape = tuple[Length, ...]

PYTHON = frozenset(("float", "complex", "int", "bool"))
NUMBERS = PYTHON | {"npscalar", "array", "num"}
_symbols = itertools.count(1)


def new_length() -> Length:
    """A length that is not known to equal any other."""
    return (f"n{next(_symbols)}", 0)


def is_older(length: Length, mark: Length) -> bool:
    """Whether a length was known before another one, which `new_length` gave."""
    if isinstance(length, int):
        return True
    name, _ = length
    return not name[1:].isdigit() or (isinstance(mark, tuple) and int(name[1:]) < int(mark[0][1:]))


@record(frozen=True, slots=True)
class Kind:
    """What is known about a value.

    cat       "float" "complex" "int" "bool" (Python scalars), "npscalar" (NumPy scalar), "array" (np.ndarray
              of any rank, 0 included), "num" (array or NumPy scalar: an expression on arrays of unknown or
              zero rank), "str" "none" "list" "tuple" "dict" "range" "slice" "dtype" (of which
              only the class is known) "object" (anything else)
    dtype     of npscalar, array and num: NumPy's name ("float64", "int64", "bool", ...), or a class alone
              where the width is not known: "float", "int", "complex", and "mixed" of an array that holds
              floats on some paths and whole numbers on others; the names of the fields of a tuple or
              dict of a class; "places" of a list that is a dict of ints, "tuple" of one that is a tuple
              whose length is not known; "" for everything else
    shape     of array and num: lengths, or None when the rank is not known; () for scalars
    items     of list: the one kind of every element (or None: not known or empty); of tuple: the kinds of
              the elements
    keys      of dict: the keys, beside items
    optional  the value may be None instead (`best = None` before a loop); every operation on None raises in
              the primal too
    cls       of an int: the class of the object that it is the number of; of tuple and dict: the class of a
              namedtuple or dataclass whose fields they are; of a tuple `list` for a list whose elements are
              known one by one, `dict` for a dict whose values it holds in the order of `keys`
    known     of a part of an argument that is a string or a function: the value itself
    every     of a tuple whose length is not known (items is None): the kind of every element
    met       of numbers: whether another path has one of another class or dtype (`s = 0` before a loop)
    """

    cat: str
    dtype: str = ""
    shape: Shape | None = ()
    items: tuple[Kind, ...] | None = None
    keys: tuple[Any, ...] = ()
    optional: bool = False
    cls: type | None = None
    known: Any = None
    every: Kind | None = None
    met: bool = False

    @property
    def rank(self) -> int | None:
        """The number of axes, None if it is not known."""
        return None if self.shape is None else len(self.shape)

    @property
    def places(self) -> tuple[Any, ...]:
        """What the items of a tuple or dict are found by: numbers, or keys."""
        return self.keys if self.cat == "dict" else tuple(range(len(self.items or ())))

    @property
    def is_array(self) -> bool:
        """Whether the value is an np.ndarray for certain (so that augmented assignment writes into it)."""
        return self.cat == "array"

    @property
    def is_scalar(self) -> bool:
        """Whether the value is a Python or NumPy scalar for certain."""
        return self.cat in ("float", "complex", "int", "bool", "npscalar")

    @property
    def is_python(self) -> bool:
        """Whether the value is a Python number for certain, which raises where NumPy gives inf."""
        return self.cat in PYTHON

    @property
    def is_number(self) -> bool:
        """Whether the value is a number or an array of numbers."""
        return self.cat in NUMBERS

    @property
    def sort(self) -> str:
        """ "float", "complex", "int", "bool" for numbers, "" for the rest."""
        if self.cat not in ("npscalar", "array", "num"):
            return self.cat if self.cat in NUMBERS else ""
        if self.dtype in ("float64", MIXED):
            return "float"
        name = self.dtype.rstrip("0123456789")
        return "int" if name == "uint" else name

    @property
    def inexact(self) -> bool:
        """Whether the value can carry a derivative."""
        return self.sort in ("float", "complex")


FLOAT = Kind("float")
COMPLEX = Kind("complex")
INT = Kind("int")
BOOL = Kind("bool")
STR = Kind("str")
NONE = Kind("none")
OBJECT = Kind("object", shape=None)
RANGE = Kind("range")
SLICE = Kind("slice")
MIXED = "mixed"
CLASSES = frozenset(("", "float", "complex", "int", MIXED))  # dtypes of arrays whose width is not known
LISTED = "tuple"  # the dtype of a list of the program that is a tuple of unknown length
PLACES = Kind("list", "places", items=(INT,))  # a dict from keys to the places of their values in a list
BOTTOM = Kind("bottom")  # of a name that nothing has been bound to yet, while the kinds of a loop are sought


def array(shape: Shape | None, dtype: str = "float64") -> Kind:
    """The kind of an np.ndarray."""
    return Kind("array", dtype, shape)


def num(shape: Shape | None, dtype: str = "float64") -> Kind:
    """What NumPy returns for this shape: a NumPy scalar at rank 0, else an array; either if None."""
    if shape is None:
        return Kind("num", dtype, None)
    return Kind("array", dtype, shape) if shape else Kind("npscalar", dtype, ())


def npscalar(dtype: str = "float64") -> Kind:
    """The kind of a NumPy scalar."""
    return Kind("npscalar", dtype, ())


def list_of(item: Kind | None) -> Kind:
    """The kind of a list whose elements all have one kind."""
    return Kind("list", "", (), None if item is None else (item,))


def tuple_of(item: Kind, count: int | None) -> Kind:
    """A tuple of so many items of one kind, or of a number that is not known."""
    return Kind("tuple", items=None, every=item) if count is None else Kind("tuple", items=(item,) * count)


def fresh_shape(rank: int | None) -> Shape | None:
    """A shape of this rank of which nothing else is known."""
    return None if rank is None else tuple(new_length() for _ in range(rank))


def anonymous(kind: Kind) -> Kind:
    """The kind with lengths that equal no other's: for elements of lists, results of unseen calls.

    Lengths that are equal in the parts of a tuple or dict stay equal to each other; a length that all
    elements of a list have is what one of them has.
    """
    if kind.cat in ("array", "num"):
        return replace(kind, shape=None if kind.shape is None else tuple(map(_own, kind.shape)))
    return _renamed(kind, {}) if kind.cat in ("tuple", "dict") and kind.items else kind


def _own(length: Length) -> Length:
    if is_common(length):
        assert isinstance(length, tuple)
        return int(length[0][:-1]) if length[0][:-1].isdigit() else (length[0][:-1], length[1])
    return new_length()


def is_common(length: Length) -> bool:
    """Whether a length in the kind of a list's elements is that of all of them."""
    return isinstance(length, tuple) and length[0].endswith("*")


def has_common_shape(kind: Kind) -> bool:
    """Whether a value is a list of arrays that all have one shape."""
    item = kind.items[0] if kind.cat == "list" and kind.items else None
    return item is not None and item.is_array and bool(item.shape) and all(map(is_common, item.shape or ()))


def outline(kind: Kind) -> tuple[Length | None, ...] | None:
    """A shape in which nothing but the lengths that all elements of a list have are said."""
    return kind.shape and tuple([n if is_common(n) else None for n in kind.shape])


def common(kind: Kind, mark: Length) -> Kind:
    """The kind of a list's elements: lengths that are known from before `mark` are those of all of them.

        hs = []                                      every h has the length of w
        for i in range(n):
            h = np.tanh(w*h)
            hs.append(h)
    """
    if kind.cat not in ("array", "num"):
        return anonymous(kind)
    if kind.shape is None:
        return kind
    return replace(kind, shape=tuple([_common(n, mark) for n in kind.shape]))


def _common(length: Length, mark: Length) -> Length:
    if is_common(length):
        return length
    return of_all(length) if isinstance(length, int) or is_older(length, mark) else new_length()


def of_all(length: Length) -> Length:
    """In the kind of a list's elements, a length that all of them have."""
    return (f"{length}*", 0) if isinstance(length, int) else (f"{length[0]}*", length[1])


def _renamed(kind: Kind, symbols: dict[Length, Length]) -> Kind:
    """The kind with a new length for each of its lengths."""
    if kind.cat in ("array", "num") and kind.shape is not None:
        return replace(kind, shape=tuple(symbols.setdefault(n, new_length()) for n in kind.shape))
    if kind.items is None:
        return kind
    return replace(kind, items=tuple(_renamed(item, symbols) for item in kind.items))


def is_list_of_arrays(kind: Kind) -> bool:
    """Whether a value is a list of which every element is an array that can carry a derivative."""
    item = kind.items[0] if kind.cat == "list" and kind.items and not kind.optional else None
    return item is not None and item.is_array and item.inexact and not item.optional


def holds_complex(kind: Kind) -> bool:
    """Whether there is a complex number in a structure."""
    return kind.sort == "complex" or any(map(holds_complex, kind.items or ()))


def carries(kind: Kind) -> bool:
    """Whether a value of this kind can carry a derivative."""
    if kind.is_number:
        return kind.inexact or (not kind.is_python and not kind.sort)
    if kind.every is not None:
        return carries(kind.every)
    if kind.cat in ("list", "tuple", "dict"):
        return kind.items is None or any(carries(i) for i in kind.items)
    return kind.cat in ("object", "slice")  # a slice whose bound varies, as in np.mgrid[0:a:5j]


def may_hold_arrays(kind: Kind) -> bool:
    """Whether a value may be an array, a list, or a structure that holds one."""
    if kind.cat in ("tuple", "dict") and kind.items is not None:
        return any(map(may_hold_arrays, kind.items))
    return kind.cat in ("array", "num", "list", "tuple", "dict", "object") and not kind.is_scalar


def is_constant_tuple(kind: Kind) -> bool:
    """Whether a value is a tuple of things that carry no derivative: `()` and `(0, 1)` are of one kind."""
    plain = kind.cat == "tuple" and kind.cls is None and not kind.dtype
    return plain and (kind.items is None) != (kind.every is None) and not carries(kind)


# ---- arithmetic


def promote(*kinds: Kind) -> str:
    """The dtype of an elementwise operation (NEP 50: Python scalars are weak).

    A class alone ("float" and so on) if the widths are not known.
    """
    strong = [k for k in kinds if not k.is_python]
    sorts = [k.sort for k in kinds]
    if not strong:
        return {"float": "float64", "complex": "complex128", "int": "int64", "bool": "bool"}[widest(sorts)]
    if any(k.dtype in CLASSES for k in strong):
        whole = all(k.dtype == MIXED or not k.inexact for k in kinds)
        return MIXED if whole and any(k.dtype == MIXED for k in strong) else widest(sorts)
    weak = {"float": 1.0, "complex": 1j, "int": 1, "bool": True}
    try:
        dtype = np.result_type(*(weak[k.cat] if k.is_python else np.dtype(k.dtype) for k in kinds))
    except (TypeError, OverflowError):
        return widest(sorts)
    return dtype.name


_BITS = {"float16": 11, "float32": 24, "complex64": 24}  # of significands that are shorter than float64's


def is_coarser(kind: Kind, other: Kind) -> bool:
    """Whether numbers of one kind have fewer digits than those of another, whose dtype may not be known."""
    return _BITS.get(kind.dtype, 53) < _BITS.get(other.dtype, 53)


def widest(sorts: list[str]) -> str:
    """The widest of number sorts; "" where one is not known and might be wider than the others."""
    for sort in ("complex", "", "float", "int"):
        if sort in sorts:
            return sort
    return "bool"


def broadcast(*shapes: Shape | None) -> Shape | None:
    """NumPy's broadcasting on symbolic shapes.

    None if a rank is not known; a new length where lengths may differ.
    """
    if None in shapes:
        return None
    known = [s for s in dict.fromkeys(shapes) if s]
    if len(known) < 2:
        return known[0] if known else ()
    rank = max((len(s) for s in known), default=0)
    result: list[Length] = []
    for axis in range(-rank, 0):
        lengths = {s[axis] for s in known if len(s) >= -axis} - {1}
        numbers = [n for n in lengths if isinstance(n, int)]
        if not lengths:
            result.append(1)
        elif len(lengths) == 1:
            result.append(lengths.pop())
        elif numbers:
            result.append(numbers[0])
        else:
            result.append(new_length())
            if len(_origins) > ORIGINS:
                _origins.clear()
            _origins[result[-1]] = frozenset(lengths)
    return tuple(result)


ORIGINS = 100_000
_origins: dict[Length, frozenset[Length]] = {}  # what a length of a broadcast result was made of


def proved(value: Shape | None, region: Shape | None) -> dict[Length, Length]:
    """Lengths that a store `region = value` proves to be equal.

    A value of length bc(n, m) that is stored into a region of length n has length n: bc(n, m) is n, or m if n
    is 1, and then the store needs m = 1. The same holds for an m that is itself bc(n, k).
    """
    if value is None or region is None or len(value) != len(region):
        return {}
    found: dict[Length, Length] = {}
    stack = [(v, r) for v, r in zip(value, region, strict=True) if v != r]
    while stack:
        length, known = stack.pop()
        parts = _origins.get(length, frozenset())
        if known in parts and length not in found:
            found[length] = known
            stack += [(part, known) for part in parts if part != known]
    return found


def elementwise(*kinds: Kind, dtype: str | None = None) -> Kind:
    """The kind of a ufunc's result: Python scalars and NumPy scalars give NumPy scalars, axes give arrays."""
    dtype = promote(*kinds) if dtype is None else dtype
    shape = broadcast(*[k.shape for k in kinds])
    return array(None, dtype) if shape is None and any(k.shape for k in kinds) else num(shape, dtype)


def slice_length(length: Length, lo: Any, hi: Any, step: Any) -> Length:
    """The length of `a[lo:hi:step]` for an axis of this length; parts not ints or None are not known."""
    for part in (lo, hi, step):
        if part is not None and (not isinstance(part, int) or isinstance(part, bool)):
            return new_length()
    if isinstance(length, int):
        return len(range(*slice(lo, hi, step).indices(length)))
    symbol, offset = length
    if step in (None, -1) and lo is None and hi is None:
        return length
    if step not in (None, 1):
        return new_length()
    lo = 0 if lo is None else lo
    if lo >= 0 and (hi is None or hi < 0):  # max(0, n + offset - lo + hi)
        return (symbol, offset - lo + (hi or 0)) if offset - lo + (hi or 0) <= offset else new_length()
    return new_length()


# ---- join


def join(a: Kind, b: Kind, symbols: dict[tuple[Length, Length], Length] | None = None) -> Kind:
    """The smallest kind that holds both: at the end of a branch, at the head of a loop.

    `symbols` remembers the length that two different lengths were joined to, so that joining values of equal
    shapes gives equal shapes.
    """
    if a == b:
        return a
    if a.known is not b.known:
        return join(replace(a, known=None), replace(b, known=None), symbols)
    symbols = {} if symbols is None else symbols
    for one, two in ((a, b), (b, a)):
        if one.cat == "bottom":
            return two
        if one.cat == "none" and _or_none(two):
            return replace(two, optional=True)
    made = _joined(a, b, symbols)
    return replace(made, optional=True) if (a.optional or b.optional) and made != OBJECT else made


def _or_none(kind: Kind) -> bool:
    """Whether a value that may be None instead has a kind: not so objects and dicts."""
    if kind.cat == "tuple":
        named = kind.cls is None or issubclass(kind.cls, tuple)
        return (bool(kind.items) and named) or is_constant_tuple(kind)
    return kind.is_number or kind.cat in ("list", "str")


def _joined(a: Kind, b: Kind, symbols: dict[tuple[Length, Length], Length]) -> Kind:
    """The join of two kinds of values neither of which is None, but for `optional`."""
    if a.is_number and b.is_number:
        return _join_numbers(a, b, symbols) if a.cls is b.cls else OBJECT
    if a.cat == b.cat == "list":
        return replace(list_of(_join_items(a, b, symbols)), dtype=a.dtype if a.dtype == b.dtype else "")
    if a.cat == b.cat == "str":
        return a
    if a.cat == b.cat == "tuple" and a.items is None and b.items is None and a.every and b.every:
        return replace(a, every=join(a.every, b.every, symbols))
    if a.cat == b.cat == "tuple" and a.items and b.items and len(a.items) == len(b.items):
        if (a.cls, a.keys, a.dtype) != (b.cls, b.keys, b.dtype):
            if not all(k.cls is None or issubclass(k.cls, tuple) for k in (a, b)):
                return OBJECT  # objects of two classes, dicts of other keys or in another order
            a = replace(a, cls=None, dtype="")
        return replace(a, items=_join_each(a, b, symbols))
    if all(is_constant_tuple(k) for k in (a, b)):
        every = functools.reduce(join, [i for k in (a, b) for i in (k.items or (k.every,)) if i is not None])
        return OBJECT if every == OBJECT else Kind("tuple", items=None, every=every)
    if a.cat == b.cat == "dict" and a.items and b.items and replace(a, items=b.items) == b:
        return replace(a, items=_join_each(a, b, symbols))
    return OBJECT


def _join_each(a: Kind, b: Kind, symbols: dict[tuple[Length, Length], Length]) -> tuple[Kind, ...]:
    return tuple(join(x, y, symbols) for x, y in zip(a.items or (), b.items or (), strict=True))


def _join_items(a: Kind, b: Kind, symbols: dict[tuple[Length, Length], Length]) -> Kind | None:
    """The kind of the elements of two lists; that of a display has one for each of its elements."""
    items = [*(a.items or ()), *(b.items or ())]
    return functools.reduce(lambda x, y: join(x, y, symbols), items) if items else None


def _join_numbers(a: Kind, b: Kind, symbols: dict[tuple[Length, Length], Length]) -> Kind:
    if replace(a, optional=False) == replace(b, optional=False):
        return a
    if a.is_python and b.is_python:
        return Kind(widest([a.cat, b.cat]), met=True)  # an int beside a float is read as a float
    dtype = a.dtype if a.dtype == b.dtype else _join_dtypes(a, b)
    met = a.met or b.met or a.dtype != b.dtype
    if a.is_scalar and b.is_scalar:
        return Kind("npscalar", dtype, (), met=met)
    if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
        shape = None
    else:
        shape = tuple(
            m if m == n else symbols.setdefault((m, n), new_length())
            for m, n in zip(a.shape, b.shape, strict=True)
        )
    return Kind("array" if a.is_array and b.is_array else "num", dtype, shape, met=met)


def _join_dtypes(a: Kind, b: Kind) -> str:
    """The dtype of what is one or the other: a class where both are NumPy's."""
    sorts = [a.sort, b.sort]
    if a.is_python or b.is_python or "" in sorts:
        return promote(a, b)
    apart = sorts[0] != sorts[1] and not a.is_scalar and not b.is_scalar
    if widest(sorts) == "float" and (apart or MIXED in (a.dtype, b.dtype)):
        return MIXED
    return widest(sorts)


def same_shape(a: Kind, b: Kind) -> bool:
    """Whether two values certainly have equal shapes."""
    return a.shape is not None and a.shape == b.shape


def describe(kind: Kind) -> str:
    """The kind as the header of a text and error messages say it: `1-D float64 array`, `Python float`."""
    if kind.cat == "npscalar":
        return f"NumPy {kind.dtype} scalar"
    if kind.cat in ("array", "num"):
        if kind.cat == "num" and kind.rank == 0:
            return "rank 0"
        rank = "array" if kind.rank is None else f"{kind.rank}-D array"
        return f"{kind.dtype} {rank}" if kind.dtype not in ("float64", "") else rank
    names = {"none": "None", "float": "Python float", "complex": "Python complex", "int": "Python int"}
    return names.get(kind.cat, kind.cat)


_CLASSES = ((int, INT), (float, FLOAT), (complex, COMPLEX), (str, STR), (range, RANGE), (slice, SLICE))


def kind_of_value(value: Any) -> Kind:
    """The kind of a live object; arrays get lengths that equal no other's."""
    if isinstance(value, bool):
        return BOOL
    for cls, kind in _CLASSES:
        if type(value) is cls:
            return kind
    if value is None:
        return NONE
    if isinstance(value, np.generic):
        return npscalar(value.dtype.name) if value.dtype.kind in "fciub" else OBJECT
    if type(value) in (np.ndarray, np.memmap):
        return array(fresh_shape(value.ndim), value.dtype.name) if value.dtype.kind in "fciub" else OBJECT
    if type(value) is tuple:
        return Kind("tuple", items=tuple(kind_of_value(v) for v in value))
    if type(value) is list:
        return list_of(join_all([kind_of_value(v) for v in value]))
    if type(value) is dict:
        return Kind("dict", items=tuple(kind_of_value(v) for v in value.values()), keys=tuple(value))
    return OBJECT


def without_lengths(kind: Kind) -> tuple[Any, ...]:
    """A kind as a key: everything but the symbols of its lengths, save those that all elements have."""
    items = None if kind.items is None else tuple(without_lengths(i) for i in kind.items)
    rest = kind.optional, kind.cls, kind.every, kind.met
    return kind.cat, kind.dtype, outline(kind), items, kind.keys, *rest


_PLAIN = frozenset((int, float, complex, bool, str, np.float64, np.int64))


def outline_of(value: Any) -> Any:
    """A key that differs where the kinds of two live containers do, found without making kinds of numbers."""
    if type(value) in _PLAIN:
        return type(value)
    if type(value) in (list, tuple, dict):
        items = value.values() if type(value) is dict else value
        types = [*map(type, items)]
        found = frozenset(types)
        keys = tuple(value) if type(value) is dict else None
        if found <= _PLAIN:
            return type(value), keys, found if type(value) is list or len(found) == 1 else tuple(types)
        if np.ndarray not in found:
            return type(value), keys, tuple([outline_of(item) for item in items])
    return without_lengths(kind_of_value(value))


def signature(kind: Kind) -> tuple[Any, ...]:
    """What tells a function lowered for some arguments from others: the parts that are known count too."""
    return without_lengths(kind), tuple(v if isinstance(v, str) else id(v) for v in _known_parts(kind))


def _known_parts(kind: Kind) -> list[Any]:
    return [kind.known, *(part for item in kind.items or () for part in _known_parts(item))]


def join_all(items: list[Kind]) -> Kind | None:
    """The kind of the elements of a list: their join, with anonymous lengths."""
    if not items:
        return None
    result = items[0]
    for item in items[1:]:
        result = join(result, item)
    return anonymous(result)
