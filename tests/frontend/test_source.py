"""Live functions lead to the tree that they were compiled from, or to a refusal."""

from __future__ import annotations

import ast
import contextlib
import doctest
import functools
import importlib
import inspect
import linecache
import os
import pathlib
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import s2sad
from s2sad.errors import UnsupportedError
from s2sad.frontend import source
from s2sad.frontend.source import find, release_with, rule_source, source_of_text

# fmt: off
first, second = lambda x: x + 1.0, lambda x: x + 2.0
same_one, same_two = lambda x: x*3.0, lambda x: x*3.0
over_lines = (lambda x,
              y: x*
              y)
curried = lambda x: lambda y: x + y
in_default = lambda x, g=lambda y: y*2.0: g(x)
constant = lambda: 0.0
# fmt: on


def twice(f: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(f)
    def doubled(*args: Any) -> Any:
        return 2.0 * f(*args)

    return doubled


def plain(x, y=2.0, *, z=3.0):
    return x*y*z


@twice
def decorated(x):
    return x


@functools.lru_cache(
    maxsize=8
)
def cached(x):
    return x + 4.0


@np.errstate(divide="ignore")
def quiet(x):
    return 1.0/x


def with_assert(x):
    """Rewritten by pytest."""
    y = x*x
    assert np.all(y >= 0.0), f"negative: {y}"
    z = [i for i in range(3) if i]
    assert z
    return y - x


def outer(k):
    def inner(x):
        return k*x + later

    later = 1.0
    return inner


class Model:
    scale = 2.0

    def __init__(self):
        self.__hidden = 1.0

    def method(self, x):
        return self.scale*x*self.__hidden

    @classmethod
    def made(cls, x):
        return cls.scale*x

    @staticmethod
    def static(x):
        return x + 1.0

    def __call__(self, x, y):
        return x - y


def text(fun: Any) -> str:
    return find(fun).text()


def refusal(fun: Any) -> str:
    with pytest.raises(UnsupportedError) as caught:
        find(fun)
    return str(caught.value)


def test_lambdas() -> None:
    assert text(first) == "lambda x: x + 1.0"
    assert text(second) == "lambda x: x + 2.0"
    assert find(same_one).node is not find(same_two).node
    assert text(over_lines) == "lambda x,\n              y: x*\n              y"
    assert text(curried) == "lambda x: lambda y: x + y"
    assert text(curried(1.0)) == "lambda y: x + y"
    assert find(curried(1.0)).cells["x"].cell_contents == 1.0
    assert text(in_default.__defaults__[0]) == "lambda y: y*2.0"
    assert text(in_default) == "lambda x, g=lambda y: y*2.0: g(x)"
    assert text(constant) == "lambda: 0.0"


def test_lambdas_without_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_code_extent", lambda code: None)
    assert text(constant) == "lambda: 0.0"
    assert "no source" in refusal(first) or "has changed" in refusal(first)


def test_function() -> None:
    found = find(plain)
    assert isinstance(found.node, ast.FunctionDef)
    assert found.fun is plain
    assert found.globals is globals()
    assert (found.defaults, found.kwdefaults) == ((2.0,), {"z": 3.0})
    assert (found.module, found.qualname, found.args, found.keywords) == (__name__, "plain", (), {})
    assert found.hash != find(decorated).hash
    assert find(plain).node is found.node


def test_nested_and_closure() -> None:
    found = find(outer(3.0))
    assert found.text().startswith("def inner(x):")
    assert {name: cell.cell_contents for name, cell in found.cells.items()} == {"k": 3.0, "later": 1.0}


def test_decorators_are_user_code() -> None:
    found = find(decorated)
    assert isinstance(found.node, ast.FunctionDef) and found.node.name == "doubled"
    assert text(found.cells["f"].cell_contents).splitlines() == ["@twice", "def decorated(x):", "    return x"]


def test_transparent_wrappers() -> None:
    assert text(cached).splitlines()[-2:] == ["def cached(x):", "    return x + 4.0"]
    assert find(cached).text().startswith("@functools.lru_cache(")
    assert "1.0/x" in text(quiet)
    assert find(quiet).qualname == "quiet"


class Dispatcher:
    """What `numba.njit` returns: a callable object of numba's that holds the Python function."""

    def __init__(self, py_func: Any) -> None:
        self.py_func = py_func

    def __call__(self, *args: Any) -> Any:
        raise AssertionError("compiled code has no text")


def test_numba_is_read_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dispatcher, "__module__", "numba.core.registry")
    assert text(Dispatcher(plain)).startswith("def plain(")
    assert find(functools.partial(Dispatcher(plain), 1.0)).args == (1.0,)


def test_py_func_of_others_is_not_read() -> None:
    """Only of numba's objects it is known that they compute what the function does."""
    found = find(Dispatcher(plain))
    assert found.qualname == "Dispatcher.__call__" and isinstance(found.args[0], Dispatcher)


