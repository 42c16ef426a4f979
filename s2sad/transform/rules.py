"""Adjoints of calls that have rules: a rule's text becomes statements, its value finds the operand's shape.

    z = x*y                  x_bar += unbroadcast(y*z_bar, x)       elementwise: masks and uniform cotangents
                                                                    go through
    s = np.sum(x)            x_bar += uniform(s_bar)                structural: the cotangent is an array,
                                                                    without mask
    w = np.where(c, x, y)    x_bar under the mask c, y_bar under its complement

Accepts a call and the cotangent of its result; guarantees contributions of the operands' shapes.
`unbroadcast` is placed here, never by a rule, and only where kinds do not prove it useless.
"""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from s2sad.analysis.activity import SHAPES
from s2sad.analysis.primitives import PURE, is_opaque, result_word
from s2sad.errors import UnsupportedError
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Atom, Call, Const, Let, List, Slice, Stmt, Store, Tuple, Var, uses, walk
from s2sad.rules import registry
from s2sad.rules.binding import bind
from s2sad.rules.registry import Bound, Rule
from s2sad.transform.bars import ARRAYS
from s2sad.transform.builder import parse, refuse_cast, refuse_doubtful
from s2sad.transform.cotangents import Bar, Mask
from s2sad.transform.custom import Custom
from s2sad.transform.poles import may_be_unbounded, may_warn

SELECTIONS = ("np.select", "np.choose")
SHAPE_ONLY = {"np.shape", "np.size", "np.ndim", "np.zeros_like", "np.ones_like", "np.empty_like"}


