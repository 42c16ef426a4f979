"""Random programs mean the same before and after each pass, each pass twice is the pass, motions
keep the meaning."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import numpy as np
import pytest
from interp import Interpreter, show
from ssa_programs import draw

from s2sad.ir.nodes import Let, Program
from s2sad.optimise.motion import Motion
from s2sad.optimise.passes import PASSES, optimise

COUNT = 110


def arguments() -> list[Any]:
    return [np.array([0.5, -1.0, 2.0, 0.25]), np.array([1.5, -0.5, 1.0]), 0.75, -1.25]


def leaves(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def meaning(program: Program) -> tuple[Any, ...]:
    """What a caller can tell: result, sharing of memory, arguments afterwards, output, exception."""
    args = arguments()
    run = Interpreter(program)
    error = None
    try:
        run.run(*args)
    except (ArithmeticError, ValueError, IndexError, AssertionError, RuntimeError) as e:
        error = type(e).__name__
    except Exception as e:
        if type(e).__name__ != "Raised":
            raise
        error = "Raised"
    everything = [x for x in leaves(run.result) + args if isinstance(x, np.ndarray)]
    shared = [np.shares_memory(a, b) for a, b in itertools.combinations(everything, 2)]
    return error, copy.deepcopy(run.result), shared, args, run.log


def check(before: tuple[Any, ...], after: tuple[Any, ...], what: str) -> None:
    assert before[0] == after[0], what
    assert before[2] == after[2], what
    for i in (1, 3, 4):
        a, b = leaves(before[i]), leaves(after[i])
        assert len(a) == len(b), what
        for x, y in zip(a, b, strict=True):
            assert type(x) is type(y), what
            assert x is y or np.array_equal(
                x, y, equal_nan=isinstance(x, float | np.ndarray) and x is not None
            ), what


@pytest.mark.parametrize("chunk", range(10))
def test_passes(chunk: int, seed: int, full: bool) -> None:
    for number in range(COUNT * (10 if full else 1)):
        program = draw((seed * 10 + chunk) * 100_000 + number)
        before = meaning(program)
        for name, apply in PASSES:
            after = apply(program, None)
            check(before, meaning(after), f"{name}\n{show(program)}\n=>\n{show(after)}")
        after = optimise(program)
        check(before, meaning(after), f"all\n{show(program)}\n=>\n{show(after)}")
        again = optimise(after)
        assert show(again) == show(after)
        assert again is after


@pytest.mark.parametrize("chunk", range(4))
def test_motions(chunk: int, seed: int, full: bool) -> None:
    moved = 0
    for number in range(COUNT * (10 if full else 1)):
        program = draw((seed * 10 + chunk) * 100_000 + number)
        before = meaning(program)
        motion = Motion(program)
        body = list(program.body)
        for i in range(len(body) - 1):
            let = body[i]
            end = i
            while isinstance(let, Let) and end + 1 < len(body) and motion.may_move(let, body[end + 1]):
                end += 1
            if end > i:
                moved += 1
                order = (*body[:i], *body[i + 1 : end + 1], let, *body[end + 1 :])
                after = Program(program.name, program.params, order, program.kinds, program.hints)
                check(before, meaning(after), f"motion of {let}\n{show(program)}\n=>\n{show(after)}")
    assert moved > COUNT
