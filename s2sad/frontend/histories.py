"""Outside lists, dicts, sets and deques that a program changes, and attributes of objects that it sets.

    history.append(loss)     history.append(loss)         as it stands: the program reads none of it
    D[f"it{i}"] = loss       D[f"it{i}"] = loss
    log.step += 1            log.step = log.step + 1

What is changed so is *kept*: the function is lowered once more, and wherever it meets what is kept, it has a
value of which nothing is known before the program runs (`held`), so that no constant is made of what was in
it. Things that are kept together, as one holds the other, have the same number. `analysis.outside` says what
of that varies; what is read is fit for printing and for conditions, and is refused where a derivative would
go through it.
"""

from __future__ import annotations

import ast
import collections
import operator
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from s2sad.errors import refuse
from s2sad.frontend import doubles, twins
from s2sad.frontend.dependencies import share
from s2sad.frontend.numbered import refuse_as_number
from s2sad.frontend.values import Group, Local, Method, Value, Written, key_of
from s2sad.ir import kinds as K
from s2sad.ir.nodes import (
    Atom,
    Call,
    Const,
    Do,
    Let,
    Ref,
    Slice,
    Stmt,
    Store,
    Var,
    atom_vars,
    call_vars,
    uses,
    walk,
)
from s2sad.rules import registry
from s2sad.runtime import HELPERS

if TYPE_CHECKING:
    from s2sad.errors import Span
    from s2sad.frontend.state import State

Key = tuple[int, str]  # of a container: its identity and ""; of an attribute: the object's, and the name
CONTAINERS = (
    list, dict, set, collections.deque, collections.defaultdict, collections.OrderedDict, collections.Counter,
)  # fmt: skip
CLASSES: dict[str, type] = {"list": list, "dict": dict, "set": set}
CHANGING = frozenset(
    ".append .extend .insert .pop .remove .clear .sort .reverse .update .setdefault .popitem .add .discard "
    ".appendleft .extendleft .popleft .rotate .move_to_end".split()
)
PUTTING = frozenset(".append .extend .appendleft .add".split())
REWRITING = frozenset(".fill .sort .partition .put .itemset .resize .setfield .byteswap".split())  # arrays
LOOKING = frozenset(".__getitem__ .__len__ .__contains__ .__iter__ .__str__ .__repr__ .__format__".split())
ANY = "?"  # behind the name of an attribute that is given something else than what it held
SET_ITEM, SET = Ref("operator.setitem", operator.setitem), Ref("setattr", setattr)
GET = Ref("getattr", getattr)
COMPARING = frozenset("eq ne lt le gt ge".split())
ARITHMETIC = ("add", "sub", "mul", "truediv", "neg", "pow")
LEAVES = (int, float, complex, str, bytes, type(None), np.ndarray, np.generic)


def is_container(value: Value) -> bool:
    """Whether a value is a container of Python's that the function has from outside."""
    return isinstance(value, Ref) and type(value.obj) in CONTAINERS


def has_method(low: State, base: Value, name: str) -> bool:
    """Whether an attribute is a method of an outside container that is lowered by its name."""
    if isinstance(base, Ref) and type(base.obj) in (list, dict, set, tuple):
        return True
    live = low.live.get(base.name) if isinstance(base, Var) else None
    return f".{name}" in CHANGING and (is_container(base) or type(live) in CONTAINERS)


def read(low: State, base: Ref, made: Var) -> Var:
    """Note that an element is read from an outside container at a computed place."""
    low.reached[made.name] = base.obj
    return made


def keep_filled(low: State, base: Ref) -> None:
    """Keep a defaultdict that is read: a new key makes a new value."""
    if isinstance(base.obj, collections.defaultdict):
        keep(low, base)


def refuse_shared(low: State, node: ast.AST | None) -> None:
    """Refuse that outside objects are changed where an argument holds one that is met elsewhere, too.

    The elements of a list are known by what they are like, and one by one where they are not in it.
    """
    held = low.arguments.values()
    if any(isinstance(v, list | tuple | dict) for v in held) and share(held):
        what = "what an argument holds is changed, and the arguments hold an object twice"
        low.refuse(node, what, "put a copy in the place of one")


