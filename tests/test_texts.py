"""Texts made of active values: printing and logging them works, and numbers are not read from them again."""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import json
import logging
import re

import numpy as np
import pytest

import s2sad
from support import check

log = logging.getLogger("s2sad.tests.texts")
log.propagate = False
SEEN = []
NESTED = {"lines": []}
OUTSIDE = io.StringIO()
VECTOR = np.array([1.3, 0.7, 2.1])


class Journal:
    def __init__(self):
        self.buffer = io.StringIO()
        self.lines = []
        self.last = ""
        self.rate = 2.0


JOURNAL = Journal()


# ------------------------------------------------------------------------------- numbers out of texts


def as_float(s):
    return float(s)


def as_text(x):
    return f"{x}"


def in_callees(x):
    return as_float(as_text(x))*x


def in_loop(x):
    s = ""
    for i in range(2):
        s += str(i)
    s += str(x)
    return float(s)*x


def carried(x):
    s = "0"
    for _ in range(2):
        s = str(float(s) + x)
    return float(s)*x


def in_branch(x):
    s = "1"
    if x > 0:
        s = f"{x:.12f}"
    return float(s)*x


def by_percent(x):
    return float("%(a).15g" % {"a": x})*x  # noqa: UP031 - what is tested


def by_format(x):
    return float("{a}".format(a=x))*x  # noqa: UP032 - what is tested


def by_spec(x):
    return complex(format(x, ".15g")).real*x


def split(x):
    return np.sum(np.array(f"{x} {2*x}".split()).astype(float))*x


def joined(x):
    return sum(float(t) for t in ",".join([str(i*x) for i in range(3)]).split(","))*x


def in_list(x):
    texts = []
    for i in range(3):
        texts.append(str(i*x))
    return sum(float(t) for t in texts)*x


def in_inner_list(x):
    inner = []
    rows = [inner]
    inner.append(str(x))
    return float(rows[0][0])*x


def stored(x):
    texts = ["0"]*3
    texts[1] = repr(x)
    return float(texts[1])*x


def as_key(x):
    table = {}
    table[str(x)] = x
    total = 0.0
    for key, value in table.items():
        total += float(key)*value
    return total


def in_object(x):
    class Box:
        def __init__(self):
            self.lines = []

        def put(self, v):
            self.lines.append(f"{v}")

    box = Box()
    box.put(x)
    return float(box.lines[-1])*x


def generated(x):
    def lines():
        for i in range(3):
            yield str(x*i)

    return sum(float(s) for s in lines())*x


def by_json(x):
    return json.loads(json.dumps({"x": x}))["x"]*x


def returned(x):
    return json.loads(f"[{x}]")[0]


def on_one_path(x):
    return json.loads(str(x)) if x > 0 else 0.0


def in_sum(x):
    return sum([ast.literal_eval(str(x)), 2.0])*x


def matched(x):
    return float(re.match(r".*", str(x)).group())*x


def of_text_array(x):
    return np.sum(np.array([x, 2*x]).astype(str).astype(float))*x


def read_into_array(x):
    w = np.zeros(2)
    w[0] = float(str(x))
    w[1] = x
    return w[0]*w[1]


def in_file(x):
    file = io.StringIO()
    print(x, file=file)
    return float(file.getvalue())*x


def in_table_file(x):
    file = io.StringIO()
    csv.writer(file).writerow([x])
    return float(file.getvalue())*x


def by_handler(x):
    file = io.StringIO()
    handler = logging.StreamHandler(file)
    log.addHandler(handler)
    log.warning("%r", x)
    log.removeHandler(handler)
    return float(file.getvalue())*x


def redirected(x):
    with contextlib.redirect_stdout(io.StringIO()) as file:
        print(x)
    return float(file.getvalue())*x


def caught(x):
    try:
        if x > 0:
            raise ValueError(f"{x}")
        y = 0.0
    except ValueError as e:
        y = float(str(e))
    return y*x


def caught_number(x):
    try:
        if x > 0:
            raise ValueError(x)
        y = 0.0
    except ValueError as e:
        y = float(str(e))
    return y*x


