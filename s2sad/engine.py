"""The pipeline: from a function and the kinds of its arguments to a compiled derivative.

    source text -> lower -> reverse -> optimise -> emit -> exec

`derive` is that list of passes. What it returns is remembered by whoever asked (`transformed`), under a
signature of the arguments; `Derived.dependencies` are the name resolutions that the text relies on, and
`guard` compiles them to one test.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import hashlib
import inspect
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from s2sad import runtime
from s2sad.analysis.effects import Aliases
from s2sad.analysis.itself import describe
from s2sad.analysis.primitives import shares
from s2sad.analysis.repeat import (
    mixed_results,
    obstacle,
    reads_outside,
    returns_argument,
    written_parameters,
)
from s2sad.analysis.storage import Storage
from s2sad.analysis.summary import summarise
from s2sad.analysis.unknown import unknown_source
from s2sad.errors import Span, UnsupportedError, origins, refuse
from s2sad.frontend.dependencies import Dependency
from s2sad.frontend.lower import Lowered, lower
from s2sad.frontend.opening import has_objects
from s2sad.frontend.outline import Outline
from s2sad.frontend.source import Source, deep, read_as, release_with, source_of_text
from s2sad.frontend.state import Assumed
from s2sad.ir import kinds as K
from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Const, Do, Fresh, Let, Program, Stmt, Store, Var, walk
from s2sad.optimise import passes
from s2sad.optimise.excerpts import excerpts
from s2sad.optimise.fences import fenced, may_be_complex
from s2sad.optimise.passes import optimise, shared
from s2sad.rules import registry
from s2sad.transform import standing
from s2sad.transform.auxiliary import joint_aux
from s2sad.transform.builder import Builder
from s2sad.transform.constants import settled
from s2sad.transform.forward import forward
from s2sad.transform.joint import joint, written_arguments
from s2sad.transform.pairs import MustInline, Pairs
from s2sad.transform.pullback import pair
from s2sad.transform.told import of_outside

if TYPE_CHECKING:  # the printer is imported with the first derivative
    from s2sad.backend.emit import Text

FORMAT = 1  # of generated files; grows when texts of older versions can no longer be compared
Way = Literal["", "doubled", "opened"]  # how a function is lowered (see `frontend.lower.lower`)
PASSES = tuple(name for name, _ in passes.PASSES)

_lock = threading.RLock()


@dataclass(slots=True)
class Derived:
    """A generated module: its text and what was made of it.

    written    parameters that the function writes to, so that others must not overlap them
    changes    parameters of the function that is differentiated, however often, into which it writes
    valued     whether `grad` returns the value besides, since its rank is to be checked
    roots      whether powers of floats may be complex numbers
    """

    emitted: Text
    functions: dict[str, Callable[..., Any]]
    dependencies: list[Dependency]
    result: Kind
    lowered: Lowered
    source: Source
    line_map: Mapping[int, Span] = field(default_factory=dict)
    filename: str = ""
    written: tuple[str, ...] = ()
    changes: frozenset[str] = frozenset()
    valued: bool = False
    roots: bool = False

    @property
    def text(self) -> str:
        """The generated text."""
        return self.emitted.text

    @property
    def captured(self) -> list[Any]:
        """What the text reads from outside of the function: arrays, and objects that may hold some."""
        read = [*self.emitted.refs.values(), *(d.obj for d in self.dependencies)]
        return [obj for obj in read if isinstance(obj, np.ndarray) or not callable(obj)]

    @property
    def lends(self) -> bool:
        """Whether a derivative that is called inside works on copies of what it is given."""
        return any(one.lends for one in (self.lowered, *_callees(self.lowered)))

    @property
    def header(self) -> str:
        """Where a file's text comes from: origin, format, and a hash of the sources that it was made from."""
        from s2sad import __version__

        source = self.source
        codes = [d.obj for d in self.dependencies if isinstance(d.obj, CodeType)]
        digest = hashlib.sha256("\n".join([source.text(), *map(_text_of, codes)]).encode()).hexdigest()
        origin = f"{source.module}.{source.qualname}"
        return f"s2sad: {origin}\ns2sad: format {FORMAT}, version {__version__}, sources {digest[:16]}"


