import numpy as np


def f(b, v, w, idx):
    y = 2*b
    y[idx] = v
    y[idx] += w
    return np.sum(np.sin(y))


# --- value_and_grad argnums=(0,1,2) kinds=1-D,float,float,ints
# assumes: b 1-D array, v Python float, w Python float, idx int64 1-D array
def f_value_and_grad(b, v, w, idx):
    y = 2 * b
    y[idx] = v
    y[idx] += w
    value = np.sum(np.sin(y))
    # backward
    y_bar = np.cos(y)
    w_bar = np.sum(np.where(winners(y_bar.shape, idx), y_bar[idx], 0.0))
    y_bar[idx] = 0.0
    return value, (2 * y_bar, w_bar, w_bar)
