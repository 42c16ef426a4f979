import numpy as np


def f(a):
    b = 0.5*a
    while np.sum(b) < 100.0:
        b = 2.0*b + 1.0
    return np.sum(b)


# --- value_and_grad argnums=0 kinds=1-D
