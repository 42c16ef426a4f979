"""Calls with lists and tuples where NumPy takes arrays; the arguments are those of `call_cases`."""

from __future__ import annotations

ELEMENTWISE = """
np.square([s, x[0], 1.5])
np.negative((s, x[0]))
np.clip([s, x[0], 1.5], 0.1, 0.8)
np.add([s, 1.0], [x[0], s])
np.multiply([s, 1.0], [x[0], s])
np.subtract((s, 1.0), [2.0, s])
np.divide([s, x[0]], [3.0, s])
np.power([2.0 + s, 3.0], [s, 2.0])
np.maximum([s, x[0]], [0.0, x[1]])
np.minimum([s, x[0], 0.1], x[:3])
np.fmax(x[:3], [s, x[0], 0.1])
np.fmin([s, x[0]], [0.0, x[1]])
np.arctan2([s, x[0]], [2.0, 3.0])
np.where([True, False], [s, x[0]], [x[1], s])
np.add.outer([s, x[0]], [1.0, s])
np.multiply.outer(s, [x[0], s])
x[:3]**[2, 3, 1]
[1.0, 2.0, 3.0]*x[:3] + [s, x[0], 1.0]
[s, x[0], 1.0]/p[:3]
[s, x[0]] - np.ones((3, 2))
"""

REDUCED = """
np.sum([s, x[0]])
np.mean((s, x[0], x[1]))
np.prod([s, x[0], x[1]])
np.max([s, x[0], x[1]])
np.sort([s, x[0], x[1]])
np.partition([s, x[0], 3.0], 1)
np.average([s, x[0]], weights=[x[1]**2, 2.0])
np.linalg.norm([s, x[0]])
np.linalg.norm([s, x[0]], 1)
np.linalg.norm([[s, x[0]], [2.0, s]], axis=1)
np.trace([[s, x[0]], [2.0, x[1]]])
np.tril([[s, x[0]], [2.0, x[1]]])
np.triu([[s, x[0]], [2.0, x[1]]])
np.broadcast_to([s, 1.0], (3, 2))
np.linspace([s, 1.0], [x[0], 5.0], 4)
np.interp(s, [0.0, x[0] + 9.0, 20.0], [x[1], 1.0, 2.0])
np.interp(x, [-1.0, 0.0, 2.0], [s, 1.0, 2.0])
"""

PRODUCTS = """
np.dot([s, x[0]], [2.0, x[1]])
np.dot([1.0, 2.0, 3.0], x[:3])
np.inner([s, x[0], 1.0], x[:3])
np.vdot(x[:2], (s, x[0]))
np.matmul(x[:2], [s, x[0]])
[1.0, 2.0, 3.0] @ m
q @ [s, x[0], 1.0]
np.einsum('ij,j->i', [[s, x[0]], [x[1], 5.0]], [x[2], 2.0])
np.vecdot([s, x[0]], [1.0, x[1]])
np.linalg.solve([[9.0 + s, x[0]], [x[1], 5.0]], [s, 2.0])
np.linalg.qr([[9.0 + s, x[0]], [x[1], 5.0]])[1]
np.linalg.lstsq([[9.0 + s, x[0]], [x[1], 5.0], [1.0, s]], [s, 2.0, 1.0], rcond=None)[0]
"""

SCIPY_LISTED = """
scipy.special.erf([s, x[0]])
scipy.special.logsumexp([s, x[0]])
scipy.stats.norm.logpdf([s, x[0]], [x[1], 0.0], [2.0, x[2]**2 + 1.0])
scipy.signal.lfilter([s, 0.5], [1.0, -0.3], x)
"""

LISTED = {name.lower(): text.strip().splitlines() for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)}
