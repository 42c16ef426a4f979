"""The table of all rules: every rule, each of its arguments, both modes and orders, on arguments of every form.

    test_every_rule_is_called        a rule without a case fails
    test_every_argument              an argument that no case gives fails, unless a refusal has it
    test_unlisted_arguments          an argument of NumPy's function that the rule does not list is refused by name
    test_cells                       the cases: calls x forms, a seeded sample, all with `--full`
    test_refusals                    what is refused says so

The cases are the lines of `call_cases`, `array_lines`, `number_lines`, `factor_lines`, `option_lines` and, for ufuncs, the table of
`test_elementwise_table`; SciPy's rules have theirs in `test_library_calls`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from array_cases import TEXTS
from array_lines import ARRAY_LINES
from basis_lines import BASIS_LINES
from call_cases import REFUSED, TOPICS
from cells import FORMS, Cell, cell
from covered import given
from factor_lines import SPECTRAL
from number_lines import NUMBER_LINES
from option_lines import OPTION_LINES
from refused_lines import REFUSALS
from test_elementwise_table import CASES
from test_elementwise_table import OBJECTS as ELEMENTWISE

import s2sad
from s2sad.rules import registry
from s2sad.rules.keywords import parameters
from s2sad.rules.registry import RULES, Rule
from support import load

registry.load_all()
TABLES = (TOPICS, SPECTRAL, ARRAY_LINES, NUMBER_LINES, OPTION_LINES, BASIS_LINES)
LINES = list(dict.fromkeys(line for table in TABLES for lines in table.values() for line in lines))
REFUSED_LINES = [(reason, line) for reason, text in REFUSALS.items() for line in text.strip().splitlines()]
PUBLIC = sorted(name for name, rule in RULES.items() if name.startswith("np.") and rule.user is None)
UFUNCS = sorted(n for n in PUBLIC if isinstance(ELEMENTWISE.get(n), np.ufunc) and CASES.get(n))
GIVEN = {line: given(line) for line in [*LINES, *REFUSED, *(line for _, line in REFUSED_LINES)]}
COVERED = set().union(*GIVEN.values())
NUMPY_25 = np.lib.NumpyVersion(np.__version__) >= "2.5.0"
PARTS = 24
PER_PART = 27  # cells of a part that run without --full

UNUSED = {"np.sort": {"order"}, "np.ndarray.sort": {"order"}}  # fields of structured arrays are never active
SPELLED = {  # arguments that the lowering of a call takes away before the rule sees them
    ("np.clip", "min"), ("np.clip", "max"), ("np.linspace", "axis"), ("np.linspace", "retstep"),
}  # fmt: skip
# What is refused on the arguments as they are: second derivatives. On arguments of another form any refusal will do that
# says where and what to write instead: the form may be what the rule does not take.
ALLOWED = (
    "enters accumulate",
    "enters add_to_item",
    "there is no forward derivative of np.reshape by its argument 'shape'",
)
PLACED = re.compile(r":\d+:\d+: [^;]+; \S")
# Arrays without elements for which NumPy has a value and the derivative raises an exception.
RAISES = {
    "empty": (
        "z = np.zeros(5); np.",  # NumPy leaves a result of five elements as it is, and fits no shapes
        "np.cov(m, fweights=", "np.cov(m, aweights=",  # np.cov of no variables looks at no weights: these are of another length
        "np.roots(",  # of no polynomial: a ValueError, as for every one without roots
        "np.trapezoid(x, np.cumsum(p))", "z = np.diff(z)",  # the adjoint of np.diff has one element more
    ),
}  # fmt: skip
NO_FORM = {
    "empty": ("fft.", '"ii->i", q'),  # NumPy itself reads memory that was never written, if there are no elements
    "complex": (
        "z[:, 3:] @ z[:, 3:].T", "v[3:].T @ v[3:]",  # these depend on the phases of vectors beside the factors
        "eigvalsh(q + q.T", "eigh(q + q.T", "hermitian=True", "svd(q + q.T",  # not Hermitian: the derivative is that along Hermitian matrices
    ),
    "float16": (  # loops round otherwise than NumPy's, and linear algebra takes no such numbers
        "reduce", "polynomial", "polyval", "r=True", "gradient", "linalg", "np.emath", "np.prod", "np.nanprod", "np.cumulative", "np.std", "np.nanstd",
    ),
    "integers beside": ("polyval", "chebval", "hermval", "legval", "lagval", "hermeval", "float_power"),  # of large values
    "longdouble": (".tolist()",),  # there are no Python numbers of that precision
    "NumPy scalars": ("z.fill(",),  # the methods of a scalar write nothing
    "Python numbers": ("np.complex64(2.0).real*x", "np.float16(2.0)*x"),  # differences in narrow numbers
}  # fmt: skip


# ------------------------------------------------------------------------------------------------------- coverage


def _differentiable(rule: Rule) -> bool:
    return bool(rule.vjp or rule.jvp or rule.linear or rule.form == "composite")


def test_every_rule_is_called() -> None:
    called = {name for name, _ in COVERED} | set(UFUNCS) | {"np.ndarray.T", "np.isnat", "np.fix"} | TEXTS  # NumPy 2.5 warns of np.fix
    by_name = {n for n in PUBLIC if n.startswith(("np.true_divide", "np.mod")) or any(f"{n}(" in line for line in LINES)}
    assert sorted(set(PUBLIC) - called - by_name) == []


@pytest.mark.parametrize("name", [n for n in PUBLIC if RULES[n].form != "elementwise" and _differentiable(RULES[n])])
def test_every_argument(name: str) -> None:
    """Each argument that a rule lists is in a case or in a refusal; those of ufuncs are in the cells of each."""
    called = {argument for one, argument in COVERED if one == name}
    listed = {n for n in RULES[name].signature if not n.startswith("*")}
    assert not called or sorted(listed - called - UNUSED.get(name, set())) == []


def unlisted() -> Iterator[tuple[str, str, str]]:
    """Arguments of NumPy's functions that their rules do not list, and a call of each to put them into."""
    first: dict[str, str] = {}
    for line in LINES:
        for name, _ in GIVEN[line]:
            if f"{name}(" in line and "lambda" not in line:
                first.setdefault(name, line)
    for name in PUBLIC:
        rule, real = RULES[name], parameters(name)
        own = [n.lstrip("*") for n in rule.signature]
        if rule.form == "elementwise" or not _differentiable(rule) or name not in first or "*" in "".join(rule.signature):
            continue
        for place, key in enumerate(real):
            renamed = place < len(own) and own[place] not in real
            if key not in own and not renamed and (name, key) not in SPELLED:
                yield name, key, first[name]


