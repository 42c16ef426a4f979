"""Seeded faults: each is a small wrong edit of the package, which the suite has to notice.

    python tests/faults.py              apply every fault in turn and print a table; exit 1 if one goes unnoticed
    python tests/faults.py copy tape    those whose names contain one of the words

A fault replaces a piece of source text that occurs exactly once in a file (so that this list cannot rot unseen) in a
copy of the repository, in which the tests that the fault names run in a process of their own. It is caught if one of
them fails; a run in which no test starts, because the package cannot be imported, is an error of the list.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CX, TARGETS, EFFECTS = "tests/test_cx.py", "tests/test_targets.py", "tests/optimise/test_effects.py"
DELICATE, FORWARD = "tests/test_delicate.py", "tests/test_forward.py"
RECURRENCES, COSTS = "tests/test_recurrences.py", "tests/rules/test_costs.py"
SECONDS = 300  # after which a run counts as stuck


@dataclass(frozen=True)
class Fault:
    """`old` becomes `new` in a file of the package; `tests` are what pytest runs: files, test ids, -k and its words.

    An empty `old` is no fault at all.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def edit(self, root: Path) -> None:
        """Apply the fault to the package under `root`."""
        path = root/"s2sad"/self.file
        path.write_text(self.changed(path.read_text()))

    def changed(self, text: str) -> str:
        """The file's text with the fault in it."""
        if not self.old:
            return text
        found = text.count(self.old)
        assert found == 1, f"{self.name}: the text to replace occurs {found} times in s2sad/{self.file}"
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Outcome:
    """What the tests said about a fault; `first` is the test that failed first, "" if none did."""

    fault: Fault
    caught: bool
    first: str
    seconds: float
    output: str


