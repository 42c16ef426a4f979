"""The suite notices seeded faults (see faults.py): a sample of them by default, all with `--full`."""

from __future__ import annotations

import ast
import random

import pytest
from faults import FAULTS, ROOT, Fault, run

SAMPLE = 6
REQUIRED = (  # the faults that the table has to hold, whatever else it does
    "view marked fresh",
    "no copy before zeroing",
    "+= on a borrowed cotangent",
    "no winner mask",
    "guard without __code__",
    "a needed tape dropped",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        config = metafunc.config
        rng = random.Random(config.getoption("--seed"))
        chosen = FAULTS if config.getoption("--full") else rng.sample(FAULTS, SAMPLE)
        metafunc.parametrize("fault", chosen, ids=[fault.name for fault in chosen])


def test_fault_is_caught(fault: Fault) -> None:
    outcome = run(fault)
    assert outcome.caught, f"{fault.name}: no test of {' '.join(fault.tests)} fails\n{outcome.output[-1000:]}"


@pytest.mark.parametrize("entry", FAULTS, ids=[fault.name for fault in FAULTS])
def test_entry_applies(entry: Fault) -> None:
    """The text that a fault replaces occurs once, the result is Python, and the tests that it names are there."""
    changed = entry.changed((ROOT/"s2sad"/entry.file).read_text())
    ast.parse(changed)
    assert entry.old != entry.new
    named = [word.partition("::") for word in entry.tests if word.startswith("tests/")]
    assert named
    for file, _, test in named:
        path = ROOT/file
        assert path.is_dir() if not file.endswith(".py") else f"def {test}" in path.read_text()


def test_faults_are_many_and_unlike() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20
    assert len({(fault.file, fault.old, fault.new) for fault in FAULTS}) == len(FAULTS)
    assert set(REQUIRED) <= {fault.name for fault in FAULTS}
