import numpy as np


def f(x, k):
    def scaled(v):
        return k*v

    return np.sum(scaled(x)*scaled(scaled(x)))


# --- grad argnums=(0,1) kinds=1-D,float
# assumes: x 1-D array, k Python float
def f_grad(x, k):
    t1 = k * x
    v = k * x
    v_bar = k * v
    # backward
    t2 = np.vdot(x, v_bar)
    return 2 * k * v_bar, np.vdot(v, t1) + t2 + t2
