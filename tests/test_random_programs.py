"""Random programs (see programs.py) against differences, and the same programs with passes switched off."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import s2sad
from programs import HELPERS, Program, outcome, shrink
from s2sad.optimise.passes import LAST, PASSES
from support import check, load

CHUNKS = 8
PER_CHUNK = 16  # --full: twelve times as many


def make(seed: int) -> Program:
    return Program(seed, planes=seed % 3 == 0)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_programs(
    chunk: int, full: bool, seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    count = PER_CHUNK*(12 if full else 1)
    refusals: Counter[str] = Counter()
    kinks = 0
    for k in range(count):
        program = make(100_000*seed + chunk*count + k)
        found = outcome(program, program.text(), tmp_path)
        if found == "kink":
            kinks += 1
        elif found.startswith("refused: "):
            refusals[reason(found)] += 1
        elif found:
            small = shrink(program, lambda text: bad(outcome(program, text, tmp_path)))
            pytest.fail(f"seed {program.seed}: {found}\n{small[len(HELPERS):]}")
    record_property("note", f"random programs {chunk}: {count} run, {kinks} at kinks, refused {dict(refusals) or 'none'}")
    assert sum(refusals.values()) <= 0.05*count, refusals
    assert kinks <= 0.2*count


def bad(found: str) -> bool:
    return bool(found) and found != "kink" and not found.startswith(("refused", "not a program"))


def reason(found: str) -> str:
    """The class of a refusal: its message without place, names and numbers."""
    first = found.removeprefix("refused: ").splitlines()[0]
    return first.split(": ", 1)[-1][:70]


def test_programs_are_programs() -> None:
    """The generator makes correct Python that exercises what it is for."""
    texts = [make(seed).text() for seed in range(150)]
    for text in texts:
        compile(text, "<random>", "exec")
    together = "\n".join(texts)
    for construct in ("break", "continue", "return np.sum(u*x)*s", "range(0)", "while", "[::-1]", "out=", "if ", ".append("):
        assert construct in together, construct
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("chunk", range(4))
def test_passes_off_and_on_agree(
    chunk: int, full: bool, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name, _ in (*PASSES, *LAST)] + ["renest"]
    assert len(names) > 5
    compared = 0
    for k in range(60 if full else 6):  # of which each has every second pass switched off, and then all
        program = make(100_000*seed + 50_000 + chunk*60 + k)
        args = program.arguments()
        found = []
        one_by_one = names if full else names[k % 2 :: 2]
        for off in ["", *(f"-{name}" for name in one_by_one), ",".join(f"-{name}" for name in names)]:
            monkeypatch.setenv("S2SAD_PASSES", off)
            module = load(program.text(), tmp_path)  # a new function: nothing is cached
            try:
                found.append(s2sad.value_and_grad(module.f, (0, 1, 2))(*args))
            except s2sad.UnsupportedError:
                found.append(None)
        for other in found[1:]:
            assert (other is None) == (found[0] is None)
            if other is not None and found[0] is not None:
                assert other[0] == found[0][0] or np.isnan(other[0])
                for a, b in zip(other[1], found[0][1], strict=True):
                    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)
                compared += 1
    assert compared


# ------------------------------------------------------------------------------------------------ random formulas

SHAPES = [(), (3,), (1,), (2, 3), (2, 1), (1, 3), (4, 1, 3)]
LEAVES = ["x", "y", "z", "2.0", "0.5", "x", "y"]
UNARY = ["np.sin({})", "np.cos({})", "np.tanh({})", "-({})", "({})**2", "({})**3", "np.sqrt(1.0 + ({})**2)"]
UNARY += ["np.exp(-({})**2)", "abs({} + 3.1)"]
BINARY = ["({} + {})", "({} - {})", "({})*({})", "({})/(1.5 + np.sin({}))"]
BINARY += ["np.where({} > 0.0531, {}, 0.3)", "np.arctan2({}, 2.0 + ({})**2)"]
BINARY += ["np.where({0} > 0.4831, {1}, np.where({0} > 0.0531, np.sqrt(np.maximum({0}, 0.0)), 0.5*({1})))"]
FORMULAS = 60


def grown(rng: random.Random, size: int) -> str:
    """A formula with so many leaves."""
    if size == 1:
        made = rng.choice(LEAVES)
        return rng.choice(UNARY).format(made) if rng.random() < 0.3 else made
    left = rng.randrange(1, size)
    made = rng.choice(BINARY).format(grown(rng, left), grown(rng, size - left))
    return rng.choice(UNARY).format(made) if rng.random() < 0.3 else made


def values(kind: int, shape: tuple[int, ...], salt: int) -> object:
    rng = np.random.default_rng([salt, len(shape)])
    v = np.round(rng.uniform(-1.0, 1.0, shape), 2) + 0.0137
    return (float(v), np.float64(v), np.asarray(v))[kind] if shape == () else v


def test_random_formulas(seed: int, full: bool, tmp_path: Path) -> None:
    """Elementwise formulas over every mixture of scalars and broadcast arrays."""
    rng = random.Random(seed)
    for _ in range(FORMULAS*(10 if full else 1)):
        formula = grown(rng, rng.randint(1, 8))
        args = tuple(values(rng.randrange(3), rng.choice(SHAPES), i) for i in range(3))
        module = load(f"import numpy as np\n\n\ndef f(x, y, z):\n    return np.sum({formula})\n", tmp_path)
        try:
            gradient = check(module.f, args, tol=1e-6, probes=1)
        except Exception as error:
            error.add_note(f"seed {seed}: {formula} at {args}")
            raise
        assert len(gradient) == 3
