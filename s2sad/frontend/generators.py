"""Lowering of generators: what takes from one stands where the generator yields.

    class bar:                                     pb = bar(range(n))
        def __iter__(self):                        for j in bar's items:
            for v in self.items:                       y = y*j
                yield v                                print(".")
                print(".")
    for j in bar(range(n)): y = y*j

Takes loops over calls of generator functions, over generator expressions of these, over objects whose
`__iter__` is a generator, and over what map, zip and itertools make of these (`streams`). The names that the
body binds are cells meanwhile, as those that nested functions write. A loop that is left early
returns from the generator where it yields. A generator is taken from once.
"""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import types
from collections.abc import Callable
from types import FunctionType
from typing import Any

from s2sad.errors import UnsupportedError
from s2sad.frontend import streams
from s2sad.frontend.cursors import is_cursor
from s2sad.frontend.ending import ends
from s2sad.frontend.iteration import items_of, watch
from s2sad.frontend.iterators import Given, Items, given
from s2sad.frontend.leaving import LEFT, leaving, placed
from s2sad.frontend.libraries import is_library
from s2sad.frontend.operators import class_method, may_vary
from s2sad.frontend.protocols import METHODS
from s2sad.frontend.source import RULES, find, rule_source
from s2sad.frontend.standins import real
from s2sad.frontend.state import Closure, Generator, Method, Scope, State, Unbound, Value
from s2sad.frontend.trees import assigned_names, sorts, target_names, walk
from s2sad.ir import kinds as K
from s2sad.ir.nodes import Call, Const, Range, Ref, Undef

DEEPEST = 12  # calls of a generator by itself that are written out
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_WRAPPING = (zip, iter, itertools.islice, itertools.chain, *streams.STREAMS)


class Before:
    """Where lowering was, to go back to."""

    def __init__(self, low: State) -> None:
        self.low = low
        self.at = low.block, len(low.block), low.scope, dict(low.scope.env), dict(low.objects.cells)
        self.depths = len(low.frames), len(low.callers), low.nesting

    def restore(self) -> None:
        """Forget what has been lowered since."""
        low = self.low
        low.block, length, low.scope, low.scope.env, low.objects.cells = self.at
        frames, callers, low.nesting = self.depths
        del low.block[length:], low.frames[frames:], low.callers[callers:]


# ---------------------------------------------------------------------------------- what is a generator


def yields(node: ast.AST) -> bool:
    """Whether a function is a generator function."""
    if not isinstance(node, ast.FunctionDef) or sorts(node).isdisjoint((ast.Yield, ast.YieldFrom)):
        return False
    return any(isinstance(n, ast.Yield | ast.YieldFrom) for n in walk(node.body, _SCOPES))


def called(low: State, fn: Value, args: list[Value], kwargs: dict[str, Value]) -> Generator | None:
    """The generator that a call of a function gives; None for other functions."""
    if isinstance(fn, Closure) and yields(fn.node):
        return Generator(fn, args, kwargs, _fresh(low))
    obj = fn.obj if isinstance(fn, Ref) else None
    if isinstance(fn, Ref) and _is_generator_function(obj):
        return Generator(fn, args, kwargs, _fresh(low))
    return None


def _fresh(low: State) -> int:
    """The number of a cell that says that nothing has been taken yet."""
    number = low.objects.new(Const(False))
    low.objects.streams.add(number)
    return number


def _is_generator_function(obj: Any) -> bool:
    return isinstance(obj, FunctionType) and inspect.isgeneratorfunction(obj) and not is_library(obj)


def own_generator(low: State, cls: type | None) -> Ref | Closure | None:
    """The generator function by which the objects of a class are iterated; None if there is none."""
    method = class_method(low, cls, "__iter__")
    if method is None and class_method(low, cls, "__getitem__") is not None and real(cls) is None:
        return Ref("items", rule_source("items", streams.ITEMS).fun)
    return method if method is not None and inspect.isgeneratorfunction(method.obj) else items_of(low, cls)


