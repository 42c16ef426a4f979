import numpy as np


def f(x, k=3.0):
    return np.sum(k*x*x)


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array, k Python float
def f_grad(x, k=3.0):
    return 2 * k * x
