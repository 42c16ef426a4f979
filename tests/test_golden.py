"""Expected texts of whole derivatives.

A file in tests/cases is a program, then sections: a line `# --- grad argnums=0 kinds=1-D,float` (grad,
value_and_grad, vjp, jvp or hvp, whose last kind is the vector's; `fun=name` where the function is not called f; `differences=no` where
parts are declared constant, so that differences say something else) and the text that is generated for arguments of
these kinds. `pytest tests/test_golden.py --update` (in one process, without -n) writes the texts anew; the difference
is what is to be reviewed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.pushforward import Jvp
from support import assert_same_bits, check, clone, load

CASES = Path(__file__).parent/"cases"
SAMPLES: dict[str, Callable[[np.random.Generator], Any]] = {
    "float": lambda rng: float(rng.uniform(0.5, 1.5)),
    "npfloat": lambda rng: np.float64(rng.uniform(0.5, 1.5)),
    "0-D": lambda rng: np.array(rng.uniform(0.5, 1.5)),
    "1-D": lambda rng: rng.uniform(0.5, 1.5, 5),
    "vec": lambda rng: rng.uniform(0.5, 1.5, 3),
    "2-D": lambda rng: rng.uniform(0.5, 1.5, (3, 3)) + np.eye(3),
    "3-D": lambda rng: rng.uniform(0.5, 1.5, (2, 3, 2)),
    "complex": lambda rng: rng.uniform(0.5, 1.5, 3) + 1j*rng.uniform(0.5, 1.5, 3),
    "int": lambda rng: 3,
    "ints": lambda rng: np.array([2, 0, -1]),
    "pair": lambda rng: (rng.uniform(0.5, 1.5, 3), float(rng.uniform(0.5, 1.5))),
    "dict": lambda rng: {"w": rng.uniform(0.5, 1.5, 3), "b": float(rng.uniform(0.5, 1.5))},
}


@dataclass(frozen=True)
class Section:
    """One expected text of a case, and the line that asks for it."""

    path: Path
    head: str
    expected: str

    @property
    def options(self) -> dict[str, str]:
        return dict(part.split("=", 1) for part in self.head.split()[3:])

    @property
    def transform(self) -> str:
        return self.head.split()[2]

    def arguments(self) -> tuple[Any, ...]:
        rng = np.random.default_rng(1)
        return tuple(SAMPLES[kind](rng) for kind in self.options["kinds"].split(",") if kind)


def parse(path: Path) -> tuple[str, list[Section]]:
    """The program of a case and its sections."""
    program, *parts = re.split(r"(?m)^(?=# --- )", path.read_text(encoding="utf-8"))
    sections = []
    for part in parts:
        head, _, expected = part.partition("\n")
        sections.append(Section(path, head, expected.strip("\n") + "\n"))
    return program, sections


SECTIONS = [
    pytest.param(section, id=f"{path.stem} {section.head.removeprefix('# --- ')}")
    for path in sorted(CASES.glob("*.py"))
    for section in parse(path)[1]
]


def generate(section: Section, folder: Path) -> str:
    """The text that is generated now."""
    module = load(parse(section.path)[0], folder, section.path.stem)
    fun = getattr(module, section.options.get("fun", "f"))
    argnums = ast.literal_eval(section.options.get("argnums", "0"))
    transform = (Jvp if section.transform == "jvp" else getattr(s2sad, section.transform))(fun, argnums)
    return str(transform.source_for(*section.arguments())).strip("\n") + "\n"


@pytest.mark.parametrize("section", SECTIONS)
def test_text(section: Section, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = generate(section, tmp_path)
    if request.config.getoption("--update"):
        program, sections = parse(section.path)
        parts = [program.rstrip("\n") + "\n\n\n"]
        for other in sections:
            body = text if other.head == section.head else other.expected
            parts.append(f"{other.head}\n{body}\n")
        section.path.write_text("".join(parts).rstrip("\n") + "\n", encoding="utf-8")
    else:
        assert text == section.expected
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("section", SECTIONS)
def test_program_of_the_text(section: Section, tmp_path: Path) -> None:
    """The program's derivative is right, and the call that is documented prints the text that is expected."""
    module = load(parse(section.path)[0], tmp_path, section.path.stem)
    fun = getattr(module, section.options.get("fun", "f"))
    argnums = ast.literal_eval(section.options.get("argnums", "0"))
    args = section.arguments()
    if section.options.get("differences") != "no":
        check(fun, args[:-1] if section.transform == "hvp" else args, argnums)
    if section.transform == "hvp":
        *args, v = args
        np.testing.assert_allclose(
            s2sad.hvp(fun, argnums)(*args, v), np.dot(s2sad.jacrev(s2sad.grad(fun, argnums))(*args), v), rtol=1e-8, atol=1e-10
        )
    transform = s2sad.value_and_grad(fun, argnums)
    value, gradient = transform(*args)
    assert_same_bits(value, fun(*clone(args)), "value")
    if section.transform == "grad":
        assert_same_bits(s2sad.grad(fun, argnums)(*args), gradient, "grad beside value_and_grad")


def test_there_are_enough_cases() -> None:
    paths = sorted(CASES.glob("*.py"))
    assert len(paths) >= 40
    for path in paths:
        program, sections = parse(path)
        assert sections, path.name
        ast.parse(program)
        for section in sections:
            assert section.expected.strip(), f"{path.name}: {section.head} has no text, run with --update"
            ast.parse(section.expected)