FAULTS = [
    # ---- what calls do to storage
    Fault(
        "view marked fresh",
        "analysis/primitives.py",
        'return "view" if result.is_array else "fresh" if result.is_scalar else "maybe"',
        'return "fresh"',
        (TARGETS,),
    ),
    Fault(
        "broadcast view marked fresh",
        "rules/shapes.py",
        'effect="view array",',
        'effect="fresh",',
        (DELICATE,),
    ),
    Fault(
        "reshape always a copy",
        "rules/shapes.py",
        '(np.reshape, np.ndarray.reshape),\n    linear=("a",),\n    effect="maybe a",',
        '(np.reshape, np.ndarray.reshape),\n    linear=("a",),\n    effect="fresh",',
        (CX,),
    ),
    Fault(
        "aliases of loops forgotten",
        "analysis/effects.py",
        "self._join_all(carry.name, (carry.init, carry.next, Var(carry.out)))",
        "self._join_all(carry.name, (carry.init, Var(carry.out)))",
        (CX, TARGETS),
    ),
    Fault(
        "division never raises",
        "analysis/primitives.py",
        "return all(k.is_python for k in operands) and not _nonzero(args[1])",
        "return False",
        (DELICATE,),
    ),
    # ---- stores
    Fault(
        "no copy before zeroing",
        "transform/stores.py",
        'return Bar(self.let(Call("copy", (region,)), self.kind(region)), owned=True)',
        "return Bar(region, owned=True)",
        (TARGETS,),
    ),
    Fault(
        "cotangent not zeroed by a store",
        "transform/stores.py",
        "self.store(place, Const(Ellipsis) if index is None else index, Const(0.0))",
        "pass",
        (TARGETS,),
    ),
    Fault(
        "no winner mask",
        "transform/stores.py",
        "if index is None or self.distinct(index):",
        "if True:",
        (TARGETS,),
    ),
    Fault(
        "np.add.at loses to the last write",
        "transform/stores.py",
        "region = self.getitem(place, self.value(index, stmt))\n        self._give_stored(value",
        "region = self._won(Bar(self.getitem(place, self.value(index, stmt))), place, index).atom\n"
        "        self._give_stored(value",
        (CX,),
    ),
    Fault(
        "gather without np.add.at",
        "transform/reverse.py",
        'if what != "view" and not self.distinct(index):',
        "if False:",
        ("tests/test_golden.py", "-k", "gather"),
    ),
    Fault(
        "factor applied before its part is given",
        "transform/stores.py",
        "return not self.storage.aliases.may_alias(value.name, base.name)",
        "return True",
        (DELICATE,),
    ),
    Fault(
        "a store through other names in between",
        "transform/stores.py",
        "return not any(start < self.storage.span[s][0] < end for s in self.storage.stores.get(cls, ()))",
        "return True",
        (DELICATE,),
    ),
    # ---- cotangents
    Fault(
        "+= on a borrowed cotangent",
        "transform/bars.py",
        "            and old.owned\n            and not old.uniform",
        "            and not old.uniform",
        (CX, TARGETS),
    ),
    Fault(
        "a borrowed cotangent as buffer",
        "transform/bars.py",
        "if not bar.owned or not self._writeable(bar.atom, kind):",
        "if not self._writeable(bar.atom, kind):",
        (CX, TARGETS),
    ),
    Fault(
        "leaves that share memory",
        "transform/joint.py",
        "        if kind.cat in ARRAYS and not bar.owned and ",
        "        if False and ",
        (DELICATE,),
    ),
    Fault(
        "assignment in place of accumulation",
        "transform/bars.py",
        'atom = self.binary("add", old.atom, new.atom)',
        "atom = new.atom",
        (TARGETS,),
    ),
    Fault(
        "unbroadcast left out",
        "transform/rules.py",
        '''        made = self.let(
            Call("unbroadcast", (bar.atom, like)),
            replace(kind, dtype=mine.dtype) if mine.dtype else kind,
        )
        return Bar(made)''',
        "        del like, mine\n        return bar",
        (CX,),
    ),
    Fault(
        "uniform cotangent not summed",
        "transform/rules.py",
        'return Bar(self.binary("mul", bar.atom, size))',
        "del size\n        return bar",
        (DELICATE,),
    ),
    Fault(
        "mask of a selection dropped",
        "transform/rules.py",
        "self.give(arg, Bar(bar.atom, bar.uniform, False, Mask(cond, when)))",
        "self.give(arg, Bar(self.select(Mask(cond, when), self.full(bar, stmt.name).atom)))",
        (CX,),
    ),
    Fault(
        "branches of a selection swapped",
        "transform/bars.py",
        "args = (mask.cond, atom, Const(0.0)) if mask.when else (mask.cond, Const(0.0), atom)",
        "args = (mask.cond, Const(0.0), atom) if mask.when else (mask.cond, atom, Const(0.0))",
        (CX,),
    ),
    Fault(
        "conj left out",
        "transform/rules.py",
        'return self.let(Call("np.conj", (atom,)))',
        "return atom",
        (CX, "tests/test_golden.py", "tests/test_api.py", "-k", "complex"),
    ),
    Fault(
        "complex cotangent of a real value",
        "transform/reverse.py",
        'if mine.sort == "complex" and kind.sort == "float":',
        "if False:",
        (DELICATE,),
    ),
    # ---- what the forward sweep keeps
    Fault(
        "snapshots left out",
        "analysis/storage.py",
        "return self._is_hit(cls, self.settled.region(name), stmt)",
        "return False",
        (TARGETS,),
    ),
    Fault(
        "snapshots left out in loops",
        "analysis/settled.py",
        "            return (after or bool(common)) and not",
        "            return after and not",
        (RECURRENCES,),
    ),
    Fault(
        "a cell that a later trip writes read again",
        "analysis/settled.py",
        "return distance % step != 0 or distance // step <= 0",
        "return True",
        (RECURRENCES,),
    ),
    Fault(
        "a cell that wraps around read again",
        "analysis/settled.py",
        "if step and r.natural and w.natural:",
        "if step:",
        (RECURRENCES,),
    ),
    Fault(
        "a later line of the same trip forgotten",
        "analysis/settled.py",
        "        if not loops:\n            return after and",
        "        if not loops:\n            return False and",
        (RECURRENCES,),
    ),
    Fault(
        "a written operand read again in place of its tape",
        "transform/plan.py",
        'if isinstance(base, Var) and what != "view" and self._is_written(base.name):',
        "if False:",
        (TARGETS,),
    ),
    Fault(
        "a needed tape dropped",
        "transform/plan.py",
        'if name in self.taped:\n            return "tape"\n        if self._is_cheap(name, 0):',
        "if name in self.r.storage.lets:",
        (TARGETS,),
    ),
    Fault(
        "an operand kept after the write",
        "transform/bars.py",
        "return self.snapshot(atom, stmt, self.before)",
        "return self.snapshot(atom, stmt, self.after)",
        (DELICATE,),
    ),
    Fault(
        "old contents kept after the write",
        "transform/stores.py",
        "self.snapshots[key] = self._kept_region(stmt, self.before)",
        "self.snapshots[key] = self._kept_region(stmt, self.after)",
        (TARGETS,),
    ),
    Fault(
        "a tape of the back edge in place of the head",
        "transform/plan.py",
        "        value: Atom = Var(name)\n",
        "        value: Atom = next((c.next for c in getattr(self.primal, 'carried', ()) if c.name == name), Var(name))\n",
        (TARGETS,),
    ),
    Fault(
        "a tape read from the wrong end",
        "transform/plan.py",
        'call = Call("list.pop", (tape,))',
        'call = Call("list.pop", (tape, Const(0)))',
        (TARGETS,),
    ),
    Fault(
        "entry copy left out",
        "transform/joint.py",
        "found += [name] if cls in storage.mutable else []",
        "pass",
        (TARGETS,),
    ),
    Fault(
        "entry copy without its strides",
        "transform/joint.py",
        "strided = self._needs_strides(name)",
        "strided = False",
        (CX,),
    ),
    Fault(
        "tape of a pullback taken apart",
        "transform/pullback.py",
        "if n in popped:  # the pullback",
        "if False:  # the pullback",
        (TARGETS,),
    ),
    Fault(
        "pullback reads the caller's arrays",
        "transform/pullback.py",
        "            if param in seen:\n                a.copy_parameter(param)",
        "            pass",
        (CX,),
    ),
    # ---- branches and loops
    Fault(
        "trip counted that does not run",
        "transform/edits.py",
        "carry = Carry(head, Const(0), Var(step), out)",
        "carry = Carry(head, Const(1), Var(step), out)",
        (TARGETS,),
    ),
    Fault(
        "trip that breaks counted too",
        "transform/edits.py",
        "    if behind is None:\n        carry",
        "    if True:\n        carry",
        (DELICATE,),
    ),
    Fault(
        "reversed range off by one",
        "transform/loops.py",
        "self._shifted(stop, -1), self._shifted(start, -1), Const(-1)",
        "self._shifted(stop, -1), start, Const(-1)",
        (TARGETS,),
    ),
    Fault(
        "reversed range of descending loops off by one",
        "transform/loops.py",
        "self._shifted(stop, 1), self._shifted(start, 1), Const(1)",
        "self._shifted(stop, 1), start, Const(1)",
        (DELICATE,),
    ),
    Fault(
        "zero where branches join lost",
        "transform/branches.py",
        "            if uniform:\n                return Bar(Const(0.0), True)",
        "            if uniform:\n                return Bar(Const(1.0), True)",
        (DELICATE,),
    ),
    Fault(
        "one side of a join for both",
        "transform/branches.py",
        "outs.append(Out(made, atoms[0], atoms[1]))",
        "outs.append(Out(made, atoms[1], atoms[1]))",
        (TARGETS,),
    ),
    Fault(
        "loops that every trip leaves end by no exit",
        "transform/leaving.py",
        "if ends_by_exits(stmt) else {}",
        "",
        ("tests/test_always_leaving.py::test_loops_that_are_left",),
    ),
    Fault(
        "what a trip hands on is not looked at",
        "transform/loops.py",
        "sharp = [c if c.name in turned else replace(",
        "sharp = [replace(",
        ("tests/test_always_leaving.py::test_what_is_handed_on",),
    ),
    Fault(
        "cotangent lost where a loop has no trip",
        "transform/loops.py",
        "self.give(c.init, Bar(Var(made.out), uniform, owned or self.storage_needs_buffer(c.name)))",
        "self.give(c.init, Bar(made.next, uniform, owned or self.storage_needs_buffer(c.name)))",
        (TARGETS,),
    ),
    Fault(
        "sum of a loop starts anew",
        "transform/loops.py",
        "numbers[name] = self.full(bar, name).atom",
        "numbers[name] = Const(0.0)",
        (TARGETS,),
    ),
    Fault(
        "rotation writes where it should add",
        "transform/reverse.py",
        'base, index = self.place(name)\n        self.store(base, index, bar.atom, "add")',
        'base, index = self.place(name)\n        self.store(base, Const(Ellipsis) if index is None else index, bar.atom)',
        (TARGETS,),
    ),
    Fault(
        "storages handed over that are used afterwards",
        "analysis/storage.py",
        "if any(at > start for member in family[name] for at in self.places[member].used):",
        "if False:",
        (DELICATE,),
    ),
    # ---- lists
    Fault(
        "list.pop from the wrong end",
        "transform/lists.py",
        'call = Call("list.pop", (bars, *(self.value(i, stmt) for i in at)))',
        'call = Call("list.pop", (bars, Const(0)))',
        ("tests/test_golden.py", "-k", "list"),
    ),
    Fault(
        "cotangents of lists overwritten",
        "runtime/lists.py",
        "        a[i] = old + item if number else add_lists(old, item)",
        "        a[i] = item",
        ("tests/runtime",),
    ),
    # ---- kinds
    Fault(
        "unequal lengths broadcast to the first",
        "ir/kinds.py",
        "            result.append(new_length())\n            if len(_origins)",
        "            result.append(sorted(lengths, key=str)[-1])\n            if len(_origins)",
        (CX,),
    ),
    Fault(
        "length of a slice off by one",
        "ir/kinds.py",
        "return (symbol, offset - lo + (hi or 0)) if offset",
        "return (symbol, offset - min(lo, 1) + (hi or 0)) if offset",
        (CX,),
    ),
    Fault(
        "lengths that a loop changes taken for equal",
        "frontend/phis.py",
        "            pairs[(mine, theirs)] = K.new_length()\n",
        "            pairs[(mine, theirs)] = mine\n",
        (DELICATE,),
    ),
    Fault(
        "rank of a join guessed",
        "ir/kinds.py",
        "    if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):\n        shape = None",
        "    if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):\n        shape = a.shape",
        (CX,),
    ),
    Fault(
        "literals equal by value: 1, 1.0 and True",
        "ir/nodes.py",
        "(type(mine) is type(its) and repr(mine) == repr(its))\n\n    def __hash__(self) -> int:\n"
        "        return hash((type(self.value), repr(self.value)))",
        "bool(mine == its)\n\n    def __hash__(self) -> int:\n"
        "        return hash(self.value if isinstance(self.value, int | float) else repr(self.value))",
        ("tests/optimise", CX),
    ),
    # ---- guards and memory of texts
    Fault(
        "guard without __code__",
        "frontend/calls.py",
        'self.depend(("code", id(obj)), lambda: obj.__code__, obj.__code__, fn.text)',
        "pass",
        ("tests/test_freshness.py",),
    ),
    Fault(
        "guard without defaults",
        "frontend/calls.py",
        'self.depend(("defaults", id(obj)), lambda: obj.__defaults__, obj.__defaults__, fn.text)',
        "pass",
        ("tests/test_freshness.py",),
    ),
    Fault(
        "guard without cells",
        "frontend/state.py",
        'self.depend(("cell", id(cell)), lambda: cell.cell_contents, obj, name)',
        "pass",
        ("tests/test_freshness.py",),
    ),
    Fault(
        "stale text",
        "memo.py",
        "if made is None or not made.guard():",
        "if made is None:",
        ("tests/test_freshness.py",),
    ),
    Fault(
        "lengths of 1 not told apart",
        "arguments.py",
        "shape = tuple([1 if n == 1 else (lengths.setdefault(n, len(lengths)),) for n in value.shape])",
        "shape = tuple([(lengths.setdefault(n, len(lengths)),) for n in value.shape])",
        ("tests/test_cache.py", CX),
    ),
    # ---- optimisation and printing
    Fault(
        "everything may move",
        "optimise/motion.py",
        "        if isinstance(past, Return):\n            return False",
        "        return True",
        ("tests/optimise/test_motion.py",),
    ),
    Fault(
        "expressions move past writes",
        "backend/nest.py",
        "            if facts.clash(moved, bits) and not self.is_apart(let, fixed):\n                return False",
        "            pass",
        (CX, TARGETS),
    ),
    Fault(
        "cse merges arrays that are written",
        "optimise/cse.py",
        "if cls is not None and self._is_fixed(cls) and not self._is_same_storage(call, kind):",
        "if False:",
        (CX,),
    ),
    Fault(
        "cse makes one array of two results",
        "optimise/cse.py",
        "if self._is_handed_out(first) or not first.made:",
        "if not first.made:",
        (COSTS,),
    ),
    Fault(
        "cse over a write",
        "optimise/cse.py",
        "                self._available.pop(key, None)\n            for key in self._writers.pop",
        "                pass\n            for key in self._writers.pop",
        ("tests/optimise", TARGETS),
    ),
    Fault(
        "dce drops stores",
        "optimise/dce.py",
        "            for stmt in self._writers.get(cls, ()):\n                self._need(stmt)",
        "            for stmt in self._writers.get(cls, ()):\n                if not isinstance(stmt, Store):\n"
        "                    self._need(stmt)",
        (TARGETS,),
    ),
    Fault(
        "dead stores that a later trip reads",
        "optimise/stores.py",
        "live |= self.reads(stmt)  # the next trip reads what this one does",
        "pass",
        (TARGETS,),
    ),
    Fault(
        "births without a test of the shape",
        "optimise/copies.py",
        "if not (same_shape(kind, value) and kind.dtype == value.dtype and kind.dtype[-1:].isdigit()):",
        "if not (kind.dtype == value.dtype and kind.dtype[-1:].isdigit()):",
        ("tests/optimise", CX),
    ),
    Fault(
        "writes of nested functions that are differentiated inside are lost",
        "frontend/derivatives.py",
        'if derived.changes & getattr(plain, "__s2sad_captured__", frozenset()):',
        "if False:",
        ("tests/test_derivatives_of_methods.py",),
    ),
    Fault(
        "shapes lent by arrays of another shape",
        "optimise/likes.py",
        'alike = mine.cat == its.cat == "array" and same_shape(mine, its)',
        'alike = mine.cat == its.cat == "array"',
        ("tests/optimise",),
    ),
    Fault(
        "copies elided whose original is written",
        "optimise/copies.py",
        "return source not in self.written or self._is_window(own, source, block, at)",
        "return True",
        (TARGETS,),
    ),
    Fault(
        "tapes of unlike values merged",
        "optimise/tapes.py",
        "firsts.setdefault(call.args[1], (at, call))",
        'firsts.setdefault(Var("any"), (at, call))',
        (TARGETS,),
    ),
    # ---- forward mode
    Fault(
        "forward: wrong sign of a term",
        "transform/tangents.py",
        "            term = self._term(stmt, text, atoms, self.dot(atoms[name]), bound)\n"
        '            total = term if total is None else self.binary("add", total, term)',
        "            term = self._term(stmt, text, atoms, self.dot(atoms[name]), bound)\n"
        '            total = term if total is None else self.binary("sub", total, term)',
        (FORWARD,),
    ),
    Fault(
        "forward: tangent of a carried variable stays",
        "transform/forward.py",
        "added.append(Carry(start, init, after, out))",
        "added.append(Carry(start, init, Var(start), out))",
        (FORWARD,),
    ),
    Fault(
        "forward: tangent of a view is a copy",
        "transform/tangents.py",
        "return self.let(replace(call, args=(first, *call.args[1:])), kind)",
        'return self.let(Call("copy", (self.let(replace(call, args=(first, *call.args[1:])), kind),)), kind)',
        (FORWARD, CX),
    ),
    Fault(
        "forward: stale tangent after a write",
        "transform/forward.py",
        "            self.store(place, whole, dot)\n",
        "            pass\n",
        (FORWARD,),
    ),
    Fault(
        "forward: a constant that is written keeps the tangent",
        "transform/forward.py",
        "dot = self.dot(value) if zero is None or self.active(value) else zero",
        "dot = self.dot(value) if zero is None or self.active(value) else self._region(place, whole)",
        (FORWARD, CX),
    ),
    Fault(
        "forward: factor of a product in place",
        "transform/forward.py",
        "        if self.active(stmt.value):\n            dots[second] = self.dot(stmt.value)\n",
        "",
        (FORWARD, CX),
    ),
    Fault(
        "forward: tangents of the other branch",
        "transform/forward.py",
        "added.append(Out(name, one, two))",
        "added.append(Out(name, two, one))",
        (FORWARD, TARGETS),
    ),
    Fault(
        "forward: the caller's tangent is written",
        "transform/forward.py",
        "        fwd.dots[primal] = Var(own)\n",
        "",
        (FORWARD,),
    ),
    Fault(
        "forward: zeros are appended",
        "transform/forward.py",
        "self.do(Call(call.fun, (self.dot(xs), *at, self.dot(value))), stmt.span)",
        "self.do(Call(call.fun, (self.dot(xs), *at, self.zero(value))), stmt.span)",
        (FORWARD, TARGETS),
    ),
    Fault(
        "forward: tangents that share storage",
        "transform/tangents.py",
        "if not self._is_own(atom) and (mutable or self.may_be_written(atom)):",
        "if False:",
        (FORWARD, CX),
    ),
    Fault(
        "forward: what is not selected counts",
        "transform/tangents.py",
        'made = self.let(Call("np.where", (cond, *dots)))',
        'made = self.binary("add", *dots)',
        (FORWARD, TARGETS),
    ),
    Fault(
        "forward: tangents are not stretched",
        "transform/tangents.py",
        "        if out.rank == 0 or not (out.is_number or out == K.OBJECT) or K.same_shape(kind, out):\n"
        "            return atom\n",
        "        return atom\n",
        (FORWARD,),
    ),
    Fault(
        "forward: a result is the caller's tangent",
        "pushforward.py",
        "dot = A.private(dot)  # it may be a tangent that was given",
        "pass",
        ("tests/test_derivatives_inside.py",),
    ),
    Fault(
        "forward: columns for rows",
        "jacobians.py",
        "entries = np.stack(parts, -1) if parts else np.zeros((*np.shape(leaf), 0))",
        "entries = np.stack(parts, 0) if parts else np.zeros((*np.shape(leaf), 0))",
        (FORWARD,),
    ),
    # ---- derivatives inside
    Fault(
        "inside: default of a nested function",
        "frontend/derivatives.py",
        "return {name: value for name, value in captured.items() if name not in given}",
        "return {name: value for name, value in captured.items() if name in given}",
        ("tests/test_derivatives_inside.py",),
    ),
    Fault(
        "inside: names of another function",
        "frontend/lifting.py",
        "names[name] = found.named(name, value, prefix)",
        "names[name] = name",
        ("tests/test_derivatives_inside.py",),
    ),
    Fault(
        "inside: results that are arguments",
        "frontend/boundary.py",
        "return value if self._is_made(value.name, start) else self.copied(value, True, node)",
        "return value",
        ("tests/test_derivatives_inside.py",),
    ),
    Fault(
        "lengths of all tuples in a list",
        "ir/kinds.py",
        'return _renamed(kind, {}) if kind.cat in ("tuple", "dict") and kind.items else kind',
        "return kind",
        ("tests/test_regressions_lists.py",),
    ),
    Fault(
        "shapes of another trip",
        "transform/split.py",
        "for name in (lent - read) & once:",
        "for name in lent - read:",
        ("tests/test_pairs.py", "-k", "another_shape"),
    ),
    Fault(
        "zeros with elements that are written merged",
        "optimise/cse.py",
        "            at = self.aliases.elements(at)\n",
        "            at = None\n",
        ("tests/test_derivatives_inside.py",),
    ),
    # ---- rules and helpers
    Fault(
        "wrong sign in a rule",
        "rules/elementwise.py",
        '_operator("sub", "x, y", np.subtract, "g", "-g", cheap=True)',
        '_operator("sub", "x, y", np.subtract, "g", "g", cheap=True)',
        (TARGETS,),
    ),
    Fault(
        "pole of a power",
        "runtime/ieee.py",
        "return factor * ieee_pow(x, y - n) if factor else 0.0",
        "return factor * ieee_pow(x, y - n)",
        ("tests/runtime", CX),
    ),
    Fault(
        "winners are the first",
        "runtime/scatter.py",
        "    last[index] = order\n",
        "    last[index[::-1] if isinstance(index, np.ndarray) else index] = order[::-1]\n",
        ("tests/runtime", TARGETS),
    ),
]


