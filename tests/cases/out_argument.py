import numpy as np


def f(x, y):
    np.multiply(x, y, out=x)
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=1-D,1-D
# assumes: x 1-D array, y 1-D array of x's shape
def f_grad(x, y):
    x = x.copy("K")
    t1 = x.copy()
    x[...] = np.multiply(x, y)
    # backward
    x_bar = 2 * x
    return y * x_bar, t1 * x_bar
