import numpy as np


def f(x, s):
    for i in range(len(x)):
        r = x[i]
        r *= s
    return np.sum(x*x)


# --- value_and_grad argnums=(0,1) kinds=2-D,float