def test_methods() -> None:
    model = Model()
    assert find(model.method).args == (model,)
    assert "self.__hidden" in text(model.method)
    assert find(Model.method).args == ()
    assert find(Model.made).args == (Model,)
    assert find(Model.static).args == ()
    called = find(model)
    assert called.args == (model,) and called.qualname == "Model.__call__"


def test_partial() -> None:
    model = Model()
    bound = functools.partial(functools.partial(model.method), 1.0)
    assert find(bound).args == (model, 1.0)
    named = functools.partial(functools.partial(plain, 1.0, z=4.0), z=5.0)
    assert (find(named).args, find(named).keywords) == ((1.0,), {"z": 5.0})
    assert find(functools.partial(model, 1.0)).args == (model, 1.0)


def test_asserts_that_pytest_has_rewritten() -> None:
    assert text(with_assert).startswith("def with_assert(x):")


def test_spans() -> None:
    scope: dict[str, Any] = {}
    code = "def f(x):\n    s = 'é数'; x.resize(\n        3)\n    for i in (1,\n        2):\n        pass\n    else: pass\n"
    code += "    while x: pass\n    try:\n        pass\n    finally:\n        pass\n"
    exec(compile(code, source_of_text(code, "f"), "exec"), scope)
    found = find(scope["f"])
    assert isinstance(found.node, ast.FunctionDef)
    _, call, loop, short, attempt = found.node.body
    span = found.span(call)
    assert (span.line, span.col, span.end_line, span.end_col) == (2, 14, 3, 10)
    assert span.text == "    s = 'é数'; x.resize(\n        3)"
    assert found.text(call) == "x.resize(\n        3)"
    assert [(s.line, s.end_line, s.end_col) for s in map(found.span, (loop, short, attempt))] == [
        (4, 5, 10),
        (8, 8, 11),
        (9, 9, 8),
    ]
    head = found.span(found.node)
    assert (head.line, head.end_line, head.end_col, head.text) == (1, 1, 7, "def f(x):")


# ---------------------------------------------------------------------------------------------- refusals


def generator(x):
    yield x


async def coroutine(x):
    return x


def test_refusals() -> None:
    assert "generator is a generator; " in refusal(generator)
    assert "def generator(x):" in refusal(generator)
    assert "coroutine is a coroutine; " in refusal(coroutine)
    assert refusal(len).startswith("there is no rule for len, and its source cannot be seen; ")
    assert "numpy.sin" in refusal(np.sin)
    assert "there is no rule for contextlib.suppress.__exit__" in refusal(contextlib.suppress.__exit__)
    assert "there is no rule for numpy." in refusal(np.linalg.norm.__wrapped__)
    assert "the class test_source.Model" in refusal(Model).replace("frontend.", "").replace("tests.", "")
    assert "cannot be called" in refusal(3.0)
    assert "no rule for list.append" in refusal([].append).replace("builtins.", "")
    assert "an object of the class property cannot be called" in refusal(property())


def test_no_source() -> None:
    scope: dict[str, Any] = {}
    exec("def f(x):\n    return x", scope)
    assert refusal(scope["f"]) == "<string>:1:1: f has no source; write it into a file, or enter its text in linecache"


def test_text_of_another_function_under_the_same_name() -> None:
    scope: dict[str, Any] = {}
    linecache.cache["<same>"] = (1, None, ["def f(x):\n", "    return x + 1\n"], "<same>")
    exec(compile("def f(x):\n    return x + 2", "<same>", "exec"), scope)
    assert "<same>:1:1: f is not what its file says" in refusal(scope["f"])
    del linecache.cache["<same>"]


# ------------------------------------------------------------------------------------- files that change


