import numpy as np


def f(a, b):
    x = np.linalg.solve(a, b)
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=2-D,vec
# assumes: a 2-D array, b 1-D array
def f_grad(a, b):
    x = np.linalg.solve(a, b)
    # backward
    x_bar = 2 * x
    t1 = a.T
    return -np.outer(np.linalg.solve(t1, x_bar), x), np.linalg.solve(t1, x_bar)

# --- jvp argnums=(0,1) kinds=2-D,vec
# assumes: a 2-D array, b 1-D array, a_dot like a, b_dot like b
def f_jvp(a, b, a_dot, b_dot):
    x = np.linalg.solve(a, b)
    value = np.sum(x * x)
    return value, np.vdot(2 * x, np.linalg.solve(a, b_dot - a_dot @ x))
