import numpy as np


def g(u, k, m):
    u[m:] += k*u[:-m]**2
    return u[m:]


def f(x, k):
    for m in range(1, 4):
        v = g(x, k, m)
        v *= 0.5
    return np.sum(x*x)


# --- value_and_grad argnums=(0,1) kinds=1-D,float
# assumes: x 1-D array, k Python float
def f_value_and_grad(x, k):
    x = x.copy("K")
    t1s = []
    for m in range(1, 4):
        t1 = x[:-m]
        t1s.append(t1.copy())
        x[m:] += k * t1 ** 2
        v = x[m:]
        v *= 0.5
    value = np.sum(x * x)
    # backward
    x_bar = 2 * x
    k_bar = 0.0
    for m in range(3, 0, -1):
        t1 = t1s[m - 1]
        x_bar[m:] *= 0.5
        t2 = x_bar[m:]
        k_bar += np.sum(t1 ** 2 * t2)
        x_bar[:-m] += unbroadcast(2 * t1 * (k * t2), t1)
    return value, (x_bar, k_bar)
