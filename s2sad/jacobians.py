"""Jacobians, Hessians and products with them, made of forward and reverse mode.

    jacfwd(f)(x)          one forward evaluation for each element of x
    jacrev(f)(x)          one forward sweep, one reverse sweep for each element of f(x)
    jacobian(f)(x)        whichever is less
    hessian(f)(x)         jacfwd of grad(f)
    hvp(f)(x, v)          forward over reverse: the tangent of grad(f) along v

A result has the structure of the function's result with, for each leaf, the structure of the argument; the
axes of a leaf are those of the result, then those of the argument. The generated functions are those of
`jvp`, `vjp` and `grad`; inside of a differentiated function a `driver`, plain Python, stands for the loop.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from s2sad import arguments as A
from s2sad import short
from s2sad.api import Grad, pair_of, pullback_of
from s2sad.binding import Argnums, Choice, Values, checked
from s2sad.drivers import Driver
from s2sad.errors import refuse
from s2sad.ir.kinds import Kind
from s2sad.memo import Made
from s2sad.once import effect_of
from s2sad.pushforward import Along, Jvp


class Driven:
    """A callable that calls a derivative, once or in a loop; it knows the derivative's source."""

    mode: ClassVar[str] = ""
    form: ClassVar[str] = "jacobian"  # what writes its driver
    __s2sad__ = True
    __s2sad_driver__ = True
    __name__: str

    def __init__(self, fun: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> None:
        if not callable(fun):
            raise TypeError(f"{self.mode} needs a callable, not {type(fun).__name__}")
        self.fun = fun
        self.argnums, self.single = checked(argnums)
        self.has_aux = has_aux
        self.push: Jvp[Any] = self._push()
        functools.update_wrapper(self, fun, updated=())  # type: ignore[arg-type]
        name = getattr(fun, "__name__", type(fun).__name__)
        self.__name__ = name
        self.__doc__ = (
            f"The {self.mode} of {name}, made by s2sad.{self.mode}.\n\n{inspect.getdoc(fun) or ''}".rstrip()
        )
        self._drivers: dict[Any, Callable[..., Any]] = {}
        self._pushes: list[Jvp[Any]] | None = None

    def _push(self) -> Jvp[Any]:
        return Jvp(self.fun, self.argnums if len(self.argnums) > 1 else self.argnums[0], self.has_aux)

    @property
    def source(self) -> str:
        """The text of the derivative that the last call ran."""
        return self.push.source

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """The text that a call with these arguments runs."""
        return self.push.source_for(*args, **kwargs)

    def save(self, path: str | Path) -> None:
        """Write the text of the last call to a file of its own."""
        self.push.save(path)

    def __repr__(self) -> str:
        return f"<s2sad {self.mode} of {self.__name__}>"

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None:
            return self
        return type(self)(functools.partial(self.fun, instance), *self.options)

    def __reduce__(self) -> Any:
        return type(self), (self.fun, *self.options)

    @property
    def options(self) -> tuple[Any, ...]:
        return (self.argnums[0] if self.single else self.argnums), self.has_aux

    # ------------------------------------------------------------------ inside of other functions

    def driver(self, kind_of: Callable[[str], Kind], out: Kind | None) -> Callable[..., Any]:
        """A plain function that does the same; `kind_of` gives the kind of a parameter of the call.

        `out` is the kind of the result where that is a structure.

        UnsupportedError for arguments whose structure is not known.
        """
        pull = pair_of(self.fun, self.options[0], self.has_aux)
        made = Driver(self, self.pushes(), pull, kind_of, out)
        key = made.key()
        if key not in self._drivers:
            self._drivers[key] = made.compiled()
        return self._drivers[key]

    def pushes(self) -> list[Jvp[Any]]:
        """The forward derivatives by each of argnums, which are made once."""
        if self._pushes is None:
            self._pushes = self._each()
        return self._pushes

    def _each(self) -> list[Jvp[Any]]:
        """The forward derivatives by each of argnums."""
        return [Jvp(self.fun, n, self.has_aux) for n in self.argnums]


class Jacobian(Driven):
    """See `jacobian`."""

    mode = "jacobian"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        values = self.push.bind(args, kwargs)
        choices = self.push.choices(values)
        return self._run(values, choices)

    def _run(self, values: Values, choices: tuple[Choice, ...]) -> Any:
        made = self.push.lookup(values)
        size = sum(_size(choice.of(values[choice.parameter])) for choice in choices)
        if size > 1 and effect_of(made) is not None:
            return self._reverse(values, choices)
        of = [choice.of(values[choice.parameter]) for choice in choices]

        def dearer(out: Any) -> bool:
            if A.has_complex(out) != any(map(A.has_complex, of)):  # one mode only can tell
                return not A.has_complex(out)
            return size > 2*_size(out)

        found = self._forward(values, choices, dearer)
        return self._reverse(values, choices) if found is None else found

    def _forward(
        self, values: Values, choices: tuple[Choice, ...], dearer: Callable[[Any], bool] | None = None
    ) -> Any:
        """Column by column; None where `dearer` says so of the result."""
        made = self.push.lookup(values)
        of = [choice.of(values[choice.parameter]) for choice in choices]
        if made.inner is not None and any(A.has_complex(v) for v in of):
            what = f"a gradient of {self.__name__}() with respect to complex numbers has no one Jacobian"
            refuse(None, what, "use jvp or hvp with real and imaginary directions")
        if sum(map(_size, of)) > 1 or any(map(A.has_complex, of)):
            refuse_effect(made, self.__name__)
        out: Any = None
        columns: list[list[Any]] = [[] for _ in of]
        for k, value in enumerate(of):
            for unit in _units(value):
                tangents = [unit if j == k else None for j in range(len(of))]
                out, dot = self.push.push(values, self.push.parts(values, tangents))
                if dearer is not None and dearer(out[0] if self.has_aux else out):
                    return None
                columns[k].append(dot)
        if out is None:  # there is no element to differentiate by
            out, _ = self.push.push(values, self.push.parts(values, [A.mapped(_zero, value) for value in of]))
        aux = None
        if self.has_aux:
            out, aux = out
        if any(A.has_complex(v) for v in of) and not _all_complex(out):
            refuse(None, f"the result of {self.__name__}() is real and an argument complex", "use jacrev")
        if any(A.has_complex(v) for v in of):
            turned, weights = _turned(of)
            _, dot = self.push.push(values, self.push.parts(values, turned))
            whole = [c for column in columns for c in column]
            _check_holomorphic(self.__name__, dot, whole, [w for part in weights for w in part])
        result = _transposed(out, of, columns, self.single)
        return (result, aux) if self.has_aux else result

    def _whole(self) -> Callable[..., Any]:
        """The function whose Jacobian it is."""
        return self.fun

    def _reverse(self, values: Values, choices: tuple[Choice, ...]) -> Any:
        """Row by row, with one pullback."""
        out, aux, pull = pullback_of(self._whole(), self.options[0], self.has_aux, values)
        of = [choice.of(values[choice.parameter]) for choice in choices]
        if A.has_complex(out) and not all(_all_complex(v) for v in of):
            refuse(None, f"the result of {self.__name__}() is complex and an argument real", "use jacfwd")
        rows: list[list[Any]] = []
        for unit in _units(out):
            parts = pull(unit)
            rows.append([choice.of(parts[choice.parameter]) for choice in choices])
        if A.has_complex(out):
            (turned,), (weights,) = _turned([out])
            parts = pull(turned)
            found = [choice.of(parts[choice.parameter]) for choice in choices]
            _check_holomorphic(self.__name__, found, rows, weights)
        result = _stacked(out, of, rows, self.single)
        return (result, aux) if self.has_aux else result


class Jacfwd(Jacobian):
    """See `jacfwd`."""

    mode = "jacfwd"

    def _run(self, values: Values, choices: tuple[Choice, ...]) -> Any:
        return self._forward(values, choices)


class Jacrev(Jacobian):
    """See `jacrev`."""

    mode = "jacrev"
    form = "rows"

    def _run(self, values: Values, choices: tuple[Choice, ...]) -> Any:
        return self._reverse(values, choices)


class Hessian(Jacfwd):
    """See `hessian`."""

    mode = "hessian"
    form = "hessian"

    def _each(self) -> list[Jvp[Any]]:
        argnums = self.argnums if len(self.argnums) > 1 else self.argnums[0]
        return [Jvp(Grad(self.fun, argnums, self.has_aux), n, self.has_aux) for n in self.argnums]

    def _whole(self) -> Callable[..., Any]:
        argnums = self.argnums if len(self.argnums) > 1 else self.argnums[0]
        return Grad(self.fun, argnums, self.has_aux)

    def _push(self) -> Jvp[Any]:
        argnums = self.argnums if len(self.argnums) > 1 else self.argnums[0]
        return _along(self._whole(), argnums, self.has_aux)

    def _run(self, values: Values, choices: tuple[Choice, ...]) -> Any:
        if effect_of(self.push.lookup(values)) is not None:  # which is to happen once
            return self._reverse(values, choices)
        return self._forward(values, choices)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = super().__call__(*args, **kwargs)
        if self.single or len(self.argnums) > 1:
            return result
        return (result,) if not self.has_aux else ((result[0],), result[1])


class Hvp(Driven):
    """See `hvp`."""

    mode = "hvp"
    form = "product"

    def _each(self) -> list[Jvp[Any]]:
        return [Jvp(self.push.fun, self.options[0], self.has_aux)]

    def _push(self) -> Jvp[Any]:
        argnums = self.argnums if len(self.argnums) > 1 else self.argnums[0]
        return _along(Grad(self.fun, argnums, self.has_aux), argnums, self.has_aux)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not kwargs and isinstance(self.push, Along):
            result = self.push.quick(args)
            if result is not short.MISS:
                return result
        if not args:
            raise TypeError(f"the hvp of {self.__name__}() needs arguments and, last, a vector")
        args, v = args[:-1], args[-1]
        values = self.push.bind(args, kwargs)
        given: Sequence[Any] = (v,) if self.single else v
        if not self.single and (not isinstance(v, list | tuple) or len(v) != len(self.argnums)):
            raise TypeError(f"the vector must be a tuple of {len(self.argnums)}, one for each of argnums")
        made, dots = self.push.lookup(values), self.push.parts(values, given)
        out, dot = self.push.push(values, dots, made)
        if not self.single and len(self.argnums) == 1:
            dot = (dot,)
        elif not kwargs and isinstance(self.push, Along):
            self.push.remember(args, values, made, tuple(given))
        return (dot, out[1]) if self.has_aux else dot

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        return self.push.source_for(*args[:-1], **kwargs)


def _along(gradient: Callable[..., Any], argnums: Argnums, has_aux: bool) -> Jvp[Any]:
    """What pushes a tangent through a gradient, whose value nothing reads."""
    return Jvp(gradient, argnums, has_aux) if has_aux else Along(gradient, argnums)


# --------------------------------------------------------------------------------------- assembly


def _zero(leaf: Any) -> Any:
    return A.zeros_like(leaf) if A.differentiable(leaf) else None


def _size(tree: Any) -> int:
    return sum(int(np.size(leaf)) for leaf in A.leaves(tree) if A.differentiable(leaf))


def _all_complex(tree: Any) -> bool:
    return all(np.iscomplexobj(leaf) for leaf in A.leaves(tree) if A.differentiable(leaf))


def _units(tree: Any) -> Iterator[Any]:
    """The unit vectors of a tree's space, leaf by leaf, element by element."""
    count = sum(1 for _ in A.leaves(tree))
    for k, leaf in enumerate(A.leaves(tree)):
        if not A.differentiable(leaf):
            continue
        for i in range(int(np.size(leaf))):
            made = np.zeros(np.shape(leaf), np.asarray(leaf).dtype)
            made.reshape(-1)[i] = 1.0
            item = made if isinstance(leaf, np.ndarray) else type(leaf)(made[()])
            yield _at(tree, k, count, item)


def _turned(trees: Sequence[Any]) -> tuple[list[Any], list[list[float]]]:
    """An imaginary direction in the complex leaves of trees, and its part of each of the unit vectors."""
    rng = np.random.default_rng(0)
    weights: list[list[float]] = [[] for _ in trees]

    def turned(leaf: Any, k: int) -> Any:
        if not A.differentiable(leaf):
            return None
        drawn = rng.uniform(0.5, 1.5, np.shape(leaf))*float(np.iscomplexobj(leaf))
        weights[k] += np.ravel(drawn).tolist()
        made = np.asarray(1j*drawn if np.iscomplexobj(leaf) else drawn).astype(np.asarray(leaf).dtype)
        return made if isinstance(leaf, np.ndarray) else type(leaf)(made[()])

    return [A.mapped(lambda leaf, k=k: turned(leaf, k), tree) for k, tree in enumerate(trees)], weights


def _check_holomorphic(name: str, found: Any, parts: list[Any], weights: list[float]) -> None:
    """Refuse a function whose derivative along i*v is not i times that along v: it has no one Jacobian."""
    got = [np.asarray(leaf) for leaf in A.leaves(found) if A.differentiable(leaf)]
    sums = [np.zeros(leaf.shape, complex) for leaf in got]
    for part, weight in zip(parts, weights, strict=True):
        leaves = [leaf for leaf in A.leaves(part) if A.differentiable(leaf)]
        sums = [total + 1j*weight*leaf for total, leaf in zip(sums, leaves, strict=True)]
    for one, other in zip(got, sums, strict=True):
        limit = np.sqrt(np.finfo(one.dtype).eps)*np.maximum(np.abs(one), np.abs(other)).max(initial=0.0)
        if np.any(np.abs(one - other) > 100*limit):
            what = f"{name}() is no holomorphic function: it has no one Jacobian by complex numbers"
            refuse(None, what, "use jvp or vjp with real and imaginary directions")


def _at(tree: Any, place: int, count: int, item: Any) -> Any:
    """A tree of zeros with one leaf."""
    numbers = iter(range(count))

    def choose(leaf: Any) -> Any:
        if next(numbers) == place:
            return item
        return _zero(leaf)

    return A.mapped(choose, tree)


def _block(out: Any, value: Any, entries: Any) -> Any:
    """The derivative of one leaf by one leaf: an array, or a number where both are numbers."""
    if not A.differentiable(out) or not A.differentiable(value):
        return None
    shape = np.shape(out) + np.shape(value)
    dtype = np.result_type(*[np.asarray(v).dtype for v in (out, value)])
    if not shape:
        first = np.asarray(entries).reshape(())[()]
        plain = type(out) in (float, complex) and type(value) in (float, complex)
        return (complex(first) if dtype.kind == "c" else float(first)) if plain else dtype.type(first)
    made = np.empty(shape, dtype)
    made[...] = np.asarray(entries).reshape(shape)
    return made


def _by_argument(of: Sequence[Any], single: bool, block: Callable[[int, int, Any], Any]) -> Any:
    """The structure of the arguments with `block(argument, start, leaf)` for each leaf."""
    found = []
    for k, value in enumerate(of):
        at = [0]

        def leaf_of(leaf: Any, k: int = k, at: list[int] = at) -> Any:
            start = at[0]
            if A.differentiable(leaf):
                at[0] += int(np.size(leaf))
            return block(k, start, leaf)

        found.append(A.mapped(leaf_of, value))
    return found[0] if single else tuple(found)


def _transposed(out: Any, of: Sequence[Any], columns: list[list[Any]], single: bool) -> Any:
    """The Jacobian from its columns: for each argument a list of tangents of the result."""
    flat = [[list(A.leaves(dot)) for dot in column] for column in columns]
    numbers = iter(range(sum(1 for _ in A.leaves(out))))

    def of_leaf(leaf: Any) -> Any:
        place = next(numbers)

        def block(k: int, start: int, value: Any) -> Any:
            size = int(np.size(value))
            if not A.differentiable(leaf) or not A.differentiable(value):
                return None
            parts = [np.asarray(flat[k][j][place]) for j in range(start, start + size)]
            entries = np.stack(parts, -1) if parts else np.zeros((*np.shape(leaf), 0))
            return _block(leaf, value, entries)

        return _by_argument(of, single, block)

    return A.mapped(of_leaf, out)


def _stacked(out: Any, of: Sequence[Any], rows: list[list[Any]], single: bool) -> Any:
    """The Jacobian from its rows: for each element of the result the cotangents of the arguments."""
    flat = [[list(A.leaves(part)) for part in row] for row in rows]
    first = [0]

    def of_leaf(leaf: Any) -> Any:
        start_row = first[0]
        if A.differentiable(leaf):
            first[0] += int(np.size(leaf))
        seen = [0] * len(of)

        def block(k: int, start: int, value: Any) -> Any:
            place = seen[k]
            seen[k] += 1
            if not A.differentiable(leaf) or not A.differentiable(value):
                return None
            parts = [np.asarray(flat[j][k][place]) for j in range(start_row, start_row + int(np.size(leaf)))]
            entries = np.stack(parts, 0) if parts else np.zeros((0, *np.shape(value)))
            return _block(leaf, value, entries)

        return _by_argument(of, single, block)

    return A.mapped(of_leaf, out)


def refuse_effect(made: Made, name: str) -> None:
    stmt = effect_of(made)
    if stmt is not None:
        refuse(
            stmt.span,
            f"{name}() has an effect here, or draws a random number, and jacfwd calls it for each column",
            "use jacrev, which calls it once",
        )


# ------------------------------------------------------------------------------------- transforms


def jacfwd(fun: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Jacfwd:
    """The Jacobian of a function by forward mode, one evaluation for each element of the arguments.

    Takes and returns trees: for each leaf of the result the structure of the argument (a tuple for a sequence
    of argnums), in arrays of the result's shape followed by the argument's. With `has_aux` the function
    returns `(out, aux)`, and the call `(jacobian, aux)`.

    >>> jacfwd(lambda x: x*x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])

    Raises UnsupportedError for code that cannot be differentiated and for functions with effects, which
    would happen for each column.
    """
    return Jacfwd(fun, argnums, has_aux)


def jacrev(fun: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Jacrev:
    """The Jacobian of a function by reverse mode, one pullback for each element of the result; see `jacfwd`.

    >>> jacrev(lambda x: np.sum(x*x))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    return Jacrev(fun, argnums, has_aux)


def jacobian(
    fun: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, sparsity: Any = None
) -> Jacobian:
    """The Jacobian of a function by the mode that needs fewer sweeps; see `jacfwd`.

    >>> jacobian(lambda x, k: k*x)(np.array([1.0, 2.0]), 3.0)
    array([[3., 0.],
           [0., 3.]])

    With `sparsity`, arguments and result are arrays of floats, and the Jacobian is a scipy.sparse.csr_matrix
    with a row for each element of the result and a column for each element of the argument, both in C order.
    `sparsity` is an array or a sparse matrix of that shape which is not zero where the Jacobian may be so (a
    sequence of them for a sequence of argnums), or "detect": the pattern is then sought at the point of the
    first call and at two points nearby, and again where a later call has other entries. Columns that share no
    row are computed by one sweep. Each call checks with one more sweep that there are no other entries, up to
    half the digits of the sum of a row; ValueError where there are.
    """
    if sparsity is not None:
        from s2sad.sparse import SparseJacobian

        return SparseJacobian(fun, argnums, has_aux, sparsity)
    return Jacobian(fun, argnums, has_aux)


def hessian(fun: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Hessian:
    """The matrix of second derivatives of a function with a real result of rank 0: `jacfwd` of its gradient.

    >>> hessian(lambda x: x[0]*x[1]**2)(np.array([1.0, 2.0]))
    array([[0., 4.],
           [4., 2.]])
    """
    return Hessian(fun, argnums, has_aux)


def hvp(fun: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False) -> Hvp:
    """The product of the Hessian with a vector, `hvp(f)(*args, v)`, by forward over reverse.

    `v` has the structure of the argument (a tuple for a sequence of argnums), as has the result.

    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    return Hvp(fun, argnums, has_aux)


for _transform in (jacfwd, jacrev, jacobian, hessian, hvp):
    setattr(_transform, "__s2sad_transform__", True)  # noqa: B010 - calls of them are read, not made

__all__ = ["hessian", "hvp", "jacfwd", "jacobian", "jacrev"]
