"""Where things stand in the user's files, and the one error that says what s2sad does not differentiate.

Accepts spans made by `frontend.source` (whole lines of text with columns into them) and guarantees that every
refusal names the place, shows it underlined, says what is wrong and what to write instead:

    model.py:12:5: x.resize(3) changes the shape of an array in place; write x = np.resize(x, 3)
        x.resize(3)
        ^^^^^^^^^^^
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

SHOWN_LINES = 4  # of a longer statement, the first ones tell which it is


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source text. Lines count from 1, columns from 0 in characters (not in UTF-8 bytes).

    `text` is the whole lines from `line` to `end_line`, "" where there is no source to show.
    """

    file: str
    line: int
    col: int
    end_line: int
    end_col: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is not differentiated: where it stands, what is wrong, and what to write instead."""

    span: Span | None
    what: str
    instead: str

    def __str__(self) -> str:
        message = f"{self.what}; {self.instead}"
        if self.span is None:
            return message
        place = f"{self.span.file}:{self.span.line}:{self.span.col + 1}: {message}"
        return "\n".join([place, *underlined(self.span)])


class UnsupportedError(NotImplementedError):
    """Code that cannot be differentiated correctly; the message lists all refusals of a function at once."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals: tuple[Refusal, ...] = tuple(dict.fromkeys(map(_traced, refusals)))
        self.outside = False  # whether the function changes what is outside
        super().__init__("\n".join(map(str, self.refusals)))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.refusals,)


origins: dict[str, Mapping[int, Span]] = {}  # of generated texts: the lines that they are derivatives of


def nearest(lines: Mapping[int, Span], line: int) -> Span | None:
    """Where a line of generated text comes from, or else the next one that comes from somewhere."""
    return lines[min(lines, key=lambda at: (at < line, abs(at - line)))] if lines else None


def written(span: Span | None) -> Span | None:
    """The line that the user wrote, where a span is one of generated text."""
    while span is not None and (lines := origins.get(span.file)):
        span = nearest(lines, span.line)
    return span


def _traced(refusal: Refusal) -> Refusal:
    """A refusal of a generated text, at the line that the user wrote."""
    span = written(refusal.span)
    if span is refusal.span:
        return refusal
    return replace(refusal, span=span, what=f"differentiated again: {refusal.what}")


def refuse(span: Span | None, what: str, instead: str) -> NoReturn:
    """Raise UnsupportedError with one refusal."""
    raise UnsupportedError([Refusal(span, what, instead)])


def underlined(span: Span) -> list[str]:
    """The lines of a span, indented by four, each with carets under the part that belongs to the span."""
    lines = span.text.split("\n") if span.text else []
    margin = min((len(s) - len(s.lstrip()) for s in lines if s.strip()), default=0)
    shown: list[str] = []
    for number, line in enumerate(lines[:SHOWN_LINES], span.line):
        indent = len(line) - len(line.lstrip())
        start = max(span.col, indent) if number == span.line else indent
        end = min(span.end_col, len(line.rstrip())) if number == span.end_line else len(line.rstrip())
        shown.append("    " + line[margin:].rstrip())
        if line.strip():
            blank = "".join("\t" if c == "\t" else " " * _width(c) for c in line[margin:start])
            shown.append("    " + blank + "^" * max(1, sum(map(_width, line[start:end]))))
    if len(lines) > SHOWN_LINES:
        shown.append("    ...")
    return shown


def _width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    import unicodedata

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