def _text_of(code: CodeType) -> str:
    try:
        return inspect.getsource(code)
    except (OSError, TypeError):
        return code.co_qualname


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    mode    "grad", "value_and_grad" (both for results of rank 0), "vjp" or "jvp"
    wrt     the parameters that are differentiated by
    single  whether one gradient comes bare and not as a tuple
    aux     whether the function returns (value, aux)
    copy    whether a pullback depends on nothing that the caller can write to
    seen    whether the arguments' kinds are known from a call
    value   whether the value comes with its tangent
    check   is given the kind of the result; raises where it cannot be differentiated
    stops   whether the text says what is constant by no_grad and stop_gradient
    stored  whether checkpointed loops are loops like others
    """

    mode: str
    wrt: Sequence[str]
    single: bool = True
    aux: bool = False
    copy: bool = True
    seen: bool = True
    check: Callable[[Kind], None] = lambda kind: None
    stops: bool = False
    stored: bool = False
    value: bool = True


def derive(
    source: Source,
    request: Request,
    arguments: Mapping[str, Kind | Atom],
    live: Mapping[str, Any],
    strided: Iterable[str] = (),
) -> Derived:
    """Generate and compile a derivative.

    `arguments` are all parameters' kinds (or known values) in order, `strided` the parameters whose arrays
    are not contiguous.
    """
    with _lock, deep(), _uncollected():
        try:
            return _derive(source, request, arguments, live, strided)
        except UnsupportedError as refused:
            for way in _other_ways(refused, arguments, live):
                with contextlib.suppress(UnsupportedError):
                    return _derive(source, request, arguments, live, strided, way)
            raise


def _other_ways(
    refused: UnsupportedError, arguments: Mapping[str, Kind | Atom], live: Mapping[str, Any]
) -> Iterator[Way]:
    """How a function that is refused may be lowered in place of that."""
    if refused.outside:  # what is read of outside lists may vary: of copies made here that is known
        yield "doubled"
    if has_objects(dict(arguments), dict(live)):  # what an argument's attributes are given, likewise
        yield "opened"


def _derive(
    source: Source,
    request: Request,
    arguments: Mapping[str, Kind | Atom],
    live: Mapping[str, Any],
    strided: Iterable[str],
    way: Way = "",
) -> Derived:
    outline = Outline(
        frozenset(),
        summarise,
        obstacle,
        request.mode != "jvp" and not request.stored,
        returns_argument=returns_argument,
        writes=written_parameters,
        mixed=mixed_results,
        tangents=request.mode == "jvp",
    )
    derive_by = functools.partial(_derive_by, source, request, arguments, live, strided, way)
    try:
        return derive_by(outline)
    except TypeError:  # a result that is read outside: of what is doubled its kind is known
        with contextlib.suppress(UnsupportedError, TypeError):
            if outline.kept and not way:
                return _derive(source, request, arguments, live, strided, "doubled")
        raise
    except UnsupportedError as refused:
        refused.outside = refused.outside or bool(outline.kept)
        if not outline.lenient:  # calls that a derivative's text has under checkpoint need not be
            raise
        return derive_by(replace(outline, plainly=True, sites={}, sizes={}, path=[]))


def _derive_by(
    source: Source,
    request: Request,
    arguments: Mapping[str, Kind | Atom],
    live: Mapping[str, Any],
    strided: Iterable[str],
    way: Way,
    outline: Outline,
) -> Derived:
    name = source.name
    lower_by = functools.partial(_lowered, source, name, arguments, live, strided, request.stops, way)
    lowered = lower_by(outline)
    if request.mode == "vjp" and request.copy and any(map(reads_outside, lowered.callees)):
        # what is read might be changed
        outline = replace(outline, loops=False, again=False, sites={}, sizes={}, path=[])
        lowered = lower_by(outline)
    kind = result_kind(lowered)
    if kind.cat != "object":  # what is not known may stand for code that is to be refused by name
        request.check(kind)
    whole, kind = kind, (kind.items or (kind,))[0] if request.aux else kind
    unsure = request.seen and request.mode == "grad" and kind.is_number and kind.rank is None
    wrt = [n for n in request.wrt if lowered.arguments[n] is not None]
    programs = None
    codes = frozenset() if request.mode == "jvp" else outline.large()
    while codes and programs is None:
        try:
            apart = lower_by(replace(outline, codes=codes, sites={}, sizes={}, path=[]))
            programs = _programs(apart, request, wrt, name, unsure)
            lowered = apart
        except MustInline as found:
            codes -= {found.code}
        except UnsupportedError:  # as long as it can be derived with everything inlined
            break
    if programs is None:
        programs = _programs(lowered, request, wrt, name, unsure)
    header = assumptions(source, lowered, arguments, wrt if request.mode == "jvp" else ())
    _check(lowered, request, whole)
    programs = [optimise(p) for p in programs]
    if any(p.kept for p in programs) or any(one.program.kept for one in (lowered, *_callees(lowered))):
        programs = [of_outside(p) for p in programs]
    at = next(i for i, p in enumerate(programs) if p.token is None)
    programs[at] = replace(programs[at], assumes=header, defaults=defaults(source, lowered, programs[at]))
    made = compile_programs(programs, lowered, source, outline.slots if request.mode == "jvp" else {})
    made.valued = unsure
    made.written = written(lowered)
    drawn = any(c.trips and c.generators for c in lowered.callees)
    if not request.stops and (drawn or any(w.frozen for w in (lowered, *_callees(lowered)))):
        said = replace(request, stops=True, stored=drawn)
        _read_with_stops(made, lambda: derive(source, said, arguments, live, strided))
    return made


def _check(lowered: Lowered, request: Request, kind: Kind) -> None:
    """Raise where the result cannot be differentiated; say what one of unknown type is made of."""
    try:
        request.check(kind)
    except TypeError as error:
        span = unknown_source(lowered.program, lowered.result)
        if kind.cat != "object" or span is None:
            raise
        what = span.text.partition("\n")[0][span.col : span.end_col if span.end_line == span.line else None]
        said = f"what `{what}` gives in line {span.line} is not known before the call"
        raise TypeError(f"{error}; {said}: write float(...) or np.asarray(...) around it") from None


def _read_with_stops(made: Derived, derive_again: Callable[[], Derived]) -> None:
    """Let whoever differentiates a derivative read the text that says what is constant."""
    again = functools.cache(lambda: derive_again().functions)
    for name, function in made.functions.items():
        read_as(function, functools.partial(lambda name: again()[name], name))


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Without collections of cyclic garbage: a transformation makes many objects and few cycles of them.

    The switch is one for all threads; the lock lets only one of them transform.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _callees(lowered: Lowered) -> list[Lowered]:
    """The functions that are called and not inlined."""
    return [c.lowered for c in lowered.callees if c.lowered is not None]


def _lowered(
    source: Source,
    name: str,
    arguments: Mapping[str, Kind | Atom],
    live: Mapping[str, Any],
    strided: Iterable[str],
    stops: bool,
    way: Way,
    outline: Outline,
) -> Lowered:
    callees: dict[Any, Any] = {}
    lowered = lower(
        source, name, dict(arguments), dict(live),
        callees=callees, outline=outline, parted=True, once=True, opened=way == "opened",
        doubled=way == "doubled",
    )  # fmt: skip
    describe(lowered.program)
    lowered.program = fenced(excerpts(lowered.program))
    lowered.callees = tuple(c for c in callees.values() if c is not None)
    standing.named(lowered)
    for one in (lowered, *_callees(lowered)):
        settled(one, stops)
    lowered.strided = frozenset(ssa for n in strided if (ssa := lowered.arguments.get(n)) is not None)
    return lowered


def _programs(
    lowered: Lowered, request: Request, wrt: Sequence[str], name: str, unsure: bool
) -> list[Program]:
    """The functions of the derivative's text."""
    if request.mode == "jvp":
        return forward(lowered, wrt, aux=request.aux, name=f"{name}_jvp", value=request.value)
    if request.mode == "vjp":
        names = (f"{name}_fwd", f"{name}_bwd")
        return pair(lowered, wrt, Pairs(shared, taken={name}), names=names, copy=request.copy)
    make = joint_aux if request.aux else joint
    value = request.mode == "value_and_grad" or unsure
    own = f"{name}_{request.mode}"
    return make(lowered, wrt, Pairs(shared), value=value, single=request.single, name=own)


