"""What a function does with its lists, by its text alone.

A list that a name is bound to once, and that is only taken apart by literal indices and in loops, is as
good as its elements: `xs = [[x, c], [c, x]]; xs[0][1]*xs[1][0]` needs no list in the program.
"""

from __future__ import annotations

import ast
import functools

from s2sad.frontend.trees import walk


def fixed_lists(node: ast.FunctionDef) -> frozenset[str]:
    """Names of nested list displays that are bound once and only taken apart."""
    bound: dict[str, int] = {}
    found: set[str] = set()
    for inner in walk([node]):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            bound[inner.id] = bound.get(inner.id, 0) + 1
        if (
            isinstance(inner, ast.Assign)
            and len(inner.targets) == 1
            and isinstance(inner.targets[0], ast.Name)
        ):
            if isinstance(inner.value, ast.List) and any(isinstance(e, ast.List) for e in inner.value.elts):
                found.add(inner.targets[0].id)
    found = {name for name in found if bound[name] == 1}
    if found:
        parents = _parents(node)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id in found:
                if not _taken_apart(inner, parents):
                    found.discard(inner.id)
    return frozenset(found)


def _taken_apart(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an expression is only indexed twice by literals, or its length is asked for."""
    parent = parents.get(node)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id == "len"
    depth = 0
    while isinstance(parent, ast.Subscript) and parent.value is node:
        literal = parent.slice.operand if isinstance(parent.slice, ast.UnaryOp) else parent.slice
        if not isinstance(parent.ctx, ast.Load) or not isinstance(literal, ast.Constant):
            return False
        node, parent = parent, parents.get(parent)
        depth += 1
    augmented = isinstance(parent, ast.AugAssign) and parent.target is node
    return depth >= 2 and not augmented and not isinstance(parent, ast.Attribute)


LOOPING = (ast.For, ast.While, ast.comprehension, ast.ListComp, ast.GeneratorExp)
TAKING = frozenset(("len", "zip", "enumerate", "reversed", "sum", "max", "min", "sorted", "list", "tuple"))


def starred_lists(node: ast.FunctionDef) -> frozenset[str]:
    """Names of list displays or star targets, bound once, never changed, and starred or made of strings.

    Strings say what is done: of `[("dense", w), ("relu", None)]` each element is looked at by itself.
    """
    bound: dict[str, int] = {}
    found: dict[str, bool] = {}
    for inner in walk([node]):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            bound[inner.id] = bound.get(inner.id, 0) + 1
        if (
            isinstance(inner, ast.Assign)
            and len(inner.targets) == 1
            and isinstance(inner.targets[0], ast.Name)
        ):
            if isinstance(inner.value, ast.List) and inner.value.elts:
                found[inner.targets[0].id] = all(map(_has_string, inner.value.elts))
        if isinstance(inner, ast.Starred) and isinstance(inner.value, ast.Name):  # kind, *rest = item
            if isinstance(inner.ctx, ast.Store):
                found[inner.value.id] = False
    found = {name: words for name, words in found.items() if bound[name] == 1}
    if not found:
        return frozenset()
    parents = _parents(node)
    uses: dict[str, set[str]] = {name: set() for name in found}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id in found:
            uses[inner.id].add(_use(inner, parents))
    return frozenset(
        name for name, words in found.items()
        if "" not in uses[name] and (words or "star" in uses[name])
    )  # fmt: skip


def _has_string(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return any(map(_has_string, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _use(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> str:
    """How a list is used at a place: "star", "read", or "" where it could be changed or kept."""
    parent = parents.get(node)
    if isinstance(parent, ast.Starred):
        return "star"
    if isinstance(parent, ast.For | ast.comprehension) and parent.iter is node:
        return "read"
    if isinstance(parent, ast.Call) and node in parent.args:
        return "read" if isinstance(parent.func, ast.Name) and parent.func.id in TAKING else ""
    if isinstance(parent, ast.Subscript) and parent.value is node and isinstance(parent.ctx, ast.Load):
        literal = parent.slice.operand if isinstance(parent.slice, ast.UnaryOp) else parent.slice
        return "read" if isinstance(literal, ast.Constant) else ""
    return "read" if isinstance(parent, ast.Compare) and node in parent.comparators else ""


def returned_lists(node: ast.AST, call: ast.AST, caller: ast.AST) -> frozenset[str]:
    """Parameters that a function may return and otherwise only reads, for which a call makes new lists.

    Nobody can tell such a list from a copy: `def sort(a): return a if len(a) < 2 else sort(a[1:]) + ...`.
    """
    if not isinstance(node, ast.FunctionDef) or not isinstance(call, ast.Call):
        return frozenset()
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute) else names
    given = {**dict(zip(names, call.args, strict=False)), **{k.arg: k.value for k in call.keywords if k.arg}}
    found = {name for name, value in given.items() if _is_new(value) or _is_last(value, caller)}
    if not found:
        return frozenset()
    parents = _parents(node)
    mentions = _mentions(node)
    uses: dict[str, set[str]] = {name: set() for name in found}
    for name in found:
        for inner in mentions.get(name, ()):
            returned = _is_returned(inner, parents)
            uses[name].add("return" if returned else "read" if _is_read(inner, parents) else "")
    return frozenset(name for name in found if "return" in uses[name] and "" not in uses[name])


def _is_new(node: ast.expr) -> bool:
    """Whether an argument that is a list has been made for the call."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    return isinstance(node, ast.ListComp | ast.BinOp) or (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("list", "sorted")
    )


