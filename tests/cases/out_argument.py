import numpy as np


def f(x, y):
    np.multiply(x, y, out=x)
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=1-D,1-D