@pytest.fixture
def module(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], types.ModuleType]]:
    """Writes and imports a module of its own."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "edited_module.py"
    clock = [1_000_000_000]

    def write(content: str, load: bool = True) -> Any:
        path.write_bytes(content.encode())
        clock[0] += 10
        os.utime(path, (clock[0], clock[0]))
        if load:
            importlib.invalidate_caches()
            sys.modules.pop("edited_module", None)
            return importlib.import_module("edited_module")
        return path

    yield write
    sys.modules.pop("edited_module", None)


def test_edit_after_use_gives_the_text_as_it_was(module: Any) -> None:
    f = module("def f(x):\n    return x + 1\n").f
    assert "x + 1" in text(f)
    module("def f(x):\n    return x + 2\n", load=False)
    assert "x + 1" in text(f)
    assert "x + 2" in text(module("def f(x):\n    return x + 2\n").f)
    assert "x + 1" in text(f)


def test_edit_before_use_is_refused(module: Any) -> None:
    f = module("def f(x):\n    return x + 1\n").f
    for other in ("x + 2", "x + 1.0", "x - 1", "x + True", "y + 1"):
        module(f"def f(x):\n    return {other}\n", load=False)
        message = refusal(f)
        assert "edited_module.py:1:1: f is not what its file says, which has changed since; " in message
    module("def f(x):\n    return (\n", load=False)
    assert "import" in refusal(f)


def test_edit_elsewhere_moves_the_function(module: Any) -> None:
    loaded = module("def f(x):\n    return x + 1\ng = lambda x: x*2.0\n")
    module("import math\n\ndef f(x):\n    # a comment\n    return x + 1\n\n\ng = lambda x: x*2.0\n", load=False)
    assert find(loaded.f).node.lineno == 3
    assert text(loaded.g) == "lambda x: x*2.0"


def test_text_as_linecache_has_it(module: Any) -> None:
    f = module("def f(x):\n    return x + 1\n").f
    linecache.getlines(f.__code__.co_filename)
    module("def f(x):\n    return x + 2\n", load=False)
    assert "x + 1" in text(f)


def test_encodings_and_line_ends(module: Any, tmp_path: pathlib.Path) -> None:
    assert "é" in text(module("def f(x):\r\n    é = x\r\n    return é\r\n").f)
    path = tmp_path / "latin_module.py"
    path.write_bytes("# coding: latin-1\ndef f(x):\n    s = 'é'\n    return x\n".encode("latin-1"))
    assert "'é'" in text(importlib.import_module("latin_module").f)


def test_future_statements(module: Any) -> None:
    code = "from __future__ import annotations\ndef f(x: 'a'):\n    def g(y: int) -> float:\n        return y\n    return g(x)\n"
    assert text(module(code).f).startswith("def f")


def test_functions_defined_twice(module: Any) -> None:
    code = "def f(x):\n    return x + 1\ng = f\ndef f(x):\n    return x + 2\ndef h(f=f):\n    return f\n"
    loaded = module(code)
    assert "x + 1" in text(loaded.g)
    assert "x + 2" in text(loaded.f)


# ------------------------------------------------------------------- notebooks, doctests, generated text


def test_cells_of_a_notebook() -> None:
    scope: dict[str, Any] = {}
    for number, body in enumerate(("x + 1", "x + 2")):
        file = f"<ipython-input-{number}-abc>"
        lines = ["def f(x):\n", f"    return {body}\n", "await f(1)\n"]
        linecache.cache[file] = (10, None, lines, file)
        exec(compile("".join(lines[:2]), file, "exec"), scope)
        assert body in text(scope["f"])
        del linecache.cache[file]


def test_stdin_is_taken_by_content() -> None:
    scope: dict[str, Any] = {}
    old = None
    for body in ("x + 1", "x + 2"):
        lines = ["def f(x):\n", f"    return {body}\n"]
        linecache.cache["<stdin>"] = (10, None, lines, "<stdin>")
        exec(compile("".join(lines), "<stdin>", "exec"), scope)
        assert body in text(scope["f"])
        assert old is None or "x + 1" in text(old)
        old = scope["f"]
    del linecache.cache["<stdin>"]


def test_doctest() -> None:
    seen: list[str] = []
    example = ">>> def f(x):\n...     return x + 1\n>>> seen.append(find(f).text())\n"
    test = doctest.DocTestParser().get_doctest(example, {"seen": seen, "find": find}, "example", None, 0)
    assert doctest.DocTestRunner().run(test).failed == 0
    assert seen == ["def f(x):\n    return x + 1"]


def make(code: str, name: str) -> tuple[Any, str]:
    scope: dict[str, Any] = {}
    file = source_of_text(code, name)
    exec(compile(code, file, "exec"), scope)
    release_with(scope[name], file)
    return scope[name], file


def test_generated_text() -> None:
    code = "def f_grad(x):\n    return 2*x\n"
    one, file = make(code, "f_grad")
    assert file.startswith("<s2sad f_grad ")
    assert source_of_text(code, "f_grad") == file
    assert inspect.getsource(one) == code
    linecache.checkcache()
    assert text(one) == code.rstrip()
    linecache.clearcache()
    assert text(one) == code.rstrip()


def test_generated_text_is_released_with_its_last_owner() -> None:
    code = "def f(x):\n    return 2*x\n"
    file = source_of_text(code, "f")
    scopes: list[dict[str, Any]] = [{}, {}]
    for scope in scopes:
        exec(compile(code, file, "exec"), scope)
        release_with(scope["f"], file)
    text(scopes[0]["f"])
    scopes.pop().clear()
    assert file in linecache.cache
    scopes.pop().clear()
    assert file not in linecache.cache


def test_rules_written_in_python() -> None:
    found = rule_source("np.thing", "def thing(x, ord=None):\n    return np.sum(x)\n")
    assert isinstance(found.node, ast.FunctionDef) and found.defaults == (None,)
    assert found.globals["np"] is np
    assert rule_source("np.thing", "def thing(x, ord=None):\n    return np.sum(x)\n") is found
    assert found.span(found.node.body[0]).text == "    return np.sum(x)"


def test_lambdas_on_a_line_that_return_constants():
    square, nothing, two = [lambda x, y: x*x, lambda x, y: 0.0, lambda x, y: 2.0]
    assert [s2sad.grad(f)(2.0, 3.0) for f in (square, nothing, two)] == [4.0, 0.0, 0.0]