def _is_last(node: ast.expr, caller: ast.AST) -> bool:
    """Whether an argument is a name of a list that the caller has made, and does not mention any more."""
    if not isinstance(node, ast.Name):
        return False
    parents = _parents(caller)
    made = False
    for inner in _mentions(caller).get(node.id, ()):
        parent = parents[inner]
        if isinstance(inner.ctx, ast.Load):
            before = (inner.lineno, inner.col_offset) < (node.lineno, node.col_offset)
            around = _around(inner, parents, caller)
            if inner is node and any(isinstance(n, LOOPING) for n in around):
                return False
            if any(isinstance(n, ast.FunctionDef | ast.Lambda) for n in around):
                return False
            read = isinstance(parent, ast.Attribute) or _is_read(inner, parents)
            if inner is not node and not (before and read):
                return False
            continue
        value = getattr(parent, "value", None) if isinstance(parent, ast.Assign) else None
        made = isinstance(value, ast.expr) and (_is_new(value) or isinstance(value, ast.List))
        if not made:
            return False
    return made


def _around(node: ast.AST, parents: dict[ast.AST, ast.AST], top: ast.AST) -> list[ast.AST]:
    """The nodes around a node, below one of them."""
    found: list[ast.AST] = []
    while (at := parents.get(node)) is not None and at is not top:
        found.append(at)
        node = at
    return found


@functools.lru_cache(maxsize=64)
def _parents(node: ast.AST) -> dict[ast.AST, ast.AST]:
    """The node around each node of a tree that nobody writes to, in the order of `ast.walk`."""
    return {child: parent for parent in ast.walk(node) for child in ast.iter_child_nodes(parent)}


@functools.lru_cache(maxsize=64)
def _mentions(node: ast.AST) -> dict[str, list[ast.Name]]:
    """The places of each name in a tree that nobody writes to, in the order of `ast.walk`."""
    places: dict[str, list[ast.Name]] = {}
    for inner in _parents(node):
        if isinstance(inner, ast.Name):
            places.setdefault(inner.id, []).append(inner)
    return places


def _is_read(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a list is asked for elements, its length, or put together with another one."""
    parent = parents.get(node)
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return parent.test is node
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    plain = isinstance(parent, ast.BinOp | ast.Compare) or isinstance(getattr(parent, "op", None), ast.Not)
    return plain or _use(node, parents) != ""


def _is_returned(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether an expression is returned, or a display that holds it."""
    parent = parents.get(node)
    while isinstance(parent, ast.List | ast.Tuple | ast.IfExp) and node is not getattr(parent, "test", None):
        node, parent = parent, parents.get(parent)
    return isinstance(parent, ast.Return)


def is_unshared(node: ast.AST, name: str) -> bool:
    """Whether no other name can mean what `name` means: begun with a number, then only added to and read."""
    parents = _parents(node)
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg) and inner.arg == name:
            return False
        if not isinstance(inner, ast.Name) or inner.id != name:
            continue
        parent = parents.get(inner)
        if isinstance(inner.ctx, ast.Store):
            begun = isinstance(parent, ast.Assign) and isinstance(parent.value, ast.Constant)
            if not begun and not (isinstance(parent, ast.AugAssign) and parent.target is inner):
                return False
        elif isinstance(parent, ast.Call) and inner in parent.args:
            if not isinstance(parent.func, ast.Attribute):  # a function of a module: np.sum(s)
                return False
            if parent.func.attr in ("append", "asarray", "reshape", "ravel", "broadcast_to", "transpose"):
                return False
        elif not isinstance(parent, ast.BinOp | ast.UnaryOp | ast.Compare | ast.Return):
            return False
    return True


def boxed_names(node: ast.FunctionDef) -> tuple[frozenset[str], frozenset[str]]:
    """Names that nested functions declare nonlocal, and those that the function itself so declares."""
    inner = {name for child in walk([node]) if isinstance(child, ast.Nonlocal) for name in child.names}
    if not inner:
        return frozenset(), frozenset()
    own = {n for s in _statements(node.body) if isinstance(s, ast.Nonlocal) for n in s.names}
    return frozenset(inner - own), frozenset(own)


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a function, without those of functions in it."""
    found: list[ast.stmt] = []
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    return found


def parameter_names(spec: ast.arguments) -> list[str]:
    """The names of parameters in the order of the signature."""
    star = [a.arg for a in (spec.vararg,) if a is not None]
    double = [a.arg for a in (spec.kwarg,) if a is not None]
    return [*(a.arg for a in spec.posonlyargs + spec.args), *star, *(a.arg for a in spec.kwonlyargs), *double]


def is_quiet(message: ast.expr, test: ast.expr) -> bool:
    """Whether a message can be made ahead of its assertion: it writes nothing, raises nothing of its own."""
    if isinstance(message, ast.Subscript):
        return ast.dump(message) in map(ast.dump, ast.walk(test)) and not _calls(message)
    if isinstance(message, ast.Constant | ast.Name | ast.Attribute | ast.JoinedStr | ast.FormattedValue):
        inner = (node for node in ast.iter_child_nodes(message) if isinstance(node, ast.expr))
        return all(is_quiet(node, test) for node in inner)
    return False


def _calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Call | ast.NamedExpr) for part in ast.walk(node))


__all__ = [
    "boxed_names",
    "fixed_lists",
    "is_quiet",
    "is_unshared",
    "parameter_names",
    "returned_lists",
    "starred_lists",
]
