"""What one call does besides giving a value: whom its result aliases, what it reads, whether it can raise.

Accepts any call of ir.nodes on names whose kinds are known or not; guarantees answers that hold on
every run ("may" where it says so). The words per function are those of the effects table
(rules.registry): fresh, view, maybe; what the table does not know may do everything.

    may_raise(truediv(x, y))  True where both are Python numbers: ZeroDivisionError; False for arrays
    reads_contents(u[1:])     False for an array: a view holds whatever the array holds later
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

import numpy as np

from s2sad import runtime
from s2sad.ir.kinds import NONE as NONE_KIND
from s2sad.ir.kinds import OBJECT, Kind, kind_of_value
from s2sad.ir.nodes import LIST_METHODS, Atom, Call, Const, List, Ref, Slice, Store, Tuple, Var
from s2sad.ir.records import record
from s2sad.rules import registry

Kinds = Mapping[str, Kind]

ARITHMETIC = frozenset(
    "add sub mul truediv floordiv mod pow matmul neg pos invert band bor bxor lshift rshift".split()
)
COMPARISONS = frozenset("not lt le eq ne gt ge is isnot in notin".split())
DISPLAYS = frozenset(("tuple", "list", "dict"))
BUILTINS = frozenset("abs float int complex bool range min max sum round len fstring isinstance".split())
METADATA = frozenset("shape size ndim dtype itemsize nbytes strides".split())
VIEWS_OF_ARRAYS = frozenset(("T", "mT", "real", "imag"))
CONTAINERS = ("list", "tuple", "dict")
PURE = ARITHMETIC | COMPARISONS | DISPLAYS | BUILTINS | {"getitem", "getattr", "copy"}

# Matrices for which these raise are their domain's end, as 0 is that of a division.
SINGULAR = frozenset(
    f"np.linalg.{name}"
    for name in "inv solve cholesky eig eigh eigvals eigvalsh svd lstsq pinv matrix_power".split()
)
# Effects of functions that transforms call by name and that the table of rules may lack. Other helpers of
# s2sad.runtime write nothing and may return any of their operands.
_MADE = {
    "stop_gradient": "view 0",
    "held": "view 0",
    "found": "view 0",
    "standing": "fresh",  # what is outside and has no other name
    "no_tangent": "fresh",
    "caught": "fresh",
    "entered": "fresh",
    "unbroadcast": "maybe 0",
    "summed_to": "maybe 0",
    "unreduce": "view 0",
    "Shadows": "fresh",
    "shadow_of": "view 0",  # of the table's storage, whose place depends on the address of the other operand
    "winners": "fresh",
    "same_storage": "fresh",
    "holds_twice": "fresh",
    "copy_strided": "fresh",
    "np.zeros_like": "fresh",
    "np.ones_like": "fresh",
    "np.full_like": "fresh",
    "np.add.at": "writes 0",
    "accumulate": "writes 0",
    "add_to_item": "writes 0",
    "accumulate_shadows": "writes 0",
    "accumulate_lists": "writes 0",
}
STANDING = ("found", "standing")  # names of outside arrays that are written
# Arguments of which only shape and dtype are read.
UNREAD = {
    "np.zeros_like": (0,),
    "np.ones_like": (0,),
    "np.empty_like": (0,),
    "np.full_like": (0,),
    "np.shape": (0,),
    "np.ndim": (0,),
    "np.size": (0,),
    "unbroadcast": (1,),
    "unreduce": (1,),
    "as_cotangent": (1,),
    "diag_back": (1,),
    "diagonal_back": (1,),
    "positions": (0,),
    "window_back": (1,),
    "segment_back": (1,),
    "cycled_back": (1,),
    "matmul_left": (1,),
    "matmul_right": (2,),
    "dot_left": (1,),
    "dot_right": (2,),
    "tensordot_left": (1,),
    "tensordot_right": (2,),
    "of_shape": (1,),
    "reduced_size": (0,),
    "same_storage": (0, 1),
    "isinstance": (0, 1),
    "shadow_of": (1,),
}

# Arguments of which the address is asked for: no equal array may stand for them.
ADDRESSED = {
    "shadow_of": (1,),
    "same_storage": (0, 1),
    "holds_twice": (0,),
    "accumulate_shadows": (1,),
    "accumulate_lists": (1,),
    "shadow_tree": (1,),
}


@record(frozen=True, slots=True)
class Effect:
    """One call's effect; `result` is "fresh", "view" or "maybe" of `sources`, or "opaque": anything."""

    result: str
    sources: tuple[Atom, ...] = ()
    written: tuple[Atom, ...] = ()
    impure: bool = False
    raises: bool = False


