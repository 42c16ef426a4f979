"""What has no derivative by its rule is constant between jumps, takes no floats, gives no floats, or is refused.

The registry is enumerated: a rule without texts, and an argument of an elementwise rule without one, that follows its
argument would be a derivative of silent zeros.
"""

from __future__ import annotations

import builtins
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from array_cases import TEXTS
from test_array_tables import function_of
from test_elementwise_table import OBJECTS

import s2sad
from s2sad.rules import registry
from s2sad.rules.registry import REQUIRED, RULES
from support import load

registry.load_all()
# What only the generated texts call: where things are, which storage they have; the derivative never asks for theirs.
OWN = set(
    "Shadows shadow_of zeros_list winners inverse_axes sorted_order heap_rise heap_sink pick_max pick_min is_whole same_storage holds_twice flat_index along_index reduced_size "
    "generator_state keep_state reverse_trips positions table_cell trimmed_places median_weights ranks stable_order is_moderate np.nanargmax np.nanargmin".split()
)
# They give no numbers that an argument could reach, or write into an argument, which programs of `call_cases` test.
OTHER = set("print type id hash repr str format isinstance issubclass callable hasattr chr np.copyto".split())
OTHER |= set("np.add.at np.subtract.at np.ndarray.fill np.isnat np.lexsort np.ravel_multi_index np.ix_".split())
OTHER |= set("seq.index seq.count itertools.combinations itertools.permutations".split())
OTHER |= TEXTS
OTHER |= {"itertools.combinations_with_replacement", "refused", "bisect.bisect_left", "bisect.bisect_right"}
# What calls functions that take numbers, and is a constant: `solution_at`, `with_slope` and `moved_by` beside it have the derivatives.
OTHER |= {"solved", "slope_by", "attribute_of", "partly"}
OTHER |= {f"scipy.special.{name}" for name in ("bdtr", "bdtrc", "nbdtr", "nbdtrc", "pdtri", "nbdtri")}  # of whole numbers, which SciPy warns of
V = np.array([0.31, -1.72, 2.43])
M = np.array([[0.31, -1.72], [2.43, 0.94]])
CALLS: dict[str, tuple[Any, ...]] = {  # others are called with numbers
    **dict.fromkeys("np.zeros_like np.ones_like np.empty_like np.shape np.ndim np.size np.argsort np.nonzero".split(), (V,)),
    **dict.fromkeys("np.flatnonzero np.argwhere np.argmax np.argmin np.any np.all np.count_nonzero len any all".split(), (V,)),
    **dict.fromkeys("np.triu_indices_from np.tril_indices_from np.diag_indices_from".split(), (M,)),
    **dict.fromkeys("np.searchsorted np.digitize np.isin in notin".split(), (V[:1], np.sort(V))),
    "np.argpartition": (V, 1),
    "np.isfortran": (V,),
    "np.unravel_index": (V, (2, 2)),
}
NUMBERS = (2.37, 1.61, 0.83)
ARGUMENTS = sorted(
    (name, argument)
    for name, rule in RULES.items()
    if rule.form != "composite" and not rule.linear and (not rule.vjp or rule.form == "elementwise")
    for argument, default in rule.signature.items()
    if argument not in rule.vjp and (default is REQUIRED or isinstance(default, float)) and name not in OWN | OTHER
    if name not in ("np.array_equal", "not") and not (name.startswith("np.") and argument in ("out", "where", "dtype"))
)


def called(name: str) -> Any:
    return OBJECTS[name] if name in OBJECTS else getattr(builtins, name, None) or function_of(name)


def floats(value: Any) -> list[Any]:
    """The inexact numbers in a result."""
    if isinstance(value, tuple | list):
        return [x for item in value for x in floats(item)]
    return [value] if np.asarray(value).dtype.kind in "fc" else []


def sample(name: str) -> tuple[Any, ...]:
    if name in CALLS:
        return CALLS[name]
    needed = [a for a, d in RULES[name].signature.items() if d is REQUIRED]
    return tuple(NUMBERS[k % 3] for k in range(max(1, len(needed))))


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated:DeprecationWarning")  # from NumPy 2.5 on
@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_no_silent_zeros(name: str, argument: str, tmp_path: Path) -> None:
    """Both sides of a point give the same, or the derivative is refused."""
    place = list(RULES[name].signature).index(argument)
    args = sample(name)
    if place >= len(args):
        args = (*args, *[d for d in list(RULES[name].signature.values())[len(args) : place]], 0.37)
    function = called(name)
    try:
        with np.errstate(all="ignore"):
            sides = [function(*args[:place], args[place] + h, *args[place + 1 :]) for h in (-1e-7, 1e-7)]
    except (TypeError, ValueError, IndexError, DeprecationWarning):
        return  # it takes no floats here, or will take none
    left, right = floats(sides[0]), floats(sides[1])
    if name == "np.empty_like" or all(np.array_equal(p, q, equal_nan=True) for p, q in zip(left, right, strict=True)):
        return
    spelled = f"{name}({', '.join('x' if k == place else repr(a) for k, a in enumerate(args))})"
    module = load(f"import math\nimport numpy as np\n\n\ndef f(x):\n    return np.sum({spelled})\n", tmp_path)
    with pytest.raises(s2sad.UnsupportedError):
        s2sad.grad(module.f)(args[place])


DESIGNS = """butter(2, x)[0]
butter(2, 0.3, fs=2 + x)[1]
cheby1(2, x, 0.3)[0]
ellip(2, 1.0, 20 + x, 0.3)[0]
iirnotch(0.3, x)[0]
firwin(5, x)
get_window(("kaiser", x), 5)"""


def test_designs_are_refused(tmp_path: Path) -> None:
    """Filters and windows were constants, also where what they are made from varies."""
    functions = "".join(
        f"def f{k}(x):\n    return np.sum(scipy.signal.{line})\n" for k, line in enumerate(DESIGNS.splitlines())
    )
    functions += "def g(x):\n    a, b = np.ix_(x, x)\n    return np.sum(a*b)\n"
    module = load(f"import numpy as np\nimport scipy.signal\n\n\n{functions}", tmp_path)
    for k in range(len(DESIGNS.splitlines())):
        with pytest.raises(s2sad.UnsupportedError, match="the derivative of scipy.signal"):
            s2sad.grad(getattr(module, f"f{k}"))(0.4)
    with pytest.raises(s2sad.UnsupportedError, match="np.ix_ of floats has no derivative"):
        s2sad.grad(module.g)(V)


def test_the_samples_are_between_jumps() -> None:
    assert len(ARGUMENTS) > 80
    assert math.floor(NUMBERS[0] + 1e-7) == math.floor(NUMBERS[0] - 1e-7)
