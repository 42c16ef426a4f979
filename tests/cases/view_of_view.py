import numpy as np


def f(x):
    v = x[1:]
    w = v[::2]
    w *= w
    return np.sum(x*x)


# --- grad argnums=0 kinds=1-D
