"""Python text for people: highlighted HTML in notebooks, colours on terminals.

>>> html("x = 1")
'<pre class="s2sad">x = <span style="color:#1750eb">1</span></pre>'
"""

from __future__ import annotations

import html as escapes
import io
import keyword
import sys
import tokenize

COLOURS = {"keyword": "#0033b3", "number": "#1750eb", "string": "#067d17", "comment": "#707070"}


def html(text: str) -> str:
    """A text with its keywords, numbers, strings and comments coloured."""
    lines = text.split("\n")
    found: list[str] = []
    row, column = 1, 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = _class(token)
        if name is None or token.end[0] != token.start[0]:
            continue
        while row < token.start[0]:
            found.append(escapes.escape(lines[row - 1][column:]) + "\n")
            row, column = row + 1, 0
        found.append(escapes.escape(lines[row - 1][column : token.start[1]]))
        found.append(f'<span style="color:{COLOURS[name]}">{escapes.escape(token.string)}</span>')
        column = token.end[1]
    found.append(escapes.escape("\n".join([lines[row - 1][column:], *lines[row:]])))
    return f'<pre class="s2sad">{"".join(found)}</pre>'


def _class(token: tokenize.TokenInfo) -> str | None:
    if token.type == tokenize.NAME and keyword.iskeyword(token.string):
        return "keyword"
    names = {tokenize.NUMBER: "number", tokenize.STRING: "string", tokenize.COMMENT: "comment"}
    return names.get(token.type)


def terminal(text: str) -> None:
    """Write a text to stdout; in colour on a terminal where `rich` is installed."""
    if sys.stdout.isatty():
        try:
            from rich.console import Console
            from rich.syntax import Syntax
        except ImportError:
            pass
        else:
            Console().print(Syntax(text, "python", background_color="default"))
            return
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