def keep(low: State, base: Value) -> None:
    """Keep what is about to be changed, if it is an outside container, or an element of one."""
    if low.arguments and (is_container(base) or (isinstance(base, Var) and base.name in low.live)):
        refuse_shared(low, None)
    if isinstance(base, Ref) and id(base.obj) in low.mirror.dicts:
        refuse(None, f"{base.text} is changed as a dict", "set the attributes of the object by name")
    if isinstance(base, Ref) and type(base.obj) in CONTAINERS:
        raise Written(kept=dict(within(base.obj)), entries={(id(base.obj), ""): base})
    live = low.live.get(base.name) if isinstance(base, Var) else None
    if type(live) in CONTAINERS:
        raise Written(kept=dict(within(live)))
    around = low.reached.get(base.name) if isinstance(base, Var) else None
    if around is not None and _is_plain(around):
        raise Written(kept=dict(within(around)))


def within(obj: Any) -> Iterator[tuple[Key, Any]]:
    """A container and those in it."""
    seen: set[int] = set()
    todo = [obj]
    while todo:
        one = todo.pop()
        if id(one) in seen or not isinstance(one, (*CONTAINERS, tuple)):
            continue
        seen.add(id(one))
        todo += one.values() if isinstance(one, dict) else one
        yield (id(one), ""), one


def _is_plain(obj: Any) -> bool:
    """Whether there are but containers, numbers, strings and arrays in a container."""
    parts = [part for _, one in within(obj) for part in (one.values() if isinstance(one, dict) else one)]
    return all(isinstance(part, (*LEAVES, *CONTAINERS, tuple)) for part in parts)


@dataclass(frozen=True, slots=True)
class Outside:
    """A value that is kept (`direct`), or comes from what is kept: its number, and what holds it.

    `place` is the known key by which it was read from what is kept itself, "" for all else.
    """

    number: int
    holder: Any
    direct: bool = False
    place: str = ""


def held(low: State, atom: Atom, key: Key, obj: Any, node: ast.AST | None) -> Var:
    """What is kept, as a value of which nothing is known."""
    number = low.kept[key][0]
    words = (("of", Const(number)), ("plain", Const(_is_plain(obj))))
    made = low.emit(Call("held", (atom,), words), K.OBJECT, node)
    return outside(low, made, Outside(number, obj, True))


def itself(low: State, value: Value) -> Value:
    """A container that is kept as the object that it is, for a function that is lowered by itself."""
    of = low.outside.get(value.name) if isinstance(value, Var) else None
    if of is None or not of.direct or type(of.holder) not in CONTAINERS:
        return value
    return Ref(low.hints.get(value.name) or "kept", of.holder)  # type: ignore[union-attr]


def known(low: State, value: Value) -> Value:
    """What is known of an argument, where that is kept a value of which nothing is known."""
    key = id(value.obj) if isinstance(value, Ref) else 0, ""
    return held(low, value, key, value.obj, None) if isinstance(value, Ref) and key in low.kept else value


def outside(low: State, made: Var, of: Outside) -> Var:
    """Note that a value comes from what is kept."""
    low.unseen.add(made.name)
    low.outside[made.name] = of
    return made


def closed(low: State) -> dict[int, Any]:
    """The containers that are kept, if the program but puts something into them and no argument has them."""
    direct = {name for name, of in low.outside.items() if of.direct}
    called = any(c is not None and c.lowered is not None for c in low.callees.values())
    if not low.kept or low.mirror.doubles or called:
        return {}
    for stmt in walk(tuple(low.block)):
        if isinstance(stmt, Let | Do) and stmt.call.form in PUTTING:
            used = [name for atom in stmt.call.args[1:] for name in atom_vars(atom)]
        elif isinstance(stmt, Let) and stmt.call.fun == "held" and not isinstance(stmt.call.args[0], Ref):
            return {}
        else:
            used = uses(stmt)
        if not direct.isdisjoint(used):
            return {}
    return {number: obj for (number, name), (_, obj) in low.kept.items() if not name}


def from_outside(low: State, made: Var, base: Value, index: Value | None = None) -> Var:
    """Note that a value comes from another one, if that comes from outside."""
    of = low.outside.get(base.name) if isinstance(base, Var) else None
    return made if of is None else outside(low, made, Outside(of.number, of.holder, place=_place(of, index)))


def _place(of: Outside, index: Value | None) -> str:
    """The key of a dict that is kept, where it is known."""
    known = of.direct and isinstance(of.holder, dict) and isinstance(index, Const)
    return index.value if known and isinstance(index, Const) and isinstance(index.value, str) else ""


