"""Tangents of values and of calls that have rules: what the statements of forward mode are made of.

    z = x*y                  z_dot = y*x_dot + x*y_dot          elementwise: the cotangent's texts, with the
                                                                tangent of the argument for g, summed
    s = np.sum(x, axis=0)    s_dot = np.sum(x_dot, axis=0)      linear: the same call of the tangent
    m = np.max(x)            the rule's own text                others

Accepts a definition whose operands have tangents; guarantees a tangent of the result's shape that shares
storage with another tangent only where the result shares it with that other's value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2sad.analysis.activity import SHAPES
from s2sad.analysis.places import is_view
from s2sad.errors import Span, UnsupportedError, refuse
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind, carries
from s2sad.ir.nodes import Atom, Call, Const, Dict, Let, List, Stmt, Tuple, Undef, Var
from s2sad.rules import registry
from s2sad.rules.binding import bind
from s2sad.rules.registry import Bound, Rule
from s2sad.transform.bars import ARRAYS
from s2sad.transform.builder import Builder, refuse_cast, refuse_doubtful
from s2sad.transform.custom import called, given_function
from s2sad.transform.joint import Assembly
from s2sad.transform.poles import may_be_unbounded, may_warn
from s2sad.transform.rules import content_names

CONTAINERS = ("list", "tuple", "dict")
LITERALS = (int, float, complex, str, tuple, type(None))
QUOTIENT = {"x": "g/y", "y": "-(g*out/y)"}
PRODUCT = ("mul", "np.multiply")
MIRRORED = frozenset(("getitem", "getattr", "copy", "list.pop", "list"))


class Tangents(Builder):
    """The part of forward mode that deals with values; `dots` are the tangents by name."""

    def __init__(self, assembly: Assembly) -> None:
        super().__init__(assembly.fresh)
        self.program = assembly.program
        self.aliases = assembly.aliases
        self.storage = assembly.storage
        self.varied = assembly.varied | self._holders(assembly)
        self.dots: dict[str, Atom] = {}
        self.flat: set[str] = set()  # names of numbers and arrays whose tangents are exactly zero
        self.copies, self.attributes = assembly.copies, dict[Any, Atom]()  # tangents of attributes, by path
        self.entry: list[Stmt] | None = None  # where these are made
        self.places: dict[str, Atom] = {}  # tangents of the storage behind values that count as constant

    def _holders(self, assembly: Assembly) -> frozenset[str]:
        """Containers whose elements vary: a write into an element is one into the container's tangent."""
        found: set[str] = set()
        for name, kind in self.kinds.items():
            if kind.cat not in CONTAINERS or not carries(kind) or name in assembly.lowered.frozen:
                continue
            cls, seen = self.aliases.of(name), set[int]()
            while cls is not None and cls not in seen:
                seen.add(cls)
                cls = self.aliases.elements(cls)
                if cls is not None and any(n in assembly.varied for n in self.aliases.members(cls)):
                    found.add(name)
        return frozenset(found)

    # ---- values

    def active(self, atom: Atom) -> bool:
        """Whether an operand has a tangent that is not exactly zero."""
        if isinstance(atom, Tuple | List | Dict):
            return any(self.active(i) for i in atom.items)
        return isinstance(atom, Var) and atom.name in self.dots and atom.name not in self.flat

    def dot(self, atom: Atom) -> Atom:
        """The tangent of an atom, zeros where it is constant."""
        if isinstance(atom, Tuple | List):
            return type(atom)(tuple(self.dot(i) for i in atom.items))
        if isinstance(atom, Dict):
            return Dict(atom.keys, tuple(self.dot(i) for i in atom.items))
        if isinstance(atom, Undef):
            return atom
        if isinstance(atom, Var) and atom.name in self.dots:
            return self.dots[atom.name]
        return self.zero(atom)

    def zero(self, atom: Atom) -> Atom:
        """The tangent of a constant."""
        kind = self.kind(atom)
        if kind.cat == "array":
            return self.zeros_like(atom, kind)
        unknown = kind == K.OBJECT and isinstance(atom, Var)  # a number or an array, or nothing of the kind
        whole = kind.cat == "list" and bool(kind.items) and all(k.is_number for k in kind.items or ())
        if kind.cat == "num" or unknown or whole or (kind.cat in CONTAINERS and carries(kind)):
            return self.let(Call("zeros_list", (atom,)), kind)
        return Const(0.0) if kind.is_number else Const(None)

    def dot_hint(self, name: str) -> str:
        """The hint for the tangent of a value: `x_dot`."""
        hint = self.program.hints.get(name, "")
        return f"{hint}_dot" if hint.isidentifier() else ""

    def dot_kind(self, name: str) -> Kind:
        """The kind of the tangent of a value that is carried or passed: that of the value."""
        return self.kinds[name]

    def refuse_at(self, stmt: Stmt, what: str, instead: str) -> None:
        """Refuse a statement: what it does that has no derivative, and what to write instead."""
        refuse(getattr(stmt, "span", None) or Span("<unknown>", 1, 0, 1, 0), what, instead)

    # ---- calls

    def tangent(self, stmt: Let) -> Atom:
        """The tangent of a definition's value."""
        name, call = stmt.name, stmt.call
        if call.fun in ("Shadows", "zeros_list"):  # made anew, so that none needs the value for its shape
            return self.let(call, self.kinds[name])
        if call.fun in ("shadow_of", "shadow_tree") and self.active(call.args[0]):
            return self.let(replace(call, args=(self.dot(call.args[0]), *call.args[1:])), self.kinds[name])
        if call.fun in CONTAINERS and not call.form:
            items = tuple(self.dot(a) for a in call.args)
            return self.let(Call(call.fun, items, call.kwargs), self.kinds[name])
        if not any(self.active(a) for a in (*call.args, *(a for _, a in call.kwargs))):
            if call.fun != "copy" and any(isinstance(a, Var) and a.name in self.places for a in call.args):
                self.refuse_at(stmt, "a part of what counts as constant is written", "copy it first")
            return self._written_later(stmt)
        if call.fun in MIRRORED or call.fun == "tuple":
            return self._mirrored(stmt)
        if call.fun == "np.where" and len(call.args) == 3:
            return self._where(stmt)
        if call.fun == "where_used":
            return self._part_used(stmt)
        return self.separate(stmt, self._rule(stmt))

    def _flat(self, stmt: Let) -> Atom:
        """The tangent of a value that is constant, until something is written into it."""
        if self.kinds[stmt.name].is_number and not self.storage.is_mutable(stmt.name):
            self.flat.add(stmt.name)
        return self.zero(Var(stmt.name))

    def _written_later(self, stmt: Let) -> Atom:
        """The tangent of what varies as it is written into: one for each attribute of an object."""
        chain = self._chain(stmt)
        if not chain:
            return self._flat(stmt)
        path = chain[0].call.args[0], tuple([(let.call.fun, let.call.args[1]) for let in chain])
        if path not in self.attributes:
            assert self.entry is not None
            outer, self.block = self.block, self.entry
            base = chain[0].call.args[0]
            atom: Atom = self.copies.get(base.name, base) if isinstance(base, Var) else base
            for let in chain:
                atom = self.let(replace(let.call, args=(atom, *let.call.args[1:])), self.kinds[let.name])
            self.attributes[path] = self.zero(atom)
            self.block = outer
        return self.attributes[path]

    def _chain(self, stmt: Let) -> list[Let]:
        """How an attribute, or an element of one, is read from a parameter that is an object."""
        chain, base = [stmt], stmt.call.args[0] if stmt.call.args else None
        known = stmt.call.fun in ("getattr", "getitem")
        while known and isinstance(base, Var) and base.name in self.storage.lets:
            let = self.storage.lets[base.name]
            known = let.call.fun in ("getattr", "getitem") and isinstance(let.call.args[1], Const)
            chain.insert(0, let)
            base = let.call.args[0] if let.call.args else None
        if not any(let.call.fun == "getattr" and self._is_object(let) for let in chain):
            return []
        is_whole = known and isinstance(stmt.call.args[1], Const)
        if not is_whole or self.entry is None or not isinstance(base, Var):
            what = "an attribute of an object that is no argument of its own is written"
            self.refuse_at(stmt, what, "use vjp or grad, or pass the array as an argument")
        return chain

    def _is_object(self, let: Let) -> bool:
        return self.kind(let.call.args[0]).cat == "object"

    def _part_used(self, stmt: Let) -> Atom:
        """The tangent of `where_used(part, bar)`: 0 where it is nan, and bar and its tangent are 0."""
        part, bar = stmt.call.args[:2]
        if self.active(bar):
            sizes = [self.let(Call("abs", (a,))) for a in (bar, self.dot(bar))]
            bar = self.binary("add", *sizes)
        made = (self.dot(part), bar, *stmt.call.args[2:])
        return self.let(Call("where_used", made), self.kinds[stmt.name])

    def _mirrored(self, stmt: Let) -> Atom:
        """The same call of the first operand's tangent."""
        call = stmt.call
        first = self.dot(call.args[0])
        if call.fun == "getattr" and self.kind(call.args[0]).cat == "object":
            self.refuse_at(stmt, "an attribute of an active object", "pass what it holds as an argument")
        if call.fun == "copy" and self.kind(first).is_python:
            return first
        if call.fun == "getitem" and isinstance(first, Tuple | List) and isinstance(call.args[1], Const):
            place: int = call.args[1].value
            return first.items[place]
        kind = self.kinds[stmt.name]
        mine = self.kind(first)
        if kind.is_number and mine.is_number and mine.sort != self.kind(call.args[0]).sort:
            kind = replace(kind, dtype=mine.dtype) if not kind.is_python else kind
        if not self._may_be_real(stmt, first):
            return self.let(replace(call, args=(first, *call.args[1:])), kind)
        if call.fun != "copy":
            first = self.let(replace(call, args=(first, *call.args[1:])), replace(kind, dtype=""))
        return self._filled(Var(stmt.name), first)

    def _where(self, stmt: Let) -> Atom:
        """A selection of tangents: what is not taken contributes nothing, whatever it is."""
        cond, *sides = stmt.call.args
        out = self.kinds[stmt.name]
        dots = [self.dot(a) if self.active(a) else Const(0.0) for a in sides]
        made = self.let(Call("np.where", (cond, *dots)))
        operands = [a for a in (cond, *sides) if a == cond or self.active(a)]
        covered = all(
            a in operands or self._smaller(a, operands) for a in sides if isinstance(a, Var | Tuple | List)
        )
        return self.separate(stmt, self._stretched(stmt, made, out, covered))

    def _smaller(self, atom: Atom, others: list[Atom]) -> bool:
        """Whether an operand cannot make the result larger than others make it."""
        kind = self.kind(atom)
        return kind.rank == 0 or atom in others or any(K.same_shape(kind, self.kind(o)) for o in others)

    def _rule(self, stmt: Let) -> Atom:
        call = stmt.call
        try:
            rule = registry.rule(call.fun)
        except KeyError:
            self.refuse_at(
                stmt,
                f"an active value enters {call.form or call.fun}, "
                "which has no rule and no source that can be read",
                "write it with functions that s2sad knows",
            )
            raise AssertionError from None
        bound, atoms = bind(rule, call, self.kind)
        bound.out = self.kinds[stmt.name]
        bound.active = frozenset(
            n for n, a in atoms.items() if self.active(a) and (rule.name, n) not in SHAPES
        )
        try:
            if rule.form == "function":
                return self._function(stmt, rule)
            plain = rule.form == "elementwise" and rule.holomorphic  # or linear: without conjugates
            if not plain and not bound.active <= set(rule.linear) and self.may_be_complex(bound):
                refuse_doubtful(rule, bound)
            if rule.form == "elementwise":
                return self._elementwise(stmt, rule, bound, atoms)
            refuse_cast(rule, bound)
            return self._structural(stmt, rule, bound, atoms)
        except NotImplementedError as error:
            if isinstance(error, UnsupportedError):
                raise
            what, _, instead = str(error).partition("; ")
            self.refuse_at(stmt, what, instead or "write it with functions that have a derivative")
            raise AssertionError from None

    def _function(self, stmt: Let, rule: Rule) -> Atom:
        """A user's function for the tangent, called."""
        jvp, name, args = given_function(self, stmt, rule, "jvp", self.active)
        dots = Tuple(tuple([self._argument_dot(a) for a in args]))
        call = Call("call", (called(jvp, f"{name}_jvp"), dots, Var(stmt.name), *args))
        made = self.let(call, K.OBJECT)
        out = self.kinds[stmt.name]
        if out.cat != "tuple" or out.items is None:
            return self.let(Call("as_cotangent", (made, Var(stmt.name), Const(name))), out)
        parts = []
        for i, kind in enumerate(out.items):
            place = Const(i)
            own = self.let(Call("getitem", (Var(stmt.name), place)), kind)
            count = Const(len(out.items))
            parts.append(self.let(Call("tangent_of", (made, place, count, own, Const(name))), kind))
        return Tuple(tuple(parts))

    def _argument_dot(self, arg: Atom) -> Atom:
        kind = self.kind(arg)
        if self.active(arg):
            return self.dot(arg)
        if not kind.is_number or not kind.inexact:
            return Const(None)
        return Const(0.0) if kind.is_python else self.zeros_like(arg, kind)

    # ---- elementwise

    def _elementwise(self, stmt: Let, rule: Rule, bound: Bound, atoms: dict[str, Atom]) -> Atom:
        if atoms.get("where", Const(True)) != Const(True):
            self.refuse_at(stmt, f"{rule.name} of active values with where= and without out=", "use np.where")
        texts: dict[str, str] = {}
        for name in rule.signature:
            if name in bound.active:
                text = rule.jvp.get(name, rule.vjp.get(name))
                made = text(bound) if callable(text) else text
                if made is not None:
                    texts[name] = made
        if stmt.call.fun in PRODUCT and len(texts) == 2:
            x, y = atoms["x"], atoms["y"]
            if x == y or self._is_multiple(y, x):
                texts = {"x": "2*y*g"}
            elif self._is_multiple(x, y):
                texts = {"y": "2*x*g"}
        if not texts:
            return self._flat(stmt)
        if texts == QUOTIENT:  # by one division
            texts = {"x": "(g - y_dot*out)/y"}
            atoms = {**atoms, "y_dot": self.dot(atoms["y"])}
        total: Atom | None = None
        read: set[str] = set(texts)
        for name, text in texts.items():
            read |= {n for n, content in content_names(text).items() if content}
            term = self._term(stmt, text, atoms, self.dot(atoms[name]), bound)
            total = term if total is None else self.binary("add", total, term)
        assert total is not None
        covered = "out" in read or all(
            n in read or self._smaller(a, [atoms[m] for m in read if m in atoms])
            for n, a in atoms.items()
            if n not in ("out", "where", "dtype")
        )
        return self._stretched(stmt, total, self.kinds[stmt.name], covered)

    def _is_multiple(self, atom: Atom, of: Atom) -> bool:
        """Whether a value is a constant times another, so that their product is a multiple of a square."""
        let = self.storage.lets.get(atom.name) if isinstance(atom, Var) else None
        if let is None or let.call.fun not in PRODUCT or of not in let.call.args or let.call.kwargs:
            return False
        if any(isinstance(a, Var) and self.storage.is_mutable(a.name) for a in (atom, of)):
            return False
        return sum(map(self.active, let.call.args)) == 1

    def _term(self, stmt: Let, text: str, atoms: dict[str, Atom], g: Atom, bound: Bound) -> Atom:
        """One argument's part of the tangent."""
        self._note_pole(text, bound, stmt.call, self.kinds[stmt.name])
        if text.startswith("of_shape(") and self.kinds[stmt.name].rank != 0:  # a user's
            shape = self.let(Call("np.shape", (Var(stmt.name),)), Kind("tuple"))
            g = self.let(Call("np.broadcast_to", (g, shape)), self.kinds[stmt.name])
        names: dict[str, Atom] = self._statics(bound, atoms)
        names.update(atoms)
        names.update(g=g, out=Var(stmt.name))
        return self.text(text, names)

    def _statics(self, bound: Bound, atoms: dict[str, Atom]) -> dict[str, Atom]:
        return {k: Const(v) for k, v in bound.statics.items() if k not in atoms and isinstance(v, LITERALS)}

    def _note_pole(self, text: str, bound: Bound, call: Call, out: Kind) -> None:
        """Remember that NumPy may warn here where the function did not."""
        if may_warn(text, bound, call, out):
            self.poles = True
        self.infinite = self.infinite or may_be_unbounded(text, call)

    def _stretched(self, stmt: Let, atom: Atom, out: Kind, covered: bool) -> Atom:
        """A tangent of the result's shape: constants that made the result larger stretch the tangent."""
        kind = self.kind(atom)
        if out.rank == 0 or not (out.is_number or out == K.OBJECT) or K.same_shape(kind, out):
            return atom
        if covered:
            if isinstance(atom, Var) and atom.name in self.made_calls and kind.cat in ARRAYS and out.shape:
                self.kinds[atom.name] = replace(kind, shape=out.shape, cat="array")
            return atom
        shape = self.let(Call("np.shape", (Var(stmt.name),)), Kind("tuple"))
        dtype = kind.dtype if kind.is_number and not kind.is_python else out.dtype
        wide = self.let(Call("np.broadcast_to", (atom, shape)), Kind("array", dtype, out.shape))
        if out.cat == "array":
            return wide
        return self.let(Call("getitem", (wide, Tuple(()))), replace(out, dtype=dtype))

    # ---- functions of whole arrays

    def _structural(self, stmt: Let, rule: Rule, bound: Bound, atoms: dict[str, Atom]) -> Atom:
        self.poles = self.poles or rule.poles
        total = self._together(stmt, rule, bound, atoms)
        for name in [n.lstrip("*") for n in rule.signature] if total is None else []:
            if name not in bound.active:
                continue
            for term in self._terms(stmt, rule, bound, atoms, name):
                total = term if total is None else self._sum(total, term)
        if total is None:
            return self._flat(stmt)
        out, kind = self.kinds[stmt.name], self.kind(total)
        if isinstance(total, Var) and total.name in self.made_calls and out.shape and kind.cat in ARRAYS:
            self.kinds[total.name] = replace(kind, shape=out.shape, cat="array")
        if rule.name == "sum" and "start" in atoms and "start" not in bound.active:
            return self._stretched(stmt, total, out, False)
        return total

    def _together(self, stmt: Let, rule: Rule, bound: Bound, atoms: dict[str, Atom]) -> Atom | None:
        """What two active arguments contribute by one text of the rule, if it has such a text."""
        if rule.joint is None or len(bound.active) != 2:
            return None
        one, two = [n for n in rule.signature if n in bound.active]
        text = rule.joint(bound, atoms[one] == atoms[two])
        return None if text is None else self._dotted(stmt, text, bound, atoms, one)

    def _terms(self, stmt: Let, rule: Rule, bound: Bound, atoms: dict[str, Atom], name: str) -> list[Atom]:
        """What an active argument contributes: one term, or one for each active element."""
        variadic = "*" + name in rule.signature
        if name in rule.jvp:
            text = rule.jvp[name]
            if not (variadic and callable(text)):
                made = text(bound) if callable(text) else text
                return [] if made is None else [self._dotted(stmt, made, bound, atoms, name)]
            arg = atoms[name]
            assert isinstance(arg, Tuple)
            return [
                self._dotted(stmt, text(bound, i), bound, atoms, name)  # type: ignore[call-arg, arg-type]
                for i, item in enumerate(arg.items)
                if self.active(item)
            ]
        if name in rule.linear:
            return [self._applied(stmt, rule, name, atoms)]
        if not rule.vjp:
            return []  # a function of shapes, or one that is constant between its jumps
        back = rule.vjp.get(name)
        if name not in rule.vjp or (back(bound) if callable(back) else back) is not None:
            what = f"there is no forward derivative of {rule.name} by its argument {name!r}"
            raise NotImplementedError(what)
        return []

    def _dotted(self, stmt: Let, text: str, bound: Bound, atoms: dict[str, Atom], name: str) -> Atom:
        """The text of a tangent as statements."""
        self._note_pole(text, bound, stmt.call, self.kinds[stmt.name])
        names = self._statics(bound, atoms)
        for key, atom in atoms.items():
            names[key] = atom
            if isinstance(atom, Tuple):
                names.update({f"{key}_{i}": item for i, item in enumerate(atom.items)})
        wanted = content_names(text)
        arg = atoms[name]
        names["out"] = Var(stmt.name)
        if "g" in wanted or f"{name}_dot" in wanted:
            names["g"] = names[f"{name}_dot"] = self.dot(arg)
        for other in bound.active - {name}:
            if f"{other}_dot" in wanted:
                names[f"{other}_dot"] = self.dot(atoms[other])
        if isinstance(arg, Tuple):
            for i, item in enumerate(arg.items):
                if f"{name}_{i}_dot" in wanted:
                    names[f"{name}_{i}_dot"] = self.dot(item)
        return self.text(text, names)

    def _applied(self, stmt: Let, rule: Rule, name: str, atoms: dict[str, Atom]) -> Atom:
        """The call itself with the tangent in the place of an argument in which it is linear."""
        call = stmt.call
        at = list(rule.signature).index(name if name in rule.signature else "*" + name)
        dot = self.dot(atoms[name])
        if rule.name == "np.ndarray.item" and self.kind(dot).is_python:
            return dot
        if "*" + name in rule.signature:
            assert isinstance(dot, Tuple)
            made = replace(call, args=(*call.args[:at], *dot.items))
        elif at < len(call.args):
            made = replace(call, args=(*call.args[:at], dot, *call.args[at + 1 :]))
        else:
            made = replace(call, kwargs=tuple((k, dot if k == name else v) for k, v in call.kwargs))
        if at == 0 and call.form.startswith(".") and not self.kind(made.args[0]).is_array:
            made = replace(made, form="") if not call.fun.startswith("np.ndarray.") else made
        out = self.kinds[stmt.name]
        real = self.kind(dot).is_number and self.kind(dot).sort != "complex" and out.sort == "complex"
        return self.let(made, self.infer(made) if real else out)

    def _sum(self, a: Atom, b: Atom) -> Atom:
        kind = self.kind(a)
        if kind.cat in CONTAINERS:
            return self.let(Call("add_lists", (a, b)), kind)
        return self.binary("add", a, b)

    # ---- storage

    def separate(self, stmt: Let, atom: Atom) -> Atom:
        """A tangent in storage of its own where the value has such and one of the two is written."""
        name = stmt.name
        out = self.kinds[name]
        if out.is_scalar and self.kind(atom).cat in ARRAYS and not self._is_own(atom):
            return self.let(Call("pos", (atom,)), out)  # a 0-d array may be written, the number may not
        if out.cat not in ARRAYS or out.is_scalar or is_view(stmt.call, self.kinds, out) != "":
            return atom
        mutable = self.storage.is_mutable(name)
        kind = self.kind(atom)
        if mutable and (self.storage.asks_for_strides(name) or kind.sort != out.sort):
            return self._filled(Var(name), atom)
        if self._may_be_real(stmt, atom):
            if self._is_own(atom) and isinstance(atom, Var):  # it is no array of the dtype that is asked for
                self.kinds[atom.name] = replace(kind, dtype="")
            return self._filled(Var(name), atom)
        if not self._is_own(atom) and (mutable or self.may_be_written(atom)):
            if kind.is_scalar:
                return self._filled(Var(name), atom)
            return self.own_copy(atom, out)
        return atom

    def _filled(self, like: Var, atom: Atom) -> Atom:
        """A tangent of the shape, dtype and strides of its value."""
        kind, source, made = self.kinds[like.name], like, "np.zeros_like"
        if self.storage.asks_for_strides(like.name):
            made = "copy_strided"
            source = like if kind.is_array else self.let(Call("np.asarray", (like,)), kind)
        dot = self.let(Call(made, (source,)), kind, self.dot_hint(like.name))
        self.store(dot, Const(Ellipsis), atom)
        return dot

    def _may_be_real(self, stmt: Let, atom: Atom) -> bool:
        """Whether complex numbers are written into a value whose tangent may be an array of real ones.

            y = x + 0.3j                    y_dot = x_dot
            t = y.copy()                    t_dot = np.zeros_like(t); t_dot[...] = y_dot
            t[0] = 1j*x[1]                  t_dot[0] = 1j*x_dot[1]
        """
        out = self.kinds[stmt.name]
        if out.sort != "complex" or out.cat not in ARRAYS or not self.storage.is_mutable(stmt.name):
            return False
        return is_view(stmt.call, self.kinds, out) == "" and not self._is_complex(atom)

    def _is_complex(self, atom: Atom) -> bool:
        """Whether a tangent is complex wherever it is made: a factor is, or its value is written."""
        if isinstance(atom, Tuple | List):
            return any(map(self._is_complex, atom.items))
        if not isinstance(atom, Var):
            return self.kind(atom).sort == "complex"
        of = [name for name, dot in self.dots.items() if dot == atom]
        call = self._calls.get(atom.name)
        if of or call is not None:
            written = any(self.kinds[n].sort == "complex" and self.storage.is_mutable(n) for n in of)
            return written or (call is not None and any(map(self._is_complex, call.args)))
        return self.kinds[atom.name].sort == "complex"

    def _is_own(self, atom: Atom) -> bool:
        """Whether an atom is an array that a call of this statement has made."""
        call = self.made_calls.get(atom.name) if isinstance(atom, Var) else None
        return (
            call is not None
            and atom not in self.dots.values()
            and is_view(call, self.kinds, self.kinds[atom.name]) == ""  # type: ignore[union-attr]
        )

    def may_be_written(self, atom: Atom) -> bool:
        """Whether an array that is some value's tangent, or a view of one, may be written."""
        while isinstance(atom, Var):
            call = self.made_calls.get(atom.name)
            if any(dot == atom and self.storage.is_mutable(n) for n, dot in self.dots.items()):
                return True
            if call is None or not call.args:
                return False
            if is_view(call, self.kinds, self.kinds[atom.name]) == "":
                return False
            atom = call.args[0]
        return False
