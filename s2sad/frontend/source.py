"""Finds the syntax tree of a live function, and the place of every node in the user's file.

Accepts functions, lambdas, methods, functools.partial and callable objects. Guarantees that the tree is
the one that the live code was compiled from: the text is compiled again and its bytecode compared, so a
file that was edited after its import gives the text as it was, or UnsupportedError, never another
function. Nodes are shared with later calls and must not be written to.

    scale = functools.partial(model.scale, 2.0)
    source = find(scale)     Source(fun=model.scale, node=<FunctionDef scale>, args=(2.0,), cells={}, ...)
    source.span(node)        Span("model.py", 12, 4, 12, 15, "    x.resize(3)")

Files are parsed whole and kept by path, size and time; text of notebooks, doctests and generated code
comes from `linecache`. A function made by a decorator is what its own code says: functools.wraps does not
make it the function that it wraps, since `2*f(x)` is not f(x). Only wrappers that are known to change
nothing are looked through: lru_cache, njit, np.errstate.
"""

from __future__ import annotations

import ast
import bisect
import cmath
import contextlib
import dis
import functools
import importlib
import inspect
import io
import linecache
import math
import os
import sys
import threading
import tokenize
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

import numpy as np

from s2sad import runtime
from s2sad.errors import Span, origins, refuse
from s2sad.frontend.libraries import is_library
from s2sad.frontend.sinking import behind
from s2sad.frontend.trees import walk