def missing(x):
    table = {}
    try:
        y = table[x]
    except KeyError as e:
        y = float(str(e))
    return y*x


def thrower(x):
    if x > 0:
        raise ValueError(f"{x}")
    return x


def from_callee(x):
    try:
        y = thrower(x)
    except ValueError as e:
        y = float(e.args[0])
    return y*x


def appended_outside(x):
    SEEN.append(str(x))
    return float(SEEN[-1])*x


def appended_within(x):
    NESTED["lines"].append(str(x))
    return float(NESTED["lines"][-1])*x


def written_outside(x):
    OUTSIDE.seek(0)
    OUTSIDE.truncate()
    OUTSIDE.write(str(x))
    return float(OUTSIDE.getvalue())*x


def of_journal(x):
    JOURNAL.last = str(x)
    return float(JOURNAL.last)*x


def of_journal_buffer(x):
    JOURNAL.buffer.write(str(x))
    return float(JOURNAL.buffer.getvalue())*x


def read_at_the_end(s, n):
    return float(s) if n == 0 else read_at_the_end(s, n - 1)


def recursive(x):
    return read_at_the_end(str(x), int(4*x))*x


def said_at_the_end(x, n):
    return str(x) if n == 0 else said_at_the_end(x, n - 1)


def recursively_said(x):
    return float(said_at_the_end(x, int(4*x)))*x


READ = (
    in_callees, in_loop, carried, in_branch, by_percent, by_format, by_spec, split, joined, in_list,
    in_inner_list, stored, as_key, in_object, generated, by_json, returned, on_one_path, in_sum, matched,
    of_text_array, read_into_array, in_file, in_table_file, by_handler, redirected, caught, caught_number,
    missing, from_callee, appended_outside, appended_within, written_outside, of_journal, of_journal_buffer,
    recursive, recursively_said,
)  # fmt: skip


@pytest.mark.parametrize("fun", READ, ids=lambda f: f.__name__)
def test_numbers_that_are_read_from_texts_of_active_values_are_refused(fun):
    said = "a text that was made of an active value"
    for derive in (
        lambda: s2sad.grad(fun)(1.3),
        lambda: s2sad.vjp(fun, 1.3)[1](1.0),
        lambda: s2sad.jvp(fun, (1.3,), (1.0,)),
    ):
        with pytest.raises(s2sad.UnsupportedError, match=said):
            derive()


def test_a_refusal_names_the_place_where_the_number_is_read():
    with pytest.raises(s2sad.UnsupportedError) as refused:
        s2sad.grad(in_loop)(1.3)
    line = in_loop.__code__.co_firstlineno + 5
    said = str(refused.value)
    assert f"test_texts.py:{line}:12: what is read here from a text" in said
    assert "float(s)" in said and "make the text of s2sad.stop_gradient(x)" in said


# ------------------------------------------------------------------------------------ what texts are for


def constant_tokens(x):
    w = 0.0
    for token in "1 2 3".split():
        w += float(token)*x
    return w*x


def shown(x):
    y = x*x
    print(f"y = {y:.3f}", str(x), repr(y), format(y, "e"))
    print([x, y], {"x": x}, sep="|")
    return y


def logged(x):
    for i in range(3):
        x = x*1.1
        log.info(f"step {i}: {x:.3g}")
        log.info("step %d %g", i, x)
    return x*x


def keyed(x):
    params = {f"w{i}": x**i for i in range(4)}
    total = 0.0
    for name, value in params.items():
        total += float(name[1:])*value
    return total + params["w2"]


def with_message(x):
    def step(v):
        return v*v, f"loss {v}"

    message = "start"
    for _ in range(2):
        x, message = step(x)
    print(message)
    return x


def rows_with_names(x):
    rows = [(x*i, f"row {x*i}") for i in range(1, 4)]
    best = max(rows)
    print(best[1], sorted(rows)[0][1])
    return best[0]*sorted(rows)[0][0]


