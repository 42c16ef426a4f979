"""The optimising passes, in order, by name.

Accepts any `Program`; guarantees the same result, effects, exceptions and identities, and a fixed
point: optimising again changes nothing. Each pass has a name and can be switched off, by the caller
or for the whole process:

    S2SAD_PASSES=-cse,-births python -c ...

What only holds as long as nothing else changes comes once, behind the others (`LAST`).

Names that stand here for the back end's passes ("renest") are looked up by it with `switched_off`.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from s2sad.analysis.effects import Aliases
from s2sad.analysis.primitives import is_pure
from s2sad.ir.nodes import Let, Program
from s2sad.optimise.additions import additions
from s2sad.optimise.adoptions import adoptions
from s2sad.optimise.breaks import breaks
from s2sad.optimise.copies import bindings, births, copies
from s2sad.optimise.cse import cse
from s2sad.optimise.dce import dce, leaves_nothing_dead
from s2sad.optimise.factors import factors
from s2sad.optimise.flows import unwritten
from s2sad.optimise.held import held
from s2sad.optimise.invariants import invariants
from s2sad.optimise.likes import likes
from s2sad.optimise.newaxes import newaxes
from s2sad.optimise.overwrites import overwrites
from s2sad.optimise.raised import unrepeated
from s2sad.optimise.resets import resets
from s2sad.optimise.rounds import rounds
from s2sad.optimise.solutions import solutions
from s2sad.optimise.spreads import spreads
from s2sad.optimise.states import states
from s2sad.optimise.stores import dead_stores
from s2sad.optimise.stretches import stretches
from s2sad.optimise.tapes import tapes
from s2sad.optimise.transposes import transposes

Pass = Callable[[Program, Aliases | None], Program]
PASSES: tuple[tuple[str, Pass], ...] = (
    ("bindings", bindings),
    ("breaks", breaks),
    ("spreads", spreads),
    ("likes", likes),
    ("stretches", stretches),
    ("dce", dce),
    ("invariants", invariants),
    ("cse", cse),
    ("transposes", transposes),
    ("tapes", tapes),
    ("states", states),
    ("rounds", rounds),
    ("overwrites", overwrites),
    ("copies", copies),
    ("stores", dead_stores),
    ("factors", factors),
    ("additions", additions),
    ("newaxes", newaxes),
    ("resets", resets),
    ("births", births),
    ("adoptions", adoptions),
)
LAST = (("unwritten", unwritten), ("unrepeated", unrepeated))  # come once, behind the others
ROUNDS = 8  # two do for most programs; loops of which one needs the other's carried values take more


def optimise(program: Program, disabled: frozenset[str] = frozenset()) -> Program:
    """The program after all passes but the disabled ones, round after round until nothing changes."""
    off = disabled | switched_off()
    chosen = [apply for name, apply in PASSES if name not in off]
    program = solutions(program)
    if "held" not in off:
        program = held(program)
    aliases = Aliases(program)
    settled: dict[Pass, Program] = {}  # what a pass leaves as it is
    swept: Program | None = None  # what dce made last
    for _ in range(ROUNDS):
        before = program
        for apply in chosen:
            if settled.get(apply) is program:
                continue
            after = apply(program, aliases)
            if after is program or apply is cse:
                settled[apply] = after
            if apply is dce:
                swept = after
            elif apply is cse and swept is program and leaves_nothing_dead(after):
                settled[dce] = after
            if after is not program:
                kept = apply is dce and _drops_only_new_values(program, after, aliases)
                program, aliases = after, aliases if kept else Aliases(after)
        if program is before:
            break
    for name, once in LAST:
        if name not in off:
            program = once(program)
    return program


def _drops_only_new_values(program: Program, after: Program, aliases: Aliases) -> bool:
    """Whether a program has the same aliases: all that it lacks is new values that had no second name."""
    return all(
        isinstance(s, Let) and is_pure(s.call, program.kinds) and aliases.is_alone(s.name)
        for s in set(program.body).difference(after.body)
    )


SHARED = ("likes", "dce", "cse", "likes", "dce")


def shared(program: Program) -> Program:
    """Both sweeps in one program, to be taken apart into a pair: what both compute is computed once.

    Only passes that leave storage alone: a backward function writes into nothing that the forward one keeps.
    """
    off, known = switched_off(), dict(PASSES)
    program = solutions(program)
    if "held" not in off:
        program = held(program)
    for name in SHARED:
        if name not in off:
            program = known[name](program, None)
    return program


def switched_off() -> frozenset[str]:
    """Names of passes that the environment switches off: S2SAD_PASSES=-cse,-renest."""
    words = os.environ.get("S2SAD_PASSES", "").replace(",", " ").split()
    return frozenset(word[1:] for word in words if word.startswith("-"))
