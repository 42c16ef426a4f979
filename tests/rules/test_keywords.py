"""Every keyword that NumPy and SciPy document for a covered function works, or is refused by its name.

    test_defaults_that_are_written      f(..., key=default) is f(...), for the keywords that a rule does not list
    test_unknown_values                 what a rule does not list is refused by name, before anything is computed
    test_values                         the keywords that it lists: calls of the tables with each value of VALUES added
"""

from __future__ import annotations

import ast
import inspect
import random
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy
import test_library_calls
import test_registry
from cells import cell
from scipy_wide_lines import WIDE

import s2sad
from s2sad.rules import registry
from s2sad.rules.keywords import parameters
from s2sad.rules.registry import RULES
from support import active_positions, load

registry.load_all()
LINES = list(dict.fromkeys([*test_registry.LINES, *test_library_calls.LINES, *(line for lines in WIDE.values() for line in lines)]))
NAME = re.compile(r"(?:np|scipy)(?:\.\w+)+(?=\()")


def by_name() -> dict[str, list[str]]:
    """The calls of the tables by the function that they call as it is spelled, the shortest first."""
    found: dict[str, list[str]] = {}
    for line in sorted(LINES, key=len):
        for name in dict.fromkeys(NAME.findall(line)):
            if "lambda" not in line:
                found.setdefault(name, []).append(line)
    return found


CALLS = by_name()


def added(line: str, name: str, text: str) -> str:
    """A line with a keyword argument added to the first call of a function; "" if it gives that one already."""
    at = line.index(f"{name}(") + len(name) + 1
    depth, end = 1, at
    while depth:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(line[end], 0)
        end += 1
    inside = line[at : end - 1]
    call = ast.parse(f"f({inside})").body[0].value
    if text.partition("=")[0] in {k.arg for k in call.keywords}:
        return ""
    return f"{line[:at]}{inside}{', ' if inside.strip() else ''}{text}{line[end - 1 :]}"


def rule_of(name: str) -> Any:
    """The rule of a function by the name that it is called by, if it has an argument in which there is a derivative."""
    found: Any = {"np": np, "scipy": scipy}[name.partition(".")[0]]
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    canonical = registry.canonical(found) if callable(found) and not isinstance(found, np.ufunc) else None
    rule = RULES.get(canonical or "")
    return rule if rule is not None and (rule.vjp or rule.jvp or rule.linear or rule.form == "composite") else None


def unlisted() -> list[tuple[str, str, Any]]:
    """Keywords with defaults that the rule of a function does not list."""
    found = []
    for name in sorted(CALLS):
        rule, real = rule_of(name), parameters(name)
        if rule is None or "*" in "".join(rule.signature):
            continue
        own = list(rule.signature)
        for place, (key, default) in enumerate(real.items()):
            renamed = place < len(own) and own[place] not in real
            if key not in own and not renamed and default is not inspect.Parameter.empty and key != "out":
                found.append((name, key, default))
    return found


UNLISTED = unlisted()
SPELLED = {("np.clip", "min"), ("np.clip", "max"), ("np.linspace", "axis"), ("np.linspace", "retstep")}  # lowering takes them


def outcome(line: str, folder: Path) -> str:
    """What a cell says, "wrong: ..." for what is neither right nor refused with a place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            said = cell(line).check(folder)
        except (AssertionError, ArithmeticError, LookupError, TypeError, ValueError, Warning) as error:
            return f"wrong: {type(error).__name__}: {error}"
    return said if said in ("", "right") or test_registry.PLACED.search(said) else f"wrong: {said}"


@pytest.mark.parametrize("part", range(4))
def test_defaults_that_are_written(part: int, full: bool, seed: int, tmp_path: Path) -> None:
    plain = [u for u in UNLISTED if u[2] is None or isinstance(u[2], bool | int | float | str)][part::4]
    for name, key, default in plain if full else random.Random(seed + part).sample(plain, 8):
        line = added(CALLS[name][0], name, f"{key}={default!r}")
        said = outcome(line, tmp_path)
        assert said in ("", "right"), f"{line}\n{said}"


@pytest.mark.parametrize("part", range(4))
def test_unknown_values(part: int, full: bool, seed: int, tmp_path: Path) -> None:
    unknown = [u for u in UNLISTED if u[:2] not in SPELLED][part::4]
    for name, key, _ in unknown if full else random.Random(seed + part).sample(unknown, 12):
        changed = cell(added(CALLS[name][0], name, f"{key}='?'"))
        fun, args = load(changed.text("np.sum(np.abs(z))"), tmp_path).f, list(changed.arguments.values())
        with pytest.raises(s2sad.UnsupportedError, match=rf"'{key}'|{key}=|{re.escape(name)} with"):
            s2sad.value_and_grad(fun, active_positions(args))(*args)


VALUES = {
    "norm": "None 'ortho' 'forward' 'backward'", "type": "1 2 3 4", "indexing": "'ij' 'xy'", "side": "'left' 'right'",
    "UPLO": "'U' 'L'", "trans": "0 1 2 'T' 'N'", "lower": "True False", "ord": "None 1 2 -1 -2 np.inf 'fro' 'nuc'",
    "mode": "'full' 'same' 'valid' 'wrap' 'clip' 'reflect' 'nearest' 'constant' 'mirror' 'edge' 'symmetric' 'reduced' 'complete' 'r'",
    "kind": "'stable' 'quicksort' 'linear' 'nearest' 'cubic' 'zero'", "order": "'C' 'F' 'A' 'K'", "boundary": "'fill' 'wrap' 'symm'",
    "padtype": "'even' 'odd' 'constant' None", "scaling": "'density' 'spectrum'", "detrend": "'constant' 'linear' False",
    "average": "'mean' 'median'", "edge_order": "1 2", "bc_type": "'natural' 'clamped' 'not-a-knot'", "rowvar": "True False",
}  # fmt: skip
VALUED = [(name, key, value) for name in sorted(CALLS) for key in parameters(name) if key in VALUES for value in VALUES[key].split()]


@pytest.mark.parametrize("part", range(2))
def test_values(part: int, full: bool, seed: int, tmp_path: Path) -> None:
    """Each value is taken, and gives what NumPy or SciPy gives, or is refused with its place."""
    valued = VALUED[part::2]
    for name, key, value in valued if full else random.Random(seed + part).sample(valued, 8):
        line = added(CALLS[name][0], name, f"{key}={value}")
        said = outcome(line, tmp_path) if line else ""
        assert not said.startswith("wrong"), f"{line}\n{said}"