def is_lazy(low: State, node: ast.expr) -> bool:
    """Whether an expression gives a generator; nothing is lowered."""
    if isinstance(node, Given):
        return isinstance(node.space, Generator)
    if isinstance(node, ast.Name):
        value = low.lookup(node.id, node)
        return isinstance(value, Generator) or own_generator(low, low.class_of(value)) is not None
    if isinstance(node, ast.GeneratorExp):
        return is_lazy(low, node.generators[0].iter)
    if isinstance(node, ast.Attribute):
        return node.attr != "flat" and isinstance(peek(low, node), Generator)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return False
    fn = peek(low, node.func)
    while isinstance(fn, Method) and isinstance(fn.fn, Ref | Closure):
        fn = fn.fn
    if isinstance(fn, Closure):
        return yields(fn.node)
    if not isinstance(fn, Ref):
        return False
    if _is_generator_function(fn.obj):
        return True
    if isinstance(fn.obj, type) and own_generator(low, fn.obj) is not None:
        return True
    if fn.obj is iter and len(node.args) > 1:
        return True
    if not _wraps(fn.obj):
        return False
    stepping = fn.obj is not iter and any(_steps(low, a) for a in node.args)
    lazy = [
        not isinstance(a, ast.Starred) and not streams.is_called(fn.obj, k) and is_lazy(low, a)
        for k, a in enumerate(node.args)
    ]
    return stepping or (any(lazy) and not _are_tuples(low, fn.obj, node, lazy))


def _is_part(low: State, obj: Any, place: int, node: ast.expr) -> bool:
    """Whether an argument is a generator, or is taken from as what a builtin makes of it is."""
    if streams.is_called(obj, place):
        return False
    parts = _wraps(obj) and obj is not iter and _steps(low, node)
    return parts or (not isinstance(node, ast.Starred) and is_lazy(low, node))


def _steps(low: State, node: ast.expr) -> bool:
    """Whether an expression is the name of an iterator that iter() has made."""
    return isinstance(node, ast.Name) and is_cursor(low, low.peeked(node))


def _are_tuples(low: State, obj: Any, node: ast.Call, lazy: list[bool]) -> bool:
    """Whether what zip or map run over are several objects that are as good as tuples."""
    if (obj is not zip and obj is not map) or sum(lazy) < 2:
        return False
    return all(_yields_attributes(low, a) for a, flag in zip(node.args, lazy, strict=True) if flag)


def _yields_attributes(low: State, node: ast.expr) -> bool:
    """Whether an expression names or makes an object whose `__iter__` yields attributes one by one."""
    cls = low.class_of(low.lookup(node.id, node)) if isinstance(node, ast.Name) else None
    made = peek(low, node.func) if isinstance(node, ast.Call) else None
    if isinstance(made, Ref) and isinstance(made.obj, type):
        cls = made.obj
    method = own_generator(low, cls)
    if not isinstance(method, Ref):
        return False
    whole = find(method.obj, generators=True).node
    body = whole.body if isinstance(whole, ast.FunctionDef) else []
    steps = [s.value.value for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Yield)]
    return bool(steps) and len(steps) == len(body) and all(isinstance(v, ast.Attribute) for v in steps)


def _wraps(obj: Any) -> bool:
    """Whether a builtin makes an iterator of iterables."""
    return any(obj is known for known in _WRAPPING)


def peek(low: State, node: ast.expr) -> Value | None:
    """The value of a name, or of an attribute of one; nothing is lowered."""
    base = node
    while isinstance(base, ast.Attribute):
        base = base.value
    if not isinstance(base, ast.Name):
        return None
    before = Before(low)
    try:
        return low.expr(node)
    except (UnsupportedError, Unbound):
        return None
    finally:
        before.restore()


def lazily(low: State, node: ast.expr) -> Generator | None:
    """The generator that an expression gives; None, and nothing is lowered, for other expressions."""
    if not is_lazy(low, node):
        return None
    if isinstance(node, ast.GeneratorExp):
        return expressed(low, node)
    if isinstance(node, ast.Call):
        fn = low.expr(node.func)
        if isinstance(fn, Ref) and _wraps(fn.obj):
            return _wrapped(low, fn.obj, node)
    value = low.operand(node)
    return value if isinstance(value, Generator) else of_object(low, value)


def of_object(low: State, value: Value) -> Generator | None:
    """The generator that iterates an object."""
    cls = low.class_of(value)
    method = own_generator(low, cls)
    if isinstance(method, Closure) and cls is not None:
        watch(low, cls)
    return None if method is None else Generator(method, [value], {}, _fresh(low), owned=True)


