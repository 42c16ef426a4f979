"""Imports run one way: a package imports those above it in the pipeline, `rules` and `runtime` are leaves."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import s2sad

ROOT = Path(s2sad.__file__).parent
MAY_IMPORT = {
    "runtime": set(),
    "ir": set(),
    "rules": {"ir", "runtime"},
    "analysis": {"ir", "rules", "runtime"},
    "frontend": {"ir", "rules", "runtime"},
    "transform": {"ir", "rules", "analysis", "frontend"},
    "optimise": {"ir", "rules", "analysis"},
    "backend": {"ir", "rules", "analysis", "runtime", "optimise"},
}
ANYWHERE = {"errors"}  # spans and refusals


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imported(path: Path) -> set[str]:
    """The packages of s2sad that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "s2sad":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("s2sad.")}
    return found


def test_imports_run_one_way() -> None:
    seen = set()
    for package, allowed in MAY_IMPORT.items():
        for path in sorted((ROOT/package).glob("*.py")):
            strange = imported(path) - allowed - ANYWHERE - {package}
            assert not strange, f"{package}/{path.name} imports {sorted(strange)}"
            seen.add(package)
    assert seen == set(MAY_IMPORT)


def test_ast_lives_in_frontend_and_backend_and_rule_texts() -> None:
    using = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.glob("*/*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import) and any(alias.name == "ast" for alias in node.names)
    }
    # rules and transform parse the texts of rules; neither sees the user's tree
    assert using <= {"frontend", "backend", "rules", "transform"}


def test_astor_is_used_in_one_module() -> None:
    using = [path.name for path in ROOT.rglob("*.py") if "import astor" in path.read_text()]
    assert using == ["printing.py"]


def imports_of(path: Path, modules: dict[str, Path]) -> list[tuple[str, bool]]:
    """What a module imports at its top, in order, and whether it needs names of that, which has to be ready."""
    found: list[tuple[str, bool]] = []
    for node in tree_of(path).body:
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            found.append((node.module, any(part not in modules for part in parts)))
            found += [(part, False) for part in parts if part in modules]
    return found


def test_every_module_can_be_imported_first() -> None:
    """Modules may import one another in a ring, if none needs a name of one that is not ready."""
    files = {".".join(p.relative_to(ROOT.parent).with_suffix("").parts): p for p in ROOT.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in files.items()}
    imports = {name: imports_of(path, modules) for name, path in modules.items()}

    def run(name: str, begun: set[str], ready: set[str]) -> None:
        parents = [name.rpartition(".")[0]] if "." in name else []
        for parent in parents:
            if parent not in begun:
                run(parent, begun, ready)
        begun.add(name)
        for other, named in imports[name]:
            if other not in begun:
                run(other, begun, ready)
            package = modules[other].name == "__init__.py"
            assert not named or package or other in ready, f"{name} needs names of {other}, which is not ready"
        ready.add(name)

    for name in modules:
        run(name, set(), set())
