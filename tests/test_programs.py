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
