import numpy as np


def f(x):
    v = x[1:]
    w = v[::2]
    w *= w
    return np.sum(x*x)


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    x = x.copy("K")
    v = x[1:]
    w = v[::2]
    t1 = w.copy()
    w *= w
    # backward
    x_bar = 2 * x
    t2 = x_bar[1:]
    t3 = t1 * t2[::2]
    t2[::2] *= t1
    t2[::2] += unbroadcast(t3, w)
    return x_bar
