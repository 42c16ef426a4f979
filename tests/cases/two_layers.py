import numpy as np


def f(w1, w2, x):
    h = np.tanh(w1 @ x)
    return np.sum((w2 @ h)**2)


# --- grad argnums=(0,1) kinds=2-D,2-D,2-D
# assumes: w1 2-D array, w2 2-D array of w1's shape, x 2-D array of w1's shape
def f_grad(w1, w2, x):
    h = np.tanh(w1 @ x)
    t1 = w2 @ h
    # backward
    t2 = 2 * t1
    w1_bar = (1 - h * h) * (w2.T @ t2) @ x.T
    return w1_bar, t2 @ h.T
