import numpy as np


def f(a):
    b = a*2
    while np.linalg.norm(b) < 1000:
        b = b*2
    c = b if np.sum(b) > 0 else 100*b
    return np.sum(c)


# --- grad argnums=0 kinds=float
# assumes: a Python float
def f_grad(a):
    b = a * 2
    trips = 0
    while np.linalg.norm(b) < 1000:
        trips += 1
        b = b * 2
    t1 = np.sum(b) > 0
    # backward
    b_bar = 1.0 if t1 else 100.0
    for _ in range(trips):
        b_bar = 2 * b_bar
    return 2 * b_bar

# --- value_and_grad argnums=0 kinds=1-D
# assumes: a 1-D array
def f_value_and_grad(a):
    b = a * 2
    trips = 0
    while np.linalg.norm(b) < 1000:
        trips += 1
        b = b * 2
    t1 = np.sum(b) > 0
    c = b if t1 else 100 * b
    value = np.sum(c)
    # backward
    b_bar = 1.0 if t1 else 100.0
    for _ in range(trips):
        b_bar = 2 * b_bar
    return value, np.full_like(a, 2 * b_bar)
