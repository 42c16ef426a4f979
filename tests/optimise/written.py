"""SSA programs from text, for tests: every line is one statement on atoms, every name is assigned once.

    program("t = np.tanh(x); x_bar = t*k; return x_bar", x=VECTOR, k=FLOAT)

Keywords are parameters. A name that ends in `_u`, and a store or a loop with the comment-like
prefix `user and ...`, is the user's; everything else is made. Branches and loops carry nothing:
tests that need carried values build them.
"""

from __future__ import annotations

import ast

from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import (
    NONE,
    Atom,
    Block,
    Call,
    Comment,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Range,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    Var,
    While,
    walk,
)

VECTOR = K.array((("n", 0),))
MATRIX = K.array((("n", 0), ("m", 0)))
ROWS = K.list_of(VECTOR)
FLOAT, INT, ANY = K.FLOAT, K.INT, K.OBJECT
_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
}
_COMPARE = {ast.Lt: "lt", ast.Gt: "gt", ast.Eq: "eq", ast.Is: "is", ast.IsNot: "isnot"}


class _Reader:
    def __init__(self, kinds: dict[str, Kind]) -> None:
        self.kinds = kinds

    def atom(self, node: ast.expr | None) -> Atom:
        if node is None:
            return NONE
        if isinstance(node, ast.Name):
            return Var(node.id)
        if isinstance(node, ast.Tuple):
            return Tuple(tuple(self.atom(e) for e in node.elts))
        if isinstance(node, ast.Slice):
            return Slice(self.atom(node.lower), self.atom(node.upper), self.atom(node.step))
        return Const(ast.literal_eval(node))

    def call(self, node: ast.expr) -> Call:
        if isinstance(node, ast.BinOp):
            return Call(_BINARY[type(node.op)], (self.atom(node.left), self.atom(node.right)))
        if isinstance(node, ast.UnaryOp):
            return Call("neg" if isinstance(node.op, ast.USub) else "not", (self.atom(node.operand),))
        if isinstance(node, ast.Compare):
            return Call(_COMPARE[type(node.ops[0])], (self.atom(node.left), self.atom(node.comparators[0])))
        if isinstance(node, ast.Subscript):
            return Call("getitem", (self.atom(node.value), self.atom(node.slice)))
        if isinstance(node, ast.Attribute):
            return Call("getattr", (self.atom(node.value), Const(node.attr)))
        if isinstance(node, ast.List):
            return Call("list", tuple(self.atom(e) for e in node.elts))
        if isinstance(node, ast.Tuple):
            return Call("tuple", tuple(self.atom(e) for e in node.elts))
        assert isinstance(node, ast.Call), ast.dump(node)
        args = tuple(self.atom(a) for a in node.args)
        kwargs = tuple((k.arg or "", self.atom(k.value)) for k in node.keywords)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "pop"):
            return Call("list." + node.func.attr, (self.atom(node.func.value), *args))
        if isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
            return Call("copy", (self.atom(node.func.value),), form=".copy")
        return Call(ast.unparse(node.func), args, kwargs)

    def kind(self, call: Call) -> Kind:
        operands = [self.kinds.get(a.name, ANY) if isinstance(a, Var) else K.OBJECT for a in call.args]
        first = operands[0] if operands else ANY
        if call.fun == "getitem":
            if first.cat in ("list", "tuple"):
                return first.items[0] if first.items else ANY
            index = call.args[1]
            if isinstance(index, Slice):
                return K.array((K.new_length(), *first.shape[1:]))  # type: ignore[index]
            inner = self.kinds.get(index.name, ANY) if isinstance(index, Var) else K.INT
            return inner if inner.is_array else K.num(first.shape[1:] if first.shape else None)
        if call.fun == "getattr" and call.args[1] == Const("shape"):
            return Kind("tuple", items=tuple(K.INT for _ in first.shape or ()))
        if call.fun in ("len", "int"):
            return K.INT
        if call.fun == "list":
            return K.list_of(first if operands else None)
        if call.fun == "tuple":
            return Kind("tuple", items=tuple(operands))
        if call.fun in ("np.sum", "float", "math.sqrt", "math.exp"):
            return K.npscalar() if call.fun == "np.sum" else K.FLOAT
        if call.fun in ("lt", "gt", "eq", "is", "isnot", "not"):
            return K.BOOL
        if call.fun in ("call", "print") or call.fun.startswith("list."):
            return ANY
        if call.fun in ("np.zeros_like", "copy", "np.ones_like", "np.full_like", "getattr", "unbroadcast"):
            return first
        atoms = [K.kind_of_value(a.value) if isinstance(a, Const) else o for a, o in zip(call.args, operands)]
        if all(k.cat == "int" for k in atoms):
            return K.INT
        return (
            K.FLOAT if all(k.is_python for k in atoms) else K.elementwise(*(k for k in atoms if k.is_number))
        )

    def block(self, body: list[ast.stmt], user: bool = False) -> Block:
        return tuple(s for node in body for s in self.statement(node, user))

    def statement(self, node: ast.stmt, user: bool) -> list[Stmt]:
        if isinstance(node, ast.With):  # `with user:`
            return list(self.block(node.body, True))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            call = self.call(node.value)
            self.kinds.setdefault(node.targets[0].id, self.kind(call))
            return [Let(node.targets[0].id, call, made=not user)]
        if isinstance(node, ast.Assign | ast.AugAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            op = "" if isinstance(node, ast.Assign) else _BINARY[type(node.op)]
            index = self.atom(target.slice) if isinstance(target, ast.Subscript) else None
            base = self.atom(target.value if isinstance(target, ast.Subscript) else target)
            return [Store(base, index, self.atom(node.value), op, made=not user)]
        if isinstance(node, ast.If):
            return [
                If(
                    self.atom(node.test),
                    self.block(node.body, user),
                    self.block(node.orelse, user),
                    made=not user,
                )
            ]
        if isinstance(node, ast.For):
            assert isinstance(node.target, ast.Name)
            self.kinds[node.target.id] = K.INT
            space: Range | Atom = NONE
            if isinstance(node.iter, ast.Call):
                parts = [self.atom(a) for a in node.iter.args]
                parts = [Const(0), *parts] if len(parts) == 1 else parts
                space = Range(parts[0], parts[1], parts[2] if len(parts) > 2 else Const(1))
            else:
                space = self.atom(node.iter)
            return [For(node.target.id, space, self.block(node.body, user), made=not user)]
        if isinstance(node, ast.While):
            return [While((), self.atom(node.test), self.block(node.body, user), made=not user)]
        if isinstance(node, ast.Return):
            return [Return(self.atom(node.value))]
        assert isinstance(node, ast.Expr)
        if isinstance(node.value, ast.Constant):
            return [Comment(str(node.value.value))]
        return [Do(self.call(node.value), made=not user)]


def program(text: str, **params: Kind) -> Program:
    """The program of a text; `with user:` holds what the user wrote."""
    reader = _Reader(dict(params))
    body = reader.block(ast.parse(text).body)
    if not body or not isinstance(body[-1], Return):
        body = (*body, Return(NONE))
    return Program("f", tuple(params), body, reader.kinds, dict.fromkeys(reader.kinds, ""))


def atom_text(atom: Atom | Range | None) -> str:
    """An atom as the texts of tests spell it."""
    if isinstance(atom, Var):
        return atom.name
    if isinstance(atom, Const):
        return "" if atom == NONE else repr(atom.value)
    if isinstance(atom, Slice):
        return f"{atom_text(atom.lo)}:{atom_text(atom.hi)}" + (
            f":{atom_text(atom.step)}" if atom.step != NONE else ""
        )
    if isinstance(atom, Tuple):
        return "(" + ", ".join(atom_text(a) for a in atom.items) + ")"
    return repr(atom)


def lines(program: Program) -> list[str]:
    """One short line per simple statement: `t = mul(x, 2)`, `x[1:] add= t`, `append(xs, t)`, `if`, `for`, `while`."""
    found = []
    for stmt in walk(program.body):
        if isinstance(stmt, Let | Do):
            args = [atom_text(a) for a in stmt.call.args] + [
                f"{n}={atom_text(a)}" for n, a in stmt.call.kwargs
            ]
            text = f"{stmt.call.fun.removeprefix('np.').removeprefix('list.')}({', '.join(args)})"
            found.append(f"{stmt.name} = {text}" if isinstance(stmt, Let) else text)
        elif isinstance(stmt, Store):
            index = "" if stmt.index is None else f"[{atom_text(stmt.index)}]"
            found.append(f"{atom_text(stmt.base)}{index} {stmt.op}= {atom_text(stmt.value)}")
        elif isinstance(stmt, Return):
            found.append(f"return {atom_text(stmt.value)}")
        else:
            found.append(type(stmt).__name__.lower())
    return found
