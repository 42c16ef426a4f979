"""Costs of derivatives as ratios within one run: gradient over primal, transform time, import time.

    python benchmarks/run.py            all tables
    python benchmarks/run.py --quick    one repetition, for a look

A ratio is that of the fastest of several batches each, primal and gradient timed in turns, since a busy
machine only ever adds time. The last column is what is aimed at; nothing here is a test.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import s2sad


def polynomial(x, y, z):
    return x**2 + x*y + z


def while_norm(a):
    b = a*2
    while np.linalg.norm(b) < 1000:
        b = b*2
    c = b if np.sum(b) > 0 else 100*b
    return np.sum(c)


def logistic_map(x, r, n):
    for _ in range(n):
        x = r*x*(1.0 - x)
    return x


def drift(x, n):
    i = 0
    while i < n:
        x = x + 0.01*math.sin(x)
        i += 1
    return x


def newton_root(a, n):
    x = a
    for _ in range(n):
        x = 0.5*(x + a/x)
    return x


def heat(u, k, steps):
    for _ in range(steps):
        u[1:-1] = u[1:-1] + k*(u[2:] - 2*u[1:-1] + u[:-2])
    return np.sum(u*u)


def recurrence(x):
    for i in range(1, len(x)):
        x[i] = 0.5*x[i] + 0.3*x[i-1]*x[i-1]
    return np.sum(x)


def mlp(w1, w2, x):
    h = np.tanh(x @ w1)
    return np.mean((h @ w2)**2)


def scores(x, w1, w2):
    return np.tanh(x @ w1) @ w2


def total_score(x, w1, w2):
    return np.sum(scores(x, w1, w2))


def smoothed(x):
    y = 3.0*x
    y[1:] -= x[:-1]**2
    y[:-1] -= np.sin(x[1:])
    return y


def rising(x):
    return math.sin(x)*x


def falling(x):
    return math.exp(-x)


TERMS = {"rising": rising, "falling": falling}


def chosen(x, names):
    s = 0.0
    for name in names:
        s = s + TERMS[name](x)
    return s


def written_out(x, names):
    s = 0.0
    for name in names:
        if name == "rising":
            s = s + math.sin(x)*x
        else:
            s = s + math.exp(-x)
    return s


def timed(fun: Callable[[], Any], seconds: float = 0.02) -> float:
    """Seconds for one call: the fastest of five batches."""
    fun()
    number, spent = 1, 0.0
    while spent < seconds/5:
        start = time.perf_counter()
        for _ in range(number):
            fun()
        spent = time.perf_counter() - start
        number = number if spent >= seconds/5 else 2*number
    batches = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(number):
            fun()
        batches.append((time.perf_counter() - start)/number)
    return min(batches)


def ratio(gradient: Callable[[], Any], primal: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Gradient over primal, and the gradient's seconds."""
    pairs = [(timed(gradient), timed(primal)) for _ in range(rounds)]
    gradient_best, primal_best = (min(side) for side in zip(*pairs, strict=True))
    return gradient_best/primal_best, gradient_best