def expressed(low: State, node: ast.GeneratorExp) -> Generator:
    """A generator expression over a generator: a generator function of what it runs over."""
    first = lazily(low, node.generators[0].iter)
    assert first is not None
    return over(low, node, first)


def over(low: State, node: ast.GeneratorExp, first: Value) -> Generator:
    """A generator expression as a generator function of what it runs over."""
    made = Closure(_function_of(node), low.scope, [], {})
    return Generator(made, [first], {}, _fresh(low))


@functools.lru_cache(maxsize=256)
def _function_of(node: ast.GeneratorExp) -> ast.FunctionDef:
    body: list[ast.stmt] = [ast.Expr(ast.Yield(node.elt))]
    for k, part in reversed(list(enumerate(node.generators))):
        for test in reversed(part.ifs):
            body = [ast.If(test, body, [])]
        source = ast.Name("xs ", ast.Load()) if k == 0 else part.iter
        body = [ast.For(part.target, source, body, [])]
    spec = ast.arguments([], [ast.arg("xs ")], None, [], [], None, [])
    made = ast.FunctionDef("<genexpr>", spec, body, [])
    for inner in ast.walk(made):
        if "lineno" in inner._attributes and not hasattr(inner, "lineno"):
            ast.copy_location(inner, node)
    return made


def _wrapped(low: State, obj: Any, node: ast.Call) -> Generator:
    """What a builtin makes of generators."""
    lazy = [_is_part(low, obj, i, a) for i, a in enumerate(node.args)]
    if obj is iter and len(node.args) == 1:
        made = lazily(low, node.args[0])
        assert made is not None
        return made
    if obj is iter:
        return stream(low, streams.UNTIL, [low.operand(a) for a in node.args], {})
    if any(isinstance(a, ast.Starred) for a in node.args):
        low.refuse(node, "a starred argument beside a generator", "write the arguments out")
    args = [taken(low, a, flag) for a, flag in zip(node.args, lazy, strict=True)]
    kwargs = {k.arg or "": low.operand(k.value) for k in node.keywords}
    if obj is itertools.islice:
        text = streams.UP_TO if len(args) == 2 else streams.BETWEEN
    elif obj is itertools.chain:
        text = streams.chain(len(args))
    elif obj is zip or (obj is map and len(args) > 2):
        lazy = lazy if obj is zip else lazy[1:]
        stepping = [_steps(low, a) for a in (node.args if obj is zip else node.args[1:])]
        if stepping != lazy and obj is zip:
            _list_all_but_one(low, node, args, lazy)
        if sum(lazy) > 1 and stepping != lazy:
            low.refuse(node, f"{obj.__name__} over several generators", "make lists of all but one")
        if obj is zip and kwargs.get("strict") == Const(False):
            del kwargs["strict"]
        if kwargs:
            low.refuse(node, "zip() of a generator gets a keyword", "make a list of the generator")
        text = streams.in_step(lazy) if stepping == lazy else streams.zipped(lazy)
        if obj is map:
            pairs = stream(low, text, args[1:], {})
            return stream(low, streams.STREAMS[itertools.starmap], [args[0], pairs], kwargs)
    else:
        text = streams.STREAMS[obj]
    return stream(low, text, args, kwargs)


def _list_all_but_one(low: State, node: ast.Call, args: list[Value], lazy: list[bool]) -> None:
    """Make lists of generators in a zip where that is the same, until one is left."""
    for k, made in enumerate(args):
        if sum(lazy) > 1 and lazy[k] and isinstance(made, Generator) and ends(low, made):
            args[k], lazy[k] = listed(low, made, node.args[k]), False


def taken(low: State, node: ast.expr, lazy: bool) -> Value:
    """An argument: a generator, or what can be indexed."""
    if lazy:
        return low.operand(node) if _steps(low, node) else lazily(low, node) or Const(None)
    fn = peek(low, node.func) if isinstance(node, ast.Call) else None
    if isinstance(fn, Ref) and fn.obj in (range, zip, enumerate, reversed, map, filter):
        space = low.iterable(node)
        if isinstance(space, Range | Items):
            return low.script("made = []\nfor v in xs:\n    made.append(v)", node, "made", xs=space)
    return low.settled(low.operand(node), node)


