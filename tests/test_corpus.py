"""Every construct, at every position of a program, for every kind of argument (see corpus.build)."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from again import check_second_order

from corpus.build import KINDS, POSITIONS, arguments, cells, kinds_for, program
from corpus.constructs import CONSTRUCTS
from support import check, load

SECOND = 8  # of so many cells one is differentiated twice


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        config = metafunc.config
        chosen = cells(config.getoption("--full"), config.getoption("--seed"))
        ids = [f"{construct.name}-{position}-{kind}" for construct, position, kind in chosen]
        metafunc.parametrize("cell", chosen, ids=ids)


def test_cell(cell, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    construct, position, kind = cell
    module = load(program(construct, position), tmp_path)
    gradient = check(module.f, arguments(kind))
    assert len(gradient) == 2
    if zlib.crc32(f"{construct.name}|{position}|{kind}".encode()) % SECOND == 0:
        check_second_order(module.f, arguments(kind), (0, 1))
    record_property("cell", f"{construct.name}|{position}|{kind}")


def test_sample_covers_every_pair() -> None:
    chosen = cells(False, 1)
    for construct in CONSTRUCTS:
        mine = [(position, kind) for c, position, kind in chosen if c is construct]
        assert {position for position, _ in mine} == set(POSITIONS)
        assert {kind for _, kind in mine} == set(kinds_for(construct))
    assert {(p, k) for _, p, k in chosen} == {(p, k) for p in POSITIONS for k in KINDS}


def test_names_of_constructs_are_unique_and_every_template_binds_y() -> None:
    names = [construct.name for construct in CONSTRUCTS]
    assert len(set(names)) == len(names) >= 80
    for construct in CONSTRUCTS:
        compile(program(construct, "top"), construct.name, "exec")
        assert "y" in construct.body and "BODY" not in program(construct, "nested loop")


def test_invariants_hold_at_run_time(request: pytest.FixtureRequest) -> None:
    """One cell of every construct in a process where generated code asserts the invariants of DESIGN A6."""
    if os.environ.get("S2SAD_DEBUG"):
        assert request.config.getoption("--full") or len(cells(False, 1)) >= len(CONSTRUCTS)
        return
    root = Path(__file__).parent
    code = "import sys; sys.path.insert(0, sys.argv[1]); import debug_run; sys.exit(debug_run.main(int(sys.argv[2])))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(root/"corpus"), str(request.config.getoption("--seed"))],
        env={**os.environ, "S2SAD_DEBUG": "1", "PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert f"{len(CONSTRUCTS)} constructs" in done.stdout
