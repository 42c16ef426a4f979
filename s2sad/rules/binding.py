"""Binding a call to its rule's signature: which argument is which, what is known of it, what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2sad.ir.kinds import Kind, kind_of_value
from s2sad.ir.nodes import Atom, Call, Const, List, Ref, Slice, Tuple, Var
from s2sad.rules.registry import REQUIRED, UNKNOWN, Bound, Rule

_SHOWN = (Tuple, List)


class BindingError(TypeError):
    """The call does not fit the rule's signature; the message says which argument."""


def static_value(atom: Atom) -> Any:
    """The value of an atom that is a literal (or a tuple of literals, or a live object), else UNKNOWN."""
    if type(atom) is Const:
        return atom.value
    if isinstance(atom, Ref):
        return atom.obj
    if isinstance(atom, Tuple | List):
        values = [static_value(item) for item in atom.items]
        if any(v is UNKNOWN for v in values):
            return UNKNOWN
        return tuple(values) if isinstance(atom, Tuple) else values
    if isinstance(atom, Slice):
        parts = [static_value(p) for p in (atom.lo, atom.hi, atom.step)]
        return UNKNOWN if any(p is UNKNOWN for p in parts) else slice(*parts)
    return UNKNOWN


def bind(
    rule: Rule, call: Call, kind_of: Callable[[Atom], Kind], length_of: Callable[[Atom], Any] | None = None
) -> tuple[Bound, dict[str, Atom]]:
    """The call as the rule's functions see it, and its atoms by argument (variadic ones as one Tuple).

    `length_of` tells of atoms that are lengths of axes.
    """
    atoms = operands(rule, call)
    statics: dict[str, Any] = {}
    for name, default in rule.signature.items():
        if name in atoms:
            atom = atoms[name]
            statics[name] = UNKNOWN if type(atom) is Var else static_value(atom)
        elif name[0] == "*" and name[1:] in atoms:
            statics[name[1:]] = static_value(atoms[name[1:]])
        elif default is not REQUIRED:
            statics[name] = default
    kinds = {n: _shown(a, kind_of) if isinstance(a, _SHOWN) else kind_of(a) for n, a in atoms.items()}
    bound = Bound(kinds, statics)
    if length_of is not None and rule.form == "structural":
        bound.lengths = {n: found for n, a in atoms.items() if (found := length_of(a)) is not None}
    return bound, atoms


def _shown(atom: Atom, kind_of: Callable[[Atom], Kind]) -> Kind:
    """The kind of an argument; that of a display says that its elements are all there is of it."""
    if not isinstance(atom, Tuple | List):
        return kind_of(atom)
    items = tuple(_shown(item, kind_of) for item in atom.items)
    return Kind("tuple", items=items) if isinstance(atom, Tuple) else Kind("list", items=items, cls=list)


def operands(rule: Rule, call: Call) -> dict[str, Atom]:
    """The arguments that are given, by name; variadic ones are one Tuple."""
    atoms: dict[str, Atom] = {}
    args, at = call.args, 0
    given = len(args)
    for name in rule.signature:
        if at == given:
            break
        if name[0] == "*":
            atoms[name[1:]] = Tuple(args[at:])
            at = given
        else:
            atoms[name] = args[at]
            at += 1
    if at < given:
        raise BindingError(f"{rule.name} takes {len(rule.signature)} arguments here, not {len(args)}")
    for name, atom in call.kwargs:
        if name not in rule.signature:
            raise BindingError(f"the argument {name!r} of {rule.name} is not supported")
        if name in atoms:
            raise BindingError(f"{rule.name} got two values for {name!r}")
        atoms[name] = atom
    if len(atoms) < len(rule.signature):
        for name, default in rule.signature.items():
            if default is REQUIRED and name not in atoms and name[0] != "*":
                raise BindingError(f"{rule.name} needs the argument {name!r}")
    return atoms


__all__ = ["BindingError", "bind", "kind_of_value", "operands", "static_value"]
