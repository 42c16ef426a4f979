"""Results and operands of calls that are written into after the call: derivatives read what they were then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from support import check, load

A = np.array([[1.0, 2.5, 3.0], [4.0, 5.5, 6.1], [0.3, 0.9, -0.7]])
PROGRAMS = {
    "one part of two": """
    z, r = np.linalg.qr(a)
    z[0, 1] = s
    return np.sum(np.sin(z)) + np.sum(r)
""",
    "a part that has no name": """
    z = np.linalg.qr(a)[0]
    w = z.reshape(-1)
    w[1] = s
    return np.sum(np.sin(z))
""",
    "parts in a loop": """
    t = 0.0
    for k in range(2):
        z, r = np.linalg.qr(a*(1.0 + k))
        z[0, 1] = s
        r *= 2.0
        t = t + np.sum(np.sin(z)) + np.sum(r*r)
    return t
""",
    "a part in a branch": """
    res = np.linalg.eigh(a + a.T)
    if s > 1.0:
        z = res[1]
        z[0, 1] = s
    q = res[0]
    q[0] = q[1]*q[2]
    return np.sum(np.sin(res[1])) + np.sum(q)
""",
    "both in place": """
    u, w, v = np.linalg.svd(a)
    w[0] = s
    u *= w
    return np.sum(np.sin(u @ v))
""",
    "an operand too": """
    res = scipy.linalg.cho_factor(a @ a.T + np.eye(3))
    z = scipy.linalg.cho_solve(res, a[0])
    c = res[0]
    c[0, 0] = s
    return np.sum(z) + np.sum(np.triu(c))
""",
    "several factors": """
    p, l, u = scipy.linalg.lu(a)
    l[2] = s
    return np.sum((l @ u)**2)
""",
    "numbers that depend on a sign": """
    sign, ld = np.linalg.slogdet(np.stack([a, 2.0*a]))
    ld[0] = s*ld[1]
    sign[0] = 3.0
    return np.sum(ld*sign)
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_derivative_reads_what_was_returned(name: str, tmp_path: Path) -> None:
    head = "import numpy as np\nimport scipy.linalg\n\n\ndef f(a, s):"
    check(load(head + PROGRAMS[name], tmp_path).f, (A, 2.0), probes=2)


CALLS = (
    "np.linalg.multi_dot([a, a, a])",
    "np.vander(a[0], 3)",
    "np.cov(a, aweights=a[2]**2)",
    "np.broadcast_to(a[0], (4, 3))*a[1]",
    "np.take(a, i)",
    "a.take(i, axis=1)",
    "np.einsum(\"ij,j->i\", a, a[0])",
)


@pytest.mark.parametrize("call", CALLS)
def test_operands_that_are_written_later(call: str, tmp_path: Path) -> None:
    text = (
        "import numpy as np\n\n\ndef f(a, i):\n    a = a.copy()\n    i = i.copy()\n"
        f"    r = np.sum(np.sin({call}))\n    a[...] = a[::-1].copy()\n    i[...] = i[::-1].copy()\n    return r\n"
    )
    check(load(text, tmp_path).f, (A, np.array([0, 0, 2])), probes=1)


def test_parts_of_a_broadcast_view_that_is_written_later(tmp_path: Path) -> None:
    """The shadow of a view with elements that share a place is not added to: its operand's is."""
    text = (
        "import numpy as np\n\n\ndef f(t, y):\n    y = y.copy()\n    z = t*1.0\n"
        "    np.multiply.at(z, (0, [1, 1]), y[:2])\n    r = np.sum(np.sin(z))\n    y[...] = y[::-1].copy()\n    return r\n"
    )
    check(load(text, tmp_path).f, (A[:2, :2].copy(), A[0].copy()), probes=1)
