"""Where NumPy may warn in a text of a rule although the function itself did not.

    np.reciprocal(x), "-(out*out*g)"     out*out overflows where 1/x does not: the text runs under np.errstate
    x*y, "y*g"                           warns where the function does

Python's numbers raise and never warn; what NumPy's function makes of such numbers is a scalar that does warn.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from s2sad.ir.kinds import Kind
from s2sad.ir.nodes import Atom, Call, Const
from s2sad.rules.elementwise import POLES
from s2sad.rules.registry import Bound

_POLE = re.compile(r"/|\*\*\s*[^\s\d]|pow|log")
_QUOTIENTS = ("truediv", "np.divide", "np.true_divide")
_OUT = re.compile(r"\bout\b")


def may_be_singular(text: str, call: Call, kind: Callable[[Atom], Kind]) -> bool:
    """Whether a text may give nan where its cotangent is 0: 0/0, or 0 times what is infinite."""
    if call.fun in _QUOTIENTS:
        divisor = call.args[-1]
        if isinstance(divisor, Const) or all(kind(a).is_python for a in call.args):  # Python would raise
            return False
    return "div(" in text or _has_pole(text)


def may_warn(text: str, bound: Bound, call: Call, out: Kind) -> bool:
    """Whether a text that is evaluated on the operands of a call may warn where the call did not."""
    if call.fun.startswith("scipy."):  # their results are NumPy's, and at infinity products warn
        return True
    if not may_be_unbounded(text, call):
        return False
    read = [*bound.kinds.values(), *([out] if _OUT.search(text) else [])]
    return not all(k.is_python for k in read)


def may_be_unbounded(text: str, call: Call) -> bool:
    """Whether a text may be inf or nan where its call was finite; of Python's numbers nothing is said then,
    but what a NumPy scalar does with the result is."""
    return _has_pole(text) and not (call.fun in _QUOTIENTS and isinstance(call.args[-1], Const))


@functools.lru_cache(maxsize=4096)
def _has_pole(text: str) -> bool:
    return text in POLES or _POLE.search(text) is not None
