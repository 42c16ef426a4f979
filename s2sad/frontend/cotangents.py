"""What texts of derivatives do with cotangents of containers, in terms of elements: they can be read again.

    add_to_item(xs, i, (g, h))              xs[i] = (xs[i][0] + g, xs[i][1] + h)
    accumulate(xs, gs)                      for i in range(len(xs)): xs[i] = xs[i] + gs[i]
    accumulate_shadows(bars, xs, gs)        for i in range(len(xs)): shadow_of(bars, xs[i])[...] += gs[i]
    t = shadow_tree(bars, xs)               t = [shadow_of(bars, x).copy() for x in xs]
    p = copy_tree(q)                        part by part; of a list p = [copy_tree(x) for x in q]

This is done where the kinds of the elements are known; elsewhere the calls stay, and have no derivative by
reverse mode.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from s2sad.frontend import numbered
from s2sad.frontend.state import Group, Local, State, Value, opened
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Call, Const, Let, Range, Ref, Var, uses
from s2sad.runtime import lists, scatter

CALLED: dict[str, Any] = {
    "shadow_of": Ref("shadow_of", scatter.shadow_of),
    "accumulate_shadows": Ref("accumulate_shadows", scatter.accumulate_shadows),
}
Special = Callable[[State, list[Value], dict[str, Value], ast.AST, str], Value]


def _as_it_is(low: State, fun: Any, args: list[Value], node: ast.AST, hint: str) -> Value:
    """The call itself."""
    name = fun.__name__
    if low.has_rule(name):
        return low.apply(name, args, {}, node, hint=hint)
    atoms = tuple(low.variable(a, node) for a in args)
    return low.emit(Call("call", (Ref(name, fun), *atoms)), K.OBJECT, node, hint)


def _items(kind: Kind) -> tuple[Kind, ...] | None:
    """The kinds of the elements of a tuple, or of a list whose elements are known one by one."""
    return kind.items if kind.cat == "tuple" else None


def _places(low: State, xs: Value, node: ast.AST) -> Range:
    return Range(Const(0), low.emit(Call("len", (low.atom(xs),)), K.INT, node), Const(1))


def _summed(low: State, a: Value, b: Value, node: ast.AST) -> Value | None:
    """The sum of two cotangents; None where their structure is not known."""
    kind, other = low.kind(a), low.kind(b)
    if kind.every is not None and not K.carries(kind) and not K.carries(other):
        return a
    if other.optional and not other.is_number:
        return None
    if kind.optional and kind.is_number:
        return _unless_missing(low, a, b, lambda: _sum_known(low, a, b, node), node)
    if kind.optional:
        return _summed_maybe(low, a, b, node)
    if kind.cat == other.cat == "str":  # both are None
        return a
    if "none" in (kind.cat, other.cat):
        return b if kind.cat == "none" else a
    if kind.is_number and other.is_number:
        return _sum_known(low, a, b, node)
    if kind.cat == "list" and kind.items and _is_sure(kind.items[0]) and _is_sure(*(other.items or ())):
        text = "made = []\nfor i in places:\n    made.append(a[i] + b[i])"
        return low.script(text, node, "made", a=a, b=b, places=_places(low, a, node))
    if kind.cat == other.cat == "list" and kind.items and (
        kind.items[0].cat in ("tuple", "list") or kind.items[0].is_number
    ):
        text = "made = []\nfor i in places:\n    made.append(a[i])\n    add_to_item(made, i, b[i])"
        add = Ref("add_to_item", lists.add_to_item)
        return low.script(text, node, "made", a=a, b=b, places=_places(low, b, node), add_to_item=add)
    if kind.cat not in ("tuple", "dict") or kind.items is None or len(kind.items) != len(other.items or ()):
        return None
    parts: list[Value] = []
    for key in kind.places:
        part = _summed(low, low.getitem(a, Const(key), node), low.getitem(b, Const(key), node), node)
        if part is None:
            return None
        parts.append(part)
    return Group(kind.cat, parts, list(kind.keys))


def _is_sure(*kinds: Kind) -> bool:
    """Whether values are numbers or arrays, and never None."""
    return all(kind.is_number and not kind.optional for kind in kinds)


def _unless_missing(
    low: State, x: Value, other: Value, make: Callable[[], Value], node: ast.AST
) -> Value:
    """What is made of a number that may be None, and the other one where it is."""
    missing = low.emit(Call("is", (low.atom(x), Const(None))), K.BOOL, node)
    return low.choose(missing, lambda: other, make, node)


def _sum_known(low: State, a: Value, b: Value, node: ast.AST) -> Value:
    """The sum of two numbers or arrays, of which the second may be None."""
    if low.kind(b).optional:
        return _unless_missing(low, b, a, lambda: low.binary("add", a, b, node), node)
    return a if _is_zero(low, b) else low.binary("add", a, b, node)


def _is_zero(low: State, b: Value) -> bool:
    """Whether a cotangent is zero as the text right before says, in the shape of the value.

    Between that and here nothing may have been written, as `b_bar += ..` is.
    """
    if not isinstance(b, Var):
        return b == Const(0.0)
    for stmt in reversed(low.block):
        if not isinstance(stmt, Let) or b.name in uses(stmt):
            return False
        if stmt.name == b.name:
            return stmt.call.fun == "np.zeros_like"
    return False


def _summed_maybe(low: State, a: Value, b: Value, node: ast.AST) -> Value | None:
    """The sum of two tuples of numbers of which the first may be None, which counts as zero."""
    items, others = low.kind(a).items or (), low.kind(b).items or ()
    if len(items) != len(others) or not all(k.is_number for k in (*items, *others)):
        return None

    def both() -> Value:
        pairs = [(low.getitem(a, Const(i), node), low.getitem(b, Const(i), node)) for i in range(len(items))]
        return Group("tuple", [low.binary("add", x, y, node) for x, y in pairs])

    parts = Group("tuple", [low.getitem(b, Const(i), node) for i in range(len(items))])
    missing = low.emit(Call("is", (low.atom(a), Const(None))), K.BOOL, node)
    return low.choose(missing, lambda: parts, both, node)


def _add_to_item(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    xs, i, g = args
    item = (low.kind(xs).items or (K.OBJECT,))[0] if low.kind(xs).cat == "list" else K.OBJECT
    if item.cat == "object":
        return _as_it_is(low, lists.add_to_item, args, node, hint)
    made = _summed(low, low.getitem(xs, i, node), g, node)
    if made is None:
        return _as_it_is(low, lists.add_to_item, args, node, hint)
    low.store(xs, i, made, "", node)
    return Const(None)


def _accumulate(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    items = low.kind(args[0]).items
    if low.kind(args[0]).cat != "list" or not items:
        return _as_it_is(low, lists.accumulate, args, node, hint)
    text = "for i in places:\n    a[i] = a[i] + b[i]"
    if not _is_sure(items[0], *(low.kind(args[1]).items or ())):
        text = "for i in places:\n    add_to_item(a, i, b[i])"
    add = Ref("add_to_item", lists.add_to_item)
    given = args[1] if low.kind(args[1]).cat == "list" else args[0]  # empty where unbound
    return low.script(text, node, a=args[0], b=args[1], places=_places(low, given, node), add_to_item=add)


def _accumulate_shadows(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    bars, xs, gs = args[:3]
    kind = low.kind(xs)
    if len(args) == 3 and kind.cat == "list" and kind.items and not isinstance(opened(xs), Group):
        item = kind.items[0]
        text = {
            "array": "for i in places:\n    bar = shadow_of(bars, xs[i])\n    bar += gs[i]",
            "list": "for i in places:\n    accumulate_shadows(bars, xs[i], gs[i])",
        }.get(item.cat)
        if item.is_scalar:  # the list of numbers has a shadow itself
            text = "bar = shadow_of(bars, xs)\nfor i in places:\n    bar[i] = bar[i] + gs[i]"
        if text is not None:
            return low.script(text, node, bars=bars, xs=xs, gs=gs, places=_places(low, xs, node), **CALLED)
    elif len(args) == 3 and _items(kind) is not None:
        return _accumulate_parts(low, args, node, hint)
    return _as_it_is(low, scatter.accumulate_shadows, args, node, hint)


def _accumulate_lists(
    low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
) -> Value:
    bars, xs, gs, depth = args
    kind = low.kind(xs)
    items = (kind.items or ()) if kind.cat == "list" and not isinstance(opened(xs), Group) else ()
    if not isinstance(depth, Const) or not items or items[0].cat != "list":
        return _as_it_is(low, scatter.accumulate_lists, args, node, hint)
    add = "accumulate(shadow_of(bars, xs[i]), gs[i])"
    if depth.value > 1:
        add = f"accumulate_lists(bars, xs[i], gs[i], {depth.value - 1})"
    made = Ref("accumulate", lists.accumulate), Ref("accumulate_lists", scatter.accumulate_lists)
    return low.script(
        f"for i in places:\n    {add}", node, bars=bars, xs=xs, gs=gs, places=_places(low, xs, node),
        **CALLED, accumulate=made[0], accumulate_lists=made[1],
    )  # fmt: skip


def _accumulate_parts(low: State, args: list[Value], node: ast.AST, hint: str) -> Value:
    bars, xs, gs = args
    kinds = low.kind(xs).items or ()
    if not all(kind.cat in ("array", "list") or kind.is_scalar for kind in kinds):
        return _as_it_is(low, scatter.accumulate_shadows, args, node, hint)
    for i, kind in enumerate(kinds):
        x, g = low.getitem(xs, Const(i), node), low.getitem(gs, Const(i), node)
        if kind.cat == "array":
            low.script("bar = shadow_of(bars, x)\nbar += g", node, bars=bars, x=x, g=g, **CALLED)
        elif kind.cat == "list":
            _accumulate_shadows(low, [bars, x, g], {}, node, "")
    return Const(None)


def _shadow_tree(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    bars, xs = args
    kind = low.kind(xs)
    if kind.cat == "list" and kind.items and (kind.items[0].is_scalar or low.shadowed):  # for forward mode
        return low.emit(Call("shadow_tree", (low.atom(bars), low.atom(xs))), kind, node, hint)
    made = _shadows(low, bars, xs, node)
    return _as_it_is(low, scatter.shadow_tree, args, node, hint) if made is None else made


def _shadow_of(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    low.shadowed |= low.kind(args[1]).cat == "list"
    return low.apply("shadow_of", args, {}, node, hint=hint)


def _shadows(low: State, bars: Value, xs: Value, node: ast.AST) -> Value | None:
    """The shadows of the arrays in a structure, copied; None where it is not known."""
    kind = low.kind(xs)
    if kind.cat == "array":
        return low.copied(low.call_value(CALLED["shadow_of"], [bars, xs], {}, node), True, node)
    item = kind.items[0] if kind.cat == "list" and kind.items else K.OBJECT
    if item.cat == "array" and not isinstance(opened(xs), Group):
        text = "made = []\nfor i in places:\n    made.append(shadow_of(bars, xs[i]).copy())"
        return low.script(text, node, "made", bars=bars, xs=xs, places=_places(low, xs, node), **CALLED)
    if item.cat == "list" and _ends_in_arrays(item) and not isinstance(opened(xs), Group):
        text = "made = []\nfor i in places:\n    made.append(shadow_tree(bars, xs[i]))"
        tree = Ref("shadow_tree", scatter.shadow_tree)
        places = _places(low, xs, node)
        return low.script(text, node, "made", bars=bars, xs=xs, places=places, shadow_tree=tree)
    if kind.is_scalar:
        return Const(0.0)
    if kind.cat not in ("tuple", "dict") or kind.items is None:
        return None
    parts = [_shadows(low, bars, low.getitem(xs, Const(key), node), node) for key in kind.places]
    if any(part is None for part in parts):
        return None
    return Group(kind.cat, [part for part in parts if part is not None], list(kind.keys))


def _is_parted(kind: Kind) -> bool:
    """Whether a tree is known part by part: no list of unknown length is in it."""
    if kind.cat == "list":
        return False
    return kind.cat not in ("tuple", "dict") or (kind.items is not None and all(map(_is_parted, kind.items)))


def _copy_tree(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    kind = low.kind(args[0])
    if isinstance(args[0], Group | Local):
        return low.copied(args[0], True, node)
    if kind.cat == "list" and getattr(numbered.number_in(kind), "s2sad_kept", False):
        # what a call keeps is never written after it: only the list of such is copied
        return low.emit(Call("copy_tree", (low.atom(args[0], node),)), kind, node, hint)
    if kind.cat == "list" and (_ends_in_arrays(kind) or _holds_parts(kind)):
        text = "made = []\nfor i in places:\n    made.append(copy_tree(xs[i]))"
        places, copied = _places(low, args[0], node), Ref("copy_tree", lists.copy_tree)
        return low.script(text, node, "made", xs=args[0], places=places, copy_tree=copied)
    if kind.cat in ("tuple", "dict") and _is_parted(kind):
        return _plain(low, low.copied(args[0], True, node))
    if kind.cat in ("tuple", "dict") and kind.items is not None:
        parts = [low.getitem(args[0], Const(key), node) for key in kind.places]
        made = [_copy_tree(low, [part], {}, node, "") for part in parts]
        return Group(kind.cat, made, list(kind.keys))
    return low.apply("copy_tree", args, {}, node, hint=hint)


def _ends_in_arrays(kind: Kind) -> bool:
    """Whether a container holds arrays, or containers of them and so on."""
    held = kind.items if kind.cat in ("list", "tuple", "dict") else None
    return kind.cat == "array" or any(map(_ends_in_arrays, held or ()))


def _holds_parts(kind: Kind) -> bool:
    """Whether a list holds tuples or dicts, or lists of them and so on."""
    return any(i.cat in ("tuple", "dict") or (i.cat == "list" and _holds_parts(i)) for i in kind.items or ())


def _copy_lists(low: State, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str) -> Value:
    kind = low.kind(args[0])
    if isinstance(args[0], Group | Local) or not _ends_in_arrays(kind):
        return _as_it_is(low, lists.copy_lists, args, node, hint)
    if kind.items and kind.items[0].cat == "array":
        return low.call_value(Ref("list", list), args, {}, node, hint)
    text = "made = []\nfor i in places:\n    made.append(copy_lists(xs[i]))"
    places, copied = _places(low, args[0], node), Ref("copy_lists", lists.copy_lists)
    return low.script(text, node, "made", xs=args[0], places=places, copy_lists=copied)


def _plain(low: State, value: Value) -> Value:
    """A record as texts of derivatives know it: a dict of its fields."""
    if isinstance(value, Group):
        return Group(value.cat, [_plain(low, item) for item in value.items], value.keys, value.cls)
    held = opened(value)
    if not isinstance(value, Local) or value.cls is None or not isinstance(held, Group):
        return value
    return low.made("dict", [_plain(low, item) for item in held.items], list(held.keys), None)


COTANGENTS: dict[Any, Special] = {
    lists.accumulate: _accumulate,
    lists.add_to_item: _add_to_item,
    lists.copy_lists: _copy_lists,
    lists.copy_tree: _copy_tree,
    scatter.accumulate_lists: _accumulate_lists,
    scatter.accumulate_shadows: _accumulate_shadows,
    scatter.shadow_of: _shadow_of,
    scatter.shadow_tree: _shadow_tree,
}

__all__ = ["COTANGENTS"]
