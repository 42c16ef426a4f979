"""Helpers of generated texts for values between the points of a table: np.interp.

Accepted are real arrays, NumPy scalars and Python numbers; nothing is written to, and a result shares memory
with no argument. Outside of the table, and at its last point, values do not change with x.

    y = np.interp(x, xp, fp)      at = np.searchsorted(xp, x, "right")
                                  x_bar = interp_slope(y_bar, x, xp, fp, at)
                                  fp_bar = interp_back(y_bar, x, xp, at)
"""

from __future__ import annotations

from typing import Any

import numpy as np


def table_cell(xp: Any, x: Any) -> int:
    """The number of the point of a table before x: of the first one before all, of the last but one behind.

    >>> xp = np.array([0.0, 1.0, 2.0])
    >>> table_cell(xp, 1.5), table_cell(xp, -1.0), table_cell(xp, 9.0)
    (1, 0, 1)
    """
    return min(max(int(xp.searchsorted(x, "right")) - 1, 0), max(len(xp) - 2, 0))


def _is_number(z: Any, at: Any) -> bool:
    """Whether z and a place are numbers: a formula of Python's floats is quicker than one of arrays."""
    return isinstance(at, int | np.integer) and isinstance(z, float)


def _cell(x: Any, xp: Any, at: Any) -> tuple[int, int, float, Any]:
    """The points before and behind a number x, the width between, and the end that x is beyond or None."""
    last = len(xp) - 1
    before = min(max(int(at) - 1, 0), max(last - 1, 0))
    behind = min(before + 1, last)
    end = 0 if x < xp[0] else last if x >= xp[last] else None
    return before, behind, float(xp[behind]) - float(xp[before]) or 1.0, end


def _between(x: Any, xp: Any, at: Any) -> Any:
    """The points before and behind x, what lies between them, and where x is beyond the table."""
    xp, last = np.asarray(xp), np.size(xp) - 1
    before = np.minimum(np.maximum(at - 1, 0), max(last - 1, 0))
    behind = np.minimum(before + 1, last)
    widths = xp[behind] - xp[before]
    if widths.ndim == 0:
        return before, behind, widths if widths else 1.0, bool(x < xp[0] or x >= xp[last])
    beyond = (x < xp[0]) | (x >= xp[last])
    return before, behind, widths if np.all(widths) else np.where(widths == 0, 1.0, widths), beyond


def _unless(beyond: Any, z: Any) -> Any:
    """z, and 0 beyond the table."""
    if isinstance(beyond, bool):
        return np.float64(0.0) if beyond else z
    return np.where(beyond, 0.0, z) if beyond.any() else z


def interp_slope(z: Any, x: Any, xp: Any, fp: Any, at: Any) -> Any:
    """z times the slope of the table's line at x.

    >>> xp, fp = np.array([0.0, 1.0, 2.0]), np.array([0.0, 3.0, 4.0])
    >>> print(interp_slope(2.0, np.array([0.5, 1.5, 9.0]), xp, fp, np.array([1, 2, 3])))
    [6. 2. 0.]
    """
    if _is_number(z, at):
        first, second, width, end = _cell(x, xp, at)
        slope = (float(fp[second]) - float(fp[first])) / width
        return np.float64(0.0 if end is not None else float(z) * slope)
    before, behind, widths, beyond = _between(x, xp, at)
    fp = np.asarray(fp)
    with np.errstate(all="ignore"):
        return _unless(beyond, z * ((0.0 + fp[behind] - fp[before]) / widths))


def interp_back(z: Any, x: Any, xp: Any, at: Any) -> Any:
    """The cotangent of fp where z is that of np.interp(x, xp, fp).

    >>> x, xp = np.array([0.25, 9.0]), np.array([0.0, 1.0, 2.0])
    >>> print(interp_back(np.array([1.0, 2.0]), x, xp, np.searchsorted(xp, x, "right")))
    [0.75 0.25 2.  ]
    """
    if _is_number(z, at):
        first, second, width, end = _cell(x, xp, at)
        total = np.zeros(len(xp))
        share = 0.0 if end is not None else float(z) * ((float(x) - float(xp[first])) / width)
        total[first if end is None else end] = float(z) - share
        total[second] += share
        return total
    before, behind, widths, beyond = _between(x, xp, at)
    xp = np.asarray(xp)
    with np.errstate(all="ignore"):
        share = _unless(beyond, z * ((x - xp[before]) / widths))
        rest = _unless(beyond, z) - share
    total = _at(before, rest, xp) + _at(behind, share, xp)
    if np.any(beyond):
        z = np.broadcast_to(z, np.shape(x))
        total[0] += np.sum(z[np.less(x, xp[0])])
        total[-1] += np.sum(z[np.greater_equal(x, xp[-1])])
    return total


def interp_slope_back(z: Any, x: Any, xp: Any, at: Any) -> Any:
    """The cotangent of fp where z is that of the slope of the table's line at x.

    >>> x, xp = np.array([0.25, 9.0]), np.array([0.0, 0.5, 2.0])
    >>> print(interp_slope_back(np.array([1.0, 2.0]), x, xp, np.searchsorted(xp, x, "right")))
    [-2.  2.  0.]
    """
    before, behind, widths, beyond = _between(x, xp, at)
    with np.errstate(all="ignore"):
        part = _unless(beyond, z / widths)
    return _at(behind, part, xp) - _at(before, part, xp)


def _at(places: Any, z: Any, xp: Any) -> Any:
    """Zeros like a table to which z is added at places."""
    if np.ndim(places) == 0:
        total = np.zeros(np.size(xp))
        total[places] = z
        return total
    return np.bincount(np.ravel(places), np.ravel(np.broadcast_to(z, np.shape(places))), np.size(xp))
