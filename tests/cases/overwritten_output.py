import numpy as np


def f(x):
    y = 1/(1 + np.exp(-x))
    s = np.sum(y)
    y[...] = 0.0
    return s + np.sum(y)


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = np.exp(-x)
    t2 = 1 + t1
    y = 1 / t2
    # backward
    with np.errstate(all="ignore"):
        y_bar = np.ones_like(y)
        y_bar[...] = 1.0
        return t1 * (y_bar * y / t2)
