"""Jacobians and the like inside of differentiated functions: plain Python that calls a derivative in a loop.

    jacfwd(f)(x, k)         def f_jacfwd(x, k):
                                columns = []
                                for i in range(np.size(x)):
                                    unit = np.zeros(np.size(x))
                                    unit[i] = 1.0
                                    columns.append(push(x, k, tangents_=(unit,))[1])
                                return np.stack(columns, -1)

The text is written for the kinds of the arguments of a call; structures have a loop for each of their leaves.
`hessian` pushes a tangent through the gradient, whose structure is the arguments'. `jacrev` calls a pullback
for each element of the result. Results have the structures that the transforms promise (see `jacobians`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from s2sad.binding import parameters_of
from s2sad.errors import refuse
from s2sad.frontend.source import release_with, source_of_text
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind

Path = tuple[Any, ...]


@dataclasses.dataclass(frozen=True)
class Argument:
    """What is differentiated by: an expression, and its kind."""

    text: str
    kind: Kind

    def parts(self) -> list[tuple[Any, Argument]]:
        """The parts of a structure by their keys."""
        names = self.kind.dtype.split(",")
        found = []
        for i, (key, kind) in enumerate(zip(self.kind.places, self.kind.items or (), strict=True)):
            record = self.kind.cls not in (None, list)
            text = f"{self.text}.{names[i]}" if record else f"{self.text}[{key!r}]"
            found.append((key, Argument(text, kind)))
        return found

    def leaves(self, path: Path = ()) -> Iterator[tuple[Path, Argument]]:
        """Its leaves that can be differentiated by."""
        if self.kind.is_number:
            if self.kind.inexact:
                yield path, self
        elif self.kind.cat in ("tuple", "dict") and self.kind.items is not None:
            for key, part in self.parts():
                yield from part.leaves((*path, key))
        elif K.carries(self.kind):
            refuse(None, f"a Jacobian by a {self.kind.cat} of unknown length is called inside", "pass arrays")

    def display(self, leaf: Callable[[Path], str], names: dict[type, str], path: Path = ()) -> str:
        """A structure like it, with a text for each leaf and None for what has no derivative."""
        if self.kind.is_number or not K.carries(self.kind):
            return leaf(path) if self.kind.inexact else "None"
        items = [(key, part.display(leaf, names, (*path, key))) for key, part in self.parts()]
        cls = self.kind.cls
        if cls not in (None, list):
            fields = zip(self.kind.dtype.split(","), items, strict=True)
            return f"{names[cls]}({', '.join(f'{name}={text}' for name, (_, text) in fields)})"
        if self.kind.cat == "dict":
            return "{" + ", ".join(f"{key!r}: {text}" for key, text in items) + "}"
        texts = ", ".join(text for _, text in items)
        return f"[{texts}]" if cls is list else f"({texts},)"


class Names:
    """Names that no parameter has."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def __call__(self, name: str) -> str:
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


