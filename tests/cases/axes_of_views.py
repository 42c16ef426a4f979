"""Views that only have more axes: their cotangents are those of the array without these axes."""
import numpy as np


def f(x, y):
    d = x[:, None, :] - y[None]
    return np.sum(np.exp(-np.sum(d**2, axis=-1)))


def columns(a, b):
    return np.sum(np.sin(a[:, np.newaxis]*b))


def wide(a):
    b = a[..., None]
    b = b*b
    return np.mean(np.concatenate([b, b], axis=1))


def written(a):
    b = np.array(a)
    c = b[None, :]
    c *= 2.0
    return np.sum(b*c)


# --- value_and_grad argnums=0,1 kinds=2-D,2-D
# assumes: x 2-D array, y 2-D array of x's shape
def f_value_and_grad(x, y):
    d = x[:, None, :] - y[None]
    t1 = np.exp(-np.sum(d ** 2, axis=-1))
    value = np.sum(t1)
    # backward
    d_bar = 2 * d * (-t1)[:, :, None]
    return value, (np.sum(d_bar, axis=1), -np.sum(d_bar, axis=0))

# --- grad fun=columns argnums=0,1 kinds=vec,2-D
# assumes: a 1-D array, b 2-D array
def columns_grad(a, b):
    t1 = a[:, None]
    t2 = t1 * b
    # backward
    t3 = np.cos(t2)
    return np.sum(b * t3, axis=1), t1 * t3

# --- grad fun=wide argnums=0 kinds=1-D
# assumes: a 1-D array
def wide_grad(a):
    b = a[..., None]
    b_1 = b * b
    t1 = np.concatenate([b_1, b_1], axis=1)
    # backward
    t2 = split_like(np.full_like(t1, 1.0 / t1.size), [b_1, b_1], 1)
    a_bar = np.zeros_like(a)
    return a_bar + (2 * b * (t2[0] + t2[1]))[:, 0]

# --- grad fun=written argnums=0 kinds=1-D
# assumes: a 1-D array
def written_grad(a):
    b = np.array(a)
    c = b[None, :]
    c *= 2.0
    t1 = b * c
    # backward
    t2 = np.sum(c, axis=0) + (b * np.ones_like(t1))[0]
    t2[None, :] *= 2.0
    return t2