class Rules(Custom):
    """The part of the reverse sweep that deals with rules."""

    current: Let | None = None

    def selection(self, stmt: Let, bar: Bar) -> None:
        """A selection: each side gets the cotangent under a mask, so that what is not taken contributes 0."""
        args = stmt.call.args
        if stmt.call.fun == "where_used":
            self.part_used(stmt, bar)
            return
        if len(args) != 3:
            self._rule(stmt, bar)
            return
        cond = self.value(args[0], stmt)
        inner = bar.mask is not None or self.selected_from(stmt.name)
        bar = self.clean(bar)
        out = self.kinds[stmt.name]
        for when, arg in ((True, args[1]), (False, args[2])):
            if not self.active(arg):
                continue
            if inner and isinstance(arg, Var):
                self.select_from(arg.name)
            kind = self.kind(arg)
            cond_kind = self.kind(cond)
            if K.same_shape(kind, out) and (K.same_shape(cond_kind, out) or cond_kind.is_python):
                self.give(arg, Bar(bar.atom, bar.uniform, False, Mask(cond, when)))
            else:
                full = self.full(bar, stmt.name)
                made = self.fit(Bar(self.select(Mask(cond, when), full.atom), owned=True), arg, out, stmt)
                self.give(arg, self.guarded(made, arg))

    def _rule(self, stmt: Let, bar: Bar) -> None:
        call = stmt.call
        try:
            rule = registry.rule(call.fun)
        except KeyError:
            self.refuse_hidden(stmt)
            return
        bound, atoms = bind(rule, call, self.kind)
        bound.out = self.kinds[stmt.name]
        bound.active = frozenset(n for n, a in atoms.items() if self.reaches(a))
        bound.unit = bar.atom == Const(1.0)
        if isinstance(bar.atom, Tuple):
            bound.absent = frozenset(k for k, item in enumerate(bar.atom.items) if item == Const(None))
        try:
            if rule.form == "function":
                self.function_adjoint(stmt, rule, bar)
            elif rule.form == "elementwise":
                self._elementwise(stmt, rule, bound, atoms, bar)
            else:
                refuse_cast(rule, bound)
                if rule.vjp and self.may_be_complex(bound):
                    refuse_doubtful(rule, bound)
                self._structural(stmt, rule, bound, atoms, bar)
        except NotImplementedError as error:
            if isinstance(error, UnsupportedError):
                raise
            what, _, instead = str(error).partition("; ")
            self.refuse_at(stmt, what, instead or "write it with functions that have a derivative")

    def names_for(
        self, stmt: Let, text: str, bound: Bound, atoms: dict[str, Atom], g: Atom
    ) -> dict[str, Atom]:
        """What the names of a rule's text stand for."""
        wanted = content_names(text)
        names: dict[str, Atom] = {
            k: Const(v)
            for k, v in bound.statics.items()
            if k in wanted and k not in atoms and _is_literal(v)
        }
        for name, atom in atoms.items():
            names[name] = self.contents(atom, stmt, text) if wanted.get(name) else atom
            if isinstance(atom, Tuple):
                names.update({f"{name}_{i}": self.value(item, stmt) for i, item in enumerate(atom.items)})
        names["g"] = g
        if "out" in wanted:
            names["out"] = self.result(stmt.name, stmt)
        return names

    def _elementwise(self, stmt: Let, rule: Rule, bound: Bound, atoms: dict[str, Atom], bar: Bar) -> None:
        texts = {}
        for name, text in rule.vjp.items():
            if name in bound.active:
                made = text(bound) if callable(text) else text
                if made is not None:
                    texts[name] = made
        if (
            stmt.call.fun == "mul"
            and len(texts) == len(set(texts.values())) == 2
            and len({self.value(atoms[n], stmt) for n in texts}) == 1
        ):
            texts = {"x": "2*x*g"} if "x" in texts else texts  # x*x
        for name, text in texts.items():
            self._elementwise_arg(stmt, rule, text, bound, atoms, atoms[name], bar, len(texts) == 1)

    def _elementwise_arg(
        self,
        stmt: Let,
        rule: Rule,
        text: str,
        bound: Bound,
        atoms: dict[str, Atom],
        arg: Atom,
        bar: Bar,
        alone: bool,
    ) -> None:
        if text.startswith("of_shape("):  # a user's, which need not work element by element
            bar = self.full(bar, stmt.name)
        out = bar.wide or self.kinds[stmt.name]
        congruent = bar.wide is None and self._others(arg, atoms)
        result = self._partial(stmt, rule, text, bound, atoms, bar)
        if self.kind(bar.atom).is_python and K.is_coarser(self.kind(result), out):
            bar = replace(bar, atom=self._exactly(bar.atom))
            result = self._partial(stmt, rule, text, bound, atoms, bar)
        if bar.uniform:
            kind = self.kind(result)
            if kind.shape == () or kind.is_scalar:
                self.give(arg, self.fit(Bar(result, True, False, bar.mask), arg, out, stmt, congruent))
                return
            if not K.same_shape(kind, out):
                bar = self.full(bar, stmt.name)
                result = self._partial(stmt, rule, text, bound, atoms, bar)
        owned = alone and bar.owned if result == bar.atom else self.owns(result)
        if isinstance(result, Var) and result != bar.atom and result.name in self.made_calls and out.shape:
            self._set_shape(result, out)
        made = Bar(result, False, owned and self.kind(result).cat in ARRAYS, bar.mask)
        fitted = self.fit(made, arg, out, stmt, congruent)
        self.give(arg, replace(fitted, loose=True, owned=False) if bar.loose else fitted)

    def _exactly(self, atom: Atom) -> Atom:
        """A Python number as NumPy has it: beside a scalar of fewer digits it keeps its own.

            z = np.sum(x)*c*0.7         with c = np.float32(3):  x_bar = c*np.float64(0.7)
        """
        dtype = "complex128" if self.kind(atom).sort == "complex" else "float64"
        return self.let(Call(f"np.{dtype}", (atom,)), K.npscalar(dtype))

    def _others(self, arg: Atom, atoms: dict[str, Atom]) -> bool:
        """Whether all other operands are scalars, so that the result has this operand's shape."""
        shapeless = ("none", "str")  # a list or an unknown object has a shape
        for atom in atoms.values():
            kind = self.kind(atom)
            if kind.rank != 0 and kind.cat not in shapeless and atom != arg:
                return False
        return True

    def _partial(
        self, stmt: Let, rule: Rule, text: str, bound: Bound, atoms: dict[str, Atom], bar: Bar
    ) -> Atom:
        complex_ = rule.holomorphic and (
            self.kinds[stmt.name].sort == "complex"
            or self.kind(bar.atom).sort == "complex"
            or any(k.sort == "complex" for k in bound.kinds.values())
        )
        if self.may_be_complex(bound):
            if not rule.holomorphic:
                refuse_doubtful(rule, bound)
            complex_ = True
        g = self.conj(bar.atom) if complex_ else bar.atom
        if may_warn(text, bound, stmt.call, self.kinds[stmt.name]):
            self.poles = True
        if self.kind(g).cat == "npscalar" and may_be_unbounded(text, stmt.call):
            self.infinite = True
        result = self.text(text, self.names_for(stmt, text, bound, atoms, g))
        return self.if_used(stmt, text, bar, self.conj(result) if complex_ else result)

    def conj(self, atom: Atom) -> Atom:
        """The complex conjugate; real atoms are their own, and what is not known may be complex."""
        if self.kind(atom).sort in ("float", "int", "bool"):
            return atom
        bare = self.undone("np.conj", atom)
        return self.let(Call("np.conj", (atom,))) if bare is None else self.reuse(bare)

    def fit(
        self, bar: Bar, arg: Atom, out: K.Kind, at: Stmt | None = None, congruent: bool = False
    ) -> Bar:
        """A contribution of the result's shape, that of `at`, summed to the operand's shape."""
        kind = self.kind(arg)
        if not isinstance(arg, Var) or K.same_shape(kind, out):
            return replace(bar, uniform=False) if bar.uniform and kind.shape == () else bar
        if (congruent and kind.rank != 0) or self._is_unstretched(kind, out, at):
            return bar
        if bar.mask is not None and kind.rank != 0:
            self.select_from(arg.name)  # sums of zeros are zeros
        bar = self.clean(bar)
        if kind.rank == 0:
            return self._total(bar, out)
        if bar.uniform:
            full = self.filled_like_result(bar, out)
            bar = Bar(full, owned=True)
        mine = self.kind(bar.atom)
        summed = _summed(kind, out) if K.same_shape(mine, out) else None
        if summed is not None:
            return Bar(self.let(Call("np.sum", (bar.atom,), summed)))
        if arg.name in self._read_there and not _is_narrower(kind, out):
            return replace(bar, wide=out)
        like = self.like(self.canonical(arg.name))
        made = self.let(
            Call("unbroadcast", (bar.atom, like)),
            replace(kind, dtype=mine.dtype) if mine.dtype else kind,
        )
        return Bar(made)

    def _is_unstretched(self, kind: K.Kind, out: K.Kind, at: Stmt | None) -> bool:
        """Whether an operand cannot have been stretched to the result's shape: it has more than one element.

            k = np.array([y[1], -y[0]])
            z = y + k                        y has two elements, or this has raised an exception
        """
        block = None if at is None else self.storage.block_of.get(at)
        if block is None or kind.cat != "array" or not kind.shape or kind.rank != out.rank:
            return False
        axes = zip(kind.shape, out.shape or (), strict=True)
        return all(mine == whole or (block, mine) in self._stretchless for mine, whole in axes)

    @functools.cached_property
    def _stretchless(self) -> frozenset[tuple[int, K.Length]]:
        """Lengths, with the blocks whose statements read or write an element beyond the first there."""
        found: set[tuple[int, K.Length]] = set()
        for stmt, block in self.storage.block_of.items():
            taken = isinstance(stmt, Let) and stmt.call.fun == "getitem"
            base, index = stmt.call.args if taken else (None, None)  # type: ignore[union-attr]
            if isinstance(stmt, Store):
                base, index = stmt.base, stmt.index
            kind = self.kinds[base.name] if isinstance(base, Var) else K.OBJECT
            parts = index.items if isinstance(index, Tuple) else (index,)
            for length, part in zip(kind.shape or (), parts, strict=False):
                place = part.value if isinstance(part, Const) else None
                if kind.cat != "array" or not (isinstance(part, Slice) or type(place) is int):
                    break
                if place is not None and (place > 0 or place < -1):
                    found.add((block, length))
        return frozenset(found)

    @functools.cached_property
    def _read_there(self) -> frozenset[str]:
        """Results of elementwise operations that one statement of the same block reads, once.

        Their cotangents wait for the sum over the axes along which they were broadcast: it comes with their
        operands' own, and mostly there are none.
        """
        counts: Counter[str] = Counter()
        found = []
        for stmt in walk(self.program.body):
            names = list(uses(stmt))
            counts.update(names)
            if isinstance(stmt, Let | Store):
                found += [n for n in names if self._is_chained(n, stmt)]
        return frozenset(n for n in found if counts[n] == 1)

    def _is_chained(self, name: str, user: Let | Store) -> bool:
        """Whether a value is made by an elementwise operation for a statement of the same block."""
        let, storage = self.storage.lets.get(name), self.storage
        if let is None or let.call.fun == "np.where" or storage.block_of[let] != storage.block_of[user]:
            return False
        if self.kinds[name].cat != "array" or storage.is_mutable(name) or self.canonical(name) != name:
            return False
        try:
            return registry.rule(let.call.fun).form == "elementwise"
        except KeyError:
            return False

    def _total(self, bar: Bar, out: K.Kind) -> Bar:
        """The sum of a cotangent over the result's shape."""
        if out.rank == 0:
            return replace(bar, uniform=False)
        if not bar.uniform:
            return Bar(self.let(Call("np.sum", (bar.atom,))))
        assert self.current is not None
        like = self.like(self.current.name)
        if self.kind(like).cat == "num":  # a Python number on some path has no attribute size
            size: Atom = self.let(Call("np.size", (like,)), K.INT)
        else:
            size = self.attribute(like, "size")
        return Bar(self.binary("mul", bar.atom, size))

    def filled_like_result(self, bar: Bar, out: K.Kind) -> Atom:
        """A uniform cotangent of the result that is at hand, as an array."""
        assert self.current is not None
        return self.filled(self.like(self.current.name), bar.atom, out)

    def _structural(self, stmt: Let, rule: Rule, bound: Bound, atoms: dict[str, Atom], bar: Bar) -> None:
        self.poles = self.poles or rule.poles
        g = self.full(bar, stmt.name) if self.kinds[stmt.name].cat in ARRAYS else self.clean(bar)
        for name, text in rule.vjp.items():
            atom = atoms.get(name)
            if atom is None or name not in bound.active:
                continue
            if "*" + name in rule.signature and isinstance(atom, Tuple):
                for i, item in enumerate(atom.items):
                    if self.reaches(item):
                        self._structural_arg(stmt, text(bound, i), bound, atoms, item, g)  # type: ignore[operator,call-arg]
                continue
            made = text(bound) if callable(text) else text
            self._structural_arg(stmt, made, bound, atoms, atom, g)
        missing = sorted(
            n for n in bound.active if n not in rule.vjp and n in atoms and (rule.name, n) not in SHAPES
        )
        if missing and rule.vjp:
            kind = self.kind(atoms[missing[0]])
            whole = kind.met and kind.rank == 0  # `rows = [[x, 2]]`: a count in a list of numbers
            self.refuse_at(
                stmt,
                f"there is no derivative of {rule.name} by its argument {missing[0]!r}",
                "pass a constant for it, or int(...) of it" if whole else "pass a constant for it",
            )

    def _as_it_was(self, text: str, names: dict[str, Atom], atoms: dict[str, Atom], arg: Atom) -> None:
        """Let `sum` of a list that may have grown since go by the list's cotangent, which has its length."""
        if text.startswith("spread(") and self.kind(arg).cat == "list" and isinstance(arg, Var):
            if not self.by_address(arg.name):
                parameter = next(n for n, a in atoms.items() if a == arg)
                names[parameter] = self.list_bar(arg.name)

    def _structural_arg(
        self, stmt: Let, text: str | None, bound: Bound, atoms: dict[str, Atom], arg: Atom, bar: Bar
    ) -> None:
        if text is None:
            return
        tree = parse(text)
        uniform = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "uniform"
        if uniform:
            assert isinstance(tree, ast.Call)
            text = ast.unparse(tree.args[0])
        names = self.names_for(stmt, text, bound, atoms, bar.atom)
        self._as_it_was(text, names, atoms, arg)
        result = self.text(text, names)
        if isinstance(arg, Tuple | List):
            for i, item in enumerate(arg.items):
                if self.active(item) or isinstance(item, Tuple | List):
                    self._give_nested(item, self._subscript(result, Const(i)), self.kind(bar.atom).sort)
            return
        kind = self.kind(arg)
        if kind.cat == "list" and isinstance(arg, Var):
            if arg.name in self.mixed:
                parts = self.shadow_table(), self.list_value(arg, stmt), result, self.list_bar(arg.name)
                self.do(Call("accumulate_shadows", parts))
            elif self.by_address(arg.name):
                self.add_by_address(arg, self.list_value(arg, stmt), result)
            else:
                self.do(Call("accumulate", (self.list_bar(arg.name), result)))
            return
        if uniform:
            self.give(arg, Bar(result, kind.shape != () or not kind.is_number))
            return
        made = isinstance(result, Var) and result.name in self.made_calls and result != bar.atom
        if made and isinstance(result, Var) and kind.is_number:
            mine = self.kinds[result.name]
            cat = "array" if kind.shape else (mine.cat if mine.cat != "array" else kind.cat)
            self.kinds[result.name] = replace(mine, shape=kind.shape, cat=cat) if mine.cat in ARRAYS else mine
        owned = made and isinstance(result, Var) and self.owns(result) and self._is_fresh(result.name)
        if result == bar.atom:
            owned = bar.owned and len(bound.active) == 1
        self.give(arg, Bar(result, False, owned and self.kind(result).cat in ARRAYS))

    def _give_nested(self, item: Atom, bar: Atom, sort: str) -> None:
        """The parts of a cotangent that is a sequence; `sort` is that of the result's cotangent."""
        if isinstance(item, Tuple | List):
            for i, inner in enumerate(item.items):
                if self.active(inner) or isinstance(inner, Tuple | List):
                    self._give_nested(inner, self._subscript(bar, Const(i)), sort)
            return
        kind = self.kind(item)
        if sort == "complex" and kind.sort not in ("complex", ""):
            bar = self.let(
                Call("np.real", (bar,)), replace(kind, cat="num" if kind.shape != () else "npscalar")
            )
        if isinstance(bar, Var) and kind.is_number and self.kinds[bar.name].cat in (*ARRAYS, "object"):
            cat = "npscalar" if kind.is_scalar else kind.cat
            self.kinds[bar.name] = K.Kind(cat, kind.dtype, kind.shape)
        selects = self.current is not None and self.current.call.fun in SELECTIONS
        self.give(item, self.guarded(Bar(bar), item) if selects else Bar(bar))

    def _is_fresh(self, name: str) -> bool:
        call = self.made_calls[name]
        if call.fun in PURE:
            return call.fun not in ("getitem", "getattr")
        return not is_opaque(call) and result_word(call, self.kinds, self.kinds[name]) == "fresh"


