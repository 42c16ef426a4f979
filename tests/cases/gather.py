import numpy as np


def f(x, idx):
    return np.sum(x[idx]*x[idx])


# --- grad argnums=0 kinds=1-D,ints
# assumes: x 1-D array, idx int64 1-D array
def f_grad(x, idx):
    t1 = x[idx]
    # backward
    x_bar = np.zeros_like(x)
    np.add.at(x_bar, idx, 2 * t1)
    return x_bar