SHARING = frozenset(  # whose views have elements that share a place
    ("np.broadcast_to", "np.broadcast_arrays", "np.lib.stride_tricks.sliding_window_view")
)
OVERLAPPING = SHARING | {"np.diagonal", "np.diag"}  # these cannot be written to either
OPAQUE = Effect("opaque", impure=True, raises=True)
# Effects that are the same for all operands, by function, number of operands and names of keywords.
_UNCONNECTED: dict[tuple[str | int, ...], tuple[registry.Rule, Effect]] = {}


def effect_of(call: Call) -> Effect:
    """The effect of a call that is no operator, display or subscript, from its rule."""
    if call.fun == "user":
        return _called(call)
    form: tuple[str | int, ...] = (call.fun, len(call.args))
    if call.kwargs:
        form = (*form, *[n for n, _ in call.kwargs])
    known = _UNCONNECTED.get(form)
    if known is not None and known[0] is registry.RULES.get(call.fun):
        return known[1]
    rule = _rule(call.fun)
    if rule is None:
        if call.fun not in _MADE:
            helper = inspect.isfunction(runtime.HELPERS.get(call.fun))
            return Effect("maybe", (*call.args, *(a for _, a in call.kwargs))) if helper else OPAQUE
        word, _, place = _MADE[call.fun].partition(" ")
        about = (call.args[int(place)],) if place and len(call.args) > int(place) else ()
        return Effect("fresh", (), about) if word == "writes" else Effect(word, about)
    word, *names = rule.effect.split()
    atoms = _bound(call, tuple(rule.signature))
    written = tuple(a for n in rule.writes for a in atoms.get(n, ()) if a != Const(None))
    sources = tuple(a for n in names for a in atoms.get(n.lstrip("*"), ()))
    if rule.name == "np.einsum" and len(sources) > 1:  # a view of one operand only, of products never
        word, sources = "fresh", ()
    effect = Effect(word, sources, written, rule.impure, rule.raises)
    if not any(n.lstrip("*") in atoms for n in (*names, *rule.writes)):
        _UNCONNECTED[form] = rule, effect
    return effect


def result_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """Whom a result aliases, as `effect_of` says it, where the kinds do not know better than the table."""
    word = effect_of(call).result
    sharper = _BY_KINDS.get(call.fun) if word == "maybe" else None
    return word if sharper is None else sharper(call, kinds, result)


def _diagonal_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """np.diag takes the diagonal of a matrix, and makes a matrix of a vector."""
    own = kind_of(call.args[0], kinds)
    return {1: "fresh", 2: "view"}.get(own.rank or 0, "maybe") if own.cat == "array" else "maybe"


def _itself_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """np.asarray gives an array itself, unless it is told what to make of it."""
    plain = len(call.args) == 1 and not call.kwargs and kind_of(call.args[0], kinds).cat == "array"
    return "view" if plain else "maybe"


def _reshaped_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """Axes of length 1 come and go in a view, however the elements lie in memory."""
    own = kind_of(call.args[0], kinds)
    if own.cat != "array" or own.shape is None or result.shape is None or len(call.args) > 2 or call.kwargs:
        return "maybe"
    long = [[n for n in shape if n != 1] for shape in (own.shape, result.shape)]
    return "view" if long[0] == long[1] else "maybe"


def _imaginary_word(call: Call, kinds: Kinds, result: Kind) -> str:
    own = kind_of(call.args[0], kinds)
    return {"": "maybe", "complex": "view"}.get(own.sort, "fresh") if own.cat == "array" else "maybe"