def given(low: State, base: Var, values: Iterable[Value], node: ast.AST, index: Value | None = None) -> None:
    """Note that what is kept is given arrays and containers of the program's."""
    of, values = low.outside[base.name], list(values)
    refuse_as_number(low, values, node)
    if any(map(_is_taken_apart, values)):
        what = "an argument that this function changes is put into an outside container"
        low.refuse(node, what, "put its fields there, or a copy that is made before")
    if any(_holds_object(low, v) for v in values):
        _unite(low, of.number)
    low.put += [(of.number, _place(of, index), v, c) for v in values if (c := _named(low, v, node))]
    if any(_may_hold_array(low, v, low.kind(v)) for v in values):
        alone = all(low.kind(v).is_number for v in values)
        low.shown.add((of.number, _place(of, index) if alone else ""))
    elif index is not None and any(isinstance(v, Var) and v.name in low.outside for v in values):
        low.moved.add(of.number)


def _holds_object(low: State, value: Value) -> bool:
    """Whether a value is, or holds, an outside object, whose attributes may be set."""
    if isinstance(value, Local | Group):
        held = value.group if isinstance(value, Local) else value
        return any(_holds_object(low, item) for item in held.items if item is not value)
    obj = low.live.get(value.name) if isinstance(value, Var) else getattr(value, "obj", None)
    return obj is not None and not isinstance(obj, LEAVES)


def _unite(low: State, number: int) -> None:
    """Keep what is given objects together with the attributes that are set: these may be read from there."""
    for key, (other, obj) in low.kept.items():
        if key[1] and other != number:
            mine = next((k, v) for k, (n, v) in low.kept.items() if n == number)
            raise Written(kept={key: obj, mine[0]: mine[1]})


def together(
    kept: dict[Key, tuple[int, Any]], new: dict[Key, Any]
) -> dict[Key, tuple[int, Any]]:
    """What is kept, with numbers: what holds the other has the same one, as have all attributes of objects,
    and containers that may hold objects.
    """
    both = {**{k: obj for k, (_, obj) in kept.items()}, **new}
    found = set(new)
    loose = {k for k, obj in both.items() if k[1] or not _is_plain(obj)}
    found |= loose if found & loose else set()
    numbers = {kept[k][0] for k in found if k in kept}
    found |= {k for k, (n, _) in kept.items() if n in numbers}
    number = min(numbers, default=len(kept))
    return {**kept, **{k: (number, both[k]) for k in found}}


def _is_taken_apart(value: Value, depth: int = 6) -> bool:
    """Whether a value is, or holds, an argument of which a copy is changed: the caller's stays as it is."""
    if isinstance(value, Local):
        return value.origin is not None or _is_taken_apart(value.group, depth)
    return isinstance(value, Group) and depth > 0 and any(_is_taken_apart(v, depth - 1) for v in value.items)


def _named(low: State, value: Value, node: ast.AST) -> frozenset[type]:
    """Of which classes a value is, or holds, containers that the program may have another name for."""
    if isinstance(value, Var):
        kind, own = low.kind(value), CLASSES.get(low.kind(value).cat)
        inside = frozenset(CLASSES[item.cat] for item in kind.items or () if item.cat in CLASSES)
        return inside if own is None or value.name in low.outside else inside | {own}
    if not isinstance(value, Group | Local):
        return frozenset()
    held = value.group if isinstance(value, Local) else value
    found = frozenset[type]().union(*(_named(low, item, node) for item in held.items))
    envs = [scope.env for scope in (low.scope, *low.active_scopes)]
    bound = any(known is value for env in envs for known in env.values())
    again = isinstance(node, ast.Assign) and len(node.targets) > 1
    return found | {CLASSES[held.cat]} if held.cat in CLASSES and (bound or again) else found


def _may_hold_array(low: State, value: Value, kind: K.Kind) -> bool:
    """Whether a value is, or holds, an array that the program may have another name for."""
    if kind.cat in ("list", "tuple", "dict"):
        return any(_may_hold_array(low, value, item) for item in kind.items or ())
    if kind.cat == "object" and isinstance(value, Var):
        if value.name in low.outside:
            return False
        made = (s.call for s in reversed(low.block) if isinstance(s, Let) and s.name == value.name)
        call = next(made, None)
        if call is not None and call.fun in (*ARITHMETIC, "plain"):
            return any(_may_hold_array(low, a, low.kind(a)) for a in call.args)
    return kind.cat in ("array", "num", "object")


def written(low: State, old: Var, node: ast.AST, name: str = "") -> None:
    """Note that what comes from outside is changed in place, if it is an array, or has this method."""
    note_written(low, low.outside[old.name], low.span(node), name)


