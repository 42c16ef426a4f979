"""What the user unpacks from arrays and lists is unpacked; what is taken by its index stays as it is."""
import numpy as np


def f(theta, x):
    scale, _, shift = np.exp(theta)
    return np.sum(scale*x*x + shift)


def parts(x, w):
    q, k = np.split(x @ w, [2], axis=-1)
    return np.sum(q[:, :1]*k)


def wrong(x):
    s = 0.0
    try:
        a, b = x*x
        s = a*b
    except ValueError:
        s = x[0]*x[1]
    return s


def by_index(theta, x):
    t = np.exp(theta)
    return np.sum(t[0]*x + t[1])


# --- value_and_grad argnums=0,1 kinds=vec,1-D
# assumes: theta 1-D array, x 1-D array
def f_value_and_grad(theta, x):
    t1 = np.exp(theta)
    scale, _, shift = t1
    value = np.sum(scale * x * x + shift)
    # backward
    t2 = np.zeros_like(theta)
    t2[2] = x.size
    t2[0] = np.vdot(x, x)
    return value, (t1 * t2, 2 * scale * x)

# --- grad fun=parts argnums=0,1 kinds=2-D,2-D
# assumes: x 2-D array, w 2-D array of x's shape
def parts_grad(x, w):
    t1 = np.split(x @ w, [2], axis=-1)
    q, k = t1
    t2 = q[:, :1]
    t3 = t2 * k
    # backward
    t4 = np.ones_like(t3)
    q_bar = np.zeros_like(q)
    q_bar[:, :1] = unbroadcast(k * t4, t2)
    t5 = [np.zeros_like(item) for item in t1]
    t5[1] += unbroadcast(t2 * t4, k)
    t5[0] += q_bar
    t6 = np.concatenate(t5, axis=-1)
    return t6 @ w.T, x.T @ t6

# --- grad fun=wrong argnums=0 kinds=vec
# assumes: x 1-D array
def wrong_grad(x):
    try:
        a, b = x * x
        s = a * b
        done = True
    except ValueError:
        t1 = x[0]
        t2 = x[1]
        done = False
    # backward
    if done:
        t3 = np.zeros_like(x)
        t3[1] = a
        t3[0] = b
        x_bar = 2 * x * t3
    else:
        x_bar = np.zeros_like(x)
        x_bar[1] = t1
        x_bar[0] = t2
    return x_bar

# --- grad fun=by_index argnums=0 kinds=vec,1-D
# assumes: theta 1-D array, x 1-D array
def by_index_grad(theta, x):
    t = np.exp(theta)
    t1 = t[0]
    t2 = t[1]
    # backward
    t_bar = np.zeros_like(theta)
    t_bar[1] = x.size
    t_bar[0] = np.sum(x)
    return t * t_bar
