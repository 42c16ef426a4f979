import numpy as np


def f(a, b):
    x = np.linalg.solve(a, b)
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=2-D,vec
# assumes: a 2-D array, b 1-D array
def f_grad(a, b):
    x = np.linalg.solve(a, b)
    # backward
    b_bar = np.linalg.solve(a.T, 2 * x)
    return -np.outer(b_bar, x), b_bar

# --- jvp argnums=(0,1) kinds=2-D,vec
# assumes: a 2-D array, b 1-D array, a_dot like a, b_dot like b
def f_jvp(a, b, a_dot, b_dot):
    x = np.linalg.solve(a, b)
    value = np.sum(x * x)
    return value, 2 * np.vdot(x, np.linalg.solve(a, b_dot - a_dot @ x))