def note_written(low: State, of: Outside, span: Span | None, name: str) -> None:
    """The same for what is somewhere in what is kept; the method "" stands for an item that is set."""
    low.rewritten.setdefault((of.number, of.place), span)
    low.changed.setdefault((of.number, of.place, name), span)


def check(low: State) -> None:
    """Refuse elements of what is kept that are written in place, where they may be the program's arrays."""
    if low.shown:
        _note_writes(low)
    for (number, place), span in low.rewritten.items():
        for other, there in low.shown:
            if other == number and not _apart(low, number, place, there):
                what = "an element of an outside container is written, which may be an array of this function"
                low.refuse_span(span, what, "put a copy into the container")
    if low.put:
        _check_put(low)
    for (number, place), span in low.added.items() if low.added else ():
        if any(_is_computed_with(low, number, place)):
            what = "an element of an outside container is written and read, and may be an array"
            low.refuse_span(span, what, "compute with a copy (np.array)")


def _check_put(low: State) -> None:
    """Refuse containers of the program that are changed outside, where it has another name for them."""
    for (number, place, name), span in low.changed.items():
        for other, there, value, classes in low.put:
            if other != number or _apart(low, number, place, there):
                continue
            if any(hasattr(c, name[1:] or "clear") for c in classes) and _is_seen(low, value):
                what = "an element of an outside container is changed, which is a container of this function"
                low.refuse_span(span, what, "put a copy into the outside one")


def _apart(low: State, number: int, place: str, there: str) -> bool:
    """Whether two known keys of a dict that is kept have nothing to do with each other."""
    return "" not in (place, there) and place != there and number not in low.moved


def _is_seen(low: State, value: Value) -> bool:
    """Whether a container is seen elsewhere than where it was put outside."""
    name = value.name if isinstance(value, Var) else ""
    return not name or sum(list(uses(stmt)).count(name) for stmt in walk(tuple(low.block))) > 1


def _may_tape(fun: str) -> bool:
    """Whether what a function is given may be kept for the reverse sweep."""
    return fun == "plain" or (fun in registry.RULES and fun not in COMPARING)


def _is_computed_with(low: State, number: int, place: str) -> Iterator[bool]:
    """Whether elements of what is kept are operands of functions that have a rule: these may go on a tape."""
    names = {
        name
        for name, of in low.outside.items()
        if of.number == number and not of.direct and (place == of.place or not (place and of.place))
    }
    for stmt in walk(tuple(low.block)):
        if isinstance(stmt, Let) and _may_tape(stmt.call.fun):
            yield not names.isdisjoint(call_vars(stmt.call))


def _note_writes(low: State) -> None:
    """Note what calls and stores write into what comes from outside, and into views of it."""
    found = {n: of for n, of in low.outside.items() if not of.direct}
    for stmt in walk(tuple(low.block)):
        if isinstance(stmt, Let):
            rule = registry.RULES.get(stmt.call.fun)
            if rule is None or rule.effect != "fresh":
                given = [found[a.name] for a in stmt.call.args if isinstance(a, Var) and a.name in found]
                if given:
                    found[stmt.name] = given[0]
        for base in bases_of(stmt):
            if isinstance(base, Var) and base.name in found:
                note_written(low, found[base.name], getattr(stmt, "span", None), "")


def bases_of(stmt: Stmt) -> list[Atom]:
    """What a store, or a call of a function that has a rule, writes into."""
    if isinstance(stmt, Store):
        return [] if stmt.span is None else [stmt.base]
    rule = registry.RULES.get(stmt.call.fun) if isinstance(stmt, Let | Do) else None
    if rule is None or not rule.writes or not isinstance(stmt, Let | Do) or stmt.span is None:
        return []
    given = {**dict(zip(rule.signature, stmt.call.args, strict=False)), **dict(stmt.call.kwargs)}
    return [given[n] for n in rule.writes if n in given]


def called(
    low: State, base: Var, name: str, args: list[Value], kwargs: Mapping[str, Value], node: ast.AST
) -> Var:
    """A method of what is kept, or of something in it."""
    atoms = tuple(low.variable(v, node) for v in (base, *args))
    words = tuple((k, low.variable(v, node)) for k, v in kwargs.items())
    if not low.outside[base.name].direct:
        _check_method(low, base, name, [*args, *kwargs.values()], "out" in kwargs, node)
    given(low, base, [*args, *kwargs.values()], node)
    with low.at_once():
        return from_outside(low, low.emit(Call("call", atoms, words, name), K.OBJECT, node), base)


