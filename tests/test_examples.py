"""Every example runs as a user runs it, in a process of its own, and asserts its own numbers."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path.name for path in (ROOT/"examples").glob("*.py"))


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str, tmp_path: Path) -> None:
    path = ROOT/"examples"/name
    done = run(sys.executable, "-W", "error", str(path), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() and not done.stderr
    pictures = [file.name for file in tmp_path.glob("*.png")]
    if importlib.util.find_spec("matplotlib") and "def picture(" in path.read_text(encoding="utf-8"):
        assert pictures == [f"{path.stem}.png"]
    else:
        assert not pictures


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


README = (ROOT/"README.md").read_text(encoding="utf-8")


def test_readme_shows_what_is_printed(tmp_path: Path) -> None:
    program, text, *_ = re.findall(r"(?ms)^```python\n(.*?)^```", README)
    (tmp_path/"readme.py").write_text(program, encoding="utf-8")
    done = run(sys.executable, "-W", "error", str(tmp_path/"readme.py"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == text.strip()


def test_readme_has_two_commands_and_ci_runs_them() -> None:
    commands = re.findall(r"(?ms)^```sh\n(.*?)^```", README)
    assert len(commands) == 2
    assert "pip install ." in commands[0] and "s2sad dump examples/" in commands[0]
    assert "pip install -e '.[test]'" in commands[1] and "pytest" in commands[1]
    for command in commands:  # .ci/run takes them out of the README, it has no copy of its own
        assert command.strip() not in (ROOT/".ci"/"run").read_text(encoding="utf-8")