def compile_programs(
    programs: list[Program], lowered: Lowered, source: Source, slots: Mapping[Span | None, Atom]
) -> Derived:
    """Print programs and execute the text; `slots` are the checkpointed loops that stand there plainly."""
    from s2sad.backend.emit import emit
    made = emit(programs)
    digest = hashlib.sha256(made.text.encode()).hexdigest()[:8]
    filename = source_of_text(made.text, f"{programs[0].name} {digest}")
    origins[filename] = made.line_map
    space: dict[str, Any] = {"np": np, "__name__": f"s2sad.generated.{programs[0].name}"}
    space.update(runtime.HELPERS)
    space.update(made.refs)
    exec(compile(made.text, filename, "exec", dont_inherit=True), space)
    functions = {p.name: space[p.name] for p in programs if p.token is None}
    pairs = {p.name: p.written for p in programs if p.token is not None}
    tied = next((p for p in programs if p.tied), None)
    repeating = [p.name for p in programs if p.repeats]
    stems = [n.removesuffix("_fwd") for n in repeating if n.endswith("_fwd")]
    repeated = [c.fun for c in lowered.callees if c.repeats]
    plain = {name for name, obj in made.refs.items() if any(fun is obj for fun in repeated)}
    plain |= {n for n in repeating if n.endswith("_jvp")}

    loops = {line: slots[span] for line, span in made.line_map.items() if span in slots}
    names = {ssa: name for name, ssa in lowered.arguments.items() if ssa is not None}

    @functools.cache
    def again() -> dict[str, Any]:
        if tied is not None:  # copies of what is kept would not hold the same lists
            what = f"{tied.name.removesuffix('_fwd')} calls itself and keeps lists of lists"
            refuse(tied.tied, what, "take the first derivative only, or write a loop")
        from s2sad.rereading import Repeated, read_again

        return read_again(made.text, made.line_map, pairs, space, Repeated(stems, plain, loops, names))

    for name, function in functions.items():
        release_with(function, filename)
        if pairs or loops:
            read_as(function, functools.partial(lambda name: again().get(name), name))
    derived = Derived(
        made, functions, lowered.dependencies, result_kind(lowered), lowered, source, made.line_map, filename
    )
    derived.roots = any(map(may_be_complex, programs))
    return derived