def stream(low: State, text: str, args: list[Value], kwargs: dict[str, Value]) -> Generator:
    name = text.split("(", maxsplit=1)[0].rsplit(maxsplit=1)[-1]
    source = rule_source(name, text)
    return Generator(Ref(name, source.fun), args, kwargs, _fresh(low))


# ------------------------------------------------------------------------------------- taking from one


def over_generator(low: State, node: ast.For, names: set[str]) -> ast.For | None:
    """Lower a loop if it runs over a generator; else what is left to be lowered.

    `names` are those that the loop binds.
    """
    before = Before(low)
    made = lazily(low, node.iter)
    if made is None:
        _check_zipped(low, node)
        return node
    try:
        run(low, node, made, names)
    except UnsupportedError:
        if made.owned or varies(low, made):
            raise
        before.restore()  # what carries no derivative may run as it stands
        made = lazily(low, node.iter)
        assert made is not None
        whole = given(unseen(low, made, node.iter), node.iter)
        left = ast.copy_location(ast.For(node.target, whole, node.body, node.orelse), node)
        left.stop = getattr(node, "stop", None)  # type: ignore[attr-defined]  # as `exits` marks loops
        return left
    low.statements(node.orelse)
    return None


def _check_zipped(low: State, node: ast.For) -> None:
    """Refuse a loop over objects that are taken for tuples, if its body may write them."""
    calls = [n for n in walk([node.iter]) if isinstance(n, ast.Call) and len(n.args) > 1]
    found = [a for c in calls for a in c.args if isinstance(a, ast.Name) and _yields_attributes(low, a)]
    if {n.id for n in found} & {n.id for n in walk(node.body) if isinstance(n, ast.Name)}:
        low.refuse(node.iter, "what is iterated occurs in the loop", "make a tuple of it before the loop")


def varies(low: State, made: Generator) -> bool:
    """Whether what a generator gives may carry a derivative."""
    if isinstance(made.fn, Closure):
        return True
    values = (*made.args, *made.kwargs.values())
    return any(isinstance(v, Generator) and varies(low, v) for v in values) or any(
        may_vary(low, v) for v in values if not isinstance(v, Generator)
    )


def consumed(low: State, fn: Value, node: ast.Call, hint: str) -> Value | None:
    """A call that takes from a generator where it stands, or makes another of it; None for other calls."""
    known = isinstance(fn, Ref) and _takes(fn.obj)
    if not known and not (isinstance(fn, Method) and isinstance(fn.fn, Const)):
        return None
    obj = fn.obj if isinstance(fn, Ref) else None
    lazy = [
        _is_part(low, obj, i, a) and (_iterates(fn, i) or not _gives_object(low, a))
        for i, a in enumerate(node.args)
    ]
    if not any(lazy):
        return None
    if _wraps(obj):
        return None if _are_tuples(low, obj, node, lazy) else _wrapped(low, obj, node)
    if (obj is any or obj is all) and isinstance(node.args[0], ast.GeneratorExp):
        return None
    if obj is next and not node.keywords:
        made = lazily(low, node.args[0])
        assert made is not None
        default = low.operand(node.args[1]) if len(node.args) > 1 else None
        return first(low, made, default, node)

    def whole(arg: ast.expr) -> Value:
        made = lazily(low, arg)
        assert made is not None
        return listed(low, made, arg)

    pairs = zip(node.args, lazy, strict=True)
    args = [given(functools.partial(whole, a), a) if flag else a for a, flag in pairs]
    call = ast.copy_location(ast.Call(node.func, args, node.keywords), node)
    return low.expr(call, hint)


def emptied(low: State, fn: Value, args: list[Value], node: ast.AST) -> list[Value]:
    """Arguments of a function that takes all of a generator, with lists of what generators give."""
    if not any(isinstance(a, Generator) for a in args):
        return args
    if not isinstance(fn, Ref) or not _takes(fn.obj) or _wraps(fn.obj) or fn.obj is next:
        return args
    lists = [isinstance(a, Generator) and _iterates(fn, k) for k, a in enumerate(args)]
    return [
        listed(low, a, node) if flag and isinstance(a, Generator) else a
        for a, flag in zip(args, lists, strict=True)
    ]


