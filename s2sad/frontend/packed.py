"""Functions as elements of lists whose length only the program knows: the tuples of what they hold.

    for k in c: fs.append(lambda v, k=k: k*v)      fs.append((k,)) for each k
    for f in fs: s = f(s)                          for f in fs: s = f[0]*s

Takes nested functions, partials and bound methods. All elements of a list must be made by one text, as what
they do is not known otherwise; the class of the tuple's kind stands for that text.
"""

from __future__ import annotations

import ast

from s2sad.frontend.captures import of_one_text, parts_of, with_parts
from s2sad.frontend.state import Closure, Group, Method, Part, Scope, State, Value
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Var


class Packing(State):
    """The part of lowering that puts functions into lists."""

    def packed(self, value: Value, node: ast.AST | None) -> Atom | None:
        """A function as an element of a list; None for all else, and where what it holds is not known."""
        active = self.active_scopes
        if not isinstance(value, Closure | Method | Part) or not _is_plain(value, active):
            return None
        parts = [v for _, v in parts_of(value, active)] or [Const(None)]
        items = tuple(self.element(v, node) for v in parts)
        kind = Kind("tuple", items=tuple(map(self.kind, items)), cls=self._class_for(value, active))
        return self.emit(Call("tuple", items), kind, node)

    def _class_for(self, value: Value, active: list[Scope]) -> type:
        """The class that stands for a function's text; the function is the example of it from here on."""
        known = (c for c, (example, _) in self.texts.items() if of_one_text(example, value, active))
        cls = next(known, None) or type("Function", (), {})
        self.texts[cls] = value, active
        return cls

    def unpacked(self, value: Value, node: ast.AST) -> Value | None:
        """The function that an element of a list stands for; None for all else."""
        if not self.texts or not isinstance(value, Group | Var):
            return None
        kind = self.kind(value)
        if kind.cls not in self.texts:
            return None
        example, active = self.texts[kind.cls]
        items = self.unpack(value, None, node)
        return with_parts(example, items[: len(parts_of(example, active))], active)


def _is_plain(value: Value, active: list[Scope]) -> bool:
    """Whether a function holds nothing but its parts, and what active functions hold."""
    if isinstance(value, Part | Method):
        return isinstance(value.fn, Ref) or (_is_plain(value.fn, active) and not parts_of(value.fn, active))
    if not isinstance(value, Closure):
        return False
    around, known = value.scope.parent, {id(s) for s in active}
    known |= {id(s.parent) for s in active if s.node is None}  # around comprehensions
    while around is not None:
        if id(around) not in known:
            return False
        around = around.parent
    return not value.scope.boxed or id(value.scope) in known


__all__ = ["Packing"]
