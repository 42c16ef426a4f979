import numpy as np


def f(x):
    prev = x[0]
    for i in range(1, len(x)):
        cur = x[i]
        cur += prev**2
        prev = cur
    return np.sum(x*x)


# --- value_and_grad argnums=0 kinds=2-D

# --- value_and_grad argnums=0 kinds=1-D
