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
    x_bar = k * v_bar
    k_bar = np.vdot(v, t1) + t2 + t2
    x_bar += k * v_bar
    return x_bar, k_bar
