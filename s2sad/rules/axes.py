"""What the tables of functions on arrays share: axes, dtypes, shapes, and the texts that put a lost axis
back.

`axis`, `keepdims` and `dtype` are handled here and in no rule. The functions read a bound call and answer
with what is known; where a literal or a rank is missing, the texts decide at run time through `unreduce`
and `unbroadcast`.

    np.sum(a, axis=1) of a matrix     spread(bound, "g")  is  "g[:, None]"
    np.sum(a, axis=k)                 spread(bound, "g")  is  "np.expand_dims(g, k)"
    np.sum(a, keepdims=k)             spread(bound, "g")  is  "unreduce(g, a, None, k)"
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Length, Shape, new_length
from s2sad.rules.registry import UNKNOWN, Bound

SORTS = {"float": "float64", "complex": "complex128", "int": "int64", "bool": "bool"}


def refuse(reason: str) -> Callable[[Bound], str | None]:
    """A text that cannot be given: asking for it raises NotImplementedError."""

    def text(bound: Bound) -> str | None:
        raise NotImplementedError(reason)

    return text


def zero(bound: Bound) -> str | None:
    """The text of an argument in which the derivative is exactly zero: a condition, or mere shape."""
    return None


def source_of(function: Callable[..., Any]) -> str:
    """A helper's own source, without annotations and docstring, as the source of a composite rule."""
    tree = ast.parse(inspect.getsource(function))
    node = tree.body[0]
    assert isinstance(node, ast.FunctionDef)
    for argument in node.args.args:
        argument.annotation = None
    node.returns = None
    node.body = [s for s in node.body[1:] if not isinstance(s, ast.Import)]  # rules see SciPy anyway
    return ast.unparse(tree)


# ----------------------------------------------------------------------------------------- kinds of arguments


OBJECTS = "an array of objects or of records; keep lists, or one array of floats for each field"


def holds_objects(kind: Kind) -> bool:
    """Whether a value is a dict or an object, or a display that holds one, of which no array is made."""
    if kind.cat == "dict" or (kind.cls not in (None, list) and not issubclass(kind.cls, tuple)):
        return True
    return kind.cat in ("list", "tuple") and any(map(holds_objects, kind.items or ()))


def as_array(kind: Kind) -> Kind:
    """The kind of np.asarray of a value: nested sequences get a shape, Python numbers a dtype."""
    if kind.is_number:
        met = kind.met or kind.optional
        return Kind("array", SORTS[kind.cat] if kind.is_python else kind.dtype, kind.shape, met=met)
    if kind.cat == "range":
        return kinds.array((new_length(),), "int64")
    if holds_objects(kind):
        raise NotImplementedError(OBJECTS)
    if kind.cat not in ("list", "tuple"):
        return kinds.array(None, "")
    shown = kind.cat == "tuple" or kind.cls is list  # a display: these are its elements
    if not kind.items:
        return kinds.array((0,), "float64") if shown else kinds.array(None, "")
    items = [as_array(k) for k in kind.items]
    length: Length = len(items) if shown else new_length()
    shapes = {k.shape for k in items}
    ranks = {k.rank for k in items}
    if len(shapes) == 1 and None not in shapes:
        shape: Shape | None = (length, *(items[0].shape or ()))
    elif len(ranks) == 1 and None not in ranks:
        shape = (length, *(kinds.fresh_shape(items[0].rank) or ()))
    else:
        shape = None
    return kinds.array(shape, promoted(items))


def promoted(items: list[Kind]) -> str:
    """The dtype of an array made from arrays, whose dtypes are all strong."""
    return kinds.promote(*items) if all(k.dtype for k in items) else ""


def strong(kind: Kind) -> Kind:
    """The kind with Python numbers as the arrays that NumPy makes of them."""
    return as_array(kind) if kind.is_python or not kind.is_number else kind


def shape_of(bound: Bound, name: str) -> Shape | None:
    return as_array(bound.kind(name)).shape


def rank_of(bound: Bound, name: str) -> int | None:
    return as_array(bound.kind(name)).rank


def sort_of(bound: Bound, name: str) -> str:
    return as_array(bound.kind(name)).sort


def is_complex(bound: Bound, name: str) -> bool:
    return sort_of(bound, name) == "complex"


def dtype_name(bound: Bound, default: str, name: str = "dtype") -> str:
    """The dtype that an argument asks for; `default` if it is not given or None."""
    static = bound.static(name)
    if static is UNKNOWN:
        if bound.given(name) and bound.kind(name).dtype:
            return bound.kind(name).dtype
        if name in bound.kinds:
            raise NotImplementedError(
                "a dtype that is known at run time only; write it out, as in dtype=np.float64"
            )
        return default
    if static is None:
        return default
    if np.dtype(static).kind in "OV":
        raise NotImplementedError(OBJECTS)
    return str(np.dtype(static).name)


