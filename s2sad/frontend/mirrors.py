"""Attributes of outside objects that a program sets: what it reads of them afterwards is what it has set.

    self.cache = x @ self.W + self.b        cache = x @ net.W + net.b; net.cache = cache
    return np.tanh(self.cache)              return np.tanh(cache)
    self.calls += 1                         calls = net.calls + 1; net.calls = calls

The object is set where the program sets it, once, as a plain call does. What it holds is a cell beside, which
branches and loops join as they join names; the value that an attribute has before the call is read at the
beginning, if the program reads it (`Mirror.entries`). Which objects are the same is what a text relies on:
those from outside are known by themselves, arguments by their places. Attributes that are met in functions
that are kept as functions have no cell: what is read of these is not known (see `histories`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.frontend import doubles, histories
from s2sad.frontend import twins as tables
from s2sad.frontend.dependencies import is_open
from s2sad.frontend.histories import GET, SET, Key, held, holder_of
from s2sad.frontend.records import fields_of
from s2sad.frontend.values import Group, Local, Super, Value, Written
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, For, If, Let, Ref, Undef, Var, While, walk

if TYPE_CHECKING:
    from s2sad.frontend.lower import Lowering
    from s2sad.frontend.state import State

APART = "!"  # behind the name of an attribute that a function reads or sets which is kept as a function
LOOSE = "*"  # behind the name of one that is given a dict whose keys are computed later
MARKS = APART + LOOSE + histories.ANY
MORE = ", and not in a list"
NUMBERS = (int, float, complex, np.ndarray, np.generic)


def is_mirrored(low: State, key: Key) -> bool:
    """Whether what an attribute holds is known while the function runs."""
    if low.mirror.inner:
        if (key[0], key[1] + APART) not in low.kept:
            raise Written(kept={key: low.kept[key][1], (key[0], key[1] + APART): low.kept[key][1]})
        return False
    return (key[0], key[1] + APART) not in low.kept


def set_attribute(low: State, base: Value, holder: Any, name: str, value: Value, node: ast.AST) -> None:
    """`base.name = value` of an outside object."""
    key, now = (id(holder), name), getattr(holder, name, None)
    if key not in low.kept:
        if _is_itself(low, value, now) and name in _held_by(holder):
            return  # `log.rows += [x]`, which has changed the list
        found = {key: holder, **dict(histories.within(now))}
        if len(found) > 1 or _is_met(low, base, key) or not _is_first(low):
            raise Written(kept=found)
        _keep(low, key, holder)
    note(low, base, holder, name)
    if _whose(low, base) == "element" or not is_mirrored(low, key):
        histories.set_attribute(low, base, holder, name, value, node)
        return
    histories.refuse_shared(low, node)
    made = held(low, low.atom(base), key, now, node)
    histories.given(low, made, [value], node)
    if isinstance(value, Var) and low.kind(value) == K.PLACES:  # `{}` in the text of a derivative
        value = _empty(low, value)
    value = low.settled(value, node)
    atom = _whole(low, base, key, value, node)
    low.do(Call("call", (SET, made, Const(name), atom)), node)
    is_new = isinstance(value, Local) and value.cls is None and not low.references(value)
    is_held = isinstance(value, Local | Group) and not (is_new and value.cat == "list")
    low.objects.cells[_cell(low, key)] = stored = value if is_held else atom
    low.mirror.given.append(stored)
    low.written_at.append((id(low.block), len(low.block)))


def _empty(low: State, value: Var) -> Local:
    """An empty dict that an attribute is given; one that has a name may be changed by that name."""
    place = low.displays.get(value.name)
    if place is not None and value in low.scope.env.values():
        raise Written(real=place)
    made = low.mirror.empty.setdefault(value.name, low.made("dict", [], []))
    if place is not None:
        low.objects.places[made.number] = place
    return made


def _whole(low: State, base: Value, key: Key, value: Value, node: ast.AST) -> Atom:
    """A value as an attribute holds it; what is put into a dict that is made here is put there, too."""
    twins = low.mirror.twins
    for number in [n for n, (_, other, _) in twins.items() if other == key]:
        if not (isinstance(value, Local) and value.number == number):
            del twins[number]
            low.objects.shared.setdefault(number, "an attribute of an outside object has held")
    if isinstance(value, Local) and (real := tables.held_by(value)) is not None:
        twins[value.number] = base, key, real
        return real
    loose = (key[0], key[1] + LOOSE) in low.kept or not isinstance(value, Local) or value.cat != "dict"
    if loose or not isinstance(value, Local) or value.number in low.objects.shared:
        return low.variable(value, node)
    atom = twins[value.number][2] if value.number in twins else low.variable(value.group, node)
    twins[value.number] = base, key, atom
    return atom


def loosen(low: State, value: Value) -> None:
    """Lower once more without knowing what a dict in an attribute holds, as its keys are computed."""
    twin = low.mirror.twins.get(value.number) if isinstance(value, Local) else None
    if twin is not None and not low.doubled:
        (number, name), holder = twin[1], low.kept[twin[1]][1]
        raise Written(kept={(number, name): holder, (number, name + LOOSE): holder})


def _held_by(holder: Any) -> Any:
    """The attributes that an object has for itself."""
    return getattr(holder, "__dict__", ())


def _is_met(low: State, base: Value, key: Key) -> bool:
    """Whether an attribute has been read as if it stayed as it is."""
    whose = _whose(low, base)
    return (*key, whose) in low.mirror.met or (key[0], "__dict__", whose) in low.mirror.met


def _is_itself(low: State, value: Value, now: Any) -> bool:
    """Whether a value is the outside container that an attribute holds."""
    of = low.outside.get(value.name) if isinstance(value, Var) else None
    return of is not None and of.direct and of.holder is now


def _is_first(low: State) -> bool:
    """Whether the program comes here once, and no function is kept as one that may meet an attribute."""
    return low.block is low.mirror.top and not low.mirror.inner and not low.callees


def _keep(low: State, key: Key, holder: Any) -> None:
    """Keep an attribute that nothing has read so far."""
    low.kept.update(histories.together(low.kept, {key: holder}))
    low.mirror.names.add((type(holder), key[1]))


def _cell(low: State, key: Key) -> int:
    """The number of the cell of an attribute."""
    number = low.mirror.cells.get(key)
    if number is None or number not in low.objects.cells:
        if number is not None and low.block is not low.mirror.top:
            what = f"what the attribute {key[1]!r} of an outside object holds here is not known"
            low.refuse(None, what, "set it outside of the statement")
        if low.block is not low.mirror.top:  # paths would not join what they put there
            raise Written(kept={key: low.kept[key][1]})
        number = low.mirror.cells[key] = low.objects.new(Undef())
    return number


def attribute(low: State, base: Value, name: str, node: ast.AST, hint: str) -> Value | None:
    """An attribute of an outside object that the program sets somewhere; None for others."""
    holder = holder_of(low, base)
    key = id(holder), name
    if not isinstance(base, Ref | Var):
        return None
    if key not in low.kept:
        if (type(holder), name) not in low.mirror.names or not _is_first(low) or name not in _held_by(holder):
            return None
        _keep(low, key, holder)  # as it is in another object of the class
    note(low, base, holder, name)
    if _whose(low, base) == "element" or not is_mirrored(low, key):
        return histories.attribute(low, base, holder, name, node, hint)
    value = _known(low, key, base, node)
    is_twin = isinstance(value, Local) and value.number in low.mirror.twins
    if isinstance(value, Local | Group) and value.cat != "tuple" and not is_twin:  # as it is there by now
        return histories.read_attribute(low, base, key, K.OBJECT, node, hint)
    if isinstance(value, Var):
        low.hints[value.name] = low.hints.get(value.name) or name
    return value


def refuse_joined(low: State, op: str, left: Value, right: Value, node: ast.AST) -> None:
    """Refuse `log.rows + [x]` of an outside object, of which nothing is known, unless it has a double."""
    for value, other in ((left, right), (right, left)) if low.outside and op == "add" else ():
        if not isinstance(value, Var) or value.name not in low.outside or low.kind(other).cat != "list":
            continue
        made = next((s for s in reversed(low.block) if isinstance(s, Let) and s.name == value.name), None)
        is_attribute = made is not None and made.call.fun == "call" and made.call.args[0] == GET
        if is_attribute and type(low.outside[value.name].holder) is list:
            what = "a list that an attribute of an outside object holds is joined to another one"
            low.refuse(node, what, "append to it, or unpack it: [*self.rows, row]")


def _known(low: State, key: Key, base: Ref | Var, node: ast.AST) -> Value:
    """What an attribute holds here: what it has been set to, or what it held before the call."""
    value = low.objects.cells[_cell(low, key)]
    if any(value is one for one in low.mirror.given) or low.mirror.found.get(key):
        return value
    holder = low.kept[key][1]
    is_new = isinstance(value, Undef) and key not in low.mirror.entries
    if is_new and _is_first(low) and hasattr(holder, key[1]):
        low.objects.cells[_cell(low, key)] = made = _entry(low, base, holder, key[1], node, "")
        low.mirror.given.append(made)
        return made
    if key not in low.mirror.entries:
        raise Written(kept={key: holder}, entries={key: base})
    if isinstance(value, Var) and _is_left(low, value.name):
        return value
    what = f"the attribute {key[1]!r} may be unset here"
    low.refuse(node, what, "set it in __init__, or give it a value before the branch or loop")


def _is_left(low: State, name: str) -> bool:
    """Whether each trip of a loop sets what a name is: it is unbound only where a plain call raises."""
    given = {value.name for value in low.mirror.given if isinstance(value, Var)}
    after: dict[str, list[Atom]] = {}
    for stmt in walk(tuple(low.block)):
        if isinstance(stmt, For | While):
            after.update({c.out: [c.next] for c in stmt.carried})
        elif isinstance(stmt, If):
            after.update({o.name: [o.then, o.orelse] for o in stmt.outs})

    def is_sure(atom: Atom) -> bool:
        if not isinstance(atom, Var) or atom.name in given:
            return isinstance(atom, Var | Const)
        return atom.name in after and all(map(is_sure, after[atom.name]))

    return is_sure(Var(name))


def is_set(low: State, base: Value, obj: Any, name: Any, node: ast.AST) -> bool | None:
    """Whether an object has an attribute that the program sets somewhere; None for others."""
    key = id(obj), name
    if key not in low.kept or _whose(low, base) == "element" or not is_mirrored(low, key):
        return None
    if key not in low.mirror.entries:
        raise Written(kept={key: obj}, entries={key: base})
    if not low.mirror.found[key] and not isinstance(low.objects.cells[_cell(low, key)], Undef):
        low.refuse(node, f"whether {name!r} is set here is not known", "set it in __init__, to None say")
    return low.mirror.found[key]


def attributes(low: State, base: Value, node: ast.AST) -> Value | None:
    """`base.__dict__`; of an outside object whose attributes the program sets, what it holds is not known.

    None for what is no object.
    """
    if not isinstance(base, Ref | Super) and low.class_of(base) is not None:
        fields = fields_of(low, base, node)
        return Group("dict", list(fields.values()), list(fields))
    if not isinstance(base, Ref) or not is_open(type(base.obj)):
        return None
    holder = base.obj
    note(low, base, holder, "__dict__")
    key = next((k for k in low.kept if k[1] and k[0] == id(holder)), None)
    if key is not None:
        of = held(low, base, key, holder, node)
        made = low.emit(Call("getattr", (of, Const("__dict__"))), K.OBJECT, node)
        return histories.from_outside(low, made, of)
    low.mirror.dicts.add(id(vars(holder)))
    return Ref(f"{base.text}.__dict__", vars(holder))


def in_dict(low: State, node: ast.Subscript) -> tuple[Value, str] | None:
    """The outside object and the attribute that `base.__dict__["name"]` means; None for other subscripts."""
    whole, inner = node.value, None
    if isinstance(whole, ast.Attribute) and whole.attr == "__dict__":
        inner = whole.value
    elif isinstance(whole, ast.Call) and isinstance(whole.func, ast.Name) and whole.func.id == "vars":
        inner = whole.args[0] if len(whole.args) == 1 else None
    name = node.slice.value if isinstance(node.slice, ast.Constant) else None
    base = None if inner is None else low.peeked(inner)
    if base is None or isinstance(base, Local) or not isinstance(name, str):
        return None
    cls = type(holder_of(low, base))
    return (base, name) if is_open(cls) and not hasattr(cls, name) else None


# --------------------------------------------------------------------------- before the call, and at its end


def begin(low: Lowering, node: ast.AST) -> None:
    """Make the cells; read what attributes hold before the call, where the program reads that."""
    for key in [k for k in low.kept if k[1] and k[1][-1] not in MARKS and is_mirrored(low, k)]:
        _cell(low, key)
    for key, base in [(k, v) for k, v in low.mirror.entries.items() if k[1]]:
        holder = low.kept[key][1]
        low.mirror.found[key] = found = hasattr(holder, key[1])
        low.depend(("set", key[0]), partial(hasattr, holder, key[1]), found, key[1], same=True)
        if found and is_mirrored(low, key):
            at = base if isinstance(base, Ref) else _reached(low, holder, node)
            low.objects.cells[_cell(low, key)] = _entry(low, at, holder, key[1], node, key[1])


def _reached(low: Lowering, holder: Any, node: ast.AST) -> Value:
    """An object that an argument is, or holds in an attribute."""
    todo: list[tuple[Any, str, tuple[str, ...]]] = [(obj, name, ()) for name, obj in low.arguments.items()]
    seen: set[int] = set()
    for obj, parameter, path in todo:
        if obj is holder:
            value = low.scope.env[parameter]
            for name in path:
                value = low.attribute(value, name, node)
            return value
        if id(obj) not in seen and is_open(type(obj)):
            seen.add(id(obj))
            todo += [(part, parameter, (*path, name)) for name, part in vars(obj).items()]
    low.refuse(node, f"where the arguments hold this {type(holder).__name__} is not known", "pass it itself")


def _entry(low: State, base: Value, holder: Any, name: str, node: ast.AST, hint: str) -> Value:
    """What an attribute holds before the call."""
    now = getattr(holder, name)

    def kind_now() -> Any:
        value = getattr(holder, name)
        exact = value if value is None or isinstance(value, bool | str) else None
        return type(value), exact, K.without_lengths(K.kind_of_value(value))

    if now is None or isinstance(now, (bool, str, *NUMBERS, *histories.CONTAINERS)):
        low.depend(("entry", id(holder)), kind_now, kind_now(), name, same=True)
    if now is None or isinstance(now, bool | str):
        return Const(now)
    if isinstance(now, NUMBERS):
        call = Call("call", (GET, low.atom(base), Const(name)))
        made = low.emit(call, K.kind_of_value(now), node, hint)
        if isinstance(now, np.ndarray):
            low.mirror.arrays[made.name] = partial(getattr, holder, name)
        return made
    if (double := doubles.of_attribute(low, base, holder, name, node)) is not None:
        return double
    if isinstance(now, histories.CONTAINERS):
        return histories.read_attribute(low, base, (id(holder), name), K.OBJECT, node)
    return low.outside_attribute(base, name, node)


def note(low: State, base: Value, holder: Any, name: str) -> None:
    """Remember that an attribute is met, and whose it is."""
    low.mirror.met[id(holder), name, _whose(low, base)] = type(holder)


def constants(low: State) -> dict[Key, type]:
    """The attributes of outside objects that the text reads as if they stayed as they are."""
    found = {(number, name): cls for (number, name, of), cls in low.mirror.met.items() if of == "outside"}
    return {key: cls for key, cls in found.items() if key not in low.kept}


def read_inside(low: State, read: dict[Key, type], node: ast.AST) -> None:
    """Note what the text of a derivative that is called here reads so; refuse what is set here."""
    for key, cls in read.items():
        if key in low.kept:
            held = f"the attribute {key[1]!r} of an outside object is set" if key[1] else ""
            what = f"{held or f'an outside {cls.__name__} is changed'}, and read by what is differentiated"
            low.refuse(node, what, "pass what it holds to the function that is differentiated")
        low.mirror.met[(*key, "outside")] = cls


def _whose(low: State, base: Value) -> str:
    """What an object is known by."""
    if isinstance(base, Ref):
        return "outside"
    return "argument" if isinstance(base, Var) and base.name in low.mirror.sure else "element"


def check(low: State) -> None:
    """Refuse objects of one class that may be the same one under two names."""
    changed = low.mirror.names | {found for local in low.mirror.opened for found in _changed(low, local)}
    whose: dict[tuple[type, str], set[str]] = {}
    for (_, name, of), cls in low.mirror.met.items() if changed else ():
        if (cls, name) in changed:
            whose.setdefault((cls, name), set()).add(of)
    opened = {local.cls for local in low.mirror.opened}
    for (cls, name), found in whose.items():
        outside = "outside" in found
        if (outside and cls in opened) or (len(found) > 1 and (outside or not low.opened)):
            both = "an argument and an outside object" if outside else "objects among the arguments"
            what = f"{both} may be the same {cls.__name__}, and {name!r} is set"
            low.refuse(None, what, "pass each as an argument of its own" + MORE*("element" in found))


def _changed(low: State, local: Local) -> Iterator[tuple[Any, str]]:
    """The attributes of an argument that is taken apart that hold something else at the end; its class."""
    assert local.first is not None
    first = dict(zip(local.first.keys, local.first.items, strict=True))
    now = low.objects.cells[local.number]
    keys = now.keys if isinstance(now, Group) else first
    held = dict(zip(now.keys, now.items, strict=True)) if isinstance(now, Group) else {}
    cls = None if local.cls is None else low.families.get(local.cls, local.cls)
    every = cls is not None and cls in low.numbered
    return ((local.cls, k) for k in {*keys, *first} if every or held.get(k) is not first.get(k))


__all__ = [
    "attribute", "attributes", "begin", "check", "constants", "in_dict", "is_set", "loosen", "note",
    "read_inside", "refuse_joined", "set_attribute",
]  # fmt: skip
