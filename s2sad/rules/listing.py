"""The page of all functions that have a rule, made from the registry: `python -m s2sad.rules.listing`.

Each line names a function, its arguments, those in which it can be differentiated, its modes, and whom its
result shares memory with:

    | `np.sum` | `a, axis=None, ...` | `a`, `initial` | both | a new array |
"""

from __future__ import annotations

import sys

from s2sad.rules import registry
from s2sad.rules.registry import REQUIRED, RULES, Rule

_HEAD = """# Functions

Made by `python -m s2sad.rules.listing > docs/functions.md`; a test keeps it current. *Derivative in* names
the arguments that may be active ("formula" where the function is differentiated through a formula in terms
of other functions). *Result*: `fresh` is a new array, `view x` shares memory with x, `maybe x` decides by
strides, `writes x` changes x. Keywords that are not listed are refused by name.

"""


def _signature(rule: Rule) -> str:
    parts = []
    for name, default in rule.signature.items():
        parts.append(name if default is REQUIRED or name.startswith("*") else f"{name}={default!r}")
    return ", ".join(parts)


def _modes(rule: Rule) -> str:
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
    return f"| `{rule.name}` | `{_signature(rule)}` | {active} | {_modes(rule)} | {word} |"


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
    return "".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
