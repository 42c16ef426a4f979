"""Where the parts of a text that repeats functions of the user's stand in the user's files.

    model.py:12    def h(k):                 def h(k, *, x):            the text of a function of its own,
    model.py:13        return x*h(k - 1)         return x*h(k - 1, x=x)   which is model.py:13 in messages

Functions that `lifting` takes out of others, and classes that `classes` makes, are printed and read again.
The tree that was printed knows its places; it is walked beside the one that is read, as deep as both agree.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from s2sad.errors import Span
from s2sad.frontend.source import places, source_of_text

Extent = tuple[int, int, int, int]
Spanned = Callable[[ast.AST], Span]
Placed = tuple[Spanned, ast.AST]  # what tells places, and a node that it knows


class Places:
    """The places of a text, found when the first one is asked for.

    `spans` has the functions whose places others than that of the whole tree tell, by their arguments.
    """

    def __init__(self, text: str, tree: ast.AST, span: Spanned, spans: dict[int, Placed]):
        self.text, self.tree, self.first, self.spans = text, tree, span, spans
        self.known: dict[Extent, Placed] = {}

    def __call__(self, node: ast.AST) -> Span:
        """Where a node of the text, or one at its place, stands in the user's file."""
        if not self.known:
            self._beside(ast.parse(self.text), self.tree, self.first)
        at = _extent(node)
        if at not in self.known:
            around = [e for e in self.known if e[:2] <= at[:2] and at[2:] <= e[2:]]
            at = max(around, key=lambda e: (e[:2], (-e[2], -e[3])), default=next(iter(self.known)))
        span, meant = self.known[at]
        return span(meant)

    def _beside(self, made: ast.AST, meant: ast.AST, span: Spanned) -> None:
        """Enter a node that was read, and those within it, beside the one that was printed."""
        if isinstance(meant, ast.FunctionDef | ast.Lambda) and id(meant.args) in self.spans:
            span, own = self.spans[id(meant.args)]
        else:
            own = meant
        if hasattr(made, "lineno"):
            self.known.setdefault(_extent(made), (span, own))
        for part, other in zip(ast.iter_child_nodes(made), ast.iter_child_nodes(meant), strict=False):
            if type(part) is not type(other):
                return
            self._beside(part, other, span)


def _extent(node: ast.AST) -> Extent:
    line: int = getattr(node, "lineno", 1)
    col: int = getattr(node, "col_offset", 0)
    return line, col, getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or col


def repeated(
    text: str, name: str, tree: ast.AST, span: Spanned, at: ast.AST, spans: dict[int, Placed] | None = None
) -> str:
    """Enter the text of a tree that repeats a node at `at` in the user's file; the name of its own file.

    A remark tells texts of different places apart.
    """
    place = span(at)
    file = source_of_text(f"{text}# {place.file}:{place.line}:{place.col + 1}\n", name)
    places[file] = Places(text, tree, span, spans or {})
    return file


__all__ = ["Placed", "Places", "repeated"]
