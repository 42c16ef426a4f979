"""Forward mode as users call it: `jvp`.

    out, out_dot = jvp(lambda x, y: x*y, (2.0, 3.0), (1.0, 0.0))

Primals and tangents are converted as arguments and cotangents are: tangents have the structure, shapes and
dtypes of what they belong to. For holomorphic functions the tangent is f'(z) times the tangent of z, without
conjugation.
"""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec

from s2sad import arguments as A
from s2sad import symmetry
from s2sad.binding import Argnums, Values, shared
from s2sad.errors import UnsupportedError
from s2sad.frontend.dependencies import Same
from s2sad.frontend.source import unwrapped
from s2sad.ir.forms import built
from s2sad.ir.kinds import Kind
from s2sad.transformed import Made, Transformed

if TYPE_CHECKING:
    from s2sad.engine import Request

P = ParamSpec("P")
JVPS = 64  # functions whose forward derivatives are remembered


class Jvp(Transformed[P]):
    """The function behind `jvp`: value and tangent along tangents of the arguments in argnums."""

    mode = "jvp"

    def check_result(self, kind: Kind) -> None:
        if self.has_aux and (kind.cat != "tuple" or len(kind.items or ()) != 2):
            super().check_result(kind)

    def otherwise(
        self, inner: Made, values: Values, wrt: list[str], refused: UnsupportedError
    ) -> Made | None:
        return symmetry.tangent(symmetry.Asked(self, values, inner, refused), wrt, self.request(wrt).value)

    def finish(self, made: Made, raw: Any, values: Values) -> Any:
        raise AssertionError("jvp has a call of its own")

    def __call__(  # type: ignore[override]
        self, *args: Any, tangents_: Sequence[Any] = (), **kwargs: Any
    ) -> tuple[Any, ...]:
        """The value, its tangent and what `has_aux` gives; Jacobians inside of a function call it so, too."""
        values = self.bind(args, kwargs)
        out, dot = self.push(values, self.parts(values, tangents_))
        return (out[0], dot, out[1]) if self.has_aux else (out, dot)

    def push(self, values: Values, dots: dict[str, Any], made: Made | None = None) -> tuple[Any, Any]:
        """The value, and its tangent for tangents of whole parameters."""
        made = made or self.lookup(values)
        raw, dot = self.raw(made, values, dots)
        out = self.present(made, raw, values)
        if made.inner is not None:
            assert self.inner is not None
            dot = A.private(dot)  # it may be a tangent that was given
            if not self.has_aux:
                return out, self.inner.finish(made.inner, dot, values)
            return out, self.inner.finish(made.inner, (dot, None), values)[0]
        form = made.derived.lowered.form
        if form is not None:
            form, raw = (form.parts[0], raw[0]) if self.has_aux else (form, raw)
            return out, built(form, A.pushed(dot, raw), raw)
        return out, A.pushed(dot, out[0] if self.has_aux else out)

    def raw(self, made: Made, values: Values, dots: dict[str, Any]) -> Any:
        """What the generated function returns."""
        taken = [n for n in dict.fromkeys(c.parameter for c in made.choices) if n in made.order]
        given = [*made.arguments(values, True), *[A.tangent(dots[n], values[n]) for n in taken]]
        try:
            return made.functions[-1](*given)
        except Exception as error:
            made.annotate(error)
            raise

    def parts(self, values: Values, tangents: Sequence[Any]) -> dict[str, Any]:
        """The tangents of whole parameters from those that argnums name."""
        dots: dict[str, Any] = {}
        for choice, tangent in zip(self.choices(values), tangents, strict=True):
            if choice.key is None:
                dots[choice.parameter] = tangent
                continue
            value = values[choice.parameter]
            if choice.parameter not in dots:
                named = isinstance(value, dict)
                dots[choice.parameter] = dict.fromkeys(value) if named else [None] * len(value)
            dots[choice.parameter][choice.key] = tangent
        return dots