@pytest.mark.parametrize(("name", "key", "line"), list(unlisted()), ids=lambda v: str(v))
def test_unlisted_arguments(name: str, key: str, line: str, tmp_path: Path) -> None:
    """An argument that a rule does not know is refused, by its name, before anything is computed."""
    at = line.index(f"{name}(") + len(name) + 1
    depth, end = 1, at
    while depth:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(line[end], 0)
        end += 1
    if key == "out" and f"out={key}" in line:
        return
    changed = cell(f"{line[: end - 1]}, {key}='?'{line[end - 1 :]}")
    fun = load(changed.text("np.sum(np.abs(z))"), tmp_path).f
    active = [i for i, a in enumerate(changed.arguments.values()) if np.asarray(a).dtype.kind in "fc"]
    with pytest.raises(s2sad.UnsupportedError, match=rf"'{key}'|{key}=|{re.escape(name)} with"):
        s2sad.value_and_grad(fun, tuple(active))(*changed.arguments.values())


# ---------------------------------------------------------------------------------------------------------- cells


def ufunc_cells(name: str) -> list[Cell]:
    """A ufunc alone, into an array, where a condition holds, in a dtype, and with axes that are stretched."""
    rows = [[float(a) for a in row] for row in CASES[name] if all(isinstance(a, int | float) for a in row)]
    if not rows or name == "np.heaviside":  # its cases are at the step
        return []
    names = "vwxy"[: len(rows[0])]
    columns = {n: np.array(column) for n, column in zip(names, zip(*rows, strict=True), strict=True)}
    call, size = f"{name}({', '.join(names)}", len(rows)
    chosen = [k % 3 != 1 for k in range(size)]
    return [
        Cell(f"{call})", columns),
        Cell(f"z = np.zeros({size}); {call}, out=z)", columns),
        Cell(f"z = np.ones({size}); {call}, out=z, where={chosen})", columns),
        Cell(f"{call}, dtype=np.float64)", columns),
        Cell(f"{name}({', '.join([names[0] + '[:, None]', *names[1:]])})", columns),
    ]


CELLS = [(c, form) for c in [cell(line) for line in LINES] for form in FORMS]
CELLS += [(c, form) for name in UFUNCS for c in ufunc_cells(name) for form in FORMS]


def outcome(c: Cell, form: str, folder: Path) -> tuple[str, str]:
    """"right", "refused" or "no call", and what is wrong, if anything is."""
    try:
        said = c.check(folder, form)
    except AssertionError as error:
        known = "please report" in str(error) and any(name in c.line for name in RAISES.get(form, ()))
        return ("raises", "") if known else ("wrong", str(error))
    except (ArithmeticError, LookupError, TypeError, ValueError, Warning) as error:
        known = any(name in c.line for name in RAISES.get(form, ()))
        return ("raises", "") if known else ("wrong", f"{type(error).__name__}: {error}")
    if said in ("right", ""):
        return said or "no call", ""
    known = any(reason in said for reason in ALLOWED) or (form != "as they are" and PLACED.search(said))
    return "refused", "" if known else f"refused: {said.splitlines()[0]}"


@pytest.mark.parametrize("part", range(PARTS))
def test_cells(part: int, full: bool, seed: int, tmp_path: Path, record_property: Any) -> None:
    cells = CELLS[part::PARTS]
    chosen = cells if full else random.Random(seed + part).sample(cells, PER_PART)
    counts = dict.fromkeys(("right", "refused", "no call", "raises", "wrong"), 0)
    wrong = []
    for c, form in chosen:
        if any(name in c.line for name in NO_FORM.get(form, ())):
            continue
        word, why = outcome(c, form, tmp_path)
        counts[word] += 1
        if why:
            wrong.append(f"{form}: {c.line}\n    {why}")
    record_property("note", f"rules, part {part}: " + ", ".join(f"{n} {word}" for word, n in counts.items() if n))
    assert not wrong, "\n".join(wrong)


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(("reason", "line"), REFUSED_LINES, ids=[line for _, line in REFUSED_LINES])
def test_refusals(reason: str, line: str, tmp_path: Path) -> None:
    said = cell(line).check(tmp_path)
    assert reason in said or (NUMPY_25 and "of which NumPy fills a part" in reason and not said)  # it refuses that itself
