"""Curve fitting inside of a program: L-BFGS with a list of pairs and backtracking, Levenberg and Marquardt."""

import numpy as np

R = np.random.default_rng(305)
N = R.standard_normal


def lbfgs_inside(A, b, x0, m=4, iters=6):
    def f(x):
        return 0.5*x @ A @ x - b @ x + 0.1*np.sum(x**4)
    def g(x):
        return A @ x - b + 0.4*x**3
    x = x0
    S, Y = [], []
    grad = g(x)
    for _ in range(iters):
        q = grad.copy()
        alphas = []
        for s, y in zip(reversed(S), reversed(Y)):
            a = (s @ q)/(y @ s)
            q = q - a*y
            alphas.append(a)
        if S:
            q = q*(S[-1] @ Y[-1])/(Y[-1] @ Y[-1])
        for s, y, a in zip(S, Y, reversed(alphas)):
            beta = (y @ q)/(y @ s)
            q = q + s*(a - beta)
        step = 1.0
        while f(x - step*q) > f(x) - 1e-4*step*(grad @ q) and step > 1e-6:
            step *= 0.5
        new = x - step*q
        gnew = g(new)
        S.append(new - x)
        Y.append(gnew - grad)
        if len(S) > m:
            S.pop(0)
            Y.pop(0)
        x, grad = new, gnew
    return f(x)


def levenberg(p0, x, y):
    def model(p):
        return p[0]*np.exp(-((x - p[1])/p[2])**2)
    def jac(p):
        e = np.exp(-((x - p[1])/p[2])**2)
        return np.stack([e, p[0]*e*2*(x - p[1])/p[2]**2, p[0]*e*2*(x - p[1])**2/p[2]**3]).T
    p, lam = p0.copy(), 1e-2
    r = y - model(p)
    cost = r @ r
    for _ in range(20):
        J = jac(p)
        H = J.T @ J
        step = np.linalg.solve(H + lam*np.diag(np.diag(H)), J.T @ r)
        trial = p + step
        rt = y - model(trial)
        ct = rt @ rt
        if ct < cost:
            p, r, lam = trial, rt, lam/3
            if abs(cost - ct) < 1e-12*cost:
                cost = ct
                break
            cost = ct
        else:
            lam *= 2
    return p


def bell_error(p0, x, y):
    return np.sum(levenberg(p0, x, y)**2)


A = N((3, 3))
T = np.linspace(-2.0, 2.0, 9)
CASES = [
    (lbfgs_inside, (A @ A.T + 3*np.eye(3), N(3), N(3))),
    (bell_error, (np.array([1.0, 0.1, 1.0]), T, 1.3*np.exp(-((T - 0.3)/0.8)**2))),
]
