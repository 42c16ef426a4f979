"""What statements may write into, told by names before they are lowered.

    xs[k] = v; ys.append(v); total += v; np.add.at(a, i, v); step(xs)      xs, ys, total, a, what step writes

Two names may stand for one array or list: those that are given each other, elements of something, and what
is not known. Lists and dicts that are made in the function are told apart by their identity.
"""

from __future__ import annotations

import ast
import builtins
import functools
import operator
import types
from collections.abc import Iterator
from types import FunctionType

import numpy as np

from s2sad.errors import UnsupportedError
from s2sad.frontend import generators
from s2sad.frontend.libraries import is_library
from s2sad.frontend.source import find
from s2sad.frontend.state import Closure, Group, Local, Method, Scope, State, Value
from s2sad.frontend.trees import walk
from s2sad.ir.nodes import Const, Ref, Var

CHANGING = frozenset(
    "append extend insert pop remove clear sort reverse update fill popleft appendleft extendleft rotate "
    "popitem setdefault put partition resize itemset shuffle copyto place putmask fill_diagonal at".split()
)
_FRESH = frozenset(
    "zeros ones empty full zeros_like ones_like empty_like full_like copy deepcopy array list dict deque "
    "defaultdict arange linspace eye tolist".split()
)
_PLAIN = ("int", "str", "bool", "range")
_METHODS = frozenset(m for cls in (np.ndarray, list, dict, str, tuple, set) for m in dir(cls)) - CHANGING
OPERATORS = "operators"  # stands for all that operators of a class may read
_OPERATORS = [f"__{n}__" for n in dir(operator) if not n.startswith("_")]
_OPERATORS += [f"__r{n}__" for n in "add sub mul truediv floordiv pow matmul mod".split()]
_OPERATORS += "__getattr__ __len__ __iter__ __float__ __array__ __array_ufunc__ __bool__ __hash__".split()
DEEPEST = 4  # functions that call each other
Names = frozenset[str] | None  # attributes; None for all
Roots = set[tuple[str, bool]]  # names, and whether what they hold is written into, not they themselves
_NONE: Roots = {("", False), ("", True)}


def bound(body: list[ast.stmt]) -> set[str]:
    """The names that statements bind, those of comprehensions apart, which are their own."""
    inner = {id(n) for c in walk(body) if isinstance(c, ast.comprehension) for n in walk([c.target])}
    return {n.id for n in _stores(body) if id(n) not in inner}


def roots(low: State, body: list[ast.stmt], elements: bool = True, read: Names = None) -> Roots:
    """What statements may write into, and what they bind the names to that they write into.

    `elements`: whether what a loop binds to elements counts as that which it runs over; `read`: attributes
    that count where they are set.
    """
    written = _written(low, body, 0, read)
    found = {(_root(w), isinstance(w, ast.Subscript | ast.Attribute)) for w in written} - _NONE
    if not found:
        return found
    passed = _passed(body, elements)
    for name, deep in list(found):
        if name in passed and not _is_new(body, name):
            found |= {(other, deep) for other in _behind(passed, name)}
    return found


def among(low: State, names: set[str], found: Roots) -> bool:
    """Whether what is written into may be what one of the names stands for, or holds: d, where m.d is d."""
    if not found:
        return False
    if low.scope.source.module.startswith("s2sad.generated"):
        return any(root in names for root, _ in found)  # its loops read by index, and name what they write
    names = names | alike(low, [v for n in names if (v := value_of(low, n)) is not None])
    return any(_same(low, name, root, deep) for root, deep in found for name in names)


def _written(low: State, body: list[ast.stmt], depth: int, read: Names = None) -> Iterator[ast.expr]:
    """What the statements of a loop, and nested functions that they call, write into."""
    for node in walk(body):
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            if isinstance(node, ast.Subscript) or _is_read(low, node, read):
                yield node.value
        elif isinstance(node, ast.AugAssign):
            counted = isinstance(node.target, ast.Attribute) and isinstance(node.value, ast.Constant)
            if read is None or not counted:  # `self.calls += 1` changes no list
                yield node.target
        elif isinstance(node, ast.keyword) and node.arg == "out":
            yield node.value
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
                yield node.func.value
                yield from node.args[:1]
            yield from _by_call(low, node, depth, read)


