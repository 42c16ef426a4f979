import numpy as np


def f(a):
    b = 0.5*a
    while np.sum(b) < 100.0:
        b = b*b + 1.0
    return np.sum(b)


# --- grad argnums=0 kinds=1-D

# --- grad argnums=0 kinds=float
