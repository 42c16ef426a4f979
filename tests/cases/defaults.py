import numpy as np


def power(x, k=2.0, *, shift=0.5):
    return k*x*x + shift


def f(x):
    return np.sum(power(x) + power(x, shift=x))


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = 4.0 * x
    return 1.0 + 2 * t1
