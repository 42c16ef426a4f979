"""Generated gradients beside adjoints that were written by hand, on kernels of numerical programs.

    python benchmarks/adjoints.py            all kernels
    python benchmarks/adjoints.py --quick    one repetition
    python benchmarks/adjoints.py lstm nbody these only

Each kernel is a plain NumPy function with a result of rank 0; `by_hand` is what a careful person would write
for its gradient. Both gradients are compared before they are timed, all three in turns within one run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from run import compiled, copied, timed

import s2sad

RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.normal(size=shape)


def uniform(*shape):
    return RNG.uniform(0.5, 1.5, size=shape)


# ---------------------------------------------------------------------------------------------- stencils


def jacobi_2d(a, b, steps):
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2*(a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2*(b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
    return np.sum(a*a)


def jacobi_2d_by_hand(a, b, steps):
    a, b = a.copy(), b.copy()
    for _ in range(steps):
        b[1:-1, 1:-1] = 0.2*(a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
        a[1:-1, 1:-1] = 0.2*(b[1:-1, 1:-1] + b[1:-1, :-2] + b[1:-1, 2:] + b[2:, 1:-1] + b[:-2, 1:-1])
    a_bar = 2*a
    b_bar = np.zeros_like(b)
    for _ in range(steps):
        for one, two in ((a_bar, b_bar), (b_bar, a_bar)):
            t = 0.2*one[1:-1, 1:-1]
            one[1:-1, 1:-1] = 0.0
            two[1:-1, 1:-1] += t
            two[1:-1, :-2] += t
            two[1:-1, 2:] += t
            two[2:, 1:-1] += t
            two[:-2, 1:-1] += t
    return a_bar, b_bar


def fdtd_2d(ex, ey, hz, pulse):
    for t in range(len(pulse)):
        ey[0] = pulse[t]
        ey[1:] -= 0.5*(hz[1:] - hz[:-1])
        ex[:, 1:] -= 0.5*(hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7*(ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return np.sum(hz**2)


def fdtd_2d_by_hand(ex, ey, hz, pulse):
    ex, ey, hz = ex.copy(), ey.copy(), hz.copy()
    for t in range(len(pulse)):
        ey[0] = pulse[t]
        ey[1:] -= 0.5*(hz[1:] - hz[:-1])
        ex[:, 1:] -= 0.5*(hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7*(ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    hz_bar = 2*hz
    ex_bar, ey_bar, pulse_bar = np.zeros_like(ex), np.zeros_like(ey), np.zeros_like(pulse)
    for t in range(len(pulse) - 1, -1, -1):
        g = 0.7*hz_bar[:-1, :-1]
        ex_bar[:-1, 1:] -= g
        ex_bar[:-1, :-1] += g
        ey_bar[1:, :-1] -= g
        ey_bar[:-1, :-1] += g
        g = 0.5*ex_bar[:, 1:]
        hz_bar[:, 1:] -= g
        hz_bar[:, :-1] += g
        g = 0.5*ey_bar[1:]
        hz_bar[1:] -= g
        hz_bar[:-1] += g
        pulse_bar[t] = np.sum(ey_bar[0])
        ey_bar[0] = 0.0
    return ex_bar, ey_bar, hz_bar, pulse_bar


def pressure(p, b, dx, dy, steps):
    for _ in range(steps):
        q = p.copy()
        p[1:-1, 1:-1] = (
            (q[1:-1, 2:] + q[1:-1, :-2])*dy**2 + (q[2:, 1:-1] + q[:-2, 1:-1])*dx**2
        )/(2*(dx**2 + dy**2)) - dx**2*dy**2/(2*(dx**2 + dy**2))*b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0] = p[1]
        p[:, 0] = p[:, 1]
        p[-1] = 0.0
    return np.sum(p**2)


def pressure_by_hand(p, b, dx, dy, steps):
    p = p.copy()
    for _ in range(steps):
        q = p.copy()
        p[1:-1, 1:-1] = (
            (q[1:-1, 2:] + q[1:-1, :-2])*dy**2 + (q[2:, 1:-1] + q[:-2, 1:-1])*dx**2
        )/(2*(dx**2 + dy**2)) - dx**2*dy**2/(2*(dx**2 + dy**2))*b[1:-1, 1:-1]
        p[:, -1] = p[:, -2]
        p[0] = p[1]
        p[:, 0] = p[:, 1]
        p[-1] = 0.0
    p_bar = 2*p
    b_bar = np.zeros_like(b)
    weight = 1/(2*(dx**2 + dy**2))
    for _ in range(steps):
        p_bar[-1] = 0.0
        p_bar[:, 1] += p_bar[:, 0]
        p_bar[:, 0] = 0.0
        p_bar[1] += p_bar[0]
        p_bar[0] = 0.0
        p_bar[:, -2] += p_bar[:, -1]
        p_bar[:, -1] = 0.0
        g = p_bar[1:-1, 1:-1]*weight
        p_bar[1:-1, 1:-1] = 0.0
        b_bar[1:-1, 1:-1] -= dx**2*dy**2*g
        t = dy**2*g
        p_bar[1:-1, 2:] += t
        p_bar[1:-1, :-2] += t
        t = dx**2*g
        p_bar[2:, 1:-1] += t
        p_bar[:-2, 1:-1] += t
    return p_bar, b_bar


# --------------------------------------------------------------------------------------- linear algebra


def gemm(alpha, beta, c, a, b):
    c[:] = alpha*a @ b + beta*c
    return np.sum(c**2)


def gemm_by_hand(alpha, beta, c, a, b):
    scaled = alpha*a
    new = scaled @ b + beta*c
    c_bar = 2*new
    scaled_bar = c_bar @ b.T
    return np.vdot(a, scaled_bar), np.vdot(c, c_bar), beta*c_bar, alpha*scaled_bar, scaled.T @ c_bar


def atax(a, x):
    return np.sum(((a @ x) @ a)**2)


def atax_by_hand(a, x):
    u = a @ x
    v_bar = 2*(u @ a)
    u_bar = a @ v_bar
    return np.outer(u, v_bar) + np.outer(u_bar, x), u_bar @ a


def mvt(x1, x2, y1, y2, a):
    x1 += a @ y1
    x2 += y2 @ a
    return np.sum(x1**2) + np.sum(x2**3)


def mvt_by_hand(x1, x2, y1, y2, a):
    x1_bar = 2*(x1 + a @ y1)
    x2_bar = 3*(x2 + y2 @ a)**2
    return x1_bar, x2_bar, x1_bar @ a, a @ x2_bar, np.outer(x1_bar, y1) + np.outer(y2, x2_bar)


def syrk(alpha, beta, c, a):
    for i in range(len(a)):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += alpha*a[i, k]*a[: i + 1, k]
    return np.sum(c**2)


def syrk_by_hand(alpha, beta, c, a):
    old, c = c, c.copy()
    for i in range(len(a)):
        c[i, : i + 1] *= beta
        for k in range(a.shape[1]):
            c[i, : i + 1] += alpha*a[i, k]*a[: i + 1, k]
    c_bar = 2*c
    alpha_bar = beta_bar = 0.0
    a_bar = np.zeros_like(a)
    for i in range(len(a) - 1, -1, -1):
        row = c_bar[i, : i + 1]
        for k in range(a.shape[1] - 1, -1, -1):
            s = np.vdot(a[: i + 1, k], row)
            alpha_bar += a[i, k]*s
            a_bar[i, k] += alpha*s
            a_bar[: i + 1, k] += alpha*a[i, k]*row
        beta_bar += np.vdot(old[i, : i + 1], row)
        row *= beta
    return alpha_bar, beta_bar, c_bar, a_bar


def cholesky(a):
    n = len(a)
    for i in range(n):
        for j in range(i):
            a[i, j] = (a[i, j] - a[i, :j] @ a[j, :j])/a[j, j]
        a[i, i] = np.sqrt(a[i, i] - a[i, :i] @ a[i, :i])
    return np.sum(np.tril(a)**2)


def cholesky_by_hand(a):
    a = a.copy()
    n = len(a)
    for i in range(n):
        for j in range(i):
            a[i, j] = (a[i, j] - a[i, :j] @ a[j, :j])/a[j, j]
        a[i, i] = np.sqrt(a[i, i] - a[i, :i] @ a[i, :i])
    a_bar = np.tril(2*a)
    for i in range(n - 1, -1, -1):
        g = 0.5*a_bar[i, i]/a[i, i]
        a_bar[i, i] = g
        a_bar[i, :i] -= 2*g*a[i, :i]
        for j in range(i - 1, -1, -1):
            g = a_bar[i, j]/a[j, j]
            a_bar[i, j] = g
            a_bar[j, j] -= g*a[i, j]
            a_bar[i, :j] -= g*a[j, :j]
            a_bar[j, :j] -= g*a[i, :j]
    return a_bar


def floyd_warshall(path):
    for k in range(len(path)):
        path[:] = np.minimum(path, np.add.outer(path[:, k], path[k]))
    return np.sum(path**2)


def floyd_warshall_by_hand(path):
    path = path.copy()
    weights = []
    for k in range(len(path)):
        t = np.add.outer(path[:, k], path[k])
        weights.append(np.where(path < t, 1.0, np.where(path > t, 0.0, 0.5)))
        path[:] = np.minimum(path, t)
    path_bar = 2*path
    for k in range(len(path) - 1, -1, -1):
        kept = weights[k]*path_bar
        t_bar = path_bar - kept
        path_bar = kept
        path_bar[:, k] += np.sum(t_bar, axis=1)
        path_bar[k] += np.sum(t_bar, axis=0)
    return path_bar


# --------------------------------------------------------------------------------- statistics and learning


def covariance(data):
    m = data.shape[1]
    centred = data - np.mean(data, axis=0)
    cov = np.zeros((m, m))
    for i in range(m):
        cov[i:, i] = cov[i, i:] = centred[:, i] @ centred[:, i:]/(len(data) - 1.0)
    return np.sum(cov**2)


def covariance_by_hand(data):
    m = data.shape[1]
    centred = data - np.mean(data, axis=0)
    cov = np.zeros((m, m))
    for i in range(m):
        cov[i:, i] = cov[i, i:] = centred[:, i] @ centred[:, i:]/(len(data) - 1.0)
    cov_bar = 2*cov
    centred_bar = np.zeros_like(centred)
    for i in range(m - 1, -1, -1):
        g = cov_bar[i, i:].copy()
        cov_bar[i, i:] = 0.0
        g += cov_bar[i:, i]
        cov_bar[i:, i] = 0.0
        g /= len(data) - 1.0
        centred_bar[:, i] += centred[:, i:] @ g
        centred_bar[:, i:] += np.outer(centred[:, i], g)
    return centred_bar - np.mean(centred_bar, axis=0)


def softmax_loss(x, w, b, labels):
    z = x @ w + b
    z = z - np.max(z, axis=1, keepdims=True)
    e = np.exp(z)
    p = e/np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(labels)), labels]))


def softmax_loss_by_hand(x, w, b, labels):
    z = x @ w + b
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    z_bar = e/np.sum(e, axis=1, keepdims=True)
    z_bar[np.arange(len(labels)), labels] -= 1.0
    z_bar /= len(labels)
    return z_bar @ w.T, x.T @ z_bar, np.sum(z_bar, axis=0)


def lstm(w, b, xs, h, c):
    n = len(h)
    loss = 0.0
    for x in xs:
        gates = w @ np.concatenate((x, h)) + b
        i = 1/(1 + np.exp(-gates[:n]))
        f = 1/(1 + np.exp(-gates[n : 2*n]))
        o = 1/(1 + np.exp(-gates[2*n : 3*n]))
        c = f*c + i*np.tanh(gates[3*n :])
        h = o*np.tanh(c)
        loss = loss + np.sum(h**2)
    return loss


def lstm_by_hand(w, b, xs, h, c):
    n, m = len(h), xs.shape[1]
    tape = []
    for x in xs:
        joined = np.concatenate((x, h))
        gates = w @ joined + b
        i = 1/(1 + np.exp(-gates[:n]))
        f = 1/(1 + np.exp(-gates[n : 2*n]))
        o = 1/(1 + np.exp(-gates[2*n : 3*n]))
        g = np.tanh(gates[3*n :])
        old, c = c, f*c + i*g
        t = np.tanh(c)
        h = o*t
        tape.append((joined, i, f, o, g, old, t, h))
    w_bar, b_bar, xs_bar = np.zeros_like(w), np.zeros_like(b), np.zeros_like(xs)
    h_bar, c_bar = np.zeros_like(h), np.zeros_like(c)
    for k in range(len(xs) - 1, -1, -1):
        joined, i, f, o, g, old, t, h = tape[k]
        h_bar = h_bar + 2*h
        c_bar = c_bar + (1 - t*t)*(o*h_bar)
        gates_bar = np.concatenate(
            (i*(1 - i)*(g*c_bar), f*(1 - f)*(old*c_bar), o*(1 - o)*(t*h_bar), (1 - g*g)*(i*c_bar))
        )
        c_bar = f*c_bar
        b_bar += gates_bar
        w_bar += np.outer(gates_bar, joined)
        joined_bar = gates_bar @ w
        xs_bar[k] = joined_bar[:m]
        h_bar = joined_bar[m:]
    return w_bar, b_bar, xs_bar, h_bar, c_bar


def conv_2d(image, weights):
    k = weights.shape[0]
    h, w = image.shape[1] - k + 1, image.shape[2] - k + 1
    out = np.zeros((image.shape[0], h, w, weights.shape[3]))
    for i in range(k):
        for j in range(k):
            out += image[:, i : i + h, j : j + w] @ weights[i, j]
    return np.sum(np.maximum(out, 0.0)**2)


def conv_2d_by_hand(image, weights):
    k = weights.shape[0]
    h, w = image.shape[1] - k + 1, image.shape[2] - k + 1
    out = np.zeros((image.shape[0], h, w, weights.shape[3]))
    for i in range(k):
        for j in range(k):
            out += image[:, i : i + h, j : j + w] @ weights[i, j]
    out_bar = 2*np.maximum(out, 0.0)
    flat_bar = out_bar.reshape(-1, out.shape[3])
    image_bar, weights_bar = np.zeros_like(image), np.zeros_like(weights)
    for i in range(k):
        for j in range(k):
            part = image[:, i : i + h, j : j + w]
            weights_bar[i, j] = part.reshape(-1, part.shape[3]).T @ flat_bar
            image_bar[:, i : i + h, j : j + w] += (flat_bar @ weights[i, j].T).reshape(part.shape)
    return image_bar, weights_bar


# -------------------------------------------------------------------------------------------- simulation


def nbody(x, v, mass, dt, steps):
    for _ in range(steps):
        d = x[None] - x[:, None]
        r2 = np.sum(d**2, axis=2) + 0.01
        force = np.sum(mass[None, :, None]*d*(r2**-1.5)[:, :, None], axis=1)
        v = v + dt*force
        x = x + dt*v
    return 0.5*np.sum(mass[:, None]*v**2)


def nbody_by_hand(x, v, mass, dt, steps):
    tape = []
    for _ in range(steps):
        d = x[None] - x[:, None]
        r2 = np.sum(d**2, axis=2) + 0.01
        p = r2**-1.5
        tape.append((d, r2, p))
        v = v + dt*np.sum(mass[None, :, None]*d*p[:, :, None], axis=1)
        x = x + dt*v
    v_bar, mass_bar, x_bar = mass[:, None]*v, 0.5*np.sum(v**2, axis=1), np.zeros_like(x)
    for d, r2, p in reversed(tape):
        v_bar = v_bar + dt*x_bar
        g = (dt*v_bar)[:, None, :]
        along = np.sum(d*g, axis=2)
        mass_bar = mass_bar + np.sum(p*along, axis=0)
        weights = mass*p
        d_bar = weights[:, :, None]*g
        d_bar += d*(-3.0*weights/r2*along)[:, :, None]
        x_bar = x_bar + np.sum(d_bar, axis=0) - np.sum(d_bar, axis=1)
    return x_bar, v_bar, mass_bar


def rk4(y, k, dt, steps):
    for _ in range(steps):
        k1 = k*np.sin(y)
        k2 = k*np.sin(y + 0.5*dt*k1)
        k3 = k*np.sin(y + 0.5*dt*k2)
        k4 = k*np.sin(y + dt*k3)
        y = y + dt/6*(k1 + 2*k2 + 2*k3 + k4)
    return np.sum(y**2)


def rk4_by_hand(y, k, dt, steps):
    tape = []
    for _ in range(steps):
        s1 = np.sin(y)
        k1 = k*s1
        y2 = y + 0.5*dt*k1
        s2 = np.sin(y2)
        k2 = k*s2
        y3 = y + 0.5*dt*k2
        s3 = np.sin(y3)
        k3 = k*s3
        y4 = y + dt*k3
        s4 = np.sin(y4)
        tape.append((y, y2, y3, y4, s1, s2, s3, s4))
        y = y + dt/6*(k1 + 2*k2 + 2*k3 + k*s4)
    y_bar, k_bar = 2*y, np.zeros_like(k)
    for y, y2, y3, y4, s1, s2, s3, s4 in reversed(tape):
        g = dt/6*y_bar
        k_bar += s4*g
        y4_bar = np.cos(y4)*(k*g)
        k3_bar = 2*g + dt*y4_bar
        k_bar += s3*k3_bar
        y3_bar = np.cos(y3)*(k*k3_bar)
        k2_bar = 2*g + 0.5*dt*y3_bar
        k_bar += s2*k2_bar
        y2_bar = np.cos(y2)*(k*k2_bar)
        k1_bar = g + 0.5*dt*y2_bar
        k_bar += s1*k1_bar
        y_bar = y_bar + y4_bar + y3_bar + y2_bar + np.cos(y)*(k*k1_bar)
    return y_bar, k_bar


def thomas(a, b, c, d):
    n = len(d)
    for i in range(1, n):
        w = a[i - 1]/b[i - 1]
        b[i] -= w*c[i - 1]
        d[i] -= w*d[i - 1]
    d[n - 1] /= b[n - 1]
    for i in range(n - 2, -1, -1):
        d[i] = (d[i] - c[i]*d[i + 1])/b[i]
    return np.sum(d**2)


def thomas_by_hand(a, b, c, d):
    n = len(d)
    b, d = b.copy(), d.copy()
    w = np.empty(n)
    for i in range(1, n):
        w[i] = a[i - 1]/b[i - 1]
        b[i] -= w[i]*c[i - 1]
        d[i] -= w[i]*d[i - 1]
    x = d.copy()
    x[n - 1] /= b[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - c[i]*x[i + 1])/b[i]
    a_bar, b_bar, c_bar, d_bar = np.zeros_like(a), np.zeros_like(b), np.zeros_like(c), 2*x
    for i in range(n - 1):
        d_bar[i] /= b[i]
        b_bar[i] -= d_bar[i]*x[i]
        c_bar[i] -= d_bar[i]*x[i + 1]
        d_bar[i + 1] -= d_bar[i]*c[i]
    d_bar[n - 1] /= b[n - 1]
    b_bar[n - 1] -= d_bar[n - 1]*x[n - 1]
    for i in range(n - 1, 0, -1):
        d_bar[i - 1] -= w[i]*d_bar[i]
        c_bar[i - 1] -= w[i]*b_bar[i]
        a_bar[i - 1] = -(d[i - 1]*d_bar[i] + c[i - 1]*b_bar[i])/b[i - 1]
        b_bar[i - 1] -= w[i]*a_bar[i - 1]
    return a_bar, b_bar, c_bar, d_bar


def positive_definite(n):
    a = normal(n, n)
    return a @ a.T + n*np.eye(n)


Kernel = tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...], int]  # by its first arguments
KERNELS: dict[str, Kernel] = {
    "jacobi_2d": (jacobi_2d, jacobi_2d_by_hand, (normal(120, 120), normal(120, 120), 10), 2),
    "fdtd_2d": (fdtd_2d, fdtd_2d_by_hand, (*(normal(100, 120) for _ in range(3)), normal(8)), 4),
    "pressure": (pressure, pressure_by_hand, (uniform(80, 90), normal(80, 90), 0.1, 0.2, 20), 2),
    "gemm": (gemm, gemm_by_hand, (1.5, 1.2, normal(120, 130), normal(120, 110), normal(110, 130)), 5),
    "atax": (atax, atax_by_hand, (normal(300, 310), normal(310)), 2),
    "mvt": (mvt, mvt_by_hand, (*(normal(300) for _ in range(4)), normal(300, 300)), 5),
    "syrk": (syrk, syrk_by_hand, (1.5, 1.2, normal(30, 30), normal(30, 20)), 4),
    "cholesky": (cholesky, cholesky_by_hand, (positive_definite(30),), 1),
    "floyd_warshall": (floyd_warshall, floyd_warshall_by_hand, (uniform(60, 60),), 1),
    "covariance": (covariance, covariance_by_hand, (normal(100, 60),), 1),
    "softmax_loss": (
        softmax_loss,
        softmax_loss_by_hand,
        (normal(200, 30), normal(30, 10), normal(10), RNG.integers(0, 10, 200)),
        3,
    ),
    "lstm": (
        lstm,
        lstm_by_hand,
        (normal(80, 40)*0.2, normal(80), normal(15, 20), normal(20), normal(20)),
        5,
    ),
    "conv_2d": (conv_2d, conv_2d_by_hand, (normal(4, 24, 24, 3), normal(3, 3, 3, 8)), 2),
    "nbody": (nbody, nbody_by_hand, (normal(60, 3), normal(60, 3), uniform(60), 0.01, 5), 3),
    "rk4": (rk4, rk4_by_hand, (uniform(1000), uniform(1000), 0.1, 20), 2),
    "thomas": (thomas, thomas_by_hand, (uniform(199), 4*uniform(200), uniform(199), normal(200)), 4),
}


def compare(name: str, rounds: int, kernels: dict[str, Any]) -> tuple[float, float]:
    """Generated gradient over primal, and over the adjoint by hand; AssertionError if the two differ."""
    fun, by_hand, args, count = kernels[name]
    transform = s2sad.grad(fun, tuple(range(count)) if count > 1 else 0)
    made, wanted = transform(*args), by_hand(*args)
    for got, want in zip(*((g if count > 1 else (g,)) for g in (made, wanted)), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9*np.max(np.abs(want)), err_msg=name)
    bare = compiled(transform, args)
    calls = (lambda: bare(*args), lambda: by_hand(*args), lambda: fun(*copied(args)))
    turns = [[timed(call) for call in calls] for _ in range(rounds)]
    generated, hand, primal = (min(times) for times in zip(*turns, strict=True))
    return generated/primal, generated/hand


def main(kernels: dict[str, Any], doc: str) -> None:
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one repetition")
    parser.add_argument("names", nargs="*", help="kernels; all if none is given")
    given = parser.parse_args()
    print(f"{'kernel':20}{'/ primal':>10}{'/ by hand':>12}")
    for name in given.names or kernels:
        over_primal, over_hand = compare(name, 1 if given.quick else 5, kernels)
        print(f"{name:20}{over_primal:10.2f}{over_hand:12.2f}", flush=True)


if __name__ == "__main__":
    main(KERNELS, __doc__ or "")
