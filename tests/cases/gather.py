import numpy as np


def f(x, idx):
    return np.sum(x[idx]*x[idx])


# --- grad argnums=0 kinds=1-D,ints
