"""Lowering of the methods of arrays, lists, dicts and strings.

x.sum(axis=0)            np.sum with the form ".sum", which is how it is written back
x.fill(0.0)              Store(x, ..., 0.0)
xs.append(x*y)           Do(list.append(xs, t)), and the kind of the list holds that of t
"""

from __future__ import annotations

import ast
import itertools
import re
import string
from collections.abc import Iterator, Sequence
from typing import Any

from s2sad.frontend import histories
from s2sad.frontend.dicts import got
from s2sad.frontend.functions import random_kind
from s2sad.frontend.protocols import converted
from s2sad.frontend.rules import Rules
from s2sad.frontend.sparse_constants import made_method
from s2sad.frontend.state import Group, Value
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const, Ref, Tuple, Var
from s2sad.rules import registry

UNTRACKED = frozenset(("resize", "setfield", "setflags", "byteswap", "itemset", "sort", "partition", "put"))
NUMBERS = {n.__name__: Ref(n.__name__, n) for n in (float, complex, int)}
TOLIST = {
    0: "made = number(x)",
    1: "made = [number(v) for v in x]",
    2: "made = [[number(v) for v in row] for row in x]",
}
READING = (".items", ".keys", ".values")  # methods of a dict
SAID = frozenset(  # methods of strings that are looked at while lowering
    "split rsplit partition rpartition replace strip lstrip rstrip lower upper title capitalize startswith "
    "endswith removeprefix removesuffix".split()
)
PLACES = frozenset(("find", "rfind", "index", "rindex", "count"))  # methods of strings that count
UNSEEN = frozenset(("tolist", "tobytes", "tofile", "dump", "dumps", "getfield"))

_STEP = re.compile(r"\.(\w+)|\[([^\]]*)\]")  # "{p.rate[0]}"