class Along(Jvp[P]):
    """The tangent alone of a gradient without aux, as `hvp` and `hessian` want it."""

    def request(self, wrt: list[str], seen: bool = True) -> Request:
        return replace(super().request(wrt, seen), value=False)

    def push(self, values: Values, dots: dict[str, Any], made: Made | None = None) -> tuple[Any, Any]:
        """The tangent, twice: it is like the value that it belongs to."""
        made = made or self.lookup(values)
        dot = self.finish(made, self.raw(made, values, dots), values)
        return dot, dot

    def finish(self, made: Made, raw: Any, values: Values) -> Any:
        assert self.inner is not None and made.inner is not None
        return self.inner.finish(made.inner, A.private(raw), values)

    def quick(self, args: tuple[Any, ...]) -> Any:
        """The tangent for arguments and, last, a vector that are like those before, or short.MISS."""
        return self._short(args)

    def remember(
        self, args: tuple[Any, ...], values: Values, made: Made, along: tuple[Any, ...]
    ) -> None:
        """Have a quick answer for arguments, and parts of a vector, like these."""
        if not made.debug and all(choice.key is None for choice in made.choices):
            self._remember(args, values, made, along)


def jvp(
    fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any], *, has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of a function and its tangent, for a tangent of each primal.

    A tangent has the structure, shape and dtype of its primal; None stands for a primal that cannot be
    differentiated, and for zeros. With `has_aux` the function returns `(out, aux)`, and the call
    `(out, tangent, aux)`.

    >>> jvp(lambda x, y: x*y, (2.0, 3.0), (1.0, 0.5))
    (6.0, 4.0)

    Raises TypeError or ValueError for tangents that do not fit their primals, and UnsupportedError for code
    that cannot be differentiated.
    """
    if not isinstance(primals, list | tuple) or not isinstance(tangents, list | tuple):
        raise TypeError("jvp needs a tuple of primals and a tuple of tangents")
    if len(primals) != len(tangents):
        raise ValueError(f"jvp needs a tangent for each primal: {len(primals)} and {len(tangents)} are given")
    chosen = _moved(tangents)
    if not chosen:
        raise TypeError("jvp needs a tangent that is not None")
    return _transform_for(fun, chosen, has_aux)(*primals, tangents_=[tangents[i] for i in chosen])


def dump_push(fun: Callable[..., Any], argnums: Argnums = 0) -> Jvp[Any]:
    """The function behind `jvp`, by the arguments that argnums name, for its text; it is not called."""
    return Jvp(fun, argnums)


def source(fun: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> str:
    """The text that `jvp` runs for these arguments."""
    chosen = _moved(tangents)
    return _transform_for(fun, chosen, False).source_for(*primals)


def _moved(tangents: Sequence[Any]) -> tuple[int, ...]:
    """The places of the tangents that are not None."""
    return tuple([
        i for i, t in enumerate(tangents)
        if t is not None and (type(t) in A.ARRAYS or any(leaf is not None for leaf in A.leaves(t)))
    ])  # fmt: skip


_jvps: OrderedDict[Any, Jvp[Any]] = OrderedDict()


def _transform_for(fun: Callable[..., Any], argnums: Argnums, has_aux: bool) -> Jvp[Any]:
    """The transform of a function, the same one as long as it is the same function."""
    if isinstance(fun, types.FunctionType) and not fun.__closure__:
        key: tuple[Any, ...] = (Same(fun), argnums, has_aux)
    elif isinstance(fun, types.MethodType):
        key = (Same(unwrapped(fun)[0]), Same(fun.__self__), argnums, has_aux)
    else:
        return Jvp(fun, argnums, has_aux)
    found: Jvp[Any] = shared(_jvps, key, lambda: Jvp(fun, argnums, has_aux), JVPS)
    return found


jvp.__s2sad_transform__ = True  # type: ignore[attr-defined]
jvp.__s2sad_push__ = Jvp  # type: ignore[attr-defined]

__all__ = ["Along", "Jvp", "jvp"]
