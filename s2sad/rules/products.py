"""Products of vectors, matrices and arrays of any rank: dot, matmul, outer, inner, tensordot, einsum,
convolve, kron.

The texts are specialised on ranks; where ranks are not known, or arrays are stacks of matrices, helpers
decide at run time. Cotangents belong to the inner product Re(sum(conj(z)*a)), so that the other operand is
conjugated if complex.

    z = a @ x  (matrix, vector)          a_bar = np.outer(g, x)                  x_bar = a.T @ g
    z = a @ b  (matrices)                a_bar = g @ b.T                         b_bar = a.T @ g
    z = a @ b  (not known)               a_bar = matmul_left(g, a, b)            b_bar = matmul_right(g, a, b)
    z = np.einsum("ij,jk->ik", a, b)     a_bar = np.einsum("ik,jk->ij", g, b)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from s2sad.ir import kinds
from s2sad.ir.kinds import Kind, Length, Shape, new_length
from s2sad.rules import axes
from s2sad.rules.axes import as_array, conj, is_complex, literal, rank_of, real_if, shape_of, strong
from s2sad.rules.registry import UNKNOWN, Bound, Joint, composite, structural
from s2sad.runtime import linear


def _dtype(bound: Bound, *names: str) -> str:
    return kinds.promote(*(k if (k := bound.kind(n)).is_number else strong(k) for n in names))


def _conj_text(bound: Bound, text: str, complex_of: str) -> str:
    return f"np.conj({text})" if is_complex(bound, complex_of) else text


# ------------------------------------------------------------------------------------------------ dot, matmul

# by ranks: the texts for the left and the right operand; {l}, {r} are the operands, conjugated where complex
_TEXTS: dict[tuple[int | None, int | None], tuple[str, str]] = {
    (1, 1): ("g*{r}", "g*{l}"),
    (2, 1): ("np.outer(g, {r})", "{l}.T @ g"),
    (1, 2): ("{r} @ g", "np.outer({l}, g)"),
    (2, 2): ("g @ {r}.T", "{l}.T @ g"),
}


def _matmul_shape(a: Shape | None, b: Shape | None) -> Shape | None:
    if not a or not b:  # a number has no product: NumPy raises
        return None
    if len(a) == 1 and len(b) == 1:
        return ()
    if len(a) == 1:
        return (*b[:-2], b[-1])
    if len(b) == 1:
        return a[:-1]
    stacks = kinds.broadcast(a[:-2], b[:-2])
    return None if stacks is None else (*stacks, a[-2], b[-1])


def _dot_shape(a: Shape | None, b: Shape | None) -> Shape | None:
    if a is None or b is None:
        return None
    if not a or not b:
        return a or b
    return a[:-1] + (() if len(b) == 1 else (*b[:-2], b[-1]))


def _square_dot(left: str, right: str, function: str) -> Joint:
    """The tangent of a vector's product with itself: one product, twice."""
    product = f"np.dot({left}, {left}_dot)" if function == "dot" else f"{left} @ {left}_dot"

    def text(bound: Bound, same: bool) -> str | None:
        vectors = rank_of(bound, left) == rank_of(bound, right) == 1
        return f"2*({product})" if same and vectors else None

    return text


def _product(name: str, left: str, right: str, function: str, objects: tuple[object, ...]) -> None:
    """Enter a product under a name; `function` is "matmul" or "dot", which differ above rank 2."""
    shape = _matmul_shape if function == "matmul" else _dot_shape

    def kind(bound: Bound) -> Kind:
        return kinds.num(shape(shape_of(bound, left), shape_of(bound, right)), _dtype(bound, left, right))

    def text(place: int, own: str) -> Callable[[Bound], str]:
        def made(bound: Bound) -> str:
            ranks = rank_of(bound, left), rank_of(bound, right)
            if function == "dot" and ranks == (0, 0):
                return real_if(bound, own, f"g*{conj(bound, (right, left)[place])}")
            if ranks not in _TEXTS:
                return f"{function}_{('left', 'right')[place]}(g, {left}, {right})"
            return real_if(bound, own, _TEXTS[ranks][place].format(l=conj(bound, left), r=conj(bound, right)))

        return made

    structural(
        name,
        f"{left}, {right}{', out=None' if objects else ''}",
        kind,
        {left: text(0, left), right: text(1, right)},
        objects,
        linear=(left, right),
        joint=_square_dot(left, right, function),
    )


