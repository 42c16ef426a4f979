import numpy as np


def f(x):
    y = x
    y *= 2
    return np.sum(x*y)


# --- value_and_grad argnums=0 kinds=float

# --- value_and_grad argnums=0 kinds=1-D

# --- grad argnums=0 kinds=0-D
