"""The command line, as a user runs it: arguments, standard streams and an exit status.

`run` calls it in this process, with streams and a folder of its own; `run_apart` starts one, as a shell does.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from s2sad.cli import literals, main

PROGRAM = '''
import numpy as np

print("imported")


def loss(w, x, n=2):
    r = x @ w
    return np.sum(r**n)


def vector(x):
    return x*np.ones(3)


def refused(x):
    global K
    K = x
    return x


class Model:
    def loss(self, x):
        return x*x


number = 3.0
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path/"model.py").write_text(PROGRAM)
    (tmp_path/"package").mkdir()
    (tmp_path/"package"/"__init__.py").write_text("")
    (tmp_path/"package"/"inner.py").write_text(PROGRAM)
    return tmp_path


PLAIN = {"COLUMNS": "200", "TERM": "dumb"}


def run_apart(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error::SyntaxWarning", "-m", "s2sad", *arguments]
    return subprocess.run(command, cwd=folder, env={**os.environ, **PLAIN}, capture_output=True, text=True, check=False)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        stack.enter_context(patch.dict(os.environ, PLAIN))
        stack.enter_context(patch.object(sys, "argv", ["s2sad", *arguments]))
        stack.enter_context(patch.object(sys, "path", [*sys.path]))
        with pytest.raises(SystemExit) as done:
            main()
        for name in ("model", "package", "package.inner", "inner"):
            sys.modules.pop(name, None)
    return subprocess.CompletedProcess(arguments, done.value.code or 0, out.getvalue(), err.getvalue())


ARGS = "np.ones(2), np.ones((3, 2))"


@pytest.mark.parametrize("target", ["model.py:loss", "model.py::loss", "package.inner:loss", "./package/inner.py:loss"])
def test_targets(folder: Path, target: str) -> None:
    done = run(folder, "dump", target)
    assert done.returncode == 0, done.stderr
    assert "def loss_grad(w, x, n=2):" in done.stdout and "imported" not in done.stdout and "imported" in done.stderr
    assert "\x1b" not in done.stdout
    compile(done.stdout, "<stdout>", "exec")


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (("model.py:loss",), 0, "imported"),
    (("model.py:refused",), 1, "refused: "),
    (("nowhere.py:f",), 2, "there is no file nowhere.py"),
])
def test_a_process_is_no_other(folder: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    done, here = run_apart(folder, "dump", *arguments), run(folder, "dump", *arguments)
    assert done.returncode == here.returncode == status and said in done.stderr
    assert done.stdout == here.stdout and done.stderr.split() == here.stderr.split()


def test_arguments_and_options(folder: Path) -> None:
    done = run(folder, "dump", "model.py:loss", "--argnums", "0,x", "--value", "--args", ARGS)
    assert done.returncode == 0, done.stderr
    assert "def loss_value_and_grad(w, x, n=2):" in done.stdout and "# assumes: w 1-D array, x 2-D array" in done.stdout
    assert done.stdout.startswith("# s2sad: model.loss\n# s2sad: format ")
    done = run(folder, "dump", "model.py:loss", "--mode", "vjp", "--args", ARGS)
    assert done.returncode == 0 and "def loss_fwd(" in done.stdout and "def loss_bwd(kept, loss_bar):" in done.stdout
    done = run(folder, "dump", "model.py:loss", "--mode", "forward", "--argnums", "w,x", "--args", ARGS)
    assert done.returncode == 0 and "def loss_jvp(w, x, n, w_dot, x_dot):" in done.stdout, done
    assert "w_bar" not in run(folder, "dump", "model.py:loss", "--argnums", "x", "--args", ARGS).stdout


def test_files(folder: Path) -> None:
    done = run(folder, "dump", "model.py:loss", "--args", ARGS, "--standalone", "-o", "out.py")
    assert done.returncode == 0 and not done.stdout and "wrote out.py" in done.stderr
    text = (folder/"out.py").read_text()
    assert "import numpy as np" in text and "import s2sad" not in text
    check = ("dump", "model.py:loss", "--args", ARGS, "--standalone", "--check", "out.py")
    done = run(folder, *check)
    assert done.returncode == 0 and not done.stdout and "out.py is up to date" in done.stderr
    (folder/"out.py").write_text(text.replace("format 1", "format 0"))  # the header does not count
    assert run(folder, *check).returncode == 0
    (folder/"model.py").write_text(PROGRAM.replace("r**n", "r**n*2.0"))
    done = run(folder, *check)
    assert done.returncode == 1 and not done.stdout and "out.py is not what is generated now" in done.stderr
    (folder/"out.py").unlink()
    assert run(folder, *check).returncode == 2


def test_the_file_computes_the_gradient(folder: Path) -> None:
    assert run(folder, "dump", "model.py:loss", "--args", ARGS, "--standalone", "-o", "out.py").returncode == 0
    program = "import sys; sys.path.insert(0, '.'); import numpy as np, out\nw, x = np.ones(2), np.eye(2)\nprint(out.loss_grad(w, x), out.loss_grad(w, x, 2))"
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[2. 2.] [2. 2.]", done.stderr


@pytest.mark.parametrize(("arguments", "message"), [
    (("model.py:refused",), "refused: "),
    (("model.py:vector", "--args", "2.0"), "returns a 1-D array; grad needs a result of rank 0"),
    (("model.py:loss", "--args", "1, np.ones(3)"), "'w', which is the int 1"),
])
def test_what_is_refused_exits_with_1(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(folder, "dump", *arguments)
    assert done.returncode == 1 and message in done.stderr and not done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("arguments", "message"), [
    (("dump",), "Missing argument"),
    (("dump", "model.py"), "is not path/to/file.py:func nor package.module:func"),
    (("dump", "model.py:nothing"), "there is no 'nothing' in model.py"),
    (("dump", "model.py:number"), "number in model.py is float, not a function"),
    (("dump", "nowhere.py:f"), "there is no file nowhere.py"),
    (("dump", "package.nowhere:f"), "package.nowhere cannot be imported: ModuleNotFoundError"),
    (("dump", "model.py:loss", "--mode", "sideways"), "the mode 'sideways' is not known; use reverse, forward or vjp"),
    (("dump", "model.py:loss", "--mode", "vjp", "--value"), "--value is for --mode reverse"),
    (("dump", "model.py:loss", "--argnums", ","), "--argnums names no argument"),
    (("dump", "model.py:loss", "--argnums", "q"), "loss() has no argument 'q'; its arguments are w, x, n"),
    (("dump", "model.py:loss", "--argnums", "7"), "loss() has 3 positional arguments; argnums names number 7"),
    (("dump", "model.py:loss", "--args", "open('f')"), "--args: open('f') is neither a literal nor one of np.array"),
    (("dump", "model.py:loss", "--args", "1 +"), "--args: "),
    (("dump", "model.py:loss", "--nothing"), "No such option"),
    (("explode",), "No such command"),
])
def test_wrong_usage_exits_with_2(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(folder, *arguments)
    assert done.returncode == 2 and not done.stdout, done
    assert message in done.stderr and "Traceback" not in done.stderr


def test_help(folder: Path) -> None:
    done = run(folder, "dump", "--help")
    assert done.returncode == 0 and "--argnums" in done.stdout and "--standalone" in done.stdout


def test_literals() -> None:
    found = literals("2.0, -1, 1 + 2j, 'a', None, True, [1, (2, 3)], {'w': np.ones((2, 3))}, np.zeros(2, dtype='float32')")
    assert found[:7] == (2.0, -1, 1 + 2j, "a", None, True, [1, (2, 3)])
    np.testing.assert_array_equal(found[7]["w"], np.ones((2, 3)))
    assert found[8].dtype == np.float32 and literals("") == () and literals("3") == (3,)
