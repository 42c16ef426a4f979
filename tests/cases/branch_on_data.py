import numpy as np


def f(x, n):
    y = x
    for i in range(n):
        if np.sum(y) > 3.0:
            y = 0.5*y
        else:
            y = y*y + 0.1
    return np.sum(y)


# --- grad argnums=0 kinds=1-D,int
