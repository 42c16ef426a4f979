"""Every construct, at every position of a program, for every kind of argument (see corpus.build)."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from again import check_second_order

from corpus.build import KINDS, POSITIONS, arguments, cells, kinds_for, one_of_each, program
from corpus.constructs import CONSTRUCTS, Construct
from support import check, load

SECOND = 8  # of so many cells one is differentiated twice


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" in metafunc.fixturenames:
        config = metafunc.config
        chosen = cells(config.getoption("--full"), config.getoption("--seed"))
        ids = [f"{construct.name}-{position}-{kind}" for construct, position, kind in chosen]
        metafunc.parametrize("cell", chosen, ids=ids)


@functools.cache
def watched(seed: int) -> frozenset[tuple[Construct, str, str]]:
    """The cells that are run under S2SAD_DEBUG=1, where generated code asserts the invariants of DESIGN A6."""
    return frozenset(one_of_each(True, seed, 1))


def test_cell(
    cell, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    construct, position, kind = cell
    if cell in watched(seed):
        monkeypatch.setenv("S2SAD_DEBUG", "1")
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


def test_invariants_are_held_at_run_time_for_every_construct() -> None:
    """One cell of each construct runs where generated code asserts the invariants of DESIGN A6 (see `watched`)."""
    for seed in range(3):
        names = [construct.name for construct, position, kind in watched(seed)]
        assert sorted(names) == sorted(construct.name for construct in CONSTRUCTS)
        assert watched(seed) <= set(cells(True, seed))
