import numpy as np


def make(k):
    def f(x):
        return np.sum(k*x*x)

    return f


f = make(2.5)


# --- grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_grad(x):
    t1 = k * x
    # backward
    return 2 * t1