def _iterates(fn: Value, place: int) -> bool:
    """Whether an argument is iterated: not that of abs, append or len, nor what a sum begins with."""
    if isinstance(fn, Method):
        return isinstance(fn.fn, Const) and fn.fn.value in (".extend", ".update", ".extendleft")
    obj = fn.obj if isinstance(fn, Ref) else None
    if obj is functools.reduce:
        return place == 1
    whole = (*METHODS, len, isinstance, type, id, print, repr, str, getattr, hasattr)
    if any(obj is known for known in whole) or getattr(obj, "__module__", None) == "_operator":
        return False
    return not place or not any(obj is known for known in (sum, sorted, enumerate))


def _gives_object(low: State, node: ast.expr) -> bool:
    """Whether an expression gives an object that can be iterated, and not an iterator."""
    if isinstance(node, ast.Name):
        return not isinstance(low.lookup(node.id, node), Generator)
    fn = peek(low, node.func) if isinstance(node, ast.Call) else None
    return isinstance(fn, Ref) and isinstance(fn.obj, type)


def _takes(obj: Any) -> bool:
    """Whether a function is one of Python or a library, which takes all of a generator."""
    if isinstance(obj, type):
        return obj.__module__ in ("builtins", "collections", "itertools")
    return isinstance(obj, types.BuiltinFunctionType) or (isinstance(obj, FunctionType) and is_library(obj))


def listed(low: State, made: Generator, node: ast.AST) -> Value:
    """A list of all that a generator gives."""
    _check_new(low, made, node)
    source = rule_source("listed", streams.LISTED)
    before = Before(low)
    try:
        return low.inline(source, source.node, {"xs": made}, None, source.fun.__code__)
    except UnsupportedError:
        if varies(low, made):
            raise
    before.restore()
    return unseen(low, made, node)


def unseen(low: State, made: Generator, node: ast.AST | None) -> Value:
    """A generator that carries no derivative as an object that the program makes."""
    if varies(low, made) or not isinstance(made.fn, Ref) or made.owned:
        what = "a generator is used as a value"
        low.refuse(node, what, "loop over it, take its first item with next(), or make a list of it")
    args = [unseen(low, a, node) if isinstance(a, Generator) else low.variable(a, node) for a in made.args]
    words = tuple((k, low.variable(v, node)) for k, v in made.kwargs.items())
    return low.emit(Call("call", (made.fn, *(low.atom(a) for a in args)), words), K.OBJECT, node)


def first(low: State, made: Generator, default: Value | None, node: ast.AST) -> Value:
    """The first item of a generator that nobody else takes from."""
    _check_new(low, made, node)
    source = rule_source("first", streams.FIRST if default is None else streams.FIRST_OR)
    env: dict[str, Value] = {"xs": made}
    if default is not None:
        env["default"] = default
    return low.inline(source, source.node, env, None, source.fun.__code__)


def passed_on(low: State, made: Generator, node: ast.YieldFrom) -> Value:
    """`yield from` a generator; what its function returns."""
    item = f"item {node.lineno}"
    one = ast.Expr(ast.Yield(ast.Name(item, ast.Load())))
    loop = placed(ast.For(ast.Name(item, ast.Store()), given(made, node), [one], []), node)
    return run(low, loop, made, {item})


def once(
    low: State,
    function: Ref | Closure,
    args: list[Value],
    kwargs: dict[str, Value],
    item: ast.withitem,
    body: Callable[[], None],
    stmt: ast.With,
) -> None:
    """The body of a with statement in the place of the one yield of a generator."""
    tree = function.node if isinstance(function, Closure) else find(function.obj, generators=True).node
    assert isinstance(tree, ast.FunctionDef)
    places = [n for n in walk(tree.body, _SCOPES) if isinstance(n, ast.Yield | ast.YieldFrom)]
    loops = [n for n in walk(tree.body, _SCOPES) if isinstance(n, ast.For | ast.While)]
    if len(places) != 1 or any(places[0] in list(ast.walk(n)) for n in loops):
        low.refuse(stmt, "a context manager yields in a loop or in several places", "let it yield once")
    made = Generator(function, args, kwargs, _fresh(low))
    target = item.optional_vars or placed(ast.Name("entered ", ast.Store()), stmt)
    inside = placed(ast.Expr(given(functools.partial(_nothing, body), stmt)), stmt)
    loop = placed(ast.For(target, given(made, stmt), [inside], []), stmt)
    run(low, loop, made, assigned_names([stmt]) | target_names(target))


