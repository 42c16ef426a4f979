import numpy as np


def f(x):
    for i in range(1, len(x)):
        x[i] += x[i-1]*x[i-1]
    return np.sum(x)


# --- value_and_grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_value_and_grad(x):
    x = x.copy("K")
    t2s = []
    t1 = len(x)
    for i in range(1, t1):
        t2 = x[i - 1]
        t2s.append(t2)
        x[i] += t2 * t2
    value = np.sum(x)
    # backward
    x_bar = np.ones_like(x)
    for i in range(t1 - 1, 0, -1):
        t3 = i - 1
        t4 = t2s[t3] * x_bar[i]
        x_bar[t3] += t4
        x_bar[t3] += t4
    return value, x_bar
