"""Motions that are allowed and that are not: each pair is a definition and the statement that it would cross."""

from __future__ import annotations

import pytest
from written import FLOAT, MATRIX, ROWS, VECTOR, program

from s2sad.ir.nodes import Comment, Let
from s2sad.optimise.motion import Motion

PARAMS = {"u": VECTOR, "v": VECTOR, "a": MATRIX, "k": FLOAT, "m": FLOAT, "rows": ROWS}
LOCAL = "y = u*k\n"  # a local array

ALLOWED = {
    "reads beside a write": "t = np.sum(v)\nu[0] = k",
    "view over a write": "t = u[1:]\nu[0] = k",
    "shape over a write": "t = u.shape\nu[0] = k",
    "zeros over a write": "t = np.zeros_like(u)\nu[0] = k",
    "number over a write": "t = k*m\nu[0] = k",
    "number over output": "t = k*m\nprint(k)",
    "number over an unseen function": "t = k*m\ns = call('g', u)",
    "array over an append of it": "t = u*k\nrows.append(u)",
    "raising over pure": "with user:\n  t = k/m\ns = k*m",
    "raising over a local write": LOCAL + "with user:\n  t = k/m\ny[1:] = k",
    "made division over output": "t = k/m\nprint(k)",
    "over a loop": "t = np.sum(v)\nfor i in range(3):\n  u[0] = k",
    "output over pure": "t = call('g', k)\ns = k*m",
}
FORBIDDEN = {
    "read over its write": "t = np.sum(u)\nu[0] = k",
    "through a view": "w = u[1:]\nt = np.sum(u)\nw *= k",
    "copy over a write": "t = u.copy()\nu[0] = k",
    "maybe a copy over a write": "t = np.ravel(a)\na[0] = k",
    "element over a write": "t = u[0]\nu[1] = k",
    "over its use": "t = k*m\ns = t*2",
    "over a use inside": "t = k*m\nfor i in range(3):\n  s = t*2",
    "length over an append": "t = len(rows)\nrows.append(u)",
    "item over a store": "t = rows[0]\nrows[0] = u",
    "over a write in a loop": "t = np.sum(u)\nfor i in range(3):\n  u[0] = k",
    "over an unseen function": "t = np.sum(u)\ns = call('g', u)",
    "raising over output": "with user:\n  t = k/m\nprint(k)",
    "raising over raising": "with user:\n  t = k/m\n  s = math.sqrt(k)",
    "raising over a visible write": "with user:\n  t = k/m\nu[1:] = k",
    "raising over a loop that may not end": "with user:\n  t = k/m\n  while k:\n    s = k*2",
    "output over output": "t = call('g', k)\ns = call('h', k)",
    "output over raising": "t = call('g', k)\nwith user:\n  s = k/m",
    "written over read": LOCAL + "t = np.tanh(u, out=y)\ns = np.sum(y)",
    "over the end": "t = k*m\nreturn k",
}


def answer(text: str) -> bool:
    made = program(text, **PARAMS)
    at = next(i for i, s in enumerate(made.body) if isinstance(s, Let) and s.name == "t")
    return Motion(made).may_move(made.body[at], made.body[at + 1])  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ALLOWED)
def test_allowed(case: str) -> None:
    assert answer(ALLOWED[case])


@pytest.mark.parametrize("case", FORBIDDEN)
def test_forbidden(case: str) -> None:
    assert not answer(FORBIDDEN[case])


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("t = u*k", False),
        ("t = k*m", True),
        ("t = u[1:]", True),
        ("t = np.zeros_like(u)", True),
        ("t = u.copy()", True),
    ],
)
def test_warnings_stay_in_front_of_the_quiet_part(text: str, silent: bool) -> None:
    made = program(f"{text}\n'backward'", **PARAMS)
    assert isinstance(made.body[1], Comment)
    assert Motion(made).may_move(made.body[0], made.body[1])  # type: ignore[arg-type]
    made.quiet = True
    assert Motion(made).may_move(made.body[0], made.body[1]) == silent  # type: ignore[arg-type]
