import numpy as np


def f(x):
    for i in range(1, len(x)):
        x[i] += x[i-1]*x[i-1]
    return np.sum(x)


# --- value_and_grad argnums=0 kinds=1-D