def _check_method(low: State, base: Var, name: str, values: list[Value], out: bool, node: ast.AST) -> None:
    """Note what a method of an element writes, if that is an array: itself, or what `out` names."""
    if name in REWRITING or (name.startswith(".__") and name not in LOOKING):
        written(low, base, node)
    if name in CHANGING:
        of = low.outside[base.name]
        low.changed.setdefault((of.number, of.place, name), low.span(node))
        return
    if not hasattr(np.ndarray, name[1:]):
        return
    for value in values if out else values[1:]:
        if isinstance(value, Var) and value.name in low.outside:
            written(low, value, node)
        elif low.kind(value).cat in ("array", "num", "object") and not isinstance(value, Const | Ref):
            what = f"the method {name[1:]!r} of an element of an outside container may write into an array"
            low.refuse(node, what, "give it no out=, or copy the element first (np.array)")


def set_item(low: State, base: Value, index: Value, value: Value, node: ast.AST) -> None:
    """`base[index] = value` of what is kept, or of something in it."""
    place = low.atom(index, node) if isinstance(index, Slice) else low.variable(index, node)
    assert isinstance(base, Var)
    if not low.outside[base.name].direct:
        written(low, base, node)
    given(low, base, [value], node, index)
    with low.at_once():
        low.do(Call("call", (SET_ITEM, low.atom(base), place, low.variable(value, node))), node)


def holds_arrays(low: State, of: Outside) -> bool:
    """Whether there are arrays or lists in what is kept: then it matters whether an element is written."""
    held, place = of.holder, of.place

    def now() -> bool:
        if place:
            return isinstance(held.get(place), (list, np.ndarray))
        parts = [one.values() if isinstance(one, dict) else one for _, one in within(held)]
        listed = any(isinstance(part, (list, np.ndarray)) for inside in parts for part in inside)
        return listed or isinstance(held, np.ndarray)

    found = now()
    low.depend((f"arrays {place}", id(held)), now, found, "kept", same=True)
    return found


def augmented(low: State, old: Var, op: str, value: Value, node: ast.AST) -> Value:
    """`old op= value`, where a list or an array may be changed."""
    of = low.outside[old.name]
    if of.direct and type(of.holder) is list and op == "add":
        given(low, old, [value], node)
        with low.at_once():
            low.do(Call("call", (old, low.variable(value, node)), (), ".extend"), node)
        return old
    written(low, old, node, ".extend" if op in ("add", "mul") else ".update")
    low.added.setdefault((of.number, of.place), low.span(node))
    name = {"band": "iand", "bor": "ior"}.get(op, f"i{op}")
    atoms = (Ref(f"operator.{name}", getattr(operator, name)), old, low.variable(value, node))
    return from_outside(low, low.emit(Call("call", atoms), K.OBJECT, node), old)


def written_out(low: State, obj: Any, args: list[Value], node: ast.AST) -> Value | None:
    """What stands for these in a text that is differentiated again; None for other functions."""
    if obj is HELPERS["plain"]:
        atoms = tuple(map(low.atom, args))
        return low.emit(Call("plain", atoms), K.array(None) if len(atoms) > 1 else K.OBJECT, node)
    if obj is operator.setitem and len(args) == 3:
        keep(low, args[0])
        if isinstance(args[0], Var) and args[0].name in low.outside:
            set_item(low, args[0], args[1], args[2], node)
            return Const(None)
    name = getattr(obj, "__name__", "")
    if not name.startswith("i") or obj is not getattr(operator, name, None) or len(args) != 2:
        return None
    keep(low, args[0])
    first = args[0] if isinstance(args[0], Var) and args[0].name in low.outside else None
    return None if first is None else augmented(low, first, name[1:], args[1], node)


# ----------------------------------------------------------------------------------------------- attributes


def looked_into(low: State, value: Value, node: ast.Attribute, hint: str) -> Var | None:
    """An attribute of what is not known, as it stands there; of what is caught, all but its cause."""
    if not isinstance(value, Method) or not isinstance(value.fn, Const):
        return None
    base, name = value.self, value.fn.value[1:]
    if isinstance(base, Var) and name in ("__name__", "__qualname__") and _is_class_of_caught(low, base):
        return low.emit(Call("getattr", (base, Const(name))), K.STR, node, hint)
    if not isinstance(base, Var) or base.name not in low.unseen or low.kind(base) != K.OBJECT:
        return None
    if base.name in low.errors:
        if name == "__class__":
            return low.emit(Call("type", (base,)), K.OBJECT, node, hint)
        if name.startswith("__"):  # the text raises no exception from another one
            return None
        low.errors_read = True
    made = low.emit(Call("getattr", (base, Const(name))), K.OBJECT, node, hint or node.attr)
    low.unseen.add(made.name)
    return made