def compiled(transform: Any, args: Sequence[Any]) -> Callable[..., Any]:
    """The generated function itself, without the checks of the public call."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)/"generated.py"
        transform(*args)
        transform.save(path)
        spec = importlib.util.spec_from_file_location("generated", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    functions = [v for k, v in vars(module).items() if callable(v) and k.endswith("_grad")]
    return functions[-1]


def copied(args: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)


def report(rows: list[tuple[str, float, str]]) -> None:
    for name, value, bound in rows:
        missed = bound.replace(".", "").isdigit() and round(value, 2) > 1.05*float(bound)
        print(f"{name:52}{value:10.2f}   {bound}{'  missed' if missed else ''}")


def gradients(rounds: int) -> None:
    print("gradient / primal                                          ratio   bound")
    rng = np.random.default_rng(0)
    rows = []
    args: tuple[Any, ...] = (1.5, 2.0, 3.0)
    transform = s2sad.grad(polynomial, (0, 1, 2))
    bare = compiled(transform, args)
    value, _ = ratio(lambda: bare(*args), lambda: polynomial(*args), rounds)
    rows.append(("x**2 + x*y + z, generated function alone", value, "1.0"))
    public = min(timed(lambda: transform(*args)) - timed(lambda: bare(*args)) for _ in range(rounds))
    rows.append(("  the public call adds, in microseconds", 1e6*public, "1"))
    for n in (4, 1000):
        a = np.full(n, 0.5)
        t = s2sad.value_and_grad(while_norm)
        value, _ = ratio(lambda t=t, a=a: t(a), lambda a=a: while_norm(a), rounds)
        rows.append((f"while loop without tape, {n} elements", value, "1.5"))
    scalar = (
        ("scalar while loop with a tape, 1000 steps", drift, (0.3, 1000), "3"),
        ("scalar loop with a tape, logistic map, 1000 steps", logistic_map, (0.3, 3.5, 1000), "3"),
        ("scalar loop with a tape, Newton's root, 1000 steps", newton_root, (2.0, 1000), "3"),
    )
    for name, fun, given, bound in scalar:
        t = s2sad.value_and_grad(fun)
        value, _ = ratio(lambda t=t, a=given: t(*a), lambda f=fun, a=given: f(*a), rounds)
        rows.append((name, value, bound))
    for n in (1000, 10_000):
        u = rng.uniform(size=n)
        for wrt, bound in ((0, "2.2"), ((0, 1), "3.3")):
            t = s2sad.value_and_grad(heat, wrt)
            value, _ = ratio(lambda t=t, u=u: t(u, 0.2, 50), lambda u=u: heat(u.copy(), 0.2, 50), rounds)
            rows.append((f"stencil, {n} elements, by {'u' if wrt == 0 else 'u and k'}", value, bound))
    names = ["rising", "falling"]*500
    gradient, inline = s2sad.grad(chosen), s2sad.grad(written_out)
    pairs = [(timed(lambda: gradient(0.3, names)), timed(lambda: inline(0.3, names))) for _ in range(rounds)]
    extra = min(a for a, _ in pairs) - min(b for _, b in pairs)
    rows.append(("a callee chosen at run time adds, in microseconds", 1e6*extra/len(names), "5"))
    per_element = []
    for n in (1000, 4000):
        x = rng.uniform(size=n)
        t = s2sad.value_and_grad(recurrence)
        value, seconds = ratio(lambda t=t, x=x: t(x), lambda x=x: recurrence(x.copy()), rounds + 2)
        per_element.append(seconds/n)
        rows.append((f"loop over elements, {n} of them", value, ""))
    growth = per_element[1]/per_element[0]
    rows.append(("  time per element, 4000 over 1000 elements", growth, "1: nothing grows"))
    margs = (rng.normal(size=(50, 30)), rng.normal(size=30), rng.normal(size=(200, 50)))
    t = s2sad.value_and_grad(mlp, (0, 1))
    value, _ = ratio(lambda: t(*margs), lambda: mlp(*margs), rounds)
    rows.append(("two layers, 200 x 50", value, ""))
    report(rows)


def forwards(rounds: int) -> None:
    print("\nforward mode                                               ratio   bound")
    rng = np.random.default_rng(0)
    u, v = rng.uniform(size=1000), rng.normal(size=1000)
    margs = (rng.normal(size=(50, 30)), rng.normal(size=30), rng.normal(size=(200, 50)))
    w = rng.normal(size=(50, 30))
    rows = []
    for name, fun, args, dot in (
        ("stencil, 1000 elements", heat, (u, 0.2, 50), v),
        ("loop over elements, 1000 of them", recurrence, (u,), v),
        ("two layers, 200 x 50", mlp, margs, w),
        ("scalar loop, 1000 steps", logistic_map, (0.3, 3.5, 1000), 1.0),
    ):
        rest = (None,)*(len(args) - 1)
        value, _ = ratio(
            lambda fun=fun, args=args, dot=dot, rest=rest: s2sad.jvp(fun, args, (dot, *rest)),
            lambda fun=fun, args=args: fun(*copied(args)),
            rounds,
        )
        rows.append((f"jvp / primal: {name}", value, "2.5"))
        gradient, product = s2sad.grad(fun), s2sad.hvp(fun)
        value, _ = ratio(
            lambda product=product, args=args, dot=dot: product(*args, dot),
            lambda gradient=gradient, args=args: gradient(*args),
            rounds,
        )
        rows.append((f"hvp / gradient: {name}", value, "2.5"))
    report(rows)


def batches(rounds: int) -> None:
    """A gradient for each row of a batch, and a Jacobian with few entries."""
    print("\nrows and columns                                           ratio   bound")
    rng = np.random.default_rng(0)
    x, w1, w2 = rng.normal(size=(256, 10)), rng.normal(size=(10, 32)), rng.normal(size=32)
    gradient = s2sad.grad(total_score)

    def primal() -> Any:
        return scores(x, w1, w2)

    def by_rows() -> Any:
        return [gradient(row[None, :], w1, w2) for row in x]

    at_once, _ = ratio(lambda: gradient(x, w1, w2), primal, rounds)
    one_by_one, _ = ratio(by_rows, primal, rounds)
    rows = [
        ("gradient of each of 256 rows: that of the sum / network", at_once, ""),
        ("  a call for each row / network", one_by_one, ""),
    ]
    if importlib.util.find_spec("scipy") is not None:
        z = rng.uniform(size=300)
        sparse, dense = s2sad.jacobian(smoothed, sparsity="detect"), s2sad.jacobian(smoothed)
        value, _ = ratio(lambda: sparse(z), lambda: dense(z), rounds)
        rows.append(("three diagonals of 300 columns: sparse / dense Jacobian", value, ""))
    report(rows)


def transforms(rounds: int) -> None:
    print("\nmilliseconds to transform                                         bound")
    body = "".join(f"    t{i} = t{i - 1}*np.sin(x) + {i}.0*x\n" for i in range(1, 19))
    source = "import numpy as np\n\ndef f(x):\n    t0 = x*2.0\n" + body + "    return np.sum(t18)\n"
    source += "\ndef other(x):\n    return 2.0*x\n"
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for k in range(3 + 2*rounds):
            path = Path(folder)/f"twenty{k}.py"
            path.write_text(source, encoding="utf-8")
            spec = importlib.util.spec_from_file_location(f"twenty{k}", path)
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[f"twenty{k}"] = module
            spec.loader.exec_module(module)
            s2sad.grad(module.other)(1.0)  # parses the file, which is counted apart
            x = np.ones(3)
            start = time.perf_counter()
            s2sad.grad(module.f)(x)
            found.append(time.perf_counter() - start)
    first, best = 1e3*found[0], 1e3*min(found)
    report([("20 lines, first call", first, ""), ("20 lines, the fastest of others", best, "20")])


def block(x):
    for _ in range(20):
        x = np.sin(x)*x
    return x


def stored_blocks(x):
    for _ in range(20):
        x = block(x)
    return np.sum(x)


def checkpointed_blocks(x):
    for _ in range(20):
        x = s2sad.checkpoint(block)(x)
    return np.sum(x)


def few_states(x):
    for _ in s2sad.checkpointed(range(400), slots=8):
        x = np.sin(x)*x
    return np.sum(x)


def peak(fun: Callable[..., Any], x: Any) -> int:
    """The most memory that a call holds, in bytes."""
    fun(x)
    tracemalloc.start()
    try:
        fun(x)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def memory(rounds: int) -> None:
    """Memory and time of gradients that compute again, over those of one that stores everything."""
    x = np.linspace(0.1, 1.0, 20_000)
    everything = s2sad.grad(stored_blocks)
    rows = []
    for fun, aim in ((checkpointed_blocks, "one block of 20"), (few_states, "8 states of 400")):
        gradient = s2sad.grad(fun)
        share = peak(gradient, x)/peak(everything, x)
        slower = ratio(lambda g=gradient: g(x), lambda: everything(x), rounds)[0]
        rows.append((f"memory of {fun.__name__}, time x{slower:.2f}", share, aim))
    report(rows)
    print()


def imports(rounds: int) -> None:
    print("\nmilliseconds to import                                            bound")

    found = []
    with tempfile.TemporaryDirectory() as folder:  # byte code, as an installation has it
        env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        env["PYTHONPYCACHEPREFIX"] = folder
        code = (
            "import time; a = time.perf_counter(); import numpy; b = time.perf_counter(); import s2sad; "
            "print(b - a, time.perf_counter() - b)"
        )
        for _ in range(1 + 3*rounds):
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
            )
            found.append([1e3*float(word) for word in done.stdout.split()])
    numpy_alone, beyond = (min(column) for column in zip(*found[1:], strict=True))
    report([("import numpy", numpy_alone, ""), ("import s2sad, beyond that", beyond, "30")])


def others(rounds: int) -> None:
    """The same programs under autograd, where it is installed and takes them."""
    if importlib.util.find_spec("autograd") is None:
        return
    import autograd
    import autograd.numpy as anp

    def anp_mlp(w1, w2, x):
        h = anp.tanh(anp.dot(x, w1))
        return anp.mean(anp.dot(h, w2)**2)

    print("\ngradient / primal of others                                ratio")
    rng = np.random.default_rng(0)
    margs = (rng.normal(size=(50, 30)), rng.normal(size=30), rng.normal(size=(200, 50)))
    theirs = autograd.value_and_grad(lambda w: anp_mlp(w[0], w[1], margs[2]))
    value, _ = ratio(lambda: theirs(margs[:2]), lambda: mlp(*margs), rounds)
    rows = [("autograd: two layers, 200 x 50", value, "")]
    theirs = autograd.grad(polynomial, (0, 1, 2))
    value, _ = ratio(lambda: theirs(1.5, 2.0, 3.0), lambda: polynomial(1.5, 2.0, 3.0), rounds)
    rows.append(("autograd: x**2 + x*y + z", value, ""))
    report(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one repetition")
    rounds = 1 if parser.parse_args().quick else 5
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}\n")
    gradients(rounds)
    forwards(rounds)
    memory(rounds)
    batches(rounds)
    transforms(rounds)
    imports(rounds)
    others(rounds)


def keep_memory() -> None:
    """Begin again in a process that keeps the memory it frees (glibc; see mallopt(3)).

    Otherwise it depends on what happens to lie above the temporaries of a call whether their pages are given
    back and are new to the next call, for the primal or the gradient: one text cost 2.5 or 4 primals.
    """
    names = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")
    if sys.platform == "linux" and not any(name in os.environ for name in names):
        kept = dict.fromkeys(names, str(10**9))
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **kept})


if __name__ == "__main__":
    keep_memory()
    main()
