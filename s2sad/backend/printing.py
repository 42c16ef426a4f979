"""`ast` to text: astor's printing, checked by parsing it back, then comments, notes and the line map.

Accepts a module whose comments are placeholders (`remark`); gives the text, in which every comment has its
own line, and for statements that carry a `Mark` the line on which they begin. This is the only place that
knows astor."""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Iterator

from s2sad.errors import Span
from s2sad.ir.records import record

WIDTH = 88
_PREFIX = "s2sad_remark_"
_lock = threading.Lock()
_fields: dict[type, tuple[str, ...]] = {}


@record(frozen=True, slots=True)
class Mark:
    """What is known about a printed statement: where its primal stands, and a note to print behind it."""

    span: Span | None
    note: str = ""


def remark(number: int) -> ast.stmt:
    """The placeholder of a comment."""
    return ast.Expr(ast.Name(f"{_PREFIX}{number}", ast.Load()))


def write(tree: ast.Module, marks: dict[int, Mark], remarks: list[str]) -> tuple[str, dict[int, Span]]:
    """Text and line map of a module; `marks` is keyed by ids of statements, `remarks` holds the comments."""
    text = _astor(tree)
    back = _same(text, tree)
    if back is None:
        text = ast.unparse(ast.fix_missing_locations(tree))
        back = _same(text, tree)
    assert back is not None, f"the text does not say what its tree says:\n{text}"
    lines = text.rstrip("\n").split("\n")
    spans: dict[int, Span] = {}
    for made, parsed in zip(_statements(tree), _statements(back), strict=True):
        mark = marks.get(id(made))
        if (
            isinstance(made, ast.Expr)
            and isinstance(made.value, ast.Name)
            and made.value.id.startswith(_PREFIX)
        ):
            here = lines[parsed.lineno - 1]
            indent = here[: len(here) - len(here.lstrip())]
            lines[parsed.lineno - 1] = f"{indent}# {remarks[int(made.value.id.removeprefix(_PREFIX))]}"
        elif mark is not None:
            if mark.span is not None:
                spans[parsed.lineno] = mark.span
            _annotate(lines, parsed, mark.note)
    return "\n".join(lines) + "\n", spans


def _annotate(lines: list[str], stmt: ast.stmt, note: str) -> None:
    """Put a note behind a statement, or its head, that is one line, if room is left."""
    row = stmt.lineno - 1
    compound = isinstance(stmt, ast.If | ast.For | ast.While | ast.With)
    whole = lines[row].endswith(":") if compound else stmt.end_lineno == stmt.lineno
    if note and whole and len(lines[row]) + len(note) + 4 <= WIDTH:
        lines[row] += f"  # {note}"


def _astor(tree: ast.Module) -> str:
    """astor's text; empty if astor fails. It warns about its own use of old `ast` names."""
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import astor
        try:
            text = astor.to_source(
                tree,
                pretty_string=_quoted,
                pretty_source=_wrapped,
            )
        except (AttributeError, TypeError, ValueError, AssertionError, RecursionError, IndexError, KeyError):
            return ""
    lines = [line.rstrip() for line in str(text).strip("\n").split("\n")]
    head = next((k for k, line in enumerate(lines) if line.endswith(":")), 0)
    lines[1 : head + 1] = ["    " + line for line in lines[1 : head + 1]]  # apart from the body
    return "\n".join(lines)


def _wrapped(parts: list[str]) -> str:
    """astor's pieces of text as lines; it breaks those that are too long."""
    from astor.source_repr import split_lines

    text = "".join(parts)
    if max(map(len, text.split("\n"))) <= WIDTH:
        return text
    return "".join(split_lines(parts, WIDTH))


def comment(text: str) -> str:
    """A comment of what is divided by commas, on as many lines as it takes."""
    lines = ["#"]
    for part in text.split(", "):
        if len(lines[-1]) + len(part) + 2 > WIDTH and lines[-1] != "#":
            lines.append("#    ")
        lines[-1] += f" {part},"
    return "\n".join(lines)[:-1] + "\n"


def _quoted(text: str, _embedded: int, line: str, *_args: object, **_kwargs: object) -> str:
    """A string literal on one line, preferably in double quotes; a docstring in triple quotes."""
    plain = repr(text)
    if not line.strip() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"""{text}"""'
    return f'"{plain[1:-1]}"' if plain.startswith("'") and '"' not in plain else plain


def _same(text: str, tree: ast.Module) -> ast.Module | None:
    """The text's own tree, if that is the tree that was printed."""
    try:
        back = ast.parse(text)
    except SyntaxError:
        return None
    return back if _equal(back, tree) else None


def _equal(left: object, right: object) -> bool:
    """Whether two trees are the same, positions apart.

    A field that is not set is None or an empty list, depending on the version of Python.
    """
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        cls = type(a)
        if cls is not type(b):
            return False
        if cls is list:
            if len(a) != len(b):  # type: ignore[arg-type]
                return False
            stack += zip(a, b, strict=True)  # type: ignore[call-overload]
        elif isinstance(a, ast.AST):
            one, two = a.__dict__, b.__dict__
            for name in _fields[cls] if cls in _fields else _compared(type(a)):
                x = one[name] if name in one else None
                y = two[name] if name in two else None
                if type(x) is str or type(y) is str:
                    if x != y:
                        return False
                elif x is not y:
                    listed = type(x) is list or type(y) is list
                    stack += (((x or None, y or None) if listed else (x, y)),)
        elif repr(a) != repr(b):
            return False
    return True


def _compared(cls: type[ast.AST]) -> tuple[str, ...]:
    """The fields that say something; `ctx` says only where a name stands."""
    found = _fields[cls] = tuple(name for name in cls._fields if name != "ctx")
    return found


def _statements(tree: ast.Module | ast.stmt) -> Iterator[ast.stmt]:
    """Every statement of a tree, in text order."""
    for name in ("body", "orelse"):
        for stmt in getattr(tree, name, ()):
            yield stmt
            yield from _statements(stmt)
