import numpy as np


def twice(fn, x):
    return fn(fn(x))


def f(x):
    return np.sum(twice(np.sin, x) + twice(lambda v: 3*v, x))


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = np.sin(x)
    # backward
    return 9.0 + np.cos(x) * np.cos(t1)