def _is_read(low: State, node: ast.Attribute, read: Names) -> bool:
    """Whether an attribute that is set is one of those that are read, by an operator of its class maybe."""
    if read is None or node.attr in read:
        return True
    if OPERATORS not in read:
        return False
    held = generators.peek(low, node.value)
    cls = None if held is None else low.class_of(held)
    return cls is None or any(n in vars(c) for c in cls.__mro__[:-1] for n in _OPERATORS)


def _by_call(low: State, node: ast.Call, depth: int, read: Names) -> Iterator[ast.expr]:
    """What a call of a function of the user's may write into: its arguments, and what it reads outside."""
    fn = generators.peek(low, node.func) if isinstance(node.func, ast.Name | ast.Attribute) else None
    if isinstance(fn, Closure):
        whole = fn.node.body
        inner: list[ast.stmt] = whole if isinstance(whole, list) else [ast.Expr(whole)]
        found = list(_written(low, inner, depth + 1)) if depth < DEEPEST else node.args
        yield from (*found, *node.args[: len(found) and len(node.args)])
        return
    taken = [node.func.value] if isinstance(fn, Method) and isinstance(node.func, ast.Attribute) else []
    fn = fn.fn if isinstance(fn, Method) else fn
    if isinstance(fn, Closure) or (isinstance(fn, Ref) and not _is_reading(fn.obj, read)):
        yield from (*taken, *node.args)


def _is_reading(obj: object, read: Names, depth: int = 0) -> bool:
    """Whether a function writes into nothing that it is given, as far as its text says.

    It may set attributes that nobody reads (see `roots`).
    """
    if not isinstance(obj, FunctionType) or is_library(obj):
        return not isinstance(obj, types.MethodType)
    return depth < DEEPEST and _reads(obj, obj.__code__, read, depth)


@functools.lru_cache(maxsize=256)
def _reads(fun: FunctionType, code: types.CodeType, read: Names, depth: int) -> bool:
    try:
        node = find(fun, generators=True).node
    except UnsupportedError:
        return False
    body = node.body if isinstance(node, ast.FunctionDef) else []
    told = read if read is not None and OPERATORS not in read else None
    for n in walk([node]):
        if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load):
            if told is None or n.attr in told:
                return False
            continue
        if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Attribute):
            if not isinstance(n.value, ast.Constant):
                return False
        elif isinstance(n, ast.AugAssign):
            if not isinstance(n.target, ast.Name) or not _is_new(body, n.target.id):
                return False
        if isinstance(n, ast.keyword) and n.arg == "out":
            return False
        if isinstance(n, ast.Subscript) and not isinstance(n.ctx, ast.Load):
            return False
        if isinstance(n, ast.Call) and not _is_known(n.func, fun, read, depth):
            return False
    return True