class Driver:
    """The text of one driver.

    `pushes` are the forward derivatives by each argument, `pull` the pair by all of them; `out` is the kind
    of the function's result where that is a structure.
    """

    def __init__(
        self, driven: Any, pushes: Sequence[Any], pull: Any, kind_of: Callable[[str], Kind], out: Kind | None
    ) -> None:
        self.driven = driven
        self.parameters = parameters_of(driven)
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in self.parameters):
            refuse(None, f"{driven!r} of a function with star arguments is called inside", "name them")
        self.name = Names({p.name for p in self.parameters} | {"np"})
        self.arguments = [self._argument(n, kind_of) for n in driven.argnums]
        self.out = None if out is None else Argument("", out)
        self.space: dict[str, Any] = {"np": np, "__name__": "generated"}
        self.classes = {cls: self._object(cls.__name__, cls) for cls in self._records()}
        self.push = [self._object("push", push) for push in pushes]
        self.pull = self._object("pull_of", pull)
        self.lines: list[str] = []

    def _argument(self, place: int | str, kind_of: Callable[[str], Kind]) -> Argument:
        positional = [p.name for p in self.parameters if p.kind is not p.KEYWORD_ONLY]
        name = place if isinstance(place, str) else positional[place]
        kind = kind_of(name)
        if not K.carries(kind) or kind.cat == "object":
            what = f"{self.driven!r} is called with what is neither a float nor an array of floats"
            refuse(None, what, "pass one, or a tuple or dict of these")
        if self.driven.form != "product" and K.holds_complex(kind):
            what = f"{self.driven!r} is called with complex numbers inside"
            refuse(None, what, "use jvp with real and imaginary directions")
        return Argument(name, kind)

    def _records(self) -> list[type]:
        found: list[type] = []
        stack = [a.kind for a in (*self.arguments, *([self.out] if self.out else []))]
        while stack:
            kind = stack.pop()
            stack += kind.items or ()
            if kind.cls not in (None, list, *found):
                found.append(kind.cls)  # type: ignore[arg-type]
        return found

    def _object(self, name: str, obj: Any) -> str:
        name = self.name(name)
        self.space[name] = obj
        return name

    def key(self) -> tuple[Any, ...]:
        """What the text depends on."""
        whole = [*self.arguments, *([self.out] if self.out else [])]
        return (self.out is None, *(K.without_lengths(a.kind) for a in whole))

    # ---- bodies

    def call(self, fn: str, tangents: str = "") -> str:
        """A call with all arguments."""
        given: list[str] = []
        star = False
        for p in self.parameters:
            star = star or p.kind is p.KEYWORD_ONLY
            given.append(f"{p.name}={p.name}" if star else p.name)
        return f"{fn}({', '.join([*given, *([tangents] if tangents else [])])})"

    def whole(self, made: Callable[[int], str]) -> str:
        """One structure for the one argument, or a tuple for a sequence of argnums."""
        texts = [made(k) for k in range(len(self.arguments))]
        return texts[0] if self.driven.single else f"({', '.join(texts)},)"

    def forward(self, outs: Sequence[tuple[Any, str]]) -> dict[Any, dict[Any, str]]:
        """Loops over the elements of the arguments: for each part of the tangent a block for each leaf.

        `outs` are the parts of the tangent, each with the text that selects it.
        """
        blocks: dict[Any, dict[Any, str]] = {out: {} for out, _ in outs}
        for k, argument in enumerate(self.arguments):
            for path, leaf in argument.leaves():
                for out, text in self._columns(k, argument, path, leaf, outs):
                    blocks[out][k, path] = text
        return blocks

    def _tangent(self, argument: Argument, path: Path, text: str) -> str:
        if not path:
            return f"tangents_=({text},)"
        plain = dataclasses.replace(argument, kind=_plain(argument.kind))
        return f"tangents_=({plain.display(lambda p: text if p == path else 'None', {})},)"

    def _columns(
        self, k: int, argument: Argument, path: Path, leaf: Argument, outs: Sequence[tuple[Any, str]]
    ) -> Iterator[tuple[Any, str]]:
        x, lines = leaf.text, self.lines
        if leaf.kind.rank == 0:
            dot = self.name("dot")
            lines.append(f"{dot} = {self.call(self.push[k], self._tangent(argument, path, '1.0'))}[1]")
            yield from ((out, f"{dot}{text}") for out, text in outs)
            return
        columns = [self.name("columns") for _ in outs]
        i, unit, dot = self.name("i"), self.name("unit"), self.name("dot")
        shaped = unit if leaf.kind.rank == 1 else f"np.reshape({unit}, np.shape({x}))"
        lines += [f"{c} = []" for c in columns]
        lines += [
            f"for {i} in range(np.size({x})):",
            f"    {unit} = np.zeros(np.size({x}){_dtype(leaf.kind)})",
            f"    {unit}[{i}] = 1.0",
            f"    {dot} = {self.call(self.push[k], self._tangent(argument, path, shaped))}[1]",
        ]
        lines += [f"    {c}.append({dot}{text})" for c, (_, text) in zip(columns, outs, strict=True)]
        for c, (out, _) in zip(columns, outs, strict=True):
            stacked = f"np.stack({c}, -1)"
            if leaf.kind.rank != 1:
                stacked = f"np.reshape({stacked}, np.shape({c}[0]) + np.shape({x}))"
            yield out, stacked

    def jacobian(self) -> None:
        """The Jacobian column by column."""
        outs = [((), "")] if self.out is None else [(path, leaf.text) for path, leaf in self.out.leaves()]
        self._returns(self._structure(self.forward(outs)))

    def _structure(self, blocks: dict[Any, dict[Any, str]]) -> str:
        """The structure of the result, of those of the arguments, with a block for each pair of leaves."""

        def of(out: Path) -> str:
            found = blocks[out]
            return self.whole(
                lambda k: self.arguments[k].display(lambda path: found[k, path], self.classes)
            )

        return of(()) if self.out is None else self.out.display(of, self.classes)

    def hessian(self) -> None:
        """The matrix of second derivatives, in blocks."""
        outs = []
        for k, argument in enumerate(self.arguments):
            head = "" if self.driven.single or len(self.arguments) == 1 else f"[{k}]"
            for path, leaf in argument.leaves():
                outs.append(((k, path), head + leaf.text.removeprefix(argument.text)))
        blocks = self.forward(outs)

        def row(k: int) -> str:
            return self.arguments[k].display(
                lambda out: self.whole(
                    lambda j: self.arguments[j].display(lambda path: blocks[k, out][j, path], self.classes)
                ),
                self.classes,
            )

        self._returns(self.whole(row))

    def product(self) -> None:
        """The product of the Hessian with a vector."""
        v = self.vector
        texts = v if self.driven.single else ", ".join(f"{v}[{k}]" for k in range(len(self.arguments)))
        made = self.name("made")
        self.lines.append(f"{made} = {self.call(self.push[-1], f'tangents_=({texts},)')}")
        dot = f"{made}[1]" if self.driven.single or len(self.arguments) > 1 else f"({made}[1],)"
        self.lines.append(f"return {dot}, {made}[2]" if self.driven.has_aux else f"return {dot}")

    def rows(self) -> None:
        """The Jacobian row by row, with one pullback."""
        out, pull, bars = self.name("out"), self.name("pull"), self.name("bars")
        aux = f", {self.name('aux')}" if self.driven.has_aux else ""
        self.lines.append(f"{out}, {pull}{aux} = {self.call(self.pull)}")
        blocks: dict[Any, dict[Any, str]] = {}
        if self.out is None:
            self._real(out)
            self.lines += [f"if np.ndim({out}) == 0:", f"    {bars} = {pull}(1.0)"]
            self.lines.append(f"    return {self._structure({(): self._selected(bars)})}{aux}")
            blocks[()] = self._rows(out, lambda unit: f"{pull}({unit})")
        for path, leaf in () if self.out is None else self.out.leaves():
            seed = self._seed(path)
            if leaf.kind.rank == 0:
                bars = self.name("bars")
                self.lines.append(f"{bars} = {pull}({seed('1.0')})")
                blocks[path] = self._selected(bars)
            else:
                self._real(out + leaf.text)
                blocks[path] = self._rows(out + leaf.text, _pulled_by(pull, seed))
        self.lines.append(f"return {self._structure(blocks)}{aux}")

    def _seed(self, path: Path) -> Callable[[str], str]:
        """What displays a cotangent of the result that is not zero at one leaf alone."""
        assert self.out is not None
        plain = Argument("", _plain(self.out.kind))
        return lambda unit: plain.display(lambda p: unit if p == path else "None", {})

    def _real(self, out: str) -> None:
        what = "jacrev of a function with a complex result is called inside; use jacfwd"
        self.lines += [f"if np.iscomplexobj({out}):", f"    raise TypeError({what!r})"]

    def _leaves(self) -> list[tuple[int, Path, Argument]]:
        return [(k, path, leaf) for k, a in enumerate(self.arguments) for path, leaf in a.leaves()]

    def _selected(self, bars: str) -> dict[Any, str]:
        """What selects the leaves of cotangents."""
        texts = [f"{bars}[{k}]{x.text.removeprefix(self.arguments[k].text)}" for k, _, x in self._leaves()]
        return {(k, path): text for (k, path, _), text in zip(self._leaves(), texts, strict=True)}

    def _rows(self, out: str, pulled: Callable[[str], str]) -> dict[Any, str]:
        """A loop over the elements of one array of the result: for each leaf its block."""
        i, unit, bars, lines = self.name("i"), self.name("unit"), self.name("bars"), self.lines
        rows = {place: self.name("rows") for place in self._selected(bars)}
        lines += [f"{r} = []" for r in rows.values()]
        lines += [
            f"for {i} in range(np.size({out})):",
            f"    {unit} = np.zeros_like(np.ravel({out}))",
            f"    {unit}[{i}] = 1.0",
            f"    {bars} = {pulled(f'np.reshape({unit}, np.shape({out}))')}",
        ]
        lines += [f"    {rows[place]}.append({text})" for place, text in self._selected(bars).items()]
        blocks = {}
        for k, path, x in self._leaves():
            joined = f"np.{'array' if x.kind.rank == 0 else 'stack'}({rows[k, path]})"
            blocks[k, path] = f"np.reshape({joined}, np.shape({out}) + np.shape({x.text}))"
        return blocks

    def _returns(self, whole: str) -> None:
        if self.driven.has_aux:
            aux = self.name("aux")
            self.lines.append(f"{aux} = {self.call(self._object('fun', self.driven.fun))}[1]")
            whole = f"{whole}, {aux}"
        self.lines.append(f"return {whole}")

    # ---- the function

    def compiled(self) -> Callable[..., Any]:
        """The function; a product takes the vector first, since other arguments may have defaults."""
        heads: list[str] = []
        if self.driven.form == "product":
            self.vector = self.name("v")
            heads = [self.vector]
        getattr(self, self.driven.form)()
        star = False
        for p in self.parameters:
            if p.kind is p.KEYWORD_ONLY and not star:
                heads.append("*")
                star = True
            default = ""
            if p.default is not p.empty:
                default = f"={self._object(f'{p.name}_default', p.default)}"
            heads.append(p.name + default)
        own = self.driven.__name__ if self.driven.__name__.isidentifier() else "lambda_"
        name = f"{own}_{self.driven.mode}"
        body = "".join(f"    {line}\n" for line in self.lines)
        text = f"def {name}({', '.join(heads)}):\n{body}"
        file = source_of_text(text, own)
        exec(compile(text, file, "exec", dont_inherit=True), self.space)
        made: Callable[..., Any] = self.space[name]
        release_with(made, file)
        return made


def _pulled_by(pull: str, seed: Callable[[str], str]) -> Callable[[str], str]:
    return lambda unit: f"{pull}({seed(unit)})"


def _plain(kind: Kind) -> Kind:
    """A structure of tuples and dicts, as tangents are given."""
    if kind.items is None or kind.cat not in ("tuple", "dict"):
        return kind
    items = tuple(map(_plain, kind.items))
    return dataclasses.replace(kind, items=items, cls=None, dtype="")


def _dtype(kind: Kind) -> str:
    return f", np.{kind.dtype}" if kind.dtype in ("float32", "float16", "complex64", "complex128") else ""


__all__ = ["Driver"]
