"""A filter that linearises a motion and a measurement: matrices as nested lists of numbers."""

import numpy as np


def ekf(params, zs, dt):
    q, r = params["q"], params["r"]
    mu = np.array([0.1, 0.2, 0.0])
    S = np.diag([1.0, 1.0, 0.1])
    nll = 0
    for k, (rng_, bearing) in enumerate(zs):
        v, w = 1.0, 0.1*k
        th = mu[2]
        mu = mu + dt*np.array([v*np.cos(th), v*np.sin(th), w])
        G = np.array([[1, 0, -dt*v*np.sin(th)], [0, 1, dt*v*np.cos(th)], [0, 0, 1]])
        S = G @ S @ G.T + q*np.eye(3)
        dx, dy = 3.0 - mu[0], 2.0 - mu[1]
        d2 = dx**2 + dy**2
        d = np.sqrt(d2)
        zhat = np.array([d, np.arctan2(dy, dx) - mu[2]])
        H = np.array([[-dx/d, -dy/d, 0.0], [dy/d2, -dx/d2, -1.0]])
        Sz = H @ S @ H.T + r**2*np.identity(2)
        K = np.linalg.solve(Sz.T, H @ S.T).T
        e = np.array([rng_, bearing]) - zhat
        mu = mu + K.dot(e)
        S = S - K @ H @ S
        nll += e @ np.linalg.inv(Sz) @ e + np.log(np.linalg.det(Sz))
    return nll


CASES = [
    (ekf, ({"q": 0.1, "r": 0.3}, [(2.0, 0.5), (1.8, 0.4), (1.5, 0.3)], 0.1)),
    (ekf, ({"q": 0.1, "r": 0.3}, [(2.0, 0.5)], 0.2)),
]
