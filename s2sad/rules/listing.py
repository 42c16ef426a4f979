"""The page of all functions that have a rule, made from the registry: `python -m s2sad.rules.listing`.

Each line names a function, its arguments, those in which it can be differentiated, its modes, and whom its
result shares memory with; tables behind these lead from other names, and from methods of arrays, to them:

    | `np.sum` | `a, axis=None, ...` | `a`, `initial` | both | fresh |
    | `np.absolute` | `np.abs` |
    | `x.sum()` | `np.sum` |
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

import numpy as np

from s2sad.rules import registry
from s2sad.rules.registry import REQUIRED, RULES, Rule

_HEAD = """# Functions

Made by `python -m s2sad.rules.listing > docs/functions.md`; a test keeps it current. *Derivative in* names
the arguments that may be active ("formula" where the function is differentiated through a formula in terms
of other functions). *Result*: `fresh` is a new array, `view x` shares memory with x, `maybe x` decides by
strides, `writes x` changes x. Keywords that are not listed are refused by name. Other names of these
functions, methods of arrays and what is read as a program stand at the end.

"""
# What the lowering of programs turns into calls of the functions above, so that it has no rule of its own.
READ = (
    "np.apply_along_axis np.apply_over_axes np.block np.c_ np.fromfunction np.fromiter np.mgrid np.ogrid "
    "np.piecewise np.poly1d np.r_ np.unstack np.vectorize np.polynomial.Chebyshev np.polynomial.Hermite "
    "np.polynomial.HermiteE np.polynomial.Laguerre np.polynomial.Legendre np.polynomial.Polynomial "
    "np.polynomial.Polynomial.basis np.polynomial.Polynomial.fit np.polynomial.Polynomial.fromroots "
    "np.ndarray.flat np.ndarray.tolist"
).split()
# What is differentiated by a theorem, with the function that it calls.
SOLVED = (
    "scipy.integrate.odeint scipy.integrate.quad scipy.integrate.solve_ivp scipy.optimize.bisect "
    "scipy.optimize.brenth scipy.optimize.brentq scipy.optimize.fixed_point scipy.optimize.fsolve "
    "scipy.optimize.minimize scipy.optimize.minimize_scalar scipy.optimize.newton scipy.optimize.ridder "
    "scipy.optimize.root scipy.optimize.root_scalar scipy.optimize.toms748"
).split()
_MODULES = (
    "numpy numpy.linalg numpy.fft scipy.fft scipy.integrate scipy.interpolate scipy.linalg scipy.ndimage "
    "scipy.signal scipy.signal.windows scipy.spatial.distance scipy.special scipy.stats"
).split()
_DEPRECATED = ("np.row_stack",)


def _signature(rule: Rule) -> str:
    parts = []
    for name, default in rule.signature.items():
        parts.append(name if default is REQUIRED or name.startswith("*") else f"{name}={default!r}")
    return ", ".join(parts)


def modes(rule: Rule) -> str:
    if rule.form == "composite":
        return "both"
    if not rule.vjp and not rule.jvp and not rule.linear:
        return "constant"
    forward = rule.form == "elementwise" or rule.jvp or rule.linear
    return "both" if forward else "reverse"


def _line(rule: Rule) -> str:
    active = (
        "formula" if rule.form == "composite" else ", ".join(f"`{n.lstrip('*')}`" for n in rule.vjp) or "-"
    )
    word = f"writes {', '.join(rule.writes)}" if rule.writes and rule.effect == "fresh" else rule.effect
    word = "fresh" if rule.writes == ("out",) else word
    return f"| `{rule.name}` | `{_signature(rule)}` | {active} | {modes(rule)} | {word} |"


def other_names() -> Iterator[tuple[str, str]]:
    """Names of functions that have a rule under another one: ("np.absolute", "np.abs")."""
    for name in _MODULES:
        module = importlib.import_module(name)
        for own in sorted(module.__all__):
            obj = getattr(module, own)
            found = None if isinstance(obj, type) or not callable(obj) else registry.canonical(obj)
            full = f"{name.replace('numpy', 'np', 1)}.{own}"
            if found is not None and found != full and "." in found and full not in _DEPRECATED:
                yield full, found


def methods() -> Iterator[tuple[str, str]]:
    """Methods and attributes of arrays, and the functions that they are: ("sum", "np.sum")."""
    for own in sorted(n for n in dir(np.ndarray) if not n.startswith("_")):
        found = registry.array_method(own)
        if found is not None:
            yield own, found


def _pairs(title: str, head: str, pairs: Iterator[tuple[str, str]]) -> str:
    lines = "".join(f"| `{one}` | `{other}` |\n" for one, other in pairs)
    return f"## {title}\n\n| {head} | function |\n| --- | --- |\n{lines}\n"


def page() -> str:
    """The page, in Markdown: a table for each module whose functions have rules."""
    registry.load_all()
    groups: dict[str, list[Rule]] = {}
    for name, rule in sorted(RULES.items()):
        if rule.user is not None:
            continue
        module = name.rpartition(".")[0]
        if module:
            groups.setdefault(module.replace("np", "numpy", 1) if module[:2] == "np" else module, []).append(
                rule
            )
    parts = [_HEAD]
    for module, rules in sorted(groups.items()):
        parts.append(
            f"## {module}\n\n| function | arguments | derivative in | modes | result |\n"
            "| --- | --- | --- | --- | --- |\n"
        )
        parts.append("\n".join(_line(rule) for rule in rules) + "\n\n")
    parts.append(_pairs("Other names", "name", other_names()))
    parts.append(_pairs("Methods and attributes of arrays", "of an array", methods()))
    parts.append("## Read as programs\n\n" + ", ".join(f"`{name}`" for name in READ) + "\n\n")
    parts.append("## By theorems, with the functions that they call\n\n")
    parts.append(f"See [there](solvers.md): {', '.join(f'`{name}`' for name in SOLVED)}\n")
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