def alone(derived: Derived, function: Callable[..., Any], aux: bool) -> Callable[..., Any]:
    """A derivative's function as it is differentiated again: it looks at the value's rank itself."""
    if not derived.valued:
        return function
    name, code = function.__name__, function.__code__
    names = ", ".join(code.co_varnames[: code.co_argcount])
    text = f"""def {name}_alone({names}):  # of {derived.filename}
    result, gradient = {name}({names})
    if np.ndim({"result[0]" if aux else "result"}) > 0:
        raise TypeError("{derived.lowered.program.name}() returns an array; grad needs a result of rank 0")
    return {"gradient, result[1]" if aux else "gradient"}
"""
    filename = source_of_text(text, f"{name}_alone")
    origins[filename] = {1: derived.source.span(derived.source.node)}
    space = {**function.__globals__, name: function}
    exec(compile(text, filename, "exec", dont_inherit=True), space)
    made: Callable[..., Any] = space[f"{name}_alone"]
    release_with(made, filename)
    return made


def result_kind(lowered: Lowered) -> Kind:
    """What the function returns."""
    if isinstance(lowered.result, Var):
        return lowered.program.kinds[lowered.result.name]
    return Builder(Fresh(lowered.program.kinds, lowered.program.hints)).kind(lowered.result)


def written(lowered: Lowered) -> tuple[str, ...]:
    """The parameters that the function writes to, where another argument could overlap them."""
    program = lowered.program
    writes = any(isinstance(s, Store | Do) or _calls(s) for s in walk(program.body))
    if not (writes and any(shares(program.kinds[p]) for p in program.params)):
        return ()
    names = {ssa: name for name, ssa in lowered.arguments.items()}
    aliases = Aliases(program)
    return tuple(names[ssa] for ssa in written_arguments(program, aliases, Storage(program, aliases)))


def _calls(stmt: Stmt) -> bool:
    """Whether a statement calls a user's function that is not inlined."""
    return isinstance(stmt, Let) and stmt.call.fun == "user"


def defaults(source: Source, lowered: Lowered, program: Program) -> dict[str, Any]:
    """The defaults of a derivative's last parameters: the function's own, where they are literals."""
    own = inspect.signature(source.fun, follow_wrapped=False).parameters
    names = {ssa: name for name, ssa in lowered.arguments.items() if ssa is not None}
    found: dict[str, Any] = {}
    for param in reversed(program.params):
        default: Any = own[names[param]].default if names.get(param) in own else None
        if type(default) not in (bool, int, float) or not math.isfinite(default):
            break
        if K.kind_of_value(default) != program.kinds[param]:
            break
        found[param] = default
    return found


