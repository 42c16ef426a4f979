"""Hessian-vector products over gradients, for programs of many kinds.

    python benchmarks/products.py            all programs
    python benchmarks/products.py --quick    one repetition
    python benchmarks/products.py lorenz vae these only

Each product is held against the difference of two gradients before both are timed, in turns within one run.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from run import keep_memory, ratio, report

import s2sad

RNG = np.random.default_rng(0)
STEP = 1e-6


def normal(*shape):
    return RNG.normal(size=shape)


# ------------------------------------------------------------------------------------- loops over numbers


def logistic(x, r, n):
    for _ in range(n):
        x = r*x*(1 - x)
    return x


def lotka_volterra(x, y, a, b, c, d, n):
    for _ in range(n):
        dx = a*x - b*x*y
        dy = -c*y + d*x*y
        x = x + 0.01*dx
        y = y + 0.01*dy
    return x*x + y*y


def lorenz(x, y, z, s, r, b, n):
    for _ in range(n):
        dx = s*(y - x)
        dy = x*(r - z) - y
        dz = x*y - b*z
        x, y, z = x + 0.005*dx, y + 0.005*dy, z + 0.005*dz
    return x + y + z


def oscillator(x, v, mu, n):
    h = 0.01
    for _ in range(n):
        a1, b1 = v, mu*(1 - x*x)*v - x
        x2, v2 = x + 0.5*h*a1, v + 0.5*h*b1
        a2, b2 = v2, mu*(1 - x2*x2)*v2 - x2
        x = x + h*a2
        v = v + h*b2
    return x*x + v*v


def pendulum(angle, n):
    speed = 0.0
    for _ in range(n):
        speed = speed - 0.098*math.sin(angle)
        angle = angle + 0.01*speed
    return angle*angle + speed*speed


def newton(a, n):
    x = a
    for _ in range(n):
        x = x - (x*x - a)/(2*x)
    return x


def kalman_filter(a, q, r, ys):
    m, p, total = 0.0, 1.0, 0.0
    for y in ys:
        m = a*m
        p = a*a*p + q
        s = p + r
        e = y - m
        k = p/s
        m = m + k*e
        p = (1 - k)*p
        total += 0.5*(math.log(s) + e*e/s)
    return total


def exponential(x):
    t, s = 1.0, 1.0
    for k in range(1, 60):
        t = t*x/k
        s = s + t
    return s


# -------------------------------------------------------------------------------------- loops over arrays


def alignment(scores):
    n, m = scores.shape
    best = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        best[i, 0] = -1.0*i
    for j in range(1, m + 1):
        best[0, j] = -1.0*j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            a = best[i-1, j-1] + scores[i-1, j-1]
            b = best[i-1, j] - 1.0
            c = best[i, j-1] - 1.0
            top = max(a, b, c)
            best[i, j] = top + math.log(math.exp(a - top) + math.exp(b - top) + math.exp(c - top))
    return best[n, m]


def derivatives(s, mu):
    return np.array([s[1], mu*(1 - s[0]**2)*s[1] - s[0]])


def runge_kutta(s, mu, n):
    h = 0.01
    for _ in range(n):
        k1 = derivatives(s, mu)
        k2 = derivatives(s + 0.5*h*k1, mu)
        k3 = derivatives(s + 0.5*h*k2, mu)
        k4 = derivatives(s + h*k3, mu)
        s = s + h/6*(k1 + 2*k2 + 2*k3 + k4)
    return np.sum(s**2)


def gaussian_filter(transition, noise, observe, ys):
    x, p = np.zeros(2), np.eye(2)
    total = 0.0
    for y in ys:
        x = transition @ x
        p = transition @ p @ transition.T + noise
        s = observe @ p @ observe.T + 0.5*np.eye(1)
        r = y - observe @ x
        inverse = np.linalg.inv(s)
        k = p @ observe.T @ inverse
        x = x + k @ r
        p = p - k @ observe @ p
        total = total + 0.5*(r @ inverse @ r + np.log(np.linalg.det(s)))
    return total


def transport(cost, a, b, n):
    kernel = np.exp(-cost/0.1)
    u = np.ones_like(a)
    for _ in range(n):
        v = b/(kernel.T @ u)
        u = a/(kernel @ v)
    return np.sum(u[:, None]*kernel*v[None, :]*cost)


def conjugate_gradients(a, b, n):
    x = np.zeros_like(b)
    r = b
    p = r
    rs = r @ r
    for _ in range(n):
        ap = a @ p
        step = rs/(p @ ap)
        x = x + step*p
        r = r - step*ap
        new = r @ r
        p = r + new/rs*p
        rs = new
    return x @ b


def recurrent(w, v, b, xs):
    h = np.zeros(16)
    for x in xs:
        h = np.tanh(w @ h + v @ x + b)
    return np.sum(h**2)


# ----------------------------------------------------------------------------------------- whole arrays


def rosenbrock(x):
    return np.sum(100*(x[1:] - x[:-1]**2)**2 + (1 - x[:-1])**2)


def huber(x, y):
    r = x - y
    return np.sum(np.where(np.abs(r) < 1, 0.5*r*r, np.abs(r) - 0.5))


def wave(x):
    return np.sum(np.sin(x)*np.exp(-x)/(1 + x**2))


def logistic_regression(w, x, y):
    return np.mean(np.log1p(np.exp(-y*(x @ w)))) + 0.01*w @ w


def entropy(x):
    e = np.exp(x - np.max(x))
    p = e/np.sum(e)
    return -np.sum(p*np.log(p))


def attention(wq, wk, wv, x):
    q, k, v = x @ wq, x @ wk, x @ wv
    s = q @ k.T/4.0
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e/e.sum(axis=1, keepdims=True)
    return np.sum((p @ v)**2)


def auto_encoder(encode, centre, spread, decode, x, noise):
    h = np.tanh(x @ encode)
    mean, log_variance = h @ centre, h @ spread
    z = mean + np.exp(0.5*log_variance)*noise
    apart = -0.5*np.sum(1 + log_variance - mean**2 - np.exp(log_variance))
    return np.sum((z @ decode - x)**2) + apart


def gaussian_process(theta, x, y):
    length, scale, noise = np.exp(theta[0]), np.exp(theta[1]), np.exp(theta[2])
    d = np.sum((x[:, None, :] - x[None, :, :])**2, axis=-1)
    lower = np.linalg.cholesky(scale*np.exp(-0.5*d/length**2) + noise*np.eye(len(y)))
    a = np.linalg.solve(lower, y)
    return 0.5*a @ a + np.sum(np.log(np.diag(lower)))


ROTATION = np.array([[1.0, 0.1], [0.0, 1.0]])
Program = tuple[Callable[..., Any], tuple[Any, ...], int]  # by its first arguments
PROGRAMS: dict[str, Program] = {
    "logistic": (logistic, (0.3, 3.5, 500), 2),
    "lotka_volterra": (lotka_volterra, (10.0, 5.0, 1.0, 0.1, 1.5, 0.075, 300), 6),
    "lorenz": (lorenz, (1.0, 1.0, 1.0, 10.0, 28.0, 8/3, 200), 6),
    "oscillator": (oscillator, (1.0, 0.5, 1.5, 200), 3),
    "pendulum": (pendulum, (0.5, 300), 1),
    "newton": (newton, (3.0, 1000), 1),
    "kalman_filter": (kalman_filter, (0.9, 0.1, 0.5, [float(v) for v in normal(300)]), 3),
    "exponential": (exponential, (0.7,), 1),
    "alignment": (alignment, (normal(15, 15),), 1),
    "runge_kutta": (runge_kutta, (np.array([1.0, 0.5]), 1.5, 10), 2),
    "gaussian_filter": (gaussian_filter, (ROTATION, 0.1*np.eye(2), np.eye(1, 2), normal(4, 1)), 2),
    "transport": (transport, (RNG.uniform(0.1, 1, (60, 60)), *(np.full(60, 1/60),)*2, 8), 1),
    "conjugate_gradients": (conjugate_gradients, (np.diag(np.arange(1.0, 21.0)), normal(20), 8), 2),
    "recurrent": (recurrent, (0.2*normal(16, 16), 0.2*normal(16, 8), normal(16), normal(10, 8)), 3),
    "rosenbrock": (rosenbrock, (normal(2000),), 1),
    "huber": (huber, (normal(500), normal(500)), 1),
    "wave": (wave, (RNG.uniform(0.5, 2, 2000),), 1),
    "logistic_regression": (logistic_regression, (normal(20), normal(500, 20), np.sign(normal(500))), 1),
    "entropy": (entropy, (normal(500),), 1),
    "attention": (attention, (*(normal(16, 16) for _ in range(3)), normal(40, 16)), 3),
    "auto_encoder": (
        auto_encoder,
        (*(0.1*normal(*s) for s in ((30, 16), (16, 4), (16, 4), (4, 30))), normal(100, 30), normal(100, 4)),
        4,
    ),
    "gaussian_process": (gaussian_process, (np.array([0.1, 0.2, -1.0]), normal(60, 3), normal(60)), 1),
}


def compare(name: str, rounds: int) -> float:
    """The product's time over the gradient's; AssertionError if it is not the derivative of the gradient."""
    fun, args, count = PROGRAMS[name]
    wrt, rng = tuple(range(count)), np.random.default_rng(1)
    v = tuple(
        float(rng.normal()) if isinstance(a, float) else rng.normal(size=a.shape) for a in args[:count]
    )
    gradient, product = s2sad.grad(fun, wrt), s2sad.hvp(fun, wrt)
    rest = args[count:]
    moved = [
        gradient(*(a + h*b for a, b in zip(args[:count], v, strict=True)), *rest) for h in (STEP, -STEP)
    ]
    for got, plus, minus in zip(product(*args, v), *moved, strict=True):
        wanted = (plus - minus)/(2*STEP)
        scale = np.max(np.abs(wanted))
        np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-3*scale, err_msg=name)
    if count == 1:
        gradient, product, v = s2sad.grad(fun), s2sad.hvp(fun), v[0]
    return ratio(lambda: product(*args, v), lambda: gradient(*args), rounds)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one repetition")
    parser.add_argument("names", nargs="*", help="programs; all if none is given")
    given = parser.parse_args()
    print("hvp / gradient                                             ratio   bound")
    for name in given.names or PROGRAMS:
        report([(name, compare(name, 1 if given.quick else 5), "2.5")])


if __name__ == "__main__":
    keep_memory()
    main()