def _power_word(call: Call, kinds: Kinds, result: Kind) -> str:
    power = call.args[1] if len(call.args) > 1 else None
    return "fresh" if isinstance(power, Const) and power.value != 1 else "maybe"


def _einsum_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """One operand whose letters all stay, and its ellipsis, may be a view, a sum is none."""
    text = call.args[0].value if isinstance(call.args[0], Const) else None
    if not isinstance(text, str) or "->" not in text or call.kwargs or len(call.args) != 2:
        return "maybe"
    letters, left = ({c for c in side if c.isalpha() or c == "."} for side in text.split("->"))
    return "maybe" if letters == left else "fresh"


def _other_rank_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """A sum over axes, or a matrix with a given diagonal, is new: it has another rank."""
    own = kind_of(call.args[0], kinds).rank
    return "maybe" if own is None or result.rank is None or own == result.rank else "fresh"


def _total_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """sum() of nothing is its start itself."""
    start = [*call.args[1:], *(a for _, a in call.kwargs)]
    return "fresh" if all(kind_of(a, kinds).is_scalar for a in start) else "maybe"


def _extreme_word(call: Call, kinds: Kinds, result: Kind) -> str:
    """max() and min() of two values give one of them."""
    return "fresh" if len(call.args) < 2 or all(kind_of(a, kinds).is_scalar for a in call.args) else "maybe"


_BY_KINDS = {
    "max": _extreme_word,
    "min": _extreme_word,
    "sum": _total_word,
    "unbroadcast": _other_rank_word,
    "diag_back": _other_rank_word,
    "np.diag": _diagonal_word,
    "np.asarray": _itself_word,
    "np.reshape": _reshaped_word,
    "np.imag": _imaginary_word,
    "np.linalg.matrix_power": _power_word,
    "np.einsum": _einsum_word,
}


def is_helper(fun: str) -> bool:
    """Whether a primitive is a function of `s2sad.runtime`."""
    return fun in runtime.HELPERS


def calls_itself(call: Call) -> bool:
    """Whether a call is one of a function that calls itself, of which `analysis.itself` tells."""
    return call.fun == "user" and isinstance(call.args[0], Ref) and call.args[0].obj.ties is not None


def _called(call: Call) -> Effect:
    """The effect of a call of a user's function: by its summary, or it may return an argument."""
    callee = call.args[0].obj  # type: ignore[union-attr]
    if callee.again:
        return Effect("fresh", impure=True, raises=True)
    if callee.summary is None and callee.ties is None:
        return Effect("maybe", call.args[1:], raises=True)
    if callee.summary is None:
        given = dict(zip(callee.arguments, call.args[1:], strict=True))
        written = tuple(given[n] for n in dict.fromkeys(n for n, _ in callee.touches))
        tied = {n for tie in callee.ties if any(not m for m, _ in tie) for n, _ in tie}
        sources = tuple(a for n, a in given.items() if n in tied)
        return Effect("maybe" if sources else "fresh", sources, written, raises=True)
    written = tuple(call.args[1 + callee.dynamic[i]] for i in callee.summary.writes)
    return Effect("fresh", (), written, impure=True, raises=True)


def _rule(name: str) -> registry.Rule | None:
    if name in ("call", "raise", "assert", "print") or name.startswith("list."):
        return None  # a question to the registry for a name that it lacks loads all its tables
    try:
        return registry.rule(name)
    except KeyError:
        return None


def _bound(call: Call, names: tuple[str, ...]) -> dict[str, tuple[Atom, ...]]:
    """Atoms by argument name; a call that does not fit is somebody else's error."""
    atoms: dict[str, tuple[Atom, ...]] = {}
    for i, name in enumerate(names[: len(call.args)]):
        if name.startswith("*"):
            atoms[name[1:]] = call.args[i:]
            break
        atoms[name] = (call.args[i],)
    atoms.update((name, (atom,)) for name, atom in call.kwargs)
    return atoms


