import numpy as np


def g(u, k, m):
    u[m:] += k*u[:-m]**2
    return u[m:]


def f(x, k):
    for m in range(1, 4):
        v = g(x, k, m)
        v *= 0.5
    return np.sum(x*x)


# --- value_and_grad argnums=(0,1) kinds=1-D,float
