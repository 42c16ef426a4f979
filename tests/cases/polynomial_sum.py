import numpy as np


def f(x, y, z):
    return np.sum(x**2 + x*y + z)


# --- grad argnums=(0,1,2) kinds=1-D,1-D,float
# assumes: x 1-D array, y 1-D array of x's shape, z Python float
def f_grad(x, y, z):
    return y + 2 * x, x.copy(), x.size

# --- grad argnums=(0,1) kinds=2-D,0-D,vec
# assumes: x 2-D array, y 0-D array, z 1-D array
def f_grad(x, y, z):
    return y + 2 * x, np.sum(x)
