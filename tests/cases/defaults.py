import numpy as np


def power(x, k=2.0, *, shift=0.5):
    return k*x*x + shift


def f(x):
    return np.sum(power(x) + power(x, shift=x))


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = 4.0 * x
    x_bar = 1.0 + t1
    x_bar += t1
    return x_bar
