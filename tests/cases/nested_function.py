import numpy as np


def f(x, k):
    def scaled(v):
        return k*v

    return np.sum(scaled(x)*scaled(scaled(x)))


# --- grad argnums=(0,1) kinds=1-D,float