def accumulated(dtype: str) -> str:
    """The dtype of sums and products of this dtype."""
    if dtype in ("bool", "int8", "int16", "int32"):
        return "int64"
    return "uint64" if dtype in ("uint8", "uint16", "uint32") else dtype


def averaged(dtype: str) -> str:
    """The dtype of a mean: integers give float64."""
    sort = dtype.rstrip("0123456789")
    return "float64" if sort in ("bool", "int", "uint") else dtype


def magnitude(dtype: str) -> str:
    """The dtype of absolute values of this dtype."""
    return {"complex128": "float64", "complex64": "float32", "complex": "float"}.get(dtype, dtype)


# ---------------------------------------------------------------------------------------------------- lengths


def product(shape: Shape) -> Length:
    """The length of a raveled array, as far as lengths can say it."""
    lengths = [n for n in shape if n != 1]
    if all(isinstance(n, int) for n in lengths):
        return math.prod(n for n in lengths if isinstance(n, int))
    return lengths[0] if len(lengths) == 1 else new_length()


def added(length: Length, count: Any) -> Length:
    """`length + count` where count is an int that may be negative; a new length where that is not known."""
    if not isinstance(count, int):
        return new_length()
    if isinstance(length, int):
        return max(0, length + count)
    return (length[0], length[1] + count) if count <= 0 else new_length()


def as_int(value: Any) -> int | None:
    """A static value as an int, None if it is none."""
    return int(value) if isinstance(value, int | np.integer) and not isinstance(value, bool) else None


def shape_from(bound: Bound, name: str) -> Shape | None:
    """The shape that an argument such as np.zeros's spells out: an int, or a tuple of ints, known or not."""
    static = bound.static(name)
    if as_int(static) is not None:
        return (length_of(static),)
    if isinstance(static, tuple | list):
        return tuple(length_of(n) for n in static)
    kind, known = bound.kinds.get(name), bound.lengths.get(name)
    if kind is None:
        return None
    if kind.sort == "int" and kind.is_scalar:
        return (new_length() if known is None else known,)
    if isinstance(known, list):
        return tuple(new_length() if length is None else length for length in known)
    if kind.cat == "tuple" and kind.items is not None:
        return kinds.fresh_shape(len(kind.items))
    return None


def length_of(value: Any) -> Length:
    """A length that a static value spells out, a new one where it does not."""
    number = as_int(value)
    return new_length() if number is None or number < 0 else number


# ------------------------------------------------------------------------------------------------------- axes


def axes_of(bound: Bound, array: str = "a", name: str = "axis") -> tuple[int, ...] | None:
    """The axes that a static argument means, none of them negative; None where that is not known."""
    rank = rank_of(bound, array)
    static = bound.static(name)
    if rank is None or static is UNKNOWN:
        return None
    if static is None:
        return tuple(range(rank))
    wanted = static if isinstance(static, tuple | list) else (static,)
    numbers = [as_int(k) for k in wanted]
    if any(k is None or not -rank <= k < rank for k in numbers):
        return None
    return tuple(sorted(k % rank for k in numbers if k is not None))


def one_axis(bound: Bound, array: str = "a", name: str = "axis") -> int | None:
    """The axis that a static int means, not negative; None where that is not known."""
    axes = axes_of(bound, array, name)
    return axes[0] if axes is not None and len(axes) == 1 and bound.static(name) is not None else None


def is_total(bound: Bound, array: str = "a") -> bool:
    """Whether a reduction certainly gives a scalar."""
    if rank_of(bound, array) == 0:  # NumPy takes the axes 0 and -1 of a number
        return True
    if bound.statics.get("keepdims", False) is not False:
        return False
    axes = axes_of(bound, array)
    return bound.static("axis") is None or (axes is not None and len(axes) == rank_of(bound, array))


def has_int_axis(bound: Bound) -> bool:
    """Whether `axis` is one int, perhaps known at run time only."""
    axis = bound.kinds.get("axis")
    return as_int(bound.static("axis")) is not None or (axis is not None and axis.sort == "int")


def literal(bound: Bound, name: str) -> str:
    """The text of an argument: its literal where it is one, else its name."""
    static = bound.static(name)
    plain = static is None or isinstance(static, int | float | str | tuple | list)
    return repr(static) if plain else name


def axis_args(bound: Bound, keep: bool | None = None, default: str = "None") -> str:
    """The keyword arguments that repeat the reduction of a call: `, axis=1`, `, axis=axis, keepdims=True`."""
    axis = literal(bound, "axis")
    text = "" if axis == default else f", axis={axis}"
    kept = literal(bound, "keepdims") if "keepdims" in bound.statics else "False"
    keepdims = kept if keep is None else str(keep)
    return text if keepdims == "False" else f"{text}, keepdims={keepdims}"


