"""Results of calls that are written into after the call, whose derivatives read what the call returned."""

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
