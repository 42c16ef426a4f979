import numpy as np


def f(x, v):
    m = x > 1.0
    x[m] = v*x[m]
    return np.sum(x*x)


# --- grad argnums=(0,1) kinds=1-D,float
# assumes: x 1-D array, v Python float
def f_grad(x, v):
    x = x.copy("K")
    m = x > 1.0
    t1 = x[m]
    x[m] = v * t1
    # backward
    x_bar = 2 * x
    v_bar = np.sum(t1 * x_bar[m])
    x_bar[m] *= v
    return x_bar, v_bar
