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


def instrumented(page: str, file: str) -> ast.Module:
    """The program of a page, which checks what it states.

    It is compiled in one piece: CPython compiles calls of methods of modules that the same text imports in a
    way of its own, and the code of a function is compared with what its file compiles to.
    """
    found = list(blocks(page))
    lines = page.splitlines()
    body: list[ast.stmt] = []
    for k, (language, text, first) in enumerate(found):
        if language != "python" or is_output(language, text):
            continue
        for statement in ast.parse("\n"*first + text, file).body:
            body.append(checked(statement, lines[(statement.end_lineno or 0) - 1]))
        after = found[k + 1] if k + 1 < len(found) else ("", "", 0)
        body.append(call("_printed", after[1] if is_output(*after[:2]) else ""))
    return ast.fix_missing_locations(ast.Module(body, []))


def call(name: str, text: str, *more: ast.expr) -> ast.Expr:
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), [ast.Constant(text), *more], []))


def checked(statement: ast.stmt, line: str) -> ast.stmt:
    """A statement with what the comment behind it states."""
    found = re.search(r"  # (->|raises:) (.*)$", line)
    if found is None:
        return statement
    if found[1] == "raises:":
        raising = call("_raises", found[2]).value
        return ast.copy_location(ast.With([ast.withitem(raising)], [statement]), statement)
    assert isinstance(statement, ast.Expr), line
    return ast.copy_location(call("_states", found[2], statement.value), statement)


@pytest.mark.parametrize("page", PAGES, ids=[p.stem for p in PAGES])
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text("utf-8")
    code = [""]*(text.count("\n") + 1)
    for language, block, first in blocks(text):
        if language == "python" and not is_output(language, block):
            code[first : first + block.count("\n")] = block.splitlines()
    file = tmp_path/f"{page.stem}.py"
    file.write_text("\n".join(code) + "\n", "utf-8")
    module = types.ModuleType(f"page_{page.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    stream = io.StringIO()

    def states(expected: str, found: Any) -> None:
        same(found, eval(expected, {**SPACE, **vars(module)}))

    def printed(expected: str) -> None:
        assert stream.getvalue().strip() == expected.strip()
        stream.seek(0)
        stream.truncate()

    def raises(message: str) -> Any:
        return pytest.raises(Exception, match=re.escape(message))

    vars(module).update(_states=states, _printed=printed, _raises=raises)
    with contextlib.redirect_stdout(stream):
        exec(compile(instrumented(text, str(file)), str(file), "exec", dont_inherit=True), vars(module))


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
        for target in re.findall(r"\]\(([\w/.]+\.md)\)", page.read_text("utf-8")):
            assert (page.parent/target).exists(), f"{page.name}: {target}"
