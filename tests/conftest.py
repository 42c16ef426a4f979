"""Options, sampling and the table of covered cells.

The matrices of tests (construct x position x kind, program x pass) are drawn as a seeded sample that covers every
pair; `--full` runs every cell. `--seed` draws another sample, and `--update` rewrites the golden texts.
"""

from __future__ import annotations

import gc
import random
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

import support


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("s2sad")
    group.addoption("--full", action="store_true", help="run every cell of every matrix, not a seeded sample")
    group.addoption("--seed", type=int, default=20, help="seed of samples and of random programs")
    group.addoption("--update", action="store_true", help="rewrite the expected texts in tests/cases")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--full"):
        support.APART = support.AGAIN = 1


def pytest_report_header(config: pytest.Config) -> str:
    extent = "every cell" if config.getoption("--full") else "a sample that covers every pair"
    return f"s2sad: {extent}, seed {config.getoption('--seed')}"


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of collected tests live to the end: no collection of garbage need look at them.

    What tests leave behind, modules and texts, lives on as well: it is looked at less often than Python would.
    """
    if session.items:
        gc.freeze()
        gc.set_threshold(20_000, 20, 30)


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the whole matrix was asked for."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of this run."""
    return int(request.config.getoption("--seed"))


@pytest.fixture(autouse=True)
def _seeded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test starts from the same random state, whatever ran before it."""
    random.seed(0)
    np.random.seed(0)
    yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which cells of the corpus ran: constructs by position and by kind."""
    cells: set[tuple[str, str, str]] = set()
    notes: list[str] = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for key, value in getattr(report, "user_properties", ()):
                if key == "cell":
                    cells.add(tuple(value.split("|")))
                elif key == "note":
                    notes.append(value)
    for note in notes:
        terminalreporter.write_line(note)
    if not cells:
        return
    table: dict[tuple[str, str], int] = defaultdict(int)
    for _, position, kind in cells:
        table[position, kind] += 1
    positions = sorted({position for position, _ in table})
    kinds = sorted({kind for _, kind in table})
    constructs = len({construct for construct, _, _ in cells})
    terminalreporter.write_sep("-", f"corpus: {len(cells)} cells, {constructs} constructs")
    terminalreporter.write_line(f"{'':14}" + "".join(f"{kind:>10}" for kind in kinds))
    for position in positions:
        terminalreporter.write_line(f"{position:14}" + "".join(f"{table[position, kind]:>10}" for kind in kinds))
