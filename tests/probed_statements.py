"""The statements of probed programs: what may be written where names hold such values (see probed_programs.py)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from programs import Block

Scope = dict[str, Any]  # names, and what they held


class Statements:
    """Writes statements and expressions for the values that are there."""

    lists = objects = nested = complex = False

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.pick = rng.choice
        self.made = 0
        self.level = 0  # how deep the block is that is being written
        self.inside = ""  # the function that is being written, if it is not main
        self.functions: dict[str, list[Any]] = {}

    def block(self, body: list[Any], scope: Scope, depth: int, size: int, loop: str | None) -> None:
        """Write statements into a block (`probed_programs`)."""
        raise NotImplementedError

    def fresh(self, hint: str) -> str:
        """A new name."""
        self.made += 1
        return f"{hint}{self.made}"

    # --------------------------------------------------------------------------------------------- what is there

    def paths(self, scope: Scope) -> list[tuple[str, Any]]:
        """Texts by which numbers and arrays are reached: names, items, attributes."""
        return [found for name, seen in scope.items() for found in self._reached(name, seen)]

    def _reached(self, text: str, seen: Any) -> Iterator[tuple[str, Any]]:
        if seen.cat in ("array", "number", "int"):
            yield text, seen
        for key, item in list(seen.items.items())[:3]:
            yield from self._reached(f"{text}.{key}" if seen.cat == "box" else f"{text}[{key!r}]", item)

    def arrays(self, scope: Scope, sorts: str = "fc") -> list[tuple[str, Any]]:
        """Arrays of real (f) or complex (c) numbers."""
        return [(p, seen) for p, seen in self.paths(scope) if seen.cat == "array" and seen.sort in sorts]

    def like(self, scope: Scope, seen: Any) -> list[str]:
        """Arrays of the same shape and sort."""
        return [p for p, other in self.arrays(scope) if (other.shape, other.sort) == (seen.shape, seen.sort)]

    def names(self, scope: Scope, cat: str, filled: bool = False) -> list[str]:
        """Names that hold a value of a category."""
        return [n for n, seen in scope.items() if seen.cat == cat and (seen.items or not filled)]

    def target(self, scope: Scope, loop: str | None) -> str:
        """A name to bind: one that there is, in loops more often, or a new one."""
        return self.bound(scope, "array", "v", 0.95 if self.level else 0.4)

    def bound(self, scope: Scope, cat: str, hint: str, share: float | None = None) -> str:
        """A name to bind to a value of a category: in blocks mostly one that is bound before them."""
        found = self.names(scope, cat)
        share = (0.9 if self.level else 0.2) if share is None else share
        return self.pick(found) if found and self.rng.random() < share else self.fresh(hint)

    # ----------------------------------------------------------------------------------------------- expressions

    def constant(self) -> str:
        """A literal."""
        return self.pick(["0.5", "0.3", "0.8", "1.2", "-0.4"])

    def count(self, scope: Scope) -> str:
        """An int."""
        return self.pick([p for p, seen in self.paths(scope) if seen.cat == "int"] or ["0"])

    def number(self, scope: Scope, depth: int = 0) -> str:
        """A real number."""
        filled = [(p, seen.shape) for p, seen in self.arrays(scope, "f") if 0 not in seen.shape]
        options = [self.constant()]
        options += [p for p, seen in self.paths(scope) if seen.cat != "int" and not seen.shape and seen.sort == "f"][:3]
        if filled:
            p, shape = self.pick(filled)
            if shape:
                options += [f"{p}[{', '.join(str(self.pick([0, -1, k//2])) for k in shape)}]"]*3
            options += [self.pick([f"0.2*np.sum({p})", f"{p}.mean()", f"np.tanh(np.sum({p}*{p}))"])]
            if len(shape) == 1:
                calls = [f"first_above({p}, 0.8)", f"halves({p}, 2)*0.2", f"halves({p}.copy(), 2)*0.1"]
                options += [self.pick([*calls, f"energy({p})*0.1" if shape[0] > 1 else self.constant()])]
        if depth < 2:
            more = self.number(scope, depth + 1), self.number(scope, depth + 1)
            options += [f"({more[0]}*{more[1]})", f"({more[0]} if {self.test(scope)} else {more[1]})"]
        return self.pick(options)

    def fitting(self, scope: Scope, shape: tuple[int, ...], sorts: str) -> list[str]:
        """Arrays, and slices of them, that broadcast to a shape."""
        found: list[str] = []
        for p, seen in self.arrays(scope, sorts):
            own = seen.shape
            if len(own) <= len(shape) and all(a in (1, b) for a, b in zip(own[::-1], shape[::-1], strict=False)):
                found.append(p)
            if own == shape and own:
                found.append(f"{p}[::-1]")
            elif len(own) == len(shape) and all(a >= b for a, b in zip(own, shape, strict=True)):
                cut = [f"{a - b}:" if self.rng.random() < 0.5 else f":{b}" for a, b in zip(own, shape, strict=True)]
                found.append(f"{p}[{', '.join(cut)}]")
            if len(own) == 2 and own[::-1] == shape:
                found.append(f"{p}.T")
            if len(own) == 2 and own[:1] == shape:
                found.append(f"{p}[:, 0]")
        return found

    def array(self, scope: Scope, seen: Any, shape: tuple[int, ...] | None = None, depth: int = 0) -> str:
        """A value for an array like the one seen, or of another shape."""
        shape = seen.shape if shape is None else shape
        real = seen.sort == "f"
        found = self.fitting(scope, shape, "f" if real else "fc")
        if not found:
            return self.number(scope)
        a, b, c = self.pick(found), self.pick(found), self.constant()
        options = [f"{c}*{a}", f"np.sin({a})", f"{a} + {c}*{b}", f"0.4*{a}*{b}", f"{a}*{self.number(scope)}", a]
        if real:
            options += [f"np.where({b} > 0.21, {a}, {c}*{b})", f"np.maximum({a}, {b})", f"np.tanh({a})"]
            if self.nested and len(shape) == 1 and shape[0] > 1:
                options += [f"s2sad.grad(energy)(1.0*{a})*0.2"]
        if len(shape) == 1:
            options += [f"np.cumsum({a})*0.3"]
        if depth < 2:
            options += [f"({self.array(scope, seen, shape, depth + 1)} - {self.array(scope, seen, shape, depth + 1)})"]
        return self.pick(options)

    def test(self, scope: Scope) -> str:
        """A condition."""
        options = ["n > 1", "n == 2", "n % 2"] if "n" in scope else ["s > 0.5", "s < 0.47"]
        arrays = self.arrays(scope, "f")
        if arrays:
            options += [f"np.sum({self.pick(arrays)[0]}) > {self.pick(['0.313', '-0.277', '0.9'])}"]
            options += [f"{self.pick(arrays)[0]} is {self.pick(arrays)[0]}"] if self.rng.random() < 0.1 else []
        counts = [p for p, seen in self.paths(scope) if seen.cat == "int" and p != "n"]
        options += [f"{self.pick(counts)} {self.pick(['==', '>', '!='])} {self.rng.randint(0, 2)}"]*2 if counts else []
        text = self.pick(options)
        roll = self.rng.random()
        return f"not ({text})" if roll < 0.1 else f"{text} and {self.pick(options)}" if roll < 0.2 else text

    def index(self, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """An index, and the shape that it gives."""
        for _ in range(5 if shape else 0):
            parts = [
                self.pick(["0", "-1", "1:", ":-1", "::2", "::-1", ":", f"{k}:", "1:1", "[0, -1]", f"[{k//2}, 0, {k//2}]"])
                for k in shape[: self.rng.randint(1, len(shape))]
            ]
            text = self.pick([", ".join(parts)]*9 + ["..."])
            try:
                return text, np.shape(eval(f"a[{text}]", {"a": np.empty(shape)}))
            except IndexError:
                continue
        return "...", shape

    def result(self, scope: Scope) -> str:
        """The number that the program returns: sums over some of what is there."""
        found = [(p, seen) for p, seen in self.paths(scope) if seen.cat in ("array", "number")]
        terms = [self._summed(p, seen) for p, seen in self.rng.sample(found, min(4, len(found)))]
        for name, seen in scope.items():
            held = [seen.items.get("a"), seen.items.get("b")] if seen.cat == "box" else list(seen.items.values())
            real = held and all(v is not None and v.cat in ("array", "number") and v.sort == "f" for v in held)
            if real and seen.cat in ("box", "list") and self.rng.random() < 0.5:
                terms.append(f"{name}.total()" if seen.cat == "box" else f"folded({name})")
        total = " + ".join([*terms, "s*s"])
        return f"np.real({total})" if self.complex else total

    def _summed(self, p: str, seen: Any) -> str:
        if seen.sort == "c":
            return self.pick([f"np.sum({p}).real*0.7", f"np.sum(np.abs({p})**2)", f"np.sum({p}*{p}).imag"])
        if seen.cat == "number":
            return f"{p}*0.7"
        return self.pick([f"np.sum({p})*1.3", f"np.sum(np.sin({p}))", f"np.sum({p}*{p})*0.5", f"np.sum(np.cos({p})*{p})"])

    # ------------------------------------------------------------------------------------------------ statements

    def statement(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """Append one statement; IndexError or ValueError if nothing is there for it."""
        self.level = depth
        if depth < 3 and self.rng.random() < 0.3:
            blocks = [self.counted, self.branch, self.each, self.each, self.trips, self.guarded, self.matched]
            self.pick(blocks)(body, scope, depth, loop)
            return
        if loop and self.rng.random() < 0.15:
            body.append(self.leave(scope))
            return
        makers = [self.alias]*3 + [self.view]*2 + [self.store]*3 + [self.augmented]*2 + [self.out]*2 + [self.call]*2
        makers += [self.rotation, self.scalar] + [self.items]*3*self.lists + [self.boxes]*2*self.objects
        if not self.inside and self.rng.random() < 0.06:
            self.closure(body, scope, loop)
            return
        line = self.pick(makers)(scope, loop)
        body += [line] if isinstance(line, str) else line

    def alias(self, scope: Scope, loop: str | None) -> str:
        """Another name for an array, or a value for one."""
        p, seen = self.pick(self.arrays(scope))
        if self.rng.random() < 0.3:
            return f"{self.target(scope, loop)} = {self.array(scope, seen)}"
        ways = ["{}"]*3 + ["np.asarray({})", "{}.view()", "{}.squeeze()", "np.atleast_1d({})", "np.ravel({})"]
        ways += ["{}.real", "{}.conj()", "np.real({})"] if seen.sort == "f" else []
        return f"{self.target(scope, loop)} = {self.pick(ways).format(p)}"

    def view(self, scope: Scope, loop: str | None) -> str:
        """A view, or what may be one."""
        p, seen = self.pick(self.arrays(scope))
        ways = [f"{{}}[{self.index(seen.shape)[0]}]"]*8
        ways += ["{}.reshape(-1)", "{}.ravel()", "{}.T", "{}[None]", "{}.flatten()", "{}.copy()", "{}[..., None]"]
        ways += ["np.flip({})", "np.broadcast_to({0}, (2,) + {0}.shape)", "np.ascontiguousarray({})", "np.array({})"]
        ways += ["np.split({}, [1])[1]", "np.stack([{0}, {0}])", "np.concatenate([{0}, {0}[:1]])"]
        if len(seen.shape) == 2:
            ways += ["{}.swapaxes(0, 1)", "{}[:, 1]", "{}[1]", "np.diag({})", "np.moveaxis({}, 0, -1)"]*2
        return f"{self.target(scope, loop)} = {self.pick(ways).format(p)}"

    def _value(self, op: str, text: str, real: bool) -> str:
        """A right side that no operator makes large."""
        return text if op != "/=" else f"(2.0 + np.sin({text}))" if real else "2.0"

    def store(self, scope: Scope, loop: str | None) -> str:
        """Elements written."""
        p, seen = self.pick(self.arrays(scope))
        op = self.pick(["=", "=", "+=", "*=", "*=", "-=", "/="])
        roll = self.rng.random()
        if roll < 0.15 and seen.sort == "f":
            same = self.like(scope, seen)
            mask = f"{self.pick(same)} > 0.313"
            return f"{p}[{mask}] {self.pick(['=', '*='])} {self.pick([self.number(scope), f'{self.pick(same)}[{mask}]'])}"
        if roll < 0.3 and seen.shape and seen.shape[0]:
            return f"{p}[{self.count(scope)} % {seen.shape[0]}] {op} {self._value(op, self.number(scope), True)}"
        if roll < 0.36 and "q" in scope and len(seen.shape) == 1:
            return f"{p}[q] {self.pick(['=', '+=', '*='])} {self.array(scope, seen, (3,))}"
        text, shape = self.index(seen.shape)
        value = self.array(scope, seen, shape) if shape else self.number(scope)
        return f"{p}[{text}] {op} {self._value(op, value, seen.sort == 'f')}"

    def augmented(self, scope: Scope, loop: str | None) -> str:
        """An array written, or a number bound anew."""
        p, seen = self.pick([(p, seen) for p, seen in self.paths(scope) if seen.cat != "int"])
        op = self.pick(["+=", "-=", "*=", "*=", "/=", "**="])
        if op == "**=":
            return f"{p} **= 2"
        value = self.array(scope, seen) if self.rng.random() < 0.7 else self.number(scope)
        return f"{p} {op} {self._value(op, value, seen.sort == 'f')}"

    def out(self, scope: Scope, loop: str | None) -> str:
        """A function that writes its result into an array or a view of one."""
        p, seen = self.pick(self.arrays(scope))
        text, shape = self.index(seen.shape)
        whole = "[" in text or not shape or self.rng.random() < 0.6
        to, shape = (p, seen.shape) if whole else (f"{p}[{text}]", shape)
        a, b = self.array(scope, seen, shape), self.array(scope, seen, shape)
        options = [f"np.{self.pick(['add', 'multiply', 'subtract'])}({a}, {b}, out={to})"]*4
        options += [f"np.sin({a}, out={to})", f"np.copyto({to}, {a})"]
        if seen.sort == "f":
            options += [f"np.clip({a}, -0.413, 0.617, out={to})", f"np.maximum({a}, {b}, {to})"]
            options += [f"{to}.fill({self.number(scope)})", f"np.add({a}, {b}, out={to}, where={to} > 0.113)"]
        if len(seen.shape) == 1:
            options += [f"np.add.at({p}, [0, 0, -1], {self.number(scope)})", f"np.put({p}, [1, 0], {self.number(scope)})"]
        line = self.pick(options)
        named = line.endswith(")") and "out=" in line and self.rng.random() < 0.15
        return f"{self.target(scope, loop)} = {line}" if named else line

    def rotation(self, scope: Scope, loop: str | None) -> str:
        """Names, items and attributes that exchange what they hold."""
        _, seen = self.pick(self.arrays(scope))
        names = sorted(set(self.like(scope, seen)))
        chosen = self.rng.sample(names, min(len(names), self.pick([2, 2, 3])))
        turned = chosen[1:] + chosen[:1]
        return f"{', '.join(chosen)} = {', '.join(turned)}{self.pick(['', '', '', '*0.7'])}"

    def scalar(self, scope: Scope, loop: str | None) -> str:
        """A number bound."""
        found = [n for n, seen in scope.items() if seen.cat == "number" and seen.sort == "f"]
        if found and self.rng.random() < (0.9 if self.level else 0.6):
            return f"{self.pick(found)} {self.pick(['+=', '*=', '='])} 0.5*{self.number(scope)}"
        return f"{self.fresh('t')} = {self.number(scope)}"

    def call(self, scope: Scope, loop: str | None) -> str:
        """A call of a function that writes, or returns views and aliases."""
        p, seen = self.pick(self.arrays(scope, "f"))
        q, r = self.pick(self.like(scope, seen)), self.pick(self.arrays(scope, "f"))[0]
        t, k = self.target(scope, loop), self.pick([self.number(scope), self.constant()])
        options = [
            f"{t} = tail({p})", f"{t} = grown({p}, {k})", f"grown({p}, {k})", f"{t} = filled({p}, {q}, {k})",
            f"{t} = one_of({p}, {q}, {self.test(scope)})", f"{t} = one_of({p}, {r}, {self.test(scope)})",
            f"safely({p}, {k})", f"{t} = safely({p}, {k})", f"{t}, {self.fresh('k')} = counted({p}, 2)",
            f"{t} = spread({p}, {q})", f"{t} = spread({p}, by={k})", f"{t} = halves_of({p}, 2)",
        ]  # fmt: skip
        options += [f"{t} = {name}({p}, {q}, {k})" for name in self.functions if not self.inside]*2
        if self.lists:
            options += [f"{self.bound(scope, 'list', 'xs')} = kept({p})"]
            options += [f"{t} = exchange({xs})" for xs in self.names(scope, "list", True)]
            options += [f"kept({p}, {xs})" for xs in self.names(scope, "list")]
        return self.pick(options)

    def items(self, scope: Scope, loop: str | None) -> str:
        """Lists, tuples and dicts of arrays."""
        p, seen = self.pick(self.arrays(scope))
        q, r = self.pick(self.like(scope, seen)), self.pick(self.arrays(scope))[0]
        t, c, k, new = self.target(scope, loop), self.constant(), self.count(scope), self.bound(scope, "list", "xs")
        options = [f"{new} = [{p}, {q}]", f"{new} = [{p}, {r}]", f"{new} = [{p}]*2", f"{new} = list({p})"]
        options += [f"{new} = [{p}[j:] for j in range(2)]", f"{self.bound(scope, 'tuple', 'c')} = ({p}, {q})"]
        options += [f"{self.bound(scope, 'dict', 'd')} = {{'p': {p}, 'q': {q}}}"]*2
        for xs in self.names(scope, "list", True)[:3]:
            n = len(scope[xs].items)
            options += [
                f"{xs}.append({p})", f"{t} = {xs}[{k} % {n}]", f"{xs}[{k} % {n}] = {p}", f"{xs}[{k} % {n}] += {c}",
                f"{xs}[0] *= {c}", f"{t} = {xs}.pop()", f"{xs}.insert(0, {p})", f"{xs}.reverse()", f"{new} = {xs}",
                f"{new} = {xs}[::-1]", f"{new} = [v*0.5 for v in {xs}]", f"{new} = {xs} + [{p}]", f"{xs} += [{p}]",
                f"{new} = list({xs})", f"{t}, *{new} = {xs}", f"{xs}[0], {xs}[-1] = {xs}[-1], {xs}[0]", f"del {xs}[0]",
            ]  # fmt: skip
        for d in self.names(scope, "dict", True)[:2]:
            key, other = repr(self.pick(list(scope[d].items))), self.bound(scope, "dict", "d")
            options += [
                f"{d}['r'] = {p}", f"{d}[{key}] = {p}", f"{d}[{key}] *= {c}", f"{t} = {d}[{key}]", f"{d}.update(p={p})",
                f"{t} = {d}.pop({key})", f"{t} = {d}.get('zz', {p})", f"{t} = {d}.setdefault('t', {p})",
                f"{other} = {{k: v*0.5 for k, v in {d}.items()}}", f"{other} = dict({d})", f"{other} = {d}",
                f"{new} = list({d}.values())",
            ]  # fmt: skip
        return self.pick(options)

    def boxes(self, scope: Scope, loop: str | None) -> str:
        """Objects whose attributes are arrays."""
        p, seen = self.pick(self.arrays(scope))
        found = self.names(scope, "box")
        if not found or self.rng.random() < 0.15:
            return f"{self.bound(scope, 'box', 'o')} = Box({p}, {self.pick(self.like(scope, seen))})"
        o, u, t, c = self.pick(found), self.pick(found), self.target(scope, loop), self.constant()
        return self.pick(
            [
                f"{o}.a = {p}", f"{o}.b = {o}.a", f"{o}.swap()", f"{t} = {o}.scale({c})", f"{t} = {o}.put({p})",
                f"{self.bound(scope, 'box', 'o')} = {o}", f"{t} = {o}.a", f"{o}.a, {o}.b = {o}.b, {o}.a", f"{o}.n += 1",
                f"{o}.swap().scale({c})", f"{o}.a = {o}.a + {c}", f"{o}.a, {u}.b = {u}.b, {o}.a", f"{o}, {u} = {u}, {o}",
                f"{self.bound(scope, 'box', 'o')} = {o} if {self.test(scope)} else {u}", f"{self.bound(scope, 'list', 'xs')} = [{o}, {u}]",
                f"setattr({o}, 'a', {p})", f"{t} = getattr({o}, 'b')",
            ]
        )  # fmt: skip

    def closure(self, body: list[Any], scope: Scope, loop: str | None) -> None:
        """A nested function that counts, writes or rebinds what it captures; or a call of one."""
        found = [n for n in self.names(scope, "function") if n.startswith("g")]
        if found and self.rng.random() < 0.7:
            body.append(f"{self.target(scope, loop)} = {self.pick(found)}({self.pick(self.arrays(scope, 'f'))[0]})")
            return
        if loop:
            raise ValueError("defined outside of loops")
        g, a, c = self.fresh("g"), self.pick(self.names(scope, "array")), self.fresh("count")
        inner = self.pick(
            [
                [f"nonlocal {c}", f"{c} += 1", f"v *= 0.3 + {c}*0.1", "return v"],
                [f"nonlocal {c}", f"{c} += 1", f"v[{c} % len(v)] += 0.3*{c}", "return v"],
                [f"{a}[0] *= 0.5", f"return v*{a}[-1]"],
                [f"{a}[0] *= 0.5", f"return {a}[1:]"],
                [f"nonlocal {a}", f"{a} = v", f"return {a}"],
            ]
        )
        body += [f"{c} = 0", Block(f"def {g}(v):", inner)]

    def leave(self, scope: Scope) -> Block:
        """An exit behind a condition."""
        found = self.pick(self.arrays(scope))[0] if self.inside else self.number(scope)
        way = self.pick(["break", "continue", "break", "continue", f"return {found}"])
        before = [] if self.rng.random() < 0.6 else [self.store(scope, None)]
        return Block(f"if {self.test(scope)}:", [*before, way])

    # ----------------------------------------------------------------------------------------------------- blocks

    def counted(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """A loop over a range."""
        i = f"{self.inside}{'ijk'[depth]}"
        spaces = ["3", "2", "0", "1, 4", "3, 0, -1", "1, 5, 2"]
        spaces += ["n", "n", "n - 1", "n, 0, -1", "-1, n"] if "n" in scope else []
        made = Block(f"for {i} in range({self.pick(spaces)}):", [])
        body.append(made)
        self.block(made.body, scope, depth + 1, self.rng.randint(1, 4), i)
        if self.rng.random() < 0.1:
            made.tail = Block("else:", [])
            self.block(made.tail.body, scope, depth + 1, 1, loop)

    def each(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """A loop over the items of what is there."""
        v, k = self.fresh("v"), self.fresh("k")
        heads: list[str] = []
        for name, seen in scope.items():
            if seen.cat in ("list", "tuple") and seen.items:
                heads += [f"{v} in {name}", f"{v} in reversed({name})", f"{k}, {v} in enumerate({name})"]
            if seen.cat == "dict" and seen.items:
                heads += [f"{v} in {name}.values()", f"{k}, {v} in {name}.items()", f"{k} in {name}"]
            if seen.cat == "array" and len(seen.shape) == 2:
                heads += [f"{v} in {name}", f"{v} in {name}.T", f"{k}, {v} in enumerate({name})"]
        a, b = self.rng.sample(self.names(scope, "array"), 2)
        made = Block(f"for {self.pick([*heads, f'{v} in ({a}, {b})', f'{v} in [{a}, {b}, {a}]'])}:", [])
        body.append(made)
        self.block(made.body, scope, depth + 1, self.rng.randint(1, 3), v)

    def trips(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """A while loop that counts its trips."""
        k = self.fresh("k")
        limit = self.pick(["n", "2", "3", "0"] if "n" in scope else ["2"])
        made = Block(f"while {k} < {limit}{self.pick(['', f' and {self.test(scope)}', f' and {self.test(scope)}'])}:", [f"{k} += 1"])
        if self.rng.random() < 0.2:
            made = Block("while True:", [f"{k} += 1", Block(f"if {k} > 3:", ["break"])])
        body += [f"{k} = 0", made]
        self.block(made.body, scope, depth + 1, self.rng.randint(1, 3), k)

    def branch(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """An if statement."""
        made = Block(f"if {self.test(scope)}:", [])
        body.append(made)
        self.block(made.body, scope, depth + 1, self.rng.randint(1, 3), loop)
        if self.rng.random() < 0.5:
            made.tail = Block("else:", [])
            self.block(made.tail.body, scope, depth + 1, self.rng.randint(1, 3), loop)

    def guarded(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """A try statement; what is written in one might be half done, so values are computed only."""
        made = Block("try:", [], Block("except ValueError:", []))
        assert made.tail is not None
        self.level = depth + 1
        if self.rng.random() < 0.7:
            made.body.append(Block(f"if {self.test(scope)}:", ["raise ValueError('no')"]))
        made.body.append(self.pick([self.alias, self.view, self.scalar])(scope, loop))
        made.tail.body.append(self.pick([self.alias, self.view, self.scalar])(scope, loop))
        body.append(made)

    def matched(self, body: list[Any], scope: Scope, depth: int, loop: str | None) -> None:
        """A match statement."""
        made = Block(f"match {self.count(scope)} % 3:", [Block(f"case {c}:", []) for c in ("0", "1 | 5", "_")])
        body.append(made)
        for case in made.body:
            self.block(case.body, scope, depth + 1, self.rng.randint(1, 2), loop)
