"""Programs that take derivatives of their own, in the style of people who come from torch or JAX.

Residuals of differential equations, gradient penalties, meta-learning, optimisers and solvers that are differentiated
through, mechanics, samplers, implicit layers; arguments are arrays, dicts, lists, namedtuples and dataclasses.
Each entry of PROGRAMS is a function, its arguments, and the arguments that it is differentiated by (None: all).
"""

from __future__ import annotations

import itertools
from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from s2sad import grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, stop_gradient, value_and_grad, vjp

PROGRAMS: list[tuple[Callable[..., Any], tuple[Any, ...], Sequence[int] | None]] = []
R = np.random.default_rng(0).normal


def prog(*args: Any, wrt: Sequence[int] | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a program with its arguments."""

    def add(fun: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((fun, args, wrt))
        return fun

    return add


# ---------- networks
def mlp(params, x):
    for W, b in params[:-1]:
        x = np.tanh(x @ W + b)
    W, b = params[-1]
    return x @ W + b


def init(sizes):
    r = np.random.default_rng(3)
    return [(0.5 * r.normal(size=(m, n)), 0.1 * r.normal(size=n)) for m, n in itertools.pairwise(sizes)]


P1 = init([1, 4, 4, 1])
P2 = init([2, 4, 1])


def u(params, x):
    return mlp(params, np.array([x]))[0]


def u2(params, x, t):
    return mlp(params, np.stack([x, t]))[0]


@prog(P1, np.linspace(0.1, 0.9, 4))
def pinn_loop(params, xs):
    loss = 0.0
    for x in xs:
        ux = grad(u, 1)
        uxx = grad(grad(u, 1), 1)(params, x)
        loss += (uxx + u(params, x) * ux(params, x) - np.sin(x)) ** 2
    return loss / len(xs)


u_x = grad(u2, argnums=1)
u_t = grad(u2, argnums=2)
u_xx = grad(u_x, argnums=1)


@prog(P2, np.linspace(0.1, 0.9, 3), np.linspace(0.2, 0.4, 3))
def burgers(params, x, t):
    total = 0.0
    for i in range(len(x)):
        r = (
            u_t(params, x[i], t[i])
            + u2(params, x[i], t[i]) * u_x(params, x[i], t[i])
            - 0.01 * u_xx(params, x[i], t[i])
        )
        total = total + r**2
    return total / len(x)


@prog(P2, np.linspace(0.1, 0.9, 3), np.linspace(0.2, 0.4, 3))
def burgers_lambda(params, x, t):
    uu = lambda a, b: mlp(params, np.array([a, b]))[0]
    total = 0.0
    for xi, ti in zip(x, t):
        ux = grad(uu, 0)(xi, ti)
        uxx = grad(grad(uu, 0), 0)(xi, ti)
        ut = grad(uu, 1)(xi, ti)
        total += (ut + uu(xi, ti) * ux - 0.1 * uxx) ** 2
    return total


# batch: sum trick
def net_sum(params, X):
    return np.sum(mlp(params, X))


@prog(P2, R(size=(5, 2)))
def pinn_batch(params, X):
    dX = grad(net_sum, 1)(params, X)
    ux, ut = dX[:, 0], dX[:, 1]
    uxx = grad(lambda Y: np.sum(grad(net_sum, 1)(params, Y)[:, 0]))(X)[:, 0]
    res = ut + mlp(params, X)[:, 0] * ux - 0.1 * uxx
    return np.mean(res**2)


@prog(P1, 0.3)
def pinn_jvp(params, x):
    f = lambda z: u(params, z)
    fx = lambda z: jvp(f, (z,), (1.0,))[1]
    fxx = jvp(fx, (x,), (1.0,))[1]
    return (fxx + np.sin(x)) ** 2


@prog({"w": R(size=(3, 3)), "b": R(size=3)}, R(size=3), R(size=3))
def maml_dict(p, x, y):
    def inner_loss(p):
        return np.mean((np.tanh(p["w"] @ x + p["b"]) - y) ** 2)

    for _ in range(3):
        g = grad(inner_loss)(p)
        p = {k: p[k] - 0.1 * g[k] for k in p}
    return inner_loss(p)


def task_loss(params, x, y):
    return np.mean((mlp(params, x) - y) ** 2)


@prog(init([1, 4, 1]), R(size=(4, 1)), R(size=(4, 1)), R(size=(4, 1)), R(size=(4, 1)))
def maml_list_of_tuples(params, x1, y1, x2, y2):
    grads = grad(task_loss)(params, x1, y1)
    fast = [(W - 0.1 * dW, b - 0.1 * db) for (W, b), (dW, db) in zip(params, grads)]
    return task_loss(fast, x2, y2)


@prog(init([1, 4, 1]), R(size=(4, 1)), R(size=(4, 1)))
def maml_steps(params, x, y):
    fast = params
    for _ in range(2):
        grads = grad(task_loss)(fast, x, y)
        fast = [(W - 0.1 * dW, b - 0.1 * db) for (W, b), (dW, db) in zip(fast, grads)]
    return task_loss(fast, x, y)


Params = namedtuple("Params", "w b")


@prog(Params(R(size=3), R(size=()) * 1.0), R(size=(4, 3)), R(size=4))
def maml_namedtuple(p, x, y):
    def loss(p):
        return np.mean((x @ p.w + p.b - y) ** 2)

    g = grad(loss)(p)
    p = Params(p.w - 0.1 * g.w, p.b - 0.1 * g.b)
    return loss(p)


@dataclass
class DP:
    w: np.ndarray
    b: float


@prog(DP(R(size=3), 0.3), R(size=(4, 3)), R(size=4))
def maml_dataclass(p, x, y):
    def loss(p):
        return np.mean((x @ p.w + p.b - y) ** 2)

    g = grad(loss)(p)
    p = DP(p.w - 0.1 * g.w, p.b - 0.1 * g.b)
    return loss(p)


@prog(Params(R(size=3), R(size=()) * 1.0), R(size=(4, 3)), R(size=4))
def maml_namedtuple_replace(p, x, y):
    def loss(p):
        return np.mean((x @ p.w + p.b - y) ** 2)

    for _ in range(2):
        g = grad(loss)(p)
        p = p._replace(w=p.w - 0.1 * g.w, b=p.b - 0.1 * g.b)
    return loss(p)


# ------- gradient penalty
def critic(p, x):
    h = np.maximum(x @ p["w1"] + p["b1"], 0.1 * (x @ p["w1"] + p["b1"]))
    return np.tanh(h) @ p["w2"]


CP = {"w1": R(size=(2, 4)), "b1": R(size=4), "w2": R(size=4)}


@prog(CP, R(size=(5, 2)), R(size=(5, 2)), R(size=(5, 1)))
def wgan_gp(p, real, fake, eps):
    mix = eps * real + (1 - eps) * fake
    g = grad(lambda x: np.sum(critic(p, x)))(mix)
    norm = np.sqrt(np.sum(g**2, axis=1) + 1e-12)
    gp = np.mean((norm - 1.0) ** 2)
    return np.mean(critic(p, fake)) - np.mean(critic(p, real)) + 10.0 * gp


@prog(CP, R(size=(5, 2)))
def r1(p, x):
    _, pull = vjp(lambda z: critic(p, z), x)
    (g,) = pull(np.ones(5))
    return 0.5 * np.mean(np.sum(g * g, axis=-1))


# -------- optimiser differentiated through
@prog(0.1, 0.9, R(size=3), R(size=(4, 3)), R(size=4))
def momentum(lr, mom, w, X, y):
    v = np.zeros_like(w)

    def loss(w):
        return 0.5 * np.mean((X @ w - y) ** 2)

    g = grad(loss)
    for _ in range(5):
        v = mom * v - lr * g(w)
        w = w + v
    return loss(w)


@prog(0.1, R(size=3), R(size=(4, 3)), R(size=4))
def adam(lr, w, X, y):
    m = np.zeros(3)
    s = np.zeros(3)
    b1, b2, eps = 0.9, 0.999, 1e-8
    loss = lambda w: np.mean((np.tanh(X @ w) - y) ** 2)
    for t in range(1, 5):
        g = grad(loss)(w)
        m = b1 * m + (1 - b1) * g
        s = b2 * s + (1 - b2) * g**2
        mh = m / (1 - b1**t)
        sh = s / (1 - b2**t)
        w = w - lr * mh / (np.sqrt(sh) + eps)
    return loss(w)


@prog(0.1, R(size=3), R(size=(4, 3)), R(size=4))
def adam_inplace(lr, w, X, y):
    w = w.copy()
    m = np.zeros(3)
    s = np.zeros(3)
    b1, b2, eps = 0.9, 0.999, 1e-8
    loss = lambda w: np.mean((np.tanh(X @ w) - y) ** 2)
    for t in range(1, 5):
        value, g = value_and_grad(loss)(w)
        m *= b1
        m += (1 - b1) * g
        s *= b2
        s += (1 - b2) * g * g
        w -= lr * (m / (1 - b1**t)) / (np.sqrt(s / (1 - b2**t)) + eps)
    return loss(w) + value


@prog(R(size=3) * 0.3, np.array([1.0, 2.0]))
def newton_method(x, a):
    def energy(x):
        return np.sum(np.cosh(x)) + a[0] * x[0] * x[1] + 0.5 * a[1] * np.sum(x**2)

    for _ in range(3):
        H = hessian(energy)(x)
        g = grad(energy)(x)
        x = x - np.linalg.solve(H + 2 * np.eye(3), g)
    return energy(x)


def rosen(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


@prog(R(size=4) * 0.3)
def hess_trace(x):
    return np.trace(hessian(rosen)(x))


@prog(R(size=4) * 0.3)
def hess_logdet(x):
    H = hessian(rosen)(x)
    return np.linalg.slogdet(H @ H.T + np.eye(4))[1]


@prog(R(size=4) * 0.3, R(size=4))
def hvp_inside(x, v):
    return np.dot(v, hvp(rosen)(x, v))


def field(x, a=1.0):
    return np.array([a * x[0] * x[1], np.sin(x[1]) * x[2], x[2] ** 3 - x[0]])


@prog(R(size=3))
def divergence(x):
    return np.trace(jacobian(field)(x)) ** 2


@prog(R(size=3))
def div_fwd(x):
    return np.trace(jacfwd(field)(x)) ** 2


@prog(R(size=3), 0.7)
def div_rev(x, a):
    J = jacrev(field)(x, a)
    return np.sum(J * J)


@prog(R(size=3), 0.7)
def logdet_flow(x, a):
    total = 0.0
    for _ in range(2):
        J = jacfwd(field)(x, a=a)
        total = total + np.log(np.abs(np.linalg.det(J + 3 * np.eye(3))))
        x = x + 0.1 * field(x, a)
    return total


@prog(R(size=3), 0.7)
def jac_argnums(x, a):
    Jx, Ja = jacfwd(field, argnums=(0, 1))(x, a)
    return np.sum(Jx**2) + np.sum(Ja**2)


@prog(R(size=3), 0.7)
def jac_argnums_rev(x, a):
    Jx, Ja = jacrev(field, argnums=(0, 1))(x, a)
    return np.sum(Jx**2) + np.sum(Ja**2)


@prog({"w": R(size=3), "b": 0.3})
def jac_dict(p):
    J = jacfwd(lambda p: np.tanh(p["w"] * p["b"]))(p)
    return np.sum(J["w"] ** 2) + np.sum(J["b"] ** 2)


@prog({"w": R(size=3), "b": 0.3})
def hess_dict(p):
    H = hessian(lambda p: np.sum(np.tanh(p["w"] * p["b"])))(p)
    return np.sum(H["w"]["w"] ** 2) + np.sum(H["b"]["b"] ** 2) + np.sum(H["w"]["b"])


@prog(R(size=3), R(size=2))
def hess_argnums(x, y):
    H = hessian(lambda x, y: np.sum(np.sin(x)) * np.sum(y**3), argnums=(0, 1))(x, y)
    return np.sum(H[0][0]) + np.sum(H[0][1] ** 2) + np.sum(H[1][1])


@prog({"w": R(size=3), "b": 0.3}, {"w": R(size=3), "b": 0.7})
def hvp_dict(p, v):
    h = hvp(lambda p: np.sum(np.tanh(p["w"] * p["b"])))(p, v)
    return np.sum(h["w"] ** 2) + h["b"]


@prog(R(size=3), R(size=2))
def hvp_argnums(x, y):
    hx, hy = hvp(lambda x, y: np.sum(np.sin(x)) * np.sum(y**3), argnums=(0, 1))(
        x, y, (np.ones(3), np.ones(2))
    )
    return np.sum(hx**2) + np.sum(hy)


# ------- implicit layers
@prog(R(size=(3, 3)) * 0.2, R(size=3))
def deq(W, x):
    z = np.zeros(3)
    for _ in range(30):
        z = np.tanh(W @ z + x)
    return np.sum(z**2)


@prog(R(size=(3, 3)) * 0.2, R(size=3))
def deq_newton(W, x):
    F = lambda z: z - np.tanh(W @ z + x)
    z = np.zeros(3)
    for _ in range(6):
        z = z - np.linalg.solve(jacfwd(F)(z), F(z))
    return np.sum(z**2)


@prog(R(size=3) * 0.1, 0.3, wrt=(1,))
def deq_one_step(z, a):
    f = lambda z: np.tanh(a * z + 0.2)
    z = stop_gradient(z)
    return np.sum(f(f(z))) + np.sum(grad(lambda q: np.sum(f(q)))(z))


@prog(1.3, 0.4)
def bisect_newton(a, b):
    g = lambda x: x**3 + a * x - b
    x = 1.0
    while abs(g(x)) > 1e-12:
        x = x - g(x) / grad(g)(x)
    return x * a


@prog(1.3, 0.4)
def third_inside(x, k):
    f = lambda t: np.sin(k * t) * t
    return grad(grad(grad(f)))(x)


@prog(1.3)
def taylor(x):
    f = np.sin
    total = 0.0
    total += f(x)
    d1 = grad(np.sin)
    d2 = grad(d1)
    d3 = grad(d2)
    return total + d1(x) * 0.1 + d2(x) * 0.01 / 2 + d3(x) * 0.001 / 6


# hamiltonian / lagrangian
def hamiltonian(q, p, k):
    return 0.5 * np.sum(p * p) + k * np.sum(1 - np.cos(q))


@prog(R(size=2), R(size=2), 1.3)
def leapfrog(q, p, k):
    dq = grad(hamiltonian, 0)
    dp = grad(hamiltonian, 1)
    for _ in range(4):
        p = p - 0.05 * dq(q, p, k)
        q = q + 0.1 * dp(q, p, k)
        p = p - 0.05 * dq(q, p, k)
    return hamiltonian(q, p, k) + q[0]


def lagrangian(q, qd, m):
    return 0.5 * m * np.sum(qd**2) * (1 + 0.1 * np.cos(q[0])) - np.sum(np.cos(q)) - q[0] * q[1]


@prog(R(size=2), R(size=2), 1.3)
def euler_lagrange(q, qd, m):
    M = hessian(lagrangian, 1)(q, qd, m)
    C = jacfwd(grad(lagrangian, 1), 0)(q, qd, m)
    F = grad(lagrangian, 0)(q, qd, m) - C @ qd
    a = np.linalg.solve(M, F)
    return np.sum(a**2)


# HMC
def logp(x, s):
    return -0.5 * np.sum((x / s) ** 2) - np.sum(np.log(s)) - 0.1 * np.sum(x**4)


@prog(R(size=3), np.exp(R(size=3) * 0.2), R(size=3))
def hmc(x, s, p):
    score = grad(logp)
    for _ in range(3):
        p = p + 0.05 * score(x, s)
        x = x + 0.1 * p
        p = p + 0.05 * score(x, s)
    return logp(x, s) - 0.5 * p @ p


@prog(R(size=3), np.exp(R(size=3) * 0.2))
def laplace(x, s):
    for _ in range(4):
        g, H = grad(logp)(x, s), hessian(logp)(x, s)
        x = x - np.linalg.solve(H, g)
    return logp(x, s) - 0.5 * np.linalg.slogdet(-hessian(logp)(x, s))[1]


@prog(R(size=3), np.exp(R(size=3) * 0.2))
def score_matching(x, s):
    score = grad(logp)
    J = jacfwd(score)(x, s)
    return 0.5 * np.sum(score(x, s) ** 2) + np.trace(J)


class Net:
    def __init__(self, k):
        self.k = k
        self.W = np.array([[0.3, -0.2], [0.5, 0.7]])

    def __call__(self, x):
        return np.sum(np.tanh(self.W @ x) * self.k)

    def energy(self, x):
        return np.sum(np.tanh(self.W @ x) * self.k)

    def force(self, x):
        return -grad(self.energy)(x)


net = Net(1.5)


@prog(R(size=2))
def force_method(x):
    return np.sum(net.force(x) ** 2)


@prog(R(size=2))
def callable_object(x):
    return np.sum(grad(net)(x) ** 2)


@prog(R(size=2))
def partial_inside(x):
    g = grad(partial(critic_scalar, k=2.0))
    return np.sum(g(x) ** 2)


def critic_scalar(x, k):
    return np.sum(np.sin(k * x) * x)


@prog(R(size=3), 0.4)
def aux_inside(x, k):
    def f(x):
        h = np.tanh(k * x)
        return np.sum(h**2), h

    (value, h), g = value_and_grad(f, has_aux=True)(x)
    return value + np.sum(g * h)


@prog(R(size=3), 0.4)
def aux_grad_inside(x, k):
    def f(x):
        h = np.tanh(k * x)
        return np.sum(h**2), {"h": h}

    g, aux = grad(f, has_aux=True)(x)
    return np.sum(g * aux["h"])


@prog([R(size=2), R(size=2)])
def list_arg(xs):
    g = grad(lambda ys: np.sum(ys[0] * np.sin(ys[1])))(xs)
    return np.sum(g[0] ** 2) + np.sum(g[1])


@prog(R(size=3))
def vjp_inside(x):
    out, pull = vjp(field, x)
    return np.sum(pull(out)[0] ** 2)


@prog(R(size=3), R(size=3))
def gauss_newton(x, y):
    r = lambda z: field(z) - y
    for _ in range(2):
        J = jacrev(r)(x)
        x = x - np.linalg.solve(J.T @ J + np.eye(3), J.T @ r(x))
    return np.sum(r(x) ** 2)


@prog(R(size=3))
def map_grads(x):
    gs = [grad(f)(x) for f in (rosen, lambda z: np.sum(z**3))]
    return np.sum(gs[0] * gs[1])


FUNS = {"a": rosen, "b": lambda z: np.sum(z**3)}


@prog(R(size=3), "a")
def dict_grad(x, name):
    return np.sum(grad(FUNS[name])(x) ** 2)


@prog(R(size=3), rosen)
def arg_grad(x, f):
    return np.sum(grad(f)(x) ** 2)


def model(p, x):
    return np.tanh(x @ p.w + p.b)


@prog(Params(R(size=3), 0.3), R(size=(4, 3)))
def jac_nt(p, x):
    J = jacfwd(model)(p, x)
    return np.sum(J.w**2) + np.sum(J.b**2)


@prog(Params(R(size=3), 0.3), R(size=(4, 3)))
def jacrev_nt(p, x):
    J = jacrev(model)(p, x)
    return np.sum(J.w**2) + np.sum(J.b**2)


@prog(DP(R(size=3), 0.3), R(size=(4, 3)))
def jac_dc(p, x):
    J = jacobian(model)(p, x)
    return np.sum(J.w**2) + np.sum(J.b**2)


@prog(DP(R(size=3), 0.3), R(size=(4, 3)))
def hess_dc(p, x):
    H = hessian(lambda p: np.sum(model(p, x)))(p)
    return np.sum(H.w.w**2) + H.b.b + np.sum(H.w.b) + np.sum(H.b.w**2)


@prog(Params(R(size=3), 0.3), R(size=(4, 3)))
def hvp_nt(p, x):
    h = hvp(lambda p: np.sum(model(p, x)))(p, p)
    return np.sum(h.w**2) + h.b


@prog(0.3, R(size=2))
def hess_scalar(a, x):
    f = lambda a, x: np.sum(np.sin(a * x))
    H = hessian(f, argnums=(0, 1))(a, x)
    return H[0][0] + np.sum(H[0][1] * H[1][0]) + np.sum(H[1][1] ** 2)


@prog(R(size=2))
def jac_aux(x):
    def f(x):
        y = np.sin(x) * x[0]
        return y, {"y": y, "n": 3}

    J, aux = jacfwd(f, has_aux=True)(x)
    J2, aux2 = jacrev(f, has_aux=True)(x)
    return np.sum(J * J2) + np.sum(aux["y"] * aux2["y"]) * aux["n"]


@prog(R(size=2))
def hess_aux(x):
    def f(x):
        y = np.sin(x) * x[0]
        return np.sum(y), y

    H, aux = hessian(f, has_aux=True)(x)
    h, aux2 = hvp(f, has_aux=True)(x, x)
    return np.sum(H * H) + np.sum(aux * aux2) + np.sum(h)


@prog(R(size=2))
def vag_aux(x):
    def f(x, k):
        y = np.sin(x) * k
        return np.sum(y), (y, k)

    (v, (y, k)), (gx, gk) = value_and_grad(f, (0, 1), has_aux=True)(x, 2.0)
    return v * np.sum(y) * k + np.sum(gx) * gk


@prog(R(size=(2, 3)))
def jac_matrix(W):
    J = jacfwd(lambda W: np.tanh(W @ W.T))(W)
    J2 = jacrev(lambda W: np.tanh(W @ W.T))(W)
    return np.sum(J * J2)


@prog(R(size=3))
def jacrev_scalar(x):
    return np.sum(jacrev(lambda x: np.sum(x**3))(x) ** 2)


@prog(0.7)
def jac_of_scalar(x):
    return jacfwd(np.sin)(x) * jacrev(np.cos)(x)


@prog(0.7)
def vector_of_scalar(t):
    v = jacfwd(lambda t: np.array([np.cos(t), np.sin(t)]))(t)
    a = jacfwd(jacfwd(lambda t: np.array([np.cos(t), np.sin(t)])))(t)
    return v[0] * a[1] - v[1] * a[0]


@prog(R(size=2))
def hess_of_hess(x):
    f = lambda x: np.sum(x**4) * x[0]
    return np.sum(hessian(lambda z: np.trace(hessian(f)(z)))(x))


@prog(R(size=2))
def jac3(x):
    f = lambda x: np.sum(np.sin(x) * x[::-1])
    T = jacfwd(hessian(f))(x)
    return np.sum(T**2)


@prog(R(size=3), R(size=3))
def vjp_tuple(x, y):
    (a, b), pull = vjp(lambda x, y: (x * y, np.sum(x)), x, y)
    gx, gy = pull((a, b))
    return np.sum(gx * gy)


@prog(R(size=3), R(size=3))
def vjp_twice(x, y):
    out, pull = vjp(np.multiply, x, y)
    (g1, g2), (h1, h2) = pull(x), pull(y * out)
    return np.sum(g1 * h2) + np.sum(g2 * h1)


@prog(R(size=3))
def vjp_aux(x):
    out, pull, aux = vjp(lambda x: (x**2, np.sum(x)), x, has_aux=True)
    return np.sum(pull(out)[0]) * aux


@prog(R(size=3))
def vjp_rows(x):
    f = lambda x: np.array([x[0] * x[1], np.sin(x[2]) * x[0]])
    _, pull = vjp(f, x)
    J = np.stack([pull(row)[0] for row in np.eye(2)])
    return np.sum(J @ J.T)


@prog(R(size=3))
def vjp_in_loop(x):
    for k in range(2):
        y, pull = vjp(lambda z: np.sin(z) * k + z**2, x)
        (x,) = pull(y)
    return np.sum(x)


@prog(R(size=3), R(size=3))
def written_between(x, v):
    y, pull = vjp(lambda z: z**3, x)
    x = x.copy()
    x[0] = 5.0
    y *= 2
    return np.sum(pull(v)[0] * y)


@prog(R(size=3))
def written_arg(x):
    x = x * 1.0
    y, pull = vjp(lambda z: z**3, x)
    x[0] = 5.0
    x *= 2
    return np.sum(pull(y)[0] * x)


@prog(R(size=3), 2)
def int_arg(x, n):
    out, pull = vjp(lambda x, n: x**n, x, n)
    gx, gn = pull(out)
    assert gn is None
    return np.sum(gx)


# training of hyperparameters
def perceptron(params, x):
    h = x
    for layer in params[:-1]:
        h = np.maximum(h @ layer["w"] + layer["b"], 0.0)
    return h @ params[-1]["w"] + params[-1]["b"]


PD = [{"w": R(size=(2, 3)), "b": R(size=3)}, {"w": R(size=(3, 1)), "b": R(size=1)}]


@prog(PD, R(size=(5, 2)), R(size=(5, 1)), 0.05)
def list_of_dicts(params, x, y, lr):
    loss = lambda p: np.mean((perceptron(p, x) - y) ** 2)
    for _ in range(2):
        g = grad(loss)(params)
        params = [{k: p[k] - lr * gp[k] for k in p} for p, gp in zip(params, g)]
    return loss(params)


@prog(PD, R(size=(5, 2)), R(size=(5, 1)), 0.05)
def nested_dict_update(params, x, y, lr):
    loss = lambda p: np.mean((perceptron(p, x) - y) ** 2)
    g = grad(loss)(params)
    new = []
    for p, gp in zip(params, g):
        new.append({"w": p["w"] - lr * gp["w"], "b": p["b"] - lr * gp["b"]})
    return loss(new)


@prog(R(size=(3, 2)), R(size=(4, 3)), R(size=(4, 2)), np.array([0.1, 0.2]))
def hyper_l2(W, X, Y, lam):
    def loss(W):
        return np.mean((X @ W - Y) ** 2) + np.sum(np.exp(lam) * np.sum(W**2, axis=0))

    for _ in range(3):
        W = W - 0.05 * grad(loss)(W)
    return np.mean((X @ W - Y) ** 2)


@prog(R(size=3), R(size=3))
def influence(w, x):
    f = lambda w: np.sum(np.cosh(w * x))
    H = hessian(f)(w)
    return grad(f)(w) @ np.linalg.solve(H + np.eye(3), grad(f)(w))


@prog(R(size=4), R(size=4))
def cg_newton(x, v):
    f = lambda x: np.sum(np.cosh(x)) + x[0] * x[1]
    b = grad(f)(x)
    z = np.zeros(4)
    r = b.copy()
    p = r.copy()
    for _ in range(3):
        Ap = hvp(f)(x, p)
        a = (r @ r) / (p @ Ap)
        z = z + a * p
        rn = r - a * Ap
        p = rn + (rn @ rn) / (r @ r) * p
        r = rn
    return z @ v


@prog(R(size=3), 0.2)
def langevin(x, eps):
    U = lambda x: np.sum(x**4) / 4 - np.sum(x**2) / 2
    for _ in range(3):
        x = x - eps * grad(U)(x)
    return U(x)


@prog(R(size=3), R(size=3))
def adversarial(w, x):
    loss = lambda x: np.log1p(np.exp(-w @ x))
    for _ in range(2):
        g = grad(loss)(x)
        x = x + 0.1 * g / np.sqrt(np.sum(g**2) + 1e-9)
    return loss(x)


@prog(R(size=(4, 2)), R(size=(4,)), R(size=2))
def deq_implicit(W, b, x):
    A = W @ W.T * 0.05
    f = lambda z: np.tanh(A @ z + W @ x + b)
    z = np.zeros(4)
    for _ in range(20):
        z = f(z)
    J = jacrev(f)(z)
    return np.sum(z**2) + np.linalg.slogdet(np.eye(4) - J)[1]


@prog(R(size=3), R(size=3))
def bilevel(x, y):
    def inner(z):
        return 0.5 * np.sum((z - x) ** 2) + 0.1 * np.sum(np.cos(z * y))

    z = x
    for _ in range(3):
        z = z - 0.5 * grad(inner)(z)

    def outer(z):
        return np.sum(z**2)

    g = grad(outer)(z)
    return outer(z) + g @ hvp(inner)(z, g)


@prog(0.3, 0.4, 0.5)
def mixed3(x, y, z):
    f = lambda x, y, z: np.sin(x * y) * np.exp(y * z)
    return grad(grad(grad(f, 0), 1), 2)(x, y, z)


@prog(np.linspace(0.1, 0.9, 4))
def laplacian_grid(x):
    u = lambda x, y: np.sin(x) * np.cosh(y)
    out = 0.0
    for a in x:
        for b in x:
            out = out + grad(grad(u, 0), 0)(a, b) * grad(grad(u, 1), 1)(a, b)
    return out


@prog(R(size=3))
def comprehension(x):
    f = lambda t: np.sin(t) * t
    return sum(grad(f)(t) ** 2 for t in x) + np.sum(np.array([grad(grad(f))(t) for t in x]))


@prog(R(size=(5, 2)))
def map_rows(X):
    f = lambda r: r[0] * np.sin(r[1])
    G = np.array([grad(f)(r) for r in X])
    return np.sum(G**2)


@prog(R(size=3), True)
def branch(x, flag):
    f = (lambda z: np.sum(z**2)) if flag else (lambda z: np.sum(z**3))
    return np.sum(grad(f)(x) ** 3)


@prog(R(size=3))
def branch_data(x):
    if x[0] > 0:
        g = grad(lambda z: np.sum(z**2))(x)
    else:
        g = grad(lambda z: np.sum(np.cos(z)))(x)
    return np.sum(g**3)


class Flow:
    def __init__(self, k):
        self.k = k

    def potential(self, q):
        return self.k * np.sum(1 - np.cos(q))

    def step(self, q, p, h):
        p = p - h * grad(self.potential)(q)
        return q + h * p, p


FL = Flow(1.3)


@prog(R(size=2), R(size=2))
def object_outside(q, p):
    for _ in range(3):
        q, p = FL.step(q, p, 0.1)
    return np.sum(q * p)


def make_loss(k):
    def loss(x):
        return k * np.sum(x**3)

    return loss


@prog(R(size=2), 1.3)
def factory(x, k):
    return np.sum(grad(make_loss(k))(x))


@prog(R(size=2), 1.3)
def dec(x, k):
    @grad
    def f(x):
        return k * np.sum(x**3)

    return np.sum(f(x) ** 2)


@prog(R(size=2), 1.3)
def kwonly(x, k):
    def f(x, *, k=2.0):
        return k * np.sum(x**3)

    return np.sum(grad(f)(x, k=k) ** 2) + np.sum(grad(f)(x))


@prog(R(size=2), 1.3)
def defaults(x, k):
    def f(x, a=k):
        return a * np.sum(x**3)

    return np.sum(grad(f)(x) ** 2)
