import numpy as np


def f(x):
    y = 1/(1 + np.exp(-x))
    s = np.sum(y)
    y[...] = 0.0
    return s + np.sum(y)


# --- grad argnums=0 kinds=1-D
