"""The README and the pages of docs/ run: every block, every result that they state, every line of the table of kinks.

A page is one program. In a ```python block

    expression  # -> value          the expression has this value, up to 1e-6
    statement  # raises: text       the statement raises an error whose message has this text

and what a block prints is the block after it, a ```text block or a ```python block that begins with `# assumes:`.
Blocks of other languages are not run.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import s2sad

ROOT = Path(__file__).resolve().parent.parent
PAGES = [p for p in (ROOT/"README.md", *sorted((ROOT/"docs").glob("*.md"))) if "```python" in p.read_text("utf-8")]
SPACE = {"inf": np.inf, "nan": np.nan}


def blocks(page: str) -> Iterator[tuple[str, str, int]]:
    """Language, text and the number of the first line of each block."""
    for found in re.finditer(r"(?ms)^```(\w+)\n(.*?)^```$", page):
        yield found[1], found[2], page.count("\n", 0, found.start(2))


def is_output(language: str, text: str) -> bool:
    return language == "text" or (language == "python" and text.startswith("# assumes:"))


def same(found: Any, expected: Any) -> None:
    """Trees of numbers are equal up to rounding, everything else is equal."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            same(found[key], expected[key])
    elif isinstance(expected, tuple) and isinstance(found, tuple):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            same(a, b)
    elif isinstance(expected, str | bool | None):
        assert found == expected
    else:
        assert np.shape(found) == np.shape(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def claims(lines: list[str], statement: ast.stmt) -> tuple[str, str] | None:
    """What a comment behind a statement states: "value" or "error", and the text."""
    found = re.search(r"  # (->|raises:) (.*)$", lines[(statement.end_lineno or 0) - 1])
    return None if found is None else ("value" if found[1] == "->" else "error", found[2])


def run(module: types.ModuleType, text: str, lines: list[str], file: str) -> None:
    for statement in ast.parse(text, file).body:
        claim = claims(lines, statement)
        if claim is None or (claim[0] == "value" and not isinstance(statement, ast.Expr)):
            exec(compile(ast.Module([statement], []), file, "exec", dont_inherit=True), vars(module))
        elif claim[0] == "error":
            with pytest.raises(Exception, match=re.escape(claim[1])):
                exec(compile(ast.Module([statement], []), file, "exec", dont_inherit=True), vars(module))
        else:
            assert isinstance(statement, ast.Expr)
            found = eval(compile(ast.Expression(statement.value), file, "eval", dont_inherit=True), vars(module))
            same(found, eval(claim[1], {**SPACE, **vars(module)}))


@pytest.mark.parametrize("page", PAGES, ids=[p.stem for p in PAGES])
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text("utf-8")
    found = list(blocks(text))
    code = [""]*(text.count("\n") + 1)
    for language, block, first in found:
        if language == "python" and not is_output(language, block):
            code[first : first + block.count("\n")] = block.splitlines()
    file = tmp_path/f"{page.stem}.py"
    file.write_text("\n".join(code) + "\n", "utf-8")
    module = types.ModuleType(f"page_{page.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    for k, (language, block, first) in enumerate(found):
        if language != "python" or is_output(language, block):
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            run(module, "\n"*first + block, code, str(file))
        after = found[k + 1] if k + 1 < len(found) else ("", "", 0)
        if is_output(*after[:2]):
            assert printed.getvalue().strip() == after[1].strip()
        else:
            assert not printed.getvalue(), "what is printed is shown"


def table() -> list[tuple[str, str, str]]:
    page = (ROOT/"docs"/"kinks.md").read_text("utf-8")
    return re.findall(r"(?m)^\| `(.+?)`.*? \| `(.+?)` \| `(.+?)` \| .+ \| .+ \|$", page)


@pytest.mark.parametrize(("function", "x", "expected"), table(), ids=[f"{f} at {x}" for f, x, _ in table()])
def test_line_of_the_table_of_kinks(function: str, x: str, expected: str, tmp_path: Path) -> None:
    body = function if x[0] != "[" else f"np.sum({function})"
    file = tmp_path/"line.py"
    file.write_text(f"import numpy as np\n\n\ndef f(x):\n    return {body}\n", "utf-8")
    module = types.ModuleType("line")
    exec(compile(file.read_text("utf-8"), str(file), "exec", dont_inherit=True), vars(module))
    value = eval(x, dict(SPACE))
    with np.errstate(all="ignore"):  # of the function itself, at its poles
        found = s2sad.grad(module.f)(np.array(value) if isinstance(value, list) else value)
    np.testing.assert_allclose(found, eval(expected, dict(SPACE)), rtol=1e-12, atol=1e-300)


def test_the_table_has_all_its_lines() -> None:
    page = (ROOT/"docs"/"kinks.md").read_text("utf-8")
    assert len(table()) == sum(line.startswith("| `") for line in page.splitlines()) >= 30


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in (ROOT/"README.md", *(ROOT/"docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent/target).exists(), f"{page.name}: {target}"
