"""A text as a file of its own: imports, the functions of `s2sad.runtime` that it calls, and the text.

    # header
    import numpy as np


    def unbroadcast(g, x):
        ...


    def f_grad(x):
        ...

The functions of `s2sad.runtime` are self-contained, so their sources are copied as they are; the file never
imports s2sad."""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import sys
import textwrap
import types
from typing import Any

from s2sad import runtime
from s2sad.backend.emit import Text


def standalone(text: Text, header: str = "") -> str:
    """The file's text, with `header` as comment lines; the user's own objects are imported."""
    imports: dict[str, str] = {}
    helpers: dict[str, str] = {}
    aliases: list[str] = []
    for name, obj in text.refs.items():
        _bind(name, obj, imports, helpers, aliases)
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    lines += ["from __future__ import annotations", ""] if helpers else []
    parts = [
        "\n".join([*lines, *sorted(set(imports.values()), key=_import_order), *aliases]),
        *helpers.values(),
        text.text,
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _bind(name: str, obj: Any, imports: dict[str, str], helpers: dict[str, str], aliases: list[str]) -> None:
    """Make the file bind a name to what it means here."""
    module, own = getattr(obj, "__module__", None), getattr(obj, "__qualname__", "")
    if isinstance(obj, types.ModuleType):
        imports[name] = f"import {obj.__name__}" + ("" if obj.__name__ == name else f" as {name}")
    elif isinstance(module, str) and module.startswith("s2sad.runtime"):
        _copy(obj, imports, helpers)
        if own != name:
            aliases.append(f"{name} = {own}")
    elif getattr(builtins, own, None) is obj and own:
        aliases.append(f"{name} = {own}")
    elif isinstance(module, str) and own and _reaches(module, own, obj):
        imports[name] = f"from {module} import {own}" + ("" if own == name else f" as {name}")
    elif callable(obj) and (home := _home(name, obj)):
        imports[name] = f"from {home} import {name}"
    else:
        aliases.append(f"{name} = {_literal(name, obj)}")


def _copy(obj: Any, imports: dict[str, str], helpers: dict[str, str]) -> None:
    """Copy the sources of a helper and of those that it calls."""
    for name in runtime.needs(obj.__name__):
        found = runtime._all[name]
        helpers[name] = textwrap.dedent(inspect.getsource(found))
        space = vars(importlib.import_module(found.__module__))
        for read in dict.fromkeys(
            node.id for node in ast.walk(ast.parse(helpers[name])) if isinstance(node, ast.Name)
        ):
            value = space.get(read)
            if isinstance(value, types.ModuleType):
                imports[read] = f"import {value.__name__}" + ("" if value.__name__ == read else f" as {read}")
            elif isinstance(value, type) and not value.__module__.startswith(("builtins", "s2sad")):
                imports[read] = f"from {value.__module__} import {value.__name__}"


def _reaches(module: str, own: str, obj: Any) -> bool:
    if module.startswith("s2sad") or module == "__main__" or "." in own:
        return False
    try:
        return getattr(importlib.import_module(module), own, None) is obj
    except ImportError:
        return False


def _home(name: str, obj: Any) -> str:
    """The module in which a callable has this name that does not know its own: a function of ctypes."""
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", {})
        own = str(space.get("__name__", ""))
        if space.get(name) is obj and own and own != "__main__" and not own.startswith("s2sad"):
            return own
    return ""


def _literal(name: str, obj: Any) -> str:
    """Plain data as a literal; what has none cannot stand in a file."""
    try:
        same = ast.literal_eval(repr(obj)) == obj
    except (ValueError, SyntaxError, TypeError):
        same = False
    if same is not True:
        raise ValueError(
            f"{name} is {type(obj).__name__} data of the running program; a standalone file cannot hold it"
        )
    return repr(obj)


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line