def _is_class_of_caught(low: State, base: Var) -> bool:
    """Whether a value is `type(error)` of an exception that is caught."""
    made = next((s for s in reversed(low.block) if isinstance(s, Let) and s.name == base.name), None)
    of = made.call.args[0] if made is not None and made.call.fun == "type" else None
    return isinstance(of, Var) and of.name in low.errors


def holder_of(low: State, base: Value) -> Any:
    """The outside object whose attributes may be set; None for classes, modules and what is no object."""
    obj = base.obj if isinstance(base, Ref) else low.live.get(base.name) if isinstance(base, Var) else None
    return None if isinstance(obj, type | types.ModuleType | types.FunctionType) else obj


def set_attribute(low: State, base: Value, holder: Any, name: str, value: Value, node: ast.AST) -> None:
    """`base.name = value` of an outside object, in a function that is kept as a function."""
    refuse_shared(low, node)
    now = getattr(holder, name, None)
    key, other = (id(holder), name), (id(holder), name + ANY)
    like = type(now) in (int, float) and low.kind(value).cat == type(now).__name__
    if key not in low.kept or not (like or other in low.kept):
        found = {key: holder, **dict(within(now))}
        raise Written(kept=found if like else {**found, other: holder})
    made = held(low, low.atom(base), key, now, node)
    given(low, made, [value], node)
    low.do(Call("call", (SET, made, Const(name), low.variable(value, node))), node)


def attribute(low: State, base: Ref | Var, holder: Any, name: str, node: ast.AST, hint: str) -> Value:
    """An attribute of an outside object that the program sets in functions that are kept as functions.

    It is an integer or a float if it was one before, and the program only sets it to another one.
    """
    now = getattr(holder, name, None)
    low.depend(("kept", id(holder)), lambda: type(getattr(holder, name, None)), type(now), name, same=True)
    kind = K.OBJECT if (id(holder), name + ANY) in low.kept else K.kind_of_value(now)
    return read_attribute(low, base, (id(holder), name), kind, node, hint)


def read_attribute(low: State, base: Value, key: Key, kind: K.Kind, node: ast.AST, hint: str = "") -> Var:
    """What an attribute of an outside object holds when the program comes here."""
    of = held(low, low.atom(base), key, getattr(low.kept[key][1], key[1], None), node)
    made = low.emit(Call("call", (GET, of, Const(key[1]))), kind, node, hint)
    return from_outside(low, made, of) if kind is K.OBJECT else made


def put(low: State, local: Local, items: list[Value], keys: list[Any], node: ast.AST) -> None:
    """Put into a dict that stands in an attribute of an outside object what is put into it here."""
    if local.number not in low.mirror.twins:
        return
    base, key, _ = low.mirror.twins[local.number]
    held = dict(zip(local.group.keys, local.group.items, strict=True))
    if not key[1]:
        twins.put(low, local, dict(zip(keys, items, strict=True)), node)
        return
    if low.objects.cells.get(low.mirror.cells[key]) is not local or any(k not in keys for k in held):
        what = f"a dict that stands in the attribute {key[1]!r} of an outside object is changed"
        low.refuse(node, what, "set the attribute behind that, or to a new dict")
    for k, value in zip(keys, items, strict=True):
        if held.get(k) is not value:
            of = read_attribute(low, base, key, K.OBJECT, node)
            given(low, of, [value], node, key_of(k))
            low.do(Call("call", (SET_ITEM, of, key_of(k), low.variable(value, node))), node)


def attribute_held(low: State, base: Value, name: str, obj: Any, node: ast.AST) -> Var | Local:
    """What is kept and stands in an attribute of an argument."""
    if (double := doubles.known(low, obj)) is not None:
        return double
    made = low.emit(Call("getattr", (low.atom(base), Const(name))), K.OBJECT, node)
    return held(low, made, (id(obj), ""), obj, node)


__all__ = [
    "CHANGING", "Outside", "attribute", "attribute_held", "augmented", "bases_of", "called", "check",
    "from_outside", "held", "holder_of", "is_container", "keep", "put", "read_attribute", "set_attribute",
    "set_item", "together", "within", "written", "written_out",
]  # fmt: skip