def assumptions(
    source: Source, lowered: Lowered, arguments: Mapping[str, Kind | Atom], dotted: Iterable[str] = ()
) -> tuple[str, ...]:
    """The `# assumes:` line of a text; `dotted` are the parameters that have tangents.

    What has no derivative and no kind, a word or a function, stands in the text as it is. A text is given
    what `*args` and `**kwargs` hold as one tuple and one dict, and objects as dicts of their attributes. Bars
    of complex numbers point where a real result grows.
    """
    parts = []
    own = inspect.signature(source.fun, follow_wrapped=False).parameters.values()
    gathered = {p.name: f"the tuple of *{p.name}" for p in own if p.kind is p.VAR_POSITIONAL}
    gathered |= {p.name: f"the dict of **{p.name}" for p in own if p.kind is p.VAR_KEYWORD}
    shapes: dict[K.Shape, str] = {}
    for name, param in lowered.arguments.items():
        given = arguments[name]
        if isinstance(given, Const):
            parts.append(f"{name} is {given.value!r}")
        if param is None:
            continue
        kind = lowered.program.kinds[param]
        if name in gathered:
            parts.append(f"{name} {gathered[name]}")
        if kind.cat == "dict" and kind.cls is not None and not issubclass(kind.cls, dict):
            parts.append(f"{name} the dict of the attributes of {kind.cls.__name__}")
        if kind.is_number or K.has_common_shape(kind):
            parts.append(f"{name} {_assumed(name, kind, shapes, not dotted)}")
    parts += [f"{name}_dot like {name}" for name in dotted]
    return ("assumes: " + ", ".join(parts),) if parts else ()


def _assumed(name: str, kind: Kind, shapes: dict[K.Shape, str], has_bars: bool) -> str:
    """What a text assumes of a parameter; `shapes` says whose shape those are that have been met."""
    is_list = kind.cat == "list"
    kind = K.anonymous(kind.items[0]) if is_list and kind.items else kind
    said, whose = K.describe(kind), f"{name}'s"
    if is_list:
        said, whose = f"a list of {said}s", f"{name}[0]'s"
    if kind.sort == "complex" and has_bars:
        said += " (its bar is the conjugate of what s2sad.grad gives)"
    if kind.shape and kind.shape in shapes:
        return f"{said} of {shapes[kind.shape]} shape"
    if kind.shape:
        shapes[kind.shape] = whose
    return f"{said} of one shape" if is_list else said


# ---------------------------------------------------------------------- texts before the first call


def derive_unseen(
    source: Source, request: Request, annotated: Mapping[str, Kind | Atom], guessed: Sequence[str]
) -> Derived:
    """A derivative for arguments of which only annotations and the code itself tell the kinds.

    The parameters in `guessed` are taken for float arrays of unknown rank, until the code proves something
    else: a use in range or as an index an integer, a result of rank 0 that it reaches through elementwise
    operations rank 0.
    """
    arguments = dict(annotated)
    for _ in range(2 + 2 * len(guessed)):
        try:
            with _lock:
                lowered = lower(source, source.fun.__name__, arguments, {}, frozenset(guessed))
                changed = request.mode not in ("vjp", "jvp") and _rank_zero(lowered, arguments, guessed)
            if not changed:
                return derive(source, request, arguments, {})
        except Assumed as assumed:
            arguments[assumed.parameter] = assumed.kind
    raise UnsupportedError([])


def _rank_zero(lowered: Lowered, arguments: dict[str, Kind | Atom], guessed: Sequence[str]) -> bool:
    """Enter rank 0 for parameters that reach a result of rank 0 elementwise; whether anything was new."""
    kinds = lowered.program.kinds
    lets = {s.name: s for s in walk(lowered.program.body) if isinstance(s, Let)}
    stack = [lowered.result.name] if isinstance(lowered.result, Var) else []
    seen: set[str] = set()
    while stack:
        name = stack.pop()
        if name in seen or kinds[name].shape is not None:
            continue
        seen.add(name)
        let = lets.get(name)
        if (
            let is not None
            and let.call.fun in registry.RULES
            and registry.RULES[let.call.fun].form == "elementwise"
        ):
            stack += [a.name for a in let.call.args if isinstance(a, Var)]
    changed = False
    for parameter, ssa in lowered.arguments.items():
        if ssa in seen and parameter in guessed:
            arguments[parameter] = Kind("num", "float64", ())
            changed = True
    return changed