_product("matmul", "a", "b", "matmul", ())
_product("np.matmul", "x1", "x2", "matmul", (np.matmul,))
_product("np.dot", "a", "b", "dot", (np.dot, np.ndarray.dot))


# ----------------------------------------------------------------------------------------- outer, inner, vdot


def _outer_kind(bound: Bound) -> Kind:
    lengths: list[Length] = []
    for name in ("a", "b"):
        shape = shape_of(bound, name)
        lengths.append(new_length() if shape is None else axes.product(shape))
    return kinds.array(tuple(lengths), _dtype(bound, "a", "b"))


def _outer_vjp(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        other = "b" if name == "a" else "a"
        vector = conj(bound, other) if rank_of(bound, other) == 1 else f"np.ravel({conj(bound, other)})"
        made = f"g @ {vector}" if name == "a" else f"{vector} @ g"
        whole = made if rank_of(bound, name) == 1 else f"np.reshape({made}, {axes.shape(bound, name)})"
        return real_if(bound, name, whole)

    return text


def _outer_dot(bound: Bound, same: bool) -> str | None:
    """The sum of two outer products of vectors, as one product of matrices."""
    vectors = rank_of(bound, "a") == rank_of(bound, "b") == 1
    return "np.array((a_dot, a)).T @ np.array((b, b_dot))" if vectors and not same else None


structural(
    "np.outer",
    "a, b, out=None",
    _outer_kind,
    {"a": _outer_vjp("a"), "b": _outer_vjp("b")},
    (np.outer,),
    linear=("a", "b"),
    joint=_outer_dot,
)


def _inner_kind(bound: Bound) -> Kind:
    a, b = shape_of(bound, "a"), shape_of(bound, "b")
    shape = None if a is None or b is None else a or b if not a or not b else a[:-1] + b[:-1]
    return kinds.num(shape, _dtype(bound, "a", "b"))


_INNER: dict[tuple[int | None, int | None], tuple[str, str]] = {
    (0, 0): ("g*{r}", "g*{l}"),
    (1, 1): ("g*{r}", "g*{l}"),
    (2, 1): ("np.outer(g, {r})", "g @ {l}"),
    (1, 2): ("g @ {r}", "np.outer(g, {l})"),
    (2, 2): ("g @ {r}", "g.T @ {l}"),
}


def _inner_vjp(place: int) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        ranks = rank_of(bound, "a"), rank_of(bound, "b")
        name = "ab"[place]
        if ranks in _INNER:
            return real_if(bound, name, _INNER[ranks][place].format(l=conj(bound, "a"), r=conj(bound, "b")))
        if 0 in ranks:
            return axes.fitted(bound, real_if(bound, name, f"g*{conj(bound, 'ba'[place])}"), name)
        if None in ranks:
            raise NotImplementedError("np.inner of arrays whose rank is not known; use np.dot or @")
        return f"tensordot_{('left', 'right')[place]}(g, a, b, (-1, -1))"

    return text


structural(
    "np.inner", "a, b", _inner_kind, {"a": _inner_vjp(0), "b": _inner_vjp(1)}, (np.inner,), linear=("a", "b")
)


def _vdot_vjp(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        other = "b" if name == "a" else "a"
        scale = _conj_text(bound, "g", "a" if is_complex(bound, "a") else "b") if name == "a" else "g"
        same = shape_of(bound, "a") is not None and shape_of(bound, "a") == shape_of(bound, "b")
        vectors = rank_of(bound, "a") == rank_of(bound, "b") == 1
        made = (
            f"{scale}*{other}"
            if same or vectors
            else f"np.reshape({scale}*np.ravel({other}), {axes.shape(bound, name)})"
        )
        return real_if(bound, name, made)

    return text


structural(
    "np.vdot",
    "a, b",
    lambda b: kinds.num((), _dtype(b, "a", "b")),
    {"a": _vdot_vjp("a"), "b": _vdot_vjp("b")},
    (np.vdot,),
    linear=("a", "b"),
)


def _tensordot_kind(bound: Bound) -> Kind:
    a, b, wanted = shape_of(bound, "a"), shape_of(bound, "b"), bound.static("axes")
    if a is None or b is None or wanted is UNKNOWN:
        return kinds.num(None, _dtype(bound, "a", "b"))
    in_a, in_b = linear._contracted(len(a), len(b), wanted)
    shape = [n for k, n in enumerate(a) if k not in in_a] + [n for k, n in enumerate(b) if k not in in_b]
    return kinds.array(tuple(shape), _dtype(bound, "a", "b"))


structural(
    "np.tensordot",
    "a, b, axes=2",
    _tensordot_kind,
    {
        "a": lambda b: f"tensordot_left(g, a, b, {literal(b, 'axes')})",
        "b": lambda b: f"tensordot_right(g, a, b, {literal(b, 'axes')})",
    },
    (np.tensordot,),
    linear=("a", "b"),
)


# ----------------------------------------------------------------------------------------------------- einsum


def _terms(bound: Bound) -> tuple[list[str], str] | None:
    """The letters of every operand and of the result; None if there is an ellipsis."""
    subscripts = bound.static("subscripts")
    if not isinstance(subscripts, str):
        raise NotImplementedError("np.einsum without a literal string of subscripts")
    inputs, arrow, result = subscripts.replace(" ", "").partition("->")
    if "." in inputs:
        return None
    if not arrow:
        letters = inputs.replace(",", "")
        result = "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    return inputs.split(","), result


def _operands(bound: Bound) -> list[Kind]:
    return [as_array(k) for k in bound.kind("operands").items or ()]


def _einsum_kind(bound: Bound) -> Kind:
    items, found = _operands(bound), _terms(bound)
    dtype = axes.dtype_name(bound, axes.promoted(items))
    if found is None:
        return kinds.num(None, dtype)
    terms, result = found
    lengths: dict[str, Length] = {}
    for term, item in zip(terms, items, strict=True):
        for letter, length in zip(term, item.shape or kinds.fresh_shape(len(term)) or (), strict=False):
            met = kinds.broadcast((lengths.get(letter, length),), (length,))
            lengths[letter] = met[0] if met else length  # one of length 1 is stretched
    return kinds.num(tuple(lengths[c] for c in result), dtype)


def _plain_lengths(terms: list[str], items: list[Kind], own: str) -> bool:
    """Whether no axis of this term can be one of length 1 that another term stretches."""
    lengths: dict[str, set[Length]] = {}
    for term, item in zip(terms, items, strict=True):
        for letter, length in zip(term, item.shape or (), strict=False):
            lengths.setdefault(letter, set()).add(length)
    return all(len(lengths[c]) == 1 for c in own)


def _einsum_vjp(bound: Bound, index: int) -> str:
    items, found = _operands(bound), _terms(bound)
    names = [f"operands_{k}" for k in range(len(items))]
    others = [k for k in range(len(items)) if k != index]
    if found is not None:
        terms, result = found
        own = terms[index]
        elsewhere = result + "".join(terms[k] for k in others)
        sized = all(item.shape is not None and (1 not in item.shape or len(items) == 1) for item in items)
        if len(set(own)) == len(own) and all(c in elsewhere for c in own) and sized:
            subscripts = ",".join([result, *(terms[k] for k in others)]) + "->" + own
            given = [f"np.conj({names[k]})" if items[k].sort == "complex" else names[k] for k in others]
            text = f"np.einsum({subscripts!r}, {', '.join(['g', *given])}{_optimized(bound)})"
            if bound.out is not None and bound.out.sort == "complex" != items[index].sort:
                text = f"np.real({text})"
            if _plain_lengths(terms, items, own):
                return text
            if _plain_lengths(terms, items, "".join(c for c in own if c not in result)):
                return f"unbroadcast({text}, {names[index]})"
            return f"summed_to({text}, np.shape({names[index]}))"  # an axis of length 1 is also stretched
    return f"einsum_back(g, {bound.static('subscripts')!r}, {index}, [{', '.join(names)}])"


def _einsum_jvp(bound: Bound, index: int) -> str:
    count = len(bound.kind("operands").items or ())
    names = [f"operands_{k}_dot" if k == index else f"operands_{k}" for k in range(count)]
    return f"np.einsum({bound.static('subscripts')!r}, {', '.join(names)}{_optimized(bound)})"


def _optimized(bound: Bound) -> str:
    """The argument that has a chain of products taken one by one, where the call has it so."""
    how = bound.static("optimize")
    if how is False or not bound.given("optimize"):
        return ""
    return f", optimize={how!r}" if isinstance(how, str) else ", optimize=True"


structural(
    "np.einsum",
    "subscripts, *operands, out=None, dtype=None, optimize=False",
    _einsum_kind,
    {"operands": _einsum_vjp},  # type: ignore[dict-item]
    (np.einsum,),
    jvp={"operands": _einsum_jvp},
    effect="maybe operands",  # one operand without a sum gives a view
)


# ---------------------------------------------------------------------------------------- convolution, others


def _convolve_kind(bound: Bound) -> Kind:
    one, two = shape_of(bound, "a"), shape_of(bound, "v")
    length: Length = new_length()
    if () in (one, two):
        raise NotImplementedError("np.convolve of a number")
    if one and two and isinstance(one[0], int) and isinstance(two[0], int):
        long, short = max(one[0], two[0]), min(one[0], two[0])
        length = {"full": long + short - 1, "same": long, "valid": long - short + 1}.get(
            str(bound.static("mode")), length
        )
    return kinds.array((length,), _dtype(bound, "a", "v"))


def _convolve_vjp(name: str) -> Callable[[Bound], str]:
    def text(bound: Bound) -> str:
        whole = "g" if bound.static("mode") == "full" else f"full_window(g, a, v, {literal(bound, 'mode')})"
        return real_if(bound, name, f'np.correlate({whole}, {"v" if name == "a" else "a"}, "valid")')

    return text


structural(
    "np.convolve",
    "a, v, mode='full'",
    _convolve_kind,
    {"a": _convolve_vjp("a"), "v": _convolve_vjp("v")},
    (np.convolve,),
    linear=("a", "v"),
    general="convolve_points",
)
composite(
    "convolve_points",
    """def convolve(a, v, mode="full"):
    return np.convolve(np.array(a, ndmin=1), np.array(v, ndmin=1), mode)
""",
)
composite(
    "np.correlate",
    """def correlate(a, v, mode="valid"):
    a = np.array(a, ndmin=1)
    v = np.array(v, ndmin=1)
    if len(a) < len(v):
        return np.convolve(np.conj(v), a[::-1], mode)[::-1]
    return np.convolve(a, np.conj(v)[::-1], mode)
""",
    (np.correlate,),
)
composite(
    "np.kron",
    """def kron(a, b):
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return np.multiply(np.asarray(a), np.asarray(b))
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return np.ravel(np.outer(a, b))
    rank = np.ndim(a) if np.ndim(a) > np.ndim(b) else np.ndim(b)
    m, n = (1,)*(rank - np.ndim(a)) + np.shape(a), (1,)*(rank - np.ndim(b)) + np.shape(b)
    if rank == 2:
        made = np.reshape(a, (m[0], 1, m[1], 1))*np.reshape(b, (1, n[0], 1, n[1]))
        return np.reshape(made, (m[0]*n[0], m[1]*n[1]))
    made = np.reshape(a, (m[0], 1, m[1], 1, m[2], 1))*np.reshape(b, (1, n[0], 1, n[1], 1, n[2]))
    return np.reshape(made, (m[0]*n[0], m[1]*n[1], m[2]*n[2]))
""",
    (np.kron,),
)
composite(
    "np.cross",
    """def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa, axisb, axisc = axis, axis, axis
    a = np.asarray(a) if axisa == -1 else np.moveaxis(a, axisa, -1)
    b = np.asarray(b) if axisb == -1 else np.moveaxis(b, axisb, -1)
    u, v, w = a[..., 0], a[..., 1], a[..., 2]
    x, y, z = b[..., 0], b[..., 1], b[..., 2]
    made = np.stack([v*z - w*y, w*x - u*z, u*y - v*x], axis=-1)
    return made if axisc == -1 else np.moveaxis(made, -1, axisc)
""",
    (np.cross,),
)
composite(
    "np.linalg.cross",
    "def cross(x1, x2, axis=-1):\n    return np.cross(x1, x2, axis=axis)\n",
    (getattr(np.linalg, "cross", None),),
)


def _gradient_step(bound: Bound) -> str:
    steps = bound.kind("varargs").items if bound.given("varargs") else ()
    if steps is None or len(steps) > 1 or any(not (k.is_number and k.rank == 0) for k in steps):
        raise NotImplementedError("np.gradient with other than one scalar spacing")
    return "varargs_0" if steps else "1.0"


def _gradient_step_vjp(bound: Bound) -> str:
    if bound.out is not None and bound.out.sort == "complex":
        return "-np.real(np.sum(g*np.conj(out)))/varargs_0"
    return "-np.sum(g*out)/varargs_0"


def _gradient_axis(bound: Bound) -> int:
    axis, rank = axes.as_int(bound.static("axis")), rank_of(bound, "f")
    if axis is None and rank == 1 and bound.static("edge_order") == 1:
        return 0
    if axis is None or bound.static("edge_order") != 1:
        raise NotImplementedError(
            "np.gradient of an array of rank 2 or more without an axis, or with edge_order=2"
        )
    return axis


def _gradient_kind(bound: Bound) -> Kind:
    _gradient_step(bound)
    _gradient_axis(bound)
    own = as_array(bound.kind("f"))
    return kinds.array(own.shape, axes.averaged(own.dtype))


structural(
    "np.gradient",
    "f, *varargs, axis=None, edge_order=1",
    _gradient_kind,
    {
        "f": lambda b: f"gradient_back(g, {_gradient_step(b)}, {_gradient_axis(b)})",
        "varargs": lambda bound, index: _gradient_step_vjp(bound),  # type: ignore[dict-item, misc]
    },
    (np.gradient,),
    jvp={
        "f": lambda b: f"np.gradient(f_dot, {_gradient_step(b)}, axis={_gradient_axis(b)})",
        "varargs": lambda bound, index: "-out*(varargs_0_dot/varargs_0)",
    },
)


_VECTORS: dict[str, tuple[Callable[[Shape, Shape], Shape | None], str, str]] = {
    "vecdot": (
        lambda a, b: None if (both := kinds.broadcast(a, b)) is None else both[:-1],
        "np.conj(np.expand_dims(g, -1))*{r}",
        "np.expand_dims(g, -1)*{l}",
    ),
    "matvec": (
        lambda a, b: None if (stack := kinds.broadcast(a[:-2], b[:-1])) is None else (*stack, a[-2]),
        "np.expand_dims(g, -1)*np.expand_dims(np.conj({r}), -2)",
        "np.matvec(np.conj(np.swapaxes({l}, -1, -2)), g)",
    ),
    "vecmat": (
        lambda a, b: None if (stack := kinds.broadcast(a[:-1], b[:-2])) is None else (*stack, b[-1]),
        "np.conj(np.matvec(np.conj({r}), g))",
        "np.expand_dims({l}, -1)*np.expand_dims(g, -2)",
    ),
}


def _vectors(name: str) -> None:
    """Enter a product of stacked vectors; the first vector of vecdot and vecmat is conjugated."""
    shape, left, right = _VECTORS[name]

    def kind(bound: Bound) -> Kind:
        a, b = shape_of(bound, "x1"), shape_of(bound, "x2")
        return kinds.num(None if a is None or b is None else shape(a, b), _dtype(bound, "x1", "x2"))

    def text(bound: Bound, own: str, made: str) -> str:
        made = made.format(l="x1", r="x2")
        if not any(is_complex(bound, n) for n in ("x1", "x2")):
            for plain in ("np.conj(np.expand_dims(g, -1))", "np.conj(x1)", "np.conj(x2)"):
                made = made.replace(plain, plain[8:-1])
            made = made.replace("np.conj(np.swapaxes(x1, -1, -2))", "np.swapaxes(x1, -1, -2)")
            made = (
                made.removeprefix("np.conj(").removesuffix(")")
                if made.startswith("np.conj(np.matvec")
                else made
            )
        return f"unbroadcast({real_if(bound, own, made)}, {own})"

    structural(
        f"np.{name}",
        "x1, x2",
        kind,
        {"x1": lambda b: text(b, "x1", left), "x2": lambda b: text(b, "x2", right)},
        (getattr(np, name, None),),  # they came with NumPy 2.0 and 2.2
        jvp={"x1": f"np.{name}(x1_dot, x2)", "x2": f"np.{name}(x1, x2_dot)"},
    )


for _name in _VECTORS:
    _vectors(_name)


# ------------------------------------------------------------- the texts' own helpers, for higher derivatives


def _shaped(name: str) -> Callable[[Bound], Kind]:
    """The kind of a cotangent of an argument."""
    return lambda bound: kinds.num(shape_of(bound, name), _dtype(bound, "z", name))


for _function, _more in (("matmul", ""), ("dot", ""), ("tensordot", ", axes")):
    structural(
        f"{_function}_left",
        f"z, a, b{_more}",
        _shaped("a"),
        {"z": f"np.{_function}(g, b{_more})", "a": axes.zero, "b": f"{_function}_right(z, g, b{_more})"},
        (getattr(linear, f"{_function}_left"),),
        linear=("z", "b"),
    )
    structural(
        f"{_function}_right",
        f"z, a, b{_more}",
        _shaped("b"),
        {"z": f"np.{_function}(a, g{_more})", "a": f"{_function}_left(z, a, g{_more})", "b": axes.zero},
        (getattr(linear, f"{_function}_right"),),
        linear=("z", "a"),
    )


def _swapped(bound: Bound, place: int, by: str) -> str:
    """The operands of einsum_back with one of them replaced."""
    count = len(bound.kind("operands").items or ())
    return f"[{', '.join(by if k == place else f'operands[{k}]' for k in range(count))}]"


def _einsum_again_vjp(bound: Bound) -> str:
    place, count = bound.static("place"), len(bound.kind("operands").items or ())
    texts = [f"einsum_back(z, subscripts, {k}, {_swapped(bound, place, 'g')})" for k in range(count)]
    texts[place] = f"np.zeros_like(operands[{place}])"
    return f"[{', '.join(texts)}]"


def _einsum_again_jvp(bound: Bound) -> str:
    place, count = bound.static("place"), len(bound.kind("operands").items or ())
    others = [k for k in range(count) if k != place]
    texts = [
        f"einsum_back(z, subscripts, {place}, {_swapped(bound, k, f'operands_dot[{k}]')})" for k in others
    ]
    return " + ".join(texts) or "np.zeros_like(out)"


structural(
    "einsum_back",
    "z, subscripts, place, operands",
    lambda b: kinds.num((b.kind("operands").items or ())[b.static("place")].shape, _dtype(b, "z")),
    {
        "z": lambda b: f"np.einsum(subscripts, {_swapped(b, b.static('place'), 'g')[1:-1]})",
        "operands": _einsum_again_vjp,
    },
    (linear.einsum_back,),
    jvp={"z": "einsum_back(z_dot, subscripts, place, operands)", "operands": _einsum_again_jvp},
)
structural(
    "full_window",
    "z, a, v, mode",
    lambda b: kinds.array((new_length(),), as_array(b.kind("z")).dtype),
    {"z": "full_start(g, a, v, mode)", "a": axes.zero, "v": axes.zero},
    (linear.full_window,),
    linear=("z",),
)
structural(
    "full_start",
    "z, a, v, mode",
    lambda b: kinds.array((new_length(),), as_array(b.kind("z")).dtype),
    {"z": "full_window(g, a, v, mode)", "a": axes.zero, "v": axes.zero},
    (linear.full_start,),
    linear=("z",),
    effect="view z",
)
structural(
    "gradient_back",
    "z, step, axis=0",
    lambda b: kinds.array(shape_of(b, "z"), as_array(b.kind("z")).dtype),
    {"z": lambda b: f"np.gradient(g, step, axis={literal(b, 'axis')})", "step": "-np.sum(g*out)/step"},
    (linear.gradient_back,),
    jvp={"z": "gradient_back(z_dot, step, axis)", "step": "-out*(step_dot/step)"},
)
