"""Every example runs as a user runs it, in a process of its own, and asserts its own numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path.name for path in (ROOT/"examples").glob("*.py"))


def run(*command: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    done = run(sys.executable, "-W", "error", f"examples/{name}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and not done.stderr


def test_examples_assert_their_numbers() -> None:
    assert len(EXAMPLES) >= 10
    for name in EXAMPLES:
        text = (ROOT/"examples"/name).read_text(encoding="utf-8")
        assert text.startswith('"""') and "assert " in text and "def main():" in text, name


def test_an_example_fails_where_its_numbers_are_wrong(tmp_path: Path) -> None:
    text = (ROOT/"examples"/"formulas.py").read_text(encoding="utf-8")
    wrong = tmp_path/"formulas.py"
    wrong.write_text(text.replace("(2.0) == 7.0", "(2.0) == 7.5"), encoding="utf-8")
    done = run(sys.executable, str(wrong))
    assert done.returncode == 1 and "AssertionError" in done.stderr
