import numpy as np


def f(w1, w2, x):
    h = np.tanh(w1 @ x)
    return np.sum((w2 @ h)**2)


# --- grad argnums=(0,1) kinds=2-D,2-D,2-D
