"""Lowering of calls of functions that have a rule.

np.add(a, b, out=v)      t = np.add(a, b); Store(v, ..., t)
np.linalg.norm(x)        the rule's Python source, inlined
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from s2sad.frontend import flat
from s2sad.frontend.complex_images import FILTERS, part_by_part
from s2sad.frontend.dtypes import plain
from s2sad.frontend.lengths import NEW
from s2sad.frontend.numbered import differ_before, has_order, refuse_as_number
from s2sad.frontend.operators import check_operands, may_vary
from s2sad.frontend.options import is_told_how, told_how
from s2sad.frontend.records import plain_value
from s2sad.frontend.source import rule_source
from s2sad.frontend.state import Group, State, Value, described, opened
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, List, Ref, Store, Tuple, Var
from s2sad.rules import registry
from s2sad.rules.axes import zero
from s2sad.rules.binding import BindingError, bind, static_value
from s2sad.rules.keywords import by_place_of, neutral, other_names, renamed_places
from s2sad.rules.registry import UNKNOWN, Bound, Rule
from s2sad.rules.results import of_floats
from s2sad.runtime import HELPERS

SAFE = {  # a point at which a function whose domain has an end, or which has a pole, is regular
    f"np.{name}": int(name not in ("arcsin", "arccos", "arctanh"))
    for name in (
        "log log2 log10 log1p sqrt cbrt divide true_divide floor_divide reciprocal power float_power "
        "remainder mod fmod arcsin arccos arctanh arccosh tan"
    ).split()
}
REAL = ("float", "int", "bool")
JOINS = ("np.concatenate", "np.stack")  # which write into `out` part after part
CONVERSIONS = frozenset(("float", "int", "complex", "bool", "round"))
SIZES = frozenset(("shape", "newshape", "reps"))  # arguments that NumPy takes as a list or as a tuple
# Whose `out` must have the very dtype of the result, or which compute in the dtype of `out`.
EXACT = frozenset(
    f"np.{n}"
    for n in (
        "dot take std var nanstd nanvar median nanmedian quantile percentile nanquantile nanpercentile "
        "fft.fft fft.ifft fft.rfft fft.irfft fft.fftn fft.ifftn fft.rfftn fft.irfftn"
    ).split()
)
CONVERTING = frozenset(f"np.{n}" for n in "array asarray asanyarray ascontiguousarray require copy".split())
PLAIN = frozenset(("float", "complex", "npscalar", "array", "num"))
ARITHMETIC = frozenset("add sub mul truediv floordiv mod pow matmul".split())  # operators that lists meet
OF_LISTS = ("math.", "heapq.", "bisect.", "statistics.", "seq.")  # modules whose functions take lists
SEQUENCES = frozenset(  # arguments that are sequences of arrays, or of numbers that rules read one by one
    "arrays tup choicelist condlist choices object blocks q k constant_values end_values c_and_lower "
    "lu_and_piv c_or_cr points tck xi sample bins".split()
)



def _is_numeric(kind: Kind) -> bool:
    """Whether a list or a tuple holds numbers, or lists of numbers, and nothing else."""
    if kind.cat not in ("list", "tuple") or not kind.items:
        return False
    return all(item.is_number or _is_numeric(item) for item in kind.items)


def _sizes(value: Value) -> Value:
    """A list of lengths as the tuple that says the same: of a tuple it is known how many there are."""
    held = opened(value)
    return Group("tuple", held.items) if isinstance(held, Group) and held.cat == "list" else value


def _renamed(
    rule: Rule, other: Rule, args: list[Value], kwargs: dict[str, Value]
) -> tuple[list[Value], dict[str, Value]]:
    """The arguments for another rule of the same function: by name from where the places differ."""
    ours, theirs = [*rule.signature], [*other.signature]
    silent = {n: Const(rule.signature[n]) for n in ours if n not in theirs}
    kwargs = {n: v for n, v in kwargs.items() if v != silent.get(n)}
    same = [a == b for a, b in zip(ours, theirs, strict=False)][: len(args)]
    kept = same.index(False) if False in same else len(same)
    if any(n[0] == "*" for n in (*ours, *theirs)) or kept == len(args) or len(args) > len(ours):
        return args, kwargs
    moved = dict(zip(ours[kept:], args[kept:], strict=False))
    return args[:kept], {**{n: v for n, v in moved.items() if v != silent.get(n)}, **kwargs}


def _is_scalar(kind: Kind) -> bool | None:
    known = not kind.optional and kind.cat not in ("object", "num")
    return kind.is_scalar or kind.cat == "str" if known else None


HEAPS = ("heap_rise", "heap_sink")
ASKED: dict[str, Callable[[Kind], int | None]] = {  # what the kind of an argument may say
    "np.ndim": lambda kind: kind.rank if kind.is_number and not kind.optional else None,
    "np.iscomplexobj": lambda kind: False if kind.sort in REAL else None,  # eigenvalues may be real
    "np.isrealobj": lambda kind: True if kind.sort in REAL else None,
    "np.isscalar": _is_scalar,
    "np.iterable": lambda kind: kind.rank != 0 if kind.is_number and kind.rank is not None else None,
}


class Rules(State):
    """The part of lowering that applies rules."""

    def apply(
        self,
        name: str,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        form: str = "",
        hint: str = "",
    ) -> Value:
        """A call of a function that has a rule."""
        if name in HEAPS and has_order(self, self.kind(args[1])):
            return self._in_heap_of_objects(name, args)
        self._refuse_as_numbers(name, args, kwargs, node)
        args, kwargs = by_place_of(name, args, kwargs)
        args = [flat.whole(self, a, node) if flat.is_flat(a) else plain_value(a) for a in args]
        if name in ASKED and len(args) == 1 and (said := ASKED[name](self.kind(args[0]))) is not None:
            return Const(said)
        found = self._otherwise(name, args, kwargs, node, hint) if args else None
        if found is not None:
            return found
        if name == "np.asarray" and kwargs.get("copy") == Const(True):
            name, form, kwargs = "np.array", "", {n: v for n, v in kwargs.items() if n != "copy"}
        rule = registry.rule(name)
        args, kwargs = self._spelled(rule, args, kwargs)
        args, kwargs = self._as_arrays(rule, args, kwargs, node)
        if rule.form == "composite":
            return self._composite(rule, args, kwargs, node)
        if self.unseen and name not in CONVERSIONS:
            args = self._operands_looked_at(rule, args, node)
        named = tuple((k, self.atom(v, node)) for k, v in kwargs.items())
        call = Call(name, tuple(self.atom(a, node) for a in args), named, form)
        early = self.loops and name in ARITHMETIC and Const(None) in call.args  # in the first pass
        if early or any(self.kind(a) == K.BOTTOM for a in call.args):
            return self.emit(call, K.BOTTOM, node, hint)
        if rule.general and registry.general(rule) not in self.frames and not self._takes(rule, call):
            other = registry.rule(registry.general(rule))
            return self.apply(other.name, *_renamed(rule, other, args, kwargs), node, hint=hint)
        bound, atoms = self._bind(rule, call, node)
        out = atoms.pop("out", None)
        if out is not None and out != Const(None):
            return self._with_out(rule, call, out, node)
        strange = self._check(rule, atoms, node)
        kind = self._result(rule, bound, node)
        if kind.cat == "none" or any(w in atoms for w in rule.writes):
            self._refuse_outside(rule, atoms, node)
            self.do(call, node)
            return Const(None)
        if name == "sum":
            kind = self._sum_of_none(bound, kind, node)
        made = self.emit(call, kind, node, hint)
        if strange is not None:
            self.foreign[made.name] = strange
        return made

    def _in_heap_of_objects(self, name: str, args: list[Value]) -> Value:
        """The places that an object passes in a heap, as its class says."""
        text = inspect.getsource(HELPERS[name]).replace(": Any", "")
        source = rule_source(f"{name} of objects", text)
        env = dict(zip(("heap", "item", "start"), [*args, Const(0)], strict=False))
        return self.inline(source, source.node, env, None, name)

    def _refuse_as_numbers(
        self, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> None:
        """Refuse objects of which only the numbers are known, but where they are not compared."""
        held = (self.kind(args[0]).items or ()) if name in (*HEAPS, "sorted_order") else ()
        if not name.startswith("heapq.") and not (held and differ_before(self, held[0])):
            refuse_as_number(self, [*args, *kwargs.values()], node)

    def _sum_of_none(self, bound: Bound, kind: Kind, node: ast.AST) -> Kind:
        """The kind of a sum, of which an earlier pass over a loop may have seen that it has no summands."""
        if bound.kind("iterable").cat == "list" and bound.kind("iterable").items is None:
            self.heap.summed.add(id(node))
        start = bound.kind("start") if bound.given("start") else K.INT
        return K.join(start, kind) if id(node) in self.heap.summed else kind

    def arithmetic(self, op: str, left: Value, right: Value, node: ast.AST, hint: str) -> Value | None:
        """An operator on two floats or arrays of which nothing else need be asked; None for all else."""
        if not (self._is_plain_number(left) and self._is_plain_number(right)) or self.guessed:
            return None
        if isinstance(left, Const) and isinstance(right, Const):
            return None
        rule, call = registry.rule(op), Call(op, (left, right))  # type: ignore[arg-type]
        kind = of_floats(op, [self.kind(left), self.kind(right)])
        if kind is None:
            kind = self._result(rule, self._bind(rule, call, node)[0], node)
        return self.emit(call, kind, node, hint)

    def _is_plain_number(self, value: Value) -> bool:
        if isinstance(value, Const):
            return type(value.value) in (int, float)
        if not isinstance(value, Var) or value.name in self.foreign:
            return False
        kind = self.kinds[value.name]
        return kind.cat in PLAIN and kind.sort in ("float", "complex") and not kind.optional

    def _spelled(
        self, rule: Rule, args: list[Value], kwargs: dict[str, Value]
    ) -> tuple[list[Value], dict[str, Value]]:
        """Arguments without those that change nothing; by place those that the rule names otherwise.

        Lists of lengths are tuples, and dtypes the classes of their elements.
        """
        args, kwargs = [plain(a) for a in args], {n: plain(v) for n, v in kwargs.items()}
        if moved := renamed_places(rule, len(args)):
            first = len(args) - len(moved)
            args, kwargs = args[:first], {**dict(zip(moved, args[first:], strict=True)), **kwargs}
        if rule.name == "np.clip" and not kwargs.keys().isdisjoint(("min", "max")):
            low, high = (kwargs.pop(n, Const(None)) for n in ("min", "max"))
            args = [*args, *(low, high)[len(args) - 1 :]]
        if not SIZES.isdisjoint(rule.signature):
            names = [*rule.signature, *("" for _ in args)]
            args = [_sizes(a) if n in SIZES else a for a, n in zip(args, names, strict=False)]
            kwargs = {n: _sizes(v) if n in SIZES else v for n, v in kwargs.items()}
        if kwargs.keys() <= rule.signature.keys():
            return args, kwargs
        statics = {k: static_value(v) if isinstance(v, Atom) else UNKNOWN for k, v in kwargs.items()}
        left_out, names = neutral(rule, statics), other_names(rule, len(args), kwargs)
        kept = {k: v for k, v in kwargs.items() if k not in left_out and k not in names}
        return [*args, *(kwargs[n] for n in names)], kept

    def _as_arrays(
        self, rule: Rule, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> tuple[list[Value], dict[str, Value]]:
        """Lists and tuples as the arrays that NumPy makes of them, where derivatives compute with them."""
        if rule.name.startswith(("np.", "scipy.")) and rule.name not in CONVERTING:
            args = [self._listed_on_some_path(rule, i, v, node) for i, v in enumerate(args)]
        if not any(self._is_listed(v) for v in (*args, *kwargs.values())) or rule.name.startswith(OF_LISTS):
            return args, kwargs
        if "." not in rule.name and not self._meets_array(rule.name, args):
            return args, kwargs
        names: list[str] = []
        for name in rule.signature:
            names += [name] * (len(args) - len(names) if name[0] == "*" else 1)
        names += ["" for _ in args[len(names) :]]
        args = [self._grown(n, v, node) for n, v in zip(names, args, strict=False)]
        kwargs = {n: self._grown(n, v, node) for n, v in kwargs.items()}
        given = [*zip(names, args, strict=False), *kwargs.items()]
        read = SEQUENCES | {"fill_value"} if rule.form == "composite" else SEQUENCES  # that of interp1d
        own = {n for n, text in (rule.vjp | rule.jvp).items() if text is not zero} | {*rule.linear}
        if rule.form == "elementwise":  # all are broadcast, also those in which it has no derivative
            read, own = frozenset(), own | (rule.signature.keys() - {"out", "where", "dtype"})
        listed = [(n, v) for n, v in given if n.lstrip("*") not in read and self._is_listed(v)]
        varies = any(may_vary(self, v) for n, v in given if n.lstrip("*") in own)
        arrays = {}
        for name, value in listed:
            constants = varies and name in own  # of a variadic argument they may be subscripts
            composed = rule.form == "composite" or name.lstrip("*") in own
            if constants or (composed and may_vary(self, value)):
                arrays[id(value)] = self.apply("np.array", [value], {}, node)
        return [arrays.get(id(v), v) for v in args], {k: arrays.get(id(v), v) for k, v in kwargs.items()}

    def _grown(self, name: str, value: Value, node: ast.AST) -> Value:
        """A display of arrays without lists: these may grow, and one says not how long it was."""
        if name.lstrip("*") not in SEQUENCES or not isinstance(value, Group) or value.keys:
            return value
        items = [
            self.apply("np.asarray", [item], {}, node)
            if isinstance(item, Var) and self.kind(item).cat == "list" and self._is_listed(item)
            else item
            for item in value.items
        ]
        return Group(value.cat, items)

    def _listed_on_some_path(self, rule: Rule, place: int, value: Value, node: ast.AST) -> Value:
        """What may be a list where it comes from one path and an array from another, as an array.

        Not so where it may be a Python number that has to give way to float32.
        """
        names = [*rule.signature]
        many = next((n for n in names[: place + 1] if n[0] == "*"), "")
        name = many.lstrip("*") or [*names, *[""] * place][place]
        several = rule.form == "elementwise" and len(rule.vjp) > 1
        if rule.form == "composite" or several or name in SEQUENCES or self.kind(value).cat != "object":
            return value
        own = name in rule.vjp or name in rule.jvp or name in rule.linear
        if not own or not may_vary(self, value):
            return value
        if self._is_unseen(value):
            made = self.emit(Call("plain", (self.atom(value), Const(True))), K.array(None), node)
            self.doubtful.add(made.name)  # it may be complex
            return made
        return self.apply("np.asarray", [value], {}, node)

    def _is_listed(self, value: Value) -> bool:
        """Whether a value is a list or a tuple of numbers, or of lists of numbers."""
        if isinstance(value, Group | Tuple | List):
            return self.kind(value).cat in ("list", "tuple") and all(
                self._is_listed(i) or self.kind(i).is_number for i in value.items
            )
        return isinstance(value, Var) and _is_numeric(self.kind(value))

    def _meets_array(self, op: str, args: list[Value]) -> bool:
        """Whether an operator on a list is NumPy's: beside an array, not `[a]*2` or `[a] + [b]`."""
        own = ("array", "num") if op == "mul" else ("array", "num", "npscalar")
        return op in ARITHMETIC and any(self.kind(a).cat in own for a in args)

    def _bind(self, rule: Rule, call: Call, node: ast.AST) -> tuple[Bound, dict[str, Atom]]:
        try:
            length_of = self.lengths.size if call.fun in NEW else self.lengths.of
            return bind(rule, call, self.kind, length_of)
        except BindingError as error:
            self.refuse(node, str(error), "use the supported arguments, or write the operation out")

    def has_rule(self, name: str) -> bool:
        """Whether there is a rule of this name."""
        try:
            registry.rule(name)
        except KeyError:
            return False
        return True

    def _takes(self, rule: Rule, call: Call) -> bool:
        """Whether a rule has a form for a call."""
        try:
            rule.kind(bind(rule, call, self.kind)[0])
        except (BindingError, NotImplementedError, IndexError):
            return False
        return True

    def _result(self, rule: Rule, bound: Bound, node: ast.AST) -> Kind:
        """The kind of a call's result; rules say what they cannot do by NotImplementedError."""
        try:
            return rule.kind(bound)
        except NotImplementedError as error:
            what, _, instead = str(error).partition("; ")
            what = what or f"this form of {rule.name} has no rule"
            self.refuse(node, what, instead or "write it with functions that have one")
        except (IndexError, ZeroDivisionError):
            self.refuse(node, f"{rule.name} of what has too few axes", "pass arrays of a rank that it takes")

    def _check(self, rule: Rule, atoms: dict[str, Atom], node: ast.AST) -> str | None:
        """Refuse operands whose arithmetic is not known; the type of one that meets constants only."""
        if rule.form == "elementwise":
            operands = [a for n, a in atoms.items() if n not in ("out", "where", "dtype")]
            single = [a for n, a in atoms.items() if f"*{n}" not in rule.signature]
            if rule.name.startswith("math.") and any(self.kind(a).cat in ("list", "tuple") for a in single):
                self.refuse(node, f"{rule.name} of a list", "call it for each element")
        else:
            operands = [a for n, a in atoms.items() if n in rule.vjp or n in rule.linear]
        dicts = [a for a in operands if self.kind(a).cat == "dict" and may_vary(self, a)]
        if dicts and rule.name not in HELPERS:
            self.refuse(node, f"{rule.name} of a dict", "use its values")
        strange = check_operands(self, [*operands], node)
        return strange if rule.form == "elementwise" and rule.name not in CONVERSIONS else None

    def _looked_at(self, args: list[Value], node: ast.AST) -> list[Value]:
        """Operands of which nothing is known are looked at when the program runs."""
        if not any(map(self._may_meet, args)):
            return args
        return [self._looked(a, node) if self._is_unseen(a) else a for a in args]

    def _operands_looked_at(self, rule: Rule, args: list[Value], node: ast.AST) -> list[Value]:
        """The operands in which a rule is differentiated; sizes and axes of a function are none."""
        if rule.form == "elementwise":
            return self._looked_at(args, node)
        if not rule.vjp and not rule.linear:
            return args
        names = list(rule.signature)
        first = next((i for i, n in enumerate(names) if n.startswith("*")), len(names))
        operand = [i >= first or (names[i] in rule.vjp or names[i] in rule.linear) for i in range(len(args))]
        if not any(map(self._may_meet, args)):
            return args
        return [
            self._looked(a, node) if is_one and self._is_unseen(a) else a
            for a, is_one in zip(args, operand, strict=True)
        ]

    def _may_meet(self, value: Value) -> bool:
        """Whether a value may carry a derivative, also where its dtype is not known."""
        if self._is_unseen(value):
            return False
        return may_vary(self, value) or (isinstance(value, Var) and K.carries(self.kind(value)))

    def _looked(self, value: Value, node: ast.AST) -> Value:
        """A value that is a real number, or an array of such, wherever the program goes on."""
        kind = self.kind(value)
        known = kind if kind.cat in ("array", "num") else K.OBJECT
        return self.emit(Call("plain", (self.atom(value),)), known, node)

    def _is_unseen(self, value: Value) -> bool:
        return isinstance(value, Var) and (value.name in self.unseen or value.name in self.doubtful)

    def _refuse_outside(self, rule: Rule, atoms: dict[str, Atom], node: ast.AST) -> None:
        for name in rule.writes:
            base = atoms.get(name)
            if isinstance(base, Ref):
                self.refuse_write(base, node)

    def _out_array(self, out: Atom, node: ast.AST) -> Atom:
        """The array that `out` names; a tuple may hold it."""
        if isinstance(out, Tuple) and len(out.items) == 1:
            out = out.items[0]
        if isinstance(out, Ref):
            self.refuse_write(out, node)
        if self.kind(out).cat not in ("array", "num"):
            self.refuse(node, "out= of something that is not an array", "pass an array")
        return out

    def _with_out(self, rule: Rule, call: Call, out: Atom, node: ast.AST) -> Value:
        """`f(a, out=b)` is `b[...] = f(a)`."""
        out = self._out_array(out, node)
        elementwise = rule.form == "elementwise"
        skipped = ("out", "where") if elementwise else ("out",)
        kwargs = tuple((k, v) for k, v in call.kwargs if k not in skipped)
        where = [v for k, v in call.kwargs if elementwise and k == "where" and v != Const(True)]
        signature = [n for n in rule.signature if not n.startswith("*")]
        variadic = any(n.startswith("*") for n in rule.signature)
        at = signature.index("out") if "out" in signature and not variadic else len(call.args)
        args = call.args[:at] if len(call.args) > at else call.args
        if "dtype" in signature[: len(args)] and args[-1] == Const(None) and len(args) == at:
            args = args[: signature.index("dtype")]  # `np.sum(a, 0, None, z)` gives no dtype
        if where and rule.name in SAFE:  # where the function is not computed it must not warn
            safe = Const(SAFE[rule.name])
            args = tuple(self.atom(self.apply("np.where", [where[0], a, safe], {}, node)) for a in args)
        own = self.kind(out).dtype  # a reduction computes in the dtype of what it writes to
        free = variadic or ("dtype" in signature and signature.index("dtype") >= len(args))
        reduces = "dtype" in rule.signature and not elementwise and rule.name not in EXACT
        if reduces and own[-1:].isdigit() and free:
            if not any(k == "dtype" for k, _ in kwargs):
                kwargs = (*kwargs, ("dtype", Ref(f"np.{own}", np.dtype(own).type)))
        inner = Call(call.fun, args, kwargs, call.form)
        bound, atoms = self._bind(rule, inner, node)
        self._check(rule, atoms, node)
        value: Atom = self.emit(inner, self._result(rule, bound, node), node)
        if rule.name in JOINS and isinstance(value, Var):
            self.joins_into[value.name] = out
        if where:
            value = self.atom(self.apply("np.where", [where[0], value, out], {}, node))
        self._check_out(rule, value, out, node)
        self.block.append(Store(out, Const(Ellipsis), value, "", self.span(node)))
        return out

    def _check_out(self, rule: Rule, value: Atom, out: Atom, node: ast.AST) -> None:
        """Refuse what NumPy raises: results of another sort than `out`, or of another dtype for np.dot.

        A subscript assignment would convert them.
        """
        kind, own = self.kind(value), self.kind(out)
        self._check_filled(rule.name, value, out, node)
        if not kind.is_number or not kind.sort or not own.sort:
            return
        order = ("bool", "int", "float", "complex")
        narrower = order.index(kind.sort) > order.index(own.sort)
        exact = rule.name in EXACT and kind.dtype[-1:].isdigit() and own.dtype[-1:].isdigit()
        if narrower or (exact and kind.dtype != own.dtype):
            self.refuse(
                node,
                f"the result of {rule.name}, {described(kind)}, does not have the dtype of out",
                f"pass out of dtype {kind.dtype or kind.sort}",
            )

    def _check_filled(self, name: str, value: Atom, out: Atom, node: ast.AST) -> None:
        """Refuse an `out` of which NumPy fills a part only: it does not stretch running results."""
        runs = "cum" in name or name.endswith("accumulate")
        if not runs or K.same_shape(self.kind(value), self.kind(out)):
            return
        what = f"out= of another shape than the result of {name}, of which NumPy fills a part"
        lengths = zip(self.kind(value).shape or (), self.kind(out).shape or (), strict=False)
        if any(n == 1 and m not in (1, None) for n, m in lengths):
            self.refuse(node, what, "pass out of the shape of the result")
        shapes = [self.atom(self.apply("np.shape", [v], {}, node)) for v in (value, out)]
        other = self.emit(Call("ne", tuple(shapes)), K.BOOL, node)

        def fail() -> None:
            made = Call("call", (Ref("ValueError", ValueError), Const(what.split(",", maxsplit=1)[0])))
            self.do(Call("raise", (self.emit(made, K.OBJECT, node),)), node)

        self.branch(other, fail, lambda: None, node)

    def _composite(self, rule: Rule, args: list[Value], kwargs: dict[str, Value], node: ast.AST) -> Value:
        source = rule_source(rule.name, rule.source)
        assert isinstance(source.node, ast.FunctionDef)
        spec = source.node.args
        if rule.name in self.frames:
            self.refuse(node, f"{rule.name} calls itself", "report this")
        out = kwargs.pop("out", Const(None)) if "out" not in rule.signature else Const(None)
        unlisted = [] if spec.kwarg is not None else [k for k in kwargs if k not in rule.signature]
        if unlisted:
            what = f"the argument {unlisted[0]!r} of {rule.name} is not supported"
            self.refuse(node, what, "use the supported arguments, or write the operation out")
        defaults: list[Value] = [Const(ast.literal_eval(d)) for d in spec.defaults]
        pairs = zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
        named: dict[str, Value] = {a.arg: Const(ast.literal_eval(d)) for a, d in pairs if d is not None}
        env = self.bind_arguments(spec, args, kwargs, defaults, named, node, rule.name)
        with self.standing(node):
            value = self.inline(source, source.node, env, None, rule.name)
        return value if out == Const(None) else self._into_out(rule, value, self.atom(out), node)

    def _into_out(self, rule: Rule, value: Value, out: Atom, node: ast.AST) -> Value:
        """The result of a composite in `out`, in whose dtype NumPy computes: another one is refused."""
        out = self._out_array(out, node)
        made = self.atom(value, node)
        kind, own = self.kind(made), self.kind(out)
        self._check_filled(rule.name, made, out, node)
        if not kind.is_number or not kind.dtype[-1:].isdigit() or kind.dtype != own.dtype:
            what = f"out= of another dtype than the result of {rule.name}"
            self.refuse(node, what, f"pass out of dtype {kind.dtype}")
        self.block.append(Store(out, Const(Ellipsis), made, "", self.span(node)))
        return out

    def _fill(self, base: Value, number: Value, node: ast.AST) -> Value:
        """`x.fill(number)`."""
        if isinstance(base, Ref):
            self.refuse_write(base, node)
        value = self.stored(number, node)
        self.block.append(Store(self.atom(base), Const(Ellipsis), value, "", self.span(node)))
        return Const(None)

    def _otherwise(
        self, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value | None:
        """Calls that stand for others, or for an argument; None for all others."""
        made = None
        if name in FILTERS:
            made = part_by_part(self, name, args, kwargs, node, hint)
        elif is_told_how(name, args, kwargs):
            made = told_how(self, name, args, kwargs, node, hint)
        return self._uncopied(name, args[0], args[1:], kwargs, node) if made is None else made

    def _uncopied(
        self, name: str, base: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value | None:
        """Calls that give the array itself unless its dtype has to change; None for all others."""
        unsure = self.kind(base).cat in ("object", "num") and kwargs.get("copy") != Const(True)
        if name == "np.nan_to_num" and unsure and (args or "copy" in kwargs):
            what = "np.nan_to_num is told whether to copy what may be an array or a number"
            self.refuse(node, what, "convert it where it is made (np.asarray(...), float(...))")
        if not self.kind(base).is_array:
            return None
        if name == "np.ndarray.view" and not args and not kwargs:
            return self.getitem(base, Const(Ellipsis), node)
        copied = kwargs.get("copy", Const(True))
        others = {n: v for n, v in kwargs.items() if n != "copy"}
        if name == "np.nan_to_num":
            if args:
                copied, args = args[0], args[1:]
            return None if copied == Const(True) else self._replaced(base, copied, args, others, node)
        plain = name == "np.array" and not args and not others and copied in (Const(None), Const(False))
        dtype = args[0] if args else others.get("dtype", Const(None))
        given = getattr(dtype, "obj", None)
        double = (given is float or given is np.float64) and self.kind(base).dtype == "float64"
        kept = (dtype == Const(None) or double) and others.keys() <= {"dtype"}
        if plain or (copied == Const(False) and (name == "np.astype" or (name == "np.asarray" and kept))):
            return self.apply("np.asarray", [base, *args], others, node)
        return None

    def _replaced(
        self, base: Value, copied: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST
    ) -> Value:
        """`np.nan_to_num(x, copy=False)` is `x[...] = np.nan_to_num(x)`."""
        if copied != Const(False):
            self.refuse(node, "whether np.nan_to_num copies is not known before the call", "pass a literal")
        given: list[Value] = [base, Const(True), *args] if args else [base]
        self._fill(base, self.apply("np.nan_to_num", given, kwargs, node), node)
        return base


__all__: list[Any] = ["Rules"]
