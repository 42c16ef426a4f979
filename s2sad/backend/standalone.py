"""A text as a file of its own: imports, the functions of `s2sad.runtime` that it calls, and the text.

    # header
    import numpy as np


    def unbroadcast(g, x):
        ...


    def f_grad(x):
        ...

The functions of `s2sad.runtime` are self-contained, so their sources are copied as they are; the file never
imports s2sad. Plain data is written out (`data`).
"""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import sys
import textwrap
import types
from collections.abc import Iterator, Mapping
from typing import Any

from s2sad import runtime
from s2sad.backend.data import literal, paths, shared
from s2sad.backend.emit import Text


def standalone(text: Text, header: str = "") -> str:
    """The file's text, with `header` as comment lines; the user's own objects are imported."""
    imports: dict[str, str] = {}
    helpers: dict[str, str] = {}
    aliases: list[str] = []
    data: dict[str, Any] = {}
    for name, obj in text.refs.items():
        if isinstance(obj, types.FunctionType) and obj.__code__.co_filename.startswith("<s2sad "):
            for read, other in _lifted(name, obj, text.refs, helpers).items():
                _bind(read, other, imports, helpers, aliases, data)
        else:
            _bind(name, obj, imports, helpers, aliases, data)
    _write(data, {*text.refs, *imports, *helpers}, imports, aliases)
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    lines += ["from __future__ import annotations", ""] if helpers else []
    parts = [
        "\n".join([*lines, *sorted(set(imports.values()), key=_import_order), *aliases]),
        *helpers.values(),
        text.text,
    ]
    return "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _bind(
    name: str,
    obj: Any,
    imports: dict[str, str],
    helpers: dict[str, str],
    aliases: list[str],
    data: dict[str, Any],
) -> None:
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
    elif callable(obj) and _home(name, obj):
        imports[name] = f"from {_home(name, obj)} import {name}"
    elif callable(obj) and (held := _holder(obj)):
        imports[held[1]] = f"from {held[0]} import {held[1]}"
        aliases.append(f"{name} = {held[1]}.{obj.__name__}")
    else:
        data[name] = obj


def _write(data: dict[str, Any], taken: set[str], imports: dict[str, str], aliases: list[str]) -> None:
    """Write data out, or import it; what belongs to what is imported, or shares memory, does so there."""
    homes = {n: home for n, obj in data.items() if literal(obj, {}) is None and (home := _home(n, obj))}
    imports.update({name: f"from {home} import {name}" for name, home in homes.items()})
    parts = {id(obj): path for name in homes for path, obj in paths(name, data[name])}
    own = {name: obj for name, obj in data.items() if name not in homes}
    names, lines = shared({name: obj for name, obj in own.items() if id(obj) not in parts}, taken)
    aliases += lines
    for name, obj in own.items():
        said = literal(obj, {**parts, **names})
        if said is None:
            what = f"{name} is {type(obj).__name__} data of the running program"
            raise ValueError(f"{what}; a standalone file cannot hold it")
        if said != name:
            aliases.append(f"{name} = {said}")
    if any("np." in line for line in aliases):
        imports.setdefault("np", "import numpy as np")


def _lifted(name: str, obj: Any, refs: Mapping[str, Any], helpers: dict[str, str]) -> dict[str, Any]:
    """Copy a nested function that stands by itself under its name here; what it reads that is not here."""
    tree = ast.parse(inspect.getsource(obj))
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    read = {n.id: obj.__globals__[n.id] for n in names if n.id in obj.__globals__ and n.id != obj.__name__}
    for other, value in read.items():
        if refs.get(other, value) is not value:
            raise ValueError(f"{other} means two things; a standalone file cannot hold it")
    for n in names:
        n.id = name if n.id == obj.__name__ else n.id
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name = name
    helpers[name] = ast.unparse(tree)
    return {other: value for other, value in read.items() if other not in refs}


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
        found = getattr(importlib.import_module(module), own, None)
    except ImportError:
        return False
    cached = isinstance(found, functools._lru_cache_wrapper) and found.__wrapped__ is obj
    return found is obj or cached


def _home(name: str, obj: Any) -> str:
    """The module in which a callable has this name that does not know its own: a function of ctypes."""
    return next((own for own, space in _spaces() if space.get(name) is obj), "")


def _holder(obj: Any) -> tuple[str, str] | None:
    """The module and name of the object or the class whose method a callable is: a logger's, a static one."""
    owner, (first, *rest) = getattr(obj, "__self__", None), getattr(obj, "__qualname__", "").split(".")
    if owner is None and len(rest) == 1:
        owner = getattr(sys.modules.get(obj.__module__), first, None)
    if isinstance(owner, types.ModuleType | None) or getattr(owner, obj.__name__, None) != obj:
        return None
    found = ((own, name) for own, space in _spaces() for name, value in space.items() if value is owner)
    return next(found, None)


def _spaces() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The names of modules that a file can import from, with what these hold."""
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", {})
        own = str(space.get("__name__", ""))
        if own and own != "__main__" and not own.startswith("s2sad"):
            yield own, space


def _import_order(line: str) -> tuple[bool, str]:
    return line.startswith("from"), line
