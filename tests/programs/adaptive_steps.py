"""An adaptive Bogacki-Shampine integrator of a pendulum, its right-hand side a closure."""

import numpy as np


def rk45(f, y, t, t_end, tol):
    h = 0.1
    while t < t_end:
        h = min(h, t_end - t)
        k1 = f(t, y)
        k2 = f(t + h/2, y + h/2*k1)
        k3 = f(t + 3*h/4, y + 3*h/4*k2)
        y3 = y + h*(2*k1 + 3*k2 + 4*k3)/9
        k4 = f(t + h, y3)
        z = y + h*(7*k1/24 + k2/4 + k3/3 + k4/8)
        err = np.linalg.norm(y3 - z) + 1e-16
        if err <= tol:
            t += h
            y = y3
        h = 0.9*h*(tol/err)**(1/3) if err > 0 else 2*h
    return y


def pendulum(g, th0, w0):
    def f(t, y):
        return np.array([y[1], -g*np.sin(y[0])])
    out = rk45(f, np.array([th0, w0]), 0.0, 0.5, 1e-3)
    return out[0] + 2*out[1]


CASES = [
    (pendulum, (9.81, 0.3, 0.1)),
    (pendulum, (np.float64(9.81), 0.3, 0.1)),
]
