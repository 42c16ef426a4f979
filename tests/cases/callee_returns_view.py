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
    t2s = []
    t3s = []
    for m in range(1, 4):
        t1 = x[:-m]
        t1s.append(t1.copy())
        t2 = t1 ** 2
        t2s.append(t2)
        t3 = k * t2
        t3s.append(t3)
        x[m:] += t3
        x[m:] *= 0.5
    value = np.sum(x * x)
    # backward
    x_bar = 2 * x
    k_bar = 0.0
    for m in range(3, 0, -1):
        t4 = m - 1
        x_bar[m:] *= 0.5
        t5 = unbroadcast(x_bar[m:], t3s[t4])
        k_bar += np.vdot(t2s[t4], t5)
        x_bar[:-m] += 2 * t1s[t4] * (k * t5)
    return value, (x_bar, k_bar)
