"""Texts compared by their structure, function by function: equal up to the names of temporaries and the order of independent lines.

    a = x*2                      t1 = x*2
    bs.append(b)          ~      trips += 1           but not          t1 = x + x
    trips += 1                   bs.append(b)

Accepts two texts of one or more functions. All are parsed and brought into one form: docstrings and comments go, products
and sums of several terms are flattened, a temporary that is read once moves into the expression that reads it, and
lines in a block that touch none of the same names stand in the order of their own text. Names are then numbered as
they come. What is a tape's end (`ts.pop()`, or `p -= 1; ts[p]` below a `p = len(ts)`) is one form.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

_BLOCKS = ("body", "orelse")


def same(one: str, two: str) -> bool:
    """Whether two texts are one up to names of temporaries and the order of independent lines."""
    return canonical(one) == canonical(two)


def canonical(text: str) -> str:
    """The one form of a text."""
    functions = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    return "\n".join(map(_canonical, functions))


def _canonical(node: ast.FunctionDef) -> str:
    node.name = "f"
    node.body = _pops(node.body)
    while _nest(node):
        pass
    node = _Flat().visit(node)
    for _ in range(4):  # an order of lines numbers the names, and numbers order the lines
        node = _renamed(_sorted_function(node))
    return ast.unparse(ast.fix_missing_locations(node))


# ---- tapes read from their end


def _pops(body: list[ast.stmt]) -> list[ast.stmt]:
    """`p = len(ts)` ... `p -= 1; t = ts[p]` as `t = ts.pop()`."""
    positions = {
        s.targets[0].id: s.value.args[0].id
        for s in body
        if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name)
        and isinstance(s.value, ast.Call) and ast.unparse(s.value.func) == "len"
        and isinstance(s.value.args[0], ast.Name)
    }
    stepped = {
        n.target.id for s in body for n in ast.walk(s)
        if isinstance(n, ast.AugAssign) and isinstance(n.op, ast.Sub) and isinstance(n.target, ast.Name)
    }
    for name, tape in positions.items():
        if name in stepped:
            module = ast.Module(body, [])
            _Pop(name, tape).visit(module)
            body = module.body
    return body


class _Pop(ast.NodeTransformer):
    def __init__(self, name: str, tape: str) -> None:
        self.name, self.tape = name, tape

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == self.name:
            return None
        return self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | None:
        return None if isinstance(node.target, ast.Name) and node.target.id == self.name else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if ast.unparse(node) == f"{self.tape}[{self.name}]":
            return ast.parse(f"{self.tape}.pop()", mode="eval").body
        return self.generic_visit(node)


# ---- temporaries


def _nest(function: ast.FunctionDef) -> bool:
    """Move one temporary that is assigned once and read once, later in its own block, to where it is read."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    for block in _blocks(function):
        for at, stmt in enumerate(block):
            if not (isinstance(stmt, ast.Assign) and isinstance(stmt.targets[0], ast.Name)):
                continue
            name = stmt.targets[0].id
            mine = [n for n in names if n.id == name]
            if len(mine) != 2 or any(isinstance(n, ast.Call) for n in ast.walk(stmt.value)):
                continue
            reads = {n.id for n in ast.walk(stmt.value) if isinstance(n, ast.Name)}
            for later in block[at + 1 :]:
                if any(n is mine[1] or n is mine[0] for n in _own(later)):
                    _Put(name, stmt.value).visit(later)
                    block.remove(stmt)
                    return True
                if reads & _written(later):
                    break
    return False


class _Put(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr) -> None:
        self.name, self.value = name, value

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.value if node.id == self.name and isinstance(node.ctx, ast.Load) else node


def _own(stmt: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement itself, without those of its blocks."""
    for field, value in ast.iter_fields(stmt):
        if field in _BLOCKS and isinstance(value, list):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from ast.walk(part)


# ---- expressions


class _Flat(ast.NodeTransformer):
    """Products without brackets: rounding apart, `2*t*(b*g)` is `2*t*b*g`; numbers as floats; `not a < b`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        right = node.right
        if isinstance(node.op, ast.Mult) and isinstance(right, ast.BinOp) and isinstance(right.op, ast.Mult):
            return self.visit(ast.BinOp(ast.BinOp(node.left, ast.Mult(), right.left), ast.Mult(), right.right))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(float(node.value)) if type(node.value) is int else node


# ---- order and names


def _sorted_function(node: ast.FunctionDef) -> ast.FunctionDef:
    node = copy.deepcopy(node)
    uses = _uses(node)
    for block in _blocks(node):
        block[:] = _sorted(block, uses)
    return node


def _uses(node: ast.FunctionDef) -> dict[str, str]:
    """The shapes of the lines that a name stands in."""
    found: dict[str, list[str]] = {}
    for block in _blocks(node):
        for stmt in block:
            own = copy.copy(stmt)
            for field in _BLOCKS:
                if hasattr(own, field):
                    setattr(own, field, [])
            for name in _read(own):
                found.setdefault(name, []).append(_shape(own, name))
    return {name: "".join(sorted(shapes)) for name, shapes in found.items()}


def _sorted(block: list[ast.stmt], uses: dict[str, str]) -> list[ast.stmt]:
    """The statements in the order of their shapes, as far as none passes one that it depends on."""
    left, done = list(block), []
    while left:
        ready = [s for i, s in enumerate(left) if not any(_depends(s, earlier) for earlier in left[:i])]
        ready.sort(key=lambda s: (_shape(s), sorted(uses.get(n, "") for n in _read(s))))
        done.append(ready[0])
        left.remove(ready[0])
    return done


def _depends(late: ast.stmt, early: ast.stmt) -> bool:
    if any(isinstance(n, ast.Return | ast.Break | ast.Continue) for s in (late, early) for n in ast.walk(s)):
        return True
    if isinstance(late, ast.AugAssign) and isinstance(early, ast.AugAssign):
        if {type(late.op), type(early.op)} <= {ast.Add, ast.Sub} and _root(late.target) == _root(early.target):
            return bool(_read(late.value) & _written(early) or _read(early.value) & _written(late))
    return bool(
        _written(early) & (_read(late) | _written(late)) or _written(late) & _read(early)
    )


def _shape(stmt: ast.stmt, mark: str = "") -> str:
    """A statement's text without names, one of them marked."""
    node = copy.deepcopy(stmt)
    for n in ast.walk(node):
        if isinstance(n, ast.Name):
            n.id = "@" if n.id == mark else "_"
    return ast.dump(node)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _read(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _written(node: ast.AST) -> set[str]:
    """The names that a statement binds, or into whose storage it writes."""
    found: set[str] = set()
    for n in ast.walk(node):
        if isinstance(n, ast.Assign):
            for target in n.targets:
                for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                    found.add(_root(part))
        elif isinstance(n, ast.AugAssign | ast.For):
            found.add(_root(n.target))
        elif isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("append", "pop"):
            found.add(_root(n.func.value))
    return found


def _renamed(node: ast.FunctionDef) -> ast.FunctionDef:
    """The function with its local names numbered in the order of their first use."""
    node = copy.deepcopy(node)
    bound = set().union(*(_written(s) for s in node.body)) - {a.arg for a in node.args.args}
    numbers: dict[str, str] = {}
    for n in _in_order(node):
        if isinstance(n, ast.Name) and n.id in bound:
            n.id = numbers.setdefault(n.id, f"v{len(numbers)}")
    return node


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for n in list(ast.walk(node)):
        for field in _BLOCKS:
            value = getattr(n, field, None)
            if isinstance(value, list):
                yield value