def reduced(bound: Bound, dtype: str, array: str = "a") -> Kind:
    """The kind of a reduction of an array over `axis` with `keepdims`."""
    shape = shape_of(bound, array)
    keep = bound.static("keepdims") if "keepdims" in bound.statics else False
    axes = axes_of(bound, array)
    if keep is UNKNOWN:
        return kinds.num(None, dtype)
    if axes is not None and shape is not None:
        if keep:
            return kinds.num(tuple(1 if k in axes else n for k, n in enumerate(shape)), dtype)
        return kinds.num(tuple(n for k, n in enumerate(shape) if k not in axes), dtype)
    return kinds.num(() if bound.static("axis") is None and not keep else None, dtype)


def wrapped(text: str) -> str:
    """A text in parentheses unless it is a name or a single call."""
    head = text.partition("(")[0].replace(".", "")
    simple = text.isidentifier() or (text.startswith("(") and _closes(text, 0))
    return (
        text
        if simple or (head.isidentifier() and _closes(text, len(text.partition("(")[0])))
        else f"({text})"
    )


def _closes(text: str, start: int) -> bool:
    """Whether the parenthesis at start is closed by the last character."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place == len(text) - 1
    return False


def spread(bound: Bound, text: str, array: str = "a") -> str:
    """A text of the result's shape, indexed so that it broadcasts against the argument."""
    rank = rank_of(bound, array)
    axes = axes_of(bound, array)
    if bound.static("keepdims") is True or rank == 0 or is_total(bound, array):
        return text
    dropped = bound.statics.get("keepdims", False) is False
    if axes is not None and rank is not None and dropped:
        return indexed(text, axes, rank)
    if dropped and has_int_axis(bound):
        return f"np.expand_dims({text}, {literal(bound, 'axis')})"
    keepdims = literal(bound, "keepdims") if "keepdims" in bound.statics else "False"
    return f"unreduce({text}, {array}, {literal(bound, 'axis')}, {keepdims})"


def indexed(text: str, axes: tuple[int, ...], rank: int) -> str:
    """`text[:, None]`: axes of length 1 where a reduction took them away, except in front."""
    parts = ["None" if k in axes else ":" for k in range(rank)]
    while parts and parts[0] == "None":
        parts.pop(0)
    while parts and parts[-1] == ":":
        parts.pop()
    return f"{wrapped(text)}[{', '.join(parts)}]" if parts else text


def filled(bound: Bound, text: str, array: str = "a") -> str:
    """A text of the result's shape, spread to the argument's shape."""
    if rank_of(bound, array) == 0 and bound.kind(array).is_number:
        return text if is_total(bound, array) else f"np.sum({text})"
    if is_total(bound, array) and bound.kind(array).is_number:
        return f"uniform({text})"
    whole = spread(bound, text, array)
    return whole if whole.startswith("unreduce(") else f"np.broadcast_to({whole}, {shape(bound, array)})"


def shape(bound: Bound, array: str = "a") -> str:
    """The text of an argument's shape."""
    return f"{array}.shape" if bound.kind(array).is_array else f"np.shape({array})"


def reshaped(name: str) -> Callable[[Bound], str]:
    """The transpose of a function that only changes the shape."""
    return lambda bound: f"np.reshape(g, {shape(bound, name)})"


def option(bound: Bound, name: str, default: str = "None") -> str:
    """`, axis=1` where an argument is not its default, else nothing."""
    text = literal(bound, name)
    return "" if text == default else f", {name}={text}"


def size(bound: Bound, array: str = "a") -> str:
    """The text of the number of elements of an argument."""
    return f"{array}.size" if bound.kind(array).is_array else f"np.size({array})"


def count(bound: Bound, array: str = "a") -> str:
    """The text of the number of elements that a reduction puts into one."""
    if is_total(bound, array) or bound.static("axis") is None:
        return size(bound, array)
    axes = axes_of(bound, array)
    if axes is not None:
        factors = [f"{shape(bound, array)}[{k}]" for k in axes] or ["1"]
        return factors[0] if len(factors) == 1 else f"({'*'.join(factors)})"
    if has_int_axis(bound):
        return f"{shape(bound, array)}[{literal(bound, 'axis')}]"
    return f"reduced_size({array}, {literal(bound, 'axis')})"


def real_if(bound: Bound, name: str, text: str) -> str:
    """The text, with its real part taken where the argument is real and the result complex."""
    if bound.out is not None and as_array(bound.out).sort == "complex" and not is_complex(bound, name):
        return f"np.real({text})"
    return text


def conj(bound: Bound, name: str) -> str:
    """The text of an argument's conjugate: the name alone if it is real."""
    return f"np.conj({name})" if is_complex(bound, name) else name


def fitted(bound: Bound, text: str, name: str) -> str:
    """A text of the result's shape, summed to the shape of an argument that was broadcast."""
    kind = bound.kind(name)
    if bound.out is not None and kind.is_number and kinds.same_shape(as_array(bound.out), as_array(kind)):
        return text
    if kind.is_number and kind.rank == 0:
        return f"np.sum({text})"
    return f"unbroadcast({text}, {name})"
