"""Arguments of library functions by place and by keyword, in any order: what NumPy takes has the same derivative.

    np.diag(v=x)               np.diag(x)
    np.ptp(x, 0, None, True)   np.ptp(x, 0, keepdims=True)
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import cell

BY_KEYWORD = """
np.shape(a=m)[0]*m + np.ndim(a=m)*n + np.size(a=m)
np.triu(m=[[s, x[0]], [2.0, x[1]]])
np.diag(k=1, v=x)
np.gradient(f=x, edge_order=2)
np.block(arrays=[[m, n], [n, m]])
np.piecewise(x=x, condlist=[x < 0, x >= 0], funclist=[lambda a: a*a, lambda a: 2.0*a])
np.pad(mode="reflect", array=x, pad_width=3)
np.broadcast_to(array=x, shape=(3, 5))*1.0
np.polyval(x=y, p=x)
np.apply_along_axis(func1d=lambda v: v*np.sum(v), axis=1, arr=m)
z = x.copy(); np.place(arr=z, mask=x > 0, vals=y[:1])
scipy.linalg.solve(b=x[:3], a=q)
"""
BY_PLACE = """
np.ptp(m, 1, None, True)
z = np.zeros(4); np.ptp(m, 0, z)
np.subtract.reduce(m, 1, None, None, True)
np.maximum.reduce(m, 1, None, None, True, s, m > 0)
np.add.reduceat(m, [0, 2], 1, None, None)
np.polyfit(np.arange(5.0), x, 1, None, False, p)
np.broadcast_to(m, (2, 3, 4), False)*t
np.full_like(m, s, None, "K", True, (2, 2))
np.nanprod(h, 1, None, None, True, s, h > -0.5)
scipy.ndimage.gaussian_filter(m, 1.0, 0, None, "nearest")
scipy.stats.median_abs_deviation(m, 1, None, "normal")
np.median(m, 1, None, False, True)
np.minimum.reduce(m, axis=1, dtype=None, out=None)
scipy.ndimage.uniform_filter(m, (3, 2), output=None, axes=None)
"""
COMPLEX = """
np.cov(m, dtype=complex).real
np.corrcoef(m, dtype=np.complex128)
"""


@pytest.mark.parametrize("line", [line for lines in (BY_KEYWORD, BY_PLACE, COMPLEX) for line in lines.strip().splitlines()])
def test_line(line: str, tmp_path: Path) -> None:
    assert cell(line).check(tmp_path) == "right"
