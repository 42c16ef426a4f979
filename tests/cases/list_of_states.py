import numpy as np


def f(x, n):
    xs = [x]
    for i in range(n):
        xs.append(xs[i]*x)
    return np.sum(xs[-1]) + np.sum(xs[1])


# --- grad argnums=0 kinds=1-D,int