def _is_narrower(kind: K.Kind, out: K.Kind) -> bool:
    """Whether an operand certainly has fewer axes than the result, or one of length 1 for a longer one."""
    if kind.shape is None or out.shape is None:
        return False
    pairs = zip(kind.shape, out.shape, strict=False)
    return len(kind.shape) != len(out.shape) or any(mine == 1 != other for mine, other in pairs)


def _summed(kind: K.Kind, out: K.Kind) -> tuple[tuple[str, Atom], ...] | None:
    """The arguments of np.sum that sums a result to an operand's shape; None where that is not known.

        (n, m) to (m,)      axis=0                  (n, m) to (n, 1)      axis=1, keepdims=True
    """
    if kind.cat != "array" or not kind.shape or not out.shape or len(kind.shape) > len(out.shape):
        return None
    before = len(out.shape) - len(kind.shape)
    pairs = list(zip(kind.shape, out.shape[before:], strict=True))
    ones = [k for k, (mine, other) in enumerate(pairs) if mine == 1 and other != 1]
    if any(mine not in (1, other) for mine, other in pairs) or (before and ones):
        return None
    axes = tuple(Const(k) for k in (ones or range(before)))
    if not axes:
        return None
    named: tuple[tuple[str, Atom], ...] = (("axis", axes[0] if len(axes) == 1 else Tuple(axes)),)
    return (*named, ("keepdims", Const(True))) if ones else named


@functools.lru_cache(maxsize=4096)
def content_names(text: str) -> Mapping[str, bool]:
    """The names in a rule's text, and whether it reads their contents (not only their shapes)."""
    found: dict[str, bool] = {}

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            skipped = (
                node.args[:1]
                if name in SHAPE_ONLY
                else node.args[1:2]
                if name in ("unbroadcast", "unreduce")
                else []
            )
            for arg in skipped:
                if isinstance(arg, ast.Name):
                    found.setdefault(arg.id, False)
            for part in [node.func, *node.args, *(k.value for k in node.keywords)]:
                if not (part in skipped and isinstance(part, ast.Name)):
                    visit(part)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in ("shape", "size", "ndim", "dtype")
        ):
            found.setdefault(node.value.id, False)
        elif isinstance(node, ast.Name):
            found[node.id] = True
        else:
            for child in ast.iter_child_nodes(node):
                visit(child)

    visit(parse(text))
    return found


def _is_literal(value: object) -> bool:
    return isinstance(value, int | float | complex | str | tuple | type(None))
