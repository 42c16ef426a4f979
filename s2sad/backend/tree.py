"""The tree form between SSA and text: statements whose operands are expression trees.

An expression is a leaf (`Var`, `Const`, `Ref`, `Undef`) or a `Node`: a `Call` whose arguments may be nodes
again. The displays that the IR keeps as atoms are nodes named "(tuple)", "(list)", "(dict)" and "(slice)",
and three more exist only here: "(ifelse)", "(and)", "(or)". So `u[1:]*k` is

    Node("mul", (Node("getitem", (Var("u"), Node("(slice)", (Const(1), NONE, NONE)))), Var("k")))

Statements are mutable, because a backend pass owns the tree that it was given; they still speak of SSA
names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from s2sad.ir.kinds import OBJECT, Kind
from s2sad.ir.nodes import (
    LIST_METHODS,
    NONE,
    Atom,
    Const,
    Dict,
    Let,
    List,
    Out,
    Ref,
    Slice,
    Stmt,
    Tuple,
    Undef,
    Var,
)
from s2sad.ir.records import record

BINARY = {
    "add": ("+", 9),
    "sub": ("-", 9),
    "mul": ("*", 10),
    "truediv": ("/", 10),
    "floordiv": ("//", 10),
    "mod": ("%", 10),
    "matmul": ("@", 10),
    "sparse_times": ("@", 10),
    "times_sparse": ("@", 10),
    "pow": ("**", 12),
    "lshift": ("<<", 8),
    "rshift": (">>", 8),
    "band": ("&", 7),
    "bxor": ("^", 6),
    "bor": ("|", 5),
    "lt": ("<", 4),
    "le": ("<=", 4),
    "eq": ("==", 4),
    "ne": ("!=", 4),
    "gt": (">", 4),
    "ge": (">=", 4),
    "is": ("is", 4),
    "isnot": ("is not", 4),
    "in": ("in", 4),
    "notin": ("not in", 4),
    "(and)": ("and", 2),
    "(or)": ("or", 1),
}
BINARY |= {f"sparse_{op}": BINARY[op] for op in ("add", "sub", "mul", "truediv", "pow", "matmul")}
UNARY = {"neg": ("-", 11), "pos": ("+", 11), "invert": ("~", 11), "not": ("not ", 3)}
DISPLAYS = ("(tuple)", "(list)", "(dict)", "(slice)")
ATTRIBUTES = (
    ".T",
    ".mT",
    ".real",
    ".imag",
    ".shape",
    ".ndim",
    ".size",
    ".dtype",
    ".flat",
    ".nbytes",
    ".itemsize",
)
_PRIMARY = 13


@record(frozen=True, slots=True, eq=False)
class Node:
    """An operation on expressions. `made` as in `Let`; `let` is the statement that it came from."""

    fun: str
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()
    form: str = ""
    made: bool = False
    kind: Kind = OBJECT
    let: Let | None = None


Expr = Var | Const | Ref | Undef | Node


@dataclass(slots=True)
class Assign:
    """`name = value`."""

    name: str
    value: Expr
    made: bool = False
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Effect:
    """An expression statement, raise or assert."""

    value: Expr
    made: bool = False
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Write:
    """`base[index] op= value`; see `Store`."""

    base: Expr
    index: Expr | None
    value: Expr
    op: str
    made: bool = False
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Branch:
    """An if, try or with statement (see `If.form`); once `copies` has run there are no `outs`."""

    cond: Expr
    then: list[Tree]
    orelse: list[Tree]
    outs: tuple[Out, ...] = ()
    made: bool = False
    origins: list[Stmt] = field(default_factory=list)
    form: str = ""


@dataclass(slots=True)
class Loop:
    """A for loop (`space` is an expression; a `Range` is a "range" node) or, without a target, a while loop.

    `carried` holds (name, init, next, out); after `copies` it is empty and `names` says which names go round,
    `latches` which of the names behind the loop are true exactly if it was left by a break.
    """

    target: str | None
    space: Expr
    head: list[Tree]
    body: list[Tree]
    carried: tuple[tuple[str, Atom, Atom, str], ...] = ()
    stop: Atom | None = None
    names: tuple[str, ...] = ()
    latches: tuple[str, ...] = ()
    orelse: list[Tree] = field(default_factory=list)
    made: bool = False
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Copy:
    """Simultaneous assignment (`shown`: Moves). Where a source is Undef the name holds nothing then."""

    pairs: list[tuple[str, Expr]]
    shown: bool = False
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Unpack:
    """`a, _, b = value`: the parts of a tuple, None where nobody reads one."""

    names: list[str | None]
    value: Expr
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Exit:
    """`break`."""

    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Remark:
    """A comment on a line of its own."""

    text: str
    origins: list[Stmt] = field(default_factory=list)


@dataclass(slots=True)
class Result:
    """`return value`."""

    value: Expr
    origins: list[Stmt] = field(default_factory=list)


Tree = Assign | Effect | Write | Branch | Loop | Copy | Unpack | Exit | Remark | Result
_NESTING = frozenset((Branch, Loop))
_ONE_VALUE = (Assign, Effect, Result, Unpack)


def expression(atom: Atom) -> Expr:
    """An atom as an expression: displays become nodes."""
    if type(atom) is Var or type(atom) is Const:
        return atom
    if isinstance(atom, Tuple):
        return Node("(tuple)", tuple(map(expression, atom.items)))
    if isinstance(atom, List):
        return Node("(list)", tuple(map(expression, atom.items)))
    if isinstance(atom, Slice):
        return Node("(slice)", (expression(atom.lo), expression(atom.hi), expression(atom.step)))
    if isinstance(atom, Dict):
        keys = Node("(tuple)", atom.keys)
        return Node("(dict)", tuple(map(expression, atom.items)), (("keys", keys),))
    return atom


def same(one: Expr | None, two: Expr | None) -> bool:
    """Whether two expressions are equal word for word, and in value: `xs.pop()` gives others each time."""
    if not isinstance(one, Node) or not isinstance(two, Node):
        return one == two and type(one) is type(two)
    if one.fun.startswith("list."):
        return False
    sizes = [(e.fun, e.form, len(e.args), len(e.kwargs)) for e in (one, two)]
    if sizes[0] != sizes[1]:
        return False
    words = zip(one.kwargs, two.kwargs, strict=True)
    return all(map(same, one.args, two.args)) and all(k == m and same(a, b) for (k, a), (m, b) in words)


def expr_vars(expr: Expr | None) -> Iterator[str]:
    """Names that an expression reads, with repetitions."""
    stack = [expr]
    while stack:
        top = stack.pop()
        if type(top) is Var:
            yield top.name
        elif type(top) is Node:
            stack += top.args
            if top.kwargs:
                stack += [value for _, value in top.kwargs]


def nodes(expr: Expr | None) -> Iterator[Node]:
    """Every node of an expression."""
    stack = [expr]
    while stack:
        top = stack.pop()
        if type(top) is Node:
            yield top
            stack += top.args
            if top.kwargs:
                stack += [value for _, value in top.kwargs]


def operands(stmt: Tree) -> tuple[Expr, ...]:
    """The expressions that a statement itself evaluates, in the order in which Python does."""
    if isinstance(stmt, _ONE_VALUE):
        return (stmt.value,)
    if isinstance(stmt, Write):
        index = () if stmt.index is None else (stmt.index,)
        return (stmt.base, *index, stmt.value) if stmt.op else (stmt.value, stmt.base, *index)
    if isinstance(stmt, Branch):
        return (stmt.cond,)
    if isinstance(stmt, Loop):
        return (stmt.space,)
    if isinstance(stmt, Copy):
        return tuple(source for _, source in stmt.pairs)
    return ()


def inner(stmt: Tree) -> tuple[list[Tree], ...]:
    """The blocks of a statement."""
    if type(stmt) is Branch:
        return stmt.then, stmt.orelse
    return (stmt.head, stmt.body, stmt.orelse) if type(stmt) is Loop else ()


def walk(block: list[Tree]) -> Iterator[Tree]:
    """Every statement of a block and of the blocks in it, in text order."""
    return iter(block if _NESTING.isdisjoint(map(type, block)) else _walk(block))


def _walk(block: list[Tree]) -> list[Tree]:
    found: list[Tree] = []
    stack = [iter(block)]
    while stack:
        for stmt in stack[-1]:
            found.append(stmt)
            if type(stmt) in _NESTING:
                stack.extend([iter(b) for b in reversed(inner(stmt))])
                break
        else:
            stack.pop()
    return found


def takes_apart(loop: Loop) -> bool:
    """Whether a loop begins with taking the tuple apart that it runs on."""
    first = loop.body[0] if loop.body and loop.target is not None else None
    return isinstance(first, Unpack) and first.value == Var(loop.target or "")


def is_const(expr: Expr | None, value: object) -> bool:
    """Whether an expression is this literal (same type)."""
    return isinstance(expr, Const) and expr == Const(value)


# ---------------------------------------------------------------------------------------------- widths


def measure(expr: Expr, hints: dict[str, str]) -> tuple[int, int]:
    """The width of an expression's text and the precedence of its outermost operator."""
    if type(expr) is Var:
        return len(hints.get(expr.name) or "t12"), _PRIMARY
    if type(expr) is Const:
        text = repr(expr.value)
        return len(text), 11 if text[0] == "-" else _PRIMARY
    if type(expr) is not Node:
        return len(expr.text) if isinstance(expr, Ref) else 4, _PRIMARY
    if expr.fun in BINARY and len(expr.args) == 2:
        text, level = BINARY[expr.fun]
        left, right = measure(expr.args[0], hints), measure(expr.args[1], hints)
        width = left[0] + 2 * (left[1] < level) + right[0] + 2 * (right[1] <= level)
        return width + len(text) + 2, level
    if expr.fun in UNARY:
        text, level = UNARY[expr.fun]
        width, inside = measure(expr.args[0], hints)
        return width + len(text) + 2 * (inside < level), level
    if expr.fun == "(ifelse)":
        return sum(measure(arg, hints)[0] for arg in expr.args) + len(" if  else "), 0
    return _measure_call(expr, hints), _PRIMARY


