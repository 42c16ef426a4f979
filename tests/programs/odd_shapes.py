"""Broadcasting, negative axes, several axes, einsum, arrays of rank 0 and without elements, mixed dtypes."""

import numpy as np

R = np.random.default_rng(50)
N = R.standard_normal


def broadcast(a, b):
    t = a[:, None]*b[None, :] + a.reshape(-1, 1) - b
    return np.sum(t**2)/t.size


def axes(x):
    m = x.mean(axis=(0, -1), keepdims=True)
    v = ((x - m)**2).mean(axis=(-3, 2))
    return np.sum(np.sqrt(v + 1.0)) + x.max(axis=-2).sum() + x.min(axis=(1, 2)).prod()


def einsums(A, B, v):
    t = np.einsum("ij,jk,k->i", A, B, v)
    u = np.einsum("ij->j", A)
    u = u @ u + np.tensordot(A, B.T, axes=2) + np.sum(np.einsum("...j,j->...", A, v))
    return np.einsum("i,i", t, t) + np.einsum("ii", A @ B) + u


def empty_ok(x):
    return np.sum(x**2) + np.sum(np.sin(x[1:]))*2 + np.sum(x[:0])


def zero_d(x):
    y = x*2
    y = np.sin(y) + x**2
    return y


def int_mixed(x, idx, n, flag):
    w = np.arange(n)
    s = np.sum(x[idx]*w[idx]) + (x//0.3).sum()*0.1
    return s/n if flag else -s


def f32_loop(w, xs):
    acc = np.float32(0)
    for x in xs:
        acc += w[0]*x**2 - w[1]
    return acc


def view_writes(x):
    g = np.zeros((3, 3))
    diag = g.reshape(-1)[::4]
    diag[...] = x
    g[:, 1] += x
    g.T[0] *= 2.0
    return np.sum(g @ g)


def masked_assign(x):
    y = np.zeros_like(x)
    m = x > 0
    y[m] = np.log(x[m])*x[m]
    y[~m] = x[~m]**2
    return y.sum()


def unsafe_where(x):
    with np.errstate(all="ignore"):
        return np.sum(np.where(x > 0, np.sqrt(x)*np.log(x), 0.0))


CASES = [
    (broadcast, (N(3), N(4))),
    (broadcast, (N(1), N(1))),
    (axes, (N((2, 3, 4)),)),
    (axes, (N((1, 2, 2)),)),
    (einsums, (N((3, 3)), N((3, 3)), N(3))),
    (einsums, (N((1, 1)), N((1, 1)), N(1))),
    (empty_ok, (N(0),)),
    (empty_ok, (N((0, 2)),)),
    (zero_d, (np.array(0.4),)),
    (zero_d, (np.float32(0.3),)),
    (zero_d, (0.3,)),
    (int_mixed, (N(5), np.array([1, 1, 3]), 5, True)),
    (f32_loop, (N(2).astype(np.float32), N(4).astype(np.float32))),
    (view_writes, (N(3),)),
    (view_writes, (0.4,)),
    (masked_assign, (N((2, 3)),)),
    (unsafe_where, (np.array([0.5, -0.7, 1.3, -1.0, 2.0]),)),
]
