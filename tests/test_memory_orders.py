"""Whether a copy has the order of axes in memory that it has in a plain call: views that are made of it depend on that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from support import check, load

LAYOUTS = ["a.copy('K')", "a.copy(order='K')", "a.copy('F')", "a.copy()", "np.copy(a)", "np.array(a)", "a + b", "np.sin(a)", "np.zeros_like(a) + b",
           "np.where(a > 2, a, b)", "a.T.copy('K').T", "np.sort(a, axis=1)", "np.full_like(a, s)*a",
           "np.vectorize(lambda u: u*u)(a)", "np.vectorize(lambda u, v: u*v)(a, b[0])", "np.vander(a[0], 3)[:2]", "np.concatenate([a, b])[:2].copy('K')"]  # fmt: skip


HOWS = ["reshape(-1)", "T.reshape(-1)", "ravel()"]
MEMORY = ["ravel('K')", "T.ravel(order='A')", "flatten('K')", "flatten(order='A')", "reshape(-1, order='A')", "T[::-1].ravel('K')"]


@pytest.mark.parametrize(("line", "how"), [*((a, b) for a in LAYOUTS for b in HOWS), *zip(LAYOUTS, MEMORY*3, strict=False)])
def test_copies_keep_the_order_of_axes_in_memory(line: str, how: str, tmp_path: Path) -> None:
    """Whether reshape gives a view, and of which elements a write is seen, depends on it."""
    text = (
        f"import numpy as np\n\n\ndef f(a, b, s):\n    z = {line}\n    w = z.{how}\n    w[1] = s\n"
        "    return np.sum(np.sin(z)*np.arange(1.0, 7.0).reshape(2, 3)) + np.sum(w)\n"
    )
    fun = load(text, tmp_path).f
    for order in ("C", "F"):
        a = np.array([[1.0, 2.5, 3.0], [4.0, 5.5, 6.0]], order=order)
        check(fun, (a, np.array([[0.3, 2.0, 1.0], [0.7, 0.2, 3.0]]), 2.0), probes=1)
