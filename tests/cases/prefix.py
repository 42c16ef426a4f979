import numpy as np


def f(x):
    for i in range(1, len(x)):
        x[i] += x[i-1]*x[i-1]
    return np.sum(x)


# --- value_and_grad argnums=0 kinds=1-D
# assumes: x 1-D array
def f_value_and_grad(x):
    x = x.copy("K")
    t1s = []
    for i in range(1, len(x)):
        t1 = x[i - 1]
        t1s.append(t1)
        x[i] += t1 * t1
    value = np.sum(x)
    # backward
    x_bar = np.ones_like(x)
    for i in range(len(x) - 1, 0, -1):
        x_bar[i - 1] += 2 * t1s[i - 1] * x_bar[i]
    return value, x_bar

# --- jvp argnums=0 kinds=1-D
pass

# --- hvp argnums=0 kinds=1-D,1-D
pass
