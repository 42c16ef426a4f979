"""What the reverse sweep knows of a cotangent, and of a loop that it reverses.

A `Bar` is an atom with five properties:

uniform   a scalar that stands for the constant array of the value's shape: `np.sum(x)` gives x_bar = g, and
          only a rule that is not elementwise makes an array of it
owned     an array that nobody else refers to: later contributions may be added in place
wide      the kind of the value it was made for, whose shape it still has: it is to be summed over the axes
          along which its own value was broadcast, once an operand is reached that is not made there just
          for that value (`z = x*y + w` of unknown lengths: unbroadcast(y*z_bar, x), nothing for x*y)
mask      contributions come from a selection; where the mask is false the value means 0 whatever it holds
          (`np.where(c, r, 0.0)` gives r_bar = g with mask c, and `np.where(c, 0.5*g/r, 0.0)` at the end of
          the chain)
loose     0.0, on some paths, in the place of an array that was perhaps not made there, so that nothing has
          its shape; an array once the adjoint of the statement that makes the value is reached

    z = np.sum(x)           x_bar = Bar(g, uniform=True): np.full_like(x, g), if an array is wanted
"""

from __future__ import annotations

from dataclasses import dataclass, field

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Carry, If, Stmt
from s2sad.ir.records import record


@record(frozen=True, slots=True)
class Mask:
    """Where a cotangent may be non-zero: where `cond` is true, or false if not `when`.

    Where that is known by the `zeros` of a cotangent alone, what is finite stays as it is: it may be 0 at a
    stationary point, and its derivative is not.
    """

    cond: Atom
    when: bool = True
    zeros: Atom | None = None


@record(frozen=True, slots=True)
class Bar:
    """A cotangent as it stands."""

    atom: Atom
    uniform: bool = False
    owned: bool = False
    mask: Mask | None = None
    wide: Kind | None = None
    loose: bool = False


@record(frozen=True, slots=True, eq=False)
class Exit:
    """A branch that ends a loop: an `if` in tail position, the side that leaves, and the way to it."""

    stmt: If
    side: int
    path: tuple[tuple[If, int], ...]


@dataclass(slots=True)
class Loop:
    """A loop that is being reversed: its place in the nest, and the values from outside that it adds to.

    `sums` holds those that were known before the body was written, `missing` those met while writing it. The
    others serve the trip that ends the loop early (`leaving`): its exits; the flags that tell of them, by
    their names behind the loop; the branches that look at these; what inner loops make of them; what is known
    before anything is handed on; what is handed to the trip, and as it comes from behind the loop; what goes
    round; and what waits for the exit.
    """

    stmt: Stmt
    depth: int
    sums: dict[str, None]
    missing: dict[str, None]
    exits: tuple[Exit, ...] = ()
    flags: dict[str, str] = field(default_factory=dict)
    heads: dict[Stmt, str] = field(default_factory=dict)
    passed: dict[str, list[str]] = field(default_factory=dict)
    base: dict[str, Bar] = field(default_factory=dict)
    handed: list[tuple[Carry, Bar, Bar]] = field(default_factory=list)
    rounds: dict[str, Atom] = field(default_factory=dict)
    latched: dict[str, Bar] = field(default_factory=dict)


__all__ = ["Bar", "Exit", "Loop", "Mask"]
