"""Signal processing: a pyramid that halves a signal, windows that overlap, and a filter bank."""

import functools
import itertools

import numpy as np


def haar_energy(x, weights):
    energy = 0.0
    level = 0
    while x.size > 1:
        if x.size % 2:
            x = np.append(x, x[-1])
        detail = (x[::2] - x[1::2])/np.sqrt(2)
        x = (x[::2] + x[1::2])/np.sqrt(2)
        energy += weights[min(level, len(weights) - 1)]*np.sum(detail**2)
        level += 1
    return energy + x[0]


def overlap_add(x, window, hop):
    y = np.zeros(len(x) + len(window))
    norm = 0.0
    for start in range(0, len(x) - len(window) + 1, hop):
        y[start:start + len(window)] += x[start:start + len(window)]*window
        norm += window**2
    return np.sum(y[:-1]*y[1:]) + np.sum(norm)


def zero_crossings(x, rate):
    times = [
        (i + a/(a - b))/rate
        for i, (a, b) in enumerate(itertools.pairwise(x))
        if a*b < 0
    ]
    periods = [2*(t1 - t0) for t0, t1 in itertools.pairwise(times)]
    return np.mean(np.array(periods)) if periods else 0.0*rate


def cascade(x, stages):
    def biquad(signal, coefficients):
        b0, b1, a1 = coefficients
        out, last_in, last_out = [], 0.0, 0.0
        for v in signal:
            w = b0*v + b1*last_in - a1*last_out
            last_in, last_out = v, w
            out.append(w)
        return np.array(out)

    filtered = functools.reduce(biquad, stages, x)
    bands = {name: part for name, part in zip(("low", "high"), (filtered[::2], filtered[1::2]))}
    total = 0.0
    for name, band in bands.items():
        gain = 2.0 if name == "low" else 0.5
        total += gain*max(v*v for v in band) + sum(abs(v) for v in band)
    return total


_T = np.arange(12)/12
_X = np.sin(2*np.pi*2.2*_T + 0.3) + 0.2*np.cos(9*_T)
CASES = [
    (haar_energy, (_X[:8], np.array([1.0, 0.5]))),
    (haar_energy, (_X[:11], np.array([1.0, 0.5, 0.7]))),
    (overlap_add, (_X, np.hanning(6)[1:-1], 2)),
    (overlap_add, (_X[:7], np.array([0.3, 0.9, 0.4]), 1)),
    (zero_crossings, (_X, 12.0)),
    (zero_crossings, (_X[:3] + 4.0, 12.0)),
    (cascade, (_X, [(0.9, 0.2, -0.3), (0.5, 0.4, 0.1)])),
]
