"""What programs print and log of active values: computed formats, fields of fields, lists of unknown length."""

from __future__ import annotations

import csv
import io
import sys

import numpy as np
import pytest

import s2sad
from support import check

X, C = np.array([0.3, 0.7, 1.1]), np.array([0.5, 0.9, 0.8])


class Bar:
    """A progress bar as users write it."""

    def __init__(self, items):
        self.items, self.said = items, ""

    def __iter__(self):
        yield from self.items

    def set_postfix(self, **values):
        self.said = ", ".join(f"{k}={v:.3f}" for k, v in values.items())


def fields(x, c):
    d = {"a": x[0]*c[0], "b": [x[1], 2]}
    bar = Bar(range(2))
    print("{d[a]:.3f} {d[b][1]} {0[b][0]:>{w}} {0[a]!r}".format(d, d=d, w=9))
    print("{a:.2f} and {b}".format_map(d))
    print("{bar.said!r} {p.real:.1f}".format(bar=bar, p=x[2]))  # noqa: UP032
    return d["a"]*d["b"][0]


def computed_formats(x, c):
    y, width = x[0]*x[1]*c[2], 12
    print(f"{y!r:>{width}}|{y:{width}.{3}f}|{y!s:<{width + 1}}|")
    print(np.array2string(x*c, precision=2), np.format_float_positional(y, precision=3), np.array_repr(x))
    return y*y


def spread(x, c):
    kept = []
    for i in range(3):
        if x[i] > 0.5:
            kept.append(x[i]*c[i])
    print(*kept)
    print("kept:", *kept, "of", *[f"{v:.2f}" for v in x], sep=", ", end=".\n", file=sys.stdout)
    print(*x)
    print("none:", *kept[2:])
    return sum(kept)*kept[0]


def progress(x, c):
    rows = io.StringIO()
    table = csv.DictWriter(rows, fieldnames=["step", "loss"])
    table.writeheader()
    y = x[0]
    bar = Bar(range(3))
    for i in bar:
        y = y*x[1] + c[0]
        bar.set_postfix(loss=y, step=i)
        table.writerow({"step": i, "loss": y})
    print(bar.said, rows.getvalue().count("\n"))
    return y*y


PROGRAMS = (fields, computed_formats, spread, progress)


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_program(f, capsys):
    f(X, C)
    plain = capsys.readouterr().out
    value, _ = s2sad.value_and_grad(f)(X, C)
    assert capsys.readouterr().out == plain
    assert value == f(X, C)
    check(f, (X, C), probes=1)


def test_twice():
    check(lambda x: np.sum(s2sad.grad(spread)(x, C)*C) + np.sum(s2sad.grad(progress)(x, C)), (X,), probes=1)


def test_numbers_that_are_read_from_such_texts_are_refused():
    def read(x):
        return float("{d[a]}".format(d={"a": x*x}))

    with pytest.raises(s2sad.UnsupportedError, match="has lost its derivative"):
        s2sad.grad(read)(1.5)
