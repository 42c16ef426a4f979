"""The command line: `s2sad dump TARGET` prints a derivative.

    s2sad dump model.py:loss --argnums w,0 --value
    s2sad dump package.model:loss --args 'np.ones(3), 2.0' --standalone -o loss_grad.py
    s2sad dump model.py:loss --check loss_grad.py

Code goes to stdout and everything else to stderr. The exit status is 0 where all is fine, 1 where code is
refused or `--check` finds a difference, 2 for wrong usage.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import operator
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from s2sad import api, pushforward
from s2sad.display import terminal
from s2sad.errors import UnsupportedError
from s2sad.transformed import Transformed

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
MAKERS: dict[str, Callable[..., Any]] = {
    f"{module}.{name}": getattr(np, name)
    for module in ("np", "numpy")
    for name in (
        "array",
        "asarray",
        "ones",
        "zeros",
        "full",
        "arange",
        "linspace",
        "eye",
        "float64",
        "float32",
        "complex128",
    )
}
NEGATED: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}


@app.callback()
def options() -> None:
    """Derivatives of NumPy programs as readable NumPy programs."""


@app.command()
def dump(
    target: Annotated[
        str, typer.Argument(help="path/to/file.py:func, path/to/file.py::func or package.module:func")
    ],
    argnums: Annotated[str, typer.Option(help="arguments to differentiate by: indices and names, 0,x")] = "0",
    mode: Annotated[
        str, typer.Option(help="reverse, forward (jvp), or vjp for the pair of functions behind a pullback")
    ] = "reverse",
    value: Annotated[bool, typer.Option("--value", help="return the value besides the gradient")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write to this file")] = None,
    standalone: Annotated[
        bool, typer.Option("--standalone", help="add imports and helpers: a file of its own")
    ] = False,
    check: Annotated[
        Path | None, typer.Option(help="exit with 1 unless this file is what would be written now")
    ] = None,
    args: Annotated[
        str | None, typer.Option(help="the arguments of a call, as literals and np.array(...), np.ones(...)")
    ] = None,
) -> None:
    """Print the derivative of TARGET."""
    fun = load(target)
    try:
        text = generate(fun, argnums, mode, value, standalone, args)
    except UnsupportedError as error:
        complain(f"refused: {error}", 1)
    except (TypeError, ValueError) as error:
        complain(str(error), 1)
    if check is not None:
        compare(text, check)
    elif output is not None:
        output.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {output}", err=True)
    else:
        terminal(text)


def complain(message: str, status: int) -> Any:
    """Say what is wrong on stderr and exit."""
    typer.echo(f"s2sad: {message}", err=True)
    raise typer.Exit(status)


def generate(
    fun: Callable[..., Any], argnums: str, mode: str, value: bool, standalone: bool, args: str | None
) -> str:
    """The text of a derivative, with its header."""
    if mode not in ("reverse", "forward", "vjp"):
        complain(f"the mode {mode!r} is not known; use reverse, forward or vjp", 2)
    if mode != "reverse" and value:
        complain("--value is for --mode reverse; the others return the value anyway", 2)
    names = [
        int(n) if n.strip().lstrip("-").isdigit() else n.strip() for n in argnums.split(",") if n.strip()
    ]
    if not names:
        complain("--argnums names no argument", 2)
    chosen = names[0] if len(names) == 1 else names
    pairs = {"vjp": api.dump_pair, "forward": pushforward.dump_push}
    make = pairs.get(mode, api.value_and_grad if value else api.grad)
    transform: Transformed[Any] = make(fun, chosen)
    given = None if args is None else literals(args)
    try:
        values = transform.placeholders() if given is None else transform.bind(given, {})
        transform.choices(values)
    except TypeError as error:
        complain(str(error), 2)
    if given is not None:
        transform.lookup(values)
    derived = transform.current()
    if standalone:
        return transform.standalone()
    return "".join(f"# {line}\n" for line in derived.header.splitlines()) + derived.text


def body(text: str) -> str:
    """A text without its header, which versions may change."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("# s2sad:")).strip()


def compare(text: str, path: Path) -> None:
    """Exit with 1 unless the file holds the text, below its header."""
    try:
        found = path.read_text(encoding="utf-8")
    except OSError as error:
        complain(f"{path} cannot be read: {error.strerror}", 2)
    if body(found) != body(text):
        complain(f"{path} is not what is generated now; write it again with -o {path}", 1)
    typer.echo(f"{path} is up to date", err=True)


# ------------------------------------------------------------------------------------------ targets


def load(target: str) -> Callable[..., Any]:
    """The function that a target names; exits with 2 if there is none."""
    place, separator, name = target.rpartition("::")
    if not separator:
        place, separator, name = target.rpartition(":")
    if not separator or not place or not name:
        complain(f"{target!r} is not path/to/file.py:func nor package.module:func", 2)
    found: Any = from_file(Path(place)) if place.endswith(".py") else from_package(place)
    for part in name.split("."):
        if not hasattr(found, part):
            complain(f"there is no {name!r} in {place}", 2)
        found = getattr(found, part)
    if not callable(found):
        complain(f"{name} in {place} is {type(found).__name__}, not a function", 2)
    fun: Callable[..., Any] = found.fun if isinstance(found, Transformed) else found
    return fun


def from_file(path: Path) -> Any:
    """A file as a module; modules beside it can be imported."""
    if not path.is_file():
        complain(f"there is no file {path}", 2)
    sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    run(lambda: spec.loader.exec_module(module), path)  # type: ignore[union-attr]
    return module


def from_package(name: str) -> Any:
    """An importable module."""
    sys.path.insert(0, "")
    return run(lambda: importlib.import_module(name), name)


def run(load_it: Callable[[], Any], name: object) -> Any:
    """Import something, printing what it prints to stderr; exits with 2 if it fails."""
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        return load_it()
    except Exception as error:  # the user's module may raise anything
        return complain(f"{name} cannot be imported: {type(error).__name__}: {error}", 2)
    finally:
        sys.stdout = stdout


# ---------------------------------------------------------------------------------------- arguments


def literals(text: str) -> tuple[Any, ...]:
    """The arguments in a text of literals; nothing but the functions in MAKERS is called.

    >>> literals("2.0, [1, -2]")
    (2.0, [1, -2])
    """
    try:
        tree = ast.parse(f"({text},)" if text.strip() else "()", mode="eval")
        value = _literal(tree.body)
    except (SyntaxError, TypeError, ValueError) as error:
        return complain(f"--args: {error}", 2)  # type: ignore[no-any-return]
    assert isinstance(value, tuple)
    return value


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Tuple):
        return tuple(map(_literal, node.elts))
    if isinstance(node, ast.List):
        return list(map(_literal, node.elts))
    if isinstance(node, ast.Dict) and None not in node.keys:
        return {
            _literal(k): _literal(v) for k, v in zip(node.keys, node.values, strict=True) if k is not None
        }
    if isinstance(node, ast.UnaryOp) and type(node.op) in NEGATED:
        return NEGATED[type(node.op)](_literal(node.operand))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):  # 1 + 2j
        left, right = _literal(node.left), _literal(node.right)
        return left + right if isinstance(node.op, ast.Add) else left - right
    if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS:
        named = {k.arg: _literal(k.value) for k in node.keywords if k.arg is not None}
        return MAKERS[ast.unparse(node.func)](*map(_literal, node.args), **named)
    raise ValueError(
        f"{ast.unparse(node)} is neither a literal nor one of np.array, np.ones, np.zeros and the like"
    )


def main() -> None:
    """The entry point of the `s2sad` command."""
    app()


if __name__ == "__main__":
    main()
