"""Programs that are written while they run (probed_programs.py), against differences and in every other way.

    python tests/test_probed_programs.py 17 40        programs 17 to 39; those that fail are made small and printed
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from probed_helpers import HELPERS
from probed_programs import Program

import s2sad
from programs import smaller
from s2sad.optimise.passes import LAST, PASSES
from support import (
    active_positions,
    check,
    check_vjp,
    clone,
    differences,
    direction,
    leaves,
    load,
    same_bits,
    tree_map,
    wide,
)

CHUNKS = 2
PER_CHUNK = 6  # --full: twenty times as many


def smooth(fun: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Whether differences along random directions do not depend on the step: no kink or jump is near."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        v = [None if isinstance(a, int) else direction(a, rng) for a in args]
        found = []
        for h in (0.1, 1.0, 4.0):
            step = tuple(tree_map(lambda d: None if d is None else d*h, d) for d in v)
            found.append(differences(fun, args, step)/h)
        if found[0].size != 1 or not np.allclose(found, found[0], rtol=1e-5, atol=1e-5) or abs(found[0][0]) > 1e4:
            return False
    return True


def outcome(program: Program, text: str, folder: Path) -> str:
    """How a program fares: "" right, "refused: ...", "not a program", or what is wrong."""
    try:
        module = load(text, folder)
    except SyntaxError as error:
        return f"not a program: {error}"
    held, refused = 0, ""
    for n in range(4):
        args = program.arguments(n)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = module.f(*clone(args))
                fits = np.isfinite(value) and abs(value) < 1e4 and smooth(module.f, wide(args))
        except Exception:
            continue
        if not fits:
            continue
        try:
            found = one(program, module, args, others=not held)
        except s2sad.UnsupportedError as error:
            refused = f"refused: {error}"
            continue
        except TypeError as error:
            if "grad needs" not in str(error):
                return f"n={n} TypeError: {error}"
            refused = f"refused: {error}"  # rank 0, or real, for all but the analysis
            continue
        except Exception as error:
            return f"n={n} {type(error).__name__}: {error}"
        if found:
            return f"n={n} {found}"
        held += 1
    return "" if held else refused or "not a program"


def one(program: Program, module: Any, args: tuple[Any, ...], others: bool) -> str:
    """Hold one call against differences, pullbacks, jvp; and `others`: saved texts, passes, shared arguments."""
    tol = 3e-3 if program.single else 3e-6
    wrt = active_positions(args)
    gradient = check(module.f, args, tol=tol, probes=1, pullbacks=False, text=False)
    check_vjp(module.f, args, None if program.single else dict(zip(wrt, gradient, strict=True)), tol=tol)
    if not others:
        return ""
    transform = s2sad.value_and_grad(module.f, wrt)
    wanted = transform(*args)
    return saved(program, transform, args, wanted) or passes(program, module, args, wanted) or shared(module, args, transform)


def saved(program: Program, transform: Any, args: tuple[Any, ...], wanted: Any) -> str:
    """What is wrong with the standalone text: it gives the same bits (but for the convention of complex numbers)."""
    try:
        text = transform.standalone()
    except (s2sad.UnsupportedError, ValueError):
        return ""
    space: dict[str, Any] = {"__name__": "saved"}
    exec(compile(text, "<saved>", "exec"), space)
    found = space["f_value_and_grad"](*clone(args))
    return "" if program.complex or near(found, wanted, 0.0) else f"the saved text gives {found}, not {wanted}"


def passes(program: Program, module: Any, args: tuple[Any, ...], wanted: Any) -> str:
    """What changes without some passes."""
    names = [name for name, _ in (*PASSES, *LAST)] + ["renest"]
    off = names if program.seed % 2 else [program.rng.choice(names)]
    before = os.environ.get("S2SAD_PASSES")
    os.environ["S2SAD_PASSES"] = ",".join(f"-{name}" for name in off)
    try:
        again = load(Path(module.__file__).read_text(encoding="utf-8"), Path(module.__file__).parent)
        found = s2sad.value_and_grad(again.f, active_positions(args))(*args)
    finally:
        if before is None:
            del os.environ["S2SAD_PASSES"]
        else:
            os.environ["S2SAD_PASSES"] = before
    return "" if near(found, wanted, 1e-4 if program.single else 1e-9) else f"without {off}: {found}, not {wanted}"


def shared(module: Any, args: tuple[Any, ...], transform: Any) -> str:
    """What is wrong if two arguments are one array: a plain call's value and unwritten arguments, or a refusal."""
    x, y, *rest = args
    if x.dtype != y.dtype:
        return ""
    one, own = x.copy(), x.copy()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = module.f(own, own, *clone(rest))
        found = transform(one, one, *rest)
    except Exception:
        return ""
    if not same_bits(found[0], value) and np.isfinite(value):
        return f"two arguments that are one array: {found[0]}, not {value}"
    return "" if np.array_equal(one, x) else "an argument was written"


