"""All that Tangent, HIPS autograd and JAX differentiate has a rule here, is read as a program, or stands in a table of reasons."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peers import AUTOGRAD, CONSTANT, JAX, REASONS, TANGENT
from test_registry import LINES

import s2sad.frontend.lower  # noqa: F401
from s2sad.frontend.calls import FOUND
from s2sad.frontend.dtypes import DTYPES
from s2sad.rules import listing, registry
from s2sad.rules.registry import RULES

REASON = {name: reason for reason, names in REASONS.items() for name in names.split()}


def found(name: str) -> Any:
    """What a name stands for; None where this NumPy or SciPy has no such."""
    module = max((m for m in (*JAX, *AUTOGRAD) if name.startswith(f"{m}.")), key=len)
    obj: Any = importlib.import_module(module.replace("np", "numpy", 1) if module[:2] == "np" else module)
    for part in name.removeprefix(f"{module}.").split("."):
        obj = getattr(obj, part, None)
    return obj


def listed(*peers: dict[str, str]) -> Iterator[str]:
    for peer in peers:
        for module, names in peer.items():
            yield from (f"{module}.{name}" for name in names.split())


def rule_of(name: str) -> str | None:
    return registry.canonical(found(name))


def test_every_name_is_covered_or_has_a_reason() -> None:
    read = {id(obj) for obj in FOUND} | {id(obj) for obj in (np.r_, np.c_, np.mgrid, np.ogrid, np.fromiter)}
    missing = [
        name
        for name in listed(TANGENT, AUTOGRAD, JAX)
        if rule_of(name) is None and id(found(name)) not in read and name not in (*REASON, *listing.SOLVED)
    ]
    assert missing == []


def test_functions_that_call_functions_are_in_a_test() -> None:
    texts = [(Path(__file__).parent/name).read_text() for name in ("test_solvers.py", "test_trajectories.py")]
    missing = [n for n in listing.SOLVED if not any(f"{n.rpartition('.')[2]}(" in text for text in texts)]
    assert missing == []


def test_reasons_are_for_what_has_no_rule() -> None:
    names = set(listed(TANGENT, AUTOGRAD, JAX))
    assert [name for name in REASON if name not in names or rule_of(name) is not None] == []
    constant = [name for name in REASONS[CONSTANT].split() if found(name) is None]
    assert constant == []


@pytest.mark.parametrize("peer", [TANGENT, AUTOGRAD], ids=["Tangent", "autograd"])
def test_what_has_a_derivative_there_has_one_here(peer: dict[str, str]) -> None:
    constant = [
        name
        for name in listed(peer)
        if (rule := rule_of(name)) is not None and listing.modes(RULES[rule]) != "both"
    ]
    assert constant == (["np.ndim", "np.shape"] if peer is TANGENT else [])


def test_what_is_read_as_a_program_is_in_a_case() -> None:
    def mine(obj: Any) -> bool:
        return (getattr(obj, "__module__", None) or "").startswith("numpy") and registry.canonical(obj) is None

    names = {obj.__name__ for obj in FOUND if mine(obj) and obj not in DTYPES and obj is not np.ndarray}
    assert names <= {name.rpartition(".")[2] for name in listing.READ}
    short = [f".{name.rpartition('.')[2]}" if "ndarray" in name else name for name in listing.READ]
    assert [name for name in short if not any(name in line for line in LINES)] == []
