import numpy as np


def f(x, y):
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=1-D,1-D
