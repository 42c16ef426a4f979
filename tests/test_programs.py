"""Programs as people write them (tests/programs), in value, gradient, pullback and memory.

Every module there has a list `CASES` of functions with arguments, mostly two sets of arguments of other shapes.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import check

FOLDER = Path(__file__).parent/"programs"
FIELDS = {
    "statistics": "mixtures gaussian_process hidden_markov particle_filter guarded_cholesky embeddings kernels",
    "control": "queue_control extended_kalman kalman_objects",
    "finance": "finance options_book early_exercise",
    "physics": "bodies lattices waves conservation_laws particles vectors_of_space epidemic truss",
    "imaging": "images tomography ray_tracing",
    "robotics": "robot_arm bundle",
    "signal processing": "signals speech splines alignment complex_numbers",
    "optimisation inside optimisation": "line_search learned_optimiser unrolled_optimiser fitting",
    "neural networks": "multilayer_perceptron attention convolution_network gated_recurrence networks_of_layers",
}


def cases(path: Path) -> list[tuple[Callable[..., Any], tuple[Any, ...]]]:
    """The list of a module that is no part of a package: `programs` is the generator of random ones."""
    name = f"program_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return list(module.CASES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_program(path: Path) -> None:
    for fun, args in cases(path):
        check(fun, args)


def test_programs_of_natural_length_in_every_field() -> None:
    lengths = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in FOLDER.glob("*.py")}
    assert sum(20 <= n <= 150 for n in lengths.values()) >= 50
    for field, names in FIELDS.items():
        assert all(20 <= lengths[name] <= 150 for name in names.split()), field