def conditions_of_texts(x):
    s = f"{x:.1f}"
    if float(s) > 1 and s.startswith("1") and s.find(".") == 1 and s.index("1") == 0 and len(s) == 3:
        return x*x*s.count("1")
    return x


def held_constant(x):
    return float(str(s2sad.stop_gradient(x)))*0.0 + x*x


def memoised(x):
    cache = {}

    def square(v):
        key = f"{v:.6f}"
        if key not in cache:
            cache[key] = v*v
        return cache[key]

    return square(x) + square(2*x) + square(x)


def half_where_it_raises(x):
    try:
        if x > 1:
            raise ValueError(f"bad {x}", 0.5)
        y = x
    except ValueError as e:
        print(e)
        y = 0.5*x
    return y*x


def written_down(x):
    file = io.StringIO()
    writer = csv.writer(file)
    for i in range(3):
        writer.writerow([i, x*i])
    file.write(f"{x}\n")
    with contextlib.redirect_stdout(file):
        print(x)
    log.info(file.getvalue())
    return x*x


def in_journal(x):
    JOURNAL.last = str(x)
    JOURNAL.lines.append((x, f"{x}"))
    print(JOURNAL.lines[-1][1], file=JOURNAL.buffer)
    return x*x*JOURNAL.rate


def labelled(v, n, x, label):
    print(label)
    return v if n == 0 else labelled(v*x, n - 1, x, label + f" {v:.2f}")


def with_label(x):
    return labelled(x, int(4*x), x, f"start {x}")


SHOWN = (
    constant_tokens, shown, logged, keyed, with_message, rows_with_names, conditions_of_texts, held_constant,
    memoised, half_where_it_raises, written_down, in_journal, with_label,
)  # fmt: skip


@pytest.mark.parametrize("fun", SHOWN, ids=lambda f: f.__name__)
def test_texts_that_nothing_is_computed_of_work(fun):
    check(fun, (1.3,))
    second = s2sad.hvp(fun)(1.3, 1.0)
    step = 1e-4
    by_differences = (s2sad.grad(fun)(1.3 + step) - s2sad.grad(fun)(1.3 - step))/(2*step)
    assert abs(second - by_differences) < 1e-5*max(1.0, abs(second))
    assert abs(s2sad.grad(s2sad.grad(fun))(1.3) - second) < 1e-9*max(1.0, abs(second))


def told_to(x, file):
    for v in x:
        file.write(f"{v} ")
    return np.sum(x*x)


def read_back(x, file):
    file.write(" ".join([f"{v}" for v in x]))
    return np.sum(np.array(file.getvalue().split(), dtype=float)*x)


def test_a_file_that_is_an_argument():
    x = VECTOR
    assert np.allclose(s2sad.grad(told_to)(x, io.StringIO()), 2*x)
    with pytest.raises(s2sad.UnsupportedError, match="a text that was made of an active value"):
        s2sad.grad(read_back)(x, io.StringIO())


class Weight:
    def __init__(self, w):
        self.w = w

    def __repr__(self):
        return f"Weight({self.w})"

    def __str__(self):
        return f"<{self.w}>"


def fields_of_formats(x):
    for i in range(2):
        print("{:{w}.{p}f}|".format(x, w=8 + i, p=2), "{:>{}} {}".format(x, 10, i), "{0!r:>20} {0:{1}}".format(x, 12))
        x = x*1.1
    return x*x


def objects_in_texts(x):
    m = Weight(x)
    print(f"{m} {m!r} {m!s:>12} {m!r:>12}", "{} {!r} {!s:>12}".format(m, m, m), repr(m))  # noqa: UP032
    if x > 1:
        print(m)
    return m.w*x


@pytest.mark.parametrize("fun", (fields_of_formats, objects_in_texts), ids=lambda f: f.__name__)
def test_texts_say_what_they_say_in_a_plain_call(fun, capsys):
    fun(1.3)
    plain = capsys.readouterr().out
    s2sad.grad(fun)(1.3)
    assert capsys.readouterr().out == plain != ""
    check(fun, (1.3,))
