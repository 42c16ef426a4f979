import numpy as np


def f(x):
    y = 1/(1 + np.exp(-x))
    s = np.sum(y)
    y[...] = 0.0
    return s + np.sum(y)


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    y = 1 / (1 + np.exp(-x))
    # backward
    y_bar = np.ones_like(y)
    y_bar[...] = 1.0
    return (1 - y) * y * y_bar
