import numpy as np


def f(b, v, w, idx):
    y = 2*b
    y[idx] = v
    y[idx] += w
    return np.sum(np.sin(y))


# --- value_and_grad argnums=(0,1,2) kinds=1-D,float,float,ints
