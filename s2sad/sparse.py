"""Jacobians with few entries: several columns, or rows, by one sweep.

    J = jacobian(fun, sparsity=pattern)(x)       a scipy.sparse.csr_matrix

Accepts functions of arrays with an array as the result, and a pattern of what may differ from zero, given or
found by probing. Guarantees the entries of the dense Jacobian inside of the pattern; that it has none outside
is checked by every call.

    pattern       columns 0 and 2 share no row:      jvp along (1, 0, 1) gives both
     * * .        one colour for them, another
     * . .        for column 1: two sweeps for
     . * *        three columns

Columns that share no row, of one colour, are found greedily, those with most entries first (Curtis, Powell &
Reid 1974, On the estimation of sparse Jacobian matrices; Gebremedhin, Manne & Pothen 2005, What color is your
Jacobian?). A pattern is found by bisection: which rows depend on a block of columns is known from a tangent
that is random there and zero elsewhere, and blocks that share no row are probed at once (Griewank & Mitev
2002, Detecting Jacobian sparsity patterns by Bayesian probing).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from s2sad.api import pullback_of
from s2sad.binding import Argnums, Choice, Values
from s2sad.errors import refuse
from s2sad.ir.kinds import Kind
from s2sad.jacobians import Jacobian, refuse_effect

DRAWS = 2  # points near the first one at which a pattern is sought as well
Sweep = Callable[[Any], Any]


class Pattern:
    """Places that may differ from zero, by rows, with a colouring of columns or of rows."""

    def __init__(self, rows: Any, columns: Any, shape: tuple[int, int]) -> None:
        order = np.lexsort((columns, rows))
        self.rows, self.columns, self.shape = rows[order], columns[order], shape
        by_columns = coloured(self.columns, self.rows, shape[1])
        by_rows = coloured(self.rows, self.columns, shape[0])
        self.reverse = bool(_count(by_columns) > 2*_count(by_rows))  # a sweep back is dearer than one forward
        self.colours = by_rows if self.reverse else by_columns
        self.seeded, self.read = (self.rows, self.columns) if self.reverse else (self.columns, self.rows)

    def seeds(self) -> Any:
        """A row for each colour: ones where the columns (rows) of that colour are."""
        return (self.colours == np.arange(_count(self.colours))[:, None]).astype(float)

    def entries(self, found: Any) -> Any:
        """The entries, in the order of the places, from what the sweeps gave; None if others are not zero."""
        at = (self.colours[self.seeded], self.read)
        outside = (found != 0) & ~np.isnan(found)
        outside[at] = False
        return None if np.any(outside) else found[at]

    def matrix(self, entries: Any) -> Any:
        """The matrix with these entries."""
        from scipy.sparse import csr_matrix

        ends = np.searchsorted(self.rows, np.arange(self.shape[0] + 1))
        return csr_matrix((entries, self.columns, ends), shape=self.shape)

    def united(self, other: Pattern) -> Pattern:
        """The places of both."""
        places = np.concatenate([p.rows*self.shape[1] + p.columns for p in (self, other)])
        places = np.unique(places)
        return Pattern(places // self.shape[1], places % self.shape[1], self.shape)


def _count(colours: Any) -> int:
    return int(colours.max(initial=-1)) + 1


def coloured(groups: Any, shared: Any, count: int) -> Any:
    """A colour for each of `count` groups, such that no two of a colour share a member.

    `groups` and `shared` are the pairs (group, member); the groups with most members come first.

    >>> coloured(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 2, 2]), 3)
    array([0, 1, 0])
    """
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count + 1))
    members = shared[order].tolist()
    taken: dict[int, int] = {}  # the colours met at a member, as bits
    colours = np.zeros(count, np.intp)
    for group in np.argsort(-np.diff(starts), kind="stable").tolist():
        own = members[starts[group] : starts[group + 1]]
        met = 0
        for member in own:
            met |= taken.get(member, 0)
        bit = ~met & (met + 1)
        for member in own:
            taken[member] = taken.get(member, 0) | bit
        colours[group] = bit.bit_length() - 1
    return colours


def detected(sweep: Sweep, count: int, size: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """The pairs (member, group) of which `sweep`, linear, from `size` groups to `count` members, is made.

    >>> a = np.array([[1.0, 0.0], [2.0, 3.0]])
    >>> detected(lambda v: a @ v, 2, 2, np.random.default_rng(0))
    (array([0, 1, 1]), array([0, 0, 1]))
    """
    bounds = np.array([0, size])
    members, blocks = np.arange(count), np.zeros(count, np.intp)
    while True:
        colours = coloured(blocks, members, len(bounds) - 1)
        middle = (bounds[:-1] + bounds[1:] + 1)//2
        found: list[tuple[Any, Any]] = []
        for colour in range(_count(colours)):
            owner = np.full(count, -1)
            mine = colours[blocks] == colour
            owner[members[mine]] = blocks[mine]
            for side, (low, high) in enumerate(((bounds[:-1], middle), (middle, bounds[1:]))):
                chosen = colours == colour
                inside = np.zeros(size + 1)
                np.add.at(inside, low[chosen], 1.0)
                np.add.at(inside, high[chosen], -1.0)
                tangent = np.cumsum(inside)[:-1]*rng.uniform(0.5, 1.5, size)
                if np.any(tangent):
                    hit = np.flatnonzero((sweep(tangent) != 0) & (owner >= 0))
                    found.append((hit, 2*owner[hit] + side))
        members, blocks = (np.concatenate([pair[k] for pair in found]) for k in (0, 1))
        if np.max(np.diff(bounds)) <= 2:
            break
        bounds = np.stack([bounds[:-1], middle], 1).ravel()
        bounds = np.append(bounds, size)
    order = np.lexsort((blocks, members))
    halves = np.stack([bounds[:-1], middle], 1).ravel()
    return members[order], halves[blocks[order]]


class Linear:
    """The derivative of a function at a point as maps between flat vectors, forward and back."""

    def __init__(self, jacobian: SparseJacobian, values: Values, choices: tuple[Choice, ...]) -> None:
        self.jacobian, self.values, self.choices = jacobian, values, choices
        self.of = [choice.of(values[choice.parameter]) for choice in choices]
        for value in self.of:
            if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
                raise TypeError("a sparse Jacobian is by arrays of floats; put the numbers into one")
        self.ends = np.cumsum([0, *(value.size for value in self.of)])
        self.out, self.aux, self.pull = pullback_of(
            jacobian.fun, jacobian.options[0], jacobian.has_aux, values
        )
        if not isinstance(self.out, np.ndarray | np.floating) or self.out.dtype.kind != "f":
            raise TypeError(f"{jacobian.__name__}() must return an array of floats for a sparse Jacobian")
        self.shape = (int(np.size(self.out)), int(self.ends[-1]))

    def forward(self, tangent: Any) -> Any:
        """The tangent of the result."""
        parts = np.split(tangent, self.ends[1:-1])
        dots = [
            np.reshape(part, value.shape).astype(value.dtype)
            for part, value in zip(parts, self.of, strict=True)
        ]
        push = self.jacobian.push
        return np.ravel(push.push(self.values, push.parts(self.values, dots))[1])

    def back(self, cotangent: Any) -> Any:
        """The cotangents of the arguments."""
        seed = np.reshape(cotangent, np.shape(self.out)).astype(self.out.dtype)
        found = self.pull(seed if isinstance(self.out, np.ndarray) else seed[()])
        return np.concatenate([np.ravel(c.of(found[c.parameter])) for c in self.choices])

    def pattern(self) -> Pattern:
        """The places that differ from zero here."""
        rng = np.random.default_rng(0)
        m, n = self.shape
        if not m or not n:
            return Pattern(np.zeros(0, np.intp), np.zeros(0, np.intp), self.shape)
        with np.errstate(all="ignore"):
            if m < n:
                columns, rows = detected(self.back, n, m, rng)
            else:
                rows, columns = detected(self.forward, m, n, rng)
        return Pattern(rows, columns, self.shape)

    def nearby(self, rng: np.random.Generator) -> Linear | None:
        """The derivative at a point near this one; None where the function is not defined there."""
        values = dict(self.values)
        try:
            with np.errstate(all="ignore"):
                for choice, value in zip(self.choices, self.of, strict=True):
                    scale = 1e-2*(np.abs(value) + np.max(np.abs(value), initial=0.0) + 1e-2)
                    moved = (value + scale*rng.uniform(-1.0, 1.0, value.shape)).astype(value.dtype)
                    if choice.key is not None:
                        return None
                    values[choice.parameter] = moved
                moved_here = Linear(self.jacobian, values, self.choices)
        except (ArithmeticError, AssertionError, LookupError, ValueError):  # LinAlgError is a ValueError
            return None
        return moved_here if moved_here.shape == self.shape else None

    def entries(self, pattern: Pattern) -> Any:
        """The entries at these places; None where there are others."""
        sweep = self.back if pattern.reverse else self.forward
        seeds = pattern.seeds()
        length = self.shape[1] if pattern.reverse else self.shape[0]
        found = np.array([sweep(seed) for seed in seeds]).reshape(len(seeds), length)
        entries = pattern.entries(found)
        if entries is None:
            return None
        direction = np.random.default_rng(1).uniform(0.5, 1.5, seeds.shape[1])
        expected = sweep(direction)
        terms = entries*direction[pattern.seeded]
        total = np.bincount(pattern.read, terms, length)
        large = np.bincount(pattern.read, np.abs(terms), length)
        with np.errstate(invalid="ignore"):
            wrong = np.abs(total - expected) > np.sqrt(np.finfo(self.out.dtype).eps)*large
        return None if np.any(wrong) else entries


class SparseJacobian(Jacobian):
    """See `s2sad.jacobian`."""

    def __init__(
        self,
        fun: Callable[..., Any],
        argnums: Argnums = 0,
        has_aux: bool = False,
        sparsity: Any = "detect",
    ) -> None:
        super().__init__(fun, argnums, has_aux)
        self.sparsity = sparsity
        if isinstance(sparsity, str) and sparsity != "detect":
            raise ValueError(f"the sparsity {sparsity!r} is not known; give a pattern, or 'detect'")
        self._patterns: dict[tuple[int, ...], Pattern] = {}

    @property
    def options(self) -> tuple[Any, ...]:
        return (*super().options, self.sparsity)

    def driver(self, kind_of: Callable[[str], Kind], out: Kind | None) -> Callable[..., Any]:
        refuse(None, f"{self!r}, a sparse one, is called inside", "call jacobian without sparsity there")

    def _run(self, values: Values, choices: tuple[Choice, ...]) -> Any:
        refuse_effect(self.push.lookup(values), self.__name__)
        here = Linear(self, values, choices)
        key = (*here.shape, *here.ends.tolist())
        pattern = self._patterns.get(key)
        if pattern is None:
            pattern = self._patterns[key] = self._first(here)
        entries = here.entries(pattern)
        if entries is None and isinstance(self.sparsity, str):  # other entries than at the points before
            pattern = self._patterns[key] = pattern.united(here.pattern())
            entries = here.entries(pattern)
        if entries is None:
            raise ValueError(
                f"the Jacobian of {self.__name__}() has entries that differ from zero outside of its sparsity"
            )
        matrix = pattern.matrix(entries.astype(np.result_type(here.out, *here.of)))
        parts = tuple(matrix[:, a:b] for a, b in zip(here.ends[:-1], here.ends[1:], strict=True))
        result = matrix if self.single else parts
        return (result, here.aux) if self.has_aux else result

    def _first(self, here: Linear) -> Pattern:
        if not isinstance(self.sparsity, str):
            return self._given(here)
        pattern, rng = here.pattern(), np.random.default_rng(2)
        for _ in range(DRAWS):
            other = here.nearby(rng)
            if other is not None:
                pattern = pattern.united(other.pattern())
        return pattern

    def _given(self, here: Linear) -> Pattern:
        """The pattern that the user gave: an array or a sparse matrix, a sequence of them for argnums."""
        given: Sequence[Any] = [self.sparsity] if self.single else self.sparsity
        if len(given) != len(here.of):
            count = len(here.of)
            raise ValueError(f"the sparsity must be a sequence of {count} patterns, one for each of argnums")
        rows: list[Any] = []
        columns: list[Any] = []
        for part, start, end in zip(given, here.ends[:-1], here.ends[1:], strict=True):
            shape = (here.shape[0], int(end - start))
            if np.shape(part) != shape:
                raise ValueError(
                    f"the sparsity has the shape {np.shape(part)}; the Jacobian of {self.__name__}() by an "
                    f"argument of {shape[1]} elements has {shape}"
                )
            places = part.nonzero() if hasattr(part, "tocsr") else np.nonzero(part)
            rows.append(np.asarray(places[0], np.intp))
            columns.append(np.asarray(places[1], np.intp) + start)
        return Pattern(np.concatenate(rows), np.concatenate(columns), here.shape)


__all__ = ["SparseJacobian", "coloured", "detected"]
