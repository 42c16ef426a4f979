"""Messages of refusals: place, underlined text, cause and remedy."""

from __future__ import annotations

import pickle
import textwrap

import pytest

from s2sad.errors import Refusal, Span, UnsupportedError, refuse


def show(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def test_one_line() -> None:
    span = Span("model.py", 12, 8, 12, 19, "        x.resize(3); y = x")
    with pytest.raises(UnsupportedError) as caught:
        refuse(span, "x.resize(3) changes the shape of an array in place", "write x = np.resize(x, 3)")
    assert str(caught.value) == show(
        """
        model.py:12:9: x.resize(3) changes the shape of an array in place; write x = np.resize(x, 3)
            x.resize(3); y = x
            ^^^^^^^^^^^
        """
    )
    assert isinstance(caught.value, NotImplementedError)
    assert [r.span for r in caught.value.refusals] == [span]


def test_all_refusals_once() -> None:
    one = Refusal(Span("a.py", 1, 4, 1, 5, "x = y"), "what", "instead")
    two = Refusal(None, "no source", "write some")
    error = UnsupportedError([one, two, one])
    assert error.refusals == (one, two)
    assert str(error) == "a.py:1:5: what; instead\n    x = y\n        ^\nno source; write some"


def test_several_lines() -> None:
    text = "    y = f(a,  # first\n          b\n\n          ) + 1"
    assert str(Refusal(Span("a.py", 3, 8, 6, 11, text), "what", "instead")) == "\n".join(
        [
            "a.py:3:9: what; instead",
            "    y = f(a,  # first",
            "        ^^^^^^^^^^^^^",
            "          b",
            "          ^",
            "    ",
            "          ) + 1",
            "          ^",
        ]
    )


def test_long_statements_are_cut() -> None:
    text = "\n".join(["f(", *(f"  {i}," for i in range(10)), ")"])
    lines = str(Refusal(Span("a.py", 1, 0, 12, 1, text), "what", "instead")).splitlines()
    assert lines[-1] == "    ..."
    assert len(lines) == 1 + 2 * 4 + 1


def test_wide_characters_and_tabs() -> None:
    text = "\tname = '数値'; y = é"
    start = text.index("y")
    shown = str(Refusal(Span("a.py", 1, start, 1, start + 1, text), "what", "instead")).splitlines()[-1]
    assert shown == "    " + " " * (len("name = ''; ") + 4) + "^"


def test_no_text() -> None:
    assert str(Refusal(Span("<string>", 1, 0, 1, 0), "what", "instead")) == "<string>:1:1: what; instead"


def test_pickles() -> None:
    error = UnsupportedError([Refusal(Span("a.py", 1, 4, 1, 5, "x = y"), "what", "instead")])
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert again.refusals == error.refusals