Function = ast.FunctionDef | ast.Lambda
_FUNCTIONS = frozenset((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
_FLAT = frozenset(  # what holds no function, in a text without a lambda
    (ast.arguments, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Assert, ast.Raise)
)
_FUTURES = 0x1FE0000  # the compiler flags of `from __future__` that a code object remembers
READ_AS = "__s2sad_read_as__"
_GENERATORS = {0x20: "a generator", 0x80: "a coroutine", 0x200: "an asynchronous generator"}
_VERSIONS = 4  # of an edited file, so many texts are remembered
_FILES = 256
DEPTH = 20_000  # frames of Python for functions that are nested deeply


_depth_lock = threading.Lock()
_depth: list[int] = []  # the recursion limits that those who are inside of `deep` have met


@contextlib.contextmanager
def deep() -> Iterator[None]:
    """Room for long chains of elif and deep expressions: each of them is one within another.

    The limit is one for all threads, so the last to leave restores it.
    """
    with _depth_lock:
        _depth.append(sys.getrecursionlimit())
        sys.setrecursionlimit(max(_depth[0], DEPTH))
    try:
        yield
    finally:
        with _depth_lock:
            limit = _depth[0]
            _depth.pop()
            if not _depth:
                sys.setrecursionlimit(limit)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A live function and its syntax tree.

    fun         the plain function, beneath methods, partials and callable objects
    args        values of its first parameters that these bind: self, the arguments of a partial
    keywords    the keywords of a partial
    globals     the function's own namespace, live
    cells       the cells of its closure by name, live; cells that were not filled yet have no contents
    """

    fun: FunctionType
    node: Function
    file: str
    lines: tuple[str, ...]
    globals: dict[str, Any]
    cells: dict[str, CellType]
    module: str
    qualname: str
    defaults: tuple[Any, ...]
    kwdefaults: dict[str, Any]
    args: tuple[Any, ...]
    keywords: dict[str, Any]

    @property
    def name(self) -> str:
        """The function's name in texts."""
        return self.fun.__name__ if self.fun.__name__.isidentifier() else "lambda_"

    def span(self, node: ast.AST) -> Span:
        """Where a node stands, in the user's file; of a statement with a body, its head."""
        place = places.get(self.file)
        return span_in(self.file, self.lines, node) if place is None else place(node)

    def text(self, node: ast.AST | None = None) -> str:
        """The text of a node, by default of the whole function with its decorators."""
        node = self.node if node is None else node
        line, col, end_line, end_col = _extent(node)
        if line > _first_line(node):
            line, col = _first_line(node), 0
        lines = list(self.lines[line - 1 : end_line])
        lines[-1] = lines[-1].encode()[:end_col].decode()
        lines[0] = lines[0].encode()[col:].decode()
        return "\n".join(lines)

    @property
    def hash(self) -> str:
        """SHA-256 of the function's text."""
        return _digest(self.text())


def _digest(text: str) -> str:
    import hashlib  # takes a tenth of the time in which the package is imported

    return hashlib.sha256(text.encode()).hexdigest()


def find(fun: Callable[..., Any], generators: bool = False) -> Source:
    """The source of a callable; UnsupportedError if it has none, or none that can be differentiated.

    Generators are taken where the caller knows what to do with them.
    """
    plain, args, keywords = unwrapped(fun)
    while (other := getattr(plain, READ_AS, None)) is not None and (found := other()) is not None:
        plain = found
    _check_library(plain)
    with deep():
        text, node = _locate(plain)
    file = plain.__code__.co_filename
    for flag, what in _GENERATORS.items():
        if plain.__code__.co_flags & flag and not (generators and flag == inspect.CO_GENERATOR):
            span = span_in(file, text.lines, node)
            refuse(span, f"{plain.__qualname__} is {what}", "return a list or an array of its values")
    assert isinstance(node, ast.FunctionDef | ast.Lambda)
    lines = text.lines[node.lineno - 1 : node.end_lineno]
    if isinstance(node, ast.FunctionDef) and any("checkpointed" in line for line in lines):
        node = behind(node)
    return source_at(plain, node, text.lines, args, keywords)


def read_as(function: Callable[..., Any], other: Callable[[], Any]) -> None:
    """Let another function, which computes the same, be read in place of this one: what `other` gives."""
    setattr(function, READ_AS, other)


RULES = "s2sad.rules"  # the module of rules that are written as functions


def rule_source(name: str, text: str) -> Source:
    """The source of a rule that is written as a Python function.

    It sees np, math, scipy where it names it, helpers and the builtins.
    """
    if (name, text) not in _rules:
        file = source_of_text(text, name)
        space: dict[str, Any] = {"__name__": RULES, "np": np, "math": math, "cmath": cmath}
        space.update(runtime.HELPERS)
        if "bisect." in text:
            space["bisect"] = bisect
        if "scipy." in text:
            space["scipy"] = importlib.import_module("scipy")
        exec(compile(text, file, "exec", dont_inherit=True), space)
        parsed = _Text(text, file)
        node = next(n for n in parsed.tree.body if isinstance(n, ast.FunctionDef))
        _rules[name, text] = source_at(space[node.name], node, parsed.lines, (), {})
    return _rules[name, text]


_rules: dict[tuple[str, str], Source] = {}


def source_at(
    plain: FunctionType,
    node: Function,
    lines: tuple[str, ...],
    args: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Source:
    """A plain function and its node, with what a method, partial or callable object binds."""
    code = plain.__code__
    return Source(
        fun=plain,
        node=node,
        file=code.co_filename,
        lines=lines,
        globals=plain.__globals__,
        cells=dict(zip(code.co_freevars, plain.__closure__ or (), strict=True)),
        module=plain.__module__ or "",
        qualname=plain.__qualname__,
        defaults=plain.__defaults__ or (),
        kwdefaults=dict(plain.__kwdefaults__ or {}),
        args=args,
        keywords=keywords,
    )


# ----------------------------------------------------------------------------------------------- callables


def unwrapped(fun: Any) -> tuple[FunctionType, tuple[Any, ...], dict[str, Any]]:
    """The plain function beneath a callable, with the first arguments and keywords that are bound to it."""
    args: tuple[Any, ...] = ()
    keywords: dict[str, Any] = {}
    shown = fun
    while True:
        if isinstance(fun, functools.partial):
            args, keywords = (*fun.args, *args), {**fun.keywords, **keywords}
            fun = fun.func
        elif isinstance(fun, MethodType):
            args = (fun.__self__, *args)
            fun = fun.__func__
        elif isinstance(fun, staticmethod):
            fun = fun.__func__
        elif isinstance(fun, FunctionType):
            inner = _errstate(fun)
            if inner is None:
                return fun, args, keywords
            fun = inner
        elif _transparent(fun):
            fun = getattr(fun, "py_func", None) or fun.__wrapped__
        elif isinstance(fun, type):
            refuse(
                None,
                f"the class {describe(fun)} is called like a function",
                "write a function that makes the object",
            )
        elif isinstance(call := inspect.getattr_static(type(fun), "__call__", None), FunctionType):
            args = (fun, *args)
            fun = call
        elif callable(fun):
            refuse(
                None,
                f"there is no rule for {describe(shown)}, and its source cannot be seen",
                "register one with s2sad.rule, or write the function in Python",
            )
        else:
            refuse(None, f"{describe(shown)} cannot be called", "pass a function")


def _transparent(fun: Any) -> bool:
    """Whether a callable object is known to compute what the function does that it wraps."""
    if isinstance(fun, functools._lru_cache_wrapper):
        return True
    compiled = type(fun).__module__.startswith("numba.")
    return compiled and isinstance(getattr(fun, "py_func", None), FunctionType)


def _errstate(fun: FunctionType) -> Any:
    """The function that `@np.errstate(...)` decorates, or None."""
    wrapped = getattr(fun, "__wrapped__", None)
    home = str(fun.__globals__.get("__name__", ""))
    if wrapped is None or home not in ("contextlib", "numpy._core._ufunc_config", "numpy.core._ufunc_config"):
        return None
    cells = [_contents(cell) for cell in fun.__closure__ or ()]
    return wrapped if any(type(c).__name__ == "errstate" for c in cells) else None


def _contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def describe(fun: Any) -> str:
    """What to call a callable in a message: `scipy.special.erf`."""
    name = getattr(fun, "__qualname__", None) or getattr(fun, "__name__", None)
    if not isinstance(name, str):
        return f"an object of the class {describe(type(fun))}"
    module = getattr(fun, "__module__", None)
    if module is None and type(fun).__module__ == "numpy":
        module = "numpy"
    return name if module in (None, "builtins", "__main__") else f"{module}.{name}"


def _check_library(fun: FunctionType) -> None:
    """Refuse to read the sources of NumPy, SciPy and the standard library."""
    module = str(fun.__globals__.get("__name__", "")).partition(".")[0]
    if is_library(fun) and module not in ("numba", "s2sad"):
        refuse(None, f"there is no rule for {describe(fun)}", "register one with s2sad.rule")


# ---------------------------------------------------------------------------------------------------- text


class _Text:
    """One version of a file: its lines, its tree, and the code that it compiles to."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.tree = ast.parse(text)  # may raise SyntaxError, ValueError
        self.lines = tuple(text.split("\n"))
        self._codes: dict[int, list[CodeType]] = {}
        self._nodes: dict[int, list[ast.AST]] = {}
        closed = () if "lambda" in text else _FLAT
        for node in walk([self.tree], closed):
            if type(node) in _FUNCTIONS:
                self._nodes.setdefault(_first_line(node), []).append(node)

    def codes(self, flags: int) -> list[CodeType]:
        """All code objects that the text compiles to under these future statements; may raise SyntaxError."""
        if flags not in self._codes:
            flags_of_cell = flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            try:
                found = [compile(self.tree, self.file, "exec", flags_of_cell, dont_inherit=True)]
            except RecursionError:  # since Python 3.12 trees go less deep than texts
                found = [compile("\n".join(self.lines), self.file, "exec", flags_of_cell, dont_inherit=True)]
            for code in found:
                found.extend(c for c in code.co_consts if isinstance(c, CodeType))
            self._codes[flags] = found
        return self._codes[flags]

    def node(self, code: CodeType) -> ast.AST | None:
        """The node of one of the text's own code objects."""
        nodes = self._nodes.get(code.co_firstlineno, [])
        if code.co_name != "<lambda>":
            named = [n for n in nodes if getattr(n, "name", None) == code.co_name]
            return named[0] if len(named) == 1 else None
        lambdas = [n for n in nodes if isinstance(n, ast.Lambda)]
        extent = _code_extent(code)
        if extent is None:  # of Python 3.12, a lambda that returns a constant
            same = [n for n in lambdas if len(lambdas) == 1 or _is_constant(n, code)]
            return same[0] if same else None
        bodies = [(_extent(n.body), n) for n in lambdas]
        around = [(e, n) for e, n in bodies if e[:2] <= extent[:2] and extent[2:] <= e[2:]]
        return max(around, key=lambda pair: pair[0][:2], default=(None, None))[1]  # the innermost begins last


def _is_constant(node: ast.Lambda, code: CodeType) -> bool:
    """Whether a lambda returns the constant of a code object; of several, any is as good."""
    if not isinstance(node.body, ast.Constant):
        return False
    made = compile(ast.Expression(node), code.co_filename, "eval", dont_inherit=True)
    found = [c for c in made.co_consts if isinstance(c, CodeType)]
    return any(c.co_varnames == code.co_varnames and _code_key(c)[-4:] == _code_key(code)[-4:] for c in found)


def _first_line(node: ast.AST) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([_extent(node)[0], *(d.lineno for d in decorators)])


def _extent(node: ast.AST) -> tuple[int, int, int, int]:
    """First and last line and column (in bytes) of a node."""
    line: int = getattr(node, "lineno", 1)
    col: int = getattr(node, "col_offset", 0)
    return line, col, getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or col


def _code_extent(code: CodeType) -> tuple[int, int, int, int] | None:
    """First and last line and column (in bytes) of a code object; None without columns."""
    first: list[tuple[int, int]] = []
    last: list[tuple[int, int]] = []
    for line, end_line, col, end_col in code.co_positions():
        if line is not None and end_line is not None and col is not None and end_col is not None and end_col:
            first.append((line, col))
            last.append((end_line, end_col))
    return (*min(first), *max(last)) if first else None


_texts: dict[str, list[tuple[Any, _Text]]] = {}
_lock = threading.RLock()


def _versions(code: CodeType, space: dict[str, Any]) -> Iterator[_Text]:
    """The texts that a function may come from: the file as it is, as it was, and what linecache holds."""
    file = code.co_filename
    with _lock:
        if file not in _texts and len(_texts) >= _FILES:
            del _texts[next(iter(_texts))]
        kept = _texts.setdefault(file, [])
        stamp = _current(kept, file, space)
        found = [t for s, t in kept if s == stamp] + [t for s, t in reversed(kept) if s != stamp]
    yield from found
    cached: tuple[Any, ...] = linecache.cache.get(file) or ()
    if len(cached) == 4:  # size, time, lines, name; of a text not yet loaded, its loader alone
        text = "".join(cached[2])
        with _lock:
            _remember(kept, text, text, file)
            found = [t for s, t in kept if s == text and t not in found]
        yield from found


def _current(kept: list[tuple[Any, _Text]], file: str, space: dict[str, Any]) -> Any:
    """Keep the present text of a file; what tells it from other versions: size and time, or itself."""
    try:
        status = os.stat(file)
        stamp = (status.st_size, status.st_mtime_ns)
        if all(s != stamp for s, _ in kept):
            with open(file, "rb") as stream:
                data = stream.read()
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            _remember(kept, stamp, data.decode(encoding), file)
        return stamp
    except (OSError, SyntaxError, ValueError):  # no file, or none that is Python
        text = "".join(linecache.getlines(file, space)) or _generated.get(file, "")
        if text:
            _remember(kept, text, text, file)
        return text


def _remember(kept: list[tuple[Any, _Text]], stamp: Any, text: str, file: str) -> None:
    if any(s == stamp for s, _ in kept):
        return
    try:
        kept.append((stamp, _Text(text.replace("\r\n", "\n").replace("\r", "\n"), file)))
    except (SyntaxError, ValueError):  # the file is being edited
        return
    del kept[:-_VERSIONS]


def _locate(fun: FunctionType) -> tuple[_Text, ast.AST]:
    """The text and the node of a function whose code the text really compiles to."""
    code = fun.__code__
    flags = code.co_flags & _FUTURES
    seen = False
    for text in _versions(code, fun.__globals__):
        seen = True
        found = _match(text, code, flags)
        if found is not None:
            return text, found
    span = Span(code.co_filename, code.co_firstlineno, 0, code.co_firstlineno, 0)
    name = fun.__qualname__
    if (
        seen and code.co_filename != "<string>"
    ):  # what exec runs has no file, though linecache may hold such an entry
        refuse(span, f"{name} is not what its file says, which has changed since", "import its module again")
    refuse(span, f"{name} has no source", "write it into a file, or enter its text in linecache")


def _match(text: _Text, code: CodeType, flags: int) -> ast.AST | None:
    try:
        codes = text.codes(flags)
    except (SyntaxError, ValueError):
        return None
    equal = [c for c in codes if c.co_qualname == code.co_qualname and same_code(c, code)]
    # Of several functions with the same code the one at the same place is meant. If lines were put in above,
    # none is at the same place, and any of them means the same.
    if len(equal) > 1:
        place = code.co_firstlineno, _code_extent(code)
        equal.sort(key=lambda c: (c.co_firstlineno != place[0], _code_extent(c) != place[1]))
    if not equal and any(n.startswith("@py") for n in (*code.co_names, *code.co_varnames)):
        here = [c for c in codes if c.co_firstlineno == code.co_firstlineno]
        equal = [c for c in here if _same_but_asserts(text, c, code)]
    return next((n for n in map(text.node, equal) if n is not None), None)


def same_code(a: CodeType, b: CodeType) -> bool:
    """Whether two code objects do the same, wherever they stand."""
    return _code_key(a) == _code_key(b)


def _code_key(code: CodeType) -> tuple[Any, ...]:
    consts = tuple(map(_const_key, code.co_consts))
    return (*_head(code), code.co_code, code.co_names, code.co_exceptiontable, consts)


def _head(code: CodeType) -> tuple[Any, ...]:
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
    return code.co_name, *counts, code.co_flags & 0xFFFF, code.co_varnames, code.co_freevars, code.co_cellvars


def _const_key(const: Any) -> Any:
    """A key that tells 1, 1.0, True, 0.0 and -0.0 apart."""
    if isinstance(const, CodeType):
        return _code_key(const)
    if isinstance(const, tuple):
        return tuple, tuple(map(_const_key, const))
    if isinstance(const, frozenset):
        return frozenset, frozenset(map(_const_key, const))
    return type(const), repr(const)


def _same_but_asserts(text: _Text, compiled: CodeType, live: CodeType) -> bool:
    """Whether code differs only in its assert statements, which pytest rewrites on import."""
    names = inspect.getargs(compiled), inspect.getargs(live)
    if _head(compiled)[:4] != _head(live)[:4] or names[0] != names[1]:
        return False
    node = text.node(compiled)
    asserts = [_extent(n) for n in ast.walk(node) if isinstance(n, ast.Assert)] if node is not None else []
    return list(_steps(compiled, asserts)) == list(_steps(live, asserts))


def _steps(code: CodeType, asserts: list[tuple[int, int, int, int]]) -> Iterator[tuple[str, Any]]:
    """What code does outside of assert statements, without the targets of its jumps."""
    for step in dis.get_instructions(code):
        place = step.positions
        if step.opname in ("EXTENDED_ARG", "NOP", "RESUME", "COPY_FREE_VARS", "MAKE_CELL") or place is None:
            continue
        at = (place.lineno or 0, place.col_offset or 0)
        if any(a[:2] <= at < a[2:] for a in asserts):
            continue
        if isinstance(step.argval, CodeType):
            yield step.opname, tuple(_steps(step.argval, asserts))
        elif step.opcode in dis.hasjrel or step.opcode in dis.hasjabs:
            yield step.opname, None
        else:
            yield step.opname, _const_key(step.argval)


# --------------------------------------------------------------------------------------------------- spans


def span_in(file: str, lines: tuple[str, ...], node: ast.AST) -> Span:
    """Where a node stands in a file with these lines; of a statement with a body, where its head stands."""
    line, col, end_line, end_col = _extent(node)
    if isinstance(getattr(node, "body", None), list) or isinstance(node, ast.Match):
        end_line, end_col = _head_end(node, lines)
    return Span(
        file,
        line,
        _characters(lines, line, col),
        end_line,
        _characters(lines, end_line, end_col),
        "\n".join(lines[line - 1 : end_line]),
    )


def _head_end(node: ast.AST, lines: tuple[str, ...]) -> tuple[int, int]:
    """Where the head of a statement with a body ends: in front of the colon, or with its first line."""
    line, _, end_line, end_col = _extent(node)
    decorators = getattr(node, "decorator_list", [])
    parts = [c for c in ast.iter_child_nodes(node) if c not in decorators]
    head = [p for p in parts if not isinstance(p, ast.stmt | ast.excepthandler | ast.match_case)]
    ends = [_extent(n)[2:] for part in head for n in ast.walk(part) if hasattr(n, "lineno")]
    if ends:
        return max(ends)
    return (line, end_col) if line == end_line else (line, len(lines[line - 1].encode()))


def _characters(lines: tuple[str, ...], line: int, col: int) -> int:
    """A column in characters from one in bytes of UTF-8."""
    text = lines[line - 1] if line <= len(lines) else ""
    return col if text.isascii() else len(text.encode()[:col].decode(errors="replace"))


# ------------------------------------------------------------------------------------------ generated text

_generated: dict[str, str] = {}
places: dict[str, Callable[[ast.AST], Span]] = {}  # of texts that repeat what stands in the user's files
_owners: dict[str, int] = {}


def source_of_text(text: str, name: str) -> str:
    """Enter generated text in linecache, for debuggers, inspect and `find`; the file name to compile it with.

    It is `<s2sad name hash>`, the same for the same text. The entry stays until its owners are collected,
    which `release_with` names, or else for ever.
    """
    file = f"<s2sad {name} {_digest(text)[:12]}>"
    _generated[file] = text
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    return file


def release_with(owner: object, file: str) -> None:
    """Let generated text go when the last of its owners (functions made from it) is collected."""
    _owners[file] = _owners.get(file, 0) + 1
    weakref.finalize(owner, _release, file).atexit = False


def _release(file: str) -> None:
    _owners[file] -= 1
    if _owners[file] == 0:
        del _owners[file]
        _generated.pop(file, None)
        origins.pop(file, None)
        places.pop(file, None)
        _texts.pop(file, None)
        linecache.cache.pop(file, None)
