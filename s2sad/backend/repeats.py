"""Calls under checkpoint in the text that is differentiated once more: they are under checkpoint again.

    x = layer(x)                            x = again_(layer, x)
    kept = layer_fwd(x)[1]                  x_bar = again_(layer_vjp, x, x_bar)
    x_bar = layer_bwd(kept, x_bar)
                                            def layer_vjp(a0, b0): return layer_bwd(layer_fwd(a0)[1], b0)

Accepts the tree of a generated text, and changes it; guarantees one that computes the same. `printed` is its
text, with the lines of the user's that each of its lines is a derivative of.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from s2sad.errors import Span, nearest
from s2sad.ir.nodes import Atom, Const, Var


def with_checkpoints(tree: ast.Module, stems: Collection[str], names: Collection[str]) -> str:
    """Put calls under checkpoint; the name that stands for it there, "" where there are none.

    These are the calls of pairs, with `stems` before `_fwd` and `_bwd`, and of the functions called `names`:
    the user's own, and those of forward mode, `layer_jvp(x, x_dot)`.
    """
    functions = [f for f in tree.body if isinstance(f, ast.FunctionDef)]
    taken = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {f.name for f in functions}
    change = _Calls(stems, names, taken | {a.arg for a in ast.walk(tree) if isinstance(a, ast.arg)})
    for function in functions:
        change.visit(function)
    if not change.found:
        return ""
    tree.body[:0] = [made for _, made in change.made.values()]
    return change.again


def with_states(tree: ast.Module, slots: Mapping[int, Atom], names: Mapping[str, str]) -> str:
    """Let few states of loops be kept; the name that stands for that there, "" where there are none.

    `slots` says how many for the lines where these loops begin; `names` are the parameters' by SSA names.

        for i in range(n): ...                  for i in states_(range(n), k): ...
    """
    found = False
    taken = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    mark = next(name for k in range(len(taken) + 1) if (name := "states_" + "_" * k) not in taken)
    for function in tree.body:
        bound = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for loop in ast.walk(function):
            if not isinstance(loop, ast.For) or loop.lineno not in slots or not _is_range(loop):
                continue
            kept = slots[loop.lineno]
            said = names.get(kept.name) if isinstance(kept, Var) else None
            said = repr(kept.value) if isinstance(kept, Const) else said
            if said is not None and said not in bound:
                count = ast.parse(said, mode="eval").body
                loop.iter = ast.Call(ast.Name(mark, ast.Load()), [loop.iter, count], [])
                found = True
    return mark if found else ""


def printed(tree: ast.Module, spans: Mapping[int, Span]) -> tuple[str, dict[int, Span]]:
    """The text of a tree that was changed, and where its lines come from, by `spans` of the text before."""
    text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
    before, after = ([n for n in ast.walk(t) if isinstance(n, ast.stmt)] for t in (tree, ast.parse(text)))
    pairs = [(old.lineno, new.lineno) for old, new in zip(before, after, strict=True)]
    return text, {line: span for old, line in pairs if (span := nearest(spans, old)) is not None}


def _is_range(loop: ast.For) -> bool:
    """Whether a loop has one target that counts."""
    call = loop.iter
    counts = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"
    return counts and isinstance(loop.target, ast.Name) and not loop.orelse


class _Calls(ast.NodeTransformer):
    def __init__(self, stems: Collection[str], names: Collection[str], taken: set[str]) -> None:
        self.stems, self.names, self.taken = stems, names, taken
        self.made: dict[tuple[str, ...], tuple[str, ast.stmt]] = {}
        self.again = self._fresh("again_")
        self.found = False

    def _fresh(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Bring what a forward function keeps into the call of the backward one, in the next statement."""
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                setattr(node, field, self._joined(block))
        return super().generic_visit(node)

    def _joined(self, block: list[ast.stmt]) -> list[ast.stmt]:
        left: list[ast.stmt] = []
        for stmt in block:
            before = left[-1] if left else None
            if isinstance(before, ast.Assign) and self._keeps(before.value) is not None:
                (kept,) = before.targets
                given = [c for c in ast.walk(stmt) if self._stem(c, "_bwd")]
                if isinstance(kept, ast.Name) and len(given) == 1 and isinstance(given[0], ast.Call):
                    call, reads = given[0], [n for n in ast.walk(stmt) if _is_name(n, kept.id)]
                    if call.args and reads == [call.args[0]]:
                        call.args[0] = before.value
                        left.pop()
            left.append(stmt)
        return left

    def _stem(self, node: ast.AST, suffix: str) -> str:
        """The stem of a call of one half of a pair."""
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        stem = name.removesuffix(suffix)
        return stem if stem != name and stem in self.stems else ""

    def _keeps(self, node: ast.AST, place: int = 1) -> ast.Call | None:
        """The call of `layer_fwd(x)[1]`."""
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Constant):
            return None
        call = node.value if node.slice.value == place else None
        return call if isinstance(call, ast.Call) and self._stem(call, "_fwd") else None

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call under checkpoint."""
        forward = self._keeps(node.args[0]) if node.args and self._stem(node, "_bwd") else None
        if forward is not None:
            stem, a, seeds = self._stem(node, "_bwd"), _letters("a", forward.args), node.args[1:]
            parts = [p for s in seeds for p in (s.elts if isinstance(s, ast.Tuple) else [s])]
            b = _letters("b", parts)
            rest = iter(b)
            whole = [_like(s, rest) for s in seeds]
            kept = f"{stem}_fwd({', '.join(a)})[1]"
            call = f"{stem}_bwd({', '.join([kept, *whole])})"
            made = self._function(f"{stem}_vjp", [*a, *b], call, node)
            return self._called(made, [*forward.args, *parts])
        if isinstance(node.func, ast.Name) and node.func.id in self.names and not node.keywords:
            return self._called(node.func.id, node.args)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """The value of a forward function, of which nothing is kept."""
        call = self._keeps(node, 0)
        if call is None:
            return self.generic_visit(node)
        stem, a = self._stem(call, "_fwd"), _letters("a", call.args)
        made = self._function(f"{stem}_value", a, f"{stem}_fwd({', '.join(a)})[0]", call)
        return self._called(made, call.args)

    def _called(self, fun: str, args: list[ast.expr]) -> ast.Call:
        self.found = True
        visited = [self.visit(a) for a in args]
        return ast.Call(ast.Name(self.again, ast.Load()), [ast.Name(fun, ast.Load()), *visited], [])

    def _function(self, name: str, names: list[str], value: str, call: ast.Call) -> str:
        """The name of the function that returns a value, which is asked for at a call."""
        key = (value, *names)
        if key not in self.made:
            name = self._fresh(name)
            text = f"def {name}({', '.join(names)}):\n    return {value}"
            made = ast.increment_lineno(ast.parse(text).body[0], call.lineno - 1)
            self.made[key] = name, made
        return self.made[key][0]


def _letters(letter: str, args: list[ast.expr]) -> list[str]:
    return [f"{letter}{i}" for i in range(len(args))]


def _like(seed: ast.expr, names: Iterator[str]) -> str:
    """A cotangent of these names, a tuple where the seed is one: its parts are arguments of their own."""
    if not isinstance(seed, ast.Tuple):
        return next(names)
    return f"({''.join(f'{next(names)}, ' for _ in seed.elts)})"


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


__all__ = ["printed", "with_checkpoints", "with_states"]