def kind_of(atom: Atom, kinds: Kinds) -> Kind:
    """The kind of an atom; displays are known by category and items."""
    if type(atom) is Var:
        return kinds.get(atom.name, OBJECT)
    if type(atom) is Const:
        return NONE_KIND if atom.value is None else kind_of_value(atom.value)
    if isinstance(atom, Ref):
        return kind_of_value(atom.obj)
    if isinstance(atom, Tuple):
        return Kind("tuple", items=tuple(kind_of(a, kinds) for a in atom.items))
    if isinstance(atom, List):
        return Kind("list", items=None)
    return Kind("slice") if isinstance(atom, Slice) else OBJECT


def shares(kind: Kind) -> bool:
    """Whether a value of this kind may share storage with another value."""
    if kind.cat == "tuple" and kind.items is not None:
        return any(shares(item) for item in kind.items)
    return kind.cat in ("array", "num", "list", "tuple", "dict", "object")


def is_pure(call: Call, kinds: Kinds) -> bool:
    """Whether a call has no effect and gives the same for the same operands with the same contents."""
    if call.fun in PURE:
        return True
    effect = effect_of(call)
    return effect.result != "opaque" and not effect.impure and not effect.written


def is_elementwise(call: Call) -> bool:
    """Whether each element of a call's value is made of the elements of its operands at that place."""
    if call.fun in PURE:
        return call.fun in ARITHMETIC and call.fun != "matmul"
    rule = _rule(call.fun)
    return rule is not None and rule.form == "elementwise"


def has_effect(call: Call) -> bool:
    """Whether a call does something beyond what it returns and beyond the storage that it writes."""
    if call.fun in PURE or call.fun in LIST_METHODS:
        return False
    effect = effect_of(
        call
    )  # an impure function that writes an argument has no other effect, random numbers apart
    return effect.impure and (not effect.written or call.fun.startswith("np.random."))


def reads_contents(call: Call, kinds: Kinds, result: Kind | None = None) -> bool:
    """Whether the value depends on what its operands hold, not only on which storage they denote.

    Views, shapes and identity do not. Without the kind of the result a subscript counts as
    a read.
    """
    return bool(list(read_atoms(call, kinds, result or OBJECT)))


# ---- exceptions


def may_raise(call: Call, kinds: Kinds) -> bool:
    """Whether the domain of a call can fail, so that it stays though nobody reads its value.

    Overflow (`x**2` at 1e200) and shapes of arrays that do not fit are not domains [DESIGN A6].
    """
    fun = call.fun
    if fun in DISPLAYS or fun in ("is", "isnot", "copy", "list.append", "list.insert"):
        return False
    operands = [kind_of(a, kinds) for a in call.args]
    if any(kind.optional for kind in operands):
        return True
    if fun in ARITHMETIC or fun in COMPARISONS:
        return _operator_may_raise(fun, call.args, operands)
    if fun == "getitem":
        return index_may_raise(operands[0], call.args[1], kinds)
    if fun == "getattr":
        name = call.args[1]
        known = METADATA | VIEWS_OF_ARRAYS | {"shape"}
        return not (operands[0].is_number and isinstance(name, Const) and name.value in known)
    if fun in BUILTINS:
        return _builtin_may_raise(fun, call.args, operands)
    return fun in SINGULAR or effect_of(call).raises


def _operator_may_raise(fun: str, args: tuple[Atom, ...], operands: list[Kind]) -> bool:
    if any(k.cat == "object" for k in operands):
        return True
    if fun in COMPARISONS:
        return fun == "not" and operands[0].cat in ("array", "num") and operands[0].rank != 0
    if not all(k.is_number for k in operands):
        return not (fun in ("add", "mul") and {k.cat for k in operands} <= {"str", "list", "tuple", "int"})
    if fun in ("truediv", "floordiv", "mod"):
        return all(k.is_python for k in operands) and not _nonzero(args[1])
    if fun in ("lshift", "rshift"):
        return all(k.is_python for k in operands) and not _at_least_zero(args[1])
    if fun == "pow":  # 0**-1 is a ZeroDivisionError, and NumPy refuses integers to negative integers
        if all(k.is_python for k in operands):
            return not (_at_least_zero(args[1]) or _nonzero(args[0]))
        return all(k.sort in ("int", "bool") for k in operands) and not _at_least_zero(args[1])
    return False


