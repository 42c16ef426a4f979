import numpy as np


def f(a, b, steps):
    for _ in range(1, steps):
        b[1:-1] = 0.25*(a[:-2] + 2*a[1:-1] + a[2:])
        a[1:-1] = 0.25*(b[:-2] + 2*b[1:-1] + b[2:])
    return np.sum(a*b)


# --- value_and_grad argnums=(0,1) kinds=1-D,1-D,int
# assumes: a 1-D array, b 1-D array of a's shape, steps Python int
def f_value_and_grad(a, b, steps):
    a = a.copy("K")
    b = b.copy("K")
    for _ in range(1, steps):
        b[1:-1] = 0.25 * (a[:-2] + 2 * a[1:-1] + a[2:])
        a[1:-1] = 0.25 * (b[:-2] + 2 * b[1:-1] + b[2:])
    value = np.sum(a * b)
    # backward
    a_bar = b.copy()
    b_bar = a.copy()
    for _ in range(1, steps):
        t1 = 0.25 * a_bar[1:-1]
        a_bar[1:-1] = 0.0
        b_bar[2:] += t1
        b_bar[:-2] += t1
        b_bar[1:-1] += 2 * t1
        t2 = 0.25 * b_bar[1:-1]
        b_bar[1:-1] = 0.0
        a_bar[2:] += t2
        a_bar[:-2] += t2
        a_bar[1:-1] += 2 * t2
    return value, (a_bar, b_bar)
