import numpy as np


def f(a):
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, a.shape[0]):
            a[i, j] -= a[i, :i] @ a[:i, j]
    return np.sum(a*a)


# --- value_and_grad argnums=0 kinds=2-D
# assumes: a 2-D array
def f_value_and_grad(a):
    a = a.copy("K")
    for i in range(a.shape[0]):
        for j in range(i):
            a[i, j] -= a[i, :j] @ a[:j, j]
            a[i, j] /= a[j, j]
        for j in range(i, a.shape[0]):
            a[i, j] -= a[i, :i] @ a[:i, j]
    value = np.sum(a * a)
    # backward
    with np.errstate(all="ignore"):
        a_bar = 2 * a
        for i in range(a.shape[0] - 1, -1, -1):
            for j in range(a.shape[0] - 1, i - 1, -1):
                t1 = a_bar[i, j]
                a_bar[i, :i] -= t1 * a[:i, j]
                a_bar[:i, j] -= t1 * a[i, :i]
            for j in range(i - 1, -1, -1):
                a_bar[i, j] /= a[j, j]
                a_bar[j, j] -= a_bar[i, j] * a[i, j]
                t2 = a_bar[i, j]
                a_bar[i, :j] -= t2 * a[:j, j]
                a_bar[:j, j] -= t2 * a[i, :j]
        return value, a_bar
