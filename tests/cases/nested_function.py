import numpy as np


def f(x, k):
    def scaled(v):
        return k*v

    return np.sum(scaled(x)*scaled(scaled(x)))


# --- grad argnums=(0,1) kinds=1-D,float
# assumes: x 1-D array, k Python float
def f_grad(x, k):
    t1 = k * x
    t2 = k * t1
    # backward
    t3 = np.vdot(x, t2)
    x_bar = k * t2
    k_bar = np.vdot(t1, t1) + t3 + t3
    x_bar += k * t2
    return x_bar, k_bar