def _measure_call(expr: Node, hints: dict[str, str]) -> int:
    if expr.fun == "fstring":
        constants = [node for _, value in expr.kwargs if isinstance(value, Node) for node in value.args]
        pieces = sum(len(str(part.value)) for part in constants if isinstance(part, Const))
        return 3 + pieces + sum(measure(arg, hints)[0] + 2 for arg in expr.args)
    widths = [measure(arg, hints)[0] for arg in expr.args]
    if expr.fun == "getitem" and not expr.form:
        index = expr.args[1]
        return sum(widths) + (0 if isinstance(index, Node) and index.fun == "(tuple)" else 2)
    if expr.fun == "(slice)":
        absent = [arg == NONE for arg in expr.args]
        return 1 + sum(w for w, gone in zip(widths, absent, strict=True) if not gone) + (not absent[2])
    if expr.fun in LIST_METHODS or expr.form.startswith(".") or expr.fun == "getattr":
        name = expr.form[1:] or expr.fun.split(".")[-1]
    elif expr.fun in DISPLAYS or expr.fun in ("getitem", "tuple", "list", "dict", "call", "fstring"):
        name = ""
    else:
        name = expr.form or expr.fun
    words = sum(len(key) + 3 + measure(value, hints)[0] for key, value in expr.kwargs)
    return len(name) + 2 + sum(widths) + 2 * max(0, len(widths) - 1) + words


def depth(expr: Expr) -> int:
    """How deeply nodes are nested."""
    deepest = 0
    stack: list[tuple[Expr, int]] = [(expr, 1)]
    while stack:
        top, level = stack.pop()
        if isinstance(top, Node):
            deepest = max(deepest, level)
            stack.extend([(arg, level + 1) for arg in top.args])
            stack.extend([(value, level + 1) for _, value in top.kwargs])
    return deepest