def _nonzero(atom: Atom) -> bool:
    return isinstance(atom, Const) and bool(atom.value)


def _at_least_zero(atom: Atom) -> bool:
    return isinstance(atom, Const) and isinstance(atom.value, int | float) and atom.value >= 0


def index_may_raise(base: Kind, index: Atom | None, kinds: Kinds) -> bool:
    """Whether `base[index]` can be out of bounds."""
    parts = index.items if isinstance(index, Tuple) else (index,)
    lengths: tuple[object, ...] | None
    if base.cat == "array" or (base.cat == "num" and base.rank):
        lengths = base.shape
    elif base.cat == "tuple" and base.items is not None:
        lengths = (len(base.items),)
    elif base.cat in ("list", "tuple", "str", "range"):
        lengths = ("?",)
    elif base.cat == "dict" and base.keys and isinstance(index, Const):
        return index.value not in base.keys
    else:
        return index is not None
    taken = 0
    for part in parts:
        if part is None or part in (Const(None), Const(Ellipsis)):
            continue
        taken += 1
        if isinstance(part, Slice):
            if not (part.step == Const(None) or _nonzero(part.step)):
                return True
            continue
        length = lengths[taken - 1] if lengths is not None and taken <= len(lengths) else None
        inside = isinstance(part, Const) and type(part.value) is int and isinstance(length, int)
        if not inside or not -length <= part.value < length:  # type: ignore[union-attr, operator]
            return True
    if Const(Ellipsis) in parts and taken > 0 and not all(isinstance(p, Slice | Const) for p in parts):
        return True
    return taken > 0 and (lengths is None or taken > len(lengths))


def store_may_raise(store: Store, kinds: Kinds) -> bool:
    """Whether a user's store can be out of bounds, or its operation fail on Python numbers."""
    if store.made:
        return False
    base = kind_of(store.base, kinds)
    if store.index is not None and index_may_raise(base, store.index, kinds):
        return True
    return base.cat not in ("array", "num") and store.op in ("truediv", "floordiv", "mod", "pow")


def _builtin_may_raise(fun: str, args: tuple[Atom, ...], operands: list[Kind]) -> bool:
    scalars = all(k.is_scalar for k in operands)
    if fun == "len":
        kind = operands[0]
        return not (kind.cat in ("list", "tuple", "dict", "str", "range") or bool(kind.rank))
    if fun in ("abs", "complex", "bool"):
        return not (scalars or (fun == "abs" and operands[0].is_number))
    if fun == "float":
        return not scalars or operands[0].sort == "complex"
    if fun in ("int", "round"):
        return not scalars or operands[0].sort not in ("int", "bool")
    if fun in ("min", "max"):
        return not (scalars and len(operands) > 1)
    if fun == "range":
        return len(args) == 3 and not _nonzero(args[2])
    if fun == "sum" and len(operands) == 1 and operands[0].cat in ("list", "tuple"):
        return not all(item.is_scalar and not item.optional for item in operands[0].items or (operands[0],))
    return True


# ---- reads


def is_basic(index: Atom, kinds: Kinds) -> bool:
    """Whether an index of an array certainly is basic: ints, slices, None, Ellipsis."""
    parts = index.items if isinstance(index, Tuple) else (index,)
    for part in parts:
        if isinstance(part, Slice):
            continue
        if isinstance(part, Const):
            if isinstance(part.value, bool):
                return False
            continue
        kind = kind_of(part, kinds)
        if not (kind.cat in ("int", "slice") or (kind.cat == "npscalar" and kind.sort == "int")):
            return False
    return True


def is_whole(index: Atom | None, base: Kind) -> bool:
    """Whether a subscript, or none, takes the whole of an array that is known to have an axis: `x[:]`."""
    if index is None or index == Const(Ellipsis):
        return True
    whole = Slice(Const(None), Const(None), Const(None))
    parts = index.items if isinstance(index, Tuple) else (index,)
    return base.cat == "array" and bool(base.rank) and all(part == whole for part in parts)


