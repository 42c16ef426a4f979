import numpy as np


def f(x, v):
    m = x > 1.0
    x[m] = v*x[m]
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=1-D,float