def near(a: Any, b: Any, tol: float) -> bool:
    """Whether two trees are equal but for rounding."""
    pairs = list(zip(leaves(a), leaves(b), strict=True))
    if any((p is None) != (q is None) for p, q in pairs):
        return False
    return all(np.allclose(p, q, rtol=tol, atol=10*tol, equal_nan=True) for p, q in pairs if p is not None)


def bad(found: str) -> bool:
    return bool(found) and not found.startswith(("refused", "not a program"))


def kind(found: str) -> str:
    """The class of a failure: its message without numbers."""
    return re.sub(r"[-\d.e+]+", "#", found)[:40]


def shrink(program: Program, found: str, folder: Path, tries: int = 400) -> str:
    """The text of a small program that fails in the same way."""
    definitions, go_on = program.definitions(), True
    while go_on:
        go_on = False
        for candidate in smaller(definitions):
            tries -= 1
            if tries < 0:
                break
            text = program.text(candidate)
            if kind(outcome(program, text, folder)) == kind(found):
                definitions, go_on = candidate, True
                break
    return program.text(definitions)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_probed_programs(
    chunk: int, full: bool, seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    count = PER_CHUNK*(20 if full else 1)
    counts: Counter[str] = Counter()
    for k in range(count):
        program = Program(100_000*seed + chunk*count + k)
        found = outcome(program, program.text(), tmp_path)
        counts[found.split(":")[0] or "right"] += 1
        if bad(found):
            small = shrink(program, found, tmp_path)
            pytest.fail(f"seed {program.seed}: {found}\n{small[len(HELPERS):]}")
    record_property("note", f"probed programs {chunk}: {dict(counts)}")
    assert counts["right"] >= (0.5 if full else 0.3)*count, counts  # 0.6 of sixty; 2 of 6 have been seen


def test_the_generator() -> None:
    """Programs are correct Python of all sorts, and the same seed gives the same text."""
    texts = [Program(seed).text()[len(HELPERS) :] for seed in range(40)]
    assert texts[7] == Program(7).text()[len(HELPERS) :] and len(set(texts)) == len(texts)
    together = "\n".join(texts)
    for construct in (
        "break", "continue", "while", "try:", "match ", "nonlocal", "Box(", "out=", "[::-1]",
        "range(0)", ".items()", "reversed(", "reshape", "first_above", "halves", "raise ",
    ):  # fmt: skip
        assert construct in together, construct


def main(first: int, last: int) -> None:
    """Print the programs that fail, as small as they can be made."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, last):
            program = Program(seed)
            found = outcome(program, program.text(), Path(name))
            counts["wrong" if bad(found) else found[:90].splitlines()[0] if found else "right"] += 1
            if bad(found):
                small = shrink(program, found, Path(name))
                print(f"##### {seed}: {found[:300]}\n### small: {outcome(program, small, Path(name))[:300]}")
                print(small[len(HELPERS) :], flush=True)
    print(counts)


if __name__ == "__main__":
    np.seterr(all="ignore")
    main(int(sys.argv[1]), int(sys.argv[2]))
