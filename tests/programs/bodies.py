"""Bodies under gravity: accelerations in place by a double loop with continue, then the energy."""

import numpy as np

R = np.random.default_rng(30)
N = R.standard_normal


def nbody_energy(x, v, m, dt, steps, eps=0.1):
    n = len(m)
    x, v = x.copy(), v.copy()
    for _ in range(steps):
        acc = np.zeros_like(x)
        for i in range(n):
            for j in range(n):
                if i == j:
                    continue
                d = x[j] - x[i]
                acc[i] += m[j]*d/(d @ d + eps**2)**1.5
        v += dt*acc
        x += dt*v
    ke = 0.5*np.sum(m*np.sum(v**2, axis=1))
    pe = 0.0
    for i in range(n):
        for j in range(i):
            pe -= m[i]*m[j]/np.sqrt(np.sum((x[i] - x[j])**2) + eps**2)
    return ke + pe


def nbody_nodiag(pos, mass):
    dx = pos[:, None] - pos[None]
    r = np.sqrt((dx**2).sum(axis=-1) + np.eye(len(pos)))
    iu = np.triu_indices(len(pos), k=1)
    return -np.sum((mass[:, None]*mass/r)[iu])


CASES = [
    (nbody_energy, (N((3, 2)), N((3, 2)), R.random(3), 0.05, 3)),
    (nbody_energy, (N((2, 3)), N((2, 3)), R.random(2), 0.05, 0)),
    (nbody_nodiag, (N((4, 3)), R.random(4))),
]
