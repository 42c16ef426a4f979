"""Physics on lattices: Ising energy over indices, a random walk on a graph, a two-temperature rod."""

import itertools

import numpy as np


def ising(spins, coupling, field):
    n, m = spins.shape
    energy = 0.0
    for i, j in np.ndindex(n, m):
        for di, dj in ((0, 1), (1, 0)):
            energy -= coupling*spins[i, j]*spins[(i + di) % n, (j + dj) % m]
    for (i, j), s in np.ndenumerate(spins):
        if (i + j) % 2:
            continue
        energy -= field[i % len(field)]*s
    return energy


def pair_energy(positions, charge):
    total = 0.0
    for (i, p), (j, q) in itertools.product(enumerate(positions), repeat=2):
        if j <= i:
            continue
        r = np.sqrt(np.sum((p - q)**2))
        total += charge**2/r + 0.1*(4.0/r**6 if r < 2.0 else 0.0)
    return total


def rod(u, k, steps):
    left, *_, right = u
    for _step in range(steps):
        new = [left]
        for a, b, c in zip(u, u[1:], u[2:]):
            new.append(b + k*(a - 2*b + c))
        u = np.array([*new, right])
        if any(abs(v) > 50.0 for v in u):
            break
    else:
        u = u*1.01
    return np.sum(u**2)


def graph_walk(weights, start):
    edges = {"a": ("b", "c"), "b": ("c",), "c": ("a", "b")}
    p = {"a": start, "b": 1.0 - start, "c": 0.0}
    for _ in range(3):
        flow = dict.fromkeys(p, 0.0 * start)
        for k, (source, targets) in enumerate(edges.items()):
            share = weights[k]*p[source]/len(targets)
            for target in targets:
                flow[target] = flow[target] + share
            flow[source] = flow[source] + (1.0 - weights[k])*p[source]
        p = flow
    return p["c"] - 0.5*p["a"]**2


CASES = [
    (ising, (np.array([[0.3, -0.8, 0.5], [0.9, 0.1, -0.4]]), 0.7, np.array([0.2, 0.5]))),
    (ising, (np.array([[0.3, -0.8], [0.9, 0.1], [0.4, 0.6]]), 1.7, np.array([0.2]))),
    (pair_energy, (np.array([[0.0, 0.1], [1.3, 0.4], [0.2, 1.9]]), 0.8)),
    (rod, (np.array([1.0, 0.2, 0.3, 0.1, 0.6]), 0.2, 4)),
    (rod, (np.array([1.0, 9.2, 8.3, 0.1]), 4.2, 9)),
    (graph_walk, (np.array([0.5, 0.3, 0.9]), 0.7)),
]
