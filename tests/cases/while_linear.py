import numpy as np


def f(a):
    b = 0.5*a
    while np.sum(b) < 100.0:
        b = 2.0*b + 1.0
    return np.sum(b)


# --- value_and_grad argnums=0 kinds=1-D
# assumes: a 1-D array
def f_value_and_grad(a):
    b = 0.5 * a
    trips = 0
    while np.sum(b) < 100.0:
        trips += 1
        b = 2.0 * b + 1.0
    value = np.sum(b)
    # backward
    b_bar = 1.0
    for _ in range(trips):
        b_bar = 2.0 * b_bar
    return value, np.full_like(a, 0.5 * b_bar)
