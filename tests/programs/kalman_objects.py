"""Kalman filters: as a dataclass that each step makes anew, and as an object that changes."""

from dataclasses import dataclass

import numpy as np

R = np.random.default_rng(64)
N = R.standard_normal


@dataclass
class Belief:
    m: np.ndarray
    P: np.ndarray
    loglik: float = 0.0

    def predict(self, F, Q): return Belief(F @ self.m, F @ self.P @ F.T + Q, self.loglik)

    def update(self, z, H, r):
        S = H @ self.P @ H.T + r
        K = self.P @ H.T/S
        e = z - H @ self.m
        m = self.m + K[:, 0]*e
        P = self.P - K @ H @ self.P
        return Belief(m, P, self.loglik - 0.5*(np.log(S[0, 0]) + e[0]**2/S[0, 0]))


def kalman(q, r, zs):
    F = np.array([[1.0, 0.1], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    b = Belief(np.zeros(2), np.eye(2))
    for z in zs:
        b = b.predict(F, q*np.eye(2)).update(z, H, r)
    return -b.loglik


class Filter:
    def __init__(self, q, r):
        self.m, self.P, self.q, self.r = np.zeros(2), np.eye(2), q, r
        self.history = []
        self.F = np.array([[1.0, 0.1], [0.0, 1.0]])

    def step(self, z):
        self.m = self.F @ self.m
        self.P = self.F @ self.P @ self.F.T + self.q*np.eye(2)
        s = self.P[0, 0] + self.r
        k = self.P[:, 0]/s
        e = z - self.m[0]
        self.m = self.m + k*e
        self.P = self.P - np.outer(k, self.P[0])
        self.history.append(e*e/s + np.log(s))
        return e

    @property
    def nll(self): return 0.5*sum(self.history)


def filter_object(q, r, zs):
    f = Filter(q, r)
    tot = 0.0
    for z in zs:
        tot += f.step(z)**2
    return f.nll + 0.1*tot


CASES = [
    (kalman, (0.1, 0.5, N((6, 1)))),
    (filter_object, (0.1, 0.5, N(6))),
    (filter_object, (0.2, 0.4, N(1))),
]