def _is_known(node: ast.expr, fun: FunctionType, read: Names, depth: int) -> bool:
    """Whether a call in a function is one of what writes into nothing."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Constant):
        return names[-1] in _METHODS  # ", ".join(...)
    if not isinstance(node, ast.Name) or CHANGING.intersection(names):
        return False
    found = fun.__globals__.get(node.id, getattr(builtins, node.id, None))
    if names and not isinstance(found, types.ModuleType):
        return names[0] in _METHODS
    for name in reversed(names):
        found = getattr(found, name, None)
    return found is not None and _is_reading(found, read, depth + 1)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _same(low: State, name: str, root: str, deep: bool) -> bool:
    """Whether two names may stand for one array or list; `deep`: whether what one holds is the other."""
    if name == root:
        return True
    one, other = value_of(low, name), value_of(low, root)
    if other is None:
        return name in _given(low.scope.source.node, root)
    values = one, other
    if one is None or any(isinstance(v, Const | Ref | Closure | Method) for v in values):
        return False
    if isinstance(one, Local) and isinstance(other, Local) and not deep:
        return one.number == other.number
    if any(isinstance(v, Var) and (low.kind(v).is_scalar or low.kind(v).cat in _PLAIN) for v in values):
        return False
    if deep and not (isinstance(other, Var) and low.kind(other).is_number):
        return True
    tree = low.scope.source.node
    body = tree.body if isinstance(tree, ast.FunctionDef) else []
    return not _is_new(body, root) or not (_is_new(body, name) or not _given(tree, name))


def alike(low: State, values: list[Value]) -> set[str]:
    """The names of a function that stand for one of several values, or for what these hold."""
    numbers, texts, rest = set[int](), set[str](), list(values)
    while rest:
        value = rest.pop()
        if isinstance(value, Var) and may_be_written(low, value):
            texts.add(value.name)
        if isinstance(value, Local):
            if value.number in numbers:
                continue
            numbers.add(value.number)
        held = low.objects.cells.get(value.number) if isinstance(value, Local) else value
        rest += held.items if isinstance(held, Group) else []
    return {
        n
        for n, v in low.scope.env.items()
        if (isinstance(v, Local) and v.number in numbers) or (isinstance(v, Var) and v.name in texts)
    }


def may_be_written(low: State, value: Value) -> bool:
    """Whether a value is an object, a list or an array."""
    return isinstance(value, Local | Group) or (isinstance(value, Var) and not low.kind(value).is_scalar)


def value_of(low: State, name: str) -> Value | None:
    """What a name stands for, of a function around too; None where it is not bound yet."""
    scope: Scope | None = low.scope
    while scope is not None:
        if name in scope.boxed:
            return low.objects.cells.get(scope.boxed[name])
        if name in scope.env or name in scope.locals:
            return scope.env.get(name)
        scope = scope.parent
    return None


def _passed(body: list[ast.stmt], elements: bool) -> dict[str, set[str]]:
    """The names that occur in what for, with and assignments bind a name to."""
    passed: dict[str, set[str]] = {}
    for node in walk(body):
        if isinstance(node, ast.For | ast.comprehension):
            targets, value = [node.target], node.iter
            if not elements and not any(isinstance(n, ast.Tuple | ast.List) for n in walk([value])):
                continue
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            targets, value = [node.optional_vars], node.context_expr
        elif isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.NamedExpr):
            targets, value = [node.target], node.value
        else:
            continue
        names = {n.id for n in walk([value]) if isinstance(n, ast.Name)}
        for n in walk(targets):
            if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load):
                passed[n.id] = passed.get(n.id, set()) | names
    return passed


def _behind(passed: dict[str, set[str]], name: str) -> set[str]:
    """The names that a name has been given, and that these have been given."""
    found, rest = set[str](), [name]
    while rest:
        new = passed.get(rest.pop(), set()) - found
        found |= new
        rest += new
    return found


def _given(tree: ast.AST, name: str) -> set[str]:
    """The names that occur in what a name is given."""
    pairs = [(n.targets, n.value) for n in walk([tree]) if isinstance(n, ast.Assign)]
    pairs += [([n.target], n.value) for n in walk([tree]) if isinstance(n, ast.NamedExpr)]
    found = [v for targets, v in pairs if name in {n.id for n in walk(targets) if isinstance(n, ast.Name)}]
    return {n.id for n in walk(found) if isinstance(n, ast.Name)}


def _is_new(body: list[ast.stmt], name: str) -> bool:
    """Whether a name is only ever given what is made where it is given it."""
    new = count = 0
    for n in walk(body):
        if isinstance(n, ast.Assign) and len(n.targets) == 1 and isinstance(n.targets[0], ast.Name):
            new += n.targets[0].id == name and _makes(n.value)
        elif isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name):
            new += n.target.id == name
        count += isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)
    return 0 < new == count


def _makes(node: ast.expr) -> bool:
    """Whether an expression makes what it gives."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in _FRESH
    return isinstance(node, ast.List | ast.ListComp | ast.Dict | ast.DictComp | ast.BinOp | ast.Constant)


def _stores(body: list[ast.stmt]) -> Iterator[ast.Name]:
    return (n for n in walk(body) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))


__all__ = ["CHANGING", "alike", "among", "bound", "may_be_written", "roots", "value_of"]
