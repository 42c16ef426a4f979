"""The misfit of a wave that receivers recorded, as seismologists invert it, and a front that moves by a level set."""

import numpy as np

R = np.random.default_rng(309)
N = R.standard_normal


def wave_fwi(c, source, receivers, data, dt, dx):
    n = len(c)
    u_prev = np.zeros(n)
    u = np.zeros(n)
    misfit = 0.0
    r2 = (c*dt/dx)**2
    for it in range(len(source)):
        lap = np.zeros(n)
        lap[1:-1] = u[2:] - 2*u[1:-1] + u[:-2]
        u_next = 2*u - u_prev + r2*lap
        u_next[n//2] += dt**2*source[it]
        u_next[0] = u[1]
        u_next[-1] = u[-2]
        u_prev, u = u, u_next
        misfit += 0.5*np.sum((u[receivers] - data[it])**2)
    return misfit


def level_set(phi, F, dt, dx, steps):
    for _ in range(steps):
        dxm = (phi - np.roll(phi, 1, axis=0))/dx
        dxp = (np.roll(phi, -1, axis=0) - phi)/dx
        dym = (phi - np.roll(phi, 1, axis=1))/dx
        dyp = (np.roll(phi, -1, axis=1) - phi)/dx
        grad_plus = np.sqrt(np.maximum(dxm, 0)**2 + np.minimum(dxp, 0)**2 + np.maximum(dym, 0)**2 + np.minimum(dyp, 0)**2 + 1e-12)
        grad_minus = np.sqrt(np.maximum(dxp, 0)**2 + np.minimum(dxm, 0)**2 + np.maximum(dyp, 0)**2 + np.minimum(dym, 0)**2 + 1e-12)
        phi = phi - dt*(np.maximum(F, 0)*grad_plus + np.minimum(F, 0)*grad_minus)
    H = 1/(1 + np.exp(phi/(0.5*dx)))
    return H.sum()*dx**2


GRID = np.mgrid[0:6, 0:6]/6 - 0.45
CASES = [
    (wave_fwi, (1 + R.random(8), np.sin(np.arange(6.0)), np.array([1, 3]), N((6, 2)), 0.1, 0.5)),
    (level_set, (np.hypot(GRID[0], GRID[1]) - 0.3, N((6, 6)), 0.01, 0.17, 2)),
]
