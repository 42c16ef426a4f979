import numpy as np


def f(x, k):
    for i in range(1, x.shape[0]):
        for j in range(1, x.shape[1]):
            x[i, j] += k*x[i-1, j]*x[i, j-1]
    return np.sum(x)


# --- grad argnums=(0,1) kinds=2-D,float
# assumes: x 2-D array, k Python float
def f_grad(x, k):
    x = x.copy("K")
    for i in range(1, x.shape[0]):
        for j in range(1, x.shape[1]):
            x[i, j] += k * x[i - 1, j] * x[i, j - 1]
    # backward
    x_bar = np.ones_like(x)
    k_bar = 0.0
    for i in range(x.shape[0] - 1, 0, -1):
        for j in range(x.shape[1] - 1, 0, -1):
            t1 = x[i - 1, j]
            t2 = x_bar[i, j]
            t3 = x[i, j - 1] * t2
            x_bar[i, j - 1] += k * t1 * t2
            k_bar += t1 * t3
            x_bar[i - 1, j] += k * t3
    return x_bar, k_bar