def is_advanced(index: Atom, kinds: Kinds) -> bool:
    """Whether an index of an array certainly gives a copy: there is an array or a list in it.

    What nothing is known of may give either, as may a tuple of which no element is known.
    """
    own = kind_of(index, kinds)
    named = own.items if own.cat == "tuple" and isinstance(index, Var) else None  # np.ix_(rows, columns)
    parts = index.items if isinstance(index, Tuple) else (index,)
    sequences = {"array", "list", "bool"} | ({"tuple"} if named or isinstance(index, Tuple) else set())
    return any(kind.cat in sequences for kind in named or [kind_of(part, kinds) for part in parts])


def subscript(base: Kind, index: Atom, result: Kind, kinds: Kinds) -> str:
    """What `base[index]` is: "view", "maybe", "fresh" of an array, "element", "part" of a list, or "any"."""
    if base.cat in ("array", "num"):
        if not is_basic(index, kinds):
            return "fresh" if is_advanced(index, kinds) else "maybe"
        return "view" if result.is_array else "fresh" if result.is_scalar else "maybe"
    if base.cat in CONTAINERS:
        return "part" if isinstance(index, Slice) else "element"
    return "any"


def read_atoms(call: Call, kinds: Kinds, result: Kind) -> Iterator[tuple[Atom, bool]]:
    """Operands whose contents a call reads, and whether the contents of their elements count too."""
    fun, args = call.fun, call.args
    if fun in DISPLAYS and call.form:  # list(xs)
        yield args[0], False
        return
    if fun in DISPLAYS or fun in ("is", "isnot", "list.append", "list.insert"):
        return
    if fun == "len":
        if kind_of(args[0], kinds).cat not in ("array", "num"):
            yield args[0], False
    elif fun == "getitem":
        base = kind_of(args[0], kinds)
        what = subscript(base, args[1], result, kinds)
        if what != "view":
            arrays = any(k.cat in ("array", "num") for k in base.items or ())
            yield args[0], what == "any" or (arrays and result.is_scalar)  # a 0-d array becomes a number
            yield args[1], True
    elif fun == "getattr":
        base, name = kind_of(args[0], kinds), args[1]
        if base.cat == "object" or not isinstance(name, Const):
            yield args[0], True
        elif name.value not in METADATA and not (name.value in VIEWS_OF_ARRAYS and result.is_array):
            yield args[0], True
    elif fun == "list.pop":
        yield args[0], False
    elif fun == "copy" and kind_of(args[0], kinds).cat in CONTAINERS:
        yield args[0], False
    else:
        bound = fun not in PURE and not result.is_scalar  # a number is read where NumPy makes one of an array
        sources = effect.sources if bound and (effect := effect_of(call)).result == "view" else ()
        unread = _unread(call, kinds)
        yield from ((a, True) for i, a in enumerate(args) if i not in unread and a not in sources)
        yield from ((a, True) for _, a in call.kwargs if a not in sources)


def _unread(call: Call, kinds: Kinds) -> tuple[int, ...]:
    """The operands of which only shape and dtype are read; the shadow of a list has the list's length."""
    if call.fun == "shadow_of" and kind_of(call.args[1], kinds).cat == "list":
        return ()
    return UNREAD.get(call.fun, ())


_PLAIN = frozenset((*LIST_METHODS, "raise", "assert", "print"))
_NO_STORAGE = (int, float, complex, str, bytes, type, np.ufunc, np.dtype, np.generic)


def is_opaque(call: Call) -> bool:
    """Whether a call may do anything to what it reaches and to the world."""
    if call.fun in PURE or call.fun in _PLAIN:
        return False
    return effect_of(call).result == "opaque"


def is_draw(call: Call, result: Kind) -> bool:
    """Whether a call is a random generator's: of methods of unseen objects only their results have a kind."""
    out = any(name == "out" for name, _ in call.kwargs)
    return call.fun == "call" and call.form.startswith(".") and result.is_number and not out


def holds_storage(obj: object) -> bool:
    """Whether a live object is storage that programs may write: no number, class or function."""
    return obj is not None and not isinstance(obj, _NO_STORAGE) and not callable(obj)