def copied(target: Path) -> None:
    """Copy what the tests need: the package, the tests, the examples and the settings."""
    skip = shutil.ignore_patterns(".*_cache")
    for name in ("s2sad", "tests", "examples"):
        shutil.copytree(ROOT/name, target/name, ignore=skip)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(ROOT/name, target/name)


def run(fault: Fault) -> Outcome:
    """Apply a fault to a copy and run its tests there, up to the first that fails."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        copied(root)
        fault.edit(root)
        code = "import sys, pytest, s2sad; assert s2sad.__file__.startswith(sys.argv[1]); sys.exit(pytest.main(sys.argv[2:]))"
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "S2SAD"))}
        environment |= {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
        options = ["-x", "-q", "--tb=line", "-p", "no:xdist", "--rootdir", str(root)]
        try:
            done = subprocess.run(
                [sys.executable, "-c", code, str(root), *options, *fault.tests],
                cwd=root,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:  # a program that never ends
            return Outcome(fault, True, "(does not end)", time.perf_counter() - start, "")
    output = done.stdout + done.stderr
    assert done.returncode in (0, 1), f"{fault.name}: no test ran\n{output[-3000:]}"  # 1: tests failed
    assert " error" not in output.splitlines()[-1], f"{fault.name}: no test ran\n{output[-3000:]}"
    first = re.search(r"^FAILED (.*?)(?: - |$)", output, re.MULTILINE)
    seconds = time.perf_counter() - start
    return Outcome(fault, done.returncode == 1, first[1] if first else "", seconds, output)


def main(words: list[str]) -> int:
    """Run the faults whose names contain one of the words (all without words) and print what caught them."""
    chosen = [f for f in FAULTS if not words or any(w in f.name for w in words)]
    width = max(len(f.name) for f in chosen)
    tests = tuple(sorted({t for f in chosen for t in f.tests if t.endswith(".py") or (ROOT/t).is_dir()}))
    unchanged = run(Fault("no fault", "__init__.py", "", "", tests))
    if unchanged.caught:
        print(f"a test fails without any fault: {unchanged.first}")
        return 1
    missed = 0
    for fault in chosen:
        outcome = run(fault)
        missed += not outcome.caught
        verdict = outcome.first if outcome.caught else "NOT CAUGHT"
        print(f"{fault.name:{width}}  {outcome.seconds:5.1f} s  {verdict}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
