"""Random programs of Python's other constructs (see mixed_programs.py): value, gradient, forward mode, second order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from mixed_programs import CONSTRUCTS, Writer, outcome

CHUNKS = 4
PER_CHUNK = 6  # --full: forty times as many


def make(seed: int) -> Writer:
    """A program of all constructs, or mostly of one."""
    return Writer(seed, (None, *CONSTRUCTS)[seed % (len(CONSTRUCTS) + 1)])


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mixed_programs(
    chunk: int, full: bool, seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    count = PER_CHUNK*(40 if full else 1)
    refusals: Counter[str] = Counter()
    kinks = 0
    for k in range(count):
        writer = make(100_000*seed + chunk*count + k)
        text = writer.program()
        found = outcome(writer, text, tmp_path, twice=k % 3 == 0)
        if found == "kink":
            kinks += 1
        elif found.startswith("refused: "):
            refusals[found.removeprefix("refused: ").splitlines()[0].split(": ", 1)[-1][:70]] += 1
        elif found:
            pytest.fail(f"seed {writer.seed}: {found}\n{text}")
    record_property("note", f"mixed programs {chunk}: {count} run, {kinks} at kinks, refused {dict(refusals) or 'none'}")
    assert sum(refusals.values()) <= max(3, 0.05*count), refusals
    assert kinks <= max(2, 0.2*count)


def test_programs_have_every_construct() -> None:
    together = "\n".join(make(seed).program() for seed in range(200))
    for construct in (
        " for v in ", "for k, v in", "*ns", "**", "|=", ".setdefault(", ".insert(", "sorted(", "del ", ".turn()", "except (",
        "finally:", "suppress(", "assert ", "case ", "**rest", "steps(", "forever(", "islice(", ":=", "nonlocal", "partial(",
        "reduce(", "is None", "[::2]", "break", "continue", "return ", "while ", "with Held",
        "ndindex(", "ndenumerate(", "product(", "chain(", "accumulate(", "while True", "zip(*", "else:", "fall(", "even(",
        "Weighted", "State(", "HISTORY", "GAINS", "operator.", "math.",
    ):  # fmt: skip
        assert construct in together, construct
