"""Complex matrices, exponentials and filters with real results."""

import numpy as np

R = np.random.default_rng(19)
N = R.standard_normal


def dft_energy(x, w):
    n = len(x)
    k = np.arange(n)
    F = np.exp(-2j*np.pi*k[:, None]*k/n)
    X = F @ x
    return np.sum(w*np.abs(X)**2)


def fourier_loop(x, w):
    n = x.size
    s = 0.0
    for k in range(n):
        acc = 0j
        for t in range(n):
            acc += x[t]*np.exp(-2j*np.pi*k*t/n)
        s += w[k]*(acc.real**2 + acc.imag**2)
    return s


def qubit(theta, phi):
    psi = np.array([1.0 + 0j, 0.0])
    for t, p in zip(theta, phi):
        U = np.array([[np.cos(t/2), -np.exp(1j*p)*np.sin(t/2)], [np.exp(-1j*p)*np.sin(t/2), np.cos(t/2)]])
        psi = U @ psi
    return np.abs(psi[1])**2


def rc_filter(r, C, L, freqs):
    w = 2*np.pi*freqs
    H = 1/(1 + 1j*w*r*C - w**2*L*C)
    return np.sum(20*np.log10(np.abs(H)))


CASES = [
    (dft_energy, (N(5), N(5))),
    (fourier_loop, (N(4), N(4))),
    (qubit, (N(3), N(3))),
    (qubit, ([0.1], [0.2])),
    (rc_filter, (10.0, 1e-3, 1e-3, np.array([1.0, 10.0, 50.0]))),
]
