"""Second derivatives of the corpus: forward over reverse, held against differences of gradients.

One cell of each construct, the constructs in turn by seed (all with --full). What cannot be differentiated twice is
refused, in one of the ways that are listed.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import s2sad
from corpus.build import arguments, one_of_each, program
from support import clone, direction, flat, load, moved

REFUSED = (
    "active value enters (shadow_of|accumulate|add_to_item|accumulate_shadows|shadow_tree|[a-z_]+_fwd|[a-z_]+_bwd)|"
    "may be an array or a number|step is not 1 or -1|number of elements to unpack|do not settle|element of an object|"
    "no forward derivative|calls itself and returns"
)
STEP = 1e-5
PARTS = 4


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "twice" in metafunc.fixturenames:
        config = metafunc.config
        chosen = one_of_each(config.getoption("--full"), config.getoption("--seed"), PARTS)
        metafunc.parametrize("twice", chosen, ids=[f"{c.name}-{p}-{k}" for c, p, k in chosen])


def test_forward_over_reverse(twice, tmp_path: Path) -> None:
    construct, position, kind = twice
    f, args = load(program(construct, position), tmp_path).f, arguments(kind)
    rng = np.random.default_rng(1)
    v = tuple(direction(a, rng) for a in args)
    gradient = s2sad.grad(f, (0, 1))
    try:
        out, dot = s2sad.jvp(gradient, clone(args), v)
    except s2sad.UnsupportedError as refused:
        assert re.search(REFUSED, str(refused)), refused
        return
    plus, minus = (flat(gradient(*moved(tuple(args), v, h))) for h in (STEP, -STEP))
    expected = (plus - minus)/(2*STEP)
    scale = max(1.0, float(np.abs(expected).max(initial=0.0)), float(np.abs(flat(out)).max(initial=0.0)))
    np.testing.assert_allclose(flat(dot), expected, rtol=1e-4, atol=1e-4*scale)