def _nothing(body: Callable[[], None]) -> Value:
    body()
    return Const(None)


def run(low: State, node: ast.For, made: Generator, names: set[str]) -> Value:
    """Lower the generator's body with the loop's body in it; what its function returns."""
    _check_new(low, made, node.iter)
    low.objects.cells[made.number] = Const(True)
    caller, outer, frames = low.scope, low.taker, list(low.frames)
    source, function, parent, env = _bound(low, made, node)
    frame = (made.fn.node, id(parent)) if isinstance(made.fn, Closure) else source.fun.__code__
    if low.frames.count(frame) > DEEPEST:
        low.refuse(node.iter, f"{_named(made)} calls itself", "collect the values in a list")
    stop = getattr(node, "stop", None)
    raises = any(isinstance(n, ast.Raise | ast.Assert) for n in ast.walk(function))
    if raises and getattr(node, "unguarded", False):
        what = "a generator that raises is taken from in a try statement that is left in its middle"
        low.refuse(node.iter, what, "take its items before the try statement")

    at, catcher = low.at, low.catcher
    if source.module == RULES:
        low.at = low.at or low.span(node.iter)

    def take(value: Value) -> None:
        inner, low.frames = (low.scope, low.frames, low.at, low.catcher), frames
        low.scope, low.taker, low.at, low.catcher = caller, outer, at, catcher
        low.callers.append(inner[0])
        try:
            low.assign(node.target, value, node)
            low.statements(node.body)
        finally:
            low.callers.pop()
            low.taker = take
            low.scope, low.frames, low.at, low.catcher = inner

    boxes = _box(low, caller, names)
    low.taker = take
    flags = {LEFT: caller.boxed[stop]} if stop is not None else {}
    try:
        body = leaving(function) if stop is not None else function
        return low.inline(source, body, env, parent, frame, flags)
    finally:
        low.taker, low.at = outer, at
        _unbox(low, caller, boxes)


def _check_new(low: State, made: Generator, node: ast.AST) -> None:
    if low.objects.cells.get(made.number) != Const(False) and not made.again:
        low.refuse(node, "a generator is taken from again", "make a list of it, or another generator")


def _named(made: Generator) -> str:
    return made.fn.text if isinstance(made.fn, Ref) else getattr(made.fn.node, "name", "")


def _bound(low: State, made: Generator, node: ast.For) -> tuple[Any, Any, Scope | None, dict[str, Value]]:
    """The source of a generator's function, its tree, the scope around it, and its parameters."""
    fn = made.fn
    if isinstance(fn, Closure):
        name = fn.node.name if isinstance(fn.node, ast.FunctionDef) else ""
        given_to = made.args, made.kwargs, fn.defaults, fn.kwdefaults
        env = low.bind_arguments(fn.node.args, *given_to, node.iter, name)
        return fn.scope.source, fn.node, fn.scope, env
    plain = fn.obj
    source = find(plain, generators=True)
    if source.module != RULES:
        low.depend(("code", id(plain)), lambda: plain.__code__, plain.__code__, fn.text)
        low.depend(("defaults", id(plain)), lambda: plain.__defaults__, plain.__defaults__, fn.text)
    defaults = [low.default(fn.text, d) for d in plain.__defaults__ or ()]
    kwdefaults = {k: low.default(k, d) for k, d in (plain.__kwdefaults__ or {}).items()}
    bound = made.args, made.kwargs, defaults, kwdefaults
    return source, source.node, None, low.bind_arguments(source.node.args, *bound, node.iter, fn.text)


def _box(low: State, scope: Scope, names: set[str]) -> dict[str, int]:
    """Let names be cells, which any function may write."""
    boxes = {}
    for name in sorted(names):
        if name not in scope.boxed:
            boxes[name] = scope.boxed[name] = low.objects.new(scope.env.pop(name, Undef()))
    return boxes


def _unbox(low: State, scope: Scope, boxes: dict[str, int]) -> None:
    for name, number in boxes.items():
        del scope.boxed[name]
        if not isinstance(value := low.objects.cells.pop(number, Undef()), Undef):
            scope.env[name] = value


__all__ = ["Before", "called", "is_lazy", "lazily", "listed", "over_generator", "peek", "stream", "taken"]