class Methods(Rules):
    """The part of lowering that calls methods of built-in types and of arrays."""

    def builtin_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value:
        """A method of an array, list, dict or str, or of an object whose class cannot be read."""
        if isinstance(base, Var) and base.name in self.outside:
            return histories.called(self, base, name, args, kwargs, node)
        if name in histories.CHANGING:
            histories.keep(self, base)
        kind = self.kind(base)
        if name == ".__getitem__" and len(args) == 1:
            return self.getitem(base, args[0], node, hint)
        if self.row_keys_of(base):
            return self.dict_method(base, name, args, kwargs, node)
        if kind.is_number:
            return self._array_method(base, kind, name[1:], args, kwargs, node, hint)
        outside = isinstance(base, Ref)
        if isinstance(base, Ref) and type(base.obj) is dict and name == ".get" and args:
            return got(self, base, args, node)
        if (kind.cat == "dict" or kind.cls is dict) and (not outside or name in READING):
            return self.dict_method(base, name, args, kwargs, node)
        if name in ("._replace", "._asdict"):
            names = list(getattr(self.class_of(base), "_fields", ()))
            if name == "._replace":
                return self.replaced(base, kwargs, node)
            return self.made("dict", [self.attribute(base, n, node) for n in names], names)
        if kind.cat == "list" or kind.cls is list:
            with self.at_once():
                return self.list_method(base, kind, name, args, kwargs, node, hint)
        long = kind.every is not None and name in (".index", ".count")
        asked = self.searched if long else self._text_method
        made = asked(base, name, args, kwargs, node, hint)
        if made is None and (self.makers or self.sparse):
            made = made_method(self, base, name, args, kwargs, node)
        if made is not None:
            return made
        arguments = (self.variable(base, node), *(self.variable(a, node) for a in args))
        named = tuple((k, self.variable(v, node)) for k, v in kwargs.items())
        return self.emit(
            Call("call", arguments, named, name),
            self._method_kind(base, kind, name, args, kwargs),
            node,
            hint,
        )

    def _text_method(
        self, base: Value, name: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str
    ) -> Value | None:
        """What a method of a string gives, where that is known or an f-string says it."""
        if isinstance(base, Const) and name in (".format", ".format_map") and isinstance(base.value, str):
            mapped = args[0] if name == ".format_map" and len(args) == 1 and not kwargs else None
            if mapped is not None and self.is_dict(mapped):
                args, kwargs = [], {k: self.getitem(mapped, Const(k), node) for k in self.unpack_keys(mapped)}
            made = self._formatted(base.value, args, kwargs, node, hint)
            if made is not None:
                return made
        return _said(base, name[1:], args) if not kwargs else None

    def _formatted(
        self, text: str, args: list[Value], kwargs: dict[str, Value], node: ast.AST, hint: str,
        places: Iterator[int] | None = None,
    ) -> Value | None:  # fmt: skip
        """`"{:.2f} of {d[n]}".format(x, d=d)` as the f-string that it is; None where fields are computed.

        A format that holds fields itself, as in `"{:{w}}"`, is such a text; `places` are those of `{}`.
        """
        places = itertools.count() if places is None else places
        pieces: list[str] = [""]
        values: list[Atom] = []
        specs: list[str] = []
        conversions: list[int] = []
        for piece, field, given, conversion in string.Formatter().parse(text):
            pieces[-1] += piece
            if field is None:
                continue
            spec = given or ""
            first = field[: min((field + ".").find("."), (field + "[").find("["))]
            place = next(places) if first == "" else int(first) if first.isdigit() else None
            value = kwargs.get(first) if place is None else args[place] if place < len(args) else None
            if value is None:
                return None
            for named, key in _STEP.findall(field[len(first) :]):
                if named:
                    value = self.attribute(value, named, node)
                else:
                    value = self.getitem(value, Const(int(key) if key.isdigit() else key), node)
            value, code = converted(self, value, ord(conversion) if conversion else -1, bool(spec), node)
            if "{" in spec:
                computed = self._formatted(spec, args, kwargs, node, "", places)
                if computed is None or code != -1:
                    return None
                value, spec = self.call_value(Ref("format", format), [value, computed], {}, node), ""
            values.append(self.variable(value, node))
            specs.append(spec)
            conversions.append(code)
            pieces.append("")
        parts: dict[str, Sequence[Any]] = {"pieces": pieces, "specs": specs, "conversions": conversions}
        named = tuple((k, Tuple(tuple(Const(v) for v in column))) for k, column in parts.items())
        return self.emit(Call("fstring", tuple(values), named), K.STR, node, hint)

    def _method_kind(
        self, base: Value, kind: Kind, name: str, args: list[Value], kwargs: dict[str, Value]
    ) -> Kind:
        holder = (
            base.obj if isinstance(base, Ref) else self.live.get(base.name) if isinstance(base, Var) else None
        )
        owner = type(holder) if holder is not None else None
        if isinstance(base, Var):
            owner = self.generators.get(base.name, owner)
        method = None if owner is None else getattr(owner, name[1:], None)
        if kind.cat == "str":
            asks = name.startswith((".is", ".startswith", ".endswith"))
            return K.BOOL if asks else K.INT if name[1:] in PLACES else K.STR
        return K.OBJECT if method is None else random_kind(method, kwargs, args, self.kind)

    def _copy(self, base: Value, kind: Kind, order: list[Value], node: ast.AST, hint: str) -> Value:
        """`x.copy()`, in an order."""
        if any(v not in (Const("C"), Const("K")) for v in order):
            return self.apply("np.copy", [base], {"order": order[0]}, node, hint=hint)
        form = ".copy K" if order == [Const("K")] and kind.rank not in (0, 1) else ""
        return self.emit(Call("copy", (self.atom(base),), (), form), kind, node, hint)

    def _array_method(
        self,
        base: Value,
        kind: Kind,
        short: str,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        hint: str,
    ) -> Value:
        if short == "fill" and len(args) == 1:
            return self._fill(base, args[0], node)
        if short == "item":
            return self._item(base, kind, args, node, hint)
        if short == "copy":
            return self._copy(base, kind, args or list(kwargs.values()), node, hint)
        if short in UNSEEN:
            return self._numbers(base, kind, short, args, node)
        itself = self._uncopied(f".{short}", base, args, kwargs, node)
        if itself is not None:
            return itself
        if short in ("reshape", "transpose") and len(args) > 1:
            args = [Group("tuple", args)]
        form = f".{short}"  # Python's numbers know conjugate() and not conj()
        short = {"conjugate": "conj"}.get(short, short)
        python = kind.is_python and form == ".conj"
        if short == "conj" and kind.sort in ("float", "int") and not args and not kwargs and not python:
            return base  # a real array's method gives the array itself, where np.conj gives a new one
        canonical = registry.array_method(short)
        if canonical is not None:
            return self.apply(canonical, [base, *args], kwargs, node, form=form, hint=hint)
        if short in UNTRACKED:
            self.refuse(
                node,
                f"{short}() changes an array in place in a way that is not tracked",
                "use the function of NumPy that returns a new array",
            )
        if kind.is_python and short in ("is_integer", "hex", "as_integer_ratio", "bit_length"):
            return self.emit(Call("call", (self.atom(base, node),), (), f".{short}"), K.OBJECT, node, hint)
        self.refuse(
            node, f"there is no rule for the array method {short!r}", "write it with supported functions"
        )

    def _numbers(self, base: Value, kind: Kind, short: str, args: list[Value], node: ast.AST) -> Value:
        """`x.tolist()`; other methods that take numbers out of an array are refused."""
        if short == "tolist" and not args and kind.rank in TOLIST and kind.sort in NUMBERS:
            return self.script(TOLIST[kind.rank], node, "made", x=base, number=NUMBERS[kind.sort])
        self.refuse(node, f"{short}() takes numbers out of an array", "index the array")

    def _item(self, base: Value, kind: Kind, args: list[Value], node: ast.AST, hint: str) -> Value:
        """`x.item()` of one element, `x.item(i, j)`."""
        if args:
            index: Value = args[0] if len(args) == 1 else Group("tuple", args)
            if len(args) == 1 and kind.rank != 1 and not isinstance(args[0], Group):
                base = self.apply("np.ravel", [base], {}, node)
            base = self.getitem(base, index, node)
        elif kind.rank != 0 and self.has_rule("np.ndarray.item"):
            return self.apply("np.ndarray.item", [base], {}, node, form=".item", hint=hint)
        name = kind.sort if kind.sort in ("float", "complex") else "int"
        return self.apply(name, [base], {}, node, form=".item", hint=hint)


def _said(base: Value, name: str, args: list[Value]) -> Value | None:
    """What a method of a string that is known gives: `"encoder.w".split(".")`."""
    known = [a.value for a in (base, *args) if isinstance(a, Const)]
    if len(known) <= len(args) or not isinstance(known[0], str) or name not in SAID:
        return None
    try:
        made = getattr(known[0], name)(*known[1:])
    except (TypeError, ValueError):  # as it will be when the program runs
        return None
    parts = [Const(part) for part in made] if isinstance(made, list | tuple) else []
    return Group("tuple" if isinstance(made, tuple) else "list", list(parts)) if parts else Const(made)


__all__ = ["Methods"]
